"""A report as a page: what stands on it and where it leads, in words of one language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl

import jinja2
from markupsafe import Markup

from broker.language import Phrases, mark
from broker.reports.figures import FIGURES, Dimension, Figure, ReportRow, Value, day_value
from broker.reports.officers import FEWEST, KindOfWork, OfficerFigures
from broker.reports.plots import Plot
from broker.reports.query import MOST_PERIODS, ONLY, Query
from broker.reports.sheet import Names, ReportSheet, ReportWording, Said
from broker.reports.tickets import PLACE, Listed, Listing

HOME, FIGURES_HOME = "/staff/reports", "/staff/figures"
TICKETS_HOME, TICKET_HOME = f"{HOME}/tickets", "/staff/board/ticket"
_PERIOD_NAMES: tuple[tuple[Dimension, str], ...] = (
    ("day", mark("Day")),
    ("week", mark("Week")),
    ("month", mark("Month")),
    ("quarter", mark("Quarter")),
)
_WAYS: tuple[tuple[Dimension, ...], ...] = (
    (),
    ("day",),
    ("week",),
    ("month",),
    ("quarter",),
    ("weekday",),
    ("half_hour",),
    ("weekday", "half_hour"),
    ("service",),
    ("lane",),
    ("stage",),
    ("counter",),
    ("lane", "service"),
    ("lane", "month"),
)
"""By what a page offers to divide; an address may ask for any two."""
_CHOSEN: tuple[Dimension, ...] = ("lane", "service", "stage", "counter")
_FILES = (
    ("pdf", mark("PDF")),
    ("xlsx", mark("Excel")),
    ("excel", mark("CSV for Excel")),
    ("csv", mark("CSV (RFC 4180)")),
    ("json", mark("JSON")),
)


@dataclass(frozen=True, slots=True)
class Way:
    """Where one can go from here."""

    url: str
    label: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of those that may be chosen in a field."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Chooser:
    """A field of the form."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FigureCell:
    """A figure of a row, and where its tickets are."""

    said: Said
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of figures, and for each of what it is divided by where it leads."""

    labels: tuple[Way, ...]
    cells: tuple[FigureCell, ...]


@dataclass(frozen=True, slots=True)
class Divided:
    """Figures under one heading, divided."""

    title: str
    heads: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    """Id and name of each figure."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot, drawn, with the same as a table."""

    plot: Plot
    svg: Markup


@dataclass(frozen=True, slots=True)
class Turning:
    """From one span of days to another."""

    periods: tuple[Way, ...]
    before: Way
    after: Way | None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that the page says."""

    sheet: ReportSheet
    query: Query
    turning: Turning
    choosers: tuple[Chooser, ...]
    kept: tuple[tuple[str, str], ...]
    """What the form has no field for, and sends all the same."""
    tickets: Mapping[str, str]
    """By figure: where its tickets are."""
    sections: tuple[Divided, ...]
    drawings: tuple[Drawing, ...]
    downloads: tuple[Way, ...]
    officers: Way
    latest: str
    """The last day that may be asked for."""


def report_page(
    wording: ReportWording, names: Names, query: Query, drawings: Sequence[Drawing], today: dt.date
) -> ReportPage:
    """Return the page of a report."""
    words, sheet = wording.words, wording.sheet()
    return ReportPage(
        sheet=sheet,
        query=query,
        turning=_turning(wording, query, today, HOME),
        choosers=tuple(_choosers(wording, names, query)),
        kept=tuple((one, value) for one in ONLY if one not in _CHOSEN for value in sorted(query.only.get(one, ()))),
        tickets=_tickets(query, wording.report.total),
        sections=tuple(_sections(wording, sheet, query)),
        drawings=tuple(drawings),
        downloads=tuple(Way(f"{HOME}/report.{kind}?{query.address()}", words.say(name)) for kind, name in _FILES),
        officers=Way(f"{FIGURES_HOME}?{_span_of(query).address()}&officer=", words.say("Officers")),
        latest=today.isoformat(),
    )


def _url(query: Query) -> str:
    return f"{HOME}?{query.address()}"


def _tickets(query: Query, row: ReportRow) -> dict[str, str]:
    """Return where the tickets of a row's figures are, of those that have any."""
    address = query.of_row(row.key).address()
    return {name: f"{TICKETS_HOME}?figure={name}&{address}" for name in _OF_TICKETS if row.values[name].n}


_OF_TICKETS = tuple(one.id for one in FIGURES if one.is_of_tickets)


def _turning(wording: ReportWording, query: Query, today: dt.date, home: str, more: str = "") -> Turning:
    after = query.moved(1)

    def way(to: Query, label: str, *, is_here: bool = False) -> Way:
        return Way(f"{home}?{to.address()}{more}", label, is_here)

    return Turning(
        periods=tuple(
            way(query.on(one, today), wording.words.say(name), is_here=query.period == one)
            for one, name in _PERIOD_NAMES
        ),
        before=way(query.moved(-1), _span_name(wording, query.moved(-1))),
        after=way(after, _span_name(wording, after)) if after.first <= today else None,
    )


