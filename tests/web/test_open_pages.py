"""Open pages are lines on their connections: what is slow, gone or broken with one is nothing to the others."""

from __future__ import annotations

import contextlib
import itertools
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from broker.contract import messages as ms
from broker.web.server import Connections
from tests.fakes.web_office import KEY, WebOffice, refuse
from tests.support.browsing import app_of, served
from tests.support.caller import wait_until

PATIENCE_S = 30


@dataclass
class Phone:
    """A plain socket with an open page, which reads when it is told to."""

    wire: socket.socket
    heard: bytes = b""

    def read_until(self, wanted: bytes) -> None:
        """Read on until something was heard."""
        while wanted not in self.heard:
            more = self.wire.recv(65536)
            assert more, f"hung up before {wanted!r}"
            self.heard += more

    def read_to_the_end(self) -> None:
        """Read until the server hangs up."""
        with contextlib.suppress(ConnectionResetError):
            while more := self.wire.recv(65536):
                self.heard += more


@dataclass
class Hall:
    """Served pages, and the phones that have one open."""

    office: WebOffice
    address: tuple[str, int]
    connections: Connections
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def phone(self, key: str = KEY, *, version: str = "1.1") -> Phone:
        """Open a ticket's stream."""
        return self.open(f"/t/{key}/events", version=version)

    def open(self, path: str, *, version: str = "1.1") -> Phone:
        """Open a page's stream."""
        wire = self.stack.enter_context(socket.create_connection(self.address, timeout=PATIENCE_S))
        wire.sendall(f"GET {path} HTTP/{version}\r\nHost: x\r\n\r\n".encode())
        return Phone(wire)


@pytest.fixture
def hall(office: WebOffice) -> Iterator[Hall]:
    """Yield the pages of an office."""
    office.give_out()
    connections = Connections()
    with served(app_of(office), connections=connections) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        hall = Hall(office, (host, int(port)), connections)
        with hall.stack:
            yield hall


@pytest.mark.parametrize(("version", "ends"), [("1.1", b"\r\n0\r\n\r\n"), ("1.0", b"\r\n\r\n")])
def test_a_page_hears_its_call_and_the_end_of_its_day_in_either_version_of_http(
    hall: Hall, version: str, ends: bytes
) -> None:
    phone = hall.phone(version=version)
    phone.read_until(b'data-kind="waiting"')
    assert (b"transfer-encoding: chunked" in phone.heard.lower()) is (version == "1.1")
    hall.office.call()
    phone.read_until(b'data-kind="called"')
    hall.office.answers["lookup"] = lambda _request: refuse("unknown_ticket")
    hall.office.settle("transferred", stage="interview")
    phone.read_to_the_end()
    assert phone.heard.partition(b"event: gone")[2].startswith(b"\r\ndata: -")
    assert phone.heard.endswith(ends)
    wait_until(lambda: len(hall.connections) == 0, "it is counted no more")


def test_the_office_s_page_is_told_of_what_cannot_wait_and_of_nothing_else(hall: Hall) -> None:
    phone = hall.open("/events")
    phone.read_until(b"event: beat")
    hall.office.say_hall(waiting=())
    hall.office.say_hall(closed_today=(ms.ClosedToday(service="visa"),))
    phone.read_until(b"event: again")
    phone.heard = b""
    hall.office.say_hall(waiting=(), closed_today=(ms.ClosedToday(service="visa"),))
    hall.office.say_hall()
    phone.read_until(b"event: again")
    assert phone.heard.count(b"event: again") == 1


def test_what_is_closed_stays_closed_for_a_picture_that_has_no_room_to_say_so(hall: Hall) -> None:
    groups = [
        ms.WaitingGroup(stage="document-check", service="visit-permit", lane="regular", count=n, offer="closed")
        for n in (0, 1)
    ]
    hall.office.say_hall(waiting=groups[:1], closed_today=(ms.ClosedToday(service="visit-permit"),))
    phone = hall.open("/events")
    phone.read_until(b"event: beat")
    hall.office.say_hall()
    hall.open("/events").read_until(b"event: beat")
    phone.wire.settimeout(0.2)
    with contextlib.suppress(TimeoutError):
        phone.read_until(b"event: again")  # what was kept for us is true now
    phone.heard = b""
    hall.office.say_hall(waiting=groups[1:], closed_today=())
    hall.open("/events").read_until(b"event: beat")
    with pytest.raises(TimeoutError):
        phone.read_until(b"event: again")
    phone.wire.settimeout(PATIENCE_S)
    hall.office.say_hall(waiting=[groups[0].model_copy(update={"offer": "open"})])
    phone.read_until(b"event: again")


def test_the_office_s_page_is_told_something_now_and_then(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.web.app.TICK_S", 0.02)
    phone = hall.open("/events")
    phone.read_until(b"event: beat")
    phone.heard = b""
    phone.read_until(b"event: beat")


def test_200_phones_that_go_at_once_leave_nothing_behind_and_the_others_hear_on(hall: Hall) -> None:
    stays = hall.phone()
    keys = [f"ABCDEFGHIJKLM{''.join(letters)}" for letters in itertools.product("NOPQRS", repeat=3)][:200]
    for key in keys:
        hall.office.give_out(key)
    going = [hall.phone(key) for key in keys]
    for phone in (stays, *going):
        phone.read_until(b'data-kind="waiting"')
    assert len(hall.connections) == 201
    for phone in going:
        phone.wire.close()
    hall.office.call()
    stays.read_until(b'data-kind="called"')
    wait_until(lambda: len(hall.connections) == 1, "the others are counted no more")
