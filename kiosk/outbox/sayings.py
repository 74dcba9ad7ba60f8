"""What visitors said while the office could not be reached: on disk until the engine has it, and handed in then.

Faces and answers to surveys only: words that somebody wrote are sealed at the engine, and stand on no other disk.
Whoever wrote them waits for the link, and is told so.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from broker.contract.messages import Reply
from kiosk.outbox.keeper import Asks
from kiosk.outbox.kept import KeptRequest, KeptRequests, Shelf

MOST_SAID = 1000
"""Faces and surveys of a day without a link."""

log = logging.getLogger(__name__)


class Sayings:
    """One kiosk's outbox of what was said. On the screen's thread; only the writer waits for the disk."""

    def __init__(self, shelf: Shelf, asks: Asks, now: Callable[[], dt.datetime]) -> None:
        """Take where they are kept, who hands them in for as long as it takes, and the engine's time."""
        self._kept, self._asks, self._now = KeptRequests(shelf, MOST_SAID), asks, now

    def recover(self) -> None:
        """Hand in what an earlier run could not, under the same ids: done once, whatever that run heard."""
        for made in self._kept.left():
            self._hand_in(made, lambda _reply: None)

    def send(
        self, command: str, arguments: Mapping[str, Any], replied: Callable[[Reply], None] = lambda _reply: None
    ) -> None:
        """Keep it, then hand it in; `replied` hears what came of it, perhaps much later."""
        made = KeptRequest(id=str(uuid.uuid4()), command=command, arguments=arguments, at=self._now())
        self._kept.keep(made, lambda: self._hand_in(made, replied))

    def _hand_in(self, made: KeptRequest, replied: Callable[[Reply], None]) -> None:
        def answered(reply: Reply) -> None:
            self._kept.drop(made.id)
            if reply.error is not None and reply.error.code != "already_given":
                log.warning("a %s of %s counts for nothing: %s", made.command, made.at.date(), reply.error.code)
            replied(reply)

        self._asks.send(made.command, made.arguments, answered, request_id=made.id)
