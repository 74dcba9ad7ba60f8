"""What the information panel shows: each service's procedure, who waits, the promise, hours, pictures. Pure."""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from babel.dates import format_date

from broker.contract.messages import (
    Announcement,
    AnnouncementsMessage,
    DayMessage,
    HallMessage,
    HoursInfo,
    LaneDay,
    LaneInfo,
    OfficeMessage,
    ServiceInfo,
    Wait,
)
from broker.language import Phrases, mark
from display.pages.places import PlacesPage
from display.pages.results import ResultPage
from display.pages.sheet import reading_s

PICTURE_S, FILM_S = 8.0, 20.0
"""So long a picture or a film is on; of a longer film only its beginning is seen."""
_GLANCE_S = 2.0
_SECTIONS = (mark("Documents to bring"), mark("How it goes"), mark("Fee and time"))


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    """A service in one language, and as much of a section of its procedure as is read in one turn."""

    language: str
    of: str
    """Id of the service."""
    letter: str
    service: str
    section: str
    items: tuple[str, ...]
    part: int = 1
    parts: int = 1
    numbered_from: int | None = None
    """Number of the first item where the order matters."""
    continues: bool = False
    """Whether the first item is the rest of one that began on the page before."""
    start: tuple[int, ...] = ()
    """Where it begins among all that is said of the service, however that is cut into pages."""

    @property
    def reading_s(self) -> float:
        """Return how long it takes to read; whose page it is one sees at a glance."""
        return _GLANCE_S + sum(map(reading_s, self.items))


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service of the overview: its last number, how many wait for it, and how long a newcomer would."""

    letter: str
    service: str
    last: str
    count: str
    wait: str


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """As many services as fit, with what waits for them."""

    language: str
    title: str
    last_title: str
    rows: tuple[ServiceLine, ...]
    start: tuple[int, ...] = ()

    @property
    def reading_s(self) -> float:
        """Return how long it takes to find one's own line: nobody reads them all."""
        return max(6.0, 1.5 * len(self.rows))


@dataclass(frozen=True, slots=True)
class NoticePage:
    """What the office has to say: hours, what it promises, a notice of its own."""

    language: str
    title: str
    lines: tuple[str, ...]
    start: tuple[int, ...] = ()

    @property
    def reading_s(self) -> float:
        """Return how long it takes to read."""
        return _GLANCE_S + sum(map(reading_s, self.lines))


@dataclass(frozen=True, slots=True)
class MediaPage:
    """A picture or a film from the office's folder; `moves` is a film."""

    path: str
    moves: bool
    language: str
    start: tuple[int, ...] = ()

    @property
    def reading_s(self) -> float:
        """Return how long it is shown at most."""
        return FILM_S if self.moves else PICTURE_S


InfoPage = ProcedurePage | OverviewPage | NoticePage | MediaPage | ResultPage | PlacesPage
Fits = Callable[[InfoPage], bool]
"""Tells whether a page fits the panel at the least type size."""


def procedure_pages(
    service: ServiceInfo, languages: tuple[str, ...], *, phrases: Callable[[str], Phrases], fits: Fits, seconds: float
) -> tuple[ProcedurePage, ...]:
    """Return the pages of one service: section by section, language by language, each read in about `seconds`."""
    by_language = [_sections(service, phrases(language), fits, seconds) for language in languages]
    return tuple(
        dataclasses.replace(page, start=(place, turn, *page.start))
        for place in range(len(_SECTIONS))
        for turn, sections in enumerate(by_language)
        for page in sections[place]
    )


def overview_pages(
    office: OfficeMessage,
    hall: HallMessage | None,
    day: DayMessage | None,
    *,
    phrases: Callable[[str], Phrases],
    fits: Fits,
) -> tuple[OverviewPage, ...]:
    """Return who waits and which number was the last, on as many pages as it takes, language by language."""
    last = {service.id: service.last or "" for service in (day.services if day else ())}
    pages: list[OverviewPage] = []
    for turn, words in enumerate(map(phrases, office.languages)):
        bare = OverviewPage(words.language, words.say("Waiting now"), words.say("Last number"), ())
        page = bare
        for place, service in enumerate(office.services):
            line = _service_line(service, office, hall, words, last.get(service.id, ""))
            longer = dataclasses.replace(page, rows=(*page.rows, line), start=page.start or (turn, place))
            if page.rows and not fits(longer):
                pages.append(page)
                longer = dataclasses.replace(bare, rows=(line,), start=(turn, place))
            page = longer
        pages.append(page)
    return tuple(pages)


