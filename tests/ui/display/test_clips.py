"""What has to be recorded is enough for every call, and the tool for it loses nobody's work."""

from __future__ import annotations

import csv
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.language import Phrases
from display.hall.announcer import announcement, manner_of
from display.recording.__main__ import main
from display.recording.clips import clips_to_record, manifest, reading_list
from hardware.codecs.voice_folder import clips_for, read_manifest
from hardware.codecs.wave_sound import from_wav, to_wav
from hardware.drivers.clips import ClipSpeech
from hardware.drivers.espeak import NoSpeech
from tests.hardware.sound_samples import tone_wav
from tests.support.office import CONFIG
from tests.ui.display.lobby_samples import SPEECH
from tests.ui.display.test_announcer import call

LABELS = ("1", "12", "Lantai 2 B")
FOLDERS = {
    language: read_manifest(
        manifest(
            manner_of(Phrases("display", language)),
            clips_to_record(manner_of(Phrases("display", language)), Phrases("display", language), LABELS, {}),
        )
    )
    for language in ("id", "en")
}


@given(
    letters=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=3),
    number=st.integers(min_value=0, max_value=9999),
    label=st.sampled_from(LABELS),
    language=st.sampled_from(["id", "en"]),
)
def test_every_number_and_every_counter_can_be_said_by_the_clips_on_the_list(
    letters: str, number: int, label: str, language: str
) -> None:
    said = announcement(call(f"{letters}-{number:03d}", label, language), (language,), manner=SPEECH.manner)
    assert clips_for(said[0].text, FOLDERS[language].clips)


def test_whoever_reads_sees_the_names_of_the_letters() -> None:
    phrases = Phrases("display", "id")
    clips = clips_to_record(manner_of(phrases), phrases, (), {})
    rows = list(csv.DictReader(reading_list(clips).splitlines()))
    assert {"file": "letter-c.wav", "read": "ce"} in rows
    assert {"file": "nomor-antrean.wav", "read": "nomor antrean"} in rows
    assert [row["read"] for row in rows if row["file"].startswith("letter-")][-4:] == ["we", "eks", "ye", "zet"]


def test_files_get_plain_names_whatever_the_script() -> None:
    phrases = Phrases("display", "zh")
    folder = read_manifest('sentence = "请{number}号到{counter}号窗口"\nnumbers = "digits"\n[spelling]\n1 = "一"\n')
    clips = clips_to_record(manner_of(phrases, folder), phrases, (), {"请": "mine.wav"})
    files = [clip.file for clip in clips]
    assert len(files) == len(set(files))
    assert all(file.isascii() for file in files)
    assert clips_for("请A一号到一号窗口", read_manifest(manifest(manner_of(phrases, folder), clips)).clips)


class Shop:
    """The tool, with a program in espeak-ng's place that is quick."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data = folder / "var"
        self._monkeypatch = monkeypatch
        wav = folder / "said.wav"
        wav.write_bytes(tone_wav(22050, 1, 2))
        program = folder / "espeak-ng"
        program.write_text(f"#!/bin/sh\nexec cat {wav}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        self.set("SPEECH__ENGINE", "program")
        self.set("PLAYER", "file")

    def set(self, key: str, value: str) -> None:
        """Set a key of the first display's sound."""
        self._monkeypatch.setenv(f"ANTREAN_DISPLAYS__0__SOUND__{key}", value)

    def run(self, task: str, *arguments: str) -> int:
        """Run the tool."""
        given = [task, "--config", str(CONFIG), "--data", str(self.data), *arguments]
        self._monkeypatch.setattr(sys, "argv", ["antrean voice", *given])
        return main()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(tmp_path, monkeypatch)


def test_what_was_exported_speaks_at_once_and_recordings_survive_the_next_export(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop.run("export", "--language", "id") == 0
    place = shop.data / "voice" / "id"
    said = SPEECH.manner("id")
    texts = announcement(call("AP-121", "3", "id"), ("id",), manner=lambda _language: said)
    assert from_wav(ClipSpeech(place.parent, NoSpeech("no")).say(texts[0])).duration_s > 1
    own = to_wav(from_wav(tone_wav(44100, 2, 2)))
    (place / "dua.wav").write_bytes(own)
    text = (place / "manifest.toml").read_text()
    (place / "manifest.toml").write_text(text + '"dua belas" = "dua-belas.wav"\n')
    assert shop.run("export", "--language", "id") == 0
    assert (place / "dua.wav").read_bytes() == own
    assert '"dua belas" = "dua-belas.wav"' in (place / "manifest.toml").read_text()
    assert "1 clips made" in capsys.readouterr().out
    shop.set("SPEECH__ENGINE", "clips")
    assert shop.run("say", "A-012", "3") == 0
    out = capsys.readouterr().out
    assert "id: Nomor antrean A, dua belas. Silakan menuju loket tiga." in out
    assert "not by clips" not in out
    assert len(list((shop.data / "sound").glob("*.wav"))) == 1


def test_a_new_language_begins_with_its_sentence(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.run("export", "--language", "jv") == 1
    assert "jv/manifest.toml" in capsys.readouterr().err
    place = shop.data / "voice" / "jv"
    place.mkdir(parents=True)
    (place / "manifest.toml").write_text('sentence = "Nomer {number}. Loket {counter}."\nvoice = "id"\n')
    assert shop.run("export", "--language", "jv") == 0
    assert (place / "nomer.wav").is_file()
    assert shop.run("say", "A-012", "3", "--language", "jv") == 0
    assert "jv: Nomer A, 1, 2. Loket 3." in capsys.readouterr().out


def test_a_manifest_with_a_fault_is_refused_and_not_overwritten(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    place = shop.data / "voice" / "id"
    place.mkdir(parents=True)
    (place / "manifest.toml").write_text('sentence = "Nomor"\n')
    assert shop.run("export", "--language", "id") == 1
    assert "sentence: must hold {number} and {counter}" in capsys.readouterr().err
    assert (place / "manifest.toml").read_text() == 'sentence = "Nomor"\n'


def test_a_call_that_cannot_be_spoken_is_a_failure(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.set("SPEECH__ENGINE", "none")
    assert shop.run("say", "A-012", "3") == 1
    assert "chime only" in capsys.readouterr().out
    assert shop.run("say", "A-012", "3", "--id", "display-9") == 1
    assert "there is no display 'display-9'" in capsys.readouterr().err
