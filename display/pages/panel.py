"""What the information panel turns through: each service's procedure, and who waits; language after language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from babel.dates import format_date

from broker.contract.messages import HallMessage, OfficeMessage, ServiceInfo, Wait
from broker.language import Phrases, mark

Item = TypeVar("Item")
Lines = Callable[[str], int]
"""Tells how many lines a text takes in the panel."""

_SECTIONS = (mark("Documents to bring"), mark("How it goes"), mark("Fee and time"))


@dataclass(frozen=True, slots=True)
class ProcedurePanel:
    """A service in one language, and as much of a section of its procedure as fits."""

    language: str
    letter: str
    service: str
    section: str
    items: tuple[str, ...]
    part: int = 1
    parts: int = 1
    numbered_from: int | None = None
    """Number of the first item where the order matters."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """How many wait for one service, and how long a newcomer would."""

    letter: str
    service: str
    count: str
    wait: str


@dataclass(frozen=True, slots=True)
class WaitingPanel:
    """As many services as fit, with what waits for them."""

    language: str
    title: str
    rows: tuple[WaitingLine, ...]


def procedure_panels(
    office: OfficeMessage, *, phrases: Callable[[str], Phrases], lines: Lines, room: int
) -> tuple[ProcedurePanel, ...]:
    """Return all procedures in turn; `room` is how many lines of text the panel holds."""
    return tuple(
        panel
        for service in office.services
        for language in office.languages
        for panel in _procedure(service, phrases(language), lines, room)
    )


def waiting_panel(
    office: OfficeMessage, hall: HallMessage | None, *, phrases: Phrases, name_lines: Lines, room: int, round_: int
) -> WaitingPanel:
    """Return who waits; where not all services fit, each round shows the next of them."""

    def needs(service: ServiceInfo) -> int:
        return name_lines(service.name.get(phrases.language, service.id)) + 1

    blocks = tuple(chunks(office.services, needs, room))
    rows = tuple(_waiting_line(service, office, hall, phrases) for service in blocks[round_ % len(blocks)])
    return WaitingPanel(phrases.language, phrases.say("Waiting now"), rows)


def _procedure(service: ServiceInfo, phrases: Phrases, lines: Lines, room: int) -> Iterator[ProcedurePanel]:
    language = phrases.language
    closing = tuple(
        text
        for text in (
            phrases.say("Fee: {fee}", fee=service.fee[language]) if service.fee.get(language) else "",
            phrases.say("Time: {time}", time=service.time[language]) if service.time.get(language) else "",
            phrases.say(
                "In force since {date}. Source: {source}",
                date=format_date(service.effective_from, "long", locale=language),
                source=service.source,
            )
            if service.effective_from  # else the procedure has not come yet
            else "",
        )
        if text
    )
    sections = (service.documents.get(language, ()), service.steps.get(language, ()), closing)
    for title, items in zip(_SECTIONS, sections, strict=True):
        ordered = title == _SECTIONS[1]
        parts = tuple(chunks(items, lines, room))
        first = 1
        for index, chunk in enumerate(parts):
            yield ProcedurePanel(
                language=language,
                letter=service.letter,
                service=service.name.get(language, service.id),
                section=phrases.say(title),
                items=chunk,
                part=index + 1,
                parts=len(parts),
                numbered_from=first if ordered else None,
            )
            first += len(chunk)


def chunks(items: Sequence[Item], needs: Callable[[Item], int], room: int) -> Iterator[tuple[Item, ...]]:
    """Yield runs of items that fit into `room` lines; an item too long for any panel stands alone."""
    run: list[Item] = []
    used = 0
    for item in items:
        needed = needs(item)
        if run and used + needed > room:
            yield tuple(run)
            run, used = [], 0
        run.append(item)
        used += needed
    if run:
        yield tuple(run)


def _waiting_line(
    service: ServiceInfo, office: OfficeMessage, hall: HallMessage | None, phrases: Phrases
) -> WaitingLine:
    groups = hall.waiting if hall else ()
    wait = _newcomers_wait(service, office, hall)
    return WaitingLine(
        letter=service.letter,
        service=service.name.get(phrases.language, service.id),
        count=str(sum(group.count for group in groups if group.service == service.id)),
        wait=phrases.say("No counter is open yet")
        if wait is None
        else phrases.say("Wait: {range}", range=phrases.wait(wait.low_s, wait.high_s)),
    )


def _newcomers_wait(service: ServiceInfo, office: OfficeMessage, hall: HallMessage | None) -> Wait | None:
    """Return the wait of whoever drew a number now: in the first lane, before the first stage."""
    newcomer = (service.id, service.stages[0], office.lanes[0].id)
    for group in hall.waiting if hall else ():
        if (group.service, group.stage, group.lane) == newcomer:
            return group.wait
    return None
