"""A stranger's client: nothing but `mosquitto_pub` and `mosquitto_sub`, and what the protocol says."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from tests.support.caller import wait_until
from tests.support.office import OfficeProcess

ROOT = "antrean/v1/demo"
COUNTERS = 6
SERVICES = 9
OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+07:00")
TICKET = {
    "id",
    "number",
    "service",
    "lane",
    "stage",
    "state",
    "language",
    "issued_at",
    "waiting_since",
    "ahead",
    "wait",
}
SURVEYS = 2 * 2
"""Two surveys in two languages."""
STATES = 10
"""Office, hall, day, help, announcements, alerts, feedback, who waits, the board, and the engine's presence."""
RETAINED = COUNTERS + SERVICES + SURVEYS + STATES
FIELDS = {
    "state/day": {"at", "services", "lanes"},
    "state/help": {"at", "open"},
    "state/announcements": {"at", "items"},
    "state/alerts": {"at", "alerts", "more"},
    "state/board": {"at", "seq", "page", "pages", "groups", "counters"},
    "state/waiting": {"at", "seq", "page", "pages", "places"},
    "state/survey": {"id", "version", "language", "name", "intro", "elements", "profile", "is_open"},
    "state/feedback": {"at", "complaints", "ratings", "surveys", "results"},
    "state/office": {"office", "languages", "services", "lanes", "stages", "counters", "groups"},
    "state/hall": {"revision", "seq", "at", "day", "calling", "recent", "waiting", "counters", "unanswered_s", "hours"}
    | {"intake", "closed_today"},
    "state/counter": {
        "id",
        "label",
        "state",
        "officer",
        "ticket",
        "queue",
        "held",
        "missed",
        "no_show_from",
        "today",
        "day",
        "asked",
        "helps",
        "pauses",
    },
    "presence/broker": {"online", "kind", "version", "protocol", "instance"},
    "services": {"id", "letter", "name", "stages", "promised_wait_s"},
    "state/service": {"id", "documents", "steps", "fee", "time", "source", "effective_from"},
    "lanes": {"id", "letter", "shape", "name", "rule"},
    "stages": {"id", "name"},
    "counters": {"id", "label", "stages", "step_free"},
    "calling": {"number", "lane", "counter", "counter_label", "called_at", "times_called"},
    "waiting": {"stage", "service", "lane", "count", "wait", "opens_at"},
    "places": {"id", "number", "ahead", "wait"},
    "queue": {"id", "number", "score"},
    "ticket": TICKET | {"counter", "history"},
    "reason": {"policy", "score", "waited_s", "promised_s", "passed_over"},
}
"""What the protocol lists, shape by shape; more may stand beside it."""


class Stranger:
    """Speaks MQTT through the two programs; knows no line of our code."""

    def __init__(self, port: int, client: str) -> None:
        self.server = ("-h", "127.0.0.1", "-p", str(port))
        self.client, self.asked = client, 0

    def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        """Subscribe to the own replies, send a request, return the reply with its id."""
        self.asked += 1
        identity = f"{self.client}-{self.asked}"
        topic = f"{ROOT}/reply/{self.client}"
        listen = ["mosquitto_sub", *self.server, "-i", f"{self.client}-ears", "-q", "1", "-d", "-W", "15", "-C", "1"]
        ears = subprocess.Popen(["stdbuf", "-oL", *listen, "-t", topic], stdout=subprocess.PIPE, text=True)
        assert ears.stdout is not None
        for line in ears.stdout:
            if line.startswith("Subscribed"):
                break
        payload = json.dumps({"id": identity, **arguments})
        topic = f"{ROOT}/cmd/{self.client}/{command}"
        publish = ["mosquitto_pub", *self.server, "-i", self.client, "-q", "1", "-t", topic, "-m", payload]
        subprocess.run(publish, check=True, timeout=15)
        reply = next(json.loads(line) for line in ears.stdout if line.startswith("{"))
        ears.stdout.read()
        ears.stdout.close()
        ears.wait(timeout=15)
        assert reply["id"] == identity
        found: dict[str, Any] = reply
        return found

    def retained(self, topic: str) -> dict[str, Any]:
        """Return what is retained on a topic."""
        done = subprocess.run(
            ["mosquitto_sub", *self.server, "-W", "15", "-C", "1", "-t", f"{ROOT}/{topic}"],
            check=True,
            capture_output=True,
            text=True,
        )
        state: dict[str, Any] = json.loads(done.stdout)
        return state

    def everything_retained(self) -> dict[str, dict[str, Any]]:
        """Return all states and the engine's presence by topic; each is retained and comes with QoS 1."""
        topics = [part for topic in ("state/#", "presence/broker") for part in ("-t", f"{ROOT}/{topic}")]
        count = str(RETAINED)
        done = subprocess.run(
            ["mosquitto_sub", *self.server, "-q", "1", "-W", "15", "-C", count, *topics, "-F", "%r %q %t %p"],
            check=True,
            capture_output=True,
            text=True,
        )
        found = {}
        for line in done.stdout.splitlines():
            retained, qos, topic, payload = line.split(" ", 3)
            assert (retained, qos) == ("1", "1"), topic
            found[topic.removeprefix(f"{ROOT}/")] = json.loads(payload)
        return found


