"""Surveys on the disk: answers without time and order, sealed days, closed periods, plans, and who came."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from broker.domain.feedback import events as ev
from broker.domain.feedback.book import Book
from broker.domain.feedback.counting import KEPT_DAYS, ClosedPeriod, Counting, Pass, Plan, closed_of
from broker.domain.feedback.entries import PlanText, Served
from broker.domain.feedback.surveys import SurveyAnswer
from broker.ports import Recorded
from broker.store.journal import body_of, event_of
from broker.store.moments import micros
from broker.store.tables import (
    EventRow,
    ServedDayRow,
    SurveyAnswerRow,
    SurveyDayRow,
    SurveyPeriodRow,
    SurveyPlanRow,
)
from broker.store.writing import Step, insert_into

_INSERT_ANSWER = insert_into(
    "survey_answers", "office, id, survey, version, day, service, channel, language, answers, profile"
)
_COUNT_SERVED = insert_into("served_days", "office, day, service, served") + (
    " ON CONFLICT (office, day, service) DO UPDATE SET served = served_days.served + excluded.served"
)
_PUT_PLAN = insert_into("survey_plans", "office, survey, period, element, plan, by_day") + (
    " ON CONFLICT (office, survey, period, element) DO UPDATE SET plan = excluded.plan, by_day = excluded.by_day"
)
_INSERT_DAY = insert_into("survey_days", "office, survey, day, answers, digest")
_INSERT_PERIOD = insert_into("survey_periods", "office, survey, period, end_day, seq, body")

_CLOCK_AHEAD = dt.timedelta(days=2)
"""So far a clock may be ahead of the office day, and who was asked is still known after a restart."""


def steps_of(entry: SurveyAnswer | Served | PlanText, office: str) -> Iterator[Step]:
    """Yield what an entry writes."""
    match entry:
        case SurveyAnswer():
            said = json.dumps(dict(entry.answers)), json.dumps(dict(entry.profile), sort_keys=True)
            row = (office, entry.row, entry.survey, entry.version, entry.day.isoformat(), entry.service)
            yield _INSERT_ANSWER, (*row, entry.channel, entry.language, *said)
        case Served():
            yield _COUNT_SERVED, (office, entry.day.isoformat(), entry.service, entry.by)
        case PlanText():
            yield _PUT_PLAN, (office, entry.survey, entry.period, entry.element, entry.text, entry.by.isoformat())


def steps_of_events(office: str, events: Sequence[Recorded]) -> Iterator[Step]:
    """Yield what the facts of surveys write beside the journal."""
    for recorded in events:
        match recorded.event:
            case ev.SurveyDaySealed() as fact:
                yield _INSERT_DAY, (office, fact.survey, fact.day.isoformat(), fact.n, fact.digest)
            case ev.SurveyClosed() as fact:
                yield _INSERT_PERIOD, (office, fact.survey, fact.period, fact.end, recorded.seq, body_of(fact))


def read_counting(
    connection: Connection, office: str, codes: Mapping[str, tuple[str, ...]], today: dt.date
) -> Counting:
    """Return what the tables tell of surveys, but for whom today asks; `codes` are the elements of each survey."""
    counting = Counting()
    _read_served(connection, office, counting, today)
    for one in _periods(connection, office):
        counting.close(one)
    for answer in _answers(connection, office, counting):
        counting.answer(answer, codes.get(answer.survey, ()))
    days = select(col(SurveyDayRow.survey), col(SurveyDayRow.day), col(SurveyDayRow.digest))
    for survey, day, digest in connection.execute(days.where(col(SurveyDayRow.office) == office)):
        if not _is_closed(counting, survey, day):
            counting.seal(survey, day, digest)
    plans = select(SurveyPlanRow).where(col(SurveyPlanRow.office) == office)
    for row in connection.execute(plans).mappings():
        counting.plans[row["survey"], row["period"], row["element"]] = Plan(row["plan"], row["by_day"])
    return counting


def read_passes(connection: Connection, book: Book, today: dt.date) -> None:
    """Let whom this office day has asked answer: the journal says who that is.

    Lines of the days before `today` are looked at, too: a clock that was set may be ahead of the office day.
    """
    since = dt.datetime.combine(today - _CLOCK_AHEAD, dt.time(), book.office.zone)
    lines = select(col(EventRow.type), col(EventRow.body)).where(
        col(EventRow.office) == book.office.id, col(EventRow.at) >= micros(since), col(EventRow.type) == "invited"
    )
    for name, body in connection.execute(lines):
        fact = event_of(name, body)
        if isinstance(fact, ev.Invited):
            book.counting.invite(book.keyed, Pass(fact.survey, fact.ticket, fact.service, fact.day))


def read_answers(connection: Connection, office: str, survey: str, first: dt.date, last: dt.date) -> list[SurveyAnswer]:
    """Return the answers of some days; in no order that means anything."""
    wanted = (
        col(SurveyAnswerRow.office) == office,
        col(SurveyAnswerRow.survey) == survey,
        col(SurveyAnswerRow.day) >= first,
        col(SurveyAnswerRow.day) <= last,
    )
    return [_answer(row) for row in connection.execute(_ANSWERS.where(*wanted)).mappings()]


_COLUMNS = ("id", "survey", "version", "day", "service", "channel", "language", "answers", "profile")
_ANSWERS = select(*(getattr(SurveyAnswerRow, name) for name in _COLUMNS))


def _read_served(connection: Connection, office: str, counting: Counting, today: dt.date) -> None:
    of_office = col(ServedDayRow.office) == office
    totals = select(col(ServedDayRow.service), func.sum(col(ServedDayRow.served))).where(of_office)
    for service, count in connection.execute(totals.group_by(col(ServedDayRow.service))):
        counting.turns[service] = int(count)
    days = select(col(ServedDayRow.day), col(ServedDayRow.service), col(ServedDayRow.served))
    since = today - dt.timedelta(days=KEPT_DAYS)
    for day, service, count in connection.execute(days.where(of_office, col(ServedDayRow.day) >= since)):
        counting.served[day, service] = count


def _periods(connection: Connection, office: str) -> Iterator[ClosedPeriod]:
    rows = select(col(SurveyPeriodRow.body)).where(col(SurveyPeriodRow.office) == office)
    for body in connection.scalars(rows.order_by(col(SurveyPeriodRow.end_day))):
        fact = event_of("survey_closed", body)
        if isinstance(fact, ev.SurveyClosed):
            yield closed_of(fact)


def _answers(connection: Connection, office: str, counting: Counting) -> Iterator[SurveyAnswer]:
    """Yield what is in no closed period."""
    surveys = select(col(SurveyAnswerRow.survey)).where(col(SurveyAnswerRow.office) == office).distinct()
    for survey in connection.scalars(surveys).all():
        closed = counting.closed.get(survey, ())
        after = closed[-1].period.end if closed else dt.date.min
        yield from read_answers(connection, office, survey, after + dt.timedelta(days=1), dt.date.max)


def _is_closed(counting: Counting, survey: str, day: dt.date) -> bool:
    closed = counting.closed.get(survey, ())
    return bool(closed) and day <= closed[-1].period.end


def _answer(row: Mapping[Any, Any]) -> SurveyAnswer:
    return SurveyAnswer(
        row=row["id"],
        survey=row["survey"],
        version=row["version"],
        day=row["day"],
        service=row["service"],
        channel=row["channel"],
        language=row["language"],
        answers=json.loads(row["answers"]),
        profile=json.loads(row["profile"]),
    )
