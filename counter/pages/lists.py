"""The lists beside the visitor: the queue and why it stands so, held, missed, and the office. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.contract.messages import (
    CounterInfo,
    CounterMessage,
    HallMessage,
    HeldEntry,
    OfficerDay,
    QueueEntry,
    TicketState,
)
from broker.language import bare_counter, mark
from counter.desk.keys import Intent
from counter.desk.lists import TABS, FoundEntry, entries, name_of, queue_length
from counter.desk.state import DeskState
from counter.pages.actions import Action, action_for, key_name
from counter.pages.choices import serves
from counter.pages.devices import DeviceLine, device_lines
from counter.pages.rest import own_card
from counter.pages.ticket import STATES, TONES, share
from counter.pages.words import LaneMark, Tone, Words

_TITLES: Mapping[Intent, str] = {
    Intent.QUEUE: mark("Queue"),
    Intent.HELD: mark("Held"),
    Intent.MISSED: mark("Missed"),
    Intent.HALL: mark("Office"),
    Intent.FIND: mark("Find"),
    Intent.DEVICES: mark("Devices"),
}
_EMPTY: Mapping[Intent, str] = {
    Intent.QUEUE: mark("Nobody is waiting for this counter."),
    Intent.HELD: mark("No number is held at this counter."),
    Intent.MISSED: mark("Nobody was missed at this counter."),
    Intent.FIND: mark("Press 5 and type any number of today."),
}
_FOUND: Mapping[TicketState, str] = {
    "waiting": mark("Waits for: {stage}"),
    "called": mark("Called to counter {counter}"),
    "serving": mark("Served at counter {counter}"),
    "held": mark("Held at counter {counter}"),
    "finished": mark("Everything is finished"),
    "no_show": mark("Did not come to counter {counter}"),
    "cancelled": mark("Cancelled"),
}
_ORDER: Mapping[str, str] = {
    "promise": mark("In order of the share of the promised wait that is used up."),
    "head_start": mark("In order of the wait, with the head start of the lanes."),
    "ratio": mark("Lanes take turns; within a lane, in order of arrival."),
    "strict": mark("The first lane goes before the others; within a lane, in order of arrival."),
    "fifo": mark("In order of arrival."),
}
LATE = 1.0
"""From this share of the promise on, a promise is broken."""


@dataclass(frozen=True, slots=True)
class Tab:
    """The handle of one list."""

    intent: Intent
    label: str
    key: str
    count: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One number of a list; `figure` is what orders it."""

    name: str
    """How the wire knows the ticket."""
    number: str
    lane: LaneMark | None
    text: str
    waited: str
    figure: str
    late: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class ColleagueLine:
    """One counter of the office and what it is doing."""

    label: str
    state: str
    tone: Tone
    number: str
    own: bool


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """How many of one service wait, lane by lane in the office's order."""

    letter: str
    service: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HallGlance:
    """The office at a glance."""

    counters: tuple[ColleagueLine, ...]
    waiting_title: str
    lanes: tuple[LaneMark, ...]
    waiting: tuple[WaitingLine, ...]


@dataclass(frozen=True, slots=True)
class ListsColumn:
    """The column beside the visitor."""

    tabs: tuple[Tab, ...]
    caption: str
    rows: tuple[Row, ...]
    more: str
    pick: Action | None
    hall: HallGlance | None
    devices: tuple[DeviceLine, ...] | None
    today: str
    opened: int = 0
    """Another one than before: a list was opened, and stands at its head."""
    scrolled: float = 0.0
    """How far down what has no lines to choose is scrolled by keys, from 0 to 1."""


NOTHING = ListsColumn((), "", (), "", None, None, None, "")
"""A column of which nothing is seen."""


NEAR = 2
"""So many lines below what is in sight are drawn all the same: as a list moves, none is missing at its foot."""


def lines_drawn(rows: Sequence[Row], in_sight: int, *, is_at_head: bool) -> int:
    """Return how many lines of a list are drawn: at its head those in sight, for a queue may have fifty.

    All of them where somebody has scrolled or stands on one further down, and before it is known how many have room.
    """
    near = in_sight + NEAR
    is_near = is_at_head and in_sight > 0 and not any(row.chosen for row in rows[near:])
    return min(near, len(rows)) if is_near else len(rows)


def lists_column(state: DeskState) -> ListsColumn:
    """Return the column."""
    desk = state.desk
    shown = entries(state.tab, desk, state.found)
    waiting = queue_length(desk)
    more = waiting - len(shown) if state.tab is Intent.QUEUE else 0
    has_devices = state.tab is Intent.DEVICES and state.supervises
    return ListsColumn(
        tabs=tuple(_tab(tab, state) for tab in TABS),
        caption=_caption(state, has_rows=bool(shown)),
        rows=tuple(_row(entry, state) for entry in shown),
        more=state.phrases.count("and {n} more", "and {n} more", more) if more > 0 else "",
        pick=_pick(state) if shown else _other_tab(state),
        hall=_hall_glance(state) if state.tab is Intent.HALL else None,
        devices=device_lines(state.devices, state.phrases) if has_devices else None,
        today=_day(desk, state) if desk and _has_day(state) else "",
        opened=state.opened,
        scrolled=state.scrolled,
    )


def _has_day(state: DeskState) -> bool:
    """Tell whether the figures of the day are shown: in a narrow window with the office's, on demand."""
    return not state.room.is_narrow or state.tab is Intent.HALL


def _day(desk: CounterMessage, state: DeskState) -> str:
    """Return the figures of the day; where the place of the visitor is too narrow for them, the ratings as well."""
    own = own_card(state) if state.room.is_narrow and desk.ticket is None else None
    told = today_text(desk, state.words)
    return told if own is None else "\n".join((told, own.title, *own.lines))


