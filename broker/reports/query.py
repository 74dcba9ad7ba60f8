"""What a report's address asks for: read within bounds, said in a sentence where it is wrong, and written for links."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from broker.language import mark
from broker.reports.figures import DIMENSIONS, FIGURES, PERIODS, Dimension, Question, day_value, span_named
from broker.reports.tickets import Asked, orders_of

MOST_DAYS = 3660
"""So long a span may be: ten years."""
MOST_PERIODS = 400
"""So many rows of days or weeks one report has; a longer span is divided by something coarser."""
MOST_BY = 2
_VALUE = re.compile(r"[\w.:-]{1,60}")
DIVIDED: tuple[Dimension, ...] = tuple(one for one in DIMENSIONS if one != "officer")
"""By what reports are divided and chosen: on pages, in files, by the API and on the command line. Not by officer: a
table of officers is a ranking. Their figures have one form, which they see first (`broker.reports.officers`)."""
ONLY: tuple[Dimension, ...] = ("service", "lane", "stage", "counter", "weekday", "half_hour")
"""What an address may choose alone; days are its span."""
_ONE_DAY = dt.timedelta(days=1)


class UnreadableQueryError(Exception):
    """The address asks for something that there is not; the message is a text of the catalogue."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which days, divided by what, and of which of them alone."""

    first: dt.date
    last: dt.date
    period: Dimension | None = None
    """Which kind of period it is; None for any other span."""
    by: tuple[Dimension, ...] = ()
    only: Mapping[Dimension, frozenset[str]] = field(default_factory=dict)

    @property
    def question(self) -> Question:
        """Return what is asked of the history."""
        return Question(self.first, self.last, self.by, self.only)

    @property
    def days(self) -> int:
        """Return how many days it spans."""
        return (self.last - self.first).days + 1

    def address(self) -> str:
        """Return it as the query of an address."""
        if self.period is not None:
            span = [("period", day_value(self.first, self.period))]
        else:
            span = [("from", self.first.isoformat()), ("to", self.last.isoformat())]
        chosen = [(one, value) for one, values in self.only.items() for value in sorted(values)]
        return urlencode([*span, *(("by", one) for one in self.by), *chosen])

    def on(self, period: Dimension, today: dt.date) -> Query:
        """Return the same of a period: the one that this span ends in, today's at the latest."""
        return self._spanning(day_value(max(self.first, min(self.last, today)), period), period)

    def moved(self, steps: int) -> Query:
        """Return the same of the period before (-1) or after (1); any other span moves by its own length."""
        if self.period is None:
            by = steps * dt.timedelta(days=self.days)
            return replace(self, first=self.first + by, last=self.last + by)
        at = self.last + _ONE_DAY if steps > 0 else self.first - _ONE_DAY
        return self._spanning(day_value(at, self.period), self.period)

    def within(self, dimension: Dimension, value: str) -> Query:
        """Return what a row of this report leads to: its days alone, or its lane, service, counter."""
        rest = tuple(one for one in self.by if one != dimension)
        if dimension in PERIODS:
            return replace(self._spanning(value, dimension), by=rest)
        return replace(self, by=rest, only={**self.only, dimension: frozenset({value})})

    def of_row(self, key: Sequence[str]) -> Query:
        """Return what a row of this report is of, and nothing more: the part of its days that lies in this span.

        The row of all together has no key, and is of all.
        """
        if not key:
            return self
        found = replace(self, by=())
        for dimension, value in zip(self.by, key, strict=True):
            if dimension in PERIODS:
                part = span_named(value)
                assert part is not None  # noqa: S101 - `day_value` said the name
                first, last = max(found.first, part[0]), min(found.last, part[1])
                is_whole = (first, last) == part
                found = replace(found, first=first, last=last, period=dimension if is_whole else None)
            else:
                found = replace(found, only={**found.only, dimension: frozenset({value})})
        return found if (found.first, found.last) != (self.first, self.last) else replace(found, period=self.period)

    def _spanning(self, name: str, period: Dimension) -> Query:
        span = span_named(name)
        assert span is not None  # noqa: S101 - `day_value` said the name
        return replace(self, first=span[0], last=span[1], period=period)


