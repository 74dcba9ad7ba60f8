"""Papers that officers ask for: a counter has no printer, so the kiosk that serves it prints. No wire, no widgets.

The event `reprinted` says who asked, and which copy it is: heard twice, it is printed once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from broker.contract.messages import EventMessage, OfficeMessage, Reply, Ticket
from kiosk.visit.requests import LastingRequests, ticket_of


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A copy that was asked for, and what only the event says of it."""

    ticket: str
    copies: int
    marks: dict[str, Any]


class CounterPapers:
    """Listens for the counters that this kiosk prints for. One thread: the screen's."""

    def __init__(
        self,
        counters: frozenset[str],
        *,
        lasting: LastingRequests,
        print_ticket: Callable[[Ticket, OfficeMessage], None],
    ) -> None:
        """Print what any of `counters` asks for."""
        self._office: OfficeMessage | None = None
        self._counters = counters
        self._lasting = lasting
        self._print = print_ticket
        self._waiting: list[Ticket] = []
        """Papers that cannot be printed before the office is heard."""

    def office_heard(self, office: OfficeMessage) -> None:
        """Take what the office offers, and print what waited for it."""
        self._office = office
        waiting, self._waiting = self._waiting, []
        for ticket in waiting:
            self._print(ticket, office)

    def heard(self, event: EventMessage) -> None:
        """Look the ticket up and print it, if one of our counters asked."""
        if event.client not in self._counters or event.ticket is None or event.copies is None:
            return
        marks = {"check": event.check, "key": event.key, "qr": event.qr}
        wanted = _Wanted(event.ticket, event.copies, {name: mark for name, mark in marks.items() if mark is not None})
        self._lasting.send("lookup", {"ticket": wanted.ticket}, lambda reply: self._found(reply, wanted))

    def _found(self, reply: Reply, wanted: _Wanted) -> None:
        found = ticket_of(reply) if reply.ok else None
        if found is None:
            reason = reply.error.code if reply.error is not None else "the answer holds no ticket"
            outcome = {"outcome": "failed", "reason": f"the ticket cannot be looked up: {reason}"}
            self._lasting.send("printed", {"ticket": wanted.ticket, **outcome})
            return
        ticket = found.model_copy(update={"copies": wanted.copies, **wanted.marks})
        if self._office is None:
            self._waiting.append(ticket)
        else:
            self._print(ticket, self._office)
