"""What other programs get: reports and metrics by a token over HTTP, and a file of each day when it is closed."""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from broker.web.site import site_of
from broker.web.staff.access import is_near
from broker.web.staff.reporter import LONGEST_S, Made, Reporter, Wanted
from broker.web.staff.reports import FILE_PATIENCE_S, MOST_FIELDS

API, METRICS = "/api/v1/reports", "/metrics"
_BEARER = "bearer "

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Programs:
    """Which programs are answered: those with the office's token, from where the staff's pages are opened."""

    token: str | None
    everywhere: bool = False
    is_encrypted: bool = False
    """Whether other machines have to ask by https."""

    def refusal(self, request: Request) -> Response | None:
        """Return why a program gets no answer, or None."""
        near = is_near(request.client.host if request.client else None)
        if self.token is None or not (near or self.everywhere):
            return _refused(HTTPStatus.NOT_FOUND, "not_here")
        if self.is_encrypted and not near and request.url.scheme != "https":
            return _refused(HTTPStatus.FORBIDDEN, "https_only")
        said = request.headers.get("authorization", "")
        if not said.lower().startswith(_BEARER) or not _same(said[len(_BEARER) :].strip(), self.token):
            return _refused(HTTPStatus.UNAUTHORIZED, "wrong_token", {"WWW-Authenticate": "Bearer"})
        return None


@dataclass(frozen=True, slots=True)
class ReportApi:
    """Answers programs that ask for reports."""

    reporter: Reporter | None
    programs: Programs
    language: str

    async def answer(self, request: Request) -> Response:
        """Return a report as JSON, or why there is none."""
        if self.reporter is None:
            return _refused(HTTPStatus.NOT_FOUND, "not_here")
        return self.programs.refusal(request) or await self._answer(request, self.reporter)

    async def _answer(self, request: Request, reporter: Reporter) -> Response:
        fields = tuple((name, value) for name, value in request.query_params.multi_items() if name != "lang")
        if len(fields) > MOST_FIELDS:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, "too_many_fields")
        made = await reporter.made(Wanted("json", fields, self.language), patience_s=FILE_PATIENCE_S)
        match made:
            case Made("made", content):
                return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
            case Made("refused", content):
                return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_query", text=content.decode())
            case Made("failed"):
                return _refused(HTTPStatus.INTERNAL_SERVER_ERROR, "failed")
            case _:
                return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", {"Retry-After": "60"})


def _same(said: str, token: str) -> bool:
    return hmac.compare_digest(said.encode("utf-8", "replace"), token.encode())


def _refused(status: int, code: str, headers: dict[str, str] | None = None, *, text: str = "") -> Response:
    told = {"error": code} | ({"text": text} if text else {})
    return JSONResponse(told, status, {"Cache-Control": "no-store", **(headers or {})})


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """Answers Prometheus."""

    programs: Programs

    async def answer(self, request: Request) -> Response:
        """Return the figures of the moment, or why not."""
        if refused := self.programs.refusal(request):
            return refused
        text = generate_latest(site_of(request).metrics)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})


@dataclass(slots=True)
class NightlyFiles:
    """Puts a report of each closed day into a folder, once; also of the last one that was closed while it was away."""

    reporter: Reporter
    folder: Path
    kind: str
    language: str
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def closed(self, day: dt.date) -> None:
        """Make the file of a day, where it is not there."""
        if not self._path(day).exists() and not self._under_way:
            task = asyncio.get_running_loop().create_task(self._make(day))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def _path(self, day: dt.date) -> Path:
        return self.folder / f"report-{day}.{'csv' if self.kind == 'excel' else self.kind}"

    async def _make(self, day: dt.date) -> None:
        wanted = Wanted(self.kind, (("period", day.isoformat()),), self.language)
        made = await self.reporter.made(wanted, patience_s=LONGEST_S)
        if not isinstance(made, Made) or made.status != "made":
            log.warning("no file of %s was made", day)
            return
        path, begun = self._path(day), self._path(day).with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            begun.write_bytes(made.content)
            begun.replace(path)  # whoever fetches it never finds half of it
        except OSError as error:
            log.warning("the file of %s cannot be written to %s: %s", day, self.folder, error.strerror or error)
