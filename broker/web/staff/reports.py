"""Reports: what days, weeks, months came to. They are made by a process of its own; this shows what it made."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker.language import Phrases, mark
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.frame import Entry, Frame, Link, SaidPage
from broker.web.staff.reporter import Made, Reporter, Wanted
from broker.web.visitor.writing import Notice

HOME, FIGURES = "/staff/reports", "/staff/figures"
KINDS = ("pdf", "xlsx", "csv", "excel", "json", "html")
PAGE_PATIENCE_S, FILE_PATIENCE_S = 2.5, 100.0
"""So long somebody sees the page before; a file is waited for as browsers wait."""
AGAIN_S = 2
MOST_FIELDS = 20
BESIDE = frozenset({"lang", "officer"})
"""What is not asked of the days."""


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page that was made elsewhere, in the frame of the staff's pages."""

    title: str
    frame: Frame
    content: Markup


@dataclass(frozen=True, slots=True)
class BeingMadePage:
    """A report that is not there yet; the page asks for it again by itself."""

    title: str
    frame: Frame
    text: str
    before: str
    again: Link


def being_made(p: Phrases, around: Frame, before: int, url: str) -> BeingMadePage:
    """Return what is said while a report is made."""
    return BeingMadePage(
        title=p.say("The report is being made"),
        frame=around,
        text=p.say("It appears here by itself in a moment. The office's own work goes first."),
        before=p.count("{n} other is made before it.", "{n} others are made before it.", before) if before else "",
        again=Link(url, p.say("Look now")),
    )


def wait_for(desk: Desk, here: str, before: int) -> Response:
    """Return what is shown until something is made; the browser asks for the same again."""
    query = desk.request.url.query
    url = f"{desk.request.url.path}?{query}" if query else desk.request.url.path
    answer = desk.show("staff/being_made.html", being_made(desk.p, desk.frame(here), before, url))
    answer.headers["Refresh"] = str(AGAIN_S)  # one sentence: nobody loses their place on it
    return answer


def not_made(p: Phrases, around: Frame, made: Made) -> SaidPage:
    """Return why there is no report."""
    match made.status:
        case "refused":
            notice = Notice("error", p.say("This report cannot be shown."), made.content.decode())
        case "busy":
            notice = Notice(
                "away", p.say("Many reports are being made just now."), p.say("Please try again in a minute.")
            )
        case _:
            notice = Notice(
                "error",
                p.say("The report could not be made."),
                p.say("Please try again. If it stays so, tell technical support: the reason is in the log."),
            )
    return SaidPage(p.say("Reports"), around, notice)


def made_elsewhere(p: Phrases, around: Frame) -> SaidPage:
    """Return what is said where the data are on another machine."""
    text = p.say("Reports are made on the machine that keeps the data, by the command: antrean report")
    return SaidPage(p.say("Reports"), around, Notice("error", p.say("Reports cannot be made here."), text))


STATUS = {"refused": 422, "busy": HTTPStatus.SERVICE_UNAVAILABLE, "failed": HTTPStatus.INTERNAL_SERVER_ERROR}


@dataclass(frozen=True, slots=True)
class ReportPages:
    """What is seen of reports, and downloaded."""

    reporter: Reporter | None = None

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (
                Page(HOME, self.report, "reports"),
                Page(f"{HOME}/report.{{kind}}", self.file, "reports"),
                Page(f"{HOME}/tickets", self.tickets, "ticket_history"),
                Page(FIGURES, self.figures, "own_figures"),
            ),
            (Entry(HOME, mark("Reports"), "reports"), Entry(FIGURES, mark("Own figures"), "own_figures")),
        )

    async def report(self, desk: Desk) -> Response:
        """Show a report."""
        return await self._shown(desk, "page", desk.p.say("Reports"), HOME)

    async def tickets(self, desk: Desk) -> Response:
        """List the tickets behind a figure; each leads to its history, and so it is for whoever may see that."""
        await desk.require("reports")
        return await self._shown(desk, "tickets", desk.p.say("Reports"), HOME)

    async def figures(self, desk: Desk) -> Response:
        """Show somebody's own figures; to a supervisor those of one officer, in the same form."""
        staff, chosen = desk.staff, desk.request.query_params.get("officer")
        if chosen is None:
            return await self._shown(desk, "own", desk.p.say("Own figures"), FIGURES, officer=staff.id)
        await desk.require("reports_officers")
        return await self._shown(desk, "officer", desk.p.say("Reports"), HOME, officer=chosen[:60])

    async def _shown(self, desk: Desk, what: str, title: str, here: str, officer: str = "") -> Response:
        p, around = desk.p, desk.frame(here)
        reporter = self._here(desk)
        if reporter is None:
            return desk.show("staff/said.html", made_elsewhere(p, around), status=404)
        made = await reporter.made(wanted(desk, what, officer), patience_s=PAGE_PATIENCE_S)
        if isinstance(made, int):
            return wait_for(desk, here, made)
        if made.status != "made":
            return desk.show("staff/said.html", not_made(p, around, made), status=STATUS[made.status])
        content = Markup(made.content.decode())  # noqa: S704 - made by our own templates, which escape
        return desk.show("staff/made.html", MadePage(title, around, content))

    async def file(self, desk: Desk) -> Response:
        """Hand out a report as a file."""
        kind = desk.request.path_params["kind"]
        if kind not in KINDS:
            raise HTTPException(404)
        around, reporter = desk.frame(HOME), self._here(desk)
        if reporter is None:
            return desk.show("staff/said.html", made_elsewhere(desk.p, around), status=404)
        made = await reporter.made(wanted(desk, kind), patience_s=FILE_PATIENCE_S)
        if isinstance(made, int):
            made = Made("busy")
        if made.status != "made":
            return desk.show("staff/said.html", not_made(desk.p, around, made), status=STATUS[made.status])
        return file_response(made)

    def _here(self, _desk: Desk) -> Reporter | None:
        return self.reporter if self.reporter is not None and self.reporter.can_be_made() else None


def wanted(desk: Desk, what: str, officer: str = "") -> Wanted:
    """Return what an address asks for; what it means is for the one who makes it."""
    fields = tuple((name, value) for name, value in desk.request.query_params.multi_items() if name not in BESIDE)
    if len(fields) > MOST_FIELDS:
        raise HTTPException(404)
    return Wanted(what, fields, desk.p.worded_in, officer)


def file_response(made: Made) -> Response:
    """Return a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"}
    return Response(made.content, media_type=made.media_type, headers=headers)