def read_query(fields: Iterable[tuple[str, str]], today: dt.date) -> Query:
    """Return what the fields of an address ask for; without any: this month. Raises UnreadableQueryError."""
    given: dict[str, list[str]] = {}
    for name, value in fields:
        if value.strip():
            given.setdefault(name, []).append(value.strip())
    first, last, period = _span(given, today)
    by = _by(given.get("by", ()))
    if last < first:
        raise UnreadableQueryError(mark("The last day comes before the first one. Please choose again."))
    if first > today:
        raise UnreadableQueryError(mark("Nothing is known yet of these days. Please choose days until today."))
    if (last - first).days >= MOST_DAYS:
        raise UnreadableQueryError(mark("A report spans ten years at most. Please choose fewer days."))
    rows = {"day": 1, "week": 7}
    if any((last - first).days // rows[one] > MOST_PERIODS for one in by if one in rows):
        raise UnreadableQueryError(mark("These are too many days to be told one by one. Please divide by month."))
    return Query(first, last, period, by, _only(given))


def read_asked(fields: Iterable[tuple[str, str]], query: Query) -> Asked:
    """Return whose tickets the fields of an address ask for, of what else they ask. Raises UnreadableQueryError."""
    given = {name: value.strip() for name, value in fields}
    figure = next((one for one in FIGURES if one.id == given.get("figure") and one.is_of_tickets), None)
    if figure is None or not query.only.keys() <= figure.dimensions:
        raise UnreadableQueryError(mark("There are no tickets behind this figure. Please choose another one."))
    orders = orders_of(figure)
    page = given.get("page", "")
    return Asked(
        figure=figure,
        question=replace(query, by=()).question,
        order=next((one for one in orders if one == given.get("order")), orders[0]),
        page=int(page) if re.fullmatch(r"[0-9]{1,6}", page) else 0,
    )


def _span(given: Mapping[str, Sequence[str]], today: dt.date) -> tuple[dt.date, dt.date, Dimension | None]:
    wrong = mark(
        "This is no date. A day is written as 2026-11-27, a week 2026-W48, a month 2026-11, a quarter 2026-Q4."
    )
    if "from" in given or "to" in given:
        begin = _day(given.get("from", given.get("to", ()))[-1])
        end = _day(given["to"][-1]) if "to" in given else today
        if begin is None or end is None:
            raise UnreadableQueryError(wrong)
        return begin, end, "day" if begin == end else None
    name = given["period"][-1] if "period" in given else day_value(today, "month")
    span = span_named(name)
    if span is None:
        raise UnreadableQueryError(wrong)
    return *span, next(one for one in PERIODS if day_value(span[0], one) == name)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _by(names: Iterable[str]) -> tuple[Dimension, ...]:
    wanted = list(dict.fromkeys(part for name in names for part in name.split(",") if part))
    found = tuple(one for name in wanted for one in DIVIDED if one == name)
    if len(found) < len(wanted) or len(found) > MOST_BY:
        raise UnreadableQueryError(mark("Figures are not divided so. Please choose one of the ways that are offered."))
    return found


def _only(given: Mapping[str, Sequence[str]]) -> dict[Dimension, frozenset[str]]:
    found = {one: frozenset(given[one]) for one in ONLY if one in given}
    refused = [one for one in DIMENSIONS if one in given and one not in DIVIDED]
    odd = [one for one in found.get("half_hour", ()) if not re.fullmatch(r"([01]\d|2[0-3]):[03]0", one)]
    odd += [value for values in found.values() for value in values if not _VALUE.fullmatch(value)]
    if refused or odd:
        raise UnreadableQueryError(mark("Figures are not divided so. Please choose one of the ways that are offered."))
    return found
