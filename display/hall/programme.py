"""Which page of the panel is on: no service later than four minutes, first those that people wait for. Pure.

A page stays as long as it takes to read, two words a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from broker.contract.messages import (
    Announcement,
    DayMessage,
    FeedbackMessage,
    HallMessage,
    OfficeMessage,
    Place,
    ResultsMessage,
)
from broker.language import Phrases
from display.pages.panel import (
    InfoPage,
    MediaPage,
    announcement_pages,
    notice_pages,
    overview_pages,
    procedure_pages,
    waiting_for,
)
from display.pages.places import places_pages
from display.pages.results import Ways, count_pages, survey_pages, wait_pages

LATEST_S = 240.0
"""So long at most a service is not on the panel."""
ROUND_S = 200.0
"""So long one round of everything takes at most: what is left of `LATEST_S` goes to services that people wait for."""
SHORTEST_S = 4.0
"""No page stands shorter while a round has the time for it: it would be gone before it is found."""
BREAK_S = 10.0
"""After a longer break, a page that had been read for the most part is not gone on with."""
_LEVELS = 3
PlacesByNumber = tuple[tuple[Place, dt.datetime], ...]
FitsAt = Callable[[InfoPage, int], bool]
OVERVIEW, NOTICES, ANNOUNCED, MEDIA = "*overview", "*notices", "*announced", "*media"
SURVEYS, COUNTS, PLACES = "*surveys", "*counts", "*places"
_OTHERS = (OVERVIEW, PLACES, NOTICES, ANNOUNCED, MEDIA, SURVEYS, COUNTS)
"""Stand among the ids of services, none of which has a star."""


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
    is_first = left_at_s[due[0]] == left_at_s[due[-1]]
    for name in due if is_first else due[:-1]:
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
    """Turns the panel; fed with what the office offers, who waits, and how much room calls leave."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        phrases: Callable[[str], Phrases],
        least_s: float,
        ways: Ways = Ways(),  # noqa: B008 - frozen
    ) -> None:
        """`least_s` is how long a page stays at least, where a round has the time for it; `ways`: how one complains."""
        self._monotonic = monotonic
        self._phrases = phrases
        self._least_s = least_s
        self._office: OfficeMessage | None = None
        self._hall: HallMessage | None = None
        self._day: DayMessage | None = None
        self._announced: tuple[Announcement, ...] = ()
        self._media: tuple[MediaPage, ...] = ()
        self._ways = ways
        self._published: FeedbackMessage | None = None
        self._waits: ResultsMessage | None = None
        self._places: PlacesByNumber = ()
        self._heard: PlacesByNumber = ()
        """What was told of them since: a list in which somebody looks for a number does not move under their eyes."""
        self._zone: dt.tzinfo | None = None
        self._fits: FitsAt = lambda _page, _level: True
        self._names: tuple[str, ...] = ()
        self._cut: dict[tuple[str, int], tuple[InfoPage, ...]] = {}
        """The pages of each, cut to the room of a level, once they were needed."""
        self._start: dict[str, tuple[int, ...]] = {}
        """From where each goes on."""
        self._left_at_s: dict[str, float] = {}
        self._lasts_s: dict[str, float] = {}
        self._pace = 1.0
        self._level: int | None = 0
        self._cut_to = 0
        self._on = ""
        self._begun_at_s = self._ends_at_s = 0.0
        self._hidden_at_s: float | None = None
        """Since when calls leave no room."""

    def offer(self, office: OfficeMessage, fits: FitsAt) -> None:
        """Take in what the office offers, and what the panel has room for; what is on begins anew if it has changed."""
        before = self.page
        self._office, self._fits = office, fits
        self._zone = ZoneInfo(office.office.timezone)
        self._cut.clear()
        self._arrange(before)

    def _arrange(self, before: InfoPage | None) -> None:
        """Give all that has pages its time in the round; what is on begins anew if it is not `before` any more."""
        if self._office is None:
            return
        now_s = self._monotonic()
        services = tuple(service.id for service in self._office.services)
        self._names = tuple(name for name in (*services, *_OTHERS) if self._pages(name, 0))
        self._left_at_s = {name: self._left_at_s.get(name, now_s) for name in self._names}
        self._pace = 1.0
        lasts_s = {name: max(map(self._stays_s, self._pages(name, 0))) for name in self._names}
        self._pace = min(1.0, ROUND_S / max(1.0, sum(lasts_s.values())))
        self._lasts_s = {name: seconds * self._pace for name, seconds in lasts_s.items()}
        if self._names and (before is None or self.page != before):
            self._begin(now_s)

    def figures(self, hall: HallMessage | None, day: DayMessage | None) -> None:
        """Take in who waits, and what the day came to."""
        before, had_notices = self.page, bool(self._pages(NOTICES, 0))
        self._hall, self._day = hall, day
        self._forget(OVERVIEW, NOTICES)
        if bool(self._pages(NOTICES, 0)) != had_notices:
            self._arrange(before)

    def announce(self, announced: tuple[Announcement, ...]) -> None:
        """Take in what is announced now."""
        if announced != self._announced:
            before, self._announced = self.page, announced
            self._forget(ANNOUNCED)
            self._arrange(before)

    def show(self, media: tuple[MediaPage, ...]) -> None:
        """Take in which pictures and films there are to show between the procedures."""
        if media != self._media:
            before, self._media = self.page, media
            self._forget(MEDIA)
            self._arrange(before)

    def publish(self, published: FeedbackMessage | None) -> None:
        """Take in what the office publishes of its visitors' voice."""
        if published != self._published:
            before, self._published = self.page, published
            self._forget(SURVEYS, COUNTS)
            self._arrange(before)

    def publish_waits(self, waits: ResultsMessage | None) -> None:
        """Take in what the office publishes of its waits."""
        if waits != self._waits:
            before, self._waits = self.page, waits
            self._forget(COUNTS)
            self._arrange(before)

    def stand(self, places: PlacesByNumber) -> None:
        """Take in where everybody stands who waits; it is shown when its next turn comes."""
        self._heard = places
        if bool(places) != bool(self._places) and self._office is not None:
            before = self.page
            self._take_places()
            self._arrange(before)

    def _take_places(self) -> None:
        self._places = self._heard
        self._forget(PLACES)

    def _forget(self, *names: str) -> None:
        """Let these be cut anew. The procedures stay cut: of a whole office they take longer than a frame."""
        for name in names:
            for level in range(_LEVELS):
                self._cut.pop((name, level), None)

    def crowd(self, level: int | None) -> None:
        """Take note how much room calls leave: 0 is the most, None is none.

        Afterwards the page that was on has the rest of its time, unless most of it was read; then comes whatever was
        away the longest. No service is away for more than `LATEST_S` of the time in which there is room, nor once so
        long has passed since the last time without.
        """
        if level is None and self._level is not None:
            self._hidden_at_s = self._monotonic()
        elif level is not None and self._level is None and self._hidden_at_s is not None:
            self._return(self._hidden_at_s)
            self._hidden_at_s = None
        self._level = level
        if level is not None:
            # Only to less room while a page is on: nobody has to find their line again because a call has ended.
            self._cut_to = max(self._cut_to, level)
            if self._on in self._names and not self._pages(self._on, self._cut_to):
                self._begin(self._monotonic())

    def tick(self) -> None:
        """Turn to the next page when this one was read."""
        now_s = self._monotonic()
        if self._names and self._hidden_at_s is None and now_s >= self._ends_at_s:
            self._turn(left_at_s=now_s)

    @property
    def page(self) -> InfoPage | None:
        """Return what is on now; None before the office is known."""
        pages = self._pages(self._on, self._cut_to) if self._on in self._names else ()
        return pages[self._place(pages)] if pages else None

    def _return(self, hidden_at_s: float) -> None:
        """Go on where calls took the room: what is not seen takes no time, but whoever was away was."""
        away_s = self._monotonic() - hidden_at_s
        stays_s, rest_s = self._ends_at_s - self._begun_at_s, self._ends_at_s - hidden_at_s
        self._begun_at_s, self._ends_at_s = self._begun_at_s + away_s, self._ends_at_s + away_s
        if self._names and away_s >= BREAK_S and rest_s < stays_s / 2:
            self._turn(left_at_s=hidden_at_s)

    def _turn(self, *, left_at_s: float) -> None:
        """Turn to what comes next; what was on was seen until `left_at_s`."""
        self._left_at_s[self._on] = left_at_s
        pages = self._pages(self._on, self._cut_to)
        if pages:
            self._start[self._on] = pages[(self._place(pages) + 1) % len(pages)].start
        self._begin(self._monotonic())

    def _begin(self, now_s: float) -> None:
        self._take_places()
        services = self._office.services if self._office else ()
        waiting = {PLACES, *(service.id for service in services if waiting_for(service.id, self._hall))}
        self._cut_to = self._level or 0
        lasts_s = {name: seconds for name, seconds in self._lasts_s.items() if self._pages(name, self._cut_to)}
        # What calls leave no room for is owed no turn: else it would push services aside when they have ended.
        self._left_at_s |= dict.fromkeys(self._lasts_s.keys() - lasts_s.keys(), now_s)
        self._on = next_up(lasts_s, self._left_at_s, waiting=waiting, now_s=now_s)
        page = self.page
        self._begun_at_s, self._ends_at_s = now_s, now_s + (self._stays_s(page) if page else 0.0)
        if self._hidden_at_s is not None:
            self._hidden_at_s = now_s

    def _place(self, pages: Sequence[InfoPage]) -> int:
        """Return the place of the page where this one goes on, in whatever way it is cut."""
        start = self._start.get(self._on, ())
        return max((place for place, page in enumerate(pages) if page.start <= start), default=0)

    def _stays_s(self, page: InfoPage) -> float:
        least_s = min(self._least_s, ROUND_S / max(1, len(self._names)))
        return max(least_s, page.reading_s) * self._pace

    def _pages(self, name: str, level: int) -> tuple[InfoPage, ...]:
        key = name, level
        if key not in self._cut:
            self._cut[key] = tuple(self._cut_anew(name, level))
        return self._cut[key]

    def _cut_anew(self, name: str, level: int) -> Iterator[InfoPage]:
        office, words = self._office, self._phrases
        if office is None:
            return

        def fits(page: InfoPage) -> bool:
            return self._fits(page, level)

        match name:
            case "*media":
                yield from self._media
            case "*announced":
                yield from announcement_pages(office, self._announced, phrases=words)
            case "*notices":
                yield from notice_pages(office, self._hall, self._day, phrases=words)
            case "*overview":
                yield from overview_pages(office, self._hall, self._day, phrases=words, fits=fits)
            case "*places":
                yield from places_pages(self._places, office.languages, phrases=words, fits=fits, zone=self._zone)
            case "*surveys":
                yield from survey_pages(self._published, office.languages, phrases=words, fits=fits)
            case "*counts":
                counted = self._published
                yield from wait_pages(self._waits, office, phrases=words, fits=fits)
                yield from count_pages(counted, office.languages, phrases=words, fits=fits, ways=self._ways)
            case _:
                seconds = max(SHORTEST_S, ROUND_S / (len(office.services) + len(_OTHERS)))
                service = next(service for service in office.services if service.id == name)
                yield from procedure_pages(service, office.languages, phrases=words, fits=fits, seconds=seconds)
