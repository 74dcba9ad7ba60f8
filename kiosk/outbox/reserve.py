"""Numbers that a kiosk has in advance, and those that it gave out while nobody could be reached (decision 75). Pure.

Whoever uses it writes `Outbox` to disk before it acts by it: before a lease is asked for, before a number is shown or
printed. So a kiosk that is killed at any moment gives no number out twice, and forgets none that somebody holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from pydantic import AwareDatetime, BaseModel, ConfigDict

from broker.contract.messages import Blank, LeasedNumbers


class Kept(BaseModel):
    """Base of what stands in the file."""

    model_config = ConfigDict(frozen=True)


class Asked(Kept):
    """A lease that was asked for and not answered: asked again under the same id it brings the same numbers."""

    id: str
    service: str
    lane: str
    holds: int


class Held(Kept):
    """A number that nobody has yet."""

    blank: Blank
    day: dt.date
    until: AwareDatetime
    service: str
    lane: str


class Given(Kept):
    """A number that somebody has, and of which the office does not know yet."""

    held: Held
    language: str
    arrived_at: AwareDatetime
    is_begun: bool = True
    """Its visitor may have seen it. What an older version wrote does not say, and may be on paper."""

    def as_request(self) -> dict[str, str | None]:
        """Return the arguments of `hand_in`."""
        blank = self.held.blank
        return {
            "ticket": blank.ticket,
            "day": self.held.day.isoformat(),
            "number": blank.number,
            "service": self.held.service,
            "lane": self.held.lane,
            "check": blank.check,
            "key": blank.key,
            "language": self.language,
            "arrived_at": self.arrived_at.isoformat(),
        }


class Outbox(Kept):
    """All of it; each change is another one."""

    asked: tuple[Asked, ...] = ()
    held: tuple[Held, ...] = ()
    """In the order in which they are given out."""
    given: tuple[Given, ...] = ()
    """In the order in which they were."""
    boot: str = ""
    """Of which start of the machine it is; none where the machine does not tell."""

    def left(self, service: str, lane: str, now: dt.datetime) -> int:
        """Return how many numbers there are for a service in a lane."""
        return sum(_is_for(one, service, lane, now) for one in self.held)

    def asking(self, request: Asked) -> Outbox:
        """Return it with a lease that is about to be asked for."""
        return self.model_copy(update={"asked": (*self.asked, request)})

    def answered(self, request_id: str, leased: LeasedNumbers | None) -> Outbox:
        """Return it with what a lease brought; None: it was refused. What was answered before brings nothing more."""
        if all(one.id != request_id for one in self.asked):
            return self
        asked = tuple(one for one in self.asked if one.id != request_id)
        known = {one.blank.ticket for one in self.held} | {one.held.blank.ticket for one in self.given}
        fresh = () if leased is None else tuple(_held(leased, one) for one in leased.blanks if one.ticket not in known)
        return self.model_copy(update={"asked": asked, "held": (*self.held, *fresh)})

    def give(self, service: str, lane: str, language: str, now: dt.datetime) -> tuple[Outbox, Given] | None:
        """Return it with one number less to give and one more to hand in, and that one; None where there is none."""
        held = next((one for one in self.held if _is_for(one, service, lane, now)), None)
        if held is None:
            return None
        given = Given(held=held, language=language, arrived_at=now, is_begun=False)
        rest = tuple(one for one in self.held if one is not held)
        return self.model_copy(update={"held": rest, "given": (*self.given, given)}), given

    def begun(self, ticket: str) -> Outbox:
        """Return it with a number that its visitor is shown from now on."""
        begun = (
            one.model_copy(update={"is_begun": True}) if one.held.blank.ticket == ticket else one for one in self.given
        )
        return self.model_copy(update={"given": tuple(begun)})

    def taken_back(self, given: Given) -> Outbox:
        """Return it with a number that nobody was given after all, as the next one to be given out."""
        return self.handed_in(given.held.blank.ticket).model_copy(update={"held": (given.held, *self.held)})

    def handed_in(self, ticket: str) -> Outbox:
        """Return it without a number of which the office knows by now, or that it refused for good."""
        return self.model_copy(update={"given": tuple(one for one in self.given if one.held.blank.ticket != ticket)})

    def since(self, boot: str) -> tuple[Outbox, tuple[str, ...]]:
        """Return what of it counts after this start of the machine, and the tickets of the numbers that do not.

        Only while the machine ran on it is sure that nothing newer was ever written: a disk may have been put back from
        an image, or have lost what it had confirmed, and somebody may hold a number that stands here as nobody's.
        """
        if boot and boot == self.boot:
            return self, ()
        # What was asked for is not asked for again: its numbers may have come, and gone, in what was lost.
        rest = self.model_copy(update={"held": (), "asked": (), "boot": boot})
        return rest, tuple(one.blank.ticket for one in self.held)

    def over(self, now: dt.datetime) -> tuple[str, ...]:
        """Return the tickets of numbers whose day ended before anybody had them: they can be given back."""
        return tuple(one.blank.ticket for one in self.held if one.until <= now)

    def without(self, tickets: Collection[str]) -> Outbox:
        """Return it without some of the numbers that nobody has; only afterwards they are given back."""
        return self.model_copy(update={"held": tuple(one for one in self.held if one.blank.ticket not in tickets)})


def _is_for(held: Held, service: str, lane: str, now: dt.datetime) -> bool:
    return (held.service, held.lane) == (service, lane) and now < held.until


def _held(leased: LeasedNumbers, blank: Blank) -> Held:
    return Held(blank=blank, day=leased.day, until=leased.until, service=leased.service, lane=leased.lane)
