"""Who may do what: asked of a real Mosquitto, through a client that keeps no rules of its own."""

from __future__ import annotations

import base64
import contextlib
import queue
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from broker.contract.topics import ENGINE_CLIENT
from broker.server.addresses import accepts
from broker.server.mosquitto import KEPT_FOR_S, MOST_LASTING, Lasting, access_rules, password_entry
from broker.server.start import Server, ServerSpec, start_server
from tests.support.access import access
from tests.support.caller import wait_until
from tests.support.office import free_port

ROOT = "antrean/v1/demo"
ENGINE_PASSWORD, SECRET = "engine-password", "office-secret-of-the-house"


@dataclass
class Stranger:
    """A plain MQTT client: what any program of the network can do."""

    port: int
    client: str
    username: str | None = None
    password: str | None = None
    ca: Path | None = None
    """By what the server is checked; None: nothing is encrypted."""
    heard: queue.SimpleQueue[tuple[str, bytes]] = field(default_factory=queue.SimpleQueue)
    refused: bool | None = None
    will: str | None = None
    """A topic of which it shall be said, and kept, that it is gone."""

    def __enter__(self) -> Self:
        """Log in, or be refused."""
        answered = threading.Event()
        self.paho = Client(CallbackAPIVersion.VERSION2, client_id=self.client, protocol=MQTTv311)
        if self.username is not None:
            self.paho.username_pw_set(self.username, self.password)
        if self.will is not None:
            self.paho.will_set(self.will, "{}", qos=1, retain=True)
        if self.ca is not None:
            self.paho.tls_set(str(self.ca))

        def connected(_client: Client, _data: object, _flags: object, reason: object, _properties: object) -> None:
            self.refused = bool(getattr(reason, "is_failure", True))
            answered.set()

        self.paho.on_connect = connected
        self.paho.on_message = self._message
        self.paho.connect("127.0.0.1", self.port)
        self.paho.loop_start()
        assert answered.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave."""
        self.paho.disconnect()
        self.paho.loop_stop()

    def listen(self, topic: str) -> None:
        """Subscribe; the server answers the same whether it will deliver or not."""
        done = threading.Event()
        self.paho.on_subscribe = lambda *_: done.set()
        self.paho.subscribe(topic, 1)
        assert done.wait(5)

    def say(self, topic: str, text: str = "{}", *, retain: bool = False) -> None:
        """Publish; the server acknowledges the same whether it takes it or not."""
        self.paho.publish(topic, text, qos=1, retain=retain).wait_for_publish(5)

    def topics_heard(self, until: str) -> list[str]:
        """Return the topics heard up to the one that was published last."""
        topics: list[str] = []
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            topic, _ = self.heard.get(timeout=5)
            if topic == until:
                return topics
            topics.append(topic)
        raise AssertionError

    def _message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.heard.put((message.topic, bytes(message.payload)))


def start(folder: Path, logins: dict[str, str], *, is_open: bool) -> Server:
    """Start a Mosquitto on a free port, which goes by `logins` as they are when it reads them."""
    return start_server(
        ServerSpec(
            kind="mosquitto",
            listen="127.0.0.1",
            port=free_port(),
            folder=folder,
            access=lambda: access(logins, is_open=is_open, clients=("kiosk-1", "counter-1")),
        )
    )


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One machine: anybody may ask, only the engine may tell."""
    folder = tmp_path_factory.mktemp("open")
    server = start(folder, {ENGINE_CLIENT: ENGINE_PASSWORD, "counter-2": SECRET}, is_open=True)
    yield server.spec.port
    server.stop()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Several machines: everybody by a login of their own."""
    folder = tmp_path_factory.mktemp("guarded")
    server = start(folder, dict.fromkeys((ENGINE_CLIENT, "kiosk-1", "counter-1"), SECRET), is_open=False)
    yield server.spec.port
    server.stop()


# -- logins ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "password", "refused"),
    [
        (ENGINE_CLIENT, ENGINE_PASSWORD, False),
        (ENGINE_CLIENT, "wrong", True),
        (ENGINE_CLIENT, "", True),
        (ENGINE_CLIENT, None, True),
        ("kiosk-1", ENGINE_PASSWORD, True),
        (None, None, False),
    ],
)
def test_on_one_machine_anybody_may_come_but_not_as_the_engine(
    open_house: int,
    username: str | None,
    password: str | None,
    refused: bool,  # noqa: FBT001 - a column of the table
) -> None:
    with Stranger(open_house, "some-client", username, password) as stranger:
        assert stranger.refused is refused


@pytest.mark.parametrize(
    ("username", "password", "refused"),
    [
        (ENGINE_CLIENT, SECRET, False),
        ("kiosk-1", SECRET, False),
        ("kiosk-1", "wrong", True),
        ("kiosk-9", SECRET, True),
        (None, None, True),
    ],
)
def test_on_several_machines_nobody_comes_without_a_login(
    guarded: int,
    username: str | None,
    password: str | None,
    refused: bool,  # noqa: FBT001 - a column of the table
) -> None:
    with Stranger(guarded, "some-client", username, password) as stranger:
        assert stranger.refused is refused


def test_a_password_entry_is_what_mosquitto_passwd_writes(tmp_path: Path) -> None:
    """The program hashes a plain file in place (-U): the same form, the same cost, another salt."""
    plain = tmp_path / "passwords"
    plain.write_text("kiosk-1:secret\n")
    plain.chmod(0o600)
    subprocess.run(["mosquitto_passwd", "-U", str(plain)], check=True, capture_output=True)
    theirs = plain.read_text().strip().removeprefix("kiosk-1:")
    salt = base64.b64decode(theirs.split("$")[3])
    assert password_entry("secret", salt) == theirs


def test_each_password_entry_has_a_salt_of_its_own() -> None:
    assert password_entry("secret") != password_entry("secret")


def test_only_we_can_read_the_passwords(tmp_path: Path) -> None:
    server = start(tmp_path, {ENGINE_CLIENT: ENGINE_PASSWORD}, is_open=True)
    server.stop()
    assert (tmp_path / "passwords").stat().st_mode & 0o077 == 0
    assert ENGINE_PASSWORD not in (tmp_path / "passwords").read_text()


# -- what may be said -----------------------------------------------------------------------------------------------

ENGINE_ONLY = [
    "state/office",
    "state/service/visa",
    "state/hall",
    "state/counter/c1",
    "event/called",
    "presence/broker",
    "reply/kiosk-1",
]
MARK = f"{ROOT}/event/mark"


def heard_by_the_engine(port: int, speaker: Stranger, password: str, topics: list[str]) -> list[str]:
    """Let `speaker` publish to `topics`; return those that came through."""
    with Stranger(port, "any-of-the-engine", ENGINE_CLIENT, password) as engine, speaker:
        assert not speaker.refused
        engine.listen(f"{ROOT}/#")
        for topic in topics:
            speaker.say(f"{ROOT}/{topic}")
        engine.say(MARK)
        return [topic.removeprefix(f"{ROOT}/") for topic in engine.topics_heard(MARK)]


def test_without_the_login_of_the_engine_nobody_speaks_for_it(open_house: int) -> None:
    stranger = Stranger(open_house, "some-client")
    assert heard_by_the_engine(open_house, stranger, ENGINE_PASSWORD, ENGINE_ONLY) == []


def test_on_one_machine_anybody_may_ask_and_say_how_they_are(open_house: int) -> None:
    topics = ["cmd/some-client/issue", "cmd/another/issue", "presence/kiosk-1", "cmd/x/y/z"]
    said = [*topics, "presence/some-client", "presence/x/y", "other"]
    assert heard_by_the_engine(open_house, Stranger(open_house, "some-client"), ENGINE_PASSWORD, said) == topics


def test_with_logins_everybody_asks_under_their_own_name_only(guarded: int) -> None:
    topics = [
        *ENGINE_ONLY,
        "cmd/kiosk-1/issue",
        "cmd/kiosk-1/next",
        "cmd/counter-1/issue",
        "presence/kiosk-1",
        "presence/counter-1",
    ]
    kiosk = Stranger(guarded, "any-id", "kiosk-1", SECRET)
    assert heard_by_the_engine(guarded, kiosk, SECRET, topics) == ["cmd/kiosk-1/issue", "presence/kiosk-1"]


def test_with_logins_a_borrowed_client_id_opens_nothing(guarded: int) -> None:
    kiosk = Stranger(guarded, "counter-1", "kiosk-1", SECRET)
    assert heard_by_the_engine(guarded, kiosk, SECRET, ["cmd/counter-1/next", "presence/counter-1"]) == []


def test_outside_the_office_nobody_says_anything(open_house: int) -> None:
    with Stranger(open_house, "one") as one, Stranger(open_house, "other") as other:
        other.listen("#")
        one.say("chat/room")
        one.say("antrean/v1/branch/cmd/one/issue")
        one.say(f"{ROOT}/presence/kiosk-1")
        assert other.topics_heard(f"{ROOT}/presence/kiosk-1") == []


# -- what may be heard ----------------------------------------------------------------------------------------------


def heard_of_the_engine(port: int, listener: Stranger, password: str, topics: list[str]) -> list[str]:
    """Let the engine publish to `topics`; return what `listener`, who asks for everything, hears."""
    with Stranger(port, "any-of-the-engine", ENGINE_CLIENT, password) as engine, listener:
        assert not listener.refused
        listener.listen("#")
        for topic in topics:
            engine.say(f"{ROOT}/{topic}")
        engine.say(MARK)
        return [topic.removeprefix(f"{ROOT}/") for topic in listener.topics_heard(MARK)]


def test_with_logins_everybody_hears_the_office_and_their_own_replies_only(guarded: int) -> None:
    topics = [*ENGINE_ONLY, "reply/counter-1", "cmd/counter-1/open"]
    kiosk = Stranger(guarded, "any-id", "kiosk-1", SECRET)
    assert heard_of_the_engine(guarded, kiosk, SECRET, topics) == ENGINE_ONLY


def test_on_one_machine_nobody_hears_the_requests_of_others(open_house: int) -> None:
    """They carry PINs."""
    stranger = Stranger(open_house, "some-client")
    topics = ["cmd/counter-1/open", "state/hall"]
    assert heard_of_the_engine(open_house, stranger, ENGINE_PASSWORD, topics) == ["state/hall"]


def test_in_an_open_house_who_has_a_login_is_not_read_and_not_spoken_for(open_house: int) -> None:
    """Answers carry the tokens of sessions; whoever has no login of their own is as open as before."""
    stranger = Stranger(open_house, "some-client")
    topics = ["reply/counter-2", "reply/some-client", *ENGINE_ONLY, "presence/counter-2"]
    assert heard_of_the_engine(open_house, stranger, ENGINE_PASSWORD, topics) == topics[1:]
    said = ["cmd/counter-2/open", "presence/counter-2", "cmd/kiosk-1/issue"]
    for name in ("another", "counter-2"):
        assert heard_by_the_engine(open_house, Stranger(open_house, name), ENGINE_PASSWORD, said) == said[2:]


@pytest.mark.parametrize("login", [None, "counter-2"])
def test_in_an_open_house_no_client_id_lends_the_name_of_another(open_house: int, login: str | None) -> None:
    """Each screen would go dark by a presence of the engine that says that it is gone."""
    topics = [f"presence/{ENGINE_CLIENT}", f"presence/{'counter-2' if login is None else 'kiosk-1'}"]
    for topic in topics:
        liar = Stranger(open_house, topic.partition("/")[2], login, None if login is None else SECRET)
        assert heard_by_the_engine(open_house, liar, ENGINE_PASSWORD, topics) == []


def test_a_login_that_is_taken_back_is_thrown_out_at_once(tmp_path: Path) -> None:
    logins = dict.fromkeys((ENGINE_CLIENT, "kiosk-1", "counter-1"), SECRET)
    server = start(tmp_path, logins, is_open=False)
    try:
        stolen, other = (Stranger(server.spec.port, name, name, SECRET) for name in ("kiosk-1", "counter-1"))
        with stolen, other:
            gone, stays = threading.Event(), threading.Event()
            stolen.paho.on_disconnect = lambda *_: gone.set()
            other.paho.on_disconnect = lambda *_: stays.set()
            logins["kiosk-1"] = "another"
            server.admit()
            assert gone.wait(5)
            wait_until(lambda: stolen.refused is True, "it is not let in again")
            assert not stays.is_set(), "nobody else is thrown out"
    finally:
        server.stop()


@pytest.mark.parametrize("is_open", [True, False])
def test_the_rules_name_no_topic_outside_the_office(is_open: bool) -> None:  # noqa: FBT001 - a column of the table
    lines = access_rules(access({ENGINE_CLIENT: "a", "kiosk-1": "b"}, is_open=is_open)).splitlines()
    assert all(f" {ROOT}/" in line for line in lines if line.startswith(("topic", "pattern")))
    assert not any(line.startswith("topic") and "write" in line and "state" in line for line in lines)


def remembered(port: int, client: str, *, username: str | None, password: str | None) -> bool:
    """Come in, ask to be remembered, hear all that is said, and go; return whether the server knew the client."""
    known: queue.SimpleQueue[bool] = queue.SimpleQueue()
    paho = Client(CallbackAPIVersion.VERSION2, client_id=client, protocol=MQTTv311, clean_session=False)
    paho.username_pw_set(username, password)
    paho.on_connect = lambda _client, _data, flags, _reason, _properties: known.put(flags.session_present)
    paho.on_subscribe = lambda *_: leave()

    def leave() -> None:
        paho.disconnect()

    paho.connect("127.0.0.1", port)
    paho.subscribe([(f"{ROOT}/event/#", 1), (f"{ROOT}/state/#", 1)])
    paho.loop_forever()
    return known.get(timeout=5)


def test_no_login_lets_the_server_remember_one_client_after_the_other(tmp_path: Path) -> None:
    """Each would cost time with whatever is said: 11,000 of them, which take 8 s, stopped an office altogether."""
    logins = {ENGINE_CLIENT: ENGINE_PASSWORD, "kiosk-1": SECRET, "counter-1": "another password"}
    server = start(tmp_path, logins, is_open=False)
    port = server.spec.port
    try:
        own = {"username": "kiosk-1", "password": SECRET}
        with Stranger(port, "engine", ENGINE_CLIENT, ENGINE_PASSWORD) as engine:
            assert not remembered(port, "x0", **own)
            assert remembered(port, "x0", **own), "who does it once harms nobody"
            for number in range(MOST_LASTING + 40):
                if server.restarts:
                    break
                with contextlib.suppress(OSError, queue.Empty):  # thrown out meanwhile
                    remembered(port, f"x{number}" + "-" * 60, **own)
            wait_until(lambda: server.restarts == 1 and accepts(server.spec.address), "it forgets all of them")
            wait_until(engine.paho.is_connected, "the engine is back")
            for number in range(MOST_LASTING + 40):
                known = remembered(port, f"x{number}", **own)
                assert known is (number > 0), "of one login it knows one session, whatever that is called"
            assert server.restarts == 1
            with Stranger(port, "any", "counter-1", "another password") as counter:
                counter.listen(f"{ROOT}/event/#")
                engine.say(f"{ROOT}/event/called")
                assert counter.heard.get(timeout=20)[0].endswith("called")
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("1.2.3.4:5 as a (p2, c1, k60, u'kiosk-1').", False),
        ("1.2.3.4:5 as a (p2, c1, k60).", False),
        ("1.2.3.4:5 as a (p2, c0, k60, u'kiosk-1').", True),
        ("1.2.3.4:5 as a (p5, c1, k60, u'kiosk-1').", True),
        ("1.2.3.4:5 as x (p2, c1, k60, u'y'). (p2, c0, k60, u'kiosk-1').", True),
        ("1.2.3.4:5 as aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", True),
    ],
)
def test_who_wants_to_be_remembered_is_told_by_what_the_server_says(said: str, counts: bool) -> None:  # noqa: FBT001 - a parameter
    now = [0.0]
    lasting = Lasting(lambda: now[0])
    for number in range(MOST_LASTING + 1):
        lasting.hear(b"17: Client x closed its connection.")
        lasting.hear(f"17: New client connected from {said.replace(':5 as ', f':5 as {number}')}".encode())
    assert lasting.are_too_many() is counts
    now[0] = KEPT_FOR_S + 1
    assert not lasting.are_too_many()
