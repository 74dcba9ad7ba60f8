"""Whose turn it is: the order of calls, defined once, and the reason that goes with a call.

By default the ticket that has used the largest share of its lane's promised wait goes next: accumulating priority
(Kleinrock 1964; Stanford, Taylor, Ziedins 2014, doi 10.1007/s11134-013-9382-6) with rate = 1 / promise. A share grows
for ever, so no lane can starve, and it explains itself to a visitor.

Who waits stands in lines, each in order of arrival, so only their heads compete: `place` says who of them is before
whom. The next call, the list of a counter, whoever comes back, and the hall played forward (`forward`) all ask it.
Moments are whole microseconds since 1970 here: exact, and compared a hundred thousand times a second.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from broker.domain.model import Counter, Office, Reason, Ticket
from broker.domain.queue.policies import Fifo, HeadStart, Promise, Ratio, Strict, policy_name

MAX_PASSED_OVER = 10
"""At most so many passed-over tickets stand in a reason: a reply has to fit 8 KiB."""
MAX_WAIT = "max_wait"
"""The policy that a reason names when a lane's longest wait was over."""
PREFERS = "prefers"
"""The policy that a reason names when the counter's preferred lane overruled the office's policy."""
BY_STAFF = "staff"
"""The policy that a reason names when somebody of the staff let a counter call the ticket."""
SECOND = 1_000_000
"""Microseconds."""

Entry = tuple[int, int, Ticket]
"""(since when it counts, order of arrival, ticket) of someone who waits: the smaller one came earlier."""
Key = tuple[int, int] | Entry
"""What orders by arrival."""
Place = tuple[int, int, float, int, int]
"""What is compared: the smallest is called."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def micros(at: dt.datetime) -> int:
    """Return a moment in microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def entry_of(ticket: Ticket) -> Entry:
    """Return a ticket as lines hold it."""
    return micros(ticket.ranked_since), ticket.order, ticket


@dataclass(slots=True, eq=False)
class Line:
    """All that wait in one lane for one stage at the same counters, in order of arrival."""

    stage: str
    lane: str
    own: frozenset[str] = frozenset()
    """Counters that call from here as their own work."""
    helped: frozenset[str] = frozenset()
    """Counters that call from here while nobody waits for their own work."""
    able: frozenset[str] = frozenset()
    """Both of them."""
    sent_to: str = ""
    """The one counter to which these were sent; each is everybody's again when its time there is over."""
    ranks: tuple[int, ...] = (0,)
    """How much later than other lanes this one comes, by the place in the pattern of turns."""
    divisor: float = 1.0
    credit_s: float = 0.0
    longest: float = math.inf
    """The wait after which the first one goes before everybody, microseconds."""
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def of(cls, office: Office, stage: str, lane: str, *, service: str = "", sent_to: str = "") -> Line:
        """Return the empty line of an office in which such visitors wait."""
        counters = [counter for counter in office.counters.values() if sent_to in {"", counter.id}]
        own = frozenset(c.id for c in counters if office.may_serve(c, stage, service, lane))
        able = frozenset(c.id for c in counters if office.may_call(c, stage, service, lane))
        divisor, credit_s = weight(office, lane)
        longest_s = office.lanes[lane].max_wait_s
        return cls(
            stage=stage,
            lane=lane,
            own=own,
            helped=able - own,
            able=able,
            sent_to=sent_to,
            ranks=ranks_of(office, lane),
            divisor=math.inf if isinstance(office.policy, Ratio) else divisor,
            credit_s=credit_s,
            longest=math.inf if longest_s is None else longest_s * SECOND,
        )

    @property
    def head(self) -> Entry | None:
        """Return who came first."""
        return self.entries[0] if self.entries else None

    def join(self, ticket: Ticket) -> None:
        """Take a ticket in, at its place."""
        insort(self.entries, entry_of(ticket))

    def leave(self, ticket: Ticket) -> None:
        """Let a ticket go, wherever it stands."""
        del self.entries[self.position(ticket)]

    def position(self, ticket: Ticket) -> int:
        """Return how many came before."""
        return bisect_left(self.entries, (micros(ticket.ranked_since), ticket.order))

    def with_only(self, entries: list[Entry]) -> Line:
        """Return the same line with only some of those who wait."""
        return Line(
            stage=self.stage,
            lane=self.lane,
            own=self.own,
            helped=self.helped,
            able=self.able,
            sent_to=self.sent_to,
            ranks=self.ranks,
            divisor=self.divisor,
            credit_s=self.credit_s,
            longest=self.longest,
            entries=entries,
        )


