"""The one definition table: what each figure is, of what, and how it follows from the facts of days.

`report(history, question)` is the entry: what is on screens, in files and in the API is its answer. A figure is a pure
function of a slice: some days, all of their facts or those of one service, lane, officer, half hour. Each value says of
how many it is (`n`), each row as of when. What happened belongs to the moment when it happened: an arrival to when the
number was given out, a wait to when it ended, a visit to when the counter was free again. Whoever still waits at the
end of a slice is counted with the wait so far. All is reckoned in whole microseconds, and rounded once, at the end.
"""

from __future__ import annotations

import datetime as dt
import gc
import math
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any, Literal, NamedTuple, get_args

from broker.language import mark
from broker.reports.facts import DayFacts, DeskTime, Still, Visit, Wait, micros, midnight_us, moment

Dimension = Literal[
    "day", "week", "month", "quarter", "weekday", "half_hour", "service", "lane", "stage", "counter", "officer"
]
"""What figures are divided and chosen by. Values are text: `2026-11-27`, `2026-W48`, `2026-11`, `2026-Q4`, `1` (Monday)
to `7`, `08:30`, and the ids of config.yaml."""
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
PERIODS: tuple[Dimension, ...] = ("day", "week", "month", "quarter")
AT_ONCE_S = 60
"""A range from nothing to this says that no wait is to be expected (`broker.domain.queue.waits.SOON_S`)."""
_US_S, _US_MIN, _US_H = 1_000_000, 60_000_000, 3_600_000_000
_DAYS: frozenset[Dimension] = frozenset((*PERIODS, "weekday"))
_TIMES: frozenset[Dimension] = frozenset((*_DAYS, "half_hour"))
_VISITORS: frozenset[Dimension] = frozenset((*_TIMES, "service", "lane", "stage"))
_ALL: frozenset[Dimension] = frozenset((*_VISITORS, "counter", "officer"))
_DESKS: frozenset[Dimension] = frozenset((*_TIMES, "counter", "officer"))
_PAPERS: frozenset[Dimension] = frozenset((*_TIMES, "service", "lane"))
_RATINGS: frozenset[Dimension] = frozenset((*_DAYS, "service", "officer"))


class RatingCount(NamedTuple):
    """So many ratings of one worth, 1 to 4; of a rating no time and no lane is known."""

    day: dt.date
    service: str
    officer: str | None
    score: int
    n: int


@dataclass(frozen=True, slots=True)
class History:
    """What is known of some days. Of whoever still waits, the last day before them tells too."""

    zone: dt.tzinfo
    now: dt.datetime
    days: tuple[DayFacts, ...]
    """In order."""
    ratings: tuple[RatingCount, ...] = ()
    closed: frozenset[dt.date] = frozenset()
    """Those that were closed; the others were read from the journal just now, and today's runs."""
    slices: dict[Any, dict[tuple[str, ...], Slice]] = field(default_factory=dict, compare=False, repr=False)
    """What was laid out of it so far: a page asks four questions of the same year, and each wants all together, too.
    Whoever keeps the history clears it: it holds every row once for each question."""
    places: dict[Any, list[dt.date]] = field(default_factory=dict, compare=False, repr=False)
    """Of which day each ticket behind a figure is, as it was asked for last: the next page asks again."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: days, by what their figures are divided, and which of them alone."""

    first: dt.date
    last: dt.date
    by: tuple[Dimension, ...] = ()
    only: Mapping[Dimension, frozenset[str]] = field(default_factory=dict)


class Value(NamedTuple):
    """A figure of a slice; None where there is nothing to tell, or it is not divided so."""

    value: Decimal | int | None
    n: int
    """Of how many it is."""


NOTHING = Value(None, 0)


_WAITED, _WAY = attrgetter("waited_us"), attrgetter("way_us")


