"""Which call is shown now, which wait their turn, which are over: none is lost, none is shown twice. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from broker.contract.messages import Calling, EventMessage, HallMessage

ANNOUNCED_WITHIN_S = 30.0
"""Protocol: a call that is older when its turn comes is shown, not announced."""
DWELL_S = (10.0, 8.0, 6.0, 5.0)
"""Least time at the front by the number of calls behind it; the last figure holds for all longer queues."""
SPEECH_OVERRUN_S = 20.0
"""A sound device that never comes back holds the board no longer than this beyond the expected speech."""
_KEPT_CALLS = 64
_GIVEN_UP = frozenset({"cancelled", "held", "transferred"})
"""After these nobody is expected at the counter any more: what was not announced yet never will be."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one visitor; `announced` tells whether it is also spoken."""

    number: str
    lane: str
    language: str
    counter: str
    counter_label: str
    called_at: dt.datetime
    times_called: int
    announced: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """Return what a later call of the same visitor to the same counter has in common with this one."""
        return self.number, self.counter

    @property
    def mark(self) -> tuple[dt.datetime, int]:
        """Return what rises with each call of the same place."""
        return self.called_at, self.times_called


@dataclass(frozen=True, slots=True)
class _Front:
    """The call at the front, since when, and how long its speech may hold it there."""

    call: Call
    since: dt.datetime
    speech_s: float = 0.0
    speaking: bool = False


