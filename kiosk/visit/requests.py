"""What an answer of the engine holds. Pure but for the log."""

from __future__ import annotations

import logging

from pydantic import ValidationError

from broker.contract.messages import Reply, Ticket

log = logging.getLogger(__name__)


def ticket_of(reply: Reply) -> Ticket | None:
    """Return the ticket of an answer, or None where it holds none."""
    try:
        return Ticket.model_validate((reply.result or {}).get("ticket"))
    except ValidationError:
        log.exception("the reply %s holds no ticket", reply.id)
        return None


def log_refusal(reply: Reply) -> None:
    """Note that a request which no visitor waits for was refused."""
    if not reply.ok:
        log.warning("refused: %s", reply.error)
