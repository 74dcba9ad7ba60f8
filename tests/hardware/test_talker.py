"""A speaker that can be cut off: whoever acts is not talked over, and nothing that was meant before is heard after."""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.codecs.chime import ALERT, CLICK, chime
from hardware.codecs.wave_sound import from_wav, pcm, silence, to_wav
from hardware.drivers.aplay import AplayPlayer
from hardware.drivers.players import NullPlayer
from hardware.drivers.speaker import Announcer
from hardware.errors import HardwareError
from hardware.ports import Sound, Utterance
from hardware.talker import Talker
from hardware.worker import DeviceWorker
from tests.hardware.sound_samples import program
from tests.support.caller import wait_until

LONG = pcm(silence(30))


class Reader:
    """A voice that takes no time and remembers what it was asked for."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, utterance: Utterance) -> bytes:
        """Return half a second of sound."""
        self.said.append(utterance.text)
        return to_wav(silence(0.5))

    def health(self) -> str:
        """Return that all is well."""
        return "reads"


class Kiosk:
    """A talker on a card of the test's own, and what comes back."""

    def __init__(self, card: str) -> None:
        self.reader = Reader()
        self.posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.ended: list[Sound | HardwareError] = []
        self.health: list[str] = []
        self.worker = DeviceWorker("kiosk-speaker", self.posted.put)
        speaker = Announcer(self.reader, AplayPlayer(card), volume_percent=50)
        self.talker = Talker(lambda: speaker, worker=self.worker, on_health=self.health.append)

    def say(self, *texts: str) -> None:
        """Say something."""
        self.talker.say(None, tuple(Utterance("en", text) for text in texts), self.ended.append)

    def settle(self, count: int) -> None:
        """Wait for so many ends."""
        while len(self.ended) < count:
            self.posted.get(timeout=5)()


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    heard = tmp_path / "heard"
    made = Kiosk(program(tmp_path, "aplay", f"echo begin >> {heard}; exec sleep 60"))
    yield made
    made.talker.stop(timeout_s=5)


def test_what_is_heard_is_cut_off_at_once_and_is_no_fault(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    player = AplayPlayer(program(tmp_path, "aplay", f"echo > {begun}; exec sleep 60"))
    played = threading.Thread(target=player.play, args=([LONG],))
    played.start()
    wait_until(begun.exists, "the card plays")
    player.stop()
    played.join(2)
    assert not played.is_alive()
    player.stop()  # nothing plays any more


def test_what_is_cut_off_while_it_is_being_started_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "begun"
    player = AplayPlayer(program(tmp_path, "aplay", f"echo > {begun}; exec sleep 60"))
    cutting, start = threading.Thread(target=player.stop), subprocess.Popen

    def started_slowly(command: list[str], **how: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - Popen's own
        process = start(command, **how)
        wait_until(begun.exists, "the card plays")
        cutting.start()
        cutting.join(0.2)
        return process

    monkeypatch.setattr("hardware.drivers.aplay.subprocess.Popen", started_slowly)
    played = threading.Thread(target=player.play, args=([LONG],), daemon=True)
    played.start()
    played.join(5)
    assert not played.is_alive()


def test_who_acts_is_not_talked_over_and_hears_nothing_of_what_was_to_come(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.say("The first page", "and all that it says")
    kiosk.say("Something after it")
    wait_until((tmp_path / "heard").exists, "the card plays")
    kiosk.talker.hush()
    kiosk.settle(2)
    assert "Something after it" not in kiosk.reader.said
    assert not any(isinstance(end, HardwareError) for end in kiosk.ended)
    kiosk.say("The next page")
    wait_until(lambda: "The next page" in kiosk.reader.said, "what comes after is said")
    kiosk.talker.hush()
    kiosk.settle(3)


def test_each_is_as_loud_as_it_was_asked_for() -> None:
    player = NullPlayer("a test")
    speaker = Announcer(Reader(), player, volume_percent=100)
    speaker.announce("regular", ())
    speaker.announce("regular", (), volume_percent=20)
    loud, soft = (max(map(abs, from_wav(sound).values)) for sound in player.played)
    assert soft < loud / 5


def test_a_click_is_over_before_a_finger_is_lifted_and_the_alert_is_soft() -> None:
    assert chime(CLICK).duration_s <= 0.02
    assert 0.8 < chime(ALERT).duration_s < 2.5
    assert chime(CLICK).values != chime(ALERT).values
