"""What each event does to the live picture. Never refuses: an event is a fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, assert_never

from broker.domain import events as ev
from broker.domain.commands import (
    NAMES,
    Announce,
    AskCounter,
    Intake,
    Offer,
    Quota,
    StaffCall,
    StaffCancel,
    StaffTransfer,
    Unannounce,
)
from broker.domain.feedback.events import FeedbackEvent
from broker.domain.hall import Hall
from broker.domain.model import (
    Called,
    Changed,
    Happening,
    HelpCall,
    Moved,
    StaffSession,
    Ticket,
    TicketState,
    Undoable,
)
from broker.domain.queue.order import turn_after
from broker.domain.queue.policies import Ratio
from broker.domain.sightings import apply_alert
from broker.domain.today import (
    INTAKE,
    Announcement,
    Answered,
    Asked,
    Change,
    Closing,
    Helping,
    IntakeStop,
    Slot,
    TodaysQuota,
    place,
)

AtDesk = ev.Called | ev.Started | ev.Finished | ev.NoShow | ev.Held | ev.Unheld | ev.Transferred
"""What a counter does with its ticket, and may take back."""
ForToday = ev.OfferChanged | ev.QuotaChanged | ev.IntakeChanged | ev.CounterAsked | ev.Announced | ev.AnnouncementEnded
"""What somebody of the staff changes for today, and may take back."""
OfToday = Offer | Quota | Intake | AskCounter | Announce | Unannounce


def apply(hall: Hall, event: ev.Event | FeedbackEvent) -> None:  # noqa: C901, PLR0912 - one for each kind of fact
    """Make one fact part of the picture; what belongs to feedback, and that a day was counted, is passed over."""
    hall.seq += 1
    if isinstance(event, FeedbackEvent | ev.DayClosed | ev.Archived):
        return
    if isinstance(event, ev.AlertEvent):
        apply_alert(hall, event)
        return
    if isinstance(event, ev.ClockSet):
        _clock_set(hall, event)
        return
    day = event.day if isinstance(event, ev.OfNumbers) else hall.day_of(event.at)
    if hall.day is None or day > hall.day:
        hall.turn_day(day, event.at)
    counter = getattr(event, "counter", None)
    if counter is not None and not isinstance(event, ev.CounterAsked):
        hall.acts[counter] = event.at, day
    match event:
        case ev.ConfigChanged() | ev.PinChanged() | ev.PinReset() | ev.Unlocked():
            pass  # rules come from the configuration itself, and who knows which PIN is no matter of the hall
        case ev.NumbersSkipped():
            hall.skip_numbers(event)
        case ev.NumbersLeased():
            hall.lend(event)
        case ev.LeaseEnded():
            hall.end_leases(event.tickets)
        case ev.RulesChanged():
            hall.rules_changed = event
        case ev.TrainingStep():
            hall.training = event
        case ev.StaffSignedIn() | ev.StaffSignedOut() | ev.StaffRevoked() | ev.PasswordChanged() | ev.TotpChanged():
            _staff(hall, event)
        case ev.HelpAsked() | ev.HelpComing() | ev.HelpEnded():
            _help(hall, event)
        case ev.Transferred(counter=None, by=str() as by) | ev.Cancelled(by=str() as by):
            _moved_by_staff(hall, event, by)
        case ev.Called() | ev.Started() | ev.Finished() | ev.NoShow() | ev.Held() | ev.Unheld() | ev.Transferred():
            _with_undo(hall, event, event.counter or "")
        case ev.CounterAnswered():
            _answered(hall, event)
        case ev.StaffUndone():
            _staff_undone(hall, event)
        case (
            ev.OfferChanged()
            | ev.QuotaChanged()
            | ev.IntakeChanged()
            | ev.CounterAsked()
            | ev.Announced()
            | ev.AnnouncementEnded()
        ):
            _for_today(hall, event)
        case ev.Opened() | ev.Closed() | ev.Paused() | ev.Resumed():
            _desk(hall, event)
        case _:
            _ticket(hall, event)
    if not isinstance(event, ev.Issued):
        hall.note_desks(event.at)


def _clock_set(hall: Hall, event: ev.ClockSet) -> None:
    hall.set_clock(event.at, dt.timedelta(seconds=event.by_s), event.day)
    hall.last_sequence = {**event.numbers}
    hall.issued_in_lane = {**event.in_lanes}
    hall.issued_of_service = {**event.of_services}


def _with_undo(hall: Hall, event: AtDesk, counter: str) -> None:
    """Do what the counter did, and remember how it was before."""
    before, desk = hall.tickets[event.ticket], hall.desks[counter]
    if before.state in {TicketState.CALLED, TicketState.SERVING} and desk.ticket != before.id:
        _at_desk(hall, event)
        hall.undoable.pop(counter, None)  # taken from a colleague, who may have gone on since: it stands
        return
    pace, turn = replace(hall.paces[before.stage]), hall.turn_of(counter)
    last = hall.undoable.get(counter)
    follows = isinstance(event, ev.Called) and last is not None and last.action == ev.EVENT_NAMES[ev.Finished]
    called_before = hall.figures.of_service(before.service).last
    _at_desk(hall, event)
    hall.undoable[counter] = Undoable(
        at=event.at,
        action=ev.EVENT_NAMES[type(event)],
        before=before,
        desk=desk,
        after=hall.tickets[event.ticket],
        pace=(pace, replace(hall.paces[before.stage])),
        turn=(turn, hall.turn_of(counter)),
        called_before=called_before,
        earlier=last if follows else None,
    )
    if isinstance(event, ev.Called) and event.by is not None:
        hall.staff_acts[event.by] = Called(event.at, NAMES[StaffCall], event.ticket, counter)


def _moved_by_staff(hall: Hall, event: ev.Transferred | ev.Cancelled, by: str) -> None:
    """Let somebody of the staff send a ticket elsewhere or close it, and remember how it was before."""
    before = hall.tickets[event.ticket]
    desk = next((desk for desk in hall.desks.values() if desk.ticket == event.ticket), None)
    pace = replace(hall.paces[before.stage])
    if isinstance(event, ev.Transferred):
        _transferred(hall, event)
    else:
        _cancelled(hall, event)
    hall.staff_acts[by] = Moved(
        at=event.at,
        act=NAMES[StaffTransfer if isinstance(event, ev.Transferred) else StaffCancel],
        before=before,
        after=hall.tickets[event.ticket],
        desk=desk,
        left=None if desk is None else hall.desks[desk.counter],
        pace=(pace, replace(hall.paces[before.stage])),
    )


def _for_today(hall: Hall, event: ForToday) -> None:
    """Let something be otherwise for the rest of the day, and remember how it was before."""
    act, slot, change = _change_of(hall, event)
    before = hall.today.changes.get(slot)
    _put(hall, slot, change)
    hall.staff_acts[event.by] = Changed(event.at, NAMES[act], slot, before, change)


def _change_of(hall: Hall, event: ForToday) -> tuple[type[OfToday], Slot, Change | None]:  # noqa: PLR0911 - one an event
    """Return what was asked, where its change stands, and the change; None where all is as configured again."""
    at, by = event.at, event.by
    match event:
        case ev.OfferChanged(reason=reason):
            closing = Closing(at, by, reason) if event.action == "close" else None
            return Offer, (Closing, place(event.service, event.lane)), closing
        case ev.QuotaChanged(reason=reason, quota=quota):
            changed = None if quota is None else TodaysQuota(at, by, reason, quota)
            return Quota, (TodaysQuota, place(event.service, event.lane)), changed
        case ev.IntakeChanged(reason=reason):
            return Intake, INTAKE, IntakeStop(at, by, reason, event.until) if event.action == "stop" else None
        case ev.CounterAsked(counter=counter):
            if event.action != "none":
                return AskCounter, (Asked, counter), Asked(at, by, event.action, event.stage, event.reason)
            is_asked = hall.today.get(Asked, counter) is not None
            return AskCounter, (Asked if is_asked else Helping, counter), None
        case ev.Announced():
            said = Announcement(at, by, event.text, event.say, event.until)
            return Announce, (Announcement, event.announcement), said
        case ev.AnnouncementEnded():
            return Unannounce, (Announcement, event.announcement), None
        case _:
            assert_never(event)


def _put(hall: Hall, slot: Slot, change: Change | None) -> None:
    """Let a change stand; who is asked sees it, and who helps out stands in other lines."""
    hall.today.put(slot, change)
    kind, of = slot
    if kind is Asked and change is not None:
        hall.today.put((Answered, of), None)  # that was the question before
    if kind is Helping:
        hall.let_help()
    if of in hall.touched:
        hall.touched[of] += 1


def _answered(hall: Hall, event: ev.CounterAnswered) -> None:
    """Take the question away; a counter that helps does so from now on."""
    helping = hall.today.get(Helping, event.counter)
    stages = () if helping is None else helping.stages
    asked = hall.today.get(Asked, event.counter)
    if asked is None:
        left = tuple(stage for stage in stages if stage != event.stage)
        _put(hall, (Helping, event.counter), Helping(event.at, left) if left else None)
        return
    _settle(hall, event.counter, asked, "accept" if event.answer == "accept" else "decline", event.at)
    if (event.action, event.answer) == ("help", "accept") and event.stage is not None:
        _put(hall, (Helping, event.counter), Helping(event.at, (*stages, event.stage)))


def _settle(
    hall: Hall, counter: str, asked: Asked, answer: Literal["accept", "decline", "left"], at: dt.datetime
) -> None:
    """Take a question away, and keep what became of it for whoever asked."""
    _put(hall, (Asked, counter), None)
    _put(hall, (Answered, counter), Answered(at, hall.desks[counter].officer, asked, answer))


def _staff_undone(hall: Hall, event: ev.StaffUndone) -> None:
    """Put back what somebody of the staff did last; paper and history of a ticket stay."""
    match hall.staff_acts.pop(event.by):
        case Called() as done:
            _take_back(hall, event, done.counter, done.ticket)
        case Moved() as done:
            _put_back(hall, event, done.before)
            if done.desk is not None:
                hall.set_desk(done.desk.counter, ticket=done.desk.ticket, reason=done.desk.reason)
            hall.paces[done.before.stage].take_back(*done.pace)
        case Changed() as done:
            _put(hall, done.slot, done.before)


def _staff(
    hall: Hall,
    event: ev.StaffSignedIn | ev.StaffSignedOut | ev.StaffRevoked | ev.PasswordChanged | ev.TotpChanged,
) -> None:
    """Keep who of the staff is signed in, and how; whoever comes makes room of sessions that are over."""
    match event:
        case ev.StaffSignedIn():
            known = {key: one for key, one in hall.staff.items() if hall.staff_session(key, event.at) is not None}
            day = hall.day_of(event.at)
            session = StaffSession(event.officer, event.at, day, event.with_password, event.with_code, event.login)
            hall.staff = {**known, event.session: session}
        case ev.StaffSignedOut() | ev.StaffRevoked():
            hall.staff = {key: one for key, one in hall.staff.items() if key != event.session}
        case ev.PasswordChanged():
            _of_officer(hall, event.officer, lambda one: replace(one, with_password=event.is_on))
        case ev.TotpChanged():
            _of_officer(hall, event.officer, lambda one: replace(one, with_code=event.is_on))
        case _:
            assert_never(event)


def _of_officer(hall: Hall, officer: str, change: Callable[[StaffSession], StaffSession]) -> None:
    """Let an officer's sessions say how they sign in from now on."""
    hall.staff = {key: change(one) if one.officer == officer else one for key, one in hall.staff.items()}