@dataclass(eq=False)
class Slice:
    """Facts that belong together, as of a moment."""

    as_of_us: int
    counts: Tally[str] = field(default_factory=Tally)
    waits: list[Wait] = field(default_factory=list)
    still: list[Still] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    desks: list[DeskTime] = field(default_factory=list)
    papers: Tally[str] = field(default_factory=Tally)
    scores: Tally[int] = field(default_factory=Tally)

    def waited_so_far(self, one: Still) -> int:
        """Return how long somebody waits by now."""
        return max(0, self.as_of_us - one.since_us)

    @cached_property
    def waiting(self) -> list[Still]:
        """Return who still waits for a call."""
        return [one for one in self.still if one.state == "waiting"]

    @cached_property
    def waited(self) -> Ranks:
        """Return all waits: those that ended, and so far those that have not."""
        return Ranks([*map(_WAITED, self.waits), *map(self.waited_so_far, self.waiting)])

    @cached_property
    def firsts(self) -> list[Wait]:
        """Return the first waits of visitors, which ended."""
        return [wait for wait in self.waits if wait.is_first]

    @cached_property
    def kept(self) -> tuple[int, int]:
        """Return of how many first waits the lane's promise was kept, and of how many that is decided."""
        kept = late = 0
        for wait in self.firsts:
            promised_s = wait.promised_s
            if promised_s is not None:
                if wait.waited_us > promised_s * _US_S:
                    late += 1
                elif wait.counter is not None:
                    kept += 1
        for one in self.waiting:
            if one.is_first and one.promised_s is not None and self.waited_so_far(one) > one.promised_s * _US_S:
                late += 1
        return kept, kept + late

    @cached_property
    def served(self) -> Ranks:
        """Return how long the visits lasted that were finished."""
        return Ranks([visit.taken_us for visit in self.visits if visit.end == "finished"])

    @cached_property
    def ways(self) -> Ranks:
        """Return how long visitors took to the counter."""
        return Ranks([way for way in map(_WAY, self.visits) if way is not None])

    @cached_property
    def desk_us(self) -> Tally[str]:
        """Return how long counters were in each state, together."""
        found: Tally[str] = Tally()
        for one in self.desks:
            found[one.does] += one.us
        return found

    @property
    def counters(self) -> int:
        """Return how many counters were open at all."""
        return len({one.counter for one in self.desks})

    @cached_property
    def announced(self) -> Announced:
        """Return what became of the ranges that were announced."""
        early = late = 0
        errors, at_once = list[int](), list[int]()
        for wait in self.firsts:
            low_s, high_s = wait.low_s, wait.high_s
            if low_s is None or high_s is None:
                continue
            waited = wait.waited_us
            if low_s == 0 and high_s <= AT_ONCE_S:
                at_once.append(waited)
                continue
            low, high = low_s * _US_S, high_s * _US_S
            early += waited < low
            late += waited > high
            errors.append(abs(low + high - 2 * waited))
        return Announced(early, late, Ranks(errors), at_once)


class Announced(NamedTuple):
    """What became of announced ranges, and of those who were told that they need not wait."""

    early: int
    late: int
    errors: Ranks
    """Of each range twice how far its middle was off, in microseconds."""
    at_once: list[int]
    """The waits of those who were told that there is none."""

    @property
    def n(self) -> int:
        """Return how many ranges there were."""
        return len(self.errors)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the definition table. Texts are msgids of the catalogue `broker`."""

    id: str
    part: str
    """Under which heading it stands."""
    name: str
    unit: str
    """`visitors`, `min`, `h`, `%`, `papers`, `ratings`, or `1-4`."""
    denominator: str
    definition: str
    dimensions: frozenset[Dimension]
    """What it can be divided and chosen by."""
    of: Callable[[Slice], Value]

    @property
    def is_of_tickets(self) -> bool:
        """Tell whether it counts or measures tickets: counters have none, and of a rating nobody knows whose it is."""
        return "lane" in self.dimensions


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The figures of one slice."""

    key: tuple[str, ...]
    """A value of each dimension that was asked for."""
    as_of: dt.datetime
    values: Mapping[str, Value]
    """By figure."""


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a question."""

    question: Question
    as_of: dt.datetime
    is_final: bool
    """Every day of it is closed: nothing of it changes any more."""
    figures: tuple[Figure, ...]
    rows: tuple[ReportRow, ...]
    total: ReportRow
    clock_set: tuple[dt.datetime, ...] = ()
    """When the machine's clock was set: waits go on, but half hours before and after are not of one clock."""


def report(
    history: History,
    question: Question,
    *,
    figures: Sequence[Figure] | None = None,
    order: Mapping[Dimension, Sequence[str]] | None = None,
) -> Report:
    """Answer a question. `order`: in which order the values of a dimension stand; others follow by their names."""
    with without_looking_for_garbage():
        return _report(history, question, FIGURES if figures is None else tuple(figures), order or {})


@contextmanager
def without_looking_for_garbage() -> Iterator[None]:
    """Let Python not look for garbage: a year is a million rows, none of it is any, and each look goes through all."""
    is_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_looking:
            gc.enable()


