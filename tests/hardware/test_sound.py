"""Chimes, speech and announcements: real synthesis, honest fallbacks."""

from __future__ import annotations

import array
import io
import itertools
import math
import struct
import sys
import wave
from collections.abc import Iterable
from pathlib import Path

import pytest

from hardware.codecs.chime import TUNES, chime, tune
from hardware.codecs.wave_sound import (
    EDGE_S,
    RATE_HZ,
    Samples,
    at_volume,
    from_pcm,
    from_wav,
    gain,
    joined,
    levelled,
    pcm,
    silence,
    to_wav,
    trimmed,
)
from hardware.drivers.espeak import EspeakSpeech, NoSpeech, choose_speech
from hardware.drivers.players import NullPlayer
from hardware.drivers.speaker import PAUSE_S, Announcer
from hardware.errors import DeviceTimeout, DeviceUnavailable, DriverMissing, FrameError
from hardware.ports import Utterance
from tests.hardware.sound_samples import TONE_HZ, program, tone_wav

CALL_ID = Utterance("id", "Nomor antrean A, nol satu dua, silakan menuju loket tiga")
CALL_EN = Utterance("en", "Number A, zero one two, please go to counter three")


def loudness(samples: Samples) -> float:
    return math.sqrt(sum(value * value for value in samples.values) / max(len(samples.values), 1))


def speech(folder: Path) -> EspeakSpeech:
    return EspeakSpeech(folder, program=None, words_per_minute=140, deadline_s=20)


