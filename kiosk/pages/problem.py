"""The words of the page that tells why something came to nothing, and what can be done. Pure."""

from __future__ import annotations

from broker.contract.messages import PASSING, ErrorCode, OfficeMessage
from broker.language import Phrases, mark
from kiosk.pages.offers import intake_banner
from kiosk.pages.page import Choice, ProblemPage
from kiosk.visit.offer import intake_of, offer_of
from kiosk.visit.state import State
from kiosk.visit.steps import Errand, Problem

LANE_PROBLEMS = frozenset({"unknown_lane", "lane_closed", "quota_reached"})
SERVICE_PROBLEMS = frozenset({"unknown_service", "service_closed"})
_REPEATABLE = PASSING | {"too_late"}
"""Nothing was done, and trying once more may help."""


def problem_page(state: State, office: OfficeMessage) -> ProblemPage:
    """Return why nothing came of what was asked for, in words, and what can be done."""
    return _no_number(state, office) if state.visit.errand is Errand.ISSUE else _not_done(state)


def _no_number(state: State, office: OfficeMessage) -> ProblemPage:
    words, problem = state.words, state.visit.problem
    if isinstance(problem, Problem) or problem is None:
        return _silence(words, problem)
    text, advice = words.error(problem), words.say("An officer will gladly help you.")
    intake = intake_of(state.hall)
    if problem == "service_closed" and intake is not None:
        said = intake_banner(intake, words)
        text, advice = said.title, said.text
    return ProblemPage(
        title=words.say("No number was given out"),
        text=text,
        advice=advice,
        choices=_ways_out(state, problem, office),
    )


def _silence(words: Phrases, problem: Problem | None) -> ProblemPage:
    text = words.say("Your number could not be confirmed. Please go to an officer, who will help you at once.")
    if problem is Problem.NO_ANSWER:
        advice = words.say("Should the answer still come, your number appears here.")
    else:
        advice = words.say("The answer could not be read.")
    return ProblemPage(
        title=words.say("Please see an officer"),
        text=text,
        advice=advice,
        choices=(Choice("start_over", words.say("Back to the start")),),
    )


def _ways_out(state: State, problem: ErrorCode, office: OfficeMessage) -> tuple[Choice, ...]:
    words = state.words
    start_over = Choice("start_over", words.say("Back to the start"))
    other_service = Choice("services", words.say("Choose another service"))
    if problem in _REPEATABLE:
        return Choice("again", words.say("Try again")), start_over
    if problem in LANE_PROBLEMS and _has_other_lane(state, office):
        return Choice("lanes", words.say("Choose another lane")), other_service, start_over
    if problem in SERVICE_PROBLEMS or problem in LANE_PROBLEMS:
        return other_service, start_over
    return (start_over,)


def _has_other_lane(state: State, office: OfficeMessage) -> bool:
    service = state.service
    others = [lane.id for lane in office.lanes if lane.id != state.visit.lane]
    return service is not None and any(offer_of(office, state.hall, service, lane) == "open" for lane in others)


def _not_done(state: State) -> ProblemPage:
    words, problem, errand = state.words, state.visit.problem, state.visit.errand
    start_over = Choice("start_over", words.say("Back to the start"))
    if isinstance(problem, Problem) or problem is None:
        advice = words.say("The answer could not be read.")
        if problem is Problem.NO_ANSWER:
            advice = words.say("Should the answer still come, your ticket appears here.")
        return ProblemPage(words.say("Please see an officer"), words.say(_NO_ANSWER), advice, (start_over,))
    text = words.error(problem)
    ways: tuple[Choice, ...] = (start_over,)
    if problem in _REPEATABLE:
        ways = (Choice("again", words.say("Try again")), start_over)
    elif state.visit.ticket is not None:
        ways = (Choice("look", words.say("Look at the ticket again")), start_over)
    if (errand, problem) == (Errand.REJOIN, "not_allowed"):
        text = words.say("Your number was called several times already. An officer will decide how to go on.")
    elif problem == "illegal_transition":
        text = words.say("Something has just happened to your ticket, so this is not possible any more.")
    return ProblemPage(words.say("This could not be done"), text, words.say("An officer will gladly help you."), ways)


_NO_ANSWER = mark("What you asked for could not be confirmed. Please go to an officer, who will help you at once.")
