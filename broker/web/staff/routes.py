"""The staff's pages: log-in, complaints, suggestions, surveys. The engine decides who may do what; here it is asked."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from broker.contract.messages import Complaint, Error, Receipt, Reply, Suggestion, SurveyMessage
from broker.web.asking import UNAVAILABLE, UNFINISHED, Asking, AwayError, qr_svg
from broker.web.staff import pages as said
from broker.web.staff.access import COOKIE, TOKEN_FIELD, Staff, is_near, is_token, staff_of
from broker.web.staff.files import ResultFiles
from broker.web.visitor import complaint, survey
from broker.web.visitor.writing import Fields, Notice, away, mark_of, new_mark, read, read_line

WORDS = "broker.web.staff"
FORBIDDEN = 403
UNSIGNED = 401
SESSION_S = 12 * 3600
_ACTIONS = ("verify", "forward", "answer", "close", "reject", "reopen", "merge")
WRITTEN = ("text", "plan")
"""Fields that take time to write."""
_PERIOD = re.compile(r"[0-9]{4}(-[0-9Q]{1,3})?")
FILES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "excel": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class NoSessionError(Exception):
    """Nobody is signed in, or not any more."""


class NotTheirsError(Exception):
    """Who is signed in may not see this: never might, or may not any more."""


class Desk(Asking):
    """One request of somebody of the staff."""

    def __init__(self, request: Request) -> None:
        """Take a request."""
        super().__init__(request, WORDS)
        self.known = staff_of(request.cookies.get(COOKIE))
        """Who the browser says to be."""

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

    async def form(self) -> Fields:
        """Return what a form sent; one that is not from our own page is refused. Raises NoSessionError."""
        staff, fields = self.staff, await self.fields()
        if not is_token(staff, fields.get(TOKEN_FIELD, "")):
            raise HTTPException(FORBIDDEN)
        return fields

    async def unsent(self) -> str:
        """Return what somebody wrote into a form that comes too late to be sent."""
        fields = await self.fields() if self.request.method == "POST" else {}
        return "\n".join(text for name in WRITTEN if (text := read(fields, name)))

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
                raise NotTheirsError
            raise HTTPException(404)
        return reply.result or {}

    async def still_signed_in(self) -> None:
        """Ask the engine whether the session counts. Raises NoSessionError, AwayError."""
        await self.reply("complaints", {"state": "open", "page": 0})

    def asked(self) -> SurveyMessage:
        """Return the survey of the address. Raises HTTPException."""
        survey_message = self.survey(self.request.path_params["survey"])
        if survey_message is None:
            raise HTTPException(404)
        return survey_message

    def show(self, template: str, page: object, *, status: int = 200, **more: object) -> Response:
        """Return a page in the frame of the staff's pages."""
        return super().show(template, page, status=status, **{"frame": getattr(page, "frame", None), **more})

    def frame(self, here: str = "") -> said.Frame:
        """Return what stands around a page."""
        return said.frame(self.p, self.staff, here, has_surveys=bool(self.office.surveys))


