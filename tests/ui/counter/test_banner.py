"""What staff must know of the office's machines stands above everything else, the worst alone."""

from __future__ import annotations

import pytest

from broker.contract.claim import Standing
from broker.contract.messages import PROTOCOL, CounterState, Presence
from counter.desk.keys import Intent
from counter.pages.banner import WAIT_S
from tests.ui.counter.desk_samples import Window, hall

THIS_IS_OLDER = "Jendela ini lebih lama versinya"
BROKER_IS_OLDER = "Sistem antrean lebih lama versinya"


@pytest.fixture
def window() -> Window:
    window = Window()
    window.presenter.hall(hall())
    return window


def broker(protocol: str = PROTOCOL, **devices: str) -> Presence:
    return Presence(online=True, kind="engine", protocol=protocol, devices=devices)


def stands(window: Window) -> tuple[str, str]:
    """Return tone and text of the banner."""
    banner = window.presenter.page.banner
    return (banner.tone, banner.text) if banner else ("", "")


def test_where_all_is_well_nothing_stands_there(window: Window) -> None:
    window.presenter.broker(broker())
    assert stands(window) == ("", "")
    window.sign_in("open")
    assert stands(window) == ("", "")


@pytest.mark.parametrize(
    ("protocol", "says"),
    [("1.0", BROKER_IS_OLDER), ("", BROKER_IS_OLDER), ("1.99", THIS_IS_OLDER), ("2.0", THIS_IS_OLDER)],
)
def test_a_broker_that_speaks_another_version_is_named(window: Window, protocol: str, says: str) -> None:
    window.presenter.broker(broker(protocol))
    tone, text = stands(window)
    assert tone == "warn"
    assert text.startswith(says)


@pytest.mark.parametrize(
    ("device", "tone", "says"),
    [
        ("journal", "bad", "tidak dapat memercayai data"),
        ("engine", "warn", "tidak menjawab siapa pun"),
        ("clock", "warn", "melompat"),
    ],
)
def test_what_is_wrong_with_the_broker_is_said(window: Window, device: str, tone: str, says: str) -> None:
    window.presenter.broker(broker(**{device: "jumped by +86400 s"}))
    assert stands(window)[0] == tone
    assert says in stands(window)[1]


def test_the_worst_comes_first(window: Window) -> None:
    window.presenter.broker(broker("1.0", clock="jumped", journal="shorter than its head"))
    assert "memercayai" in stands(window)[1]
    window.presenter.link(online=False)
    assert stands(window)[1].startswith("Tidak tersambung sejak")


def test_whoever_is_cut_off_reads_what_to_do_meanwhile(window: Window) -> None:
    window.presenter.link(online=False)
    assert stands(window)[1].endswith("Belum ada yang dapat masuk sampai tersambung lagi.")


@pytest.mark.parametrize(
    ("state", "says"),
    [("open", "Mohon tunggu; jangan memanggil dahulu."), ("serving", "Lanjutkan AP-012; jangan memanggil dahulu.")],
)
def test_an_officer_who_is_cut_off_waits_first_and_then_calls_by_voice(
    window: Window, state: CounterState, says: str
) -> None:
    window.sign_in(state)
    window.presenter.link(online=False)
    since, keys = "Tidak tersambung sejak pukul 09.00.", "Tombol tidak berfungsi dahulu."
    assert stands(window) == ("bad", f"{since} {says} {keys}")
    window.clock.advance(WAIT_S)
    by_voice = "Panggil dengan suara, catat nomornya, lalu masukkan lewat Cari."
    assert stands(window) == ("bad", f"{since} Hubungi petugas teknis. {by_voice}")


def test_why_the_picture_is_old_is_said_where_the_broker_still_tells(window: Window) -> None:
    """Without the journal it draws nothing any more, and what it cannot trust would be covered 9 s later."""
    window.presenter.broker(broker(journal="a page is spoilt"))
    window.clock.advance(60)
    assert "memercayai" in stands(window)[1]


@pytest.mark.parametrize(("unanswered_s", "shown"), [(0, False), (4, False), (5, True), (70, True)])
def test_requests_that_nobody_answers_are_said(window: Window, unanswered_s: int, *, shown: bool) -> None:
    window.presenter.hall(hall().model_copy(update={"unanswered_s": unanswered_s}))
    text = f"Sistem antrean lambat: ada yang sudah menunggu jawaban {unanswered_s} detik." if shown else ""
    assert stands(window)[1] == text


@pytest.mark.parametrize(
    ("standing", "tone", "says"),
    [("taken", "bad", "sudah bekerja sebagai loket ini (c3)"), ("wanted", "warn", "dijalankan sebagai loket ini (c3)")],
)
def test_two_machines_of_one_id_both_say_it(window: Window, standing: Standing, tone: str, says: str) -> None:
    window.presenter.taken(standing)
    assert stands(window)[0] == tone
    assert says in stands(window)[1]
    window.presenter.taken("alone")
    assert stands(window) == ("", "")


def test_a_window_that_only_a_foreign_server_answers_says_so_above_all(window: Window) -> None:
    window.presenter.link(online=False)
    window.presenter.taken("untrusted")
    assert stands(window)[0] == "bad"
    assert "Yang menjawab bukan server kantor ini" in stands(window)[1]


def test_the_machine_that_came_second_asks_for_nothing(window: Window) -> None:
    window.sign_in("open")
    window.presenter.taken("taken")
    window.press(Intent.NEXT)
    assert window.engine.commands == []
    assert window.why_not(Intent.NEXT) == "Tidak tersambung"
    assert not window.desk.live
