"""Office days on the disk: those that were closed as their facts, the others as the journal tells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, func, select, text
from sqlmodel import col

from broker.domain.events import DayClosed
from broker.domain.identity import number_text
from broker.ports import Line, Work
from broker.reports.facts import DayFacts, digest_of, facts_of, moment
from broker.reports.figures import History, RatingCount
from broker.reports.fold import Carry, Fold, carry_of
from broker.reports.tickets import TracedDay, TracingFold
from broker.store.archived import beginning
from broker.store.head import Mark
from broker.store.journal import UnreadableError, event_of
from broker.store.past import first_needed_seq
from broker.store.tables import ClosedDayRow, RatingRow, TicketRow, table_of
from broker.store.writing import Writing, insert_into

_ROWS = table_of(ClosedDayRow)
_INSERT = insert_into("closed_days", "office, day, seq, lines, digest, facts, carry")
_LINES = text(
    "SELECT seq, client, type, body FROM events "
    "WHERE office = :office AND seq > :after AND seq <= :last ORDER BY seq LIMIT :most"
)
_LINE = text("SELECT hash FROM events WHERE office = :office AND seq = :seq")
_LATEST_DAY = text("SELECT max(day) FROM tickets WHERE office = :office")
_BEGUN = text("SELECT first_seq, issued_at FROM tickets WHERE id = :ticket AND office = :office")
_OF_TICKET = text(
    "SELECT seq, client, type, body FROM events "
    "WHERE office = :office AND at >= :since AND at <= :until AND +seq >= :first AND ticket = :ticket ORDER BY seq"
)
_OF_ALERTS = text(
    "SELECT type, body FROM events WHERE office = :office "
    "AND seq > (SELECT max(seq) FROM events WHERE office = :office) - :lines "
    "AND type IN ('alert_raised', 'alert_acknowledged', 'alert_ended') ORDER BY seq"
)
_TICKETS_LAST = dt.timedelta(days=5)
"""No ticket lives longer, with room for a clock that was set, forth or back."""
_IDS_AT_ONCE = 500
_AT_ONCE = 10_000
_NO_LAST = 2**63 - 1


def write_closed_days(writing: Writing, office: str, work: Work) -> None:
    """Write days that were closed with this unit of work, each beside its line of the journal."""
    seqs = {one.event.day: one.seq for one in work.events if isinstance(one.event, DayClosed)}
    writing.rows(
        _INSERT,
        [
            (office, one.day.isoformat(), seqs[one.day], one.lines, one.digest, one.facts, one.carry)
            for one in work.closed
        ],
    )


def read_lines(connection: Connection, office: str, after: int, most: int, *, last: int = _NO_LAST) -> Sequence[Line]:
    """Return lines of the journal behind one of them, up to the last that is wanted."""
    rows = connection.execute(_LINES, {"office": office, "after": after, "last": last, "most": most})
    return [Line(seq, client, event_of(name, body)) for seq, client, name, body in rows]


def lines_to_move(connection: Connection, office: str, before: dt.date) -> tuple[dt.date, Mark] | str:
    """Return the last closed office day before a date of which no line is needed, and its last line; or why none."""
    begun, needed = beginning(connection, office), first_needed_seq(connection, office)
    latest = connection.scalar(_LATEST_DAY, {"office": office})
    of_office = select(_ROWS.c.day, _ROWS.c.carry).where(_ROWS.c.office == office, _ROWS.c.day < before)
    why = f"no office day before {before} is left here that is over and was counted"
    for day, said in connection.execute(of_office.order_by(_ROWS.c.day.desc())):
        last = _carry(said).last_seq
        if last <= begun.seq:
            break
        if latest is None or day >= dt.date.fromisoformat(str(latest)):
            why = f"the last office day, {day}, stays"
        elif last >= needed:
            why = (
                f"line {needed} of the journal, before the end of {day}, is needed: a ticket or a counter is still open"
            )
        else:
            found = connection.execute(_LINE, {"office": office, "seq": last}).first()
            if found is not None:
                return day, Mark(last, found.hash)
    return why


def read_carry(connection: Connection, office: str) -> str | None:
    """Return what goes on after the last day that was closed; None where none was."""
    carried = select(_ROWS.c.carry).where(_ROWS.c.office == office)
    found: str | None = connection.scalar(carried.order_by(_ROWS.c.day.desc()).limit(1))
    return found


def read_history(
    connection: Connection, office: str, zone: dt.tzinfo, span: tuple[dt.date, dt.date], now: dt.datetime
) -> History:
    """Return what is known of the days of a span, both included, and of the last one before it.

    What was not closed is read from the journal: today's lines, or all since the broker closed a day.
    """
    first, last = span
    closed = list(_closed(connection, office, first, last))
    carried = _carry(read_carry(connection, office))
    running = [] if carried.day is not None and last <= carried.day else _folded(connection, office, zone, carried, now)
    days = [*closed, *(facts for facts in running if facts.day <= last)]
    before = [facts for facts in days if facts.day < first][-1:]
    return History(
        zone=zone,
        now=now,
        days=(*before, *(facts for facts in days if facts.day >= first)),
        ratings=tuple(_ratings(connection, office, first, last)),
        closed=frozenset(facts.day for facts in closed),
    )


def read_closed(connection: Connection, office: str, first: dt.date, last: dt.date) -> Sequence[str]:
    """Return the facts of closed days as they were written."""
    of_office = select(_ROWS.c.facts).where(_ROWS.c.office == office)
    return list(connection.scalars(of_office.where(_ROWS.c.day >= first, _ROWS.c.day <= last).order_by(_ROWS.c.day)))


def read_digest(connection: Connection, office: str, first: dt.date, last: dt.date) -> str:
    """Return what changes with whatever is kept of the closed days of a span, the last one before it included."""
    of_office = select(_ROWS.c.day, _ROWS.c.digest).where(_ROWS.c.office == office)
    before = of_office.where(_ROWS.c.day < first).order_by(_ROWS.c.day.desc()).limit(1)
    within = of_office.where(_ROWS.c.day >= first, _ROWS.c.day <= last).order_by(_ROWS.c.day)
    days = [f"{day} {digest}" for wanted in (before, within) for day, digest in connection.execute(wanted)]
    return digest_of(*days, *map(str, _ratings(connection, office, first, last)))


def _closed(connection: Connection, office: str, first: dt.date, last: dt.date) -> Iterator[DayFacts]:
    of_office = select(_ROWS.c.facts).where(_ROWS.c.office == office)
    before = of_office.where(_ROWS.c.day < first).order_by(_ROWS.c.day.desc()).limit(1)
    within = of_office.where(_ROWS.c.day >= first, _ROWS.c.day <= last).order_by(_ROWS.c.day)
    for wanted in (before, within):
        for said in connection.scalars(wanted):
            try:
                yield facts_of(said)
            except (ValueError, KeyError, TypeError) as error:
                message = f"the figures of a closed day cannot be read: {error}"
                raise UnreadableError(message) from error


def _carry(said: str | None) -> Carry:
    try:
        return Carry() if said is None else carry_of(said)
    except (ValueError, KeyError, TypeError) as error:
        message = f"what goes on after a closed day cannot be read: {error}"
        raise UnreadableError(message) from error


def _folded(connection: Connection, office: str, zone: dt.tzinfo, carry: Carry, now: dt.datetime) -> list[DayFacts]:
    return list(_days_of(connection, office, Fold(zone, carry), now))


def _days_of(
    connection: Connection, office: str, fold: Fold, now: dt.datetime, last: int = _NO_LAST
) -> Iterator[DayFacts]:
    """Yield the days that a fold still has before it up to a line, the one that runs there last."""
    while lines := read_lines(connection, office, fold.last_seq, _AT_ONCE, last=last):
        for line in lines:
            ended = fold.hear(line.seq, line.client, line.event)
            if ended is not None:
                yield ended.facts
    running = fold.running(now)
    if running is not None:
        yield running


def read_traced(
    connection: Connection,
    office: str,
    zone: dt.tzinfo,
    wanted: Iterable[DayFacts],
    *,
    journal: Connection | None = None,
) -> list[TracedDay]:
    """Return some days as the journal tells them, each row with its ticket; those that it does not tell are not there.

    Each is read behind the last day that was closed before it, and up to its own last line as it is known: what was
    written since then is not in the figures that somebody looks at. `journal` holds their lines where they were moved
    away.
    """
    found: dict[dt.date, TracedDay] = {}
    for known in sorted(wanted, key=lambda facts: facts.day, reverse=True):
        if known.day in found:  # it was not closed, and so read on the way to a later one
            continue
        carried = select(_ROWS.c.carry).where(_ROWS.c.office == office, _ROWS.c.day < known.day)
        carry = _carry(connection.scalar(carried.order_by(_ROWS.c.day.desc()).limit(1)))
        until = moment(known.until_us)
        for facts in _days_of(journal or connection, office, TracingFold(zone, carry), until, known.last_seq):
            if isinstance(facts, TracedDay):
                found[facts.day] = facts
    return list(found.values())


def read_course(
    connection: Connection, office: str, zone: dt.tzinfo, now: dt.datetime, every: dt.timedelta
) -> list[DayFacts]:
    """Return the facts of the day that runs as they were at each full step of time, and as they are now."""
    fold, found = Fold(zone, _carry(read_carry(connection, office))), list[DayFacts]()
    begun: dt.datetime | None = None
    while lines := read_lines(connection, office, fold.last_seq, _AT_ONCE):
        for line in lines:
            while begun is not None and line.event.at >= begun + every:
                begun += every
                so_far = fold.running(begun)
                found.extend([] if so_far is None else [so_far])
            if fold.hear(line.seq, line.client, line.event) is not None:
                found.clear()
                begun = None
            if begun is None and fold.day is not None:
                midnight = line.event.at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
                begun = midnight + (line.event.at - midnight) // every * every
    running = fold.running(now)
    return found if running is None else [*found, running]


def read_ticket(
    connection: Connection, office: str, ticket: str, later: Iterable[Connection] = ()
) -> Sequence[Line] | None:
    """Return what the journal says of a ticket, from its number on; None where it was not given out here.

    `later` hold the lines behind those that are here: what was given out in the evening may have ended there.
    """
    begun = connection.execute(_BEGUN, {"office": office, "ticket": ticket}).first()
    if begun is None:
        return None
    first, at = begun
    lasts = _TICKETS_LAST // dt.timedelta(microseconds=1)
    of = {"office": office, "ticket": ticket, "first": first, "since": at - lasts, "until": at + lasts}
    rows = [row for part in (connection, *later) for row in part.execute(_OF_TICKET, of)]
    return [Line(seq, client, event_of(name, body)) for seq, client, name, body in rows]


def read_alerts(connection: Connection, office: str, lines: int) -> list[tuple[str, str]]:
    """Return what the last lines of the journal tell of alerts, as it stands there: its type and its facts."""
    found = connection.execute(_OF_ALERTS, {"office": office, "lines": lines})
    return [(name, body) for name, body in found]


def read_numbers(connection: Connection, office: str, tickets: Sequence[str]) -> dict[str, str]:
    """Return the numbers of tickets by their ids."""
    found: dict[str, str] = {}
    for begin in range(0, len(tickets), _IDS_AT_ONCE):
        some = tickets[begin : begin + _IDS_AT_ONCE]
        of = table_of(TicketRow)
        wanted = select(of.c.id, of.c.series, of.c.number).where(of.c.office == office, of.c.id.in_(some))
        found |= {name: number_text(series, number) for name, series, number in connection.execute(wanted)}
    return found


def _ratings(connection: Connection, office: str, first: dt.date, last: dt.date) -> Iterator[RatingCount]:
    key = col(RatingRow.day), col(RatingRow.service), col(RatingRow.officer), col(RatingRow.score)
    wanted = select(*key, func.count()).where(
        col(RatingRow.office) == office, col(RatingRow.day) >= first, col(RatingRow.day) <= last
    )
    for day, service, officer, score, n in connection.execute(wanted.group_by(*key)):
        yield RatingCount(day, service, officer, score, n)
