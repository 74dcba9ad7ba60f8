"""What the staff's pages say: log-in, complaints by their dates, one complaint, suggestions, surveys, paper forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.contract.messages import (
    Complaint,
    Error,
    FeedbackMessage,
    ServiceInfo,
    Suggestion,
    SurveyMessage,
    SurveyProgress,
    SurveyResult,
)
from broker.language import Phrases, mark
from broker.web.staff.access import Staff
from broker.web.visitor import complaint as visitors
from broker.web.visitor.complaint import StepRow
from broker.web.visitor.results import bar, decimal, in_words
from broker.web.visitor.survey import Answering
from broker.web.visitor.writing import TEXT_MAX, Field, Notice, Option, away, text_field

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
PLAN_MAX = 300
MOST_TAGS, TAG_MAX = 5, 20
TAGS_MAX = MOST_TAGS * (TAG_MAX + 2)


@dataclass(frozen=True, slots=True)
class Link:
    """Where one can go."""

    url: str
    label: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around each staff page."""

    officer: str
    token: str
    label: str
    links: tuple[Link, ...]
    sign_out: str


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Asks who it is."""

    title: str
    intro: str
    officer: Field
    pin: Field
    send: str
    notice: Notice | None = None
    warning: str = ""
    """What plain HTTP means, where others could listen."""
    unsent: Field | None = None
    """What was written as the session ended."""


@dataclass(frozen=True, slots=True)
class SaidPage:
    """Nothing but a sentence."""

    title: str
    frame: Frame
    notice: Notice


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


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggestion, with what may be done with it."""

    id: str
    day: str
    text: str
    more: str
    service: str
    tags: Field
    is_read: bool
    read_label: str
    save: str


@dataclass(frozen=True, slots=True)
class SuggestionsPage:
    """The box, the newest first."""

    title: str
    frame: Frame
    mark: str
    rows: tuple[SuggestionRow, ...]
    empty: str
    more: tuple[Link, ...]
    page: int = 0
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class PaperPage:
    """A survey that was filled in on paper, entered by keyboard."""

    title: str
    frame: Frame
    survey: str
    mark: str
    intro: str
    service_label: str
    services: tuple[Option, ...]
    questions: tuple[tuple[str, str, tuple[Option, ...], str], ...]
    """Name of the field, the element, its answers, and what is wrong."""
    profile: tuple[tuple[str, str, tuple[Option, ...]], ...]
    text: Field
    send: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """How far a survey has come for one service."""

    service: str
    figures: str
    length: int
    is_enough: bool
    note: str


@dataclass(frozen=True, slots=True)
class PlanForm:
    """What is done about one of the lowest elements."""

    survey: str
    period: str
    element: str
    label: str
    value: str
    plan: Field
    by: Field
    save: str
    is_mine: bool
    written: str


@dataclass(frozen=True, slots=True)
class SurveyBlock:
    """One survey: how far it has come, what came of the last period, and where its files are."""

    name: str
    under_way: str
    rows: tuple[ProgressRow, ...]
    paper: Link
    result: str = ""
    plans_label: str = ""
    plans: tuple[PlanForm, ...] = ()
    downloads_label: str = ""
    downloads: tuple[Link, ...] = ()
    elsewhere: str = ""
    """Where files are made, if not here."""


@dataclass(frozen=True, slots=True)
class SurveysPage:
    """All surveys of the office."""

    title: str
    frame: Frame
    mark: str
    blocks: tuple[SurveyBlock, ...]
    columns: tuple[str, str]
    empty: str
    notice: Notice | None = None


def frame(p: Phrases, staff: Staff, here: str, *, has_surveys: bool) -> Frame:
    """Return what stands around a page."""
    links = [
        ("/staff/complaints", p.say("Complaints")),
        ("/staff/suggestions", p.say("Suggestions")),
        *([("/staff/surveys", p.say("Surveys"))] if has_surveys else []),
    ]
    own = tuple(Link(url, label, is_here=url == here) for url, label in links)
    return Frame(staff.officer, staff.token, p.say("Staff"), own, p.say("Sign out"))


