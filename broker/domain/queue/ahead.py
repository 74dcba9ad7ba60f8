"""How many would be called before a ticket: the first calls played through, the rest counted."""

from __future__ import annotations

import datetime as dt
import heapq
import sys
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.domain.hall import Hall
from broker.domain.model import Group, Office, Ticket, queue_key
from broker.domain.queue.order import Groups, lane_rank, turn_after, weight
from broker.domain.queue.policies import Ratio, Strict

PLAYED_CALLS = 32
"""So many calls are played through: exact where visitors look, and 0.1 ms at most."""


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


def ahead_of(hall: Hall, waiting: Waiting, group: Group, now: dt.datetime) -> int:
    """Return how many would be called before someone who waits, at the counters that share their work."""
    working, _ = hall.staffing(group)
    pace_s = hall.pace(group[0], now).mean_s / max(working, 1)
    position = hall.turn_of_group(group)
    return count_ahead(waiting, hall.competing_groups(group), hall.office, now, pace_s=pace_s, position=position)


def count_ahead(
    ticket: Waiting, groups: Groups, office: Office, now: dt.datetime, *, pace_s: float, position: int = 0
) -> int:
    """Return how many of `groups` would be called before `ticket` if one were called every `pace_s` seconds.

    A ticket of a faster lane overtakes while it waits, so the order of this moment is not the order of the calls.
    """
    played = _play_calls(ticket, groups, office, now, pace_s=pace_s, position=position)
    if played is not None:
        return played
    match office.policy:
        case Strict() | Ratio():
            return max(_count_in_lanes(ticket, groups, office), PLAYED_CALLS)
        case _:
            return _bisect_calls(ticket, groups, office, now, pace_s=pace_s)


@dataclass(slots=True)
class _Line:
    """All that wait in one lane, of whatever group, in order of arrival."""

    lane: str
    rank: int
    divisor: float
    credit_s: float
    rest: Iterator[Ticket]
    head: Waiting
    since_s: float

    def comes_before(self, other: _Line, at_s: float) -> bool:
        """Tell whose head is called first, as `order.in_order` does."""
        if self.rank != other.rank:
            return self.rank < other.rank
        mine = (at_s - self.since_s + self.credit_s) / self.divisor
        theirs = (at_s - other.since_s + other.credit_s) / other.divisor
        return mine > theirs or (mine == theirs and queue_key(self.head) < queue_key(other.head))


def _play_calls(
    ticket: Waiting, groups: Groups, office: Office, now: dt.datetime, *, pace_s: float, position: int
) -> int | None:
    """Return which call is the one of `ticket`, counted from 0, or None where it is none of the first."""
    lines, now_s = _lines(groups, office), now.timestamp()
    asked = _line(ticket.lane, office, iter(()), ticket)
    pattern = office.policy.pattern if isinstance(office.policy, Ratio) else ()
    for call in range(PLAYED_CALLS):
        first = _first(lines, asked, now_s + call * pace_s, pattern, position)
        if first is asked:
            return call
        position = turn_after(pattern, position, first.lane)
        following = next(first.rest, None)
        if following is None:
            lines.remove(first)
        else:
            first.head, first.since_s = following, following.ranked_since.timestamp()
    return None


def _first(lines: list[_Line], asked: _Line, at_s: float, pattern: tuple[str, ...], position: int) -> _Line:
    """Return whose head is called next, `asked` among them."""
    competing = [*lines, asked]
    for lane in (*pattern[position:], *pattern[:position]):
        turn = [line for line in competing if line.lane == lane]
        if turn:
            competing = turn
            break
    first = competing[-1]
    for line in competing[:-1]:
        if line.comes_before(first, at_s):
            first = line
    return first


def _lines(groups: Groups, office: Office) -> list[_Line]:
    by_lane: dict[str, list[list[Ticket]]] = {}
    for group in groups:
        if group:
            by_lane.setdefault(group[0].lane, []).append(list(group[: PLAYED_CALLS + 1]))
    lines = []
    for lane, same in by_lane.items():
        rest = heapq.merge(*same, key=queue_key)
        lines.append(_line(lane, office, rest, next(rest)))
    return lines


def _line(lane: str, office: Office, rest: Iterator[Ticket], head: Waiting) -> _Line:
    divisor, credit_s = weight(office, lane)
    return _Line(lane, lane_rank(office)(lane), divisor, credit_s, rest, head, head.ranked_since.timestamp())


def _bisect_calls(ticket: Waiting, groups: Groups, office: Office, now: dt.datetime, *, pace_s: float) -> int:
    """Return the smallest k with at most k tickets ahead at the moment of the k-th call.

    That leaves out those who are called and then overtaken.
    """
    low, high = PLAYED_CALLS, sum(len(group) for group in groups)
    while low < high:
        middle = (low + high) // 2
        if _ahead_at(ticket, groups, office, now + dt.timedelta(seconds=middle * pace_s)) <= middle:
            high = middle
        else:
            low = middle + 1
    return low


def _ahead_at(ticket: Waiting, groups: Groups, office: Office, at: dt.datetime) -> int:
    """Return how many of the waiting have a higher score than `ticket` at the moment `at`."""
    divisor, credit_s = weight(office, ticket.lane)
    own = ((at - ticket.ranked_since).total_seconds() + credit_s) / divisor
    ahead = 0
    for group in groups:
        if group:
            other_divisor, other_credit_s = weight(office, group[0].lane)
            limit = at - dt.timedelta(seconds=own * other_divisor - other_credit_s)
            ahead += bisect_left(group, (limit, ticket.order), key=queue_key)
    return ahead


def _count_in_lanes(ticket: Waiting, groups: Groups, office: Office) -> int:
    """Return how many come before under a policy of lanes: all of stricter ones, or their share of the turns."""
    own = sum(bisect_left(group, queue_key(ticket), key=queue_key) for group in groups if _lane(group) == ticket.lane)
    others = {lane: sum(len(g) for g in groups if _lane(g) == lane) for lane in office.lanes if lane != ticket.lane}
    if isinstance(office.policy, Ratio):
        turns = office.policy.pattern
        mine = max(turns.count(ticket.lane), 1)
        return own + sum(min(count, own * turns.count(lane) // mine) for lane, count in others.items())
    rank = lane_rank(office)
    return own + sum(count for lane, count in others.items() if rank(lane) < rank(ticket.lane))


def _lane(group: Sequence[Ticket]) -> str | None:
    return group[0].lane if group else None