def today_text(desk: CounterMessage, words: Words) -> str:
    """Return the officer's own figures of the day; of a broker that does not tell them, the counter's."""
    if desk.day is not None:
        return _own_day(desk.day, words)
    served = words.phrases.count("{n} served today", "{n} served today", desk.today.served)
    if desk.today.mean_service_s is None:
        return served
    mean = words.phrases.say("on average {duration}", duration=words.minutes(desk.today.mean_service_s))
    return f"{served}, {mean}"


def _own_day(day: OfficerDay, words: Words) -> str:
    phrases = words.phrases
    parts = [phrases.count("You: {n} served today", "You: {n} served today", day.served)]
    if day.mean_service_s is not None:
        parts.append(phrases.say("on average {duration}", duration=words.minutes(day.mean_service_s)))
    if day.called:
        parts.append(phrases.say("{n} of {called} called in time", n=day.within_promise, called=day.called))
    return ", ".join(parts)


def _tab(tab: Intent, state: DeskState) -> Tab:
    count = queue_length(state.desk) if tab is Intent.QUEUE else len(entries(tab, state.desk, None))
    return Tab(
        intent=tab,
        label=state.phrases.say(_TITLES[tab]),
        key=key_name(tab, state.phrases),
        count="" if tab in {Intent.HALL, Intent.FIND} else str(count),
        chosen=tab is state.tab or (tab is Intent.HALL and state.tab is Intent.DEVICES),
    )


def _pick(state: DeskState) -> Action | None:
    """Return what a list is for; a smaller window shows it once a line is chosen."""
    return action_for(Intent.PICK, state) if state.room.has_all or state.picked is not None else None


def _other_tab(state: DeskState) -> Action | None:
    """Return the way from the office at a glance to its devices, and back; only supervisors have it."""
    other = {Intent.HALL: Intent.DEVICES, Intent.DEVICES: Intent.HALL}.get(state.tab)
    if other is None or not state.supervises:
        return None
    return Action(other, state.phrases.say(_TITLES[other]), key_name(other, state.phrases), enabled=True)


def _caption(state: DeskState, *, has_rows: bool) -> str:
    if state.tab is Intent.HALL:
        return state.phrases.say("Counters")
    if state.tab is Intent.DEVICES:
        return state.phrases.say("What needs somebody stands first.")
    if not has_rows:
        return state.phrases.say(_EMPTY[state.tab])
    if state.tab is not Intent.QUEUE:
        return ""
    if not state.room.has_all:
        return ""
    order = _ORDER.get(state.office.policy if state.office else "")
    return state.phrases.say(order) if order else ""


def _row(entry: QueueEntry, state: DeskState) -> Row:
    words, is_queue = state.words, state.tab is Intent.QUEUE
    by_promise = state.office is not None and state.office.policy == "promise"
    return Row(
        name=name_of(entry),
        number=entry.number,
        lane=words.lane(entry.lane),
        text=_row_text(entry, state),
        waited=_waited(entry, words),
        figure=share(entry.score) if is_queue and by_promise else "",
        late=is_queue and by_promise and entry.score >= LATE,
        chosen=state.picked is not None and name_of(state.picked) == name_of(entry),
    )


def _row_text(entry: QueueEntry, state: DeskState) -> str:
    text = _what_of(entry, state.words)
    is_older = state.hall is not None and entry.waiting_since.astimezone(state.now.tzinfo).date() < state.hall.day
    return state.phrases.say("{text}, from an earlier day", text=text) if is_older else text


def _what_of(entry: QueueEntry, words: Words) -> str:
    match entry:
        case FoundEntry():
            stage, counter = words.stage(entry.stage), words.counter(entry.counter or "")
            return words.phrases.say(_FOUND[entry.state], stage=stage, counter=counter)
        case HeldEntry(note=str(note)) if note:
            return note
        case _:
            return words.service(entry.service)


def _waited(entry: QueueEntry, words: Words) -> str:
    """Return how long somebody waits; nothing for a number that was looked up and waits no more."""
    if isinstance(entry, FoundEntry) and entry.state not in {"waiting", "held", "no_show"}:
        return ""
    return words.minutes(words.since(entry.waiting_since))


def _hall_glance(state: DeskState) -> HallGlance:
    counters = state.hall.counters if state.hall else ()
    waiting = waiting_rows(state.hall, state.info, state.words)
    return HallGlance(
        counters=tuple(
            ColleagueLine(
                label=state.phrases.say("Counter {label}", label=bare_counter(counter.label)),
                state=state.phrases.say(STATES[counter.state]),
                tone=TONES[counter.state],
                number=counter.number or "",
                own=counter.id == state.counter,
            )
            for counter in counters
        ),
        waiting_title=state.phrases.say("Waiting for this counter") if waiting else "",
        lanes=state.words.lanes() if waiting else (),
        waiting=waiting,
    )


def waiting_rows(hall: HallMessage | None, counter: CounterInfo | None, words: Words) -> tuple[WaitingLine, ...]:
    """Return what waits for this counter's stages, a service a line, a lane a column."""
    if words.office is None or hall is None or counter is None:
        return ()
    counts: dict[tuple[str, str], int] = {}
    for group in hall.waiting:
        if serves(words.office, counter, group.stage, group.service, group.lane):
            key = (group.service, group.lane)
            counts[key] = counts.get(key, 0) + group.count
    lanes = [lane.id for lane in words.office.lanes]
    return tuple(
        WaitingLine(
            letter=service.letter,
            service=words.service(service.id),
            counts=tuple(str(counts.get((service.id, lane), 0) or "\N{EN DASH}") for lane in lanes),
        )
        for service in words.office.services
        if any(counts.get((service.id, lane)) for lane in lanes)
    )
