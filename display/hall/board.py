"""Which calls stand large, which are listed, and whose turn it is to be spoken: no awaited call is nowhere. Pure.

What the board holds is what the engine says: an event brings a call or ends it, a snapshot is the whole truth up to its
`seq`. A call is shown from the moment it is known. It is spoken when its turn comes, if its visitor is still awaited
then, however late that is.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from broker.contract.messages import Calling, CounterInfo, EventMessage, HallMessage, OfficeMessage
from broker.language import bare_counter

FRONT_S = 10.0
"""Least time that a call stands large from its turn on, if those behind it leave the room."""
TURN_S = 2.5
"""Least time from one turn to the next, also where nothing can be heard."""
SPEECH_OVERRUN_S = 20.0
"""A sound device that never comes back holds up the next turn no longer than this beyond the expected speech."""
SPOKEN_BEFORE_S = 30.0
"""What is older in the first picture that a display draws was spoken before it was switched on."""
CALM_LARGE = 2
"""A call stands large until its visitor comes, or until so many others were called."""
_ENDS = frozenset({"started", "finished", "no_show", "cancelled", "held", "transferred", "rejoined"})
"""After these nobody is awaited at the counter any more."""

Place = tuple[str, str]
"""A visitor's number and the counter: what a later call of the same visitor to the same counter has in common."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one visitor."""

    number: str
    lane: str
    language: str
    counter: str
    counter_label: str
    called_at: dt.datetime
    times_called: int

    @property
    def place(self) -> Place:
        """Return what a later call of the same visitor to the same counter has in common with this one."""
        return self.number, self.counter


@dataclass(frozen=True, slots=True)
class Zone:
    """The part of the hall that a display is for: some counters, or those of some stages. Empty: the whole hall."""

    counters: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()

    def counters_of(self, counters: Iterable[CounterInfo]) -> frozenset[str] | None:
        """Return the ids of the counters whose calls are shown; None for all."""
        if not self.counters and not self.stages:
            return None
        return frozenset(
            counter.id
            for counter in counters
            if counter.id in self.counters or self.stages.intersection(counter.stages)
        )

    def office_of(self, office: OfficeMessage) -> OfficeMessage:
        """Return the office with only those services that come to these counters."""
        shown = self.counters_of(office.counters)
        if shown is None:
            return office
        stages = {stage for counter in office.counters if counter.id in shown for stage in counter.stages}
        services = tuple(service for service in office.services if stages.intersection(service.stages))
        return office.model_copy(update={"services": services})


@dataclass(slots=True)
class _Standing:
    """A call on the board. `seq` is the last event that is known to have touched it."""

    call: Call
    seq: int
    order: tuple[dt.datetime, int]
    is_awaited: bool = True
    turn_s: float | None = None
    """When its turn to be spoken began; -inf: before this display was there."""

    @property
    def is_upcoming(self) -> bool:
        return self.is_awaited and self.turn_s is None


