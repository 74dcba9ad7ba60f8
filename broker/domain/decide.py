"""The decisions: a command and the live picture give events, or an error. Nothing here changes anything."""

from __future__ import annotations

import datetime as dt
from typing import assert_never

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain import lanes
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall
from broker.domain.model import (
    DONE,
    Counter,
    Desk,
    Lane,
    Reason,
    Service,
    Ticket,
    TicketState,
    number_text,
    session_digest,
)


def decide(hall: Hall, command: cmd.Command, now: dt.datetime) -> list[ev.Event]:  # noqa: PLR0911 - one a command
    """Return what happens, in order; `DomainError` where it may not."""
    match command:
        case cmd.Issue():
            return [_issue(hall, command, now)]
        case cmd.Printed():
            ticket = _known(hall, command.ticket, now)
            return [ev.Printed(at=now, ticket=ticket.id, outcome=command.outcome, reason=command.reason)]
        case cmd.Reprint():
            return [_reprint(hall, command, now)]
        case cmd.SignIn():
            return _sign_in(hall, command, now)
        case cmd.Close() | cmd.Pause() | cmd.Resume():
            return [_desk_change(_desk(hall, command), command, now)]
        case cmd.Next():
            return _next(hall, _desk(hall, command), now)
        case cmd.Call():
            return [_call(hall, _desk(hall, command), command, now)]
        case cmd.Recall() | cmd.Start() | cmd.Finish() | cmd.NoShow():
            return [_about_current(hall, _desk(hall, command), command, now)]
        case _:
            assert_never(command)


# -- the kiosk ----------------------------------------------------------------------------------------------------


def _issue(hall: Hall, command: cmd.Issue, now: dt.datetime) -> ev.Issued:
    service, lane = _offered(hall, command)
    language = command.language or hall.office.languages[0]
    if language not in hall.office.languages:
        offered = ", ".join(hall.office.languages)
        raise DomainError(Code.BAD_REQUEST, f"language: {language} is not one of {offered}", field="language")
    day = hall.office.day(now)
    same_day = day == hall.day
    if not hall.office.is_open(now):
        raise DomainError(Code.SERVICE_CLOSED, "the office gives no tickets at this hour", service=service.id)
    issued = hall.issued_in_lane.get(lane.id, 0) if same_day else 0
    if lane.quota is not None and issued >= lane.quota:
        raise DomainError(Code.QUOTA_REACHED, f"lane {lane.id} is full for today", lane=lane.id, quota=lane.quota)
    series = service.letter + lane.letter
    sequence = (hall.last_sequence.get(series, 0) if same_day else 0) + 1
    return ev.Issued(
        at=now,
        ticket=command.ticket,
        number=number_text(series, sequence),
        day=day,
        series=series,
        sequence=sequence,
        service=service.id,
        lane=lane.id,
        language=language,
        stage=service.stages[0],
    )


def _offered(hall: Hall, command: cmd.Issue) -> tuple[Service, Lane]:
    service = hall.office.services.get(command.service)
    if service is None:
        raise DomainError(Code.UNKNOWN_SERVICE, f"no service {command.service}", service=command.service)
    lane = hall.office.lanes.get(command.lane) if command.lane else next(iter(hall.office.lanes.values()))
    if lane is None:
        raise DomainError(Code.UNKNOWN_LANE, f"no lane {command.lane}", lane=command.lane)
    return service, lane


def _reprint(hall: Hall, command: cmd.Reprint, now: dt.datetime) -> ev.Reprinted:
    ticket = _known(hall, command.ticket, now)
    if ticket.state in {TicketState.FINISHED, TicketState.CANCELLED}:
        raise _illegal(ticket, "reprint")
    return ev.Reprinted(at=now, ticket=ticket.id)


# -- the desk -----------------------------------------------------------------------------------------------------


def _sign_in(hall: Hall, command: cmd.SignIn, now: dt.datetime) -> list[ev.Event]:
    counter = _counter(hall, command.counter)
    if command.officer not in hall.office.officers:
        raise DomainError(Code.UNKNOWN_OFFICER, f"no officer {command.officer}", officer=command.officer)
    if not command.pin_matches:
        raise DomainError(Code.WRONG_PIN, "the PIN is not right", officer=command.officer)
    elsewhere = [desk for desk in hall.desks.values() if desk.officer == command.officer and desk.counter != counter.id]
    if elsewhere:
        where = elsewhere[0].counter
        raise DomainError(Code.NOT_ALLOWED, f"{command.officer} is signed in at counter {where}", open_at=where)
    desk = hall.desks[counter.id]
    events: list[ev.Event] = []
    if desk.officer not in {None, command.officer}:
        if desk.ticket is not None:
            raise DomainError(Code.COUNTER_BUSY, "another officer has a visitor there", counter=counter.id)
        events.append(ev.Closed(at=now, counter=counter.id, reason=f"taken over by {command.officer}"))
    events.append(ev.Opened(at=now, counter=counter.id, officer=command.officer, session=session_digest(command.token)))
    return events


