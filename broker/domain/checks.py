"""What must hold before a command is done; each check names the error that it ends in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Protocol

from broker import eligible, permissions
from broker.domain.commands import NAMES, AtCounter, Lookup, StaffAct
from broker.domain.errors import Code, DomainError, WrongCheckError
from broker.domain.hall import Hall
from broker.domain.identity import check_of_qr, session_digest
from broker.domain.model import DONE, Counter, Desk, Ticket, TicketState
from broker.ticket_link import key_of

WRONG_CHECKS = 5
"""So many wrong check codes of a ticket, typed or in a QR, and no more are taken: one in 2,000 is guessed."""


class ByHolder(Protocol):
    """What whoever holds a ticket may ask."""

    @property
    def ticket(self) -> str:
        """Return what names the ticket."""
        ...

    @property
    def check(self) -> str | None:
        """Return what only the paper tells, where it was given."""
        ...

    @property
    def asker(self) -> str:
        """Return the client that asks."""
        ...


def known_ticket(
    hall: Hall, text: str, now: dt.datetime, *, states: Collection[TicketState] = frozenset(TicketState)
) -> Ticket:
    """Return the ticket of an id, a QR text, a number, a key or its link; what was done on an earlier day is forgotten.

    A number means today's ticket; where that is in none of `states` it means one of yesterday that is. A key is of its
    office day alone, also where its ticket lives on. What was asked for by a key is repeated nowhere.
    """
    key, ticket = key_of(text), hall.find(text)
    if key is not None and (ticket is None or not is_key_of(hall, ticket, key, now)):
        raise DomainError(Code.UNKNOWN_TICKET, "no ticket of today has this link: it ends with the office day")
    if ticket is not None and ticket.number == text and ticket.state not in states:
        ticket = hall.find_in(text, states) or ticket
    if ticket is None or (ticket.state in DONE and hall.day_of(now) != hall.day):
        raise DomainError(Code.UNKNOWN_TICKET, f"no ticket {text}", ticket=text)
    return ticket


def is_key_of(hall: Hall, ticket: Ticket, text: str | None, now: dt.datetime) -> bool:
    """Tell whether a text is the key of this ticket, or its link, on the ticket's own office day."""
    return ticket.key is not None and key_of(text or "") == ticket.key and ticket.day == hall.day_of(now)


def holder(hall: Hall, ticket: Ticket, command: ByHolder, now: dt.datetime) -> None:
    """Refuse whoever does not show that they hold the ticket: a number can be read off anybody's paper.

    Shown by the QR of the paper, by the key of its page, by the check code, or by being the client that issued it and
    names it by its id. A ticket without a check code (of an older journal) goes by its id or QR.
    """
    shown, asked = check_of_qr(command.ticket), command.ticket
    if is_key_of(hall, ticket, asked, now) or is_key_of(hall, ticket, command.check, now):
        return
    if ticket.check is None:
        if asked in {ticket.id, ticket.qr}:
            return
    elif shown is not None or command.check is not None:
        _right_check(hall, ticket, shown or command.check or "", by_qr=shown is not None)
        return
    elif asked == ticket.id and command.asker and command.asker == ticket.client:
        return
    message = f"the QR or the check code on the paper of {ticket.number} is needed"
    raise DomainError(Code.NOT_HOLDER, message, ticket=ticket.number, locked=False)


def _right_check(hall: Hall, ticket: Ticket, shown: str, *, by_qr: bool) -> None:
    """Refuse a wrong check code, and any once too many were wrong: 10,000 are soon tried."""
    wrong = hall.wrong_checks.get((ticket.id, by_qr), 0)
    if wrong >= WRONG_CHECKS:
        message = f"too many wrong check codes of {ticket.number} were tried"
        raise DomainError(Code.NOT_HOLDER, message, ticket=ticket.number, locked=True)
    if shown != ticket.check:
        raise WrongCheckError(ticket.id, ticket.number, by_qr=by_qr, locked=wrong + 1 >= WRONG_CHECKS)


def is_holder(hall: Hall, ticket: Ticket, command: Lookup, now: dt.datetime) -> bool:
    """Tell whether whoever looked a ticket up may act for its holder."""
    try:
        holder(hall, ticket, command, now)
    except DomainError:
        return False
    return True


def known_counter(hall: Hall, counter: str) -> Counter:
    """Return a counter of the office."""
    found = hall.office.counters.get(counter)
    if found is None:
        raise DomainError(Code.UNKNOWN_COUNTER, f"no counter {counter}", counter=counter)
    return found


def signed_in(hall: Hall, command: AtCounter) -> Desk:
    """Return the desk whose session the command carries."""
    counter = known_counter(hall, command.counter)
    desk = hall.desks[counter.id]
    if desk.session is None or desk.session != session_digest(command.session):
        raise DomainError(Code.NO_SESSION, "nobody is signed in there with this session", counter=counter.id)
    return desk


