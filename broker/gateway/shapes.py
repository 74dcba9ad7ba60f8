"""The domain in the shapes of the wire. Pure; times leave with the office's offset."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

from broker.contract import messages as ms
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.decide import offer_refusal
from broker.domain.desk_work import no_show_from
from broker.domain.errors import Code
from broker.domain.feedback.events import FeedbackEvent
from broker.domain.figures import Figures
from broker.domain.hall import Hall
from broker.domain.identity import number_text, qr_text
from broker.domain.model import (
    CallRecord,
    Desk,
    HelpCall,
    Hours,
    Office,
    Promised,
    Reason,
    Standing,
    Ticket,
    TicketState,
    Wait,
)
from broker.domain.queue import order, waits
from broker.domain.today import Announcement, Asked, Helping, place
from broker.domain.vocabulary import EVENT_NAMES
from broker.ports import Recorded
from broker.ticket_link import link_text

T = TypeVar("T")
MAX_MISSED = 12
MAX_HISTORY = 16
MAX_NOTE = 60
"""So many characters of a note fit beside a held number."""
MAX_ASKED = 120
"""So many characters of a reason fit beside what a counter is asked."""
BRIEF = 3
"""So much of missed and history is left where a message would not fit 8 KiB."""
MAX_RECENT = 12
NOTHING_OPENS: Mapping[tuple[str, str], dt.datetime] = {}
"""No service is closed in any lane."""


def ticket_shape(
    hall: Hall,
    ticket: Ticket,
    now: dt.datetime,
    *,
    history: bool = False,
    promised: Promised | None = None,
    on_paper: bool = False,
) -> ms.Ticket:
    """Return a ticket as the wire shows it; what it was `promised` at this moment is what it says.

    For whoever prints it (`on_paper`) it comes with what only the paper tells.
    """
    zone = hall.office.zone
    ahead, wait = _ahead_and_wait(hall, ticket, now, promised)
    lines = brief(ticket.history, MAX_HISTORY) if history else ()
    return ms.Ticket(
        id=ticket.id,
        number=ticket.number,
        service=ticket.service,
        lane=ticket.lane,
        stage=ticket.stage,
        state=ticket.state.value,
        language=ticket.language,
        issued_at=ticket.issued_at.astimezone(zone),
        waiting_since=ticket.waiting_since.astimezone(zone),
        ahead=ahead,
        wait=_wait(wait),
        counter=ticket.counter,
        copies=ticket.copies,
        qr=paper_qr(hall.office, ticket) if on_paper else ticket.qr,
        check=ticket.check if on_paper else None,
        key=ticket.key if on_paper else None,
        times_called=ticket.times_called,
        history=tuple(
            ms.HistoryEntry(at=line.at.astimezone(zone), type=line.type, stage=line.stage, counter=line.counter)
            for line in lines
        ),
    )


def paper_qr(office: Office, ticket: Ticket) -> str:
    """Return the text of the QR on the paper: the link to its page where the office has pages, else what finds it."""
    if office.public_url is None or ticket.key is None:
        return ticket.paper_qr
    return link_text(office.public_url, ticket.key)


def leased_shape(hall: Hall, events: Iterable[ev.Event], command: cmd.Lease, now: dt.datetime) -> ms.LeasedNumbers:
    """Return what was lent to a kiosk; with all that papers tell, which nobody else hears."""
    office = hall.office
    blanks = [one for event in events if isinstance(event, ev.NumbersLeased) for one in event.blanks]
    series = office.services[command.service].letter + office.lanes[command.lane].letter
    day = hall.day_of(now)
    return ms.LeasedNumbers(
        day=day,
        until=dt.datetime.combine(office.day(now) + dt.timedelta(days=1), dt.time(), office.zone),
        service=command.service,
        lane=command.lane,
        blanks=tuple(
            ms.Blank(
                ticket=one.ticket,
                number=number_text(series, one.sequence),
                check=one.check,
                key=one.key,
                qr=qr_text(one.ticket, one.check)
                if office.public_url is None or one.key is None
                else link_text(office.public_url, one.key),
            )
            for one in blanks
        ),
    )


def _ahead_and_wait(hall: Hall, ticket: Ticket, now: dt.datetime, promised: Promised | None) -> tuple[int, Wait | None]:
    if promised is not None:
        return promised.ahead, Wait(promised.low_s, promised.high_s)
    return waits.ahead_and_wait(hall, ticket, now) if ticket.state is TicketState.WAITING else (0, None)


def reason_shape(reason: Reason) -> ms.Reason:
    """Return why a ticket was next."""
    return ms.Reason(
        policy=reason.policy,
        score=reason.score,
        waited_s=reason.waited_s,
        promised_s=reason.promised_s,
        passed_over=tuple(ms.PassedOver(number=number, score=score) for number, score in reason.passed_over),
    )


def hall_shape(
    hall: Hall,
    now: dt.datetime,
    revision: int,
    *,
    hours: ms.HoursInfo,
    opens: Mapping[tuple[str, str], dt.datetime] = NOTHING_OPENS,
    unanswered_s: int = 0,
) -> ms.HallMessage:
    """Return the whole live picture; `opens` is as `opens_shape` has it."""
    calling: list[CallRecord] = []
    over: list[CallRecord] = []
    for call in hall.calls:
        (calling if hall.is_calling(call) else over).append(call)
    recent = over[:MAX_RECENT] if _is_of_today(hall, now) else []
    return ms.HallMessage(
        revision=revision,
        seq=hall.seq,
        at=now.astimezone(hall.office.zone),
        day=hall.office.day(now),
        calling=tuple(_call_shape(hall, call) for call in calling),
        recent=tuple(_call_shape(hall, call) for call in recent),
        waiting=tuple(_waiting_shapes(hall, now, opens)),
        counters=tuple(_hall_counter(hall, desk) for desk in hall.desks.values()),
        unanswered_s=unanswered_s,
        hours=hours,
        intake=_intake(hall, now),
        closed_today=tuple(closed_today(hall, now)),
    )


def closed_today(hall: Hall, now: dt.datetime) -> Iterable[ms.ClosedToday]:
    """Yield what somebody closed for today."""
    today, office = hall.otherwise(now), hall.office
    if not today.changes:
        return
    for service in office.services:
        if today.is_closed_at(place(service, None)):
            yield ms.ClosedToday(service=service)
    for lane in office.lanes:
        if today.is_closed_at(place(None, lane)):
            yield ms.ClosedToday(lane=lane)


def _intake(hall: Hall, now: dt.datetime) -> ms.IntakeInfo | None:
    stop = hall.otherwise(now).intake_stop(now)
    if stop is None:
        return None
    return ms.IntakeInfo(is_stopped=True, until=None if stop.until is None else stop.until.astimezone(hall.office.zone))


def hours_shape(hall: Hall, now: dt.datetime) -> ms.HoursInfo:
    """Return whether the office is open, and when that changes; a clock that was set closes none."""
    office = hall.office
    stop = hall.otherwise(now).intake_stop(now)
    if stop is not None:
        standing = Standing(is_open=False, opens_at=stop.until or _tomorrow(hall, (office.hours,), now))
    else:
        standing = office.standing(now) if hall.doubted_since is None else Standing(is_open=True)
    today = office.posted_hours.openings_of(office.day(now), office.zone)
    return ms.HoursInfo(
        is_open=standing.is_open,
        today=tuple(ms.Span(begin=begin, end=end) for begin, end in today),
        closes_at=standing.closes_at,
        opens_at=None if standing.opens_at is None else standing.opens_at.astimezone(office.zone),
    )


def opens_shape(hall: Hall, now: dt.datetime) -> Mapping[tuple[str, str], dt.datetime]:
    """Return when each service in each lane that is closed, by its hours or for today, gives out numbers again."""
    office, today = hall.office, hall.otherwise(now)
    if hall.doubted_since is not None:
        return NOTHING_OPENS
    stop = today.intake_stop(now)
    moments: dict[tuple[str, str], dt.datetime | None] = {}
    for service, lane in itertools.product(office.services.values(), office.lanes.values()):
        hours = office.hours, service.hours, lane.hours
        if today.is_closed(service.id, lane.id) or (stop is not None and stop.until is None):
            moments[service.id, lane.id] = _tomorrow(hall, hours, now)
        elif stop is not None and stop.until is not None:
            moments[service.id, lane.id] = office.opens_at(hours, stop.until) or stop.until.astimezone(office.zone)
        else:
            moments[service.id, lane.id] = office.opens_at(hours, now)
    return {key: moment for key, moment in moments.items() if moment is not None}


def _tomorrow(hall: Hall, hours: Iterable[Hours | None], now: dt.datetime) -> dt.datetime | None:
    """Return when numbers are given out by these hours, or by those that are posted, on a later day than today."""
    office = hall.office
    midnight = dt.datetime.combine(office.day(now) + dt.timedelta(days=1), dt.time(), office.zone)
    bound = [each for each in hours if each is not None] or [office.posted_hours]
    return midnight if all(office.is_open(each, midnight) for each in bound) else office.opens_at(bound, midnight)


def counter_shape(hall: Hall, counter: str, now: dt.datetime) -> ms.CounterMessage:
    """Return what an officer's window draws, but for the queue: `pictures` puts as much of it in as fits."""
    desk, today = hall.desks[counter], _is_of_today(hall, now)
    ticket = hall.current(desk)
    held = [t for t in map(hall.tickets.__getitem__, hall.held) if t.counter == counter]
    missed = [t for t in map(hall.tickets.__getitem__, hall.missed) if t.counter == counter and today]
    undo_until = _local(hall, hall.undo_until(counter), now)
    return ms.CounterMessage(
        id=counter,
        label=hall.office.counters[counter].label,
        state=hall.desk_state(desk).value,
        officer=None if desk.officer is None else hall.office.officers.get(desk.officer, desk.officer),
        role=_role(hall, desk),
        ticket=None if ticket is None else ticket_shape(hall, ticket, now, history=True),
        queue_length=sum(len(line.entries) for line in hall.callable_lines(counter, now)),
        held=tuple(_held_entry(hall, t, now) for t in held[-MAX_MISSED:]),
        undo_until=undo_until,
        undo_action=None if undo_until is None else hall.undoable[counter].action,
        undo_number=None if undo_until is None else hall.undoable[counter].after.number,
        no_show_from=_no_show_from(hall, ticket),
        missed=tuple(queue_entry(hall, t, now) for t in missed[-MAX_MISSED:]),
        reason=None if desk.reason is None else reason_shape(desk.reason),
        today=_today(desk) if today else ms.Today(),
        day=None if desk.officer is None else _officer_day(hall, desk.officer, today=today),
        asked=_asked(hall, counter, now),
        helps=() if (helping := hall.otherwise(now).get(Helping, counter)) is None else helping.stages,
        pauses=desk.paused and desk.ticket is not None,
    )


