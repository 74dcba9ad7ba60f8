"""The process that makes reports for the pages: one request a line in, one answer out, one after the other.

It lets the office go before, holds what it made as long as nothing of it has changed, and ends with whoever asks it.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import logging
import os
import sys
from collections import OrderedDict
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from broker.config import ConfigError, Settings, load_settings
from broker.language import Phrases, words_of
from broker.ports import StorageError
from broker.reports.course import STEP, history_of, today_of
from broker.reports.figures import History, report
from broker.reports.files import REPORT_TYPES, report_file
from broker.reports.officers import officer_figures
from broker.reports.plots import plots_of, svg_of
from broker.reports.query import Query, UnreadableQueryError, read_asked, read_query
from broker.reports.sheet import PACKAGE, ReportWording, names_of, wording_in
from broker.reports.tickets import Asked, listing
from broker.reports.view import Drawing, fragment, officer_page, report_page, tickets_page
from broker.store.archive import Archive
from broker.store.database import resolve_url

NICE = 10
KEPT = 24
"""So many answers are held."""
OWN, OFFICER = "own", "officer"
"""What is asked for: an officer's figures for themselves, or for a supervisor."""
TODAY, HISTORY, ALERTS = "today", "history", "alerts"
"""What a board asks for, a ticket's page, and the page of alerts where a database server has the journal."""
TICKETS = "tickets"
"""What is asked for: a page of the tickets behind a figure."""
PAGE_TYPE = "text/html; charset=utf-8"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: `made`, `refused` (in words), or `failed`."""

    status: str
    content: bytes
    media_type: str = PAGE_TYPE
    name: str = ""

    def head(self) -> bytes:
        """Return the line before the content."""
        told = {"status": self.status, "type": self.media_type, "name": self.name, "size": len(self.content)}
        return json.dumps(told).encode() + b"\n"


@dataclass(slots=True)
class Reporting:
    """Answers requests for one office's reports."""

    config: Path
    data: Path
    kept: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    _last: tuple[str, History] | None = None
    """The closed days that were asked for last: who looks at a year asks for it again, divided and as a file."""
    _said: bytes = b""
    _settings: Settings | None = None

    def answer(self, asked: dict[str, Any], now: dt.datetime | None = None) -> Answer:
        """Return what is asked for; a fault is an answer, too."""
        try:
            return self._answer(asked, now)
        except (ConfigError, StorageError, OSError) as error:
            log.error("a report cannot be made now: %s", error)  # noqa: TRY400 - a sentence that says all
            return Answer("failed", b"")

    def _board(self, asked: dict[str, Any], settings: Settings, now: dt.datetime) -> Answer:
        """Return what a board is told: how today went, or what happened to a ticket; or the alerts of late."""
        zone = settings.office.zone
        with closing(Archive(resolve_url(settings.store.url, self.data), settings.office.id)) as archive:
            if asked["what"] == TODAY:
                told: object = today_of(zone, now, archive.course(zone, now, STEP))
            elif asked["what"] == ALERTS:
                told = archive.alerts(int(dict(asked["query"])["lines"]))
            else:
                told = self._of_ticket(archive, dict(asked["query"]).get("ticket", ""), settings)
        return Answer("made", json.dumps(told).encode(), "application/json")

    def _of_ticket(self, archive: Archive, ticket: str, settings: Settings) -> object:
        """Return what happened to a ticket; of one that is not here, which years lie elsewhere, where any do."""
        zone, lines = settings.office.zone, archive.ticket(ticket)
        away = [] if lines else archive.years_away()
        if lines or not away:
            return history_of(lines, zone)
        return {"away": [{"day": years.day.isoformat(), "file": Path(years.file).name} for years in away]}

    def _answer(self, asked: dict[str, Any], now: dt.datetime | None) -> Answer:
        settings = self._office()
        now = now or dt.datetime.now(settings.office.zone)
        if asked["what"] in {TODAY, HISTORY, ALERTS}:
            return self._board(asked, settings, now)
        words = words_of(PACKAGE, settings.office.languages)(str(asked["language"]))
        today = now.astimezone(settings.office.zone).date()
        fields = [(str(name), str(value)) for name, value in asked["query"]]
        try:
            query = read_query(fields, today)
            wanted = read_asked(fields, query) if asked["what"] == TICKETS else None
            officer = str(asked.get("officer", ""))
        except UnreadableQueryError as error:
            return Answer("refused", words.say(str(error)).encode(), "text/plain; charset=utf-8")
        with closing(Archive(resolve_url(settings.store.url, self.data), settings.office.id)) as archive:
            digest = archive.digest_of_days(query.first, query.last)
            beside = [] if wanted is None else [wanted.figure.id, wanted.order, wanted.page]
            key = json.dumps(
                [asked["what"], officer, query.address(), words.language, digest, today.isoformat(), *beside]
            )
            if key in self.kept:
                self.kept.move_to_end(key)
                return self.kept[key]
            history = self._history(archive, query, settings, digest, now)
            telling = _Telling(settings, words, query, history, today, officer)
            if wanted is None:
                made, is_final = telling.made(str(asked["what"]))
            else:
                made, is_final = telling.tickets(wanted, archive)
            history.slices.clear()
        if is_final:
            self.kept[key] = made
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return made

    def _history(self, archive: Archive, query: Query, settings: Settings, digest: str, now: dt.datetime) -> History:
        """Return the days that are asked for; those that are all closed are held until others are."""
        key = json.dumps([str(query.first), str(query.last), digest])
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        self._last = None
        history = archive.history(settings.office.zone, query.first, query.last, now)
        days = {facts.day for facts in history.days}
        if days <= history.closed and query.last < now.astimezone(settings.office.zone).date():
            self._last = key, history
        return history

    def _office(self) -> Settings:
        """Return config.yaml as it is now."""
        said = self.config.read_bytes()
        if self._settings is None or said != self._said:
            self._settings, self._said = load_settings(self.config, os.environ), said
            self.kept.clear()
            self._last = None
        return self._settings