def place(line: Line, head: Key, at: int, prefers: str | None, turn: int) -> Place:
    """Return the place of a line's first among all firsts, at a moment and the policy's turn.

    Over any policy stand the longest waits of the lanes, then the lane that the counter prefers.
    """
    since, order = head[0], head[1]
    waited = at - since
    if waited > line.longest:
        return 0, 0, 0.0, since, order
    share = (waited / SECOND + line.credit_s) / line.divisor
    return 1 if line.lane == prefers else 2, line.ranks[turn % len(line.ranks)], -share, since, order


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


def ranks_of(office: Office, lane: str) -> tuple[int, ...]:
    """Return how far from its turn a lane is, by the place in the pattern; only two policies set lanes apart."""
    policy = office.policy
    if isinstance(policy, Strict):
        return (policy.order.index(lane) if lane in policy.order else len(policy.order),)
    if not isinstance(policy, Ratio):
        return (0,)
    pattern, size = policy.pattern, len(policy.pattern)
    return tuple(
        next((step for step in range(size) if pattern[(turn + step) % size] == lane), size) for turn in range(size)
    )


def waited_s(ticket: Ticket, now: dt.datetime) -> float:
    """Return the seconds that count for a ticket's turn."""
    return (now - ticket.ranked_since).total_seconds()


def score(ticket: Ticket, office: Office, now: dt.datetime) -> float:
    """Return what the policy compares: a share of the promise (1.0 = all of it), or seconds."""
    divisor, credit_s = weight(office, ticket.lane)
    return (waited_s(ticket, now) + credit_s) / divisor


def choose(
    lines: Iterable[Line], office: Office, counter: Counter, now: dt.datetime, *, turn: int = 0
) -> tuple[Ticket, Reason] | None:
    """Return the next ticket of what a counter may call, with the reason, or None where nobody waits there."""
    heads = [(line, line.entries[0]) for line in lines if line.entries]
    if not heads:
        return None
    at = micros(now)
    line, (since, _, chosen) = min(heads, key=lambda one: place(one[0], one[1], at, counter.prefers, turn))
    policy = None
    if at - since > line.longest:
        policy = MAX_WAIT
    elif (
        line.lane == counter.prefers
        and chosen is not min(heads, key=lambda one: place(one[0], one[1], at, None, turn))[1][2]
    ):
        policy = PREFERS
    return chosen, explain(chosen, [line for line, _ in heads], office, now, policy=policy)


def line_up(
    lines: Iterable[Line], office: Office, now: dt.datetime, *, most: int, prefers: str | None = None, turn: int = 0
) -> list[Ticket]:
    """Return the first `most` as they would be called one after the other at this moment."""
    at, waiting = micros(now), [line for line in lines if line.entries]
    if isinstance(office.policy, Ratio):
        called = _by_turns(waiting, office.policy.pattern, at, prefers, turn)
    else:
        called = heapq.merge(*(_places(line, at, prefers) for line in waiting))
    return [ticket for _, ticket in itertools.islice(called, most)]


class Standing:
    """Everybody who waits, in order at one moment: put so once, asked by every counter."""

    def __init__(self, lines: Iterable[Line], office: Office, now: dt.datetime, *, most: int) -> None:
        """Put the first `most` of every line in order."""
        self._office, self._now, self._most = office, now, most
        at, self._lines = micros(now), set(lines)
        firsts = ((line, entry) for line in self._lines for entry in line.entries[:most])
        self._everybody = (
            []
            if isinstance(office.policy, Ratio)
            else sorted((place(line, entry, at, None, 0), entry[2], line) for line, entry in firsts)
        )

    def line_up(self, lines: Sequence[Line], *, prefers: str | None = None, turn: int = 0) -> list[Ticket]:
        """Return who would be called from some of the lines, as `line_up` does."""
        wanted = set(lines)
        if prefers is not None or isinstance(self._office.policy, Ratio) or not wanted <= self._lines:
            return line_up(lines, self._office, self._now, most=self._most, prefers=prefers, turn=turn)
        here = (ticket for _, ticket, line in self._everybody if line in wanted)
        return list(itertools.islice(here, self._most))


