"""A ticket's number and its check code, typed key by key: which keys fit now, and what they spell. Pure."""

from __future__ import annotations

from broker.contract.messages import OfficeMessage

MOST_DIGITS = 4
SHOWN_DIGITS = 3
"""Numbers are printed with so many digits at least: whoever types A-12 means A-012."""
CODE_DIGITS = 4


def press_code(typed: str, key: str) -> str:
    """Return what is typed of a check code after `key`; what does not fit changes nothing."""
    return typed + key if key.isdecimal() and len(typed) < CODE_DIGITS else typed


def is_whole_code(typed: str) -> bool:
    """Tell whether this is as long as a check code."""
    return len(typed) == CODE_DIGITS


def letters(office: OfficeMessage) -> tuple[str, ...]:
    """Return every letter that a number of this office may have, in the alphabet's order."""
    found = {service.letter for service in office.services} | {lane.letter for lane in office.lanes}
    return tuple(sorted(found - {""}))


def fits(office: OfficeMessage, typed: str, key: str) -> bool:
    """Tell whether `key` may follow: a service's letter, a lane's where it has one, then digits."""
    series, digits = split(typed)
    if key.isdecimal():
        return is_series(office, series) and len(digits) < MOST_DIGITS
    if digits or key not in letters(office):
        return False
    return any(one.startswith(series + key) for one in _series(office))


def press(office: OfficeMessage, typed: str, key: str) -> str:
    """Return what is typed after `key`; a key that does not fit changes nothing."""
    return typed + key if fits(office, typed, key) else typed


def is_complete(office: OfficeMessage, typed: str) -> bool:
    """Tell whether this can be a whole number."""
    series, digits = split(typed)
    return is_series(office, series) and bool(digits)


def is_series(office: OfficeMessage, letters_typed: str) -> bool:
    """Tell whether numbers of this office begin so."""
    return letters_typed in _series(office)


def number(typed: str) -> str:
    """Return the number as it stands on paper."""
    series, digits = split(typed)
    return f"{series}-{digits.zfill(SHOWN_DIGITS)}"


def shown(typed: str) -> str:
    """Return what was typed so far, with the dash where it stands on paper."""
    series, digits = split(typed)
    return f"{series}-{digits}" if digits else series


def split(typed: str) -> tuple[str, str]:
    """Return letters and digits apart."""
    series = typed.rstrip("0123456789")
    return series, typed[len(series) :]


def example(office: OfficeMessage) -> str:
    """Return a number as this office prints them."""
    return f"{office.services[0].letter}{office.lanes[0].letter}-012"


def _series(office: OfficeMessage) -> set[str]:
    return {service.letter + lane.letter for service in office.services for lane in office.lanes}
