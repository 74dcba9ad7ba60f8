"""A line to a phone that is behind: what it is sent, and when it is given up."""

from __future__ import annotations

import asyncio

import pytest

from broker.web.line import SEND_TIMEOUT_S, Line
from tests.fakes.clock import FakeClock

HIGH_BYTES = 100


class FakeTransport(asyncio.Transport):
    """Keeps what it is given until somebody takes it, and says when that is much, as asyncio's does."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = b""
        self.taken = b""
        self.is_closed = False
        self.protocol: Line | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        was_full = len(self.kept) > HIGH_BYTES
        self.kept += bytes(data)
        if not was_full and len(self.kept) > HIGH_BYTES and self.protocol is not None:
            self.protocol.pause_writing()

    def take(self) -> None:
        """Take all of it, as a phone does that is there again."""
        was_full = len(self.kept) > HIGH_BYTES
        self.taken, self.kept = self.taken + self.kept, b""
        if was_full and self.protocol is not None:
            self.protocol.resume_writing()

    def is_closing(self) -> bool:
        """Tell whether it is closed."""
        return self.is_closed

    def close(self) -> None:
        """Send what is kept, then hang up."""
        self.is_closed = True

    def abort(self) -> None:
        """Hang up."""
        self.is_closed, self.kept = True, b""
        if self.protocol is not None:
            self.protocol.connection_lost(None)


class Wire:
    """A line on such a transport, and what it told."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.transport = FakeTransport()
        self.told: list[str] = []
        self.line = Line(
            self.transport,
            is_chunked=True,
            on_lost=lambda: self.told.append("counted no more"),
            monotonic=self.clock.monotonic,
        )
        self.line.serve(on_room=lambda: self.told.append("room"), on_lost=lambda: self.told.append("lost"))
        self.transport.protocol = self.line


@pytest.fixture
def wire() -> Wire:
    """Return a line to a phone that takes nothing yet."""
    return Wire()


def test_whoever_is_behind_is_sent_nothing_until_there_is_room_and_then_told_so(wire: Wire) -> None:
    assert wire.line.has_room()
    wire.line.send(b"x" * 200)
    assert not wire.line.has_room()
    wire.transport.take()
    assert wire.told == ["room"]
    assert wire.line.has_room()
    assert wire.transport.taken == b"c8\r\n" + b"x" * 200 + b"\r\n"


def test_one_that_takes_nothing_for_long_is_given_up(wire: Wire) -> None:
    wire.line.send(b"x" * 200)
    wire.clock.advance(SEND_TIMEOUT_S)
    assert not wire.line.has_room()
    assert wire.told == []
    wire.clock.advance(1)
    assert not wire.line.has_room()
    assert wire.told == ["counted no more", "lost"]
    assert not wire.line.has_room()
    assert wire.told == ["counted no more", "lost"], "once"


def test_the_end_is_said_before_it_hangs_up_and_not_twice(wire: Wire) -> None:
    wire.line.end()
    wire.line.end()
    assert wire.transport.kept == b"0\r\n\r\n"
    assert wire.transport.is_closed