def _asked(hall: Hall, counter: str, now: dt.datetime) -> ms.Asked | None:
    asked = hall.otherwise(now).get(Asked, counter)
    if asked is None:
        return None
    return ms.Asked(
        action=asked.action,
        stage=asked.stage,
        by=hall.office.officers.get(asked.by, asked.by),
        at=asked.at.astimezone(hall.office.zone),
        text=None if asked.text is None else asked.text[:MAX_ASKED],
    )


def day_shape(hall: Hall, now: dt.datetime) -> ms.DayMessage:
    """Return what the day came to so far."""
    office, figures = hall.office, hall.figures if _is_of_today(hall, now) else Figures()
    services = {name: figures.of_service(name) for name in office.services}
    lanes = {name: figures.of_lane(name) for name in office.lanes}
    return ms.DayMessage(
        at=now.astimezone(office.zone),
        services=tuple(
            ms.ServiceDay(id=name, last=day.last, issued=day.issued, served=day.served)
            for name, day in services.items()
        ),
        lanes=tuple(
            ms.LaneDay(id=name, promised_min=office.lanes[name].promised_s / 60, called=day.called, within=day.within)
            for name, day in lanes.items()
        ),
    )


def help_shape(hall: Hall, now: dt.datetime) -> ms.HelpMessage:
    """Return where somebody waits for help."""
    return ms.HelpMessage(
        at=now.astimezone(hall.office.zone), open=tuple(help_call(hall, call) for call in hall.help.values())
    )


