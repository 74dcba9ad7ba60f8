"""Whose turn it is, told the slow way: everybody is looked at, nothing is sorted, kept or cut short."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Protocol, TypeVar

from broker.domain.model import Counter, Office, Ticket, TicketState
from broker.domain.queue.policies import Fifo, HeadStart, Policy, Promise, Ratio, Strict

ARRIVAL = attrgetter("ranked_since", "order")
"""What sorts those of one lane: arrival, as it counts."""


class Waiting(Protocol):
    """Whatever waits in a lane: a ticket, or someone who might come."""

    @property
    def lane(self) -> str:
        """Return the lane."""
        ...

    @property
    def ranked_since(self) -> dt.datetime:
        """Return since when, as it counts for the turn."""
        ...

    @property
    def order(self) -> int:
        """Return the place in the order of arrival."""
        ...


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Someone who would come now."""

    lane: str
    ranked_since: dt.datetime
    order: int = sys.maxsize


W = TypeVar("W", bound=Waiting)

POLICIES: dict[str, Policy] = {
    "promise": Promise(),
    "head_start": HeadStart({"priority": 900.0}),
    "ratio": Ratio(("priority", "priority", "regular")),
    "strict": Strict(("priority", "regular")),
    "fifo": Fifo(),
}
"""One of each kind, for offices with regular and priority lanes."""


def callable_at(tickets: Iterable[Ticket], office: Office, counter: Counter, now: dt.datetime) -> list[Ticket]:
    """Return whom a counter may call: its own work, or what it helps out with."""
    waiting = [ticket for ticket in tickets if ticket.state is TicketState.WAITING]
    allowed = [ticket for ticket in waiting if _may_go(ticket, office, counter, now)]
    own = [ticket for ticket in allowed if ticket.stage in counter.stages]
    return own or [ticket for ticket in allowed if ticket.stage in counter.borrows]


def _may_go(ticket: Ticket, office: Office, counter: Counter, now: dt.datetime) -> bool:
    served = counter.services is None or ticket.service in counter.services
    in_lane = counter.lanes is None or ticket.lane in counter.lanes
    reachable = counter.step_free or not office.lanes[ticket.lane].step_free
    given_up = ticket.sent_until is not None and ticket.sent_until <= now
    return served and in_lane and reachable and (ticket.sent_to in {"", counter.id} or given_up)


def next_at(
    tickets: Sequence[Ticket], office: Office, counter: Counter, now: dt.datetime, *, turn: int = 0
) -> tuple[Ticket, str] | None:
    """Return whom a counter has to call of `tickets`, and by what rule."""
    overdue = [ticket for ticket in tickets if _waited_s(ticket, now) > (_longest_s(office, ticket.lane))]
    if overdue:
        return oldest(overdue), "max_wait"
    if not tickets:
        return None
    first = first_by_policy(tickets, office, now, turn=turn)
    preferred = [ticket for ticket in tickets if ticket.lane == counter.prefers]
    if preferred and first.lane != counter.prefers:
        return first_by_policy(preferred, office, now, turn=turn), "prefers"
    return first, _name(office.policy)


def first_by_policy(waiting: Sequence[W], office: Office, now: dt.datetime, *, turn: int = 0) -> W:
    """Return who is first by the policy alone."""
    policy = office.policy
    if isinstance(policy, Ratio | Strict):
        lanes = policy.order if isinstance(policy, Strict) else (*policy.pattern[turn:], *policy.pattern[:turn])
        for lane in lanes:
            same = [ticket for ticket in waiting if ticket.lane == lane]
            if same:
                return oldest(same)
        return oldest(waiting)
    best = max(worth(ticket, office, now) for ticket in waiting)
    return oldest([ticket for ticket in waiting if worth(ticket, office, now) == best])


def worth(ticket: Waiting, office: Office, now: dt.datetime) -> float:
    """Return the score of a ticket: what its policy looks at, or plain seconds."""
    match office.policy:
        case Promise():
            return _waited_s(ticket, now) / office.lanes[ticket.lane].promised_s
        case HeadStart(credit_s):
            return _waited_s(ticket, now) + credit_s.get(ticket.lane, 0.0)
        case _:
            return _waited_s(ticket, now)


def oldest(waiting: Sequence[W]) -> W:
    """Return who came first."""
    return min(waiting, key=lambda ticket: (ticket.ranked_since, ticket.order))


def _longest_s(office: Office, lane: str) -> float:
    longest_s = office.lanes[lane].max_wait_s
    return float("inf") if longest_s is None else longest_s


def _waited_s(ticket: Waiting, now: dt.datetime) -> float:
    return (now - ticket.ranked_since).total_seconds()


def _name(policy: Policy) -> str:
    return next(name for name, one in POLICIES.items() if type(one) is type(policy))
