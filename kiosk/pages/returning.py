"""The words of the pages for whoever has a ticket: its number, how it stands, what can be done with it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from broker.contract.messages import HallMessage, OfficeMessage, Ticket
from broker.language import Phrases, bare_counter, mark
from kiosk.pages.page import Banner, Choice, ConfirmPage, FoundPage, MorePage, NumberPage, Section
from kiosk.pages.services import SCAN
from kiosk.pages.ticket import lane_mark, waiting_facts
from kiosk.visit import typed_number
from kiosk.visit.offer import counter_label, in_language, list_in_language, overtaking, service_of, stage_name
from kiosk.visit.state import State, StrangeCode
from kiosk.visit.steps import Errand, actions

_ACTION_WORDS = {
    Errand.REPRINT: mark("Print the ticket again"),
    Errand.REJOIN: mark("Take me into the queue again"),
    Errand.CANCEL: mark("Cancel my ticket"),
}


def number_page(state: State, office: OfficeMessage) -> NumberPage:
    """Return the keypad; a number that was looked up in vain stays, so that a slip can be put right."""
    words, typed = state.words, state.visit.typed
    banner = None
    if state.visit.is_not_found:
        title = words.say("{number} was not found", number=typed_number.number(typed))
        banner = Banner("warn", title, words.say("Please compare it with your ticket, or ask an officer."))
    if state.strange_code is not None:
        banner = strange_code(state.strange_code, words)

    def key(name: str) -> Choice:
        return Choice(name, name, is_available=typed_number.fits(office, typed, name))

    hint = words.say("It stands large on the paper, such as {example}.", example=typed_number.example(office))
    can_scan = state.has_scanner and banner is None and state.offline_since is None
    return NumberPage(
        title=words.say("Type the number of your ticket"),
        hint=f"{hint} {words.say(SCAN)}" if can_scan else hint,
        typed=typed_number.shown(typed),
        letters=tuple(key(letter) for letter in typed_number.letters(office)),
        digits=(*map(key, "123456789"), Choice("erase", words.say("Erase"), is_available=bool(typed)), key("0")),
        find=Choice("find", words.say("Show my ticket"), is_available=typed_number.is_complete(office, typed)),
        banner=banner,
    )


def code_page(state: State, _office: OfficeMessage) -> NumberPage:
    """Return the question for what only the paper tells: a number can be read off anybody's."""
    words, typed, trouble = state.words, state.visit.code, state.visit.code_trouble
    hint = words.say("It has four digits and stands on the paper, below the number.")
    is_open = trouble != "locked"
    banner = Banner("info" if trouble is None else "warn", *(words.say(one) for one in _CODE[trouble]))

    def key(name: str) -> Choice:
        return Choice(name, name, is_available=is_open and len(typed) < typed_number.CODE_DIGITS)

    return NumberPage(
        title=words.say("Type the code of your ticket"),
        hint=f"{hint} {words.say(SCAN)}" if state.has_scanner and state.offline_since is None else hint,
        typed=" ".join(typed.ljust(typed_number.CODE_DIGITS, "-")),
        letters=(),
        digits=(*map(key, "123456789"), Choice("erase", words.say("Erase"), is_available=bool(typed)), key("0")),
        find=Choice("find", words.say("Continue"), is_available=is_open and typed_number.is_whole_code(typed)),
        banner=banner if state.strange_code is None else strange_code(state.strange_code, words),
    )


_CODE = {
    None: (
        mark("Only the holder may do this"),
        mark("Is the paper lost? Please ask an officer at a counter."),
    ),
    "wrong": (
        mark("This is not the code of this ticket"),
        mark("Please compare it with the paper. After several wrong codes only an officer can help you."),
    ),
    "locked": (
        mark("Too many wrong codes"),
        mark("Nobody can use a code for this ticket any more. Please ask an officer at a counter."),
    ),
}


STRANGE: Mapping[StrangeCode, tuple[str, str]] = {
    "foreign": (
        mark("This code is not a ticket of this office"),
        mark("Please hold the code of your ticket to the scanner, or ask an officer."),
    ),
    "wifi": (
        mark("This code is for the Wi-Fi"),
        mark("Please hold the other code on your ticket to the scanner: the one at the bottom."),
    ),
    "past": (
        mark("This is not a ticket of today"),
        mark("A ticket is good on its own day, in its own office. Please take a new number, or ask an officer."),
    ),
}
"""Why a scanned code leads to no ticket, and what to do."""


def strange_code(code: StrangeCode, words: Phrases) -> Banner:
    """Return that a scanned code leads to no ticket."""
    title, text = STRANGE[code]
    return Banner("warn", words.say(title), words.say(text))


def found_page(state: State, office: OfficeMessage) -> FoundPage:
    """Return how the ticket stands now, and what its holder may do."""
    ticket, words = _ticket(state), state.words
    service = service_of(office, ticket.service)
    called_to = _called_to(state.hall, ticket)
    waits = ticket.state == "waiting" and called_to is None
    facts = waiting_facts(ticket, words, state.now) if waits else ()
    stage = stage_name(office, ticket.stage, words.language)
    choices = tuple(Choice(action.value, words.say(_ACTION_WORDS[action])) for action in _offered(state, ticket))
    more = (Choice("more", words.say("Documents, steps and turns")),) if ticket.state in {"waiting", "held"} else ()
    return FoundPage(
        caption=words.say("Your queue number"),
        number=ticket.number,
        service=ticket.service if service is None else in_language(service.name, words.language),
        lane=lane_mark(office, ticket, words),
        state=_state(state, office, ticket, called_to),
        facts=((words.say("Next step"), stage), *facts) if waits else (),
        choices=(*choices, *more, Choice("done", words.say("Done"))),
    )


