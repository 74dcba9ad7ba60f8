"""What the information panel turns through: each service's procedure, language after language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from babel.dates import format_date

from broker.contract.messages import OfficeMessage, ServiceInfo
from broker.language import Phrases, mark

Item = TypeVar("Item")
Lines = Callable[[str], int]
"""Tells how many lines a text takes in the panel."""

_SECTIONS = (mark("Documents to bring"), mark("How it goes"), mark("Fee and time"))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the panel: a service in one language, and as much of a section as fits."""

    language: str
    letter: str
    service: str
    section: str
    items: tuple[str, ...]
    part: int = 1
    parts: int = 1
    numbered_from: int | None = None
    """Number of the first item where the order matters."""


def pages(office: OfficeMessage, *, phrases: Callable[[str], Phrases], lines: Lines, room: int) -> tuple[Page, ...]:
    """Return all pages in turn; `room` is how many lines of text one page holds."""
    return tuple(
        page
        for service in office.services
        for language in office.languages
        for page in _service_pages(service, phrases(language), lines, room)
    )


def _service_pages(service: ServiceInfo, phrases: Phrases, lines: Lines, room: int) -> Iterator[Page]:
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
            ),
        )
        if text
    )
    sections = (service.documents.get(language, ()), service.steps.get(language, ()), closing)
    for title, items in zip(_SECTIONS, sections, strict=True):
        ordered = title == _SECTIONS[1]
        parts = tuple(chunks(items, lines, room))
        first = 1
        for index, chunk in enumerate(parts):
            yield Page(
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
    """Yield runs of items that fit into `room` lines; an item too long for any page stands alone."""
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
