"""Papers that officers ask for, where the engine or the office is not there at once."""

from __future__ import annotations

import pytest

from broker.contract.messages import ErrorCode, EventMessage, Ticket
from kiosk.paper.copies import CounterPapers
from kiosk.visit.requests import LastingRequests
from tests.ui.kiosk.kiosk_samples import NOW, office, ticket
from tests.ui.kiosk.kiosk_visitor import Visitor


class WithCounter(Visitor):
    """A kiosk that prints for counter 1."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: list[Ticket] = []
        self.lasting = LastingRequests(self.bus, lambda: self.seconds)
        self.counter_papers = CounterPapers(
            frozenset({"counter-1"}),
            lasting=self.lasting,
            print_ticket=lambda of, _office: self.copies.append(of),
        )

    def reprinted(self, client: str = "counter-1", **fields: str) -> None:
        """Let the engine say that an officer asked for the first copy."""
        event = EventMessage(seq=1, at=NOW, type="reprinted", ticket=ticket().id, client=client, copies=1)
        self.counter_papers.heard(event.model_copy(update=fields))


@pytest.fixture
def kiosk() -> WithCounter:
    made = WithCounter()
    made.connected()
    return made


@pytest.mark.parametrize("code", ["storage_failed", "not_ready", "too_many"])
def test_a_copy_that_cannot_be_looked_up_now_comes_when_it_can(kiosk: WithCounter, code: ErrorCode) -> None:
    kiosk.counter_papers.office_heard(office())
    kiosk.reprinted()
    kiosk.engine.of("lookup")[0].refuse(code)
    kiosk.wait(2)
    kiosk.lasting.tick()
    kiosk.engine.of("lookup")[1].answer(ticket())
    assert [(paper.number, paper.copies) for paper in kiosk.copies] == [("A-012", 1)]


def test_a_copy_of_a_ticket_that_is_unknown_is_on_record_as_failed(kiosk: WithCounter) -> None:
    kiosk.counter_papers.office_heard(office())
    kiosk.reprinted()
    kiosk.engine.of("lookup")[0].refuse("unknown_ticket")
    (failed,) = kiosk.engine.of("printed")
    assert (failed.arguments["outcome"], failed.arguments["reason"]) == (
        "failed",
        "the ticket cannot be looked up: unknown_ticket",
    )


def test_a_copy_waits_until_the_office_is_heard(kiosk: WithCounter) -> None:
    kiosk.reprinted()
    kiosk.engine.of("lookup")[0].answer(ticket())
    assert kiosk.copies == []
    kiosk.counter_papers.office_heard(office())
    assert [paper.number for paper in kiosk.copies] == ["A-012"]


def test_what_only_the_event_says_stands_on_the_copy(kiosk: WithCounter) -> None:
    kiosk.counter_papers.office_heard(office())
    kiosk.reprinted(check="0417", qr="the whole code")
    kiosk.engine.of("lookup")[0].answer(ticket())
    assert [(paper.check, paper.qr) for paper in kiosk.copies] == [("0417", "the whole code")]


def test_another_kiosks_counter_is_none_of_ours(kiosk: WithCounter) -> None:
    kiosk.counter_papers.office_heard(office())
    kiosk.reprinted(client="counter-9")
    assert kiosk.engine.requests == []
