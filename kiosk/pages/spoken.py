"""What a kiosk says aloud: of each screen everything that it shows, in words that are understood by ear. Pure.

The key word comes first, numbers are said as people say them, and a ticket's number letter by letter as in the hall.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from broker.language import Phrases, has_catalogue, mark
from hardware.codecs.number_words import Spelling, amount_words, digit_by_digit, number_words, spoken
from kiosk.pages.focus import Sentence, Stop, stops
from kiosk.pages.page import Screen

WordsOf = Callable[[str], Phrases]
"""The words of a language."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Turns stops and what became of things into sentences; `words` of each language, `own` is the visitor's."""

    words: WordsOf
    own: str

    def script(self, screen: Screen) -> tuple[Sentence, ...]:
        """Return everything that a screen says, in reading order."""
        return tuple(sentence for stop in stops(screen) for sentence in self.of(stop))

    def of(self, stop: Stop) -> tuple[Sentence, ...]:
        """Return what is said of one stop: its words, then its mark and what holds of it."""
        language = stop.sentences[0].language if stop.sentences else self.own
        words = self.words(language)
        more = []
        if stop.letter:
            more.append(words.say("letter {letter}", letter=stop.letter))
        if stop.is_chosen and stop.target.startswith(_LANGUAGE):
            more.append(words.say("chosen"))
        elif stop.is_chosen is not None and not stop.target.startswith(_LANGUAGE):
            more.append(words.say("on") if stop.is_chosen else words.say("off"))
        if stop.target and not stop.is_available:
            more.append(words.say("not possible now"))
        return (*stop.sentences, *(Sentence(text, language) for text in more))

    def arrival(self, along: Sequence[Stop], *, everyone: Iterable[str] = ()) -> tuple[Sentence, ...]:
        """Return what is said when a page comes: its title, what leads to its choices, and how many there are."""
        said = tuple(sentence for stop in lead(along) for sentence in self.of(stop))
        own = sum(bool(stop.target) and not stop.is_around and not stop.is_key for stop in along)
        codes = (tuple(everyone) or (self.own,)) if own > 1 else ()
        return (*said, *(Sentence(self.words(code).count("{n} choice", "{n} choices", own), code) for code in codes))

    def news(self, before: Sequence[Stop], now: Sequence[Stop]) -> tuple[Sentence, ...]:
        """Return what has just become of things on the same page: what was not said there before."""
        heard = {sentence for stop in before if not stop.target for sentence in stop.sentences}
        changed = [stop for stop in now if stop.is_news and not heard.issuperset(stop.sentences)]
        changed.sort(key=lambda stop: not stop.is_around)  # the head says why
        # A remark on the page may say the same.
        return tuple(dict.fromkeys(one for stop in changed for one in stop.sentences if one not in heard))

    def keys(self, *, everyone: Iterable[str] = ()) -> tuple[Sentence, ...]:
        """Return what the keys are for, in the visitor's language or in all."""
        return self._each(everyone, _KEYS)

    def begun(self, *, everyone: Iterable[str] = ()) -> tuple[Sentence, ...]:
        """Return that the voice is on, and how to go on."""
        return self._each(everyone, _BEGUN)

    def ended(self) -> tuple[Sentence, ...]:
        """Return that the voice is off."""
        return self._each((), _ENDED)

    def volume(self, percent: int) -> tuple[Sentence, ...]:
        """Return how loud it is now."""
        return (Sentence(self.words(self.own).say("Volume {percent} percent", percent=percent), self.own),)

    def nothing_here(self) -> tuple[Sentence, ...]:
        """Return that there is nothing to choose where the visitor stands."""
        return self._each((), _NOTHING_HERE)

    def _each(self, languages: Iterable[str], message: str) -> tuple[Sentence, ...]:
        return tuple(Sentence(self.words(code).say(message), code) for code in tuple(languages) or (self.own,))


_LANGUAGE = "switch:"
_BEGUN = mark(
    "Voice is on. Press Next to go on, OK to choose, Repeat to hear it again. Press Repeat twice to hear of all keys."
)
_ENDED = mark("Voice is off. Press any key of the keypad to hear it again.")
_NOTHING_HERE = mark("There is nothing to choose here. Press Next to go on.")
_KEYS = mark(
    "The Next key goes on to the next item, the Previous key goes back. The OK key chooses. The Repeat key says it "
    "again. The volume keys make the voice louder or softer. Unplugging the headset ends the voice."
)


def lead(along: Sequence[Stop]) -> tuple[Stop, ...]:
    """Return the stops that are read by themselves when a page comes: all before its first choice."""
    return tuple(takewhile(lambda stop: not stop.target and not stop.is_around, along))


# -- words for the ear ----------------------------------------------------------------------------------------------


