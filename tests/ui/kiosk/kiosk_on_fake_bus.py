"""The true kiosk process on an engine that is played here: `python -m tests.ui.kiosk.kiosk_on_fake_bus DATA`.

The first `issue` is answered only after a while. Every request is written to DATA/requests.jsonl.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from broker.bus import Post
from broker.config.settings import Settings
from broker.contract.messages import HallMessage, OfficeMessage, Reply
from hardware.config import KeyboardScanner
from kiosk.__main__ import run
from tests.support.requests import must_be_understood
from tests.ui.kiosk.kiosk_samples import hall, office, settings, ticket
from tests.ui.kiosk.kiosk_visitor import FakeRequest

FIRST_ANSWER_S = 1.5
ANSWERS = {
    "lookup": ticket(lane="priority", number="AP-003", state="no_show", counter="counter-3"),
    "rejoin": ticket(lane="priority", number="AP-003", ahead=3),
    "reprint": ticket(lane="priority", number="AP-003"),
}
M = TypeVar("M", bound=BaseModel)


class PlayedBus:
    """An office that is always there, gives everybody A-012, and knows AP-003 as one that was missed."""

    def __init__(self, data_dir: Path, post: Post) -> None:
        self._log = data_dir / "requests.jsonl"
        self._post = post
        self._listeners: dict[type[BaseModel], Callable[[Any], None]] = {}
        self._on_link: Callable[[bool], None] = lambda _online: None
        self._answered = 0
        self._copies = 0

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Remember who wants which message."""
        del topic_filter
        self._listeners[model] = handler

    def on_link(self, handler: Callable[[bool], None]) -> None:
        """Remember who wants to know of the link."""
        self._on_link = handler

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Write the device health down like a request."""
        self._write({"command": "devices", "arguments": dict(devices)})

    def request(self, command: str, arguments: Mapping[str, Any], on_reply: Callable[[Reply], None]) -> FakeRequest:
        """Write the request down and answer it; the first `issue` late."""
        must_be_understood(command, arguments)
        made = FakeRequest(f"request-{self._answered}", command, arguments, on_reply)
        self._write({"command": command, "arguments": dict(arguments)})
        if command == "issue":
            delay = FIRST_ANSWER_S if self._answered == 0 else 0.0
            self._answered += 1
            threading.Timer(delay, lambda: self._post(lambda: made.answer(ticket(lane=str(arguments["lane"]))))).start()
        elif command in ANSWERS:
            self._copies += command == "reprint"
            answer = ANSWERS[command].model_copy(update={"copies": self._copies})
            self._post(lambda: made.answer(answer))
        return made

    def start(self) -> None:
        """Be there, and stay: the picture is repeated as the engine does."""
        offer = office()
        self._post(lambda: self._on_link(True))  # noqa: FBT003 - the bus calls it so
        self._post(lambda: self._listeners[OfficeMessage](offer))
        self._post(lambda: self._listeners[HallMessage](hall(offer)))

    def stop(self) -> None:
        """Be gone."""

    def _write(self, entry: Mapping[str, Any]) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")


def main() -> int:
    """Run the kiosk until it is ended."""
    data_dir = Path(sys.argv[1])

    def bus(_kind: str, _settings: Settings, _kiosk: str, post: Post) -> PlayedBus:
        return PlayedBus(data_dir, post)

    office = settings()
    kiosk = office.kiosks[0].model_copy(update={"scanner": KeyboardScanner(type="keyboard")})
    run(office.model_copy(update={"kiosks": (kiosk,)}), "kiosk-1", data_dir=data_dir, bus_for=bus)
    return 0


if __name__ == "__main__":
    sys.exit(main())