def check(name: str, shape: dict[str, Any]) -> None:
    """Find every field that the protocol lists for `name`."""
    assert FIELDS[name] <= shape.keys(), (name, FIELDS[name] - shape.keys())


def test_a_stranger_issues_and_calls_with_the_protocol_alone(mosquitto_office: OfficeProcess) -> None:
    mosquitto_office.wait_online()
    stranger = Stranger(mosquitto_office.port, "microcontroller-7")
    assert stranger.retained("presence/broker")["online"] is True
    office = stranger.retained("state/office")
    service = office["services"][0]
    counter = next(c for c in office["counters"] if service["stages"][0] in c["stages"])
    issued = stranger.ask("issue", service=service["id"])
    assert issued["ok"] is True
    ticket = issued["result"]["ticket"]
    assert ticket["number"].startswith(service["letter"])
    opened = stranger.ask("open", counter=counter["id"], officer="siti", pin="1234")
    session = opened["result"]["session"]
    called = stranger.ask("next", counter=counter["id"], session=session)
    assert called["result"]["ticket"]["number"] == ticket["number"]
    wait_until(lambda: bool(stranger.retained("state/hall")["calling"]), "the hall shows the call")
    assert stranger.retained("state/hall")["calling"][0]["number"] == ticket["number"]
    assert stranger.retained(f"state/counter/{counter['id']}")["ticket"]["number"] == ticket["number"]
    refused = stranger.ask("next", counter=counter["id"], session=session)
    assert (refused["ok"], refused["error"]["code"]) == (False, "counter_busy")


def test_a_stranger_finds_every_field_that_the_protocol_lists(mosquitto_office: OfficeProcess) -> None:
    mosquitto_office.wait_online()
    stranger = Stranger(mosquitto_office.port, "microcontroller-7")
    tickets = [stranger.ask("issue", service="new-passport")["result"]["ticket"] for _ in range(2)]
    opened = stranger.ask("open", counter="counter-1", officer="siti", pin="1234")["result"]
    check("reason", stranger.ask("next", counter="counter-1", session=opened["session"])["result"]["reason"])
    wait_until(lambda: bool(stranger.retained("state/counter/counter-1")["ticket"]), "the counter shows whom it calls")
    wait_until(lambda: bool(stranger.retained("state/counter/counter-1")["queue"]), "and who waits for it")
    wait_until(lambda: bool(stranger.retained("state/hall")["calling"]), "the hall shows the call")
    wait_until(lambda: bool(stranger.retained("state/waiting/0")["places"]), "somebody still waits")
    found = stranger.everything_retained()
    office, hall, counter = found["state/office"], found["state/hall"], found["state/counter/counter-1"]
    assert len(found) == RETAINED
    for topic, shape in found.items():
        check("/".join(topic.split("/")[:2]), shape)
    for name in ("services", "lanes", "stages", "counters"):
        for entry in office[name]:
            check(name, entry)
    for name, entries in (
        ("calling", hall["calling"]),
        ("waiting", hall["waiting"]),
        ("queue", counter["queue"]),
        ("places", found["state/waiting/0"]["places"]),
    ):
        assert entries
        for entry in entries:
            check(name, entry)
    check("ticket", counter["ticket"])
    assert tickets[0].keys() >= TICKET
    moments = [hall["at"], hall["calling"][0]["called_at"], tickets[0]["issued_at"], counter["undo_until"]]
    assert all(OFFSET.fullmatch(moment) for moment in moments)
    assert [one["state"] for one in hall["counters"]] == ["calling", *["closed"] * (COUNTERS - 1)]


def test_a_request_that_was_refused_has_used_its_id_up_whatever_was_wrong(mosquitto_office: OfficeProcess) -> None:
    """Also over a crash, and whatever the second one says: an id is one request for ever."""
    mosquitto_office.wait_online()
    stranger = Stranger(mosquitto_office.port, "microcontroller-7")
    wrong = stranger.ask("issue", service=7)
    assert wrong["error"]["code"] == "bad_request"
    assert wrong["error"]["detail"]["field"] == "service"
    assert stranger.ask("issue", service="new-passport")["result"]["ticket"]["number"] == "A-001"
    mosquitto_office.kill()
    mosquitto_office.start()
    mosquitto_office.wait_online()
    again = Stranger(mosquitto_office.port, "microcontroller-7")
    assert again.ask("issue", service="new-passport") == wrong
    assert again.ask("issue", service="new-passport")["result"]["ticket"]["number"] == "A-001"
    assert again.ask("issue", service="new-passport")["result"]["ticket"]["number"] == "A-002"
    wait_until(lambda: again.retained("state/hall")["seq"] == 2, "the hall has all that was done, and no more")
