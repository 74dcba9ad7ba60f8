"""Today on a board is the report of today, at each moment; and a ticket's history says why each call was its turn."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from broker.domain.events import Issued
from broker.ports import Line
from broker.reports.course import SHOWN, STEP, history_of, today_of
from broker.reports.figures import Question, report
from broker.store.archive import Archive
from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom


@pytest.fixture
def office(tmp_path: Path) -> tuple[EngineRoom, str]:
    """Return a day of two hours on disk, on which somebody still waits."""
    url = f"sqlite:///{tmp_path / 'office.db'}"
    room = EngineRoom(store=SqlStore(url, "demo"))
    room.sign_in("c1", "sari")
    for n in range(8):
        room.issue("visa", "priority" if n == 5 else "regular")
        room.clock.advance(600)
        if n % 2:
            room.call_next("c1")
            room.start("c1")
            room.clock.advance(400)
            room.finish("c1")
    return room, url


def read(office: tuple[EngineRoom, str]) -> tuple[dict[str, Any], Archive]:
    """Return what a board is told, and the archive."""
    room, url = office
    archive, now = Archive(url, "demo"), room.clock.now()
    zone = room.office.zone
    return dict(today_of(zone, now, archive.course(zone, now, STEP))), archive


def test_the_figures_are_those_of_a_report_and_count_who_still_waits(office: tuple[EngineRoom, str]) -> None:
    room, _ = office
    told, archive = read(office)
    now, zone = room.clock.now(), room.office.zone
    with closing(archive):
        today = now.astimezone(zone).date()
        answer = report(archive.history(zone, today, today, now), Question(today, today))
    expected = {name: answer.total.values[name] for name in SHOWN}
    assert told["figures"] == {
        name: [None if value.value is None else float(value.value), value.n] for name, value in expected.items()
    }
    assert told["figures"]["still_waiting"][0] == 4
    assert told["figures"]["wait_median"][1] == 8, "four were called, four wait so far"


def test_each_point_of_the_curve_is_the_day_as_it_was_then(office: tuple[EngineRoom, str]) -> None:
    told, archive = read(office)
    archive.close()
    moments = [dt.datetime.fromisoformat(at) for at, *_ in told["points"]]
    assert moments == sorted(set(moments))
    assert all(at.minute % 15 == 0 for at in moments[:-1])
    arrivals = [arrived for _, arrived, _, _ in told["points"]]
    assert (arrivals[0], arrivals[-1]) == (2, 8)
    assert all(arrived >= served + waiting for _, arrived, served, waiting in told["points"])
    assert told["points"][-1][1:] == [told["figures"][name][0] for name in SHOWN[:3]]


def test_a_day_on_which_nothing_has_happened_yet_has_no_curve(office: tuple[EngineRoom, str]) -> None:
    room, _ = office
    room.clock.advance(24 * 3600)
    told, archive = read(office)
    archive.close()
    assert (told["figures"], told["points"]) == ({}, [])


def test_a_ticket_s_history_says_why_each_call_was_its_turn_and_nothing_that_was_noted(
    office: tuple[EngineRoom, str],
) -> None:
    room, url = office
    ticket = next(one for one in room.hall.tickets.values() if one.lane == "priority")
    with closing(Archive(url, "demo")) as archive:
        lines = history_of(archive.ticket(ticket.id), room.office.zone)
    assert [line["type"] for line in lines] == ["issued", "called", "started", "finished"]
    why = lines[1]["why"]
    assert (why["promised_s"], why["policy"]) == (900, "promise")
    assert why["waited_s"] > 0
    assert {number[0] for number, _ in why["passed_over"]} == {"B"}, "it came before who had waited longer"
    assert "note" not in str(lines)


def test_the_history_of_who_was_handed_in_later_begins_when_they_came(office: tuple[EngineRoom, str]) -> None:
    room, _ = office
    at, came_at = room.clock.now(), room.clock.now() - dt.timedelta(minutes=40)
    issued = Issued(
        at=at, ticket="t", number="B-900", day=at.date(), series="B", sequence=900, service="visa", lane="regular",
        language="id", stage="check", arrived_at=came_at,
    )  # fmt: skip
    (told,) = history_of([Line(1, "kiosk-1", issued)], room.office.zone)
    assert dt.datetime.fromisoformat(told["at"]) == came_at