def _help(hall: Hall, event: ev.HelpAsked | ev.HelpComing | ev.HelpEnded) -> None:
    """Keep who waits for help; a hall that is rebuilt may begin after somebody asked."""
    match event:
        case ev.HelpAsked():
            hall.help[event.kiosk] = HelpCall(event.kiosk, event.at, event.page)
        case ev.HelpComing():
            call = hall.help.get(event.kiosk) or HelpCall(event.kiosk, event.at, None)
            hall.help[event.kiosk] = replace(call, counter=event.counter)
        case ev.HelpEnded():
            hall.help.pop(event.kiosk, None)
        case _:
            assert_never(event)


_SETTLES = {"open": (ev.Opened, ev.Resumed), "pause": (ev.Paused, ev.Closed), "help": (ev.Closed,)}
"""What a counter does that is an answer to what it is asked."""


def _desk(hall: Hall, event: ev.Opened | ev.Closed | ev.Paused | ev.Resumed) -> None:
    hall.undoable.pop(event.counter, None)
    asked = hall.today.get(Asked, event.counter)
    is_settled = asked is not None and isinstance(event, _SETTLES[asked.action])
    if asked is not None and is_settled and not isinstance(event, ev.Opened):
        _settle(hall, event.counter, asked, "left" if asked.action == "help" else "accept", event.at)
    match event:
        case ev.Opened():
            hall.set_desk(event.counter, officer=event.officer, session=event.session, login=event.login, paused=False)
            if asked is not None and is_settled:
                _settle(hall, event.counter, asked, "accept", event.at)
        case ev.Closed():
            hall.set_desk(event.counter, officer=None, session=None, login=None, paused=False)
        case ev.Paused():
            hall.set_desk(event.counter, paused=True)
        case ev.Resumed():
            hall.set_desk(event.counter, paused=False)
        case _:
            assert_never(event)


