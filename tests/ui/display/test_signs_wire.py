"""Signs on a wire, from an engine's states to what is lit: every language, power cuts, absent signs, pulled cables."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from broker.bus import Post
from broker.config.desk_devices import Sign, SignBus
from broker.config.settings import Settings
from broker.contract.messages import CounterState, HallMessage, Presence
from broker.contract.topics import ENGINE_CLIENT, Topics
from display.signs.app import SignsApp
from hardware.codecs.known import sign_side
from hardware.config import LineConfig, SignCodecName
from hardware.emulators.sign import EmulatedSigns
from hardware.emulators.wire import PtyWire, TcpWire, Wire
from tests.fakes.bus import FakeBus, FakeServer
from tests.support.caller import wait_until
from tests.ui.display.test_signs import counter, hall, ticket
from tests.ui.kiosk.kiosk_samples import NOW, settings

SIGNS = (
    Sign(address=1, counter="counter-1"),
    Sign(address=2, counter="counter-2"),
    Sign(address=7, board=True, lines=2),
)
REFRESH_S = 0.05


@dataclass
class Hall:
    """An office's engine, as far as signs see it, and the signs."""

    engine: FakeBus
    topics: Topics
    signs: EmulatedSigns
    server: FakeServer
    wire: Wire

    def tell_counter(self, name: str, state: CounterState, number: str = "") -> None:
        """Say how a counter stands."""
        message = counter(name, state, ticket(number) if number else None)
        self.engine.publish(self.topics.counter(name), message.model_dump_json().encode(), retain=True)

    def tell_hall(self, picture: HallMessage) -> None:
        """Say how the hall stands."""
        self.engine.publish(
            self.topics.hall(),
            picture.model_copy(update={"at": dt.datetime.now(dt.UTC)}).model_dump_json().encode(),
            retain=True,
        )

    def wait_lit(self, *texts: str) -> None:
        """Wait until the signs show these texts, in the order of their addresses."""
        wait_until(lambda: tuple(self.signs.lit().values()) == texts, f"lit: {texts}, not {self.signs.status()}")

    def devices(self) -> dict[str, str]:
        """Return how the signs fare, as the process tells it."""
        said = self.server.retained.get(self.topics.presence("signs-1"), b'{"online": false, "kind": "signs"}')
        return Presence.model_validate_json(said).devices

    def wait_device(self, device: str, state: str) -> None:
        """Wait until a sign is told to be so."""
        wait_until(lambda: self.devices().get(device) == state, f"{device} is {state}")


def shop(wire: Wire, codec: SignCodecName, **changes: object) -> SignBus:
    """Return the configuration of signs on a wire."""
    made = SignBus(id="signs-1", line=LineConfig(url=wire.url), codec=codec, width=8, blink_s=0, signs=SIGNS)
    return made.model_copy(update={"refresh_s": REFRESH_S, **changes})  # unchecked: quicker than is good for true signs


@contextmanager
def open_hall(
    wire: Wire, codec: SignCodecName, data_dir: Path, *, rivals: int = 0, **changes: object
) -> Iterator[Hall]:
    """Yield a hall with its signs process running, the last one of so many `rivals`."""
    office = settings()
    server, config = FakeServer(), shop(wire, codec, **changes)
    topics = Topics(office.office.id)

    def bus(kind: str, _settings: Settings, name: str, post: Post) -> FakeBus:
        return FakeBus(server=server, office=office.office.id, client=name, kind=kind, post=post, claims=rivals > 0)

    signs = EmulatedSigns(wire, sign_side(codec), config.addresses, read_s=0.002)
    engine = FakeBus(server=server, office=office.office.id, client=ENGINE_CLIENT, kind="engine", post=_at_once)
    engine.start()
    engine.announce()
    for _ in range(rivals):
        bus("signs", office, config.id, _at_once).start()
    process = SignsApp(office, config, data_dir=data_dir, bus_for=bus)
    thread = threading.Thread(target=process.run)
    signs.start()
    thread.start()
    try:
        yield Hall(engine, topics, signs, server, wire)
    finally:
        process.stop()
        thread.join(10)
        signs.stop()
        assert not thread.is_alive()


def _at_once(step: Callable[[], None]) -> None:
    step()


