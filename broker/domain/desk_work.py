"""What an officer decides at a counter: call, serve, set aside, send on, take back."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import assert_never

from broker.domain import checks
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall, desk_taken_since
from broker.domain.identity import session_digest
from broker.domain.model import Desk, Ticket, TicketState
from broker.domain.pins import weakness
from broker.domain.queue import order

CHOSEN = "chosen"
"""The policy that a reason names when the officer chose the ticket."""
AT_DESK = frozenset({TicketState.CALLED, TicketState.SERVING})
GONE = frozenset({TicketState.FINISHED, TicketState.CANCELLED})
"""Whoever is missed may come back; these do not."""


def sign_in(hall: Hall, command: cmd.SignIn, now: dt.datetime) -> list[ev.Event]:
    """Open a counter. An officer sits at one counter, and may give that up; another's idle one may be taken over."""
    counter = checks.known_counter(hall, command.counter)
    if command.officer not in hall.office.officers:
        raise DomainError(Code.UNKNOWN_OFFICER, f"no officer {command.officer}", officer=command.officer)
    if not command.pin_matches:
        raise _wrong_pin(command.officer, command.locked_s)
    desk = hall.desks[counter.id]
    events: list[ev.Event] = _left(hall, command, now)
    if desk.officer not in {None, command.officer}:
        if desk.ticket is not None:
            raise DomainError(Code.COUNTER_BUSY, "another officer has a visitor there", counter=counter.id)
        events.append(ev.Closed(at=now, counter=counter.id, reason=f"taken over by {command.officer}"))
    session, login = session_digest(command.token), command.login or None
    events.append(ev.Opened(at=now, counter=counter.id, officer=command.officer, session=session, login=login))
    return events


def change_pin(desk: Desk, command: cmd.ChangePin, now: dt.datetime) -> ev.PinChanged:
    """Let an officer take another PIN, who knows the old one."""
    if desk.officer is None or command.officer != desk.officer:
        raise DomainError(Code.NO_SESSION, "another officer was signed in there", counter=desk.counter)
    if not command.pin_matches:
        raise _wrong_pin(desk.officer, command.locked_s)
    _require_strong(command.new, is_old=command.new == command.old)
    return ev.PinChanged(at=now, counter=desk.counter, officer=desk.officer)


def reset_pin(hall: Hall, desk: Desk, command: cmd.ResetPin, now: dt.datetime) -> ev.PinReset:
    """Let a supervisor give an officer another PIN."""
    by = _supervisor_for(hall, desk, command.officer)
    _require_strong(command.new, is_old=command.is_old)
    return ev.PinReset(at=now, counter=desk.counter, officer=command.officer, by=by)


def unlock(hall: Hall, desk: Desk, command: cmd.Unlock, now: dt.datetime) -> ev.Unlocked:
    """Let a supervisor end a lock of an officer's PIN."""
    by = _supervisor_for(hall, desk, command.officer)
    return ev.Unlocked(at=now, counter=desk.counter, officer=command.officer, by=by)


def _supervisor_for(hall: Hall, desk: Desk, officer: str) -> str:
    """Return who asks, where that is a supervisor and the officer is one of ours."""
    if desk.officer is None or not checks.is_supervisor(hall, desk):
        raise DomainError(Code.NOT_ALLOWED, "only a supervisor may do that", counter=desk.counter)
    if officer not in hall.office.officers:
        raise DomainError(Code.UNKNOWN_OFFICER, f"no officer {officer}", officer=officer)
    return desk.officer


def _require_strong(pin: str, *, is_old: bool) -> None:
    reason = weakness(pin, is_old=is_old)
    if reason is not None:
        raise DomainError(Code.WEAK_PIN, f"the new PIN is too easy to guess: {reason}", reason=reason)


def _wrong_pin(officer: str, locked_s: int) -> DomainError:
    why = "too many wrong PINs" if locked_s else "the PIN is not right"
    return DomainError(Code.WRONG_PIN, why, officer=officer, locked_s=locked_s)


