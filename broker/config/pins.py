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
    for path, text in _hashes(data):
        if text.startswith("$argon2id$") and not _is_usable(text):
            yield Fault(path, "is not an argon2id hash that can be verified: make a new one")


def demo_pin_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield a warning for each officer who still has the demo's PIN. Takes about 10 ms an officer."""
    if data.get("demo") is True:
        return
    for path, text in _hashes(data):
        if _is_usable(text) and is_pin(text, DEMO_PIN):
            whom = "sign in as this officer" if "pin_hash" in path else "open this kiosk's menu"
            yield Fault(path, f"is the PIN of the demo, {DEMO_PIN}: anyone can {whom}", warning=True)


def _is_usable(text: str) -> bool:
    try:
        parameters = extract_parameters(text)
    except InvalidHashError:
        return False
    return parameters.memory_cost <= _MOST_MEMORY_KIB and parameters.time_cost <= _MOST_ROUNDS


def _hashes(data: Mapping[str, object]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the officers' hashes and those of the kiosks' staff, each with its place."""
    for section, key in (("officers", "pin_hash"), ("kiosks", "staff_pin_hash")):
        for path, entry in entries(data, section):
            text = entry.get(key)
            if isinstance(text, str):
                yield (*path, key), text


def is_pin(text: str, pin: str) -> bool:
    """Tell whether a hash is that of a PIN. Slow by intent: 10 to 400 ms."""
    try:
        return PasswordHasher().verify(text, pin)
    except (VerificationError, InvalidHashError):
        return False