def _report(
    history: History,
    question: Question,
    wanted: tuple[Figure, ...],
    order: Mapping[Dimension, Sequence[str]],
) -> Report:
    until = _until(history, question)
    whole = _sliced(history, question, ())
    by_key = _sliced(history, question, question.by) if question.by else {}
    used = {*question.by, *question.only}
    asked = {one.id for one in wanted if used <= one.dimensions}
    chosen = {one.id for one in wanted if question.only.keys() <= one.dimensions}
    total = whole.get((), Slice(_as_of(history, until)))
    in_span = [facts for facts in history.days if question.first <= facts.day <= question.last]
    is_over = midnight_us(question.last + _ONE_DAY, history.zone) <= micros(history.now)
    return Report(
        question=question,
        as_of=moment(total.as_of_us),
        is_final=is_over and all(facts.day in history.closed for facts in in_span),
        figures=wanted,
        rows=tuple(_row(key, by_key[key], wanted, asked) for key in sorted(by_key, key=_ordering(question.by, order))),
        total=_row((), total, wanted, chosen),
        clock_set=tuple(moment(change.at_us) for facts in in_span for change in facts.clocks),
    )


_ONE_DAY = dt.timedelta(days=1)


def _row(key: tuple[str, ...], one: Slice, figures: Iterable[Figure], asked: set[str]) -> ReportRow:
    values = {figure.id: figure.of(one) if figure.id in asked else NOTHING for figure in figures}
    return ReportRow(key, moment(one.as_of_us), values)


