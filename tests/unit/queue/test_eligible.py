"""Who may call whom, in one table; engine, waits, screens and check-config all ask it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from broker.contract.messages import CounterInfo, LaneInfo
from broker.domain.decide import end_of_day
from broker.domain.model import Counter, Lane
from broker.eligible import is_open_to, may_call, serves, takes
from tests.fakes.clock import MORNING
from tests.fakes.halls import Play
from tests.fakes.offices import COUNTERS, PRIORITY, REGULAR, small_office

PLAIN = Counter("plain", "1", ("check",), borrows=("payment",))
STEPS = replace(PLAIN, step_free=True)
VISAS = replace(PLAIN, services=frozenset({"visa"}))
FAST = replace(PLAIN, lanes=frozenset({"priority"}))
WHEEL = Lane("wheel", "W", 900, step_free=True)


@pytest.mark.parametrize(
    ("counter", "stage", "service", "lane", "calls"),
    [
        (PLAIN, "check", "visa", REGULAR, "own"),
        (PLAIN, "payment", "visa", REGULAR, "borrowed"),
        (PLAIN, "interview", "visa", REGULAR, ""),
        (PLAIN, "check", "visa", WHEEL, ""),
        (PLAIN, "payment", "visa", WHEEL, ""),
        (STEPS, "check", "visa", WHEEL, "own"),
        (STEPS, "payment", "visa", WHEEL, "borrowed"),
        (VISAS, "check", "passport", REGULAR, ""),
        (VISAS, "check", "visa", REGULAR, "own"),
        (FAST, "check", "visa", REGULAR, ""),
        (FAST, "check", "visa", PRIORITY, "own"),
    ],
)
def test_a_counter_calls_what_it_takes_as_its_own_work_or_helping_out(
    counter: Counter, stage: str, service: str, lane: Lane, calls: str
) -> None:
    assert serves(counter, stage, service, lane) == (calls == "own")
    assert may_call(counter, stage, service, lane) == (calls != "")
    assert takes(counter, service, lane) or not calls


def test_the_wire_and_the_rules_of_an_office_give_the_same_answer() -> None:
    """What a screen reads off `state/office` is what the engine goes by."""
    for counter in (PLAIN, STEPS, VISAS, FAST):
        told = CounterInfo(
            id=counter.id,
            label=counter.label,
            stages=counter.stages,
            services=None if counter.services is None else tuple(counter.services),
            lanes=None if counter.lanes is None else tuple(counter.lanes),
            step_free=counter.step_free,
            borrows=counter.borrows,
        )
        for lane in (REGULAR, PRIORITY, WHEEL):
            way = LaneInfo(
                id=lane.id, letter="", shape="circle", name={}, rule={}, promised_wait_s=1, step_free=lane.step_free
            )
            for stage in ("check", "payment", "interview"):
                for service in ("visa", "passport"):
                    found = may_call(told, stage, service, way)
                    assert found == may_call(counter, stage, service, lane)


def test_a_ticket_that_was_sent_to_one_counter_is_that_ones_until_its_time_is_over() -> None:
    soon = MORNING + dt.timedelta(minutes=15)
    assert is_open_to("c1", "", None, MORNING)
    assert is_open_to("c1", "c1", soon, MORNING)
    assert not is_open_to("c2", "c1", soon, MORNING)
    assert not is_open_to("c2", "c1", None, MORNING)
    assert is_open_to("c2", "c1", soon, soon)


def test_over_midnight_an_open_counter_that_may_not_call_a_ticket_keeps_it_from_nothing() -> None:
    """A counter of the stage that is not step-free, or not for the service, does not serve it."""
    lanes = (REGULAR, WHEEL)
    counters = {counter.id: counter for counter in COUNTERS}
    play = Play(small_office(lanes=lanes, counters=counters))
    play.now = play.now.replace(hour=23)
    play.sign_in("c2")
    left = [play.issue("visa"), play.issue("passport", "wheel")]
    served = play.issue("passport")
    play.wait(3 * 3600)
    closed = {getattr(event, "ticket", "") for event in end_of_day(play.hall, play.now)}
    assert closed == {ticket.id for ticket in left}
    assert served.id not in closed
