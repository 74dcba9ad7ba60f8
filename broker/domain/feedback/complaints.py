"""Complaints: received, looked at, forwarded, answered, closed; by dates that are a pure function of the calendar."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from broker.domain import checks
from broker.domain.errors import Code, DomainError
from broker.domain.feedback import commands as cmd
from broker.domain.feedback import events as ev
from broker.domain.feedback import texts
from broker.domain.feedback.book import OPEN, OVER, Book, Complaint
from broker.domain.feedback.entries import Answer, Decided, Entry, Subject, Words
from broker.domain.feedback.rules import ComplaintRules
from broker.domain.feedback.suggestions import WordsOf, offered, pages_of
from broker.domain.hall import Hall

PAGE = 14
"""So many fit a message, whatever stands in them."""
MOST_REPLIES, MOST_STEPS = 30, 36
"""After so many steps whoever complained writes no more, and the office only ends it: all have to fit a message."""
SOON_DAYS = 2
"""What is due within so many working days is due soon."""


@dataclass(frozen=True, slots=True)
class Move:
    """What an action of the staff or of who complained does."""

    type: str
    since: frozenset[str]
    """The states in which it can be done."""
    state: str | None
    """How the complaint stands afterwards; None: as before."""
    needs: frozenset[str] = frozenset()


ANSWERED = frozenset({"answered"})
ENDS = ANSWERED | OVER
"""To these it comes however long it is: a complaint that nobody can answer or close would be overdue for ever."""
BY_STAFF: Mapping[str, Move] = {
    "verify": Move("verified", frozenset({"received", "reopened"}), "verified"),
    "forward": Move("forwarded", OPEN, "forwarded", frozenset({"to"})),
    "answer": Move("answered", OPEN, "answered", frozenset({"text"})),
    "close": Move("closed", ANSWERED, "closed"),
    "reject": Move("rejected", OPEN, "rejected", frozenset({"text", "to"})),
    "reopen": Move("reopened", frozenset({"answered", "closed", "rejected", "merged"}), "reopened"),
    "merge": Move("merged", OPEN, "merged", frozenset({"into"})),
}
BY_HOLDER: Mapping[str, Move] = {
    "reply": Move("replied", OPEN | ANSWERED, None, frozenset({"text"})),
    "close": Move("closed", OPEN | ANSWERED, "closed"),
}


def complain(hall: Hall, book: Book, command: cmd.Complain, now: dt.datetime) -> Decided:
    """Take a complaint; its dates are fixed now, as the receipt says them."""
    if book.office.feedback.complaints is None:
        raise DomainError(Code.NOT_ALLOWED, "no complaints are taken here")
    rules, today = rules_of(book), hall.day_of(now)
    officer = None if command.session is None else checks.permitted(hall, command.session, "complain", now)
    text, contact = texts.required(command.text, "text"), texts.sentence(command.contact, "contact")
    if command.anonymous and contact:
        message = "contact: who wants to stay unknown leaves none; take it out, or complain with a name"
        raise DomainError(Code.BAD_REQUEST, message, field="contact")
    service, language = offered(book, command.service, command.language)
    ticket = texts.ticket_number(command.ticket)
    sequence = book.last_of_year.get(today.year, 0) + 1
    number = f"{today.year}-{sequence:04d}"
    calendar = book.office.feedback.calendar
    event = ev.Complained(
        at=now,
        number=number,
        year=today.year,
        sequence=sequence,
        day=today,
        kind=command.kind,
        text=book.keyed(text),
        secret=secret_digest(book, command.secret),
        anonymous=command.anonymous,
        confidential=command.confidential,
        has_contact=bool(contact),
        service=service,
        language=language,
        verify_by=calendar.after(today, rules.verify_days),
        answer_by=calendar.after(today, rules.answer_days[command.kind]),
        officer=officer,
    )
    entries: list[Entry] = [Words(words_of(number, 0), text, None)]
    if contact:
        entries.append(Words(contact_of(number), contact, None))
    if ticket is not None:
        entries.append(Subject(number, ticket))
    return Decided([event], entries)


def move(hall: Hall, book: Book, command: cmd.MoveComplaint, now: dt.datetime) -> Decided:
    """Do something about a complaint; `illegal_transition` where it does not stand so that this can be done."""
    found, officer = _of_asker(hall, book, command, now)
    moves = BY_HOLDER if officer is None else BY_STAFF
    if command.action not in moves:
        who = "whoever complained" if officer is None else "the office"
        raise DomainError(Code.NOT_ALLOWED, f"{who} cannot {command.action} it", action=command.action)
    done = moves[command.action]
    is_long = len(found.steps) >= (MOST_REPLIES if officer is None else MOST_STEPS)
    if found.state not in done.since or (is_long and done.state not in ENDS):
        why = f"has {len(found.steps)} steps" if found.state in done.since else f"is {found.state}"
        message = f"{found.number} {why} and cannot {command.action}"
        detail = {"complaint": found.number, "state": found.state, "action": command.action}
        raise DomainError(Code.ILLEGAL_TRANSITION, message, **detail)
    text = texts.required(command.text, "text") if "text" in done.needs else texts.sentence(command.text)
    to = texts.required(command.to, "to") if "to" in done.needs else None
    into = _target(book, found, command.into) if "into" in done.needs else None
    if officer is not None:
        _require_reader(book, found, officer)
    state = done.state or ("reopened" if found.state == "answered" else found.state)
    event = moved(hall, book, found, now, done=done.type, state=state, officer=officer, to=to, text=text, into=into)
    words = Words(words_of(found.number, len(found.steps)), text, event.purge_after)
    return Decided([event], [words] if text else [])


def moved(
    hall: Hall,
    book: Book,
    found: Complaint,
    now: dt.datetime,
    *,
    done: str,
    state: str,
    officer: str | None = None,
    to: str | None = None,
    text: str = "",
    into: str | None = None,
) -> ev.ComplaintMoved:
    """Return that something was done, with the dates that follow from it."""
    rules, today, calendar = rules_of(book), hall.day_of(now), book.office.feedback.calendar
    begins_anew = state == "reopened" and found.state != "reopened"
    return ev.ComplaintMoved(
        at=now,
        number=found.number,
        day=today,
        type=done,
        state=state,
        officer=officer,
        to=to,
        text=book.keyed(text) if text else None,
        into=into,
        answer_by=calendar.after(today, rules.answer_days[found.kind]) if begins_anew else found.answer_by,
        closes_on=calendar.after(today, rules.close_days) if state == "answered" else None,
        purge_after=today + rules.purge_after if state in OVER else None,
    )


def read(hall: Hall, book: Book, question: cmd.ReadComplaint, now: dt.datetime) -> Answer:
    """Return how a complaint stands; or the words of a step; or the contact, and that it was read."""
    found, officer = _of_asker(hall, book, question, now)
    if question.contact:
        return _contact(book, found, officer, now)
    if question.step is None:
        return Answer({"complaint": seen_by(book, found, officer, book.office.day(now))})
    if officer is not None:
        _require_reader(book, found, officer)
    if question.step >= len(found.steps) or not found.steps[question.step].has_text:
        raise DomainError(Code.BAD_REQUEST, "step: no words belong to it, or not any more", field="step")
    words = words_of(found.number, question.step)
    return Answer({"text": WordsOf(words)}, [words])


def listed(hall: Hall, book: Book, question: cmd.ListComplaints, now: dt.datetime) -> Answer:
    """Return a page of the complaints: what is open by its next date, then the rest, the newest first."""
    officer = checks.permitted(hall, question.session, "complaints", now)
    today = book.office.day(now)
    wanted = [one for one in book.complaints.values() if one.is_open or question.state == "all"]
    found = sorted(wanted, key=_turn)
    page = found[question.page * PAGE : (question.page + 1) * PAGE]
    seen = [seen_by(book, one, officer, today, has_steps=False) for one in page]
    return Answer({"complaints": seen, "pages": pages_of(len(found), PAGE)})


def _turn(one: Complaint) -> tuple[bool, int, str]:
    return not one.is_open, one.due.toordinal() if one.is_open else -one.received_on.toordinal(), one.number


@dataclass(frozen=True, slots=True)
class Seen:
    """A complaint as somebody may see it."""

    complaint: Complaint
    today: dt.date
    is_staff: bool
    has_ticket: bool
    """Whether whoever looks may know of which visit it is: of a confidential one only who handles complaints."""
    has_steps: bool = True


def seen_by(book: Book, found: Complaint, officer: str | None, today: dt.date, *, has_steps: bool = True) -> Seen:
    """Return a complaint as somebody of the staff sees it; or, without an officer, who complained."""
    is_reader = officer is not None and (not found.confidential or _is_handler(book, officer))
    return Seen(found, today, is_staff=officer is not None, has_ticket=is_reader, has_steps=has_steps)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the year's complaints came to."""

    since: dt.date
    received: int
    answered: int
    in_time: int
    open: int
    due_soon: int
    overdue: int


