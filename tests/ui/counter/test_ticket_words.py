"""The visitor in words: facts, history, and why this number was next."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import pytest

from broker.contract.messages import HistoryEntry
from broker.domain.events import EVENT_TYPES
from counter.desk.keys import Intent
from tests.ui.counter.desk_samples import MORNING, Window, counter, hall, office, reason, ticket

OF_A_TICKET = {name for name, kind in EVENT_TYPES.items() if "ticket" in {field.name for field in fields(kind)}}


@pytest.fixture
def window() -> Window:
    window = Window()
    window.presenter.hall(hall())
    return window


def history(*types: str) -> tuple[HistoryEntry, ...]:
    """Return a history, a minute each."""
    return tuple(
        HistoryEntry(at=MORNING + dt.timedelta(minutes=at), type=kind, stage="interview", counter="c5")
        for at, kind in enumerate(types)
    )


def test_the_ticket_says_all_an_officer_needs(window: Window) -> None:
    window.sign_in("calling", ticket=ticket(times_called=2))
    window.pass_s(64)
    shown = window.desk.ticket
    assert shown is not None
    assert (shown.number, shown.service, shown.stage, shown.language) == (
        "AP-012",
        "Paspor baru",
        "Wawancara",
        "English",
    )
    assert shown.lane is not None
    assert (shown.lane.letter, shown.lane.shape, shown.lane.name) == ("P", "diamond", "Prioritas")
    assert shown.waited == "Menunggu 12 menit"
    assert shown.called == "dipanggil 2 kali"
    assert shown.timer.startswith("Dipanggil 1 menit")


@pytest.mark.parametrize("begun", ["started", "unheld"])
def test_service_is_timed_from_its_start(window: Window, begun: str) -> None:
    started = HistoryEntry(at=MORNING + dt.timedelta(seconds=2), type=begun)
    window.sign_in("serving", ticket=ticket(state="serving", history=(started,)))
    window.pass_s((MORNING + dt.timedelta(seconds=127) - window.at).total_seconds())
    assert window.desk.ticket is not None
    assert window.desk.ticket.timer == "Dilayani selama 2 menit"


def test_finish_says_where_the_visitor_goes_next(window: Window) -> None:
    window.sign_in("serving")
    finish = next(button for button in window.buttons if button.intent is Intent.FINISH)
    assert finish.hint == "lalu Pembayaran"
    window.presenter.desk(counter("serving", ticket=ticket(state="serving", stage="payment")))
    assert next(button for button in window.buttons if button.intent is Intent.FINISH).hint == ""


# -- history ------------------------------------------------------------------------------------------------------


def test_history_is_told_in_words_the_newest_first(window: Window) -> None:
    happened = history("issued", "called", "no_show", "rejoined", "called", "finished", "undone")
    window.sign_in("calling", ticket=ticket(history=happened))
    assert window.desk.ticket is not None
    assert [(line.time, line.text) for line in window.desk.ticket.history] == [
        ("09.06", "Langkah terakhir diurungkan"),
        ("09.05", "Selesai: Wawancara"),
        ("09.04", "Dipanggil ke loket 5"),
        ("09.03", "Kembali dan mengantre lagi"),
        ("09.02", "Tidak hadir di loket 5"),
        ("09.01", "Dipanggil ke loket 5"),
        ("09.00", "Nomor diambil"),
    ]


def test_every_event_of_a_ticket_has_words(window: Window) -> None:
    types = sorted(OF_A_TICKET - {"printed"})
    printed = [f"printed_{outcome}" for outcome in ("confirmed", "unconfirmed", "failed")]
    window.sign_in("calling", ticket=ticket(history=history(*types, *printed)))
    assert window.desk.ticket is not None
    told = [line.text for line in window.desk.ticket.history]
    assert len(set(told)) == len(types) + len(printed)


def test_what_a_newer_engine_tells_is_left_out(window: Window) -> None:
    window.sign_in("calling", ticket=ticket(history=history("issued", "beamed_up")))
    assert window.desk.ticket is not None
    assert [line.text for line in window.desk.ticket.history] == ["Nomor diambil"]


# -- why this one -------------------------------------------------------------------------------------------------


def test_the_reason_names_share_and_those_passed_over(window: Window) -> None:
    window.sign_in("calling", reason=reason(("A-009", 0.4), ("A-010", 0.35)))
    shown = window.desk.reason
    assert shown is not None
    assert shown.title == "Mengapa AP-012?"
    assert shown.text.startswith("Sudah menunggu 12 menit dari 15 menit yang dijanjikan: 80\N{NO-BREAK SPACE}%.")
    assert shown.passed_over == (
        "Datang lebih dahulu dan masih menunggu: A-009 (40\N{NO-BREAK SPACE}%), A-010 (35\N{NO-BREAK SPACE}%)"
    )


@pytest.mark.parametrize(
    ("policy", "rule"),
    [
        ("promise", "Tidak ada yang menunggu loket ini dengan persentase lebih besar."),
        ("head_start", "Dengan keunggulan waktu tiap jalur, tidak ada yang menunggu loket ini lebih lama."),
        ("ratio", "Jalur dipanggil bergantian, dan kini giliran jalurnya."),
        ("strict", "Tidak ada yang menunggu di jalur yang didahulukan dari jalurnya."),
        ("fifo", "Tidak ada yang menunggu loket ini lebih lama."),
        ("chosen", "Nomor ini dipilih oleh petugas."),
        ("max_wait", "Waktu tunggunya melewati batas jalurnya; nomor seperti ini didahulukan."),
        ("prefers", "Loket ini mendahulukan jalurnya."),
    ],
)
def test_every_policy_gives_its_reason_in_words(window: Window, policy: str, rule: str) -> None:
    window.sign_in("calling", reason=reason(("A-009", 0.4), policy=policy))
    assert window.desk.reason is not None
    assert window.desk.reason.text.endswith(rule)


@pytest.mark.parametrize("policy", ["promise", "head_start", "fifo"])
def test_nobody_is_said_to_have_waited_longer_where_somebody_has(window: Window, policy: str) -> None:
    window.sign_in("calling", reason=reason(("A-009", 0.9), policy=policy))
    assert window.desk.reason is not None
    assert window.desk.reason.text == ("Sudah menunggu 12 menit dari 15 menit yang dijanjikan: 80\N{NO-BREAK SPACE}%.")


def test_a_policy_of_a_newer_engine_claims_nothing(window: Window) -> None:
    window.sign_in("calling", reason=reason(policy="by dice"))
    assert window.desk.reason is not None
    assert window.desk.reason.text.endswith("80\N{NO-BREAK SPACE}%.")


@pytest.mark.parametrize("policy", ["head_start", "ratio", "strict", "fifo", "chosen", "max_wait"])
def test_scores_in_seconds_are_told_in_minutes(window: Window, policy: str) -> None:
    window.presenter.office(office("fifo"))
    window.sign_in("calling", reason=reason(("A-009", 1230.0), ("A-010", 640.0), policy=policy, score=720.0))
    assert window.desk.reason is not None
    assert window.desk.reason.passed_over == (
        "Datang lebih dahulu dan masih menunggu: A-009 (20 menit), A-010 (10 menit)"
    )
