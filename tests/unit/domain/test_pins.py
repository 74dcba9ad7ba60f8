"""Which PINs are refused because anybody would try them first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain.pins import weakness


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("8051", None),
        ("1212", None),
        ("0000000", "equal"),
        ("123", "short"),
        ("", "no_digits"),
        ("1234567890123", "long"),
        ("1234", "run"),
        ("7890", "run"),
        ("4321", "run"),
        ("3210987", "run"),
        ("80a1", "no_digits"),
        ("٨٠٥١", "no_digits"),
        ("8051 ", "no_digits"),
    ],
)
def test_what_is_too_easy_to_guess(pin: str, reason: str | None) -> None:
    assert weakness(pin, is_old=False) == reason


def test_the_old_one_is_no_new_one() -> None:
    assert weakness("8051", is_old=True) == "old"


@given(digit=st.integers(0, 9), length=st.integers(4, 12), step=st.sampled_from([-1, 0, 1]))
def test_no_row_of_like_or_running_digits_is_ever_taken(digit: int, length: int, step: int) -> None:
    pin = "".join(str((digit + place * step) % 10) for place in range(length))
    assert weakness(pin, is_old=False) is not None