def _desk_change(desk: Desk, command: cmd.Close | cmd.Pause | cmd.Resume, now: dt.datetime) -> ev.Event:
    counter, reason = command.counter, command.reason
    if isinstance(command, cmd.Resume):
        if not desk.paused:
            raise _desk_illegal(desk, "resume", "it is not paused")
        return ev.Resumed(at=now, counter=counter, reason=reason)
    _needs_nobody(desk)
    if isinstance(command, cmd.Close):
        return ev.Closed(at=now, counter=counter, reason=reason)
    if desk.paused:
        raise _desk_illegal(desk, "pause", "it is paused already")
    return ev.Paused(at=now, counter=counter, reason=reason)


def _next(hall: Hall, desk: Desk, now: dt.datetime) -> list[ev.Event]:
    _ready_to_call(desk)
    choice = lanes.choose(hall.callable_groups(desk.counter), hall.office.lanes, now)
    if choice is None:
        return []
    ticket, reason = choice
    return [_called(desk, ticket, reason, now)]


def _call(hall: Hall, desk: Desk, command: cmd.Call, now: dt.datetime) -> ev.Called:
    _ready_to_call(desk)
    ticket = _known(hall, command.ticket, now)
    if ticket.state is not TicketState.WAITING:
        raise _illegal(ticket, "call")
    if not hall.office.counters[desk.counter].serves(*ticket.group):
        message = f"counter {desk.counter} does not serve {ticket.number}"
        raise DomainError(Code.NOT_ALLOWED, message, counter=desk.counter, ticket=ticket.number)
    reason = lanes.explain(ticket, hall.callable_groups(desk.counter), hall.office.lanes, now)
    return _called(desk, ticket, reason, now)


def _called(desk: Desk, ticket: Ticket, reason: Reason, now: dt.datetime) -> ev.Called:
    return ev.Called(at=now, ticket=ticket.id, counter=desk.counter, officer=desk.officer or "", reason=reason)


def _action(command: cmd.Recall | cmd.Start | cmd.Finish | cmd.NoShow) -> str:
    """Return the command's name as the protocol writes it."""
    return "no_show" if isinstance(command, cmd.NoShow) else type(command).__name__.lower()


def _about_current(
    hall: Hall, desk: Desk, command: cmd.Recall | cmd.Start | cmd.Finish | cmd.NoShow, now: dt.datetime
) -> ev.Event:
    ticket = hall.current(desk)
    if ticket is None:
        raise _desk_illegal(desk, _action(command), "no visitor is called")
    counter, note = desk.counter, command.note
    match command:
        case cmd.Finish():
            service = hall.office.services.get(ticket.service)
            return ev.Finished(
                at=now,
                ticket=ticket.id,
                counter=counter,
                stage=ticket.stage,
                next_stage=_stage_after(() if service is None else service.stages, ticket.stage),
                note=note,
            )
        case _ if ticket.state is not TicketState.CALLED:
            raise _illegal(ticket, _action(command))
        case cmd.Recall():
            return ev.Recalled(at=now, ticket=ticket.id, counter=counter, note=note)
        case cmd.Start():
            return ev.Started(at=now, ticket=ticket.id, counter=counter, note=note)
        case cmd.NoShow():
            return ev.NoShow(at=now, ticket=ticket.id, counter=counter, note=note)
        case _:
            assert_never(command)


def _stage_after(stages: tuple[str, ...], stage: str) -> str | None:
    """Return the stage that follows; None after the last, or where the configuration dropped this one."""
    later = stages[stages.index(stage) + 1 :] if stage in stages else ()
    return later[0] if later else None


# -- what must hold -----------------------------------------------------------------------------------------------


def _known(hall: Hall, text: str, now: dt.datetime) -> Ticket:
    ticket = hall.find(text)
    if ticket is None or (ticket.state in DONE and hall.office.day(now) != hall.day):
        raise DomainError(Code.UNKNOWN_TICKET, f"no ticket {text}", ticket=text)
    return ticket


def _counter(hall: Hall, counter: str) -> Counter:
    found = hall.office.counters.get(counter)
    if found is None:
        raise DomainError(Code.UNKNOWN_COUNTER, f"no counter {counter}", counter=counter)
    return found


def _desk(hall: Hall, command: cmd.AtCounter) -> Desk:
    counter = _counter(hall, command.counter)
    desk = hall.desks[counter.id]
    if desk.session is None or desk.session != session_digest(command.session):
        raise DomainError(Code.NO_SESSION, "nobody is signed in there with this session", counter=counter.id)
    return desk


def _needs_nobody(desk: Desk) -> None:
    if desk.ticket is not None:
        message = "the counter has a visitor: finish or no-show first"
        raise DomainError(Code.COUNTER_BUSY, message, counter=desk.counter, ticket=desk.ticket)


def _ready_to_call(desk: Desk) -> None:
    _needs_nobody(desk)
    if desk.paused:
        raise _desk_illegal(desk, "next", "it is paused")


def _desk_illegal(desk: Desk, action: str, why: str) -> DomainError:
    return DomainError(
        Code.ILLEGAL_TRANSITION, f"counter {desk.counter} cannot {action}: {why}", counter=desk.counter, action=action
    )


def _illegal(ticket: Ticket, action: str) -> DomainError:
    return DomainError(
        Code.ILLEGAL_TRANSITION,
        f"{ticket.number} is {ticket.state} and cannot {action}",
        ticket=ticket.number,
        state=ticket.state,
        action=action,
    )
