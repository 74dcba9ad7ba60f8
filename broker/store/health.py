"""How devices fared, as a table: a row for each change, never one for what was said before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from broker.ports import CONNECTION, ONLINE, Health
from broker.store.moments import micros
from broker.store.papers import give_up_papers
from broker.store.writing import Writing, insert_into

KEPT_OF_A_DEVICE = 5_000
"""So many changes of one device are kept, however fast it changes."""
KEPT_OF_ALL = 500_000
"""So many rows are kept at most, however many names are made up for devices: some 50 MB."""
FORGOTTEN_AFTER = dt.timedelta(days=400)
"""A device of which nothing was heard for so long leaves no word behind; names of devices may change with the port."""

_INSERT = insert_into("device_health", "office, client, device, state, at")
_OF_DEVICE = "office = ? AND client = ? AND device = ?"
_LATEST = f"SELECT state FROM device_health WHERE {_OF_DEVICE} ORDER BY id DESC LIMIT 1"  # noqa: S608 - ours
_FORGET = (
    "DELETE FROM device_health WHERE office = ? AND at < ? AND EXISTS (SELECT 1 FROM device_health AS later WHERE "
    "later.office = device_health.office AND later.client = device_health.client "
    "AND later.device = device_health.device AND later.id > device_health.id)"
)
_FORGET_EVERY_WORD = "DELETE FROM device_health WHERE office = ? AND at < ?"
_FORGET_SURPLUS = "DELETE FROM device_health WHERE id <= (SELECT max(id) FROM device_health) - ?"
_TOO_MANY = f"SELECT id FROM device_health WHERE {_OF_DEVICE} ORDER BY id DESC LIMIT 1 OFFSET ?"  # noqa: S608 - ours
_DELETE_TO = f"DELETE FROM device_health WHERE {_OF_DEVICE} AND id <= ?"  # noqa: S608 - ours


def write_health(writing: Writing, office: str, healths: Sequence[Health], at: dt.datetime) -> None:
    """Write down what has changed of clients' devices: one row is looked up for each device, whatever its history is.

    A client that comes back has left its open papers behind.
    """
    known: dict[tuple[str, str], str | None] = {}
    changes, moment = [], micros(at)
    for health in healths:
        for device, state in health.states.items():
            key = (health.client, device)
            if key not in known:
                found = writing.one(_LATEST, (office, *key))
                known[key] = None if found is None else found[0]
            if known[key] == state:
                continue
            known[key] = state
            changes.append((office, health.client, device, state, moment))
            if (device, state) == (CONNECTION, ONLINE):
                writing.steps([give_up_papers(office, health.client, at)])
    writing.rows(_INSERT, changes)
    for client, device in dict.fromkeys((client, device) for _, client, device, _, _ in changes):
        too_many = writing.one(_TOO_MANY, (office, client, device, KEPT_OF_A_DEVICE))
        if too_many is not None:
            writing.rows(_DELETE_TO, [(office, client, device, too_many[0])])


def delete_health(writing: Writing, office: str, before: dt.datetime) -> None:
    """Delete what is older than `before`, but for the latest word on each device that was heard of within a year."""
    writing.rows(_FORGET, [(office, micros(before))])
    writing.rows(_FORGET_EVERY_WORD, [(office, micros(before - FORGOTTEN_AFTER))])
    writing.rows(_FORGET_SURPLUS, [(KEPT_OF_ALL,)])
