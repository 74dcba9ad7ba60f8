"""A client of the wire that asks and waits: what a screen does, in a straight line."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from broker.bus import Bus
from broker.contract.link import Address
from broker.contract.messages import CounterMessage, EventMessage, HallMessage, OfficeMessage, Reply

PATIENCE_S = 45.0
"""So long may take what always comes in the end, on a machine that has much else to do. No promise is kept by it."""


class Caller:
    """One client. Use as a context manager; `ask` blocks until the reply."""

    def __init__(self, address: Address, client: str, office: str = "demo", *, listens: bool = True) -> None:
        """Prepare a client of `office`; with `listens` it also gathers states and events."""
        self.bus = Bus(address=address, office=office, client=client, kind="test", post=lambda step: step())
        self.events: queue.SimpleQueue[EventMessage] = queue.SimpleQueue()
        self.hall: HallMessage | None = None
        self.office: OfficeMessage | None = None
        self.counters: dict[str, CounterMessage] = {}
        self.linked = False
        self.bus.on_link(self._link)
        topics = self.bus.topics
        self._listens = listens
        if not listens:
            return
        self.bus.listen(topics.event("+"), EventMessage, self.events.put)
        self.bus.listen(topics.hall(), HallMessage, self._hall)
        self.bus.listen(topics.office_state(), OfficeMessage, self._office)
        self.bus.listen(topics.counter("+"), CounterMessage, self._counter)

    def __enter__(self) -> Self:
        self.bus.start()
        wait_until(lambda: self.linked and not (self._listens and self.hall is None), "the engine is online")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bus.stop()

    def ask(self, command: str, *, request_id: str | None = None, **arguments: object) -> Reply:
        """Send a request and return its reply."""
        return self._asked(command, arguments, request_id)

    def do(self, command: str, *, request_id: str | None = None, **arguments: object) -> dict[str, Any]:
        """Send a request that has to succeed; return its result."""
        reply = self._asked(command, arguments, request_id)
        assert reply.ok, reply
        assert reply.result is not None
        return reply.result

    def refused(self, command: str, *, request_id: str | None = None, **arguments: object) -> str:
        """Send a request that has to fail; return the error's code."""
        reply = self._asked(command, arguments, request_id)
        assert not reply.ok, reply
        assert reply.error is not None
        return reply.error.code

    def _asked(self, command: str, arguments: dict[str, object], request_id: str | None = None) -> Reply:
        replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self.bus.request(command, arguments, replies.put, request_id=request_id)
        return replies.get(timeout=PATIENCE_S)

    def _link(self, online: bool) -> None:  # noqa: FBT001 - the bus calls it so
        self.linked = online

    def _hall(self, message: HallMessage) -> None:
        self.hall = message

    def _office(self, message: OfficeMessage) -> None:
        self.office = message

    def _counter(self, message: CounterMessage) -> None:
        self.counters[message.id] = message


def wait_until(true: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Poll until `true`; the processes under test have no clock that could be injected."""
    deadline = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > deadline:
            message = f"not within {timeout_s:g} s: {what}"
            raise AssertionError(message)
        time.sleep(0.01)
