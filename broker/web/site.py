"""The site: what all pages share, their addresses, and the pages that say what is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from broker.language import mark
from broker.web.boards import OpenBoards
from broker.web.guard import Guard, Limits, usual_limits
from broker.web.metrics import OfficeMetrics
from broker.web.office import Office, UnansweredError
from broker.web.page import LANGUAGE_COOKIE, Pages
from broker.web.visitor.following import Following
from broker.web.visitor.watching import OpenLobbies

_A_YEAR_S = 365 * 24 * 3600
_ZIPPED_FROM_BYTES = 500

_WRONG: dict[int, tuple[str, str]] = {
    HTTPStatus.NOT_FOUND: (
        mark("There is no such page"),
        mark("Please look at the address again, or scan the code on your ticket once more."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        mark("This is not possible here"),
        mark("Please go back and use the buttons on the page."),
    ),
    HTTPStatus.FORBIDDEN: (
        mark("This was not sent from a page of this office"),
        mark("Please open the page again and send it from there."),
    ),
    HTTPStatus.REQUEST_TIMEOUT: (
        mark("This came too slowly"),
        mark("The Wi-Fi may be weak here. Please try again: what you wrote was not saved."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        mark("This is too long"),
        mark("Nothing was saved. Please go back, make it shorter, and send it again."),
    ),
    HTTPStatus.REQUEST_URI_TOO_LONG: (
        mark("This address is too long"),
        mark("Please look at the address again, or scan the code on your ticket once more."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        mark("Too many requests"),
        mark("Please wait a moment, then open this page again. Your place in the queue is safe."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        mark("The queue system is not answering right now"),
        mark("Your place in the queue is safe. Please try again in a moment, or ask an officer."),
    ),
}
_ANY_FAULT = (
    mark("Something went wrong here"),
    mark("Your place in the queue is safe. Please try again, or ask an officer."),
)
_NOT_UNDERSTOOD = (
    mark("This was not understood"),
    mark("Please go back and use the buttons on the page."),
)


@dataclass(slots=True)
class Site:
    """What all pages share. Made when the event loop runs."""

    office: Office
    pages: Pages
    following: Following
    lobbies: OpenLobbies
    boards: OpenBoards
    metrics: OfficeMetrics
    limits: Limits = field(default_factory=usual_limits)
    links: Callable[[], Sequence[tuple[str, str]]] = tuple
    """Where the office's page leads to: addresses, and texts of the catalogue."""

    def wrong(self, request: Request, status: int, *, headers: dict[str, str] | None = None) -> Response:
        """Return the page that says what is wrong and what to do."""
        otherwise = _NOT_UNDERSTOOD if status < HTTPStatus.INTERNAL_SERVER_ERROR else _ANY_FAULT
        title, text = _WRONG.get(status, otherwise)
        again = request.url.path if request.method == "GET" and status >= HTTPStatus.TOO_MANY_REQUESTS else None
        return self.told(request, title, text, status=status, headers=headers, again=again)

    def told(
        self,
        request: Request,
        title: str,
        text: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        again: str | None = None,
    ) -> Response:
        """Return a page with a heading and a sentence, both texts of the catalogue, and perhaps a way to try again."""
        words = self.pages.words(request)
        return self.pages.answer(
            request,
            "told.html",
            status=status,
            headers=headers,
            title=words.say(title),
            text=words.say(text),
            again=again,
        )


def site_of(request: Request) -> Site:
    """Return what all pages share."""
    return cast("Site", request.app.state.site)


def build(
    open_site: Callable[[], contextlib.AbstractAsyncContextManager[Site]],
    routes: Sequence[BaseRoute],
    *,
    limits: Limits | None = None,
) -> Starlette:
    """Return the application; `open_site` makes what the pages share, as long as it runs."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_site() as site:
            app.state.site = site
            yield

    def refused(request: Request, error: HTTPException) -> Response:
        return wrong_status(request, error)

    return Starlette(
        routes=[
            *routes,
            Route("/static/{name}", static_file),
            Route("/favicon.ico", no_icon),
            Route("/robots.txt", no_robots),
        ],
        middleware=[
            Middleware(Guard, limits=limits or usual_limits(), refuse=refused),
            Middleware(Zipped),
            Middleware(LanguageSwitch),
        ],
        exception_handlers={
            HTTPException: wrong_status,
            UnansweredError: unanswered,
            Exception: failed,
        },
        lifespan=lifespan,
    )


class Zipped:
    """ASGI middleware: packs pages for visitors. What stands behind a log-in is left alone (BREACH)."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app
        self._zipping = GZipMiddleware(app, minimum_size=_ZIPPED_FROM_BYTES, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pack the answer where that is harmless and the browser takes it."""
        path = scope.get("path", "")  # a stream of events stays plain: a packer for each open page takes 50 KB
        plain = scope["type"] != "http" or path.startswith(("/staff", "/static/")) or path.endswith("/events")
        await (self._app if plain else self._zipping)(scope, receive, send)


class LanguageSwitch:
    """ASGI middleware: `?lang=en` on any page keeps that language in the only cookie that visitors get."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send whoever chose a language to the same page in it."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and b"lang=" in scope["query_string"]:
            request = Request(scope)
            chosen = request.query_params.get("lang", "")
            if chosen in site_of(request).pages.languages:
                await switched(request, chosen)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def switched(request: Request, language: str) -> Response:
    """Return the way to the same page in another language."""
    rest = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "lang"])
    path = "/" + request.url.path.lstrip("/\\")  # "//host" would lead to another one
    answer = RedirectResponse(f"{path}?{rest}" if rest else path, status_code=HTTPStatus.SEE_OTHER)
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_A_YEAR_S, httponly=True, samesite="lax")
    return answer


async def static_file(request: Request) -> Response:
    """Return a file that pages need."""
    file = site_of(request).pages.by_url.get(f"/static/{request.path_params['name']}")
    if file is None:
        raise HTTPException(404)
    return file.response(request)


async def no_icon(_request: Request) -> Response:
    """Answer browsers that ask for a sign of their own accord."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "max-age=86400"})


async def no_robots(_request: Request) -> Response:
    """Ask search engines to stay away."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def wrong_status(request: Request, error: Exception) -> Response:
    """Draw a refusal."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return site_of(request).wrong(request, status, headers=headers)


def unanswered(request: Request, _error: Exception) -> Response:
    """Say that the engine is away."""
    return site_of(request).wrong(request, HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})


def failed(request: Request, _error: Exception) -> Response:
    """Say that something went wrong; what, is in the log."""
    return site_of(request).wrong(request, HTTPStatus.INTERNAL_SERVER_ERROR)
