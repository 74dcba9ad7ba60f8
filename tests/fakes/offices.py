"""Small offices to decide about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from broker.domain.commands import CodeFault, NewFactor, NewPin
from broker.domain.model import Counter, Lane, Office, Service
from broker.ports import Admission
from tests.fakes.clock import JAKARTA

SERVICES = (
    Service("passport", "A", ("check", "interview")),
    Service("visa", "B", ("check",)),
    Service("collection", "J", ("collection",)),
)
REGULAR = Lane("regular", "", 3600)
PRIORITY = Lane("priority", "P", 900)
COUNTERS = (
    Counter("c1", "1", ("check", "interview")),
    Counter("c2", "2", ("check",), services=frozenset({"passport"})),
    Counter("c3", "3", ("collection",)),
    Counter("c4", "4", ("check", "interview", "collection"), lanes=frozenset({"priority"})),
)
OFFICERS = {"sari": "Sari W.", "budi": "Budi S.", "dewi": "Dewi A."}
TECHNICIAN = "agus"
"""Is no officer of the small office, but of one that says so."""
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


class NoSecrets:
    """Officers who know nothing but a PIN."""

    def matches(self, officer: str, pin: str) -> bool:
        """Tell whether it is right."""
        raise NotImplementedError

    def locked_s(self, officer: str) -> int:
        """Return for how long the officer may not try again."""
        raise NotImplementedError

    def asked_by(self, client: str, spot: str = "", browser: str = "") -> None:
        """Let it be: nobody is told apart."""

    def admits(self, officer: str, secret: str, code: str | None) -> Admission:  # noqa: ARG002 - the protocol has it
        """Tell whether the PIN is right; nobody has more than that."""
        return Admission(matches=self.matches(officer, secret), locked_s=self.locked_s(officer))

    def proves(self, officer: str, secret: str) -> bool:
        """Tell the same."""
        return self.matches(officer, secret)

    def has_factor(self, officer: str) -> bool:  # noqa: ARG002 - the protocol has it
        """Return that nobody has one."""
        return False

    def begin_factor(self, officer: str, secret: str) -> None:
        """Let it be."""

    def confirmed(self, officer: str, code: str) -> NewFactor | CodeFault:  # noqa: ARG002 - the protocol has it
        """Return that nothing is begun."""
        return "needed"

    def code_fault(self, officer: str, code: str) -> CodeFault:  # noqa: ARG002 - the protocol has it
        """Return that no code is right."""
        return "wrong"

    def renew_password(self, officer: str, password: NewPin | None) -> None:
        """Let it be."""

    def renew_factor(self, officer: str, factor: NewFactor | None) -> None:
        """Let it be."""

    def know_factors(self, factors: Mapping[str, NewFactor]) -> None:
        """Let it be."""


class OnePin(NoSecrets):
    """Everybody's PIN is the same, and nobody is ever locked out."""

    def matches(self, officer: str, pin: str) -> bool:
        """Tell whether it is that one, and the officer one of ours."""
        return officer in {*OFFICERS, TECHNICIAN} and pin == PIN

    def locked_s(self, officer: str) -> int:  # noqa: ARG002 - the protocol has it
        """Return that the officer may try again at once."""
        return 0

    def is_now(self, officer: str, pin: str) -> bool:
        """Tell the same."""
        return self.matches(officer, pin)

    def made_of(self, officer: str, pin: str) -> NewPin:  # noqa: ARG002 - the protocol has it
        """Return a PIN that anybody could read."""
        return NewPin(f"hash of {pin}", "")

    def renew(self, officer: str, pin: NewPin) -> None:
        """Let it be."""

    def unlock(self, officer: str) -> None:
        """Let it be."""

    def seed(self, hashes: Mapping[str, str]) -> None:
        """Let it be."""
