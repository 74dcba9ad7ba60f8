"""Whose turn it is: pure dispatch, with the reason.

By default the ticket that has used the largest share of its lane's promised wait goes next: accumulating priority
(Kleinrock 1964; Stanford, Taylor, Ziedins 2014, doi 10.1007/s11134-013-9382-6) with rate = 1 / promise. A share grows
for ever, so no lane can starve, and it explains itself to a visitor.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from broker.domain.model import Counter, Office, Reason, Ticket, queue_key
from broker.domain.queue.policies import Fifo, HeadStart, Promise, Ratio, Strict, policy_name

MAX_PASSED_OVER = 10
"""At most so many passed-over tickets stand in a reason: a reply has to fit 8 KiB."""
MAX_WAIT = "max_wait"
"""The policy that a reason names when a lane's longest wait was over."""
PREFERS = "prefers"
"""The policy that a reason names when the counter's preferred lane overruled the office's policy."""

Groups = Sequence[Sequence[Ticket]]


def weight(office: Office, lane: str) -> tuple[float, float]:
    """Return (divisor, credit in seconds) of a lane: its score is (waited + credit) / divisor."""
    match office.policy:
        case Promise():
            return float(office.lanes[lane].promised_s), 0.0
        case HeadStart(credit_s):
            return 1.0, credit_s.get(lane, 0.0)
        case Ratio() | Strict() | Fifo():
            return 1.0, 0.0
        case _:
            assert_never(office.policy)


def waited_s(ticket: Ticket, now: dt.datetime) -> float:
    """Return the seconds that count for a ticket's turn."""
    return (now - ticket.ranked_since).total_seconds()


def score(ticket: Ticket, office: Office, now: dt.datetime) -> float:
    """Return what the policy compares: a share of the promise (1.0 = all of it), or seconds."""
    divisor, credit_s = weight(office, ticket.lane)
    return (waited_s(ticket, now) + credit_s) / divisor


def in_order(tickets: Iterable[Ticket], office: Office, now: dt.datetime, *, position: int = 0) -> list[Ticket]:
    """Return waiting tickets as they would be called now; the oldest first on ties."""
    policy = office.policy
    if isinstance(policy, Ratio):
        return _by_turns(list(tickets), policy.pattern, position)
    rank = lane_rank(office)
    return sorted(tickets, key=lambda ticket: (rank(ticket.lane), -score(ticket, office, now), queue_key(ticket)))


def lane_rank(office: Office) -> Callable[[str], int]:
    """Return how much later than all others a lane comes; only the strict policy sets lanes apart."""
    if not isinstance(office.policy, Strict):
        return lambda _lane: 0
    order = office.policy.order
    places = {lane: place for place, lane in enumerate(order)}
    return lambda lane: places.get(lane, len(order))


def choose(
    groups: Groups, office: Office, counter: Counter, now: dt.datetime, *, position: int = 0
) -> tuple[Ticket, Reason] | None:
    """Return the next ticket of what a counter may call, or None. Each group is in order of arrival.

    Within a group the first always comes first, so only the heads compete. Over any policy stand the longest waits of
    the lanes, then the counter's preferred lane.
    """
    heads = [group[0] for group in groups if group]
    if not heads:
        return None
    overdue = [ticket for ticket in heads if _is_overdue(ticket, office, now)]
    if overdue:
        chosen = min(overdue, key=queue_key)
        return chosen, explain(chosen, groups, office, now, policy=MAX_WAIT)
    preferred = [ticket for ticket in heads if ticket.lane == counter.prefers]
    chosen = in_order(preferred or heads, office, now, position=position)[0]
    by_policy = in_order(heads, office, now, position=position)[0] if preferred else chosen
    return chosen, explain(chosen, groups, office, now, policy=None if chosen is by_policy else PREFERS)