def _left(hall: Hall, command: cmd.SignIn, now: dt.datetime) -> list[ev.Event]:
    """Close where the officer sits already, if that is what they want; a visitor there is finished with first."""
    desks = [d for d in hall.desks.values() if d.officer == command.officer and d.counter != command.counter]
    events: list[ev.Event] = []
    for desk in desks:
        where = desk.counter
        if command.leave != where:
            raise DomainError(Code.NOT_ALLOWED, f"{command.officer} is signed in at counter {where}", open_at=where)
        if desk.ticket is not None:
            message = f"{command.officer} has a visitor at counter {where}: finish or no-show first"
            raise DomainError(Code.COUNTER_BUSY, message, counter=where, open_at=where)
        events.append(ev.Closed(at=now, counter=where, reason=f"{command.officer} went to {command.counter}"))
    return events


def change_desk(desk: Desk, command: cmd.Close | cmd.Pause | cmd.Resume, now: dt.datetime) -> ev.Event:
    """Sign out, pause or go on."""
    counter, reason = command.counter, command.reason
    if isinstance(command, cmd.Resume):
        if not desk.paused:
            raise checks.illegal_at(desk, "resume", "it is not paused")
        return ev.Resumed(at=now, counter=counter, reason=reason)
    checks.free(desk)
    if isinstance(command, cmd.Close):
        return ev.Closed(at=now, counter=counter, reason=reason)
    if desk.paused:
        raise checks.illegal_at(desk, "pause", "it is paused already")
    return ev.Paused(at=now, counter=counter, reason=reason)


def call_next(hall: Hall, desk: Desk, now: dt.datetime) -> list[ev.Event]:
    """Call whoever's turn it is; nothing happens where nobody waits."""
    checks.ready_to_call(desk)
    counter = hall.office.counters[desk.counter]
    choice = order.choose(
        hall.callable_lines(desk.counter, now), hall.office, counter, now, turn=hall.turn_of(desk.counter)
    )
    if choice is None:
        return []
    ticket, reason = choice
    return [ev.Called(at=now, ticket=ticket.id, counter=desk.counter, officer=desk.officer or "", reason=reason)]


def call_one(hall: Hall, desk: Desk, command: cmd.Call, now: dt.datetime) -> ev.Called:
    """Call one particular ticket."""
    checks.ready_to_call(desk)
    ticket = checks.known_ticket(hall, command.ticket, now, states={TicketState.WAITING})
    if ticket.state is not TicketState.WAITING:
        raise checks.illegal(ticket, "call")
    checks.takes(hall, desk, ticket)
    checks.not_sent_elsewhere(desk, ticket, now)
    reason = order.explain(ticket, hall.callable_lines(desk.counter, now), hall.office, now, policy=CHOSEN)
    return ev.Called(at=now, ticket=ticket.id, counter=desk.counter, officer=desk.officer or "", reason=reason)


def about_current(
    hall: Hall, desk: Desk, command: cmd.Recall | cmd.Start | cmd.Finish | cmd.NoShow | cmd.Hold, now: dt.datetime
) -> ev.Event:
    """Do something with the visitor at the counter."""
    action = "no_show" if isinstance(command, cmd.NoShow) else type(command).__name__.lower()
    ticket = checks.current_ticket(hall, desk, action)
    counter, note = desk.counter, command.note
    match command:
        case cmd.Finish():
            following = hall.office.stage_after(ticket.service, ticket.stage)
            return ev.Finished(
                at=now, ticket=ticket.id, counter=counter, stage=ticket.stage, next_stage=following, note=note
            )
        case cmd.Hold():
            return ev.Held(at=now, ticket=ticket.id, counter=counter, note=note)
        case _ if ticket.state is not TicketState.CALLED:
            raise checks.illegal(ticket, action)
        case cmd.Recall():
            return ev.Recalled(at=now, ticket=ticket.id, counter=counter, note=note)
        case cmd.Start():
            return ev.Started(at=now, ticket=ticket.id, counter=counter, note=note)
        case cmd.NoShow():
            if ticket.times_called < hall.office.journey.calls_before_no_show:
                message = f"{ticket.number} has to be called again before it is a no-show"
                raise DomainError(Code.ILLEGAL_TRANSITION, message, ticket=ticket.number, action=action)
            _require_time_to_come(hall, ticket, now)
            return ev.NoShow(at=now, ticket=ticket.id, counter=counter, note=note)
        case _:
            assert_never(command)


def no_show_from(hall: Hall, ticket: Ticket) -> dt.datetime | None:
    """Return from when on a called visitor may be given up: the lane's time after the first call."""
    called_at = desk_taken_since(ticket) if ticket.state is TicketState.CALLED else None
    return (
        None if called_at is None else called_at + dt.timedelta(seconds=hall.office.lanes[ticket.lane].no_show_after_s)
    )


