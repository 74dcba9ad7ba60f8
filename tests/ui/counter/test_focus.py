"""Every button is reached by Tab and pressed by Enter; whoever knows the keys never needs to."""

from __future__ import annotations

import pytest

from counter.desk.keys import Intent
from counter.desk.sign_in import Field
from counter.pages.focus import stops
from tests.ui.counter.desk_samples import Window, counter


@pytest.fixture
def window() -> Window:
    """Yield a window whose officer is free."""
    window = Window()
    window.sign_in("open")
    return window


def test_tab_goes_through_every_button_and_round(window: Window) -> None:
    names = stops(window.desk)
    seen = []
    for _ in names:
        window.keys("tab")
        seen.append(window.desk.focus)
    assert tuple(seen) == names
    assert {action.intent for action in window.buttons} <= set(names)
    window.keys("tab")
    assert window.desk.focus == names[0]
    window.keys("shift-tab")
    assert window.desk.focus == names[-1]


def test_enter_presses_what_has_the_focus_and_leaves_it_there(window: Window) -> None:
    window.keys("shift-tab")
    assert window.desk.focus == Intent.PAUSE
    window.keys("enter")
    assert window.engine.commands == ["pause"]
    assert window.desk.focus == Intent.PAUSE


def test_any_other_key_takes_the_focus_away(window: Window) -> None:
    window.keys("shift-tab", "down", "enter")
    assert window.engine.commands == []
    assert window.dialog.title == "Panggil A-010 sekarang?"


def test_a_list_is_opened_by_its_handle(window: Window) -> None:
    while window.desk.focus != "tab:missed":
        window.keys("tab")
    window.keys("enter")
    assert next(tab.intent for tab in window.desk.lists.tabs if tab.chosen) is Intent.MISSED


def test_in_a_dialog_the_focus_stays_in_the_dialog(window: Window) -> None:
    window.presenter.desk(counter("serving"))
    window.keys("h", "tab")
    assert window.desk.focus == "option:0"
    window.keys("enter", "tab", "tab", "tab", "tab")
    assert window.desk.focus == Intent.CONFIRM
    window.keys("enter")
    assert window.engine.asked[0].arguments["note"] == "Mengambil fotokopi"


def test_a_dialog_is_left_by_its_button(window: Window) -> None:
    window.keys("x", "shift-tab")
    assert window.desk.focus == Intent.CANCEL
    window.keys("enter")
    assert window.desk.dialog is None


def test_in_the_form_tab_goes_through_fields_and_buttons() -> None:
    window = Window()
    seen = []
    for _ in range(4):
        window.keys("tab")
        seen.append(window.form.button or window.form.focus.value)
    assert seen == [Field.PIN.value, Intent.CONFIRM, Intent.LANGUAGE, Field.OFFICER.value]
    window.keys("shift-tab", "enter")
    assert window.form.title == "Sign in"


def test_the_form_is_sent_by_its_button() -> None:
    window = Window()
    window.keys("s", "1", "2", "3", "4", "tab")
    assert window.form.button == Intent.CONFIRM
    window.keys("enter")
    assert window.engine.commands == ["open"]
