"""Recorded clips: real files in a real folder, and what is said when they do not suffice."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest

from hardware.codecs.voice_folder import clips_for, read_manifest, tokens
from hardware.codecs.wave_sound import Samples, from_wav, joined, silence, to_wav
from hardware.config import SoundConfig, SpeechConfig
from hardware.drivers.clips import BETWEEN_S, PAUSES_S, ClipSpeech
from hardware.drivers.espeak import NoSpeech
from hardware.errors import DriverMissing, FrameError
from hardware.factory import build_speech, voices
from hardware.ports import Utterance
from tests.hardware.sound_samples import tone_wav

WORDS = {
    "nomor antrean": "nomor.wav",
    "silakan menuju loket": "loket.wav",
    "a": "a.wav",
    "dua": "dua.wav",
    "belas": "belas.wav",
    "tiga": "tiga.wav",
}
CALL = Utterance("id", "Nomor antrean A, dua belas. Silakan menuju loket tiga.")


class Other:
    """The voice that stands in; takes down what it had to say."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []

    def say(self, utterance: Utterance) -> bytes:
        """Say it."""
        self.said.append(utterance)
        return to_wav(silence(0.5))

    def health(self) -> str:
        """Return who speaks."""
        return "the other voice"


def recorded(folder: Path, clips: dict[str, str] = WORDS) -> Path:
    """Write one language; each clip has a pitch of its own and half a second of silence around."""
    place = folder / "id"
    place.mkdir()
    for index, file in enumerate(clips.values()):
        word = from_wav(tone_wav(22050, 1, 2, pitch=300 + 100 * index))
        (place / file).write_bytes(to_wav(joined((silence(0.5), word, silence(0.5)))))
    lines = "".join(f'"{words}" = "{file}"\n' for words, file in clips.items())
    (place / "manifest.toml").write_text(f"[clips]\n{lines}")
    return folder


def pitches(sound: Samples) -> list[int]:
    """Return the pitch of each stretch of sound, to the next hundred hertz."""
    found: list[int] = []
    run: list[int] = []
    for value in [*sound.values, *silence(0.1).values]:
        run.append(value)
        if len(run) > 400 and not any(run[-400:]):
            rises = sum(before < 0 <= after for before, after in itertools.pairwise(run))
            if rises > 10:
                found.append(round(rises / 0.25 / 100) * 100)
            run = []
    return found


def test_a_call_is_its_clips_in_order_with_a_breath_at_each_mark(tmp_path: Path) -> None:
    other = Other()
    said = from_wav(ClipSpeech(recorded(tmp_path), other).say(CALL))
    assert other.said == []
    assert pitches(said) == [300, 500, 600, 700, 400, 800]
    clips_s = 6 * (0.25 + 2 * 0.02 + BETWEEN_S)
    assert said.duration_s == pytest.approx(clips_s + PAUSES_S[","] + 2 * PAUSES_S["."], abs=0.05)


def test_the_longest_clip_is_taken() -> None:
    clips = WORDS | {"dua belas": "dua-belas.wav"}
    assert clips_for(CALL.text, clips) == (
        "nomor.wav",
        "a.wav",
        ",",
        "dua-belas.wav",
        ".",
        "loket.wav",
        "tiga.wav",
        ".",
    )


def test_compounds_and_signs_without_spaces_are_taken_apart() -> None:
    assert tokens("One hundred and twenty-one.") == ("one", "hundred", "and", "twenty", "one", ".")
    assert tokens("请A二号") == ("请", "a", "二", "号")


def test_a_word_without_a_clip_lets_the_other_voice_say_the_whole_sentence_and_health_names_it(tmp_path: Path) -> None:
    other = Other()
    voice = ClipSpeech(recorded(tmp_path), other)
    lacking = Utterance("id", "Nomor antrean B, seratus dua.")
    voice.say(lacking)
    assert other.said == [lacking]
    assert 'id: no clip says "b", "seratus"; then the other voice' in voice.health()
    voice.say(CALL)
    assert "no clip" not in voice.health()


def test_a_language_without_a_folder_is_said_by_the_other_voice(tmp_path: Path) -> None:
    other = Other()
    voice = ClipSpeech(recorded(tmp_path), other)
    voice.say(Utterance("en", "Number A, two."))
    assert len(other.said) == 1
    assert "en: " in voice.health()


def test_files_that_are_missing_are_known_before_a_call_needs_them(tmp_path: Path) -> None:
    voice = ClipSpeech(recorded(tmp_path), Other())
    assert "files are" not in voice.health()
    (tmp_path / "id" / "dua.wav").unlink()
    assert "1 of 6 files are missing, such as dua.wav" in voice.health()


def test_a_clip_of_a_wrong_kind_is_named(tmp_path: Path) -> None:
    voice = ClipSpeech(recorded(tmp_path), NoSpeech("not installed"))
    (tmp_path / "id" / "dua.wav").write_bytes(b"ID3 this is an mp3 by another name")
    with pytest.raises(DriverMissing):
        voice.say(CALL)
    assert "dua.wav is not a WAV file" in voice.health()
    assert "chime only" in voice.health()


def test_clips_of_different_rates_and_channels_fit_together(tmp_path: Path) -> None:
    recorded(tmp_path)
    for file, shape in {"a.wav": (48000, 2, 2), "dua.wav": (8000, 1, 1), "belas.wav": (44100, 2, 3)}.items():
        (tmp_path / "id" / file).write_bytes(tone_wav(*shape, pitch=1000))
    said = from_wav(ClipSpeech(tmp_path, Other()).say(CALL))
    assert pitches(said) == [300, 1000, 1000, 1000, 400, 800]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("clips = ", "is not TOML"),
        ('sentence = "Nomor {number}"', "sentence: must hold {number} and {counter}"),
        ('sentence = "{number} {counter} {0.__class__}"', "sentence: must hold"),
        ('numbers = "klingon"', 'numbers: has no number words for "klingon"'),
        ('[clips]\n"a" = "../../etc/passwd"', "clips.a: must be a WAV file inside the folder"),
        ('[clips]\n"a" = "/etc/a.wav"', "clips.a: must be a WAV file inside the folder"),
        ("speed = 3", "speed: Extra inputs are not permitted"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_with_its_place(text: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(FrameError) as caught:
        read_manifest(text)
    assert fault in str(caught.value)
    (tmp_path / "voice" / "jv").mkdir(parents=True)
    (tmp_path / "voice" / "jv" / "manifest.toml").write_text(text)
    found, faults = voices(SpeechConfig(), data_dir=tmp_path)
    assert found == {}
    assert fault in str(faults[0])


def test_the_configuration_chooses_clips(tmp_path: Path) -> None:
    recorded(tmp_path)
    speech = build_speech(SoundConfig(speech=SpeechConfig(engine="clips", folder=tmp_path)).speech, data_dir=tmp_path)
    assert speech.health() == f"clips in {tmp_path} (id)"
    assert math.isclose(from_wav(speech.say(CALL)).duration_s, from_wav(speech.say(CALL)).duration_s)
