"""The picture of the lists beside the visitor: the queue and why it stands so, held, missed, and the office. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.contract.messages import CounterInfo, CounterMessage, HallMessage, HeldEntry, QueueEntry, TicketState
from broker.language import mark
from counter.actions import ActionView, action_view, key_name
from counter.choices import serves
from counter.devices import DeviceView
from counter.keymap import Intent
from counter.lists import TABS, FoundEntry, entries, queue_length
from counter.scene import LaneView, Scene, Tone, Words
from counter.ticket_view import STATES, TONES, share

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
class TabView:
    """The handle of one list."""

    intent: Intent
    label: str
    key: str
    count: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One number of a list; `figure` is what orders it."""

    number: str
    lane: LaneView | None
    text: str
    waited: str
    figure: str
    late: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class ColleagueView:
    """One counter of the office and what it is doing."""

    label: str
    state: str
    tone: Tone
    number: str
    own: bool


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """How many of one service wait, lane by lane in the office's order."""

    letter: str
    service: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HallView:
    """The office at a glance."""

    counters: tuple[ColleagueView, ...]
    waiting_title: str
    lanes: tuple[LaneView, ...]
    waiting: tuple[WaitingRow, ...]


@dataclass(frozen=True, slots=True)
class ListsView:
    """The column beside the visitor."""

    tabs: tuple[TabView, ...]
    caption: str
    rows: tuple[RowView, ...]
    more: str
    pick: ActionView | None
    hall: HallView | None
    devices: tuple[DeviceView, ...] | None
    today: str


def lists_view(scene: Scene) -> ListsView:
    """Return the column."""
    desk = scene.desk
    shown = entries(scene.tab, desk, scene.found)
    waiting = queue_length(desk)
    more = waiting - len(shown) if scene.tab is Intent.QUEUE else 0
    return ListsView(
        tabs=tuple(_tab(tab, scene) for tab in TABS),
        caption=_caption(scene, has_rows=bool(shown)),
        rows=tuple(_row(entry, scene) for entry in shown),
        more=scene.phrases.count("and {n} more", "and {n} more", more) if more > 0 else "",
        pick=action_view(Intent.PICK, scene) if shown else _turn_page(scene),
        hall=_hall_view(scene) if scene.tab is Intent.HALL else None,
        devices=scene.devices.views(scene.phrases) if scene.tab is Intent.DEVICES and scene.supervises else None,
        today=today_text(desk, scene.words) if desk else "",
    )


def today_text(desk: CounterMessage, words: Words) -> str:
    """Return the counter's own figures of the day."""
    served = words.phrases.count("{n} served today", "{n} served today", desk.today.served)
    if desk.today.mean_service_s is None:
        return served
    mean = words.phrases.say("on average {duration}", duration=words.minutes(desk.today.mean_service_s))
    return f"{served}, {mean}"


def _tab(tab: Intent, scene: Scene) -> TabView:
    count = queue_length(scene.desk) if tab is Intent.QUEUE else len(entries(tab, scene.desk, None))
    return TabView(
        intent=tab,
        label=scene.phrases.say(_TITLES[tab]),
        key=key_name(tab, scene.phrases),
        count="" if tab in {Intent.HALL, Intent.FIND} else str(count),
        chosen=tab is scene.tab or (tab is Intent.HALL and scene.tab is Intent.DEVICES),
    )


def _turn_page(scene: Scene) -> ActionView | None:
    """Return the way from the office at a glance to its devices, and back; only supervisors have it."""
    other = {Intent.HALL: Intent.DEVICES, Intent.DEVICES: Intent.HALL}.get(scene.tab)
    if other is None or not scene.supervises:
        return None
    return ActionView(other, scene.phrases.say(_TITLES[other]), key_name(other, scene.phrases), enabled=True)


def _caption(scene: Scene, *, has_rows: bool) -> str:
    if scene.tab is Intent.HALL:
        return scene.phrases.say("Counters")
    if scene.tab is Intent.DEVICES:
        return scene.phrases.say("What needs somebody stands first.")
    if not has_rows:
        return scene.phrases.say(_EMPTY[scene.tab])
    if scene.tab is not Intent.QUEUE:
        return ""
    order = _ORDER.get(scene.office.policy if scene.office else "")
    return scene.phrases.say(order) if order else ""


def _row(entry: QueueEntry, scene: Scene) -> RowView:
    words, is_queue = scene.words, scene.tab is Intent.QUEUE
    by_promise = scene.office is not None and scene.office.policy == "promise"
    return RowView(
        number=entry.number,
        lane=words.lane(entry.lane),
        text=_row_text(entry, words),
        waited=_waited(entry, words),
        figure=share(entry.score) if is_queue and by_promise else "",
        late=is_queue and by_promise and entry.score >= LATE,
        chosen=scene.picked is not None and scene.picked.number == entry.number,
    )


def _row_text(entry: QueueEntry, words: Words) -> str:
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


def _hall_view(scene: Scene) -> HallView:
    counters = scene.hall.counters if scene.hall else ()
    waiting = waiting_rows(scene.hall, scene.info, scene.words)
    return HallView(
        counters=tuple(
            ColleagueView(
                label=scene.phrases.say("Counter {label}", label=counter.label),
                state=scene.phrases.say(STATES[counter.state]),
                tone=TONES[counter.state],
                number=counter.number or "",
                own=counter.id == scene.counter,
            )
            for counter in counters
        ),
        waiting_title=scene.phrases.say("Waiting for this counter") if waiting else "",
        lanes=scene.words.lanes() if waiting else (),
        waiting=waiting,
    )


def waiting_rows(hall: HallMessage | None, counter: CounterInfo | None, words: Words) -> tuple[WaitingRow, ...]:
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
        WaitingRow(
            letter=service.letter,
            service=words.service(service.id),
            counts=tuple(str(counts.get((service.id, lane), 0) or "\N{EN DASH}") for lane in lanes),
        )
        for service in words.office.services
        if any(counts.get((service.id, lane)) for lane in lanes)
    )