def _sections(
    service: ServiceInfo, phrases: Phrases, fits: Fits, seconds: float
) -> tuple[tuple[ProcedurePage, ...], ...]:
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
    contents = (service.documents.get(language, ()), service.steps.get(language, ()), closing)
    return tuple(
        _numbered(tuple(_parts(_bare(service, phrases, title), items, fits, seconds)), is_ordered=title == _SECTIONS[1])
        for title, items in zip(_SECTIONS, contents, strict=True)
    )


def _bare(service: ServiceInfo, phrases: Phrases, title: str) -> ProcedurePage:
    return ProcedurePage(
        language=phrases.language,
        of=service.id,
        letter=service.letter,
        service=service.name.get(phrases.language, service.id),
        section=phrases.say(title),
        items=(),
        # As wide as it may become, so that what was found to fit still does with its figures.
        part=8,
        parts=8,
        numbered_from=8 if title == _SECTIONS[1] else None,
    )


def _parts(bare: ProcedurePage, items: tuple[str, ...], fits: Fits, seconds: float) -> Iterator[ProcedurePage]:
    """Yield pages that fit and are read in time; an item too long for one goes on on the next, between two words."""
    page = bare

    def takes(longer: ProcedurePage) -> bool:
        return fits(longer) and longer.reading_s <= seconds

    for number, item in enumerate(items):
        words = rest = item.split()
        while rest:
            begun_at = page.start or (number, len(words) - len(rest))
            added = dataclasses.replace(page, items=(*page.items, " ".join(rest)), start=begun_at)
            if takes(added):
                page, rest = added, []
            elif page.items:
                yield page
                page = bare
            else:
                count = _most_words(page, rest, takes)
                begun = " ".join(rest[:count])
                said = begun if count == len(rest) else f"{begun} \N{HORIZONTAL ELLIPSIS}"
                yield dataclasses.replace(page, items=(said,), start=begun_at)
                rest = rest[count:]
                page = dataclasses.replace(bare, continues=bool(rest))
    if page.items:
        yield page


def _most_words(page: ProcedurePage, words: list[str], takes: Callable[[ProcedurePage], bool]) -> int:
    """Return how many words of an item are one page; at least one, and never a single one left behind."""

    def is_too_long(count: int) -> bool:
        return not takes(dataclasses.replace(page, items=(f"{' '.join(words[:count])} \N{HORIZONTAL ELLIPSIS}",)))

    # More words never take less room, so half of what is left is ruled out at a time: each try sets the whole page.
    count = bisect.bisect_left(range(2, len(words) + 1), x=True, key=is_too_long) + 1
    return count - 1 if count > 1 and len(words) - count == 1 else count


def _numbered(pages: tuple[ProcedurePage, ...], *, is_ordered: bool) -> tuple[ProcedurePage, ...]:
    told: list[ProcedurePage] = []
    first = 1
    for part, page in enumerate(pages, 1):
        begins = first - 1 if page.continues else first
        told.append(
            dataclasses.replace(page, part=part, parts=len(pages), numbered_from=begins if is_ordered else None)
        )
        first = begins + len(page.items)
    return tuple(told)


def _service_line(
    service: ServiceInfo, office: OfficeMessage, hall: HallMessage | None, phrases: Phrases, last: str
) -> ServiceLine:
    wait = newcomers_wait(service, office, hall)
    name = service.name.get(phrases.language, service.id)
    return ServiceLine(
        letter=service.letter,
        service=(service.short_name or {}).get(phrases.language, name),
        last=last,
        count=str(waiting_for(service.id, hall)),
        wait=phrases.say("No counter is open yet")
        if wait is None
        else phrases.say("Wait: {range}", range=phrases.wait(wait.low_s, wait.high_s)),
    )


