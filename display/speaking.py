"""How the displays of an office speak, from its configuration and the folder of voices."""

from __future__ import annotations

import logging
from pathlib import Path

from broker.config.settings import Settings
from broker.language import Phrases
from display.announcer import Manner, SpeechRules, manner_of
from hardware.config import SoundConfig
from hardware.factory import voices

log = logging.getLogger(__name__)


def speech_rules(sound: SoundConfig, *, data_dir: Path) -> SpeechRules:
    """Return the rules of one display; a folder whose manifest is wrong counts as not there, and is logged."""
    folders, faults = voices(sound.speech, data_dir=data_dir)
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


def chimes(settings: Settings) -> dict[str, str]:
    """Return the chime of each lane; a lane without a choice has the one that belongs to its id."""
    return {lane.id: lane.id if lane.chime == "auto" else lane.chime for lane in settings.lanes}
