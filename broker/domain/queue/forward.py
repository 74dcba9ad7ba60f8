"""The hall played forward: who would be called when, if every visit took its usual time and nobody else came.

Counting heads and dividing by counters says little where counters serve different things, lanes overtake and one number
goes through several stages. Played by the order of calls (`order`) and by who may call whom (`eligible`), the office's
own rules give the answer. One play answers everything that is asked about a moment: each visitor who waits, and, as
ghosts who take nobody's turn, everyone who might come now.

A play costs a tenth of a millisecond or two, so it is kept: until something changes that it went by, and for `GOOD_FOR`
at most. A number that is given out behind all that was played changes nothing in it, nor does one that is cancelled
there.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import sys
from collections import Counter as Counted
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from broker.domain.hall import Hall, desk_taken_since
from broker.domain.model import Counter, Group, Ticket
from broker.domain.queue.order import SECOND, Entry, Key, Line, before, entry_of, micros, place, turn_after
from broker.domain.queue.policies import Ratio

GOOD_FOR = SECOND
"""A play begins at a whole second of the clock and is good for that second: equal halls tell the same in it."""
MOST_CALLS = 64
"""So many calls are played; what lies behind is taken to go on at the same pace."""
REST_SHARE = 0.45
"""A visit that is over its usual time goes on for this share of it (lognormal, deviation half of the mean)."""
MOST_ROUNDS = 6
"""Looking so often for who overtakes whom while they wait is near enough."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """When a call is to be expected, and after how many others."""

    after_s: float
    calls_before: int
    """Calls at counters that may call this visitor."""
    ahead: int
    """Visitors who are called there before; one who comes through several stages counts once."""
    is_played: bool = True
    """Whether that call was among those that were played."""


NOBODY: Key = (sys.maxsize, sys.maxsize)
"""The head of a line in which nobody waits: later than everybody."""


@dataclass(slots=True, eq=False)
class _Run:
    """A line as far as it has come in a play."""

    line: Line
    waiting: list[Entry]
    """Never changed by the play."""
    called: int = 0
    late: list[Entry] = field(default_factory=list)
    """A heap of those who joined since."""
    head: Key = NOBODY
    size: int = 0
    """How many had come when the play was through with them."""
    ghost: tuple[int, int] | None = None
    """When someone who came now would be called, and after how many calls of all; None where that is not known yet."""

    def leave(self) -> Entry:
        """Take the first one out; there must be one."""
        if self.late and self.late[0] is self.head:
            first = heapq.heappop(self.late)
        else:
            first = self.waiting[self.called]
            self.called += 1
        self.head = self.waiting[self.called] if self.called < len(self.waiting) else NOBODY
        if self.late and self.late[0] < self.head:
            self.head = self.late[0]
        return first

    def drop(self, entry: Entry) -> bool:
        """Take out one who may be anywhere; tell whether it was here."""
        if entry in self.late:
            self.late.remove(entry)
            heapq.heapify(self.late)
        elif entry in self.waiting[self.called :]:
            self.waiting = [one for one in self.waiting[self.called :] if one != entry]
            self.called = 0
        else:
            return False
        self.head = min([*self.waiting[self.called : self.called + 1], *self.late[:1]], default=NOBODY)
        return True


Reach = dict[str, list[_Run]]
"""Where a counter calls from, lane by lane."""


@dataclass(frozen=True, slots=True)
class _End:
    """How far the play came, for those who wait in one line."""

    calls: int
    """At counters that may call from there."""
    visitors: int
    pace: float
    """Microseconds between two calls of all who compete for those counters."""
    share: float
    """Of the calls of all who compete, those at these counters."""
    waiting: list[tuple[Line, int]]
    """The lines that compete, and from where on they wait still."""


@dataclass(slots=True)
class _Tally:
    """What was called in a whole play."""

    lasted: int
    at: dict[str, list[int]]
    """By counter: whom it called."""
    of: Counted[Line] = field(default_factory=Counted)
    """By line: how many were called from there."""
    ends: dict[Line, _End] = field(default_factory=dict)


class Forward:
    """One moment of the hall, played forward; asked as often as anybody likes."""

    def __init__(self, hall: Hall, now: dt.datetime, *, everybody: bool = False) -> None:
        """Begin; it is played as far as somebody asks. With `everybody` as if every counter of the office were open."""
        self.hall = hall
        self.began = micros(now) // GOOD_FOR * GOOD_FOR
        self.version = hall.version
        self._now = now
        self._takes = {s: round(hall.pace(s, now).mean_s * SECOND) for s in hall.office.stage_standard_s}
        self._open = dict(hall.office.counters) if everybody else _working(hall)
        self._ghost = (self.began + GOOD_FOR, sys.maxsize)
        """Someone who came now: behind all who came until now."""
        policy = hall.office.policy
        self._pattern = policy.pattern if isinstance(policy, Ratio) else ()
        self._turns = dict(hall.turns)
        self._ticks = itertools.count()
        self._runs: dict[Line, _Run] = {}
        self._reach: dict[str, tuple[Reach, Reach]] = {name: ({}, {}) for name in self._open}
        """By counter, from where it calls: as its own work, and helping out; lane by lane."""
        self._haunted: dict[str, set[_Run]] = {}
        """By lane: lines whose ghost is at their head."""
        self._passed: set[_Run] = set()
        """Lines in which a newcomer would change what was played."""
        self._coming: list[tuple[int, int, Line, Entry, _Run | None]] = []
        """Who joins a line, and when; whoever waits elsewhere until then leaves that."""
        self._free: list[tuple[int, int, Counter]] = []
        self._parked: list[Counter] = []
        """Counters that found nobody to call."""
        self._calls: list[tuple[str, int, Line, int]] = []
        """Who was called: the counter, the visitor's order of arrival, from which line, and when."""
        self._called: dict[int, tuple[int, int]] = {}
        """By order of arrival, of those who wait: when they are called, and after how many calls."""
        self._opened: Forward | None = None
        self._tally: _Tally | None = None
        self._begin()
        self._known = frozenset(self._runs)
        """Lines that there were when the play began: only their ghosts have seen all of it."""

    # -- questions ------------------------------------------------------------------------------------------------

    def holds(self, now: dt.datetime) -> bool:
        """Tell whether the play still tells of the hall as it is."""
        return (
            self.version == self.hall.version
            and 0 <= micros(now) - self.began < GOOD_FOR
            and all(len(run.waiting) == run.size for run in self._passed)
        )

    def good_s(self, now: dt.datetime) -> float:
        """Return for how long yet the play tells of the hall, if nothing changes in it."""
        return (self.began + GOOD_FOR - micros(now)) / SECOND

    def is_changed_without(self, ticket: Ticket) -> bool:
        """Tell whether the play would be another one if a waiting ticket went: not if it came to nobody as late."""
        line = self.hall.line(ticket.group)
        run = self._runs.get(line)
        if run is None or line.sent_to or ticket.sent_until is not None:
            return True
        if self._opened is not None and self._opened.is_changed_without(ticket):
            self._opened = None
        return ticket.order in self._called or line.position(ticket) <= run.called

    def newcomer(self, group: Group) -> Foreseen | None:
        """Return when someone who came now would be called, or None where no counter is open for that."""
        line = self.hall.line(group)
        if not self._is_open(line):
            return None
        if line not in self._known:
            return Forward(self.hall, self._now).newcomer(group)
        run = self._runs[line]
        while run.ghost is None and self._goes_further():
            pass
        return self._beyond(line, self._ghost) if run.ghost is None else self._played(line, *run.ghost)

    def of(self, ticket: Ticket) -> Foreseen | None:
        """Return when a waiting ticket will be called, or None where no counter is open for it."""
        line, until = self.hall.line(ticket.group), ticket.sent_until
        if line.sent_to and until is not None and (micros(until) <= self.began or not self._is_open(line)):
            line = self._common(ticket)
        if not self._is_open(line):
            return None
        while ticket.order not in self._called and self._goes_further():
            pass
        if ticket.order in self._called:
            return self._played(line, *self._called[ticket.order])
        foreseen = self._beyond(line, entry_of(ticket)[:2])
        if foreseen is None or line.sent_to or until is None:
            return foreseen
        return replace(foreseen, after_s=max(foreseen.after_s, (micros(until) - self.began) / SECOND))

    def play(self, most: int = sys.maxsize) -> bool:
        """Play so many turns at most, so that what is asked is only looked up; tell whether there are more."""
        return all(self._goes_further() for _ in range(most))

    @property
    def counters(self) -> Mapping[str, Counter]:
        """Return the counters that take part."""
        return self._open

    def calls(self) -> list[tuple[str, float, int]]:
        """Return what is played: counter, seconds from now, and the order of arrival of whom it calls."""
        self.play()
        return [(counter, (at - self.began) / SECOND, order) for counter, order, _, at in self._calls]

    @property
    def first_call(self) -> tuple[str, int] | None:
        """Return who is called first, if a counter is free: the counter, and the ticket's order of arrival."""
        while not self._calls and self._goes_further():
            pass
        if not self._calls or self._calls[0][3] > self.began:
            return None
        return self._calls[0][:2]

    @property
    def opened(self) -> Forward:
        """Return the play of the same moment as if every counter were open."""
        if self._opened is None or not self._opened.holds(self._now):
            self._opened = Forward(self.hall, self._now, everybody=True)
        return self._opened

    # -- the play -------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Put everybody in their lines, and let every open counter become free in its time."""
        for line in list(self.hall.lines.values()):
            if not line.sent_to:
                self._run(line)
        for line in list(self.hall.lines.values()):
            if line.sent_to and line.entries:
                self._place_sent(line)
        rests = {}
        for name, desk in self.hall.desks.items():
            ticket = self.hall.current(desk)
            if ticket is not None and (name in self._open or desk.paused):  # who pauses then sends a visitor on yet
                rests[name] = self._rest(ticket)
                done = self.began + rests[name]
                self._goes_on(ticket, ticket.stage, _since_after(ticket, done), done)
        _spread(rests, self.hall.office.counters)
        for counter in self._open.values():
            heapq.heappush(self._free, (self.began + rests.get(counter.id, 0), next(self._ticks), counter))

    def _run(self, line: Line) -> _Run:
        """Return a line's run, a new one where there is none."""
        run = self._runs.get(line)
        if run is None:
            run = self._runs[line] = _Run(line, line.entries, head=line.entries[0] if line.entries else NOBODY)
            for name in self._open:
                if name in line.own:
                    self._reach[name][0].setdefault(line.lane, []).append(run)
                elif name in line.helped:
                    self._reach[name][1].setdefault(line.lane, []).append(run)
            self._look(run)
        return run

    def _place_sent(self, line: Line) -> None:
        """Let those who were sent to one counter wait there, until their time is over: then they are everybody's."""
        waiting: list[Entry] = []
        over: list[Entry] = []
        for entry in line.entries:
            until = entry[2].sent_until
            (over if until is not None and micros(until) <= self.began else waiting).append(entry)
        run = self._runs[line] = _Run(line.with_only(waiting), waiting, head=waiting[0] if waiting else NOBODY)
        if line.sent_to in self._open and line.sent_to in line.able:
            self._reach[line.sent_to][line.sent_to not in line.own].setdefault(line.lane, []).append(run)
        for entry in over:
            self._join(self._common(entry[2]), entry)
        for entry in waiting:
            if (until := entry[2].sent_until) is not None:
                self._comes(micros(until), self._common(entry[2]), entry, leaves=run)

    def _common(self, ticket: Ticket) -> Line:
        return self.hall.line((ticket.stage, ticket.service, ticket.lane, ""))

    def _rest(self, ticket: Ticket) -> int:
        """Return how long a visit that has begun is expected to go on."""
        since, usual = desk_taken_since(ticket), self._takes[ticket.stage]
        gone = 0 if since is None else self.began - micros(since)
        return max(usual - gone, round(REST_SHARE * usual))

    def _comes(self, at: int, line: Line, entry: Entry, *, leaves: _Run | None = None) -> None:
        heapq.heappush(self._coming, (at, next(self._ticks), line, entry, leaves))

    def _join(self, line: Line, entry: Entry) -> None:
        run = self._runs.get(line) or self._run(line)
        heapq.heappush(run.late, entry)
        if entry < run.head:
            run.head = entry
            self._look(run)

    def _look(self, run: _Run) -> None:
        """Note whether someone who came now would be the first there."""
        if run.ghost is not None or run.line.sent_to:
            return
        haunted = self._haunted.setdefault(run.line.lane, set())
        if run.head > self._ghost:
            run.size = len(run.waiting)
            self._passed.add(run)
            haunted.add(run)
        else:
            haunted.discard(run)

    def _goes_further(self) -> bool:
        """Let the next counter take its turn, or the next visitor come on; tell whether there was anything to play."""
        if len(self._calls) >= MOST_CALLS:
            return False
        if self._coming and (not self._free or self._coming[0][0] <= self._free[0][0]):
            self._arrive()
        elif self._free:
            at, _, counter = heapq.heappop(self._free)
            self._call(counter, at)
        else:
            return False
        return True

    def _arrive(self) -> None:
        at, _, line, entry, leaves = heapq.heappop(self._coming)
        if leaves is not None and not leaves.drop(entry):
            return  # called where it was sent
        self._join(line, entry)
        for counter in self._parked:
            heapq.heappush(self._free, (at, next(self._ticks), counter))
        self._parked.clear()

    def _call(self, counter: Counter, at: int) -> None:
        """Let a free counter call the next: its own work, and while nobody waits for that, what it helps out with."""
        name, calls = counter.id, self._calls
        own, helped = self._reach[name]
        turn = self._turns.get(self.hall.turn_key(name), 0) if self._pattern else 0
        run = self._first(own, counter, at, turn) or self._first(helped, counter, at, turn)
        if run is None:
            self._parked.append(counter)
            return
        line, (since, order, ticket) = run.line, run.leave()
        if run.head > self._ghost:
            self._look(run)
        self._called.setdefault(order, (at, len(calls)))
        calls.append((name, order, line, at))
        if self._pattern:
            self._turns[self.hall.turn_key(name)] = turn_after(self._pattern, turn, line.lane)
        done = at + self._takes[line.stage]
        heapq.heappush(self._free, (done, next(self._ticks), counter))
        self._goes_on(ticket, line.stage, done - max(at - since, 0), done)

    def _first(self, reach: Reach, counter: Counter, at: int, turn: int) -> _Run | None:
        """Return the line whose first is called; ghosts that would have been it have their answer.

        Of one lane the first to arrive is before all others, at whatever stage: only lanes are compared by the policy.
        """
        best, found, prefers = None, None, counter.prefers
        for runs in reach.values():
            first = runs[0]
            for run in runs:
                if run.head < first.head:
                    first = run
            if first.head is not NOBODY:
                mine = place(first.line, first.head, at, prefers, turn)
                if found is None or mine < found:
                    best, found = first, mine
        for lane, haunted in self._haunted.items():
            if haunted and (best is None or best.line.lane != lane or best.head > self._ghost):
                told = [run for run in reach.get(lane, ()) if run in haunted]
                if told and (found is None or place(told[0].line, self._ghost, at, prefers, turn) < found):
                    haunted.difference_update(told)
                    for run in told:
                        run.ghost = at, len(self._calls)
        return best

    def _goes_on(self, ticket: Ticket, stage: str, since: int, at: int) -> None:
        """Let a visitor wait for the next stage, with what was waited so far to their credit (as in `apply`)."""
        line = self.hall.next_line(ticket.service, stage, ticket.lane)
        if line is not None:
            heapq.heappush(self._coming, (at, next(self._ticks), line, (since, ticket.order, ticket), None))

    # -- answers --------------------------------------------------------------------------------------------------

    def _is_open(self, line: Line) -> bool:
        return not line.able.isdisjoint(self._open)

    def _played(self, line: Line, at: int, calls: int) -> Foreseen:
        able = line.able
        called = [order for counter, order, _, _ in self._calls[:calls] if counter in able]
        return Foreseen((at - self.began) / SECOND, len(called), len(set(called)))

    def _beyond(self, line: Line, key: tuple[int, int]) -> Foreseen | None:
        """Return what lies behind the last call that was played: the rest goes on at the same pace."""
        if not self._is_open(line):
            return None
        lasted, end = self._whole.lasted, self._end(line)
        found = 0
        for _ in range(MOST_ROUNDS):
            more = before(end.waiting, line, key, round(self.began + lasted + found * end.pace))
            if more == found:
                break
            found = more
        rest = found * end.share
        calls = round(end.calls + rest)
        after = lasted * (calls + 1) / max(end.calls, 1)
        return Foreseen(after / SECOND, calls, end.visitors + round(rest), is_played=False)

    @property
    def _whole(self) -> _Tally:
        """Return what was called by whom, and from where, in the whole play."""
        if self._tally is None:
            self.play()
            lasted = self._calls[-1][3] - self.began if self._calls else 0
            self._tally = _Tally(lasted, {name: [] for name in self._open})
            for counter, order, line, _ in self._calls:
                self._tally.at[counter].append(order)
                self._tally.of[line] += 1
        return self._tally

    def _end(self, line: Line) -> _End:
        """Return how far the play came for a line."""
        whole = self._whole
        if line not in whole.ends:
            able = line.able & self._open.keys()
            rivals = [run for run in self._runs.values() if not able.isdisjoint(run.line.able)]
            called = [order for name in able for order in whole.at[name]]
            competing = max(sum(whole.of[run.line] for run in rivals), 1)
            whole.ends[line] = _End(
                calls=len(called),
                visitors=len(set(called)),
                pace=whole.lasted / competing,
                share=len(called) / competing,
                waiting=[(run.line, run.called) for run in rivals],
            )
        return whole.ends[line]


