"""An officer's own ratings, asked for behind what the officer does: no key ever waits for them, nobody else sees them.

Pure but for the requester it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pydantic import ValidationError

from broker.contract.clock import EngineClock
from broker.contract.link import Pending, Requester
from broker.contract.messages import Day, Message, Reply

EVERY_S = 600.0
"""So often they are asked for at most: a figure that moves with every visitor would tell who gave which."""
MEANT_FOR_S = 10.0


class WeekRatings(Message):
    """How many gave one, two, three, four in the week that begins then."""

    begin: Day
    counts: tuple[int, ...] = ()


class Ratings(Message):
    """The result of `ratings`: how many of an officer's visitors gave one, two, three, four."""

    today: tuple[int, ...] = ()
    month: tuple[int, ...] = ()
    weeks: tuple[WeekRatings, ...] = ()
    """The oldest first."""


class OwnRatings:
    """Asks when the officer has the time to read, and forgets with the session. One thread: the window's."""

    def __init__(self, clock: EngineClock, requester: Requester) -> None:
        """Begin with nothing known."""
        self._clock = clock
        self._requester = requester
        self._whose: str | None = None
        self._pending: Pending | None = None
        self._asked_at_s: float | None = None
        self.known: Ratings | None = None
        """What the engine said last to the officer who sits here."""

    def tick(self, who: Mapping[str, str] | None, *, has_time: bool) -> None:
        """Ask anew where that is due; `who` is the counter and its session, None where nobody is signed in."""
        session = None if who is None else who["session"]
        if session != self._whose:
            self._forget()
            self._whose = session
        now_s = self._clock.monotonic()
        is_due = self._asked_at_s is None or now_s - self._asked_at_s >= EVERY_S
        if who is None or not has_time or not is_due:
            return
        self._asked_at_s = now_s
        until = self._clock.now() + dt.timedelta(seconds=MEANT_FOR_S)
        asked = {**who, "until": until.isoformat()}
        self._pending = self._requester.request("ratings", asked, lambda reply: self._answered(session, reply))

    def _answered(self, session: str | None, reply: Reply) -> None:
        if session != self._whose or not reply.ok:
            return
        try:
            self.known = Ratings.model_validate(reply.result or {})
        except ValidationError:
            self.known = None  # a broker of another version: then there is nothing to show

    def _forget(self) -> None:
        if self._pending is not None:
            self._pending.cancel()
        self._pending, self._asked_at_s, self.known = None, None, None
