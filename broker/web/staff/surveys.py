"""Surveys: how far they have come, plans for the lowest elements, paper forms, and the results as files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from broker.contract.messages import FeedbackMessage, ServiceInfo, SurveyMessage, SurveyProgress, SurveyResult
from broker.language import Phrases, mark
from broker.web.asking import UNAVAILABLE, UNFINISHED, AwayError
from broker.web.office import Office
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.files import ResultFiles
from broker.web.staff.frame import Entry, Frame, Link, SaidPage
from broker.web.visitor import survey
from broker.web.visitor.results import bar, decimal, in_words
from broker.web.visitor.survey import Answering
from broker.web.visitor.writing import Field, Notice, Option, away, mark_of, new_mark, read, read_line, text_field

HOME = "/staff/surveys"
PLAN_MAX = 300
_PERIOD = re.compile(r"[0-9]{4}(-[0-9Q]{1,3})?")
FILES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "excel": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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


# -- what is said --------------------------------------------------------------------------------------------------


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


def no_file(p: Phrases, around: Frame) -> SaidPage:
    """Return what is said where a file cannot be made."""
    notice = Notice("error", p.say("This file cannot be made here."), _made_elsewhere(p))
    return SaidPage(p.say("Surveys"), around, notice)


def _made_elsewhere(p: Phrases) -> str:
    return p.say("Files are made on the machine that keeps the data, by the command: antrean survey results")


# -- what is asked -------------------------------------------------------------------------------------------------


def has_surveys(office: Office) -> bool:
    """Tell whether the office asks anything."""
    return bool(office.surveys)


@dataclass(frozen=True, slots=True)
class SurveyPages:
    """What is seen of surveys, and entered."""

    files: ResultFiles | None = None

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (
                Page(HOME, self.surveys, "surveys"),
                Page(f"{HOME}/{{survey}}/paper", self.paper, "survey"),
                Page(f"{HOME}/{{survey}}/paper", self.papered, "survey", "POST"),
                Page(f"{HOME}/{{survey}}/plan", self.planned, "survey_plan", "POST"),
                Page("/staff/results/{survey}/{file}", self.file, "surveys"),
            ),
            (Entry(HOME, mark("Surveys"), "surveys", has_surveys),),
        )

    async def surveys(self, desk: Desk) -> Response:
        """Show how far the surveys have come."""
        return self._surveys(desk)

    def _surveys(self, desk: Desk, notice: Notice | None = None, status: int = 200) -> Response:
        p = desk.p
        shown = surveys(
            p,
            desk.frame(HOME),
            desk.office.feedback,
            new_mark(),
            services=dict(desk.services()),
            own=desk.own_language,
            may_plan=desk.staff.may("survey_plan"),
            has_files=self.files is not None and self.files.can_be_made(),
            notice=notice,
        )
        return desk.show("staff/surveys.html", shown, status=status)

    async def planned(self, desk: Desk) -> Response:
        """Write down what is done about one of the lowest elements."""
        p, fields = desk.p, await desk.form()
        plan, by = read(fields, "plan"), fields.get("by", "")
        if not plan or not by:
            notice = Notice("error", p.say("Please write what the office does, and until when."))
            await desk.require("survey_plan")
            return self._surveys(desk, notice, UNFINISHED)
        arguments = {
            "survey": desk.request.path_params["survey"],
            "period": fields.get("period", ""),
            "element": fields.get("element", ""),
            "plan": plan,
            "by": by,
        }
        reply = await desk.reply("survey_plan", arguments, mark_of(fields))
        if reply.error is not None:
            await desk.require("survey_plan")
            return self._surveys(desk, Notice("error", p.error(reply.error.code)), UNFINISHED)
        return self._surveys(desk, Notice("done", p.say("The plan is saved, and published with the results.")))

    async def paper(self, desk: Desk) -> Response:
        """Show an empty form to enter."""
        service = read_line(desk.request.query_params, "service")
        given = survey.Answering(service=service)
        notice = paper_saved(desk.p) if "saved" in desk.request.query_params else None
        return self._paper(desk, given, new_mark(), notice=notice)

    async def papered(self, desk: Desk) -> Response:
        """Take a paper form and show the next one, for the same service."""
        p, fields = desk.p, await desk.form()
        asked = desk.asked()
        given, form_mark = survey.read_answers(asked, fields), mark_of(fields)
        if found := survey.faults(p, asked, given):
            await desk.require("survey")
            return self._paper(desk, given, form_mark, found=found, status=UNFINISHED)
        try:
            reply = await desk.reply("survey", given.arguments(asked), form_mark)
        except AwayError:
            notice = away(p, p.say("Save and next form"))
            return self._paper(desk, given, form_mark, notice=notice, status=UNAVAILABLE)
        if reply.error is not None:
            await desk.require("survey")
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
        shown = paper(
            desk.p,
            desk.frame(HOME),
            desk.asked(),
            given,
            form_mark,
            services=offer.services if offer is not None else (),
            own=desk.own_language,
            found=found,
            notice=notice,
        )
        return desk.show("staff/paper.html", shown, status=status)

    async def file(self, desk: Desk) -> Response:
        """Hand out the results of a closed period as a file."""
        period, _, kind = desk.request.path_params["file"].rpartition(".")
        asked = desk.asked()
        if kind not in FILES or not _PERIOD.fullmatch(period):
            raise HTTPException(404)
        language = desk.p.worded_in
        content = None if self.files is None else await self.files.made(asked.id, period, kind, language)
        if content is None:
            return desk.show("staff/said.html", no_file(desk.p, desk.frame()), status=404)
        name = f"{asked.id}-{period}.{'csv' if kind == 'excel' else kind}"
        return Response(
            content,
            media_type=FILES[kind],
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )
