"""Whose turn it is: pure dispatch, with the reason.

The ticket that has used the largest share of its lane's promised wait goes next: accumulating priority
(Kleinrock 1964; Stanford, Taylor, Ziedins 2014, doi 10.1007/s11134-013-9382-6) with rate = 1 / promise. A share grows
for ever, so no lane can starve, and it explains itself to a visitor.
"""

from __future__ import annotations

import datetime as dt
import heapq
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.domain.model import Lane, Reason, Ticket, queue_key

POLICY = "promise"
MAX_PASSED_OVER = 10
"""At most so many passed-over tickets stand in a reason: a reply has to fit 8 KiB."""

PLAYED_CALLS = 32
"""So many calls are played through to count who is ahead: exact where visitors look, and 0.1 ms at most."""


class Waiting(Protocol):
    """Whatever waits in a lane: a ticket, or someone who might come."""

    @property
    def lane(self) -> str:
        """Return the lane."""
        ...

    @property
    def waiting_since(self) -> dt.datetime:
        """Return since when."""
        ...

    @property
    def order(self) -> int:
        """Return the place in the order of arrival."""
        ...


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Someone who would come now."""

    lane: str
    waiting_since: dt.datetime
    order: int = sys.maxsize


def score(ticket: Ticket, lanes: Mapping[str, Lane], now: dt.datetime) -> float:
    """Return the waited share of the lane's promised wait (1.0 = all of it)."""
    return (now - ticket.waiting_since).total_seconds() / lanes[ticket.lane].promised_s


def in_order(tickets: Iterable[Ticket], lanes: Mapping[str, Lane], now: dt.datetime) -> list[Ticket]:
    """Return waiting tickets as they would be called now; the oldest first on ties."""
    return sorted(tickets, key=lambda ticket: (-score(ticket, lanes, now), queue_key(ticket)))


def choose(
    groups: Sequence[Sequence[Ticket]], lanes: Mapping[str, Lane], now: dt.datetime
) -> tuple[Ticket, Reason] | None:
    """Return the next ticket of what a counter may call, or None. Each group is in order of arrival.

    Within a group the first has always the highest score, so only the heads compete.
    """
    heads = [group[0] for group in groups if group]
    if not heads:
        return None
    chosen = in_order(heads, lanes, now)[0]
    return chosen, explain(chosen, groups, lanes, now)


def explain(chosen: Ticket, groups: Sequence[Sequence[Ticket]], lanes: Mapping[str, Lane], now: dt.datetime) -> Reason:
    """Return why `chosen` is called, and who arrived earlier but waits on."""
    earlier: list[Ticket] = []
    for group in groups:
        before = bisect_left(group, queue_key(chosen), key=queue_key)
        earlier.extend(ticket for ticket in group[: min(before, MAX_PASSED_OVER)] if ticket is not chosen)
    passed_over = in_order(earlier, lanes, now)[:MAX_PASSED_OVER]
    return Reason(
        policy=POLICY,
        score=round(score(chosen, lanes, now), 4),
        waited_s=int((now - chosen.waiting_since).total_seconds()),
        promised_s=lanes[chosen.lane].promised_s,
        passed_over=tuple((ticket.number, round(score(ticket, lanes, now), 4)) for ticket in passed_over),
    )


def count_ahead(
    ticket: Waiting, groups: Sequence[Sequence[Ticket]], lanes: Mapping[str, Lane], now: dt.datetime, *, pace_s: float
) -> int:
    """Return how many of `groups` would be called before `ticket` if one were called every `pace_s` seconds.

    A ticket of a faster lane overtakes while it waits, so the order of this moment is not the order of the calls.
    The first calls are played through. For whoever waits longer the answer is the smallest k with at most k tickets
    ahead at the moment of the k-th call, found by bisection: it leaves out those who are called and then overtaken.
    """
    played = _play_calls(ticket, groups, lanes, now, pace_s=pace_s)
    if played is not None:
        return played
    low, high = PLAYED_CALLS, sum(len(group) for group in groups)
    while low < high:
        middle = (low + high) // 2
        at = now + dt.timedelta(seconds=middle * pace_s)
        if _ahead_at(ticket, groups, lanes, at) <= middle:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(slots=True)
class _Line:
    """All that wait in one lane, of whatever group, in order of arrival."""

    promised_s: int
    rest: Iterator[Ticket]
    head: Waiting
    since_s: float

    def comes_before(self, other: _Line, at_s: float) -> bool:
        """Tell whose head is called first, as `in_order` does."""
        mine, theirs = (at_s - self.since_s) / self.promised_s, (at_s - other.since_s) / other.promised_s
        return mine > theirs or (mine == theirs and queue_key(self.head) < queue_key(other.head))


def _play_calls(
    ticket: Waiting, groups: Sequence[Sequence[Ticket]], lanes: Mapping[str, Lane], now: dt.datetime, *, pace_s: float
) -> int | None:
    """Return which call is the one of `ticket`, counted from 0, or None where it is none of the first."""
    lines, now_s = _lines(groups, lanes), now.timestamp()
    asked = _Line(lanes[ticket.lane].promised_s, iter(()), ticket, ticket.waiting_since.timestamp())
    for call in range(PLAYED_CALLS):
        at_s = now_s + call * pace_s
        first = asked
        for line in lines:
            if line.comes_before(first, at_s):
                first = line
        if first is asked:
            return call
        following = next(first.rest, None)
        if following is None:
            lines.remove(first)
        else:
            first.head, first.since_s = following, following.waiting_since.timestamp()
    return None


def _lines(groups: Sequence[Sequence[Ticket]], lanes: Mapping[str, Lane]) -> list[_Line]:
    by_lane: dict[str, list[Sequence[Ticket]]] = {}
    for group in groups:
        if group:
            by_lane.setdefault(group[0].lane, []).append(group)
    lines = []
    for lane, same in by_lane.items():
        rest = heapq.merge(*same, key=queue_key)
        head = next(rest)
        lines.append(_Line(lanes[lane].promised_s, rest, head, head.waiting_since.timestamp()))
    return lines


def _ahead_at(ticket: Waiting, groups: Sequence[Sequence[Ticket]], lanes: Mapping[str, Lane], at: dt.datetime) -> int:
    """Return how many of the waiting have a higher score than `ticket` at the moment `at`."""
    waited = at - ticket.waiting_since
    rate = lanes[ticket.lane].promised_s
    ahead = 0
    for group in groups:
        if group:
            ratio = lanes[group[0].lane].promised_s / rate
            ahead += bisect_left(group, (at - waited * ratio, ticket.order), key=queue_key)
    return ahead
