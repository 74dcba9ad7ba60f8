"""An officer who is signed in at another counter: a choice, never an accident."""

from __future__ import annotations

import pytest

from counter.desk.keys import Intent, Place
from counter.desk.sign_in import CHOICE_S
from tests.ui.counter.desk_samples import Window, counter, hall


@pytest.fixture
def window() -> Window:
    """Return a window where Siti has just learned that she is signed in at counter 6."""
    window = Window()
    window.presenter.hall(hall())
    tries(window, "c6")
    return window


def tries(window: Window, where: str) -> None:
    """Let Siti sign in while she is signed in elsewhere."""
    window.type("s1234")
    window.press(Intent.CONFIRM)
    window.engine.refuses("not_allowed", open_at=where)
    window.engine.asked.clear()


def test_it_says_where_and_offers_both_with_their_keys(window: Window) -> None:
    dialog = window.form.dialog
    assert dialog is not None
    assert dialog.title == "Anda sudah masuk di loket 6."
    assert (dialog.confirm.label, dialog.confirm.key) == ("Pindah ke sini, tutup loket 6", "Enter")
    assert (dialog.cancel.label, dialog.cancel.key) == ("Tetap di sana", "Esc")
    assert dialog.confirm.enabled


def test_enter_closes_there_and_opens_here(window: Window) -> None:
    window.keys("enter")
    assert [one.command for one in window.engine.asked] == ["open"]
    assert window.engine.asked[0].arguments == {"counter": "c3", "officer": "siti", "pin": "1234", "leave": "c6"}
    assert window.form.dialog is None
    window.engine.agrees(session="token-2", counter=counter("open").model_dump(mode="json"))
    assert window.is_signed_in


def test_escape_stays_there_and_forgets_the_pin(window: Window) -> None:
    window.keys("escape")
    assert window.form.dialog is None
    assert window.presenter.place is Place.FORM
    window.keys("enter")
    assert window.engine.commands == []


def test_after_a_minute_nobody_goes_over_on_her_pin(window: Window) -> None:
    window.pass_s(CHOICE_S)
    assert window.form.dialog is None
    window.keys("enter")
    assert window.engine.commands == []


def test_the_second_press_of_a_hasty_enter_decides_nothing(window: Window) -> None:
    window.presenter.key("enter")
    assert window.engine.commands == []
    assert window.form.dialog is not None


def test_nothing_is_typed_behind_the_question(window: Window) -> None:
    window.keys("b", "9")
    window.presenter.choose_officer(1)
    assert (window.form.chosen, window.form.pin_length) == (0, 0)


def test_a_visitor_there_is_finished_with_first() -> None:
    window = Window()
    window.presenter.hall(hall())
    tries(window, "c5")
    dialog = window.form.dialog
    assert dialog is not None
    assert (dialog.confirm.enabled, dialog.confirm.why_not) == (False, "Selesaikan B-004 di sana dahulu")
    window.keys("enter")
    assert window.engine.commands == []
    assert window.form.dialog is not None


def test_a_visitor_who_came_meanwhile_is_told(window: Window) -> None:
    window.keys("enter")
    window.engine.refuses("counter_busy", counter="c6", open_at="c6")
    assert window.notice() == "Loket 6 masih melayani pengunjung: selesaikan di sana dahulu, lalu masuk di sini."
    assert not window.is_signed_in