def _places(line: Line, at: int, prefers: str | None) -> Iterator[tuple[Place, Ticket]]:
    """Yield all of a line with their places; they only get later while no turn passes."""
    for entry in line.entries:
        yield place(line, entry, at, prefers, 0), entry[2]


def _by_turns(
    lines: list[Line], pattern: Sequence[str], at: int, prefers: str | None, turn: int
) -> Iterator[tuple[Place, Ticket]]:
    """Yield who is called, one after the other: with each call the turn passes on."""
    left = {line: iter(line.entries) for line in lines}
    heads = {line: next(entries) for line, entries in left.items()}
    while heads:
        line = min(heads, key=lambda line: place(line, heads[line], at, prefers, turn))
        yield place(line, heads[line], at, prefers, turn), heads[line][2]
        turn = turn_after(pattern, turn, line.lane)
        following = next(left[line], None)
        if following is None:
            del heads[line]
        else:
            heads[line] = following


def before(lines: Iterable[tuple[Line, int]], line: Line, key: tuple[int, int], at: int) -> int:
    """Return how many stand before someone of `line` at a moment; each line is counted from a position on.

    What `place` says turned round, so that nobody has to be looked at; turns of a pattern count by their shares.
    """
    since, order = key
    if math.isinf(line.divisor):
        return _before_by_turns(lines, line, key)
    share = ((at - since) / SECOND + line.credit_s) / line.divisor
    found = 0
    for other, called in lines:
        if other.ranks != line.ranks:
            found += len(other.entries) - called if other.ranks < line.ranks else 0
            continue
        limit = since if other.lane == line.lane else at - (share * other.divisor - other.credit_s) * SECOND
        found += bisect_left(other.entries, (limit, order), called) - called
    return found


def _before_by_turns(lines: Iterable[tuple[Line, int]], line: Line, key: tuple[int, int]) -> int:
    mine, others = 0, dict[str, tuple[int, int]]()
    for other, called in lines:
        if other.lane == line.lane:
            mine += bisect_left(other.entries, key, called) - called
        else:
            waiting, _ = others.get(other.lane, (0, 0))
            others[other.lane] = waiting + len(other.entries) - called, other.ranks.count(0)
    turns = max(line.ranks.count(0), 1)
    return mine + sum(min(waiting, mine * their_turns // turns) for waiting, their_turns in others.values())


def turn_after(pattern: Sequence[str], position: int, lane: str) -> int:
    """Return the place in the pattern after `lane` had a turn; a lane outside the pattern takes nobody's."""
    for step in range(len(pattern)):
        at = (position + step) % len(pattern)
        if pattern[at] == lane:
            return (at + 1) % len(pattern)
    return position


def explain(
    chosen: Ticket, lines: Iterable[Line], office: Office, now: dt.datetime, *, policy: str | None = None
) -> Reason:
    """Return why `chosen` is called, and who arrived earlier but waits on."""
    earlier: list[Ticket] = []
    for line in lines:
        came = line.entries[: min(line.position(chosen), MAX_PASSED_OVER + 1)]
        earlier.extend(ticket for _, _, ticket in came if ticket is not chosen)
    passed_over = sorted(earlier, key=lambda ticket: (-score(ticket, office, now), ticket.ranked_since, ticket.order))
    return Reason(
        policy=policy or policy_name(office.policy),
        score=round(score(chosen, office, now), 4),
        waited_s=int(waited_s(chosen, now)),
        promised_s=office.lanes[chosen.lane].promised_s,
        passed_over=tuple(
            (ticket.number, round(score(ticket, office, now), 4)) for ticket in passed_over[:MAX_PASSED_OVER]
        ),
    )
