"""Staff who work without a counter: signing in and out, and whose sessions there are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broker import permissions
from broker.domain import checks
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall
from broker.domain.identity import session_digest

ID_LENGTH = 16
"""So much of a session's digest names it: enough to tell sessions apart, and worth nothing to whoever reads it."""
MOST_LISTED = 40
"""So many fit a message."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One session, as its officer, a supervisor or a technician sees it."""

    id: str
    officer: str
    role: str
    since: dt.datetime
    is_own: bool


def sign_in(hall: Hall, command: cmd.StaffIn, now: dt.datetime) -> ev.StaffSignedIn:
    """Begin a session, whose token the officer's page shows with every request."""
    if command.officer not in hall.office.officers:
        raise DomainError(Code.UNKNOWN_OFFICER, f"no officer {command.officer}", officer=command.officer)
    if not command.pin_matches:
        why = "too many wrong PINs" if command.locked_s else "the PIN is not right"
        raise DomainError(Code.WRONG_PIN, why, officer=command.officer, locked_s=command.locked_s)
    return ev.StaffSignedIn(at=now, officer=command.officer, session=session_digest(command.token))


def decide(hall: Hall, command: cmd.StaffAct, now: dt.datetime) -> list[ev.Event]:
    """Decide about what is asked in a staff session."""
    officer = checks.acting(hall, command, now)
    match command:
        case cmd.StaffOut():
            return [ev.StaffSignedOut(at=now, officer=officer, session=session_digest(command.session))]
        case cmd.StaffSessions():
            return []
        case cmd.StaffRevoke():
            return _revoked(hall, officer, command, now)
        case cmd.RulesChange():
            return _rules_changed(hall, officer, command, now)
        case _:
            raise NotImplementedError(type(command).__name__)


def planned_due(prepared: cmd.PreparedRules, reason: str, now: dt.datetime) -> ev.RulesChanged:
    """Return that the office itself puts into its place what was planned for a day that has come."""
    return _change(None, prepared, reason, now)


def _rules_changed(hall: Hall, officer: str, command: cmd.RulesChange, now: dt.datetime) -> list[ev.Event]:
    """Let another configuration be written: what it comes to, or what is wrong with it, was found out before."""
    reason, prepared = checks.reason(command.reason), command.prepared
    match prepared:
        case DomainError():
            raise prepared
        case None:
            raise DomainError(Code.NOT_READY, "the configuration cannot be changed here")
        case _:
            for act in sorted(prepared.acts):
                checks.permitted(hall, command.session, act, now)
            return [] if prepared.digest == prepared.before else [_change(officer, prepared, reason, now)]


def _change(by: str | None, prepared: cmd.PreparedRules, reason: str, now: dt.datetime) -> ev.RulesChanged:
    return ev.RulesChanged(
        at=now, by=by, reason=reason, before=prepared.before, digest=prepared.digest, sections=prepared.sections
    )


def sessions(hall: Hall, command: cmd.StaffSessions, now: dt.datetime) -> list[Listed]:
    """Return this session first, then the newest: one's own, and those of others for whoever may see them."""
    own = session_digest(command.session)
    asker = hall.staff[own].officer
    sees_all = permissions.may(hall.office.role_of(asker), "sessions_of_others")
    found = [
        Listed(digest[:ID_LENGTH], one.officer, hall.office.role_of(one.officer), one.since, is_own=digest == own)
        for digest, one in hall.staff.items()
        if hall.staff_session(digest, now) is not None and (sees_all or one.officer == asker)
    ]
    found.sort(key=lambda one: one.since, reverse=True)
    found.sort(key=lambda one: not one.is_own)
    return found[: 1 if command.own else MOST_LISTED]


def _revoked(hall: Hall, officer: str, command: cmd.StaffRevoke, now: dt.datetime) -> list[ev.Event]:
    """End sessions. Whoever may not see the sessions of others is told of none but their own."""
    sees_all = permissions.may(hall.office.role_of(officer), "sessions_of_others")
    meant = [
        (digest, one.officer)
        for digest, one in hall.staff.items()
        if command.of in {digest[:ID_LENGTH], one.officer} and (sees_all or one.officer == officer)
    ]
    if not meant:
        raise DomainError(Code.UNKNOWN_SESSION, "no session of this id or officer is open")
    reason = checks.reason(command.reason)
    return [
        ev.StaffRevoked(at=now, officer=whose, session=digest, by=officer, reason=reason) for digest, whose in meant
    ]
