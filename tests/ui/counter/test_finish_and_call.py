"""One key finishes a visit and calls the next one: two requests in order, and one key takes both back."""

from __future__ import annotations

import datetime as dt

import pytest

from counter.desk.keys import Intent
from counter.desk.requests import MEANT_FOR_S
from tests.ui.counter.desk_samples import Window, counter, entry, ticket

OWN = {"counter": "c3", "session": "token-1"}


@pytest.fixture
def window() -> Window:
    """Yield a window whose officer serves AP-012 while A-010 and AP-013 wait."""
    window = Window()
    window.sign_in("serving")
    return window


def finished(window: Window) -> None:
    """Let the engine finish with the visitor."""
    window.engine.agrees(ticket=ticket(state="finished").model_dump(mode="json"))


def called(window: Window) -> None:
    """Let it call the next one, and say how the counter is now."""
    window.engine.agrees(ticket=ticket("A-010").model_dump(mode="json"), reason=None)
    undo = {"undo_until": window.at + dt.timedelta(seconds=30), "undo_action": "called", "undo_number": "A-010"}
    window.presenter.desk(counter("calling", ticket=ticket("A-010"), queue=(entry("AP-013"),), queue_length=1, **undo))


def hint(window: Window, intent: Intent) -> str:
    """Return what stands below a button's words."""
    return next(action.hint for action in window.buttons if action.intent is intent)


def test_the_button_says_that_it_does_both_and_who_is_next(window: Window) -> None:
    (button,) = (action for action in window.buttons if action.primary)
    assert (button.intent, button.label, button.key) == (Intent.NEXT, "Selesai, panggil berikutnya", "Spasi")
    assert button.hint == "Berikutnya: A-010"


def test_the_second_is_asked_once_the_first_is_done(window: Window) -> None:
    window.keys("space")
    assert window.engine.commands == ["finish"]
    finished(window)
    assert window.engine.commands == ["finish", "next"]
    assert [asked.arguments for asked in window.engine.asked] == [OWN, OWN]
    called(window)
    assert window.desk.ticket is not None
    assert window.desk.ticket.number == "A-010"
    assert not window.notice()


def test_nothing_else_is_asked_between_the_two(window: Window) -> None:
    window.keys("space", "space", "f", "h")
    assert window.engine.commands == ["finish"]
    finished(window)
    window.keys("space", "p")
    assert window.engine.commands == ["finish", "next"]


def test_where_the_first_is_refused_nobody_is_called(window: Window) -> None:
    window.keys("space")
    window.engine.refuses("illegal_transition")
    assert window.engine.commands == ["finish"]
    assert window.notice()
    assert window.desk.ticket is not None


def test_where_nobody_answers_the_first_nobody_is_called(window: Window) -> None:
    window.keys("space")
    window.pass_s(MEANT_FOR_S)
    assert window.engine.commands == ["finish"]
    assert window.notice().startswith("Tidak ada jawaban, dan tidak ada lagi yang dikirim.")


@pytest.mark.parametrize("is_answered", [True, False])
def test_where_only_the_first_is_done_that_is_said(window: Window, is_answered: bool) -> None:  # noqa: FBT001 - a table
    window.keys("space")
    finished(window)
    if is_answered:
        window.engine.refuses("bad_request")
    else:
        window.presenter.link(online=False)
        window.pass_s(MEANT_FOR_S)
    assert window.notice().startswith("AP-012 sudah selesai, tetapi belum ada yang dipanggil.")
    assert window.desk.ticket is None


def test_a_session_that_is_over_ends_the_desk_between_the_two_as_well(window: Window) -> None:
    window.keys("space")
    finished(window)
    window.engine.refuses("no_session")
    assert not window.is_signed_in
    assert "AP-012 sudah selesai" in window.notice()


def test_where_nobody_waits_the_key_only_finishes(window: Window) -> None:
    window.presenter.desk(counter("serving", queue=(), queue_length=0))
    (button,) = (action for action in window.buttons if action.primary)
    assert (button.intent, button.label, button.hint) == (Intent.NEXT, "Selesai", "Tidak ada yang menunggu")
    window.keys("space")
    finished(window)
    assert window.engine.commands == ["finish"]


