"""Alerts by rule: when one is raised, when it ends, and why it never flaps. What is read of the hall: `sightings`.

A rule reads a level at each of its places. An alert is raised once the level has been at the limit or above for
`for_s`, and ends once it has been below `end` for `calm_s`; what lies between the two changes nothing. A place of which
nothing is known now, such as a printer after a restart, stays as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

WAIT, FORECAST, IDLE_COUNTER, PAPER_LOW = "wait", "forecast", "idle_counter", "paper_low"
DEVICE_LOST, QUOTA_NEAR, COMPLAINT_DUE = "device_lost", "quota_near", "complaint_due"
KINDS: Final = (WAIT, FORECAST, IDLE_COUNTER, PAPER_LOW, DEVICE_LOST, QUOTA_NEAR, COMPLAINT_DUE)
OVER, RULE_GONE = "over", "rule_gone"
"""Why an alert ends: what it told of is over, or its rule is not kept any more."""
RESTATED_AFTER = dt.timedelta(hours=12)
"""So often the journal says anew what stands: a hall is rebuilt from its last day, and no alert may be lost by that."""
MOST = 200
"""So many stand at once at most: whoever has more has one trouble, not two hundred."""

Place = tuple[tuple[str, str], ...]
"""Where: names and ids, such as ("stage", "check"), ("lane", "priority")."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When somebody is to be told; levels are percent of a promise or quota, seconds, or how many, by kind."""

    id: str
    kind: str
    roles: tuple[str, ...]
    limit: float = 1.0
    end: float = 1.0
    """Never above the limit."""
    for_s: float = 0.0
    calm_s: float = 30.0
    quiet: tuple[tuple[dt.time, dt.time], ...] = ()
    """Spans of the day in which nothing is raised; one that ends before it begins passes midnight."""
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By name of a place's part: the ids that are meant. What is not named is meant."""
    ahead_s: float = 0.0
    """Of a forecast: how far it looks."""

    def is_quiet(self, at: dt.time) -> bool:
        """Tell whether nothing is raised at this time of day."""
        return any(begin <= at < end if begin < end else at >= begin or at < end for begin, end in self.quiet)

    def is_about(self, name: str, one: str) -> bool:
        """Tell whether a part of a place is meant."""
        return name not in self.only or one in self.only[name]


@dataclass(frozen=True, slots=True)
class AlertRules:
    """The office's rules, and of which clients it is told when they are lost."""

    rules: tuple[Rule, ...] = ()
    watched: frozenset[str] = frozenset()
    """Kiosks, displays, keypads, signs, pages: missed whenever they go. A counter's window only while it is open."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule reads at a place; `value` and `limit` are in the unit in which people are told."""

    level: float
    value: int
    limit: int
    about: str | None = None
    """What it is about: a number, or the word of a device."""


Readings = Mapping[str, Mapping[Place, Reading | None]]
"""By rule, of which anything is known: what it reads. None: nothing is known of the place; not there: nothing is so."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is to see to, and who does."""

    id: str
    rule: str
    kind: str
    place: Place
    since: dt.datetime
    value: int
    limit: int
    roles: tuple[str, ...]
    stated_at: dt.datetime
    """When the journal said so last."""
    about: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: dt.datetime | None = None

    @property
    def key(self) -> Key:
        """Return what no two alerts have in common at once."""
        return self.rule, self.place


Key = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Raised:
    """Somebody is to be told."""

    rule: Rule
    place: Place
    reading: Reading


@dataclass(frozen=True, slots=True)
class Restated:
    """An alert stands on, perhaps for others."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class Ended:
    """An alert is over."""

    alert: Alert
    why: str


Change = Raised | Restated | Ended


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered from one look to the next, in seconds of a clock that nobody sets. A restart begins anew."""

    since_s: Mapping[Key, float] = field(default_factory=dict)
    """Since when a place asks for a change: to be raised where nothing stands, to end where something does."""


def look(
    standing: Mapping[str, Alert],
    rules: Sequence[Rule],
    readings: Readings,
    watch: Watch,
    *,
    now: dt.datetime,
    zone: dt.tzinfo,
    monotonic_s: float,
) -> tuple[list[Change], Watch]:
    """Return what changes now, and what is remembered."""
    changes: list[Change] = []
    since_s: dict[Key, float] = {}
    by_key = {alert.key: alert for alert in standing.values()}
    known = {rule.id: rule for rule in rules}
    time_of_day = now.astimezone(zone).time()
    for alert in standing.values():
        rule = known.get(alert.rule)
        if rule is None:
            changes.append(Ended(alert, RULE_GONE))
        elif _is_calm(rule, alert.place, readings):
            since = since_s[alert.key] = watch.since_s.get(alert.key, monotonic_s)
            if monotonic_s - since >= rule.calm_s:
                del since_s[alert.key]
                changes.append(Ended(alert, OVER))
        elif alert.roles != rule.roles or not dt.timedelta() <= now - alert.stated_at < RESTATED_AFTER:
            changes.append(Restated(replace(alert, roles=rule.roles)))
    room = MOST - len(standing)
    for rule, place, reading in _asking(rules, readings):
        if (rule.id, place) in by_key:
            continue
        since = since_s[rule.id, place] = watch.since_s.get((rule.id, place), monotonic_s)
        if monotonic_s - since >= rule.for_s and not rule.is_quiet(time_of_day) and room > 0:
            room -= 1
            del since_s[rule.id, place]
            changes.append(Raised(rule, place, reading))
    return changes, Watch(since_s)


def _is_calm(rule: Rule, place: Place, readings: Readings) -> bool:
    """Tell whether what an alert tells of is over; not where nothing is known."""
    read = readings.get(rule.id)
    if read is None:
        return False
    if place not in read:
        return True
    reading = read[place]
    return reading is not None and reading.level < rule.end


def _asking(rules: Sequence[Rule], readings: Readings) -> Iterator[tuple[Rule, Place, Reading]]:
    for rule in rules:
        for place, reading in readings.get(rule.id, {}).items():
            if reading is not None and reading.level >= rule.limit:
                yield rule, place, reading
