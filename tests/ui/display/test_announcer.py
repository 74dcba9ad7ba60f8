"""What the lobby hears."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.contract.messages import Announcement as Notice
from broker.language import Phrases
from display.hall.announcer import Manner, SpeechRules, SpokenNotices, announcement, duration_s, manner_of, speech_rules
from display.hall.board import Call
from hardware.codecs.number_words import spoken
from hardware.codecs.pronunciation import pronounced
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
    assert spoken(text, manner("id").spelling) == indonesian
    assert spoken(text, manner("en").spelling) == english


def test_a_foreign_visitor_hears_the_own_language_before_the_offices() -> None:
    said = announcement(call("AP-003", "3", "en"), ("en", "id"), manner=manner)
    assert [(utterance.language, utterance.text) for utterance in said] == [
        ("en", "Number A, P, three. Please go to counter three."),
        ("id", "Nomor antrean A, P, tiga. Silakan menuju loket tiga."),
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "请A, P, 一百二十一号，到二号窗口。"),  # noqa: RUF001 - Chinese marks
        ("ar", "الرقم A, P, مائة و واحد و عشرون. يُرجى التوجه إلى الشباك رقم اثنان."),
    ],
)
def test_other_scripts_are_called_with_numbers_in_words(language: str, text: str) -> None:
    said, again = announcement(call("AP-121", "2", language), (language, "id"), manner=manner)
    assert (said.language, pronounced(said.text, "id")) == (language, text)
    assert again.language == "id"


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
        assert spoken(text, manner(language).spelling).strip() or not re.search(r"\w", text)
    assert spoken(f"{letters}-{number:03d}", manner(language).spelling)


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


@pytest.mark.parametrize(
    ("language", "brief"), [("id", "A, dua belas, loket tiga."), ("en", "A, twelve, counter three.")]
)
def test_briefly_only_number_and_counter_are_said(language: str, brief: str) -> None:
    (said,) = announcement(call("A-012", "3", language), (language,), manner=manner, brief=True)
    assert said.text == brief


def test_a_language_of_the_offices_own_is_brief_without_words_that_nobody_knows() -> None:
    sentence = "Nombor {number}, sila ke kaunter {counter}."
    for folder, brief in (
        (VoiceFolder(sentence=sentence, numbers="id"), "B, satu. tiga."),
        (VoiceFolder(sentence=sentence, brief="{number}, kaunter {counter}.", numbers="id"), "B, satu, kaunter tiga."),
    ):
        malay = manner_of(Phrases("display", "ms"), folder)
        (said,) = announcement(call("B-001", "3", "ms"), ("ms",), manner={"ms": malay}.__getitem__, brief=True)
        assert said.text == brief


def test_a_language_without_number_words_says_digits_by_their_names() -> None:
    folder = VoiceFolder(
        sentence="{number}: {counter}", numbers="digits", spelling={"0": "das", "1": "siji", "2": "loro"}
    )
    assert spoken("012", manner_of(Phrases("display", "jv"), folder).spelling) == "siji, loro"


@pytest.mark.parametrize("language", ["jv", "su", "xx"])
def test_a_language_that_nobody_knows_is_called_in_the_offices_own_by_its_voice(language: str) -> None:
    rules = speech_rules(SoundConfig(), ({}, ()), languages=("id", language, "en"))
    said = announcement(call("A-002", "1", language), (language, "id"), manner=rules.manner)
    assert [(part.language, part.text) for part in said] == [("id", "Nomor antrean A, dua. Silakan menuju loket satu.")]


@pytest.mark.parametrize(
    ("waiting", "in_run", "quiet", "chime", "pieces"),
    [
        (0, False, False, True, [(True, 1), (False, 1), (False, 1), (False, 1)]),
        (0, True, False, True, [(False, 1)] * 4),
        (1, False, False, True, [(True, 1)]),
        (1, True, False, True, [(False, 1)]),
        (0, False, True, True, [(True, 0)]),
        (0, True, True, True, []),
        (0, False, True, False, []),
    ],
)
def test_how_much_is_heard(
    *, waiting: int, in_run: bool, quiet: bool, chime: bool, pieces: list[tuple[bool, int]]
) -> None:
    rules = SpeechRules(manner=manner, repeat=2, is_quiet=lambda _at: quiet, quiet_chime=chime)
    one = call("A-002", "1", "en")
    said = rules.announcements(one, first_language="id", at=dt.time(9), waiting=waiting, in_run=in_run)
    assert [(piece.chime, len(piece.utterances)) for piece in said] == pieces
    assert all(rules.duration_s(piece) > 0 for piece in said)


def test_the_configuration_says_how_often_and_when_a_call_is_spoken() -> None:
    sound = SoundConfig(repeat=3, quiet_hours=("12:00-13:00",), quiet_chime=False)
    rules = speech_rules(sound, ({}, ()), languages=("id", "en"))
    one = call("A-001", "1", "id")
    assert len(rules.announcements(one, first_language="id", at=dt.time(9), waiting=0, in_run=False)) == 3
    assert rules.announcements(one, first_language="id", at=NOON, waiting=0, in_run=False) == ()


def test_a_folder_changes_the_words_of_its_language_and_a_wrong_one_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for language, text in {"id": 'sentence = "Antrean {number}, loket {counter}."', "en": "sentence = 3"}.items():
        (tmp_path / language).mkdir()
        (tmp_path / language / "manifest.toml").write_text(text)
    speech = SpeechConfig(folder=tmp_path)
    rules = speech_rules(SoundConfig(speech=speech), voices(speech, data_dir=tmp_path), languages=("id", "en"))
    pieces = rules.announcements(call("A-001", "1", "en"), first_language="id", at=NOON, waiting=0, in_run=False)
    assert [part.text for piece in pieces for part in piece.utterances] == [
        "Number A, one. Please go to counter one.",
        "Antrean A, satu, loket satu.",
    ]
    assert "manifest.toml, sentence" in caplog.text


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("id", "Tutup pukul 11.00. Terima kasih!", ["Tutup pukul 11.00.", "Terima kasih!"]),
        ("zh", "三号窗口已迁。请到二楼。", ["三号窗口已迁。", "请到二楼。"]),
        ("ar", "هل معك رقم؟ انتظر هنا.", ["هل معك رقم؟", "انتظر هنا."]),
        ("jv", "Loket 3 pindhah.", ["Loket 3 pindhah."]),
    ],
)
def test_an_announcement_is_said_sentence_by_sentence(language: str, text: str, said: list[str]) -> None:
    notices = SpokenNotices(lambda: 0.0)
    holding = (Notice(id="a", text={language: text, "en": ""}, say=True),)
    heard = [notices.next_sentence(holding, (language, "en"), manner) for _ in range(len(said) + 1)]
    assert [part and part.text for part in heard] == [*said, None]
    assert heard[0] is not None
    assert heard[0].language == manner(language).language


@pytest.mark.parametrize(
    ("language", "begins"), [("id", "Latihan. "), ("en", "Training. "), ("zh", "演练。"), ("ar", "تدريب. ")]
)
@pytest.mark.parametrize("waiting", [0, 5])
def test_each_call_of_a_training_begins_with_that(language: str, begins: str, waiting: int) -> None:
    rules = SpeechRules(manner=manner)
    pieces = rules.announcements(
        call("A-001", "1", language), first_language="id", at=NOON, waiting=waiting, in_run=False, is_training=True
    )
    said = [part.text for piece in pieces for part in piece.utterances]
    assert said[0].startswith(begins.strip())
    assert all(text.startswith(("Latihan. ", begins.strip())) for text in said)


def test_what_is_announced_in_a_training_begins_with_that_too() -> None:
    holding = (Notice(id="a", text={"id": "Kantor tutup. Terima kasih."}, say=True),)
    notices = SpokenNotices(lambda: 0.0)
    heard = [notices.next_sentence(holding, ("id",), manner, is_training=True) for _ in range(2)]
    assert [part and part.text for part in heard] == ["Latihan. Kantor tutup.", "Latihan. Terima kasih."]
