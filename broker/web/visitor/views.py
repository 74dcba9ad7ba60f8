"""The addresses that visitors open: the office, and their ticket."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from broker.contract.messages import Reply
from broker.language import Phrases, mark
from broker.ticket_link import key_of
from broker.web.forms import read_form
from broker.web.line import Line, frame
from broker.web.office import UnansweredError
from broker.web.page import one_line
from broker.web.site import Site, site_of
from broker.web.visitor.following import Followed, UnknownTicketError
from broker.web.visitor.lobby import lobby_page
from broker.web.visitor.stream import EventStream
from broker.web.visitor.ticket import Around, Link, TicketPage, documents, ticket_page, why_others
from broker.web.visitor.writing import mark_of, new_mark, request_id

RETRY_MS = 2000


def key_in(request: Request) -> str:
    """Return the key in an address, in capitals. Raises HTTPException where it cannot be one."""
    key = key_of(request.path_params["key"])
    if key is None:
        raise HTTPException(404)
    return key


async def lobby(request: Request) -> Response:
    """Show the office: who is called, how long it takes, where else to go."""
    site = site_of(request)
    words = site.pages.words(request)
    page = lobby_page(site.office.hall, site.office.offer, words, site.office.stale_since, site.office.announced())
    links = [(url, words.say(text)) for url, text in site.links()]
    return site.pages.answer(request, "lobby.html", page=page, links=links)


async def lobby_events(request: Request) -> Response:
    """Tell an open page of the office when it is to look again at once."""
    return EventStream(site_of(request).lobbies.follow)


async def ticket(request: Request) -> Response:
    """Show how a ticket stands."""
    key, site = key_in(request), site_of(request)
    followed = await _found(request, key)
    if isinstance(followed, Response):
        return followed
    words = site.pages.words(request)
    around = _around(site, followed, words)
    return site.pages.answer(
        request,
        "ticket.html",
        page=ticket_page(followed.ticket, around),
        key=key,
        form_id=new_mark(),
        as_of=around.as_of,
        why=why_others(followed.ticket, around),
        documents=documents(followed.ticket, around),
    )


async def ticket_events(request: Request) -> Response:
    """Tell an open page of each change, for as long as it is open."""
    key, site = key_in(request), site_of(request)
    try:
        followed = await site.following.find(key)
    except UnknownTicketError:
        return Response(status_code=HTTPStatus.NO_CONTENT)  # an EventSource asks no more
    words = site.pages.words(request)
    return EventStream(lambda line: OpenPage(site, followed, words, line).begin())


@dataclass(slots=True, eq=False)
class OpenPage:
    """A ticket's page on a phone: hears what it has to show anew, or that nothing has changed."""

    site: Site
    followed: Followed
    words: Phrases
    line: Line
    shown: TicketPage | None = None

    def begin(self) -> None:
        """Show how the ticket stands, and follow it for as long as the page is open."""
        show = self.show
        watchers = self.followed.watchers
        watchers.add(show)
        self.line.serve(on_room=show, on_lost=lambda: watchers.discard(show))
        self.site.following.tell_in_turn(self.followed)

    def show(self) -> None:
        """Send what has changed, a beat where nothing has, and that all is over where the ticket's day is."""
        if not self.line.has_room():
            return
        site, words, followed = self.site, self.words, self.followed
        if followed.is_gone:
            self.line.send(frame("gone", "-"))
            self.line.end()
            return
        around = _around(site, followed, words)
        page, before = ticket_page(followed.ticket, around), self.shown
        if page != before:
            html = site.pages.html(
                "ticket_status.html", words, page=page, key=followed.key, form_id=new_mark(), as_of=around.as_of
            )
            self.line.send(frame("status", one_line(html), retry_ms=RETRY_MS))
            if before is not None and page.said != before.said:
                self.line.send(frame("said", one_line(site.pages.html("said.html", words, page=page))))
            self.shown = page
        elif site.office.stale_since is None:
            self.line.send(frame("beat", around.as_of))


