"""Gateway and engine with the network taken out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.contract.topics import Topics
from broker.engine import Engine
from broker.gateway import Inbound, MqttWire
from tests.fakes.clock import FakeClock
from tests.fakes.offices import OnePin, small_office
from tests.fakes.store import MemoryStore

CONFIG = Path(__file__).parents[3] / "config.yaml"
ROOT = "antrean/v1/demo"


@dataclass
class Air:
    """A publisher that keeps what was published, and checks what holds for every message."""

    messages: list[tuple[str, dict[str, Any], bool]] = field(default_factory=list)
    announced_after: list[int] = field(default_factory=list)
    longest: int = 0
    """Of all but state/office, which says all that the office offers."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Keep a message."""
        if not topic.endswith("state/office"):
            self.longest = max(self.longest, len(payload))
        self.messages.append((topic, json.loads(payload.decode()), retain))
        return True

    def announce(self) -> None:
        """Keep the moment."""
        self.announced_after.append(len(self.messages))

    def last(self, topic: str) -> dict[str, Any]:
        """Return the last message of a topic."""
        return [body for name, body, _ in self.messages if name == f"{ROOT}/{topic}"][-1]

    def all(self, topic: str) -> list[dict[str, Any]]:
        """Return every message whose topic begins so."""
        return [body for name, body, _ in self.messages if name.startswith(f"{ROOT}/{topic}")]


class Office:
    """Gateway and engine as the broker has them, with the network taken out."""

    def __init__(self, rules: Any = None) -> None:  # noqa: ANN401 - rules of an office, or the small one
        settings = load_settings(CONFIG, {})
        self.air, self.clock = Air(), FakeClock()
        topics = Topics("demo")
        self.engine = Engine(
            office=rules or small_office(),
            store=MemoryStore(),
            wire=MqttWire(topics, self.air, office_message(settings), first_revision=lambda: 1000),
            credentials=OnePin(),
            clock=self.clock.now,
            monotonic=self.clock.monotonic,
        )
        self._inbound = Inbound(topics, lambda submission: self.engine.step([submission]))
        self._count = 0
        self.pause_s = 1.0

    def ask(self, command: str, *, client: str = "kiosk-1", **arguments: object) -> dict[str, Any]:
        """Send a request as a client would; return the reply."""
        self._count += 1
        self.clock.advance(self.pause_s)
        payload = json.dumps({"id": f"r-{self._count}", **arguments}).encode()
        self._inbound.received(f"{ROOT}/cmd/{client}/{command}", payload)
        return self.air.last(f"reply/{client}")

    def do(self, command: str, *, client: str = "kiosk-1", **arguments: object) -> dict[str, Any]:
        """Send a request that has to succeed; return the result."""
        reply = self.ask(command, client=client, **arguments)
        assert reply["ok"], reply
        result: dict[str, Any] = reply["result"]
        return result

    def sign_in(self, counter: str = "c1", officer: str = "sari") -> dict[str, str]:
        """Open a counter; return what its requests carry."""
        result = self.do("open", client="counter-1", counter=counter, officer=officer, pin="1234")
        return {"client": "counter-1", "counter": counter, "session": result["session"]}