def acting(hall: Hall, command: StaffAct, now: dt.datetime) -> str:
    """Return the officer of a staff session, whose role may do what the command asks; else `not_allowed`."""
    return permitted(hall, command.session, NAMES[type(command)], now)


def permitted(hall: Hall, session: str, act: str, now: dt.datetime) -> str:
    """Return the officer of a staff session, where the role may do the act; see `broker.permissions`."""
    return permitted_to(hall, staff_signed_in(hall, session, now), act)


def permitted_to(hall: Hall, officer: str, act: str) -> str:
    """Return an officer whose role may do the act."""
    role = hall.office.role_of(officer)
    if not permissions.may(role, act):
        message = f"only {' or '.join(sorted(permissions.ACTS[act]))} may do that"
        raise DomainError(Code.NOT_ALLOWED, message, officer=officer, role=role, act=act)
    return officer


def staff_signed_in(hall: Hall, session: str, now: dt.datetime) -> str:
    """Return whose staff session it is; `no_session` where it is none, or over."""
    found = hall.staff_session(session_digest(session), now)
    if found is None:
        raise DomainError(Code.NO_SESSION, "nobody of the staff is signed in with this session")
    return found.officer


def reason(text: str) -> str:
    """Return why somebody of the staff acts; spaces are no reason."""
    if not text.strip():
        raise DomainError(Code.BAD_REQUEST, "reason: say why, for it goes into the journal", field="reason")
    return text.strip()


def current_ticket(hall: Hall, desk: Desk, action: str) -> Ticket:
    """Return whom the desk has before it."""
    ticket = hall.current(desk)
    if ticket is None:
        raise illegal_at(desk, action, "no visitor is called")
    return ticket


def free(desk: Desk) -> None:
    """Refuse while the desk has a visitor."""
    if desk.ticket is not None:
        message = "the counter has a visitor: finish or no-show first"
        raise DomainError(Code.COUNTER_BUSY, message, counter=desk.counter, ticket=desk.ticket)


def ready_to_call(desk: Desk) -> None:
    """Refuse while the desk has a visitor or a pause."""
    free(desk)
    if desk.paused:
        raise illegal_at(desk, "next", "it is paused")


def takes(hall: Hall, desk: Desk, ticket: Ticket) -> None:
    """Refuse a ticket that this counter may not serve."""
    counter = hall.office.counters[desk.counter]
    if not hall.office.may_call(counter, ticket.stage, ticket.service, ticket.lane):
        message = f"counter {desk.counter} does not serve {ticket.number}"
        raise DomainError(Code.NOT_ALLOWED, message, counter=desk.counter, ticket=ticket.number)


def not_sent_elsewhere(desk: Desk, ticket: Ticket, now: dt.datetime) -> None:
    """Refuse a ticket that waits for another counter, until its time there is over."""
    if not eligible.is_open_to(desk.counter, ticket.sent_to, ticket.sent_until, now):
        message = f"{ticket.number} waits for counter {ticket.sent_to}"
        raise DomainError(Code.NOT_ALLOWED, message, counter=ticket.sent_to, ticket=ticket.number)


def served_somewhere(hall: Hall, ticket: Ticket) -> None:
    """Refuse to let a ticket wait where no counter of the office ever calls it."""
    office = hall.office
    counters = office.counters.values()
    if not any(office.may_call(counter, ticket.stage, ticket.service, ticket.lane) for counter in counters):
        message = f"no counter serves {ticket.number} there"
        raise DomainError(Code.NOT_ALLOWED, message, ticket=ticket.number, service=ticket.service, stage=ticket.stage)


def is_supervisor(hall: Hall, desk: Desk) -> bool:
    """Tell whether a supervisor sits there."""
    return desk.officer in hall.office.supervisors


def supervised(hall: Hall, desk: Desk, ticket: Ticket, reason: str | None) -> None:
    """Refuse what only a supervisor may do with another's ticket, and a supervisor who does not say why."""
    if not is_supervisor(hall, desk):
        message = f"{ticket.number} is not at counter {desk.counter}: only a supervisor reaches that far"
        raise DomainError(Code.NOT_ALLOWED, message, counter=desk.counter, ticket=ticket.number)
    if not (reason or "").strip():
        message = f"reason: a supervisor says why {ticket.number} is taken out of its course"
        raise DomainError(Code.BAD_REQUEST, message, field="reason")


def illegal_at(desk: Desk, action: str, why: str) -> DomainError:
    """Return the error of an action that the desk cannot do now."""
    return DomainError(
        Code.ILLEGAL_TRANSITION, f"counter {desk.counter} cannot {action}: {why}", counter=desk.counter, action=action
    )


def illegal(ticket: Ticket, action: str) -> DomainError:
    """Return the error of an action that the ticket does not allow now."""
    return DomainError(
        Code.ILLEGAL_TRANSITION,
        f"{ticket.number} is {ticket.state} and cannot {action}",
        ticket=ticket.number,
        state=ticket.state,
        action=action,
    )
