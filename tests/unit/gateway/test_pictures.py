"""The retained pictures: whole, in the order of calls, within 8 KiB, and drawn only where something changed."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from broker.bootstrap.rules import office_message
from broker.contract.messages import MAX_PAYLOAD_BYTES, CounterMessage, HallMessage
from broker.domain.hall import Hall
from broker.domain.model import Hours, Office, Service
from broker.domain.queue import order
from broker.gateway.pictures import MAX_QUEUE, REDRAW, Pictures
from broker.gateway.shapes import queue_entry
from tests.fakes.dispatch import POLICIES
from tests.fakes.halls import Play
from tests.fakes.offices import COUNTERS, small_office
from tests.support.office import shipped_settings


class Studio:
    """An office whose pictures are drawn."""

    def __init__(self, policy: str = "promise") -> None:
        counters = {counter.id: counter for counter in COUNTERS}
        self.play = Play(small_office(policy=POLICIES[policy], counters=counters))
        self.pictures = Pictures(office_message(shipped_settings()))
        for counter, officer in (("c1", "sari"), ("c2", "budi"), ("c3", "dewi")):
            self.play.sign_in(counter, officer)

    def draw(self, *, everything: bool = False) -> dict[str, dict[str, Any]]:
        """Draw what is due; return it by counter."""
        drawn = self.pictures.counters(self.play.hall, self.play.now, everything=everything)
        return {counter: self._checked(payload) for counter, payload in drawn}

    def _checked(self, payload: bytes) -> dict[str, Any]:
        assert len(payload) <= MAX_PAYLOAD_BYTES
        CounterMessage.model_validate_json(payload)
        body: dict[str, Any] = json.loads(payload)
        return body

    def fill(self, count: int, services: Iterable[str] = ("visa", "passport", "collection")) -> None:
        """Let visitors come, every third with priority."""
        kinds = itertools.cycle(itertools.product(services, ("regular", "regular", "priority")))
        for service, lane in itertools.islice(kinds, count):
            self.play.issue(service, lane)
            self.play.wait(37)


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_a_counters_list_is_in_the_order_of_its_calls_with_every_field(policy: str) -> None:
    studio = Studio(policy)
    studio.fill(30)
    hall, now = studio.play.hall, studio.play.now
    for counter, state in studio.draw().items():
        place, lines = hall.office.counters[counter], hall.callable_lines(counter, now)
        expected = order.line_up(
            lines, hall.office, now, most=MAX_QUEUE, prefers=place.prefers, turn=hall.turn_of(counter)
        )
        assert state["queue"] == [json.loads(queue_entry(hall, t, now).model_dump_json()) for t in expected]
        assert state["queue_length"] == len(expected)


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_the_head_of_the_list_is_whom_next_calls(policy: str) -> None:
    studio = Studio(policy)
    studio.fill(40)
    for counter in itertools.islice(itertools.cycle(("c1", "c2", "c3")), 24):
        state = studio.draw(everything=True)[counter]
        called = studio.play.call_next(counter)
        assert [called.id if called else None] == [entry["id"] for entry in state["queue"][:1]] or not state["queue"]
        if called:
            studio.play.finish(counter)
        studio.play.wait(55)


def test_a_score_is_that_of_the_moment_though_the_rest_of_an_entry_is_kept() -> None:
    studio = Studio()
    ticket = studio.play.issue("visa")
    for minutes in (0, 6, 6):
        studio.play.wait(60 * minutes)
        [entry] = studio.draw(everything=True)["c1"]["queue"]
        assert entry["score"] == round(order.score(ticket, studio.play.office, studio.play.now), 4)


def test_only_counters_in_whose_picture_something_changed_are_drawn() -> None:
    studio = Studio()
    studio.fill(6)
    assert set(studio.draw()) == {"c1", "c2", "c3", "c4"}
    assert studio.draw() == {}
    studio.play.issue("collection")
    assert set(studio.draw()) == {"c3"}
    studio.play.issue("passport", "regular")
    assert set(studio.draw()) == {"c1", "c2"}
    studio.play.call_next("c3")
    assert set(studio.draw()) == {"c3"}
    studio.play.issue("passport", "priority")
    assert set(studio.draw()) == {"c1", "c2", "c4"}
    studio.play.start("c3")
    assert set(studio.draw()) == {"c3"}


def test_a_number_that_was_printed_changes_no_list() -> None:
    studio = Studio()
    ticket = studio.play.issue("visa")
    studio.draw()
    hall = studio.play.hall
    hall.change(ticket.id, studio.play.now, "printed_confirmed")
    assert studio.draw() == {}


def test_a_list_that_only_time_changes_is_drawn_again_after_a_while() -> None:
    studio = Studio()
    studio.fill(6)
    studio.draw()
    studio.play.now += REDRAW
    assert studio.draw() == {}
    studio.play.wait(1)
    assert set(studio.draw()) == {"c1", "c2", "c3", "c4"}


def test_what_can_no_longer_be_taken_back_is_drawn_at_once() -> None:
    studio = Studio()
    studio.fill(1)
    studio.play.call_next("c1")
    assert studio.draw()["c1"]["undo_until"] is not None
    studio.play.now += dt.timedelta(seconds=28)
    assert studio.draw()["c1"]["undo_action"] == "called"
    studio.play.wait(2.5)
    assert studio.draw()["c1"]["undo_until"] is None


def test_a_hall_that_was_rebuilt_is_drawn_anew() -> None:
    studio = Studio()
    studio.fill(3)
    studio.draw()
    other = Studio()
    other.fill(3)
    assert {name for name, _ in studio.pictures.counters(other.play.hall, studio.play.now)} == {"c1", "c2", "c3", "c4"}


def test_a_long_list_ends_where_the_message_is_full_and_says_how_long_it_is() -> None:
    studio = Studio()
    studio.fill(200, ("visa",))
    state = studio.draw()["c1"]
    assert state["queue_length"] == 200
    assert 30 < len(state["queue"]) <= MAX_QUEUE


TEN = Hours(dict.fromkeys(range(7), ((dt.time(10), dt.time(15)),)))


def rows_of(office: Office, now: dt.datetime) -> dict[tuple[str, str], tuple[str, dt.datetime | None]]:
    """Return what `state/hall` says of each service in each lane."""
    payload = Pictures(office_message(shipped_settings())).hall(Hall(office), now, 1, unanswered_s=0)
    assert len(payload) <= MAX_PAYLOAD_BYTES
    groups = HallMessage.model_validate_json(payload).waiting
    return {(group.service, group.lane): (group.offer, group.opens_at) for group in groups}


def test_what_is_closed_by_its_own_hours_says_when_it_opens() -> None:
    office = small_office()
    later = replace(office.services["visa"], hours=TEN)
    office = replace(office, services={**office.services, "visa": later})
    eight = dt.datetime(2026, 3, 2, 8, tzinfo=office.zone)
    rows = rows_of(office, eight)
    assert rows["visa", "regular"] == rows["visa", "priority"] == ("closed", eight.replace(hour=10))
    assert rows["passport", "regular"] == ("open", None)
    assert rows_of(office, eight.replace(hour=10))["visa", "regular"] == ("open", None)
    assert rows_of(office, eight.replace(hour=15))["visa", "regular"][1] == eight.replace(day=3, hour=10)


def test_an_office_too_large_for_the_hours_of_all_leaves_them_out_and_keeps_the_rest() -> None:
    office = small_office()
    many = {f"service-{n:02d}": Service(f"service-{n:02d}", "A", ("check",), hours=TEN) for n in range(29)}
    rows = rows_of(replace(office, services=many), dt.datetime(2026, 3, 2, 8, tzinfo=office.zone))
    assert len(rows) == len(many) * len(office.lanes)
    assert set(rows.values()) == {("closed", None)}
