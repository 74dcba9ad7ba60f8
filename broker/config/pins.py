"""The officers' PIN hashes: well made, and not the one from the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from broker.config.faults import Fault
from broker.config.schema import entries

DEMO_PIN = "1234"
_MOST_MEMORY_KIB = 1024 * 1024
_MOST_ROUNDS = 16


def hash_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield hashes that could never be verified, or that would take the machine down."""
    for path, officer in entries(data, "officers"):
        text = officer.get("pin_hash")
        if isinstance(text, str) and text.startswith("$argon2id$") and not _is_usable(text):
            yield Fault((*path, "pin_hash"), "is not an argon2id hash that can be verified: make a new one")


def demo_pin_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield a warning for each officer who still has the demo's PIN. Takes about 10 ms an officer."""
    if data.get("demo") is True:
        return
    for path, officer in entries(data, "officers"):
        text = officer.get("pin_hash")
        if isinstance(text, str) and _is_usable(text) and _verifies(text):
            message = f"is the PIN of the demo, {DEMO_PIN}: anyone can sign in as this officer"
            yield Fault((*path, "pin_hash"), message, warning=True)


def _is_usable(text: str) -> bool:
    try:
        parameters = extract_parameters(text)
    except InvalidHashError:
        return False
    return parameters.memory_cost <= _MOST_MEMORY_KIB and parameters.time_cost <= _MOST_ROUNDS


def _verifies(text: str) -> bool:
    try:
        return PasswordHasher().verify(text, DEMO_PIN)
    except (VerificationError, InvalidHashError):
        return False
