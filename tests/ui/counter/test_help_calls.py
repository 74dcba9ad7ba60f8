"""A visitor at a kiosk calls for help: it stands on every counter window, and one key says that somebody is coming."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.contract.messages import HelpCall, HelpMessage, OfficerDay
from counter.desk.keys import Intent
from counter.desk.room import Room
from counter.pages.focus import stops
from tests.ui.counter.desk_samples import MORNING, Window, counter


@pytest.fixture
def window() -> Window:
    """Yield a window whose officer is free."""
    window = Window()
    window.sign_in("open")
    return window


def calls(window: Window, *open_calls: HelpCall, retained: bool = False) -> None:
    """Let the broker tell who waits for help."""
    message = HelpMessage(at=MORNING, open=open_calls)
    window.presenter.help(message.model_copy(update={"retained": retained}))


def call(kiosk: str, minutes_ago: float = 1, **changes: str) -> HelpCall:
    """Return a call for help."""
    return HelpCall(kiosk=kiosk, since=MORNING - dt.timedelta(minutes=minutes_ago), **changes)


def test_a_call_stands_on_the_window_and_a_key_says_that_somebody_comes(window: Window) -> None:
    calls(window, call("kiosk-1"))
    (line,) = window.desk.help
    assert line.text == "kiosk-1: pengunjung meminta bantuan, sejak pukul 08.59."
    assert line.action is not None
    assert (line.action.label, line.action.key, line.action.primary) == ("Saya datang", "A", True)
    window.keys("a")
    assert window.engine.commands == ["help"]
    assert window.engine.asked[0].arguments == {
        "counter": "c3",
        "session": "token-1",
        "action": "come",
        "kiosk": "kiosk-1",
    }


def test_whoever_is_coming_says_by_the_same_key_that_it_is_done(window: Window) -> None:
    calls(window, call("kiosk-1", coming="3", counter="c3"))
    (line,) = window.desk.help
    assert line.text == "kiosk-1: pengunjung sudah tahu bahwa Anda datang."
    assert line.action is not None
    assert line.action.label == "Sudah selesai"
    window.keys("a")
    assert window.engine.asked[0].arguments["action"] == "done"


def test_where_a_colleague_is_coming_that_is_said_and_there_is_nothing_to_press(window: Window) -> None:
    calls(window, call("kiosk-1", coming="Loket 5", counter="c5"))
    (line,) = window.desk.help
    assert (line.text, line.action) == ("kiosk-1: petugas loket 5 sedang datang.", None)
    window.keys("a")
    assert window.engine.commands == []


def test_of_several_calls_the_own_one_and_the_longest_waiting_stand_first(window: Window) -> None:
    calls(window, call("k1", 9, coming="5", counter="c5"), call("k2", 5), call("k3", 7), call("k4", 1))
    assert [line.kiosk for line in window.desk.help] == ["k3", "k2"]
    assert window.desk.help[-1].text.endswith("2 kios lain juga memanggil")
    window.presenter.see_to("k2")
    assert window.engine.asked[0].arguments["kiosk"] == "k2"


@pytest.mark.parametrize("room", [Room(), Room("medium"), Room("narrow")])
def test_a_call_is_reached_by_tab_in_every_arrangement(window: Window, room: Room) -> None:
    window.presenter.room(room)
    calls(window, call("kiosk-1"))
    assert "help:kiosk-1" in stops(window.desk)
    while window.desk.focus != "help:kiosk-1":
        window.keys("tab")
    window.keys("enter")
    assert window.engine.commands == ["help"]


def test_help_is_said_while_a_visitor_is_served_too(window: Window) -> None:
    window.presenter.desk(counter("serving"))
    calls(window, call("kiosk-1"))
    window.keys("a")
    window.engine.agrees(help=None)
    assert window.engine.commands == ["help"]
    assert window.desk.ticket is not None


def test_a_new_call_wants_attention_and_an_old_one_does_not(window: Window) -> None:
    calls(window, call("kiosk-1"), retained=True)
    assert not window.presenter.wants_attention
    calls(window, call("kiosk-1"), call("kiosk-2"))
    assert [window.presenter.wants_attention] == [True]
    window.press(Intent.CANCEL)
    calls(window, call("kiosk-1"), call("kiosk-2"))
    assert [window.presenter.wants_attention] == [False]


def test_a_call_that_a_colleague_takes_wants_no_attention_any_more(window: Window) -> None:
    calls(window, call("kiosk-1"))
    assert [window.presenter.wants_attention] == [True]
    calls(window, call("kiosk-1", coming="Loket 5", counter="c5"))
    assert [window.presenter.wants_attention] == [False]


def test_a_call_wants_attention_whatever_the_queue_does(window: Window) -> None:
    window.presenter.desk(counter("open"))
    calls(window, call("kiosk-1"))
    window.presenter.desk(counter("open", queue=(), queue_length=0))
    assert window.presenter.wants_attention


def test_without_a_connection_the_call_stands_there_and_cannot_be_answered(window: Window) -> None:
    calls(window, call("kiosk-1"))
    window.presenter.link(online=False)
    action = window.desk.help[0].action
    assert action is not None
    assert (action.enabled, action.why_not) == (False, "Tidak tersambung")
    window.keys("a")
    assert window.engine.commands == []


# -- one's own day -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (OfficerDay(), "Anda: 0 dilayani hari ini"),
        (
            OfficerDay(served=14, mean_service_s=560, called=15, within_promise=12),
            "Anda: 14 dilayani hari ini, rata-rata 9 menit, 12 dari 15 dipanggil tepat waktu",
        ),
    ],
)
def test_an_officer_sees_what_the_own_day_came_to(window: Window, day: OfficerDay, text: str) -> None:
    window.presenter.desk(counter("open", day=day))
    assert window.desk.lists.today == text
