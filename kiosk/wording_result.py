"""The words of the pages that end a visit: the ticket, or why there is none. Pure."""

from __future__ import annotations

from broker.contract.messages import ErrorCode, OfficeMessage, Ticket
from broker.language import Phrases
from kiosk.offer import in_language, lane_index, lane_of, offer_of, service_of
from kiosk.pages import Choice, ProblemPage, TicketPage
from kiosk.scene import Scene
from kiosk.visit import Problem
from kiosk.wording_paper import paper_words, ticket_choices

LANE_PROBLEMS = frozenset({"unknown_lane", "lane_closed", "quota_reached"})
SERVICE_PROBLEMS = frozenset({"unknown_service", "service_closed"})
PASSING_PROBLEMS = frozenset({"storage_failed", "not_ready"})


def ticket_page(scene: Scene, office: OfficeMessage) -> TicketPage:
    """Return the number, large, and what became of the paper."""
    ticket, words = scene.visit.ticket, scene.words
    if ticket is None:
        message = "a ticket step without a ticket"
        raise ValueError(message)
    service = service_of(office, ticket.service)
    title, banner = paper_words(scene)
    done, again = ticket_choices(scene, _closing(scene.stay_left_s, words))
    return TicketPage(
        title=title,
        caption=words.say("Your queue number"),
        number=ticket.number,
        service=ticket.service if service is None else in_language(service.name, words.language),
        lane=lane_mark(office, ticket, words),
        facts=waiting_facts(ticket, words),
        paper=banner,
        qr=ticket.qr,
        qr_caption=words.say("You may photograph this code: it is your ticket."),
        done=done,
        again=again,
    )


def lane_mark(office: OfficeMessage, ticket: Ticket, words: Phrases) -> Choice | None:
    """Return the sign of a ticket's lane, where there are several lanes."""
    lane = lane_of(office, ticket.lane)
    if lane is None or len(office.lanes) == 1:
        return None
    return Choice(
        lane.id,
        in_language(lane.name, words.language),
        letter=lane.letter,
        shape=lane.shape,
        lane=lane_index(office, lane.id),
    )


def waiting_facts(ticket: Ticket, words: Phrases) -> tuple[tuple[str, str], ...]:
    """Return how many are before a waiting ticket, and how long that may take."""
    ahead = words.say("You are first in line")
    if ticket.ahead:
        ahead = words.count("{n} person", "{n} people", ticket.ahead)
    wait = words.say("No counter is open yet")
    if ticket.wait is not None:
        wait = words.wait(ticket.wait.low_s, ticket.wait.high_s)
    return (words.say("Before you"), ahead), (words.say("Expected wait"), wait)


def _closing(left_s: int | None, words: Phrases) -> str:
    if left_s is None:
        return ""
    return words.count("Back to the start in {n} second", "Back to the start in {n} seconds", left_s)


def problem_page(scene: Scene, office: OfficeMessage) -> ProblemPage:
    """Return why there is no number, in words, and what can be done."""
    words, problem = scene.words, scene.visit.problem
    if isinstance(problem, Problem) or problem is None:
        return _silence(words, problem)
    return ProblemPage(
        title=words.say("No number was given out"),
        text=words.error(problem),
        advice=words.say("An officer will gladly help you."),
        choices=_ways_out(scene, problem, office),
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


def _ways_out(scene: Scene, problem: ErrorCode, office: OfficeMessage) -> tuple[Choice, ...]:
    words = scene.words
    start_over = Choice("start_over", words.say("Back to the start"))
    other_service = Choice("services", words.say("Choose another service"))
    if problem in PASSING_PROBLEMS:
        return Choice("again", words.say("Try again")), start_over
    if problem in LANE_PROBLEMS and _has_other_lane(scene, office):
        return Choice("lanes", words.say("Choose another lane")), other_service, start_over
    if problem in SERVICE_PROBLEMS or problem in LANE_PROBLEMS:
        return other_service, start_over
    return (start_over,)


def _has_other_lane(scene: Scene, office: OfficeMessage) -> bool:
    service = scene.service
    others = [lane.id for lane in office.lanes if lane.id != scene.visit.lane]
    return service is not None and any(offer_of(office, scene.hall, service, lane) == "open" for lane in others)
