"""Alerts in the shape of the wire, and never over 8 KiB. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from broker.contract import messages as ms
from broker.domain.alerts import Alert, Reading
from broker.domain.hall import Hall

NOTHING_READ: Mapping[str, Reading] = {}
_ROOM = ms.MAX_PAYLOAD_BYTES - 200
"""For all alerts together, beside the rest of the message."""


def alerts_shape(hall: Hall, now: dt.datetime, read: Mapping[str, Reading]) -> ms.AlertsMessage:
    """Return `state/alerts`: first what nobody sees to, the newest before the others; what does not fit is counted."""
    standing = sorted(hall.alerts.values(), key=lambda one: one.since, reverse=True)
    standing.sort(key=lambda one: one.acknowledged_by is not None)
    shapes: list[ms.Alert] = []
    room = _ROOM
    for alert in standing:
        shape = _alert(alert, read.get(alert.id), hall)
        room -= len(shape.model_dump_json().encode()) + 1
        if room < 0:
            break
        shapes.append(shape)
    at = now.astimezone(hall.office.zone)
    return ms.AlertsMessage(at=at, alerts=tuple(shapes), more=len(standing) - len(shapes))


def _alert(alert: Alert, reading: Reading | None, hall: Hall) -> ms.Alert:
    """Return one alert, with what is read there now; where nothing is known now, what was read last."""
    told = alert if reading is None or not reading.level else reading
    seen_by, seen_at, zone = alert.acknowledged_by, alert.acknowledged_at, hall.office.zone
    return ms.Alert.model_validate(
        {
            "id": alert.id,
            "kind": alert.kind,
            "place": dict(alert.place),
            "since": alert.since.astimezone(zone),
            "value": told.value,
            "limit": told.limit,
            "about": told.about,
            "roles": alert.roles,
            "acknowledged_by": seen_by,
            "acknowledged_name": None if seen_by is None else hall.office.officers.get(seen_by),
            "acknowledged_at": None if seen_at is None else seen_at.astimezone(zone),
        }
    )