@pytest.mark.parametrize("name", [*sorted(TUNES.keys() - {"none"}), "some-other-lane"])
def test_a_chime_is_a_wellformed_soft_and_short_wav(name: str) -> None:
    with wave.open(io.BytesIO(to_wav(chime(name)))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        assert 1.0 < file.getnframes() / RATE_HZ < 2.5
    samples = chime(name).values
    assert 0.4 < max(map(abs, samples)) / 32767 < 0.6
    assert max(abs(value) for value in (*samples[:3], *samples[-3:])) < 600, "a click at the edge"


def test_each_lane_has_its_own_chime_and_keeps_it() -> None:
    assert tune("regular") != tune("priority")
    assert tune("appeals") == tune("appeals")


@pytest.mark.parametrize("utterance", [CALL_ID, CALL_EN], ids=["id", "en"])
def test_speech_is_really_synthesised(utterance: Utterance, tmp_path: Path) -> None:
    said = from_wav(speech(tmp_path).say(utterance))
    assert 2.0 < said.duration_s < 9.0
    assert loudness(said) > 500


def test_the_gpl_voice_is_never_loaded_into_our_own_process(tmp_path: Path) -> None:
    speech(tmp_path).say(CALL_ID)
    assert "espeakng_loader" not in sys.modules
    assert "espeak" not in Path("/proc/self/maps").read_text()


def test_languages_are_spoken_differently(tmp_path: Path) -> None:
    voice = speech(tmp_path)
    assert voice.say(Utterance("id", "loket tiga")) != voice.say(Utterance("en", "loket tiga"))


def test_what_was_said_once_is_not_synthesised_again(tmp_path: Path) -> None:
    count = tmp_path / "count"
    wav = tmp_path / "said.wav"
    wav.write_bytes(to_wav(chime("regular")))
    fake = program(tmp_path, "espeak-ng", f"cat >/dev/null; echo x >> {count}; cat {wav}")
    voice = EspeakSpeech(tmp_path / "speech", program=fake, words_per_minute=140)
    first, again = voice.say(CALL_ID), voice.say(CALL_ID)
    assert first == again
    assert count.read_text().count("x") == 1
    voice.say(CALL_EN)
    EspeakSpeech(tmp_path / "speech", program=fake, words_per_minute=120).say(CALL_ID)
    assert count.read_text().count("x") == 3


@pytest.mark.parametrize("left", [b"", b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_what_a_power_cut_left_of_a_sentence_is_said_anew(tmp_path: Path, left: bytes) -> None:
    wav = tmp_path / "said.wav"
    wav.write_bytes(to_wav(chime("regular")))
    fake = program(tmp_path, "espeak-ng", f"cat >/dev/null; cat {wav}")
    voice = EspeakSpeech(tmp_path / "speech", program=fake, words_per_minute=140)
    voice.say(CALL_ID)
    (kept,) = (tmp_path / "speech").glob("*.wav")
    kept.write_bytes(left)
    assert voice.say(CALL_ID) == wav.read_bytes()
    assert kept.read_bytes() == wav.read_bytes()


def test_a_program_gets_the_text_by_stdin_and_never_as_an_argument(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    wav = tmp_path / "said.wav"
    wav.write_bytes(to_wav(chime("regular")))
    fake = program(tmp_path, "espeak-ng", f'echo "$@" > {heard}; cat >> {heard}; cat {wav}')
    EspeakSpeech(tmp_path / "speech", program=fake, words_per_minute=140).say(Utterance("id", "--help; rm -rf"))
    assert heard.read_text() == "--stdin --stdout -b 1 -v id -s 140\n--help; rm -rf"


def test_a_voice_that_hangs_is_ended_at_its_deadline(tmp_path: Path) -> None:
    fake = program(tmp_path, "espeak-ng", "exec sleep 30")
    voice = EspeakSpeech(tmp_path / "speech", program=fake, words_per_minute=140, deadline_s=0.3)
    with pytest.raises(DeviceTimeout, match="longer than"):
        voice.say(CALL_ID)


def test_a_language_without_a_voice_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable, match="no voice 'xx'"):
        speech(tmp_path).say(Utterance("xx", "halo"))


def test_silence_is_not_mistaken_for_speech(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable, match="nothing came out"):
        speech(tmp_path).say(Utterance("id", ""))


def test_a_program_that_went_away_is_a_missing_driver(tmp_path: Path) -> None:
    voice = EspeakSpeech(tmp_path, program=str(tmp_path / "gone"), words_per_minute=140)
    with pytest.raises(DriverMissing, match="cannot be started"):
        voice.say(CALL_ID)


def test_the_engine_is_chosen_by_what_is_configured_and_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "switched off" in choose_speech("none", tmp_path, words_per_minute=140).health()
    assert "program espeak-ng is not installed" in choose_speech("program", tmp_path, words_per_minute=140).health()
    assert "library" in choose_speech("auto", tmp_path, words_per_minute=140).health()
    program(tmp_path, "espeak-ng", "exit 1")
    assert str(tmp_path) in choose_speech("program", tmp_path, words_per_minute=140).health()


def test_an_announcement_is_one_sound_of_chime_and_speech(tmp_path: Path) -> None:
    player = NullPlayer("a test")
    voice = speech(tmp_path)
    sound = Announcer(voice, player, volume_percent=80).announce("priority", (CALL_ID, CALL_EN))
    assert len(player.played) == 1
    assert from_wav(player.played[0]).duration_s == pytest.approx(sound.duration_s)
    parts = [chime("priority").duration_s, *(from_wav(voice.say(said)).duration_s for said in (CALL_ID, CALL_EN))]
    assert sound.duration_s == pytest.approx(sum(parts) + 2 * PAUSE_S, abs=0.01)
    assert sound.spoken


def test_speech_is_made_while_the_chime_is_already_heard() -> None:
    order: list[str] = []

    class Voice:
        def say(self, utterance: Utterance) -> bytes:
            order.append(f"{utterance.language} made")
            return to_wav(silence(0.1))

        def health(self) -> str:
            return ""

    class Card:
        def play(self, parts: Iterable[bytes]) -> None:
            order.extend(f"{len(part)} handed over" for part in parts)

        def stop(self) -> None:
            raise AssertionError

        def health(self) -> str:
            return ""

    Announcer(Voice(), Card(), volume_percent=80).announce("regular", (CALL_ID, CALL_EN))
    first, *_ = order
    assert first == f"{len(pcm(chime('regular')))} handed over"
    assert order.index("en made") > order.index("id made") + 2, "and the second while the first is"


def test_without_a_voice_the_chime_still_sounds_and_health_says_why() -> None:
    player = NullPlayer("a test")
    speaker = Announcer(NoSpeech("not installed"), player, volume_percent=100)
    speaker.prepare(["regular", "none"])
    sound = speaker.announce("regular", (CALL_ID,))
    assert not sound.spoken
    assert from_wav(player.played[0]).values == chime("regular").values
    assert "chime only" in speaker.health()
    assert "not installed" in speaker.health()


def test_one_language_that_fails_does_not_silence_the_other(tmp_path: Path) -> None:
    speaker = Announcer(speech(tmp_path), NullPlayer("a test"), volume_percent=100)
    sound = speaker.announce("regular", (Utterance("xx", "halo"), CALL_EN))
    assert sound.spoken
    assert "no voice 'xx'" in speaker.health()
    speaker.announce("regular", (CALL_EN,))
    assert "trouble" not in speaker.health()


def test_volume_is_what_the_ear_calls_it() -> None:
    loud, soft = NullPlayer("a test"), NullPlayer("a test")
    Announcer(NoSpeech("off"), loud, volume_percent=100).announce("regular", ())
    Announcer(NoSpeech("off"), soft, volume_percent=25).announce("regular", ())
    ratio = loudness(from_wav(soft.played[0])) / loudness(from_wav(loud.played[0]))
    assert ratio == pytest.approx(0.25 ** (1 / 0.6), abs=0.01)
    assert 20 * math.log10(gain(50)) == pytest.approx(-10, abs=0.1), "half the loudness is 10 dB less"
    assert set(at_volume(chime("regular"), 0).values) == {0}


def test_a_wav_that_was_streamed_without_its_length_is_read_whole() -> None:
    wav = bytearray(to_wav(chime("regular")))
    wav[4:8] = struct.pack("<I", 0x7FFFF024)
    wav[40:44] = struct.pack("<I", 0x7FFFF000)  # as espeak-ng --stdout writes it
    assert from_wav(bytes(wav)).values == chime("regular").values


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_a_wav_of_any_common_shape_keeps_duration_pitch_and_level(rate: int, channels: int, width: int) -> None:
    sound = from_wav(tone_wav(rate, channels, width)).values
    assert len(sound) == pytest.approx(RATE_HZ / 4, abs=3)
    crossings = sum(before < 0 <= after for before, after in itertools.pairwise(sound))
    assert crossings == pytest.approx(TONE_HZ / 4, abs=1)
    assert max(sound) == pytest.approx(16000, rel=0.06)
    assert min(sound) == pytest.approx(-16000, rel=0.06)


def test_a_hiss_that_the_lower_rate_cannot_carry_does_not_come_back_as_a_tone() -> None:
    hiss = from_wav(tone_wav(48000, 1, 2, pitch=21000))
    assert max(hiss.values) < 16000 / 3


def test_an_extensible_wav_of_24_bits_is_read_like_a_plain_one() -> None:
    plain = tone_wav(44100, 1, 3)
    head, body = plain[:16], plain[36:]
    pcm_guid = bytes.fromhex("0100000000001000800000aa00389b71")
    shape = b"\xfe\xff" + plain[22:36] + struct.pack("<HHI", 22, 24, 4) + pcm_guid
    extensible = bytearray(head + struct.pack("<I", len(shape)) + shape + body)
    extensible[4:8] = struct.pack("<I", len(extensible) - 8)
    assert from_wav(bytes(extensible)).values == from_wav(plain).values
    extensible[44] = 3  # floating point
    with pytest.raises(FrameError, match="not a WAV file of plain PCM"):
        from_wav(bytes(extensible))


def test_another_shape_is_refused_in_a_sentence() -> None:
    with pytest.raises(FrameError, match=r"3 channel.* mono or stereo"):
        from_wav(tone_wav(22050, 3, 2))
    with pytest.raises(FrameError, match="at 96000 Hz; wanted"):
        from_wav(tone_wav(96000, 1, 2))


def test_the_silence_around_a_recording_goes_and_its_edges_are_soft() -> None:
    word = from_wav(tone_wav(22050, 1, 2))
    recorded = joined((silence(0.7), word, silence(1.2)))
    kept = trimmed(recorded)
    assert kept.duration_s == pytest.approx(word.duration_s + 2 * EDGE_S, abs=0.005)
    assert (kept.values[0], kept.values[-1]) == (0, 0)
    assert trimmed(silence(1)).values == silence(0).values
    assert from_pcm(pcm(kept)).values == kept.values


@pytest.mark.parametrize("data", [b"", b"RIFF", b"no wav at all, but long enough to be one"])
def test_what_is_no_wav_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError, match="not a WAV"):
        from_wav(data)


@pytest.mark.parametrize("percent", [30, 55, 100])
def test_words_recorded_at_different_levels_are_heard_at_one(percent: int) -> None:
    word = from_wav(tone_wav(22050, 1, 2))
    recorded = joined((at_volume(word, percent), silence(0.3)))
    assert loudness(Samples(levelled(recorded).values[: len(word.values)])) == pytest.approx(0.2 * 32767, rel=0.05)


def test_a_peak_is_never_cut_off_and_a_silent_room_never_roars() -> None:
    sharp = Samples(array.array("h", [30000, *[3100] * 2000]))
    assert max(levelled(sharp).values) <= 0.9 * 32767
    faint = Samples(array.array("h", [20, -20] * 1000))
    assert max(levelled(faint).values) == 120
    assert levelled(silence(0.1)).values == silence(0.1).values


def test_joining_keeps_order_and_length() -> None:
    whole = joined((silence(0.5), chime("regular"), silence(0.25)))
    assert whole.duration_s == pytest.approx(0.75 + chime("regular").duration_s, abs=0.001)
    assert not any(whole.values[: RATE_HZ // 2])