def _ordering(
    by: Sequence[Dimension], order: Mapping[Dimension, Sequence[str]]
) -> Callable[[tuple[str, ...]], tuple[Any, ...]]:
    places = [{name: place for place, name in enumerate(order.get(dimension, ()))} for dimension in by]

    def place_of(key: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple((known.get(name, len(known)), name) for known, name in zip(places, key, strict=True))

    return place_of


# -- slices -------------------------------------------------------------------------------------------------------


def _sliced(history: History, question: Question, by: tuple[Dimension, ...]) -> dict[tuple[str, ...], Slice]:
    """Return the facts of the days that are asked for, by the values of some dimensions."""
    asked = question.first, question.last, by, tuple(sorted(question.only.items()))
    if asked in history.slices:
        return history.slices[asked]
    until = _until(history, question)
    periods = tuple(one for one in by if one in PERIODS)
    ends = _ends(question, until, periods)
    slices: dict[tuple[str, ...], Slice] = {}
    if periods == by:  # every period has its row, also where nothing happened
        slices = {key: Slice(_as_of(history, end)) for key, end in ends.items()}
    sorting = _Sorting(by, question.only, slices, lambda key: _as_of(history, ends.get(_part(key, by, periods), until)))
    _lay(history, question, ends.values(), sorting)
    history.slices[asked] = slices
    return slices


def _lay(history: History, question: Question, ends: Iterable[dt.date], sorting: _Sorting) -> None:
    """Lay all rows of the days that are asked for, and of who still waits at these ends."""
    ratings: dict[dt.date, list[RatingCount]] = {}
    for rating in history.ratings:
        ratings.setdefault(rating.day, []).append(rating)
    facts_of = {facts.day: facts for facts in history.days}
    for day in sorted(facts_of.keys() | ratings.keys()):
        if not question.first <= day <= question.last:
            continue
        facts = facts_of.get(day)
        if facts is not None:
            sorting.add(day, facts.counts, "kind", "counts")
            sorting.extend(day, facts.waits, "waits")
            sorting.extend(day, facts.visits, "visits")
            sorting.extend(day, facts.desks, "desks")
            sorting.add(day, facts.papers, "outcome", "papers")
        sorting.add(day, ratings.get(day, ()), "score", "scores")
    for end in ends:
        last = next((facts for facts in reversed(history.days) if facts.day <= end), None)
        if last is not None:
            half_hour = _label(_half_hour_at(_as_of(history, end) - 1, history.zone))
            sorting.extend(end, last.still, "still", half_hour=half_hour)


def _ends(question: Question, until: dt.date, periods: tuple[Dimension, ...]) -> dict[tuple[str, ...], dt.date]:
    """Return the last day of each period within the question, today at the latest."""
    days = ((until - question.first).days + 1) if periods else 0
    found = {
        tuple(day_value(day, one) for one in periods): day
        for day in (question.first + dt.timedelta(days=n) for n in range(days))
    }
    return found or {(): until}


def _part(key: tuple[str, ...], by: Sequence[Dimension], wanted: Sequence[Dimension]) -> tuple[str, ...]:
    return tuple(value for value, one in zip(key, by, strict=True) if one in wanted)


def _until(history: History, question: Question) -> dt.date:
    """Return the last day that is asked for and has begun: an office day may be ahead of the date on the wall."""
    today = history.now.astimezone(history.zone).date()
    begun = max([today, *(facts.day for facts in history.days[-1:])])
    return max(question.first, min(question.last, begun))


def _as_of(history: History, end: dt.date) -> int:
    """Return the moment that a slice tells of: the end of its last day, or now."""
    last = next((facts for facts in reversed(history.days) if facts.day <= end), None)
    if last is not None and last.day == end:
        return last.until_us
    until_us = min(micros(history.now), midnight_us(end + _ONE_DAY, history.zone))
    return until_us if last is None else max(until_us, last.until_us)


class _Sorting:
    """Lays rows of facts into the slices that they belong to."""

    def __init__(
        self,
        by: tuple[Dimension, ...],
        only: Mapping[Dimension, frozenset[str]],
        slices: dict[tuple[str, ...], Slice],
        as_of: Callable[[tuple[str, ...]], int],
    ) -> None:
        self._by = by
        self._only = only
        self._slices = slices
        self._as_of = as_of

    def extend(self, day: dt.date, rows: Sequence[Any], into: str, *, half_hour: str | None = None) -> None:
        """Lay rows of a day into a list of the slice; `half_hour` where the rows have none of their own."""
        if not self._is_read(into):
            return
        for one, found in self._sorted(day, rows, half_hour):
            getattr(one, into).extend(found)

    def add(self, day: dt.date, rows: Sequence[Any], what: str, into: str) -> None:
        """Add rows of a day up by one of their columns; the last column says how many each is."""
        if not self._is_read(into):
            return
        place = rows[0]._fields.index(what) if rows else 0
        for one, found in self._sorted(day, rows, None):
            tally = getattr(one, into)
            for row in found:
                tally[row[place]] += row[-1]

    def _is_read(self, into: str) -> bool:
        """Tell whether somebody looks at what lies there in a slice."""
        del into
        return True

    def _sorted(
        self, day: dt.date, rows: Sequence[Any], half_hour: str | None
    ) -> Iterator[tuple[Slice, Sequence[Any]]]:
        if not rows:
            return
        fields: tuple[str, ...] = rows[0]._fields
        known: dict[str, str] = {one: day_value(day, one) for one in _DAYS}
        if half_hour is not None:
            known["half_hour"] = half_hour
        if any(one not in known and one not in fields for one in (*self._by, *self._only)):
            return  # such rows are not divided so
        yield from self._divided(self._chosen(rows, fields, known), fields, known)

    def _divided(
        self, chosen: Sequence[Any], fields: Sequence[str], known: Mapping[str, str]
    ) -> Iterator[tuple[Slice, Sequence[Any]]]:
        """Yield the slices that rows belong to."""
        places = [(at, fields.index(one)) for at, one in enumerate(self._by) if one not in known]
        key = [known.get(one, "") for one in self._by]
        if not places:
            yield self._slice(tuple(key)), chosen
            return
        for values, some in _grouped(chosen, [place for _, place in places]):
            for (at, _), value in zip(places, values, strict=True):
                key[at] = _label(value) if isinstance(value, int) else value
            yield self._slice(tuple(key)), some

    def _chosen(self, rows: Sequence[Any], fields: Sequence[str], known: Mapping[str, str]) -> Sequence[Any]:
        if any(known[one] not in allowed for one, allowed in self._only.items() if one in known):
            return ()
        for one, allowed in self._only.items():
            if one not in known:
                place = fields.index(one)
                values: frozenset[Any] = allowed if one != "half_hour" else frozenset(map(_half_hour_number, allowed))
                rows = [row for row in rows if row[place] in values]
        return rows

    def _slice(self, key: tuple[str, ...]) -> Slice:
        found = self._slices.get(key)
        if found is None:
            found = self._slices[key] = Slice(self._as_of(key))
        return found


class _Watched(Slice):
    """A slice that notes what is read of it."""

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - whatever it is
        """Return what is asked for."""
        if name != "__dict__":
            vars(self).setdefault("read", set()).add(name)
        return super().__getattribute__(name)


class _OneByOne(_Sorting):
    """Lays each row into a slice of its own, keeps what a figure says of it, and drops the slice."""

    def __init__(self, only: Mapping[Dimension, frozenset[str]], as_of_us: int, figure: Figure) -> None:
        super().__init__((), only, {}, lambda _: as_of_us)
        self.found: list[tuple[dt.date, Any, Value]] = []
        self._as_of_us = as_of_us
        self._of = figure.of
        self._day = dt.date.min
        empty = _Watched(as_of_us)
        self._of(empty)
        self._read = frozenset(vars(empty)["read"])

    def _is_read(self, into: str) -> bool:
        return into in self._read

    def _sorted(
        self, day: dt.date, rows: Sequence[Any], half_hour: str | None
    ) -> Iterator[tuple[Slice, Sequence[Any]]]:
        self._day = day
        yield from super()._sorted(day, rows, half_hour)

    def _divided(
        self, chosen: Sequence[Any], fields: Sequence[str], known: Mapping[str, str]
    ) -> Iterator[tuple[Slice, Sequence[Any]]]:
        del fields, known
        for row in chosen:
            one = Slice(self._as_of_us)
            yield one, (row,)
            value = self._of(one)
            if value.n:
                self.found.append((self._day, row, value))


def each_row(history: History, question: Question, figure: Figure) -> list[tuple[dt.date, Any, Value]]:
    """Return every row of facts that a figure of a slice is of, with its day and what the figure says of it alone.

    It is the same function of a slice, so there is no second definition; together they are of as many as the figure.
    Whoever still waits is of the question's last day. Rows that the figure does not look at are not gone through.
    """
    if not question.only.keys() <= figure.dimensions:
        return []
    with without_looking_for_garbage():
        until = _until(history, question)
        sorting = _OneByOne(question.only, _as_of(history, until), figure)
        _lay(history, question, (until,), sorting)
        return sorting.found


def _grouped(rows: Sequence[Any], places: Sequence[int]) -> Iterator[tuple[tuple[Any, ...], Sequence[Any]]]:
    """Yield rows that have the same in some places; who has nothing in one of them belongs to none."""
    groups: defaultdict[Any, list[Any]] = defaultdict(list)
    for value, row in zip(map(itemgetter(*places), rows), rows, strict=True):
        groups[value].append(row)
    for found, some in groups.items():
        values = (found,) if len(places) == 1 else found
        if None not in values:
            yield values, some


def day_value(day: dt.date, dimension: str) -> str:
    """Return what a day is by a dimension that days are divided by."""
    match dimension:
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case "weekday":
            return str(day.isoweekday())
        case _:
            return day.isoformat()


def span_named(name: str) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day of a day, week, month or quarter by its name; None where it is none."""
    try:
        if "W" in name:
            first = dt.date.fromisocalendar(int(name[:4]), int(name[6:]), 1)
            found = first, first + 6 * _ONE_DAY
        elif "Q" in name:
            year, quarter = int(name[:4]), int(name[6:])
            found = dt.date(year, quarter * 3 - 2, 1), _month_end(year, quarter * 3)
        elif name.count("-") == 1:
            year, month = int(name[:4]), int(name[5:])
            found = dt.date(year, month, 1), _month_end(year, month)
        else:
            found = dt.date.fromisoformat(name), dt.date.fromisoformat(name)
    except ValueError:
        return None
    return found if name in {day_value(found[0], one) for one in PERIODS} else None


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 1) - _ONE_DAY


def _label(half_hour: int) -> str:
    return f"{half_hour // 2:02}:{half_hour % 2 * 30:02}"


def _half_hour_number(label: str) -> int:
    hour, _, minute = label.partition(":")
    return int(hour) * 2 + int(minute) // 30


def _half_hour_at(us: int, zone: dt.tzinfo) -> int:
    local = moment(us).astimezone(zone)
    return local.hour * 2 + local.minute // 30


# -- figures ------------------------------------------------------------------------------------------------------


class Ranks:
    """Values of which some are asked for by their rank: many are not sorted, but told apart by size as far as needed.

    A year has half a million waits, and four of them are asked for.
    """

    MANY = 50_000
    _BITS = 25
    """Values within 34 s of each other lie in one heap."""

    def __init__(self, values: list[int]) -> None:
        """Take values of 0 and more, in any order."""
        self._values = values
        self._heaps: list[tuple[int, int]] = []
        if len(values) < self.MANY:
            values.sort()
        else:
            self._heaps = sorted(Tally(map(self._BITS.__rrshift__, values)).items())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._values)

    def sum(self) -> int:
        """Return the sum of all."""
        return sum(self._values)

    def percentile(self, percent: int) -> int:
        """Return the smallest that so many percent of them do not exceed (nearest rank): one of them."""
        rank = math.ceil(percent * len(self._values) / 100) - 1
        if not self._heaps:
            return self._values[rank]
        for heap, n in self._heaps:
            if rank < n:
                return sorted([one for one in self._values if one >> self._BITS == heap])[rank]
            rank -= n
        raise AssertionError


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Return a fraction as a decimal number; a half goes up, as people round."""
    exact = value * 10**decimals
    whole = exact.numerator * 2 // exact.denominator
    return (Decimal(whole) / 2).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-decimals)


