"""What stands on a lobby display: all its words at one moment, before anybody asks where they have room. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from broker.contract.claim import Standing
from broker.contract.messages import Announcement, HallMessage, OfficeMessage
from broker.language import Phrases, bare_counter, is_rtl, mark
from display.hall.board import Call, Place
from display.pages.panel import InfoPage, NoticePage, hours_said, newcomers_wait, opening_said
from display.pages.sheet import LaneBadge
from hardware.office_logo import Logo

BETWEEN = " \N{MIDDLE DOT} "
SHIFT_MIN = 3
"""So long everything stays where it is, to a hair."""
_TO_5_MIN_S = 300
_LONGEST_WORDS = 12
_LAST_CALLS = 3
"""So many calls of before are named while nobody knows who is called now."""


@dataclass(frozen=True, slots=True)
class CounterName:
    """A counter as it stands beside a number: the part that tells it from all others, and the words before it."""

    words: tuple[str, ...]
    figure: str


@dataclass(frozen=True, slots=True)
class FrontCall:
    """A call that stands large; `rank` says which ones stay where not all of them have room, from 1."""

    number: str
    lane: LaneBadge | None
    counter_label: str
    counter: CounterName
    again: str
    is_spoken: bool
    is_lit: bool
    """Whether it is in the bright half of its pulse: a call that is repeated."""
    rank: int


@dataclass(frozen=True, slots=True)
class ListedCall:
    """One line of the list of calls: `upcoming` was not spoken yet, with one that is `over` nobody is awaited."""

    number: str
    lane: LaneBadge | None
    counter_label: str
    counter: CounterName
    upcoming: bool
    over: bool


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Whether the page is true now; in words of each language where it is not, and what staff have to know."""

    live: bool
    text: str
    lines: tuple[tuple[str, ...], ...] = ()
    """Language by language what is said, in parts that stand beside each other where there is room."""


@dataclass(frozen=True, slots=True)
class OfficeTexts:
    """What of an office decides about sizes, so that these do not change from call to call."""

    widest_number: str = "A-000"
    """The widest that it usually gives out."""
    counters: tuple[CounterName, ...] = ()
    longest_words: tuple[str, ...] = ()
    """Of its procedures: none is ever broken."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the display has room for at its size: large calls, and which pages of the panel."""

    front_calls: int
    fits: Callable[[InfoPage, int], bool]
    """Tells whether a page fits the panel in a room of this level, 0 the largest."""


@dataclass(frozen=True, slots=True)
class LobbyPage:
    """All that stands on the display."""

    office: str
    clock: str
    link: LinkStatus
    number_title: str
    counter_title: str
    texts: OfficeTexts
    front: tuple[FrontCall, ...]
    others: tuple[ListedCall, ...]
    resting: tuple[str, ...]
    footer: tuple[str, ...]
    """What stands below, line by line: those that have no room beside each other take turns."""
    footer_turn: int
    list_turn: int
    """Which page of a list that has not room for all who are awaited."""
    panel: InfoPage | None
    has_panel: bool
    """Whether this display shows procedures at all."""
    closed: tuple[NoticePage, ...] = ()
    """What is said instead of everything else, language by language: the office is closed and empty, or nobody knows
    who is called."""
    veil: float = 0.0
    """How dark it is, 0 to 1: after hours, while nobody is called."""
    logo: Logo | None = None
    """What stands above the office's name, where that stands."""
    shift: int = 0
    """Which of a few places that are a hair apart everything stands at: no picture burns in."""
    rtl: bool = False
    """Whether the office's first language is read from the right: all stands the other way round."""


