"""What somebody tries who has the login of one device, or a program on the office's machine: line by line, for real.

A broker with a real Mosquitto, asked by a plain client of paho that keeps no rule of ours.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from broker.config.logins import known_by
from broker.contract.topics import ENGINE_CLIENT
from broker.server.mosquitto import MESSAGE_LIMIT_BYTES
from tests.support.caller import wait_until
from tests.support.office import OfficeProcess
from tests.unit.server.test_mosquitto import Stranger

ROOT = "antrean/v1/demo"
CLOSED = {"ANTREAN_MQTT__OPEN_ON_LOOPBACK": "false", "ANTREAN_MQTT__DEVICES": "[pad]", "ANTREAN_MQTT__ACT_AS": "[]"}
PIN, SERVICE = "1234", "new-passport"
ENDS_S = 20.0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeProcess]:
    """Yield an office as `antrean init` makes it: nobody comes in without a login, on loopback neither."""
    process = OfficeProcess(tmp_path_factory.mktemp("closed"), extra=CLOSED)
    process.start()
    with process.own_caller("doctor"):
        """The engine is there: what is said before that nobody hears."""
    yield process
    process.stop()


@dataclass
class Intruder:
    """Asks under whatever name, with the login of one device."""

    line: Stranger
    name: str
    past: list[tuple[str, bytes]] = field(default_factory=list)
    """What it heard beside its answers."""

    def send(self, name: str, command: str, arguments: Mapping[str, object]) -> str:
        """Send a request under a name; return its id."""
        identity = uuid.uuid4().hex
        self.line.say(f"{ROOT}/cmd/{name}/{command}", json.dumps({"id": identity, **arguments}))
        return identity

    def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        """Send a request that is answered; return the reply."""
        identity = self.send(self.name, command, arguments)
        deadline = time.monotonic() + ENDS_S
        while time.monotonic() < deadline:
            topic, payload = self.line.heard.get(timeout=ENDS_S)
            if topic == f"{ROOT}/reply/{self.name}" and json.loads(payload)["id"] == identity:
                reply: dict[str, Any] = json.loads(payload)
                return reply
            self.past.append((topic, payload))
        raise AssertionError(command)

    def do(self, command: str, **arguments: object) -> dict[str, Any]:
        """Send what is done; return its result."""
        reply = self.ask(command, **arguments)
        assert reply["ok"], reply
        result: dict[str, Any] = reply["result"]
        return result

    def refused(self, command: str, **arguments: object) -> str:
        """Send what is refused; return the code."""
        reply = self.ask(command, **arguments)
        assert not reply["ok"], reply
        code: str = reply["error"]["code"]
        return code

    def heard_so_far(self) -> list[tuple[str, bytes]]:
        """Return what has been heard beside answers up to now, when another one has come."""
        self.ask("lookup", ticket="X-999")
        return self.past


def login(office: OfficeProcess, name: str, *, client_id: str | None = None, will: str | None = None) -> Stranger:
    """Return a client with the login of a device."""
    password = known_by(office.settings, name, office.data_dir).mqtt.password
    return Stranger(office.port, client_id or f"foreign-{name}", name, password, will=will)


def intruder(line: Stranger, name: str) -> Intruder:
    """Return who asks by this line, when its answers can be heard."""
    assert not line.refused
    line.listen(f"{ROOT}/reply/{name}")
    return Intruder(line, name)


def signed_in(desk: Intruder, officer: str) -> dict[str, Any]:
    """Return what a counter shows with its requests."""
    session = desk.do("open", counter=desk.name, officer=officer, pin=PIN)["session"]
    return {"counter": desk.name, "session": session}


def test_nobody_reads_an_answer_to_somebody_else_and_so_no_session(office: OfficeProcess) -> None:
    with login(office, "kiosk-1") as thief, login(office, "counter-1") as line:
        for topic in (f"{ROOT}/reply/#", f"{ROOT}/reply/counter-1", f"{ROOT}/+/counter-1", "#", f"{ROOT}/cmd/#"):
            thief.listen(topic)
        desk = intruder(line, "counter-1")
        session = signed_in(desk, "siti")["session"]
        kiosk = intruder(thief, "kiosk-1")
        kiosk.do("issue", service=SERVICE)
        heard = kiosk.heard_so_far()
        assert heard, "it hears what is for all"
        assert not any(session.encode() in payload or topic.endswith("/counter-1/open") for topic, payload in heard)
        assert {topic for topic, _ in heard if "/reply/" in topic} <= {f"{ROOT}/reply/kiosk-1"}
        desk.do("close", counter="counter-1", session=session)
    with Stranger(office.port, "program-of-this-machine") as program:
        assert program.refused


def test_no_device_speaks_as_the_broker(office: OfficeProcess) -> None:
    own = known_by(office.settings, "kiosk-1", office.data_dir).mqtt.password
    lies = [f"{ROOT}/{part}" for part in ("state/hall", "event/called", "reply/counter-1", "presence/broker")]
    with login(office, "counter-1") as listener:
        listener.listen(f"{ROOT}/state/#")
        listener.listen(f"{ROOT}/event/#")
        listener.listen(f"{ROOT}/presence/#")
        desk = intruder(listener, "counter-1")
        with Stranger(office.port, "any", ENGINE_CLIENT, own) as thief:
            assert thief.refused
        with login(office, "kiosk-1", client_id=ENGINE_CLIENT, will=lies[0]) as liar:
            for topic in lies:
                liar.say(topic, '{"forged": true}', retain=True)
            liar.paho._sock_close()  # gone without a word, so that its will is told
        with login(office, "display-1") as later:
            later.listen(f"{ROOT}/#")
            wait_until(lambda: not later.heard.empty(), "what is kept comes")
            kept = [later.heard.get() for _ in range(later.heard.qsize())]
        assert not [
            topic for topic, payload in [*desk.heard_so_far(), *kept] if b"forged" in payload or payload == b"{}"
        ]


def test_a_display_sends_no_command_and_nobody_s_name_helps(office: OfficeProcess) -> None:
    with login(office, "display-1") as line, login(office, "kiosk-1") as honest:
        display, kiosk = intruder(line, "display-1"), intruder(honest, "kiosk-1")
        before = int(kiosk.do("issue", service=SERVICE)["ticket"]["number"].rpartition("-")[2])
        for name in ("display-1", "kiosk-1", "counter-1", "nobody"):
            display.send(name, "issue", {"service": SERVICE})
        after = int(kiosk.do("issue", service=SERVICE)["ticket"]["number"].rpartition("-")[2])
        assert after == before + 1
        assert line.heard.empty()


def test_a_kiosk_sends_no_desk_command_though_it_shows_a_session(office: OfficeProcess) -> None:
    with login(office, "kiosk-1") as line, login(office, "counter-1") as honest:
        kiosk, desk = intruder(line, "kiosk-1"), intruder(honest, "counter-1")
        shown = signed_in(desk, "siti")
        ticket = kiosk.do("issue", service=SERVICE)["ticket"]
        for command in ("next", "pause", "close", "undo", "staff_in", "purge"):
            for name in ("kiosk-1", "counter-1"):
                kiosk.send(name, command, shown)
        called = desk.do("call", ticket=ticket["id"], **shown)["ticket"]
        assert called["id"] == ticket["id"], "it waits still, and the counter is open still"
        assert kiosk.refused("cancel", ticket=ticket["id"], **shown) == "not_allowed"
        assert kiosk.heard_so_far() == []
        desk.do("finish", **shown)
        desk.do("close", **shown)


def test_a_counter_acts_for_no_other_and_a_session_is_used_by_nobody_else(office: OfficeProcess) -> None:
    with login(office, "counter-1") as first, login(office, "counter-2") as second, login(office, "pad") as third:
        one, two, pad = intruder(first, "counter-1"), intruder(second, "counter-2"), intruder(third, "pad")
        shown = signed_in(one, "siti")
        assert two.refused("next", **shown) == "not_allowed"
        assert two.refused("next", counter="counter-2", session=shown["session"]) == "no_session"
        assert two.refused("open", counter="counter-1", officer="budi", pin=PIN) == "not_allowed"
        assert pad.refused("next", **shown) == "no_session", "it may send for every counter, and has no session there"
        two.send("counter-1", "next", shown)
        one.do("pause", **shown)
        one.do("resume", **shown)
        one.do("close", **shown)


def test_what_a_number_tells_cancels_nothing(office: OfficeProcess) -> None:
    """A number is on every display. The kiosk that gave it out and whoever has the paper can do more."""
    with login(office, "kiosk-1") as own, login(office, "pad") as line:
        kiosk, pad = intruder(own, "kiosk-1"), intruder(line, "pad")
        issued = kiosk.do("issue", service=SERVICE)
        told = pad.do("lookup", ticket=issued["ticket"]["number"])
        assert told["is_holder"] is False
        said = json.dumps(told)
        secrets = [issued["ticket"][name] for name in ("check", "key", "qr") if name in issued["ticket"]]
        assert len(secrets) > 1
        assert not [secret for secret in secrets if secret in said]
        for shown in (told["ticket"]["id"], told["ticket"]["number"]):
            for command in ("cancel", "rejoin", "reprint"):
                assert pad.refused(command, ticket=shown) == "not_holder", command
        wrong = "0000" if issued["ticket"]["check"] != "0000" else "1111"
        assert pad.refused("cancel", ticket=issued["ticket"]["number"], check=wrong) == "not_holder"
        pad.do("cancel", ticket=issued["ticket"]["number"], check=issued["ticket"]["check"])


def test_whoever_guesses_pins_locks_nobody_else_out(office: OfficeProcess) -> None:
    with login(office, "pad") as line, login(office, "counter-1") as honest:
        pad, desk = intruder(line, "pad"), intruder(honest, "counter-1")
        codes = [pad.refused("open", counter="counter-1", officer="siti", pin=f"99{n:02}") for n in range(8)]
        assert codes[0] == "wrong_pin"
        assert codes[-1] != "wrong_pin" or pad.refused("open", counter="counter-1", officer="siti", pin=PIN), (
            "it is held up"
        )
        desk.do("close", **signed_in(desk, "siti"))


def test_who_floods_is_told_so_and_a_kiosk_goes_on(office: OfficeProcess) -> None:
    with login(office, "pad") as line, login(office, "kiosk-1") as honest:
        intruder(line, "pad")
        kiosk = intruder(honest, "kiosk-1")
        number = kiosk.do("issue", service=SERVICE)["ticket"]["number"]
        for count in range(20_000):
            body = json.dumps({"id": f"flood-{count}", "ticket": number})
            line.paho.publish(f"{ROOT}/cmd/pad/lookup", body, qos=0)
        assert kiosk.do("issue", service=SERVICE)["ticket"]["number"]
        codes: list[str | None] = []
        while "too_many" not in codes:
            _, payload = line.heard.get(timeout=ENDS_S)
            codes.append(json.loads(payload).get("error", {}).get("code"))
        assert set(codes) == {None, "too_many"}, "what is its own it gets"
    with login(office, "kiosk-1") as honest:
        assert intruder(honest, "kiosk-1").do("lookup", ticket=number)


def test_of_the_server_itself_nobody_hears_anything(office: OfficeProcess) -> None:
    with login(office, "pad") as line:
        pad = intruder(line, "pad")
        for topic in ("$SYS/#", "$SYS/broker/clients/connected", "+/#", "$share/group/antrean/v1/demo/cmd/#"):
            line.listen(topic)
        line.say("$SYS/broker/version", "mine", retain=True)
        with login(office, "kiosk-1") as honest:
            intruder(honest, "kiosk-1").do("issue", service=SERVICE)
        heard = {topic for topic, _ in pad.heard_so_far()}
        assert not [topic for topic in heard if topic.startswith("$") or "/cmd/" in topic or "reply/kiosk" in topic]


def length(left: int) -> bytes:
    """Return a length as MQTT writes it."""
    digits = b""
    while True:
        left, digit = divmod(left, 128)
        digits += bytes([digit | (128 if left else 0)])
        if not left:
            return digits


NO_MQTT = {
    "without end": b"\x30\xff\xff\xff\x7f",
    "too long": b"\x30" + length(MESSAGE_LIMIT_BYTES + 99) + b"\x00\x1eantrean/v1/demo/cmd/pad/lookup" + b"x" * 9_999,
    "no packet": b"\xf0\x00" * 99,
    "a topic beyond its end": b"\x30\x05\x00\xffabc",
    "a length without end": b"\x30\xff\xff\xff\xff\xff\xff\xff",
    "a wildcard": b"\x30" + length(25) + b"\x00\x15antrean/v1/demo/cmd/#{}",
}


@pytest.mark.parametrize("said", NO_MQTT.values(), ids=NO_MQTT)
def test_what_is_no_mqtt_ends_its_own_line_at_most(office: OfficeProcess, said: bytes) -> None:
    password = known_by(office.settings, "pad", office.data_dir).mqtt.password or ""
    words = b"".join(len(word).to_bytes(2, "big") + word.encode() for word in ("broken", "pad", password))
    body = b"\x00\x04MQTT\x04\xc2\x00\x00" + words
    with (
        login(office, "kiosk-1") as honest,
        socket.create_connection(("127.0.0.1", office.port), timeout=ENDS_S) as broken,
    ):
        kiosk = intruder(honest, "kiosk-1")
        broken.sendall(b"\x10" + length(len(body)) + body)
        assert broken.recv(4) == b"\x20\x02\x00\x00"
        broken.sendall(said)
        assert kiosk.do("issue", service=SERVICE)["ticket"]["number"]
        assert honest.paho.is_connected()
        if said is not NO_MQTT["without end"]:  # that one waits for 256 MB, and takes no memory before they come
            with contextlib.suppress(ConnectionError):
                assert broken.recv(1) == b"", "it is out"


def test_in_an_open_house_a_lie_about_the_broker_is_not_heard(mosquitto_office: OfficeProcess) -> None:
    """Also of who calls itself broker: the server goes by logins."""
    port = mosquitto_office.port
    with mosquitto_office.caller("kiosk-1") as kiosk, Stranger(port, "listener") as line:
        for topic in ("presence/broker", "reply/kiosk-1"):
            line.listen(f"{ROOT}/{topic}")
        with Stranger(port, ENGINE_CLIENT) as liar:
            liar.say(f"{ROOT}/presence/broker", '{"online": false, "kind": "forged"}', retain=True)
        kiosk.do("issue", service=SERVICE)
        words: list[tuple[str, bytes]] = []
        while not words or words[-1][0] != f"{ROOT}/reply/kiosk-1":  # that came after the lie
            words.append(line.heard.get(timeout=ENDS_S))
        assert [json.loads(said)["online"] for topic, said in words if topic.endswith("broker")] == [True]
        assert kiosk.linked
