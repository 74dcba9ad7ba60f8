"""Waits that run: who waits longest of each stage, service and lane, and where a promise is about to be broken.

A lane promises a visitor's first call. When that comes is taken from the hall played forward (`forward`): what the
office's own rules give, if every visit took its usual time and nobody else came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from broker.domain.hall import Hall
from broker.domain.model import Ticket
from broker.domain.queue.forward import forward_of

Where = tuple[str, str, str]
"""(stage, service, lane)."""
AT_ONCE = 8
"""So many visitors are looked at before it is looked whether a request has come."""


@dataclass(slots=True)
class Running:
    """Who waits for one stage, service and lane."""

    longest: Ticket
    """By the wait for this stage."""
    waiting: int = 0
    breach_at: dt.datetime | None = None
    """When the first promise is broken that will be, or was."""


def running_waits(
    hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool] = lambda: False
) -> dict[Where, Running] | None:
    """Return who waits where; None where it `is_pressed` before all are looked at."""
    forward, found, seen = forward_of(hall, now), dict[Where, Running](), 0
    for line in list(hall.lines.values()):
        for _, _, ticket in list(line.entries):
            seen += 1
            if not seen % AT_ONCE and is_pressed():
                return None
            key = ticket.stage, ticket.service, ticket.lane
            running = found.setdefault(key, Running(ticket))
            running.waiting += 1
            if ticket.waiting_since < running.longest.waiting_since:
                running.longest = ticket
            ends = promise_ends(hall, ticket)
            if ends is None or (running.breach_at is not None and ends >= running.breach_at):
                continue
            foreseen = forward.of(ticket) if ends > now else None
            if foreseen is None or now + dt.timedelta(seconds=foreseen.after_s) > ends:
                running.breach_at = ends
    return found


def promise_ends(hall: Hall, ticket: Ticket) -> dt.datetime | None:
    """Return until when a waiting visitor is to be called for the first time; None after the first call."""
    if ticket.ranked_since != ticket.issued_at or ticket.rejoined:
        return None
    return ticket.issued_at + dt.timedelta(seconds=hall.office.lanes[ticket.lane].promised_s)