def _counted(kind: str) -> Callable[[Slice], Value]:
    return lambda one: Value(one.counts[kind], one.counts[kind])


def _minutes(us: Fraction | int) -> Decimal:
    return rounded(Fraction(us) / _US_MIN, 1)


def _percent(part: int, whole: int) -> Value:
    return Value(rounded(Fraction(100 * part, whole), 1), whole) if whole else NOTHING


def _mean(values: Ranks) -> Value:
    return Value(_minutes(Fraction(values.sum(), len(values))), len(values)) if values else NOTHING


def _ranked(values: Ranks, percent: int) -> Value:
    return Value(_minutes(values.percentile(percent)), len(values)) if values else NOTHING


def _desk_hours(*does: str) -> Callable[[Slice], Value]:
    return lambda one: (
        Value(rounded(Fraction(sum(one.desk_us[state] for state in does), _US_H), 2), one.counters)
        if one.desks
        else NOTHING
    )


def _use(one: Slice) -> Value:
    busy, ready = one.desk_us["busy"], one.desk_us["busy"] + one.desk_us["idle"]
    return Value(rounded(Fraction(100 * busy, ready), 1), one.counters) if ready else NOTHING


def _told_error(one: Slice) -> Value:
    errors = one.announced.errors
    return Value(_minutes(Fraction(errors.percentile(50), 2)), len(errors)) if errors else NOTHING


