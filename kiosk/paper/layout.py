"""A ticket as it stands on paper: pure, in the visitor's language, for any width of paper."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from broker.config.web import Wifi
from broker.contract.messages import LaneInfo, OfficeMessage, ServiceInfo, Ticket
from broker.contract.messages import Receipt as Complained
from broker.language import Phrases, mark, training_mark, words_of
from broker.ticket_link import key_of
from hardware.receipt import BULLET, Align, Blank, Cut, Item, Qr, Receipt, Rule, ShapeMark, Text, large
from kiosk.visit.offer import in_language, lane_of, list_in_language, service_of

MAX_NUMBER_SIZE = 6
"""Letters 18 mm high: readable at arm's length without glasses; larger only costs paper."""

CODE_SIZE = 3
"""Letters 9 mm high: typed off the paper without glasses, and never taken for the number."""

QR_MODULE_DOTS = 8
"""One millimetre at 203 dpi: cheap scanners read it, also from worn paper."""

WIFI_MODULE_DOTS = 6
"""Only phones read it, once, from new paper."""

BOX = "[ ] "
"""To be checked off."""


def ticket_receipt(
    ticket: Ticket, office: OfficeMessage, phrases: Phrases, *, columns: int, wifi: Wifi | None = None
) -> Receipt:
    """Return the paper of one ticket; `columns` is what the paper holds of letters in normal size.

    Where its QR leads to a page, it says so, and how phones join the `wifi` of the hall.
    """
    service = service_of(office, ticket.service)
    lane = lane_of(office, ticket.lane)
    return Receipt(
        (
            *_head(ticket, office, phrases),
            *_number(ticket, lane, phrases, columns=columns),
            *_code(ticket, office, phrases),
            *_purpose(ticket, office, service, phrases, columns=columns),
            *_waiting(ticket, office, phrases, columns=columns),
            *_documents(service, phrases),
            *_on_phone(ticket, phrases, wifi, columns=columns),
            *_foot(ticket, phrases),
            *((Rule(), *_training(office)[:-1]) if office.is_training else ()),
            Cut(),
        )
    )


def list_receipt(service: ServiceInfo, office: OfficeMessage, phrases: Phrases, *, columns: int) -> Receipt:
    """Return the paper with what a service needs, for whoever comes another time: it carries no number."""
    language = phrases.language
    begin: Align = "right" if phrases.rtl else "left"
    return Receipt(
        (
            *_training(office),
            Text(in_language(office.office.name, language), align="center", bold=True),
            Rule(),
            Text(phrases.say("No queue number"), align="center", invert=True),
            Blank(),
            large(in_language(service.name, language), columns=columns),
            Blank(),
            Text(phrases.say("Please bring:"), bold=True, align=begin),
            *(
                Text(BOX + document, hanging=len(BOX), align=begin)
                for document in list_in_language(service.documents, language)
            ),
            Rule(),
            *_told(phrases.say("Fee"), in_language(service.fee, language), begin),
            *_told(phrases.say("Processing time"), in_language(service.time, language), begin),
            Cut(),
        )
    )


def complaint_receipt(receipt: Complained, office: OfficeMessage, phrases: Phrases, *, columns: int) -> Receipt:
    """Return the paper that whoever complained takes along: number, code, latest date, and where the answer stands."""
    begin: Align = "right" if phrases.rtl else "left"
    code = " ".join(receipt.secret[at : at + 4] for at in range(0, len(receipt.secret), 4))
    return Receipt(
        (
            *_training(office),
            Text(in_language(office.office.name, phrases.language), align="center", bold=True),
            Rule(),
            Text(phrases.say("We have received it"), align="center"),
            Blank(),
            Text(phrases.say("Number"), align="center"),
            Text(receipt.number, align="center", width=2, height=2, bold=True),
            Blank(),
            Text(phrases.say("Code"), align="center"),
            large(code, columns=columns),
            Blank(),
            *_told(phrases.say("Looked at by"), phrases.date(receipt.verify_by), begin),
            *_told(phrases.say("Answered by"), phrases.date(receipt.answer_by), begin),
            Text(phrases.say(_KEEP), align=begin),
            *((Blank(), Qr(receipt.qr, module_dots=QR_MODULE_DOTS)) if receipt.qr else ()),
            Cut(),
        )
    )


_KEEP = mark("With number and code you can look up the answer. Please keep both: nobody can tell you the code later.")


def _told(label: str, value: str, begin: Align) -> tuple[Item, ...]:
    return (Text(label, bold=True, align=begin), Text(value, align=begin), Blank()) if value else ()


def _head(ticket: Ticket, office: OfficeMessage, phrases: Phrases) -> tuple[Item, ...]:
    name = Text(in_language(office.office.name, phrases.language), align="center", bold=True)
    marked = _training(office)
    if not ticket.copies:
        return (*marked, name, Rule())
    copy = Text(phrases.say("COPY"), align="center", width=2, height=2, bold=True, invert=True)
    return (*marked, name, Rule(), copy, Blank())