def announcements_shape(hall: Hall, now: dt.datetime) -> tuple[ms.Announcement, ...]:
    """Return what staff announce, the newest last; what is over is not in it."""
    said = hall.otherwise(now).all_of(Announcement)
    return tuple(
        ms.Announcement(
            id=name, text=dict(one.text), say=one.say, until=one.until.astimezone(hall.office.zone), by_staff=True
        )
        for name, one in said
        if one.until > now
    )


def help_call(hall: Hall, call: HelpCall) -> ms.HelpCall:
    """Return one call for help."""
    return ms.HelpCall(
        kiosk=call.kiosk,
        since=call.since.astimezone(hall.office.zone),
        page=call.page,
        coming=None if call.counter is None else _label(hall, call.counter),
        counter=call.counter,
    )


def _label(hall: Hall, counter: str) -> str:
    """Return what is written above a counter, also where the configuration has dropped it."""
    place = hall.office.counters.get(counter)
    return counter if place is None else place.label


def event_shape(hall: Hall, recorded: Recorded) -> ms.EventMessage:
    """Return one fact with all that a receiver needs to show it."""
    event, ticket, zone = recorded.event, recorded.ticket, hall.office.zone
    if isinstance(event, FeedbackEvent):  # that it happened, and nothing of who or what
        return ms.EventMessage(seq=recorded.seq, at=event.at.astimezone(zone), type=EVENT_NAMES[type(event)])
    counter = getattr(event, "counter", None)
    called = isinstance(event, ev.Called | ev.Recalled)
    reprinted = isinstance(event, ev.Reprinted)
    return ms.EventMessage(
        seq=recorded.seq,
        at=event.at.astimezone(zone),
        type=EVENT_NAMES[type(event)],
        ticket=None if ticket is None else ticket.id,
        number=None if ticket is None else ticket.number,
        service=getattr(event, "service", None) if ticket is None else ticket.service,
        lane=getattr(event, "lane", None) if ticket is None else ticket.lane,
        stage=None if ticket is None else ticket.stage,
        language=None if ticket is None else ticket.language,
        counter=counter,
        counter_label=None if counter is None else _label(hall, counter),
        times_called=ticket.times_called if called and ticket is not None else None,
        called_at=event.at.astimezone(zone) if called else None,
        client=recorded.client if reprinted else None,
        copies=ticket.copies if reprinted and ticket is not None else None,
        check=ticket.check if reprinted and ticket is not None else None,
        key=ticket.key if reprinted and ticket is not None else None,
        qr=paper_qr(hall.office, ticket) if reprinted and ticket is not None else None,
        kiosk=getattr(event, "kiosk", None),
        page=getattr(event, "page", None),
        reason=event.reason if isinstance(event, ev.HelpEnded) else None,
        digest=getattr(event, "digest", None),
        sections=getattr(event, "sections", None),
    )


