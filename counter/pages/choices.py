"""What a dialog offers: where a ticket can go, and the notes that need no typing. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from broker import eligible
from broker.contract.messages import CounterInfo, HallMessage, OfficeMessage, QueueEntry, Ticket
from broker.language import bare_counter, mark
from counter.desk.dialogs import Dialog, Option, Step
from counter.desk.keys import Intent
from counter.desk.lists import FoundEntry
from counter.desk.state import DeskState
from counter.pages.ticket import STATES

_KINDS: tuple[tuple[str, str, str], ...] = (
    ("stage", mark("To a stage"), mark("Skip or repeat a part of the visit")),
    ("service", mark("To another service"), mark("Begin that service with the same number")),
    ("to_counter", mark("To a certain counter"), mark("Only that counter calls it, for a while")),
)
_PIN_KINDS: tuple[tuple[str, str, str], ...] = (
    ("pin", mark("Change my own PIN"), ""),
    ("reset_pin", mark("Give an officer another PIN"), mark("Where it was forgotten")),
    ("unlock", mark("Let an officer try again"), mark("After too many wrong PINs")),
)
_NOTES: Mapping[Intent, tuple[str, ...]] = {
    Intent.HOLD: (
        mark("Fetch a copy"),
        mark("Fetch a missing document"),
        mark("Fill in a form"),
        mark("Pay first"),
    ),
    Intent.TRANSFER: (
        mark("Wrong queue"),
        mark("Part already done"),
        mark("Part to be repeated"),
        mark("Needs this officer"),
    ),
    Intent.DROP: (
        mark("The visitor has left"),
        mark("Wrong service chosen"),
        mark("Number taken twice"),
        mark("Nothing left to do"),
    ),
}


def options(dialog: Dialog, state: DeskState) -> tuple[Option, ...]:
    """Return what can be picked in this step; a question has nothing to pick."""
    phrases = state.phrases
    match dialog.step:
        case Step.QUESTION | Step.NUMBER | Step.OLD_PIN | Step.NEW_PIN | Step.SAME_PIN:
            return ()
        case Step.KIND:
            kinds = _PIN_KINDS if dialog.purpose is Intent.PIN else _KINDS
            said = ((value, phrases.say(label), detail) for value, label, detail in kinds)
            return tuple(Option(value, label, phrases.say(detail) if detail else "") for value, label, detail in said)
        case Step.TARGET if dialog.purpose is Intent.PIN:
            return tuple(Option(officer, name) for officer, name in state.colleagues)
        case Step.TARGET:
            return _targets(dialog, state)
        case Step.NOTE:
            return tuple(Option(note, phrases.say(note)) for note in _NOTES[dialog.purpose])


def kind_label(kind: str, state: DeskState) -> str:
    """Return what kind of place a ticket is sent to."""
    return next((state.phrases.say(label) for value, label, _ in (*_KINDS, *_PIN_KINDS) if value == kind), kind)


def target_name(dialog: Dialog, state: DeskState) -> str:
    """Return where a ticket is sent."""
    match dialog.kind:
        case "stage":
            return state.words.stage(dialog.target)
        case "service":
            return state.words.service(dialog.target)
        case _:
            return state.phrases.say("Counter {label}", label=state.words.counter(dialog.target))


def _targets(dialog: Dialog, state: DeskState) -> tuple[Option, ...]:
    ticket = state.picked if dialog.moved else (state.desk.ticket if state.desk else None)
    if state.office is None or ticket is None:
        return ()
    match dialog.kind:
        case "stage":
            return _stages(state.office, ticket, state)
        case "service":
            return _services(state.office, ticket, state)
        case _:
            return _counters(state.office, ticket, state, here=dialog.moved)


def _stages(office: OfficeMessage, ticket: Ticket | QueueEntry, state: DeskState) -> tuple[Option, ...]:
    """Return the stages, those of the ticket's own service first and in its order."""
    own = next((service.stages for service in office.services if service.id == ticket.service), ())
    others = tuple(stage.id for stage in office.stages if stage.id not in own)
    return tuple(
        Option(stage, state.words.stage(stage), _stage_detail(stage, ticket, state)) for stage in (*own, *others)
    )


def _stage_detail(stage: str, ticket: Ticket | QueueEntry, state: DeskState) -> str:
    is_now = isinstance(ticket, Ticket | FoundEntry) and stage == ticket.stage
    now = state.phrases.say("again") if is_now else ""
    closed = _closed(stage, ticket.service, ticket.lane, state)
    return ", ".join(part for part in (now, closed) if part)


def _services(office: OfficeMessage, ticket: Ticket | QueueEntry, state: DeskState) -> tuple[Option, ...]:
    return tuple(
        Option(
            service.id,
            state.words.service(service.id),
            _closed(service.stages[0], service.id, ticket.lane, state) if service.stages else "",
        )
        for service in office.services
        if service.id != ticket.service
    )


def _counters(
    office: OfficeMessage, ticket: Ticket | QueueEntry, state: DeskState, *, here: bool
) -> tuple[Option, ...]:
    """Return the counters that serve such a visitor, with what they are doing; `here` counts this one in."""
    states = {counter.id: counter.state for counter in state.hall.counters} if state.hall else {}
    return tuple(
        Option(
            counter.id,
            state.phrases.say("Counter {label}", label=bare_counter(counter.label)),
            state.phrases.say(STATES[states.get(counter.id, "closed")]),
        )
        for counter in office.counters
        if (here or counter.id != state.counter) and takes(office, counter, ticket.service, ticket.lane)
    )


def _closed(stage: str, service: str, lane: str, state: DeskState) -> str:
    if state.office is None or state.hall is None:
        return ""
    places = [info for info in state.office.counters if may_call(state.office, info, stage, service, lane)]
    return "" if any(_is_open(info, state.hall) for info in places) else state.phrases.say("no counter is open")


def _is_open(counter: CounterInfo, hall: HallMessage) -> bool:
    return any(seen.id == counter.id and seen.state != "closed" for seen in hall.counters)


def takes(office: OfficeMessage, counter: CounterInfo, service: str, lane: str) -> bool:
    """Tell whether a counter serves such visitors at whatever stage."""
    way = next((info for info in office.lanes if info.id == lane), None)
    return way is not None and eligible.takes(counter, service, way)


def serves(office: OfficeMessage, counter: CounterInfo, stage: str, service: str, lane: str) -> bool:
    """Tell whether a counter calls such visitors as its own work."""
    way = next((info for info in office.lanes if info.id == lane), None)
    return way is not None and eligible.serves(counter, stage, service, way)


def may_call(office: OfficeMessage, counter: CounterInfo, stage: str, service: str, lane: str) -> bool:
    """Tell whether a counter calls such visitors, as its own work or helping out."""
    way = next((info for info in office.lanes if info.id == lane), None)
    return way is not None and eligible.may_call(counter, stage, service, way)
