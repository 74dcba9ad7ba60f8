"""Staff who work without a counter: signing in and out, and who may do what."""

from __future__ import annotations

import datetime as dt

from broker.domain.errors import Code, DomainError
from broker.domain.feedback import commands as cmd
from broker.domain.feedback import events as ev
from broker.domain.feedback.book import Book
from broker.domain.feedback.entries import Decided
from broker.domain.identity import session_digest


def sign_in(book: Book, command: cmd.StaffIn, now: dt.datetime) -> Decided:
    """Begin a session, whose token the officer's page shows with every request."""
    if command.officer not in book.office.officers:
        raise DomainError(Code.UNKNOWN_OFFICER, f"no officer {command.officer}", officer=command.officer)
    if not command.pin_matches:
        why = "too many wrong PINs" if command.locked_s else "the PIN is not right"
        raise DomainError(Code.WRONG_PIN, why, officer=command.officer, locked_s=command.locked_s)
    return Decided([ev.StaffSignedIn(at=now, officer=command.officer, session=session_digest(command.token))])


def sign_out(book: Book, command: cmd.StaffOut, now: dt.datetime) -> Decided:
    """End a session."""
    officer = signed_in(book, command.session, now)
    return Decided([ev.StaffSignedOut(at=now, officer=officer, session=session_digest(command.session))])


def signed_in(book: Book, session: str, now: dt.datetime) -> str:
    """Return whose session it is; `no_session` where it is none, or over."""
    found = book.session(session_digest(session), now)
    if found is None:
        raise DomainError(Code.NO_SESSION, "nobody of the staff is signed in with this session")
    return found.officer


def with_role(book: Book, session: str, now: dt.datetime, roles: frozenset[str]) -> str:
    """Return whose session it is, where that is somebody of one of these roles; else `not_allowed`."""
    officer = signed_in(book, session, now)
    if book.office.role_of(officer) not in roles:
        raise DomainError(Code.NOT_ALLOWED, f"only {' or '.join(sorted(roles))} may do that", officer=officer)
    return officer
