"""How long it will take: a range a visitor can trust, from the hall played forward at the pace of today.

The play (`forward`) gives one figure; how far the truth lies from it was measured over simulated months of offices
whose counters come and go (`antrean simulate --shifting`): the range is to hold three of five visitors.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from broker.domain.hall import Hall
from broker.domain.model import Group, Office, Promised, Ticket, Wait
from broker.domain.queue.forward import Foreseen, forward_of
from broker.domain.queue.order import Line, ranks_of, weight
from broker.domain.queue.policies import Ratio

SOON_S = 60
"""What "at once" is taken to last: walking to a free counter, an officer looking up."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How the truth lies around what was played: a bound is `far` + `near` / (calls before + 1) ** `power`."""

    low_far: float
    low_near: float
    low_power: float
    high_far: float
    high_near: float
    high_power: float


IN_TURN = Odds(0.82, -0.52, 0.8, 1.06, 0.46, 0.8)
"""Of lanes that nobody overtakes; measured as 20th and 80th percentile of truth / play."""
OVERTAKEN = Odds(0.956, -0.606, 0.6, 1.334, 0.166, 0.4)
"""Of lanes that others overtake who have yet to come: later, and not as sure."""
MIXED = 1.25
"""So much wider are the ranges of counters that serve several stages: more comes in between there."""


def ahead_and_wait(hall: Hall, ticket: Ticket, now: dt.datetime) -> tuple[int, Wait | None]:
    """Return how many are called before a waiting ticket, and the range of its wait; None while no counter is open."""
    forward = forward_of(hall, now)
    foreseen = forward.of(ticket)
    if foreseen is not None:
        return foreseen.ahead, _range(hall, foreseen, hall.line(ticket.group))
    if_opened = forward.opened.of(ticket)
    return 0 if if_opened is None else if_opened.ahead, None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one waiting ticket stands: what `ahead_and_wait` says of it, and when its call is expected."""

    ticket: Ticket
    ahead: int
    wait: Wait | None
    expected: tuple[bool, float, int]
    """Orders the places: who is expected first comes first, and whom no open counter may call last."""


def places(hall: Hall, now: dt.datetime) -> Iterator[Place]:
    """Yield where everybody stands who waits, line by line: all of them by one play, and one after the other."""
    forward = forward_of(hall, now)
    for line in list(hall.lines.values()):
        if not line.entries:
            continue
        spread_of = _spread_of(hall, line)
        for _, order, ticket in list(line.entries):
            foreseen = forward.of(ticket)
            if foreseen is not None:
                wait = spread_of(foreseen)
                yield Place(ticket, foreseen.ahead, wait, (False, foreseen.after_s, order))
                continue
            if_opened = forward.opened.of(ticket)
            ahead, after_s = (0, 0.0) if if_opened is None else (if_opened.ahead, if_opened.after_s)
            yield Place(ticket, ahead, None, (True, after_s, order))


def newcomer_wait(hall: Hall, group: Group, now: dt.datetime) -> Wait | None:
    """Return the range for someone who came now, or None while no counter is open for that."""
    foreseen = forward_of(hall, now).newcomer(group)
    return None if foreseen is None else _range(hall, foreseen, hall.line(group))


def newcomer_waits(hall: Hall, groups: Iterable[Group], now: dt.datetime) -> list[Wait | None]:
    """Return the ranges for many who might come now; who would stand in the same line is asked about once."""
    known: dict[Line, Wait | None] = {}
    lines = [(hall.line(group), group) for group in groups]
    for line, group in lines:
        if line not in known:
            known[line] = newcomer_wait(hall, group, now)
    return [known[line] for line, _ in lines]


def promise(hall: Hall, group: Group, now: dt.datetime) -> Promised | None:
    """Return what a newcomer is told, with what the usual rule would be made of; None while no counter is open."""
    foreseen = forward_of(hall, now).newcomer(group)
    if foreseen is None:
        return None
    wait = _range(hall, foreseen, hall.line(group))
    working, _ = hall.staffing(group)
    return Promised(
        ahead=foreseen.ahead,
        low_s=wait.low_s,
        high_s=wait.high_s,
        average_s=round(hall.pace(group[0], now).average_s, 1),
        counters=max(working, 1),
    )


def spread(odds: Odds, *, after_s: float, calls_before: int, width: float = 1.0) -> Wait:
    """Return the 20th to 80th percentile of a wait that was played as `after_s`, behind so many calls."""
    if after_s <= 0:
        return Wait(0, SOON_S)
    low = odds.low_far + odds.low_near / (calls_before + 1) ** odds.low_power
    high = odds.high_far + odds.high_near / (calls_before + 1) ** odds.high_power
    middle, half = (low + high) / 2, (high - low) / 2 * width
    low_s, high_s = after_s * max(middle - half, 0.0), after_s * (middle + half)
    return Wait(low_s=int(low_s), high_s=max(math.ceil(high_s), SOON_S))


def odds_of(office: Office, lane: str) -> Odds:
    """Return how sure a wait in a lane can be: whether those who come later may be called before."""
    policy, own = office.policy, _claim(office, lane)
    if isinstance(policy, Ratio):
        overtaken = any(policy.pattern.count(other) > policy.pattern.count(lane) for other in office.lanes)
    else:
        overtaken = any(_claim(office, other) < own for other in office.lanes)
    return OVERTAKEN if overtaken else IN_TURN


def _claim(office: Office, lane: str) -> tuple[tuple[int, ...], float, float]:
    """Return what makes a newcomer of a lane overtake: smaller overtakes larger."""
    divisor, credit_s = weight(office, lane)
    return ranks_of(office, lane), divisor, -credit_s


def _range(hall: Hall, foreseen: Foreseen, line: Line) -> Wait:
    return _spread_of(hall, line)(foreseen)


def _spread_of(hall: Hall, line: Line) -> Callable[[Foreseen], Wait]:
    """Return what makes ranges for those who wait in a line."""
    width = MIXED if is_mixed(hall, line) else 1.0
    odds = odds_of(hall.office, line.lane)
    return lambda seen: spread(odds, after_s=seen.after_s, calls_before=seen.calls_before, width=width)


def is_mixed(hall: Hall, line: Line) -> bool:
    """Tell whether an open counter that may call from a line serves another stage too."""
    able = (hall.office.counters[name] for name in line.able)
    return any(
        len({*counter.stages, *counter.borrows}) > 1 and hall.goes_on(hall.desks[counter.id]) for counter in able
    )