class CallBoard:
    """Takes events and snapshots in any order; `next_turn` moves it on."""

    def __init__(self, *, monotonic: Callable[[], float], first_language: str) -> None:
        """Start empty."""
        self._monotonic = monotonic
        self._first_language = first_language
        self._shown: frozenset[str] | None = None
        self._board: dict[Place, _Standing] = {}
        self._snapshot_seq = -1
        self._seq = 0
        self._count = 0
        self._turn_at_s = -math.inf
        self._speaking: Call | None = None
        self._speaks_until_s = -math.inf
        self.gaps = 0

    def show(self, counters: frozenset[str] | None) -> None:
        """Show only what is called to these counters from now on; None: to all of them."""
        self._shown = counters
        self._board = {place: standing for place, standing in self._board.items() if self._shows(standing.call.counter)}

    # -- what came in -----------------------------------------------------------------------------------------------

    def event(self, event: EventMessage) -> None:
        """Take in any event; each shows whether one before was missed."""
        if self._seq and event.seq > self._seq + 1:
            self.gaps += 1
        self._seq = max(self._seq, event.seq)
        if event.seq <= self._snapshot_seq:
            return  # the picture that came first has it already
        if event.type in _ENDS:
            for standing in self._board.values():
                if standing.call.number == event.number and standing.seq < event.seq:
                    standing.seq, standing.is_awaited = event.seq, False
        call = self._called(event)
        if call is not None:
            before = self._board.get(call.place)
            if before is None or before.seq < event.seq:
                self._put(call, event.seq)

    def snapshot(self, hall: HallMessage) -> None:
        """Take in the whole truth: what events did not bring is made up for."""
        if hall.seq < self._snapshot_seq:
            if hall.retained:
                return  # an MQTT server that was started again gives what it had last saved
            for standing in self._board.values():  # the engine's own pictures never overtake each other: a new journal
                standing.seq = self._seq = 0
        is_first = self._snapshot_seq < 0
        shown = [entry for entry in reversed(hall.calling) if self._shows(entry.counter)]
        calling = sorted(map(_from_snapshot, shown), key=lambda call: call.called_at)
        over = [_from_snapshot(entry) for entry in reversed(hall.recent) if self._shows(entry.counter)]
        for call in (*over, *calling):
            news = self._news(call, hall.seq)
            if news is not None:
                news.is_awaited = call in calling
                is_old = not news.is_awaited or (hall.at - call.called_at).total_seconds() > SPOKEN_BEFORE_S
                if is_first and is_old and news.turn_s is None:
                    news.turn_s = -math.inf
        named = {call.place for call in (*calling, *over)}
        # What the picture does not name any more was taken back.
        self._board = {p: s for p, s in self._board.items() if p in named or s.seq > hall.seq}
        self._snapshot_seq = hall.seq
        self._seq = max(self._seq, hall.seq)

    def speech_began(self, call: Call, lasts_s: float) -> None:
        """Take note that `call` is being spoken, for about so long."""
        self._speaking, self._speaks_until_s = call, self._monotonic() + lasts_s + SPEECH_OVERRUN_S

    def speech_ended(self, call: Call) -> None:
        """Take note that `call` was spoken, or could not be."""
        if self._speaking == call:
            self._speaking = None

    # -- whose turn it is -------------------------------------------------------------------------------------------

    def next_turn(self) -> Call | None:
        """Return the call whose turn to be spoken comes now, each once; None while there is none."""
        now_s = self._monotonic()
        if now_s - self._turn_at_s < TURN_S or (self._speaking is not None and now_s < self._speaks_until_s):
            return None
        upcoming = self._in_order(standing for standing in self._board.values() if standing.is_upcoming)
        if not upcoming:
            return None
        upcoming[0].turn_s = self._turn_at_s = now_s
        return upcoming[0].call

    @property
    def upcoming(self) -> frozenset[Place]:
        """Return the places of those who are awaited and have not had their turn yet."""
        return frozenset(place for place, standing in self._board.items() if standing.is_upcoming)

    @property
    def speaking(self) -> Place | None:
        """Return the place of the call whose turn it is, as long as it is spoken."""
        return self._speaking.place if self._speaking is not None else None

    # -- what is shown ----------------------------------------------------------------------------------------------

    def front(self, most: int) -> tuple[Call, ...]:
        """Return the calls that stand large now, at most so many: the one whose turn it is, and those around it.

        Where there is room, the latest ones whose visitors are still awaited stay large beside them.
        """
        busy = frozenset(standing.call.counter for standing in self._board.values() if standing.is_awaited)
        fresh = self._in_order(standing for standing in self._board.values() if self._is_fresh(standing, busy))
        if len(fresh) > most:
            fresh = [standing for standing in fresh if standing.is_awaited or standing.call == self._speaking]
        if len(fresh) < most:
            fresh = self._in_order([*fresh, *self._staying(fresh)[: most - len(fresh)]])
        had_turn = sum(standing.turn_s is not None for standing in fresh)
        # A third of the room is left to those who were just spoken.
        first = max(0, min(had_turn - 1 - most // 3, len(fresh) - most))
        return tuple(standing.call for standing in fresh[first : first + most])

    def ranks(self, most: int) -> dict[Place, int]:
        """Return of each call that stands large in which smaller company it still does: 1 stays to the last."""
        found: dict[Place, int] = {}
        for count in range(1, most + 1):
            for call in self.front(count):
                found.setdefault(call.place, count)
        return found

    @property
    def repeated(self) -> frozenset[Place]:
        """Return the places of those who are called once more just now."""
        busy: frozenset[str] = frozenset()
        fresh = (standing for standing in self._board.values() if self._is_fresh(standing, busy))
        return frozenset(s.call.place for s in fresh if s.is_awaited and s.call.times_called > 1)

    @property
    def awaited(self) -> tuple[Call, ...]:
        """Return all whose visitor is awaited now, newest first."""
        return self._newest_first(standing for standing in self._board.values() if standing.is_awaited)

    @property
    def over(self) -> tuple[Call, ...]:
        """Return the calls of before, newest first."""
        return self._newest_first(standing for standing in self._board.values() if not standing.is_awaited)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _is_fresh(self, standing: _Standing, busy: frozenset[str]) -> bool:
        """Tell whether a call stands large; one that is over does not beside the next one of its counter."""
        if not standing.is_awaited and (standing.turn_s is None or standing.call.counter in busy):
            return False
        is_spoken = standing.call == self._speaking
        return is_spoken or standing.turn_s is None or self._monotonic() - standing.turn_s < FRONT_S

    def _staying(self, fresh: list[_Standing]) -> list[_Standing]:
        """Return who stays large beside those who are new, the latest first."""
        left = CALM_LARGE - sum(standing.is_awaited for standing in fresh)
        old = (s for s in self._board.values() if s.is_awaited and s.turn_s is not None and s not in fresh)
        return list(reversed(self._in_order(old)))[: max(0, left)]

    def _in_order(self, standings: Iterable[_Standing]) -> list[_Standing]:
        return sorted(standings, key=lambda standing: standing.order)

    def _newest_first(self, standings: Iterable[_Standing]) -> tuple[Call, ...]:
        return tuple(standing.call for standing in reversed(self._in_order(standings)))

    def _news(self, call: Call, seq: int) -> _Standing | None:
        """Return how a call of a snapshot stands here; None where an event has already told what came after it."""
        standing = self._board.get(call.place)
        if standing is not None and standing.seq > seq:
            return None
        if standing is None or _mark(standing.call) != _mark(call):
            return self._put(call, seq)
        return standing

    def _put(self, call: Call, seq: int) -> _Standing:
        """Put a call on the board. Called again before its turn, it keeps its place: one turn serves both."""
        self._count += 1
        before = self._board.get(call.place)
        order = before.order if before is not None and before.is_upcoming else (call.called_at, self._count)
        standing = _Standing(call, seq, order)
        self._board[call.place] = standing
        return standing

    def _shows(self, counter: str) -> bool:
        return self._shown is None or counter in self._shown

    def _called(self, event: EventMessage) -> Call | None:
        if event.type not in ("called", "recalled") or event.number is None or event.counter is None:
            return None
        if not self._shows(event.counter):
            return None
        return Call(
            number=event.number,
            lane=event.lane or "",
            language=event.language or self._first_language,
            counter=event.counter,
            counter_label=bare_counter(event.counter_label or event.counter),
            called_at=event.called_at or event.at,
            times_called=event.times_called or 1,
        )


def _mark(call: Call) -> tuple[dt.datetime, int]:
    """Return what differs between two calls of the same place."""
    return call.called_at, call.times_called


def _from_snapshot(entry: Calling) -> Call:
    return Call(
        number=entry.number,
        lane=entry.lane,
        language=entry.language,
        counter=entry.counter,
        counter_label=bare_counter(entry.counter_label),
        called_at=entry.called_at,
        times_called=entry.times_called,
    )
