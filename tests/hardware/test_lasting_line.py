"""A line that comes back: when it is tried again, and what a replugged device does not have to listen to."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from hardware.errors import DeviceUnavailable
from hardware.line.lasting_line import MAX_DELAY_S, LastingLine
from tests.fakes.clock import FakeClock


@dataclass
class Socket:
    """A place where a line can be plugged in; counts what is opened and closed."""

    plugged: bool = True
    openings: int = 0
    closings: int = 0
    dropped: int = 0
    incoming: list[bytes] = field(default_factory=list)

    def open(self) -> Socket:
        """Open, if something is there."""
        self.openings += 1
        self._check()
        return self

    def send(self, data: bytes) -> None:
        """Take data."""
        assert data
        self._check()

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what is there."""
        assert timeout_s >= 0
        self._check()
        return self.incoming.pop(0) if self.incoming else b""

    def drop_input(self) -> None:
        """Forget what is there."""
        self.dropped += 1

    def close(self) -> None:
        """Count."""
        self.closings += 1

    def _check(self) -> None:
        if not self.plugged:
            raise DeviceUnavailable("keypads", "not there")  # noqa: EM101 - as the real one


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def line_of(socket: Socket, clock: FakeClock, *, jitter: float = 1.0) -> LastingLine:
    return LastingLine(socket.open, monotonic=clock.monotonic, jitter=lambda: jitter)


def test_it_is_opened_when_asked_and_what_lay_in_it_is_dropped(clock: FakeClock) -> None:
    socket = Socket()
    line = line_of(socket, clock)
    assert (socket.openings, line.opened(), line.opened(), socket.openings, socket.dropped) == (0, True, True, 1, 1)


def test_a_fault_closes_it_and_it_is_tried_again_in_growing_steps(clock: FakeClock) -> None:
    socket = Socket()
    line = line_of(socket, clock)
    line.opened()
    socket.plugged = False
    with pytest.raises(DeviceUnavailable):
        line.send(b"x")
    assert socket.closings == 1
    delays = []
    for _ in range(8):
        delays.append(line.retry_in_s)
        before = socket.openings
        assert not line.opened()
        assert socket.openings == before  # not before its time
        clock.advance(line.retry_in_s)
        assert not line.opened()
    assert delays == pytest.approx([0.25, 0.5, 1, 2, 4, MAX_DELAY_S, MAX_DELAY_S, MAX_DELAY_S])
    socket.plugged = True
    clock.advance(MAX_DELAY_S)
    assert line.opened()
    assert socket.dropped == 2


def test_bytes_prove_a_line_and_the_next_fault_is_tried_at_once(clock: FakeClock) -> None:
    socket = Socket(plugged=False)
    line = line_of(socket, clock)
    for _ in range(6):
        line.opened()
        clock.advance(line.retry_in_s)
    socket.plugged = True
    assert line.opened()
    socket.incoming.append(b"news")
    assert line.receive(timeout_s=0) == b"news"
    socket.plugged = False
    with pytest.raises(DeviceUnavailable):
        line.receive(timeout_s=0)
    assert line.retry_in_s == pytest.approx(0.25)


def test_machines_do_not_come_back_all_at_once(clock: FakeClock) -> None:
    waits = []
    for jitter in (0.0, 0.5, 1.0):
        line = line_of(Socket(plugged=False), clock, jitter=jitter)
        line.opened()
        waits.append(line.retry_in_s)
    assert waits == pytest.approx([0.125, 0.1875, 0.25])


def test_a_closed_line_takes_nothing(clock: FakeClock) -> None:
    line = line_of(Socket(), clock)
    with pytest.raises(DeviceUnavailable):
        line.send(b"x")