def forward_of(hall: Hall, now: dt.datetime) -> Forward:
    """Return the hall played forward from this moment: the last play, while it still holds."""
    found = hall.played
    if found is None or not found.holds(now):
        found = hall.played = Forward(hall, now)
    return found


def _working(hall: Hall) -> dict[str, Counter]:
    desks = hall.desks.items()
    return {name: hall.office.counters[name] for name, desk in desks if hall.goes_on(desk)}


def _since_after(ticket: Ticket, at: int) -> int:
    """Return from when a visitor's turn will be measured who is done at a counter at `at`."""
    since = micros(ticket.ranked_since)
    called = since if ticket.called_at is None else micros(ticket.called_at)
    return at - max(called - since, 0)


def _spread(rests: dict[str, int], counters: Mapping[str, Counter]) -> None:
    """Spread the rests of running visits like the order statistics of a uniform one.

    The first of several equal counters is free sooner than any of them is expected to be.
    """
    teams: dict[tuple[str, ...], list[str]] = {}
    for name in rests:
        teams.setdefault(counters[name].stages, []).append(name)
    for team in teams.values():
        mean = sum(rests[name] for name in team) / len(team)
        for at, name in enumerate(sorted(team, key=lambda name: (rests[name], name)), 1):
            rests[name] = round(2 * mean * at / (len(team) + 1))
