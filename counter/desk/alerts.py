"""Which alerts stand at a supervisor's free desk, and which of them a key sees to. Pure."""

from __future__ import annotations

from broker.alert_words import alert_words
from broker.contract.messages import Alert
from counter.desk.state import DeskState

LONGEST = 60
"""A longer sentence takes more lines than there are in a smaller window."""


def unseen_alerts(state: DeskState) -> tuple[Alert, ...]:
    """Return what nobody sees to yet of what a supervisor may; complaints have a line of their own."""
    role = None if state.desk is None else state.desk.role
    return tuple(
        one
        for one in state.alerts
        if role in one.roles and role != "officer" and one.acknowledged_by is None and one.kind != "complaint_due"
    )


def alert_shown(state: DeskState) -> Alert | None:
    """Return the one alert that stands there in words: nobody sees to what cannot be read."""
    found = unseen_alerts(state)
    if len(found) != 1 or state.desk is None or state.desk.ticket is not None:
        return None
    return found[0] if len(alert_words(state.phrases, found[0], state.office)) <= LONGEST else None