# -- sign in --------------------------------------------------------------------------------------------------------


def sign_in(
    p: Phrases, officer: str = "", notice: Notice | None = None, *, is_far: bool = False, unsent: str = ""
) -> SignInPage:
    """Return the page that asks who it is; `is_far` where the PIN would cross the network in plain."""
    kept = Field("unsent", p.say("What you wrote was not sent. Copy it before you sign in:"), unsent)
    warning = p.say(
        "This page came over the network without encryption: others in the same Wi-Fi could read your PIN. Use it only"
        " on the office's own wired network, never on the visitors' Wi-Fi."
    )
    return SignInPage(
        title=p.say("Staff"),
        intro=p.say("Sign in with your officer ID and the PIN of your counter."),
        officer=Field("officer", p.say("Officer ID"), officer, limit=64),
        pin=Field("pin", p.say("PIN"), limit=12),
        send=p.say("Sign in"),
        notice=notice,
        warning=warning if is_far else "",
        unsent=kept if unsent else None,
    )


def sign_in_refused(p: Phrases, error: Error) -> Notice:
    """Return why somebody was not let in."""
    locked_s = int(error.detail.get("locked_s") or 0)
    if locked_s > 0:
        minutes = -(-locked_s // 60)
        return Notice(
            "error",
            p.say("Too many wrong PINs."),
            p.count(
                "No PIN is taken for {n} more minute. A supervisor can end that at a counter.",
                "No PIN is taken for {n} more minutes. A supervisor can end that at a counter.",
                minutes,
            ),
        )
    if error.code in {"wrong_pin", "unknown_officer", "bad_request"}:
        return Notice("error", p.say("Officer ID and PIN do not fit together. Please enter both again."))
    return Notice("error", p.error(error.code))


def signed_out(p: Phrases) -> Notice:
    """Return what is said where a session is over."""
    return Notice("error", p.say("You are signed out. Please sign in again: nothing was changed."))


def not_for(p: Phrases, around: Frame) -> SaidPage:
    """Return what is said to an officer whose role has nothing here."""
    notice = Notice(
        "error",
        p.say("Complaints and suggestions are read by supervisors, and by who handles complaints."),
        p.say("Whoever keeps config.yaml sets an officer's role there."),
    )
    return SaidPage(p.say("Staff"), around, notice)


def waiting(p: Phrases, around: Frame) -> SaidPage:
    """Return what is said while the engine does not answer."""
    notice = Notice(
        "away",
        p.say("The office's system does not answer just now."),
        p.say("Please open this page again in a moment. Nothing is lost."),
    )
    return SaidPage(p.say("Staff"), around, notice)


def no_file(p: Phrases, around: Frame) -> SaidPage:
    """Return what is said where a file cannot be made."""
    notice = Notice("error", p.say("This file cannot be made here."), _made_elsewhere(p))
    return SaidPage(p.say("Surveys"), around, notice)


def _made_elsewhere(p: Phrases) -> str:
    return p.say("Files are made on the machine that keeps the data, by the command: antrean survey results")


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


# -- complaints -----------------------------------------------------------------------------------------------------


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
        more=_pages(p, f"/staff/complaints?state={state}&page=", page, pages),
        new=Link("/staff/complaints/new", p.say("Enter a complaint for somebody")),
        notice=notice,
    )


def _pages(p: Phrases, url: str, page: int, pages: int) -> tuple[Link, ...]:
    before = (Link(f"{url}{page - 1}", p.say("Page before")),) if page > 0 else ()
    after = (Link(f"{url}{page + 1}", p.say("Next page")),) if page + 1 < pages else ()
    return before + after


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


# -- suggestions ----------------------------------------------------------------------------------------------------


