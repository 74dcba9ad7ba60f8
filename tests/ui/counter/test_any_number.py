"""Any number of the office is looked up and worked on; a supervisor moves whomever it takes. By keys alone."""

from __future__ import annotations

from typing import Any

import pytest

from broker.contract.messages import CounterState, Ticket, TicketState
from counter.desk.keys import Intent
from tests.ui.counter.desk_samples import Window, counter, entry, hall, held, office, ticket

AT = {"counter": "c3", "session": "token-1"}


def at_work(role: str = "officer", state: CounterState = "open", **changes: Any) -> Window:  # noqa: ANN401 - fields
    """Return a window with somebody waiting, held and missed."""
    window = Window()
    window.presenter.hall(hall())
    lists = {"queue": (entry("A-010"),), "queue_length": 1, "held": (held("A-003"),), "missed": (entry("A-001"),)}
    window.sign_in(state, **({"role": role} | lists | changes))
    return window


def found(window: Window, state: TicketState = "waiting", **changes: Any) -> Ticket:  # noqa: ANN401 - fields
    """Look A-044 up, which is of another stage."""
    result = ticket("A-044", state, stage="payment", **({"counter": "c5"} | changes))
    window.keys("5", *"a44", "enter")
    window.engine.agrees(ticket=result.model_dump(mode="json"))
    window.engine.asked.clear()
    return result


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("a 4 4", "A-044"),
        ("A P - 7", "AP-007"),
        ("a p space 1 0 1 2", "AP-1012"),
        ("b 1 backspace 3", "B-003"),
        ("A N T R E A N - X 2 Y", "ANTREAN-X2Y"),
    ],
)
def test_a_number_is_looked_up_however_it_is_typed_or_scanned(typed: str, asked: str) -> None:
    window = at_work()
    window.keys("5", *typed.split(), "enter")
    assert [(one.command, one.arguments) for one in window.engine.asked] == [("lookup", {"ticket": asked})]


def test_nothing_is_looked_up_without_a_number() -> None:
    window = at_work()
    window.keys("5", "enter")
    assert window.engine.commands == []
    assert window.dialog.confirm.why_not == "Ketik nomor dahulu"
    window.keys("escape")
    assert window.desk.dialog is None
    assert window.desk.lists.caption == "Tekan 5, lalu ketik nomor mana pun hari ini."


@pytest.mark.parametrize(
    ("state", "text", "label", "keys", "command"),
    [
        ("waiting", "Menunggu: Pembayaran", "Panggil A-044", "enter enter", "call"),
        ("held", "Ditunda di loket 5", "Layani A-044 lagi", "enter", "unhold"),
        ("no_show", "Tidak hadir di loket 5", "Antrekan A-044 lagi", "enter", "rejoin"),
    ],
)
def test_what_was_found_says_how_it_is_and_offers_what_can_be_done(
    state: TicketState, text: str, label: str, keys: str, command: str
) -> None:
    window = at_work()
    found(window, state)
    (row,) = window.desk.lists.rows
    assert (row.number, row.text, row.chosen) == ("A-044", text, True)
    assert window.desk.lists.pick is not None
    assert window.desk.lists.pick.label == label
    window.keys(*keys.split())
    assert [(one.command, one.arguments) for one in window.engine.asked] == [(command, {**AT, "ticket": "id-A-044"})]


@pytest.mark.parametrize("state", ["called", "serving", "finished", "cancelled"])
def test_where_there_is_nothing_to_do_it_says_so(state: TicketState) -> None:
    window = at_work()
    found(window, state)
    assert window.desk.lists.pick is not None
    assert window.desk.lists.pick.why_not == "Tidak ada yang perlu dilakukan"
    assert window.desk.ticket is None, "the visitor of a colleague is not ours"
    window.keys("enter")
    assert window.engine.commands == []


def test_what_was_found_is_cancelled_and_the_line_follows() -> None:
    window = at_work()
    result = found(window)
    window.keys("c", "1", "enter")
    assert window.engine.asked[0].arguments == {**AT, "ticket": "id-A-044", "reason": "Pengunjung sudah pulang"}
    window.engine.agrees(ticket=result.model_copy(update={"state": "cancelled"}).model_dump(mode="json"))
    (row,) = window.desk.lists.rows
    assert (row.text, row.waited, row.chosen) == ("Dibatalkan", "", False)


def test_who_has_come_this_minute_has_waited_no_minutes() -> None:
    window = at_work(queue=(entry("A-010", minutes=0), entry("A-011", minutes=2)))
    assert [row.waited for row in window.desk.lists.rows] == ["< 1 menit", "2 menit"]


def test_a_number_that_there_is_not_is_said_to_be_unknown() -> None:
    window = at_work()
    window.keys("5", *"z9", "enter")
    window.engine.refuses("unknown_ticket")
    assert "tidak ditemukan" in window.notice()
    assert window.desk.lists.rows == ()


