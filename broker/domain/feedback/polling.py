"""Surveys as they are decided: who is asked, what is taken as an answer, and what time alone brings about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from broker.domain import checks
from broker.domain import events as hall_events
from broker.domain.errors import Code, DomainError
from broker.domain.feedback import commands as cmd
from broker.domain.feedback import events as ev
from broker.domain.feedback import texts
from broker.domain.feedback.book import Book
from broker.domain.feedback.entries import Answer, Decided, Entry, PlanText, Served, Spent, Suggestion, Words
from broker.domain.feedback.ratings import holder_or_there
from broker.domain.feedback.suggestions import offered, words_of
from broker.domain.feedback.surveys import Channel, Survey, SurveyAnswer, plain_of, sample_size, seal_of
from broker.domain.hall import Hall
from broker.domain.model import TicketState
from broker.domain.vocabulary import Event

MAX_PLAN = 300
"""So many characters of a plan fit on the page that hangs in the hall."""


def invitations(hall: Hall, book: Book, question: cmd.Invitations, now: dt.datetime) -> Answer:
    """Return which surveys the holder of a finished ticket is asked to answer; nothing where that is done."""
    ticket = checks.known_ticket(hall, question.ticket, now)
    holder_or_there(hall, book, ticket, question, now)
    if ticket.state is not TicketState.FINISHED:
        return Answer({"invitations": ()})
    surveys, spent = book.office.feedback.surveys, book.spent
    open_to = [
        {"survey": survey, "invitation": text}
        for survey, text in book.counting.invited(ticket.id).items()
        if survey in surveys and _spent(book, survey, ticket.id) not in spent
    ]
    return Answer({"invitations": tuple(open_to)})


def give(hall: Hall, book: Book, command: cmd.GiveSurvey, now: dt.datetime) -> Decided:
    """Take the answers of somebody who was invited, stands at a feedback kiosk, or filled in a form for staff."""
    if command.session is not None:
        checks.permitted(hall, command.session, "survey", now)
    survey = _known(book, command.survey)
    _whole(survey, command)
    today = hall.day_of(now)
    channel, service, entries = _way(hall, book, survey, command, now)
    _, language = offered(book, None, command.language)
    day = book.counting.open_day(survey.id, today)
    answers = {code: int(command.answers[code]) for code in survey.codes}
    entries.append(
        SurveyAnswer(
            command.row,
            survey.id,
            survey.version,
            day,
            service,
            channel,
            language,
            answers,
            {**(command.profile or {})},
        )
    )
    text = texts.sentence(command.text)
    if text:
        last = day + book.office.feedback.purge_after
        entries.append(Suggestion(command.words_row, day, service, language, (survey.id,), purge_after=last))
        entries.append(Words(words_of(command.words_row), text, last))
    return Decided([ev.Surveyed(at=now, survey=survey.id, service=service)], entries)


def make_plan(hall: Hall, book: Book, command: cmd.MakePlan, now: dt.datetime) -> Decided:
    """Take what the office does about an element of a closed period, in the place of what it said before."""
    officer = checks.permitted(hall, command.session, "survey_plan", now)
    closed = book.counting.found(command.survey, command.period)
    if closed is None:
        message = f"{command.survey} has no closed period {command.period}: a plan is made once it is closed"
        raise DomainError(Code.UNKNOWN_SURVEY, message, survey=command.survey, period=command.period)
    if command.element not in closed.tally.sums:
        raise _bad(field="element", why=f"{command.element} is no element of that survey")
    text = " ".join(texts.required(command.plan, "plan").split())
    if len(text) > MAX_PLAN:
        raise _bad(field="plan", why=f"has {len(text)} characters, of which {MAX_PLAN} fit on the page")
    try:
        by = dt.date.fromisoformat(command.by)
    except ValueError:
        raise _bad(field="by", why="must be a date such as 2026-12-31") from None
    made = ev.PlanMade(
        at=now,
        survey=command.survey,
        period=command.period,
        element=command.element,
        officer=officer,
        by=by.isoformat(),
        text=book.keyed(text),
    )
    return Decided([made], [PlanText(command.survey, command.period, command.element, text, by)])


def follow(hall: Hall, book: Book, events: Iterable[Event], now: dt.datetime) -> Decided:
    """Return what follows for surveys from what happens in the hall, before the hall knows of it.

    Whoever is through with all stages is counted, and every so manieth of a service is asked: nobody chooses whom.
    """
    facts: list[ev.FeedbackEvent] = []
    entries: list[Entry] = []
    day = hall.day_of(now)
    for event in events:
        match event:
            case hall_events.Finished(next_stage=None):
                service = hall.tickets[event.ticket].service
                turn = book.counting.turns.get(service, 0) + 1
                asked = book.counting.invited(event.ticket)
                facts += [
                    ev.Invited(at=now, day=day, ticket=event.ticket, survey=survey.id, service=service)
                    for survey in book.office.feedback.surveys.values()
                    if survey.invites(turn) and survey.id not in asked
                ]
                entries.append(Served(day, service, 1))
            case hall_events.Undone() if hall.tickets[event.ticket].state is TicketState.FINISHED:
                entries.append(Served(day, hall.tickets[event.ticket].service, -1))
            case _:
                pass
    return Decided(facts, entries)


def due(hall: Hall, book: Book, now: dt.datetime) -> list[ev.FeedbackEvent]:
    """Return the seals of days that are over; once all are sealed, what closes periods."""
    today, counting = hall.day_of(now), book.counting
    seals: list[ev.FeedbackEvent] = []
    for survey, day in counting.unsealed(today):
        digests = counting.days[survey, day].digests
        seals.append(ev.SurveyDaySealed(at=now, survey=survey, day=day, n=len(digests), digest=seal_of(digests)))
    return seals or [
        _closed(book, survey, now, today)
        for survey in book.office.feedback.surveys.values()
        if (period := counting.running(survey, today)) is not None and period.end < today
    ]


def _closed(book: Book, survey: Survey, now: dt.datetime, today: dt.date) -> ev.SurveyClosed:
    counting = book.counting
    period = counting.running(survey, today)
    assert period is not None  # noqa: S101 - whoever asks has looked
    tally, served = counting.tally(survey, period), counting.visitors(period)
    wanted = sample_size(sum(served.values()))
    return ev.SurveyClosed(
        at=now,
        survey=survey.id,
        version=survey.version,
        period=period.name,
        begin=period.begin.isoformat(),
        end=period.end.isoformat(),
        day=today,
        n=tally.n,
        wanted=wanted,
        is_reached=tally.n >= wanted,
        digest=counting.digest(survey.id, period),
        counted=plain_of(tally),
        served=served,
        factor=survey.scoring.factor,
        decimals=survey.scoring.decimals,
        grades=survey.scoring.grades,
    )


def _way(
    hall: Hall, book: Book, survey: Survey, command: cmd.GiveSurvey, now: dt.datetime
) -> tuple[Channel, str | None, list[Entry]]:
    """Return by which way an answer comes, of which service it is, and what is spent with it."""
    today = hall.day_of(now)
    is_kiosk = command.asker in book.office.feedback.kiosks
    if command.invitation is not None:
        one = book.counting.passes.get(command.invitation.strip().upper())
        if one is None or one.survey != survey.id or one.day != today:
            message = f"this invitation is none for {survey.id}, or not of today"
            raise DomainError(Code.NOT_INVITED, message, survey=survey.id)
        digest = _spent(book, survey.id, one.ticket)
        if digest in book.spent:
            raise DomainError(Code.ALREADY_GIVEN, f"{survey.id} was answered with this invitation", survey=survey.id)
        return "kiosk" if is_kiosk else "phone", one.service, [Spent(today, digest)]
    service, _ = offered(book, command.service, None)
    if command.session is not None:
        if service is None:
            raise _bad(field="service", why="whoever enters a form says of which service it is")
        return "paper", service, []
    if not (is_kiosk and survey.is_open):
        message = f"{survey.id} is answered with an invitation only, here"
        raise DomainError(Code.NOT_INVITED, message, survey=survey.id)
    return "kiosk", service, []


def _known(book: Book, survey: str) -> Survey:
    found = book.office.feedback.surveys.get(survey)
    if found is None:
        raise DomainError(Code.UNKNOWN_SURVEY, f"no survey {survey}", survey=survey)
    return found


def _whole(survey: Survey, command: cmd.GiveSurvey) -> None:
    """Refuse answers to other questions than were asked, and what nobody can have chosen."""
    if command.version != survey.version:
        raise _bad(field="version", why=f"{survey.id} is asked in the version {survey.version} now: ask anew")
    missing = [code for code in survey.codes if code not in command.answers]
    unknown = [code for code in command.answers if code not in survey.codes]
    if missing or unknown:
        what = f"{missing[0]} is not answered" if missing else f"{unknown[0]} is not asked"
        raise _bad(field="answers", why=what)
    for question, choice in (command.profile or {}).items():
        if choice not in survey.profile.get(question, ()):
            raise _bad(field="profile", why=f"{question}: {choice} cannot be chosen")


def _spent(book: Book, survey: str, ticket: str) -> str:
    return book.keyed(f"surveyed\n{survey}\n{ticket}")


def _bad(*, field: str, why: str) -> DomainError:
    return DomainError(Code.BAD_REQUEST, f"{field}: {why}", field=field)
