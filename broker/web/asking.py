"""One request for a page of feedback: whose words, what the engine is asked for it, and how the answer is shown.

A form is sent to the engine under an id that hangs on the form and on what is in it. Where the engine does not answer,
the same page comes back with all that was filled in: sent again it is the same request.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from broker.contract.messages import PASSING, Complaint, Error, Receipt, Reply, SurveyMessage
from broker.language import Phrases
from broker.web.forms import read_form
from broker.web.office import Office, UnansweredError
from broker.web.page import WORDS, in_language
from broker.web.site import site_of
from broker.web.visitor import complaint
from broker.web.visitor.writing import Fields, away, look_again, mark_of, new_mark, request_id

UNAVAILABLE = 503
UNFINISHED = 422
"""A form of which something is missing or refused."""
MOST_TEXTS = 40
"""So many steps of a complaint are shown with their words, the newest: each is asked for by itself."""


class AwayError(Exception):
    """The engine did not answer, or cannot do anything now: nothing is known to be done, the same may be sent again."""

    def __init__(self, command: str, error: Error | None = None) -> None:
        """Name what was asked, and why it cannot be done, where that was said."""
        super().__init__(command)
        self.error = error


@dataclass(frozen=True, slots=True)
class Unsent:
    """A complaint that was not taken: the form as it was filled in, with what is wrong, and the page's status."""

    form: complaint.ComplaintForm
    status: int


class Asking:
    """What a page needs to ask and to answer."""

    def __init__(self, request: Request, package: str = WORDS) -> None:
        """Take a request, and in whose words it is answered."""
        self.request = request
        self._site = site_of(request)
        self.p: Phrases = self._site.pages.words(request, package)

    @property
    def office(self) -> Office:
        """Return what the bus told."""
        return self._site.office

    @property
    def own_language(self) -> str:
        """Return the office's own language."""
        return self._site.pages.languages[0]

    @property
    def zone(self) -> dt.tzinfo:
        """Return the office's zone, as far as it is known."""
        offer = self.office.offer
        return dt.UTC if offer is None else ZoneInfo(offer.office.timezone)

    async def fields(self) -> Fields:
        """Return what a form sent."""
        return await read_form(self.request)

    def show(self, template: str, page: object, *, status: int = 200, **more: object) -> Response:
        """Return a page."""
        headers = {"Retry-After": "5"} if status == UNAVAILABLE else {}
        if self.request.method == "POST":
            more = {"languages": [], **more}  # a link to the same page would leave behind what this one holds
        unsent = self.p.say(
            "The office's pages cannot be reached just now. What you entered is still here and is sent again by itself."
            " It counts once."
        )
        return self._site.pages.answer(
            self.request, template, status=status, headers=headers, words=self.p, page=page, unsent=unsent, **more
        )

    # -- the engine -------------------------------------------------------------------------------------------------

    async def ask(self, command: str, arguments: Mapping[str, Any], form_mark: str = "") -> Reply:
        """Return the engine's answer; the same form with the same words is one request. Raises AwayError."""
        identity = request_id(form_mark or new_mark(), command, arguments)
        if not self.office.is_linked:
            raise AwayError(command)
        try:
            reply = await self.office.ask(command, arguments, request_id=identity)
        except UnansweredError as error:
            raise AwayError(command) from error
        if reply.error is not None and reply.error.code in PASSING:
            raise AwayError(command, reply.error)
        return reply

    async def texts(self, one: Complaint, who: Mapping[str, Any]) -> dict[int, str]:
        """Return the words of a complaint's steps, by their place. Raises AwayError."""
        places = [place for place, step in enumerate(one.steps) if step.has_text][-MOST_TEXTS:]
        asked = (self.ask("complaint", {"complaint": one.number, "step": place, **who}) for place in places)
        answers = await asyncio.gather(*asked)
        found = zip(places, answers, strict=True)
        return {place: str(reply.result.get("text", "")) for place, reply in found if reply.result}

    async def complain(self, fields: Fields, *, session: str = "") -> Receipt | Unsent:
        """Return the receipt of a complaint, or the form with what is wrong."""
        p, filled, form_mark = self.p, complaint.read_complaint(fields), mark_of(fields)
        found, notice, status = complaint.faults(p, filled), None, UNFINISHED
        if not found:
            arguments = filled.arguments(p.language) | ({"session": session} if session else {})
            try:
                reply = await self.ask("complain", arguments, form_mark)
            except AwayError:
                notice, status = away(p, p.say("Send")), UNAVAILABLE
            else:
                if reply.error is None:
                    return Receipt.model_validate((reply.result or {})["receipt"])
                found, notice = complaint.refused(p, reply.error)
        page = complaint.form(
            p,
            filled,
            form_mark,
            services=self.services(),
            found=found,
            notice=notice or look_again(p),
            by_staff=bool(session),
        )
        return Unsent(page, status)

    # -- what the office offers -------------------------------------------------------------------------------------

    def services(self) -> list[tuple[str, str]]:
        """Return the services of the office with their names."""
        offer = self.office.offer
        return [] if offer is None else [(one.id, in_language(one.name, self.p.language)) for one in offer.services]

    def survey(self, survey: str) -> SurveyMessage | None:
        """Return one survey in these words, or in the office's own where it has none in them."""
        told = self.office.surveys
        others = (message for (one, _), message in told.items() if one == survey)
        return told.get((survey, self.p.language)) or told.get((survey, self.own_language)) or next(others, None)


def qr_svg(text: str | None) -> Markup:
    """Return a QR code as a drawing in the page, dark on white in every look; nothing for no text."""
    if not text:
        return Markup("")
    import segno  # noqa: PLC0415 - half a MiB that only the first receipt needs

    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=4, omitsize=True, light="#fff", dark="#000"))  # noqa: S704 - segno escapes all
