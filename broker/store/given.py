"""Which numbers were given out, known in three places: the tables, the head beside them, and what kiosks keep."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, bindparam, text

from broker.domain.events import Issued, NumbersLeased, NumbersSkipped
from broker.domain.identity import number_text
from broker.domain.reserve import RESERVE_FROM
from broker.domain.vocabulary import Event
from broker.store.journal import event_of
from broker.store.lately import lately

_HIGHEST_OF = (
    "SELECT day, series, max(CASE WHEN number < :reserve_from THEN number END), max(number) FROM tickets "
    "WHERE office = :office AND day = (SELECT max(day) FROM tickets WHERE office = :office{told}){told} "
    "GROUP BY day, series"
)
_HIGHEST, _HIGHEST_TOLD = (text(_HIGHEST_OF.format(told=told)) for told in ("", " AND first_seq <= :line"))
PRINTS, OUTBOX = "prints", "outbox"
"""Below the data folder: where kiosks of this machine keep what they printed, and what they have in advance."""
_SKIPPED = text(
    "SELECT seq, type, body FROM events WHERE office = :office AND type IN ('numbers_skipped', 'numbers_leased') "
    "AND at >= :since"
)
_THERE = text("SELECT id, day FROM tickets WHERE office = :office AND id IN :tickets").bindparams(
    bindparam("tickets", expanding=True)
)
AT_ONCE = 500
"""So many tickets are asked for in one statement."""
_LATE = dt.timedelta(days=2)
_NUMBER = re.compile(r"(?P<series>.+)-(?P<sequence>\d{1,9})")


@dataclass(frozen=True, slots=True)
class Given:
    """The highest number of each series on the latest office day on which any was given out.

    Those in advance have a range of their own (decision 75), so that the usual ones have no hole after them.
    """

    day: dt.date | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    in_advance: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no number."""
        return not (self.numbers or self.in_advance)

    def with_number(self, day: dt.date, series: str, sequence: int) -> Given:
        """Return this with one more number, of the range that it is in."""
        number = {series: sequence}
        return self.with_numbers(day, *(({}, number) if sequence >= RESERVE_FROM else (number, {})))

    def with_numbers(self, day: dt.date, numbers: Mapping[str, int], in_advance: Mapping[str, int]) -> Given:
        """Return this with more numbers; a later day begins anew, an earlier one adds nothing."""
        if self.day is not None and day < self.day:
            return self
        known = self if day == self.day else NONE_GIVEN
        return Given(day, _highest(known.numbers, numbers), _highest(known.in_advance, in_advance))

    def after(self, events: Iterable[Event]) -> Given:
        """Return this with what was given out, or passed over, since."""
        given = self
        for event in events:
            match event:
                case Issued():
                    given = given.with_number(event.day, event.series, event.sequence)
                case NumbersSkipped():
                    given = given.with_numbers(event.day, event.numbers, event.in_advance)
                case NumbersLeased():
                    given = given.with_number(event.day, event.series, max(one.sequence for one in event.blanks))
                case _:
                    pass
        return given

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the highest numbers as they stand on papers."""
        return tuple(number_text(*one) for one in (*self.numbers.items(), *self.in_advance.items()))

    def joined(self, other: Given) -> Given:
        """Return what either knows."""
        return self if other.day is None else self.with_numbers(other.day, other.numbers, other.in_advance)

    def with_papers(self, papers: Given) -> Given:
        """Return this with what stands on papers: a date there that is later than the day here may be the same day.

        Where the clock was set ahead the office goes on with its day (decision 18), so numbers of both count.
        """
        if self.day is None or papers.day is None or papers.day <= self.day:
            return self.joined(papers)
        numbers, in_advance = _highest(self.numbers, papers.numbers), _highest(self.in_advance, papers.in_advance)
        return Given(papers.day, numbers, in_advance)

    def beyond(self, other: Given) -> Given:
        """Return what is known here and not there; it is empty where that is nothing."""
        if self.day is None or (other.day is not None and self.day < other.day):
            return Given(self.day)
        known = other if self.day == other.day else NONE_GIVEN
        return Given(self.day, _above(self.numbers, known.numbers), _above(self.in_advance, known.in_advance))

    def in_words(self, known: Given) -> str:
        """Return the numbers that go beyond what is `known`, such as `A-032 to A-047, B-012, A-900 to A-905`."""
        missing, there = self.beyond(known), known if known.day == self.day else NONE_GIVEN
        usual = (_span(series, there.numbers.get(series, 0), n) for series, n in sorted(missing.numbers.items()))
        lent = (
            _span(series, there.in_advance.get(series, RESERVE_FROM - 1), n)
            for series, n in sorted(missing.in_advance.items())
        )
        return ", ".join((*usual, *lent))


NONE_GIVEN: Final = Given()
"""Nobody has a number yet, or nobody knows."""


def _highest(some: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {series: max(some.get(series, 0), more.get(series, 0)) for series in {**some, **more}}


def _above(some: Mapping[str, int], known: Mapping[str, int]) -> dict[str, int]:
    return {series: last for series, last in some.items() if last > known.get(series, 0)}


def _span(series: str, known: int, last: int) -> str:
    first = number_text(series, known + 1)
    return first if known + 1 == last else f"{first} to {number_text(series, last)}"


def given_in(connection: Connection, office: str, *, line: int | None = None) -> Given:
    """Return what a database knows of the latest day: by its tickets, and by what was passed over of late.

    Up to a `line`: without tickets of which the journal, as far as it goes, does not tell.
    """
    given, highest_of = NONE_GIVEN, _HIGHEST if line is None else _HIGHEST_TOLD
    wanted = {"office": office, "reserve_from": RESERVE_FROM} | ({} if line is None else {"line": line})
    for day, series, *highest in connection.execute(highest_of, wanted):
        for one in highest:
            given = given if one is None else given.with_number(dt.date.fromisoformat(str(day)), series, one)
    return given.after(_passed_over(connection, office))


def tickets_there(connection: Connection, office: str, tickets: Collection[str]) -> dict[str, dt.date]:
    """Return which of these tickets a database knows, as given out or as lent of late, each with its office day."""
    lent = _lent(connection, office)
    return {ticket: lent[ticket] for ticket in tickets if ticket in lent} | _issued(connection, office, tickets)


def in_no_queue(connection: Connection, office: str, data: Path, zone: dt.tzinfo, known: Given) -> tuple[str, ...]:
    """Return what kiosks of this machine printed last and a database has no ticket for, though it knows the number.

    It was lent, or passed over: those that are beyond what is `known` are not among them. A date on paper that is later
    than the day there may be the same day.
    """
    if known.day is None:
        return ()
    logs, lent = _printed(data, zone), _lent(connection, office)
    issued = _issued(connection, office, {paper.ticket for log in logs for paper in log})
    texts = set[str]()
    for paper, day in _with_days(logs, lent | issued):
        if paper.ticket in lent:
            is_of_today = day == known.day
        else:
            is_of_today = day >= known.day and of_number(paper.number, known.day).beyond(known).is_empty
        if is_of_today and paper.ticket not in issued:
            texts.add(paper.number)
    return tuple(sorted(texts))


def _issued(connection: Connection, office: str, tickets: Collection[str]) -> dict[str, dt.date]:
    wanted = sorted(tickets)
    parts = (wanted[first : first + AT_ONCE] for first in range(0, len(wanted), AT_ONCE))
    found = (row for some in parts for row in connection.execute(_THERE, {"office": office, "tickets": some}))
    return {str(ticket): dt.date.fromisoformat(str(day)) for ticket, day in found}


def _lent(connection: Connection, office: str) -> dict[str, dt.date]:
    leases = (event for event in _passed_over(connection, office) if isinstance(event, NumbersLeased))
    return {blank.ticket: lease.day for lease in leases for blank in lease.blanks}


def _passed_over(connection: Connection, office: str) -> Iterator[Event]:
    """Yield what has skipped or lent numbers of late, in the order of the journal."""
    late = {"office": office, "since": lately(connection, office, _LATE)}
    for _seq, name, body in sorted(tuple(row) for row in connection.execute(_SKIPPED, late)):
        yield event_of(name, body)


def given_to_kiosks(
    data: Path, zone: dt.tzinfo, there: Callable[[Collection[str]], Mapping[str, dt.date]] = lambda _tickets: {}
) -> Given:
    """Return what kiosks of this machine know: their papers, and the numbers that they have in advance.

    Those may be given out at any moment while the kiosk is alone. What is torn or strange is passed over, and so is
    what has a ticket that is `there`: on what day that was given out the database knows better.
    """
    logs, held = _printed(data, zone), tuple(_in_advance(data))
    known = there({*(paper.ticket for log in logs for paper in log), *(ticket for ticket, _ in held)})
    papers = ((paper.ticket, of_number(paper.number, day)) for paper, day in _with_days(logs, known))
    given = NONE_GIVEN
    for ticket, number in (*papers, *held):
        given = given if ticket in known else given.joined(number)
    return given


@dataclass(frozen=True, slots=True)
class _Paper:
    """One that a kiosk printed, and the date on it, in the office's zone."""

    ticket: str
    number: str
    date: dt.date


