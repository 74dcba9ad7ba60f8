"""What the rules of alerts read: of the hall, of what clients say of their devices, and of the complaints. Pure."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from broker.domain import alerts
from broker.domain import events as ev
from broker.domain.alerts import Alert, Change, Ended, Place, Raised, Reading, Restated, Rule
from broker.domain.hall import Hall
from broker.domain.model import Desk, DeskState, Ticket
from broker.domain.queue.forward import Forward, forward_of
from broker.domain.queue.running import promise_ends
from broker.domain.today import place as slot_of

CONNECTION, OFFLINE = "connection", "offline"
"""As `broker.ports.Health` has it: whether the client itself is there."""
PAPER_WORDS: Final = frozenset({"paper_low", "paper_out"})
LOST_WORDS: Final = frozenset({"offline", "absent", "cover_open", "cutter_error"})
"""A device of which its part says so does nothing until somebody comes."""
MOST_FORESEEN = 25
"""Of so many of a line it is asked when they will be called: who is first to wait too long is among them."""
PERCENT = 100
NEVER_S = 24 * 3600
"""Stands for a call that is not in sight, because no counter is open for it."""

Devices = Mapping[str, Mapping[str, str]]
"""By client: how its devices fare, and whether it is there."""


@dataclass(frozen=True, slots=True)
class Due:
    """The complaints that somebody has to answer."""

    soon: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen beside the hall."""

    devices: Devices = field(default_factory=dict)
    complaints: Due | None = None
    """None: nothing is known of them now."""


def read(hall: Hall, sight: Sight, now: dt.datetime) -> alerts.Readings:
    """Return what every rule of the office reads; costs as much as a look at all who wait."""
    rules = hall.office.alerts.rules
    found: dict[str, Mapping[Place, Reading | None]] = {}
    for rule in rules:
        match rule.kind:
            case alerts.WAIT:
                found[rule.id] = dict(_waits(hall, rule, now))
            case alerts.FORECAST:
                found[rule.id] = dict(_forecasts(hall, rule, now))
            case alerts.IDLE_COUNTER:
                found[rule.id] = dict(_idle(hall, rule, now))
            case alerts.QUOTA_NEAR:
                found[rule.id] = dict(_quotas(hall, rule, now))
            case alerts.PAPER_LOW | alerts.DEVICE_LOST:
                found[rule.id] = dict(_devices(hall, rule, sight.devices))
            case alerts.COMPLAINT_DUE if sight.complaints is not None:
                found[rule.id] = dict(_complaints(rule, sight.complaints))
            case _:
                pass  # nothing is known of it
    return found


def events_of(hall: Hall, changes: Collection[Change], now: dt.datetime) -> list[ev.Event]:
    """Return what changes as facts; an alert is named by the line of the journal that tells of it first."""
    events: list[ev.Event] = []
    for seq, change in enumerate(changes, hall.seq + 1):
        match change:
            case Raised():
                events.append(_raised(change, f"{change.rule.id}-{seq}", now))
            case Restated():
                events.append(_restated(change.alert, now))
            case Ended():
                events.append(ev.AlertEnded(at=now, alert=change.alert.id, why=change.why))
            case _:
                assert_never(change)
    return events


def apply_alert(hall: Hall, event: ev.AlertEvent) -> None:
    """Let an alert stand, be seen to, or go; a hall that is rebuilt may begin after it was raised."""
    match event:
        case ev.AlertRaised():
            hall.alerts[event.alert] = Alert(
                id=event.alert,
                rule=event.rule,
                kind=event.kind,
                place=tuple(event.place.items()),
                since=event.since,
                value=event.value,
                limit=event.limit,
                roles=tuple(event.roles),
                stated_at=event.at,
                about=event.about,
                acknowledged_by=event.acknowledged_by,
                acknowledged_at=event.acknowledged_at,
            )
        case ev.AlertAcknowledged():
            hall.acknowledge(event.alert, event.by, event.at)
        case ev.AlertEnded():
            hall.alerts.pop(event.alert, None)
        case _:
            assert_never(event)