def test_one_key_takes_both_back(window: Window) -> None:
    window.keys("space")
    finished(window)
    called(window)
    assert hint(window, Intent.UNDO) == "A-010 dan AP-012, sisa\N{NO-BREAK SPACE}30\N{NO-BREAK SPACE}dtk"
    window.keys("u")
    window.engine.agrees(ticket=ticket("A-010", "waiting").model_dump(mode="json"))
    window.engine.agrees(ticket=ticket(state="serving").model_dump(mode="json"))
    assert window.engine.commands == ["finish", "next", "undo", "undo"]
    assert window.notice() == "Diurungkan: panggilan A-010 dan selesainya AP-012."
    assert window.desk.ticket is not None
    assert window.desk.ticket.number == "AP-012"


def test_where_only_the_call_can_be_taken_back_that_is_said(window: Window) -> None:
    """An engine of before knows the last action alone; or a colleague has called that visitor for the next stage."""
    window.keys("space")
    finished(window)
    called(window)
    window.keys("u")
    window.engine.agrees(ticket=ticket("A-010", "waiting").model_dump(mode="json"))
    window.engine.refuses("nothing_to_undo")
    assert window.notice().startswith("A-010 menunggu lagi, tetapi AP-012 tetap selesai.")


def test_whoever_finished_and_called_by_two_keys_takes_the_last_one_back_alone(window: Window) -> None:
    window.keys("f")
    finished(window)
    window.keys("space")
    called(window)
    assert hint(window, Intent.UNDO) == "panggilan A-010, sisa\N{NO-BREAK SPACE}30\N{NO-BREAK SPACE}dtk"
    window.keys("u")
    window.engine.agrees(ticket=ticket("A-010", "waiting").model_dump(mode="json"))
    assert window.engine.commands == ["finish", "next", "undo"]


def test_once_the_visitor_has_come_only_that_is_taken_back(window: Window) -> None:
    window.keys("space")
    finished(window)
    called(window)
    until = window.at + dt.timedelta(seconds=30)
    undo = {"undo_until": until, "undo_action": "started", "undo_number": "A-010"}
    window.presenter.desk(counter("serving", ticket=ticket("A-010", "serving"), **undo))
    window.keys("u")
    window.engine.agrees(ticket=ticket("A-010").model_dump(mode="json"))
    assert window.engine.commands[2:] == ["undo"]
    assert window.notice() == "Diurungkan: mulainya A-010."


# -- a free desk --------------------------------------------------------------------------------------------------


def test_a_free_desk_shows_who_is_next_and_the_longest_wait(window: Window) -> None:
    queue = (entry("AP-013", minutes=5), entry("A-010", minutes=31))
    window.presenter.desk(counter("open", queue=queue, queue_length=12))
    rest = window.desk.rest
    assert rest is not None
    assert rest.next_up is not None
    assert (rest.next_up.number, rest.next_up.service, rest.next_up.waited) == (
        "AP-013",
        "Paspor baru",
        "Sudah menunggu 5 menit",
    )
    assert [(figure.title, figure.figure, figure.detail) for figure in rest.figures] == [
        ("Tunggu terlama", "31 menit", "A-010"),
        ("Menunggu", "12", ""),
    ]


def test_on_a_break_nobody_is_next_but_who_waits_is_told(window: Window) -> None:
    window.presenter.desk(counter("paused"))
    rest = window.desk.rest
    assert rest is not None
    assert (rest.text, rest.next_up) == ("Loket ini sedang jeda.", None)
    assert rest.figures[-1].figure == "2"


def test_where_nobody_waits_the_desk_says_so(window: Window) -> None:
    window.presenter.desk(counter("open", queue=(), queue_length=0))
    rest = window.desk.rest
    assert rest is not None
    assert (rest.text, rest.next_up, rest.figures) == ("Tidak ada yang menunggu loket ini.", None, ())
