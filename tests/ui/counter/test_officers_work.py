"""What does not happen with every visitor: hold, transfer, cancel, undo, and picking from the lists. By keys alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from broker.contract.messages import CounterState
from counter.desk.keys import Intent
from tests.ui.counter.desk_samples import Window, counter, entry, hall, held, office, ticket

CURRENT = ticket(state="serving")
WAITING = (entry("A-010"), entry("AP-013"), entry("A-014"))


@pytest.fixture
def window() -> Window:
    """Yield a window with a little of everything in its lists."""
    return Window()


def signed_in(window: Window, state: CounterState, **changes: Any) -> Window:  # noqa: ANN401 - fields of the message
    """Return the window with a counter that has a little of everything in its lists."""
    lists = {"queue": WAITING, "queue_length": 3, "held": (held("A-003", "Fetch a copy"),), "missed": (entry("A-001"),)}
    window.presenter.hall(hall())
    window.sign_in(state, **(lists | changes))
    return window


# -- what the keys ask of the engine ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "keys", "command", "arguments"),
    [
        ("calling", "h enter", "hold", {}),
        ("serving", "h 1 enter", "hold", {"note": "Mengambil fotokopi"}),
        ("serving", "h down down enter", "hold", {"note": "Mengambil berkas yang kurang"}),
        ("serving", "h 1 1 enter", "hold", {}),
        ("serving", "h f o t o space 2 enter", "hold", {"note": "foto 2"}),
        ("serving", "h 1 k u backspace enter", "hold", {"note": "k"}),
        ("serving", "t 1 2 2 enter", "transfer", {"stage": "payment", "reason": "Tahap sudah selesai"}),
        ("serving", "t enter down enter down enter", "transfer", {"stage": "payment", "reason": "Salah antrean"}),
        ("serving", "t 2 1 1 enter", "transfer", {"service": "permit", "reason": "Salah antrean"}),
        ("calling", "t 3 1 enter", "transfer", {"to_counter": "c5"}),
        ("serving", "t 3 escape 1 1 f o t o enter", "transfer", {"stage": "interview", "reason": "foto"}),
        ("calling", "c 1 enter", "cancel", {"ticket": CURRENT.id, "reason": "Pengunjung sudah pulang"}),
        ("calling", "c d u a enter", "cancel", {"ticket": CURRENT.id, "reason": "dua"}),
        ("open", "down c 1 enter", "cancel", {"ticket": "id-A-010", "reason": "Pengunjung sudah pulang"}),
        ("serving", "2 down c 1 enter", "cancel", {"ticket": "id-A-003", "reason": "Pengunjung sudah pulang"}),
        ("open", "down down enter enter", "call", {"ticket": "id-AP-013"}),
        ("open", "up enter enter", "call", {"ticket": "id-A-014"}),
        ("open", "2 down enter", "unhold", {"ticket": "id-A-003"}),
        ("open", "3 down enter", "rejoin", {"ticket": "id-A-001"}),
        ("serving", "3 down enter", "rejoin", {"ticket": "id-A-001"}),
        ("open", "x enter", "close", {}),
    ],
)
def test_every_action_is_reached_by_keys_alone(
    window: Window, state: CounterState, keys: str, command: str, arguments: dict[str, str]
) -> None:
    signed_in(window, state)
    window.keys(*keys.split())
    assert window.engine.commands == [command]
    assert window.engine.asked[0].arguments == {"counter": "c3", "session": "token-1", **arguments}
    assert window.desk.dialog is None


@pytest.mark.parametrize(
    ("state", "keys", "why"),
    [
        ("serving", "down enter", "Selesaikan AP-012 dahulu"),
        ("paused", "down enter", "Lanjutkan dahulu"),
        ("paused", "2 down enter", "Lanjutkan dahulu"),
        ("serving", "2 down enter", "Selesaikan AP-012 dahulu"),
        ("open", "enter", "Gunakan tombol panah"),
        ("open", "u", "Belum ada tindakan"),
        ("open", "c", "Pilih nomor dahulu"),
    ],
)
def test_what_a_list_cannot_do_now_says_why(window: Window, state: CounterState, keys: str, why: str) -> None:
    signed_in(window, state)
    window.keys(*keys.split())
    assert why in window.notice()
    assert window.engine.commands == []
    assert window.desk.dialog is None


def test_a_no_show_needs_as_many_calls_as_the_office_wants() -> None:
    window = Window(calls_before_no_show=3)
    window.sign_in("calling", ticket=ticket(times_called=2))
    assert window.why_not(Intent.NO_SHOW) == "Panggil ulang dahulu (2 dari 3)"
    window.presenter.desk(counter("calling", ticket=ticket(times_called=3)))
    assert window.why_not(Intent.NO_SHOW) == ""


# -- dialogs ------------------------------------------------------------------------------------------------------


def test_a_turn_is_given_up_with_a_reason_only(window: Window) -> None:
    signed_in(window, "calling")
    window.keys("c", "enter")
    assert window.engine.commands == []
    assert window.dialog.title == "Batalkan AP-012?"
    assert window.dialog.confirm.why_not == "Pilih atau ketik alasan dahulu"
    window.keys("2", "enter")
    assert window.engine.commands == ["cancel"]


def test_escape_goes_back_one_step_and_then_out(window: Window) -> None:
    signed_in(window, "serving")
    window.keys("t", "1", "2")
    assert window.dialog.title == "AP-012 ke Pembayaran?"
    window.keys("escape")
    assert window.dialog.title == "AP-012: Ke tahap"
    window.keys("escape")
    assert window.dialog.title == "AP-012 diteruskan ke mana?"
    window.keys("escape")
    assert window.desk.dialog is None
    assert window.engine.commands == []


def test_a_transfer_offers_what_serves_the_visitor_and_says_how_it_stands(window: Window) -> None:
    signed_in(window, "serving")
    window.keys("t", "3")
    assert [(option.key, option.label, option.detail) for option in window.dialog.options] == [
        ("1", "Loket 5", "Melayani"),
    ]
    window.keys("escape", "1")
    assert [(option.label, option.detail) for option in window.dialog.options] == [
        ("Wawancara", "lagi"),
        ("Pembayaran", ""),
    ]
    window.keys("escape", "2")
    assert [option.label for option in window.dialog.options] == ["Izin tinggal"]


def test_a_visitor_of_a_step_free_lane_is_sent_to_step_free_counters_only(window: Window) -> None:
    signed_in(window, "serving")
    offer = office()
    lanes = tuple(lane.model_copy(update={"step_free": lane.id == "priority"}) for lane in offer.lanes)
    counters = tuple(place.model_copy(update={"step_free": place.id == "c3"}) for place in offer.counters)
    window.presenter.office(offer.model_copy(update={"lanes": lanes, "counters": counters}))
    window.keys("t", "3")
    assert not window.dialog.options
    window.keys("escape", "1")
    assert [(option.label, option.detail) for option in window.dialog.options] == [
        ("Wawancara", "lagi"),
        ("Pembayaran", "belum ada loket buka"),
    ]


def test_a_counter_that_helps_out_counts_as_one_that_serves(window: Window) -> None:
    signed_in(window, "serving")
    offer = office()
    counters = tuple(
        place.model_copy(update={"stages": ("interview",), "borrows": ("payment",)}) for place in offer.counters
    )
    window.presenter.office(offer.model_copy(update={"counters": counters}))
    window.keys("t", "1")
    assert [option.detail for option in window.dialog.options] == ["lagi", ""]


def test_a_stage_that_nobody_serves_now_is_named_so(window: Window) -> None:
    signed_in(window, "serving")
    closed = tuple(seen.model_copy(update={"state": "closed"}) for seen in hall().counters)
    window.presenter.hall(hall().model_copy(update={"counters": closed}))
    window.keys("t", "1")
    assert [option.detail for option in window.dialog.options] == ["lagi, belum ada loket buka", "belum ada loket buka"]


def test_the_mouse_does_the_same(window: Window) -> None:
    signed_in(window, "open")
    window.presenter.choose_entry("id-AP-013")
    window.press(Intent.PICK)
    window.press(Intent.CONFIRM)
    assert window.engine.asked[0].arguments["ticket"] == "id-AP-013"
    window.engine.refuses("illegal_transition")
    window.presenter.desk(counter("serving"))
    window.press(Intent.TRANSFER)
    window.presenter.choose_option(0)
    window.presenter.choose_option(1)
    window.press(Intent.CONFIRM)
    assert window.dialog.confirm.why_not == "Pilih atau ketik alasan dahulu", "a stage is not skipped without a reason"
    window.presenter.choose_option(1)
    window.press(Intent.CONFIRM)
    assert window.engine.asked[1].arguments["stage"] == "payment"


def test_a_second_press_of_the_key_that_opened_a_note_is_no_text(window: Window) -> None:
    signed_in(window, "serving")
    window.presenter.key("h")
    window.presenter.key("h")
    assert window.dialog.field == ""
    window.keys("h")
    assert window.dialog.field == "h"


def test_a_double_enter_does_not_run_through_the_question(window: Window) -> None:
    signed_in(window, "open")
    window.keys("down")
    window.presenter.key("enter")
    window.presenter.key("enter")
    assert window.engine.commands == []
    assert window.dialog.title == "Panggil A-010 sekarang?"
    window.keys("enter")
    assert window.engine.commands == ["call"]


def test_an_enter_after_another_key_is_a_new_wish_however_quick(window: Window) -> None:
    signed_in(window, "open")
    for key in ("down", "enter", "escape", "escape", "2", "down", "enter"):
        window.presenter.key(key)
    assert window.engine.commands == ["unhold"]


def test_a_dialog_about_a_visitor_who_is_gone_goes_too(window: Window) -> None:
    signed_in(window, "serving")
    window.keys("h")
    window.presenter.desk(counter("open"))
    assert window.desk.dialog is None


def test_letters_in_a_dialog_are_no_actions(window: Window) -> None:
    signed_in(window, "serving")
    window.keys("h", "f", "space", "x", "u", "p")
    assert window.dialog.field == "f xup"
    assert window.engine.commands == []


def test_without_connection_a_dialog_stays_and_says_so(window: Window) -> None:
    signed_in(window, "serving")
    window.keys("h")
    window.presenter.link(online=False)
    window.keys("enter")
    assert window.engine.commands == []
    assert window.dialog.confirm.why_not == "Tidak tersambung"


def test_signing_out_tells_of_numbers_that_are_still_held(window: Window) -> None:
    signed_in(window, "open")
    window.keys("x")
    assert window.dialog.text == "Masih ada 1 nomor yang ditunda di sini."


# -- undo ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "hint"),
    [
        ("called", "panggilan AP-012, sisa\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}dtk"),
        ("finished", "selesainya AP-012, sisa\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}dtk"),
        ("no_show", "tidak hadirnya AP-012, sisa\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}dtk"),
        ("transferred", "penerusan AP-012, sisa\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}dtk"),
        ("of a newer engine", "langkah terakhir, sisa\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}dtk"),
    ],
)
def test_undo_says_what_it_would_take_back_and_for_how_long(window: Window, action: str, hint: str) -> None:
    window.sign_in("open")
    until = window.at + dt.timedelta(seconds=24.5)
    window.presenter.desk(counter("open", undo_until=until, undo_action=action, undo_number="AP-012"))
    undo = next(button for button in window.buttons if button.intent is Intent.UNDO)
    assert (undo.enabled, undo.hint) == (True, hint)
    window.pass_s(24)
    assert not next(button for button in window.buttons if button.intent is Intent.UNDO).enabled


def test_undo_brings_the_visitor_back_at_once_and_is_not_offered_again(window: Window) -> None:
    window.sign_in("open")
    until = window.at + dt.timedelta(seconds=20)
    window.presenter.desk(counter("open", undo_until=until, undo_action="finished", undo_number="AP-012"))
    window.keys("u")
    assert window.engine.commands == ["undo"]
    window.engine.agrees(ticket=CURRENT.model_dump(mode="json"))
    assert window.desk.ticket is not None
    assert window.notice() == "Diurungkan: selesainya AP-012."
    assert Intent.UNDO not in window.possible()


# -- answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "answer", "told"),
    [
        ("f", {"state": "waiting", "stage": "payment"}, "AP-012 sekarang menunggu: Pembayaran."),
        ("f", {"state": "finished"}, ""),
        ("t 1 2 2 enter", {"state": "waiting", "stage": "payment"}, "AP-012 sekarang menunggu: Pembayaran."),
        ("c 1 enter", {"state": "cancelled"}, "AP-012 dibatalkan."),
        ("h enter", {"state": "held"}, ""),
    ],
)
def test_an_answer_frees_the_counter_and_says_what_cannot_be_seen(
    window: Window, keys: str, answer: dict[str, Any], told: str
) -> None:
    signed_in(window, "serving")
    window.keys(*keys.split())
    window.engine.agrees(ticket=CURRENT.model_copy(update=answer).model_dump(mode="json"))
    assert window.desk.ticket is None
    assert window.notice() == told
    window.pass_s(9)
    assert window.notice() == ""


@pytest.mark.parametrize(
    ("keys", "number", "answer", "told"),
    [
        ("3 down enter", "A-001", {"state": "waiting", "ahead": 3}, "A-001 mengantre lagi. Ada 3 nomor sebelumnya."),
        ("3 down enter", "A-001", {"state": "waiting", "ahead": 0}, "A-001 mengantre lagi."),
        ("2 down c 1 enter", "A-003", {"state": "cancelled"}, "A-003 dibatalkan."),
    ],
)
def test_what_is_done_to_another_number_leaves_the_visitor_alone(
    window: Window, keys: str, number: str, answer: dict[str, Any], told: str
) -> None:
    signed_in(window, "serving")
    window.keys(*keys.split())
    window.engine.agrees(ticket=ticket(number, **answer).model_dump(mode="json"))
    assert window.notice() == told
    assert window.desk.ticket is not None
    assert window.desk.ticket.number == "AP-012"


def test_who_was_missed_too_often_is_the_supervisors_case(window: Window) -> None:
    signed_in(window, "open")
    window.keys("3", "down", "enter")
    window.engine.refuses("not_allowed", ticket="A-001", times=2)
    assert (
        window.notice()
        == "A-001 sudah terlalu sering kembali. Kini hanya pengawas yang dapat mengembalikannya, dengan Teruskan."
    )


def test_a_request_without_an_answer_is_never_doubled_whatever_it_is(window: Window) -> None:
    signed_in(window, "serving")
    window.keys("h", "enter")
    window.pass_s(3)
    assert "Belum ada jawaban" in window.notice()
    window.keys("h", "enter", "f", "t", "3", "enter")
    assert window.engine.commands == ["hold"]


# -- locked out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locked_s", "left"), [(60, "60 detik"), (61, "2 menit"), (3600, "60 menit"), (30, "30 detik")]
)
def test_too_many_wrong_pins_say_for_how_long(window: Window, locked_s: int, left: str) -> None:
    window.type("s9999")
    window.press(Intent.CONFIRM)
    window.engine.refuses("wrong_pin", locked_s=locked_s)
    assert window.notice() == f"Terlalu banyak PIN yang salah. Petugas ini dapat masuk lagi dalam {left}."
    window.pass_s(locked_s)
    assert window.notice() == ""


def test_another_officer_is_not_locked_out(window: Window) -> None:
    window.type("s9999")
    window.press(Intent.CONFIRM)
    window.engine.refuses("wrong_pin", locked_s=60)
    window.presenter.choose_officer(1)
    assert window.notice() == ""
    window.presenter.choose_officer(0)
    assert "60 detik" in window.notice()
