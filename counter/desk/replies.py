"""What a reply already says about the counter, for the moment until its own picture comes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.contract.messages import CounterMessage, CounterState, Reason, Ticket, TicketState
from counter.desk.keys import Intent
from counter.desk.lists import name_of

_STATES: Mapping[TicketState, CounterState] = {"called": "calling", "serving": "serving"}
_LISTS = ("queue", "held", "missed")
"""Replies leave the lists out: they have to fit 8 KiB."""


def bridged(desk: CounterMessage | None, intent: Intent, result: Mapping[str, Any]) -> CounterMessage | None:
    """Return the counter's picture with what the reply to `intent` adds to it."""
    if isinstance(result.get("counter"), Mapping):
        known = {name: getattr(desk, name) for name in _LISTS} if desk else {}
        bare = {name: value for name, value in result["counter"].items() if name not in _LISTS}
        return CounterMessage.model_validate(bare).model_copy(update=known)
    ticket = reply_ticket(result)
    if desk is None or ticket is None or _concerns_another(desk, intent, ticket):
        return desk
    # What can be taken back now is told by the picture alone.
    desk = desk.model_copy(update={"undo_until": None})
    state = _STATES.get(ticket.state, "open")
    if state == "open":
        return desk.model_copy(update={"state": state, "ticket": None, "reason": None})
    changed = desk.model_copy(update={"state": state, "ticket": _with_history(ticket, desk)})
    return _called(changed, ticket, result) if "reason" in result else changed


def reply_ticket(result: Mapping[str, Any]) -> Ticket | None:
    """Return the ticket of a reply, if it has one."""
    return Ticket.model_validate(result["ticket"]) if isinstance(result.get("ticket"), Mapping) else None


def _concerns_another(desk: CounterMessage, intent: Intent, ticket: Ticket) -> bool:
    """Tell whether the reply is about a number of a list, which leaves the visitor at the counter alone."""
    if intent is Intent.REPRINT:
        return True
    if ticket.state in _STATES or intent is Intent.UNDO:
        return False
    return desk.ticket is None or desk.ticket.id != ticket.id


def _called(desk: CounterMessage, ticket: Ticket, result: Mapping[str, Any]) -> CounterMessage:
    reason = result.get("reason")
    return desk.model_copy(
        update={
            "reason": Reason.model_validate(reason) if isinstance(reason, Mapping) else None,
            "queue": tuple(entry for entry in desk.queue if name_of(entry) not in {ticket.id, ticket.number}),
            "queue_length": max(0, desk.queue_length - 1),
        }
    )


def _with_history(ticket: Ticket, desk: CounterMessage) -> Ticket:
    """Return `ticket` with what is known of its past: replies leave that out too."""
    if ticket.history or desk.ticket is None or desk.ticket.id != ticket.id:
        return ticket
    return ticket.model_copy(update={"history": desk.ticket.history})
