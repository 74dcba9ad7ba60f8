"""Settings -> the rules the domain decides by, and what the office tells the world of itself."""

from __future__ import annotations

import datetime as dt

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from broker.config.settings import Settings
from broker.contract import messages as ms
from broker.domain.model import Counter, Lane, Office, Service, Spans

SECONDS_PER_MINUTE = 60


def office_rules(settings: Settings) -> Office:
    """Return the rules of the office."""
    return Office(
        id=settings.office.id,
        zone=settings.office.zone,
        languages=settings.office.languages,
        services={s.id: Service(s.id, s.letter, s.stages) for s in settings.services},
        lanes={
            lane.id: Lane(lane.id, lane.letter, _seconds(lane.promised_wait_min), lane.daily_quota)
            for lane in settings.lanes
        },
        stage_standard_s={stage.id: _seconds(stage.standard_min) for stage in settings.stages},
        counters={
            c.id: Counter(c.id, c.label, frozenset(c.stages), _some(c.services), _some(c.lanes))
            for c in settings.counters
        },
        officers={officer.id: officer.name for officer in settings.officers},
        hours=_weekly_hours(settings) if settings.hours.enforced else None,
    )


def office_message(settings: Settings) -> ms.OfficeMessage:
    """Return `state/office`: everything a screen needs to offer, and nothing of officers and PINs."""
    office = settings.office
    return ms.OfficeMessage(
        office=ms.OfficeName(id=office.id, name=office.name, timezone=office.timezone),
        languages=office.languages,
        services=tuple(
            ms.ServiceInfo(
                promised_wait_s=_seconds(service.promised_wait_min),
                **service.model_dump(exclude={"promised_wait_min"}),
            )
            for service in settings.services
        ),
        lanes=tuple(
            ms.LaneInfo(
                promised_wait_s=_seconds(lane.promised_wait_min),
                **lane.model_dump(include={"id", "letter", "shape", "name", "rule"}),
            )
            for lane in settings.lanes
        ),
        stages=tuple(ms.StageInfo(id=stage.id, name=stage.name) for stage in settings.stages),
        counters=tuple(ms.CounterInfo(**counter.model_dump()) for counter in settings.counters),
    )


class PinBook:
    """Knows the officers' PINs as argon2 hashes."""

    def __init__(self, settings: Settings) -> None:
        """Take the hashes out of the settings."""
        self._hashes = {officer.id: officer.pin_hash for officer in settings.officers}
        self._hasher = PasswordHasher()

    def matches(self, officer: str, pin: str) -> bool:
        """Tell whether `pin` is the officer's; an unknown officer has none."""
        try:
            return self._hasher.verify(self._hashes.get(officer, ""), pin)
        except (VerificationError, InvalidHashError):
            return False


def _seconds(minutes: float) -> int:
    return round(minutes * SECONDS_PER_MINUTE)


def _some(ids: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if ids is None else frozenset(ids)


def _weekly_hours(settings: Settings) -> dict[int, Spans]:
    monday = dt.date(2024, 1, 1)
    return {weekday: settings.hours.spans(monday + dt.timedelta(days=weekday)) for weekday in range(7)}
