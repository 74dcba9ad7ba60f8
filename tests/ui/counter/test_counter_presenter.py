"""The officer's window: what can be done when, what is asked of the engine, and what the window says."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.contract.messages import CounterState, ErrorCode, HallCounter, Today
from broker.language import Phrases
from counter.desk.keys import Intent
from counter.desk.session import Session
from counter.pages.notices import NOTICE_S
from tests.ui.counter.desk_samples import MORNING, Drawer, Window, counter, entry, hall, reason, ticket

N, R, S, F, X, P = Intent.NEXT, Intent.RECALL, Intent.START, Intent.FINISH, Intent.NO_SHOW, Intent.PAUSE
H, T, C, U, G = Intent.HOLD, Intent.TRANSFER, Intent.DROP, Intent.UNDO, Intent.REPRINT


@pytest.fixture
def window() -> Window:
    return Window()


# -- signing in ---------------------------------------------------------------------------------------------------


def test_an_officer_signs_in_by_initial_pin_and_enter(window: Window) -> None:
    window.type("s1234")
    window.press(Intent.CONFIRM)
    assert window.engine.commands == ["open"]
    assert window.engine.asked[0].arguments == {"counter": "c3", "officer": "siti", "pin": "1234"}
    window.engine.agrees(session="token-1", counter=counter("open").model_dump(mode="json", exclude={"queue"}))
    assert window.is_signed_in
    assert window.drawer.kept == Session("c3", "siti", "token-1")
    assert window.desk.officer == "Siti Rahmawati"


def test_the_same_initial_again_finds_the_next_name(window: Window) -> None:
    window.type("b")
    assert window.form.chosen == 1
    window.type("b")
    assert window.form.chosen == 2


def test_arrows_choose_and_begin_at_the_first(window: Window) -> None:
    window.press(Intent.DOWN)
    assert window.form.chosen == 0
    window.press(Intent.DOWN, Intent.UP, Intent.UP)
    assert window.form.chosen == 2


def test_where_officers_are_not_known_the_id_is_typed() -> None:
    window = Window(officers=())
    window.type("siti")
    window.press(Intent.FIELD)
    window.type("12a34")
    window.press(Intent.ERASE)
    window.type("9")
    window.press(Intent.CONFIRM)
    assert window.engine.asked[0].arguments == {"counter": "c3", "officer": "siti", "pin": "1239"}


def test_without_a_name_nothing_is_asked(window: Window) -> None:
    window.type("1234")
    window.press(Intent.CONFIRM)
    assert window.engine.commands == []
    assert window.notice() == "Pilih nama Anda dahulu."


def test_a_wrong_pin_is_said_and_the_pin_forgotten(window: Window) -> None:
    window.type("s9999")
    window.press(Intent.CONFIRM)
    window.engine.refuses("wrong_pin")
    assert window.form.pin_length == 0
    assert window.notice() == Phrases("counter", "id").error("wrong_pin")


def test_what_is_typed_while_the_engine_looks_at_the_last_attempt_is_not_lost(window: Window) -> None:
    window.type("s9999")
    window.press(Intent.CONFIRM)
    window.type("12")
    window.engine.refuses("wrong_pin")
    window.type("34")
    window.press(Intent.CONFIRM)
    assert [asked.arguments["pin"] for asked in window.engine.asked] == ["9999", "1234"]


def test_a_whole_attempt_typed_meanwhile_is_made_when_the_first_was_wrong(window: Window) -> None:
    window.type("s9999")
    window.press(Intent.CONFIRM, Intent.CONFIRM)
    window.type("1234")
    window.press(Intent.CONFIRM)
    assert len(window.engine.asked) == 1
    window.engine.refuses("wrong_pin")
    assert [asked.arguments["pin"] for asked in window.engine.asked] == ["9999", "1234"]
    window.engine.refuses("wrong_pin")
    assert len(window.engine.asked) == 2


def test_no_attempt_typed_meanwhile_is_made_while_locked_out(window: Window) -> None:
    window.type("s9999")
    window.press(Intent.CONFIRM)
    window.type("1234")
    window.press(Intent.CONFIRM)
    window.engine.refuses("wrong_pin", locked_s=60)
    assert len(window.engine.asked) == 1


def test_another_name_drops_the_pin_typed_for_the_first(window: Window) -> None:
    window.type("s12")
    window.presenter.choose_officer(1)
    assert window.form.pin_length == 0


# -- what is possible when ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "possible", "primary"),
    [
        ("open", {N, P}, N),
        ("calling", {R, S, F, X, H, T, C, G}, S),
        ("serving", {N, F, H, T, C, G}, N),
        ("paused", {P}, P),
    ],
)
def test_only_what_the_state_allows_is_offered(
    window: Window, state: CounterState, possible: set[Intent], primary: Intent
) -> None:
    window.sign_in(state)
    assert window.possible() == possible
    assert [action.intent for action in window.buttons if action.primary] == [primary]


@pytest.mark.parametrize(
    ("state", "intent", "why"),
    [
        ("calling", N, "Selesaikan AP-012 dahulu"),
        ("paused", N, "Lanjutkan dahulu"),
        ("open", R, "Belum ada yang dipanggil"),
        ("open", F, "Belum ada yang dipanggil"),
        ("serving", S, "Pelayanan sudah dimulai"),
        ("serving", X, "Pelayanan sudah dimulai"),
        ("calling", P, "Selesaikan AP-012 dahulu"),
        ("open", H, "Belum ada yang dipanggil"),
        ("open", T, "Belum ada yang dipanggil"),
        ("open", C, "Pilih nomor dahulu"),
        ("open", U, "Belum ada tindakan"),
        ("serving", Intent.SIGN_OUT, "Selesaikan AP-012 dahulu"),
    ],
)
def test_what_is_not_possible_says_why_and_asks_nothing(
    window: Window, state: CounterState, intent: Intent, why: str
) -> None:
    window.sign_in(state)
    assert intent is Intent.SIGN_OUT or window.why_not(intent) == why
    window.press(intent)
    assert window.engine.commands == []
    assert why in window.notice()


def test_nobody_can_be_called_from_an_empty_queue(window: Window) -> None:
    window.sign_in("open", queue=(), queue_length=0)
    assert window.why_not(N) == "Tidak ada yang menunggu"


@pytest.mark.parametrize(
    ("state", "intent", "command"),
    [
        ("open", N, "next"),
        ("calling", R, "recall"),
        ("calling", S, "start"),
        ("serving", F, "finish"),
        ("calling", X, "no_show"),
        ("open", P, "pause"),
        ("paused", P, "resume"),
    ],
)
def test_each_action_is_one_request_of_this_session(
    window: Window, state: CounterState, intent: Intent, command: str
) -> None:
    window.sign_in(state)
    window.press(intent)
    assert window.engine.commands == [command]
    assert window.engine.asked[0].arguments == {"counter": "c3", "session": "token-1"}


# -- once and only once -------------------------------------------------------------------------------------------


def test_while_an_action_is_under_way_nothing_else_is_asked(window: Window) -> None:
    window.sign_in("calling")
    window.press(R, R, S, F, X, P, N)
    assert window.engine.commands == ["recall"]
    assert window.possible() == set()


def test_a_double_press_is_one_press_even_when_the_answer_is_quicker(window: Window) -> None:
    window.sign_in("calling")
    window.presenter.press(R)
    window.engine.agrees(ticket=ticket(times_called=2).model_dump(mode="json"))
    window.pass_s(0.15)
    window.presenter.press(R)
    assert window.engine.commands == ["recall"]
    window.pass_s(1)
    window.presenter.press(R)
    assert window.engine.commands == ["recall", "recall"]


@pytest.mark.parametrize("back_s", [3600, -3600])
def test_a_clock_that_is_set_takes_no_key_and_keeps_no_notice(window: Window, back_s: float) -> None:
    window.sign_in("calling")
    window.presenter.press(R)
    window.engine.agrees(ticket=ticket(times_called=2).model_dump(mode="json"))
    window.presenter.press(N)
    window.clock.set_back(back_s)
    assert window.notice()
    window.presenter.press(R)
    assert window.engine.commands == ["recall"]
    window.pass_s(NOTICE_S + 0.1)
    assert not window.notice()
    window.presenter.press(R)
    assert window.engine.commands == ["recall", "recall"]


def test_finish_and_call_next_may_follow_as_fast_as_hands_can(window: Window) -> None:
    window.sign_in("serving")
    window.presenter.press(F)
    window.engine.agrees(ticket=ticket(state="finished").model_dump(mode="json"))
    window.pass_s(0.1)
    window.presenter.press(N)
    assert window.engine.commands == ["finish", "next"]


@given(st.lists(st.sampled_from([*Intent]), max_size=30))
def test_however_keys_are_hit_one_request_is_under_way_at_most(intents: list[Intent]) -> None:
    window = Window()
    window.sign_in("calling")
    window.press(*intents)
    assert sum(not asked.cancelled for asked in window.engine.asked) <= 1  # what nobody has answered is given up


def test_an_answer_shows_at_once_and_before_the_picture_comes(window: Window) -> None:
    window.sign_in("open", queue=(entry("A-010"), entry("AP-013")))
    window.press(N)
    called = ticket("A-010").model_dump(mode="json", exclude={"history"})
    window.engine.agrees(ticket=called, reason=reason().model_dump(mode="json"))
    assert window.desk.ticket is not None
    assert window.desk.ticket.number == "A-010"
    assert [row.number for row in window.desk.lists.rows] == ["AP-013"]
    assert window.possible() == {R, S, F, X, H, T, C, G}


def test_after_finish_the_next_can_be_called_without_waiting_for_the_picture(window: Window) -> None:
    window.sign_in("serving")
    window.press(F)
    window.engine.agrees(ticket=ticket(state="waiting", stage="payment").model_dump(mode="json"))
    assert window.desk.ticket is None
    window.press(N)
    assert window.engine.commands == ["finish", "next"]


def test_an_empty_answer_to_next_says_so(window: Window) -> None:
    window.sign_in("open")
    window.press(N)
    window.engine.agrees(ticket=None, reason=None)
    assert window.notice() == "Tidak ada yang menunggu loket ini."


# -- no answer, no connection -------------------------------------------------------------------------------------


def test_a_request_without_an_answer_becomes_visible_and_goes_on_as_it_is(window: Window) -> None:
    window.sign_in("open")
    window.press(N)
    window.pass_s(2.4)
    assert window.notice() == ""
    window.pass_s(0.2)
    assert "Belum ada jawaban" in window.notice()
    window.press(N, R)
    assert window.engine.commands == ["next"]
    window.engine.agrees(ticket=ticket().model_dump(mode="json"), reason=reason().model_dump(mode="json"))
    assert window.notice() == ""
    assert window.desk.ticket is not None


def test_an_answer_within_a_blink_never_makes_the_buttons_grey(window: Window) -> None:
    window.sign_in("calling")
    window.press(R)
    window.pass_s(0.1)
    assert S in window.possible()
    window.pass_s(0.2)
    assert window.possible() == set()


def test_without_connection_everything_says_so_and_since_when(window: Window) -> None:
    window.sign_in("open")
    window.presenter.hall(hall())
    window.presenter.link(online=False)
    window.pass_s(300)
    assert not window.desk.live
    assert window.desk.banner is not None
    assert "09.00" in window.desk.banner.text
    assert window.possible() == set()
    assert window.why_not(N) == "Tidak tersambung"


def test_a_silent_engine_is_noticed_though_the_server_is_there(window: Window) -> None:
    window.sign_in("open")
    window.presenter.hall(hall())
    window.pass_s(16)
    assert not window.desk.live


# -- the session --------------------------------------------------------------------------------------------------


def test_a_restarted_window_goes_on_with_session_and_ticket() -> None:
    window = Window(Drawer(Session("c3", "siti", "token-7")))
    assert window.is_signed_in
    window.presenter.desk(counter("serving"))
    assert window.desk.ticket is not None
    assert window.desk.ticket.number == "AP-012"
    window.press(F)
    assert window.engine.asked[0].arguments == {"counter": "c3", "session": "token-7"}


def test_the_session_of_another_counter_is_not_ours() -> None:
    assert not Window(Drawer(Session("c5", "siti", "token-7"))).is_signed_in


def test_an_ended_session_leads_to_the_sign_in_with_a_clear_word() -> None:
    window = Window(Drawer(Session("c3", "siti", "token-7")))
    window.presenter.desk(counter("open"))
    window.press(N)
    window.engine.refuses("no_session")
    assert window.notice() == Phrases("counter", "id").error("no_session")
    assert window.drawer.kept is None


def test_a_counter_that_was_closed_elsewhere_asks_to_sign_in_again() -> None:
    window = Window(Drawer(Session("c3", "siti", "token-7")))
    window.presenter.desk(counter("closed"))
    assert window.notice() == "Loket ini sudah ditutup. Silakan masuk lagi."


KEPT_CLOSED = counter("closed").model_copy(update={"retained": True})
"""What a server that remembers over a restart still has of the day before."""
ALL_CLOSED = hall().model_copy(update={"counters": (HallCounter(id="c3", label="3", state="closed"),)})


def test_a_picture_that_the_server_had_kept_ends_no_session() -> None:
    window = Window(Drawer(Session("c3", "siti", "token-7")))
    window.presenter.hall(ALL_CLOSED.model_copy(update={"retained": True}))
    window.presenter.desk(KEPT_CLOSED)
    window.presenter.hall(ALL_CLOSED.model_copy(update={"retained": True}))
    window.presenter.hall(hall())
    window.presenter.desk(counter("open"))
    window.presenter.hall(ALL_CLOSED)
    assert window.is_signed_in
    assert window.drawer.kept is not None


def test_it_does_where_the_live_hall_says_that_the_counter_is_closed() -> None:
    window = Window(Drawer(Session("c3", "siti", "token-7")))
    window.presenter.desk(KEPT_CLOSED)
    window.presenter.hall(ALL_CLOSED)
    assert window.notice() == "Loket ini sudah ditutup. Silakan masuk lagi."
    assert window.drawer.kept is None


def test_the_hall_ends_no_session_while_an_answer_is_awaited() -> None:
    window = Window(Drawer(Session("c3", "siti", "token-7")))
    window.presenter.hall(hall())
    window.presenter.desk(counter("open"))
    window.press(N)
    window.presenter.desk(KEPT_CLOSED)
    window.presenter.hall(ALL_CLOSED)
    assert window.is_signed_in


TOMORROW = hall().model_copy(update={"day": MORNING.date() + dt.timedelta(days=1)})
ENDED = "Hari kerja kantor sudah berakhir, dan loket ini ikut ditutup. Silakan masuk untuk hari ini."


@pytest.mark.parametrize("hall_first", [True, False])
def test_a_session_that_the_days_end_closed_is_said_so_next_morning(*, hall_first: bool) -> None:
    window = Window(Drawer(Session("c3", "siti", "token-7", MORNING.date().isoformat())))
    if hall_first:
        window.presenter.hall(TOMORROW)
    window.presenter.desk(counter("closed"))
    window.presenter.hall(TOMORROW)
    assert window.notice() == ENDED
    assert not window.is_signed_in
    window.type("s1234")
    window.press(Intent.CONFIRM)
    assert window.notice() == ""


def test_a_key_of_next_morning_is_answered_with_what_the_days_end_did() -> None:
    window = Window()
    window.presenter.hall(hall())
    window.sign_in("open")
    window.presenter.hall(TOMORROW)
    window.press(N)
    window.engine.refuses("no_session")
    assert window.notice() == ENDED


def test_a_desk_that_works_over_midnight_is_closed_by_no_days_end() -> None:
    window = Window()
    window.presenter.hall(hall())
    window.sign_in("open")
    window.presenter.hall(TOMORROW)
    window.press(P)
    window.engine.agrees(counter=counter("paused").model_dump(mode="json"))
    window.presenter.desk(counter("closed"))
    assert window.notice() == "Loket ini sudah ditutup. Silakan masuk lagi."


def test_another_counters_picture_changes_nothing(window: Window) -> None:
    window.sign_in("open")
    window.presenter.desk(counter("closed").model_copy(update={"id": "c5"}))
    assert window.is_signed_in


def test_signing_out_asks_first_and_closes_the_counter(window: Window) -> None:
    window.sign_in("open")
    window.press(Intent.SIGN_OUT)
    assert window.engine.commands == []
    assert window.dialog.title == "Keluar dan tutup loket ini?"
    window.press(Intent.CANCEL)
    assert window.desk.dialog is None
    window.press(Intent.SIGN_OUT, Intent.CONFIRM)
    assert window.engine.commands == ["close"]
    window.engine.agrees(counter=counter("closed").model_dump(mode="json"))
    assert not window.is_signed_in
    assert window.drawer.kept is None


def test_nothing_else_happens_behind_the_question(window: Window) -> None:
    window.sign_in("open")
    window.press(Intent.SIGN_OUT, N, P)
    assert window.engine.commands == []


@pytest.mark.parametrize("code", ["counter_busy", "illegal_transition", "too_late", "too_early"])
def test_a_refusal_is_said_in_words_and_the_next_action_clears_it(window: Window, code: ErrorCode) -> None:
    window.sign_in("open")
    window.press(N)
    window.engine.refuses(code)
    assert window.notice() == Phrases("counter", "id").error(code)
    window.press(N)
    assert window.notice() == ""


def test_the_window_changes_its_language_and_back(window: Window) -> None:
    window.sign_in("open", today=Today(served=3, mean_service_s=480))
    assert window.desk.language.label == "English"
    assert window.desk.lists.today == "3 dilayani hari ini, rata-rata 8 menit"
    window.press(Intent.LANGUAGE)
    assert window.desk.language.label == "Bahasa Indonesia"
    assert [action.label for action in window.desk.actions][:2] == ["Call next", "Recall"]
    assert window.desk.lists.today == "3 served today, on average 8 minutes"
    window.press(Intent.LANGUAGE)
    assert window.desk.language.label == "English"
