"""What has to be recorded so that clips can say every call of an office, and the manifest that names it. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from broker.language import Phrases, bare_counter, mark
from display.hall.announcer import Manner
from hardware.codecs.number_words import spoken
from hardware.codecs.voice_folder import is_pause, tokens

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NAMES = mark("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z")
"""How the letters are called, in their order."""
NUMBERS = (*range(1000), *range(1000, 10000, 1000))
"""Their words say every number up to 9999."""
_PLAIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.wav")


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording: its file, the words it stands for, and how a speaker has to read them."""

    file: str
    words: str
    read: str


def clips_to_record(
    manner: Manner, phrases: Phrases, labels: Iterable[str], known: Mapping[str, str]
) -> tuple[Clip, ...]:
    """Return all clips of one language, in the order in which they are best recorded; `known` keep their files."""
    clips = {clip.words: clip for clip in _clips(manner, phrases, labels)}
    clips |= {words: Clip(file, words, words) for words, file in known.items() if words not in clips}
    return tuple(
        replace(clip, file=known.get(words) or (clip.file if _PLAIN.fullmatch(clip.file) else f"word-{place}.wav"))
        for place, (words, clip) in enumerate(clips.items(), start=1)
    )


def manifest(manner: Manner, clips: Iterable[Clip]) -> str:
    """Return the manifest of a folder, to be read and changed by people."""
    rule = manner.spelling.numbers
    lines = [
        f'# How Antrean speaks the language "{manner.language}" by the recordings in this folder.',
        "# Explained in docs/hardware.md, section Sound. record.csv lists what to read for each file.",
        "",
        f"sentence = {_quoted(manner.sentence)}   # what is said; {{number}} and {{counter}} stand for words",
        f'numbers = {_quoted(rule)}   # whose number words: a code of num2words; "digits" says one by one',
        f"voice = {_quoted(manner.voice)}   # the synthesiser's voice, for what is not recorded; empty: the language's",
        "",
        "# Letters and digits that have a name of their own, as it is then found among the clips.",
        "[spelling]",
        *(f"{_quoted(sign)} = {_quoted(name)}" for sign, name in manner.spelling.names.items()),
        "",
        '# Which file says which words. The longest that fits is taken: "dua belas" may have a file of its own.',
        "[clips]",
        *(f"{_quoted(clip.words)} = {_quoted(clip.file)}" for clip in clips),
    ]
    return "\n".join(lines) + "\n"


def reading_list(clips: Iterable[Clip]) -> str:
    """Return the table for whoever reads and records."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("file", "read"))
    table.writerows((clip.file, clip.read) for clip in clips)
    return out.getvalue()


def _clips(manner: Manner, phrases: Phrases, labels: Iterable[str]) -> Iterator[Clip]:
    for piece in re.split(r"\{number\}|\{counter\}", f"{manner.sentence}{{number}}{manner.brief}"):
        words = _words(piece)
        if words:
            yield Clip(f"{'-'.join(words)}.wav", " ".join(words), " ".join(words))
    yield from _letters(manner, phrases)
    for text in (*map(str, NUMBERS), *map(bare_counter, labels)):
        for word in _words(spoken(text, manner.spelling)):
            yield Clip(f"{word}.wav", word, word)


def _letters(manner: Manner, phrases: Phrases) -> Iterator[Clip]:
    names = dict(zip(ALPHABET, phrases.say(NAMES).split(), strict=True))
    for letter in ALPHABET:
        words = " ".join(_words(manner.spelling.names.get(letter, letter)))
        yield Clip(f"letter-{letter.lower()}.wav", words, manner.spelling.names.get(letter, names[letter]))


def _words(text: str) -> list[str]:
    return [token for token in tokens(text) if not is_pause(token)]


def _quoted(text: str) -> str:
    """Return a basic string of TOML, which JSON's are."""
    return json.dumps(text, ensure_ascii=False)
