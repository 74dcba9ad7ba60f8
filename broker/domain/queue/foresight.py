"""The hall played forward: who would be called when, if every visit took its usual time and nobody else came.

Counting heads and dividing by counters says little where counters serve different things, lanes overtake and one number
goes through several stages. Played with the dispatch of `lanes`, the office's own rules give the order.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from broker.domain.desk_work import stage_after
from broker.domain.hall import Hall, desk_taken_since
from broker.domain.model import Counter, Desk, DeskState, Group, Ticket
from broker.domain.queue.ahead import Newcomer, ahead_of
from broker.domain.queue.lines import Entry, Line, entry_of, pick
from broker.domain.queue.order import turn_after
from broker.domain.queue.policies import Ratio

MOST_CALLS = 64
"""So many calls are played."""
REST_SHARE = 0.45
"""A visit that is over its usual time goes on for this share of it (lognormal, deviation half of the mean)."""
WORKING = frozenset({DeskState.OPEN, DeskState.CALLING, DeskState.SERVING})

Able = tuple[frozenset[str], frozenset[str]]
"""Counters that may call someone as their own work, and as borrowed work."""
Free = tuple[float, int, Counter]
"""A counter and from when it is free."""
Coming = tuple[float, int, Group, Entry]
"""Who goes on to another stage, and when."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """When a call is to be expected, and after how many others at the same counters."""

    after_s: float
    calls_before: int
    is_played: bool = True
    """Whether that call was among those that were played; else the rest is taken to go on at the same pace."""


class Foresight:
    """One moment of the hall, to be played forward for as many visitors as someone asks about."""

    def __init__(self, hall: Hall, now: dt.datetime) -> None:
        """Look at the hall; the plays come later."""
        self.hall = hall
        self.now = now
        self.now_s = now.timestamp()
        self.takes_s = {stage: hall.pace(stage, now).mean_s for stage in hall.office.stage_standard_s}
        working = [name for name, desk in hall.desks.items() if hall.desk_state(desk) in WORKING]
        self.open = [hall.office.counters[name] for name in working]
        self.busy = [(desk, ticket, self._rest_s(ticket, now)) for desk, ticket in _being_served(hall)]
        self._able: dict[Group, Able] = {}
        self._lines: dict[tuple[str, str, Able], Line] = {}
        self._asked: dict[tuple[str, str, Able], Foreseen | None] = {}
        for group, tickets in hall.groups.items():
            if tickets:
                self.line(group, self._lines).waiting.extend(map(entry_of, tickets[: MOST_CALLS + 1]))
        for line in self._lines.values():
            line.begin()

    def newcomer(self, group: Group) -> Foreseen | None:
        """Return when someone who came now would be called, or None where no counter is open for that."""
        key = group[0], group[2], self.able(group)
        if key not in self._asked:
            self._asked[key] = self._play(group, (self.now_s, sys.maxsize, group[1]), comes=True)
        return self._asked[key]

    def of(self, ticket: Ticket) -> Foreseen | None:
        """Return when a waiting ticket will be called, or None where no counter is open for it."""
        return self._play(ticket.group, entry_of(ticket), comes=False)

    def able(self, group: Group) -> Able:
        """Return the open counters that may call from a group: as their own work, and as borrowed work."""
        found = self._able.get(group)
        if found is None:
            stage, service, lane, sent_to = group
            may = [c for c in self.open if sent_to in {"", c.id} and self.hall.office.may_take(c, service, lane)]
            own = frozenset(counter.id for counter in may if stage in counter.stages)
            found = own, frozenset(counter.id for counter in may if stage in counter.borrows) - own
            self._able[group] = found
        return found

    def is_mixed(self, group: Group) -> bool:
        """Tell whether a counter that may call from a group serves another stage too."""
        own, borrowed = self.able(group)
        return any(len({*c.stages, *c.borrows}) > 1 for c in self.open if c.id in own or c.id in borrowed)

    def line(self, group: Group, lines: dict[tuple[str, str, Able], Line]) -> Line:
        """Return the line in which a group waits, a new one where there is none."""
        stage, _, lane, _ = group
        key = stage, lane, self.able(group)
        if key not in lines:
            lines[key] = Line.empty(self.hall.office, stage, lane)
        return lines[key]

    def _rest_s(self, ticket: Ticket, now: dt.datetime) -> float:
        since = desk_taken_since(ticket) or now
        usual_s = self.takes_s[ticket.stage]
        return max(usual_s - (now - since).total_seconds(), REST_SHARE * usual_s)

    def _play(self, group: Group, asked: Entry, *, comes: bool) -> Foreseen | None:
        own, borrowed = self.able(group)
        if not own | borrowed:
            return None
        play = _Play(self, {key: line.again() for key, line in self._lines.items()}, own | borrowed)
        if comes:
            play.line(group).join(asked)
        found = play.until(asked)
        return found if found is None or found.is_played else self._beyond(found, group, asked)

    def _beyond(self, played: Foreseen, group: Group, asked: Entry) -> Foreseen:
        """Return what lies behind the last call that was played."""
        since = dt.datetime.fromtimestamp(asked[0], dt.UTC)
        ahead = ahead_of(self.hall, Newcomer(group[2], since, asked[1]), group, self.now)
        calls = max(ahead, played.calls_before)
        return Foreseen(played.after_s * (calls + 1) / max(played.calls_before, 1), calls, is_played=False)


class _Play:
    """One play: counters take turns as they become free."""

    def __init__(self, at: Foresight, lines: dict[tuple[str, str, Able], Line], able: frozenset[str]) -> None:
        self._at = at
        self._lines = lines
        self._able = able
        self._office = at.hall.office
        self._turns = dict(at.hall.turns)
        self._order = itertools.count()
        self._reach: dict[str, tuple[list[Line], list[Line]]] = {}
        self._coming: list[Coming] = []
        self._free: list[Free] = []
        self._begin()

    def line(self, group: Group) -> Line:
        """Return the line in which a group waits; whom it is open to is found out anew where it is new."""
        known = len(self._lines)
        line = self._at.line(group, self._lines)
        if len(self._lines) > known:
            self._reach.clear()
        return line

    def until(self, asked: Entry) -> Foreseen | None:
        """Play until `asked` is called; None where that never happens."""
        calls = 0
        for _ in range(MOST_CALLS):
            called = self._next_call()
            if called is None:
                return None
            at_s, counter, entry = called
            if entry is asked or entry == asked:
                return Foreseen(at_s - self._at.now_s, calls)
            calls += counter.id in self._able
        return Foreseen(at_s - self._at.now_s, calls, is_played=False)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Let every open counter become free in its time.

        Those that may take who is asked about are spread like the order statistics of a uniform rest: the first of
        several is free sooner than any of them is expected to be.
        """
        now_s, busy = self._at.now_s, {desk.counter: rest_s for desk, _, rest_s in self._at.busy}
        for _, ticket, rest_s in self._at.busy:
            done_s = now_s + rest_s
            self._goes_on(ticket.stage, ticket.service, ticket.lane, _entry_after(ticket, done_s), done_s)
        able = sorted(self._able & busy.keys(), key=lambda name: (busy[name], name))
        mean_s = sum(busy[name] for name in able) / max(len(able), 1)
        for place, name in enumerate(able, 1):
            busy[name] = 2 * mean_s * place / (len(able) + 1)
        for counter in self._at.open:
            heapq.heappush(self._free, (now_s + busy.get(counter.id, 0.0), next(self._order), counter))

    def _next_call(self) -> tuple[float, Counter, Entry] | None:
        while self._free:
            at_s, _, counter = heapq.heappop(self._free)
            while self._coming and self._coming[0][0] <= at_s:
                _, _, group, entry = heapq.heappop(self._coming)
                self.line(group).join(entry)
            line = self._pick(counter, at_s)
            if line is not None:
                entry = line.leave()
                self._serve(counter, line, entry, at_s)
                return at_s, counter, entry
            if self._coming:
                heapq.heappush(self._free, (self._coming[0][0], next(self._order), counter))
        return None

    def _pick(self, counter: Counter, at_s: float) -> Line | None:
        own, borrowed = self._lines_of(counter)
        waiting = [line for line in own if line.head] or [line for line in borrowed if line.head]
        if not waiting:
            return None
        policy, turn = self._office.policy, self._at.hall.turn_key(counter.id)
        line = pick(waiting, at_s, counter, policy, self._turns.get(turn, 0))
        if isinstance(policy, Ratio):
            self._turns[turn] = turn_after(policy.pattern, self._turns.get(turn, 0), line.lane)
        return line

    def _lines_of(self, counter: Counter) -> tuple[list[Line], list[Line]]:
        if counter.id not in self._reach:
            own = [line for (_, _, able), line in self._lines.items() if counter.id in able[0]]
            borrowed = [line for (_, _, able), line in self._lines.items() if counter.id in able[1]]
            self._reach[counter.id] = own, borrowed
        return self._reach[counter.id]

    def _serve(self, counter: Counter, line: Line, entry: Entry, at_s: float) -> None:
        since_s, order, service = entry
        done_s = at_s + self._at.takes_s[line.stage]
        heapq.heappush(self._free, (done_s, next(self._order), counter))
        self._goes_on(line.stage, service, line.lane, (done_s - (at_s - since_s), order, service), done_s)

    def _goes_on(self, stage: str, service: str, lane: str, entry: Entry, at_s: float) -> None:
        """Let a visitor wait for the next stage, with what was waited so far to their credit (as in `apply`)."""
        offered = self._office.services.get(service)
        following = None if offered is None else stage_after(offered.stages, stage)
        if following is not None:
            heapq.heappush(self._coming, (at_s, next(self._order), (following, service, lane, ""), entry))


def _being_served(hall: Hall) -> Iterator[tuple[Desk, Ticket]]:
    for desk in hall.desks.values():
        ticket = hall.current(desk)
        if ticket is not None:
            yield desk, ticket


def _entry_after(ticket: Ticket, at_s: float) -> Entry:
    since_s, order, service = entry_of(ticket)
    called_s = since_s if ticket.called_at is None else ticket.called_at.timestamp()
    return at_s - max(called_s - since_s, 0.0), order, service
