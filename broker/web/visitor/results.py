"""`/results`: what the office publishes of waits, surveys, ratings and complaints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal, format_percent

from broker.contract.messages import (
    ComplaintFigures,
    FeedbackMessage,
    OfficeMessage,
    PublishedWaits,
    ResultsMessage,
    SurveyProgress,
    SurveyResult,
    Text,
)
from broker.language import Phrases
from broker.web.visitor.rating import WORDS

BAR = 100
"""So long is a whole bar."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what, how much, and that as a bar beside the figure."""

    label: str
    value: str
    length: int | None = None
    """None: it is a part of nothing."""
    is_marked: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """What one survey came to."""

    survey: str
    name: str
    when: str
    index: str
    grade: str
    facts: tuple[str, ...]
    caption: str
    columns: tuple[str, str]
    elements: tuple[Row, ...]
    plans_label: str = ""
    plans: tuple[Row, ...] = ()
    trend_label: str = ""
    trend: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, what it means, and its lines."""

    caption: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """All that is published."""

    title: str
    as_of: str
    indices: tuple[Index, ...]
    tables: tuple[Table, ...]
    empty: str = ""


def results(
    p: Phrases,
    told: FeedbackMessage | None,
    office_language: str,
    as_of: str = "",
    *,
    waits: Sequence[Table] = (),
    has_surveys: bool = True,
) -> ResultsPage:
    """Return the page, waits first; what was not told yet is said to be so."""
    if told is None:
        empty = "" if waits else p.say("Nothing has been published yet.")
        return ResultsPage(p.say("Results"), "", (), tuple(waits), empty)
    indices = tuple(_index(p, result, office_language) for result in told.results)
    tables = [
        _progress(p, progress, office_language) for progress in told.surveys if progress.wanted or progress.answers
    ]
    if told.complaints is not None:
        tables.insert(0, _complaints(p, told.complaints))
    if sum(told.ratings):
        tables.append(_ratings(p, told.ratings))
    tables[:0] = waits
    empty = ""
    if has_surveys and not indices:
        empty = p.say("No survey has been closed yet. Its result stands here when it is.")
    elif not (indices or tables):
        empty = p.say("Nothing has been published yet.")
    return ResultsPage(p.say("Results"), as_of, indices, tuple(tables), empty)


def waits(p: Phrases, told: ResultsMessage | None, offer: OfficeMessage | None, own: str) -> list[Table]:
    """Return how long visitors waited, per lane and service, beside what is promised: the last day, and its month."""
    if told is None or offer is None:
        return []
    names = {lane.id: in_words(lane.name, p.language, own) for lane in offer.lanes}
    names |= {service.id: in_words(service.name, p.language, own) for service in offer.services}
    month = p.say("{begin} to {end}", begin=p.date(told.begin), end=p.date(told.day))
    tables = []
    for when, of in ((p.date(told.day), "day"), (month, "month")):
        rows = [
            _wait_row(p, names.get(row.id, row.id), row.promised_s, waited)
            for row in (*told.lanes, *told.services)
            if (waited := row.day if of == "day" else row.month) is not None and row.id in names
        ]
        if rows:
            caption = p.say("Waits: {when}", when=when)
            note = p.say("How many of a hundred were called within what their lane promised. Closed days alone.")
            tables.append(Table(caption, tuple(rows), note))
    return tables


def _wait_row(p: Phrases, name: str, promised_s: int | None, waited: PublishedWaits) -> Row:
    told = p.say(
        "half waited up to {median} minutes, nine in ten up to {most}; {n} visitors",
        median=decimal(p, waited.median_min, 1),
        most=decimal(p, waited.most_min, 1),
        n=format_decimal(waited.n, locale=p.worded_in),
    )
    promise = p.count("promised: {n} minute", "promised: {n} minutes", promised_s // 60) if promised_s else ""
    note = f"{promise}; {told}" if promise else told
    return Row(name, format_percent(waited.within / 100, locale=p.worded_in), round(waited.within), note=note)


def in_words(text: Text, language: str, instead: str) -> str:
    """Return the office's text in a language, else in its own."""
    return text.get(language) or text.get(instead) or next(iter(text.values()), "")


