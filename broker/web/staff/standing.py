"""What a board says of the hall: who waits where against the promise, each counter, devices. Pure.

The order of all that stands on it is the configuration's, whatever happens: an eye finds a tile where it was. Only what
is wrong, promises and a wall's devices out of order, stands the most urgent first.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote

from broker.contract.messages import (
    Announcement,
    BoardCounter,
    BoardGroup,
    BoardMessage,
    HallMessage,
    LaneInfo,
    OfficeMessage,
    StageInfo,
)
from broker.language import Phrases, bare_counter, mark
from broker.parts import PartHealth, in_words
from broker.web.page import in_language
from broker.web.staff.otherwise import Known, Otherwise, otherwise, without_ends
from broker.web.staff.today import Today, today

HOME = "/staff/board"
SOON_S = 15 * 60
"""A promise that will be broken within so long is marked."""
MOST_WARNINGS = 6
TURN_S = 8
"""So long a wall shows one part of what it has no room for at once."""
WALL_WARNINGS, WALL_OTHERWISE, WALL_DEVICES = 4, 2, 2
WALL_LANES, WALL_LANES_DENSE = 2, 4
"""So many lanes have room with the promise in words, and with its colour alone."""
WALL_STAGES, WALL_STAGES_DENSE, WALL_STAGES_OF_MANY_LANES = 5, 8, 6
"""So many stages have room in two lines each, in one, and beside many lanes; more take turns."""
WALL_COUNTERS, WALL_COUNTERS_DENSE = 6, 8
_LONG_MIN = 100
T = TypeVar("T")

_HEADINGS = {
    "promises": mark("Promises"),
    "stage": mark("Stage"),
    "service": mark("Service"),
    "counters": mark("Counters"),
    "ask": mark("Ask it something"),
    "otherwise": mark("Otherwise than usual today"),
    "hint": mark("A service or a lane leads to closing it for today and to its numbers."),
    "devices": mark("Devices"),
    "part": mark("Part"),
    "device": mark("Device"),
    "state": mark("State"),
    "heard": mark("Last heard"),
}
_STATES = {
    "closed": mark("not open"),
    "open": mark("free"),
    "paused": mark("paused"),
    "calling": mark("calling"),
    "serving": mark("serving"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What boards that are drawn alike have in common."""

    language: str
    is_wall: bool
    has_officers: bool
    """Officers' names are shown."""
    has_tickets: bool
    """A number leads to its ticket."""
    has_devices: bool
    has_acts: bool = False
    """What can be done stands beside what it is about."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the office at a moment."""

    now: dt.datetime
    offer: OfficeMessage
    boards: Sequence[BoardMessage]
    hall: HallMessage | None = None
    parts: Mapping[str, PartHealth] | None = None
    stale_since: dt.datetime | None = None
    today: dict[str, Any] | None = None
    """As `broker.reports.course` says it."""
    announced: Sequence[Announcement] = ()
    """By the staff."""

    @property
    def known(self) -> Known:
        """Return what is known of what is otherwise today."""
        return Known(self.now, self.offer, self.boards, self.hall, self.announced)


