"""Every paper is a row with its outcome; a row follows each change of a device, and only a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.domain import commands as cmd
from broker.engine import NOTE_GAP_S
from broker.ports import CONNECTION, OFFLINE, ONLINE, Health
from broker.store.papers import NEVER_TOLD, NOBODY_TOLD
from broker.store.sql import SqlStore
from tests.fakes.clock import MORNING
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened


class Room:
    """An engine on a true database, and what stands in the tables."""

    def __init__(self, database: Path) -> None:
        self.store = SqlStore(f"sqlite:///{database}", "demo")
        self.engine = EngineRoom(store=self.store)
        self._database = database

    def papers(self, ticket: str) -> list[tuple[object, ...]]:
        """Return (copy, state, reason) of a ticket's papers."""
        return self.rows("SELECT copy_no, state, reason FROM print_jobs WHERE ticket = ? ORDER BY copy_no", ticket)

    def rows(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        """Return what another program would read."""
        with opened(self._database) as connection:
            return connection.execute(statement, values).fetchall()

    def printed(self, ticket: str, outcome: cmd.Outcome, reason: str | None = None) -> None:
        """Let the kiosk tell."""
        self.engine.ask(cmd.Printed(ticket, outcome, reason))

    def said(self, client: str, **states: str) -> None:
        """Let a client say how it is, and the time pass after which that is written down."""
        self.engine.clock.advance(NOTE_GAP_S)
        self.engine.engine.step([Health(client, states)])


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path / "office.db")
    yield room
    room.store.close()


def test_a_paper_is_queued_with_the_number_and_ends_as_the_kiosk_tells(room: Room) -> None:
    ticket = room.engine.issue()
    assert room.papers(ticket) == [(0, "queued", None)]
    room.printed(ticket, "failed", "no paper")
    assert room.papers(ticket) == [(0, "failed", "no paper")]


def test_it_is_known_who_asked_and_who_printed(room: Room) -> None:
    ticket = room.engine.issue()
    room.engine.ask(cmd.Reprint(ticket), client="counter-1")
    room.printed(ticket, "confirmed")
    room.printed(ticket, "unconfirmed")
    assert room.rows("SELECT copy_no, client, printer, state FROM print_jobs ORDER BY copy_no") == [
        (0, "kiosk-1", "kiosk-1", "confirmed"),
        (1, "counter-1", "kiosk-1", "unconfirmed"),
    ]


def test_each_copy_is_a_job_and_reports_go_to_the_first_that_is_open(room: Room) -> None:
    ticket = room.engine.issue()
    room.engine.ask(cmd.Reprint(ticket))
    room.printed(ticket, "failed", "cover open")
    assert room.papers(ticket) == [(0, "failed", "cover open"), (1, "queued", None)]
    room.printed(ticket, "confirmed")
    assert room.papers(ticket) == [(0, "failed", "cover open"), (1, "confirmed", None)]


def test_a_kiosk_that_prints_for_a_counter_does_not_speak_for_whoever_took_the_number(room: Room) -> None:
    ticket = room.engine.issue()
    room.engine.ask(cmd.Reprint(ticket), client="counter-1")
    room.engine.ask(cmd.Printed(ticket, "confirmed", None), client="kiosk-2")
    assert room.papers(ticket) == [(0, "queued", None), (1, "confirmed", None)]
    room.engine.ask(cmd.Printed(ticket, "unconfirmed", None), client="kiosk-2")
    assert room.papers(ticket) == [(0, "unconfirmed", None), (1, "confirmed", None)]


def test_a_visitor_who_has_the_paper_after_all_puts_the_last_word_right(room: Room) -> None:
    ticket = room.engine.issue()
    room.printed(ticket, "unconfirmed")
    room.printed(ticket, "confirmed", "the visitor has it")
    assert room.papers(ticket) == [(0, "confirmed", "the visitor has it")]


def test_papers_of_one_ticket_say_nothing_of_another(room: Room) -> None:
    first, second = room.engine.issue(), room.engine.issue()
    room.printed(second, "confirmed")
    assert room.papers(first) == [(0, "queued", None)]


def test_a_kiosk_that_was_gone_leaves_its_open_papers_unconfirmed_until_it_tells(room: Room) -> None:
    told, open_one = room.engine.issue(), room.engine.issue()
    room.printed(told, "confirmed")
    room.said("kiosk-1", **{CONNECTION: OFFLINE})
    assert room.papers(open_one) == [(0, "queued", None)]
    room.said("kiosk-1", **{CONNECTION: ONLINE})
    assert room.papers(told) == [(0, "confirmed", None)]
    assert room.papers(open_one) == [(0, "unconfirmed", NEVER_TOLD)]
    room.printed(open_one, "failed", "restarted")
    assert room.papers(open_one) == [(0, "failed", "restarted")]


