"""What the configuration dropped while somebody still needs it: a changed office has to open all the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from broker.domain import events as ev
from broker.domain.feedback.events import FeedbackEvent
from broker.domain.model import Counter, Lane, Office


def with_leftovers(office: Office, events: Iterable[ev.Event | FeedbackEvent]) -> Office:
    """Return `office` and stand-ins for every counter, lane and stage of `events` that it no longer has.

    A dropped counter can finish with its visitor and sign out but calls nobody; a dropped lane takes no new tickets
    and counts as patient as the slowest one; a dropped stage is taken to last as long as the longest.
    """
    facts = list(events)
    counters = {fact.counter for fact in facts if isinstance(fact, ev.Opened | ev.Called)} - office.counters.keys()
    lanes = {fact.lane for fact in facts if isinstance(fact, ev.Issued | ev.NumbersLeased)} - office.lanes.keys()
    stages = {stage for fact in facts for stage in _stages(fact)} - office.stage_standard_s.keys()
    slowest_s = max(lane.promised_s for lane in office.lanes.values())
    longest_s = max(office.stage_standard_s.values())
    return replace(
        office,
        counters={**office.counters, **{name: Counter(name, name, ()) for name in sorted(counters)}},
        lanes={**office.lanes, **{name: Lane(name, "", slowest_s, quota=0) for name in sorted(lanes)}},
        stage_standard_s={**office.stage_standard_s, **dict.fromkeys(sorted(stages), longest_s)},
    )


def _stages(fact: ev.Event | FeedbackEvent) -> tuple[str, ...]:
    match fact:
        case ev.Issued():
            return (fact.stage,)
        case ev.Finished():
            return (fact.stage, fact.next_stage) if fact.next_stage is not None else (fact.stage,)
        case ev.Transferred():
            return (fact.stage,)
        case _:
            return ()
