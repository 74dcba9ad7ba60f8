"""The words of the ticket's page: the number, what became of the paper, what to do without it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import assert_never

from broker.config.web import Wifi
from broker.contract.messages import OfficeMessage, Ticket
from broker.language import Phrases, mark
from broker.ticket_link import key_of
from hardware.ports import PrinterState
from hardware.receipt import read_out
from kiosk.pages.page import Banner, Choice, TicketPage
from kiosk.paper.layout import WAIT_UNKNOWN, ticket_receipt, turn_words
from kiosk.visit.offer import in_language, lane_index, lane_of, service_of
from kiosk.visit.state import State
from kiosk.visit.steps import MAX_COPIES, Paper, Visit

_SIT_DOWN = mark("Please sit down. Your number will be shown on the display and called out.")
_VALID = mark("Remember or photograph this number. Your ticket is valid without paper.")
_VALID_WITH_CODE = mark("Remember or photograph number and code. Your ticket is valid without paper.")
_WITHOUT_PAPER = frozenset({Paper.UNCONFIRMED, Paper.FAILED, Paper.SILENT})
_TROUBLE: Mapping[PrinterState, str] = {
    "paper_out": mark("The printer has no paper"),
    "cover_open": mark("The printer is open"),
    "cutter_error": mark("The paper is stuck in the printer"),
    "offline": mark("The printer does not answer"),
}
_SIGN: Mapping[PrinterState, str] = {
    "paper_out": mark("Paper is out"),
    "cover_open": mark("Printer is open"),
    "cutter_error": mark("Paper is stuck"),
    "offline": mark("Printer is off"),
}
"""The same in few words, for staff."""
_SPARE = mark("the second printer")
_ANY_COLUMNS = 48
"""By ear no line is too long."""


def ticket_page(state: State, office: OfficeMessage) -> TicketPage:
    """Return the number, large, and what became of the paper."""
    visit, words = state.visit, state.words
    ticket = visit.ticket
    if ticket is None:
        message = "a ticket step without a ticket"
        raise ValueError(message)
    service = service_of(office, ticket.service)
    title, banner = paper_words(state)
    done, again = ticket_choices(state, _closing(state.stay_left_s, words))
    return TicketPage(
        title=title,
        caption=words.say("Your queue number"),
        number=ticket.number,
        service=ticket.service if service is None else in_language(service.name, words.language),
        lane=lane_mark(office, ticket, words),
        facts=waiting_facts(ticket, words, _asked_at(state, ticket)),
        paper=banner,
        qr=ticket.qr,
        qr_caption=_qr_words(ticket, state.wifi, words),
        done=done,
        again=again,
        code=words.say("Code {code}", code=ticket.check) if ticket.check and visit.paper in _WITHOUT_PAPER else "",
        on_paper=_on_paper(state, office, ticket),
    )


def _qr_words(ticket: Ticket, wifi: Wifi | None, words: Phrases) -> str:
    """Return what the code on the screen is for: where it leads to a page, and by which Wi-Fi."""
    # Of a number that was given out alone the office does not know yet: its page would say so.
    if key_of(ticket.qr) is None or not ticket.is_wait_known:
        return words.say("You may photograph this QR code: it is your ticket.")
    if wifi is None:
        return words.say("Scan this code with your phone to follow your number.")
    if wifi.password is None:
        return words.say("Join the Wi-Fi {name}, then scan this code with your phone.", name=wifi.name)
    return words.say(
        "Join the Wi-Fi {name}, password {password}, then scan this code with your phone.",
        name=wifi.name,
        password=wifi.password,
    )


def _on_paper(state: State, office: OfficeMessage, ticket: Ticket) -> tuple[str, ...]:
    """Return what the paper that came out says, for whoever has it read to them."""
    visit, words = state.visit, state.words
    if not visit.access.voice or visit.paper not in {Paper.CONFIRMED, Paper.UNCONFIRMED}:
        return ()
    receipt = ticket_receipt(ticket, office, words, columns=_ANY_COLUMNS, wifi=state.wifi)
    return (words.say("Your ticket says:"), *read_out(receipt))


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


def waiting_facts(ticket: Ticket, words: Phrases, now: dt.datetime) -> tuple[tuple[str, str], ...]:
    """Return how many are before a waiting ticket, and how long that may take."""
    if not ticket.is_wait_known:
        return ((words.say(WAIT_UNKNOWN), turn_words(ticket.waiting_since.astimezone(now.tzinfo), words)),)
    ahead = words.say("You are first in line")
    if ticket.ahead:
        ahead = words.count("{n} person", "{n} people", ticket.ahead)
    wait = words.say("No counter is open yet")
    if ticket.wait is not None:
        wait = words.about(now, ticket.wait.low_s, ticket.wait.high_s)
    return (words.say("Before you"), ahead), (words.say("You are called"), wait)


def _asked_at(state: State, ticket: Ticket) -> dt.datetime:
    """Return since when a new ticket waits: its time must not walk on with the clock while it is looked at."""
    return ticket.waiting_since.astimezone(state.now.tzinfo)


def _closing(left_s: int | None, words: Phrases) -> str:
    if left_s is None:
        return ""
    return words.count("Back to the start in {n} second", "Back to the start in {n} seconds", left_s)


def paper_words(state: State) -> tuple[str, Banner]:
    """Return the title of the ticket's page, and what became of the paper."""
    words, visit = state.words, state.visit
    match visit.paper:
        case Paper.PRINTING:
            return words.say("Your ticket is being printed"), Banner("info", words.say("Please wait for the paper."))
        case Paper.CONFIRMED:
            text = words.say(_SIT_DOWN)
            return _take(state), Banner("good", words.say("Please keep it until you are done."), text)
        case Paper.UNCONFIRMED if visit.trouble is not None:
            return words.say("Please look for your ticket"), _without_paper(visit, words)
        case Paper.UNCONFIRMED:
            text = words.say("If no paper comes out, this number is enough.")
            return _take(state), Banner("info", words.say("Did your ticket come out?"), text)
        case Paper.FAILED | Paper.SILENT:
            return words.say("Please remember your number"), _without_paper(visit, words)
    assert_never(visit.paper)


