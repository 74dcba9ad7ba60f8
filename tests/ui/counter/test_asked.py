"""A supervisor asks something of a counter: it stands on its window, one key says yes and one says no."""

from __future__ import annotations

import pytest

from broker.contract.messages import Asked, CounterMessage
from counter.pages.focus import stops
from tests.ui.counter.desk_samples import MORNING, Window, counter, ticket


@pytest.fixture
def window() -> Window:
    """Yield a window whose officer is free."""
    window = Window()
    window.sign_in("open")
    return window


def asked(**changes: object) -> Asked:
    """Return what a supervisor asks."""
    return Asked.model_validate({"action": "pause", "by": "Maria S.", "at": MORNING, **changes})


def test_it_stands_on_the_window_and_one_key_accepts(window: Window) -> None:
    window.presenter.desk(counter(asked=asked(text="rapat")))
    (line,) = window.desk.help
    assert line.text == "Maria S. meminta loket ini jeda setelah pengunjung Anda selesai. Alasan: rapat"
    assert line.action is not None
    assert line.decline is not None
    assert (line.action.label, line.action.key, line.decline.label, line.decline.key) == ("Ya", "Y", "Tidak bisa", "D")
    assert {"accept", "decline"} <= set(stops(window.desk))
    window.keys("y")
    assert window.engine.commands == ["asked"]
    assert window.engine.asked[0].arguments == {"counter": "c3", "session": "token-1", "action": "accept"}


def test_the_other_key_declines(window: Window) -> None:
    window.presenter.desk(counter(asked=asked(action="help", stage="interview")))
    assert "Wawancara" in window.desk.help[0].text
    window.keys("d")
    assert window.engine.asked[0].arguments["action"] == "decline"


def test_where_nothing_is_asked_the_keys_do_nothing(window: Window) -> None:
    window.keys("y", "d")
    assert window.engine.commands == []


def test_whoever_is_to_open_sees_it_before_signing_in() -> None:
    window = Window()
    window.presenter.desk(counter(state="closed", asked=asked(action="open")))
    (line,) = window.form.help
    assert line.text == "Maria S. meminta loket ini dibuka."
    assert line.action is line.decline is None


def test_a_counter_that_pauses_soon_finishes_without_calling_and_may_go_on(window: Window) -> None:
    window.presenter.desk(pausing())
    (line,) = window.desk.help
    assert line.text == "Loket ini jeda setelah pengunjungnya selesai."
    assert window.desk.actions[0].label == "Selesai"
    window.keys("d")
    assert window.engine.commands == ["resume"]


def test_space_finishes_alone_where_the_counter_pauses_then(window: Window) -> None:
    window.presenter.desk(pausing())
    window.keys("space")
    assert window.engine.commands == ["finish"]
    assert window.engine.asked[0].arguments == {"counter": "c3", "session": "token-1"}


def pausing() -> CounterMessage:
    """Return a counter that serves and pauses then, while others wait."""
    return counter("serving", ticket=ticket(state="serving"), pauses=True, queue_length=3)


def test_what_it_helps_with_stands_there_and_can_be_ended(window: Window) -> None:
    window.presenter.desk(counter(helps=("interview",)))
    assert window.desk.help[0].text == "Hari ini loket ini juga memanggil untuk: Wawancara."
    window.keys("d")
    assert window.engine.asked[0].arguments["action"] == "decline"
