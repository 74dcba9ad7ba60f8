"""What alerts stood in the last days: read from the journal on this machine, read only, without the store's models."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from broker.contract.messages import Alert

LINES = 50_000
"""So far back the journal is looked through: some days of a large office, and 30 ms."""
MOST = 100
_SQL = (
    "SELECT type, body FROM events WHERE seq > (SELECT max(seq) FROM events) - ? "
    "AND type IN ('alert_raised', 'alert_acknowledged', 'alert_ended') ORDER BY seq"
)


@dataclass(frozen=True, slots=True)
class Told:
    """One alert with its end, where it has one."""

    alert: Alert
    ended_at: dt.datetime | None = None


def read_history(database: Path) -> list[Told] | None:
    """Return the last alerts, the newest first; None where there is no such file, or it cannot be read. Blocks."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=1.0)) as connection:
            rows = connection.execute(_SQL, (LINES,)).fetchall()
    except sqlite3.Error:
        return None
    return told_by(rows)


def told_by(rows: Iterable[tuple[str, str]]) -> list[Told]:
    """Return alerts, the newest first, by what the journal says of them: types of lines and their facts, in order."""
    found: dict[str, Told] = {}
    for kind, body in rows:
        facts = json.loads(body)
        identity, at = facts["alert"], dt.datetime.fromisoformat(facts["at"])
        told = found.get(identity)
        if kind == "alert_raised":
            shape = {**facts, "id": identity, "acknowledged_at": _moment(facts.get("acknowledged_at"))}
            found[identity] = Told(Alert.model_validate({**shape, "since": dt.datetime.fromisoformat(facts["since"])}))
        elif told is not None and kind == "alert_acknowledged":
            seen = {"acknowledged_by": facts["by"], "acknowledged_at": at}
            found[identity] = replace(told, alert=told.alert.model_copy(update=seen))
        elif told is not None:
            found[identity] = replace(told, ended_at=at)
    return list(reversed(found.values()))[:MOST]


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
