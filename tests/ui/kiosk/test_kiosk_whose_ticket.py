"""Whose ticket it is, with the true engine: a public number opens nothing, the paper does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.contract.messages import Ticket
from kiosk.pages.page import FoundPage, NumberPage
from tests.support.station import Station, StationOffice, wait_until


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Station]:
    office = StationOffice(tmp_path)
    made = Station(office)
    wait_until(lambda: made.presenter._flow.is_linked, "the kiosk hears its office", pump=made.pump)
    yield made
    made.close()
    office.close()


@pytest.fixture
def ticket(kiosk: Station) -> Ticket:
    """Let somebody take a number at this very kiosk, and go."""
    kiosk.touch("language:id", "service:new-passport", "continue", "lane:regular")
    issued = kiosk.presenter._flow.visit.ticket
    assert issued is not None
    wait_until(lambda: kiosk.printers._papers.state(issued) == "acknowledged", "it is printed", pump=kiosk.pump)
    kiosk.touch("done")
    return issued


def state(kiosk: Station, ticket: Ticket) -> str:
    """Return how the ticket stands."""
    return kiosk.office.engine.hall.tickets[ticket.id].state.value


def type_number(kiosk: Station, ticket: Ticket) -> None:
    """Type what everybody can read on a display."""
    kiosk.touch("have_ticket", *(f"key:{key}" for key in ticket.number.replace("-", "")), "find")
    assert isinstance(kiosk.shown.page, FoundPage)


def type_code(kiosk: Station, code: str) -> None:
    """Type a check code."""
    kiosk.touch(*(f"key:{digit}" for digit in code), "find")


def banner(kiosk: Station) -> str:
    """Return what the page of the code says."""
    page = kiosk.shown.page
    assert isinstance(page, NumberPage)
    assert page.banner is not None
    return page.banner.title


def wrong(ticket: Ticket) -> str:
    """Return another code than the ticket's."""
    assert ticket.check is not None
    return f"{(int(ticket.check) + 1) % 10_000:04d}"


def test_the_code_stands_on_the_paper_and_nowhere_on_the_wire_but_in_the_answer(kiosk: Station, ticket: Ticket) -> None:
    assert ticket.check is not None
    assert kiosk.emulators[0].lines.count(ticket.check) == 1
    assert ticket.qr.endswith(ticket.check)
    retained = b"".join(kiosk.office.server.retained.values())
    assert f'"{ticket.check}"'.encode() not in retained


def test_somebody_elses_number_is_shown_and_stays_as_it_is(kiosk: Station, ticket: Ticket) -> None:
    type_number(kiosk, ticket)
    kiosk.touch("do:cancel", "confirm:yes", "find")
    type_code(kiosk, wrong(ticket))
    assert banner(kiosk) == "Ini bukan kode tiket ini"
    kiosk.touch("confirm:yes", "back", "do:reprint")
    assert (kiosk.shown.name, state(kiosk, ticket)) == ("code", "waiting")


def test_whoever_has_the_paper_gives_the_ticket_up(kiosk: Station, ticket: Ticket) -> None:
    type_number(kiosk, ticket)
    kiosk.touch("do:cancel")
    type_code(kiosk, ticket.check or "")
    kiosk.touch("confirm:yes")
    assert state(kiosk, ticket) == "cancelled"


def test_whoever_has_the_paper_gets_another_one_with_the_same_code(kiosk: Station, ticket: Ticket) -> None:
    type_number(kiosk, ticket)
    kiosk.touch("do:reprint")
    type_code(kiosk, ticket.check or "")
    wait_until(lambda: kiosk.emulators[0].whole() == 2, "the copy is out", pump=kiosk.pump)
    assert kiosk.emulators[0].lines.count(ticket.check or "") == 2


def test_after_five_wrong_codes_even_the_right_one_needs_an_officer_but_the_paper_itself_does_not(
    kiosk: Station, ticket: Ticket
) -> None:
    type_number(kiosk, ticket)
    kiosk.touch("do:cancel")
    for _ in range(5):
        type_code(kiosk, wrong(ticket))
    assert banner(kiosk) == "Kode salah terlalu sering"
    kiosk.touch("start_over")
    type_number(kiosk, ticket)
    kiosk.touch("do:cancel")
    type_code(kiosk, ticket.check or "")
    assert (banner(kiosk), state(kiosk, ticket)) == ("Kode salah terlalu sering", "waiting")
    kiosk.presenter.returning.scanned(ticket.qr)
    kiosk.pump()
    kiosk.touch("do:cancel", "confirm:yes")
    assert state(kiosk, ticket) == "cancelled"


def test_the_code_on_the_paper_held_to_the_scanner_is_enough(kiosk: Station, ticket: Ticket) -> None:
    kiosk.presenter.returning.scanned(ticket.qr)
    kiosk.pump()
    kiosk.touch("do:cancel", "confirm:yes")
    assert state(kiosk, ticket) == "cancelled"


def test_a_copy_that_an_officer_asks_for_carries_the_code(kiosk: Station, ticket: Ticket) -> None:
    counter = kiosk.office.caller("counter-1")
    counter.request("reprint", {"ticket": ticket.id, "check": ticket.check}, lambda _reply: None)
    wait_until(lambda: kiosk.emulators[0].whole() == 2, "the copy is out", pump=kiosk.pump)
    assert kiosk.emulators[0].lines.count(ticket.check or "") == 2
