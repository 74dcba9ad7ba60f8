"""Learning which key of a tactile keypad is which: the question, key by key, and what was answered. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from broker.language import Phrases, mark
from kiosk.voice.guide import Key

MEANINGS: tuple[Key, ...] = tuple(meaning for meaning in get_args(Key) if meaning != "back")
NAMES: dict[Key, str] = {
    "next": mark("Next"),
    "previous": mark("Previous"),
    "ok": mark("OK"),
    "repeat": mark("Repeat"),
    "volume_up": mark("Louder"),
    "volume_down": mark("Softer"),
    "headset_in": mark("Headset plugged in"),
    "headset_out": mark("Headset pulled out"),
}
_HEADSET = {
    "headset_in": mark("Now plug the headset in"),
    "headset_out": mark("Now pull the headset out"),
}


@dataclass(frozen=True, slots=True)
class LessonPage:
    """What stands on the screen: what to press now, and what was learnt so far as (meaning, key)."""

    title: str
    prompt: str
    remark: str
    learnt: tuple[tuple[str, str], ...]
    skip: str
    again: str
    end: str


class Lesson:
    """One keypad being learnt. Keys come one by one; what a keypad has not is left out."""

    def __init__(self, words: Phrases) -> None:
        self._words = words
        self._learnt: dict[Key, str | None] = {}
        self._remark = ""
        self.result = ""
        """What became of it, once it is over."""

    @property
    def keys(self) -> dict[str, str]:
        """Return the keys that were learnt, by what they mean."""
        return {meaning: key for meaning, key in self._learnt.items() if key is not None}

    @property
    def asked(self) -> Key | None:
        """Return what is asked for now; None once all is known."""
        return next((meaning for meaning in MEANINGS if meaning not in self._learnt), None)

    def pressed(self, key: str) -> None:
        """Take a key; one key means one thing."""
        asked, words = self.asked, self._words
        if asked is None:
            return
        taken = next((meaning for meaning, known in self._learnt.items() if known == key), None)
        if taken is not None:
            self._remark = words.say("{key} is already the key for: {name}", key=key, name=words.say(NAMES[taken]))
            return
        self._learnt[asked] = key
        self._remark = ""

    def skip(self) -> None:
        """Leave out what this keypad has not."""
        if self.asked is not None:
            self._learnt[self.asked] = None
            self._remark = ""

    def again(self) -> None:
        """Begin anew."""
        self._learnt.clear()
        self._remark = ""

    @property
    def page(self) -> LessonPage:
        """Return what stands on the screen."""
        words, asked = self._words, self.asked
        if asked is None:
            prompt = self.result or words.say("That is all of them")
        elif asked in _HEADSET:
            prompt = words.say(_HEADSET[asked])
        else:
            prompt = words.say("Now press the key for: {name}", name=words.say(NAMES[asked]))
        learnt = tuple((words.say(NAMES[meaning]), key or words.say("none")) for meaning, key in self._learnt.items())
        return LessonPage(
            title=words.say("Which key is which?"),
            prompt=prompt,
            remark=self._remark,
            learnt=learnt,
            skip=words.say("This keypad has none") if asked is not None else "",
            again="" if self.result else words.say("Begin anew"),
            end=words.say("Close") if self.result or asked is not None else words.say("Write this down"),
        )