def figures(book: Book, today: dt.date) -> Figures:
    """Count the complaints: those that came this year, and all that are still open."""
    since, soon = today.replace(month=1, day=1), book.office.feedback.calendar.after(today, SOON_DAYS)
    of_year = [one for one in book.complaints.values() if one.received_on >= since]
    still_open = [one for one in book.complaints.values() if one.is_open]
    return Figures(
        since=since,
        received=len(of_year),
        answered=sum(one.answered_on is not None for one in of_year),
        in_time=sum(one.in_time for one in of_year),
        open=len(still_open),
        due_soon=sum(today <= one.due <= soon for one in still_open),
        overdue=sum(one.is_overdue(today) for one in still_open),
    )


def rules_of(book: Book) -> ComplaintRules:
    """Return the rules; where none are taken any more the usual ones: what is open is still answered."""
    return book.office.feedback.complaints or ComplaintRules()


def secret_digest(book: Book, secret: str) -> str:
    """Return what is kept of a secret: however it is typed, in small letters or with dashes."""
    return book.keyed("secret\n" + "".join(character for character in secret.upper() if character.isalnum()))


def words_of(number: str, step: int) -> str:
    """Return under which id the words of a step stand; step 0 is what was complained of."""
    return f"c/{number}/{step}"


def contact_of(number: str) -> str:
    """Return under which id the contact stands."""
    return f"c/{number}/contact"


