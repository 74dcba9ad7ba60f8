"""A report in words of one language: one model for page, paper and tables, so that all say the same."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_datetime, format_skeleton, get_day_names
from babel.numbers import get_decimal_symbol, get_group_symbol

from broker.config import Settings
from broker.language import Phrases, mark, training_mark, words_of
from broker.reports.figures import DIMENSIONS, Dimension, Figure, Report, ReportRow, Value
from broker.reports.tables import Cell, Column, Table, decimals_of
from broker.reports.tickets import PLACE, Listing

PACKAGE = "broker.reports"
"""Whose catalogue has the words."""
_NAMES: dict[Dimension, str] = {
    "day": mark("Day"),
    "week": mark("Week"),
    "month": mark("Month"),
    "quarter": mark("Quarter"),
    "weekday": mark("Weekday"),
    "half_hour": mark("Half hour"),
    "service": mark("Service"),
    "lane": mark("Lane"),
    "stage": mark("Stage"),
    "counter": mark("Counter"),
    "officer": mark("Officer"),
}
_UNITS = {
    "visitors": mark("visitors"),
    "min": mark("min"),
    "h": mark("h"),
    "%": "%",
    "papers": mark("papers"),
    "ratings": mark("ratings"),
    "1-4": "1-4",
}
NOTHING_SAID = "-"


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids of an office are called, by dimension and in its order."""

    office: Mapping[str, str]
    of: Mapping[Dimension, Mapping[str, Mapping[str, str]]]

    @property
    def order(self) -> Mapping[Dimension, tuple[str, ...]]:
        """Return in which order the office has them."""
        return {dimension: tuple(names) for dimension, names in self.of.items()}


def office_name(settings: Settings) -> Mapping[str, str]:
    """Return the office's name as it stands on what is written, by language; that of a training says that it is one."""
    name = settings.office.name
    if not settings.training:
        return name
    return {language: f"{training_mark((language,))} \N{MIDDLE DOT} {said}" for language, said in name.items()}


