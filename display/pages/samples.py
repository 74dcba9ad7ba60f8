"""What a display shows in its main states and with each of its pages, in the office's own texts: to check layouts.

Pure. `antrean check-config` and the tests lay all of it out at the configured size.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator

from broker.config.settings import Settings
from broker.contract.messages import (
    Announcement,
    ComplaintFigures,
    DayMessage,
    ElementResult,
    FeedbackMessage,
    FollowUp,
    HallMessage,
    HoursInfo,
    LaneDay,
    OfficeMessage,
    Place,
    PublishedRow,
    PublishedWaits,
    ResultsMessage,
    ServiceDay,
    Span,
    SurveyResult,
    Wait,
    WaitingGroup,
)
from broker.language import Phrases, bare_counter
from display.hall.board import Call
from display.pages.layout import room_for
from display.pages.lobby import LobbyPage, LobbyState, OfficeTexts, lobby_page, office_texts
from display.pages.panel import (
    InfoPage,
    ProcedurePage,
    announcement_pages,
    notice_pages,
    overview_pages,
    procedure_pages,
)
from display.pages.places import places_pages
from display.pages.results import Ways, count_pages, survey_pages, wait_pages
from display.pages.sheet import Frame

Sample = tuple[str, LobbyPage]
_TURN_S = 20.0
_SECTIONS = ("documents", "way", "fee")
"""Of a service's procedure, in their order."""
_LONGEST_WAIT_S = 7200


def samples(
    settings: Settings,
    office: OfficeMessage,
    frame: Frame,
    phrases: Callable[[str], Phrases],
    *,
    has_panel: bool = True,
    moment: tuple[dt.datetime, HoursInfo] | None = None,
) -> Iterator[Sample]:
    """Yield each state with its name, then every page of the panel under no call, one call and two.

    `moment` is when, and the hours as they are then; an ordinary morning without.
    """
    sampled = _Sampled(settings, office, frame, phrases, has_panel=has_panel, moment=moment)
    yield from sampled.states()
    if has_panel:
        yield from sampled.pages()


