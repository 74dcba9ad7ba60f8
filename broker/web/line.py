"""An open page's end of its connection, once it has been answered: frames go out, and nothing more is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LINE = "line"
"""Under which name the state of a request has what hands its connection over."""
SEND_TIMEOUT_S = 20.0
"""A phone that takes nothing for so long is gone: it comes back by itself when it can."""


def frame(event: str, data: str, *, retry_ms: int | None = None) -> bytes:
    """Return one event (SSE) on the wire; `data` is one line."""
    retry = "" if retry_ms is None else f"retry: {retry_ms}\r\n"
    return f"event: {event}\r\ndata: {data}\r\n{retry}\r\n".encode()


class Line(asyncio.Protocol):
    """What takes a connection over from HTTP: 500 of them are 500 such objects, without a request, a task or a stack.

    On the event loop's thread alone.
    """

    is_asking = False
    """Whether its request is not whole yet, which is what connections are ended for."""

    __slots__ = ("_full_since_s", "_is_chunked", "_monotonic", "_on_lost", "_on_room", "_transport")

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        is_chunked: bool,
        on_lost: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take over what `transport` has left to say; `is_chunked` tells how HTTP frames it (RFC 9112, 7.1)."""
        self._transport = transport
        self._is_chunked = is_chunked
        self._on_lost = [on_lost]
        self._on_room: Callable[[], None] | None = None
        self._full_since_s: float | None = None
        self._monotonic = monotonic

    def serve(self, *, on_room: Callable[[], None], on_lost: Callable[[], None]) -> None:
        """Say who is told when a phone that took nothing takes something again, and when it is gone."""
        self._on_room = on_room
        self._on_lost.append(on_lost)

    def has_room(self) -> bool:
        """Tell whether the phone takes what it is sent; one that has taken nothing for long is cut off."""
        if self._full_since_s is None:
            return not self._transport.is_closing()
        if self._monotonic() - self._full_since_s > SEND_TIMEOUT_S:
            self._transport.abort()
        return False

    def send(self, data: bytes) -> None:
        """Send a frame."""
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self._is_chunked else data)

    def end(self) -> None:
        """Say that nothing more comes, and hang up."""
        if self._is_chunked and not self._transport.is_closing():
            self._transport.write(b"0\r\n\r\n")
        self._transport.close()

    def shutdown(self) -> None:
        """Hang up as the server ends: it has no end of its own, and its page comes back by itself."""
        self._transport.close()

    # -- as the transport tells it --------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        """Take note that the phone is behind: it is shown how things stand when it has caught up, not all between."""
        self._full_since_s = self._monotonic()

    def resume_writing(self) -> None:
        """Show how things stand now."""
        self._full_since_s = None
        if self._on_room is not None:
            self._on_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the phone."""
        del exc
        for told in self._on_lost:
            told()
        self._on_lost.clear()
        self._on_room = None
