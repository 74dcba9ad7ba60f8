"""Small offices to decide about."""

from __future__ import annotations

from dataclasses import replace

from broker.domain.model import Counter, Lane, Office, Service
from tests.fakes.clock import JAKARTA

SERVICES = (
    Service("passport", "A", ("check", "interview")),
    Service("visa", "B", ("check",)),
    Service("collection", "J", ("collection",)),
)
REGULAR = Lane("regular", "", 3600)
PRIORITY = Lane("priority", "P", 900)
COUNTERS = (
    Counter("c1", "1", frozenset({"check", "interview"})),
    Counter("c2", "2", frozenset({"check"}), services=frozenset({"passport"})),
    Counter("c3", "3", frozenset({"collection"})),
    Counter("c4", "4", frozenset({"check", "interview", "collection"}), lanes=frozenset({"priority"})),
)
OFFICERS = {"sari": "Sari W.", "budi": "Budi S.", "dewi": "Dewi A."}
PIN = "1234"


def small_office(*, lanes: tuple[Lane, ...] = (REGULAR, PRIORITY), **changes: object) -> Office:
    """Return an office of three services, four counters and three officers."""
    office = Office(
        id="demo",
        zone=JAKARTA,
        languages=("id", "en"),
        services={service.id: service for service in SERVICES},
        lanes={lane.id: lane for lane in lanes},
        stage_standard_s={"check": 600, "interview": 900, "collection": 180},
        counters={counter.id: counter for counter in COUNTERS},
        officers=OFFICERS,
    )
    return replace(office, **changes)  # type: ignore[arg-type]  # names are checked by replace


class OnePin:
    """Everybody's PIN is the same."""

    def matches(self, officer: str, pin: str) -> bool:
        """Tell whether it is that one, and the officer one of ours."""
        return officer in OFFICERS and pin == PIN