def ticket_choices(state: State, closing: str) -> tuple[Choice, Choice | None]:
    """Return how a visitor leaves the ticket's page, and another paper where there is need of one and hope for it."""
    words, visit = state.words, state.visit
    if visit.paper is Paper.UNCONFIRMED and _may_print(state):
        return (
            Choice("done", words.say("Yes, I have my ticket"), closing),
            Choice("print_again", words.say("No, print it again")),
        )
    again = None
    if visit.paper is Paper.FAILED and _may_print(state):
        again = Choice("print_again", words.say("Print the ticket again"))
    return Choice("done", words.say("Done"), closing), again


_OTHER_VERSION = {
    "older": mark("The broker is older: please update it"),
    "newer": mark("The broker is newer: please update the kiosk"),
}


def no_paper_banner(state: State) -> Banner | None:
    """Return what everybody should know before taking a number: that it comes without paper now."""
    if state.printers.trouble is None:
        return None
    if state.visit.has_chosen_language:
        return Banner("info", state.words.say(_NO_PAPER), state.words.say(_NO_PAPER_NEEDED))
    return Banner("info", "\n".join(state.phrases(code).say(_NO_PAPER) for code in state.languages))


_NO_PAPER = mark("No paper now: your number is shown here")
_NO_PAPER_NEEDED = mark("It is valid without paper. You may photograph it.")


def staff_words(state: State) -> str:
    """Return what whoever looks after the kiosk should see in passing; nothing while all is well."""
    words, printers = state.words, state.printers
    if state.standing == "untrusted":
        return words.say("Not the office's server")
    if state.standing != "alone":
        return words.say("This kiosk was started twice")
    if state.broker_speaks is not None:
        return words.say(_OTHER_VERSION[state.broker_speaks])
    if printers.is_paper_low:
        return words.say("Paper is running low")
    troubled = next((one for one in printers.states if one in _SIGN), None)
    return "" if troubled is None else words.say(_SIGN[troubled])


def _without_paper(visit: Visit, words: Phrases) -> Banner:
    trouble, title = visit.trouble, words.say("The printer could not print")
    if trouble is not None and trouble in _TROUBLE:
        title = words.say(_TROUBLE[trouble])
    has_code = visit.ticket is not None and visit.ticket.check is not None
    return Banner("warn", title, words.say(_VALID_WITH_CODE if has_code else _VALID))


def _take(state: State) -> str:
    words = state.words
    if not state.visit.is_by_spare:
        return words.say("Please take your ticket")
    label = (state.spare_label or {}).get(words.language) or words.say(_SPARE)
    return words.say("Please take your ticket from {printer}", printer=label)


def _may_print(state: State) -> bool:
    """Tell whether another paper is offered: some printer works, the office counts it, no officer is needed."""
    return state.offline_since is None and state.printers.trouble is None and copies_of(state.visit) < MAX_COPIES


def copies_of(visit: Visit) -> int:
    """Return how many copies of its ticket a visitor had already."""
    return 0 if visit.ticket is None else visit.ticket.copies
