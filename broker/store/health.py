"""How devices fared, as a table: a row for each change, never one for what was said before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from broker.ports import CONNECTION, ONLINE, Health
from broker.store.papers import give_up_papers
from broker.store.tables import DeviceHealthRow, table_of

_ROWS = table_of(DeviceHealthRow)


def write_health(connection: Connection, office: str, healths: Sequence[Health], at: dt.datetime) -> None:
    """Write down what has changed of clients' devices. A client that comes back has left its open papers behind."""
    known: dict[tuple[str, str], str | None] = {}
    changes: list[dict[str, Any]] = []
    for health in healths:
        for device, state in health.states.items():
            key = (health.client, device)
            if key not in known:
                known[key] = _latest(connection, office, *key)
            if known[key] == state:
                continue
            known[key] = state
            changes.append({"office": office, "client": health.client, "device": device, "state": state, "at": at})
            if (device, state) == (CONNECTION, ONLINE):
                give_up_papers(connection, office, health.client, at)
    if changes:
        connection.execute(insert(_ROWS), changes)


def delete_health(connection: Connection, office: str, before: dt.datetime) -> None:
    """Delete what is older than `before`, but for the latest word on each device."""
    latest = select(func.max(_ROWS.c.id)).where(_ROWS.c.office == office).group_by(_ROWS.c.client, _ROWS.c.device)
    old = delete(_ROWS).where(_ROWS.c.office == office, _ROWS.c.at < before, _ROWS.c.id.not_in(latest))
    connection.execute(old)


def _latest(connection: Connection, office: str, client: str, device: str) -> str | None:
    """Return the last word on a device: one row, whatever its history is."""
    of_device = (_ROWS.c.office == office, _ROWS.c.client == client, _ROWS.c.device == device)
    return connection.scalar(select(_ROWS.c.state).where(*of_device).order_by(_ROWS.c.id.desc()).limit(1))