def _raised(change: Raised, identity: str, now: dt.datetime) -> ev.AlertRaised:
    rule, reading = change.rule, change.reading
    return ev.AlertRaised(
        at=now,
        alert=identity,
        rule=rule.id,
        kind=rule.kind,
        place=dict(change.place),
        since=now,
        value=reading.value,
        limit=reading.limit,
        roles=rule.roles,
        about=reading.about,
    )


def _restated(alert: Alert, now: dt.datetime) -> ev.AlertRaised:
    return ev.AlertRaised(
        at=now,
        alert=alert.id,
        rule=alert.rule,
        kind=alert.kind,
        place=dict(alert.place),
        since=alert.since,
        value=alert.value,
        limit=alert.limit,
        roles=alert.roles,
        about=alert.about,
        acknowledged_by=alert.acknowledged_by,
        acknowledged_at=alert.acknowledged_at,
    )


def _meant(hall: Hall, rule: Rule) -> Iterator[Ticket]:
    """Yield who waits, as far as a rule is about them."""
    for line in hall.lines.values():
        if line.entries and rule.is_about("stage", line.stage) and rule.is_about("lane", line.lane):
            yield from (ticket for _, _, ticket in line.entries if rule.is_about("service", ticket.service))


def _where(rule: Rule, ticket: Ticket) -> Place:
    """Return where somebody waits: by service, too, where the rule names services."""
    place = (("stage", ticket.stage), ("lane", ticket.lane))
    return (*place, ("service", ticket.service)) if "service" in rule.only else place


def _waits(hall: Hall, rule: Rule, now: dt.datetime) -> Iterator[tuple[Place, Reading]]:
    """Yield the longest wait that runs, by stage and lane, against the lane's promise."""
    longest: dict[Place, Ticket] = {}
    for ticket in _meant(hall, rule):
        place = _where(rule, ticket)
        known = longest.get(place)
        if known is None or ticket.waiting_since < known.waiting_since:
            longest[place] = ticket
    for place, ticket in longest.items():
        waited_s, promised_s = (now - ticket.waiting_since).total_seconds(), hall.office.lanes[ticket.lane].promised_s
        yield place, Reading(waited_s / promised_s * PERCENT, int(waited_s), promised_s, ticket.number)


def _forecasts(hall: Hall, rule: Rule, now: dt.datetime) -> Iterator[tuple[Place, Reading]]:
    """Yield where a promise will be broken soon, and in how many seconds; the level is by how much it will be."""
    forward = forward_of(hall, now)
    soonest: dict[Place, tuple[float, float, Ticket]] = {}
    for line in list(hall.lines.values()):
        if not line.entries or not rule.is_about("stage", line.stage) or not rule.is_about("lane", line.lane):
            continue
        near = (
            (left_s, ticket)
            for _, _, ticket in list(line.entries)
            if rule.is_about("service", ticket.service)
            and (ends := promise_ends(hall, ticket)) is not None
            and 0 < (left_s := (ends - now).total_seconds()) <= rule.ahead_s
        )
        for left_s, ticket in itertools.islice(near, MOST_FORESEEN):
            late_s = _called_after_s(forward, ticket) - left_s
            place = _where(rule, ticket)
            if late_s >= rule.end and (place not in soonest or left_s < soonest[place][0]):
                soonest[place] = left_s, late_s, ticket
    for place, (left_s, late_s, ticket) in soonest.items():
        yield place, Reading(late_s, int(left_s), int(rule.ahead_s), ticket.number)


def _called_after_s(forward: Forward, ticket: Ticket) -> float:
    foreseen = forward.of(ticket)
    return NEVER_S if foreseen is None else foreseen.after_s


