"""Staff who work without a counter: signing in and out, and whose sessions there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import assert_never

from broker import permissions
from broker.domain import acts, checks
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall
from broker.domain.identity import session_digest
from broker.domain.model import DONE, StaffSession
from broker.domain.pins import password_weakness

ID_LENGTH = 16
"""So much of a session's digest names it: enough to tell sessions apart, and worth nothing to whoever reads it."""
NEW_PIN, NEW_PASSWORD, NEW_FACTOR = "another PIN", "another password", "a second factor"
"""Why sessions elsewhere end."""
LOGIN_ENDED = "the login of the device ended"
"""Why a session ends where it was begun, at a counter too."""
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
    with_password: bool
    with_code: bool


def sign_in(hall: Hall, command: cmd.StaffIn, now: dt.datetime) -> ev.StaffSignedIn:
    """Begin a session, whose token the officer's page shows with every request."""
    if command.officer not in hall.office.officers:
        raise DomainError(Code.UNKNOWN_OFFICER, f"no officer {command.officer}", officer=command.officer)
    _require_known(command.officer, command.locked_s, matches=command.pin_matches)
    _require_code(command.officer, command.code_fault, command.locked_s)
    return ev.StaffSignedIn(
        at=now,
        officer=command.officer,
        session=session_digest(command.token),
        with_password=command.with_password,
        with_code=command.step is not None,
        login=command.login or None,
    )


def decide(hall: Hall, command: cmd.StaffAct, now: dt.datetime) -> list[ev.Event]:  # noqa: PLR0911 - one a command
    """Decide about what is asked in a staff session."""
    if isinstance(command, cmd.AlertAck):
        return _acknowledged(hall, command, now)
    officer = checks.acting(hall, command, now)
    match command:
        case cmd.StaffOut():
            return [ev.StaffSignedOut(at=now, officer=officer, session=session_digest(command.session))]
        case cmd.StaffSessions() | cmd.Board():
            return []
        case cmd.TicketHistory():
            checks.known_ticket(hall, command.ticket, now)
            return []
        case cmd.StaffRevoke():
            return _revoked(hall, officer, command, now)
        case cmd.RulesChange():
            return _rules_changed(hall, officer, command, now)
        case cmd.StaffPassword():
            return _new_password(hall, officer, command, now)
        case cmd.StaffTotp():
            return _second_factor(hall, officer, command, now)
        case cmd.StaffReset():
            return _reset(hall, officer, command, now)
        case _:
            return acts.decide(hall, command, officer, now)  # type: ignore[arg-type]  # StaffAct itself is never sent


def _acknowledged(hall: Hall, command: cmd.AlertAck, now: dt.datetime) -> list[ev.Event]:
    """Let whoever an alert is for see to it; one that is over, or that somebody sees to, needs nobody more."""
    if command.counter is None:
        officer = checks.acting(hall, command, now)
    else:
        desk = checks.signed_in(hall, cmd.AtCounter(command.counter, command.session))
        officer = checks.permitted_to(hall, desk.officer or "", cmd.NAMES[cmd.AlertAck])
    alert, role = hall.alerts.get(command.alert), hall.office.role_of(officer)
    if alert is None or alert.acknowledged_by is not None:
        return []
    if role not in alert.roles:
        message = f"this alert is for {' or '.join(sorted(alert.roles))}"
        raise DomainError(Code.NOT_ALLOWED, message, officer=officer, role=role, act="alert_ack")
    return [ev.AlertAcknowledged(at=now, alert=alert.id, by=officer, reason=command.reason)]


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
            if problems := tuple(_in_use(hall, prepared)):
                raise DomainError(Code.BAD_RULES, "the office cannot work by these rules", problems=problems)
            return [] if prepared.digest == prepared.before else [_change(officer, prepared, reason, now)]


def _in_use(hall: Hall, prepared: cmd.PreparedRules) -> Iterator[str]:
    """Yield, in a sentence each, what is to be taken out though somebody needs it today."""
    for service in sorted(prepared.services_gone):
        count = sum(ticket.service == service and ticket.state not in DONE for ticket in hall.tickets.values())
        if count:
            yield (
                f"services.{service}: {count} with a number for it are still here: close it for today, "
                "and take it out when they are done"
            )
    for counter in sorted(prepared.counters_gone):
        desk = hall.desks.get(counter)
        if desk is not None and desk.officer is not None:
            yield f"counters.{counter}: {desk.officer} is signed in there: take it out when nobody is"


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
        _listed(hall, digest, one, is_own=digest == own)
        for digest, one in hall.staff.items()
        if hall.staff_session(digest, now) is not None and (sees_all or one.officer == asker)
    ]
    found.sort(key=lambda one: one.since, reverse=True)
    found.sort(key=lambda one: not one.is_own)
    return found[: 1 if command.own else MOST_LISTED]


def ended_of(
    hall: Hall, officer: str, now: dt.datetime, *, by: str, reason: str, but: str = ""
) -> list[ev.StaffRevoked]:
    """Return what ends all sessions of an officer, but one: who knows another secret now has to show it."""
    return [
        ev.StaffRevoked(at=now, officer=officer, session=digest, by=by, reason=reason)
        for digest, one in hall.staff.items()
        if one.officer == officer and digest != but
    ]