def decimal(p: Phrases, value: float, places: int = 2) -> str:
    """Return a figure as its language writes it, with all its places."""
    return format_decimal(value, format="0." + "0" * places, locale=p.worded_in, decimal_quantization=True)


def bar(value: float, low: float, high: float) -> int:
    """Return how long the bar of a value is."""
    return round(BAR * min(max((value - low) / (high - low), 0.0), 1.0)) if high > low else 0


def _index(p: Phrases, result: SurveyResult, own: str) -> Index:
    lowest = {plan.code for plan in result.lowest}
    labels = {element.code: in_words(element.label, p.language, own) for element in result.elements}
    facts = [
        p.say(
            "The index lies between {low} and {high}, nineteen times out of twenty.",
            low=decimal(p, result.low),
            high=decimal(p, result.high),
        ),
        p.count(
            "{n} answer; {wanted} were wanted.",
            "{n} answers; {wanted} were wanted.",
            result.answers,
            wanted=result.wanted,
        ),
    ]
    if result.answers < result.wanted:
        facts.append(p.say("Fewer answers than wanted: take the index with care."))
    return Index(
        survey=result.survey,
        name=in_words(result.name, p.language, own),
        when=p.say("{begin} to {end}", begin=p.date(result.begin), end=p.date(result.end)),
        index=decimal(p, result.index),
        grade=p.say(
            "Grade {grade}: {performance}",
            grade=result.grade,
            performance=in_words(result.performance, p.language, own),
        ),
        facts=tuple(facts),
        caption=p.say("Each element, from 1 to 4"),
        columns=(p.say("Element"), p.say("Value")),
        elements=tuple(
            Row(
                labels[element.code],
                decimal(p, element.value),
                bar(element.value, 1, 4),
                is_marked=element.code in lowest,
                note=p.say("among the three lowest") if element.code in lowest else "",
            )
            for element in result.elements
        ),
        plans_label=p.say("What the office does about the three lowest") if result.lowest else "",
        plans=tuple(
            Row(
                labels.get(plan.code, plan.code),
                plan.plan or p.say("No plan has been written yet."),
                note=p.say("until {date}", date=p.date(plan.by)) if plan.by else "",
            )
            for plan in result.lowest
        ),
        trend_label=p.say("The periods before, the oldest first") if result.before else "",
        trend=tuple(Row(str(n), decimal(p, value), bar(value, 25, 100)) for n, value in enumerate(result.before, 1)),
    )


def _complaints(p: Phrases, figures: ComplaintFigures) -> Table:
    answered = figures.answered
    return Table(
        p.say("Complaints since {date}", date=p.date(figures.since)),
        (
            Row(p.say("Received"), str(figures.received)),
            Row(p.say("Answered"), str(answered), bar(answered, 0, figures.received)),
            Row(p.say("of these in time"), str(figures.in_time), bar(figures.in_time, 0, figures.received)),
            Row(p.say("Open"), str(figures.open), bar(figures.open, 0, figures.received)),
            Row(p.say("of these past their date"), str(figures.overdue), bar(figures.overdue, 0, figures.received)),
        ),
    )


def _ratings(p: Phrases, counts: tuple[int, ...]) -> Table:
    rows = tuple(
        Row(p.say(WORDS[n]), str(counts[n]), bar(counts[n], 0, sum(counts))) for n in reversed(range(len(WORDS)))
    )
    return Table(
        p.say("Ratings of this month"),
        rows,
        p.say("One tap after a visit. This is another question than the survey's and never part of its index."),
    )


def _progress(p: Phrases, progress: SurveyProgress, own: str) -> Table:
    row = Row(
        p.say("Answers so far"), f"{progress.answers} / {progress.wanted}", bar(progress.answers, 0, progress.wanted)
    )
    until = p.say("Until {date}", date=p.date(progress.end))
    return Table(p.say("Under way: {survey}", survey=in_words(progress.name, p.language, own)), (row,), until)
