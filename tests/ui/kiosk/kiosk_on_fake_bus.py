"""The true kiosk process on an engine that is played here: `python -m tests.ui.kiosk.kiosk_on_fake_bus DATA`.

The first `issue` is answered only after a while. Every request is written to DATA/requests.jsonl.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import threading
from functools import partial
from pathlib import Path

from broker.bus import Post
from broker.config.settings import Settings
from hardware.config import KeyboardScanner
from kiosk.__main__ import run
from tests.fakes.bus import FakeBus, FakeServer
from tests.ui.kiosk.kiosk_samples import hall, office, settings, ticket
from tests.ui.kiosk.kiosk_visitor import HEARTBEAT_S, FakeRequest, PlayedEngine

FIRST_ANSWER_S = 1.5
CHECK = "0417"
ANSWERS = {
    "lookup": ticket(lane="priority", number="AP-003", state="no_show", counter="counter-3"),
    "rejoin": ticket(lane="priority", number="AP-003", ahead=3),
    "reprint": ticket(lane="priority", number="AP-003"),
    "printed": ticket(lane="priority", number="AP-003"),
}


class Office(PlayedEngine):
    """An office that is always there, gives everybody A-012, and knows AP-003 as one that was missed."""

    def __init__(self, server: FakeServer, kiosk: FakeBus, post: Post, log: Path) -> None:
        super().__init__(server, kiosk, partial(dt.datetime.now, settings().office.zone))
        self.office = office()
        self.hall = hall(self.office)
        self._log = log
        self._post = post
        self._copies = 0
        self.bus.start()
        self._repeat()

    def heard(self, request: FakeRequest) -> None:
        """Write the request down and answer it; the first `issue` late."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({"command": request.command, "arguments": request.arguments}) + "\n")
        if request.command == "issue":
            answer = ticket(lane=str(request.arguments["lane"]))
            delay_s = FIRST_ANSWER_S if len(self.of("issue")) == 1 else 0.0
            threading.Timer(delay_s, self._post, [lambda: request.answer(answer)]).start()
        elif request.command in ANSWERS:
            self._copies += request.command == "reprint"
            answer = ANSWERS[request.command].model_copy(update={"copies": self._copies})
            request.answer(answer, is_holder=request.arguments.get("check") == CHECK)

    def _repeat(self) -> None:
        """Repeat the picture as the engine does."""
        timer = threading.Timer(HEARTBEAT_S, self._post, [self._beat])
        timer.daemon = True
        timer.start()

    def _beat(self) -> None:
        if self.hall is not None:
            self.say(self.hall)
        self._repeat()


def main() -> int:
    """Run the kiosk until it is ended."""
    data_dir = Path(sys.argv[1])

    def bus(_kind: str, office: Settings, kiosk: str, post: Post) -> FakeBus:
        server = FakeServer()
        made = FakeBus(server=server, office=office.office.id, client=kiosk, kind="kiosk", post=post)
        Office(server, made, post, data_dir / "requests.jsonl")
        return made

    office = settings()
    kiosk = office.kiosks[0].model_copy(update={"scanner": KeyboardScanner(type="keyboard")})
    run(office.model_copy(update={"kiosks": (kiosk,)}), "kiosk-1", data_dir=data_dir, bus_for=bus)
    return 0


if __name__ == "__main__":
    sys.exit(main())
