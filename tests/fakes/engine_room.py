"""An engine with everything around it faked, and short ways to ask it something."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from broker.domain import commands as cmd
from broker.domain.errors import DomainError
from broker.domain.hall import Hall
from broker.domain.model import Office
from broker.domain.vocabulary import Command
from broker.engine import Engine
from broker.office_time import ANY_TIME
from broker.ports import RulesKeeper, Store, Submission
from tests.fakes.clock import FakeClock
from tests.fakes.offices import PIN, OnePin, small_office
from tests.fakes.store import MemoryStore
from tests.fakes.wire import RecordingWire


@dataclass
class Mark:
    """Implements `broker.ports.ClockMark`; outlives an engine, as a file would."""

    begun_s: float | None = None

    def load(self) -> float | None:
        """Return what was kept."""
        return self.begun_s

    def save(self, begun_s: float) -> None:
        """Keep it."""
        self.begun_s = begun_s


@dataclass
class EngineRoom:
    """One office's engine. `restart` builds a new engine on what the store holds, as a new process would."""

    store: Store = field(default_factory=MemoryStore)
    wire: RecordingWire = field(default_factory=RecordingWire)
    clock: FakeClock = field(default_factory=FakeClock)
    office: Office = field(default_factory=small_office)
    mark: Mark = field(default_factory=Mark)
    sessions: dict[str, str] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    believe_after_s: float = 0.0
    """So long a large step of the clock has to last before it is believed."""
    earliest: dt.datetime = ANY_TIME
    rules: RulesKeeper | None = None
    """Who keeps the configuration's file, from the next restart on."""
    ended_logins: set[str] = field(default_factory=set)
    """Logins that count no more."""
    tidied: list[float] = field(default_factory=list)
    """When the engine was done with its work and tidied up."""

    def __post_init__(self) -> None:
        """Start the engine."""
        self.restart()

    @property
    def hall(self) -> Hall:
        """Return the live picture."""
        return self.engine.hall

    def restart(self) -> None:
        """Let a new engine begin where the last one ended."""
        self.engine = Engine(
            office=self.office,
            store=self.store,
            wire=self.wire,
            credentials=OnePin(),
            clock=self.clock.now,
            monotonic=self.clock.monotonic,
            mark=self.mark,
            kiosk_of={"counter-1": "kiosk-1", "counter-2": "kiosk-2"},
            rules=self.rules,
            believe_after_s=self.believe_after_s,
            earliest=self.earliest,
            login_counts=lambda login: login not in self.ended_logins,
            tidy=lambda: self.tidied.append(self.clock.monotonic()),
        )

    def submission(
        self, command: Command | DomainError, *, client: str = "kiosk-1", request: str | None = None
    ) -> Submission:
        """Return a request with an id nobody has used before."""
        return Submission(client, request or f"r-{next(self.ids)}", command)

    def ask(
        self, command: Command | DomainError, *, client: str = "kiosk-1", request: str | None = None
    ) -> dict[str, Any]:
        """Let the engine handle one request alone; return its reply."""
        return self.ask_all(self.submission(command, client=client, request=request))[0]

    def ask_all(self, *submissions: Submission) -> list[dict[str, Any]]:
        """Let the engine handle requests in one batch; return their replies in order."""
        before = len(self.wire.replies)
        self.engine.step([self.engine.pin_checker.checked(submission) for submission in submissions])
        return [reply for _, reply in self.wire.replies[before:]]

    def issue(self, service: str = "visa", lane: str | None = None) -> str:
        """Issue a ticket that has to succeed; return its id."""
        ticket = str(uuid.UUID(int=next(self.ids)))
        reply = self.ask(cmd.Issue(ticket, service, lane, None))
        assert "error" not in reply, reply
        return ticket

    def sign_in(self, counter: str = "c1", officer: str = "sari") -> str:
        """Open a counter; return the session."""
        token = f"token-{next(self.ids)}"
        reply = self.ask(cmd.SignIn(counter, officer, PIN, token))
        assert "error" not in reply, reply
        self.sessions[counter] = token
        return token

    def call_next(self, counter: str = "c1") -> dict[str, Any]:
        """Ask for the next ticket at a counter; return the reply."""
        return self.ask(cmd.Next(counter, self.sessions[counter]), client=f"counter-{counter}")

    def start(self, counter: str = "c1") -> dict[str, Any]:
        """Begin to serve at a counter; return the reply."""
        return self.ask(cmd.Start(counter, self.sessions[counter]), client=f"counter-{counter}")

    def finish(self, counter: str = "c1") -> dict[str, Any]:
        """Finish at a counter; return the reply."""
        return self.ask(cmd.Finish(counter, self.sessions[counter]), client=f"counter-{counter}")