def _rating(one: Slice) -> Value:
    n = sum(one.scores.values())
    total = sum(score * times for score, times in one.scores.items())
    return Value(rounded(Fraction(total, n), 2), n) if n else NOTHING


def _ratings(one: Slice) -> Value:
    n = sum(one.scores.values())
    return Value(n, n)


_VISITS, _WAITING, _COUNTERS = mark("Visitors"), mark("Waiting"), mark("Counters")
_SERVICE, _TOLD, _ON_PAPER, _RATED = mark("Service"), mark("Announced waits"), mark("Papers"), mark("Ratings")
_PLAIN_COUNT = mark("a count")
_OF_WAITS = mark("waits that ended or still go on")
_OF_FINISHED = mark("visits to a counter that were finished")
_OF_RANGES = mark("visitors who were told a range and were called")
_OF_OPEN = mark("counters that were open")

FIGURES: tuple[Figure, ...] = (
    Figure(
        "arrivals",
        _VISITS,
        mark("Arrivals"),
        "visitors",
        _PLAIN_COUNT,
        mark("Numbers given out. The stage is the first one of the service."),
        _VISITORS,
        _counted("arrival"),
    ),
    Figure(
        "served",
        _VISITS,
        mark("Served"),
        "visitors",
        _PLAIN_COUNT,
        mark("Visitors who were through with the last stage of their service; by counter and officer: where that was."),
        _ALL,
        _counted("served"),
    ),
    Figure(
        "left",
        _VISITS,
        mark("Left without being served"),
        "visitors",
        _PLAIN_COUNT,
        mark(
            "Tickets that the end of the day closed, for nobody served them any more. When their visitors went is not "
            "known."
        ),
        _VISITORS,
        _counted("left"),
    ),
    Figure(
        "no_shows",
        _VISITS,
        mark("Not come when called"),
        "visitors",
        _PLAIN_COUNT,
        mark("Calls that a counter gave up because nobody came. Whoever returns and is missed again counts again."),
        _ALL,
        _counted("no_show"),
    ),
    Figure(
        "returned",
        _VISITS,
        mark("Returned after a missed call"),
        "visitors",
        _PLAIN_COUNT,
        mark("Missed visitors who were taken into the queue again."),
        _VISITORS,
        _counted("rejoined"),
    ),
    Figure(
        "cancelled",
        _VISITS,
        mark("Cancelled"),
        "visitors",
        _PLAIN_COUNT,
        mark("Tickets that a visitor or the staff gave up before the last stage was done."),
        _VISITORS,
        _counted("cancelled"),
    ),
    Figure(
        "transferred",
        _VISITS,
        mark("Transferred"),
        "visitors",
        _PLAIN_COUNT,
        mark("Times that a visitor was sent to another stage, service or counter."),
        _ALL,
        _counted("transferred"),
    ),
    Figure(
        "still_waiting",
        _VISITS,
        mark("Still waiting"),
        "visitors",
        _PLAIN_COUNT,
        mark("Visitors who waited for a call at the end of these days, or wait now."),
        _VISITORS,
        lambda one: Value(len(one.waiting), len(one.waiting)),
    ),
    Figure(
        "wait_mean",
        _WAITING,
        mark("Wait, mean"),
        "min",
        _OF_WAITS,
        mark(
            "From the number, the end of the stage before, or the return, until the next call or until the visitor "
            "cancelled. Whoever still waits counts with the wait so far; whoever left unseen does not."
        ),
        _ALL,
        lambda one: _mean(one.waited),
    ),
    Figure(
        "wait_median",
        _WAITING,
        mark("Wait, median"),
        "min",
        _OF_WAITS,
        mark("The wait that half of all do not exceed (nearest rank: one that somebody had)."),
        _ALL,
        lambda one: _ranked(one.waited, 50),
    ),
    Figure(
        "wait_p90",
        _WAITING,
        mark("Wait, 90 %"),
        "min",
        _OF_WAITS,
        mark("The wait that nine of ten do not exceed (nearest rank)."),
        _ALL,
        lambda one: _ranked(one.waited, 90),
    ),
    Figure(
        "wait_p95",
        _WAITING,
        mark("Wait, 95 %"),
        "min",
        _OF_WAITS,
        mark("The wait that 19 of 20 do not exceed (nearest rank)."),
        _ALL,
        lambda one: _ranked(one.waited, 95),
    ),
    Figure(
        "wait_longest",
        _WAITING,
        mark("Wait, longest"),
        "min",
        _OF_WAITS,
        mark("The longest of these waits."),
        _ALL,
        lambda one: _ranked(one.waited, 100),
    ),
    Figure(
        "within_promise",
        _WAITING,
        mark("Within the promise"),
        "%",
        mark("first waits of which it is decided"),
        mark(
            "Visitors whose first call came within what their lane promised then. Whoever has waited longer without a "
            "call counts as not within; whoever waits less, or cancelled before that, is not decided."
        ),
        _ALL,
        lambda one: _percent(*one.kept),
    ),
    Figure(
        "visits",
        _SERVICE,
        mark("Visits to a counter"),
        "visitors",
        _PLAIN_COUNT,
        mark("Stages that were finished; a visitor with two stages makes two visits."),
        _ALL,
        lambda one: Value(len(one.served), len(one.served)),
    ),
    Figure(
        "service_mean",
        _SERVICE,
        mark("Service, mean"),
        "min",
        _OF_FINISHED,
        mark("So long one visitor takes a counter: from the call to the end, the way to the counter included."),
        _ALL,
        lambda one: _mean(one.served),
    ),
    Figure(
        "service_median",
        _SERVICE,
        mark("Service, median"),
        "min",
        _OF_FINISHED,
        mark("The time that half of these visits do not exceed (nearest rank)."),
        _ALL,
        lambda one: _ranked(one.served, 50),
    ),
    Figure(
        "service_p90",
        _SERVICE,
        mark("Service, 90 %"),
        "min",
        _OF_FINISHED,
        mark("The time that nine of ten of these visits do not exceed (nearest rank)."),
        _ALL,
        lambda one: _ranked(one.served, 90),
    ),
    Figure(
        "way_median",
        _SERVICE,
        mark("Way to the counter, median"),
        "min",
        mark("visits where the officer said when the visitor was there"),
        mark("From the call until the officer said that the visitor is there."),
        _ALL,
        lambda one: _ranked(one.ways, 50),
    ),
    Figure(
        "open_hours",
        _COUNTERS,
        mark("Counters open"),
        "h",
        _OF_OPEN,
        mark(
            "Time from signing in to signing out, of all counters together. Who forgot to sign out was there until the "
            "last thing done at the counter."
        ),
        _DESKS,
        _desk_hours("idle", "paused", "busy"),
    ),
    Figure(
        "busy_hours",
        _COUNTERS,
        mark("With a visitor"),
        "h",
        _OF_OPEN,
        mark("Time with a visitor who was called or is there."),
        _DESKS,
        _desk_hours("busy"),
    ),
    Figure(
        "idle_hours",
        _COUNTERS,
        mark("Ready, without a visitor"),
        "h",
        _OF_OPEN,
        mark("Time in which the counter could have called somebody and had nobody."),
        _DESKS,
        _desk_hours("idle"),
    ),
    Figure(
        "paused_hours",
        _COUNTERS,
        mark("Paused"),
        "h",
        _OF_OPEN,
        mark("Time in which the counter was paused and had nobody."),
        _DESKS,
        _desk_hours("paused"),
    ),
    Figure(
        "use",
        _COUNTERS,
        mark("Use of counters"),
        "%",
        _OF_OPEN,
        mark("Share of the time with a visitor in all the time in which counters were open and not paused."),
        _DESKS,
        _use,
    ),
    Figure(
        "told",
        _TOLD,
        mark("Told a wait"),
        "visitors",
        _PLAIN_COUNT,
        mark("Visitors to whom a wait was announced with the number; nobody is told one while no counter is open."),
        _VISITORS,
        _counted("told"),
    ),
    Figure(
        "told_kept",
        _TOLD,
        mark("Called within the range"),
        "%",
        _OF_RANGES,
        mark("Visitors whose first call came within the range that was announced."),
        _ALL,
        lambda one: _percent(one.announced.n - one.announced.early - one.announced.late, one.announced.n),
    ),
    Figure(
        "told_early",
        _TOLD,
        mark("Called earlier"),
        "%",
        _OF_RANGES,
        mark("Visitors whose first call came before that range."),
        _ALL,
        lambda one: _percent(one.announced.early, one.announced.n),
    ),
    Figure(
        "told_late",
        _TOLD,
        mark("Called later"),
        "%",
        _OF_RANGES,
        mark("Visitors whose first call came after that range."),
        _ALL,
        lambda one: _percent(one.announced.late, one.announced.n),
    ),
    Figure(
        "told_error",
        _TOLD,
        mark("Off by, median"),
        "min",
        _OF_RANGES,
        mark("Distance of the wait from the middle of the range; half of all are not further off (nearest rank)."),
        _ALL,
        _told_error,
    ),
    Figure(
        "at_once_kept",
        _TOLD,
        mark("Called at once, as told"),
        "%",
        mark("visitors who were told that they need not wait and were called"),
        mark("Visitors who were told that there is no wait, and were called within a minute."),
        _ALL,
        lambda one: _percent(sum(us <= AT_ONCE_S * _US_S for us in one.announced.at_once), len(one.announced.at_once)),
    ),
    Figure(
        "papers_confirmed",
        _ON_PAPER,
        mark("Papers printed"),
        "papers",
        _PLAIN_COUNT,
        mark("Papers of which the printer said that they came out."),
        _PAPERS,
        lambda one: Value(one.papers["confirmed"], one.papers["confirmed"]),
    ),
    Figure(
        "papers_unconfirmed",
        _ON_PAPER,
        mark("Papers not certain"),
        "papers",
        _PLAIN_COUNT,
        mark("Papers of which nobody can say whether they came out."),
        _PAPERS,
        lambda one: Value(one.papers["unconfirmed"], one.papers["unconfirmed"]),
    ),
    Figure(
        "papers_failed",
        _ON_PAPER,
        mark("Papers not printed"),
        "papers",
        _PLAIN_COUNT,
        mark("Papers that did not come out: no paper, an open cover, a printer that does not answer."),
        _PAPERS,
        lambda one: Value(one.papers["failed"], one.papers["failed"]),
    ),
    Figure(
        "papers_asked",
        _ON_PAPER,
        mark("Papers asked for again"),
        "papers",
        _PLAIN_COUNT,
        mark("Copies that visitors or officers asked for."),
        _PAPERS,
        lambda one: Value(one.papers["asked"], one.papers["asked"]),
    ),
    Figure(
        "ratings",
        _RATED,
        mark("Ratings"),
        "ratings",
        _PLAIN_COUNT,
        mark("Ratings that visitors gave on these days. No time, lane or counter is kept of a rating."),
        _RATINGS,
        _ratings,
    ),
    Figure(
        "rating_mean",
        _RATED,
        mark("Rating, mean"),
        "1-4",
        mark("ratings"),
        mark("From 1, not good, to 4, very good."),
        _RATINGS,
        _rating,
    ),
)
"""In the order in which they are shown."""
