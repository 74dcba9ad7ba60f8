"""An officer's window without a window, in a process of its own that may be killed, and the officer before it.

Told by a pipe: `("turns", n)` lets the officer call and serve so many, `"how"` asks how it stands. It tells of each
visitor whom the window shows as called here, at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue

from broker.bus import Bus
from broker.config import load_settings
from broker.contract.clock import EngineClock
from broker.contract.link import Address
from broker.contract.messages import CounterMessage, FeedbackMessage, HallMessage, OfficeMessage, Presence
from broker.contract.topics import ENGINE_CLIENT
from broker.language import words_of
from broker.logs import log_to
from counter.desk.devices import Devices
from counter.desk.keys import KEYS, Intent, Place
from counter.desk.presenter import CounterPresenter
from counter.desk.requests import DOUBLE_PRESS_S
from counter.desk.session import SessionFile

COUNTER, OFFICER, PIN = "counter-3", "dewi", "1234"
TICK_S = 0.02


@dataclass(frozen=True, slots=True)
class Called:
    """A visitor whom the window shows."""

    ticket: str
    number: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the window stands."""

    seq: int
    """The last line of the journal that its picture tells of."""
    is_fresh: bool
    is_signed_in: bool
    turns: int
    """What the officer still wants to do."""
    ticket: str
    """Who stands there; empty for nobody."""
    presses: int
    """How often the officer has asked for somebody in this run."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where it stands."""

    config: Path
    data_dir: Path
    environment: Mapping[str, str]
    address: Address


class WindowlessCounter:
    """One run of it."""

    def __init__(self, place: Desk, office: Connection) -> None:
        """Put the parts together as `CounterProcess` does."""
        settings = load_settings(place.config, place.environment)
        counter = next(one for one in settings.counters if one.id == COUNTER)
        self._told = office
        self._todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._turns = self._presses = 0
        self._pressed_s, self._seen = 0.0, ""
        self._officers = tuple((officer.id, officer.name) for officer in settings.officers)
        self.bus = Bus(
            address=place.address,
            office=settings.office.id,
            client=counter.id,
            kind="counter",
            post=self._todo.put,
            claims=True,
        )
        clock = EngineClock(partial(dt.datetime.now, settings.office.zone), time.monotonic)
        self._presenter = presenter = CounterPresenter(
            counter=counter.id,
            clock=clock,
            requester=self.bus,
            sessions=SessionFile(place.data_dir / counter.id / "session.json"),
            officers=self._officers,
            languages=settings.office.languages,
            phrases=words_of("counter", settings.office.languages),
            devices=Devices((ENGINE_CLIENT,), kiosk=settings.kiosk_of(counter), now=clock.now),
            calls_before_no_show=settings.journey.calls_before_no_show,
        )
        topics = self.bus.topics
        self.bus.listen(topics.office_state(), OfficeMessage, presenter.office)
        self.bus.listen(topics.hall(), HallMessage, presenter.hall)
        self.bus.listen(topics.counter(counter.id), CounterMessage, presenter.desk)
        self.bus.listen(topics.feedback(), FeedbackMessage, presenter.feedback)
        self.bus.listen(topics.presence(ENGINE_CLIENT), Presence, presenter.broker)
        self.bus.on_taken(presenter.taken)
        self.bus.on_link(lambda online: presenter.link(online=online))

    def run(self) -> None:
        """Work until killed."""
        self.bus.start()
        while True:
            with contextlib.suppress(Empty):
                self._todo.get(timeout=TICK_S)()
            self._presenter.tick()
            self._tell()
            self._work()
            while self._told.poll():
                match self._told.recv():
                    case ("turns", turns):
                        self._turns += turns
                    case _:
                        self._told.send(self._standing())

    # -- inside -------------------------------------------------------------------------------------------------------

    @property
    def _visitor(self) -> Called | None:
        desk = self._presenter._desk
        ticket = None if desk is None or not self._presenter._is_desk_known else desk.ticket
        return None if ticket is None else Called(ticket.id, ticket.number)

    def _tell(self) -> None:
        visitor = self._visitor
        if visitor is not None and visitor.ticket != self._seen:
            self._seen = visitor.ticket
            self._told.send(visitor)

    def _work(self) -> None:
        """Do what an officer does next: sign in, call, be done; a key is pressed again when nothing came of it."""
        presenter, now_s = self._presenter, time.monotonic()
        is_ready = presenter._requests.idle and presenter._fresh.stale_since is None and presenter._is_desk_known
        if not is_ready or now_s - self._pressed_s < DOUBLE_PRESS_S + TICK_S:
            return
        if presenter.place is Place.FORM:
            presenter.choose_officer([identity for identity, _ in self._officers].index(OFFICER))
            self._press(*PIN, "enter")
        elif presenter.place is Place.DIALOG:
            self._press("enter")
        elif self._visitor is not None:
            self._press(KEYS[Intent.FINISH])
        elif self._turns:
            self._turns -= 1
            self._presses += 1
            self._press(KEYS[Intent.NEXT])

    def _press(self, *keys: str) -> None:
        self._pressed_s = time.monotonic()
        for key in keys:
            self._presenter.key(key)

    def _standing(self) -> Standing:
        presenter, visitor = self._presenter, self._visitor
        return Standing(
            seq=0 if presenter._hall is None else presenter._hall.seq,
            is_fresh=presenter._fresh.stale_since is None and presenter._is_desk_known,
            is_signed_in=presenter._session is not None,
            turns=self._turns + (not presenter._requests.idle),
            ticket="" if visitor is None else visitor.ticket,
            presses=self._presses,
        )


def main(place: Desk, office: Connection) -> None:
    """Be that window, in a process that was just forked."""
    os.environ.clear()
    os.environ.update(place.environment)
    log_to(place.data_dir, COUNTER, terminal=logging.CRITICAL)
    WindowlessCounter(place, office).run()
