"""Where everybody stands, as phones are told: what a look would say, in pages that fit, and nothing twice."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from dataclasses import replace
from typing import Any

import pytest

from broker.contract.messages import MAX_PAYLOAD_BYTES, Place, WaitingMessage
from broker.domain import commands as cmd
from broker.domain.model import TicketState
from broker.gateway.places import AT_ONCE, WaitingPages
from broker.gateway.shapes import ticket_shape
from tests.fakes.dispatch import POLICIES
from tests.fakes.halls import Play
from tests.fakes.offices import COUNTERS, small_office
from tests.unit.gateway.test_outbound import Office


class Hall:
    """An office, and what a phone would have of it: each page as it was said last."""

    def __init__(self, policy: str = "promise") -> None:
        counters = {counter.id: counter for counter in COUNTERS}
        self.play = Play(small_office(policy=POLICIES[policy], counters=counters))
        self.pages = WaitingPages()
        self.told: dict[int, WaitingMessage] = {}

    def open(self) -> None:
        """Open three counters."""
        for counter, officer in (("c1", "sari"), ("c2", "budi"), ("c3", "dewi")):
            self.play.sign_in(counter, officer)

    def fill(self, count: int) -> None:
        """Let visitors come, every third with priority."""
        kinds = itertools.product(("visa", "passport", "collection"), ("regular", "regular", "priority"))
        for service, lane in itertools.islice(itertools.cycle(kinds), count):
            self.play.issue(service, lane)
            self.play.wait(37)

    def draw(self, *, everything: bool = False) -> dict[int, WaitingMessage]:
        """Draw what changed; return it by page."""
        drawn = self.pages.draw(self.play.hall, self.play.now, is_pressed=lambda: False, everything=everything)
        assert drawn is not None
        assert all(len(payload) <= MAX_PAYLOAD_BYTES for _, payload in drawn)
        said = {page: WaitingMessage.model_validate_json(payload) for page, payload in drawn}
        assert all(message.page == page for page, message in said.items())
        self.told |= said
        return said

    @property
    def places(self) -> list[Place]:
        """Return everybody's place as a phone knows it: of as many pages as count."""
        pages = self.told[0].pages
        assert all(not message.places for page, message in self.told.items() if page >= pages)
        return [place for page in range(pages) for place in self.told[page].places]

    def looked_up(self) -> dict[str, tuple[int, Any]]:
        """Return what a look says of everybody who waits."""
        hall, now = self.play.hall, self.play.now
        shapes = {t.id: ticket_shape(hall, t, now) for t in hall.tickets.values() if t.state is TicketState.WAITING}
        return {name: (shape.ahead, shape.wait) for name, shape in shapes.items()}


@pytest.mark.parametrize("policy", sorted(POLICIES))
@pytest.mark.parametrize("count", [0, 1, 40, 130])
def test_each_place_is_what_a_look_says_and_everybody_who_waits_has_one(policy: str, count: int) -> None:
    hall = Hall(policy)
    hall.open()
    hall.fill(count)
    for counter in ("c1", "c3"):
        if hall.play.call_next(counter) is not None:
            hall.play.start(counter)
    hall.play.wait(100)
    hall.draw()
    assert {place.id: (place.ahead, place.wait) for place in hall.places} == hall.looked_up()
    assert len({place.number for place in hall.places}) == len(hall.places)


def test_a_look_s_words_hold_over_a_whole_day_of_calls_transfers_holds_and_midnight() -> None:
    hall = Hall()
    hall.open()
    hall.fill(12)
    for step in range(40):
        counter = ("c1", "c2", "c3")[step % 3]
        if hall.play.call_next(counter) is not None:
            hall.play.start(counter)
            if counter == "c1" and step % 4 == 0:
                current = hall.play.hall.current(hall.play.hall.desks["c1"])
                is_passport = current is not None and current.service == "passport"
                hall.play.send_to("c1", to="c2") if is_passport else hall.play.hold("c1")
            else:
                hall.play.finish(counter)
        hall.play.wait(90)
        hall.draw()
        assert {place.id: (place.ahead, place.wait) for place in hall.places} == hall.looked_up(), step


def test_who_is_expected_first_comes_first() -> None:
    hall = Hall()
    hall.open()
    hall.fill(60)
    hall.draw()
    lows = [place.wait.high_s for place in hall.places if place.wait is not None and place.number.startswith("A-")]
    assert lows == sorted(lows)
    first = hall.places[0]
    assert first.ahead == 0
    assert first.number in {ticket.number for counter in ("c1", "c2", "c3") if (ticket := hall.play.call_next(counter))}


def test_whom_no_open_counter_may_call_stands_last_and_has_no_wait() -> None:
    hall = Hall()
    hall.play.sign_in("c3", "dewi")
    hall.fill(20)
    hall.draw()
    waits = [place.wait is None for place in hall.places]
    assert waits == sorted(waits)
    assert {place.wait is None for place in hall.places} == {True, False}
    assert {place.number[0] for place in hall.places if place.wait is not None} == {"J"}


def test_many_stand_on_pages_that_fit_and_an_emptied_page_is_said_empty_once() -> None:
    hall = Hall()
    hall.open()
    hall.fill(200)
    assert set(hall.draw()) == set(range(hall.told[0].pages))
    assert hall.told[0].pages > 2
    for ticket in list(hall.play.hall.tickets.values())[:195]:
        hall.play.do(cmd.Cancel(ticket.qr))
    said = hall.draw()
    assert said[0].pages == 1
    assert [len(message.places) for _, message in sorted(said.items())][1:] == [0] * (len(said) - 1)
    assert len(hall.places) == 5
    assert hall.draw() == {}
    for place in hall.places:
        hall.play.do(cmd.Cancel(place.id))
    [last] = hall.draw().values()
    assert (last.pages, last.places) == (1, ())


def test_what_has_not_changed_is_not_said_again_unless_everything_is() -> None:
    hall = Hall()
    hall.open()
    hall.fill(150)
    pages = len(hall.draw())
    assert hall.draw() == {}
    hall.play.issue("passport")
    assert 0 < len(hall.draw()) < pages, "whoever comes last changes the end"
    assert len(hall.draw(everything=True)) == hall.told[0].pages


def test_nothing_is_drawn_while_somebody_waits_to_be_answered_and_nothing_is_forgotten() -> None:
    hall = Hall()
    hall.open()
    hall.fill(AT_ONCE + 1)
    assert hall.pages.draw(hall.play.hall, hall.play.now, is_pressed=lambda: True) is None
    assert len(hall.draw()) == 1


# -- on the wire ----------------------------------------------------------------------------------------------------


def test_the_retained_pages_hold_all_who_wait_and_no_secret() -> None:
    office = Office(replace(small_office(), public_url="http://antrian.lan"))
    office.sign_in()
    tickets = [office.do("issue", service="visa")["ticket"] for _ in range(3)]
    office.clock.advance(1)
    office.engine.step([])
    page = WaitingMessage.model_validate(office.air.last("state/waiting/0"))
    assert [place.number for place in page.places] == [ticket["number"] for ticket in tickets]
    assert page.seq == office.engine.hall.seq
    said = page.model_dump_json()
    assert all(ticket["key"] not in said and ticket["qr"] not in said for ticket in tickets)
    assert page.at.utcoffset() == dt.timedelta(hours=7)
    assert str(uuid.UUID(page.places[0].id)) == tickets[0]["id"]
