"""How devices fared, as a table: a row for each change, never one for what was said before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, insert, select

from broker.ports import CONNECTION, ONLINE
from broker.store.papers import give_up_papers
from broker.store.tables import DeviceHealthRow, table_of

_ROWS = table_of(DeviceHealthRow)


def write_health(connection: Connection, office: str, client: str, states: Mapping[str, str], at: dt.datetime) -> None:
    """Write down what has changed of a client's devices. A client that comes back has left its open papers behind."""
    known = _latest(connection, office, client)
    changed = {device: state for device, state in states.items() if known.get(device) != state}
    if not changed:
        return
    rows = [
        {"office": office, "client": client, "device": device, "state": state, "at": at}
        for device, state in changed.items()
    ]
    connection.execute(insert(_ROWS), rows)
    if changed.get(CONNECTION) == ONLINE:
        give_up_papers(connection, office, client, at)


def delete_health(connection: Connection, office: str, before: dt.datetime) -> None:
    """Delete what is older than `before`, but for the latest word on each device."""
    latest = select(func.max(_ROWS.c.id)).where(_ROWS.c.office == office).group_by(_ROWS.c.client, _ROWS.c.device)
    old = delete(_ROWS).where(_ROWS.c.office == office, _ROWS.c.at < before, _ROWS.c.id.not_in(latest))
    connection.execute(old)


def _latest(connection: Connection, office: str, client: str) -> dict[str, str]:
    of_client = (_ROWS.c.office == office, _ROWS.c.client == client)
    last = select(func.max(_ROWS.c.id)).where(*of_client).group_by(_ROWS.c.device)
    rows = connection.execute(select(_ROWS.c.device, _ROWS.c.state).where(_ROWS.c.id.in_(last)))
    return {device: state for device, state in rows}  # noqa: C416 - rows are no pairs to mypy