def _require_time_to_come(hall: Hall, ticket: Ticket, now: dt.datetime) -> None:
    earliest = no_show_from(hall, ticket)
    if earliest is not None and now < earliest:
        wait_s = math.ceil((earliest - now).total_seconds())
        message = f"{ticket.number} was called only just now: the visitor has {wait_s} s yet to come"
        raise DomainError(Code.TOO_EARLY, message, ticket=ticket.number, wait_s=wait_s)


def unhold(hall: Hall, desk: Desk, command: cmd.Unhold, now: dt.datetime) -> ev.Unheld:
    """Go on with a held ticket at this counter."""
    checks.ready_to_call(desk)
    ticket = checks.known_ticket(hall, command.ticket, now, states={TicketState.HELD})
    if ticket.state is not TicketState.HELD:
        raise checks.illegal(ticket, "unhold")
    checks.takes(hall, desk, ticket)
    return ev.Unheld(at=now, ticket=ticket.id, counter=desk.counter)


def transfer(hall: Hall, desk: Desk, command: cmd.Transfer, now: dt.datetime) -> ev.Transferred:
    """Send the visitor at the counter, or whomever a supervisor names, to a stage, another service, or one counter."""
    return replace(sent(hall, _moved(hall, desk, command, now), command, now), counter=desk.counter)


def sent(hall: Hall, ticket: Ticket, command: cmd.Transfer | cmd.StaffTransfer, now: dt.datetime) -> ev.Transferred:
    """Return that a ticket is sent to a stage, another service, or one counter, which may serve it."""
    service, stage, sent_to = ticket.service, ticket.stage, ""
    if command.service is not None:
        target = hall.office.services.get(command.service)
        if target is None:
            raise DomainError(Code.UNKNOWN_SERVICE, f"no service {command.service}", service=command.service)
        service, stage = target.id, target.stages[0]
    elif command.stage is not None:
        if command.stage not in hall.office.stage_standard_s:
            raise DomainError(Code.BAD_REQUEST, f"stage: no stage {command.stage}", field="stage")
        stage = command.stage
    else:
        stage, sent_to = _at_counter(hall, ticket, command.to_counter or "")
    checks.served_somewhere(hall, replace(ticket, service=service, stage=stage))
    fallback = dt.timedelta(seconds=hall.office.journey.sent_fallback_s)
    return ev.Transferred(
        at=now,
        ticket=ticket.id,
        counter=None,
        service=service,
        stage=stage,
        sent_to=sent_to,
        sent_until=now + fallback if sent_to else None,
        reason=command.reason,
    )


def _moved(hall: Hall, desk: Desk, command: cmd.Transfer, now: dt.datetime) -> Ticket:
    """Return whom a transfer is about."""
    if command.ticket is None:
        return checks.current_ticket(hall, desk, "transfer")
    ticket = checks.known_ticket(hall, command.ticket, now)
    if ticket.id == desk.ticket:
        return ticket
    checks.supervised(hall, desk, ticket, command.reason)
    if ticket.state in GONE:
        raise checks.illegal(ticket, "transfer")
    return ticket


def undo(hall: Hall, desk: Desk, command: cmd.Undo, now: dt.datetime) -> ev.Undone:
    """Take back the counter's last action, within half a minute, if nobody has gone on with the ticket."""
    until = hall.undo_until(desk.counter)
    if until is None or now > until:
        raise DomainError(Code.NOTHING_TO_UNDO, "there is no action to take back", counter=desk.counter)
    last = hall.undoable[desk.counter]
    return ev.Undone(at=now, ticket=last.after.id, counter=desk.counter, action=last.action, note=command.note)


def _at_counter(hall: Hall, ticket: Ticket, counter_id: str) -> tuple[str, str]:
    """Return (stage, counter) for a ticket sent to one counter: its stage, or the first that is served there."""
    counter = checks.known_counter(hall, counter_id)
    if not counter.stages or not hall.office.may_take(counter, ticket.service, ticket.lane):
        message = f"counter {counter.id} does not serve {ticket.number}"
        raise DomainError(Code.NOT_ALLOWED, message, counter=counter.id, ticket=ticket.number)
    return (ticket.stage if ticket.stage in counter.stages else counter.stages[0]), counter.id