@dataclasses.dataclass(frozen=True)
class _Sampled:
    settings: Settings
    office: OfficeMessage
    frame: Frame
    phrases: Callable[[str], Phrases]
    has_panel: bool
    moment: tuple[dt.datetime, HoursInfo] | None = None

    @functools.cached_property
    def texts(self) -> OfficeTexts:
        return office_texts(self.office, self.phrases(self.settings.office.languages[0]).say("Counter"))

    def states(self) -> Iterator[Sample]:
        """Yield calm and crowd, with every counter's label standing large once."""
        panel = self._at(1)
        yield "starting", self._page((), None, is_starting=True)
        yield "closed", self._page((), panel, is_open=False)
        calls = self._calls()
        for place, call in enumerate(calls):
            yield f"call {call.counter_label}", self._page((call,), panel, over=calls[:place])
        yield "called again", self._page((dataclasses.replace(calls[-1], times_called=3),), panel)
        for count in (2, 3, len(calls)):
            yield f"{count} calls", self._page(calls[:count], self._at(2))
        yield "offline", self._page(calls[:2], self._at(2), is_stale=True)
        yield "offline for long", self._page(calls, self._at(2), is_stale=True, is_cut_off=True)
        yield "offline since the start", self._page((), None, is_stale=True, is_cut_off=True)

    def pages(self) -> Iterator[Sample]:
        """Yield every page of the panel, in each room that it is cut to."""
        calls = self._calls()
        for level in range(3):
            for place, (about, info) in enumerate(self._info(level), 1):
                name = f"{about}, page {place} beside {level} calls"
                yield name, self._page(calls[:level], info, over=calls[level:])

    def _at(self, level: int) -> InfoPage | None:
        return next((info for _, info in self._info(level)), None)

    def _info(self, level: int) -> Iterator[tuple[str, InfoPage]]:
        """Yield pages of the panel, and what each is about."""
        if not self.has_panel:
            return
        room = room_for(self.texts, self.frame, has_panel=True)
        office, hall = self.office, self._hall(is_open=True)

        def fits(page: InfoPage) -> bool:
            return room.fits(page, level)

        found: list[tuple[str, Iterable[InfoPage]]] = [
            (
                service.id,
                procedure_pages(service, office.languages, phrases=self.phrases, fits=fits, seconds=_TURN_S),
            )
            for service in office.services
        ]
        zone = self.settings.office.zone
        found += [
            ("who waits", places_pages(self._places(), office.languages, phrases=self.phrases, fits=fits, zone=zone)),
            ("overview", overview_pages(office, hall, self._day, phrases=self.phrases, fits=fits)),
            ("promises", notice_pages(office, hall, self._day, phrases=self.phrases)),
            *((one.id, announcement_pages(office, (one,), phrases=self.phrases)) for one in self._announced),
            ("results", self._results(fits)),
        ]
        for about, pages in found:
            for page in pages:
                section = f", {_SECTIONS[page.start[0]]}" if isinstance(page, ProcedurePage) else ""
                yield about + section, page

    def _places(self) -> tuple[tuple[Place, dt.datetime], ...]:
        """Return a full hall: of each service some who wait, in the last lane with numbers as wide as they become."""
        lane = self.office.lanes[-1].letter
        return tuple(
            (
                Place(
                    id=f"{service.letter}{at}",
                    number=f"{service.letter}{lane if at % 4 == 0 else ''}-{100 + at:03d}",
                    ahead=at,
                    wait=None if at == 1 else Wait(low_s=600 * at, high_s=900 * at + 600),
                ),
                self._now,
            )
            for service in self.office.services
            for at in range(1, 8)
        )

    def _results(self, fits: Callable[[InfoPage], bool]) -> Iterator[InfoPage]:
        """Yield what is published, with names and plans as long as they usually are."""
        languages, words = self.office.languages, self.phrases
        yield from survey_pages(self._published, languages, phrases=words, fits=fits)
        yield from wait_pages(self._waited, self.office, phrases=words, fits=fits)
        ways = Ways(kiosk=True, address="antrian.lan")
        yield from count_pages(self._published, languages, phrases=words, fits=fits, ways=ways)

    def _calls(self) -> tuple[Call, ...]:
        """Return a call to each counter, in lanes and services by turns, with numbers as wide as they usually are."""
        office, now = self.office, self._now
        return tuple(
            Call(
                number=f"{service.letter}{lane.letter}-{100 + place}",
                lane=lane.id,
                language=office.languages[place % len(office.languages)],
                counter=counter.id,
                counter_label=bare_counter(counter.label),
                called_at=now,
                times_called=1,
            )
            for place, counter in enumerate(office.counters)
            for service in (office.services[place % len(office.services)],)
            for lane in (office.lanes[place % len(office.lanes)],)
        )

    def _page(
        self,
        calls: tuple[Call, ...],
        panel: InfoPage | None,
        *,
        over: tuple[Call, ...] = (),
        is_open: bool = True,
        is_stale: bool = False,
        is_cut_off: bool = False,
        is_starting: bool = False,
    ) -> LobbyPage:
        most = room_for(self.texts, self.frame, has_panel=self.has_panel).front_calls
        front = calls[:most]
        state = LobbyState(
            minute=self._now,
            languages=self.office.languages,
            office=None if is_starting else self.office,
            texts=self.texts,
            figures=self._hall(is_open=is_open),
            stale_since=self._now if is_stale else None,
            is_starting=is_starting,
            is_cut_off=is_cut_off,
            standing="alone",
            speaks=None,
            front=front,
            ranks={call.place: rank for rank, call in enumerate(front, 1)},
            speaking=front[0].place if front else None,
            lit=frozenset(call.place for call in front if call.times_called > 1),
            awaited=calls,
            over=over,
            upcoming=frozenset(call.place for call in calls[len(front) :]),
            panel=panel,
            has_panel=self.has_panel,
            footer_turn=0,
            list_turn=0,
            announced=self._announced,
        )
        return lobby_page(state, phrases=self.phrases)

    @property
    def _day(self) -> DayMessage:
        office = self.office
        return DayMessage(
            at=self._now,
            services=tuple(ServiceDay(id=service.id, last=f"{service.letter}-131") for service in office.services),
            lanes=tuple(LaneDay(id=lane.id, promised_min=60, called=230, within=211) for lane in office.lanes),
        )

    @property
    def _published(self) -> FeedbackMessage:
        now = self._now
        lowest = (
            ("time", {"id": "Waktu pelayanan", "en": "Speed of service"}, "Dua loket wawancara dibuka pukul 07.30."),
            ("facilities", {"id": "Sarana dan prasarana", "en": "Facilities"}, "Kursi ruang tunggu ditambah."),
            ("complaints", {"id": "Penanganan pengaduan", "en": "Handling of complaints"}, None),
        )
        result = SurveyResult(
            survey="skm",
            name={"id": "Survei Kepuasan Masyarakat", "en": "Public satisfaction survey"},
            period="2026-08",
            begin=dt.date(2026, 8, 1),
            end=dt.date(2026, 8, 31),
            answers=312,
            wanted=291,
            index=86.25,
            grade="B",
            performance={"id": "Baik", "en": "Good"},
            low=85.04,
            high=87.41,
            elements=tuple(ElementResult(code=code, label=name, value=3.12) for code, name, _ in lowest),
            lowest=tuple(
                FollowUp(code=code, plan=plan, by=dt.date(2026, 12, 31) if plan else None) for code, _, plan in lowest
            ),
            before=(81.9, 82.75, 84.1, 83.88, 85.02),
        )
        figures = ComplaintFigures(since=dt.date(2026, 1, 1), received=128, answered=119, in_time=117)
        return FeedbackMessage(at=now, complaints=figures, ratings=(11, 23, 241, 638), results=(result,))

    @property
    def _waited(self) -> ResultsMessage:
        """Return waits with figures as wide as they get."""
        told = PublishedWaits(n=1234, within=88.8, median_min=12.4, most_min=108.9, served=1200)
        return ResultsMessage(
            at=self._now,
            day=dt.date(2026, 12, 30),
            begin=dt.date(2026, 12, 1),
            total=PublishedRow(id="", day=told, month=told),
            lanes=tuple(PublishedRow(id=one.id, promised_s=3600, day=told, month=told) for one in self.office.lanes),
            services=tuple(PublishedRow(id=one.id, day=told, month=told) for one in self.office.services),
        )

    @property
    def _announced(self) -> tuple[Announcement, ...]:
        return tuple(Announcement(id=item.id, text=item.text) for item in self.settings.announcements)

    @property
    def _now(self) -> dt.datetime:
        if self.moment is not None:
            return self.moment[0]
        return dt.datetime(2026, 9, 30, 10, 58, tzinfo=self.settings.office.zone)

    def _hall(self, *, is_open: bool) -> HallMessage:
        now, office = self._now, self.office
        today = tuple(
            Span(begin=now.replace(hour=begin, minute=0), end=now.replace(hour=end, minute=0))
            for begin, end in ((8, 12), (13, 15))
        )
        opens_at = None if is_open else now + dt.timedelta(days=2)
        count = 0 if not is_open else 23
        waiting = tuple(
            WaitingGroup(
                stage=service.stages[0],
                service=service.id,
                lane=lane.id,
                count=count,
                wait=Wait(low_s=600, high_s=_LONGEST_WAIT_S),
            )
            for service in office.services
            for lane in office.lanes
        )
        hours = HoursInfo(is_open=is_open, today=today, opens_at=opens_at)
        if self.moment is not None:
            hours = self.moment[1].model_copy(update={"is_open": is_open})
        return HallMessage(revision=1, seq=1, at=now, day=now.date(), waiting=waiting, hours=hours)
