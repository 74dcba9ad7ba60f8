"""Lines of visitors while the hall is played forward: light, and copied a hundred times a second."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from broker.domain.model import Counter, Office, Ticket
from broker.domain.queue.order import lane_rank, weight
from broker.domain.queue.policies import Policy, Ratio

Entry = tuple[float, int, str]
"""(since when it counts, order of arrival, service) of someone who waits; the smaller one came earlier."""


@dataclass(slots=True)
class Line:
    """All that wait in one lane for one stage at the same counters, in order of arrival."""

    stage: str
    lane: str
    rank: int
    divisor: float
    credit_s: float
    longest_s: float
    """The wait after which the lane's first one goes before everybody."""
    waiting: list[Entry]
    """Never changed by a play, so that plays share it."""
    called: int = 0
    late: list[Entry] = field(default_factory=list)
    """A heap of those who joined since."""
    head: Entry | None = None

    @classmethod
    def empty(cls, office: Office, stage: str, lane: str) -> Line:
        """Return a line with nobody in it."""
        divisor, credit_s = weight(office, lane)
        longest_s = office.lanes[lane].max_wait_s
        return cls(
            stage=stage,
            lane=lane,
            rank=lane_rank(office)(lane),
            divisor=divisor,
            credit_s=credit_s,
            longest_s=math.inf if longest_s is None else longest_s,
            waiting=[],
        )

    def begin(self) -> None:
        """Put those who wait in order."""
        self.waiting.sort()
        self.head = self.waiting[0] if self.waiting else None

    def again(self) -> Line:
        """Return the same line for another play."""
        return Line(
            self.stage, self.lane, self.rank, self.divisor, self.credit_s, self.longest_s, self.waiting, head=self.head
        )

    def join(self, entry: Entry) -> None:
        """Take one more in."""
        heapq.heappush(self.late, entry)
        if self.head is None or entry < self.head:
            self.head = entry

    def leave(self) -> Entry:
        """Take the first one out; there must be one."""
        if self.late and self.late[0] is self.head:
            first = heapq.heappop(self.late)
        else:
            first = self.waiting[self.called]
            self.called += 1
        head = self.waiting[self.called] if self.called < len(self.waiting) else None
        late = self.late[0] if self.late else None
        self.head = late if head is None or (late is not None and late < head) else head
        return first

    def urgency(self, at_s: float) -> tuple[int, float, Entry]:
        """Return what the policy compares: the smallest is called."""
        head = self.head or (at_s, 0, "")
        return self.rank, -(at_s - head[0] + self.credit_s) / self.divisor, head

    def oldest(self) -> Entry:
        """Return what order of arrival compares."""
        return self.head or (math.inf, 0, "")


def entry_of(ticket: Ticket) -> Entry:
    """Return a waiting ticket as lines hold it."""
    return ticket.ranked_since.timestamp(), ticket.order, ticket.service


def pick(lines: Sequence[Line], at_s: float, counter: Counter, policy: Policy, position: int) -> Line:
    """Return the line whose first is called, as `order.choose` does. No line may be empty."""
    if len(lines) == 1:
        return lines[0]
    overdue = [line for line in lines if line.head and at_s - line.head[0] > line.longest_s]
    if overdue:
        return min(overdue, key=Line.oldest)
    choice = [line for line in lines if line.lane == counter.prefers] or lines
    if not isinstance(policy, Ratio):
        return min(choice, key=lambda line: line.urgency(at_s))
    for lane in (*policy.pattern[position:], *policy.pattern[:position]):
        turn = [line for line in choice if line.lane == lane]
        if turn:
            return min(turn, key=Line.oldest)
    return min(choice, key=Line.oldest)
