"""Papers that officers ask for: a counter has no printer, so the kiosk that serves it prints. No wire, no widgets.

The event `reprinted` says who asked, and which copy it is: heard twice, it is printed once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from broker.contract.link import Requester
from broker.contract.messages import EventMessage, OfficeMessage, Reply, Ticket
from kiosk.visit.requests import ticket_of

log = logging.getLogger(__name__)


class CounterPapers:
    """Listens for the counters that this kiosk prints for. One thread: the screen's."""

    def __init__(
        self, counters: frozenset[str], *, requester: Requester, print_ticket: Callable[[Ticket, OfficeMessage], None]
    ) -> None:
        """Print what any of `counters` asks for."""
        self.office: OfficeMessage | None = None
        self._counters = counters
        self._requester = requester
        self._print = print_ticket

    def heard(self, event: EventMessage) -> None:
        """Look the ticket up and print it, if one of our counters asked."""
        if event.client not in self._counters or event.ticket is None or event.copies is None:
            return
        copies = event.copies
        self._requester.request("lookup", {"ticket": event.ticket}, lambda reply: self._found(reply, copies))

    def _found(self, reply: Reply, copies: int) -> None:
        ticket = ticket_of(reply) if reply.ok else None
        if ticket is None or self.office is None:
            log.error(
                "a paper that a counter asked for cannot be printed: %s", reply.error or "no answer from the office"
            )
            return
        self._print(ticket.model_copy(update={"copies": copies}), self.office)
