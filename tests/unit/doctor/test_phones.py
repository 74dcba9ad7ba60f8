"""Pages on phones and the office's key, as the doctor sees them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.config import Settings, load_settings
from broker.config.web import Web
from broker.contract.messages import Presence
from broker.doctor import phones
from broker.doctor.truth import Presences
from hardware.doctor.question import Finding
from tests.support.office import CONFIG

OFFICE = load_settings(CONFIG, {})
NOBODY: Presences = {}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens in these tests
SERVED: Presences = {"web": Presence(online=True, kind="web")}


def office(**web: object) -> Settings:
    """Return the demo office with these pages."""
    return OFFICE.model_copy(update={"web": Web.model_validate(web)})


def resolve(host: str) -> tuple[str, ...]:
    """Know two names."""
    return ("192.168.1.10",) if host in {"antrian.lan", "192.168.1.10"} else ()


def found(settings: Settings, presences: Presences = NOBODY) -> dict[str, Finding]:
    """Return what is found, by what it is of."""
    return {finding.subject: finding for finding in phones.pages(settings, presences, resolve=resolve)}


@pytest.fixture
def taken() -> Iterator[int]:
    """Yield a port of this machine at which a program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_an_office_without_pages_hears_nothing_of_them() -> None:
    assert found(OFFICE.model_copy(update={"web": None})) == {}


@pytest.mark.parametrize(
    ("web", "verdict", "seen"),
    [
        ({}, "warning", "not set"),
        ({"public_url": "http://127.0.0.1:8080"}, "fault", "no phone gets there"),
        ({"public_url": "http://localhost"}, "fault", "no phone gets there"),
        ({"public_url": "http://antrean.local", "listen": EVERYWHERE}, "warning", "nobody here knows the name"),
        ({"public_url": "http://antrian.lan"}, "warning", "for this machine alone"),
        ({"public_url": "http://antrian.lan", "listen": EVERYWHERE}, "warning", "phones go to port 80"),
        ({"public_url": "http://antrian.lan:8080", "listen": EVERYWHERE}, "good", "192.168.1.10"),
        ({"public_url": "http://antrian.lan", "listen": EVERYWHERE, "port": 80}, "good", "192.168.1.10"),
        ({"public_url": "https://antrian.lan"}, "good", "192.168.1.10"),
    ],
)
def test_an_address_that_phones_do_not_reach_is_named_with_what_to_do(
    web: dict[str, object], verdict: str, seen: str
) -> None:
    finding = found(office(**web))["web.public_url"]
    assert (finding.verdict, seen in finding.seen) == (verdict, True), finding
    assert bool(finding.advice) == (verdict != "good")


def test_another_program_at_the_port_is_a_fault(taken: int) -> None:
    finding = found(office(port=taken))["pages on phones"]
    assert finding.verdict == "fault"
    assert f"another program listens at 127.0.0.1:{taken}" in finding.seen
    assert found(office(port=taken, listen=EVERYWHERE), SERVED)["pages on phones"].verdict == "good"


def test_pages_that_nobody_serves_are_worth_a_look_and_those_of_another_machine_are_not() -> None:
    port = free_port()
    nobody = found(office(port=port))["pages on phones"]
    assert (nobody.verdict, nobody.advice) == ("warning", "start them: antrean web, or antrean up")
    elsewhere = found(office(port=port), SERVED)["pages on phones"]
    assert (elsewhere.verdict, elsewhere.seen) == ("good", "served by web, on another machine")


def test_staff_pages_that_are_open_to_the_network_are_a_warning() -> None:
    assert "web.staff" not in found(office())
    seen = found(office(staff="everywhere", listen=EVERYWHERE))["web.staff"]
    assert seen.verdict == "warning"
    assert "plain HTTP" in seen.seen


def test_the_password_of_the_wifi_is_not_told() -> None:
    wifi = {"name": "Imigrasi-Tamu", "password": "rahasia-sekali"}
    finding = found(office(public_url="http://antrian.lan", wifi=wifi))["web.wifi"]
    assert finding.verdict == "good"
    assert "Imigrasi-Tamu" in finding.seen
    assert "rahasia" not in repr(finding)
    assert found(office(public_url="http://antrian.lan"))["web.wifi"].verdict == "warning"
    assert "web.wifi" not in found(office()), "one step after the other"


def key(data_dir: Path, presences: Presences = NOBODY, settings: Settings = OFFICE) -> list[Finding]:
    """Return what is found of the office's key."""
    return list(phones.office_key(settings, presences, data_dir))


def test_a_key_for_its_owner_alone_is_good(tmp_path: Path) -> None:
    assert [finding.verdict for finding in key(tmp_path)] == ["good"], "before the first start"
    path = tmp_path / "office.key"
    path.write_bytes(bytes(32))
    path.chmod(0o600)
    (finding,) = key(tmp_path)
    assert (finding.verdict, "for its owner alone" in finding.seen) == ("good", True)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_a_fault(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "office.key"
    path.write_bytes(bytes(32))
    path.chmod(mode)
    (finding,) = key(tmp_path)
    assert (finding.verdict, finding.advice) == ("fault", f"chmod 600 {path}")


def test_a_key_that_the_broker_misses_is_a_fault_in_its_words(tmp_path: Path) -> None:
    broker = Presence(online=True, kind="engine", devices={"feedback": "var/office.key is not there: put it back"})
    (finding,) = key(tmp_path, {"broker": broker})
    assert (finding.verdict, finding.seen) == ("fault", "var/office.key is not there: put it back")
    assert key(tmp_path, {"broker": broker.model_copy(update={"online": False})})[0].verdict == "good", "old news"


def test_an_office_that_asks_visitors_nothing_needs_none(tmp_path: Path) -> None:
    nothing = OFFICE.feedback.model_copy(
        update={"rating": False, "suggestions": False, "surveys": (), "complaints": None}
    )
    assert key(tmp_path, settings=OFFICE.model_copy(update={"feedback": nothing})) == []