def line_up(
    groups: Groups, office: Office, counter: Counter, now: dt.datetime, *, most: int, position: int = 0
) -> list[Ticket]:
    """Return the first `most` as this counter would call them now, with all that stands over the policy.

    Each group is in order of arrival and so in order of its calls: they are merged no further than asked for.
    """
    if isinstance(office.policy, Ratio):
        heads = [ticket for group in groups for ticket in group[:most]]
        return _line_up_by_turns(heads, office, counter, now, position=position)[:most]
    place = _place_in_line(office, counter, now)
    return list(itertools.islice(heapq.merge(*groups, key=place), most))


def _place_in_line(office: Office, counter: Counter, now: dt.datetime) -> Callable[[Ticket], tuple[object, ...]]:
    """Return what sorts tickets as this counter calls them: overdue, then its preferred lane, then by the policy."""
    rank, weights = lane_rank(office), {lane: weight(office, lane) for lane in office.lanes}

    def place(ticket: Ticket) -> tuple[object, ...]:
        key = queue_key(ticket)
        if _is_overdue(ticket, office, now):
            return 0, 0, 0.0, key
        divisor, credit_s = weights[ticket.lane]
        share = (waited_s(ticket, now) + credit_s) / divisor
        return 1 if ticket.lane == counter.prefers else 2, rank(ticket.lane), -share, key

    return place


def _line_up_by_turns(
    tickets: Sequence[Ticket], office: Office, counter: Counter, now: dt.datetime, *, position: int
) -> list[Ticket]:
    overdue = sorted((ticket for ticket in tickets if _is_overdue(ticket, office, now)), key=queue_key)
    others = [ticket for ticket in tickets if not _is_overdue(ticket, office, now)]
    preferred = [ticket for ticket in others if ticket.lane == counter.prefers]
    rest = [ticket for ticket in others if ticket.lane != counter.prefers]
    ordered = (in_order(some, office, now, position=position) for some in (preferred, rest))
    return [*overdue, *(ticket for some in ordered for ticket in some)]


def explain(chosen: Ticket, groups: Groups, office: Office, now: dt.datetime, *, policy: str | None = None) -> Reason:
    """Return why `chosen` is called, and who arrived earlier but waits on."""
    earlier: list[Ticket] = []
    for group in groups:
        before = bisect_left(group, queue_key(chosen), key=queue_key)
        earlier.extend(ticket for ticket in group[: min(before, MAX_PASSED_OVER)] if ticket is not chosen)
    passed_over = sorted(earlier, key=lambda ticket: (-score(ticket, office, now), queue_key(ticket)))
    return Reason(
        policy=policy or policy_name(office.policy),
        score=round(score(chosen, office, now), 4),
        waited_s=int(waited_s(chosen, now)),
        promised_s=office.lanes[chosen.lane].promised_s,
        passed_over=tuple(
            (ticket.number, round(score(ticket, office, now), 4)) for ticket in passed_over[:MAX_PASSED_OVER]
        ),
    )


def turn_after(pattern: Sequence[str], position: int, lane: str) -> int:
    """Return the place in the pattern after `lane` had a turn; a lane outside the pattern takes nobody's."""
    for step in range(len(pattern)):
        place = (position + step) % len(pattern)
        if pattern[place] == lane:
            return (place + 1) % len(pattern)
    return position


def _is_overdue(ticket: Ticket, office: Office, now: dt.datetime) -> bool:
    longest_s = office.lanes[ticket.lane].max_wait_s
    return longest_s is not None and waited_s(ticket, now) > longest_s


def _by_turns(tickets: list[Ticket], pattern: Sequence[str], position: int) -> list[Ticket]:
    """Return tickets as the pattern calls them; lanes outside it come last."""
    lines: dict[str, list[Ticket]] = {}
    for ticket in sorted(tickets, key=queue_key, reverse=True):
        lines.setdefault(ticket.lane, []).append(ticket)
    called: list[Ticket] = []
    while any(lines.get(lane) for lane in pattern):
        lane = next(name for name in (*pattern[position:], *pattern[:position]) if lines.get(name))
        called.append(lines[lane].pop())
        position = turn_after(pattern, position, lane)
    rest = [ticket for line in lines.values() for ticket in line]
    return [*called, *sorted(rest, key=queue_key)]
