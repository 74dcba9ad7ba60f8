"""What staff decide about the hall without a counter: tickets, what is offered today, what counters are asked.

What is so already is no event, so that nobody is refused for pressing twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from broker.domain import checks, desk_work
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall
from broker.domain.model import DONE, Called, Changed, Desk, DeskState, Moved, TicketState
from broker.domain.queue import order
from broker.domain.today import Announcement as Said
from broker.domain.today import Asked, Helping, place
from broker.permissions import UNDO_WINDOW

MOST_SAID_BYTES = 3000
"""So long are the announcements of the staff together: beside those of the configuration they fit a message."""

HallAct = (
    cmd.StaffTransfer
    | cmd.StaffCancel
    | cmd.StaffCall
    | cmd.StaffUndo
    | cmd.Offer
    | cmd.Quota
    | cmd.Intake
    | cmd.AskCounter
    | cmd.Announce
    | cmd.Unannounce
)


def decide(hall: Hall, command: HallAct, officer: str, now: dt.datetime) -> list[ev.Event]:  # noqa: C901, PLR0911 - one an act
    """Return what comes of an act of an officer who may do it."""
    match command:
        case cmd.StaffTransfer():
            return [_transfer(hall, command, officer, now)]
        case cmd.StaffCancel():
            return [_cancel(hall, command, officer, now)]
        case cmd.StaffCall():
            return [_call(hall, command, officer, now)]
        case cmd.StaffUndo():
            return [_undo(hall, officer, now)]
        case cmd.Offer():
            return _offer(hall, command, officer, now)
        case cmd.Quota():
            return _quota(hall, command, officer, now)
        case cmd.Intake():
            return _intake(hall, command, officer, now)
        case cmd.AskCounter():
            return _ask(hall, command, officer, now)
        case cmd.Announce():
            return [_announce(hall, command, officer, now)]
        case cmd.Unannounce():
            return _unannounce(hall, command, officer, now)


def answer(hall: Hall, desk: Desk, command: cmd.AnswerAsked, now: dt.datetime) -> list[ev.Event]:
    """Let a counter do what it is asked, or say no; without a question it ends what it helps with."""
    today, counter = hall.otherwise(now), desk.counter
    asked = today.get(Asked, counter)
    if asked is None:
        helping = today.get(Helping, counter)
        if helping is None or command.action == "accept":
            raise checks.illegal_at(desk, "answer", "nothing is asked of it")
        return [
            ev.CounterAnswered(at=now, counter=counter, action="help", stage=stage, answer="decline")
            for stage in helping.stages
        ]
    said = ev.CounterAnswered(at=now, counter=counter, action=asked.action, stage=asked.stage, answer=command.action)
    events: list[ev.Event] = [said]
    if command.action == "accept" and asked.action == "pause" and not desk.paused:
        events.append(ev.Paused(at=now, counter=counter, reason=asked.text))
    if command.action == "accept" and asked.action == "open" and desk.paused:
        events.append(ev.Resumed(at=now, counter=counter, reason=asked.text))
    return events


def _transfer(hall: Hall, command: cmd.StaffTransfer, officer: str, now: dt.datetime) -> ev.Transferred:
    ticket, reason = checks.known_ticket(hall, command.ticket, now), checks.reason(command.reason)
    if ticket.state in desk_work.GONE:
        raise checks.illegal(ticket, "staff_transfer")
    sent = desk_work.sent(hall, ticket, command, now)
    return replace(sent, by=officer, reason=reason)


def _cancel(hall: Hall, command: cmd.StaffCancel, officer: str, now: dt.datetime) -> ev.Cancelled:
    ticket, reason = checks.known_ticket(hall, command.ticket, now), checks.reason(command.reason)
    if ticket.state in DONE - {TicketState.NO_SHOW}:
        raise checks.illegal(ticket, "staff_cancel")
    return ev.Cancelled(at=now, ticket=ticket.id, counter=None, reason=reason, by=officer)


def _call(hall: Hall, command: cmd.StaffCall, officer: str, now: dt.datetime) -> ev.Called:
    """Let a counter call one that waits: what its own officer could call by the number."""
    why, counter = checks.reason(command.reason), checks.known_counter(hall, command.counter)
    desk = hall.desks[counter.id]
    if desk.session is None:
        raise checks.illegal_at(desk, "staff_call", "nobody is signed in there")
    called = desk_work.call_one(hall, desk, cmd.Call(counter.id, "", command.ticket), now)
    return replace(called, reason=replace(called.reason, policy=order.BY_STAFF), by=officer, why=why)


def _undo(hall: Hall, officer: str, now: dt.datetime) -> ev.StaffUndone:
    """Take back an officer's last act, within half a minute and its day, where nobody has gone on since."""
    last = hall.staff_acts.get(officer)
    if last is None or now - last.at > UNDO_WINDOW or hall.day_of(now) != hall.day or not _is_as_left(hall, last, now):
        raise DomainError(Code.NOTHING_TO_UNDO, "there is no act to take back", officer=officer)
    ticket, counter = None, None
    match last:
        case Moved(before=before, desk=desk):
            ticket, counter = before.id, None if desk is None else desk.counter
        case Called():
            ticket, counter = last.ticket, last.counter
        case Changed():
            pass
    return ev.StaffUndone(at=now, by=officer, act=last.act, ticket=ticket, counter=counter)