def _span_of(query: Query) -> Query:
    return Query(query.first, query.last, query.period)


def _span_name(wording: ReportWording, query: Query) -> str:
    if query.period is not None:
        return wording.label(query.period, day_value(query.first, query.period))
    return f"{wording.label('day', query.first.isoformat())} - {wording.label('day', query.last.isoformat())}"


def _choosers(wording: ReportWording, names: Names, query: Query) -> list[Chooser]:
    words = wording.words
    ways = [
        one
        for one in _WAYS
        if all(query.days // 7 ** (by == "week") <= MOST_PERIODS for by in one if by in {"day", "week"})
    ]
    if query.by not in ways:
        ways.append(query.by)
    by = Chooser(
        "by",
        words.say("Divided by"),
        tuple(
            Choice(
                ",".join(one),
                ", ".join(wording.dimension(part) for part in one) or words.say("nothing: all together"),
                is_chosen=one == query.by,
            )
            for one in ways
        ),
    )
    found = [by]
    for one in _CHOSEN:
        chosen = query.only.get(one, frozenset())
        known = list(names.of.get(one, {}))
        known += sorted(chosen - set(known))  # of before
        everything = Choice("", words.say("all"), is_chosen=not chosen)
        choices = (Choice(value, wording.label(one, value), is_chosen=value in chosen) for value in known)
        found.append(Chooser(one, wording.dimension(one), (everything, *choices)))
    return found


def _sections(wording: ReportWording, sheet: ReportSheet, query: Query) -> list[Divided]:
    rows = wording.report.rows
    leads = [_tickets(query, row) for row in rows]
    return [
        Divided(
            title=section.title,
            heads=section.heads,
            columns=tuple(zip(section.ids, section.columns, strict=True)),
            rows=tuple(
                Row(
                    tuple(
                        Way(_url(query.within(dimension, value)), label)
                        for dimension, value, label in zip(query.by, row.key, labels, strict=True)
                    ),
                    tuple(FigureCell(said, lead.get(name, "")) for name, said in zip(section.ids, cells, strict=True)),
                )
                for row, lead, (labels, cells) in zip(rows, leads, section.rows, strict=True)
            ),
        )
        for section in sheet.sections
    ]


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One of the tickets behind a figure, in words."""

    ticket: Way
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TicketsPage:
    """The tickets behind a figure."""

    title: str
    span: str
    as_of: str
    chosen: tuple[str, ...]
    said: Said
    unit: str
    definition: str
    back: Way
    orders: tuple[Way, ...]
    heads: tuple[str, ...]
    rows: tuple[TicketRow, ...]
    untold: str
    page: str
    before: Way | None
    after: Way | None


_ORDERS = {
    "min": {"most": mark("longest first"), "least": mark("shortest first"), "time": mark("by time")},
    "%": {
        "least": mark('"no" first'),
        "most": mark('"yes" first'),
        "time": mark("by time"),
    },
}


def tickets_page(wording: ReportWording, query: Query, found: Listing, numbers: Mapping[str, str]) -> TicketsPage:
    """Return the page of the tickets behind a figure."""
    words, sheet, asked = wording.words, wording.sheet(), found.asked
    figure, orders = asked.figure, _ORDERS.get(asked.figure.unit, {})

    def url(order: str, page: int) -> str:
        more = (f"&order={order}" if orders else "") + (f"&page={page}" if page else "")
        return f"{TICKETS_HOME}?figure={figure.id}&{query.address()}{more}"

    places = [place for place in PLACE if any(place in one.place for one in found.rows)]
    (line,) = (line for part in sheet.parts for line in part.lines)
    value = (line.name if figure.unit == "%" else wording.column(figure),) if orders else ()
    return TicketsPage(
        title=words.say("Tickets behind: {figure}", figure=line.name),
        span=sheet.span,
        as_of=sheet.as_of,
        chosen=sheet.chosen,
        said=line.said,
        unit=line.unit,
        definition=f"{line.definition} {words.say('Of what')}: {line.denominator}.",
        back=Way(_url(query), words.say("Back to the report")),
        orders=tuple(Way(url(one, 0), words.say(name), one == asked.order) for one, name in orders.items()),
        heads=(words.say("Number"), *value, words.say("When"), *map(wording.dimension, places)),
        rows=tuple(_ticket_row(wording, one, numbers, figure, places) for one in found.rows),
        untold=words.count(
            "{n} of these tickets cannot be told: the journal of their day is not here, or the day was counted by "
            "earlier rules.",
            "{n} of these tickets cannot be told: the journal of their days is not here, or the days were counted by "
            "earlier rules.",
            found.untold,
        )
        if found.untold
        else "",
        page=words.say("Page {page} of {pages}", page=asked.page + 1, pages=max(found.pages, asked.page + 1)),
        before=Way(url(asked.order, asked.page - 1), words.say("Page before")) if asked.page else None,
        after=Way(url(asked.order, asked.page + 1), words.say("Next page")) if asked.page + 1 < found.pages else None,
    )


def _ticket_row(
    wording: ReportWording, one: Listed, numbers: Mapping[str, str], figure: Figure, places: Sequence[Dimension]
) -> TicketRow:
    words = wording.words
    at = f"{wording.label('day', one.at.date().isoformat())}, {words.clock(one.at)}"
    said: tuple[str, ...] = ()
    if figure.unit == "%":
        said = (words.say("yes") if one.value.value else words.say("no"),)
    elif figure.unit == "min":
        said = (wording.said(one.value).value,)
    return TicketRow(
        Way(f"{TICKET_HOME}/{one.ticket}", numbers.get(one.ticket, one.ticket[:8])),
        (
            *said,
            words.say("waits since {time}", time=at) if one.is_waiting else at,
            *(wording.label(place, one.place[place]) if place in one.place else "" for place in places),
        ),
    )


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of work, in words."""

    name: str
    own: Said
    usual: Said


@dataclass(frozen=True, slots=True)
class OfficerPage:
    """How long an officer's visitors take: for themselves, or for a supervisor."""

    title: str
    span: str
    as_of: str
    turning: Turning
    officers: Chooser | None
    """From whom a supervisor chooses."""
    kept: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    """What it comes to, in sentences."""
    rows: tuple[KindRow, ...]
    reports: Way | None


def officer_page(
    wording: ReportWording,
    names: Names,
    query: Query,
    figures: OfficerFigures | None,
    today: dt.date,
    *,
    is_own: bool,
) -> OfficerPage:
    """Return the page; without figures a supervisor has not said yet whose."""
    words, sheet = wording.words, wording.sheet()
    who = figures.officer if figures is not None else ""
    more = "" if is_own or not who else f"&officer={who}"
    known = names.of.get("officer", {})
    title = words.say("Own figures") if is_own else words.say("An officer's figures")
    chooser = Chooser(
        "officer",
        words.say("Officer"),
        (
            Choice("", words.say("please choose"), is_chosen=not who),
            *(Choice(one, wording.label("officer", one), is_chosen=one == who) for one in known),
        ),
    )
    return OfficerPage(
        title=title if is_own or not who else f"{title}: {wording.label('officer', who)}",
        span=sheet.span,
        as_of=sheet.as_of,
        turning=_turning(wording, query, today, FIGURES_HOME, more),
        officers=None if is_own else chooser,
        kept=tuple(parse_qsl(_span_of(query).address())),
        said=() if figures is None else tuple(_officer_said(wording, figures, is_own=is_own)),
        rows=() if figures is None else tuple(_kind_row(wording, kind) for kind in figures.kinds),
        reports=None if is_own else Way(_url(_span_of(query)), words.say("Reports")),
    )


def _kind_row(wording: ReportWording, kind: KindOfWork) -> KindRow:
    name = f"{wording.label('service', kind.service)}: {wording.label('stage', kind.stage)}"
    own, usual = Value(kind.mean_min, kind.n), Value(kind.usual_min, kind.others_n)
    return KindRow(name, wording.said(own), wording.said(usual))


def _officer_said(wording: ReportWording, figures: OfficerFigures, *, is_own: bool) -> Iterator[str]:
    words = wording.words
    if not figures.n:
        yield words.say("No visit to a counter was finished on these days.")
        return
    if figures.mean_min is None or figures.usual_min is None:
        yield words.say(
            "There are too few visits to compare: at least {n} are needed of work that others do, too.", n=FEWEST
        )
    else:
        yield words.say(
            "{own} minutes a visitor, where the same mix of work usually takes {usual}.",
            own=wording.said(Value(figures.mean_min, 0)).value,
            usual=wording.said(Value(figures.usual_min, 0)).value,
        )
        yield words.say(
            "This is of {compared} of {n} visits: those of a kind that others did at least {fewest} times, too.",
            compared=wording.said(Value(figures.compared, 0)).value,
            n=wording.said(Value(figures.n, 0)).value,
            fewest=FEWEST,
        )
    yield words.say(
        "A difference says nothing about its cause: harder cases, a slow scanner, a new colleague to teach."
    )
    if is_own:
        yield words.say("You see today's figures at once; supervisors see a day when it is closed, in this form alone.")
    else:
        yield words.say("Of closed days alone: officers see their own figures first. There is no list of all officers.")


def fragment(template: str, page: object, words: Phrases) -> bytes:
    """Return what stands in the frame of the staff's pages."""
    return _environment().get_template(template).render(page=page, say=words.say).encode()


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
