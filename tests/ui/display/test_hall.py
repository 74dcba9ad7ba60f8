"""What stands on the lobby display, minute by minute."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import pytest

from broker.contract.messages import Wait, WaitingGroup
from broker.language import Phrases
from display.hall.announcer import SpeechRules
from display.hall.presenter import LobbyPresenter
from display.hall.stage import Call
from display.pages.lobby import Room
from display.pages.panel import ProcedurePanel, WaitingPanel
from hardware.ports import Utterance
from tests.ui.display.lobby_samples import MORNING, SPEECH, TestClock, called, calling, hall, office, service

PAGE_S = 12.0


class Lobby:
    """A display on a table: its clock, its presenter, and what it had spoken."""

    def __init__(self, page_lines: int = 6, waiting_lines: int = 6, speech: SpeechRules = SPEECH) -> None:
        self.clock = TestClock()
        self.spoken: list[list[str]] = []
        self.presenter = LobbyPresenter(
            now=self.clock,
            languages=("id", "en"),
            phrases=functools.partial(Phrases, "display"),
            announce=self._announce,
            page_s=PAGE_S,
            room=Room(
                page_lines=page_lines,
                waiting_lines=waiting_lines,
                other_calls=4,
                lines=lambda _text: 1,
                name_lines=lambda _text: 1,
            ),
            speech=speech,
        )

    def _announce(self, call: Call, utterances: tuple[Utterance, ...]) -> None:
        self.spoken.append([utterance.text for utterance in utterances])
        self.presenter.speech_ended(call)

    @property
    def page(self) -> ProcedurePanel:
        """Return the procedure that the panel shows."""
        panel = self.presenter.page.panel
        assert isinstance(panel, ProcedurePanel)
        return panel

    @property
    def waiting(self) -> WaitingPanel:
        """Return the waiting services that the panel shows."""
        panel = self.presenter.page.panel
        assert isinstance(panel, WaitingPanel)
        return panel

    def turn(self) -> None:
        """Let the panel turn once."""
        self.run(PAGE_S)

    def run(self, seconds: float) -> None:
        """Let time pass, with a tick every tenth of a second."""
        for _ in range(round(seconds * 10)):
            self.clock.pass_s(0.1)
            self.presenter.tick()


@pytest.fixture
def lobby() -> Lobby:
    lobby = Lobby()
    lobby.presenter.link(online=True)
    lobby.presenter.office(office())
    lobby.presenter.hall(hall(0, lobby.clock()))
    return lobby


def test_a_call_stands_large_and_is_spoken_in_both_languages_with_its_message(lobby: Lobby) -> None:
    lobby.presenter.event(called("AP-003", 1, lobby.clock(), language="en"))
    page = lobby.presenter.page
    assert page.call is not None
    assert (page.call.number, page.call.counter_label) == ("AP-003", "3")
    assert page.call.requests == ("Please go to counter 3", "Silakan menuju loket 3")
    assert page.call.lane is not None
    assert (page.call.lane.letter, page.call.lane.shape, page.call.lane.name) == ("P", "diamond", "Priority")
    assert page.calling
    assert lobby.spoken == [
        ["Number A, P, three. Please go to counter three.", "Nomor antrean A, P, tiga. Silakan menuju loket tiga."]
    ]


def test_while_others_wait_a_call_is_said_once_in_its_own_language_and_so_are_all_before_they_are_old() -> None:
    lobby = Lobby()
    lobby.presenter.hall(hall(0, lobby.clock()))
    lobby.presenter.event(called("A-001", 1, lobby.clock(), language="en", counter="1"))
    for place in range(2, 6):
        lobby.presenter.event(called(f"A-00{place}", place, lobby.clock(), language="en", counter=str(place)))
    lobby.run(90)
    assert [len(said) for said in lobby.spoken] == [2, 1, 1, 1, 2], "the first came alone, the last is alone again"


@pytest.mark.parametrize(("chime", "heard"), [(True, [[]]), (False, [])])
def test_in_quiet_hours_a_call_is_shown_and_at_most_chimed(chime: bool, heard: list[list[str]]) -> None:  # noqa: FBT001
    lobby = Lobby(speech=dataclasses.replace(SPEECH, is_quiet=lambda at: at.hour == MORNING.hour, quiet_chime=chime))
    lobby.presenter.hall(hall(0, lobby.clock()))
    lobby.presenter.event(called("A-003", 1, lobby.clock()))
    assert lobby.presenter.page.calling
    assert lobby.spoken == heard
    lobby.run(3600)
    lobby.presenter.event(called("A-004", 2, lobby.clock()))
    assert len(lobby.spoken[-1]) == 1, "an hour later it speaks again"


def test_an_old_call_is_shown_in_silence(lobby: Lobby) -> None:
    lobby.presenter.event(called("A-003", 1, lobby.clock() - dt.timedelta(seconds=40)))
    assert lobby.presenter.page.call is not None
    assert lobby.spoken == []


def test_a_repeated_call_says_which_one_it_is(lobby: Lobby) -> None:
    lobby.presenter.event(called("A-003", 1, lobby.clock()))
    assert lobby.presenter.page.call is not None
    assert lobby.presenter.page.call.again == ""
    lobby.run(15)
    lobby.presenter.event(called("A-003", 2, lobby.clock(), times=2, type_="recalled"))
    assert lobby.presenter.page.call is not None
    assert lobby.presenter.page.call.again == "Panggilan ke-2"
    assert len(lobby.spoken) == 2


def test_the_history_stays_readable_with_its_counters(lobby: Lobby) -> None:
    earlier = lobby.clock() - dt.timedelta(minutes=4)
    lobby.presenter.hall(
        hall(
            5,
            lobby.clock(),
            now_calling=(calling("A-003", lobby.clock()),),
            recent=(calling("A-002", earlier, counter="4"),),
        )
    )
    (row,) = lobby.presenter.page.others
    assert (row.number, row.counter_label, row.upcoming) == ("A-002", "4", False)


def test_a_call_that_waits_its_turn_is_marked_as_upcoming(lobby: Lobby) -> None:
    lobby.presenter.event(called("A-001", 1, lobby.clock()))
    lobby.presenter.event(called("A-002", 2, lobby.clock(), counter="4"))
    assert [(row.number, row.upcoming) for row in lobby.presenter.page.others] == [("A-002", True)]


def test_pages_turn_by_service_and_language_and_come_round_again(lobby: Lobby) -> None:
    seen = []
    for _ in range(13):
        seen.append((lobby.page.letter, lobby.page.language, lobby.page.section))
        lobby.turn()
        assert lobby.waiting.language == seen[-1][1]
        lobby.turn()
    assert seen[:6] == [
        ("A", "id", "Persyaratan"),
        ("A", "id", "Alur layanan"),
        ("A", "id", "Biaya dan waktu"),
        ("A", "en", "Documents to bring"),
        ("A", "en", "How it goes"),
        ("A", "en", "Fee and time"),
    ]
    assert seen[6][0] == "B"
    assert seen[12] == seen[0]


def test_the_panel_gives_way_to_a_call_and_then_starts_its_page_anew(lobby: Lobby) -> None:
    lobby.run(PAGE_S - 1)
    before = lobby.presenter.page.panel
    lobby.presenter.event(called("A-001", 1, lobby.clock()))
    lobby.run(9)
    assert (lobby.presenter.page.calling, lobby.presenter.page.panel) == (True, before)
    lobby.run(4)
    assert (lobby.presenter.page.calling, lobby.presenter.page.panel) == (False, before)


def test_a_long_list_goes_over_several_pages_without_losing_an_item() -> None:
    lobby = Lobby(page_lines=3)
    documents = tuple(f"Dokumen {n}" for n in range(1, 8))
    long = service("A", "Paspor baru", "New passport").model_copy(update={"documents": {"id": documents, "en": ()}})
    lobby.presenter.office(office(long))
    shown: list[str] = []
    for expected_part in (1, 2, 3):
        assert (lobby.page.part, lobby.page.parts) == (expected_part, 3)
        shown += lobby.page.items
        lobby.turn()
        lobby.turn()
    assert tuple(shown) == documents


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
    lobby.presenter.hall(hall(3, lobby.clock(), waiting=groups))
    lobby.turn()
    first, second = lobby.waiting.rows
    assert (first.letter, first.service, first.count) == ("A", "Paspor baru", "10")
    assert first.wait == "Perkiraan tunggu: sekitar 15-40 menit"
    assert (second.letter, second.count, second.wait) == ("B", "0", "Belum ada loket yang buka")


def test_more_services_than_fit_take_turns_and_none_is_left_out() -> None:
    lobby = Lobby(waiting_lines=4)
    lobby.presenter.office(office(*(service(letter, f"Layanan {letter}", f"Service {letter}") for letter in "ABC")))
    lobby.turn()
    assert [row.letter for row in lobby.waiting.rows] == ["A", "B"]
    lobby.turn()
    lobby.turn()
    assert [row.letter for row in lobby.waiting.rows] == ["C"]


def test_old_news_is_never_shown_as_new(lobby: Lobby) -> None:
    lobby.presenter.link(online=False)
    lobby.clock.pass_s(300)
    link = lobby.presenter.page.link
    assert not link.live
    assert link.text == "Tidak tersambung sejak pukul 09.00. Informasi di layar mungkin sudah lama."
    assert lobby.presenter.page.clock == "09.05"


def test_a_connection_without_news_is_not_live_either(lobby: Lobby) -> None:
    live = [lobby.presenter.page.link.live]
    lobby.clock.pass_s(16)
    live.append(lobby.presenter.page.link.live)
    lobby.presenter.hall(hall(1, lobby.clock()))
    live.append(lobby.presenter.page.link.live)
    assert live == [True, False, True]


def test_headings_speak_the_language_of_the_panel_below(lobby: Lobby) -> None:
    headings = []
    for _ in range(7):
        page = lobby.presenter.page
        headings.append((page.number_title, page.counter_title, page.others_title))
        lobby.turn()
    assert headings[0] == headings[5] == ("Nomor", "Loket", "Panggilan terakhir")
    assert headings[6] == ("Number", "Counter", "Recent calls")
    assert lobby.presenter.page.date == Phrases("display", "id").date(MORNING.date())


def test_a_display_that_was_just_switched_on_says_so_before_it_speaks_of_a_lost_connection() -> None:
    lobby = Lobby()
    starting = lobby.presenter.page.link
    assert (starting.live, "disiapkan" in starting.text) == (False, True)
    lobby.run(9)
    lost = lobby.presenter.page.link
    assert (lost.live, "Tidak tersambung" in lost.text) == (False, True)
