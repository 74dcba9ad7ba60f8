"""What stands on a lobby display: the page that is drawn, and the words on it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from broker.contract.claim import Standing
from broker.contract.messages import HallMessage, OfficeMessage
from broker.language import Phrases, mark
from display.hall.board import Call, Place
from display.pages.panel import Lines, ProcedurePanel, WaitingPanel, waiting_panel

BETWEEN_LANGUAGES = "\n"
BETWEEN_TITLES = " \N{MIDDLE DOT} "


@dataclass(frozen=True, slots=True)
class Room:
    """How much the display can hold at its size: text lines of both kinds of panel, large calls, calls of the list."""

    page_lines: int
    waiting_lines: int
    front_calls: int
    other_calls: int
    lines: Lines
    """Lines that an item of a procedure takes."""
    name_lines: Lines
    """Lines that a service's name takes beside its figures."""


@dataclass(frozen=True, slots=True)
class LaneBadge:
    """A lane's mark; `index` picks its colour, which never stands alone."""

    letter: str
    shape: str
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class FrontCall:
    """A call that stands large; `is_spoken` tells the one among several whose turn it is."""

    number: str
    lane: LaneBadge | None
    counter_label: str
    requests: tuple[str, ...]
    again: str
    is_spoken: bool


@dataclass(frozen=True, slots=True)
class ListedCall:
    """One line of the list of calls: `upcoming` was not spoken yet, with one that is `over` nobody is awaited."""

    number: str
    lane: LaneBadge | None
    counter_label: str
    upcoming: bool
    over: bool


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Whether the page is true now, in words."""

    live: bool
    text: str


@dataclass(frozen=True, slots=True)
class LobbyPage:
    """All that stands on the display."""

    office: str
    date: str
    clock: str
    link: LinkStatus
    number_title: str
    counter_title: str
    front: tuple[FrontCall, ...]
    """The calls of just now: nothing else has room beside them."""
    latest: FrontCall | None
    """Where there are none: the last one whose visitor is still awaited."""
    resting: str
    others_title: str
    others: tuple[ListedCall, ...]
    others_scale: float
    """Under 1 where more are awaited than have room in the list at full size: none of them is left out."""
    panel: ProcedurePanel | WaitingPanel | None


@dataclass(frozen=True, slots=True)
class LobbyState:
    """What a display knows at one moment; while it stays the same, so does the page."""

    minute: dt.datetime
    languages: tuple[str, ...]
    office: OfficeMessage | None
    figures: HallMessage | None
    """The picture whose figures of who waits are shown; a little behind the calls."""
    stale_since: dt.datetime | None
    is_starting: bool
    standing: Standing
    speaks: Literal["older", "newer"] | None
    """Whether the broker speaks another version of the wire."""
    front: tuple[Call, ...]
    speaking: Place | None
    latest: Call | None
    awaited: tuple[Call, ...]
    over: tuple[Call, ...]
    upcoming: frozenset[Place]
    procedures: tuple[ProcedurePanel, ...]
    turn: int
    """How often the panel has turned."""


_KEEP_READY = mark("Please keep your number ready.")


def lobby_page(state: LobbyState, *, room: Room, phrases: Callable[[str], Phrases]) -> LobbyPage:
    """Return the page of this moment."""
    first = phrases(state.languages[0])
    panel = _panel(state, room, phrases)
    # Side by side, two languages of a heading have no room but above several calls: there they change with the panel.
    passing = [phrases(panel.language) if panel else first]
    titles = [phrases(language) for language in state.languages] if len(state.front) > 1 else passing
    others = _others(state, room, first.language)
    everybody = dict.fromkeys(phrases(language).say(_KEEP_READY) for language in state.languages)
    return LobbyPage(
        office=state.office.office.name.get(first.language, "") if state.office else "",
        date=first.date(state.minute.date()),
        clock=first.clock(state.minute),
        link=_link(state, first),
        number_title=BETWEEN_TITLES.join(dict.fromkeys(words.say("Number") for words in titles)),
        counter_title=BETWEEN_TITLES.join(dict.fromkeys(words.say("Counter") for words in titles)),
        front=tuple(_front(call, state, phrases) for call in state.front),
        latest=None if state.latest is None or state.front else _front(state.latest, state, phrases),
        resting=BETWEEN_LANGUAGES.join(everybody),
        others_title=passing[0].say("Recent calls"),
        others=others,
        others_scale=min(1.0, room.other_calls / max(1, len(others))),
        panel=panel,
    )


_VERSIONS: Mapping[str, str] = {
    "older": mark("Live. Staff: the queue system is older than this screen."),
    "newer": mark("Live. Staff: this screen is older than the queue system."),
}


def _link(state: LobbyState, first: Phrases) -> LinkStatus:
    """Return how it stands with the connection; also what staff have to know, the worst first."""
    if state.standing == "taken":
        text = first.say("This screen shows nothing new: another one has its name. Please tell technical support.")
        return LinkStatus(live=False, text=text)
    if state.is_starting:
        return LinkStatus(live=False, text=first.say("One moment, please. This screen is starting."))
    if state.stale_since is None and state.standing == "wanted":
        return LinkStatus(live=True, text=first.say("Live. Staff: a second screen has this one's name."))
    if state.stale_since is None and state.speaks is not None:
        return LinkStatus(live=True, text=first.say(_VERSIONS[state.speaks]))
    if state.stale_since is None:
        return LinkStatus(live=True, text=first.say("Live"))
    since = first.clock(state.stale_since)
    text = first.say("Not connected since {time}. What is shown may be old.", time=since)
    return LinkStatus(live=False, text=text)


def _lane(lane_id: str, state: LobbyState, language: str) -> LaneBadge | None:
    for index, lane in enumerate(state.office.lanes if state.office else ()):
        if lane.id == lane_id:
            return LaneBadge(lane.letter, lane.shape, lane.name.get(language, lane.id), index)
    return None


def _front(call: Call, state: LobbyState, phrases: Callable[[str], Phrases]) -> FrontCall:
    voices = [phrases(language) for language in dict.fromkeys((call.language, state.languages[0]))]
    return FrontCall(
        number=call.number,
        lane=_lane(call.lane, state, call.language),
        counter_label=call.counter_label,
        requests=tuple(voice.say("Please go to counter {counter}", counter=call.counter_label) for voice in voices),
        again=voices[0].say("Call no. {n}", n=call.times_called) if call.times_called > 1 else "",
        is_spoken=call.place == state.speaking,
    )


def _others(state: LobbyState, room: Room, language: str) -> tuple[ListedCall, ...]:
    """Return all who are awaited and do not stand large, however many; then who was called before, if there is room."""
    large = {call.place for call in state.front or ((state.latest,) if state.latest else ())}
    awaited = [call for call in state.awaited if call.place not in large]
    over = [call for call in state.over if call.place not in large][: max(0, room.other_calls - len(awaited))]
    return tuple(
        ListedCall(
            number=call.number,
            lane=_lane(call.lane, state, language),
            counter_label=call.counter_label,
            upcoming=call.place in state.upcoming,
            over=place >= len(awaited),
        )
        for place, call in enumerate((*awaited, *over))
    )


def _panel(state: LobbyState, room: Room, phrases: Callable[[str], Phrases]) -> ProcedurePanel | WaitingPanel | None:
    """Return what the panel shows: procedures and waiting services by turns."""
    if not state.procedures or state.office is None:
        return None
    round_, is_waiting = divmod(state.turn, 2)
    procedure = state.procedures[round_ % len(state.procedures)]
    if not is_waiting:
        return procedure
    return waiting_panel(
        state.office,
        state.figures,
        phrases=phrases(procedure.language),
        name_lines=room.name_lines,
        room=room.waiting_lines,
        round_=round_,
    )
