"""Encrypted by the office's own certificates: nobody on the way reads a PIN, and nobody else passes for the office.

Asked of a real broker with a real Mosquitto and of real pages, by clients of paho and of the web that keep no rules.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import yaml

from broker.bus import Bus
from broker.config import load_settings
from broker.config.logins import LoginError, known_by
from broker.config.settings import CA
from broker.contract.claim import Standing
from broker.server.certificates import AUTHORITY, PAGES, make_certificates
from tests.support.browsing import asked_before
from tests.support.caller import Caller, wait_until
from tests.support.office import OfficeProcess, free_port
from tests.support.program import run
from tests.support.proxy import Proxy
from tests.support.web_process import WebProcess
from tests.unit.server.test_certificates import NOW
from tests.unit.server.test_mosquitto import Stranger

OWN = {
    "ANTREAN_TLS": "own",
    "ANTREAN_MQTT__OPEN_ON_LOOPBACK": "false",
    "ANTREAN_MQTT__LISTEN": "0.0.0.0",  # noqa: S104 - as with several machines
    "ANTREAN_WEB__STAFF": "everywhere",
    "ANTREAN_MQTT__DEVICES": "[web-2]",
    "ANTREAN_MQTT__ACT_AS": "[{device: web-2, part: web}]",
}
PIN = "1234"


@dataclass(frozen=True, slots=True)
class House:
    """A running office with its pages."""

    office: OfficeProcess
    web: WebProcess
    tls_port: int

    @property
    def ca(self) -> Path:
        """Return what is given out."""
        return self.office.data_dir / CA

    def browser(self) -> httpx.Client:
        """Return a browser that trusts the office."""
        context = ssl.create_default_context(cafile=self.ca)
        return httpx.Client(base_url=f"https://127.0.0.1:{self.tls_port}", verify=context, timeout=15)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield an office of several machines, encrypted."""
    tls_port = free_port()
    office = OfficeProcess(tmp_path_factory.mktemp("tls"), extra={**OWN, "ANTREAN_WEB__TLS_PORT": str(tls_port)})
    office.start()
    web = WebProcess(office)
    try:
        web.start()
        yield House(office, web, tls_port)
    finally:
        if web.process is not None:
            web.stop()
        office.stop()


