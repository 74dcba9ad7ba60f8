"""Complaints, as supervisors and who handles them see them: by their dates, one with its words, and what is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from broker.contract.messages import Complaint, Error, FeedbackMessage, Receipt
from broker.language import Phrases, mark
from broker.web.asking import UNAVAILABLE, UNFINISHED, AwayError, qr_svg
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.frame import Entry, Frame, Link, turning
from broker.web.visitor import complaint as visitors
from broker.web.visitor.complaint import StepRow
from broker.web.visitor.writing import TEXT_MAX, Field, Notice, away, mark_of, new_mark, read, text_field

HOME = "/staff/complaints"
STATES: Mapping[str, str] = {
    "received": mark("new"),
    "verified": mark("looked at"),
    "forwarded": mark("passed on"),
    "answered": mark("answered"),
    "closed": mark("closed"),
    "rejected": mark("not ours"),
    "reopened": mark("open again"),
    "merged": mark("joined"),
}
"""A complaint's state in a word, for a list."""
TO_MAX = 80
_ACTIONS = ("verify", "forward", "answer", "close", "reject", "reopen", "merge")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One complaint in the list."""

    number: str
    url: str
    kind: str
    state: str
    due: str
    is_overdue: bool
    mark: str
    """In words what colour alone would say."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Complaints by their next date."""

    title: str
    frame: Frame
    summary: str
    filters: tuple[Link, ...]
    columns: tuple[str, ...]
    rows: tuple[CaseRow, ...]
    empty: str
    more: tuple[Link, ...]
    new: Link
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that may be done with a complaint, with the fields that it needs."""

    action: str
    label: str
    fields: tuple[Field, ...] = ()
    hint: str = ""
    is_first: bool = False
    """The next step that is due: it stands open."""


@dataclass(frozen=True, slots=True)
class CasePage:
    """One complaint, whole."""

    title: str
    frame: Frame
    number: str
    mark: str
    facts: tuple[tuple[str, str], ...] = ()
    due: str = ""
    is_overdue: bool = False
    overdue: str = ""
    steps_label: str = ""
    steps: tuple[StepRow, ...] = ()
    actions: tuple[Action, ...] = ()
    contact_button: str = ""
    contact_hint: str = ""
    contact_label: str = ""
    contact: str = ""
    notice: Notice | None = None
    back: str = ""


# -- what is said --------------------------------------------------------------------------------------------------


def inbox(
    p: Phrases,
    around: Frame,
    listed: Sequence[Complaint],
    *,
    state: str,
    page: int,
    pages: int,
    figures: FeedbackMessage | None = None,
    notice: Notice | None = None,
) -> InboxPage:
    """Return the list of complaints, as the engine orders it."""
    told = figures.complaints if figures is not None else None
    summary = (
        p.say(
            "{open} open, {due} due within two working days, {overdue} overdue",
            open=told.open,
            due=told.due_soon,
            overdue=told.overdue,
        )
        if told is not None
        else ""
    )
    return InboxPage(
        title=p.say("Complaints"),
        frame=around,
        summary=summary,
        filters=(
            Link("/staff/complaints", p.say("Open ones"), is_here=state == "open"),
            Link("/staff/complaints?state=all", p.say("All"), is_here=state == "all"),
        ),
        columns=(p.say("Number"), p.say("Next date"), p.say("About"), p.say("State")),
        rows=tuple(_case_row(p, one) for one in listed),
        empty=p.say("No complaint is open.") if state == "open" else p.say("No complaint has come in yet."),
        more=turning(p, f"/staff/complaints?state={state}&page=", page, pages),
        new=Link("/staff/complaints/new", p.say("Enter a complaint for somebody")),
        notice=notice,
    )


def _case_row(p: Phrases, one: Complaint) -> CaseRow:
    marks = [p.say("overdue")] if one.is_overdue else []
    marks += [p.say("confidential")] if one.confidential else []
    return CaseRow(
        number=one.number,
        url=f"/staff/complaints/{one.number}",
        kind=p.say(visitors.KINDS[one.kind][0]) if one.kind in visitors.KINDS else one.kind,
        state=p.say(STATES[one.state]) if one.state in STATES else one.state,
        due=_due(p, one),
        is_overdue=one.is_overdue,
        mark=", ".join(marks),
    )


def _due(p: Phrases, one: Complaint) -> str:
    match one.state:
        case "received":
            return p.say("look at it by {date}", date=p.date(one.verify_by))
        case "verified" | "forwarded" | "reopened":
            return p.say("answer by {date}", date=p.date(one.answer_by))
        case "answered" if one.closes_on is not None:
            return p.say("closes on {date}", date=p.date(one.closes_on))
        case _:
            return ""


def case(
    p: Phrases,
    around: Frame,
    one: Complaint,
    form_mark: str,
    *,
    zone: dt.tzinfo,
    texts: Mapping[int, str],
    services: Mapping[str, str],
    contact: str | None = None,
    kept: Mapping[str, str] | None = None,
    notice: Notice | None = None,
) -> CasePage:
    """Return one complaint; `kept` is what was written into an action that was not done."""
    received = one.received_at.astimezone(zone)
    is_closed_to_us = one.confidential and not texts and any(step.has_text for step in one.steps)
    facts = [
        (p.say("About"), p.say(visitors.KINDS[one.kind][0]) if one.kind in visitors.KINDS else one.kind),
        (p.say("State"), p.say(STATES[one.state]) if one.state in STATES else one.state),
        (p.say("Received"), p.say("{date}, {time}", date=p.date(received.date()), time=p.clock(received))),
    ]
    if one.service:
        facts.append((p.say("Service"), services.get(one.service, one.service)))
    if one.ticket:
        facts.append((p.say("Ticket"), one.ticket))
    flags = [p.say("anonymous")] if one.anonymous else []
    flags += [p.say("confidential: do not pass on who wrote it")] if one.confidential else []
    if flags:
        facts.append((p.say("Wish"), ", ".join(flags)))
    if one.merged_into:
        facts.append((p.say("Joined with"), one.merged_into))
    return CasePage(
        title=p.say("Complaint {number}", number=one.number),
        frame=around,
        number=one.number,
        mark=form_mark,
        facts=tuple(facts),
        due=_due(p, one),
        is_overdue=one.is_overdue,
        overdue=p.say("overdue") if one.is_overdue else "",
        steps_label=p.say("What happened so far"),
        steps=tuple(visitors.step_rows(p, one.steps, zone, texts, visitors.STAFF_STEPS)),
        actions=() if is_closed_to_us else tuple(actions(p, one.state, kept or {})),
        contact_button=p.say("Show the contact") if one.has_contact and contact is None else "",
        contact_hint=p.say("Who reads it is written down."),
        contact_label=p.say("Contact"),
        contact=contact or "",
        notice=Notice("error", p.say("This one is confidential: only those who may read contacts read and handle it."))
        if is_closed_to_us
        else notice,
        back=p.say("All complaints"),
    )


_FIRST = {"received": "verify", "verified": "answer", "forwarded": "answer", "reopened": "answer", "answered": "close"}
_POSSIBLE: Mapping[str, tuple[str, ...]] = {
    "received": ("verify", "answer", "forward", "reject", "merge"),
    "verified": ("answer", "forward", "reject", "merge"),
    "forwarded": ("answer", "forward", "reject", "merge"),
    "reopened": ("answer", "verify", "forward", "reject", "merge"),
    "answered": ("close", "reopen"),
    "closed": ("reopen",),
    "rejected": ("reopen",),
    "merged": ("reopen",),
}
"""What is offered in each state; the engine alone decides whether it is done."""


def actions(p: Phrases, state: str, kept: Mapping[str, str]) -> list[Action]:
    """Return what may be done next, the step that is due first."""

    def text(label: str, hint: str = "") -> Field:
        return text_field(p, "text", label, kept.get("text", ""), limit=TEXT_MAX, hint=hint)

    def whom(label: str, hint: str = "") -> Field:
        return Field("to", label, kept.get("to", ""), hint, limit=TO_MAX)

    reader = p.say("Whoever complained reads this, in simple words and without names of others.")
    every = {
        "verify": Action(
            "verify", p.say("I have looked at it"), hint=p.say("From now on an answer is due by its date.")
        ),
        "answer": Action("answer", p.say("Send the answer"), (text(p.say("Answer"), reader),)),
        "forward": Action(
            "forward",
            p.say("Pass it on"),
            (
                whom(p.say("To whom"), p.say("A section or an office. The date of the answer stays.")),
                text(p.say("Note (may stay empty)"), reader),
            ),
        ),
        "reject": Action(
            "reject",
            p.say("Not ours"),
            (
                whom(
                    p.say("Whose matter it is"),
                    p.say("Name the office that can help; nobody is sent away without one."),
                ),
                text(p.say("Why"), reader),
            ),
        ),
        "close": Action("close", p.say("Close it"), hint=p.say("It closes by itself when nobody replies in time.")),
        "reopen": Action("reopen", p.say("Open it again"), (text(p.say("Why (may stay empty)")),)),
        "merge": Action(
            "merge",
            p.say("Join with another one"),
            (
                Field(
                    "into",
                    p.say("Number of the complaint that stays"),
                    kept.get("into", ""),
                    p.say("Such as 2026-0007"),
                    limit=12,
                ),
            ),
        ),
    }
    first = kept.get("action") or _FIRST.get(state, "")
    return [
        Action(one.action, one.label, one.fields, one.hint, is_first=name == first)
        for name in _POSSIBLE.get(state, ())
        if (one := every[name])
    ]


def done(p: Phrases, action: str) -> Notice:
    """Return what is said when an action is done."""
    said = {
        "verify": p.say("Noted: it has been looked at."),
        "forward": p.say("It has been passed on."),
        "answer": p.say("The answer has been sent."),
        "close": p.say("It is closed."),
        "reject": p.say("It has been answered as not ours."),
        "reopen": p.say("It is open again."),
        "merge": p.say("Both are joined."),
    }
    return Notice("done", said.get(action, p.say("Done.")))


def action_refused(p: Phrases, error: Error) -> Notice:
    """Return why an action was not done; what was written stays."""
    match error.code:
        case "illegal_transition":
            text = p.say("Somebody else may have been quicker. Please look at its state above.")
            return Notice("error", p.say("This cannot be done with the complaint now."), text)
        case "unknown_complaint":
            return Notice("error", p.say("There is no complaint with this number."))
        case "bad_request":
            return Notice(
                "error", p.say("Something is missing or too long. Please look at what you wrote: it is still here.")
            )
        case _:
            return Notice("error", p.error(error.code))


def unsent(p: Phrases, around: Frame, number: str, form_mark: str, kept: Mapping[str, str]) -> CasePage:
    """Return a complaint while nobody answers: what was written is in it, and nothing is known of the rest."""
    state = next(state for state, possible in _POSSIBLE.items() if kept["action"] in possible)
    own = [one for one in actions(p, state, kept) if one.action == kept["action"]]
    return CasePage(
        title=p.say("Complaint {number}", number=number),
        frame=around,
        number=number,
        mark=form_mark,
        actions=tuple(own),
        notice=away(p, own[0].label),
        back=p.say("All complaints"),
    )


# -- what is asked -------------------------------------------------------------------------------------------------


class ComplaintPages:
    """What supervisors and those who handle complaints do about them; everybody writes one down for somebody."""

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (
                Page(HOME, self.inbox, "complaints"),
                Page(f"{HOME}/new", self.enter, "complain"),
                Page(f"{HOME}/new", self.entered, "complain", "POST"),
                Page(f"{HOME}/{{number}}", self.case, "complaint"),
                Page(f"{HOME}/{{number}}/contact", self.contact, "complaint", "POST"),
                Page(f"{HOME}/{{number}}/{{action}}", self.moved, "complaint_step", "POST"),
            ),
            (Entry(HOME, mark("Complaints"), "complaints"),),
        )

    async def inbox(self, desk: Desk) -> Response:
        """List complaints by their next date."""
        p = desk.p
        state = "all" if desk.request.query_params.get("state") == "all" else "open"
        page = desk.page
        result = await desk.found("complaints", {"state": state, "page": page})
        listed = [Complaint.model_validate(one) for one in result.get("complaints", ())]
        shown = inbox(
            p,
            desk.frame(HOME),
            listed,
            state=state,
            page=page,
            pages=int(result.get("pages", 1)),
            figures=desk.office.feedback,
        )
        return desk.show("staff/inbox.html", shown)

    async def case(self, desk: Desk) -> Response:
        """Show one complaint."""
        action = desk.request.query_params.get("done", "")
        return await self._case(desk, notice=done(desk.p, action) if action in _ACTIONS else None)

    async def contact(self, desk: Desk) -> Response:
        """Show how to reach who complained; that it was read is written down."""
        await desk.form()
        reply = await desk.reply("complaint", {"complaint": desk.request.path_params["number"], "contact": True})
        if reply.error is not None:
            return await self._case(desk, notice=action_refused(desk.p, reply.error), status=UNFINISHED)
        return await self._case(desk, contact=str((reply.result or {}).get("contact") or ""))

    async def moved(self, desk: Desk) -> Response:
        """Do something with a complaint."""
        number, action = desk.request.path_params["number"], desk.request.path_params["action"]
        p, fields = desk.p, await desk.form()
        if action not in _ACTIONS:
            raise HTTPException(404)
        written = {name: text for name in ("text", "to", "into") if (text := read(fields, name))}
        kept = {"action": action, **written}
        arguments = {"complaint": number, "action": action, **written}
        try:
            reply = await desk.reply("complaint_step", arguments, mark_of(fields))
        except AwayError:
            shown = unsent(p, desk.frame(HOME), number, mark_of(fields), kept)
            return desk.show("staff/case.html", shown, status=UNAVAILABLE)
        if reply.error is not None:
            notice = action_refused(p, reply.error)
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
        shown = case(
            p,
            desk.frame(HOME),
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

    async def enter(self, desk: Desk) -> Response:
        """Show the form for what somebody tells the staff."""
        frame = desk.frame(HOME)
        page = visitors.form(desk.p, visitors.Complaining(), new_mark(), services=desk.services(), by_staff=True)
        return desk.show("staff/enter.html", page, frame=frame)

    async def entered(self, desk: Desk) -> Response:
        """Take it, and show the receipt to print."""
        p, fields = desk.p, await desk.form()
        taken = await desk.complain(fields, session=desk.staff.session)
        if isinstance(taken, Receipt):
            return desk.show(
                "staff/entered.html",
                visitors.receipt(p, taken),
                frame=desk.frame(HOME),
                qr=qr_svg(taken.qr),
            )
        return desk.show("staff/enter.html", taken.form, frame=desk.frame(HOME), status=taken.status)
