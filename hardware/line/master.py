"""The master of a line: one thread, several addressed devices, each asked in turn, each present or absent.

It runs on the thread of a DeviceWorker, one turn after the other, so that a fault in one turn never ends the next.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from hardware.codecs.talk import Heard, State, Talk
from hardware.config import Polling
from hardware.errors import HardwareError
from hardware.line.lasting_line import LastingLine
from hardware.line.turns import Turn, Turns
from hardware.worker import DeviceWorker

LISTEN_S = 0.02
"""So long at most a master with nothing to say listens before it looks again for something to show."""
CLOSED_S = 0.5
"""So long at most a master whose line is closed sleeps in one piece."""
LAST_WORDS_S = 1.0
TOLD_EVERY_S = 1.0
"""So often at most somebody is told how a device, or the line, is: a loose plug comes and goes many times a second."""

Face = TypeVar("Face")


class LineMaster(Generic[Face]):
    """Owns one line. `show` may be called from any thread; the callbacks run on the master's own and only hand over."""

    def __init__(
        self,
        name: str,
        talk: Talk[Face],
        addresses: Iterable[int],
        *,
        line: LastingLine,
        polling: Polling,
        on_key: Callable[[int, str], None],
        on_state: Callable[[int, State], None],
        on_line: Callable[[str], None] = lambda _trouble: None,
        monotonic: Callable[[], float] = time.monotonic,
        told_every_s: float = TOLD_EVERY_S,
    ) -> None:
        """Prepare; nothing is opened before `start`. `on_line` hears why the line is closed, or nothing: it is open."""
        self._name = name
        self._talk = talk
        self._addresses = tuple(addresses)
        self._line = line
        self._polling = polling
        self._on_key, self._on_state, self._on_line = on_key, on_state, on_line
        self._monotonic = monotonic
        self._told_every_s = told_every_s
        self._turns: Turns[Face] = Turns(self._addresses, polling, manner=talk.manner)
        self._framer = talk.framer()
        self._wanted: SimpleQueue[tuple[int, Face]] = SimpleQueue()
        self._seqs: dict[int, int | None] = dict.fromkeys(self._addresses)
        self._told: dict[int, State] = {}
        self._told_line: str | None = None
        self._told_at_s: dict[int | None, float] = {}
        self._is_open = False
        self._stopping = threading.Event()
        self._worker: DeviceWorker | None = None

    def start(self) -> None:
        """Begin to serve the line; every device's state is told within moments."""
        self._worker = DeviceWorker(self._name, post=lambda step: step())
        self._again(None)

    def show(self, address: int, face: Face) -> None:
        """Have a device show `face`, as soon as it can; a newer face replaces one that was not sent yet."""
        self._wanted.put((address, face))

    def stop(self, *, timeout_s: float = 5.0) -> bool:
        """Send what is still to be shown to those who are there, give the line back; tell whether the thread ended."""
        self._stopping.set()
        if self._worker is None:
            return True
        self._worker.submit(self._last_words, lambda _: None)
        ended = self._worker.stop(timeout_s=timeout_s)
        if ended:
            self._line.close()
        return ended

    # -- one turn, on the master's thread ------------------------------------------------------------------------------

    def _again(self, outcome: HardwareError | None) -> None:
        """Queue the next turn. An outcome is an unforeseen fault: the line rests, or we would fail a thousand times."""
        if outcome is not None:
            self._line.give_up()
            self._lost()
        if self._worker is not None and not self._stopping.is_set():
            self._worker.submit(self._turn, self._again)

    def _turn(self) -> None:
        try:
            self._serve()
        except HardwareError:  # the line has closed itself, and has said why
            self._lost()
        self._tell_states()

    def _last_words(self) -> None:
        """Show what waits; whoever does not answer the first time has lost it."""
        deadline_s = self._monotonic() + LAST_WORDS_S
        self._take_wanted()
        while self._is_open and self._monotonic() < deadline_s:
            turn = self._turns.next(self._monotonic())
            if turn is None or turn.kind == "poll":
                return
            self._say(turn)

    def _serve(self) -> None:
        if not self._open():
            self._stopping.wait(min(self._line.retry_in_s, CLOSED_S))
            return
        self._take_wanted()
        now_s = self._monotonic()
        turn = self._turns.next(now_s)
        if turn is None:
            self._take(self._line.receive(timeout_s=LISTEN_S))
        else:
            self._say(turn)

    def _open(self) -> bool:
        opened = self._line.opened()
        if opened and not self._is_open:
            self._framer.drop()
            self._turns.line_opened()
        elif not opened:
            self._turns.line_lost()
        self._is_open = opened
        return opened

    def _lost(self) -> None:
        self._is_open = False
        self._turns.line_lost()

    def _take_wanted(self) -> None:
        while True:
            try:
                address, face = self._wanted.get_nowait()
            except Empty:
                return
            self._turns.want(address, face)

    def _say(self, turn: Turn[Face]) -> None:
        """Say one thing, again where no answer comes; once only to those who did not answer the last time either."""
        request = self._request(turn)
        attempts = 1 if self._is_away(turn.address) else 1 + self._polling.retries
        for _ in range(attempts):
            self._line.send(request)
            if self._talk.manner in {"one_way", "own_line"} or self._heard_from(turn):
                self._turns.answered(turn, self._monotonic())
                return
            if self._stopping.is_set():
                return
        self._turns.silent(turn, self._monotonic())
        self._seqs[turn.address] = None  # whoever comes back may count from the start again

    def _request(self, turn: Turn[Face]) -> bytes:
        if turn.kind == "show" and turn.face is not None:
            return self._talk.show(turn.address, turn.face)
        return self._talk.poll(turn.address, self._seqs[turn.address])

    def _heard_from(self, turn: Turn[Face]) -> bool:
        """Wait for the answer that belongs to `turn`; what else is heard meanwhile counts as well."""
        deadline_s = self._monotonic() + self._polling.answer_s
        while (left_s := deadline_s - self._monotonic()) > 0:
            heard = self._take(self._line.receive(timeout_s=left_s))
            if any(one.address == turn.address and one.answers == turn.kind for one in heard):
                return True
        return False

    def _take(self, data: bytes) -> list[Heard]:
        """Understand what came, and hand on the keys that are new."""
        frames = self._framer.feed(data, at_s=self._monotonic())
        heard = [one for frame in frames if (one := self._talk.hear(frame)) and one.address in self._seqs]
        for one in heard:
            repeated = one.seq is not None and one.seq == self._seqs[one.address]
            # What was pressed while nobody could hear it is not done now: the visitor may have gone.
            stale = self._is_away(one.address)
            if one.seq is not None:
                self._seqs[one.address] = one.seq
            for key in () if repeated or stale else one.keys:
                self._on_key(one.address, key)
        return heard

    def _is_away(self, address: int) -> bool:
        """Tell whether a device has not answered: the last time, or yet."""
        return self._turns.state(address) in {None, "absent"}

    def _tell_states(self) -> None:
        trouble = self._line.trouble
        if self._told_line != trouble and self._may_tell(None):
            self._told_line = trouble
            self._on_line(trouble)
        for address in self._addresses:
            state = self._turns.state(address)
            if state is not None and self._told.get(address) != state and self._may_tell(address):
                self._told[address] = state
                self._on_state(address, state)

    def _may_tell(self, whom: int | None) -> bool:
        """Tell whether the last word about a device, or the line (None), is long enough ago, and note this one."""
        now_s = self._monotonic()
        if now_s - self._told_at_s.get(whom, -math.inf) < self._told_every_s:
            return False
        self._told_at_s[whom] = now_s
        return True
