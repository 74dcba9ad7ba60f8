"""Two processes with one client id: who holds it, and how the other one learns that. Pure; one `Claim` a process.

On the wire each process says with its presence which `instance` it is, and hears its own presence topic. Whoever
connects knocks there first (a presence that is `waiting` and not retained). The holder answers by saying its presence
again, and both know. Where nobody answers, as after a power cut that left its presence, the newcomer takes the id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from broker.contract.messages import Presence

ANSWER_S = 2.0
"""A process that lives answers a knock within this time."""
KNOCK_EVERY_S = 5.0
"""Whoever waits for an id asks so often whether its holder lives."""
RIVAL_FOR_S = 12.0
"""A holder that hears no knock for so long is alone again."""

Standing = Literal["alone", "wanted", "taken", "untrusted"]
"""Ours alone; ours, but another process wants it too; another process has it, so that we do nothing. Or nobody knows,
for who answers at the server's address cannot show to be the office's own."""
ID = "id"
"""Stands among a client's devices for its own id, once another process has wanted that."""
Say = Literal["nothing", "knock", "presence"]


class Claim:
    """Whether this process may act under its client id. Fed with its own presence topic and with time."""

    def __init__(self, instance: str, monotonic: Callable[[], float]) -> None:
        """`instance` tells this process from all others."""
        self.holds = False
        self._instance = instance
        self._monotonic = monotonic
        self._holder: str | None = None
        """The other process that the id seems to belong to."""
        self._is_heard = False
        """Everything that the server had kept has come: our own knock came after it."""
        self._answered = False
        """The holder lives, as it has said since our last knock."""
        self._is_taken = False
        self._knocked_s = self._until_s = 0.0
        self._rival_s: float | None = None
        self._other = ""

    def begin(self) -> Say:
        """Take note that our own topic can be heard now."""
        return self._knock()

    def end(self) -> None:
        """Take note that the connection is lost: what was true may have changed when there is one again."""
        self.holds, self._holder, self._is_heard, self._answered, self._rival_s = False, None, False, False, None

    @property
    def standing(self) -> Standing:
        """Return how it stands with our id."""
        if self._is_taken:
            return "taken"
        return "alone" if self._rival_s is None else "wanted"

    @property
    def devices(self) -> dict[str, str]:
        """Return what the holder's presence says of the id, so that everybody may know; nothing if nobody ever came."""
        if not self._other:
            return {}
        return {ID: "alone" if self._rival_s is None else f"wanted, by another process ({self._other:.12})"}

    @property
    def other(self) -> str:
        """Return which other process it was that had or wanted our id, as far as one is known."""
        return self._other

    def heard(self, presence: Presence, *, retained: bool) -> Say:
        """Take in what was said on our own presence topic; return what to say to that."""
        if presence.instance == self._instance:
            return self._heard_myself(presence)
        if presence.waiting:
            return self._heard_knock(presence.instance)
        if not presence.online:
            if self.holds:
                return "presence"  # the last will of one before us has covered ours
            if presence.instance != self._holder:
                return "nothing"
            self._holder, self._answered = None, False
            return self._take() if self._is_heard else "nothing"
        return self._heard_holder(presence.instance, retained=retained)

    def tick(self) -> Say:
        """Take note that time goes by; return what to say."""
        now_s = self._monotonic()
        if self.holds:
            if self._rival_s is not None and now_s - self._rival_s > RIVAL_FOR_S:
                self._rival_s = None
                return "presence"
            return "nothing"
        if now_s < self._until_s:
            return "nothing"
        if not self._answered:
            return self._take()
        if now_s - self._knocked_s < KNOCK_EVERY_S:
            return "nothing"
        self._answered = False
        return self._knock()

    def _heard_myself(self, presence: Presence) -> Say:
        if presence.waiting and not self.holds:
            self._is_heard = True
            return self._take() if self._holder is None else "nothing"
        return "presence" if self.holds and not presence.online else "nothing"

    def _heard_knock(self, instance: str) -> Say:
        if self.holds:
            self._rival_s, self._other = self._monotonic(), instance
            return "presence"
        if instance < self._instance:  # both have just come: one of us has to wait for the other
            self._until_s = self._monotonic() + 2 * ANSWER_S
            self._holder = instance if self._holder is None else self._holder
        return "nothing"

    def _heard_holder(self, instance: str, *, retained: bool) -> Say:
        if self.holds and self._instance < instance and not retained:
            self._rival_s, self._other = self._monotonic(), instance
            return "presence"  # both took it at the same moment: the other one gives way
        if self.holds and retained:
            return "nothing"
        self.holds, self._holder = False, instance
        if not retained:
            self._answered, self._is_taken, self._other = True, True, instance
        return "nothing"

    def _knock(self) -> Say:
        self._knocked_s = self._monotonic()
        self._until_s = self._knocked_s + ANSWER_S
        return "knock"

    def _take(self) -> Say:
        self.holds, self._answered, self._is_taken, self._rival_s = True, False, False, None
        return "presence"
