"""The words of the pages on which a visitor chooses a service and reads what it needs. Pure."""

from __future__ import annotations

from broker.contract.messages import OfficeMessage, ServiceInfo
from broker.language import mark
from kiosk.pages.offers import ASK_OFFICER, offer_state, queue_words
from kiosk.pages.page import Banner, Choice, MissingPage, RequirementsPage, ServicesPage
from kiosk.visit.offer import (
    group_of,
    in_language,
    is_closed_today,
    is_shut,
    list_in_language,
    offer_of,
    opens_at,
    queue_of,
    short_name,
)
from kiosk.visit.state import State

SCAN = mark("You can also hold the code of your ticket to the scanner.")
ALONE = mark("Your number is valid; the wait is not known now.")
HOLDERS = mark("If you have a ticket, please ask an officer.")
"""A kiosk that cannot reach the office looks nothing up."""
FEW_SERVICES = 8
"""So many are told apart by their names; more stand in groups."""


def services_page(state: State, office: OfficeMessage) -> ServicesPage:
    """Return the question what the visitor comes for."""
    words = state.words
    scan = words.say(SCAN) if state.has_scanner else ""
    if is_shut(state.hall):
        hint = words.say("No numbers are given out now. Touch a service to see what it needs.")
    elif state.is_alone:
        hint = " ".join(map(words.say, (mark("Touch one service."), ALONE, HOLDERS)))
    else:
        hint = words.say("Touch one service. Beside it stands the expected wait.")
    return ServicesPage(
        title=words.say("What do you need today?"),
        hint=hint,
        choices=_grouped(tuple(_service_choice(state, office, service) for service in office.services)),
        entry=None if state.is_alone else Choice("have_ticket", words.say("I have a ticket"), scan),
    )


def _grouped(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return what belongs together side by side, groups in the order of their first; those without one come last."""
    groups = list(dict.fromkeys(choice.group for choice in choices if choice.group))
    return tuple(sorted(choices, key=lambda one: groups.index(one.group) if one.group else len(groups)))


def _service_choice(state: State, office: OfficeMessage, service: ServiceInfo) -> Choice:
    words, offer = state.words, offer_of(office, state.hall, service)
    group = group_of(office, service) if len(office.services) > FEW_SERVICES else None
    note, badge = "", ""
    if offer == "open":
        note = "" if state.is_alone else queue_words(queue_of(office, state.hall, service), words)
    elif not is_shut(state.hall):
        by_hand = is_closed_today(state.hall, service.id)
        badge = offer_state(offer, words, opens_at(office, state.hall, service), state.now, closed_today=by_hand)
        badge = words.say(ASK_OFFICER) if state.is_spent(service) else badge
    return Choice(
        key=service.id,
        title=short_name(service, state.visit.language),
        note=note,
        badge=badge,
        tone="bad" if offer == "full" else "warn",
        group="" if group is None else in_language(group.name, state.visit.language),
        icon=service.icon or "description",
        is_available=offer == "open" or is_shut(state.hall),
    )


def requirements_page(state: State, _office: OfficeMessage) -> RequirementsPage:
    """Return what the chosen service needs, as a list to check off."""
    words, language, service = state.words, state.visit.language, state.service
    if service is None:
        # The office has withdrawn it; the presenter leaves this step with the same message.
        return RequirementsPage("", "", "", (), (), "", Choice("continue", words.say("Continue")))
    documents = list_in_language(service.documents, language)
    go_on = words.say("I have everything") if documents else words.say("Continue")
    is_paper = state.printers.trouble is None
    return RequirementsPage(
        kicker=in_language(service.name, language),
        title=words.say("Do you have these with you?") if documents else words.say("This is what it costs"),
        heading=words.say("Please check each of them."),
        documents=documents,
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
        go_on=Choice("continue", go_on, is_available=state.offer == "open"),
        missing=_missing(state, is_paper=is_paper) if documents else None,
    )


def _missing(state: State, *, is_paper: bool) -> Choice:
    words = state.words
    if is_shut(state.hall) and is_paper:
        return Choice("missing", words.say("Take the list with you"))
    return Choice("missing", words.say("I miss something"))


def missing_page(state: State, _office: OfficeMessage) -> MissingPage:
    """Return what to do without all documents: no number is taken, and the list goes along on paper."""
    words, service = state.words, state.service
    name = "" if service is None else in_language(service.name, words.language)
    choices = [Choice("look", words.say("See the list again")), Choice("start_over", words.say("Back to the start"))]
    if state.printers.trouble is None and state.visit.listed is None:
        choices.insert(0, Choice("list", words.say("Print the list")))
    if state.offer == "open":
        choices.insert(1, Choice("anyway", words.say("Take a number all the same")))
    said = None
    match state.visit.listed:
        case "printing":
            said = Banner("info", words.say("The list is being printed"), words.say("Please wait for the paper."))
        case "printed":
            said = Banner("good", words.say("Please take your list"), words.say("It is no queue number."))
        case "failed":
            said = Banner("warn", words.say("The printer could not print"), words.say("Please photograph the list."))
        case None:
            pass
    return MissingPage(
        title=words.say("Something is missing for: {service}", service=name),
        text=words.say(
            "Without it an officer may have to send you home. Bring it and come again; whoever is unsure takes a number"
            " and asks."
        ),
        choices=tuple(choices),
        said=said,
    )
