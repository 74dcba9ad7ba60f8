"""The answer that begins a stream of events (SSE) to an open page, and leaves the connection to it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from broker.web.line import LINE, Line


class EventStream(Response):
    """Answers with a head alone; from then on there is only a line."""

    media_type = "text/event-stream"

    def __init__(self, begin: Callable[[Line], None]) -> None:
        """Hand the line to `begin`, which says on it what it likes, for as long as it likes."""
        self.status_code = 200
        self.background = None
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})  # no length: it has no end
        self._begin = begin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        del receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        line: Line | None = scope["state"][LINE]()
        if line is not None:
            self._begin(line)