def _of_asker(
    hall: Hall, book: Book, command: cmd.MoveComplaint | cmd.ReadComplaint, now: dt.datetime
) -> tuple[Complaint, str | None]:
    """Return the complaint and, where somebody of the staff asks, who; a wrong number is told as a wrong secret is."""
    if command.session is not None:
        act = "complaint" if isinstance(command, cmd.ReadComplaint) else "complaint_step"
        officer = checks.permitted(hall, command.session, act, now)
        found = book.complaints.get(command.complaint)
        if found is not None:
            return found, officer
    else:
        found = book.complaints.get(command.complaint)
        shown = secret_digest(book, command.secret or "")
        if found is not None and hmac.compare_digest(shown.encode(), found.secret.encode()):
            return found, None
    raise DomainError(Code.UNKNOWN_COMPLAINT, "no complaint has this number and this secret")


def _contact(book: Book, found: Complaint, officer: str | None, now: dt.datetime) -> Answer:
    if officer is None:
        raise DomainError(Code.NOT_ALLOWED, "the contact is for the office alone")
    _require_role(book, officer)
    if not found.has_contact:
        raise DomainError(Code.BAD_REQUEST, "contact: none was left, or it was erased", field="contact")
    words = contact_of(found.number)
    told = ev.ContactRead(at=now, number=found.number, officer=officer)
    return Answer({"contact": WordsOf(words)}, [words], [told])


def _require_reader(book: Book, found: Complaint, officer: str) -> None:
    """Refuse who may not read what is confidential."""
    if found.confidential:
        _require_role(book, officer)


def _require_role(book: Book, officer: str) -> None:
    if not _is_handler(book, officer):
        roles = rules_of(book).contacts
        raise DomainError(Code.NOT_ALLOWED, f"only {' or '.join(sorted(roles))} may read that", officer=officer)


def _is_handler(book: Book, officer: str) -> bool:
    return book.office.role_of(officer) in rules_of(book).contacts


def _target(book: Book, found: Complaint, into: str | None) -> str:
    """Return the complaint that another is a duplicate of: one that goes on."""
    other = book.complaints.get(into or "")
    if other is None or other.number == found.number or other.state == "merged":
        message = "into: the number of another complaint that goes on is needed"
        raise DomainError(Code.BAD_REQUEST, message, field="into")
    return other.number
