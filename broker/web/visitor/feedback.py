"""The visitor's feedback: asked, sent to the engine, and shown. What is said stands in the pages' own modules."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from broker.contract.messages import Complaint, Error, Invitation, Receipt, Ticket
from broker.language import mark
from broker.web.asking import UNAVAILABLE, UNFINISHED, Asking, AwayError, qr_svg
from broker.web.office import Office, UnansweredError
from broker.web.plan import Asked
from broker.web.site import site_of
from broker.web.visitor import complaint, rating, results, suggestion, survey
from broker.web.visitor.views import key_in
from broker.web.visitor.writing import SENTENCE_MAX, Fields, Notice, away, mark_of, new_mark, read, read_line, too_long

SHORT_S = 3.0
"""So long a page waits for what it can do without."""


Page = Callable[[Request], Awaitable[Response]]


def links(office: Office) -> tuple[tuple[str, str], ...]:
    """Return what the office's page leads to: addresses, and texts of the catalogue."""
    asked = office.asked
    return (
        *((("/suggest", mark("Suggestion box")),) if asked.suggestions else ()),
        *((("/complain", mark("Complaint, question or wish")),) if asked.complaints else ()),
        *((("/c", mark("What became of my complaint?")),) if asked.complaints else ()),
        *((("/results", mark("Results")),) if has_results(office) else ()),
    )


def has_results(office: Office) -> bool:
    """Tell whether anything is published: what visitors said, or how long they waited, which every office tells."""
    return office.asked.is_published or office.results is not None