def _ticket(
    hall: Hall,
    event: ev.Issued | ev.Printed | ev.Reprinted | ev.Recalled | ev.Rejoined | ev.Cancelled | ev.Undone,
) -> None:
    match event:
        case ev.Issued():
            _issued(hall, event)
        case ev.Printed():
            name = f"printed_{event.outcome}"
            hall.change(event.ticket, event.at, name, lambda t: replace(t, paper=event.outcome))
        case ev.Reprinted():
            hall.change(event.ticket, event.at, "reprinted", lambda t: replace(t, copies=t.copies + 1))
        case ev.Recalled():
            ticket = hall.change(
                event.ticket,
                event.at,
                "recalled",
                lambda t: replace(t, called_at=event.at, times_called=t.times_called + 1),
            )
            hall.record_call(ticket)
        case ev.Rejoined():
            hall.change(event.ticket, event.at, "rejoined", lambda t: _waiting_again(t, event))
        case ev.Cancelled():
            _cancelled(hall, event)
        case ev.Undone():
            _take_back(hall, event, event.counter, event.ticket)
        case _:
            assert_never(event)


def _issued(hall: Hall, event: ev.Issued) -> None:
    came_at = event.arrived_at or event.at
    if event.day == hall.day:
        hall.figures.count_number(event.service)
    hall.add(
        Ticket(
            id=event.ticket,
            series=event.series,
            sequence=event.sequence,
            number=event.number,
            day=event.day,
            service=event.service,
            lane=event.lane,
            language=event.language,
            stage=event.stage,
            state=TicketState.WAITING,
            issued_at=came_at,
            waiting_since=came_at,
            ranked_since=came_at,
            order=hall.seq,
            check=event.check,
            key=event.key,
            client=event.client,
            history=(Happening(came_at, "issued", event.stage),),
        ),
        event.at,
    )


