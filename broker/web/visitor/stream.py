"""A stream of events (SSE) to an open page, at the least cost for each of many: one task beside the request's own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from starlette.responses import StreamingResponse
from starlette.types import Send

SEND_TIMEOUT_S = 20.0
"""A phone that takes nothing for so long is gone: it comes back by itself when it can."""


def frame(event: str, data: str, *, retry_ms: int | None = None) -> bytes:
    """Return one event on the wire; `data` is one line."""
    retry = "" if retry_ms is None else f"retry: {retry_ms}\r\n"
    return f"event: {event}\r\ndata: {data}\r\n{retry}\r\n".encode()


class EventStream(StreamingResponse):
    """Sends frames for as long as somebody listens."""

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncGenerator[bytes]) -> None:
        """Begin with the first of `frames`, which are ended with the connection."""
        super().__init__(frames, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._frames = frames

    async def stream_response(self, send: Send) -> None:
        """Send each frame when it is there. Raises TimeoutError where the phone does not take it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with contextlib.aclosing(self._frames):
            async for one in self._frames:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await send({"type": "http.response.body", "body": one, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
