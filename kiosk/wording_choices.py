"""The words of the pages on which a visitor chooses: service, its requirements, lane. Pure."""

from __future__ import annotations

from broker.contract.messages import LaneInfo, OfficeMessage, ServiceInfo
from broker.language import Phrases, mark
from kiosk.offer import Offer, Queue, in_language, list_in_language, offer_of, queue_of
from kiosk.pages import Banner, Choice, LanePage, RequirementsPage, ServicesPage
from kiosk.scene import Scene

SCAN = mark("You can also hold the code of your ticket to the scanner.")


def services_page(scene: Scene, office: OfficeMessage) -> ServicesPage:
    """Return the question what the visitor comes for."""
    words = scene.words
    return ServicesPage(
        title=words.say("What do you need today?"),
        hint=words.say("Please touch the service you have come for."),
        choices=tuple(_service_choice(scene, office, service) for service in office.services),
        entry=Choice("have_ticket", words.say("I have a ticket"), words.say(SCAN) if scene.has_scanner else ""),
    )


def _service_choice(scene: Scene, office: OfficeMessage, service: ServiceInfo) -> Choice:
    words, offer = scene.words, offer_of(office, scene.hall, service)
    subtitle = queue_words(queue_of(office, scene.hall, service), words)
    if offer != "open":
        advice = words.say("please come another day") if offer == "full" else words.say("please see the opening hours")
        subtitle = f"{_state(offer, words)}  ·  {advice}"
    return Choice(
        key=service.id,
        title=in_language(service.name, scene.visit.language),
        subtitle=subtitle,
        letter=service.letter,
        is_available=offer == "open",
    )


def offer_banner(scene: Scene) -> Banner | None:
    """Return that no number is given out any more for what the visitor is looking at, and what to do."""
    words, offer = scene.words, scene.offer
    match offer:
        case "open":
            return None
        case "full":
            advice = words.say("All numbers for today are taken. Please choose another service, or ask an officer.")
        case "closed":
            advice = words.say("No numbers are given out now. Please see the opening hours, or ask an officer.")
    return Banner("warn", _state(offer, words), advice)


def closed_banner(scene: Scene) -> Banner:
    """Return, in every language, that nothing is offered now: whoever has no ticket need not begin."""
    titles = [scene.phrases(code).say("Closed now") for code in scene.languages]
    advice = [scene.phrases(code).say("Please see the opening hours, or ask an officer.") for code in scene.languages]
    return Banner("warn", "  /  ".join(titles), "\n".join(advice))


def _state(offer: Offer, words: Phrases) -> str:
    return words.say("Full for today") if offer == "full" else words.say("Closed now")


def queue_words(queue: Queue, words: Phrases) -> str:
    """Return in one line how many wait and how long, or that nobody serves yet."""
    waiting = words.say("Nobody is waiting")
    if queue.count:
        waiting = words.count("{n} person is waiting", "{n} people are waiting", queue.count)
    if not queue.is_served:
        return f"{waiting}  ·  {words.say('No counter is open yet')}"
    if queue.wait is None:
        return waiting
    told = words.say("wait {duration}", duration=words.wait(queue.wait.low_s, queue.wait.high_s))
    # Visitors of other services may come first: "nobody is waiting" would then sound like "at once".
    return told if not queue.count and queue.wait.low_s else f"{waiting}  ·  {told}"


def requirements_page(scene: Scene, office: OfficeMessage) -> RequirementsPage:
    """Return what the chosen service needs."""
    words, language, service = scene.words, scene.visit.language, scene.service
    if service is None:
        # The office has withdrawn it; the presenter leaves this step with the same message.
        return RequirementsPage("", "", "", "", (), (), "", Choice("continue", words.say("Continue")))
    several = len(office.lanes) > 1
    return RequirementsPage(
        kicker=queue_words(queue_of(office, scene.hall, service), scene.words),
        title=in_language(service.name, language),
        letter=service.letter,
        heading=words.say("Please have these documents ready"),
        documents=list_in_language(service.documents, language),
        facts=(
            (words.say("Fee"), in_language(service.fee, language)),
            (words.say("Processing time"), in_language(service.time, language)),
        ),
        source=words.say(
            "Source: {source}. In force since {date}.",
            source=service.source,
            date=scene.words.date(service.effective_from),
        ),
        go_on=Choice(
            "continue",
            words.say("Continue") if several else words.say("Take a queue number"),
            is_available=scene.offer == "open",
        ),
    )


def lane_page(scene: Scene, office: OfficeMessage) -> LanePage:
    """Return the question whether a priority lane applies. Nobody is asked why."""
    words = scene.words
    return LanePage(
        title=words.say("Which lane is yours?"),
        hint=words.say("Please touch the lane that fits you. You need not give a reason, and none is stored."),
        choices=tuple(_lane_choice(scene, office, at, lane) for at, lane in enumerate(office.lanes)),
    )


def _lane_choice(scene: Scene, office: OfficeMessage, at: int, lane: LaneInfo) -> Choice:
    words, service = scene.words, scene.service
    offer = "open" if service is None else offer_of(office, scene.hall, service, lane.id)
    note = ""
    if offer != "open":
        note = _state(offer, words)
        if scene.offer == "open":
            note += f"  ·  {words.say('please choose another lane, or ask an officer')}"
    elif service is not None:
        note = queue_words(queue_of(office, scene.hall, service, lane.id), words)
    return Choice(
        key=lane.id,
        title=in_language(lane.name, scene.visit.language),
        subtitle=in_language(lane.rule, scene.visit.language),
        note=note,
        letter=lane.letter,
        shape=lane.shape,
        lane=at,
        is_available=offer == "open",
    )
