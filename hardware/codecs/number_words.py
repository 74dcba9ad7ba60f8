"""Numbers and labels as people say them aloud: `A-012` is "A, twelve", in the words of a language. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from num2words import num2words

from hardware.codecs.voice_folder import CHINESE, DIGITS, NUMBER_RULES, VoiceFolder

LONGEST_NUMBER = 6
"""Longer runs of digits are said digit by digit: nobody follows "nine hundred billion"."""
LONGEST_SPELLED = 3
"""Runs of capitals up to this length are spelled, longer ones are words."""
_HAN_DIGITS = "零一二三四五六七八九"
_HAN_UNITS = (("千", 1000), ("百", 100), ("十", 10), ("", 1))
_WAN = 10_000
_RUNS = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language says numbers: the rule of num2words (or digit by digit), and names of letters and digits."""

    numbers: str
    names: Mapping[str, str] = field(default_factory=dict)


def spelling_of(folder: VoiceFolder | None, *, otherwise: str) -> Spelling:
    """Return how a language says numbers and letters: as its folder says, where there is one; `otherwise` is a rule."""
    if folder is None:
        return Spelling(otherwise)
    return Spelling(folder.numbers or otherwise, {sign.upper(): name for sign, name in folder.spelling.items()})


def spoken(text: str, spelling: Spelling) -> str:
    """Return a number or label in words: capitals one by one, numbers as people say them, no leading zeros."""
    plain = unicodedata.normalize("NFKC", text)
    return ", ".join(part for run in _RUNS.findall(plain) for part in _parts(run, spelling))


def digit_by_digit(digits: str, spelling: Spelling) -> str:
    """Return digits one by one, as a code is told: its zeros count."""
    return ", ".join(_digit(digit, spelling) for digit in digits)


def number_words(digits: str, spelling: Spelling) -> str:
    """Return a whole number in words; longer ones than people follow digit by digit."""
    return ", ".join(_number(digits, spelling))


def amount_words(written: str, spelling: Spelling) -> str:
    """Return a sum such as 350.000 or 1,000,000 in words, however long: sums are known by their thousands."""
    digits = "".join(filter(str.isdecimal, written))
    return number_words(digits, spelling) if spelling.numbers == DIGITS else _in_words(int(digits), spelling.numbers)


def _parts(run: str, spelling: Spelling) -> tuple[str, ...]:
    if run.isdecimal():
        return _number(run, spelling)
    if run.isupper() and len(run) <= LONGEST_SPELLED:
        return tuple(spelling.names.get(letter, letter) for letter in run)
    return (run,)


def _number(digits: str, spelling: Spelling) -> tuple[str, ...]:
    significant = digits if len(digits) > LONGEST_NUMBER else str(int(digits))
    if spelling.numbers == DIGITS or len(significant) > LONGEST_NUMBER:
        return tuple(_digit(digit, spelling) for digit in significant)
    return (_in_words(int(significant), spelling.numbers),)


def _digit(digit: str, spelling: Spelling) -> str:
    if spelling.numbers == DIGITS:
        return spelling.names.get(str(int(digit)), digit)
    return _in_words(int(digit), spelling.numbers)


def _in_words(number: int, rule: str) -> str:
    if rule == CHINESE:
        return _chinese(number)
    if rule not in NUMBER_RULES:
        return str(number)  # the voice knows best
    words = str(num2words(number, lang=rule))
    return re.sub(r"مئتا$", "مئتان", re.sub(r"ألفا$", "ألفان", words)) if rule == "ar" else words


def _chinese(number: int) -> str:
    """Return a number under a hundred million as it is said: 12 is "ten two", 102 "one hundred zero two"."""
    if number >= _WAN:
        rest = number % _WAN
        gap = _HAN_DIGITS[0] if 0 < rest < _WAN // 10 else ""
        return f"{_chinese(number // _WAN)}万{gap}{_chinese(rest) if rest else ''}"
    said, is_gap = "", False
    for unit, value in _HAN_UNITS:
        digit, number = divmod(number, value)
        if digit:
            said += (_HAN_DIGITS[0] if is_gap and said else "") + _HAN_DIGITS[digit] + unit
        is_gap = not digit
    if said.startswith("一十"):
        return said[1:]
    return said or _HAN_DIGITS[0]
