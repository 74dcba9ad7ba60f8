"""The words of the pages on which a visitor chooses a service and reads what it needs. Pure."""

from __future__ import annotations

from broker.contract.messages import OfficeMessage, ServiceInfo
from broker.language import mark
from kiosk.pages.offers import offer_state, queue_words
from kiosk.pages.page import Choice, RequirementsPage, ServicesPage
from kiosk.visit.offer import in_language, list_in_language, offer_of, queue_of
from kiosk.visit.state import State

SCAN = mark("You can also hold the code of your ticket to the scanner.")


def services_page(state: State, office: OfficeMessage) -> ServicesPage:
    """Return the question what the visitor comes for."""
    words = state.words
    return ServicesPage(
        title=words.say("What do you need today?"),
        hint=words.say("Please touch the service you have come for."),
        choices=tuple(_service_choice(state, office, service) for service in office.services),
        entry=Choice("have_ticket", words.say("I have a ticket"), words.say(SCAN) if state.has_scanner else ""),
    )


def _service_choice(state: State, office: OfficeMessage, service: ServiceInfo) -> Choice:
    words, offer = state.words, offer_of(office, state.hall, service)
    subtitle = queue_words(queue_of(office, state.hall, service), words)
    if offer != "open":
        advice = words.say("please come another day") if offer == "full" else words.say("please see the opening hours")
        subtitle = f"{offer_state(offer, words)}  ·  {advice}"
    return Choice(
        key=service.id,
        title=in_language(service.name, state.visit.language),
        subtitle=subtitle,
        letter=service.letter,
        is_available=offer == "open",
    )


def requirements_page(state: State, office: OfficeMessage) -> RequirementsPage:
    """Return what the chosen service needs."""
    words, language, service = state.words, state.visit.language, state.service
    if service is None:
        # The office has withdrawn it; the presenter leaves this step with the same message.
        return RequirementsPage("", "", "", "", (), (), "", Choice("continue", words.say("Continue")))
    several = len(office.lanes) > 1
    return RequirementsPage(
        kicker=queue_words(queue_of(office, state.hall, service), state.words),
        title=in_language(service.name, language),
        letter=service.letter,
        heading=words.say("Please have these documents ready"),
        documents=list_in_language(service.documents, language),
        facts=(
            (words.say("Fee"), in_language(service.fee, language)),
            (words.say("Processing time"), in_language(service.time, language)),
        ),
        source=""
        if service.effective_from is None  # the procedure has not come yet
        else words.say(
            "Source: {source}. In force since {date}.",
            source=service.source,
            date=state.words.date(service.effective_from),
        ),
        go_on=Choice(
            "continue",
            words.say("Continue") if several else words.say("Take a queue number"),
            is_available=state.offer == "open",
        ),
    )