@pytest.fixture(params=["pty", "tcp"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Wire:
    return PtyWire(tmp_path / "signs") if request.param == "pty" else TcpWire()


FORMS: list[tuple[SignCodecName, tuple[str, str], str]] = [
    ("ascii", ("A-012", "AP-003 2"), "unknown"),
    ("edi", ("A-012", "AP-003 2"), "unknown"),
    ("modbus", ("A012", "AP003 2"), "present"),
]


@pytest.mark.parametrize(("codec", "forms", "state"), FORMS)
def test_signs_follow_the_office_and_end_dark(
    codec: SignCodecName, forms: tuple[str, str], state: str, tmp_path: Path
) -> None:
    number, call = forms
    with open_hall(PtyWire(tmp_path / "signs"), codec, tmp_path) as lobby:
        lobby.tell_counter("counter-1", "calling", "A-012")
        lobby.tell_counter("counter-2", "closed")
        lobby.tell_hall(hall(("AP-003", "2", NOW)))
        lobby.wait_lit(number, "", call, "")
        lobby.wait_device("sign 8", state)
        lobby.tell_counter("counter-1", "closed")
        lobby.wait_lit("", "", call, "")
    assert set(lobby.signs.lit().values()) == {""}


@pytest.mark.parametrize("codec", ["ascii", "modbus"])
def test_a_sign_that_lost_its_power_is_right_again_within_a_refresh(codec: SignCodecName, tmp_path: Path) -> None:
    with open_hall(PtyWire(tmp_path / "signs"), codec, tmp_path, digits_only=True) as lobby:
        lobby.tell_counter("counter-1", "serving", "A-012")
        lobby.wait_lit("012", "", "", "")
        lobby.signs.command("power 1")
        lobby.wait_lit("012", "", "", "")


def test_signs_that_another_machine_serves_say_so_to_staff(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_hall(PtyWire(tmp_path / "signs"), "modbus", tmp_path, rivals=1) as lobby:
        wait_until(lambda: "another machine already serves the signs signs-1" in caplog.text, "it says so")
        lobby.tell_counter("counter-1", "calling", "A-012")
        next(client for client in lobby.server.clients if client.client_id == "signs-1").stop()
        wait_until(lambda: "this machine serves the signs signs-1 alone" in caplog.text, "and that it takes over")
        lobby.wait_lit("A012", "", "", "")


def test_an_absent_sign_is_told_and_shows_what_counts_when_it_comes_back(tmp_path: Path) -> None:
    with open_hall(PtyWire(tmp_path / "signs"), "modbus", tmp_path) as lobby:
        lobby.wait_device("sign 1", "present")
        lobby.signs.command("absent 1")
        lobby.wait_device("sign 1", "absent")
        lobby.tell_counter("counter-2", "serving", "B-001")
        lobby.wait_lit("", "B001", "", "")
        lobby.tell_counter("counter-1", "serving", "A-012")
        assert lobby.signs.command("status") == "1: absent | 2: [B001] | 7: dark | 8: dark"
        lobby.signs.command("present 1")
        lobby.wait_lit("A012", "B001", "", "")
        lobby.wait_device("sign 1", "present")


def test_a_pulled_cable_heals_by_itself(wire: Wire, tmp_path: Path) -> None:
    with open_hall(wire, "modbus", tmp_path) as lobby:
        lobby.tell_counter("counter-1", "serving", "A-012")
        lobby.wait_lit("A012", "", "", "")
        lobby.wire.unplug()
        lobby.wait_device("sign 1", "absent")
        wait_until(lambda: lobby.devices()["line"] != "open", "why is told")
        lobby.tell_counter("counter-1", "serving", "A-013")
        lobby.wire.plug()
        lobby.wait_lit("A013", "", "", "")
        lobby.wait_device("line", "open")


def test_a_command_that_makes_no_sense_is_answered_with_those_that_do(tmp_path: Path) -> None:
    signs = EmulatedSigns(PtyWire(tmp_path / "signs"), sign_side("edi"), (1, 2))
    assert "there is no sign 5" in signs.command("power 5")
    assert "the address of a sign is missing" in signs.command("absent")
    assert signs.command("dance").startswith("? 'dance' is no command; there are: power")
    signs.wire.close()


def test_a_new_call_blinks_and_a_line_of_noise_hurts_nothing(tmp_path: Path) -> None:
    with open_hall(PtyWire(tmp_path / "signs"), "modbus", tmp_path, blink_s=60) as lobby:
        lobby.tell_hall(hall(("A-012", "1", dt.datetime.now(dt.UTC))))
        lobby.wire.write(b"\x07\x10\xff\x00noise")
        wait_until(lambda: lobby.signs.blinks(7), "the call blinks")
        assert "7: [A012 1] blinks" in lobby.signs.status()
        assert not lobby.signs.blinks(1)