class FeedbackPages:
    """Rating, survey, suggestion box, complaints, results."""

    def routes(self) -> list[Route]:
        """Return where the pages stand."""

        def shown(path: str, is_asked: Callable[[Asked], bool], page: Page) -> Route:
            return Route(path, _where(lambda office: is_asked(office.asked), page), methods=["GET"])

        def sent(path: str, page: Page) -> Route:
            return Route(path, page, methods=["POST"])

        return [
            shown("/r/{key}", lambda asked: asked.rating, self.rating),
            sent("/r/{key}", self.rated),
            shown("/s/{survey}", lambda asked: asked.surveys, self.survey),
            sent("/s/{survey}", self.surveyed),
            shown("/suggest", lambda asked: asked.suggestions, self.suggest),
            sent("/suggest", self.suggested),
            shown("/complain", lambda asked: asked.complaints, self.complain),
            sent("/complain", self.complained),
            shown("/c", lambda asked: asked.complaints, self.look_up),
            sent("/c", self.status),
            shown("/c/{number}", lambda asked: asked.complaints, self.look_up),
            sent("/c/{number}", self.status),
            sent("/c/{number}/{action}", self.moved),
            Route("/results", _where(has_results, self.results), methods=["GET"]),
        ]

    # -- rating -----------------------------------------------------------------------------------------------------

    async def rating(self, request: Request) -> Response:
        """Ask how it was."""
        ask, key = Asking(request), key_in(request)
        p = ask.p
        return ask.show("feedback/rating.html", rating.asks(p, key, new_mark()))

    async def rated(self, request: Request) -> Response:
        """Take the tap, or the sentence after it."""
        ask, key = Asking(request), key_in(request)
        p = ask.p
        fields = await ask.fields()
        form_mark = mark_of(fields)
        if fields.get("score") not in {"1", "2", "3", "4"}:
            return ask.show("feedback/rating.html", rating.asks(p, key, form_mark), status=UNFINISHED)
        score = int(fields["score"])
        if fields.get("then") == "text":
            return await self._sentence(ask, key, score, fields)
        try:
            reply = await ask.ask("rate", {"ticket": key, "score": score}, form_mark)
        except AwayError:
            page = rating.asks(p, key, form_mark, away(p, p.say(rating.WORDS[score - 1])), score)
            return ask.show("feedback/rating.html", page, status=UNAVAILABLE)
        if reply.error is not None:
            status = 200 if reply.error.code == "already_given" else UNFINISHED
            return ask.show("feedback/rating.html", rating.refused(p, key, reply.error), status=status)
        invited = await self._invitation(ask, key)
        return ask.show(
            "feedback/rating.html",
            rating.thanks(p, key, form_mark, score, can_write=ask.office.asked.suggestions, invited=invited),
        )

    async def _sentence(self, ask: Asking, key: str, score: int, fields: Fields) -> Response:
        """Put a sentence after a rating into the suggestion box: there somebody reads it, joined to no rating."""
        p, text, form_mark = ask.p, read(fields, "text"), mark_of(fields)
        if not text:
            return ask.show("feedback/rating.html", rating.done(p, key))
        if over := too_long(p, text, SENTENCE_MAX):
            page = rating.thanks(p, key, form_mark, score, sentence=text, fault=over)
            return ask.show("feedback/rating.html", page, status=UNFINISHED)
        try:
            service = await self._service_of(ask, key)
            arguments = {"text": text, "language": p.language} | ({"service": service} if service else {})
            reply = await ask.ask("suggest", arguments, form_mark)
        except AwayError:
            page = rating.thanks(p, key, form_mark, score, sentence=text, notice=away(p, p.say("Send")))
            return ask.show("feedback/rating.html", page, status=UNAVAILABLE)
        if reply.error is not None:
            fault, notice = suggestion.refused(p, reply.error)
            page = rating.thanks(p, key, form_mark, score, sentence=text, fault=fault, notice=notice)
            return ask.show("feedback/rating.html", page, status=UNFINISHED)
        return ask.show("feedback/rating.html", rating.done(p, key))

    async def _service_of(self, ask: Asking, key: str) -> str:
        """Return which service a ticket was for. Raises AwayError."""
        reply = await ask.ask("lookup", {"ticket": key})
        return Ticket.model_validate(reply.result["ticket"]).service if reply.result else ""

    async def _invitation(self, ask: Asking, key: str) -> tuple[str, str]:
        """Return where a survey is that this visitor is invited to, and its name; nothing where there is none."""
        try:
            reply = await ask.office.ask("invited", {"ticket": key}, timeout_s=SHORT_S)
        except UnansweredError:
            return "", ""
        found = [Invitation.model_validate(one) for one in (reply.result or {}).get("invitations", ())]
        for one in found:
            if (asked := ask.survey(one.survey)) is not None:
                return f"/s/{one.survey}?i={one.invitation}", asked.name
        return "", ""

    # -- survey -----------------------------------------------------------------------------------------------------

    async def survey(self, request: Request) -> Response:
        """Ask the questions of a survey."""
        ask = Asking(request)
        p = ask.p
        asked = ask.survey(request.path_params["survey"])
        if asked is None:
            return ask.show("feedback/survey.html", survey.none(p, ""), status=404)
        given = survey.Answering(invitation=survey.read_invitation(request.query_params.get("i", "")))
        if not given.invitation:
            error = Error(code="not_invited", message="")
            return ask.show("feedback/survey.html", survey.refused(p, asked.id, asked.name, error))
        return ask.show("feedback/survey.html", survey.asks(p, asked, given, new_mark()))

    async def surveyed(self, request: Request) -> Response:
        """Take the answers."""
        ask = Asking(request)
        p = ask.p
        asked = ask.survey(request.path_params["survey"])
        fields = await ask.fields()
        if asked is None:
            return ask.show("feedback/survey.html", survey.none(p, ""), status=404)
        given, form_mark = survey.read_answers(asked, fields), mark_of(fields)
        if found := survey.faults(p, asked, given):
            page = survey.asks(p, asked, given, form_mark, found=found)
            return ask.show("feedback/survey.html", page, status=UNFINISHED)
        try:
            reply = await ask.ask("survey", given.arguments(asked), form_mark)
        except AwayError:
            page = survey.asks(p, asked, given, form_mark, notice=away(p, p.say("Send answers")))
            return ask.show("feedback/survey.html", page, status=UNAVAILABLE)
        if reply.error is not None:
            status = 200 if reply.error.code == "already_given" else UNFINISHED
            return ask.show("feedback/survey.html", survey.refused(p, asked.id, asked.name, reply.error), status=status)
        return ask.show("feedback/survey.html", survey.thanks(p, asked.id, asked.name))

    # -- suggestion box ---------------------------------------------------------------------------------------------

    async def suggest(self, request: Request) -> Response:
        """Show the box, or the thanks."""
        ask = Asking(request)
        p = ask.p
        if "sent" in request.query_params:
            return ask.show("feedback/suggestion.html", suggestion.sent(p))
        return ask.show("feedback/suggestion.html", suggestion.box(p, new_mark(), services=ask.services()))

    async def suggested(self, request: Request) -> Response:
        """Put a suggestion into the box."""
        ask = Asking(request)
        p, fields = ask.p, await ask.fields()
        form_mark, text, service = mark_of(fields), read(fields, "text"), read_line(fields, "service")
        services = ask.services()
        found, notice, status = suggestion.fault(p, text), None, UNFINISHED
        if not found:
            arguments = {"text": text, "language": p.language} | ({"service": service} if service else {})
            try:
                reply = await ask.ask("suggest", arguments, form_mark)
            except AwayError:
                notice, status = away(p, p.say("Send")), UNAVAILABLE
            else:
                if reply.error is None:
                    return RedirectResponse("/suggest?sent", status_code=303)
                found, notice = suggestion.refused(p, reply.error)
        page = suggestion.box(p, form_mark, services=services, text=text, service=service, found=found, notice=notice)
        return ask.show("feedback/suggestion.html", page, status=status)

    # -- complaint --------------------------------------------------------------------------------------------------

    async def complain(self, request: Request) -> Response:
        """Show the form."""
        ask = Asking(request)
        p = ask.p
        filled = complaint.Complaining(ticket=read_line(request.query_params, "ticket")[:12])
        page = complaint.form(p, filled, new_mark(), services=ask.services())
        return ask.show("feedback/complaint.html", page)

    async def complained(self, request: Request) -> Response:
        """Take a complaint and show its receipt: once, on this page alone, as the secret stands in no address."""
        ask = Asking(request)
        p, fields = ask.p, await ask.fields()
        taken = await ask.complain(fields)
        if isinstance(taken, Receipt):
            return ask.show("feedback/receipt.html", complaint.receipt(p, taken), qr=qr_svg(taken.qr))
        return ask.show("feedback/complaint.html", taken.form, status=taken.status)

    async def look_up(self, request: Request) -> Response:
        """Ask for number and secret."""
        ask = Asking(request)
        p = ask.p
        number, _ = complaint.read_access({"number": request.path_params.get("number", "")})
        return ask.show("feedback/look_up.html", complaint.look_up(p, number[:12]))

    async def status(self, request: Request) -> Response:
        """Show what became of a complaint."""
        ask = Asking(request)
        return await self._status(ask, await ask.fields())

    async def moved(self, request: Request) -> Response:
        """Reply to an answer, or close."""
        ask = Asking(request)
        p, fields = ask.p, await ask.fields()
        action, form_mark = request.path_params["action"], mark_of(fields)
        if action not in {"reply", "close"}:
            raise HTTPException(404)
        number, secret = complaint.read_access(fields)
        text = read(fields, "text")
        if action == "reply" and (fault := suggestion.fault(p, text) if text else p.say("Please write your reply.")):
            return await self._status(ask, fields, reply=text, fault=fault, status=UNFINISHED)
        arguments = {"complaint": number, "secret": secret, "action": action}
        if action == "reply":
            arguments["text"] = text
        try:
            reply = await ask.ask("complaint_step", arguments, form_mark)
        except AwayError:
            button = p.say("Send reply") if action == "reply" else p.say("Yes, close it")
            page = complaint.unsent(p, number, secret, form_mark, action=action, text=text, notice=away(p, button))
            return ask.show("feedback/status.html", page, status=UNAVAILABLE)
        if reply.error is not None:
            notice = complaint.step_refused(p, reply.error)
            return await self._status(ask, fields, reply=text, notice=notice, status=UNFINISHED)
        said = (
            p.say("Thank you. Your reply has been received.")
            if action == "reply"
            else p.say("The complaint is closed.")
        )
        return await self._status(ask, fields, notice=Notice("done", said))

    async def _status(
        self,
        ask: Asking,
        fields: Fields,
        *,
        reply: str = "",
        fault: str = "",
        notice: Notice | None = None,
        status: int = 200,
    ) -> Response:
        p = ask.p
        number, secret = complaint.read_access(fields)
        if not complaint.could_be(number, secret):
            page = complaint.look_up(p, number[:12], secret[:20], complaint.unknown(p))
            return ask.show("feedback/look_up.html", page, status=UNFINISHED)
        try:
            answer = await ask.ask("complaint", {"complaint": number, "secret": secret})
            if answer.error is not None or answer.result is None:
                page = complaint.look_up(p, number, secret, complaint.unknown(p))
                return ask.show("feedback/look_up.html", page, status=UNFINISHED)
            one = Complaint.model_validate(answer.result["complaint"])
            texts = await ask.texts(one, {"secret": secret})
        except AwayError:
            page = complaint.look_up(p, number, secret, away(p, p.say("Show")))
            return ask.show("feedback/look_up.html", page, status=UNAVAILABLE)
        shown = complaint.status(
            p, one, secret, new_mark(), zone=ask.zone, texts=texts, reply=reply, fault=fault, notice=notice
        )
        return ask.show("feedback/status.html", shown, status=status)

    # -- results ----------------------------------------------------------------------------------------------------

    async def results(self, request: Request) -> Response:
        """Show what is published."""
        ask = Asking(request)
        p, told = ask.p, ask.office.feedback
        as_of = ""
        if told is not None:
            at = told.at.astimezone(ask.zone)
            as_of = p.say("As of {date}, {time}", date=p.date(at.date()), time=p.clock(at))
        waits = results.waits(p, ask.office.results, ask.office.offer, ask.own_language)
        shown = results.results(p, told, ask.own_language, as_of, waits=waits, has_surveys=ask.office.asked.surveys)
        return ask.show("feedback/results.html", shown)


def _where(is_there: Callable[[Office], bool], page: Page) -> Page:
    """Return a page that is there only while the office asks for it: nobody fills in what nobody takes.

    What was filled in already is sent on all the same. The engine refuses it in words, and it is not lost.
    """

    @functools.wraps(page)
    async def shown(request: Request) -> Response:
        if not is_there(site_of(request).office):
            raise HTTPException(404)
        return await page(request)

    return shown