def more_page(state: State, office: OfficeMessage) -> MorePage:
    """Return the rest of what a phone tells of a ticket."""
    ticket, words = _ticket(state), state.words
    return MorePage(
        title=words.say("Number {number}", number=ticket.number),
        sections=(*_turn(state, ticket, words), *_sections(office, ticket, words)),
        done=Choice("done", words.say("Back to my ticket")),
    )


def _turn(state: State, ticket: Ticket, words: Phrases) -> tuple[Section, ...]:
    """Return when the turn comes: on a small panel only here is room for how many are before."""
    if ticket.state != "waiting" or _called_to(state.hall, ticket) is not None:
        return ()
    facts = waiting_facts(ticket, words, state.now)
    return (Section(words.say("You are in the queue"), tuple(("", f"{label}: {value}") for label, value in facts)),)


def _sections(office: OfficeMessage, ticket: Ticket, words: Phrases) -> tuple[Section, ...]:
    """Return the ticket's way through the office, what to have ready, and why others may be called first.

    A way of one step is none.
    """
    service = service_of(office, ticket.service)
    stages = () if service is None else service.stages
    documents = () if service is None else list_in_language(service.documents, words.language)
    told = []
    if len(stages) > 1 and ticket.stage in stages:
        here = stages.index(ticket.stage)
        signs = (*("check_circle",) * here, "arrow_forward", *("radio_button_unchecked",) * (len(stages) - here - 1))
        names = [stage_name(office, stage, words.language) for stage in stages]
        told.append(Section(words.say("Your way"), tuple(zip(signs, names, strict=True))))
    if documents:
        lines = tuple(("check_box_outline_blank", document) for document in documents)
        told.append(Section(words.say("Please have these ready:"), lines))
    reasons = tuple(("", reason) for reason in _why_others(office, ticket, words))
    told.append(Section(words.say("Why others may be called first"), reasons))
    return tuple(told)


def _why_others(office: OfficeMessage, ticket: Ticket, words: Phrases) -> Iterator[str]:
    """Yield why others may be called first, by the office's own rules."""
    yield words.say("Each counter serves certain services, so another line may be faster.")
    for lane in overtaking(office, ticket.lane):
        name, rule = in_language(lane.name, words.language), in_language(lane.rule, words.language)
        yield words.say("{lane}: called earlier. {rule}", lane=name, rule=rule)
    if any(len(service.stages) > 1 for service in office.services):
        yield words.say("Whoever goes on to another counter keeps their place.")
    yield words.say("Whoever missed a call comes back behind the next ones.")


def _offered(state: State, ticket: Ticket) -> tuple[Errand, ...]:
    """Return what may be done with the ticket; nobody is promised a paper that no printer can print now."""
    hopeless = {Errand.REPRINT} if state.printers.trouble is not None else set()
    return tuple(action for action in actions(ticket) if action not in hopeless)


def confirm_page(state: State, _office: OfficeMessage) -> ConfirmPage:
    """Return the question before a ticket is given up; to keep it is the easier answer."""
    words = state.words
    return ConfirmPage(
        title=words.say("Cancel ticket {number}?", number=_ticket(state).number),
        text=words.say("You will not be called any more, and your place in the queue is lost."),
        advice=words.say("This cannot be taken back."),
        choices=(
            Choice("no", words.say("No, keep my ticket")),
            Choice("yes", words.say("Yes, cancel my ticket")),
        ),
    )


def _ticket(state: State) -> Ticket:
    if state.visit.ticket is None:
        message = "a step about a ticket without one"
        raise ValueError(message)
    return state.visit.ticket


def _called_to(hall: HallMessage | None, ticket: Ticket) -> str | None:
    """Return the label of the counter that calls this number at this very moment."""
    calls = () if hall is None else hall.calling
    return next((bare_counter(call.counter_label) for call in calls if call.number == ticket.number), None)


def _state(state: State, office: OfficeMessage, ticket: Ticket, called_to: str | None) -> Banner:
    """Return in words how a ticket stands; a call that came meanwhile goes before what was looked up."""
    words = state.words
    if called_to is not None:
        return _called(called_to, words)
    match state.visit.did:
        case Errand.REJOIN:
            return Banner("good", words.say("You are in the queue again"), words.say(_LISTEN))
        case Errand.CANCEL:
            return Banner("good", words.say("Your ticket is cancelled"), words.say(_ANOTHER))
        case _:
            return _plain_state(office, ticket, words)


_LISTEN = mark("Please sit down. Your number will be shown on the display and called out.")
_ANOTHER = mark("If you still need something, please take another number.")


def _plain_state(office: OfficeMessage, ticket: Ticket, words: Phrases) -> Banner:
    counter = counter_label(office, ticket.counter) or ""
    match ticket.state:
        case "waiting":
            banner = Banner("info", words.say("You are in the queue"), words.say(_LISTEN))
        case "called":
            banner = _called(counter, words)
        case "serving":
            banner = Banner("info", words.say("You are being served at counter {counter}", counter=counter))
        case "held":
            text = words.say("Please return to counter {counter} when you have what is missing.", counter=counter)
            banner = Banner("info", words.say("Your ticket is set aside for you"), text)
        case "no_show":
            text = words.say("You can be taken into the queue again, or ask an officer.")
            banner = Banner("warn", words.say("Your number was called"), text)
        case "finished":
            banner = Banner("good", words.say("You are done"), words.say(_ANOTHER))
        case "cancelled":
            banner = Banner("warn", words.say("This ticket was cancelled"), words.say(_ANOTHER))
        case _:
            assert_never(ticket.state)
    return banner


def _called(counter: str, words: Phrases) -> Banner:
    title = words.say("It is your turn: please go to counter {counter}", counter=counter)
    return Banner("good", title, words.say("You are expected there now."))