@dataclass(frozen=True, slots=True)
class LobbyState:
    """What a display knows at one moment; while it stays the same, so does the page."""

    minute: dt.datetime
    languages: tuple[str, ...]
    office: OfficeMessage | None
    texts: OfficeTexts
    figures: HallMessage | None
    """The picture whose figures of who waits are shown; a little behind the calls."""
    stale_since: dt.datetime | None
    is_starting: bool
    standing: Standing
    speaks: Literal["older", "newer"] | None
    """Whether the broker speaks another version of the wire."""
    front: tuple[Call, ...]
    ranks: Mapping[Place, int]
    speaking: Place | None
    lit: frozenset[Place]
    awaited: tuple[Call, ...]
    over: tuple[Call, ...]
    upcoming: frozenset[Place]
    panel: InfoPage | None
    has_panel: bool
    footer_turn: int
    list_turn: int
    veil: float = 0.0
    announced: tuple[Announcement, ...] = ()
    is_cut_off: bool = False
    """Whether nothing new came for so long that what was called is not shown any more as if it were now."""


_KEEP_READY = mark("Please keep your number ready.")


def lobby_page(state: LobbyState, *, phrases: Callable[[str], Phrases]) -> LobbyPage:
    """Return the page of this moment."""
    every = [phrases(language) for language in state.languages]
    first = every[0]
    passing = phrases(state.panel.language) if state.panel else first
    link = _link(state, every)
    for_staff = (link.text,) if link.live and link.text else ()
    cut_off = _cut_off(state, every)
    return LobbyPage(
        office=state.office.office.name.get(first.language, "") if state.office else "",
        clock=first.clock(state.minute),
        link=link,
        number_title=passing.say("Called"),
        counter_title=passing.say("Counter"),
        texts=state.texts,
        front=() if cut_off else tuple(_front(call, state, phrases) for call in state.front),
        others=() if cut_off else _others(state, first.language, first.say("Counter")),
        resting=tuple(dict.fromkeys(words.say(_KEEP_READY) for words in every)),
        footer=(
            *for_staff,
            *_announced(state),
            *_waits(state, passing),
            *_closed_today(state, passing),
            *_hours_line(state, passing),
        ),
        footer_turn=state.footer_turn,
        list_turn=state.list_turn,
        panel=state.panel,
        has_panel=state.has_panel,
        closed=cut_off or _closed(state, every),
        veil=state.veil,
        shift=(state.minute.hour * 60 + state.minute.minute) // SHIFT_MIN,
        rtl=is_rtl(first.language),
    )


_VERSIONS: Mapping[str, str] = {
    "older": mark("Live. Staff: the queue system is older than this screen."),
    "newer": mark("Live. Staff: this screen is older than the queue system."),
}


_USELESS: Mapping[str, str] = {
    "taken": mark("This screen shows nothing new: another one has its name. Please tell technical support."),
    "untrusted": mark(
        "This screen shows nothing new: what answers is not the office's server. Tell technical support."
    ),
}
"""Why nothing new can come, by how it stands with the screen's place on the wire."""


def _link(state: LobbyState, every: list[Phrases]) -> LinkStatus:
    """Return how it stands with the connection; also what staff have to know, the worst first."""

    def dead(*texts: str) -> LinkStatus:
        return LinkStatus(live=False, text=texts[0], lines=tuple((text,) for text in dict.fromkeys(texts)))

    first = every[0]
    if state.standing in _USELESS:
        return dead(*(words.say(_USELESS[state.standing]) for words in every))
    if state.is_starting:
        return dead(*(words.say("One moment, please. This screen is starting.") for words in every))
    if state.stale_since is None and state.standing == "wanted":
        return LinkStatus(live=True, text=first.say("Live. Staff: a second screen has this one's name."))
    if state.stale_since is None and state.speaks is not None:
        return LinkStatus(live=True, text=first.say(_VERSIONS[state.speaks]))
    if state.stale_since is None:
        return LinkStatus(live=True, text="")
    lines = tuple(_since(state.stale_since, words, is_cut_off=state.is_cut_off) for words in every)
    if state.is_cut_off:
        lines = (*lines, (first.say("Staff: check this screen's cable, then tell technical support."),))
    return LinkStatus(live=False, text=lines[0][0], lines=tuple(dict.fromkeys(lines)))


def _since(since: dt.datetime, words: Phrases, *, is_cut_off: bool) -> tuple[str, ...]:
    """Return since when it is so, and, where nothing else says it, what to do."""
    told = words.say("Not connected since {time}", time=words.clock(since))
    return (told,) if is_cut_off else (told, words.say("Please wait: your number keeps its place."))


