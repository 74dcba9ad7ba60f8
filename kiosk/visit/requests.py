"""What a kiosk asks of the engine. What may have been done is followed to its end, whoever still stands there. Pure."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from broker.contract.link import Pending, Requester
from broker.contract.messages import PASSING, Reply, Ticket
from kiosk.outbox.kept import KeptRequest, KeptRequests

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
"""Pauses double from the first to this."""
MOST_UNDER_WAY = 4
"""After a long outage the engine is not flooded with all that happened meanwhile."""

DISK_PATIENCE_S = 2.0
"""So long a request may wait for the disk before it is sent all the same: a number is worth more than its record."""
_LEAVES_PAPER = frozenset({"issue", "reprint"})
"""Commands that must be known of after a restart: once done, they leave a paper that nobody prints."""

log = logging.getLogger(__name__)

Done = Callable[[], None]
"""Says that nothing is left to be done about a request."""
LeftBehind = Callable[[Reply, Done], None]
"""Hears the answer to what its visit does not wait for any more."""


def ticket_of(reply: Reply) -> Ticket | None:
    """Return the ticket of an answer, or None where it holds none."""
    try:
        return Ticket.model_validate((reply.result or {}).get("ticket"))
    except ValidationError:
        log.exception("the reply %s holds no ticket", reply.id)
        return None


class VisitRequest:
    """The one request that a visit may have under way: another one might do things twice.

    One thread; `tick` has to be called now and then.
    """

    def __init__(
        self,
        requester: Requester,
        kept: KeptRequests,
        now: Callable[[], dt.datetime],
        monotonic: Callable[[], float],
    ) -> None:
        """Take who carries it, where it is kept, the engine's time, and a clock that never jumps."""
        self._requester = requester
        self._kept = kept
        self._now = now
        self._monotonic = monotonic
        self._unsent: list[tuple[float, Callable[[], None]]] = []
        """What is on its way to the disk, and when it is sent at the latest."""
        self._under_way: str | None = None
        """Its id; it may still be on its way to the disk."""
        self._pending: Pending | None = None
        """What can be taken back."""
        self._stop: Callable[[], KeptRequest | None] = lambda: None
        """Stops asking for what is under way."""

    @property
    def is_under_way(self) -> bool:
        """Tell whether there is no answer yet."""
        return self._under_way is not None

    def send(
        self,
        command: str,
        arguments: Mapping[str, Any],
        *,
        meant_for_s: float,
        answered: Callable[[Reply], None],
        left_behind: LeftBehind | None = None,
    ) -> None:
        """Ask, for so long as it is meant; `left_behind` hears the answer when the visit has gone on without it.

        What has no `left_behind` changes nothing, and may be forgotten. What leaves paper is on disk before it is sent,
        until `answered` has returned or `left_behind` says that it is done.
        """
        now, identity = self._now(), str(uuid.uuid4())
        meant = {**arguments, "until": (now + dt.timedelta(seconds=meant_for_s)).isoformat()}
        made = KeptRequest(id=identity, command=command, arguments=arguments, at=now)
        sent: list[Pending] = []

        done = partial(self._kept.drop, identity)

        def replied(reply: Reply) -> None:
            if self._under_way == reply.id:
                self._under_way = self._pending = None
                answered(reply)
                done()
            elif left_behind is not None:
                left_behind(reply, done)

        def ask() -> None:
            sent.append(self._requester.request(command, meant, replied, request_id=identity))
            if left_behind is None and self._under_way == identity:
                self._pending = sent[-1]

        self._under_way = identity
        unsent = self._monotonic() + DISK_PATIENCE_S, ask
        self._stop = partial(self._stopped, made, unsent, sent)
        if command not in _LEAVES_PAPER:
            ask()
            return
        self._unsent.append(unsent)
        self._kept.keep(made, lambda: self._send(unsent))

    def tick(self) -> None:
        """Send what the disk has held up for too long."""
        for unsent in list(self._unsent):
            if unsent[0] <= self._monotonic():
                log.warning("a request was sent before it was on disk")
                self._send(unsent)

    def leave(self) -> None:
        """Go on without the answer. Only what changes nothing is taken back; the rest may have been done already."""
        if self._pending is not None:
            self._pending.cancel()
        self._under_way = self._pending = None

    def give_way(self) -> KeptRequest | None:
        """Go on with something else in its place, and return what may have been done; None where nobody heard of it.

        Whoever asks on under its id whether it was done (`as_question`) knows in the end:
        what was done brings its answer; what was not is refused for good, also if the first asking arrives after all.
        """
        if self._under_way is None:
            return None
        self._under_way = self._pending = None
        return self._stop()

    def _stopped(
        self, made: KeptRequest, unsent: tuple[float, Callable[[], None]], sent: Sequence[Pending]
    ) -> KeptRequest | None:
        self._unsent = [one for one in self._unsent if one is not unsent]
        for pending in sent:
            pending.cancel()
        if not sent:
            self._kept.drop(made.id)
        return made if sent else None

    def _send(self, unsent: tuple[float, Callable[[], None]]) -> None:
        if unsent in self._unsent:
            self._unsent.remove(unsent)
            unsent[1]()


@dataclass(slots=True, eq=False)
class _Lasting:
    command: str
    arguments: Mapping[str, Any]
    replied: Callable[[Reply], None]
    due_s: float
    request_id: str | None = None
    pause_s: float = FIRST_PAUSE_S

    @property
    def about(self) -> object:
        """Return the ticket: what is said of one is heard in the order in which it happened."""
        return self.arguments.get("ticket")


class LastingRequests:
    """What no visitor waits for, such as a paper's outcome: asked until the engine has taken it or finally refused it.

    One thread; `tick` has to be called now and then.
    """

    def __init__(self, requester: Requester, monotonic: Callable[[], float]) -> None:
        """Take who carries them, and a clock that never jumps."""
        self._requester = requester
        self._monotonic = monotonic
        self._waiting: deque[_Lasting] = deque()
        self._under_way: list[_Lasting] = []

    def send(
        self,
        command: str,
        arguments: Mapping[str, Any],
        replied: Callable[[Reply], None] = lambda _reply: None,
        *,
        request_id: str | None = None,
    ) -> None:
        """Ask for as long as it takes, perhaps once more; `replied` hears what came of it in the end."""
        self._waiting.append(_Lasting(command, arguments, replied, self._monotonic(), request_id))
        self.tick()

    def tick(self) -> None:
        """Ask what is due."""
        while (lasting := self._next_due()) is not None:
            self._waiting.remove(lasting)
            self._under_way.append(lasting)
            answered = partial(self._answered, lasting)
            self._requester.request(lasting.command, lasting.arguments, answered, request_id=lasting.request_id)

    def _next_due(self) -> _Lasting | None:
        if len(self._under_way) >= MOST_UNDER_WAY:
            return None
        now, earlier = self._monotonic(), [one.about for one in self._under_way]
        for lasting in self._waiting:
            if lasting.due_s <= now and lasting.about not in earlier:
                return lasting
            earlier.append(lasting.about)
        return None

    def _answered(self, lasting: _Lasting, reply: Reply) -> None:
        self._under_way.remove(lasting)
        if reply.error is not None and reply.error.code in PASSING:
            log.warning("%s refused for now: %s", lasting.command, reply.error)
            lasting.due_s = self._monotonic() + lasting.pause_s
            lasting.pause_s = min(LONGEST_PAUSE_S, lasting.pause_s * 2)
            self._waiting.appendleft(lasting)
        else:
            if not reply.ok:
                log.error("%s refused for good: %s", lasting.command, reply.error)
            lasting.replied(reply)
        self.tick()
