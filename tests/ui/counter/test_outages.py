"""What an officer pressed is meant for a few seconds: afterwards it is neither sent nor done, and that is said."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.contract.messages import PASSING, ErrorCode
from broker.contract.topics import ENGINE_CLIENT
from broker.language import Phrases
from counter.desk.keys import Intent
from counter.desk.requests import AGAIN_AFTER_S, MEANT_FOR_S
from counter.desk.session import Session
from tests.fakes.bus import FakeBus, FakeServer
from tests.ui.counter.desk_samples import Drawer, Window, counter, hall, held, reason, ticket

NEVER = "Tidak ada jawaban, dan tidak ada lagi yang dikirim."


@pytest.fixture
def window() -> Window:
    return Window()


def signed_in(state: str) -> Window:
    window = Window()
    window.sign_in(
        "calling" if state == "calling" else "open",
        held=(held("A-001"),),
        missed=(held("A-002"),),
        undo_until=window.at + dt.timedelta(minutes=1),
        undo_action="called",
        undo_number="A-001",
    )
    return window


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        ("open", ("space",)),
        ("calling", ("r",)),
        ("calling", ("s",)),
        ("calling", ("n",)),
        ("calling", ("h", "enter")),
        ("calling", ("t", "1", "1", "1", "enter")),
        ("calling", ("c", "1", "enter")),
        ("calling", ("g",)),
        ("open", ("u",)),
        ("open", ("p",)),
        ("open", ("x", "enter")),
        ("open", ("1", "down", "enter", "enter")),
        ("open", ("2", "down", "enter")),
        ("open", ("3", "down", "enter")),
        ("open", ("5", "a", "1", "enter")),
    ],
)
def test_whatever_is_pressed_is_meant_for_ten_seconds_by_the_engines_clock(state: str, keys: tuple[str, ...]) -> None:
    window = signed_in(state)
    window.keys(*keys)
    (asked,) = window.engine.asked
    assert asked.until == window.at + dt.timedelta(seconds=MEANT_FOR_S)


def test_signing_in_is_meant_for_ten_seconds_too(window: Window) -> None:
    window.type("s1234")
    window.press(Intent.CONFIRM)
    assert window.engine.asked[0].until == window.at + dt.timedelta(seconds=MEANT_FOR_S)


def test_what_nobody_answered_in_time_is_taken_back_and_that_is_said(window: Window) -> None:
    window.sign_in("open")
    window.press(Intent.NEXT)
    window.presenter.link(online=False)
    window.pass_s(MEANT_FOR_S - 0.1)
    assert [asked.cancelled for asked in window.engine.asked] == [False]
    window.pass_s(0.2)
    assert [asked.cancelled for asked in window.engine.asked] == [True]
    assert window.notice().startswith(NEVER)


def test_a_cable_that_comes_back_after_forty_minutes_calls_nobody(window: Window) -> None:
    window.sign_in("open")
    window.press(Intent.NEXT)
    window.presenter.link(online=False)
    window.pass_s(40 * 60)
    window.presenter.link(online=True)
    window.presenter.desk(counter("open"))
    window.engine.agrees(ticket=ticket().model_dump(mode="json"), reason=reason().model_dump(mode="json"))
    assert window.desk.ticket is None
    window.press(Intent.NEXT)
    assert window.engine.commands == ["next", "next"]


def test_before_the_counters_picture_is_known_again_no_key_acts_on_the_one_of_before(window: Window) -> None:
    """Space finishes with the visitor who stood here; meanwhile that may have been done, and the next one called."""
    window.sign_in("serving")
    window.presenter.link(online=False)
    window.presenter.link(online=True)
    window.press(Intent.NEXT)
    assert window.engine.commands == []
    assert window.notice(), "and it is said"
    window.presenter.desk(counter("serving"))
    window.press(Intent.NEXT)
    assert window.engine.commands == ["finish"]


@pytest.mark.parametrize("away_s", [5, 40 * 60])
def test_by_the_bus_itself_only_what_is_still_meant_is_sent_when_the_cable_is_back(away_s: float) -> None:
    server = FakeServer()
    engine = FakeBus(server=server, office="demo", client=ENGINE_CLIENT, kind="engine", post=lambda step: step())
    bus = FakeBus(server=server, office="demo", client="c3", kind="counter", post=lambda step: step())
    window = Window(Drawer(Session("c3", "siti", "token-7")), requester=bus)
    bus.on_link(lambda online: window.presenter.link(online=online))
    for one in (engine, bus):
        one.start()
    engine.announce()
    window.presenter.desk(counter("open"))
    server.lose_next(bus.topics.command("c3", "next"))
    window.press(Intent.NEXT)
    sent = len(server.published)
    server.stop()
    for _ in range(int(away_s)):
        window.pass_s(1)
    server.start()
    engine.announce()
    again = [topic for topic, _, _ in server.published[sent:] if topic == bus.topics.command("c3", "next")]
    assert len(again) == (1 if away_s < MEANT_FOR_S else 0)


def test_what_was_done_before_it_was_given_up_shows_by_the_counters_picture(window: Window) -> None:
    window.sign_in("open")
    window.press(Intent.NEXT)
    window.pass_s(MEANT_FOR_S + 1)
    window.presenter.desk(counter("calling"))
    assert window.desk.ticket is not None
    assert window.desk.ticket.number == "AP-012"


def test_a_sign_in_that_nobody_answered_leaves_the_form_to_the_next_attempt(window: Window) -> None:
    window.type("s1234")
    window.press(Intent.CONFIRM)
    window.pass_s(MEANT_FOR_S + 1)
    assert window.notice().startswith(NEVER)
    window.type("1234")
    window.press(Intent.CONFIRM)
    assert window.engine.commands == ["open", "open"]
    window.engine.agrees(session="token-1", counter=counter("open").model_dump(mode="json", exclude={"queue"}))
    assert window.is_signed_in


def test_the_engines_own_refusal_of_what_came_too_late_is_said(window: Window) -> None:
    window.sign_in("open")
    window.press(Intent.NEXT)
    window.engine.refuses("too_late")
    assert window.notice() == Phrases("counter", "id").error("too_late")


# -- a refusal that may pass is no answer -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(PASSING))
def test_what_could_not_be_done_for_the_moment_is_sent_again(window: Window, code: ErrorCode) -> None:
    window.sign_in("open")
    window.press(Intent.NEXT)
    window.engine.refuses(code)
    assert window.notice() == "Ini belum bisa dikerjakan. Sistem mencobanya lagi dengan sendirinya."
    assert window.engine.commands == ["next"]
    window.pass_s(AGAIN_AFTER_S[0])
    assert window.engine.commands == ["next", "next"]
    assert window.engine.asked[0].until == window.engine.asked[1].until
    window.engine.agrees(ticket=ticket().model_dump(mode="json"), reason=reason().model_dump(mode="json"))
    assert window.notice() == ""
    assert window.desk.ticket is not None


def test_it_is_tried_less_and_less_often_and_at_last_the_refusal_is_the_answer(window: Window) -> None:
    window.sign_in("open")
    window.press(Intent.NEXT)
    tried_after_s: list[float] = []
    for step in range(100):
        if len(window.engine.asked) > len(tried_after_s):
            tried_after_s.append(round(step / 8, 3))
            window.engine.refuses("storage_failed")
        window.pass_s(0.125)
    assert tried_after_s == pytest.approx([0, 0.5, 1.5, 3.5, 7.5], abs=0.3)
    assert window.notice() == Phrases("counter", "id").error("storage_failed")
    window.press(Intent.NEXT)
    assert window.notice() == ""


def test_a_session_outlives_a_refusal_that_may_pass(window: Window) -> None:
    window.sign_in("open")
    window.press(Intent.NEXT)
    window.engine.refuses("not_ready")
    window.pass_s(MEANT_FOR_S + 1)
    assert window.is_signed_in
    assert window.drawer.kept is not None


# -- a no-show has its time -------------------------------------------------------------------------------------------


def test_a_no_show_is_possible_from_when_the_engine_says_and_until_then_counted_down(window: Window) -> None:
    window.sign_in("calling", no_show_from=window.at + dt.timedelta(seconds=30))
    assert window.why_not(Intent.NO_SHOW) == "Bisa dalam 28 dtk"
    window.press(Intent.NO_SHOW)
    assert window.notice() == "Tidak hadir: Bisa dalam 27 dtk"
    assert window.engine.commands == []
    window.pass_s(26)
    assert window.why_not(Intent.NO_SHOW) == "Bisa dalam 1 dtk"
    window.pass_s(1)
    assert Intent.NO_SHOW in window.possible()
    window.press(Intent.NO_SHOW)
    assert window.engine.commands == ["no_show"]


def test_a_no_show_that_the_engine_finds_too_early_says_how_long_it_takes(window: Window) -> None:
    window.sign_in("calling")
    window.press(Intent.NO_SHOW)
    window.engine.refuses("too_early", wait_s=12)
    assert window.notice() == "Pengunjung masih dalam perjalanan ke loket: bisa dalam 12 detik."


# -- the clock of this machine ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead_s", [30, -30, 3600])
def test_a_wrong_clock_here_changes_nothing_that_counts(window: Window, ahead_s: float) -> None:
    engine_at = window.at
    window.clock.set_back(-ahead_s)
    window.presenter.hall(hall().model_copy(update={"at": engine_at}))
    window.sign_in("calling", undo_until=engine_at + dt.timedelta(seconds=26), undo_action="called", undo_number="A-1")
    assert window.desk.side_actions[4].hint == "panggilan A-1, sisa\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}dtk"
    window.press(Intent.UNDO)
    (asked,) = window.engine.asked
    assert asked.command == "undo"
    assert asked.until == engine_at + dt.timedelta(seconds=3 + MEANT_FOR_S)


def test_a_clock_that_is_set_while_somebody_is_served_moves_no_time_of_the_visit(window: Window) -> None:
    window.presenter.hall(hall())
    window.sign_in("calling")
    window.clock.set_back(-3600)
    window.pass_s(60)
    assert window.desk.ticket is not None
    assert window.desk.ticket.timer == "Dipanggil 1 menit yang lalu"


def test_a_picture_that_was_kept_for_us_says_neither_the_time_nor_that_the_engine_lives(window: Window) -> None:
    window.sign_in("open")
    window.pass_s(10)
    old = window.at - dt.timedelta(hours=2)
    window.presenter.hall(hall().model_copy(update={"at": old, "retained": True}))
    window.pass_s(6)
    assert not window.desk.live
    window.press(Intent.NEXT)
    assert window.engine.asked[0].until == window.at + dt.timedelta(seconds=MEANT_FOR_S)
