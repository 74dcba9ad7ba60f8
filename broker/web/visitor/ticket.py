"""What the page of a ticket says: where it stands, when its turn comes, what to do. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, assert_never

from broker.contract.messages import Announcement, OfficeMessage, ServiceInfo, Ticket
from broker.language import Phrases, bare_counter, mark
from broker.web.page import LaneMark, in_language, lane_mark

SOON = 3
"""Whoever has no more visitors than this ahead should stay near."""
WORTH_LEAVING_S = 30 * 60
"""Who waits at least so long may go out."""
BACK_EARLY_S = 10 * 60
"""And should be back so long before the earliest moment of the call."""
_FIVE = dt.timedelta(minutes=5)

Kind = Literal["waiting", "soon", "called", "serving", "held", "missed", "finished", "cancelled"]
Progress = Literal["done", "now", "next"]


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the visit."""

    name: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Link:
    """Where to go from here."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class TicketPage:
    """The part of the page that changes while it is open."""

    kind: Kind
    number: str
    lane: LaneMark | None
    service: str
    headline: str
    text: str
    title: str
    """What the browser's tab says."""
    said: str
    """What is read out when it changes; little, so that not every change is."""
    call: str = ""
    """Which call this is: another one rings again."""
    facts: tuple[tuple[str, str], ...] = ()
    back_at: str = ""
    steps: tuple[Step, ...] = ()
    may_cancel: bool = False
    may_rejoin: bool = False
    links: tuple[Link, ...] = ()
    old: str = ""
    """Since when nothing of this may be true any more; empty while it is."""
    announced: tuple[str, ...] = ()
    """What the office announces now."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the page of a ticket depends on besides the ticket."""

    words: Phrases
    now: dt.datetime
    """By the engine's clock, in the office's time."""
    offer: OfficeMessage | None = None
    stale_since: dt.datetime | None = None
    called_at: dt.datetime | None = None
    links: tuple[Link, ...] = ()
    """What is asked of whoever is done."""
    announced: tuple[Announcement, ...] = ()

    @property
    def as_of(self) -> str:
        """Return when all this was true, by the engine's clock."""
        return self.words.clock(self.stale_since or self.now)


def ticket_page(ticket: Ticket, around: Around) -> TicketPage:
    """Return what is said of a ticket now."""
    words = around.words
    kind = kind_of(ticket)
    headline, text = _sentences(kind, ticket, around)
    return TicketPage(
        kind=kind,
        number=ticket.number,
        lane=lane_mark(around.offer, ticket.lane, words.language),
        service=_service_name(ticket, around),
        headline=headline,
        text=text,
        title=f"{headline} - {ticket.number}" if kind == "called" else f"{ticket.number} - {headline}",
        said=f"{ticket.number}. {headline}. {text}",
        call=f"{around.called_at}/{ticket.times_called}" if kind == "called" else "",
        facts=tuple(_facts(kind, ticket, around)),
        back_at=_back_at(kind, ticket, around),
        steps=_steps(ticket, around),
        may_cancel=kind in {"waiting", "soon", "called", "held", "missed"},
        may_rejoin=kind == "missed",
        links=around.links if kind == "finished" else (),
        old="" if around.stale_since is None else _old(around, around.stale_since),
        announced=tuple(in_language(one.text, words.language) for one in around.announced),
    )


def kind_of(ticket: Ticket) -> Kind:
    """Return how a ticket stands, as its page tells it."""
    match ticket.state:
        case "waiting":
            return "soon" if ticket.ahead <= SOON and ticket.wait is not None else "waiting"
        case "no_show":
            return "missed"
        case "called" | "serving" | "held" | "finished" | "cancelled":
            return ticket.state
    assert_never(ticket.state)


def _sentences(kind: Kind, ticket: Ticket, around: Around) -> tuple[str, str]:
    words, counter = around.words, _counter(ticket, around)
    match kind:
        case "waiting":
            return words.say("Please wait"), words.say("This page changes by itself when your turn comes.")
        case "soon":
            return _soon(ticket, words), words.say("Please stay near the counters, with your documents in your hand.")
        case "called":
            again = words.say("Please go there now.")
            if ticket.times_called > 1:
                again = words.say("This is call {n}. Please go there now.", n=ticket.times_called)
            return words.say("Counter {counter}", counter=counter), again
        case "serving":
            return words.say("You are at counter {counter}", counter=counter), words.say("An officer is serving you.")
        case _:
            headline, text = _STANDING[kind]
            return words.say(headline), words.say(text)


