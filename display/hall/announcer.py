"""A call in words, as the lobby hears it: the ticket's language, then the office's first. Pure."""

from __future__ import annotations

import datetime as dt
import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from num2words import num2words

from broker.language import Phrases, has_catalogue
from display.hall.stage import Call
from hardware.codecs.voice_folder import DIGITS, VoiceFolder
from hardware.config import SoundConfig
from hardware.errors import HardwareError
from hardware.ports import Utterance

log = logging.getLogger(__name__)

CHIME_S = 1.2
WORDS_PER_MINUTE = 140
_PAUSE_S = 0.4
"""What a comma or a full stop costs a synthesiser, on top of the words."""
_LONGEST_NUMBER = 6
"""Longer runs of digits are said digit by digit: nobody follows "nine hundred billion"."""
_LONGEST_SPELLED = 3
"""Runs of capitals up to this length are spelled, longer ones are words."""
_SPOKEN_BY_DEFAULT = "en"
"""For languages that neither a catalogue nor a folder knows: English in its own voice, not in theirs."""
_RUNS = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Manner:
    """How calls are said in one language: the sentence, the rule of its number words, names of letters and digits."""

    language: str
    sentence: str
    numbers: str
    spelling: Mapping[str, str] = field(default_factory=dict)
    voice: str = ""


@dataclass(frozen=True, slots=True)
class SpeechRules:
    """How this display speaks: how often, how fast, and when not."""

    manner: Callable[[str], Manner]
    words_per_minute: int = WORDS_PER_MINUTE
    repeat: int = 1
    is_quiet: Callable[[dt.time], bool] = lambda _at: False
    quiet_chime: bool = True

    def announcement(
        self, call: Call, *, first_language: str, at: dt.time, behind: int
    ) -> tuple[Utterance, ...] | None:
        """Return what is said after the chime while `behind` calls wait; None if not even the chime is to be heard."""
        if self.is_quiet(at):
            return () if self.quiet_chime else None
        if behind:  # the shortest there is, so that those behind are spoken too before they are 30 s old
            return announcement(call, (call.language,), manner=self.manner)
        return announcement(call, (call.language, first_language), manner=self.manner) * self.repeat

    def duration_s(self, utterances: tuple[Utterance, ...] | None) -> float:
        """Return about how long that lasts."""
        return 0.0 if utterances is None else duration_s(utterances, words_per_minute=self.words_per_minute)


def speech_rules(sound: SoundConfig, voices: tuple[Mapping[str, VoiceFolder], Iterable[HardwareError]]) -> SpeechRules:
    """Return the rules of one display with the `voices` it found; one whose manifest is wrong counts as not there."""
    folders, faults = voices
    for fault in faults:
        log.warning("%s", fault)

    def manner(language: str) -> Manner:
        return manner_of(Phrases("display", language), folders.get(language))

    return SpeechRules(
        manner=manner,
        words_per_minute=sound.speech.words_per_minute,
        repeat=sound.repeat,
        is_quiet=sound.is_quiet,
        quiet_chime=sound.quiet_chime,
    )


def manner_of(phrases: Phrases, folder: VoiceFolder | None = None) -> Manner:
    """Return how a language is spoken: as its folder says, where there is one, else as the catalogue says."""
    if folder is None and not has_catalogue(phrases.language):
        return manner_of(Phrases(phrases.package, _SPOKEN_BY_DEFAULT))
    own = folder or VoiceFolder()
    sentence = phrases.say("Number {number}. Please go to counter {counter}.", number="{number}", counter="{counter}")
    numbers = own.numbers or (phrases.language if has_catalogue(phrases.language) else DIGITS)
    spelling = {sign.upper(): name for sign, name in own.spelling.items()}
    return Manner(phrases.language, own.sentence or sentence, numbers, spelling, own.voice)


def announcement(call: Call, languages: tuple[str, ...], *, manner: Callable[[str], Manner]) -> tuple[Utterance, ...]:
    """Return what is said for a call: once per language, in their order."""
    manners = {spoken_in.language: spoken_in for spoken_in in map(manner, languages)}
    return tuple(Utterance(way.language, _sentence(call, way), way.voice) for way in manners.values())


def duration_s(utterances: tuple[Utterance, ...], *, words_per_minute: int = WORDS_PER_MINUTE) -> float:
    """Return about how long chime and speech last."""
    words = sum(len(utterance.text.split()) for utterance in utterances)
    pauses = sum(utterance.text.count(",") + utterance.text.count(".") for utterance in utterances)
    return CHIME_S + words * 60 / words_per_minute + pauses * _PAUSE_S


def spoken(text: str, manner: Manner) -> str:
    """Return a number or label in words: capitals one by one, numbers as people say them, no leading zeros."""
    plain = unicodedata.normalize("NFKC", text)
    return ", ".join(part for run in _RUNS.findall(plain) for part in _parts(run, manner))


def _sentence(call: Call, manner: Manner) -> str:
    number, counter = spoken(call.number, manner), spoken(call.counter_label, manner)
    return manner.sentence.format(number=number, counter=counter)


def _parts(run: str, manner: Manner) -> tuple[str, ...]:
    if run.isdecimal():
        return _number(run, manner)
    if run.isupper() and len(run) <= _LONGEST_SPELLED:
        return tuple(manner.spelling.get(letter, letter) for letter in run)
    return (run,)


def _number(digits: str, manner: Manner) -> tuple[str, ...]:
    significant = digits if len(digits) > _LONGEST_NUMBER else str(int(digits))
    if manner.numbers == DIGITS:
        return tuple(manner.spelling.get(str(int(digit)), digit) for digit in significant)
    if len(significant) > _LONGEST_NUMBER:
        return tuple(str(num2words(int(digit), lang=manner.numbers)) for digit in significant)
    return (str(num2words(int(significant), lang=manner.numbers)),)
