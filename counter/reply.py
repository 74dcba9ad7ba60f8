"""What a reply already says about the counter, for the moment until its own picture comes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.contract.messages import CounterMessage, CounterState, Reason, Ticket, TicketState
from counter.keymap import Intent

_STATES: Mapping[TicketState, CounterState] = {"called": "calling", "serving": "serving"}


def bridged(desk: CounterMessage | None, intent: Intent, result: Mapping[str, Any]) -> CounterMessage | None:
    """Return the counter's picture with what the reply to `intent` adds to it."""
    if isinstance(result.get("counter"), Mapping):
        # Replies leave the queue out: it has to fit 8 KiB.
        queue = desk.queue if desk else ()
        return CounterMessage.model_validate({**result["counter"], "queue": ()}).model_copy(update={"queue": queue})
    if desk is None or not isinstance(result.get("ticket"), Mapping):
        return desk
    ticket = Ticket.model_validate(result["ticket"])
    state = _STATES.get(ticket.state, "open")
    if state == "open":
        return desk.model_copy(update={"state": state, "ticket": None, "reason": None})
    changed = desk.model_copy(update={"state": state, "ticket": _with_history(ticket, desk)})
    return _called(changed, ticket, result) if intent is Intent.NEXT else changed


def _called(desk: CounterMessage, ticket: Ticket, result: Mapping[str, Any]) -> CounterMessage:
    reason = result.get("reason")
    return desk.model_copy(
        update={
            "reason": Reason.model_validate(reason) if isinstance(reason, Mapping) else None,
            "queue": tuple(entry for entry in desk.queue if entry.number != ticket.number),
            "queue_length": max(0, desk.queue_length - 1),
        }
    )


def _with_history(ticket: Ticket, desk: CounterMessage) -> Ticket:
    """Return `ticket` with what is known of its past: replies leave that out too."""
    if ticket.history or desk.ticket is None or desk.ticket.id != ticket.id:
        return ticket
    return ticket.model_copy(update={"history": desk.ticket.history})