def brief(lines: tuple[T, ...], most: int = BRIEF) -> tuple[T, ...]:
    """Return a history that fits a message: how it began, and the last lines."""
    return lines if len(lines) <= most else (lines[0], *lines[1 - most :])


def _wait(expected: Wait | None) -> ms.Wait | None:
    return None if expected is None else ms.Wait(low_s=expected.low_s, high_s=expected.high_s)


def _waiting_shapes(
    hall: Hall, now: dt.datetime, opens: Mapping[tuple[str, str], dt.datetime]
) -> Iterable[ms.WaitingGroup]:
    """Return a row for every first stage, service and lane on offer, and for all that anyone waits in."""
    office = hall.office
    offered = {(service.stages[0], service.id, lane) for service in office.services.values() for lane in office.lanes}
    counts = {key: count for key, count in hall.counts.items() if count}
    rows = sorted(offered | counts.keys())
    told = waits.newcomer_waits(hall, [(*row, "") for row in rows], now)
    for (stage, service, lane), wait in zip(rows, told, strict=True):
        offer = _offer(hall, service, lane, now)
        yield ms.WaitingGroup(
            stage=stage,
            service=service,
            lane=lane,
            count=counts.get((stage, service, lane), 0),
            wait=_wait(wait),
            offer=offer,
            opens_at=opens.get((service, lane)) if offer == "closed" else None,
        )


