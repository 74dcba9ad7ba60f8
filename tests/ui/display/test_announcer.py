"""What the lobby hears."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.language import Phrases
from display.hall.announcer import Manner, SpeechRules, announcement, duration_s, manner_of, speech_rules, spoken
from display.hall.stage import Call
from hardware.codecs.voice_folder import VoiceFolder
from hardware.config import SoundConfig, SpeechConfig
from hardware.factory import voices

NOON = dt.time(12, 30)


def manner(language: str) -> Manner:
    return manner_of(Phrases("display", language))


def call(number: str, label: str, language: str) -> Call:
    return Call(
        number=number,
        lane="regular",
        language=language,
        counter="c",
        counter_label=label,
        called_at=dt.datetime(2025, 6, 12, tzinfo=dt.UTC),
        times_called=1,
        announced=True,
    )


@pytest.mark.parametrize(
    ("text", "indonesian", "english"),
    [
        ("A-012", "A, dua belas", "A, twelve"),
        ("AP-003", "A, P, tiga", "A, P, three"),
        ("B-010", "B, sepuluh", "B, ten"),
        ("B-011", "B, sebelas", "B, eleven"),
        ("C-100", "C, seratus", "C, one hundred"),
        ("C-121", "C, seratus dua puluh satu", "C, one hundred and twenty-one"),
        ("A-1204", "A, seribu dua ratus empat", "A, one thousand, two hundred and four"),
        ("A-000", "A, nol", "A, zero"),
        ("3", "tiga", "three"),
        ("12", "dua belas", "twelve"),
        ("3B", "tiga, B", "three, B"),
        ("Lantai 2", "Lantai, dua", "Lantai, two"),
        ("1234567", "satu, dua, tiga, empat, lima, enam, tujuh", "one, two, three, four, five, six, seven"),
    ],
)
def test_numbers_and_labels_are_spelled(text: str, indonesian: str, english: str) -> None:
    assert spoken(text, manner("id")) == indonesian
    assert spoken(text, manner("en")) == english


def test_a_foreign_visitor_hears_the_own_language_before_the_offices() -> None:
    said = announcement(call("AP-003", "3", "en"), ("en", "id"), manner=manner)
    assert [(utterance.language, utterance.text) for utterance in said] == [
        ("en", "Number A, P, three. Please go to counter three."),
        ("id", "Nomor antrean A, P, tiga. Silakan menuju loket tiga."),
    ]


def test_one_language_is_said_once() -> None:
    said = announcement(call("A-012", "3", "id"), ("id", "id"), manner=manner)
    assert [utterance.text for utterance in said] == ["Nomor antrean A, dua belas. Silakan menuju loket tiga."]


def test_two_languages_last_longer_than_one() -> None:
    one = announcement(call("A-012", "3", "id"), ("id", "id"), manner=manner)
    two = announcement(call("A-012", "3", "en"), ("en", "id"), manner=manner)
    assert 4 < duration_s(one) < 9
    assert duration_s(two) > duration_s(one) + 3


@given(
    letters=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=3),
    number=st.integers(min_value=0, max_value=10**12),
    label=st.text(min_size=1, max_size=12),
    language=st.sampled_from(["id", "en"]),
)
def test_no_digit_is_left_to_the_synthesisers_guess(letters: str, number: int, label: str, language: str) -> None:
    said = announcement(call(f"{letters}-{number:03d}", label, language), (language, "id"), manner=manner)
    for utterance in said:
        assert not re.search(r"\d", utterance.text)
    for text in (f"{letters}-{number:03d}", *([label] if re.search(r"[^\W_]", label) else [])):
        assert spoken(text, manner(language)).strip() or not re.search(r"\w", text)
    assert spoken(f"{letters}-{number:03d}", manner(language))


def test_a_folder_brings_a_language_its_sentence_its_numbers_and_its_letters() -> None:
    folder = VoiceFolder(
        sentence="Nombor {number}, sila ke kaunter {counter}.", numbers="id", voice="ms", spelling={"b": "bi"}
    )
    malay = manner_of(Phrases("display", "ms"), folder)
    said = announcement(call("B-012", "3", "ms"), ("ms", "id"), manner={"ms": malay, "id": manner("id")}.__getitem__)
    assert [(part.language, part.text, part.voice) for part in said] == [
        ("ms", "Nombor bi, dua belas, sila ke kaunter tiga.", "ms"),
        ("id", "Nomor antrean B, dua belas. Silakan menuju loket tiga.", ""),
    ]


def test_a_language_without_number_words_says_digits_by_their_names() -> None:
    folder = VoiceFolder(
        sentence="{number}: {counter}", numbers="digits", spelling={"0": "das", "1": "siji", "2": "loro"}
    )
    assert spoken("012", manner_of(Phrases("display", "jv"), folder)) == "siji, loro"


def test_a_language_that_nobody_knows_is_called_in_english_by_an_english_voice() -> None:
    said = announcement(call("A-002", "1", "xx"), ("xx", "en"), manner=manner)
    assert [(part.language, part.text) for part in said] == [("en", "Number A, two. Please go to counter one.")]


@pytest.mark.parametrize(
    ("behind", "quiet", "chime", "count"),
    [(0, False, True, 4), (1, False, True, 1), (0, True, True, 0), (0, True, False, None)],
)
def test_how_much_is_said(behind: int, quiet: bool, chime: bool, count: int | None) -> None:  # noqa: FBT001
    rules = SpeechRules(manner=manner, repeat=2, is_quiet=lambda _at: quiet, quiet_chime=chime)
    said = rules.announcement(call("A-002", "1", "en"), first_language="id", at=dt.time(9), behind=behind)
    assert (None if said is None else len(said)) == count
    assert (rules.duration_s(said) > 0) == (said is not None)


def test_the_configuration_says_how_often_and_when_a_call_is_spoken() -> None:
    sound = SoundConfig(repeat=3, quiet_hours=("12:00-13:00",), quiet_chime=False)
    rules = speech_rules(sound, ({}, ()))
    one = call("A-001", "1", "id")
    said = rules.announcement(one, first_language="id", at=dt.time(9), behind=0)
    assert said is not None
    assert len(said) == 3
    assert rules.announcement(one, first_language="id", at=NOON, behind=0) is None


def test_a_folder_changes_the_words_of_its_language_and_a_wrong_one_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for language, text in {"id": 'sentence = "Antrean {number}, loket {counter}."', "en": "sentence = 3"}.items():
        (tmp_path / language).mkdir()
        (tmp_path / language / "manifest.toml").write_text(text)
    speech = SpeechConfig(folder=tmp_path)
    rules = speech_rules(SoundConfig(speech=speech), voices(speech, data_dir=tmp_path))
    said = rules.announcement(call("A-001", "1", "en"), first_language="id", at=NOON, behind=0)
    assert said is not None
    assert [part.text for part in said] == ["Number A, one. Please go to counter one.", "Antrean A, satu, loket satu."]
    assert "manifest.toml, sentence" in caplog.text