def office_texts(office: OfficeMessage, word: str) -> OfficeTexts:
    """Return what of an office decides about sizes; `word` is that for a counter."""
    letter = max((service.letter for service in office.services), key=_width, default="A")
    lane = max((lane.letter for lane in office.lanes), key=_width, default="")
    texts = (
        text
        for service in office.services
        for language in office.languages
        for text in (
            service.name.get(language, ""),
            *service.documents.get(language, ()),
            *service.steps.get(language, ()),
            service.fee.get(language, ""),
            service.time.get(language, ""),
        )
    )
    words = {word for text in texts for word in text.split()}
    labels = tuple(counter.label for counter in office.counters)
    counters = tuple(counter_name(bare_counter(label), word, labels) for label in labels)
    return OfficeTexts(
        f"{letter}{lane}-000", counters, tuple(sorted(words, key=lambda word: (-len(word), word))[:_LONGEST_WORDS])
    )


def _width(letter: str) -> int:
    """Return how wide a letter is, roughly: no font is at hand here."""
    return 0 if not letter else 3 if letter in "MW" else 1 if letter in "EFJL" else 2


def _lane(lane_id: str, state: LobbyState, language: str) -> LaneBadge | None:
    """Return the mark of a lane that has a letter; the one without is where everybody is."""
    for index, lane in enumerate(state.office.lanes if state.office else ()):
        if lane.id == lane_id and lane.letter:
            return LaneBadge(lane.letter, lane.shape, lane.name.get(language, lane.id), index)
    return None


@lru_cache(maxsize=512)
def counter_name(label: str, word: str, labels: tuple[str, ...]) -> CounterName:
    """Return how a counter is written large: "Prioritas 12" is LOKET PRIORITAS and a 12, if no other one is a 12.

    `labels` are those of all counters. What tells them apart has the size of the number; what does not may be smaller.
    """
    figure = _figure(label)
    if not figure or sum(_figure(bare_counter(other)) == figure for other in labels) > 1:
        return CounterName((word.upper(),), label)
    before = label[: label.rindex(figure)].split()
    return CounterName((word.upper(), *(part.upper() for part in before)), figure)


def _figure(label: str) -> str:
    """Return the last part of a label if it has a figure and nothing but words stands before it."""
    found = re.search(r"(?:^|\s)(\S*\d\S*)$", label)
    return found[1] if found else ""


def _front(call: Call, state: LobbyState, phrases: Callable[[str], Phrases]) -> FrontCall:
    own = phrases(call.language)
    labels = tuple(counter.label for counter in state.office.counters) if state.office else ()
    again = dict.fromkeys(
        phrases(language).say("Call no. {n}", n=call.times_called) for language in (call.language, state.languages[0])
    )
    return FrontCall(
        number=call.number,
        lane=_lane(call.lane, state, call.language),
        counter_label=call.counter_label,
        counter=counter_name(call.counter_label, own.say("Counter"), labels),
        again=BETWEEN.join(again) if call.times_called > 1 else "",
        is_spoken=call.place == state.speaking,
        is_lit=call.place in state.lit,
        rank=state.ranks.get(call.place, 1),
    )


def _others(state: LobbyState, language: str, word: str) -> tuple[ListedCall, ...]:
    """Return all who are awaited and do not stand large, however many; then who was called before."""
    large = {call.place for call in state.front}
    awaited = [call for call in state.awaited if call.place not in large]
    over = [call for call in state.over if call.place not in large]
    labels = tuple(counter.label for counter in state.office.counters) if state.office else ()
    return tuple(
        ListedCall(
            number=call.number,
            lane=_lane(call.lane, state, language),
            counter_label=call.counter_label,
            counter=counter_name(call.counter_label, word, labels),
            upcoming=call.place in state.upcoming,
            over=place >= len(awaited),
        )
        for place, call in enumerate((*awaited, *over))
    )


