"""Players on real processes and files: what a sound card may do to us, and that it heals."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from hardware.codecs.chime import chime
from hardware.codecs.wave_sound import from_wav, pcm, silence, to_wav
from hardware.config import SoundConfig
from hardware.drivers.aplay import AplayPlayer
from hardware.drivers.players import KEPT_FILES, FilePlayer, NullPlayer, find_card
from hardware.errors import DeviceTimeout, DeviceUnavailable
from hardware.factory import build_player
from hardware.ports import Player
from tests.hardware.sound_samples import program

CHIME = pcm(chime("regular"))
NOW = dt.datetime(2025, 6, 12, 9, 30, 5, 250000, tzinfo=dt.UTC)


def test_aplay_gets_every_sample_in_order_and_is_told_their_shape(tmp_path: Path) -> None:
    taken, asked = tmp_path / "taken", tmp_path / "asked"
    fake = program(tmp_path, "aplay", f'echo "$@" > {asked}; cat > {taken}')
    AplayPlayer(fake, device="plughw:1").play(iter([CHIME, b"\0\0" * 100, CHIME]))
    assert taken.read_bytes() == CHIME + b"\0\0" * 100 + CHIME
    assert asked.read_text().split() == [
        "-q",
        "-t",
        "raw",
        "-f",
        "S16_LE",
        "-c",
        "1",
        "-r",
        "22050",
        "-D",
        "plughw:1",
        "-",
    ]


@pytest.mark.parametrize("first", ["", "cat >/dev/null; "], ids=["at once", "at the end"])
def test_the_complaint_of_a_card_is_passed_on(first: str, tmp_path: Path) -> None:
    broken = AplayPlayer(program(tmp_path, "aplay", f"{first}echo 'aplay: main: audio open error' >&2; exit 1"))
    with pytest.raises(DeviceUnavailable, match="audio open error"):
        broken.play([CHIME] * 4)


def test_a_card_that_leaves_in_the_middle_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable, match="ended with 0"):
        AplayPlayer(program(tmp_path, "aplay", "head -c 1000 >/dev/null")).play([CHIME] * 4)


def test_a_card_that_takes_nothing_is_given_up_at_its_deadline_and_its_process_is_gone(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    stuck = AplayPlayer(program(tmp_path, "aplay", f"echo $$ > {pid}; exec sleep 60"), grace_s=0.2)
    begin = time.monotonic()
    with pytest.raises(DeviceTimeout, match=r"took nothing for 0\.2 s"):
        stuck.play([CHIME] * 4)
    assert time.monotonic() - begin < 5
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_card_that_does_not_come_to_an_end_is_given_up_too(tmp_path: Path) -> None:
    stuck = AplayPlayer(program(tmp_path, "aplay", "cat >/dev/null; exec sleep 60"), grace_s=0.2)
    with pytest.raises(DeviceTimeout, match="did not end"):
        stuck.play([b"\0\0"])


def test_a_hundred_failures_leave_no_file_open(tmp_path: Path) -> None:
    broken = AplayPlayer(program(tmp_path, "aplay", "exit 1"))
    gone = AplayPlayer(str(tmp_path / "gone"))
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    for player in [broken, gone] * 50:
        with pytest.raises(DeviceUnavailable):
            player.play([CHIME])
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def test_the_true_aplay_hears_every_sample_in_its_true_shape(tmp_path: Path) -> None:
    tee = f"tee:null,{tmp_path / 'heard.wav'},wav"  # ALSA's own: what would go to a card goes to a file
    build_player(SoundConfig(player="aplay", device=tee), data_dir=tmp_path).play([CHIME, CHIME])
    heard = pcm(from_wav((tmp_path / "heard.wav").read_bytes()))
    assert heard.startswith(CHIME + CHIME)
    assert not any(heard[2 * len(CHIME) :]), "ALSA fills up its last period with silence"


def test_the_true_aplay_says_why_a_card_is_not_there() -> None:
    with pytest.raises(DeviceUnavailable, match=r"audio open error|Unknown PCM|No such"):
        build_player(SoundConfig(player="aplay", device="nosuchcard"), data_dir=Path()).play([CHIME])


@pytest.mark.parametrize(
    ("cards", "heard"),
    [(" 0 [PCH ]: HDA-Intel - HDA Intel PCH\n", True), ("--- no soundcards ---\n", False), (None, False)],
)
def test_a_sound_card_decides_whether_anything_is_heard(
    cards: str | None, *, heard: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "aplay", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    listing = tmp_path / "cards"
    if cards is not None:
        listing.write_text(cards)
    player: Player = find_card("auto", cards=listing)
    assert isinstance(player, AplayPlayer) == heard
    assert heard or "no sound card" in player.health()


def test_a_card_that_is_named_and_not_there_shows_in_health_before_a_call(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n")
    assert "Device is not plugged in" in find_card("aplay", device="plughw:CARD=Device,DEV=0", cards=cards).health()
    cards.write_text(" 1 [Device         ]: USB-Audio - USB Audio Device\n")
    assert find_card("aplay", device="plughw:CARD=Device,DEV=0", cards=cards).health().endswith("CARD=Device,DEV=0")


def test_without_aplay_it_is_silent_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    player = build_player(SoundConfig(player="aplay"), data_dir=tmp_path)
    assert "alsa-utils" in player.health()
    player.play([CHIME])
    assert "switched off" in build_player(SoundConfig(player="null"), data_dir=tmp_path).health()


def test_a_card_that_is_plugged_in_again_is_heard_with_the_next_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "taken"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    player = build_player(SoundConfig(player="aplay"), data_dir=tmp_path)
    program(tmp_path, "aplay", "echo 'No such device' >&2; exit 1")
    with pytest.raises(DeviceUnavailable, match="No such device"):
        player.play([CHIME])
    program(tmp_path, "aplay", f"cat > {taken}")
    player.play([CHIME])
    assert taken.read_bytes() == CHIME


def test_sounds_are_written_as_files_and_only_the_newest_stay(tmp_path: Path) -> None:
    times = (NOW + dt.timedelta(seconds=place) for place in range(KEPT_FILES + 3))
    player = FilePlayer(tmp_path, now=lambda: next(times))
    for _ in range(KEPT_FILES + 3):
        player.play([pcm(silence(0.01)), pcm(silence(0.02))])
    files = sorted(tmp_path.iterdir())
    assert len(files) == KEPT_FILES
    assert from_wav(files[-1].read_bytes()).duration_s == pytest.approx(0.03, abs=0.001)
    assert str(tmp_path) in player.health()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "sound").write_text("a file where the folder should be")
    with pytest.raises(DeviceUnavailable, match="cannot be written"):
        build_player(SoundConfig(player="file"), data_dir=tmp_path).play([CHIME])


def test_a_null_player_remembers_what_it_got() -> None:
    player = NullPlayer("a test")
    player.play([CHIME, CHIME])
    assert player.played[0] == to_wav(from_wav(player.played[0]))
    assert from_wav(player.played[0]).duration_s == pytest.approx(2 * chime("regular").duration_s, abs=0.001)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("11:59", False), ("12:00", True), ("12:59", True), ("13:00", False), ("23:00", True), ("05:59", True)],
)
def test_quiet_hours_begin_with_their_first_minute_and_may_pass_midnight(at: str, quiet: bool) -> None:  # noqa: FBT001
    assert SoundConfig(quiet_hours=("12:00-13:00", "22:00-06:00")).is_quiet(dt.time.fromisoformat(at)) == quiet
