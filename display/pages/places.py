"""Who waits, by number, with the time at which they are called: for everybody who has no phone. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from broker.contract.messages import OfficeMessage, Place, WaitingMessage
from broker.language import Phrases

_GLANCE_S = 2.0
_ROW_S = 0.4
"""Numbers stand in order: nobody reads the others."""
LEAST_S = 7.0
LEAST_ROWS = 4
SOON_S = 3600
NOBODY_KNOWS = "\N{EN DASH}"
"""Stands where no counter is open for a number yet."""


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """Some of those who wait, in the order of their numbers: (number, from when until when)."""

    language: str
    title: str
    rows: tuple[tuple[str, str], ...]
    start: tuple[int, ...] = ()

    @property
    def reading_s(self) -> float:
        """Return how long it takes to find one's own number."""
        return max(LEAST_S, _GLANCE_S + _ROW_S * len(self.rows))


class Places:
    """Everybody's place, as the engine tells it page by page."""

    def __init__(self) -> None:
        """Begin without having heard anything."""
        self._pages: dict[int, WaitingMessage] = {}

    def heard(self, message: WaitingMessage) -> None:
        """Take in a page; those beyond what counts are old."""
        self._pages[message.page] = message
        if message.page < message.pages:
            self._pages = {page: one for page, one in self._pages.items() if page < message.pages}

    def by_number(self, office: OfficeMessage | None) -> tuple[tuple[Place, dt.datetime], ...]:
        """Return each place of the office's services with the moment that it is counted from, by number.

        Somebody who moved from one page to another stands where it was said last.
        """
        letters = {service.letter for service in office.services} if office is not None else set()
        told = sorted(self._pages.values(), key=lambda message: message.at)
        found = {place.id: (place, message.at) for message in told for place in message.places}
        mine = [one for one in found.values() if one[0].number[:1] in letters]
        return tuple(sorted(mine, key=lambda one: _order(one[0].number)))


def places_pages(
    places: Sequence[tuple[Place, dt.datetime]],
    languages: Sequence[str],
    *,
    phrases: Callable[[str], Phrases],
    fits: Callable[[PlacesPage], bool],
    zone: dt.tzinfo | None,
) -> Iterator[PlacesPage]:
    """Yield who waits, on as many pages as it takes, the languages by turns: only a title differs.

    Where they are too many for one page, those are told who are called within the hour. Nothing where nobody waits, or
    where a page would hold so few that nobody would live to see their own.
    """
    cut: list[list[PlacesPage]] = []
    for words in map(phrases, languages):
        bare = PlacesPage(words.language, words.say("When numbers are called, about"), ())
        rows = _rows(places, words, zone)
        if rows and not fits(replace(bare, rows=rows)):
            soon = [one for one in places if one[0].wait is not None and one[0].wait.low_s <= SOON_S]
            rows = _rows(soon, words, zone) or rows
        cut.append(list(_cut(replace(bare, rows=rows), fits)))
    if not all(fits(page) for pages in cut for page in pages):
        return
    if any(len(pages) > 1 and len(pages[0].rows) < LEAST_ROWS for pages in cut):
        return
    for part in range(max(map(len, cut), default=0)):
        pages = cut[part % len(cut)]
        if part < len(pages):
            yield replace(pages[part], start=(part,))


def _rows(
    places: Sequence[tuple[Place, dt.datetime]], words: Phrases, zone: dt.tzinfo | None
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            place.number,
            NOBODY_KNOWS
            if place.wait is None
            else words.span(at.astimezone(zone), place.wait.low_s, place.wait.high_s),
        )
        for place, at in places
    )


def _cut(whole: PlacesPage, fits: Callable[[PlacesPage], bool]) -> Iterator[PlacesPage]:
    """Yield pages of as many rows as fit, about as many on each; one row at least."""
    left = whole.rows
    while left:
        count = _most(whole, left, fits)
        pages = -(-len(left) // count)
        even = -(-len(left) // pages)
        yield replace(whole, rows=left[:even])
        left = left[even:]


def _most(whole: PlacesPage, rows: tuple[tuple[str, str], ...], fits: Callable[[PlacesPage], bool]) -> int:
    """Return how many of the first rows fit: looked for by halves, since a hall may be full."""
    low, high = 1, len(rows)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(replace(whole, rows=rows[:middle])) else (low, middle - 1)
    return low


def _order(number: str) -> tuple[str, int]:
    series, _, figures = number.partition("-")
    return series, int(figures) if figures.isdecimal() else 0
