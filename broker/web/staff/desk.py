"""One request of somebody of the staff, and how a section of their pages says where it stands and for whom it is.

The engine alone decides who may do what. Before a page is shown it is asked whether the session still counts, and
which role it has: what a browser says of itself opens nothing. What a form sends is decided by the command that it
becomes; a form that becomes none asks by `Desk.require` itself.
"""

from __future__ import annotations

import datetime as dt
import functools
import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from broker.contract.messages import Reply, StaffSession, SurveyMessage
from broker.web.asking import Asking
from broker.web.staff import frame as around
from broker.web.staff.access import TOKEN_FIELD, Staff, cookie_names, is_near, is_token, staff_of
from broker.web.staff.frame import OWN_ACCOUNT, Done, Entry, Frame
from broker.web.staff.lately import Lately
from broker.web.staff.strip import coach_of, strip_of
from broker.web.visitor.writing import Fields, read

WORDS = "broker.web.staff"
WALL = "wall"
"""In the query of a page: it hangs in the room."""
FORBIDDEN = 403
UNSIGNED = 401
WRITTEN = ("text", "plan", "reason")
"""Fields that take time to write."""
PLACE = "f."
"""So the names of fields begin in which rules of the office stand."""


class NoSessionError(Exception):
    """Nobody is signed in, or not any more."""


class NotTheirsError(Exception):
    """Who is signed in may not see this: never might, or may not any more."""

    def __init__(self, act: str) -> None:
        """Name what they may not."""
        super().__init__(act)
        self.act = act


class Desk(Asking):
    """One request of somebody of the staff."""

    def __init__(
        self,
        request: Request,
        entries: Sequence[Entry] = (),
        lately: Lately | None = None,
        *,
        is_training: bool = False,
    ) -> None:
        """Take a request; `entries` make the navigation, `lately` knows what was done just now."""
        super().__init__(request, WORDS)
        self._entries = entries
        self.lately = lately or Lately()
        self.is_training = is_training
        self.cookies = cookie_names(is_training=is_training, is_safe=self.is_encrypted)
        self.known = staff_of(request.cookies.get(self.cookies.session))
        """Who the browser says to be, until the engine has said it."""

    @property
    def staff(self) -> Staff:
        """Return who is signed in. Raises NoSessionError."""
        if self.known is None:
            raise NoSessionError
        return self.known

    @property
    def is_near(self) -> bool:
        """Tell whether the browser runs on this machine."""
        return is_near(self.request.client.host if self.request.client else None)

    @property
    def browser(self) -> str:
        """Return from where it is asked; of version 6 the network alone, of which each machine has many addresses."""
        host = self.request.client.host if self.request.client else ""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return "unknown"
        if address.version == 6:  # noqa: PLR2004 - of IP
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)

    @property
    def now(self) -> dt.datetime:
        """Return the office's time, by its engine's clock."""
        return self.office.clock.now().astimezone(self.zone)

    @property
    def office_id(self) -> str:
        """Return which office it is."""
        offer = self.office.offer
        return "" if offer is None else offer.office.id

    @property
    def is_plain(self) -> bool:
        """Tell whether others could read along: plain HTTP, from another machine."""
        return not self.is_encrypted and not self.is_near

    @property
    def is_encrypted(self) -> bool:
        """Tell whether the request came by https."""
        return self.request.url.scheme == "https"

    @property
    def page(self) -> int:
        """Return which page of a list is asked for, from 0."""
        page = self.request.query_params.get("page", "0")
        return int(page) if re.fullmatch(r"[0-9]{1,4}", page) else 0

    @property
    def home(self) -> str:
        """Return where somebody begins: the first page that is for them."""
        return next((link.url for link in self.frame().links), OWN_ACCOUNT)

    async def form(self) -> Fields:
        """Return what a form sent; one that is not from our own page is refused. Raises NoSessionError."""
        staff, fields = self.staff, await self.fields()
        if not is_token(staff, fields.get(TOKEN_FIELD, "")):
            raise HTTPException(FORBIDDEN)
        return fields

    async def unsent(self) -> str:
        """Return what somebody wrote into a form that comes too late to be sent."""
        try:
            fields = await self.fields() if self.request.method == "POST" else {}
        except HTTPException:  # a picture, say: chosen again it is as it was
            return ""
        places = [name for name in fields if name.startswith(PLACE)]
        return "\n".join(text for name in (*WRITTEN, *places) if (text := read(fields, name)))

    async def reply(self, command: str, arguments: Mapping[str, Any], form_mark: str = "") -> Reply:
        """Ask the engine for who is signed in. Raises NoSessionError, AwayError."""
        reply = await self.ask(command, {**arguments, "session": self.staff.session}, form_mark)
        if reply.error is not None and reply.error.code == "no_session":
            raise NoSessionError
        return reply

    async def found(self, command: str, arguments: Mapping[str, Any], form_mark: str = "") -> Mapping[str, Any]:
        """Return what the engine found. Raises NotTheirsError, and HTTPException where there is no such thing."""
        reply = await self.reply(command, arguments, form_mark)
        if reply.error is not None:
            if reply.error.code == "not_allowed":
                raise NotTheirsError(command)
            raise HTTPException(404)
        return reply.result or {}

    async def require(self, act: str) -> Staff:
        """Return who is signed in, as the engine says it just now. Raises NoSessionError, NotTheirsError, AwayError.

        What shows something for longer than a moment (an event stream) asks again, now and then.
        """
        told = await self.found("staff_sessions", {"own": True})
        (own, *_) = [StaffSession.model_validate(one) for one in told.get("sessions", ())]
        self.known = replace(
            self.staff,
            officer=own.name,
            id=own.officer,
            role=own.role,
            with_password=own.with_password,
            with_code=own.with_code,
        )
        if not self.known.may(act):
            raise NotTheirsError(act)
        return self.known

    def asked(self) -> SurveyMessage:
        """Return the survey of the address. Raises HTTPException."""
        survey_message = self.survey(self.request.path_params["survey"])
        if survey_message is None:
            raise HTTPException(404)
        return survey_message

    def show(self, template: str, page: object, *, status: int = 200, **more: object) -> Response:
        """Return a page in the frame of the staff's pages."""
        alerts = strip_of(self.p, self.office, self.known, is_wall=WALL in self.request.query_params)
        return super().show(
            template,
            page,
            status=status,
            **{"frame": getattr(page, "frame", None), "alerts": alerts, "coach": coach_of(self.p, self.office), **more},
        )

    def frame(self, here: str = "") -> Frame:
        """Return what stands around a page; `here` is its entry of the navigation."""
        return around.frame(
            self.p,
            self.staff,
            here,
            entries=self._entries,
            office=self.office,
            is_wall=WALL in self.request.query_params,
            is_plain=self.is_plain,
            done=self._done(here),
        )

    def _done(self, here: str) -> Done | None:
        found = self.lately.of(self.staff)
        if found is None:
            return None
        did, left_s = found
        undo = self.p.say("Take it back") if did.can_undo else ""
        return Done(did.text, undo, left_s, did.mark, here)


Handler = Callable[[Desk], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """One address: what answers there, and which act of `broker.permissions` it is."""

    path: str
    handler: Handler = field(repr=False)
    act: str | None = None
    """Before a page is shown, the engine is asked whether the role may; None: whoever is signed in, or nobody yet."""
    method: Literal["GET", "POST"] = "GET"

    def named(self, endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint by the name of the handler, which the log says."""
        return functools.wraps(self.handler)(endpoint)


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that belong together, and where the navigation leads to them."""

    pages: tuple[Page, ...]
    entries: tuple[Entry, ...] = ()