def refused(p: Phrases, error: Error) -> Notice:
    """Return why something was not done."""
    return Notice("error", p.error(error.code))


def wrong_tags(p: Phrases) -> Notice:
    """Return why tags were not taken."""
    text = p.say("Up to {most} tags of up to {length} characters.", most=MOST_TAGS, length=TAG_MAX)
    return Notice("error", p.say("The tags were not saved."), text)


def suggestions(
    p: Phrases,
    around: Frame,
    listed: Sequence[Suggestion],
    form_mark: str,
    *,
    page: int,
    pages: int,
    services: Mapping[str, str],
    whole: Mapping[str, str],
    notice: Notice | None = None,
) -> SuggestionsPage:
    """Return the suggestions; `whole` are the texts that were asked for in full."""
    return SuggestionsPage(
        title=p.say("Suggestions"),
        frame=around,
        mark=form_mark,
        rows=tuple(
            SuggestionRow(
                id=one.id,
                day=p.date(one.day),
                text=whole.get(one.id, one.text if one.is_whole else f"{one.text}\u2026"),
                more="" if one.is_whole or one.id in whole else p.say("Read it whole"),
                service=services.get(one.service or "", one.service or ""),
                tags=Field("tags", p.say("Tags, with commas between"), ", ".join(one.tags), limit=TAGS_MAX),
                is_read=one.is_read,
                read_label=p.say("Read"),
                save=p.say("Save"),
            )
            for one in listed
        ),
        empty=p.say("Nobody has suggested anything yet."),
        more=_pages(p, "/staff/suggestions?page=", page, pages),
        page=page,
        notice=notice,
    )


def tags_of(text: str) -> list[str]:
    """Return tags that were written with commas between, each once."""
    return list(dict.fromkeys(tag for part in text.split(",") if (tag := " ".join(part.split()).casefold())))


# -- surveys --------------------------------------------------------------------------------------------------------


def paper(
    p: Phrases,
    around: Frame,
    survey: SurveyMessage,
    given: Answering,
    form_mark: str,
    *,
    services: Sequence[ServiceInfo],
    own: str,
    found: Mapping[str, str] | None = None,
    notice: Notice | None = None,
) -> PaperPage:
    """Return the form for answers on paper: digits 1 to 4 answer and go on."""
    wrong = found or {}
    intro = p.say("Press 1 to 4 for each question: the next one follows by itself. Then Enter sends the form.")
    return PaperPage(
        title=p.say("{survey} on paper", survey=survey.name),
        frame=around,
        survey=survey.id,
        mark=form_mark,
        intro=intro,
        service_label=p.say("Service"),
        services=tuple(
            Option(one.id, in_words(one.name, p.language, own), is_chosen=one.id == given.service) for one in services
        ),
        questions=tuple(
            (
                f"a-{element.code}",
                f"{place}. {element.label}",
                tuple(
                    Option(str(n), text, is_chosen=given.answers.get(element.code) == n)
                    for n, text in enumerate(element.answers, 1)
                ),
                wrong.get(element.code, ""),
            )
            for place, element in enumerate(survey.elements, 1)
        ),
        profile=tuple(
            (
                f"p-{part.code}",
                part.question,
                (
                    Option("", p.say("not said")),
                    *(
                        Option(choice.code, choice.label, is_chosen=given.profile.get(part.code) == choice.code)
                        for choice in part.choices
                    ),
                ),
            )
            for part in survey.profile
        ),
        text=text_field(p, "text", p.say("Remark (may stay empty)"), given.text, limit=500),
        send=p.say("Save and next form"),
        notice=notice,
    )


def paper_saved(p: Phrases) -> Notice:
    """Return what is said when a form is saved."""
    return Notice("done", p.say("The form is saved. Here is the next one."))