@dataclass(frozen=True, slots=True)
class StaffPages:
    """What supervisors and those who handle complaints work with."""

    everywhere: bool = False
    """Whether browsers of other machines are served, too."""
    files: ResultFiles | None = None

    def routes(self) -> list[Route]:
        """Return where the pages stand."""
        table: list[tuple[str, Callable[[Request], Awaitable[Response]], str]] = [
            ("/staff", self.home, "GET"),
            ("/staff/in", self.sign_in, "POST"),
            ("/staff/out", self.sign_out, "POST"),
            ("/staff/complaints", self.inbox, "GET"),
            ("/staff/complaints/new", self.enter, "GET"),
            ("/staff/complaints/new", self.entered, "POST"),
            ("/staff/complaints/{number}", self.case, "GET"),
            ("/staff/complaints/{number}/contact", self.contact, "POST"),
            ("/staff/complaints/{number}/{action}", self.moved, "POST"),
            ("/staff/suggestions", self.suggestions, "GET"),
            ("/staff/suggestions/{suggestion}", self.marked, "POST"),
            ("/staff/surveys", self.surveys, "GET"),
            ("/staff/surveys/{survey}/paper", self.paper, "GET"),
            ("/staff/surveys/{survey}/paper", self.papered, "POST"),
            ("/staff/surveys/{survey}/plan", self.planned, "POST"),
            ("/staff/results/{survey}/{file}", self.file, "GET"),
        ]
        return [Route(path, self._for_staff(endpoint), methods=[method]) for path, endpoint, method in table]

    def _for_staff(
        self, endpoint: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return a page that is served where it may be, and asks who it is where a session is over."""

        async def page(request: Request) -> Response:
            if not self.everywhere and not Desk(request).is_near:
                raise HTTPException(404)
            try:
                return await endpoint(request)
            except NoSessionError:
                desk = Desk(request)
                notice = said.signed_out(desk.p) if COOKIE in request.cookies else None
                unsent = await desk.unsent()
                answer = _sign_in_page(desk, notice=notice, status=UNSIGNED, unsent=unsent)
                answer.delete_cookie(COOKIE, path="/staff")
                return answer
            except NotTheirsError:
                return _not_for(Desk(request))
            except AwayError:
                desk = Desk(request)
                return desk.show("staff/said.html", said.waiting(desk.p, desk.frame()), status=UNAVAILABLE)

        return page

    # -- who it is --------------------------------------------------------------------------------------------------

    async def home(self, request: Request) -> Response:
        """Show the complaints, or ask who it is."""
        desk = Desk(request)
        if desk.known is not None:
            return RedirectResponse(_home_of(desk.known), status_code=303)
        return _sign_in_page(desk)

    async def sign_in(self, request: Request) -> Response:
        """Sign somebody in."""
        desk = Desk(request)
        p, fields = desk.p, await desk.fields()
        officer = read_line(fields, "officer")
        try:
            reply = await desk.ask("staff_in", {"officer": officer, "pin": read_line(fields, "pin")})
        except AwayError:
            return _sign_in_page(desk, officer, away(p, p.say("Sign in")), UNAVAILABLE)
        if reply.error is not None or reply.result is None:
            notice = said.sign_in_refused(p, reply.error or Error(code="wrong_pin", message=""))
            return _sign_in_page(desk, officer, notice, UNFINISHED)
        told = reply.result
        staff = Staff(str(told["session"]), str(told["officer"]), str(told["role"]))
        answer = RedirectResponse(_home_of(staff), status_code=303)
        answer.set_cookie(
            COOKIE,
            staff.cookie(),
            max_age=SESSION_S,
            path="/staff",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    async def sign_out(self, request: Request) -> Response:
        """End the session; where the engine is away, in this browser at least: whoever leaves may not wait for it."""
        desk = Desk(request)
        await desk.form()
        with contextlib.suppress(AwayError):
            await desk.ask("staff_out", {"session": desk.staff.session})
        answer = RedirectResponse("/staff", status_code=303)
        answer.delete_cookie(COOKIE, path="/staff")
        return answer

    # -- complaints -------------------------------------------------------------------------------------------------

    async def inbox(self, request: Request) -> Response:
        """List complaints by their next date."""
        desk = Desk(request)
        p, staff = desk.p, desk.staff
        if not staff.may_handle:
            raise NotTheirsError
        state = "all" if request.query_params.get("state") == "all" else "open"
        page = _page(request)
        result = await desk.found("complaints", {"state": state, "page": page})
        listed = [Complaint.model_validate(one) for one in result.get("complaints", ())]
        shown = said.inbox(
            p,
            desk.frame("/staff/complaints"),
            listed,
            state=state,
            page=page,
            pages=int(result.get("pages", 1)),
            figures=desk.office.feedback,
        )
        return desk.show("staff/inbox.html", shown)

    async def case(self, request: Request) -> Response:
        """Show one complaint."""
        desk = Desk(request)
        done = request.query_params.get("done", "")
        return await self._case(desk, notice=said.done(desk.p, done) if done in _ACTIONS else None)

    async def contact(self, request: Request) -> Response:
        """Show how to reach who complained; that it was read is written down."""
        desk = Desk(request)
        await desk.form()
        reply = await desk.reply("complaint", {"complaint": request.path_params["number"], "contact": True})
        if reply.error is not None:
            return await self._case(desk, notice=said.action_refused(desk.p, reply.error), status=UNFINISHED)
        return await self._case(desk, contact=str((reply.result or {}).get("contact") or ""))

    async def moved(self, request: Request) -> Response:
        """Do something with a complaint."""
        desk = Desk(request)
        number, action = request.path_params["number"], request.path_params["action"]
        p, fields = desk.p, await desk.form()
        if action not in _ACTIONS:
            raise HTTPException(404)
        written = {name: text for name in ("text", "to", "into") if (text := read(fields, name))}
        kept = {"action": action, **written}
        arguments = {"complaint": number, "action": action, **written}
        try:
            reply = await desk.reply("complaint_step", arguments, mark_of(fields))
        except AwayError:
            shown = said.unsent(p, desk.frame("/staff/complaints"), number, mark_of(fields), kept)
            return desk.show("staff/case.html", shown, status=UNAVAILABLE)
        if reply.error is not None:
            notice = said.action_refused(p, reply.error)
            return await self._case(desk, kept=kept, notice=notice, status=UNFINISHED)
        return RedirectResponse(f"/staff/complaints/{number}?done={action}", status_code=303)

    async def _case(
        self,
        desk: Desk,
        *,
        contact: str | None = None,
        kept: Mapping[str, str] | None = None,
        notice: Notice | None = None,
        status: int = 200,
    ) -> Response:
        p = desk.p
        result = await desk.found("complaint", {"complaint": desk.request.path_params["number"]})
        one = Complaint.model_validate(result["complaint"])
        shown = said.case(
            p,
            desk.frame("/staff/complaints"),
            one,
            new_mark(),
            zone=desk.zone,
            texts=await desk.texts(one, {"session": desk.staff.session}),
            services=dict(desk.services()),
            contact=contact,
            kept=kept,
            notice=notice,
        )
        return desk.show("staff/case.html", shown, status=status)

    async def enter(self, request: Request) -> Response:
        """Show the form for what somebody tells the staff."""
        desk = Desk(request)
        frame = desk.frame("/staff/complaints")
        page = complaint.form(desk.p, complaint.Complaining(), new_mark(), services=desk.services(), by_staff=True)
        return desk.show("staff/enter.html", page, frame=frame)

    async def entered(self, request: Request) -> Response:
        """Take it, and show the receipt to print."""
        desk = Desk(request)
        p, fields = desk.p, await desk.form()
        taken = await desk.complain(fields, session=desk.staff.session)
        if isinstance(taken, Receipt):
            return desk.show(
                "staff/entered.html",
                complaint.receipt(p, taken),
                frame=desk.frame("/staff/complaints"),
                qr=qr_svg(taken.qr),
            )
        return desk.show("staff/enter.html", taken.form, frame=desk.frame("/staff/complaints"), status=taken.status)

    # -- suggestions ------------------------------------------------------------------------------------------------

    async def suggestions(self, request: Request) -> Response:
        """List the suggestions."""
        return await self._suggestions(Desk(request), _page(request))

    async def _suggestions(self, desk: Desk, page: int, *, notice: Notice | None = None, status: int = 200) -> Response:
        p, whole = desk.p, {}
        if not desk.staff.may_handle:
            raise NotTheirsError
        result = await desk.found("suggestions", {"page": page})
        wanted = desk.request.query_params.get("whole", "")[:64]
        if wanted:
            reply = await desk.reply("suggestion", {"suggestion": wanted})
            whole = {wanted: str(reply.result["text"])} if reply.result else {}
        shown = said.suggestions(
            p,
            desk.frame("/staff/suggestions"),
            [Suggestion.model_validate(one) for one in result.get("suggestions", ())],
            new_mark(),
            page=page,
            pages=int(result.get("pages", 1)),
            services=dict(desk.services()),
            whole=whole,
            notice=notice,
        )
        return desk.show("staff/suggestions.html", shown, status=status)

    async def marked(self, request: Request) -> Response:
        """Tag a suggestion, or say that it was read."""
        desk = Desk(request)
        fields = await desk.form()
        arguments = {
            "suggestion": request.path_params["suggestion"],
            "tags": said.tags_of(read_line(fields, "tags")),
            "is_read": bool(fields.get("read")),
        }
        page = int(fields["page"]) if re.fullmatch(r"[0-9]{1,4}", fields.get("page", "")) else 0
        reply = await desk.reply("suggestion_step", arguments, mark_of(fields))
        if reply.error is not None:
            notice = said.wrong_tags(desk.p) if reply.error.code == "bad_request" else said.refused(desk.p, reply.error)
            return await self._suggestions(desk, page, notice=notice, status=UNFINISHED)
        return RedirectResponse(f"/staff/suggestions?page={page}", status_code=303)

    # -- surveys ----------------------------------------------------------------------------------------------------

    async def surveys(self, request: Request) -> Response:
        """Show how far the surveys have come."""
        desk = Desk(request)
        await desk.still_signed_in()
        return self._surveys(desk)

    def _surveys(self, desk: Desk, notice: Notice | None = None, status: int = 200) -> Response:
        p = desk.p
        shown = said.surveys(
            p,
            desk.frame("/staff/surveys"),
            desk.office.feedback,
            new_mark(),
            services=dict(desk.services()),
            own=desk.own_language,
            may_plan=desk.staff.may_plan,
            has_files=self.files is not None and self.files.can_be_made(),
            notice=notice,
        )
        return desk.show("staff/surveys.html", shown, status=status)

    async def planned(self, request: Request) -> Response:
        """Write down what is done about one of the lowest elements."""
        desk = Desk(request)
        p, fields = desk.p, await desk.form()
        plan, by = read(fields, "plan"), fields.get("by", "")
        if not plan or not by:
            notice = Notice("error", p.say("Please write what the office does, and until when."))
            return self._surveys(desk, notice, UNFINISHED)
        arguments = {
            "survey": request.path_params["survey"],
            "period": fields.get("period", ""),
            "element": fields.get("element", ""),
            "plan": plan,
            "by": by,
        }
        reply = await desk.reply("survey_plan", arguments, mark_of(fields))
        if reply.error is not None:
            return self._surveys(desk, Notice("error", p.error(reply.error.code)), UNFINISHED)
        return self._surveys(desk, Notice("done", p.say("The plan is saved, and published with the results.")))

    async def paper(self, request: Request) -> Response:
        """Show an empty form to enter."""
        desk = Desk(request)
        service = read_line(request.query_params, "service")
        given = survey.Answering(service=service)
        notice = said.paper_saved(desk.p) if "saved" in request.query_params else None
        return self._paper(desk, given, new_mark(), notice=notice)

    async def papered(self, request: Request) -> Response:
        """Take a paper form and show the next one, for the same service."""
        desk = Desk(request)
        p, fields = desk.p, await desk.form()
        asked = desk.asked()
        given, form_mark = survey.read_answers(asked, fields), mark_of(fields)
        if found := survey.faults(p, asked, given):
            return self._paper(desk, given, form_mark, found=found, status=UNFINISHED)
        try:
            reply = await desk.reply("survey", given.arguments(asked), form_mark)
        except AwayError:
            notice = away(p, p.say("Save and next form"))
            return self._paper(desk, given, form_mark, notice=notice, status=UNAVAILABLE)
        if reply.error is not None:
            notice = Notice("error", p.error(reply.error.code))
            return self._paper(desk, given, form_mark, notice=notice, status=UNFINISHED)
        following = f"/staff/surveys/{asked.id}/paper?saved&service={quote(given.service)}"
        return RedirectResponse(following, status_code=303)

    def _paper(
        self,
        desk: Desk,
        given: survey.Answering,
        form_mark: str,
        *,
        found: Mapping[str, str] | None = None,
        notice: Notice | None = None,
        status: int = 200,
    ) -> Response:
        offer = desk.office.offer
        shown = said.paper(
            desk.p,
            desk.frame("/staff/surveys"),
            desk.asked(),
            given,
            form_mark,
            services=offer.services if offer is not None else (),
            own=desk.own_language,
            found=found,
            notice=notice,
        )
        return desk.show("staff/paper.html", shown, status=status)

    async def file(self, request: Request) -> Response:
        """Hand out the results of a closed period as a file."""
        desk = Desk(request)
        await desk.still_signed_in()
        period, _, kind = request.path_params["file"].rpartition(".")
        asked = desk.asked()
        if kind not in FILES or not _PERIOD.fullmatch(period):
            raise HTTPException(404)
        language = desk.p.worded_in
        content = None if self.files is None else await self.files.made(asked.id, period, kind, language)
        if content is None:
            return desk.show("staff/said.html", said.no_file(desk.p, desk.frame()), status=404)
        name = f"{asked.id}-{period}.{'csv' if kind == 'excel' else kind}"
        return Response(
            content,
            media_type=FILES[kind],
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )


def _home_of(staff: Staff) -> str:
    """Return where somebody begins: an officer without a role in complaints still enters paper forms."""
    return "/staff/complaints" if staff.may_handle else "/staff/surveys"


def _page(request: Request) -> int:
    page = request.query_params.get("page", "0")
    return int(page) if re.fullmatch(r"[0-9]{1,4}", page) else 0


def _sign_in_page(
    desk: Desk, officer: str = "", notice: Notice | None = None, status: int = 200, *, unsent: str = ""
) -> Response:
    is_far = desk.request.url.scheme != "https" and not desk.is_near
    page = said.sign_in(desk.p, officer, notice, is_far=is_far, unsent=unsent)
    return desk.show("staff/sign_in.html", page, status=status)


def _not_for(desk: Desk) -> Response:
    return desk.show("staff/said.html", said.not_for(desk.p, desk.frame()), status=FORBIDDEN)