def _is_as_left(hall: Hall, last: Moved | Called | Changed, now: dt.datetime) -> bool:
    """Tell whether all that an act changed is still as it left it."""
    match last:
        case Moved():
            desk = None if last.left is None else hall.desks[last.left.counter]
            return desk == last.left and hall.is_as_left(last.after)
        case Called():
            done = hall.undoable.get(last.counter)
            call = (ev.EVENT_NAMES[ev.Called], last.ticket, last.at)
            is_last = done is not None and (done.action, done.after.id, done.at) == call
            until = hall.undo_until(last.counter)
            return is_last and until is not None and now <= until
        case Changed():
            return hall.today.changes.get(last.slot) is last.after


def _offer(hall: Hall, command: cmd.Offer, officer: str, now: dt.datetime) -> list[ev.Event]:
    of, reason = _place(hall, command), checks.reason(command.reason)
    if hall.otherwise(now).is_closed_at(of) == (command.action == "close"):
        return []
    return [
        ev.OfferChanged(
            at=now, by=officer, reason=reason, action=command.action, service=command.service, lane=command.lane
        )
    ]


def _quota(hall: Hall, command: cmd.Quota, officer: str, now: dt.datetime) -> list[ev.Event]:
    of, reason = _place(hall, command), checks.reason(command.reason)
    if hall.otherwise(now).quota(of, None) == command.quota:
        return []
    return [
        ev.QuotaChanged(
            at=now, by=officer, reason=reason, quota=command.quota, service=command.service, lane=command.lane
        )
    ]


def _place(hall: Hall, command: cmd.OfPlace) -> str:
    """Return what the act is about, which the office has."""
    service, lane = command.service, command.lane
    if service is not None and service not in hall.office.services:
        raise DomainError(Code.UNKNOWN_SERVICE, f"no service {service}", service=service)
    if lane is not None and lane not in hall.office.lanes:
        raise DomainError(Code.UNKNOWN_LANE, f"no lane {lane}", lane=lane)
    return place(service, lane)


def _intake(hall: Hall, command: cmd.Intake, officer: str, now: dt.datetime) -> list[ev.Event]:
    reason, until = checks.reason(command.reason), command.resume_at
    stop = hall.otherwise(now).intake_stop(now)
    if command.action == "resume":
        if until is not None:
            raise _bad(field="resume_at", why="is of a stop alone")
        if stop is None:
            return []
        return [ev.IntakeChanged(at=now, by=officer, reason=reason, action="resume", until=None)]
    if until is not None:
        _require_today(hall, "resume_at", until, now)
    if stop is not None and stop.until == until:
        return []
    return [ev.IntakeChanged(at=now, by=officer, reason=reason, action="stop", until=until)]