def names_of(settings: Settings) -> Names:
    """Return what config.yaml calls services, lanes, stages, counters and officers."""
    languages = settings.office.languages
    return Names(
        office=office_name(settings),
        of={
            "service": {one.id: one.name for one in settings.services},
            "lane": {one.id: one.name for one in settings.lanes},
            "stage": {one.id: one.name for one in settings.stages},
            "counter": {one.id: dict.fromkeys(languages, one.label) for one in settings.counters},
            "officer": {one.id: dict.fromkeys(languages, one.name) for one in settings.officers},
        },
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A value in words, and of how many it is."""

    value: str
    n: str


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure of all that was asked for, with what it is."""

    id: str
    name: str
    said: Said
    unit: str
    denominator: str
    definition: str


@dataclass(frozen=True, slots=True)
class Part:
    """Figures under one heading."""

    title: str
    lines: tuple[FigureLine, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Figures under one heading, divided: a row for each slice, with its values."""

    title: str
    heads: tuple[str, ...]
    """Of the first columns: by what it is divided."""
    ids: tuple[str, ...]
    """Which figures the other columns are."""
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Said, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """All that a report says, in words of one language."""

    language: str
    is_rtl: bool
    office: str
    title: str
    span: str
    as_of: str
    state: str
    chosen: tuple[str, ...]
    n_head: str
    parts: tuple[Part, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]


class ReportWording:
    """Says a report in one language."""

    def __init__(self, report: Report, names: Names, words: Phrases, zone: dt.tzinfo) -> None:
        """Take the office's names and the time zone of its clock."""
        self.report = report
        self._names = names
        self.words = words
        self._zone = zone

    @property
    def file_name(self) -> str:
        """Return a name for its files, without an ending."""
        question = self.report.question
        return "-".join(("report", span_name(question.first, question.last), *question.by))

    def sheet(self) -> ReportSheet:
        """Return what page and paper say."""
        words, question = self.words, self.report.question
        return ReportSheet(
            language=words.worded_in,
            is_rtl=words.rtl,
            office=self._text(self._names.office),
            title=words.say("Report"),
            span=self._span(question.first, question.last),
            as_of=words.say("As of {moment}", moment=self._moment(self.report.as_of)),
            state=self._state(),
            chosen=self._chosen(),
            n_head="n",
            parts=tuple(self._parts()),
            sections=tuple(self._sections()),
            notes=self._notes(),
        )

    def head(self) -> tuple[str, ...]:
        """Return the names of the five columns of a CSV."""
        words = self.words
        return words.say("Part"), words.say("Code"), words.say("Name"), words.say("Figure"), words.say("Value")

    def about(self) -> Table:
        """Return what the report is about, as a table."""
        words, report = self.words, self.report
        about: list[tuple[str, str, Cell]] = [
            ("office", words.say("Office"), self._text(self._names.office)),
            ("begin", words.say("From"), report.question.first),
            ("end", words.say("Until"), report.question.last),
            ("as_of", words.say("As of"), report.as_of.astimezone(self._zone).isoformat(timespec="seconds")),
            ("state", words.say("State"), self._state()),
            *(
                (f"only_{one}", self.dimension(one), ", ".join(self.label(one, value) for value in sorted(allowed)))
                for one, allowed in report.question.only.items()
            ),
            *((f"note_{place}", words.say("Note"), note) for place, note in enumerate(self._notes(), 1)),
        ]
        value = (Column("value", words.say("Value")),)
        return Table("about", words.say("Report"), value, tuple((code, name, (cell,)) for code, name, cell in about))

    def tables(self) -> tuple[Table, ...]:
        """Return the same as tables."""
        tables = [self.about(), self._whole()]
        if self.report.question.by:
            tables += [self._divided(), self._divided(counts=True)]
        return (*tables, self._definitions())

    def tickets(self, found: Listing, numbers: Mapping[str, str]) -> Table:
        """Return the tickets behind a figure as a table, by their ids and their numbers."""
        words, figure = self.words, found.asked.figure
        columns = (
            Column("at", words.say("When")),
            *(Column(one, self.dimension(one)) for one in PLACE),
            Column(figure.id, self.column(figure)),
        )
        rows = tuple(
            (
                one.ticket,
                numbers.get(one.ticket, ""),
                (
                    one.at.isoformat(timespec="seconds"),
                    *(self.label(place, one.place[place]) if place in one.place else None for place in PLACE),
                    one.value.value,
                ),
            )
            for one in found.rows
        )
        title = words.say("Tickets behind: {figure}", figure=words.say(figure.name))
        return Table("tickets", title, columns, rows)

    def json(self) -> bytes:
        """Return the same for programs: ids, exact figures, and the words of this language beside them."""
        report, question = self.report, self.report.question
        said: dict[str, Any] = {
            "version": 1,
            "office": self._text(self._names.office),
            "first": question.first.isoformat(),
            "last": question.last.isoformat(),
            "as_of": report.as_of.astimezone(self._zone).isoformat(),
            "is_final": report.is_final,
            "by": list(question.by),
            "only": {one: sorted(allowed) for one, allowed in question.only.items()},
            "clock_set": [at.astimezone(self._zone).isoformat() for at in report.clock_set],
            "figures": [
                {
                    "id": one.id,
                    "part": self.words.say(one.part),
                    "name": self.words.say(one.name),
                    "unit": one.unit,
                    "denominator": self.words.say(one.denominator),
                    "definition": self.words.say(one.definition),
                }
                for one in report.figures
            ],
            "rows": [self._row(row) for row in report.rows],
            "total": self._row(report.total),
        }
        return json.dumps(said, ensure_ascii=False, indent=1).encode()

    def label(self, dimension: Dimension, value: str) -> str:
        """Return how a value of a dimension is said."""
        words = self.words
        match dimension:
            case "day":
                return format_date(dt.date.fromisoformat(value), "medium", locale=words.worded_in)
            case "week" | "quarter":
                year, n = int(value[:4]), int(value[6:])
                text = mark("Week {n} of {year}") if dimension == "week" else mark("Quarter {n} of {year}")
                return words.say(text, n=n, year=year)
            case "month":
                first = dt.date.fromisoformat(f"{value}-01")
                return str(format_skeleton("yMMMM", first, locale=words.worded_in))
            case "weekday":
                return str(get_day_names("wide", "stand-alone", locale=words.worded_in)[int(value) - 1])
            case "half_hour":
                return words.clock(dt.datetime.combine(dt.date.min, dt.time.fromisoformat(value)))
            case _:
                names = self._names.of.get(dimension, {})
                return self._text(names[value]) if value in names else value

    def short(self, dimension: Dimension, value: str) -> str:
        """Return the same where there is little room."""
        words = self.words
        match dimension:
            case "day":
                day = dt.date.fromisoformat(value)
                return str(format_skeleton("MMMd", day, locale=words.worded_in))
            case "week":
                return words.say("W{n}", n=int(value[6:]))
            case "month":
                return str(format_skeleton("yMMM", dt.date.fromisoformat(f"{value}-01"), locale=words.worded_in))
            case _:
                return self.label(dimension, value)

    def said(self, value: Value) -> Said:
        """Return a value in words."""
        return Said(NOTHING_SAID if value.value is None else self._number(value.value), self._number(value.n))

    def column(self, figure: Figure) -> str:
        """Return the name of a figure with its unit, where a count does not say it itself."""
        name = self.words.say(figure.name)
        return f"{name} ({self._unit(figure)})" if figure.unit in {"min", "h", "%", "1-4"} else name

    # -- parts ----------------------------------------------------------------------------------------------------

    def _text(self, text: Mapping[str, str]) -> str:
        languages = (self.words.language, self.words.worded_in)
        return next((text[one] for one in languages if text.get(one)), next(iter(text.values()), ""))

    def _number(self, figure: Decimal | int) -> str:
        return number_text(figure, self.words.worded_in)

    def _unit(self, figure: Figure) -> str:
        return self.words.say(_UNITS[figure.unit])

    def dimension(self, dimension: Dimension) -> str:
        """Return what a dimension is called."""
        return self.words.say(_NAMES[dimension])

    def _moment(self, at: dt.datetime) -> str:
        local = at.astimezone(self._zone)
        said: str = format_datetime(local, "long", tzinfo=self._zone, locale=self.words.worded_in)
        return said.replace("\u202f", " ").replace("\xa0", " ")

    def _span(self, first: dt.date, last: dt.date) -> str:
        begin, end = (format_date(day, "long", locale=self.words.worded_in) for day in (first, last))
        if first == last:
            return self.words.date(first)
        return self.words.say("{begin} to {end}", begin=begin, end=end)

    def _state(self) -> str:
        if self.report.is_final:
            return self.words.say("All of these days are closed: nothing of it changes any more.")
        return self.words.say("Not all of these days are closed: figures may change.")

    def _chosen(self) -> tuple[str, ...]:
        return tuple(
            f"{self.dimension(one)}: {', '.join(self.label(one, value) for value in sorted(allowed))}"
            for one, allowed in self.report.question.only.items()
        )

    def _notes(self) -> tuple[str, ...]:
        words = self.words
        method = words.say(
            "What happened counts in the half hour in which it happened, a wait in that in which it ended. Percentiles "
            "are nearest ranks. n says of how many a figure is."
        )
        clock = [
            words.say(
                "The machine's clock was set ({moment}): half hours before and after are not of one clock.",
                moment=self._moment(at),
            )
            for at in self.report.clock_set
        ]
        return (method, *clock)

    def _parts(self) -> list[Part]:
        words, parts = self.words, dict[str, list[FigureLine]]()
        for one in self.report.figures:
            line = FigureLine(
                id=one.id,
                name=words.say(one.name),
                said=self.said(self.report.total.values[one.id]),
                unit="" if self.report.total.values[one.id].value is None else self._unit(one),
                denominator=words.say(one.denominator),
                definition=words.say(one.definition),
            )
            parts.setdefault(words.say(one.part), []).append(line)
        return [Part(title, tuple(lines)) for title, lines in parts.items()]

    def _sections(self) -> list[Section]:
        question, parts = self.report.question, dict[str, list[Figure]]()
        if not question.by:
            return []
        for one in self.report.figures:
            if self._is_divided(one):
                parts.setdefault(one.part, []).append(one)
        return [
            Section(
                title=self.words.say(part),
                heads=tuple(self.dimension(one) for one in question.by),
                ids=tuple(one.id for one in figures),
                columns=tuple(self.column(one) for one in figures),
                rows=tuple(
                    (self._labels(row), tuple(self.said(row.values[one.id]) for one in figures))
                    for row in self.report.rows
                ),
            )
            for part, figures in parts.items()
        ]

    def _is_divided(self, figure: Figure) -> bool:
        return {*self.report.question.by, *self.report.question.only} <= figure.dimensions

    def _labels(self, row: ReportRow) -> tuple[str, ...]:
        return tuple(self.label(one, value) for one, value in zip(self.report.question.by, row.key, strict=True))

    def _whole(self) -> Table:
        words, total = self.words, self.report.total
        columns = (
            Column("value", words.say("Value")),
            Column("unit", words.say("Unit")),
            Column("n", "n"),
        )
        rows = tuple(
            (one.id, words.say(one.name), (total.values[one.id].value, self._unit(one), total.values[one.id].n))
            for one in self.report.figures
        )
        return Table("total", words.say("All together"), columns, rows)

    def _divided(self, *, counts: bool = False) -> Table:
        """Return a row for each slice: its figures, or of how many they are."""
        by, shown = self.report.question.by, [one for one in self.report.figures if self._is_divided(one)]
        title = self.words.say("Of how many") if counts else self.words.say("Divided")
        rows = tuple(
            (
                "|".join(row.key),
                " | ".join(self._labels(row)),
                tuple(row.values[one.id].n if counts else row.values[one.id].value for one in shown),
            )
            for row in self.report.rows
        )
        name = ", ".join(self.dimension(one) for one in by)
        columns = tuple(Column(one.id, self.column(one)) for one in shown)
        return Table("rows_n" if counts else "rows", f"{title}: {name}", columns, rows)

    def _definitions(self) -> Table:
        words = self.words
        columns = (
            Column("unit", words.say("Unit")),
            Column("denominator", words.say("Of what")),
            Column("definition", words.say("What it is")),
        )
        rows = tuple(
            (one.id, words.say(one.name), (self._unit(one), words.say(one.denominator), words.say(one.definition)))
            for one in self.report.figures
        )
        return Table("definitions", words.say("Definitions"), columns, rows)

    def _row(self, row: ReportRow) -> dict[str, Any]:
        return {
            "key": list(row.key),
            "name": list(self._labels(row)) if row.key else [],
            "as_of": row.as_of.astimezone(self._zone).isoformat(),
            "values": {
                name: {"value": float(value) if isinstance(value, Decimal) else value, "n": n}
                for name, (value, n) in row.values.items()
            },
        }


def number_text(figure: Decimal | int, language: str) -> str:
    """Return a figure as a language writes it, with all of its decimals: as Babel does, in a fiftieth of the time.

    A year day by day is 30,000 of them.
    """
    places = decimals_of(figure) if isinstance(figure, Decimal) else 0
    return f"{figure:,.{places}f}".translate(_marks(language))


@lru_cache
def _marks(language: str) -> dict[int, str]:
    signs = {",": get_group_symbol(language), ".": get_decimal_symbol(language)}
    return str.maketrans(signs)


def wording_in(report: Report, settings: Settings, language: str) -> ReportWording:
    """Return what says a report in a language of the office."""
    words = words_of(PACKAGE, settings.office.languages)(language)
    return ReportWording(report, names_of(settings), words, settings.office.zone)


def span_name(first: dt.date, last: dt.date) -> str:
    """Return a short name of a span: a day, or its first and last one, or a whole month."""
    if first == last:
        return first.isoformat()
    is_month = first.day == 1 and last.month == first.month and (last + dt.timedelta(days=1)).day == 1
    return f"{first:%Y-%m}" if is_month and first.year == last.year else f"{first}_{last}"


def dimension_of(name: str) -> Dimension | None:
    """Return a dimension by its name, `-` as good as `_`; None where there is none."""
    wanted = name.strip().replace("-", "_")
    return next((one for one in DIMENSIONS if one == wanted), None)
