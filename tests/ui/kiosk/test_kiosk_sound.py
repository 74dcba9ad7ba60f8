"""What a kiosk sounds and by which way: the headset for one, the loudspeaker for all, and neither blocks it."""

from __future__ import annotations

import queue
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from broker.language import Phrases
from hardware.config import KioskSound, SpeechConfig
from hardware.factory import build_speaker
from kiosk.pages.focus import Sentence
from kiosk.voice.speaking import KioskVoice
from tests.support.caller import wait_until

APLAY = """#!/bin/sh
[ "$1" = "-q" ] || exit 1
for device; do :; done
while [ $# -gt 1 ]; do [ "$1" = "-D" ] && card=$2; shift; done
size=$(cat | wc -c)
echo "$card $size" >> {log}
"""
HELLO = (Sentence("Please take your ticket", "en"),)
CODE = (Sentence("Code", "en"), Sentence("0417", "en", is_private=True))


class Room:
    """A kiosk's voice with sound cards of the test's own, which write down what they play."""

    def __init__(self, folder: Path, sound: KioskSound | None) -> None:
        self.log = folder / "log"
        self.posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.health: dict[str, str] = {}
        self.voice = KioskVoice(
            sound,
            data_dir=folder,
            post=self.posted.put,
            on_health=self.health.__setitem__,
            words=partial(Phrases, "kiosk"),
        )
        self.voice.check()

    def settle(self) -> None:
        """Let everything be said to its end."""

        def is_quiet() -> bool:
            while not self.posted.empty():
                self.posted.get()()
            return not self.voice.is_speaking

        wait_until(is_quiet, "all is said")

    @property
    def played(self) -> list[tuple[str, int]]:
        """Return (card, bytes) of each sound."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(card, int(size)) for card, size in map(str.split, lines)]


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "aplay"
    program.parent.mkdir()
    program.write_text(APLAY.format(log=tmp_path / "log"))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path


BOTH = KioskSound(player="aplay", headset="hw:head", loudspeaker="hw:loud")


@pytest.fixture
def room(cards: Path) -> Iterator[Room]:
    made = Room(cards, BOTH)
    yield made
    made.voice.stop()


def test_a_headset_is_private_and_the_loudspeaker_is_for_who_has_none(room: Room) -> None:
    room.voice.say(HELLO, volume_percent=60)
    room.settle()
    room.voice.listen_by(headset=True)
    room.voice.say(HELLO, volume_percent=60)
    room.settle()
    assert [card for card, _ in room.played] == ["hw:loud", "hw:head"]


def test_the_code_that_makes_its_holder_is_not_for_all_ears(room: Room) -> None:
    room.voice.say(CODE, volume_percent=60)
    room.settle()
    room.voice.listen_by(headset=True)
    room.voice.say(CODE, volume_percent=60)
    room.settle()
    aloud, private = (size for _, size in room.played)
    assert aloud < private


def test_a_touch_clicks_for_a_moment_and_the_question_sounds(room: Room) -> None:
    room.voice.click()
    room.voice.alert()
    room.settle()
    click, alert = (size / 44100 for _, size in room.played)
    assert 0 < click <= 0.02
    assert 0.8 < alert < 2.5


def test_without_a_loudspeaker_nothing_is_heard_but_by_the_headset(cards: Path) -> None:
    room = Room(cards, KioskSound(player="aplay", headset="hw:head", click=False))
    room.voice.click()
    room.voice.say(HELLO, volume_percent=60)
    room.settle()
    assert [card for card, _ in room.played] == ["hw:head"]
    assert room.voice.is_there
    assert set(room.health) == {"headset"}
    room.voice.stop()


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (KioskSound(player="null"), "silent: switched off"),
        (KioskSound(player="aplay", headset="plughw:CARD=Gone"), "the sound card Gone is not plugged in"),
        (KioskSound(player="file", speech=SpeechConfig(engine="none")), "none, chime only: switched off"),
    ],
)
def test_where_no_word_can_be_heard_the_voice_is_not_offered_and_the_list_of_devices_says_why(
    sound: KioskSound, why: str, cards: Path
) -> None:
    room = Room(cards, sound)
    wait_until(lambda: not room.posted.empty(), "it was looked at")
    room.settle()
    assert why in room.health["headset"]
    assert not room.voice.is_there
    room.voice.say(HELLO, volume_percent=60)
    room.voice.stop()


def test_a_kiosk_without_sound_has_no_device_and_does_as_it_is_told_in_silence(tmp_path: Path) -> None:
    room = Room(tmp_path, None)
    room.voice.say(HELLO, volume_percent=60)
    room.voice.alert()
    room.voice.click()
    room.voice.hush()
    assert (room.health, room.voice.is_there, room.voice.is_speaking) == ({}, False, False)
    room.voice.stop()


def test_the_files_of_the_file_player_hold_what_was_said(tmp_path: Path) -> None:
    speaker = build_speaker(KioskSound(player="file").by_headset(), data_dir=tmp_path)
    assert "files in" in speaker.health()
