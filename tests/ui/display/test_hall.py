"""What stands on the lobby display, minute by minute."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from num2words import num2words
from PIL import Image

from broker.config.slides import Slide, Slides
from broker.contract.clock import EngineClock
from broker.contract.messages import (
    PROTOCOL,
    AnnouncementsMessage,
    ClosedToday,
    CounterInfo,
    DayMessage,
    EventMessage,
    HallMessage,
    HoursInfo,
    IntakeInfo,
    LaneDay,
    Presence,
    ServiceDay,
    Span,
    Wait,
    WaitingGroup,
)
from broker.contract.messages import Announcement as Notice
from broker.contract.slides import MOST, SLIDES_FILE
from broker.language import Phrases
from display.hall.announcer import Announcement, SpeechRules
from display.hall.board import Call, Zone
from display.hall.media import media_in
from display.hall.presenter import CUT_OFF_AFTER_S, LobbyPresenter
from display.pages.layout import lay_out
from display.pages.lobby import CounterName, Room
from display.pages.panel import InfoPage, MediaPage, NoticePage, OverviewPage, ProcedurePage
from display.pages.sheet import Frame
from tests.ui.display.lobby_samples import MORNING, SPEECH, TestClock, called, calling, hall, office, service, told

PAGE_S = 12.0


class Lobby:
    """A display on a table: its clock, its presenter, and what it had spoken."""

    def __init__(
        self,
        page_lines: int = 6,
        speech: SpeechRules = SPEECH,
        zone: Zone | None = None,
        veil: Callable[[dt.time], float] = lambda _at: 0.0,
    ) -> None:
        self.clock = TestClock()
        self.heard: list[Announcement] = []
        self.is_mute = self.is_linked = False
        self._hall, self._heartbeat_s = hall(0, self.clock()), self.clock.ticks_s
        self._ends: list[tuple[Call | None, float]] = []
        self.presenter = LobbyPresenter(
            clock=EngineClock(self.clock.own, self.clock.monotonic),
            languages=("id", "en"),
            phrases=functools.partial(Phrases, "display"),
            announce=self._announce,
            page_s=PAGE_S,
            room=lambda _texts: Room(front_calls=6, fits=lambda page, _level: _lines(page) <= page_lines),
            speech=speech,
            zone=zone or Zone(),
            veil=veil,
        )

    def event(self, event: EventMessage) -> None:
        """Let the engine tell a fact, which is in its next picture too."""
        calls = [call for call in self._hall.calling if call.number != event.number]
        over = [call for call in self._hall.calling if call.number == event.number]
        if event.type in {"called", "recalled"}:
            assert event.number is not None
            calls.insert(
                0, calling(event.number, event.at, counter=event.counter_label or "", times=event.times_called or 1)
            )
            over = []
        recent = (*over, *self._hall.recent)
        self._hall = self._hall.model_copy(update={"seq": event.seq, "calling": tuple(calls), "recent": recent})
        self.presenter.event(event)

    def hall(self, message: HallMessage) -> None:
        """Let the engine publish its picture, which it then repeats."""
        self._hall, self._heartbeat_s = message, self.clock.ticks_s
        self.presenter.hall(message)

    def link(self, *, online: bool) -> None:
        """Let the engine be there, or no longer."""
        self.is_linked = online
        self.presenter.link(online=online)

    def _announce(self, call: Call | None, said: Announcement) -> None:
        self.heard.append(said)
        self._ends.append((call, self.clock.ticks_s + self._lasts_s(said)))

    def forget_speech(self) -> None:
        """Let the sound device never come back from what it says now."""
        self._ends.clear()

    def _lasts_s(self, said: Announcement) -> float:
        return 0.0 if self.is_mute else SPEECH.duration_s(said)

    @property
    def spoken(self) -> list[str]:
        """Return all that was said so far."""
        return [part.text for said in self.heard for part in said.utterances]

    @property
    def on_screen(self) -> dict[str, str]:
        """Return every number on the page with its counter."""
        page = self.presenter.page
        listed = {call.number: call.counter_label for call in page.others}
        return listed | {call.number: call.counter_label for call in page.front}

    @property
    def page(self) -> ProcedurePage:
        """Return the procedure that the panel shows."""
        panel = self.presenter.page.panel
        assert isinstance(panel, ProcedurePage)
        return panel

    def pages(self, seconds: float) -> list[InfoPage]:
        """Return what the panel shows while time passes, page by page."""
        seen: list[InfoPage] = []
        for _ in range(round(seconds)):
            page = self.presenter.page.panel
            if page is not None and page not in seen[-1:]:
                seen.append(page)
            self.run(1)
        return seen

    def run(self, seconds: float) -> None:
        """Let time pass, with a tick every tenth of a second."""
        for _ in range(round(seconds * 10)):
            self.clock.pass_s(0.1)
            if self.is_linked and self.clock.ticks_s - self._heartbeat_s >= 5:
                self.hall(self._hall.model_copy(update={"at": self.clock()}))
            while self._ends and self._ends[0][1] <= self.clock.ticks_s:
                self.presenter.speech_ended(self._ends.pop(0)[0])
            self.presenter.tick()


def _lines(page: InfoPage) -> int:
    match page:
        case ProcedurePage():
            return len(page.items)
        case OverviewPage():
            return len(page.rows)
        case _:
            return 1


@pytest.fixture
def lobby() -> Lobby:
    lobby = Lobby()
    lobby.link(online=True)
    lobby.presenter.office(office())
    lobby.hall(hall(0, lobby.clock()))
    return lobby


def test_a_call_stands_large_and_is_spoken_in_both_languages_with_its_message(lobby: Lobby) -> None:
    lobby.event(called("AP-003", 1, lobby.clock(), language="en"))
    (call,) = lobby.presenter.page.front
    assert (call.number, call.counter_label, call.is_spoken) == ("AP-003", "3", True)
    assert call.counter == CounterName(("COUNTER",), "3"), "in the language of the ticket"
    assert call.lane is not None
    assert (call.lane.letter, call.lane.shape, call.lane.name) == ("P", "diamond", "Priority")
    assert lobby.spoken == ["Number A, P, three. Please go to counter three."]
    lobby.run(15)
    assert lobby.spoken[1:] == ["Nomor antrean A, P, tiga. Silakan menuju loket tiga."]
    assert [said.chime for said in lobby.heard] == [True, False]


# -- bursts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "every_s"), [(6, 0.3), (20, 0.045)])
def test_in_a_burst_every_call_is_on_the_screen_with_its_message_and_every_one_is_spoken_in_order(
    lobby: Lobby, count: int, every_s: float
) -> None:
    numbers = [f"A-{place:03d}" for place in range(1, count + 1)]
    for place, number in enumerate(numbers, 1):
        lobby.event(called(number, place, lobby.clock(), counter=str(place)))
        assert lobby.on_screen == {shown: str(nth) for nth, shown in enumerate(numbers[:place], 1)}
        lobby.clock.pass_s(every_s)
        lobby.presenter.tick()
    assert len(lobby.presenter.page.front) == 6
    for _ in range(count * 8):
        lobby.run(1)
        assert set(lobby.on_screen) == set(numbers)
    assert _said_numbers(lobby) == list(range(1, count + 1))
    assert [said.chime for said in lobby.heard].count(True) == 1, "no chime between"


def test_the_more_wait_the_less_is_said(lobby: Lobby) -> None:
    for place in range(1, 7):
        lobby.event(called(f"A-{place:03d}", place, lobby.clock(), language="en", counter=str(place)))
    lobby.run(120)
    assert lobby.spoken == [
        "Number A, one. Please go to counter one.",  # it came alone, and its second language gives way
        "A, two, counter two.",
        "A, three, counter three.",
        "Number A, four. Please go to counter four.",
        "Number A, five. Please go to counter five.",
        "Number A, six. Please go to counter six.",
        "Nomor antrean A, enam. Silakan menuju loket enam.",
    ]


def test_a_burst_of_twenty_is_over_within_a_minute_and_a_half(lobby: Lobby) -> None:
    for place in range(1, 21):
        lobby.event(called(f"A-{place:03d}", place, lobby.clock(), counter=str(place)))
    lobby.run(90)
    assert _said_numbers(lobby) == list(range(1, 21))


def test_without_any_sound_a_burst_still_passes_at_a_pace_that_can_be_read(lobby: Lobby) -> None:
    lobby.is_mute = True
    for place in range(1, 21):
        lobby.event(called(f"A-{place:03d}", place, lobby.clock(), counter=str(place)))
    fronts = []
    for _ in range(650):
        lobby.run(0.1)
        fronts.append([call.number for call in lobby.presenter.page.front])
    for place in range(1, 21):
        assert sum(f"A-{place:03d}" in front for front in fronts) >= 70, "each stands large for 7 s at least"


@pytest.mark.parametrize("type_", ["started", "no_show", "cancelled"])
def test_whoever_was_served_or_given_up_before_the_turn_came_is_not_called_any_more(lobby: Lobby, type_: str) -> None:
    for place in range(1, 4):
        lobby.event(called(f"A-{place:03d}", place, lobby.clock(), counter=str(place)))
    lobby.event(told(type_, "A-002", 4, lobby.clock(), counter="2"))
    lobby.run(60)
    assert _said_numbers(lobby) == [1, 3]


def test_once_the_visitor_has_come_the_second_language_is_left_out(lobby: Lobby) -> None:
    lobby.event(called("A-001", 1, lobby.clock(), language="en"))
    lobby.event(told("started", "A-001", 2, lobby.clock()))
    lobby.run(30)
    assert lobby.spoken == ["Number A, one. Please go to counter three."]


def test_an_old_call_whose_visitor_is_still_awaited_is_spoken(lobby: Lobby) -> None:
    lobby.event(called("A-003", 1, lobby.clock() - dt.timedelta(seconds=400)))
    assert _said_numbers(lobby) == [3]


def test_while_the_engine_is_away_nobody_is_called_as_nobody_knows_who_is_awaited(lobby: Lobby) -> None:
    for place in range(1, 4):
        lobby.event(called(f"A-{place:03d}", place, lobby.clock(), counter=str(place)))
    lobby.link(online=False)
    lobby.run(120)
    assert _said_numbers(lobby) == [1]
    at = lobby.clock()
    lobby.link(online=True)
    lobby.hall(hall(9, at, now_calling=(calling("A-003", MORNING, counter="3"),)))
    lobby.run(30)
    assert _said_numbers(lobby) == [1, 3]


def _said_numbers(lobby: Lobby) -> list[int]:
    """Return the numbers that were spoken, each time once in whatever language."""
    words = {str(num2words(n, lang="id")): n for n in range(1, 40)}
    found = [re.search(r"A, ([a-z ]+?)[,.]", text) for text in lobby.spoken]
    return [words[match[1]] for match in found if match]


# -- what the office announces ----------------------------------------------------------------------------------------

MOVED = Notice(
    id="moved",
    text={"id": "Loket 3 pindah. Silakan ke lantai 2.", "en": "Counter 3 has moved. Please go to floor 2."},
    say=True,
)
MOVED_SAID = ["Loket 3 pindah.", "Silakan ke lantai 2.", "Counter 3 has moved.", "Please go to floor 2."]


def _tell(lobby: Lobby, *notices: Notice) -> None:
    lobby.presenter.announcements(AnnouncementsMessage(at=lobby.clock(), items=notices))


def test_what_the_office_announces_is_said_in_its_languages_after_a_chime_every_ten_minutes_while_it_holds(
    lobby: Lobby,
) -> None:
    begins, ends = (lobby.clock() + dt.timedelta(minutes=minutes) for minutes in (2, 25))
    _tell(lobby, MOVED.model_copy(update={"since": begins, "until": ends}), MOVED.model_copy(update={"say": False}))
    lobby.run(119)
    assert lobby.spoken == []
    lobby.run(40)
    assert lobby.spoken == MOVED_SAID
    assert [said.chime for said in lobby.heard] == [True, False, False, False]
    lobby.run(520)
    assert lobby.spoken == MOVED_SAID
    lobby.run(60)
    assert lobby.spoken == 2 * MOVED_SAID
    lobby.run(3600)
    assert lobby.spoken == 3 * MOVED_SAID


def test_two_announcements_are_said_one_after_the_other_and_changed_words_at_once(lobby: Lobby) -> None:
    closes = Notice(id="close", text={"id": "Kantor tutup pukul 11.00."}, say=True)
    _tell(lobby, MOVED, closes)
    lobby.run(60)
    assert lobby.spoken == [*MOVED_SAID, "Kantor tutup pukul 11.00."]
    _tell(lobby, MOVED, closes.model_copy(update={"text": {"id": "Kantor tutup pukul 10.00."}}))
    lobby.run(60)
    assert lobby.spoken[5:] == ["Kantor tutup pukul 10.00."]


def test_calls_go_before_an_announcement_and_never_over_it(lobby: Lobby) -> None:
    for place in range(1, 4):
        lobby.event(called(f"A-{place:03d}", place, lobby.clock(), counter=str(place)))
    _tell(lobby, MOVED)
    lobby.run(40)
    assert _said_numbers(lobby) == [1, 2, 3]
    assert lobby.spoken[3:] == MOVED_SAID
    _tell(lobby)
    lobby.run(5)
    _tell(lobby, MOVED)
    lobby.run(0.5)
    assert lobby.spoken[7:] == MOVED_SAID[:1]
    lobby.event(called("A-004", 4, lobby.clock(), counter="4"))
    assert [call.number for call in lobby.presenter.page.front][-1] == "A-004"
    assert lobby.spoken[8:] == [], "not over the sentence that is on"
    lobby.run(5)
    assert _said_numbers(lobby)[3:] == [4]
    assert lobby.heard[8].chime, "a call that comes after anything else has its chime"
    lobby.run(40)
    assert lobby.spoken[9:] == MOVED_SAID[1:], "the rest follows"
    assert lobby.heard[9].chime


def test_a_speaker_that_never_comes_back_from_an_announcement_does_not_hold_up_calls_for_ever(lobby: Lobby) -> None:
    _tell(lobby, MOVED)
    lobby.presenter.tick()
    lobby.forget_speech()
    lobby.event(called("A-001", 1, lobby.clock()))
    lobby.run(30)
    assert _said_numbers(lobby) == [1]


@pytest.mark.parametrize("reason", ["quiet", "closed", "offline"])
def test_nothing_is_announced_in_quiet_hours_to_an_empty_hall_or_without_the_engine(reason: str) -> None:
    lobby = Lobby(speech=dataclasses.replace(SPEECH, is_quiet=lambda at: reason == "quiet" and at.hour < 10))
    lobby.link(online=True)
    shut = hall(0, lobby.clock()).model_copy(update={"hours": _hours(lobby, is_open=False)})
    lobby.hall(shut if reason == "closed" else hall(0, lobby.clock()))
    if reason == "offline":
        lobby.link(online=False)
    _tell(lobby, MOVED)
    lobby.run(1800)
    assert lobby.spoken == []
    lobby.link(online=True)
    lobby.hall(hall(1, lobby.clock()))
    lobby.run(1900)
    assert lobby.spoken[:4] == MOVED_SAID


# -- one call ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chime", "heard"), [(True, [True]), (False, [])])
def test_in_quiet_hours_a_call_is_shown_and_at_most_chimed(chime: bool, heard: list[bool]) -> None:  # noqa: FBT001
    lobby = Lobby(speech=dataclasses.replace(SPEECH, is_quiet=lambda at: at.hour == MORNING.hour, quiet_chime=chime))
    lobby.link(online=True)
    lobby.hall(hall(0, lobby.clock()))
    lobby.event(called("A-003", 1, lobby.clock()))
    assert lobby.presenter.page.front
    assert ([said.chime for said in lobby.heard], lobby.spoken) == (heard, [])
    lobby.run(3600)
    lobby.event(called("A-004", 2, lobby.clock()))
    assert len(lobby.spoken) == 1, "an hour later it speaks again"


@pytest.mark.parametrize("ahead_s", [30, -30, 7200, -86400])
def test_a_display_whose_clock_is_off_speaks_and_shows_the_offices_time(ahead_s: float) -> None:
    lobby = Lobby()
    lobby.clock.ahead_s = ahead_s
    lobby.link(online=True)
    lobby.hall(hall(0, lobby.clock()))
    lobby.event(called("A-003", 1, lobby.clock()))
    assert _said_numbers(lobby) == [3]
    assert lobby.presenter.page.clock == "09.00"
    assert lobby.presenter.page.link.live


@pytest.mark.parametrize(
    ("ahead_s", "health"),
    [
        (0.4, "right"),
        (30, "off, 30 s ahead of the broker's"),
        (-86400, "off, 1440 min behind the broker's"),
    ],
)
def test_its_health_says_by_how_much_its_clock_is_off(ahead_s: float, health: str) -> None:
    lobby = Lobby()
    lobby.clock.ahead_s = ahead_s
    assert lobby.presenter.clock_health == "", "nothing was heard to compare with"
    lobby.link(online=True)
    lobby.hall(hall(0, lobby.clock()))
    assert lobby.presenter.clock_health == health
    lobby.clock.ahead_s += 0.3
    assert lobby.presenter.clock_health == health, "a drift of tenths is no news"


def test_a_repeated_call_says_which_one_it_is_and_is_spoken_again(lobby: Lobby) -> None:
    lobby.event(called("A-003", 1, lobby.clock()))
    assert [call.again for call in lobby.presenter.page.front] == [""]
    lobby.run(15)
    lobby.event(called("A-003", 2, lobby.clock(), times=2, type_="recalled"))
    assert [call.again for call in lobby.presenter.page.front] == ["Panggilan ke-2"]
    lobby.event(called("B-004", 3, lobby.clock(), counter="4", times=3, language="en"))
    assert lobby.presenter.page.front[1].again == "Call no. 3 \N{MIDDLE DOT} Panggilan ke-3"
    assert _said_numbers(lobby) == [3, 3]


def test_the_history_stays_readable_with_its_counters(lobby: Lobby) -> None:
    earlier = lobby.clock() - dt.timedelta(minutes=4)
    lobby.hall(
        hall(
            5,
            lobby.clock(),
            now_calling=(calling("A-003", lobby.clock()),),
            recent=(calling("A-002", earlier, counter="4"),),
        )
    )
    (row,) = lobby.presenter.page.others
    assert (row.number, row.counter_label, row.upcoming, row.over) == ("A-002", "4", False, True)


def test_who_is_awaited_is_listed_before_history_however_long_ago_the_call_was() -> None:
    lobby = Lobby()
    at = lobby.clock()

    def ago(minutes: float) -> dt.datetime:
        return at - dt.timedelta(minutes=minutes)

    awaited = tuple(calling(f"A-00{place}", ago(30 + place), counter=str(place)) for place in range(1, 4))
    over = tuple(calling(f"B-00{place}", ago(place), counter="9") for place in range(1, 9))
    lobby.hall(hall(5, at, now_calling=awaited, recent=over))
    rows = lobby.presenter.page.others
    assert [row.number for row in rows][:3] == ["A-003", "B-001", "B-002"]
    assert [row.over for row in rows] == [False, *[True] * 8]
    assert set(lobby.on_screen) >= {"A-001", "A-002", "A-003"}


def test_a_call_pulses_only_when_it_is_repeated_and_slower_than_three_times_a_second(lobby: Lobby) -> None:
    lobby.event(called("A-003", 1, lobby.clock()))
    lobby.run(4)
    assert [call.is_lit for call in lobby.presenter.page.front] == [False]
    lobby.event(called("A-003", 2, lobby.clock(), times=2, type_="recalled"))
    lit = []
    for _ in range(80):
        lobby.run(0.1)
        lit.append(lobby.presenter.page.front[0].is_lit)
    changes = sum(one != other for one, other in itertools.pairwise(lit))
    assert 4 <= changes <= 16, "bright and dark again is one flash: two changes, once a second"
    lobby.run(30)
    assert [call.is_lit for call in lobby.presenter.page.front] == [False]


# -- the panel --------------------------------------------------------------------------------------------------------


def test_each_service_has_its_turn_section_by_section_in_both_languages(lobby: Lobby) -> None:
    seen = [page for page in lobby.pages(600) if isinstance(page, ProcedurePage)]
    assert [page.letter for page in seen[:4]] == ["A", "B", "A", "B"]
    own = [(page.language, page.section) for page in seen if page.letter == "A"]
    assert own[:7] == [
        ("id", "Persyaratan"),
        ("en", "Documents to bring"),
        ("id", "Alur layanan"),
        ("en", "How it goes"),
        ("id", "Biaya dan waktu"),
        ("en", "Fee and time"),
        ("id", "Persyaratan"),
    ]


def test_calls_leave_the_panel_where_it_is(lobby: Lobby) -> None:
    before = lobby.presenter.page.panel
    lobby.event(called("A-001", 1, lobby.clock()))
    assert lobby.presenter.page.panel == before
    assert lobby.presenter.page.front


def test_a_long_list_goes_over_several_pages_without_losing_an_item() -> None:
    lobby = Lobby(page_lines=3)
    documents = tuple(f"Dokumen {n}" for n in range(1, 8))
    long = service("A", "Paspor baru", "New passport").model_copy(update={"documents": {"id": documents, "en": ()}})
    lobby.presenter.office(office(long))
    pages = [page for page in lobby.pages(200) if isinstance(page, ProcedurePage)][:3]
    assert [(page.part, page.parts) for page in pages] == [(1, 3), (2, 3), (3, 3)]
    assert tuple(item for page in pages for item in page.items) == documents


def test_waiting_is_counted_over_lanes_and_stages_and_the_wait_is_a_newcomers(lobby: Lobby) -> None:
    groups = (
        WaitingGroup(
            stage="interview", service="paspor-baru", lane="regular", count=7, wait=Wait(low_s=900, high_s=2400)
        ),
        WaitingGroup(
            stage="interview", service="paspor-baru", lane="priority", count=2, wait=Wait(low_s=60, high_s=300)
        ),
        WaitingGroup(stage="payment", service="paspor-baru", lane="regular", count=1),
    )
    lobby.hall(hall(3, lobby.clock(), waiting=groups))
    lobby.run(1)
    assert lobby.presenter.page.footer == ("Umum: kurang dari 40 menit", "Prioritas: kurang dari 5 menit")
    page = next(page for page in lobby.pages(120) if isinstance(page, OverviewPage))
    first, second = page.rows
    assert (first.letter, first.service, first.count) == ("A", "Paspor baru", "10")
    assert first.wait == "Perkiraan tunggu: sekitar 15-40 menit"
    assert (second.letter, second.count, second.wait) == ("B", "0", "Belum ada loket yang buka")


def test_more_services_than_fit_take_turns_and_none_is_left_out() -> None:
    lobby = Lobby(page_lines=2)
    lobby.presenter.office(office(*(service(letter, f"Layanan {letter}", f"Service {letter}") for letter in "ABC")))
    pages = [page for page in lobby.pages(600) if isinstance(page, OverviewPage)]
    assert [[row.letter for row in page.rows] for page in pages[:2]] == [["A", "B"], ["C"]]


def test_a_screen_whose_id_another_one_has_says_so_and_shows_nothing_as_new(lobby: Lobby) -> None:
    lobby.presenter.taken("taken")
    link = lobby.presenter.page.link
    assert not link.live
    assert link.text.startswith("Layar ini tidak menampilkan hal baru: layar lain memakai namanya.")
    lobby.presenter.taken("wanted")
    link = lobby.presenter.page.link
    assert (link.live, link.text) == (True, "Tersambung. Petugas: ada layar kedua dengan nama yang sama.")
    lobby.presenter.taken("alone")
    assert lobby.presenter.page.link.text == "", "while all is well nothing is said of it"


def test_a_screen_that_only_a_foreign_server_answers_says_so(lobby: Lobby) -> None:
    lobby.presenter.taken("untrusted")
    link = lobby.presenter.page.link
    assert not link.live
    assert link.text.startswith("Layar ini tidak menampilkan hal baru: yang menjawab bukan server kantor ini.")


@pytest.mark.parametrize(
    ("protocol", "says"),
    [
        ("1.0", "Tersambung. Petugas: sistem antrean lebih lama dari layar ini."),
        ("1.99", "Tersambung. Petugas: layar ini lebih lama dari sistem antrean."),
        (PROTOCOL, ""),
    ],
)
def test_a_screen_of_another_version_than_the_broker_says_so_to_staff(lobby: Lobby, protocol: str, says: str) -> None:
    lobby.presenter.broker(Presence(online=True, kind="engine", protocol=protocol))
    assert lobby.presenter.page.link.text == says


def test_a_connection_that_is_lost_for_a_moment_is_said_below_and_calls_stay(lobby: Lobby) -> None:
    lobby.hall(hall(1, lobby.clock(), now_calling=(calling("A-001", lobby.clock()),)))
    lobby.link(online=False)
    assert not lobby.presenter.page.link.live
    lobby.clock.pass_s(CUT_OFF_AFTER_S - 1)
    page = lobby.presenter.page
    assert not page.link.live
    assert page.link.lines == (
        ("Terputus sejak pukul 09.00", "Mohon tunggu, nomor Anda tetap berlaku."),
        ("Not connected since 9:00\u202fAM".replace("\u202f", " "), "Please wait: your number keeps its place."),
    )
    assert [call.number for call in page.front] == ["A-001"]
    assert page.closed == ()


def test_old_news_is_never_shown_as_new(lobby: Lobby) -> None:
    """Who is called may have come long ago, and others were called since: then people are told what to do."""
    lobby.hall(hall(1, lobby.clock(), now_calling=(calling("A-001", lobby.clock()),)))
    lobby.link(online=False)
    assert lobby.presenter.page.closed == ()
    lobby.clock.pass_s(300)
    page = lobby.presenter.page
    assert (page.front, page.others, page.clock) == ((), (), "09.05")
    ours, theirs = page.closed
    assert ours.title == "Panggilan tidak dapat ditampilkan"
    assert ours.lines == (
        "Mohon tunggu di sini: nomor Anda tetap berlaku.",
        "Perhatikan loket dan dengarkan: petugas memanggil langsung.",
        "Terakhir dipanggil hingga pukul 09.00: A-001 di loket 3",
    )
    assert theirs.lines[1] == "Watch the counters and listen: officers call you themselves."
    assert page.link.lines[-1] == ("Petugas: periksa kabel layar ini, lalu hubungi petugas teknis.",)


def test_a_screen_that_is_back_shows_calls_at_once(lobby: Lobby) -> None:
    lobby.link(online=False)
    assert not lobby.presenter.page.link.live
    lobby.clock.pass_s(300)
    assert lobby.presenter.page.closed
    lobby.link(online=True)
    lobby.hall(hall(1, lobby.clock(), now_calling=(calling("A-001", lobby.clock()),)))
    page = lobby.presenter.page
    assert page.link.live
    assert (page.closed, [call.number for call in page.front]) == ((), ["A-001"])


def test_an_office_that_was_closed_and_empty_says_nothing_of_calls_in_its_night(lobby: Lobby) -> None:
    lobby.hall(hall(1, lobby.clock()).model_copy(update={"hours": _hours(lobby, is_open=False)}))
    lobby.run(1)
    lobby.link(online=False)
    assert not lobby.presenter.page.link.live
    lobby.clock.pass_s(300)
    assert lobby.presenter.page.closed == ()
    lobby.clock.pass_s(24 * 3600)
    assert len(lobby.presenter.page.closed) == len(("id", "en"))


def test_a_connection_without_news_is_not_live_either(lobby: Lobby) -> None:
    live = [lobby.presenter.page.link.live]
    lobby.clock.pass_s(16)
    live.append(lobby.presenter.page.link.live)
    lobby.hall(hall(1, lobby.clock()))
    live.append(lobby.presenter.page.link.live)
    assert live == [True, False, True]


def test_headings_speak_the_language_of_the_panel_below(lobby: Lobby) -> None:
    headings = {}
    for _ in range(200):
        page = lobby.presenter.page
        assert page.panel is not None
        headings[page.panel.language] = (page.number_title, page.counter_title)
        lobby.run(1)
    assert headings == {"id": ("Dipanggil", "Loket"), "en": ("Called", "Counter")}


def test_a_display_that_was_just_switched_on_says_so_before_it_speaks_of_a_lost_connection() -> None:
    lobby = Lobby()
    starting = lobby.presenter.page.link
    assert (starting.live, "disiapkan" in starting.text) == (False, True)
    lobby.run(9)
    lost = lobby.presenter.page.link
    assert (lost.live, "Terputus" in lost.text) == (False, True)


# -- what the office says ---------------------------------------------------------------------------------------------


def _hours(lobby: Lobby, *, is_open: bool) -> HoursInfo:
    now = lobby.clock()
    today = (Span(begin=now.replace(hour=7, minute=30), end=now.replace(hour=12, minute=0)),)
    opens_at = None if is_open else now.replace(hour=7, minute=30) + dt.timedelta(days=4)
    return HoursInfo(is_open=is_open, today=today, opens_at=opens_at)


def test_while_the_office_is_closed_and_empty_it_says_when_it_opens_in_both_languages(lobby: Lobby) -> None:
    picture = hall(1, lobby.clock()).model_copy(update={"hours": _hours(lobby, is_open=False)})
    lobby.hall(picture)
    lobby.run(1)
    own, english = lobby.presenter.page.closed
    assert own.title == "Kantor sedang tutup"
    assert own.lines == (
        "Buka kembali Senin, 16 Juni 2025 pukul 07.30",
        "Jam layanan hari ini: 07.30\N{EN DASH}12.00",
    )
    assert english.title == "We are closed now"
    lobby.event(called("A-001", 2, lobby.clock()))
    assert lobby.presenter.page.closed == (), "whoever is called goes before"
    assert "Pengambilan nomor sudah ditutup." in lobby.presenter.page.footer


def test_while_people_still_wait_a_closed_office_goes_on_showing_procedures(lobby: Lobby) -> None:
    waiting = (WaitingGroup(stage="interview", service="paspor-baru", lane="regular", count=3),)
    picture = hall(1, lobby.clock(), waiting=waiting)
    lobby.hall(picture.model_copy(update={"hours": _hours(lobby, is_open=False)}))
    lobby.run(1)
    assert lobby.presenter.page.closed == ()
    assert lobby.presenter.page.panel is not None


def test_what_staff_closed_for_today_stands_below_and_a_rest_of_the_numbers_is_no_closed_office(lobby: Lobby) -> None:
    closed = (ClosedToday(service="collection"), ClosedToday(lane="priority"))
    picture = hall(1, lobby.clock()).model_copy(update={"hours": _hours(lobby, is_open=True), "closed_today": closed})
    lobby.hall(picture)
    lobby.run(1)
    said = next(line for line in lobby.presenter.page.footer if line.startswith("Hari ini tidak ada nomor lagi: "))
    assert "Prioritas" in said
    stopped = {"hours": _hours(lobby, is_open=False), "intake": IntakeInfo(is_stopped=True)}
    lobby.hall(hall(2, lobby.clock()).model_copy(update=stopped))
    lobby.run(1)
    assert "Pengambilan nomor sudah ditutup." in lobby.presenter.page.footer
    assert not lobby.presenter.page.closed


def test_the_promise_and_the_hours_of_today_have_their_turn(lobby: Lobby) -> None:
    lobby.hall(hall(1, lobby.clock()).model_copy(update={"hours": _hours(lobby, is_open=True)}))
    lobby.run(1)
    promise = next(page for page in lobby.pages(120) if isinstance(page, NoticePage))
    assert promise.title == "Janji layanan kami"
    assert promise.lines == (
        "Umum: dipanggil dalam 60 menit",
        "Prioritas: dipanggil dalam 15 menit",
        "Jam layanan hari ini: 07.30\N{EN DASH}12.00",
    )


def test_texts_that_change_in_the_running_office_are_on_the_page_at_once(lobby: Lobby) -> None:
    changed = service("A", "Paspor kilat", "Express passport")
    lobby.presenter.office(office(changed))
    assert lobby.page.service == "Paspor kilat"


def test_what_is_announced_is_said_below_and_on_a_page_of_its_own_from_then_until_then(lobby: Lobby) -> None:
    at = lobby.clock()
    text = {"id": "Kantor tutup pukul 11.00.", "en": "The office closes at 11:00."}
    soon = Notice(id="early", text=text, since=at + dt.timedelta(minutes=5), until=at + dt.timedelta(minutes=15))
    lobby.presenter.announcements(AnnouncementsMessage(at=at, items=(soon,)))
    assert text["id"] not in lobby.presenter.page.footer
    lobby.run(301)
    assert lobby.presenter.page.footer[:2] == (text["id"], text["en"])
    notes = [page.lines[0] for page in lobby.pages(240) if isinstance(page, NoticePage)]
    assert text["id"] in notes
    lobby.run(700)
    assert text["id"] not in lobby.presenter.page.footer


def test_an_announcement_that_arrives_is_on_the_page_with_its_message(lobby: Lobby) -> None:
    text = {"id": "Loket 3 pindah ke lantai 2."}
    lobby.run(30)
    lobby.presenter.announcements(AnnouncementsMessage(at=lobby.clock(), items=(Notice(id="moved", text=text),)))
    page = lobby.presenter.page
    assert (page.footer[0], page.footer_turn) == (text["id"], 0), "it has the first turn, at once"
    lobby.presenter.announcements(AnnouncementsMessage(at=lobby.clock()))
    assert text["id"] not in lobby.presenter.page.footer


def test_last_numbers_and_how_the_promise_is_kept_are_told(lobby: Lobby) -> None:
    lobby.presenter.day(
        DayMessage(
            at=lobby.clock(),
            services=(ServiceDay(id="paspor-baru", last="A-031"),),
            lanes=(LaneDay(id="regular", promised_min=60, called=40, within=37),),
        )
    )
    lobby.hall(hall(1, lobby.clock()).model_copy(update={"hours": _hours(lobby, is_open=True)}))
    lobby.run(1)
    pages = lobby.pages(240)
    overview = next(page for page in pages if isinstance(page, OverviewPage))
    assert [(row.letter, row.last) for row in overview.rows] == [("A", "A-031"), ("B", "")]
    promise = next(page for page in pages if isinstance(page, NoticePage))
    assert promise.lines[:2] == (
        "Umum: dipanggil dalam 60 menit",
        "Hari ini ditepati untuk 37 dari 40 pengunjung",
    )


def test_pictures_have_their_turn_and_no_service_is_away_for_longer(lobby: Lobby) -> None:
    lobby.presenter.media((MediaPage("/data/media/tari.jpg", moves=False, language="id"),))
    seen = lobby.pages(300)
    assert any(isinstance(page, MediaPage) for page in seen)
    assert {page.letter for page in seen if isinstance(page, ProcedurePage)} == {"A", "B"}


def test_after_hours_it_is_dark_until_somebody_is_called() -> None:
    lobby = Lobby(veil=lambda at: 1.0 if at.hour >= 18 else 0.0)
    lobby.link(online=True)
    lobby.hall(hall(0, lobby.clock()))
    assert lobby.presenter.page.veil == 0
    lobby.clock.pass_s(9.5 * 3600)
    lobby.hall(hall(0, lobby.clock()))
    assert lobby.presenter.page.veil == 1
    lobby.event(called("A-001", 1, lobby.clock()))
    assert lobby.presenter.page.veil == 0


def test_everything_stands_a_hair_elsewhere_every_few_minutes(lobby: Lobby) -> None:
    frame = Frame(width=1920, height=1080, key=172, sign=46, good=70)
    places = set()
    for _ in range(40):
        places.add(lay_out(lobby.presenter.page, frame).shift)
        lobby.run(60)
    assert len(places) == 8
    assert all(abs(right) <= 6 and abs(down) <= 6 for right, down in places)


@pytest.mark.parametrize(
    ("zone", "shown", "services"),
    [
        (Zone(), ["A-001", "A-002"], ["A", "B"]),
        (Zone(counters=frozenset({"c3"})), ["A-001"], ["A", "B"]),
        (Zone(stages=frozenset({"payment"})), ["A-002"], ["B"]),
    ],
)
def test_a_zone_shows_its_own_calls_and_services_only(zone: Zone, shown: list[str], services: list[str]) -> None:
    lobby = Lobby(zone=zone)
    lobby.link(online=True)
    pays = service("B", "Izin tinggal", "Stay permit").model_copy(update={"stages": ("payment",)})
    counters = (
        CounterInfo(id="c3", label="3", stages=("interview", "payment") if zone.counters else ("interview",)),
        CounterInfo(id="c4", label="4", stages=("payment",)),
    )
    whole = office(service("A", "Paspor baru", "New passport"), pays).model_copy(update={"counters": counters})
    lobby.presenter.office(whole)
    lobby.hall(hall(0, lobby.clock()))
    lobby.event(called("A-001", 1, lobby.clock()))
    lobby.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.run(30)
    assert sorted(lobby.on_screen) == shown
    assert len(_said_numbers(lobby)) == len(shown), "what is not shown is not spoken"
    letters = {page.letter for page in lobby.pages(300) if isinstance(page, ProcedurePage)}
    assert sorted(letters) == services


def test_a_folder_of_pictures_says_what_it_shows_and_why_films_are_left_out(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG"):
        Image.new("RGB", (300, 200), "teal").save(tmp_path / name)
    for name in ("film.mp4", "notes.txt"):
        (tmp_path / name).touch()
    pages, health = media_in(tmp_path, "id", plays=lambda: False)
    assert ([Path(page.path).name for page in pages], health) == (
        ["a.JPG", "b.png"],
        "2 shown, 1 films left out: pip install ffpyplayer",
    )
    pages, health = media_in(tmp_path, "id", plays=lambda: True)
    assert ([page.moves for page in pages], health) == ([False, False, True], "3 shown")
    assert media_in(tmp_path / "none", "id")[1].startswith("no pictures: ")


def test_a_picture_that_cannot_be_shown_is_left_out_with_a_word_until_it_is_mended(tmp_path: Path) -> None:
    Image.effect_noise((300, 200), 90).convert("RGB").save(tmp_path / "whole.jpg")
    whole = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.png").touch()
    Image.new("1", (10_000, 5_001)).save(tmp_path / "vast.png")
    pages, health = media_in(tmp_path, "id")
    assert [Path(page.path).name for page in pages] == ["whole.jpg"]
    assert health == "1 shown, left out empty.png: broken, left out half.jpg: broken, left out vast.png: too large"
    (tmp_path / "half.jpg").write_bytes(whole)
    assert len(media_in(tmp_path, "id")[0]) == 2


def test_a_picture_is_looked_at_before_it_is_shown_wherever_its_name_stands(tmp_path: Path) -> None:
    for number in range(2 * MOST):
        Image.new("RGB", (3, 2)).save(tmp_path / f"a{number:03}.png")
    (tmp_path / "z.png").touch()
    Image.new("RGB", (3, 2)).save(tmp_path / "z-late.png")
    slides = Slides(slides=(Slide(name="z.png"), Slide(name="z-late.png")))
    (tmp_path / SLIDES_FILE).write_text(slides.model_dump_json(), encoding="utf-8")
    pages, health = media_in(tmp_path, "id")
    assert (Path(pages[0].path).name, len(pages)) == ("z-late.png", MOST)
    assert health == f"{MOST} shown, {MOST + 1} too many, left out z.png: broken"


def test_a_page_in_a_language_that_is_read_from_the_right_stands_the_other_way_round(lobby: Lobby) -> None:
    frame = Frame(width=1920, height=1080, key=172, sign=46, good=70)
    page = lobby.presenter.page
    assert isinstance(page.panel, ProcedurePage)
    turned = dataclasses.replace(page, panel=dataclasses.replace(page.panel, language="ar"))
    left, right = (
        {words.text: words.box for words in lay_out(shown, frame).words}[page.panel.items[0]]
        for shown in (page, turned)
    )
    assert left.x < frame.width - left.right
    assert right.x > frame.width - right.right
