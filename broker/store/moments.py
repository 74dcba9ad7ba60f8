"""Moments as the store keeps them: whole microseconds since 1970, UTC. Numbers need no calendar to be compared."""

from __future__ import annotations

import datetime as dt

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def micros(at: dt.datetime) -> int:
    """Return a moment as the store keeps it."""
    return (at - _EPOCH) // _MICROSECOND


def micros_or_none(at: dt.datetime | None) -> int | None:
    """Return a moment as the store keeps it, or nothing for none."""
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def moment(kept: int) -> dt.datetime:
    """Return a kept moment, in UTC."""
    return _EPOCH + kept * _MICROSECOND
