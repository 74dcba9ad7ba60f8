"""What the lobby hears: a call, in the ticket's language and the office's first; what the office announces. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import math
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from broker.contract.messages import Announcement as Notice
from broker.language import Phrases, words_of
from display.hall.board import Call
from hardware.codecs.number_words import Spelling, spelling_of, spoken
from hardware.codecs.voice_folder import DIGITS, VoiceFolder
from hardware.config import SoundConfig
from hardware.errors import HardwareError
from hardware.ports import Utterance

log = logging.getLogger(__name__)

BRIEF_FROM = 3
"""So many waiting calls make one as short as it can be."""
CHIME_S = 1.2
WORDS_PER_MINUTE = 140
SAY_AGAIN_S = 600.0
"""While it holds, what the office announces is said no more often than this."""
_PAUSE_S = 0.4
"""What a comma or a full stop costs a synthesiser, on top of the words."""
_WORDLESS = "{number}. {counter}."
_SENTENCE_ENDS = re.compile(r"(?<=[.!?\u061f])\s+(?=\D)|(?<=[\u3002\uff01\uff1f])\s*(?=.)")
"""After a full stop, a question or an exclamation mark, of Latin, Arabic and Chinese; "11. 30" is none."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How calls are said in one language: the sentences, and how it says numbers and letters."""

    language: str
    sentence: str
    brief: str
    """What is said of a call while many wait."""
    spelling: Spelling
    voice: str = ""
    training: str = ""
    """What is said before everything else in a training."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is heard without a break: the lane's chime or none, then what is said."""

    chime: bool
    utterances: tuple[Utterance, ...]


class SpokenNotices:
    """Which sentence of the office's announcements comes next, where nobody is called.

    One is said when it begins, in each of the office's languages, and every ten minutes while it holds. It is said
    sentence by sentence: whoever is called meanwhile waits for one of them, and the rest follows later.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Begin with nothing said."""
        self._monotonic = monotonic
        self._said_at_s: dict[tuple[str, ...], float] = {}
        self._rest: deque[tuple[str, str]] = deque()
        self._on: tuple[str, ...] = ()

    def next_sentence(
        self,
        holding: Iterable[Notice],
        languages: Sequence[str],
        manner: Callable[[str], Manner],
        *,
        is_training: bool = False,
    ) -> Utterance | None:
        """Return what is to be said now, of all that is announced; None while that is nothing."""
        due = {_wording(notice): notice for notice in holding if notice.say}
        # Whatever ends, and is announced once more or in other words, begins anew.
        self._said_at_s = {wording: at_s for wording, at_s in self._said_at_s.items() if wording in due}
        if self._on not in due:
            self._rest.clear()
        if not self._rest:
            self._begin(due, languages)
        if not self._rest:
            return None
        language, sentence = self._rest.popleft()
        way = manner(language)
        return Utterance(way.language, _marked(sentence, way, is_training=is_training), way.voice)

    @property
    def is_unfinished(self) -> bool:
        """Tell whether one was begun and has more to be said."""
        return bool(self._rest)

    def _begin(self, due: Mapping[tuple[str, ...], Notice], languages: Sequence[str]) -> None:
        now_s = self._monotonic()
        for wording in sorted(due, key=lambda wording: self._said_at_s.get(wording, -math.inf)):
            if now_s - self._said_at_s.get(wording, -math.inf) >= SAY_AGAIN_S:
                texts = ((language, due[wording].text.get(language, "")) for language in languages)
                sentences = ((language, part) for language, text in texts for part in _SENTENCE_ENDS.split(text))
                self._rest.extend((language, part) for language, part in sentences if part.strip())
                self._on, self._said_at_s[wording] = wording, now_s
                return


def _wording(notice: Notice) -> tuple[str, ...]:
    return notice.id, *(part for language, text in sorted(notice.text.items()) for part in (language, text))