# -- supervisors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "number", "arguments"),
    [
        ("down t 1 2 1 enter", "A-010", {"stage": "payment", "reason": "Salah antrean"}),
        ("2 down t 2 1 d a r u r a t enter", "A-003", {"service": "permit", "reason": "darurat"}),
        ("3 down t 3 1 4 enter", "A-001", {"to_counter": "c3", "reason": "Perlu petugas ini"}),
    ],
)
@pytest.mark.parametrize("state", ["open", "serving"])
def test_a_supervisor_moves_from_every_list(
    state: CounterState, keys: str, number: str, arguments: dict[str, str]
) -> None:
    window = at_work("supervisor", state=state, ticket=ticket(state="serving") if state == "serving" else None)
    window.keys(*keys.split())
    assert [one.command for one in window.engine.asked] == ["transfer"]
    assert window.engine.asked[0].arguments == {**AT, "ticket": f"id-{number}", **arguments}
    window.engine.agrees(ticket=ticket(number, "waiting", stage="payment").model_dump(mode="json"))
    assert window.notice() == f"{number} sekarang menunggu: Pembayaran."
    assert (window.desk.ticket is not None) == (state == "serving"), "the own visitor stays"
    assert not any(row.chosen for row in window.desk.lists.rows)


def test_a_supervisor_moves_what_was_looked_up_and_not_without_a_reason() -> None:
    window = at_work("supervisor")
    found(window, "serving")
    window.keys("t", "1", "1", "enter")
    assert window.engine.commands == []
    assert window.dialog.title == "A-044 ke Wawancara?"
    assert window.dialog.confirm.why_not == "Pilih atau ketik alasan dahulu"
    window.keys("1", "enter")
    assert window.engine.asked[0].arguments == {
        **AT,
        "ticket": "id-A-044",
        "stage": "interview",
        "reason": "Salah antrean",
    }


def test_the_button_names_whom_it_moves() -> None:
    window = at_work("supervisor", state="serving", ticket=ticket(state="serving"))
    label = {action.intent: action.label for action in window.buttons}
    assert label[Intent.TRANSFER] == "Teruskan"
    window.keys("down")
    assert {action.intent: action.label for action in window.buttons}[Intent.TRANSFER] == "Teruskan A-010"


def test_an_officer_is_told_that_only_a_supervisor_moves_others() -> None:
    window = at_work()
    window.keys("down")
    assert window.why_not(Intent.TRANSFER) == "Hanya oleh pengawas"
    window.keys("t")
    assert window.desk.dialog is None


def test_an_officer_with_a_visitor_transfers_that_one_whatever_is_chosen() -> None:
    window = at_work(state="serving", ticket=ticket(state="serving"))
    window.keys("down", "t", "2", "1", "enter")
    assert window.engine.asked[0].arguments == {**AT, "service": "permit"}


def test_a_move_goes_on_when_the_own_visitor_changes() -> None:
    window = at_work("supervisor", state="serving", ticket=ticket(state="serving"))
    window.keys("down", "t")
    window.presenter.desk(window.presenter._desk.model_copy(update={"ticket": None, "state": "open"}))  # type: ignore[union-attr]
    assert window.dialog.title == "A-010 diteruskan ke mana?"


def test_a_visitor_whom_a_supervisor_took_does_not_just_vanish() -> None:
    window = at_work(state="serving", ticket=ticket(state="serving"))
    window.presenter.desk(counter("open"))
    assert window.notice().startswith("AP-012 tidak lagi di loket ini: dipindahkan, dibatalkan")
    window.pass_s(60)
    assert window.notice(), "it stays until something else is done"
    window.keys("space")
    assert window.notice() == ""


def test_what_was_done_here_is_no_news() -> None:
    window = at_work(state="serving", ticket=ticket(state="serving"))
    window.keys("f")
    window.presenter.desk(counter("open"))
    assert window.notice() == "", "the answer is on its way"
    window.engine.agrees(ticket=ticket(state="finished").model_dump(mode="json"))
    window.presenter.desk(counter("open"))
    assert window.notice() == ""


def test_a_counter_whose_label_has_the_word_for_it_is_not_called_by_it_twice() -> None:
    window = Window()
    offer = office()
    labels = {"c3": "Loket 3", "c5": "Counter 5", "c6": "Kasir"}
    counters = tuple(info.model_copy(update={"label": labels[info.id]}) for info in offer.counters)
    window.presenter.office(offer.model_copy(update={"counters": counters}))
    window.sign_in("serving")
    assert window.desk.counter == "Loket 3"
    seen = hall().counters
    named = tuple(one.model_copy(update={"label": labels[one.id]}) for one in seen)
    window.presenter.hall(hall().model_copy(update={"counters": named}))
    window.keys("4")
    assert window.desk.lists.hall is not None
    assert [one.label for one in window.desk.lists.hall.counters] == ["Loket 3", "Loket 5"]
    window.keys("t", "3")
    assert [option.label for option in window.dialog.options] == ["Loket 5"]