def surveys(
    p: Phrases,
    around: Frame,
    told: FeedbackMessage | None,
    form_mark: str,
    *,
    services: Mapping[str, str],
    own: str,
    may_plan: bool,
    has_files: bool,
    notice: Notice | None = None,
) -> SurveysPage:
    """Return how far each survey has come, plans, and files."""
    last = {result.survey: result for result in told.results} if told is not None else {}
    under_way = told.surveys if told is not None else ()
    return SurveysPage(
        title=p.say("Surveys"),
        frame=around,
        mark=form_mark,
        blocks=tuple(
            _block(
                p,
                progress,
                last.get(progress.survey),
                services=services,
                own=own,
                may_plan=may_plan,
                has_files=has_files,
            )
            for progress in under_way
        ),
        columns=(p.say("Service"), p.say("Answers of those wanted")),
        empty=p.say("The office has no survey. It is set up under feedback in config.yaml."),
        notice=notice,
    )


def _block(
    p: Phrases,
    progress: SurveyProgress,
    result: SurveyResult | None,
    *,
    services: Mapping[str, str],
    own: str,
    may_plan: bool,
    has_files: bool,
) -> SurveyBlock:
    under_way = p.say(
        "{period}: {answers} answers of {wanted} wanted, until {date}",
        period=progress.period,
        answers=progress.answers,
        wanted=progress.wanted,
        date=p.date(progress.end),
    )
    base = f"/staff/surveys/{progress.survey}"
    return SurveyBlock(
        name=in_words(progress.name, p.language, own),
        under_way=under_way,
        rows=tuple(
            ProgressRow(
                service=services.get(one.service, one.service),
                figures=f"{one.answers} / {one.wanted}",
                length=bar(one.answers, 0, one.wanted),
                is_enough=one.answers >= one.wanted,
                note=p.say("enough")
                if one.answers >= one.wanted
                else p.count("{n} more is wanted", "{n} more are wanted", one.wanted - one.answers),
            )
            for one in progress.services
        ),
        paper=Link(f"{base}/paper", p.say("Enter paper forms")),
        result=_closed(p, result) if result is not None else p.say("No period has been closed yet."),
        plans_label=p.say("The three lowest, and what the office does about them") if result is not None else "",
        plans=_plans(p, result, own, may_plan=may_plan) if result is not None else (),
        downloads_label=p.say("Files of {period}", period=result.period) if result is not None else "",
        downloads=tuple(
            Link(f"/staff/results/{result.survey}/{result.period}.{kind}", label)
            for kind, label in (
                ("pdf", p.say("PDF to hang up")),
                ("xlsx", p.say("Excel")),
                ("excel", p.say("CSV for Excel")),
                ("csv", p.say("CSV (RFC 4180)")),
            )
        )
        if result is not None and has_files
        else (),
        elsewhere="" if has_files else _made_elsewhere(p),
    )


def _closed(p: Phrases, result: SurveyResult) -> str:
    return p.say(
        "{period}: index {index}, grade {grade}, between {low} and {high}, from {answers} answers",
        period=result.period,
        index=decimal(p, result.index),
        grade=result.grade,
        low=decimal(p, result.low),
        high=decimal(p, result.high),
        answers=result.answers,
    )


def _plans(p: Phrases, result: SurveyResult, own: str, *, may_plan: bool) -> tuple[PlanForm, ...]:
    elements = {element.code: element for element in result.elements}
    return tuple(
        PlanForm(
            survey=result.survey,
            period=result.period,
            element=one.code,
            label=in_words(elements[one.code].label, p.language, own) if one.code in elements else one.code,
            value=decimal(p, elements[one.code].value) if one.code in elements else "",
            plan=Field("plan", p.say("What the office does"), one.plan or "", limit=PLAN_MAX),
            by=Field("by", p.say("Until"), one.by.isoformat() if one.by else ""),
            save=p.say("Save and publish"),
            is_mine=may_plan,
            written=one.plan or p.say("No plan has been written yet."),
        )
        for one in result.lowest
    )
