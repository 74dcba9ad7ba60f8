"""A call in words, as the lobby hears it: the ticket's language, then the office's first. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from num2words import num2words

from broker.language import Phrases
from display.calls import Call
from hardware.ports import Utterance

CHIME_S = 1.2
WORDS_PER_MINUTE = 140
_PAUSE_S = 0.4
"""What a comma or a full stop costs a synthesiser, on top of the words."""
_LONGEST_NUMBER = 6
"""Longer runs of digits are said digit by digit: nobody follows "nine hundred billion"."""
_LONGEST_SPELLED = 3
"""Runs of capitals up to this length are spelled, longer ones are words."""
_RUNS = re.compile(r"\d+|[^\W\d_]+")


def announcement(call: Call, *, first_language: str, phrases: Callable[[str], Phrases]) -> tuple[Utterance, ...]:
    """Return what is said for a call: once per language, the visitor's own before the office's."""
    languages = dict.fromkeys((call.language, first_language))
    return tuple(Utterance(language, _sentence(call, phrases(language))) for language in languages)


def duration_s(utterances: tuple[Utterance, ...], *, words_per_minute: int = WORDS_PER_MINUTE) -> float:
    """Return about how long chime and speech last."""
    words = sum(len(utterance.text.split()) for utterance in utterances)
    pauses = sum(utterance.text.count(",") + utterance.text.count(".") for utterance in utterances)
    return CHIME_S + words * 60 / words_per_minute + pauses * _PAUSE_S


def spoken(text: str, language: str) -> str:
    """Return a number or label in words: capitals one by one, numbers as people say them, no leading zeros."""
    plain = unicodedata.normalize("NFKC", text)
    return ", ".join(part for run in _RUNS.findall(plain) for part in _parts(run, language))


def _sentence(call: Call, phrases: Phrases) -> str:
    number = spoken(call.number, phrases.language)
    counter = spoken(call.counter_label, phrases.language)
    return phrases.say("Number {number}. Please go to counter {counter}.", number=number, counter=counter)


def _parts(run: str, language: str) -> tuple[str, ...]:
    if run.isdecimal():
        return _number(run, language)
    if run.isupper() and len(run) <= _LONGEST_SPELLED:
        return tuple(run)
    return (run,)


def _number(digits: str, language: str) -> tuple[str, ...]:
    significant = digits if len(digits) > _LONGEST_NUMBER else str(int(digits))
    if len(significant) > _LONGEST_NUMBER:
        return tuple(str(num2words(int(digit), lang=language)) for digit in significant)
    return (str(num2words(int(significant), lang=language)),)
