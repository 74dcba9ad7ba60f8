"""The window beside another program: who comes to a free desk, keys from anywhere, what is not granted."""

from __future__ import annotations

import pytest

from counter.desk.keys import Intent
from counter.desk.state import DesktopFault
from tests.ui.counter.desk_samples import Window, counter, entry


@pytest.fixture
def idle() -> Window:
    """Yield a window whose officer is free and for whom nobody waits."""
    window = Window()
    window.sign_in("open", queue=(), queue_length=0)
    return window


def test_who_comes_to_a_free_desk_wants_attention_until_anything_is_done(idle: Window) -> None:
    idle.presenter.desk(counter("open"))
    assert idle.presenter.wants_attention
    idle.press(Intent.NEXT)
    assert [idle.presenter.wants_attention] == [False]


def test_who_comes_while_others_wait_already_is_no_news(idle: Window) -> None:
    idle.presenter.desk(counter("open"))
    idle.press(Intent.CANCEL)
    idle.presenter.desk(counter("open", queue=(entry("A-001"), entry("A-002"), entry("A-003")), queue_length=3))
    assert not idle.presenter.wants_attention


@pytest.mark.parametrize("state", ["calling", "serving", "paused"])
def test_an_officer_who_is_busy_or_away_is_not_disturbed(state: str) -> None:
    window = Window()
    window.sign_in(state, queue=(), queue_length=0)  # type: ignore[arg-type] # a table of texts
    window.presenter.desk(counter(state))  # type: ignore[arg-type] # the same
    assert not window.presenter.wants_attention


def test_what_a_server_had_kept_is_no_arrival(idle: Window) -> None:
    idle.presenter.desk(counter("open").model_copy(update={"retained": True}))
    assert not idle.presenter.wants_attention


def test_when_the_visitor_is_called_elsewhere_nothing_wants_attention_any_more(idle: Window) -> None:
    idle.presenter.desk(counter("open"))
    idle.presenter.desk(counter("open", queue=(), queue_length=0))
    assert not idle.presenter.wants_attention


def test_a_key_from_another_program_does_what_the_button_does(idle: Window) -> None:
    idle.presenter.desk(counter("open"))
    idle.pass_s(1)
    idle.presenter.anywhere(Intent.NEXT)
    assert idle.engine.commands == ["next"]


def test_a_key_from_another_program_answers_no_question_and_signs_nobody_in(idle: Window) -> None:
    idle.keys("x")
    idle.presenter.anywhere(Intent.NEXT)
    assert idle.desk.dialog is not None
    form = Window()
    form.presenter.anywhere(Intent.NEXT)
    assert idle.engine.commands == form.engine.commands == []


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (DesktopFault("keys", "", ("ctrl+alt+space",)), "Ctrl+Alt+Space"),
        (DesktopFault("keys", "this desktop is Wayland"), "Gunakan papan tombol."),
        (DesktopFault("dock", "this desktop is Wayland"), "tepi layar"),
        (DesktopFault("hint", "there is no X server"), "bilah tugas"),
    ],
)
def test_what_the_desktop_does_not_grant_is_said_before_anybody_signs_in(fault: DesktopFault, text: str) -> None:
    window = Window()
    window.presenter.desktop((fault,))
    assert text in window.notice()
    window.sign_in("open")
    assert window.notice() == ""