def _require_today(hall: Hall, field: str, at: dt.datetime, now: dt.datetime) -> None:
    """Refuse a moment that is past, or of another day: what lasts longer belongs into the configuration."""
    if not now < at or hall.office.day(at) != hall.office.day(now):
        raise _bad(
            field=field, why="a later moment of today is needed; what lasts longer belongs into the configuration"
        )


def _ask(hall: Hall, command: cmd.AskCounter, officer: str, now: dt.datetime) -> list[ev.Event]:
    counter, today = checks.known_counter(hall, command.counter), hall.otherwise(now)
    asked, action = today.get(Asked, counter.id), command.action
    reason = None if command.reason is None else checks.reason(command.reason)
    if (command.stage is None) == (action == "help"):
        raise _bad(field="stage", why="is needed for help, and for nothing else")
    if action == "none":
        if asked is None and today.get(Helping, counter.id) is None:
            return []
    else:
        _require_sensible(hall, hall.desks[counter.id], command)
    if asked is not None and (asked.action, asked.stage, asked.text) == (action, command.stage, reason):
        return []
    return [ev.CounterAsked(at=now, by=officer, reason=reason, counter=counter.id, action=action, stage=command.stage)]


def _require_sensible(hall: Hall, desk: Desk, command: cmd.AskCounter) -> None:
    """Refuse to ask for what is so already, and to ask nobody."""
    action, stage, counter = command.action, command.stage, hall.office.counters[desk.counter]
    if action == "open":
        if hall.desk_state(desk) not in {DeskState.CLOSED, DeskState.PAUSED}:
            raise checks.illegal_at(desk, action, "it is open")
        return
    if desk.session is None:
        raise checks.illegal_at(desk, action, "nobody is signed in there")
    if action == "pause" and desk.paused:
        raise checks.illegal_at(desk, action, "it is paused already")
    if stage is not None and stage not in hall.office.stage_standard_s:
        raise _bad(field="stage", why=f"no stage {stage}")
    if stage is not None and stage in {*counter.stages, *counter.borrows}:
        raise checks.illegal_at(desk, action, f"it calls for {stage} already")


def _announce(hall: Hall, command: cmd.Announce, officer: str, now: dt.datetime) -> ev.Announced:
    """Let something be said; in every language of the office, for nobody is to be left out."""
    missing = [code for code in hall.office.languages if not command.text.get(code, "").strip()]
    if missing or command.text.keys() - {*hall.office.languages}:
        raise _bad(
            field="text", why=f"all of these languages are needed, and no other: {', '.join(hall.office.languages)}"
        )
    _require_today(hall, "ends_at", command.ends_at, now)
    said = [one.text for _, one in hall.otherwise(now).all_of(Said) if one.until > now]
    size = sum(len(words.encode()) for text in (*said, command.text) for words in text.values())
    if size > MOST_SAID_BYTES:
        raise _bad(
            field="text", why=f"the announcements of today are {size} bytes long together, where {MOST_SAID_BYTES} fit"
        )
    return ev.Announced(
        at=now,
        by=officer,
        reason=command.reason,
        announcement=command.announcement,
        text={code: command.text[code].strip() for code in hall.office.languages},
        say=command.say,
        until=command.ends_at,
    )


def _unannounce(hall: Hall, command: cmd.Unannounce, officer: str, now: dt.datetime) -> list[ev.Event]:
    if hall.otherwise(now).get(Said, command.announcement) is None:
        raise _bad(field="announcement", why="no announcement of the staff has this id today")
    return [ev.AnnouncementEnded(at=now, by=officer, reason=command.reason, announcement=command.announcement)]


def _bad(*, field: str, why: str) -> DomainError:
    return DomainError(Code.BAD_REQUEST, f"{field}: {why}", field=field)