def _offer(hall: Hall, service: str, lane: str, now: dt.datetime) -> Literal["open", "closed", "full"]:
    """Return whether a kiosk may offer this service in this lane, so that nobody chooses in vain."""
    offered = hall.office.services.get(service)
    if offered is None:
        return "closed"
    match offer_refusal(hall, offered, hall.office.lanes[lane], now):
        case None:
            return "open"
        case Code.QUOTA_REACHED:
            return "full"
        case _:
            return "closed"


def _is_of_today(hall: Hall, now: dt.datetime) -> bool:
    """Tell whether the day's calls, missed and figures are this day's: until something happens, a day has none."""
    return hall.day == hall.day_of(now)


def _local(hall: Hall, at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """Return a coming moment by the office's clock, or None once it is past."""
    return None if at is None or at < now else at.astimezone(hall.office.zone)


def _no_show_from(hall: Hall, ticket: Ticket | None) -> dt.datetime | None:
    earliest = None if ticket is None else no_show_from(hall, ticket)
    return None if earliest is None else earliest.astimezone(hall.office.zone)


def _call_shape(hall: Hall, call: CallRecord) -> ms.Calling:
    return ms.Calling(
        number=call.number,
        lane=call.lane,
        language=call.language,
        counter=call.counter,
        counter_label=hall.office.counters[call.counter].label,
        called_at=call.called_at.astimezone(hall.office.zone),
        times_called=call.times_called,
    )


def _hall_counter(hall: Hall, desk: Desk) -> ms.HallCounter:
    ticket = hall.current(desk)
    return ms.HallCounter(
        id=desk.counter,
        label=hall.office.counters[desk.counter].label,
        state=hall.desk_state(desk).value,
        number=None if ticket is None else ticket.number,
    )


def queue_entry(hall: Hall, ticket: Ticket, now: dt.datetime) -> ms.QueueEntry:
    """Return someone in a list: who waits, is held, or did not come."""
    return ms.QueueEntry(
        id=ticket.id,
        number=ticket.number,
        service=ticket.service,
        lane=ticket.lane,
        waiting_since=ticket.ranked_since.astimezone(hall.office.zone).replace(microsecond=0),
        score=round(order.score(ticket, hall.office, now), 4),
    )


def _held_entry(hall: Hall, ticket: Ticket, now: dt.datetime) -> ms.HeldEntry:
    note = None if ticket.note is None else ticket.note[:MAX_NOTE]
    return ms.HeldEntry(note=note, **queue_entry(hall, ticket, now).model_dump())


def _role(hall: Hall, desk: Desk) -> str | None:
    if desk.officer is None:
        return None
    return "supervisor" if desk.officer in hall.office.supervisors else "officer"


def _officer_day(hall: Hall, officer: str, *, today: bool) -> ms.OfficerDay:
    day = hall.figures.of_officer(officer if today else None)
    return ms.OfficerDay(
        served=day.served,
        mean_service_s=round(day.service_s / day.served) if day.served else None,
        called=day.called,
        within_promise=day.within,
    )


def _today(desk: Desk) -> ms.Today:
    mean_s = round(desk.service_s_today / desk.served_today) if desk.served_today else None
    return ms.Today(served=desk.served_today, mean_service_s=mean_s)