def logins_ended(hall: Hall, counts: Callable[[str], bool], now: dt.datetime) -> list[ev.Event]:
    """Return what ends the sessions that were given to a login which counts no more.

    An officer with a visitor keeps the counter until it is free, so that nobody else gets the visitor by chance: it
    is theirs again by their PIN. What they had in hand counts no more at once, for nobody is let in by it.
    """
    events: list[ev.Event] = [
        ev.Closed(at=now, counter=desk.counter, reason=LOGIN_ENDED)
        for desk in hall.desks.values()
        if desk.login is not None and desk.ticket is None and not counts(desk.login)
    ]
    events += [
        ev.StaffRevoked(at=now, officer=one.officer, session=digest, by=None, reason=LOGIN_ENDED)
        for digest, one in hall.staff.items()
        if one.login is not None and not counts(one.login)
    ]
    return events


def _listed(hall: Hall, digest: str, one: StaffSession, *, is_own: bool) -> Listed:
    return Listed(
        id=digest[:ID_LENGTH],
        officer=one.officer,
        role=hall.office.role_of(one.officer),
        since=one.since,
        is_own=is_own,
        with_password=one.with_password,
        with_code=one.with_code,
    )


def _new_password(hall: Hall, officer: str, command: cmd.StaffPassword, now: dt.datetime) -> list[ev.Event]:
    """Take another password; whoever came in by the old one elsewhere is out."""
    if command.officer != officer:
        raise DomainError(Code.NO_SESSION, "another officer was signed in there")
    _require_known(officer, command.locked_s, matches=command.matches)
    name, is_old = hall.office.officers[officer], command.new == command.old
    weakness = password_weakness(command.new, officer=officer, name=name, is_old=is_old)
    if weakness is not None or command.made is None:
        message = f"the new password is too easy to guess: {weakness}"
        raise DomainError(Code.WEAK_PASSWORD, message, reason=weakness)
    return [
        ev.PasswordChanged(at=now, officer=officer, by=officer, is_on=True),
        *_others(hall, officer, command, now, NEW_PASSWORD),
    ]


def _second_factor(hall: Hall, officer: str, command: cmd.StaffTotp, now: dt.datetime) -> list[ev.Event]:
    """Begin, confirm or end a second factor. What is begun is nothing yet: no event."""
    if command.officer != officer:
        raise DomainError(Code.NO_SESSION, "another officer was signed in there")
    if command.action == "begin":
        if command.has_factor:
            raise DomainError(Code.NOT_ALLOWED, "there is a second factor: end that one first", officer=officer)
        return []
    _require_code(officer, command.code_fault, command.locked_s)
    is_on = command.action == "confirm"
    if is_on and command.made is None:
        raise DomainError(Code.CODE_NEEDED, "nothing is begun that could be confirmed", officer=officer)
    events: list[ev.Event] = [ev.TotpChanged(at=now, officer=officer, by=officer, is_on=is_on)]
    return [*events, *_others(hall, officer, command, now, NEW_FACTOR)] if is_on else events


def _reset(hall: Hall, by: str, command: cmd.StaffReset, now: dt.datetime) -> list[ev.Event]:
    """Let an officer in again who has lost password or phone, or is locked out; whoever has found them is out."""
    officer, reason = command.officer, checks.reason(command.reason)
    if officer not in hall.office.officers:
        raise DomainError(Code.UNKNOWN_OFFICER, f"no officer {officer}", officer=officer)
    if command.what == "lock":
        return [ev.Unlocked(at=now, counter=None, officer=officer, by=by, reason=reason)]
    changed = ev.PasswordChanged if command.what == "password" else ev.TotpChanged
    return [
        changed(at=now, officer=officer, by=by, is_on=False, reason=reason),
        *ended_of(hall, officer, now, by=by, reason=reason, but=session_digest(command.session)),
    ]


def _others(hall: Hall, officer: str, command: cmd.StaffAct, now: dt.datetime, reason: str) -> list[ev.StaffRevoked]:
    return ended_of(hall, officer, now, by=officer, reason=reason, but=session_digest(command.session))


def _require_known(officer: str, locked_s: int, *, matches: bool) -> None:
    if not matches:
        why = "too many wrong ones" if locked_s else "PIN or password is not right"
        raise DomainError(Code.WRONG_PIN, why, officer=officer, locked_s=locked_s)


def _require_code(officer: str, fault: cmd.CodeFault, locked_s: int) -> None:
    match fault:
        case "":
            return
        case "needed":
            raise DomainError(Code.CODE_NEEDED, "the code of the second factor is needed", officer=officer)
        case "wrong":
            why = "the code is not right, or has served already"
            raise DomainError(Code.WRONG_CODE, why, officer=officer, locked_s=locked_s)
        case "sealed":
            why = "no second factor can be looked at while office.key is missing"
            raise DomainError(Code.NOT_ALLOWED, why, officer=officer, is_sealed=True)
        case _:
            assert_never(fault)


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