def _idle(hall: Hall, rule: Rule, now: dt.datetime) -> Iterator[tuple[Place, Reading]]:
    """Yield the open counters that call nobody, though somebody waits whom they may call."""
    for desk in hall.desks.values():
        if rule.is_about("counter", desk.counter) and hall.desk_state(desk) is DeskState.OPEN:
            idle_s = _idle_s(hall, desk, now)
            if idle_s > 0:
                yield (("counter", desk.counter),), Reading(idle_s, int(idle_s), int(rule.limit))


def _idle_s(hall: Hall, desk: Desk, now: dt.datetime) -> float:
    """Return for how long a free counter could have called somebody."""
    waiting = [line.entries for line in hall.callable_lines(desk.counter, now)]
    if not waiting:
        return 0.0
    first = min(ticket.waiting_since for entries in waiting for _, _, ticket in entries)
    acted_at, _ = hall.acts.get(desk.counter, (first, None))
    return (now - max(first, acted_at)).total_seconds()


def _quotas(hall: Hall, rule: Rule, now: dt.datetime) -> Iterator[tuple[Place, Reading]]:
    """Yield how much of the day's numbers is given out, by lane and service that have a quota."""
    office, is_today, today = hall.office, hall.day_of(now) == hall.day, hall.otherwise(now)
    lanes, services = office.lanes.values(), office.services.values()
    counted = [
        *(("lane", one.id, slot_of(None, one.id), one.quota, hall.issued_in_lane) for one in lanes),
        *(("service", one.id, slot_of(one.id, None), one.quota, hall.issued_of_service) for one in services),
    ]
    for name, one, of, configured, issued in counted:
        quota = today.quota(of, configured)
        # A rule that names lanes alone is about no service, and the other way round.
        is_meant = one in rule.only[name] if name in rule.only else not rule.only
        if quota and is_meant:
            given = issued.get(one, 0) if is_today else 0
            yield ((name, one),), Reading(given / quota * PERCENT, given, quota)


def _devices(hall: Hall, rule: Rule, devices: Devices) -> Iterator[tuple[Place, Reading | None]]:
    """Yield what clients say of their devices; of one that is gone, or was not heard yet, the rest is not known."""
    words = PAPER_WORDS if rule.kind == alerts.PAPER_LOW else LOST_WORDS
    for alert in hall.alerts.values():
        client = dict(alert.place).get("client", "")
        is_away = devices.get(client, {}).get(CONNECTION, OFFLINE) == OFFLINE
        if alert.rule == rule.id and is_away and _is_ours(hall, client):
            yield alert.place, None
    for client, states in devices.items():
        if not rule.is_about("client", client) or not _is_ours(hall, client):
            continue
        is_gone = states.get(CONNECTION) == OFFLINE
        if rule.kind == alerts.DEVICE_LOST:
            missed = is_gone and _is_missed(hall, client)
            yield (("client", client),), Reading(float(missed), 0, 0, OFFLINE if missed else None)
        for device, state in () if is_gone else states.items():
            word = state.partition(",")[0].strip()
            if device != CONNECTION:
                place = ("client", client), ("device", device)
                yield place, Reading(float(word in words), 0, 0, word if word in words else None)


def _is_ours(hall: Hall, client: str) -> bool:
    """Tell whether the office names a client: others come and go as they like."""
    return client in hall.office.counters or client in hall.office.alerts.watched


def _is_missed(hall: Hall, client: str) -> bool:
    """Tell whether a client that is gone should be there: officers close their windows when they go home."""
    return client not in hall.office.counters or hall.desks[client].session is not None


def _complaints(rule: Rule, due: Due) -> Iterator[tuple[Place, Reading]]:
    """Yield how many complaints must be answered now."""
    counted = {"overdue": due.overdue, "soon": due.soon}
    count = sum(many for state, many in counted.items() if rule.is_about("state", state))
    yield (), Reading(count, count, int(rule.limit))
