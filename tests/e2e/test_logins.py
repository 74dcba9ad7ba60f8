"""One login a device: each part gets in by its own, sends what it may, and a machine that was stolen is thrown out.

Asked by a client of paho that keeps no rules of its own, of a real broker with a real Mosquitto.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from broker.bootstrap.logins import SUSPENDED_S, Logins
from broker.care.provision import provision
from broker.clients import MAY_SEND
from broker.config import load_settings
from broker.config.logins import clients_of, known_by
from broker.contract.topics import ENGINE_CLIENT
from broker.doctor import truth
from broker.domain.staff import LOGIN_ENDED
from broker.domain.vocabulary import COMMANDS
from broker.server.mosquitto import is_password_of
from tests.bench.attacks import Target, asked
from tests.support.caller import PATIENCE_S, Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.unit.server.test_mosquitto import Stranger

CLOSED = {"ANTREAN_MQTT__OPEN_ON_LOOPBACK": "false", "ANTREAN_MQTT__DEVICES": "[pad-3]"}
ROOT = "antrean/v1/demo"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeProcess]:
    """Yield a running office in which nobody comes in without a login."""
    process = OfficeProcess(tmp_path_factory.mktemp("closed"), extra=CLOSED)
    process.start()
    with process.own_caller("doctor"):
        """The engine is there: what is said before that nobody hears."""
    yield process
    process.stop()


def antrean(office: OfficeProcess, *arguments: str) -> str:
    """Run a command on the broker's machine; return what it said."""
    command = [sys.executable, "-m", "broker", *arguments, "--data", str(office.data_dir)]
    done = subprocess.run(command, env=office.environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_online(office: OfficeProcess, name: str) -> bool:
    """Tell whether the office's lights show a part as connected."""
    _, presences = truth.engine(office.settings, office.data_dir)
    return name in presences and presences[name].online


def stranger(office: OfficeProcess, name: str) -> Stranger:
    """Return a plain client that has the login of a part."""
    password = known_by(office.settings, name, office.data_dir).mqtt.password
    return Stranger(office.port, f"paho-{name}", name, password)


def test_each_part_sends_its_own_commands_to_the_engine_and_no_other(office: OfficeProcess) -> None:
    """Every client times every command: what Mosquitto lets through is answered, and what it does not is not."""
    clients = clients_of(office.settings)
    one_of_each = {client.kind: name for name, client in reversed(clients.items())}
    assert set(one_of_each) == set(MAY_SEND) - {"trainer", "keypads", "signs"}
    for kind, name in one_of_each.items():
        with stranger(office, name) as client:
            assert not client.refused, name
            client.listen(f"{ROOT}/reply/{name}")
            for command in COMMANDS:
                body = {"id": command, "until": "2026-01-01T00:00:00+07:00", "nothing": "so that it is refused"}
                client.say(f"{ROOT}/cmd/{name}/{command}", json.dumps(body))
            answered = {json.loads(client.heard.get(timeout=20)[1])["id"] for _ in MAY_SEND[kind]}
            assert answered == MAY_SEND[kind], name
            client.say(f"{ROOT}/presence/{name}")
            assert client.heard.empty()


def test_nobody_comes_in_without_a_login_or_as_the_engine(office: OfficeProcess) -> None:
    own = known_by(office.settings, "counter-1", office.data_dir).mqtt.password
    for name, password in ((None, None), (ENGINE_CLIENT, own), ("kiosk-1", own), ("counter-1", "")):
        with Stranger(office.port, "any", name, password) as client:
            assert client.refused, name


def test_a_counter_works_for_itself_and_a_session_for_who_signed_in(office: OfficeProcess) -> None:
    with office.own_caller("counter-1") as one, office.own_caller("counter-2") as two, office.own_caller("web") as web:
        opened = one.do("open", counter="counter-1", officer="siti", pin="1234")
        desk = {"counter": "counter-1", "session": opened["session"]}
        assert two.refused("next", **desk) == "not_allowed"
        assert two.refused("open", counter="counter-1", officer="budi", pin="1234") == "not_allowed"
        staff = web.do("staff_in", officer="maria", pin="1234")["session"]
        assert one.refused("alert_ack", session=staff, alert="none") == "no_session"
        one.do("pause", **desk)


def test_a_machine_gets_a_bundle_and_is_thrown_out_when_that_is_revoked(office: OfficeProcess, tmp_path: Path) -> None:
    bundle = tmp_path / "kiosk-1"
    assert "lets it in now" in antrean(office, "provision", "kiosk-1", "--to", str(bundle))
    written = (bundle / "config.yaml").read_text(encoding="utf-8")
    assert "$argon2id$" not in json.dumps(yaml.safe_load(written)["officers"])
    assert (bundle / "var" / "logins" / "kiosk-1").stat().st_mode & 0o077 == 0
    password = (bundle / "var" / "logins" / "kiosk-1").read_text().strip()
    assert password not in "".join(
        path.read_text(errors="replace") for path in office.data_dir.rglob("*") if path.is_file()
    ), "the broker has a hash alone"
    assert (office.data_dir / "logins.json").stat().st_mode & 0o077 == 0
    there = load_settings(bundle / "config.yaml", {"ANTREAN_MQTT__PORT": str(office.port)})
    kiosk = Caller(known_by(there, "kiosk-1", bundle / "var").mqtt.address("kiosk-1"), "kiosk-1")
    with kiosk, office.own_caller("counter-1") as counter:
        assert kiosk.do("issue", service="new-passport")["ticket"]["number"]
        assert "kiosk-1: its own login" in antrean(office, "provision", "--list")
        assert "was thrown out" in antrean(office, "revoke", "kiosk-1")
        wait_until(lambda: not kiosk.linked, "it is thrown out")
        wait_until(lambda: not is_online(office, "kiosk-1"), "and nobody takes it for connected")
        assert counter.linked
        with Stranger(office.port, "any", "kiosk-1", password) as thief:
            assert thief.refused


def bundled_caller(office: OfficeProcess, bundle: Path, name: str) -> Caller:
    """Return a client of a machine that was given this folder."""
    there = load_settings(bundle / "config.yaml", {"ANTREAN_MQTT__PORT": str(office.port)})
    return Caller(known_by(there, name, bundle / "var").mqtt.address(name), name)


def given(office: OfficeProcess, name: str, bundle: Path) -> None:
    """Give a part to another machine, as `antrean provision` does."""
    provision(office.settings, office.config, office.data_dir, [name], bundle, now=dt.datetime.now().astimezone())


def ends_of(office: OfficeProcess) -> list[tuple[str, str | None]]:
    """Return the ends of sessions in the journal that the office itself has written: what, and for whom."""
    with closing(sqlite3.connect(office.database)) as database:
        rows = database.execute("SELECT type, body FROM events WHERE client = ? ORDER BY seq", (ENGINE_CLIENT,))
        found = [(kind, json.loads(body)) for kind, body in rows]
    return [
        (kind, said.get("counter") or said.get("officer")) for kind, said in found if said.get("reason") == LOGIN_ENDED
    ]


def test_a_session_ends_with_the_login_that_it_was_given_to(office: OfficeProcess, tmp_path: Path) -> None:
    """Neither the next machine of that name goes on with it, nor one that comes after a restart; a visitor stays."""
    with office.own_caller("counter-2") as one, office.own_caller("web") as web:
        first = one.do("open", counter="counter-2", officer="budi", pin="1234")["session"]
        staff = web.do("staff_in", officer="maria", pin="1234")["session"]
    given(office, "web", tmp_path / "web")
    given(office, "counter-2", tmp_path / "one")
    with bundled_caller(office, tmp_path / "web", "web") as web:
        assert web.refused("staff_sessions", session=staff) == "no_session"
    with bundled_caller(office, tmp_path / "one", "counter-2") as one:
        assert one.refused("next", counter="counter-2", session=first) == "no_session"
        wait_until(lambda: one.counters["counter-2"].officer is None, "all see that nobody sits there")
        wait_until(lambda: set(ends_of(office)) >= {("closed", "counter-2"), ("staff_revoked", "maria")}, "on disk")
        second = one.do("open", counter="counter-2", officer="budi", pin="1234")["session"]
        with office.own_caller("pad-3") as kiosk:
            kiosk.do("issue", service="new-passport")
        visitor = one.do("next", counter="counter-2", session=second)["ticket"]["number"]
    office.stop()
    given(office, "counter-2", tmp_path / "two")
    office.start()
    with bundled_caller(office, tmp_path / "two", "counter-2") as one:
        desk = {"counter": "counter-2", "session": second}
        assert one.refused("finish", **desk) == "no_session"
        desk["session"] = one.do("open", counter="counter-2", officer="budi", pin="1234")["session"]
        assert one.do("finish", **desk)["ticket"]["number"] == visitor
        one.do("close", **desk)


def test_who_floods_is_thrown_out_for_a_while_and_nobody_else(office: OfficeProcess) -> None:
    """What is cut out of a flood costs the server and the engine time all the same."""
    own = known_by(office.settings, "pad-3", office.data_dir).mqtt.password
    ask = asked("pad-3", "lookup", ticket="A-001")
    flood = b"".join(ask(number) for number in range(1_000))
    with office.own_caller("counter-3") as counter:
        with Target(office.port, {"pad-3": own}, None).come("pad-3") as line:
            assert line.recv(4) == b"\x20\x02\x00\x00", "it comes in"
            line.settimeout(PATIENCE_S)
            with pytest.raises(ConnectionError):
                line.sendall(flood * 500)
        with Stranger(office.port, "another", "pad-3", own) as again:
            assert again.refused
        assert counter.linked
        assert counter.refused("next", counter="counter-3", session="none") == "no_session"
        assert "pad-3 floods the office" in (office.data_dir / "logs" / "broker.log").read_text()


def test_a_login_that_was_taken_away_for_a_while_counts_again(tmp_path: Path) -> None:
    now_s, told = [0.0], list[str]()
    settings = load_settings(CONFIG, CLOSED)
    logins = Logins(settings, tmp_path, lambda: now_s[0])
    password = (tmp_path / "mqtt" / "local" / "kiosk-1").read_text()

    def admitted() -> None:
        told.append("in" if is_password_of(logins.access.entries["kiosk-1"], password) else "out")

    logins.suspend("kiosk-1")
    for at_s in (0.0, SUSPENDED_S - 1, SUSPENDED_S, SUSPENDED_S + 1):
        now_s[0] = at_s
        logins.look(admitted)
    assert told == ["out", "in"]
    opened = Logins(load_settings(CONFIG, {}), tmp_path / "open", lambda: now_s[0])
    opened.suspend("kiosk-1")
    opened.look(lambda: told.append("anybody may take any name there"))
    assert told == ["out", "in"]


def test_one_password_for_all_goes_on_where_that_is_allowed_but_not_as_the_engine(tmp_path: Path) -> None:
    secret = "a-secret-of-the-house"  # noqa: S105 - of this test alone
    extra = {"ANTREAN_MQTT__SECRET": secret, "ANTREAN_MQTT__SHARED_SECRET": "allowed"}
    office = OfficeProcess(tmp_path, extra=extra)
    office.start()
    try:
        with (
            Stranger(office.port, "any", "kiosk-1", secret) as kiosk,
            Stranger(office.port, "other", ENGINE_CLIENT, secret) as thief,
        ):
            assert not kiosk.refused
            assert thief.refused
        assert "give each its own by antrean provision" in (tmp_path / "logs" / "broker.log").read_text()
    finally:
        office.stop()