def _training(office: OfficeMessage) -> tuple[Item, ...]:
    """Return what stands above and below on the papers of a training, in every language: nobody waits with one."""
    if not office.is_training:
        return ()
    words = words_of("kiosk", office.languages)
    large_words = dict.fromkeys(words(language).say("TRAINING") for language in office.languages)
    return (
        *(Text(word, align="center", width=2, height=2, bold=True, invert=True) for word in large_words),
        *(Text(part, align="center", bold=True) for part in training_mark(office.languages).split(" \N{MIDDLE DOT} ")),
        Rule(),
    )


def _number(ticket: Ticket, lane: LaneInfo | None, phrases: Phrases, *, columns: int) -> tuple[Item, ...]:
    size = max(1, min(MAX_NUMBER_SIZE, columns // max(len(ticket.number), 1)))
    items: list[Item] = [
        Text(phrases.say("Your queue number"), align="center"),
        Text(ticket.number, align="center", width=size, height=size, bold=True),
    ]
    if lane is not None and lane.letter:
        items += [Blank(), ShapeMark(lane.shape, lane.letter, in_language(lane.name, phrases.language))]
    return (*items, Blank())


def _code(ticket: Ticket, office: OfficeMessage, phrases: Phrases) -> tuple[Item, ...]:
    """Return what only the paper tells, named in every language: whoever types it may speak another one."""
    if ticket.check is None:
        return ()
    words = words_of(phrases.package, office.languages)
    names = dict.fromkeys(words(language).say("Code") for language in office.languages)
    return (
        Text(" / ".join(names), align="center"),
        Text(ticket.check, align="center", width=CODE_SIZE, height=CODE_SIZE, bold=True),
        Text(phrases.say("For the kiosk, not your number"), align="center"),
        Blank(),
    )


def _purpose(
    ticket: Ticket, office: OfficeMessage, service: ServiceInfo | None, phrases: Phrases, *, columns: int
) -> tuple[Item, ...]:
    at = ticket.issued_at.astimezone(ZoneInfo(office.office.timezone))
    name = ticket.service if service is None else in_language(service.name, phrases.language)
    return (
        large(name, columns=columns),
        Text(phrases.date(at.date()), align="center"),
        Text(phrases.say("at {time}", time=phrases.clock(at)), align="center"),
        Rule(),
    )


WAIT_UNKNOWN = mark("Wait unknown")


def turn_words(since: dt.datetime, phrases: Phrases) -> str:
    """Return from when a number in advance counts: one of 900 and more would else look like a very long queue."""
    return phrases.say("Your turn counts from {time}, whatever your number.", time=phrases.clock(since))


def _waiting(ticket: Ticket, office: OfficeMessage, phrases: Phrases, *, columns: int) -> tuple[Item, ...]:
    if not ticket.is_wait_known:
        since = ticket.waiting_since.astimezone(ZoneInfo(office.office.timezone))
        return (
            large(phrases.say(WAIT_UNKNOWN), columns=columns),
            Text(turn_words(since, phrases), align="center", bold=True),
            Text(phrases.say("Please stay near, you will be called."), align="center"),
            Rule(),
        )
    if ticket.ahead:
        ahead = phrases.count("{n} person is before you", "{n} people are before you", ticket.ahead)
    else:
        ahead = phrases.say("You are first in line")
    wait: tuple[Item, ...]
    if ticket.wait is None:
        wait = (
            Blank(),
            large(phrases.say("No counter is open yet"), columns=columns),
            Text(phrases.say("Please stay near, you will be called."), align="center"),
        )
    else:
        wait = (
            Text(phrases.say("Expected wait"), align="center"),
            large(phrases.wait(ticket.wait.low_s, ticket.wait.high_s), columns=columns),
        )
    return (large(ahead, columns=columns), *wait, Rule())


def _documents(service: ServiceInfo | None, phrases: Phrases) -> tuple[Item, ...]:
    documents = () if service is None else list_in_language(service.documents, phrases.language)
    if not documents:
        return ()
    begin: Align = "right" if phrases.rtl else "left"
    return (
        Text(phrases.say("Please have these ready:"), align=begin, bold=True),
        *(Text(BULLET + document, align=begin, hanging=len(BULLET)) for document in documents),
        Rule(),
    )


def _on_phone(ticket: Ticket, phrases: Phrases, wifi: Wifi | None, *, columns: int) -> tuple[Item, ...]:
    """Return what leads a phone to the ticket's page. The ticket's own code is the last one: scanners take that too."""
    if key_of(ticket.qr) is None:
        return ()
    title = Text(phrases.say("Follow your number on your phone"), align="center", bold=True)
    if wifi is None:
        return (title, Text(phrases.say("Point its camera at this code."), align="center"))
    password = (
        ()
        if wifi.password is None
        else (Text(phrases.say("Password"), align="center"), Text(wifi.password, align="center", height=2, bold=True))
    )
    return (
        title,
        Blank(),
        Text(phrases.say("1. Join the Wi-Fi:"), align="center"),
        large(wifi.name, columns=columns),
        *password,
        Qr(wifi.qr, module_dots=WIFI_MODULE_DOTS),
        Text(phrases.say("2. Then point its camera at this code:"), align="center"),
    )


def _foot(ticket: Ticket, phrases: Phrases) -> tuple[Item, ...]:
    return (
        Qr(ticket.qr, module_dots=QR_MODULE_DOTS),
        Text(phrases.say("Please keep this ticket until you are done."), align="center"),
        Text(phrases.say("Thank you for waiting."), align="center", bold=True),
    )