def test_another_client_that_comes_back_gives_nothing_up(room: Room) -> None:
    ticket = room.engine.issue()
    room.said("kiosk-2", **{CONNECTION: ONLINE})
    assert room.papers(ticket) == [(0, "queued", None)]


def test_a_paper_of_which_nobody_ever_tells_is_given_up_after_two_days(room: Room) -> None:
    """A program of one's own may take numbers and never print; its jobs would be looked through for ever."""
    old, told = room.engine.issue(), room.engine.issue()
    room.printed(told, "confirmed")
    room.engine.clock.advance(47 * 3600)
    room.engine.engine.step([])
    assert room.papers(old) == [(0, "queued", None)]
    young = room.engine.issue()
    room.engine.clock.advance(2 * 3600)
    room.engine.engine.step([])
    assert room.papers(old) == [(0, "unconfirmed", NOBODY_TOLD)]
    assert room.papers(young) == [(0, "queued", None)]
    assert room.papers(told) == [(0, "confirmed", None)]
    room.printed(old, "failed", "after all")
    assert room.papers(old) == [(0, "failed", "after all")]


HEALTH = "SELECT client, device, state FROM device_health ORDER BY id"


def test_a_device_has_a_row_for_each_change_and_none_for_what_is_known(room: Room) -> None:
    for state in ("ready", "ready", "paper_out", "ready"):
        room.said("kiosk-1", printer=state)
    room.said("kiosk-2", printer="ready")
    assert room.rows(HEALTH) == [
        ("kiosk-1", "printer", "ready"),
        ("kiosk-1", "printer", "paper_out"),
        ("kiosk-1", "printer", "ready"),
        ("kiosk-2", "printer", "ready"),
    ]


def test_what_is_known_of_a_device_survives_a_restart(room: Room, tmp_path: Path) -> None:
    room.said("kiosk-1", printer="ready")
    room.store.close()
    again = Room(tmp_path / "office.db")
    again.said("kiosk-1", printer="ready")
    again.store.close()
    assert room.rows(HEALTH) == [("kiosk-1", "printer", "ready")]


def test_old_health_goes_but_the_latest_word_on_each_device_stays(room: Room) -> None:
    room.store.note_health([Health("kiosk-1", {"printer": "paper_out", "scanner": "ready"})], MORNING)
    room.store.note_health([Health("kiosk-1", {"printer": "ready"})], MORNING + dt.timedelta(days=1))
    room.store.forget_health(MORNING + dt.timedelta(days=100))
    assert room.rows(HEALTH) == [("kiosk-1", "scanner", "ready"), ("kiosk-1", "printer", "ready")]


def test_a_disk_that_refuses_costs_the_note_and_nothing_else(room: Room) -> None:
    room.store._connection.exec_driver_sql("DROP TABLE device_health")
    room.store._connection.commit()
    room.said("kiosk-1", printer="ready")
    assert room.papers(room.engine.issue()) == [(0, "queued", None)]


def test_a_device_that_is_gone_for_good_leaves_no_word_behind(room: Room) -> None:
    """Names may change with the port that something is plugged into: the latest words would be without end."""
    for port in range(5):
        room.store.note_health([Health("kiosk-1", {f"usb-{port}": "ready"})], MORNING)
    room.store.forget_health(MORNING + dt.timedelta(days=399))
    assert len(room.rows(HEALTH)) == 5
    room.store.forget_health(MORNING + dt.timedelta(days=401))
    assert room.rows(HEALTH) == []


def test_however_fast_a_device_changes_its_history_has_an_end(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.store.health.KEPT_OF_A_DEVICE", 4)
    room.said("kiosk-2", printer="ready")
    for number in range(20):
        room.said("kiosk-1", printer=str(number))
    assert room.rows(HEALTH) == [
        ("kiosk-2", "printer", "ready"),
        *(("kiosk-1", "printer", str(n)) for n in range(16, 20)),
    ]


def test_however_many_names_are_made_up_for_devices_there_is_an_end(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.store.health.KEPT_OF_ALL", 6)
    for number in range(20):
        room.said("kiosk-1", **{f"device-{number}": "ready"})
    room.store.forget_health(MORNING - dt.timedelta(days=1))
    assert len(room.rows(HEALTH)) == 6


def test_many_words_at_once_are_one_transaction_and_the_last_of_each_counts(room: Room) -> None:
    heard = [Health("kiosk-1", {"printer": state}) for state in ("ready", "paper_out", "paper_out", "ready")]
    room.store.note_health([*heard, Health("kiosk-2", {"printer": "ready"})], MORNING)
    assert [row[2] for row in room.rows(HEALTH)] == ["ready", "paper_out", "ready", "ready"]
    room.store.note_health(heard[-1:], MORNING)
    assert len(room.rows(HEALTH)) == 4