def _at_desk(hall: Hall, event: AtDesk) -> None:
    match event:
        case ev.Called():
            _called(hall, event)
        case ev.Started():
            hall.change(
                event.ticket,
                event.at,
                "started",
                lambda t: replace(t, state=TicketState.SERVING, started_at=event.at),
            )
        case ev.Finished():
            _finished(hall, event)
        case ev.NoShow():
            hall.leave_desk(event.counter, event.at, served=False)
            hall.change(event.ticket, event.at, "no_show", lambda t: replace(t, state=TicketState.NO_SHOW))
        case ev.Held():
            hall.leave_desk(event.counter, event.at, served=False)
            hall.change(event.ticket, event.at, "held", lambda t: replace(t, state=TicketState.HELD, note=event.note))
        case ev.Unheld():
            _unheld(hall, event)
        case ev.Transferred():
            _transferred(hall, event)
        case _:
            assert_never(event)


def _called(hall: Hall, event: ev.Called) -> None:
    before = hall.tickets[event.ticket]
    _count_call(hall, before, hall.desks[event.counter].officer, event.at)
    hall.figures.name_last(before.service, before.number)
    if isinstance(hall.office.policy, Ratio):
        turn = turn_after(hall.office.policy.pattern, hall.turn_of(event.counter), before.lane)
        hall.pass_turn(event.counter, turn)
    ticket = hall.change(
        event.ticket,
        event.at,
        "called",
        lambda t: replace(
            t,
            state=TicketState.CALLED,
            counter=event.counter,
            called_at=event.at,
            started_at=None,
            times_called=1,
            sent_to="",
            sent_until=None,
        ),
    )
    hall.set_desk(event.counter, ticket=event.ticket, reason=event.reason)
    hall.record_call(ticket)


def _finished(hall: Hall, event: ev.Finished) -> None:
    """Finish a stage. What was waited so far goes on counting: a journey does not begin at the end of every queue."""
    before, desk = hall.tickets[event.ticket], hall.desks[event.counter]
    hall.leave_desk(event.counter, event.at, served=True)
    stage = event.next_stage
    through = before.service if stage is None else None
    hall.figures.count_visit(desk.officer, through, hall.desks[event.counter].service_s_today - desk.service_s_today)
    if stage is None:
        hall.change(
            event.ticket,
            event.at,
            "finished",
            lambda t: replace(t, state=TicketState.FINISHED, officer=desk.officer),
        )
    else:
        hall.change(
            event.ticket,
            event.at,
            "finished",
            lambda t: replace(_back_in_queue(t, event), stage=stage, counter=None),
            counter=event.counter,
        )


def _count_call(hall: Hall, before: Ticket, officer: str | None, at: dt.datetime, *, times: int = 1) -> None:
    """Count whether a visitor was called within what the lane promises; of the lane only the first call counts."""
    lane = hall.office.lanes[before.lane]
    is_first = before.ranked_since == before.issued_at and not before.rejoined
    is_within = (at - before.ranked_since).total_seconds() <= lane.promised_s
    hall.figures.count_call(officer, lane.id if is_first else None, is_within=is_within, times=times)


