"""A visitor who sees nothing: keys, and an ear that takes down every word in order. The voice takes no time."""

from __future__ import annotations

from functools import partial

from broker.language import Phrases
from hardware.codecs.number_words import Spelling
from kiosk.pages.focus import Sentence
from kiosk.pages.page import Screen
from kiosk.pages.spoken import Speaker, aloud, rule_of_numbers
from kiosk.visit.touches import touch
from kiosk.voice.guide import Guide, Key
from tests.ui.kiosk.kiosk_visitor import Visitor


def spelling(language: str) -> Spelling | None:
    """Return how the shipped languages say numbers."""
    rule = rule_of_numbers(language)
    return None if rule is None else Spelling(rule)


class Ear:
    """What was said since one last listened."""

    def __init__(self) -> None:
        self.is_there = True
        self.is_speaking = False
        self.heard: list[str] = []
        self.languages: list[str] = []
        self.volumes: list[int] = []
        self.hushes = self.alerts = 0
        self.by_headset = False

    def say(self, sentences: tuple[Sentence, ...], *, volume_percent: int) -> None:
        """Hear it in words."""
        for said in aloud(sentences, partial(Phrases, "kiosk"), spelling):
            self.heard.append(said.text)
            self.languages.append(said.language)
        self.volumes.append(volume_percent)

    def alert(self) -> None:
        """Hear a tone."""
        self.alerts += 1

    def hush(self) -> None:
        """Hear nothing more of it."""
        self.hushes += 1

    def listen_by(self, *, headset: bool) -> None:
        """Listen elsewhere."""
        self.by_headset = headset


class Listener(Visitor):
    """Stands before a kiosk that speaks, with a keypad and a headset."""

    def __init__(self, **kiosk: object) -> None:
        self.ear = Ear()
        self.ring = ""
        self.guide = Guide(
            self.ear,
            act=lambda target: touch(self.presenter, target),
            touched=self._stays,
            focus=self._stood_on,
            volume_percent=60,
            words=partial(Phrases, "kiosk"),
        )
        super().__init__(**kiosk)  # type: ignore[arg-type]  # a visitor's own
        self.presenter.voice_changed(is_there=True)

    def saw(self, screen: Screen) -> None:
        """Let the guide know too."""
        super().saw(screen)
        self.guide.shown(screen)

    def wait(self, seconds: float, *, step: float = 0.5) -> None:
        """Let time pass; what is being said goes on."""
        end = self.seconds + seconds
        while self.seconds < end:
            super().wait(min(step, end - self.seconds), step=step)
            self.guide.tick()

    def press(self, *keys: Key) -> list[str]:
        """Press keys of the keypad one after the other; return what was heard since."""
        for key in keys:
            self.guide.key(key, is_tactile=True)
            self.settle()
        heard, self.ear.heard = self.ear.heard, []
        return heard

    @property
    def speaker(self) -> Speaker:
        """Return who finds the words."""
        return self.guide._speaker

    def listen(self) -> list[str]:
        """Return what was heard since one last listened."""
        return self.press()

    def _stays(self) -> None:
        self.presenter.touched()

    def _stood_on(self, target: str) -> None:
        self.ring = target
