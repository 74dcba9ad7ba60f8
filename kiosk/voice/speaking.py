"""What a kiosk says and sounds: by the headset, and by the loudspeaker if it has one, each on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from hardware.codecs.chime import ALERT, CLICK
from hardware.codecs.number_words import Spelling, spelling_of
from hardware.codecs.voice_folder import VoiceFolder
from hardware.config import KioskSound, SoundConfig
from hardware.errors import HardwareError
from hardware.factory import build_speaker, voices
from hardware.ports import Sound, Utterance
from hardware.talker import Talker
from hardware.worker import DeviceWorker, Post
from kiosk.pages.focus import Sentence
from kiosk.pages.spoken import WordsOf, aloud, rule_of_numbers

CHECK_SOUND_S = 30.0
ENDS_WITHIN_S = 1.0
"""At the end of the kiosk nobody waits for its last word."""
HEADSET, LOUDSPEAKER = "headset", "loudspeaker"
_UNHEARD = ("silent", "chime only")
"""How the health of a speaker begins to say that no words come out of it."""


class KioskVoice:
    """Speaks by the headset, or by the loudspeaker where there is one and no headset. Nothing here blocks."""

    def __init__(
        self,
        sound: KioskSound | None,
        *,
        data_dir: Path,
        post: Post,
        on_health: Callable[[str, str], None],
        words: WordsOf,
    ) -> None:
        """Without a sound section there is nothing to hear. `on_health` gets a device's name and how it is."""
        self._sound = sound
        self._on_health = on_health
        self._words = words
        self._health: dict[str, str] = {}
        self._waiting = 0
        self._folders: Mapping[str, VoiceFolder] = {}
        self._talkers: dict[str, Talker] = {}
        self._by_headset = False
        if sound is None:
            return
        self._folders, _ = voices(sound.speech, data_dir=data_dir)
        for name, config in ((HEADSET, sound.by_headset()), (LOUDSPEAKER, sound.by_loudspeaker())):
            if config is not None:
                self._talkers[name] = self._talker(name, config, data_dir=data_dir, post=post)

    def _talker(self, name: str, config: SoundConfig, *, data_dir: Path, post: Post) -> Talker:
        return Talker(
            lambda: build_speaker(config, data_dir=data_dir),
            worker=DeviceWorker(name, post),
            on_health=partial(self._heard_of, name),
        )

    # -- how it is --------------------------------------------------------------------------------------------------

    @property
    def is_there(self) -> bool:
        """Tell whether words would be heard by anybody."""
        return any(not any(sign in health for sign in _UNHEARD) for health in self._health.values())

    @property
    def is_speaking(self) -> bool:
        """Tell whether something is being said, or about to be."""
        return self._waiting > 0

    @property
    def volume_percent(self) -> int:
        """Return how loud it is for everybody who begins."""
        return 0 if self._sound is None else self._sound.volume_percent

    def check(self) -> None:
        """Find out what there is, and tell it."""
        for talker in self._talkers.values():
            talker.check((CLICK, ALERT))

    def stop(self) -> None:
        """End."""
        self.hush()
        for talker in self._talkers.values():
            talker.stop(timeout_s=ENDS_WITHIN_S)

    # -- what it does -----------------------------------------------------------------------------------------------

    def say(self, sentences: tuple[Sentence, ...], *, volume_percent: int) -> None:
        """Say this after what is being said; what only its holder may know only where nobody else hears it."""
        if self._is_public:
            sentences = tuple(one for one in sentences if not one.is_private)
        said = tuple(self._utterance(one) for one in aloud(sentences, self._words, self._spelling))
        if said:
            self._sound_out(None, said, volume_percent=volume_percent)

    def alert(self) -> None:
        """Sound that an answer is wanted, after what is being said."""
        self._sound_out(ALERT, (), volume_percent=None)

    def click(self) -> None:
        """Let a touch be heard."""
        if self._sound is not None and self._sound.click:
            self._sound_out(CLICK, (), volume_percent=None)

    def hush(self) -> None:
        """Fall silent at once."""
        for talker in self._talkers.values():
            talker.hush()

    def listen_by(self, *, headset: bool) -> None:
        """Take the headset's way out or the loudspeaker's, from the next words on."""
        self._by_headset = headset

    # -- inside -----------------------------------------------------------------------------------------------------

    @property
    def _is_public(self) -> bool:
        return LOUDSPEAKER in self._talkers and not self._by_headset

    @property
    def _route(self) -> Talker | None:
        loudspeaker = None if self._by_headset else self._talkers.get(LOUDSPEAKER)
        return loudspeaker or self._talkers.get(HEADSET)

    def _sound_out(self, chime: str | None, said: tuple[Utterance, ...], *, volume_percent: int | None) -> None:
        talker = self._route
        if talker is not None:
            self._waiting += 1
            talker.say(chime, said, self._ended, volume_percent=volume_percent)

    def _ended(self, _result: Sound | HardwareError) -> None:
        self._waiting -= 1

    def _heard_of(self, name: str, health: str) -> None:
        self._health[name] = health
        self._on_health(name, health)

    def _utterance(self, said: Sentence) -> Utterance:
        """Return what the voice gets; words that are not in the language that was chosen are said in their own."""
        folder = self._folders.get(said.language)
        if folder is not None:
            return Utterance(said.language, said.text, folder.voice)
        return Utterance(self._words(said.language).worded_in, said.text)

    def _spelling(self, language: str) -> Spelling | None:
        folder, rule = self._folders.get(language), rule_of_numbers(language)
        return None if folder is None and rule is None else spelling_of(folder, otherwise=rule or "digits")
