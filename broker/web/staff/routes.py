"""The staff's pages, put together: the sections in the order of the navigation, and what stands before all of them.

A new section is one line in `sections`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from broker.web.asking import UNAVAILABLE, AwayError
from broker.web.sending import Sender
from broker.web.staff import frame
from broker.web.staff.account import AccountPages, sign_in_page, signed_out
from broker.web.staff.acts import ActsPages
from broker.web.staff.advice import AdvicePages
from broker.web.staff.advisor import Advisor
from broker.web.staff.alerts import AlertPages
from broker.web.staff.board import BoardPages
from broker.web.staff.complaints import ComplaintPages
from broker.web.staff.desk import FORBIDDEN, UNSIGNED, Desk, NoSessionError, NotTheirsError, Page, Section
from broker.web.staff.files import ResultFiles
from broker.web.staff.frame import Entry
from broker.web.staff.lately import Lately
from broker.web.staff.pictures import Previews
from broker.web.staff.reporter import Reporter
from broker.web.staff.reports import ReportPages
from broker.web.staff.rules import RulesFiles, RulesPages
from broker.web.staff.suggestions import SuggestionPages
from broker.web.staff.surveys import SurveyPages
from broker.web.staff.training import TrainingPages


@dataclass(frozen=True)
class StaffPages:
    """What the staff work with in a browser."""

    everywhere: bool = False
    """Whether browsers of other machines are served, too."""
    tls_port: int | None = None
    """Where they are then, encrypted; None: they are served as they ask."""
    files: ResultFiles | None = None
    rules: RulesFiles | None = None
    reporter: Reporter | None = None
    sender: Sender | None = None
    database: Path | None = None
    officers: Mapping[str, str] = field(default_factory=dict)
    advisor: Advisor | None = None
    previews: Previews | None = None
    lately: Lately = field(default_factory=Lately)
    is_training: bool = False

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Return all sections, in the order of the navigation."""
        return (
            BoardPages(self.reporter).section(),
            AlertPages(self.database, self.sender, self.officers, self.reporter).section(),
            ActsPages().section(),
            ComplaintPages().section(),
            SuggestionPages().section(),
            SurveyPages(self.files).section(),
            ReportPages(self.reporter).section(),
            AdvicePages(self.advisor).section(),
            RulesPages(self.rules, self.previews).section(),
            AccountPages().section(),
            TrainingPages(self.database).section(),
        )

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return what the navigation can lead to."""
        return tuple(entry for section in self.sections for entry in section.entries)

    def routes(self) -> list[Route]:
        """Return where the pages stand."""
        pages = [page for section in self.sections for page in section.pages]
        return [Route(page.path, page.named(self._for_staff(page)), methods=[page.method]) for page in pages]

    def _for_staff(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """Return a page that is served where it may be and to whom, and asks who it is where a session is over."""

        async def answer(request: Request) -> Response:
            desk = Desk(request, self.entries, self.lately, is_training=self.is_training)
            if not self.everywhere and not desk.is_near:
                raise HTTPException(404)
            if self.tls_port is not None and desk.is_plain:
                return RedirectResponse(f"https://{_host(request)}:{self.tls_port}/staff", status_code=303)
            try:
                if page.act is not None and page.method == "GET":
                    await desk.require(page.act)
                return await page.handler(desk)
            except NoSessionError:
                return await self._signed_out(desk)
            except NotTheirsError as error:
                return desk.show("staff/said.html", frame.not_for(desk.p, desk.frame(), error.act), status=FORBIDDEN)
            except AwayError:
                around = desk.frame() if desk.known is not None else None
                shown = frame.waiting(desk.p, around)
                return desk.show("staff/said.html", shown, status=UNAVAILABLE)

        return answer

    async def _signed_out(self, desk: Desk) -> Response:
        """Ask who it is; what was being written is still there."""
        notice = signed_out(desk.p) if desk.cookies.session in desk.request.cookies else None
        answer = sign_in_page(desk, notice=notice, status=UNSIGNED, unsent=await desk.unsent())
        answer.delete_cookie(desk.cookies.session, path="/staff", secure=desk.is_encrypted)
        return answer


def _host(request: Request) -> str:
    """Return by which name or address a browser found us."""
    host = request.url.hostname or ""
    return f"[{host}]" if ":" in host else host