class CallBoard:
    """Takes events and snapshots in any order; `tick` moves it on."""

    def __init__(
        self, *, now: Callable[[], dt.datetime], speech_s: Callable[[Call], float], first_language: str
    ) -> None:
        """Start empty; `speech_s` tells about how long a call is spoken."""
        self._now = now
        self._speech_s = speech_s
        self._first_language = first_language
        self._front: _Front | None = None
        self._queue: deque[Call] = deque()
        self._known: dict[tuple[str, str], tuple[dt.datetime, int]] = {}
        self._log: dict[tuple[str, str], tuple[int, Call]] = {}
        self._awaited: frozenset[tuple[str, str]] = frozenset()
        self._seq = 0
        self._drawn_once = False
        self.gaps = 0

    # -- what came in -----------------------------------------------------------------------------------------------

    def event(self, event: EventMessage) -> None:
        """Take in any event: calls are queued, or not awaited any more; each shows whether one before was missed."""
        if self._seq and event.seq > self._seq + 1:
            self.gaps += 1
        self._seq = max(self._seq, event.seq)
        if event.type in _GIVEN_UP:
            self._queue = deque(call for call in self._queue if call.number != event.number)
        call = self._called(event)
        if call is not None and self._is_new(call):
            self._log[call.place] = (event.seq, call)
            self._awaited |= {call.place}
            self._enqueue(call)

    def snapshot(self, hall: HallMessage) -> None:
        """Take in the whole truth: what events did not bring is made up for."""
        calling = [self._from_snapshot(entry) for entry in hall.calling]
        over = [self._from_snapshot(entry) for entry in hall.recent]
        if not self._drawn_once:
            self._draw_from_nothing(calling, over)
        for call in sorted(calling + over, key=lambda call: call.mark):
            # A visitor who is still awaited is shown large even late; one whose call is over is history.
            if self._is_new(call) and (call in calling or call.announced):
                self._enqueue(call)
            self._know(call)
        self._rebuild_log(hall, calling, over)
        self._drop_withdrawn(over)
        self._seq = max(self._seq, hall.seq)

    def speech_ended(self, call: Call) -> None:
        """Take note that `call` was spoken, or could not be."""
        if self._front is not None and self._front.call == call:
            self._front = replace(self._front, speaking=False)

    # -- what is shown ----------------------------------------------------------------------------------------------

    def tick(self) -> Call | None:
        """Bring the next call to the front when its time has come, and return it; else None."""
        if not self._queue or not self._may_move_on():
            self._drop_ended_front()
            return None
        call = self._aged(self._queue.popleft())  # what grew old in the queue is shown like any other old call
        speech_s = self._speech_s(call) if call.announced else 0.0
        self._front = _Front(call, self._now(), speech_s, speaking=call.announced)
        return call

    @property
    def current(self) -> Call | None:
        """Return the call at the front, new or old."""
        return self._front.call if self._front else None

    @property
    def calling_now(self) -> bool:
        """Tell whether the front is in its first seconds, when everything else gives way."""
        return self._front is not None and self._shown_s(self._front) < max(DWELL_S[0], self._front.speech_s)

    @property
    def others(self) -> tuple[Call, ...]:
        """Return all other calls, newest first: those that wait for the front stand here at once."""
        front = self.current.place if self.current else None
        calls = {call.place: call for _, call in self._log.values()} | {call.place: call for call in self._queue}
        rest = [call for place, call in calls.items() if place != front]
        return tuple(sorted(rest, key=lambda call: call.mark, reverse=True))

    @property
    def queued(self) -> frozenset[tuple[str, str]]:
        """Return the places of the calls that have not been at the front yet."""
        return frozenset(call.place for call in self._queue)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _called(self, event: EventMessage) -> Call | None:
        if event.type not in ("called", "recalled") or event.number is None or event.counter is None:
            return None
        called_at = event.at if event.type == "recalled" else event.called_at or event.at
        return self._aged(
            Call(
                number=event.number,
                lane=event.lane or "",
                language=event.language or self._first_language,
                counter=event.counter,
                counter_label=event.counter_label or event.counter,
                called_at=called_at,
                times_called=event.times_called or 1,
            )
        )

    def _from_snapshot(self, entry: Calling) -> Call:
        return self._aged(
            Call(
                number=entry.number,
                lane=entry.lane,
                language=entry.language,
                counter=entry.counter,
                counter_label=entry.counter_label,
                called_at=entry.called_at,
                times_called=entry.times_called,
            )
        )

    def _aged(self, call: Call) -> Call:
        age_s = (self._now() - call.called_at).total_seconds()
        return replace(call, announced=age_s <= ANNOUNCED_WITHIN_S)

    def _is_new(self, call: Call) -> bool:
        known = self._known.get(call.place)
        return known is None or call.mark > known

    def _know(self, call: Call) -> None:
        self._known[call.place] = max(call.mark, self._known.get(call.place, call.mark))

    def _enqueue(self, call: Call) -> None:
        self._know(call)
        for index, waiting in enumerate(self._queue):
            if waiting.place == call.place:  # called again before it was shown: one showing serves both
                self._queue[index] = call
                return
        self._queue.append(call)

    def _draw_from_nothing(self, calling: list[Call], over: list[Call]) -> None:
        self._drawn_once = True
        for call in calling + over:
            if not call.announced:
                self._know(call)
        newest = max((call for call in calling if not call.announced), key=lambda call: call.mark, default=None)
        if newest is not None and self._front is None:
            self._front = _Front(newest, self._now() - dt.timedelta(seconds=DWELL_S[0]))

    def _rebuild_log(self, hall: HallMessage, calling: list[Call], over: list[Call]) -> None:
        later = {place: entry for place, entry in self._log.items() if entry[0] > hall.seq}
        from_hall = {call.place: (hall.seq, call) for call in sorted(calling + over, key=lambda call: call.mark)}
        self._log = from_hall | later
        self._awaited = frozenset(call.place for call in calling) | frozenset(later)
        if len(self._known) > _KEPT_CALLS * len(self._log) + _KEPT_CALLS:
            horizon = self._now() - dt.timedelta(days=1)
            self._known = {place: mark for place, mark in self._known.items() if mark[0] > horizon}

    def _drop_withdrawn(self, over: list[Call]) -> None:
        """Take back what the snapshot no longer knows: it was undone. Older ones may only have been cut off."""
        oldest = min((call.mark for call in over), default=None)

        def stands(call: Call) -> bool:
            return call.place in self._log or (oldest is not None and call.mark < oldest)

        self._queue = deque(filter(stands, self._queue))
        if self._front is not None and not stands(self._front.call):
            self._fall_back(self._now() - dt.timedelta(seconds=DWELL_S[0]))

    def _fall_back(self, since: dt.datetime) -> None:
        """Let the newest that is still awaited and was at the front already stand there again, in silence."""
        shown = [call for _, call in self._log.values() if call.place in self._awaited - self.queued]
        newest = max(shown, key=lambda call: call.mark, default=None)
        self._front = None if newest is None else _Front(newest, since)

    def _may_move_on(self) -> bool:
        front = self._front
        if front is None:
            return True
        shown_s = self._shown_s(front)
        least_s = max(self._dwell_s(shown_s), front.speech_s)
        return shown_s >= least_s and (not front.speaking or shown_s >= front.speech_s + SPEECH_OVERRUN_S)

    def _dwell_s(self, shown_s: float) -> float:
        """Return how long the front stays; the least there is if else the last that waits grew too old to be spoken."""
        *between, dwell_s = [DWELL_S[min(behind, len(DWELL_S) - 1)] for behind in range(len(self._queue))]
        last = self._queue[-1]
        age_s = (self._now() - last.called_at).total_seconds() + dwell_s - shown_s + sum(between)
        return DWELL_S[-1] if last.announced and age_s > ANNOUNCED_WITHIN_S else dwell_s

    def _drop_ended_front(self) -> None:
        """Nobody is sent to a counter that does not expect them any more: what is over stands in the list only."""
        front = self._front
        if front is not None and self._drawn_once and not self.calling_now and front.call.place not in self._awaited:
            self._fall_back(front.since)

    def _shown_s(self, front: _Front) -> float:
        shown_s = (self._now() - front.since).total_seconds()
        return shown_s if shown_s >= 0 else math.inf  # the clock was set back: nobody waits until it has caught up
