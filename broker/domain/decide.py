"""The decisions: a command and the live picture give events, or an error. Nothing here changes anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import partial
from typing import assert_never

from broker.domain import acts, checks, desk_work, reserve, staff
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code, DomainError
from broker.domain.hall import SETTLED, Hall
from broker.domain.identity import check_of_qr, number_text
from broker.domain.model import Group, Lane, Service, Ticket, TicketState
from broker.domain.queue import order, waits
from broker.domain.queue.policies import Ratio, Strict
from broker.domain.today import place

DONE_THERE, CANCELLED, LOST = "done", "cancelled", "lost"
"""Why a call for help has ended: somebody was there, the visitor takes it back, or the kiosk is gone."""
END_OF_DAY = "end of day"
"""The reason of a ticket that was closed because nobody served it any more, and of a session that nobody ended."""
TRAINER = "up"
"""Who alone says what a training is at: the client of `antrean up`."""
REST_OPEN, REST_VISIT, REST_CLOSED = (dt.timedelta(hours=hours) for hours in (12, 6, 1))
"""So long after the last act a session of an earlier day ends: in office hours; else with a visitor, or without."""
_OPEN_TO_HOLDER = frozenset({TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW})


def decide(hall: Hall, command: cmd.Command, now: dt.datetime) -> list[ev.Event]:  # noqa: C901, PLR0911, PLR0912 - one a command
    """Return what happens, in order; `DomainError` where it may not."""
    match command:
        case cmd.Issue():
            return [_issue(hall, command, now)]
        case cmd.Lease():
            service, lane = _offered(hall, command)
            _require_open(hall, service, lane, now)
            return reserve.lease(hall, command, (service, lane), now)
        case cmd.HandIn():
            return reserve.hand_in(hall, command, partial(_offered, hall), now)
        case cmd.GiveBack():
            return reserve.give_back(hall, command, now)
        case cmd.Printed():
            ticket = checks.known_ticket(hall, command.ticket, now)
            return [ev.Printed(at=now, ticket=ticket.id, outcome=command.outcome, reason=command.reason)]
        case cmd.Reprint():
            return [_reprint(hall, command, now)]
        case cmd.Lookup():
            return _lookup(hall, command, now)
        case cmd.Cancel():
            return [_cancel(hall, command, now)]
        case cmd.Rejoin():
            return [_rejoin(hall, command, now)]
        case cmd.Help():
            return _help(hall, command, now)
        case cmd.Training():
            return [_training(hall, command, now)]
        case cmd.SignIn():
            return desk_work.sign_in(hall, command, now)
        case cmd.StaffIn():
            return [staff.sign_in(hall, command, now)]
        case cmd.StaffAct():
            return staff.decide(hall, command, now)
        case _:
            return _at_counter(hall, command, now)


def _training(hall: Hall, command: cmd.Training, now: dt.datetime) -> ev.TrainingStep:
    """Let a training come to its next step: where the office is none, nobody is told what to do by anybody."""
    if not hall.office.is_training or command.asker != TRAINER:
        raise DomainError(Code.NOT_ALLOWED, "only antrean up --training says what a training is at")
    return ev.TrainingStep(at=now, step=command.step, text=dict(command.text), about=command.about)


def clock_set(hall: Hall, by_s: float, at: dt.datetime) -> ev.ClockSet:
    """Return that the clock was set, with what goes on of the office day."""
    return ev.ClockSet(
        at=at,
        by_s=by_s,
        day=hall.day,
        numbers={**hall.last_sequence},
        in_lanes={**hall.issued_in_lane},
        of_services={**hall.issued_of_service},
    )


def end_of_day(hall: Hall, now: dt.datetime) -> list[ev.Event]:
    """Return what an earlier day left and what ends with it: sessions without an act first, then what nobody serves.

    Nothing ends because a clock was set.
    """
    if hall.doubted_since is not None and now - hall.doubted_since < SETTLED:
        return []
    forgotten = _forgotten_sessions(hall, now)
    return forgotten or _left_tickets(hall, now) or _left_help(hall, now) or reserve.void(hall, now)


def help_lost(hall: Hall, clients: Collection[str], now: dt.datetime) -> list[ev.Event]:
    """Return what ends the calls for help of kiosks that are gone: whoever stood there sees no answer any more."""
    gone = [kiosk for kiosk in hall.help if kiosk in clients]
    return [ev.HelpEnded(at=now, kiosk=kiosk, counter=None, reason=LOST) for kiosk in gone]


def _left_help(hall: Hall, now: dt.datetime) -> list[ev.Event]:
    """Return what ends calls for help of an earlier day."""
    office, calls = hall.office, hall.help.values()
    left = [call.kiosk for call in calls if office.day(call.since) < office.day(now)]
    return [ev.HelpEnded(at=now, kiosk=kiosk, counter=None, reason=END_OF_DAY) for kiosk in left]


def _help(hall: Hall, command: cmd.Help, now: dt.datetime) -> list[ev.Event]:
    """Decide about a call for help. What is so already is no event, so that nobody is refused for pressing twice."""
    if command.action in {"ask", "cancel"}:
        return _help_of_visitor(hall, command, now)
    if command.desk is None or command.kiosk is None:
        field = "kiosk" if command.desk is not None else "counter"
        raise DomainError(Code.BAD_REQUEST, f"{field}: a counter says where somebody comes", field=field)
    desk, call = checks.signed_in(hall, command.desk), hall.help.get(command.kiosk)
    if command.action == "done":
        return [] if call is None else [ev.HelpEnded(at=now, kiosk=call.kiosk, counter=desk.counter, reason=DONE_THERE)]
    if call is None:
        message = f"nobody waits for help at {command.kiosk} any more"
        raise DomainError(Code.ILLEGAL_TRANSITION, message, kiosk=command.kiosk, action=command.action)
    return [] if call.counter == desk.counter else [ev.HelpComing(at=now, kiosk=call.kiosk, counter=desk.counter)]


def _help_of_visitor(hall: Hall, command: cmd.Help, now: dt.datetime) -> list[ev.Event]:
    kiosk = command.asker
    if kiosk not in hall.office.kiosks:
        raise DomainError(Code.NOT_ALLOWED, f"{kiosk} is no kiosk of this office", client=kiosk)
    if command.action == "ask":
        return [] if kiosk in hall.help else [ev.HelpAsked(at=now, kiosk=kiosk, page=command.page)]
    return [ev.HelpEnded(at=now, kiosk=kiosk, counter=None, reason=CANCELLED)] if kiosk in hall.help else []


def _forgotten_sessions(hall: Hall, now: dt.datetime) -> list[ev.Event]:
    """Return what closes counters whose officers went home without signing out: no act on the new day, nor for long.

    A desk that works over midnight acts, or its office is open: then it may rest for half a day. With a visitor at the
    desk a visit may last for hours; one that nobody ended is closed with the session.
    """
    today, office = hall.day_of(now), hall.office
    is_open = office.is_open(office.hours, now)
    events: list[ev.Event] = []
    for desk in hall.desks.values():
        acted_at, acted_on = hall.acts.get(desk.counter, (now, today))
        if desk.session is None or acted_on >= today:
            continue
        rests = REST_OPEN if is_open else REST_VISIT if desk.ticket is not None else REST_CLOSED
        if now - acted_at < rests or (desk.ticket is not None and not office.journey.closes_left):
            continue
        if desk.ticket is not None:
            events.append(ev.Cancelled(at=now, ticket=desk.ticket, counter=None, reason=END_OF_DAY))
        events.append(ev.Closed(at=now, counter=desk.counter, reason=END_OF_DAY))
    return events


def _left_tickets(hall: Hall, now: dt.datetime) -> list[ev.Event]:
    """Return what closes the tickets of earlier days that wait where no counter is open; the others live on.

    Of those that a kiosk told of too late nobody is here any more: they would stand first in the morning.
    """
    today = hall.day_of(now)
    if not hall.office.journey.closes_left:
        return []
    left = [t for t in hall.tickets.values() if t.day < today and t.state in {TicketState.WAITING, TicketState.HELD}]
    return [
        ev.Cancelled(at=now, ticket=ticket.id, counter=None, reason=END_OF_DAY)
        for ticket in left
        if ticket.id in hall.gone_home or not _is_served(hall, ticket)
    ]


def _at_counter(hall: Hall, command: cmd.AtCounter, now: dt.datetime) -> list[ev.Event]:  # noqa: C901, PLR0911 - the same
    desk = checks.signed_in(hall, command)
    match command:
        case cmd.Close() | cmd.Pause() | cmd.Resume():
            return [desk_work.change_desk(desk, command, now)]
        case cmd.Next():
            return desk_work.call_next(hall, desk, now)
        case cmd.Call():
            return [desk_work.call_one(hall, desk, command, now)]
        case cmd.Recall() | cmd.Start() | cmd.Finish() | cmd.NoShow() | cmd.Hold():
            return [desk_work.about_current(hall, desk, command, now)]
        case cmd.Unhold():
            return [desk_work.unhold(hall, desk, command, now)]
        case cmd.Transfer():
            return [desk_work.transfer(hall, desk, command, now)]
        case cmd.Undo():
            return [desk_work.undo(hall, desk, command, now)]
        case cmd.AnswerAsked():
            return acts.answer(hall, desk, command, now)
        case cmd.ChangePin():
            return [desk_work.change_pin(desk, command, now)]
        case cmd.ResetPin():
            reset = desk_work.reset_pin(hall, desk, command, now)
            return [reset, *staff.ended_of(hall, reset.officer, now, by=reset.by, reason=staff.NEW_PIN)]
        case cmd.Unlock():
            return [desk_work.unlock(hall, desk, command, now)]
        case _:
            assert_never(command)  # type: ignore[arg-type]  # AtCounter itself is never sent


def _issue(hall: Hall, command: cmd.Issue, now: dt.datetime) -> ev.Issued:
    service, lane = _offered(hall, command)
    language = command.language or hall.office.languages[0]
    if language not in hall.office.languages:
        offered = ", ".join(hall.office.languages)
        raise DomainError(Code.BAD_REQUEST, f"language: {language} is not one of {offered}", field="language")
    _require_open(hall, service, lane, now)
    day = hall.day_of(now)
    series = service.letter + lane.letter
    sequence = (hall.last_sequence.get(series, 0) if day == hall.day else 0) + 1
    while (day == hall.day and reserve.is_lent(hall, series, sequence)) or (
        hall.doubted_since is not None and hall.is_alive(number_text(series, sequence))
    ):
        sequence += 1  # whatever a clock that was set does to days: no two answer to one call
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
        check=command.check,
        key=command.key,
        client=command.asker or None,
        promised=waits.promise(hall, (service.stages[0], service.id, lane.id, ""), now),
    )


def _offered(hall: Hall, command: cmd.Issue | cmd.Lease | cmd.HandIn) -> tuple[Service, Lane]:
    service = hall.office.services.get(command.service)
    if service is None:
        raise DomainError(Code.UNKNOWN_SERVICE, f"no service {command.service}", service=command.service)
    lane = hall.office.lanes.get(command.lane) if command.lane else next(iter(hall.office.lanes.values()))
    if lane is None:
        raise DomainError(Code.UNKNOWN_LANE, f"no lane {command.lane}", lane=command.lane)
    return service, lane


def _require_open(hall: Hall, service: Service, lane: Lane, now: dt.datetime) -> None:
    refusal = offer_refusal(hall, service, lane, now)
    if refusal is None:
        return
    raise DomainError(refusal, f"{service.id} in lane {lane.id}: {refusal}", service=service.id, lane=lane.id)


def offer_refusal(hall: Hall, service: Service, lane: Lane, now: dt.datetime) -> Code | None:
    """Return why no ticket is given for this service in this lane now, or None where one is."""
    office, today = hall.office, hall.otherwise(now)
    if today.intake_stop(now) is not None or today.is_closed_at(place(service.id, None)):
        return Code.SERVICE_CLOSED
    if today.is_closed_at(place(None, lane.id)):
        return Code.LANE_CLOSED
    is_sure = hall.doubted_since is None  # a clock that was set closes no office
    if is_sure and not (office.is_open(office.hours, now) and office.is_open(service.hours, now)):
        return Code.SERVICE_CLOSED
    if is_sure and not office.is_open(lane.hours, now):
        return Code.LANE_CLOSED
    lane_quota, quota = (
        today.quota(place(None, lane.id), lane.quota),
        today.quota(place(service.id, None), service.quota),
    )
    if lane_quota is None and quota is None:
        return None
    same_day = hall.day_of(now) == hall.day
    in_lane = hall.issued_in_lane.get(lane.id, 0) if same_day else 0
    of_service = hall.issued_of_service.get(service.id, 0) if same_day else 0
    lane_is_full = lane_quota is not None and in_lane >= lane_quota
    service_is_full = quota is not None and of_service >= quota
    return Code.QUOTA_REACHED if lane_is_full or service_is_full else None


def _lookup(hall: Hall, command: cmd.Lookup, now: dt.datetime) -> list[ev.Event]:
    """Let anybody see how a number fares; only a check code that is given has to be right."""
    ticket = checks.known_ticket(hall, command.ticket, now)
    if ticket.check is not None and (command.check is not None or check_of_qr(command.ticket) is not None):
        checks.holder(hall, ticket, command, now)
    return []


def _reprint(hall: Hall, command: cmd.Reprint, now: dt.datetime) -> ev.Reprinted:
    ticket = _ticket_of_holder(hall, command, now)
    if ticket.state in {TicketState.FINISHED, TicketState.CANCELLED}:
        raise checks.illegal(ticket, "reprint")
    return ev.Reprinted(at=now, ticket=ticket.id)


def _cancel(hall: Hall, command: cmd.Cancel, now: dt.datetime) -> ev.Cancelled:
    ticket = _ticket_of_holder(hall, command, now)
    counter = None
    allowed = _OPEN_TO_HOLDER
    if command.desk is not None:
        desk = checks.signed_in(hall, command.desk)
        counter = desk.counter
        if ticket.id == desk.ticket:
            allowed = _OPEN_TO_HOLDER | desk_work.AT_DESK
        elif checks.is_supervisor(hall, desk):
            checks.supervised(hall, desk, ticket, command.reason)
            allowed = _OPEN_TO_HOLDER | desk_work.AT_DESK
        else:
            checks.takes(hall, desk, ticket)
    if ticket.state not in allowed:
        raise checks.illegal(ticket, "cancel")
    return ev.Cancelled(at=now, ticket=ticket.id, counter=counter, reason=command.reason)


def _rejoin(hall: Hall, command: cmd.Rejoin, now: dt.datetime) -> ev.Rejoined:
    ticket = _ticket_of_holder(hall, command, now)
    if ticket.state is not TicketState.NO_SHOW:
        raise checks.illegal(ticket, "rejoin")
    if ticket.rejoined >= hall.office.journey.rejoin_times:
        message = f"{ticket.number} was missed {ticket.rejoined + 1} times"
        raise DomainError(Code.NOT_ALLOWED, message, ticket=ticket.number, times=ticket.rejoined)
    return ev.Rejoined(at=now, ticket=ticket.id, ranked_since=_behind(hall, ticket, now), reason=command.reason)


def _behind(hall: Hall, ticket: Ticket, now: dt.datetime) -> dt.datetime:
    """Return from when a missed ticket counts, so that it comes right behind the next k who may be called before it.

    The k-th one's score is turned into seconds of this ticket's lane, and a microsecond decides the tie. With fewer
    waiting it comes behind all of them. Where the policy sets lanes apart, the k-th one's place says nothing to
    another lane: then it comes behind those of the next k that are in its own.
    """
    group = _common_group(ticket)
    lines, most = hall.competing_lines(group), hall.office.journey.rejoin_behind
    behind = order.line_up(lines, hall.office, now, most=most, turn=hall.turn_of_group(group))
    if isinstance(hall.office.policy, Ratio | Strict):
        behind = [other for other in behind if other.lane == ticket.lane]
    if not behind:
        return ticket.ranked_since
    divisor, credit_s = order.weight(hall.office, ticket.lane)
    seconds = order.score(behind[-1], hall.office, now) * divisor - credit_s
    return max(now - dt.timedelta(seconds=seconds), ticket.ranked_since) + dt.timedelta(microseconds=1)


def _common_group(ticket: Ticket) -> Group:
    """Return the group in which a ticket waits when it belongs to no single counter."""
    return ticket.stage, ticket.service, ticket.lane, ""


def _ticket_of_holder(hall: Hall, command: cmd.Cancel | cmd.Rejoin | cmd.Reprint, now: dt.datetime) -> Ticket:
    """Return the ticket; who asks holds it, or sits at a counter: what anyone can read is enough for officers only."""
    ticket = checks.known_ticket(hall, command.ticket, now)
    if command.desk is None:
        checks.holder(hall, ticket, command, now)
    else:
        checks.signed_in(hall, command.desk)
    return ticket


def _is_served(hall: Hall, ticket: Ticket) -> bool:
    """Tell whether a counter is open that may call the ticket."""
    here = (hall.office.counters[desk.counter] for desk in hall.desks.values() if desk.session is not None)
    return any(hall.office.may_call(counter, ticket.stage, ticket.service, ticket.lane) for counter in here)