_STANDING = {
    "held": (
        mark("Your number is set aside for a while"),
        mark("Please stay in the hall: the officer calls you again."),
    ),
    "missed": (
        mark("You were called and did not come"),
        mark("You can come back into the queue with the same number: press the button, or tell an officer."),
    ),
    "finished": (mark("You are done. Thank you for your visit"), mark("You may keep or throw away the paper.")),
    "cancelled": (
        mark("This number was given up"),
        mark("It is not called any more. If you still need something, please take a new number at the kiosk."),
    ),
}


def _soon(ticket: Ticket, words: Phrases) -> str:
    if not ticket.ahead:
        return words.say("You are next")
    return words.count("Only {n} person is before you", "Only {n} people are before you", ticket.ahead)


def _facts(kind: Kind, ticket: Ticket, around: Around) -> Iterator[tuple[str, str]]:
    words = around.words
    if kind in {"waiting", "soon"}:
        ahead = words.say("nobody") if not ticket.ahead else words.count("{n} person", "{n} people", ticket.ahead)
        yield words.say("Before you"), ahead
        if ticket.wait is None:
            yield words.say("Your turn"), words.say("No counter is open for it yet")
        else:
            since = around.stale_since or around.now
            yield words.say("Your turn"), words.about(since, ticket.wait.low_s, ticket.wait.high_s)
    stage = _stage_name(ticket.stage, around)
    if stage and kind not in {"finished", "cancelled"}:
        yield words.say("For"), stage
    if kind == "called" and around.called_at is not None:
        yield words.say("Called at"), words.clock(around.called_at)


def _back_at(kind: Kind, ticket: Ticket, around: Around) -> str:
    """Return until when somebody with a long wait may go out; to be back early enough is what counts."""
    if (
        kind != "waiting"
        or ticket.wait is None
        or ticket.wait.low_s < WORTH_LEAVING_S
        or around.stale_since is not None
    ):
        return ""
    at = around.now + dt.timedelta(seconds=ticket.wait.low_s - BACK_EARLY_S)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return around.words.clock(midnight + (at - midnight) // _FIVE * _FIVE)


def why_others(ticket: Ticket, around: Around) -> tuple[str, ...]:
    """Return why others may be called first, in the words of the office's own rules."""
    words, offer = around.words, around.offer
    if offer is None:
        return ()
    said = [words.say("Each counter serves certain services. So the line for another service may be faster.")]
    promised = {lane.id: lane.promised_wait_s for lane in offer.lanes}
    if offer.policy != "fifo":
        for lane in offer.lanes:
            if lane.id != ticket.lane and lane.promised_wait_s < promised.get(ticket.lane, 0):
                name, rule = in_language(lane.name, words.language), in_language(lane.rule, words.language)
                said.append(words.say("{lane} is called earlier. {rule}", lane=name, rule=rule))
    if max((len(service.stages) for service in offer.services), default=0) > 1:
        said.append(words.say("Whoever goes on to a next counter keeps their place: they have waited before."))
    said.append(words.say("Whoever missed their call comes in again behind the next visitors, never before everybody."))
    return tuple(said)


def documents(ticket: Ticket, around: Around) -> tuple[str, ...]:
    """Return what to have ready."""
    service = _service(ticket, around)
    found: tuple[str, ...] = () if service is None else tuple(in_language(service.documents, around.words.language))
    return found


def _steps(ticket: Ticket, around: Around) -> tuple[Step, ...]:
    service = _service(ticket, around)
    stages = () if service is None else service.stages
    if len(stages) < 2 or ticket.stage not in stages:  # noqa: PLR2004 - one stage is no way
        return ()
    here = len(stages) if ticket.state == "finished" else stages.index(ticket.stage)
    return tuple(
        Step(_stage_name(stage, around), "done" if at < here else "now" if at == here else "next")
        for at, stage in enumerate(stages)
    )


def _old(around: Around, since: dt.datetime) -> str:
    told = around.words.say("Not connected since {time}. What you see was true then.", time=around.words.clock(since))
    return f"{told} {around.words.say('Please stay in the hall and listen: your number keeps its place.')}"


def _service(ticket: Ticket, around: Around) -> ServiceInfo | None:
    services = () if around.offer is None else around.offer.services
    return next((service for service in services if service.id == ticket.service), None)


def _service_name(ticket: Ticket, around: Around) -> str:
    service = _service(ticket, around)
    return "" if service is None else str(in_language(service.name, around.words.language))


def _stage_name(stage: str, around: Around) -> str:
    stages = () if around.offer is None else around.offer.stages
    return next((str(in_language(one.name, around.words.language)) for one in stages if one.id == stage), "")


def _counter(ticket: Ticket, around: Around) -> str:
    counters = () if around.offer is None else around.offer.counters
    label = next((one.label for one in counters if one.id == ticket.counter), ticket.counter or "")
    return bare_counter(label)