def _unheld(hall: Hall, event: ev.Unheld) -> None:
    hall.change(
        event.ticket,
        event.at,
        "unheld",
        lambda t: replace(t, state=TicketState.SERVING, counter=event.counter, note=None),
    )
    hall.set_desk(event.counter, ticket=event.ticket, reason=None)


def _transferred(hall: Hall, event: ev.Transferred) -> None:
    _free_desks(hall, event)
    hall.change(
        event.ticket,
        event.at,
        "transferred",
        lambda t: replace(
            _back_in_queue(t, event),
            service=event.service,
            stage=event.stage,
            sent_to=event.sent_to,
            sent_until=event.sent_until,
            counter=None,
            note=None,
        ),
        counter=event.counter,
    )


def _back_in_queue(ticket: Ticket, event: ev.Finished | ev.Transferred) -> Ticket:
    """Return the ticket waiting anew, with the seconds it has waited so far to its credit."""
    ranked_since = ticket.ranked_since
    if ticket.state is not TicketState.WAITING:
        called_at = next((line.at for line in reversed(ticket.history) if line.type == "called"), event.at)
        ranked_since = event.at - max(called_at - ranked_since, dt.timedelta())
    return replace(
        ticket,
        state=TicketState.WAITING,
        waiting_since=event.at,
        ranked_since=ranked_since,
        called_at=None,
        started_at=None,
        times_called=0,
    )


def _waiting_again(ticket: Ticket, event: ev.Rejoined) -> Ticket:
    return replace(
        ticket,
        state=TicketState.WAITING,
        waiting_since=event.at,
        ranked_since=event.ranked_since,
        counter=None,
        called_at=None,
        started_at=None,
        times_called=0,
        rejoined=ticket.rejoined + 1,
    )


def _cancelled(hall: Hall, event: ev.Cancelled) -> None:
    _free_desks(hall, event)
    hall.change(
        event.ticket,
        event.at,
        "cancelled",
        lambda t: replace(t, state=TicketState.CANCELLED, note=None),
        counter=event.counter,
    )


def _free_desks(hall: Hall, event: ev.Cancelled | ev.Transferred) -> None:
    """Free the desk that has the ticket, whoever took it from there; what that desk did last can not be undone."""
    for desk in list(hall.desks.values()):
        if desk.ticket == event.ticket:
            hall.leave_desk(desk.counter, event.at, served=False)
            hall.undoable.pop(desk.counter, None)


def _take_back(hall: Hall, event: ev.Undone | ev.StaffUndone, counter: str, ticket: str) -> None:
    """Put ticket, desk and figures back as they were before a counter's last action; paper and history stay."""
    last = hall.undoable.pop(counter)
    now = hall.tickets[ticket]
    _put_back(hall, event, last.before, counter=counter)
    _take_back_figures(hall, last, now)
    hall.put_desk_back(last.desk)
    if last.earlier is not None:  # finished and called by one key: whoever erred wants both back
        hall.undoable[counter] = last.earlier
    hall.paces[last.before.stage].take_back(*last.pace)
    turn_before, turn_left = last.turn
    if hall.turn_of(counter) == turn_left != turn_before:
        hall.pass_turn(counter, turn_before)
    if last.action == "called":
        hall.calls = [call for call in hall.calls if (call.ticket, call.counter) != (now.id, counter)]


def _put_back(hall: Hall, event: ev.Undone | ev.StaffUndone, before: Ticket, *, counter: str | None = None) -> None:
    hall.change(
        before.id,
        event.at,
        ev.EVENT_NAMES[type(event)],
        lambda t: replace(before, copies=t.copies, paper=t.paper, history=t.history),
        counter=counter,
    )


def _take_back_figures(hall: Hall, last: Undoable, now: Ticket) -> None:
    """Let the day come to what it came to before; the desk is still as the action left it."""
    figures, before, desk = hall.figures, last.before, hall.desks[last.desk.counter]
    match last.action:
        case "called":
            _count_call(hall, before, desk.officer, last.at, times=-1)
            if figures.of_service(before.service).last == before.number:
                figures.name_last(before.service, last.called_before)
        case "finished":
            through = before.service if now.state is TicketState.FINISHED else None
            seconds = desk.service_s_today - last.desk.service_s_today
            figures.count_visit(desk.officer, through, seconds, times=-1)
        case _:
            pass