def waiting_for(service: str, hall: HallMessage | None) -> int:
    """Return how many wait for a service, at whatever stage and in whatever lane."""
    return sum(group.count for group in (hall.waiting if hall else ()) if group.service == service)


def newcomers_wait(
    service: ServiceInfo, office: OfficeMessage, hall: HallMessage | None, lane: str = ""
) -> Wait | None:
    """Return the wait of whoever drew a number now: in the first lane or the one asked for, before the first stage."""
    newcomer = (service.id, service.stages[0], lane or office.lanes[0].id)
    for group in hall.waiting if hall else ():
        if (group.service, group.stage, group.lane) == newcomer:
            return group.wait
    return None


def hours_said(hours: HoursInfo, words: Phrases) -> str:
    """Return the hours of today in words."""
    spans = ", ".join(f"{_clock(span.begin, words)}\N{EN DASH}{_clock(span.end, words)}" for span in hours.today)
    return words.say("Hours today: {hours}", hours=spans) if spans else words.say("Closed all day today")


def _clock(at: dt.datetime, words: Phrases) -> str:
    """Return a time of day whose AM or PM never stands on the next line."""
    return words.clock(at).replace(" ", "\N{NO-BREAK SPACE}")


def opening_said(hours: HoursInfo, now: dt.datetime, words: Phrases) -> tuple[str, ...]:
    """Return when it opens next, in words; nothing where nobody knows."""
    at = hours.opens_at
    if at is None:
        return ()
    local = at.astimezone(now.tzinfo)
    if local.date() == now.date():
        return (words.say("Opens again today at {time}", time=_clock(local, words)),)
    return (words.say("Opens again on {day} at {time}", day=words.date(local.date()), time=_clock(local, words)),)


def notice_pages(
    office: OfficeMessage,
    hall: HallMessage | None,
    day: DayMessage | None,
    *,
    phrases: Callable[[str], Phrases],
) -> tuple[NoticePage, ...]:
    """Return what the office promises, how that is kept today, and its hours; nothing where the broker tells none."""
    hours = hall.hours if hall else None
    if hours is None:
        return ()
    kept = {lane.id: lane for lane in (day.lanes if day else ())}
    return tuple(
        NoticePage(
            words.language,
            words.say("Our promise to you"),
            (
                *(line for lane in office.lanes for line in _promise(lane, kept.get(lane.id), words)),
                hours_said(hours, words),
            ),
            start=(turn,),
        )
        for turn, words in enumerate(map(phrases, office.languages))
    )


def announcement_pages(
    office: OfficeMessage, announced: tuple[Announcement, ...], *, phrases: Callable[[str], Phrases]
) -> tuple[NoticePage, ...]:
    """Return a page for each announcement in each language."""
    return tuple(
        NoticePage(words.language, words.say("Please note"), (said,), start=(place, turn))
        for place, announcement in enumerate(announced)
        for turn, words in enumerate(map(phrases, office.languages))
        if (said := announcement.text.get(words.language))
    )


def announced_at(message: AnnouncementsMessage | None, at: dt.datetime) -> tuple[Announcement, ...]:
    """Return what is announced at this moment."""
    return tuple(
        item
        for item in (message.items if message else ())
        if (item.since is None or item.since <= at) and (item.until is None or at < item.until)
    )


def _promise(lane: LaneInfo, kept: LaneDay | None, words: Phrases) -> Iterator[str]:
    """Yield what a lane promises, and of how many today it was kept, once there are some."""
    name, _, _explained = lane.name.get(words.language, lane.id).partition(" (")
    minutes = round(lane.promised_wait_s / 60)
    yield words.count("{lane}: called within {n} minute", "{lane}: called within {n} minutes", minutes, lane=name)
    if kept is not None and kept.called:
        yield words.say("Kept today for {within} of {called}", within=kept.within, called=kept.called)