@pytest.fixture(scope="module")
def foreign_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what another office gives out."""
    folder = tmp_path_factory.mktemp("elsewhere")
    make_certificates(load_settings(Path("config.yaml"), {"ANTREAN_TLS": "own"}), folder, NOW)
    return folder / CA


def test_nobody_on_the_way_reads_a_pin_a_password_or_what_is_done(house: House) -> None:
    there = known_by(house.office.settings, "counter-1", house.office.data_dir).mqtt.address("counter-1")
    assert there.password is not None
    with Proxy(there) as proxy:
        heard = proxy.listen_in()
        with Caller(proxy.address, "counter-1") as counter:
            told = counter.do("open", counter="counter-1", officer="siti", pin=PIN)
            counter.do("close", counter="counter-1", session=told["session"])
        on_the_way = bytes(heard)
        secrets = (there.password, told["session"], f'"{PIN}"', "siti", "counter-1", "antrean/v1", "Siti Rahmawati")
        assert [secret for secret in secrets if secret.encode() in on_the_way] == []
        assert len(on_the_way) > 10_000, "all of it went that way"
        with socket.create_connection((proxy.address.host, proxy.address.port)) as plain:
            plain.sendall(PIN.encode())
            wait_until(lambda: PIN.encode() in bytes(heard), "who speaks in plain text would be heard")


def test_nobody_comes_in_in_plain_text_or_without_a_login(house: House, foreign_ca: Path) -> None:
    password = known_by(house.office.settings, "kiosk-1", house.office.data_dir).mqtt.password
    with Stranger(house.office.port, "any", "kiosk-1", password, house.ca) as paho:
        assert not paho.refused
    with Stranger(house.office.port, "any", "kiosk-1", "no password", house.ca) as paho:
        assert paho.refused
    elsewhere = ssl.create_default_context(cafile=foreign_ca)
    with (
        socket.create_connection(("127.0.0.1", house.office.port), timeout=10) as line,
        pytest.raises(ssl.SSLCertVerificationError),
        elsewhere.wrap_socket(line, server_hostname="127.0.0.1"),
    ):
        pass
    with socket.create_connection(("127.0.0.1", house.office.port), timeout=10) as plain:
        plain.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05thief")
        said = b""
        with contextlib.suppress(ConnectionResetError):
            said = plain.recv(100)
    assert said[:1] != b"\x20", "no CONNACK"


def test_a_screen_sends_nothing_to_a_server_of_another_office_and_says_so(
    house: House, foreign_ca: Path, caplog: pytest.LogCaptureFixture
) -> None:
    there = known_by(house.office.settings, "kiosk-1", house.office.data_dir).mqtt.address("kiosk-1")
    standings: list[Standing] = []
    with Proxy(replace(there, ca=foreign_ca)) as proxy:
        heard = proxy.listen_in()
        bus = Bus(
            address=proxy.address, office="demo", client="kiosk-1", kind="kiosk", post=lambda step: step(), claims=True
        )
        bus.on_taken(standings.append)
        bus.start()
        try:
            wait_until(lambda: standings == ["untrusted"], "it says so")
            wait_until(lambda: len(proxy.came_at) > 2, "it asks again")
            assert standings == ["untrusted"], "once"
            assert (there.password or "").encode() not in bytes(heard)
            assert caplog.text.count("is not the server of this office") == 1
        finally:
            bus.stop()


def test_a_screen_that_waits_for_its_office_finds_it_by_a_file_that_comes_later(
    house: House, foreign_ca: Path, tmp_path: Path
) -> None:
    """As when the certificate was made anew, and somebody brings the new file."""
    ca = tmp_path / "ca.pem"
    ca.write_bytes(foreign_ca.read_bytes())
    there = known_by(house.office.settings, "kiosk-1", house.office.data_dir).mqtt.address("kiosk-1")
    kiosk, standings = Caller(replace(there, ca=ca), "kiosk-1"), list[Standing]()
    kiosk.bus.on_taken(standings.append)
    kiosk.bus.start()
    try:
        wait_until(lambda: standings == ["untrusted"], "it does not trust")
        ca.write_bytes(house.ca.read_bytes())
        wait_until(lambda: kiosk.linked, "it does now")
        assert standings == ["untrusted", "alone"]
    finally:
        kiosk.bus.stop()


def test_a_machines_bundle_brings_what_it_trusts_and_nothing_that_is_secret(house: House, tmp_path: Path) -> None:
    bundle = tmp_path / "counter-2"
    arguments = ("provision", "counter-2", "--to", str(bundle), "--data", str(house.office.data_dir))
    assert run("broker", *arguments, env=house.office.environment).returncode == 0
    assert (bundle / "var" / CA).read_bytes() == house.ca.read_bytes()
    assert not list(bundle.rglob(AUTHORITY))
    assert "PRIVATE KEY" not in "".join(path.read_text() for path in bundle.rglob("*") if path.is_file())
    assert "tls" not in yaml.safe_load((bundle / "config.yaml").read_text(encoding="utf-8"))["mqtt"]
    environ = {"ANTREAN_TLS": "own", "ANTREAN_MQTT__PORT": str(house.office.port)}
    there = load_settings(bundle / "config.yaml", environ)
    with Caller(known_by(there, "counter-2", bundle / "var").mqtt.address("counter-2"), "counter-2") as counter:
        counter.do("open", counter="counter-2", officer="budi", pin=PIN)
    elsewhere = load_settings(bundle / "config.yaml", {**environ, "ANTREAN_MQTT__HOST": "198.51.100.7"})
    (bundle / "var" / CA).unlink()
    with pytest.raises(LoginError, match="by which the server is checked"):
        known_by(elsewhere, "counter-2", bundle / "var")


def test_staff_sign_in_from_another_machine_encrypted_alone(house: House) -> None:
    with house.browser() as browser:
        answer = browser.post(
            "/staff/in",
            data={**asked_before(browser), "officer": "maria", "pin": PIN},
            headers={"Origin": str(browser.base_url).rstrip("/")},
        )
        assert answer.status_code == 303
        [kept] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("__Secure-antrean-staff=")]
        assert {"Secure", "HttpOnly", "SameSite=strict"} <= set(kept.split("; "))
        assert "strict-transport-security" not in answer.headers, "else visitors' plain pages would be shut out, too"
        board = browser.get(answer.headers["location"])
        assert board.status_code == 200
        assert "Maria" in board.text
        with browser.stream("GET", "/staff/board/events") as told:
            assert next(told.iter_lines())


def test_pages_on_a_machine_of_their_own_are_encrypted_by_what_it_was_given(house: House, tmp_path: Path) -> None:
    """It has no key of the office's authority: the certificate came with its bundle, and staff sign in by that."""
    bundle, tls_port = tmp_path / "pages", free_port()
    arguments = ("provision", "web-2", "--to", str(bundle), "--data", str(house.office.data_dir))
    told = run("broker", *arguments, env=house.office.environment)
    assert "staff find its pages by https" in told.stdout, told
    assert not list(bundle.rglob(AUTHORITY))
    assert (bundle / "var" / PAGES).stat().st_mode & 0o777 == 0o600
    extra = {**house.office.extra, "ANTREAN_WEB__TLS_PORT": str(tls_port)}
    there = OfficeProcess(bundle / "var", port=house.office.port, extra=extra, config=bundle / "config.yaml")
    web = WebProcess(there, client="web-2")
    web.start()
    try:
        with House(there, web, tls_port).browser() as browser:
            answer = browser.post(
                "/staff/in",
                data={**asked_before(browser), "officer": "dewi", "pin": PIN},
                headers={"Origin": str(browser.base_url).rstrip("/")},
            )
            assert answer.status_code == 303
            assert browser.get(answer.headers["location"]).status_code == 200
    finally:
        web.stop()
    (bundle / "var" / PAGES).unlink()
    arguments = ("--id", "web-2", "--config", str(there.config), "--data", str(there.data_dir))
    refused = run("broker.web", *arguments, env=there.environment)
    assert refused.returncode == 1
    assert "on the broker's machine call antrean provision" in refused.stderr