@dataclass(frozen=True, slots=True)
class Cell:
    """One stage, service and lane; or all services of it."""

    id: str
    url: str
    waiting: int
    longest: str = ""
    """How long who waits longest has waited, and where the lane promises something, of what."""
    waited: str = ""
    """The same without the promise, where there is no room."""
    breach: str = ""
    tone: str = ""
    lane: str = ""
    """Said where no column says it: on a phone."""
    label: str = ""
    """All of it in a sentence, for who does not see where it stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """One service at a stage, lane by lane."""

    service: str
    cells: tuple[Cell, ...]
    id: str = ""
    url: str = ""
    """Where it can be closed for today, and such, for whoever may."""


@dataclass(frozen=True, slots=True)
class LaneHead:
    """One lane, above its column."""

    id: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: all of its services together, and each by itself."""

    name: str
    total: int
    together: tuple[Cell, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - it is one
    """A promise that is broken, or will be."""

    text: str
    tone: str
    url: str


@dataclass(frozen=True, slots=True)
class CounterTile:
    """One counter."""

    id: str
    title: str
    label: str
    state: str
    kind: str
    tone: str
    since: str
    number: str
    url: str
    """Of its ticket, for who may follow it."""
    took: str
    officer: str
    brief: str
    """State and for how long, where there is no room for more."""
    ask: str = ""
    """Where it can be asked something, for whoever may."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device of a part."""

    part: str
    device: str
    state: str
    tone: str
    since: str


@dataclass(frozen=True, slots=True)
class Wall:
    """What a wall shows of what it has no room for at once: "2/3", and nothing where all of it is there."""

    waits: str = ""
    counters: str = ""
    otherwise: str = ""
    look: str = ""
    """Classes for what stands closer."""


@dataclass(frozen=True, slots=True)
class Board:
    """How the hall stands."""

    waiting: int
    waiting_text: str
    longest_text: str
    """Of all who wait now; nothing where nobody does."""
    headings: Mapping[str, str]
    lanes: tuple[LaneHead, ...]
    stages: tuple[Stage, ...]
    warnings: tuple[Warning, ...]
    calm: str
    """Instead of warnings."""
    more: str
    counters: tuple[CounterTile, ...]
    devices: tuple[DeviceRow, ...]
    trouble: tuple[DeviceRow, ...]
    more_trouble: str
    today: Today | None
    otherwise: tuple[Otherwise, ...]
    """What is otherwise than usual today."""
    has_acts: bool
    wall: Wall
    old: str
    """Since when all of it is old, said loudly; nothing while it is true."""
    as_of: str


def board(p: Phrases, look: Look, told: Told) -> Board:
    """Return how the hall stands, for boards of one look."""
    groups, counters = _newest(told)
    offer = told.offer
    stages = tuple(_stage(p, look, told, stage, groups) for stage in offer.stages)
    stages = tuple(stage for stage in stages if stage.rows)
    warnings = _warnings(p, look, told, groups.values())
    most = WALL_WARNINGS if look.is_wall else MOST_WARNINGS
    most -= look.is_wall and len(warnings) > most  # on a wall the line that says how many more is one of them
    devices = _devices(p, told) if look.has_devices else ()
    waiting = sum(group.waiting for group in groups.values())
    shown = Board(
        waiting=waiting,
        waiting_text=p.count("{n} waits", "{n} wait", waiting),
        longest_text=_longest(p, told, groups.values()),
        headings={name: p.say(text) for name, text in _HEADINGS.items()},
        lanes=tuple(_lane(p, look, told, lane) for lane in offer.lanes),
        stages=stages,
        warnings=warnings[:most],
        calm="" if warnings else p.say("No promise is in danger."),
        more=_and_more(p, len(warnings) - most),
        counters=tuple(_counter(p, look, told, counter) for counter in counters),
        devices=devices,
        trouble=tuple(row for tone in ("bad", "warn") for row in devices if row.tone == tone),
        more_trouble="",
        otherwise=_otherwise(p, look, told),
        has_acts=look.has_acts,
        wall=Wall(),
        today=today(p, told.today, told.now.tzinfo or dt.UTC),
        old=_old(p, told),
        as_of=p.exact_clock(told.now),
    )
    return _on_wall(p, shown, turn_of(told.now)) if look.is_wall else shown


def turn_of(now: dt.datetime) -> int:
    """Return which turn it is of all that a wall shows in parts: all walls show the same."""
    return int(now.timestamp() // TURN_S)


def _on_wall(p: Phrases, whole: Board, turn: int) -> Board:
    """Return what has room on a wall at this turn: closer first, then in parts.

    Of devices out of order the most urgent stand there, and how many more there are; all else comes in its turn.
    """
    n_stages, n_lanes, n_counters = len(whole.stages), len(whole.lanes), len(whole.counters)
    has_many_lanes, is_dense = n_lanes > WALL_LANES, n_stages > WALL_STAGES
    most_stages = WALL_STAGES_OF_MANY_LANES if has_many_lanes else WALL_STAGES_DENSE
    by_lane, by_stage = _parts(n_lanes, WALL_LANES_DENSE), _parts(n_stages, most_stages)
    (rows, columns), waits = _turn([(stage, lane) for stage in by_stage for lane in by_lane], turn)
    tiles, counters = _turn(_parts(n_counters, WALL_COUNTERS_DENSE), turn)
    changes, otherwise_of = _turn(_parts(len(whole.otherwise), WALL_OTHERWISE), turn)
    waits_look = "many-lanes" if has_many_lanes else "dense-waits" if is_dense else ""
    look = f"{waits_look} {'dense-counters' if n_counters > WALL_COUNTERS else ''}".strip()
    rest = len(whole.trouble) - WALL_DEVICES
    return replace(
        whole,
        lanes=whole.lanes[columns],
        stages=tuple(replace(stage, together=stage.together[columns]) for stage in whole.stages[rows]),
        counters=whole.counters[tiles],
        otherwise=whole.otherwise[changes],
        trouble=whole.trouble[:WALL_DEVICES],
        more_trouble=_and_more(p, rest),
        wall=Wall(waits, counters, otherwise_of, look),
    )


def _parts(n: int, most: int) -> list[slice]:
    """Return all of `n` in parts of as good as one size, none larger than `most`."""
    parts = max(1, math.ceil(n / most))
    size = math.ceil(n / parts) if n else 0
    return [slice(begin, begin + size) for begin in range(0, n, size or 1)] or [slice(0, 0)]


def _turn(parts: Sequence[T], turn: int) -> tuple[T, str]:
    """Return whose turn it is, and which of how many that is."""
    at = turn % len(parts)
    return parts[at], f"{at + 1}/{len(parts)}" if len(parts) > 1 else ""


def _and_more(p: Phrases, n: int) -> str:
    return p.count("and {n} more", "and {n} more", n) if n > 0 else ""


def lasted(p: Phrases, seconds: float) -> str:
    """Return how long something has lasted: whole minutes, and hours where it is long."""
    minutes = max(0, math.floor(seconds / 60))
    if minutes < _LONG_MIN:
        return p.say("{n} min", n=minutes)
    return p.say("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def lane_words(p: Phrases, offer: OfficeMessage, lane: str) -> str:
    """Return a lane by its letter, or by its name where it has none."""
    found = next((one for one in offer.lanes if one.id == lane), None)
    if found is None:
        return lane
    return p.say("Lane {letter}", letter=found.letter) if found.letter else in_language(found.name, p.language)


def service_words(p: Phrases, offer: OfficeMessage, service: str) -> str:
    """Return a service by its short name."""
    found = next((one for one in offer.services if one.id == service), None)
    return service if found is None else in_language(found.short_name or found.name, p.language)


def stage_words(p: Phrases, offer: OfficeMessage, stage: str) -> str:
    """Return a stage by its name."""
    found = next((one for one in offer.stages if one.id == stage), None)
    return stage if found is None else in_language(found.name, p.language)


def breach_words(p: Phrases, at: dt.datetime, now: dt.datetime, *, is_short: bool = False) -> str:
    """Return when a promise is broken, or for how long it is; short where there is no room to say what."""
    left_s = (at - now).total_seconds()
    if left_s > 0:
        time = lasted(p, left_s + 59)
        return p.say("broken in {time}", time=time) if is_short else p.say("promise broken in {time}", time=time)
    time = lasted(p, -left_s)
    return p.say("broken for {time}", time=time) if is_short else p.say("promise broken for {time}", time=time)


def where_url(stage: str, service: str, lane: str) -> str:
    """Return where those are listed who wait for a stage, service and lane."""
    return f"{HOME}/at/{quote(stage, safe='')}/{quote(service, safe='')}/{quote(lane, safe='')}"


def act_url(kind: str, name: str) -> str:
    """Return where something can be done at a service, a lane or a counter."""
    return f"/staff/acts/for/{kind}/{quote(name, safe='')}"


def ticket_url(ticket: str) -> str:
    """Return where a ticket's history stands."""
    return f"{HOME}/ticket/{quote(ticket, safe='')}"


# -- inside ------------------------------------------------------------------------------------------------------


Where = tuple[str, str, str]


def _newest(told: Told) -> tuple[dict[Where, BoardGroup], list[BoardCounter]]:
    """Return groups and counters; the picture of the hall comes sooner, and its counts and states go before."""
    pages = sorted(told.boards, key=lambda page: page.page)
    groups = {(one.stage, one.service, one.lane): one for page in pages for one in page.groups}
    counters = [one for page in pages for one in page.counters]
    hall = told.hall
    if hall is None or hall.seq <= max((page.seq for page in pages), default=-1):
        return groups, counters
    for row in hall.waiting:
        key = row.stage, row.service, row.lane
        known = groups.get(key)
        if not row.count:
            groups.pop(key, None)
        elif known is not None:
            groups[key] = known.model_copy(update={"waiting": row.count})
        else:
            groups[key] = BoardGroup(
                stage=row.stage, service=row.service, lane=row.lane, waiting=row.count, promised_s=0
            )
    newer = {one.id: one for one in hall.counters}
    return groups, [_newer(one, newer.get(one.id), hall) for one in counters]


def _newer(counter: BoardCounter, seen: object, hall: HallMessage) -> BoardCounter:
    state, number = getattr(seen, "state", counter.state), getattr(seen, "number", counter.number)
    if (state, number) == (counter.state, counter.number):
        return counter
    update = {"state": state, "number": number, "since": hall.at, "ticket": None, "stage": None, "usual_s": None}
    return counter.model_copy(update=update | ({"officer": None} if state == "closed" else {}))


def _lane(p: Phrases, look: Look, told: Told, lane: LaneInfo) -> LaneHead:
    name = lane_words(p, told.offer, lane.id) if look.is_wall else in_language(lane.name, p.language)
    return LaneHead(lane.id, name, act_url("lane", lane.id) if look.has_acts else "")


def _otherwise(p: Phrases, look: Look, told: Told) -> tuple[Otherwise, ...]:
    found = otherwise(p, told.known, has_officers=look.has_officers)
    return found if look.has_acts else without_ends(found)


def _stage(p: Phrases, look: Look, told: Told, stage: StageInfo, groups: Mapping[Where, BoardGroup]) -> Stage:
    offer, lanes = told.offer, [lane.id for lane in told.offer.lanes]
    rows = tuple(
        Row(
            service_words(p, offer, service.id),
            tuple(
                _cell(p, told, where, groups.get(where)) for where in ((stage.id, service.id, lane) for lane in lanes)
            ),
            f"{stage.id}-{service.id}",
            act_url("service", service.id) if look.has_acts else "",
        )
        for service in offer.services
        if stage.id in service.stages
    )
    together = tuple(_together(p, told, (stage.id, lane), groups.values()) for lane in lanes)
    waiting = sum(cell.waiting for row in rows for cell in row.cells)
    return Stage(in_language(stage.name, p.language), waiting, together, rows)


def _cell(p: Phrases, told: Told, where: Where, group: BoardGroup | None, title: str = "") -> Cell:
    stage, service, lane = where
    name = "-".join(("at", *where))
    count = 0 if group is None else group.waiting
    title = title or ", ".join(
        (stage_words(p, told.offer, stage), service_words(p, told.offer, service), lane_words(p, told.offer, lane))
    )
    said = p.count("{n} waits", "{n} wait", count)
    if group is None:
        return Cell(name, "", 0, lane=lane_words(p, told.offer, lane), label=f"{title}: {said}")
    url, waited, longest, breach, tone = where_url(*where), "", "", "", ""
    if group.longest is not None:
        waited = lasted(p, (told.now - group.longest.since).total_seconds())
        promised = lasted(p, group.promised_s)
        is_first = group.breach_at is not None or _is_first(told.offer, stage, service)
        longest = p.say("{waited} of {promised}", waited=waited, promised=promised) if is_first else waited
    if group.breach_at is not None:
        breach = breach_words(p, group.breach_at, told.now, is_short=True)
        tone = tone_of(group.breach_at, told.now)
    label = ", ".join(part for part in (said, longest and p.say("longest {wait}", wait=longest), breach) if part)
    lane_name = lane_words(p, told.offer, lane)
    return Cell(name, url, count, longest, waited, breach, tone, lane_name, f"{title}: {label}")


def tone_of(breach_at: dt.datetime, now: dt.datetime) -> str:
    """Return how loudly a breach is said."""
    left_s = (breach_at - now).total_seconds()
    return "bad" if left_s <= 0 else "warn" if left_s <= SOON_S else ""


def _is_first(offer: OfficeMessage, stage: str, service: str) -> bool:
    return any(one.id == service and one.stages[:1] == (stage,) for one in offer.services)


def _together(p: Phrases, told: Told, where: tuple[str, str], groups: Iterable[BoardGroup]) -> Cell:
    """Return all services of a stage and lane as one: the longest wait and the first breach of any."""
    stage, lane = where
    found = [group for group in groups if (group.stage, group.lane) == where]
    title = f"{stage_words(p, told.offer, stage)}, {lane_words(p, told.offer, lane)}"
    if not found:
        return _cell(p, told, (stage, "", lane), None, title)
    known = [group for group in found if group.longest is not None]
    oldest = min(known, key=lambda one: one.longest.since if one.longest else told.now, default=found[0])
    breaches = [group.breach_at for group in found if group.breach_at is not None]
    whole = oldest.model_copy(
        update={"waiting": sum(group.waiting for group in found), "breach_at": min(breaches, default=None)}
    )
    return _cell(p, told, (stage, oldest.service, lane), whole, title)


def _longest(p: Phrases, told: Told, groups: Iterable[BoardGroup]) -> str:
    since = min((group.longest.since for group in groups if group.longest is not None), default=None)
    return (
        "" if since is None else p.say("Longest wait now: {wait}", wait=lasted(p, (told.now - since).total_seconds()))
    )


def _warnings(p: Phrases, look: Look, told: Told, groups: Iterable[BoardGroup]) -> tuple[Warning, ...]:
    """Return the promises that are broken or will be, the most urgent first."""
    found = sorted(
        ((group.breach_at, group) for group in groups if group.breach_at is not None),
        key=lambda one: (one[0], one[1].stage, one[1].service, one[1].lane),
    )
    return tuple(
        Warning(
            p.say(
                "{lane}, {service}: {breach}",
                lane=lane_words(p, told.offer, group.lane),
                service=service_words(p, told.offer, group.service),
                breach=breach_words(p, at, told.now, is_short=look.is_wall),
            ),
            tone_of(at, told.now) or "later",
            where_url(group.stage, group.service, group.lane),
        )
        for at, group in found
    )


def _counter(p: Phrases, look: Look, told: Told, counter: BoardCounter) -> CounterTile:
    lasts_s = None if counter.since is None else max(0.0, (told.now - counter.since).total_seconds())
    usual_s, took, tone, brief = counter.usual_s, "", "", ""
    if lasts_s is not None and counter.state in {"calling", "serving"}:
        took = brief = lasted(p, lasts_s)
        if usual_s is not None:
            took = p.say("{time}, usually {usual}", time=took, usual=lasted(p, usual_s + 30))
            tone = "warn" if counter.state == "serving" and lasts_s > 2 * usual_s else ""
    elif lasts_s is not None and counter.since is not None:
        took = brief = p.say("since {time}", time=p.clock(counter.since))
    number = counter.number or ""
    return CounterTile(
        id=counter.id,
        title=p.say("Counter {counter}", counter=bare_counter(counter.label)),
        label=bare_counter(counter.label),
        state=p.say(_STATES[counter.state]),
        kind=counter.state,
        tone=tone,
        since="" if counter.since is None else p.clock(counter.since),
        number=number,
        url=ticket_url(counter.ticket) if look.has_tickets and counter.ticket is not None else "",
        took=took,
        officer=(counter.officer or "") if look.has_officers else "",
        brief=f"{p.say(_STATES[counter.state])} {brief}".strip(),
        ask=act_url("counter", counter.id) if look.has_acts else "",
    )


def _devices(p: Phrases, told: Told) -> tuple[DeviceRow, ...]:
    """Return every device of every part, in the order of the configuration."""
    return tuple(
        DeviceRow(
            part=one.part,
            device=one.device,
            state=one.state,
            tone="" if one.tone == "info" else one.tone,
            since="" if (heard := one.since or one.heard_at) is None else p.clock(heard),
        )
        for one in in_words(told.parts or {}, p)
    )


def _old(p: Phrases, told: Told) -> str:
    if told.stale_since is None:
        return ""
    since = p.exact_clock(told.stale_since.astimezone(told.now.tzinfo))
    old = p.say("OLD: the queue system has not answered since {time}. What stands here was true then.", time=since)
    return f"{old} {p.say('Officers read on their windows what to do. After five minutes tell technical support.')}"