@dataclass(frozen=True, slots=True)
class SpeechRules:
    """How this display speaks: how often, how fast, and when not."""

    manner: Callable[[str], Manner]
    words_per_minute: int = WORDS_PER_MINUTE
    repeat: int = 1
    is_quiet: Callable[[dt.time], bool] = lambda _at: False
    quiet_chime: bool = True

    def announcements(
        self, call: Call, *, first_language: str, at: dt.time, waiting: int, in_run: bool, is_training: bool = False
    ) -> tuple[Announcement, ...]:
        """Return what is heard of a call, piece by piece: what comes later may be left out for those who wait.

        `waiting` calls have not been spoken yet; `in_run`: another one just was, so that no chime is needed. The more
        wait, the less is said: first one language only, then number and counter only.
        """
        chime = not in_run
        if self.is_quiet(at):
            return (Announcement(chime=True, utterances=()),) if chime and self.quiet_chime else ()
        languages = (call.language,) if waiting else (call.language, first_language)
        brief = waiting >= BRIEF_FROM
        once = announcement(call, languages, manner=self.manner, brief=brief, is_training=is_training)
        said = once if waiting else once * self.repeat
        return tuple(Announcement(chime and not place, (part,)) for place, part in enumerate(said))

    def duration_s(self, piece: Announcement) -> float:
        """Return about how long that lasts."""
        return duration_s(piece.utterances, words_per_minute=self.words_per_minute) - (0 if piece.chime else CHIME_S)


def speech_rules(
    sound: SoundConfig,
    voices: tuple[Mapping[str, VoiceFolder], Iterable[HardwareError]],
    *,
    languages: Sequence[str],
) -> SpeechRules:
    """Return the rules of one display with the `voices` it found; one whose manifest is wrong counts as not there.

    A language that neither a catalogue nor a folder knows is called in the first of `languages`, the office's own.
    """
    folders, faults = voices
    words = words_of("display", languages)
    for fault in faults:
        log.warning("%s", fault)

    def manner(language: str) -> Manner:
        known = language if language in folders else words(language).worded_in
        return manner_of(words(known), folders.get(known))

    return SpeechRules(
        manner=manner,
        words_per_minute=sound.speech.words_per_minute,
        repeat=sound.repeat,
        is_quiet=sound.is_quiet,
        quiet_chime=sound.quiet_chime,
    )


def manner_of(phrases: Phrases, folder: VoiceFolder | None = None) -> Manner:
    """Return how a language is spoken: as its folder says, where there is one, else as the catalogue says."""
    own = folder or VoiceFolder()
    has_words = phrases.worded_in == phrases.language
    if folder is None and not has_words:
        return manner_of(dataclasses.replace(phrases, language=phrases.worded_in))
    sentence = phrases.say("Number {number}. Please go to counter {counter}.", number="{number}", counter="{counter}")
    brief = phrases.say("{number}, counter {counter}.", number="{number}", counter="{counter}")
    return Manner(
        language=phrases.language,
        sentence=own.sentence or sentence,
        # In a language of an office's own the word for a counter is not known: number and label say it all.
        brief=own.brief or (_WORDLESS if own.sentence else brief),
        spelling=spelling_of(folder, otherwise=phrases.language if has_words else DIGITS),
        voice=own.voice,
        training=phrases.say("Training."),
    )


def announcement(
    call: Call,
    languages: tuple[str, ...],
    *,
    manner: Callable[[str], Manner],
    brief: bool = False,
    is_training: bool = False,
) -> tuple[Utterance, ...]:
    """Return what is said for a call: once per language, in their order; `brief`: number and counter only."""
    manners = {spoken_in.language: spoken_in for spoken_in in map(manner, languages)}
    return tuple(
        Utterance(way.language, _marked(_sentence(call, way, brief=brief), way, is_training=is_training), way.voice)
        for way in manners.values()
    )


def duration_s(utterances: tuple[Utterance, ...], *, words_per_minute: int = WORDS_PER_MINUTE) -> float:
    """Return about how long chime and speech last."""
    words = sum(len(utterance.text.split()) for utterance in utterances)
    pauses = sum(utterance.text.count(",") + utterance.text.count(".") for utterance in utterances)
    return CHIME_S + words * 60 / words_per_minute + pauses * _PAUSE_S


def _marked(sentence: str, manner: Manner, *, is_training: bool) -> str:
    """Return a sentence as it is said: in a training nobody takes it for a true call."""
    return f"{manner.training} {sentence}" if is_training else sentence


def _sentence(call: Call, manner: Manner, *, brief: bool) -> str:
    number, counter = spoken(call.number, manner.spelling), spoken(call.counter_label, manner.spelling)
    return (manner.brief if brief else manner.sentence).format(number=number, counter=counter)
