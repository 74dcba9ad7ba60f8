"""Which page of the information panel is on: no service later than four minutes, first those that people wait for. Pure.

A page stays as long as it takes to read, two words a second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from broker.contract.messages import HallMessage, OfficeMessage
from broker.language import Phrases
from display.pages.panel import Fits, InfoPage, overview_pages, procedure_pages, waiting_for

LATEST_S = 240.0
"""So long at most a service is not on the panel."""
ROUND_S = 200.0
"""So long one round of everything takes at most: what is left of `LATEST_S` goes to services that people wait for."""
SHORTEST_S = 4.0
"""No page stands shorter while a round has the time for it: it would be gone before it is found."""
OVERVIEW = "*overview"
"""Stands among the ids of services, none of which has a star."""


def next_up(
    lasts_s: Mapping[str, float],
    left_at_s: Mapping[str, float],
    *,
    waiting: Collection[str],
    now_s: float,
    latest_s: float = LATEST_S,
) -> str:
    """Return what comes next, of all that `lasts_s` names with how long a turn of it takes at most.

    `left_at_s` is when each was last on the panel. What people wait for comes first, the one that was away the longest;
    it gives way as soon as another one would otherwise be later than `latest_s`. Nothing comes twice in a row.
    """
    due = sorted(lasts_s, key=lambda name: left_at_s[name])
    for name in due[:-1] or due:
        if name in waiting and _are_in_time(due, lasts_s, left_at_s, first=name, earliest_s=now_s - latest_s):
            return name
    return due[0]


def _are_in_time(
    due: list[str], lasts_s: Mapping[str, float], left_at_s: Mapping[str, float], *, first: str, earliest_s: float
) -> bool:
    """Tell whether all others, in the order in which they are due, still come in time after `first`."""
    elapsed_s = lasts_s[first]
    for name in due:
        if name != first:
            if left_at_s[name] < earliest_s + elapsed_s:
                return False
            elapsed_s += lasts_s[name]
    return True


class Programme:
    """Turns the panel; fed with what the office offers and who waits."""

    def __init__(self, monotonic: Callable[[], float], *, phrases: Callable[[str], Phrases], least_s: float) -> None:
        """`least_s` is how long a page stays at least, where a round has the time for it."""
        self._monotonic = monotonic
        self._phrases = phrases
        self._least_s = least_s
        self._office: OfficeMessage | None = None
        self._hall: HallMessage | None = None
        self._fits: Fits = lambda _page: True
        self._pages: dict[str, tuple[InfoPage, ...]] = {}
        self._shown: dict[str, int] = {}
        """How often each was on."""
        self._left_at_s: dict[str, float] = {}
        self._pace = 1.0
        self._on = ""
        self._ends_at_s = 0.0
        self._seen_at_s = 0.0
        self.turns = 0

    def offer(self, office: OfficeMessage, fits: Fits) -> None:
        """Take in what the office offers, and what the panel has room for; what is on begins anew if it has changed."""
        self._office, self._fits = office, fits
        now_s = self._monotonic()
        on = self._page_on()
        seconds = ROUND_S / (len(office.services) + 1)
        self._pages = {
            service.id: procedure_pages(
                service, office.languages, phrases=self._phrases, fits=fits, seconds=max(SHORTEST_S, seconds)
            )
            for service in office.services
        }
        self._pages = {name: pages for name, pages in self._pages.items() if pages}
        self._pages[OVERVIEW] = self._overview()
        self._left_at_s = {name: self._left_at_s.get(name, now_s) for name in self._pages}
        self._pace = 1.0
        self._pace = min(1.0, ROUND_S / sum(self._lasts_s().values()))
        if self._on not in self._pages or self._page_on() != on:
            self._begin(now_s)

    def figures(self, hall: HallMessage | None) -> None:
        """Take in who waits."""
        self._hall = hall
        if self._office is not None:
            self._pages[OVERVIEW] = self._overview()

    def tick(self, *, is_seen: bool) -> bool:
        """Turn to the next page when this one was read; tell whether it was. What is not seen takes no time."""
        now_s = self._monotonic()
        if not is_seen:
            unseen_s = now_s - self._seen_at_s
            self._ends_at_s += unseen_s
            self._left_at_s = {name: at_s + unseen_s for name, at_s in self._left_at_s.items()}
        self._seen_at_s = now_s
        if not self._pages or now_s < self._ends_at_s:
            return False
        self._left_at_s[self._on] = now_s
        self._shown[self._on] = self._shown.get(self._on, 0) + 1
        self._begin(now_s)
        return True

    @property
    def page(self) -> InfoPage | None:
        """Return what is on now; None before the office is known."""
        return self._page_on()

    def _begin(self, now_s: float) -> None:
        waiting = {service.id for service in self._office.services if waiting_for(service.id, self._hall)} if self._office else set()
        self._on = next_up(self._lasts_s(), self._left_at_s, waiting=waiting, now_s=now_s)
        page = self._page_on()
        self._ends_at_s = now_s + (self._stays_s(page) if page else 0.0)
        self._seen_at_s = now_s
        self.turns += 1

    def _page_on(self) -> InfoPage | None:
        pages = self._pages.get(self._on, ())
        return pages[self._shown.get(self._on, 0) % len(pages)] if pages else None

    def _lasts_s(self) -> dict[str, float]:
        return {name: max(map(self._stays_s, pages)) for name, pages in self._pages.items()}

    def _stays_s(self, page: InfoPage) -> float:
        least_s = min(self._least_s, ROUND_S / max(1, len(self._pages)))
        return max(least_s, page.reading_s) * self._pace

    def _overview(self) -> tuple[InfoPage, ...]:
        office = self._office
        if office is None:
            return ()
        return tuple(
            page
            for language in office.languages
            for page in overview_pages(
                office, self._hall, last=lambda _service: "", phrases=self._phrases(language), fits=self._fits
            )
        )
