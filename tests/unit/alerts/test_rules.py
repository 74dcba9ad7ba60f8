"""When an alert is raised and when it ends, whatever is read: it never flaps, and is never lost."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from broker.domain.alerts import (
    MOST,
    RESTATED_AFTER,
    Alert,
    Change,
    Ended,
    Place,
    Raised,
    Reading,
    Restated,
    Rule,
    Watch,
    look,
)
from tests.fakes.clock import JAKARTA, MORNING

HERE: Place = (("stage", "check"), ("lane", "regular"))
THERE: Place = (("stage", "check"), ("lane", "priority"))
RULE = Rule("wait", "wait", ("supervisor",), limit=100, end=90, for_s=30, calm_s=60)
NIGHT = ((dt.time(18), dt.time(6)),)


@dataclass
class Lookout:
    """Looks again and again, and keeps what stands as the hall does."""

    rules: Sequence[Rule] = (RULE,)
    standing: dict[str, Alert] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)
    at: dt.datetime = MORNING
    passed_s: float = 0.0
    seen: list[tuple[float, Change]] = field(default_factory=list)

    def pass_time(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.at += dt.timedelta(seconds=seconds)
        self.passed_s += seconds

    def look(self, levels: Mapping[Place, float | None] | None) -> list[Change]:
        """Look once; None: nothing is known of the rule, or of a place."""
        readings = {} if levels is None else {"wait": {place: reading(level) for place, level in levels.items()}}
        changes, self.watch = look(
            self.standing, self.rules, readings, self.watch, now=self.at, zone=JAKARTA, monotonic_s=self.passed_s
        )
        for change in changes:
            self.seen.append((self.passed_s, change))
            self._keep(change)
        return changes

    def _keep(self, change: Change) -> None:
        match change:
            case Raised(rule, place, read):
                name = f"{len(self.seen)}"
                one = Alert(name, rule.id, rule.kind, place, self.at, read.value, read.limit, rule.roles, self.at)
                self.standing[name] = one
            case Restated(alert):
                self.standing[alert.id] = replace(alert, stated_at=self.at)
            case Ended(alert):
                del self.standing[alert.id]

    def after(self, seconds: float, levels: Mapping[Place, float | None] | None) -> list[str]:
        """Let time pass, look, and tell what changed."""
        self.pass_time(seconds)
        return [type(change).__name__ for change in self.look(levels)]


def reading(level: float | None) -> Reading | None:
    return None if level is None else Reading(level, int(level), 100)


def test_it_is_raised_after_its_time_at_the_limit_and_ends_after_its_time_below_the_end() -> None:
    out = Lookout()
    assert out.after(0, {HERE: 100}) == []
    assert out.after(29, {HERE: 130}) == []
    assert out.after(1, {HERE: 101}) == ["Raised"]
    assert out.after(600, {HERE: 95}) == [], "between end and limit it stands"
    assert out.after(0, {HERE: 80}) == []
    assert out.after(59, {HERE: 92}) == [], "the calm begins anew"
    assert out.after(1, {HERE: 80}) == []
    assert out.after(60, {HERE: 80}) == ["Ended"]


def test_what_only_lasts_a_moment_is_told_to_nobody() -> None:
    out = Lookout()
    for _ in range(20):
        assert out.after(20, {HERE: 200}) == []
        assert out.after(5, {HERE: 99}) == []


def test_each_place_is_looked_at_by_itself() -> None:
    out = Lookout()
    out.after(0, {HERE: 150, THERE: 20})
    assert out.after(30, {HERE: 150, THERE: 150}) == ["Raised"]
    assert out.after(30, {HERE: 150, THERE: 150}) == ["Raised"]
    assert [alert.place for alert in out.standing.values()] == [HERE, THERE]
    out.after(0, {THERE: 150})
    assert out.after(60, {THERE: 150}) == ["Ended"]
    assert [alert.place for alert in out.standing.values()] == [THERE]


def test_what_nothing_is_known_of_stays_as_it_is() -> None:
    out = Lookout()
    out.after(0, {HERE: 150})
    out.after(30, {HERE: 150})
    for unknown in (None, {HERE: None}):
        assert out.after(3600, unknown) == []
        assert out.after(3600, unknown) == []
    assert len(out.standing) == 1


def test_in_quiet_hours_nothing_is_raised_but_things_end() -> None:
    out = Lookout([replace(RULE, quiet=NIGHT)])
    out.after(0, {HERE: 150})
    assert out.after(30, {HERE: 150}) == ["Raised"]
    out.at = MORNING.replace(hour=18)
    out.after(0, {HERE: 10, THERE: 150})
    assert out.after(60, {HERE: 10, THERE: 150}) == ["Ended"]
    assert out.after(3600 * 11, {THERE: 150}) == [], "05:01"
    assert out.after(3600, {THERE: 150}) == ["Raised"], "it has been so for long when the quiet hours end"


def test_an_alert_of_a_rule_that_is_no_more_ends_at_once() -> None:
    out = Lookout()
    out.after(0, {HERE: 150})
    out.after(30, {HERE: 150})
    out.rules = ()
    [ended] = out.look(None)
    assert isinstance(ended, Ended)
    assert ended.why == "rule_gone"


def test_what_stands_is_said_anew_twice_a_day_and_when_it_is_for_others() -> None:
    out = Lookout()
    out.after(0, {HERE: 150})
    out.after(30, {HERE: 150})
    assert out.after(RESTATED_AFTER.total_seconds() - 1, {HERE: 150}) == []
    assert out.after(1, {HERE: 150}) == ["Restated"]
    assert out.after(1, {HERE: 150}) == []
    out.rules = [replace(RULE, roles=("technician",))]
    assert out.after(1, {HERE: 150}) == ["Restated"]
    assert [alert.roles for alert in out.standing.values()] == [("technician",)]
    out.at -= dt.timedelta(days=3)  # the clock was set
    assert out.look({HERE: 150})[0] is not None
    assert out.look({HERE: 150}) == []


def test_there_are_never_more_than_somebody_could_read() -> None:
    out = Lookout([replace(RULE, for_s=0)])
    many: dict[Place, float | None] = {(("lane", f"l{place}"),): 150 for place in range(MOST + 50)}
    out.look(many)
    out.look(many)
    assert len(out.standing) == MOST


LEVELS = st.one_of(st.none(), st.sampled_from([0.0, 89.0, 90.0, 95.0, 99.9, 100.0, 300.0]))
STEPS = st.lists(
    st.tuples(st.floats(0, 50), st.dictionaries(st.sampled_from([HERE, THERE]), LEVELS), st.booleans()), max_size=80
)


@given(STEPS)
def test_it_never_flaps(steps: list[tuple[float, dict[Place, float | None], bool]]) -> None:
    out = Lookout()
    for seconds, levels, is_restart in steps:
        out.pass_time(seconds)
        if is_restart:
            out.watch = Watch()
        out.look(levels)
    for place in (HERE, THERE):
        turns = [
            (at, type(change))
            for at, change in out.seen
            if not isinstance(change, Restated)
            and (change.place if isinstance(change, Raised) else change.alert.place) == place
        ]
        assert [kind for _, kind in turns] == [Raised, Ended] * (len(turns) // 2) + [Raised] * (len(turns) % 2)
        for (before, _), (after, kind) in itertools.pairwise(turns):
            assert after - before >= (RULE.calm_s if kind is Ended else RULE.for_s)


@given(STEPS)
def test_it_ends_only_after_all_that_was_read_for_its_time_was_below_the_end(
    steps: list[tuple[float, dict[Place, float | None], bool]],
) -> None:
    """And is raised only after all that was read for its time was at the limit: a restart shortens nothing."""
    out, read = Lookout(), list[tuple[float, float | None]]()
    for seconds, levels, is_restart in steps:
        out.pass_time(seconds)
        if is_restart:
            out.watch = Watch()
        read.append((out.passed_s, levels.get(HERE, 0.0)))
        changes = [
            change
            for change in out.look(levels)
            if not isinstance(change, Restated)
            and (change.place if isinstance(change, Raised) else change.alert.place) == HERE
        ]
        for change in changes:
            lasts_s = RULE.for_s if isinstance(change, Raised) else RULE.calm_s
            late = [level for at, level in read if at > out.passed_s - lasts_s]
            assert all(level is not None for level in late)
            assert all(
                level is not None and (level >= RULE.limit if isinstance(change, Raised) else level < RULE.end)
                for level in late
            )
