"""What the office day came to so far: by officer, service and lane. Counted as things happen, taken back with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class OfficerFigures:
    """One officer's day, at whatever counters."""

    served: int = 0
    service_s: float = 0.0
    called: int = 0
    within: int = 0
    """How many of these had not waited longer than their lane promises."""


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """One service's day."""

    issued: int = 0
    served: int = 0
    """How many were through with their last stage."""
    last: str | None = None
    """The number that was called last."""


@dataclass(frozen=True, slots=True)
class LaneFigures:
    """How the promise of one lane was kept: of the first calls of its visitors."""

    called: int = 0
    within: int = 0


@dataclass(slots=True)
class Figures:
    """All of them. What nothing has happened to is not in it."""

    officers: dict[str, OfficerFigures] = field(default_factory=dict)
    services: dict[str, ServiceFigures] = field(default_factory=dict)
    lanes: dict[str, LaneFigures] = field(default_factory=dict)

    def clear(self) -> None:
        """Begin a day."""
        self.officers.clear()
        self.services.clear()
        self.lanes.clear()

    def of_officer(self, officer: str | None) -> OfficerFigures:
        """Return an officer's day."""
        return self.officers.get(officer or "", OfficerFigures())

    def of_service(self, service: str) -> ServiceFigures:
        """Return a service's day."""
        return self.services.get(service, ServiceFigures())

    def of_lane(self, lane: str) -> LaneFigures:
        """Return how a lane's promise was kept."""
        return self.lanes.get(lane, LaneFigures())

    def count_number(self, service: str) -> None:
        """Count a number that was given out."""
        day = self.of_service(service)
        self.services[service] = replace(day, issued=day.issued + 1)

    def count_call(self, officer: str | None, lane: str | None, *, is_within: bool, times: int = 1) -> None:
        """Count a call, or take one back; `lane` is the visitor's where it was the first one."""
        if officer is not None:
            own = self.of_officer(officer)
            self.officers[officer] = replace(own, called=own.called + times, within=own.within + times * is_within)
        if lane is not None:
            day = self.of_lane(lane)
            self.lanes[lane] = LaneFigures(day.called + times, day.within + times * is_within)

    def count_visit(self, officer: str | None, service: str | None, seconds: float, *, times: int = 1) -> None:
        """Count a visit to a counter, or take one back; `service` where it was through with all its stages."""
        if officer is not None:
            own = self.of_officer(officer)
            service_s = own.service_s + times * seconds
            self.officers[officer] = replace(own, served=own.served + times, service_s=service_s)
        if service is not None:
            day = self.of_service(service)
            self.services[service] = replace(day, served=day.served + times)

    def name_last(self, service: str, number: str | None) -> None:
        """Take note of which number was called last."""
        self.services[service] = replace(self.of_service(service), last=number)
