"""How far back is lately, where the clock may have been set: by the time that has passed, not by what it says."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, text

from broker.domain.events import ClockSet
from broker.store.journal import event_of

_LAST_AT = text("SELECT at FROM events WHERE office = :office ORDER BY seq DESC LIMIT 1")
"""By the journal's order: a clock that was put right goes on before what it wrote while it was ahead."""
_SET = text("SELECT body FROM events WHERE office = :office AND type = 'clock_set' AND at >= :since")
_MICROSECOND = dt.timedelta(microseconds=1)


def lately(connection: Connection, office: str, span: dt.timedelta) -> int:
    """Return the moment, in microseconds, from which on all is dated that was written within the last `span`.

    Where the clock was set ahead since, as much more: that was no time that passed. Some of what is dated so may be
    older, where a clock was ahead for a while.
    """
    last_at = connection.scalar(_LAST_AT, {"office": office}) or 0
    since = last_at - span // _MICROSECOND
    while True:
        steps = (event_of("clock_set", body) for body in connection.scalars(_SET, {"office": office, "since": since}))
        ahead_s = sum(max(0.0, step.by_s) for step in steps if isinstance(step, ClockSet))
        further = last_at - (span + dt.timedelta(seconds=ahead_s)) // _MICROSECOND
        if further >= since:
            return since
        since = further