async def cancel_question(request: Request) -> Response:
    """Ask whether a place is really to be given up."""
    site = site_of(request)
    followed = await _found(request, key_in(request))
    if isinstance(followed, Response):
        return followed
    page = ticket_page(followed.ticket, _around(site, followed, site.pages.words(request)))
    if not page.may_cancel:
        return _back(followed.key)
    return site.pages.answer(request, "cancel.html", page=page, key=followed.key, form_id=new_mark())


async def cancel(request: Request) -> Response:
    """Give a place up."""
    return await _act(request, "cancel")


async def rejoin(request: Request) -> Response:
    """Take a missed visitor into the queue again."""
    return await _act(request, "rejoin")


async def _act(request: Request, command: str) -> Response:
    """Ask the engine for what the holder of a ticket wants, then show how the ticket stands."""
    key, site = key_in(request), site_of(request)
    arguments = {"ticket": key, "until": site.office.until()}
    identity = request_id(mark_of(await read_form(request)), command, {"ticket": key})
    try:
        reply = await site.office.ask(command, arguments, request_id=identity)
    except UnansweredError:
        return site.wrong(request, HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})
    if reply.error is not None:
        if command == "cancel" and await _is_given_up(site, key):
            return _back(key)
        return _refused(request, key, reply)
    site.following.doubt(key)  # the answer may be the remembered one of a form that was sent before
    return _back(key)


async def _is_given_up(site: Site, key: str) -> bool:
    """Tell whether another phone with the same ticket was first: then all is as this one wants it."""
    with contextlib.suppress(UnknownTicketError, UnansweredError):
        return (await site.following.find(key)).ticket.state == "cancelled"
    return False


_NO_TICKET = (
    mark("This link does not lead to a ticket any more"),
    mark(
        "A ticket's page lasts until the end of its day. A number that you have just taken counts: open this page "
        "again in a few minutes. For a new number please go to the kiosk in the hall."
    ),
)


async def _found(request: Request, key: str) -> Followed | Response:
    """Return a ticket, or the page that says that there is none."""
    site = site_of(request)
    try:
        return await site.following.find(key)
    except UnknownTicketError:
        return site.told(request, *_NO_TICKET, status=HTTPStatus.NOT_FOUND)


def _refused(request: Request, key: str, reply: Reply) -> Response:
    """Say why something was not done, and lead back to the ticket."""
    site, code = site_of(request), "bad_request" if reply.error is None else reply.error.code
    if code == "unknown_ticket":
        return site.told(request, *_NO_TICKET, status=HTTPStatus.NOT_FOUND)
    words = site.pages.words(request)
    return site.pages.answer(
        request,
        "told.html",
        status=HTTPStatus.CONFLICT,
        title=words.say("This was not done"),
        text=words.error(code),
        again=f"/t/{key}",
    )


def _back(key: str) -> Response:
    return RedirectResponse(f"/t/{key}", status_code=HTTPStatus.SEE_OTHER)


def _around(site: Site, followed: Followed, words: Phrases) -> Around:
    office = site.office
    now = office.clock.now()
    if office.offer is not None:
        now = now.astimezone(ZoneInfo(office.offer.office.timezone))
    return Around(
        words=words,
        now=now,
        offer=office.offer,
        stale_since=None if office.stale_since is None else office.stale_since.astimezone(now.tzinfo),
        called_at=followed.called_at,
        links=_after(site, followed, words),
        announced=office.announced(),
    )


def _after(site: Site, followed: Followed, words: Phrases) -> tuple[Link, ...]:
    """Return what is asked of whoever is done."""
    if not site.office.asked.rating:
        return ()
    return (Link(f"/r/{followed.key}", words.say("How was it? Tell us with one tap")),)


ROUTES = [
    Route("/", lobby),
    Route("/events", lobby_events),
    *(
        route
        for letter in "tT"
        for route in (
            Route(f"/{letter}/{{key}}", ticket),
            Route(f"/{letter}/{{key}}/events", ticket_events),
            Route(f"/{letter}/{{key}}/cancel", cancel_question, methods=["GET"]),
            Route(f"/{letter}/{{key}}/cancel", cancel, methods=["POST"]),
            Route(f"/{letter}/{{key}}/rejoin", rejoin, methods=["POST"]),
        )
    ),
]