def aloud(
    sentences: Iterable[Sentence], words: WordsOf, spelling: Callable[[str], Spelling | None]
) -> Iterator[Sentence]:
    """Yield what is given to the synthesiser: neighbours in one language together, numbers in words."""
    for language, group in groupby(sentences, key=lambda sentence: sentence.language):
        said = [_Ear(words(language), spelling(language)).text(sentence.text) for sentence in group]
        if text := " ".join(_ended(part) for part in said if part):
            yield Sentence(text, language)


def rule_of_numbers(language: str) -> str | None:
    """Return whose number words a language has, or None where the synthesiser knows better than we."""
    return language if has_catalogue(language, "kiosk") else None


def _ended(text: str) -> str:
    ends = unicodedata.category(text[-1]) == "Po" and text[-1] not in ",%"
    return text if ends else f"{text}."


_FOR_THE_EAR = re.compile(
    r"""
      \b(?P<ticket>[A-Z]{1,2}-\d{1,4})\b
    | \b(?P<case>\d{4}-\d{4,6})\b
    | \b(?P<secret>[A-Z2-7]{4}(?:[ \u00a0][A-Z2-7]{4}){3})\b
    | \bRp\s?(?P<rupiah>\d{1,3}(?:[.,]\d{3})+)\b
    | \b(?P<amount>\d{1,3}(?:[.,]\d{3})+)\b
    | \b(?P<hour>[01]?\d|2[0-3])[.:](?P<minute>[0-5]\d)\b
    | \b(?P<low>\d+)\s?[-\u2013]\s?(?P<high>\d+)\b
    | \b(?P<code>0\d+)\b
    | \b(?P<number>\d+)\b
    | \b(?P<letters>[A-Z]{2,3})\b
    | (?P<pause>\s*[/\u00b7()\n]\s*|\s+[-\u2013\u2014]+\s+)
    """,
    re.VERBOSE,
)


_SIGNS = {
    ",": mark("Comma"),
    ".": mark("Full stop"),
    "?": mark("Question mark"),
    "!": mark("Exclamation mark"),
    "'": mark("Apostrophe"),
    '"': mark("Quotation mark"),
    "-": mark("Hyphen"),
    "/": mark("Stroke"),
    ":": mark("Colon"),
    ";": mark("Semicolon"),
    "(": mark("Opening bracket"),
    ")": mark("Closing bracket"),
    "&": mark("And sign"),
    "@": mark("At sign"),
    "_": mark("Underscore"),
    "+": mark("Plus"),
    "=": mark("Equals"),
    "%": mark("Percent"),
    "#": mark("Number sign"),
    "*": mark("Star"),
}
"""What the signs of the keyboard are called, where one stands alone."""
_WORDS = frozenset({"OK", "AM", "PM"})
"""Capitals that every voice knows."""


@dataclass(frozen=True, slots=True)
class _Ear:
    """Puts what is written into words that are understood by ear, in one language."""

    words: Phrases
    spelling: Spelling | None

    def text(self, text: str) -> str:
        """Return the words."""
        if text in _SIGNS:
            return self.words.say(_SIGNS[text])
        said = _FOR_THE_EAR.sub(self._one, text)
        return re.sub(r"(?:\s*,)+\s*", ", ", re.sub(r"\s*,\s*([.!?:;])", r"\1", said)).strip(" ,")

    def _one(self, found: re.Match[str]) -> str:
        if found["pause"]:
            return ", "
        if self.spelling is None:
            is_spelt = found["ticket"] or found["letters"] or found["secret"] or found["case"]
            return " ".join(found[0]) if is_spelt else found[0]
        return self._written(found, self.spelling)

    def _written(self, found: re.Match[str], spelling: Spelling) -> str:  # noqa: PLR0911 - one each
        if found["secret"] or found["case"]:  # sign by sign: a receipt's number and code are copied
            signs = (digit_by_digit(one, spelling) if one.isdecimal() else spoken(one, spelling) for one in found[0])
            return ", ".join(sign for sign in signs if sign)
        if found["ticket"] or found["letters"]:
            return found[0] if found[0] in _WORDS else spoken(found[0], spelling)
        if found["rupiah"]:
            return f"{amount_words(found['rupiah'], spelling)} rupiah"
        if found["amount"]:
            return amount_words(found["amount"], spelling)
        if found["minute"]:
            return self._clock(found["hour"], found["minute"], spelling)
        if found["high"]:
            low, high = number_words(found["low"], spelling), number_words(found["high"], spelling)
            return self.words.say("{low} to {high}", low=low, high=high)
        return digit_by_digit(found[0], spelling) if found["code"] else number_words(found[0], spelling)

    def _clock(self, hour: str, minute: str, spelling: Spelling) -> str:
        hours, minutes = number_words(hour, spelling), number_words(minute, spelling)
        if int(minute) == 0:
            return self.words.say("{hours} o'clock", hours=hours)
        if int(minute) < 10:  # noqa: PLR2004 - one figure
            return self.words.say("{hours} oh {minutes}", hours=hours, minutes=minutes)
        return self.words.say("{hours} {minutes}", hours=hours, minutes=minutes)