def _waits(state: LobbyState, words: Phrases) -> tuple[str, ...]:
    """Return how long a newcomer waits in each lane at the most, over all services that give out numbers now."""
    hours = state.figures.hours if state.figures else None
    if state.office is None or (hours is not None and not hours.is_open):
        return ()
    told = []
    for lane in state.office.lanes:
        waits = (newcomers_wait(service, state.office, state.figures, lane.id) for service in state.office.services)
        high_s = max((wait.high_s for wait in waits if wait is not None), default=0)
        if high_s:
            longest = words.wait(0, -(-high_s // _TO_5_MIN_S) * _TO_5_MIN_S)
            name, _, _explained = lane.name.get(words.language, lane.id).partition(" (")
            told.append(f"{name}: {longest}")
    return tuple(told)


def _announced(state: LobbyState) -> tuple[str, ...]:
    """Return what is announced now, in all languages one after the other."""
    return tuple(text for item in state.announced for language in state.languages if (text := item.text.get(language)))


def _hours_line(state: LobbyState, words: Phrases) -> tuple[str, ...]:
    """Return the hours of today, or that no numbers are given out and when they are again."""
    hours = state.figures.hours if state.figures else None
    if hours is None:
        return ()
    if hours.is_open:
        return (hours_said(hours, words),) if hours.today else ()
    return (words.say("No more numbers are given out now."), *opening_said(hours, state.minute, words))


def _closed_today(state: LobbyState, words: Phrases) -> tuple[str, ...]:
    """Return which services and lanes somebody closed for today."""
    office, closed = state.office, state.figures.closed_today if state.figures else ()
    if office is None or not closed:
        return ()
    services, lanes = ({one.service for one in closed}, {one.lane for one in closed})
    texts = [one.name for one in office.services if one.id in services]
    texts += [one.name for one in office.lanes if one.id in lanes]
    names = [text.get(words.language) or next(iter(text.values())) for text in texts]
    return (words.say("No more numbers today: {names}", names=", ".join(names)),)


def is_over(figures: HallMessage | None, awaited: tuple[Call, ...]) -> bool:
    """Tell whether the office is closed, and nobody is called or waits any more."""
    if figures is None or figures.hours is None or figures.hours.is_open or awaited:
        return False
    if figures.intake is not None:
        return False  # the numbers rest, not the office
    return not any(group.count for group in figures.waiting)


def _closed(state: LobbyState, every: list[Phrases]) -> tuple[NoticePage, ...]:
    """Return what stands there while the office is closed, and nobody waits any more."""
    hours = state.figures.hours if state.figures else None
    if hours is None or not is_over(state.figures, state.awaited):
        return ()
    if state.is_starting or state.stale_since is not None:
        return ()
    return tuple(
        NoticePage(
            words.language,
            words.say("We are closed now"),
            (*opening_said(hours, state.minute, words), hours_said(hours, words)),
        )
        for words in every
    )


def _cut_off(state: LobbyState, every: list[Phrases]) -> tuple[NoticePage, ...]:
    """Return what the hall is to do while this screen does not know who is called; what was true then stands last."""
    if not state.is_cut_off or (is_over(state.figures, state.awaited) and _is_of_today(state)):
        return ()
    return tuple(
        NoticePage(
            words.language,
            words.say("Calls cannot be shown now"),
            (
                words.say("Please wait here: your number keeps its place."),
                words.say("Watch the counters and listen: officers call you themselves."),
                *_called_last(state, words),
            ),
        )
        for words in every
    )


def _called_last(state: LobbyState, words: Phrases) -> tuple[str, ...]:
    if not state.awaited or state.stale_since is None:
        return ()
    calls = BETWEEN.join(
        words.say("{number} at counter {counter}", number=call.number, counter=call.counter_label)
        for call in state.awaited[:_LAST_CALLS]
    )
    return (words.say("Called last, by {time}: {calls}", time=words.clock(state.stale_since), calls=calls),)


def _is_of_today(state: LobbyState) -> bool:
    said = state.figures.at if state.figures else None
    return said is not None and said.astimezone(state.minute.tzinfo).date() == state.minute.date()
