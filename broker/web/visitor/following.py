"""Tickets whose pages are open: looked up once, then carried on by events and by the picture of who waits."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from broker.contract.messages import PASSING, ErrorCode, EventMessage, OfficeMessage, Place, Reply, Ticket, TicketState
from broker.web.office import Office, UnansweredError

MOST_FOLLOWED = 4096
"""So many tickets are known at once; of those that nobody looks at, the one looked at longest ago is forgotten."""
LOOKUPS_AT_ONCE = 16
"""After an outage all open pages ask how it stands: the engine takes 256 requests of a client, and others want some."""
LOOKUP_S = 4.0
RENEW_AGAIN_S = 2.0
TOLD_AT_ONCE = 5
TOLD_EVERY_S = 0.002
LONGEST_REST_S = 0.2

_BECOMES: Mapping[str, TicketState] = MappingProxyType(
    {
        "called": "called",
        "recalled": "called",
        "started": "serving",
        "no_show": "no_show",
        "held": "held",
        "cancelled": "cancelled",
    }
)
"""What an event says all of. After any other (another stage, back in the queue, taken back) the engine is asked."""


class UnknownTicketError(Exception):
    """The engine knows no such ticket today, or refuses to tell of it."""

    def __init__(self, code: ErrorCode) -> None:
        """Keep why."""
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Followed:
    """One ticket whose page is open, or was a moment ago."""

    key: str
    ticket: Ticket
    called_at: dt.datetime | None = None
    is_sure: bool = True
    """Nothing was missed since it was looked up."""
    is_gone: bool = False
    """The engine knows it no more: its day is over."""
    watchers: set[Callable[[], None]] = field(default_factory=set)
    """One for each open page; shows it what is new, or that nothing is."""

    def tell(self) -> None:
        """Show it to all that have it open: each by itself, a fault with one is none of the others."""
        loop = asyncio.get_running_loop()
        for watcher in self.watchers:
            loop.call_soon(watcher)


def moved(ticket: Ticket, event: EventMessage, offer: OfficeMessage | None) -> Ticket | None:
    """Return a ticket after what happened to it; None where the event does not say all."""
    state = _BECOMES.get(event.type)
    if event.type == "finished" and _is_last(ticket, offer):
        state = "finished"
    if state is None:
        return None
    news: dict[str, object] = {"state": state, "ahead": 0, "wait": None}
    news |= {} if event.counter is None else {"counter": event.counter}
    news |= {} if event.times_called is None else {"times_called": event.times_called}
    return ticket.model_copy(update=news)


def _is_last(ticket: Ticket, offer: OfficeMessage | None) -> bool:
    stages = () if offer is None else next((one.stages for one in offer.services if one.id == ticket.service), ())
    return bool(stages) and stages[-1] == ticket.stage


class Following:
    """The tickets whose pages are open. On the event loop's thread alone."""

    def __init__(self, office: Office) -> None:
        """Follow what `office` tells."""
        self._office = office
        self._by_key: OrderedDict[str, Followed] = OrderedDict()
        self._by_id: dict[str, Followed] = {}
        self._looking: dict[str, asyncio.Task[Followed]] = {}
        self._turns = asyncio.Semaphore(LOOKUPS_AT_ONCE)
        self._monotonic = asyncio.get_running_loop().time
        self._to_tell: dict[str, None] = {}
        """Whose place has changed, by their keys."""
        self._telling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        office.on_event.append(self._event_heard)
        office.on_missed.append(self._missed)
        office.on_places.append(self._places_heard)
        office.on_fresh.append(self.tell_all)

    def __len__(self) -> int:
        return len(self._by_key)

    async def find(self, key: str) -> Followed:
        """Return a ticket by its key. Raises UnknownTicketError and UnansweredError.

        Where the engine is away, what was known before is returned: its page says how old that is.
        """
        known = self._by_key.get(key)
        if known is not None:
            self._by_key.move_to_end(key)
            if known.is_sure:
                return known
        if not self._office.is_linked:
            if known is not None:
                return known
            raise UnansweredError(key[:0])
        return await self._look_up(key)

    def doubt(self, key: str) -> None:
        """Take note that something was done with a ticket: whoever shows it looks it up again."""
        followed = self._by_key.get(key)
        if followed is not None:
            followed.is_sure = False
            self._renew(followed)

    def tell_in_turn(self, followed: Followed) -> None:
        """Show a ticket where it is open, when it is its turn."""
        self._to_tell[followed.key] = None
        self._begin_telling()

    def tell_all(self) -> None:
        """Show every ticket anew where it is open, or that nothing of it has changed."""
        self._to_tell.update(dict.fromkeys(self._by_key))
        self._begin_telling()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _answered(self, key: str, reply: Reply) -> None:
        """Take in how a ticket stands by the engine's answer, before anything that the engine tells after it."""
        if reply.error is not None:
            return
        ticket = Ticket.model_validate((reply.result or {})["ticket"])
        followed = self._by_key.get(key)
        if followed is None:
            followed = Followed(key, ticket)
            self._make_room()
            self._by_key[key] = self._by_id[ticket.id] = followed
        followed.ticket, followed.is_sure = ticket, True
        followed.called_at = self._call_of(ticket)
        followed.tell()

    async def _look_up(self, key: str) -> Followed:
        """Ask the engine, once for all who want to know."""
        looking = self._looking.get(key)
        if looking is None:
            looking = asyncio.create_task(self._asked(key))
            self._looking[key] = looking
        return await asyncio.shield(looking)

    async def _asked(self, key: str) -> Followed:
        try:
            async with self._turns:
                take = functools.partial(self._answered, key)
                reply = await self._office.ask("lookup", {"ticket": key}, timeout_s=LOOKUP_S, at_once=take)
        finally:
            del self._looking[key]
        if reply.error is not None and reply.error.code in PASSING:
            raise UnansweredError(reply.error.code)
        if reply.error is not None:
            self._forget(key)
            raise UnknownTicketError(reply.error.code)
        return self._by_key[key]

    def _call_of(self, ticket: Ticket) -> dt.datetime | None:
        hall = self._office.hall
        calling = () if hall is None or ticket.state != "called" else hall.calling
        return next((call.called_at for call in calling if call.number == ticket.number), None)

    def _make_room(self) -> None:
        if len(self._by_key) >= MOST_FOLLOWED:
            idle = next((one.key for one in self._by_key.values() if not one.watchers), None)
            if idle is not None:
                self._forget(idle)

    def _forget(self, key: str) -> None:
        followed = self._by_key.pop(key, None)
        if followed is not None:
            self._by_id.pop(followed.ticket.id, None)
            followed.is_gone = True
            followed.tell()

    def _event_heard(self, event: EventMessage) -> None:
        followed = None if event.ticket is None else self._by_id.get(event.ticket)
        if followed is None:
            return
        ticket = moved(followed.ticket, event, self._office.offer)
        if ticket is None:
            followed.is_sure = False
            self._renew(followed)
            return
        followed.ticket = ticket
        followed.called_at = event.called_at if ticket.state == "called" else None
        followed.tell()

    def _missed(self) -> None:
        """Ask how it stands with every ticket that somebody looks at; the others are asked for when somebody does."""
        for followed in self._by_key.values():
            followed.is_sure = False
            if followed.watchers:
                self._renew(followed)

    def _renew(self, followed: Followed) -> None:
        if followed.watchers:
            task = asyncio.create_task(self._renewed(followed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _renewed(self, followed: Followed) -> None:
        """Look a ticket up anew, until the engine has answered; where it is away, its return begins this again."""
        with contextlib.suppress(UnansweredError, UnknownTicketError):
            while followed.key in self._looking:  # what is being answered may have been decided before the event
                await asyncio.shield(self._looking[followed.key])
        while followed.watchers and self._office.is_linked:
            try:
                await self._look_up(followed.key)
            except UnansweredError:
                await asyncio.sleep(RENEW_AGAIN_S)
            except UnknownTicketError:
                return
            else:
                return

    def _places_heard(self, places: Sequence[Place]) -> None:
        for place in places:
            followed = self._by_id.get(place.id)
            if followed is None or followed.ticket.state != "waiting":
                continue
            if (place.ahead, place.wait) != (followed.ticket.ahead, followed.ticket.wait):
                followed.ticket = followed.ticket.model_copy(update={"ahead": place.ahead, "wait": place.wait})
                self.tell_in_turn(followed)

    def _begin_telling(self) -> None:
        if self._to_tell and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell_in_turns())

    async def _tell_in_turns(self) -> None:
        """Tell what concerns many a few at a time, whoever is called soonest first: a call comes in between."""
        while self._to_tell:
            begun_s = self._monotonic()
            followed = [one for key in self._to_tell if (one := self._by_key.get(key)) is not None and one.watchers]
            self._to_tell.clear()
            followed.sort(key=lambda one: one.ticket.ahead)
            for begin in range(0, len(followed), TOLD_AT_ONCE):
                for one in followed[begin : begin + TOLD_AT_ONCE]:
                    one.tell()
                await asyncio.sleep(TOLD_EVERY_S)
            await asyncio.sleep(min(self._monotonic() - begun_s, LONGEST_REST_S))  # half of the time is for others
