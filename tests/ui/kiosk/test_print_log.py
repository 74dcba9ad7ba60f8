"""The log of papers: what is on disk is what is remembered, whatever a power cut left of the last line."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import threading
from pathlib import Path

import pytest

from broker.contract.messages import Ticket
from kiosk.paper.print_log import KEEP, PrintLog
from tests.ui.kiosk.kiosk_samples import NOW, ticket

LATER = NOW + KEEP + dt.timedelta(seconds=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prints" / "kiosk-1.jsonl"


def open_log(path: Path, at: dt.datetime = NOW) -> PrintLog:
    return PrintLog(path, lambda: at)


def copy(number: int) -> Ticket:
    return ticket().model_copy(update={"copies": number})


def states(log: PrintLog) -> list[tuple[int, str, str | None, str]]:
    """Return what the engine has not been told."""
    return [(entry.ticket.copies, entry.state, entry.outcome, entry.reason) for entry in log.unacknowledged()]


def test_each_step_is_on_disk_when_the_call_returns(path: Path) -> None:
    log = open_log(path)
    assert log.claim(copy(0))
    log.change(copy(0), "queued")
    assert states(open_log(path)) == [(0, "queued", None, "")]
    log.change(copy(0), "sent")
    assert states(open_log(path)) == [(0, "sent", None, "")]
    log.end(copy(0), "failed", "no paper")
    assert states(open_log(path)) == [(0, "failed", "failed", "no paper")]
    log.acknowledged(copy(0))
    assert states(open_log(path)) == []


def test_a_paper_is_claimed_once_also_over_a_restart(path: Path) -> None:
    log = open_log(path)
    assert log.claim(copy(0))
    log.end(copy(0), "confirmed")
    log.acknowledged(copy(0))
    assert not log.claim(copy(0))
    again = open_log(path)
    assert not again.claim(copy(0))
    assert again.claim(copy(1))


def test_a_finished_paper_is_forgotten_after_two_days_and_an_untold_one_never(path: Path) -> None:
    log = open_log(path)
    for number in (0, 1):
        log.claim(copy(number))
        log.end(copy(number), "confirmed")
    log.acknowledged(copy(0))
    later = open_log(path, LATER)
    assert states(later) == [(1, "confirmed", "confirmed", "")]
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1
    assert later.claim(copy(0))


def test_half_a_line_at_the_end_costs_that_line_only(path: Path) -> None:
    log = open_log(path)
    log.claim(copy(0))
    log.change(copy(0), "sent")
    with path.open("a", encoding="utf-8") as file:
        file.write('{"state": "confirmed", "at": "20')
    again = open_log(path)
    assert states(again) == [(0, "sent", None, "")]
    again.end(copy(0), "unconfirmed", "interrupted")
    assert states(open_log(path)) == [(0, "unconfirmed", "unconfirmed", "interrupted")]


@pytest.mark.parametrize("line", ["", "null", "[]", "{}", '{"state": "eaten"}', "\0\0\0\0"])
def test_a_line_that_makes_no_sense_is_passed_by(path: Path, line: str) -> None:
    log = open_log(path)
    log.claim(copy(0))
    log.change(copy(0), "sent")
    path.write_text(f"{line}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert states(open_log(path)) == [(0, "sent", None, "")]


def test_a_disk_that_refuses_costs_the_record_and_not_the_paper(path: Path) -> None:
    log = open_log(path)
    path.unlink()
    path.mkdir()
    assert log.claim(copy(0))
    log.change(copy(0), "sent")
    log.end(copy(0), "confirmed")
    assert states(log) == [(0, "confirmed", "confirmed", "")]
    assert states(open_log(path)) == []


def test_nothing_about_the_visitor_is_kept_but_the_ticket(path: Path) -> None:
    log = open_log(path)
    log.claim(copy(0))
    log.change(copy(0), "queued")
    line = json.loads(path.read_text(encoding="utf-8"))
    assert set(line) == {"state", "at", "ticket", "outcome", "reason"}
    assert set(line["ticket"]) == set(Ticket.model_fields)


def test_a_claim_is_on_disk_before_its_turn_comes_and_never_undoes_what_came_after(path: Path) -> None:
    log = open_log(path)
    assert log.claim(copy(0))
    log.keep_claim(copy(0))
    assert states(open_log(path)) == [(0, "queued", None, "")]
    log.change(copy(0), "sent")
    log.keep_claim(copy(0))
    assert states(open_log(path)) == [(0, "sent", None, "")]


def test_what_follows_half_a_line_of_a_full_disk_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = open_log(path)
    log.claim(copy(0))
    log.change(copy(0), "queued")

    def full(_handle: int) -> None:
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - 40)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        log.change(copy(0), "queued")
    log.change(copy(0), "sent")
    assert states(open_log(path)) == [(0, "sent", None, "")]


def test_a_claim_does_not_wait_for_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = open_log(path)
    log.claim(copy(0))
    claimed: list[bool] = []

    def slow(_handle: int) -> None:
        screen = threading.Thread(target=lambda: claimed.append(log.claim(copy(1))), daemon=True)
        screen.start()
        screen.join(2)

    monkeypatch.setattr(os, "fsync", slow)
    log.change(copy(0), "sent")
    assert claimed == [True]


def test_a_kiosk_that_is_never_switched_off_does_not_fill_its_disk(path: Path) -> None:
    at = NOW
    log = PrintLog(path, lambda: at, most_lines=30)
    for number in range(200):
        at += dt.timedelta(hours=6)
        log.claim(copy(number))
        log.change(copy(number), "sent")
        log.end(copy(number), "confirmed")
        log.acknowledged(copy(number))
    assert len(path.read_text(encoding="utf-8").splitlines()) < 50
    assert len(log._entries) < 30
    assert not log.claim(copy(199))


@pytest.mark.parametrize("is_heard", [True, False])
def test_neither_a_dead_clock_nor_an_engine_that_is_never_back_lets_it_grow(path: Path, is_heard: bool) -> None:  # noqa: FBT001 - from the table
    log = PrintLog(path, lambda: NOW, most_lines=30)
    for number in range(200):
        log.claim(copy(number))
        log.end(copy(number), "confirmed")
        if is_heard:
            log.acknowledged(copy(number))
    assert len(path.read_text(encoding="utf-8").splitlines()) < 50
    log.acknowledged(copy(0))  # the engine is back after all
    assert [entry.ticket.copies for entry in log.unacknowledged()][-1:] == ([] if is_heard else [199])