def _printed(data: Path, zone: dt.tzinfo) -> list[list[_Paper]]:
    """Return what each kiosk printed, in the order in which it did."""
    return [list(_papers(path, zone)) for path in sorted((data / PRINTS).glob("*.jsonl"))]


def _papers(path: Path, zone: dt.tzinfo) -> Iterator[_Paper]:
    for line in _text_of(path).splitlines():
        try:
            ticket = json.loads(line)["ticket"]
            date = dt.datetime.fromisoformat(ticket["issued_at"]).astimezone(zone).date()
            paper = _Paper(str(ticket.get("id", "")), str(ticket["number"]), date)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if _NUMBER.fullmatch(paper.number):
            yield paper


def _with_days(logs: list[list[_Paper]], known: Mapping[str, dt.date]) -> Iterator[tuple[_Paper, dt.date]]:
    """Yield papers with their office days.

    Of those that nobody knows it is the date on them, but none earlier than the day of a known one that came before:
    where the clock was set back the office went on with its day (decision 18).
    """
    for log in logs:
        latest = dt.date.min
        for paper in log:
            day = known.get(paper.ticket) or max(paper.date, latest)
            if paper.ticket in known:
                latest = max(latest, day)
            yield paper, day


def _in_advance(data: Path) -> Iterator[tuple[str, Given]]:
    for path in sorted((data / OUTBOX).glob("*.json")):
        try:
            box = json.loads(_text_of(path))
            for held in (*box["held"], *(one["held"] for one in box["given"])):
                blank = held["blank"]
                day = dt.date.fromisoformat(held["day"])
                yield str(blank.get("ticket", "")), of_number(blank["number"], day)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


def _text_of(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def of_number(text: str, day: dt.date) -> Given:
    """Return what one number as it stands on a ticket says was given out on a day; nothing where it is none."""
    number = _NUMBER.fullmatch(text)
    return NONE_GIVEN if number is None else NONE_GIVEN.with_number(day, number["series"], int(number["sequence"]))
