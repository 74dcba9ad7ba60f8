"""Which PINs are too easy to guess. Pure: whether one is right is found out elsewhere, which is slow by intent."""

from __future__ import annotations

from itertools import pairwise

LEAST_DIGITS = 4
MOST_DIGITS = 12
"""More than anybody types at a keypad."""


def weakness(pin: str, *, is_old: bool) -> str | None:
    """Return why a new PIN is refused: `no_digits`, `short`, `long`, `equal`, `run` (1234, 9876), `old`; or None."""
    if not (pin.isascii() and pin.isdecimal()):
        return "no_digits"
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    reasons = (
        ("short", len(pin) < LEAST_DIGITS),
        ("long", len(pin) > MOST_DIGITS),
        ("equal", steps == {0}),
        ("run", steps in ({1}, {9})),
        ("old", is_old),
    )
    return next((reason for reason, holds in reasons if holds), None)
