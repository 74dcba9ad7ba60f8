"""The words for whoever has a ticket: its number, how it stands, what can be done with it. Pure."""

from __future__ import annotations

from typing import assert_never

from broker.contract.messages import HallMessage, OfficeMessage, Ticket
from broker.language import Phrases, mark
from kiosk import keypad
from kiosk.offer import counter_label, in_language, service_of, stage_name
from kiosk.pages import Banner, Choice, ConfirmPage, FoundPage, NumberPage, ProblemPage
from kiosk.scene import Scene
from kiosk.visit import Errand, Problem, actions
from kiosk.wording_choices import SCAN
from kiosk.wording_result import PASSING_PROBLEMS, lane_mark, waiting_facts

_UNDER_WAY = {
    Errand.ISSUE: mark("Your number is being prepared"),
    Errand.LOOKUP: mark("Your ticket is being looked up"),
    Errand.REPRINT: mark("Another paper is being prepared"),
    Errand.REJOIN: mark("You are being taken in again"),
    Errand.CANCEL: mark("Your ticket is being cancelled"),
}
_ACTION_WORDS = {
    Errand.REPRINT: mark("Print the ticket again"),
    Errand.REJOIN: mark("Take me into the queue again"),
    Errand.CANCEL: mark("Cancel my ticket"),
}


def errand_words(scene: Scene) -> str:
    """Return what is being asked of the engine."""
    return scene.words.say(_UNDER_WAY[scene.visit.errand])


def number_page(scene: Scene, office: OfficeMessage) -> NumberPage:
    """Return the keypad; a number that was looked up in vain stays, so that a slip can be put right."""
    words, typed = scene.words, scene.visit.typed
    banner = None
    if scene.visit.is_not_found:
        title = words.say("{number} was not found", number=keypad.number(typed))
        banner = Banner("warn", title, words.say("Please compare it with your ticket, or ask an officer."))
    if scene.is_foreign_code:
        banner = foreign_code(words)

    def key(name: str) -> Choice:
        return Choice(name, name, is_available=keypad.fits(office, typed, name))

    hint = words.say("It stands large on the paper, such as {example}.", example=keypad.example(office))
    can_scan = scene.has_scanner and banner is None and scene.offline_since is None
    return NumberPage(
        title=words.say("Type the number of your ticket"),
        hint=f"{hint} {words.say(SCAN)}" if can_scan else hint,
        typed=keypad.shown(typed),
        letters=tuple(key(letter) for letter in keypad.letters(office)),
        digits=(*map(key, "123456789"), Choice("erase", words.say("Erase"), is_available=bool(typed)), key("0")),
        find=Choice("find", words.say("Show my ticket"), is_available=keypad.is_complete(office, typed)),
        banner=banner,
    )


FOREIGN = mark("This code is not a ticket of this office")


def foreign_code(words: Phrases) -> Banner:
    """Return that a scanned code is none of ours."""
    return Banner("warn", words.say(FOREIGN), words.say(_HOLD_YOURS))


_HOLD_YOURS = mark("Please hold the code of your ticket to the scanner, or ask an officer.")


def found_page(scene: Scene, office: OfficeMessage) -> FoundPage:
    """Return how the ticket stands now, and what its holder may do."""
    ticket, words = _ticket(scene), scene.words
    service = service_of(office, ticket.service)
    called_to = _called_to(scene.hall, ticket)
    waits = ticket.state == "waiting" and called_to is None
    facts = waiting_facts(ticket, words) if waits else ()
    stage = stage_name(office, ticket.stage, words.language)
    choices = tuple(Choice(action.value, words.say(_ACTION_WORDS[action])) for action in _offered(scene, ticket))
    return FoundPage(
        caption=words.say("Your queue number"),
        number=ticket.number,
        service=ticket.service if service is None else in_language(service.name, words.language),
        lane=lane_mark(office, ticket, words),
        state=_state(scene, office, ticket, called_to),
        facts=((words.say("Next step"), stage), *facts) if waits else (),
        choices=(*choices, Choice("done", words.say("Done"))),
    )


def _offered(scene: Scene, ticket: Ticket) -> tuple[Errand, ...]:
    """Return what may be done with the ticket; nobody is promised a paper that no printer can print now."""
    hopeless = {Errand.REPRINT} if scene.printers.trouble is not None else set()
    return tuple(action for action in actions(ticket) if action not in hopeless)


def confirm_page(scene: Scene) -> ConfirmPage:
    """Return the question before a ticket is given up; to keep it is the easier answer."""
    words = scene.words
    return ConfirmPage(
        title=words.say("Cancel ticket {number}?", number=_ticket(scene).number),
        text=words.say("You will not be called any more, and your place in the queue is lost."),
        advice=words.say("This cannot be taken back."),
        choices=(
            Choice("no", words.say("No, keep my ticket")),
            Choice("yes", words.say("Yes, cancel my ticket")),
        ),
    )


def errand_problem_page(scene: Scene) -> ProblemPage:
    """Return why nothing came of what was asked about the ticket, and what can be done."""
    words, problem, errand = scene.words, scene.visit.problem, scene.visit.errand
    start_over = Choice("start_over", words.say("Back to the start"))
    if isinstance(problem, Problem) or problem is None:
        advice = words.say("The answer could not be read.")
        if problem is Problem.NO_ANSWER:
            advice = words.say("Should the answer still come, your ticket appears here.")
        return ProblemPage(words.say("Please see an officer"), words.say(_NO_ANSWER), advice, (start_over,))
    text = words.error(problem)
    ways: tuple[Choice, ...] = (start_over,)
    if problem in PASSING_PROBLEMS:
        ways = (Choice("again", words.say("Try again")), start_over)
    elif scene.visit.ticket is not None:
        ways = (Choice("look", words.say("Look at the ticket again")), start_over)
    if (errand, problem) == (Errand.REJOIN, "not_allowed"):
        text = words.say("Your number was called several times already. An officer will decide how to go on.")
    elif problem == "illegal_transition":
        text = words.say("Something has just happened to your ticket, so this is not possible any more.")
    return ProblemPage(words.say("This could not be done"), text, words.say("An officer will gladly help you."), ways)


_NO_ANSWER = mark("What you asked for could not be confirmed. Please go to an officer, who will help you at once.")


def _ticket(scene: Scene) -> Ticket:
    if scene.visit.ticket is None:
        message = "a step about a ticket without one"
        raise ValueError(message)
    return scene.visit.ticket


def _called_to(hall: HallMessage | None, ticket: Ticket) -> str | None:
    """Return the label of the counter that calls this number at this very moment."""
    calls = () if hall is None else hall.calling
    return next((call.counter_label for call in calls if call.number == ticket.number), None)


def _state(scene: Scene, office: OfficeMessage, ticket: Ticket, called_to: str | None) -> Banner:
    """Return in words how a ticket stands; a call that came meanwhile goes before what was looked up."""
    words = scene.words
    if called_to is not None:
        return _called(called_to, words)
    match scene.visit.did:
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