@dataclass(frozen=True, slots=True)
class _Telling:
    """What one answer is made of."""

    settings: Settings
    words: Phrases
    query: Query
    history: History
    today: dt.date
    officer: str = ""

    def made(self, what: str) -> tuple[Answer, bool]:
        """Return a page or a file, and whether nothing of it changes any more."""
        told = report(self.history, self.query.question, order=names_of(self.settings).order)
        wording = wording_in(told, self.settings, self.words.language)
        if what == "page":
            return self._page(wording), told.is_final
        if what in {OWN, OFFICER}:
            return self._officer(wording, is_own=what == OWN), told.is_final
        file = report_file(wording, next(one for one in REPORT_TYPES if one == what))
        return Answer("made", file.content, file.media_type, file.name), told.is_final

    def tickets(self, asked: Asked, archive: Archive) -> tuple[Answer, bool]:
        """Return a page of the tickets behind a figure, and whether nothing of it changes any more."""
        history = self.history
        found = listing(history, asked, lambda days: archive.traced(history.zone, days))
        numbers = archive.numbers([one.ticket for one in found.rows])
        told = report(history, asked.question, figures=(asked.figure,))
        shown = tickets_page(wording_in(told, self.settings, self.words.language), self.query, found, numbers)
        return Answer("made", fragment("tickets_page.html", shown, self.words)), told.is_final and not found.untold

    def _officer(self, wording: ReportWording, *, is_own: bool) -> Answer:
        query, history, figures = self.query, self.history, None
        if not is_own:  # what is closed alone: the officer sees it first
            closed = tuple(day for day in history.days if day.day in history.closed)
            history = replace(history, days=closed, slices={}, places={})
        if self.officer:
            figures = officer_figures(history, query.first, query.last, self.officer)
        shown = officer_page(wording, names_of(self.settings), query, figures, self.today, is_own=is_own)
        return Answer("made", fragment("officer_page.html", shown, self.words))

    def _page(self, wording: ReportWording) -> Answer:
        names = names_of(self.settings)
        drawings = [
            Drawing(plot, Markup(svg_of(plot, self.words.worded_in)))  # noqa: S704 - vl-convert escapes all
            for plot in plots_of(self.history, self.query, wording, names.order)
        ]
        shown = report_page(wording, names, self.query, drawings, self.today)
        return Answer("made", fragment("report_page.html", shown, self.words))


def main() -> None:
    """Answer each line until there are no more."""
    with suppress(OSError):  # where it may not, it works as it is
        os.nice(NICE)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    gc.disable()  # a year is a million tuples that stay until it is told: looking through them took half of the time
    reporting = Reporting(Path(sys.argv[1]), Path(sys.argv[2]))
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing else may say something in between
    for line in sys.stdin.buffer:
        answer = reporting.answer(json.loads(line))  # a fault of ours ends the process: whoever asks starts another
        out.write(answer.head() + answer.content)
        out.flush()
        gc.collect()


if __name__ == "__main__":
    main()
