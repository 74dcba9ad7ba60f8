"""What stands before every page: bounds, rates, headers, and a log that names nobody."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broker.web.forms import MAX_BODY_BYTES
from broker.web.rates import Rates

MAX_PATH = 256
UPLOADS, MAX_UPLOAD_BYTES = "/staff/rules/slides/", 12 * 1024 * 1024
"""Where pictures are sent to, and how large one may be. Nothing of it is read before a session has been looked at."""
MAX_QUERY = 1024
MAX_HEADERS = 16 * 1024
"""The server's own bound holds for what comes in pieces alone."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The address of a ticket's page is its key: nobody else hears it. With `no-referrer` browsers would not tell us
    # either, and say `Origin: null` of our own forms (Fetch, "append a request Origin header").
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_METHODS = frozenset({"GET", "HEAD", "POST"})
_TICKET_PATH = re.compile(r"/[tr]/([A-Za-z2-7]{16})(?:/|$)", re.IGNORECASE)

log = logging.getLogger(__name__)
Refuse = Callable[[Request, HTTPException], Response]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one phone may ask. A whole hall may share one address, where a router hides it."""

    pages: Rates
    sent: Rates
    """Forms that were sent."""
    ticket: Rates
    """Of one ticket's page, by whoever."""


def usual_limits(monotonic: Callable[[], float] = time.monotonic) -> Limits:
    """Return limits that nobody meets who only looks."""
    return Limits(
        pages=Rates(burst=1500, per_s=50, monotonic=monotonic),
        sent=Rates(burst=60, per_s=2, monotonic=monotonic),
        ticket=Rates(burst=40, per_s=1, monotonic=monotonic),
    )


class Guard:
    """ASGI middleware: lets through what is harmless, and says in a page why something is not."""

    def __init__(self, app: ASGIApp, *, limits: Limits, refuse: Refuse) -> None:
        """Stand before `app`; `refuse` draws the page of a refusal."""
        self._app = app
        self._limits = limits
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at a request before anybody else does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun_s, told = time.monotonic(), False

        async def answer(message: Message) -> None:
            nonlocal told
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                told = True
                _log(scope, message["status"], time.monotonic() - begun_s)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, _bounded(receive, _most_bytes(scope)), answer)
        else:
            await self._refuse(Request(scope), refusal)(scope, receive, answer)
        if not told:
            _log(scope, 499, time.monotonic() - begun_s)

    def _refusal(self, scope: Scope) -> HTTPException | None:
        """Return why a request is not even looked at, or None."""
        path, headers = scope["path"], Headers(scope=scope)
        if len(path) > MAX_PATH or len(scope["query_string"]) > MAX_QUERY:
            return HTTPException(414)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
            return HTTPException(431)
        if path.startswith("/static/"):
            return None
        sends = scope["method"] not in {"GET", "HEAD"}
        if sends and not is_own_form(headers):
            return HTTPException(403)
        if sends and _length(headers) > _most_bytes(scope):
            return HTTPException(413)
        wait_s = max(self._waits_s(scope, path, sends=sends), default=0)
        return HTTPException(429, headers={"Retry-After": str(wait_s)}) if wait_s else None

    def _waits_s(self, scope: Scope, path: str, *, sends: bool) -> Iterable[int]:
        address = (scope.get("client") or ("", 0))[0]
        yield (self._limits.sent if sends else self._limits.pages).wait_s(address)
        ticket = _TICKET_PATH.match(path)
        if ticket is not None:
            yield self._limits.ticket.wait_s(ticket[1].upper())


def is_own_form(headers: Headers) -> bool:
    """Tell whether a form was sent from a page of ours, as far as the browser tells. Old ones say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    if origin == "null":  # how a page without a referrer says it, in some browsers also for its own forms
        return site == "same-origin"
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _length(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 10 else MAX_UPLOAD_BYTES + 1  # noqa: PLR2004 - digits


def _most_bytes(scope: Scope) -> int:
    return MAX_UPLOAD_BYTES if scope["path"].startswith(UPLOADS) else MAX_BODY_BYTES


def _bounded(receive: Receive, most: int) -> Receive:
    """Return what reads a body only so far: one that tells no length could go on for ever."""
    got = 0

    async def read() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise HTTPException(413)
        return message

    return read


def _log(scope: Scope, status: int, took_s: float) -> None:
    """Write down what was asked and how that went, by the kind of page: no address, no key, nothing typed."""
    method, page = scope["method"], getattr(scope.get("endpoint"), "__name__", "-")
    log.info("%s %s %d %d ms", method if method in _METHODS else "-", page, status, took_s * 1000)