def test_browsers_of_other_offices_do_not_trust_the_pages(house: House, foreign_ca: Path) -> None:
    context = ssl.create_default_context(cafile=foreign_ca)
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        httpx.get(f"https://127.0.0.1:{house.tls_port}/staff", verify=context)


def test_what_browsers_trust_is_given_out_with_its_fingerprint(house: House, tmp_path: Path) -> None:
    office, given = house.office, tmp_path / "antrean-ca.crt"
    told = run("broker", "ca", "--to", str(tmp_path), "--data", str(office.data_dir), env=office.environment)
    assert told.returncode == 0, told
    figures = hashlib.sha256(ssl.PEM_cert_to_DER_cert(given.read_text())).hexdigest()
    assert figures in told.stdout.replace(":", "").lower(), told
    assert given.read_bytes() == house.ca.read_bytes()


def test_plain_text_over_the_network_is_loudly_logged_where_it_is_allowed(tmp_path: Path) -> None:
    plain = {**OWN, "ANTREAN_TLS": "none", "ANTREAN_MQTT__PLAIN_TEXT": "allowed"}
    office = OfficeProcess(tmp_path, extra=plain)
    office.start()
    try:
        assert (
            "PINs go over the network at 0.0.0.0 for everybody there to read"
            in (tmp_path / "logs" / "broker.log").read_text()
        )
    finally:
        office.stop()
    environ = {name: value for name, value in office.environment.items() if not name.endswith("PLAIN_TEXT")}
    refused = run("broker", "broker", "--data", str(tmp_path), env=environ)
    assert refused.returncode == 1
    assert "add tls: own as a line of its own" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_embedded_server_is_encrypted_too(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path, server="embedded", extra={"ANTREAN_TLS": "own"})
    office.start()
    try:
        address = known_by(office.settings, "counter-1", tmp_path).mqtt.address("counter-1")
        with Proxy(address) as proxy:
            heard = proxy.listen_in()
            with Caller(proxy.address, "counter-1") as counter:
                counter.do("open", counter="counter-1", officer="siti", pin=PIN)
            assert json.dumps(PIN).encode() not in bytes(heard)
            assert len(heard) > 10_000
    finally:
        office.stop()
