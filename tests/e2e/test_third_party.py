"""A stranger's client: nothing but `mosquitto_pub` and `mosquitto_sub`, and what the protocol says."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.support.caller import wait_until
from tests.support.office import OfficeProcess

ROOT = "antrean/v1/demo"


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
