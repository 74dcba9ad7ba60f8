"""Which PINs and passwords are too easy to guess. Pure: whether one is right is found out elsewhere, slow by intent."""

from __future__ import annotations

from itertools import pairwise

LEAST_DIGITS = 4
MOST_DIGITS = 12
"""More than anybody types at a keypad."""
LEAST_CHARACTERS, MOST_CHARACTERS = 8, 128
"""Of a password."""
_COMMON = frozenset({
    "password", "passw0rd", "password1", "qwertyui", "qwerty123", "1q2w3e4r", "iloveyou", "abcdefgh", "abcd1234",
    "admin123", "administrator", "letmein1", "katasandi", "rahasia1", "indonesia", "indonesia1", "bismillah",
    "bismillah1", "sayangku", "antrean1", "antrean123", "imigrasi", "imigrasi1", "imigrasi123", "kantor123", "pengawas",
    "pengawas1", "supervisor", "supervisor1", "petugas1", "petugas123",
})  # fmt: skip
"""What is tried first."""


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


def password_weakness(password: str, *, officer: str, name: str, is_old: bool) -> str | None:
    """Return why a new password is refused: `short`, `long`, `digits`, `equal`, `name`, `common`, `old`; or None.

    Nothing but digits is a PIN, of which there are too few. As NIST SP 800-63B has it, no kinds of characters are asked
    for, and it never grows old.
    """
    plain = password.casefold()
    own = {part for part in (officer.casefold(), *name.casefold().split()) if len(part) >= LEAST_DIGITS}
    left = plain
    for part in own:
        left = left.replace(part, "")
    reasons = (
        ("short", len(password) < LEAST_CHARACTERS),
        ("long", len(password) > MOST_CHARACTERS),
        ("digits", password.isdecimal()),
        ("equal", len(set(plain)) == 1),
        ("name", left != plain and len(left) < LEAST_DIGITS),
        ("common", plain in _COMMON),
        ("old", is_old),
    )
    return next((reason for reason, holds in reasons if holds), None)
