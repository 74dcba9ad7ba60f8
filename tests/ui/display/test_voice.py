"""The display's voice: on its own thread, and never a reason for the board to stand still."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from broker.config import load_settings
from display.hall.announcer import Announcement
from display.hall.board import Call
from display.hall.voice import Voice, chimes
from hardware.drivers.aplay import AplayPlayer
from hardware.drivers.espeak import NoSpeech
from hardware.drivers.speaker import Announcer
from hardware.errors import DeviceUnavailable
from hardware.ports import Sound, Utterance, always
from hardware.worker import DeviceWorker
from tests.support.office import CONFIG
from tests.ui.display.lobby_samples import MORNING

CALL = Call(
    number="AP-003",
    lane="priority",
    language="id",
    counter="c3",
    counter_label="3",
    called_at=MORNING,
    times_called=1,
)
WORDS = (Utterance("id", "Nomor antrean A, P, tiga. Silakan menuju loket tiga."),)
SAID = Announcement(chime=True, utterances=WORDS)


class Loudspeaker:
    """Takes down what it is to say; `fault` makes it fail."""

    def __init__(self) -> None:
        self.prepared: list[str] = []
        self.said: list[tuple[str | None, tuple[Utterance, ...]]] = []
        self.fault: DeviceUnavailable | None = None

    def prepare(self, chimes: Iterable[str]) -> None:
        """Make ready."""
        self.prepared += chimes

    def announce(
        self,
        chime: str | None,
        utterances: tuple[Utterance, ...],
        *,
        volume_percent: int | None = None,  # noqa: ARG002 - as loud as it is
        is_wanted: Callable[[], bool] = always,
    ) -> Sound:
        """Say it, or fail."""
        assert is_wanted()
        if self.fault is not None:
            raise self.fault
        self.said.append((chime, utterances))
        return Sound(1.0, spoken=True)

    def hush(self) -> None:
        """Nothing is heard for long."""

    def health(self) -> str:
        """Return how it fares."""
        return "speaks"


class Booth:
    """A voice with its worker; `settle` runs what comes back until `count` calls have ended."""

    def __init__(self) -> None:
        self.speaker = Loudspeaker()
        self.posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.health: list[str] = []
        self.ended: list[Call | None] = []
        self.worker = DeviceWorker("speaker", self.posted.put)
        self.voice = Voice(
            lambda: self.speaker,
            chimes={"regular": "regular", "priority": "rising"},
            worker=self.worker,
            on_health=self.health.append,
        )

    def settle(self, count: int) -> None:
        """Run what comes back."""
        while len(self.ended) < count:
            self.posted.get(timeout=5)()


@pytest.fixture
def booth() -> Iterator[Booth]:
    booth = Booth()
    yield booth
    assert booth.worker.stop()


def test_a_call_is_said_with_its_lanes_chime_and_its_end_is_told(booth: Booth) -> None:
    booth.voice.announce(CALL, SAID, booth.ended.append)
    booth.settle(1)
    assert booth.speaker.said == [("rising", WORDS)]
    assert booth.ended == [CALL]


def test_a_call_in_a_run_of_others_is_said_without_a_chime(booth: Booth) -> None:
    booth.voice.announce(CALL, Announcement(chime=False, utterances=WORDS), booth.ended.append)
    booth.settle(1)
    assert booth.speaker.said == [(None, WORDS)]


def test_a_speaker_that_fails_ends_the_call_all_the_same_and_is_reported_once(
    booth: Booth, caplog: pytest.LogCaptureFixture
) -> None:
    booth.voice.announce(CALL, SAID, booth.ended.append)
    booth.settle(1)
    booth.speaker.fault = DeviceUnavailable("speaker", "unplugged")
    for _ in range(2):
        booth.voice.announce(CALL, SAID, booth.ended.append)
    booth.settle(3)
    assert booth.health == ["speaks", "speaker: unplugged"]
    assert "AP-003 was not heard" in caplog.text


def test_a_burst_of_calls_is_heard_one_after_the_other_without_overlap(tmp_path: Path) -> None:
    log = tmp_path / "log"
    card = tmp_path / "aplay"
    card.write_text(f"#!/bin/sh\necho begin >> {log}\nhead -c 2 >/dev/null\ncat >/dev/null\necho end >> {log}\n")
    card.chmod(0o755)
    posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    worker = DeviceWorker("speaker", posted.put)
    speaker = Announcer(NoSpeech("a test"), AplayPlayer(str(card)), volume_percent=80)
    voice = Voice(
        lambda: speaker,
        chimes={},
        worker=worker,
        on_health=lambda _health: None,
    )
    ended: list[Call | None] = []
    for _ in range(5):
        voice.announce(CALL, SAID, ended.append)
    while len(ended) < 5:
        posted.get(timeout=5)()
    assert log.read_text().split() == ["begin", "end"] * 5
    assert worker.stop()


def test_a_check_prepares_every_lanes_chime_and_tells_a_change_only(booth: Booth) -> None:
    for _ in range(2):
        booth.voice.check()
        booth.posted.get(timeout=5)()
    assert set(booth.speaker.prepared) == {"regular", "rising", "arch"}
    assert booth.health == ["speaks"]


def test_a_lane_chimes_by_its_choice_or_by_its_id() -> None:
    settings = load_settings(CONFIG, {"ANTREAN_LANES__REGULAR__CHIME": "falling"})
    assert chimes(settings) == {"regular": "falling", "priority": "priority"}


def test_what_the_office_announces_has_a_chime_of_its_own_and_its_end_is_told(
    booth: Booth, caplog: pytest.LogCaptureFixture
) -> None:
    booth.voice.announce(None, SAID, booth.ended.append)
    booth.settle(1)
    assert booth.speaker.said == [("arch", WORDS)]
    booth.speaker.fault = DeviceUnavailable("speaker", "unplugged")
    booth.voice.announce(None, SAID, booth.ended.append)
    booth.settle(2)
    assert booth.ended == [None, None]
    assert "an announcement was not heard" in caplog.text
