"""Sentences, waits, clock and dates in both languages of the demo office."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from broker.contract.messages import ErrorCode
from broker.language import Phrases, has_catalogue, is_language, is_rtl, own_name, words_of

INDONESIAN = Phrases("kiosk", "id")
ENGLISH = Phrases("kiosk", "en")
COUNTER = Phrases("counter", "id")
WIB = dt.timezone(dt.timedelta(hours=7))
NOT_READY = "The queue system is still starting. Please wait a moment and try again."


def test_a_package_speaks_with_the_shared_words_where_it_has_none_of_its_own() -> None:
    assert INDONESIAN.say(NOT_READY) == "Sistem antrean sedang disiapkan. Mohon tunggu sebentar, lalu coba lagi."


def test_a_text_without_translation_stays_english() -> None:
    assert INDONESIAN.say("Nobody ever translated {this}.", this="ini") == "Nobody ever translated ini."


def test_a_language_without_catalogue_speaks_english() -> None:
    assert Phrases("kiosk", "nl").say(NOT_READY) == NOT_READY


def test_braces_in_a_value_are_only_text() -> None:
    assert ENGLISH.say("about {duration}", duration="{n} {duration}") == "about {n} {duration}"


def test_a_value_that_was_forgotten_is_a_programming_error() -> None:
    with pytest.raises(KeyError, match="duration"):
        INDONESIAN.say("about {duration}")


@pytest.mark.parametrize(
    ("n", "english", "indonesian"), [(0, "0 hours", "0 jam"), (1, "1 hour", "1 jam"), (2, "2 hours", "2 jam")]
)
def test_numbers_take_the_form_of_their_language(n: int, english: str, indonesian: str) -> None:
    assert ENGLISH.count("{n} hour", "{n} hours", n) == english
    assert INDONESIAN.count("{n} hour", "{n} hours", n) == indonesian


@pytest.mark.parametrize(
    ("low_s", "high_s", "english", "indonesian"),
    [
        (0, 0, "less than 1 minute", "kurang dari 1 menit"),
        (0, 300, "less than 5 minutes", "kurang dari 5 menit"),
        (59, 241, "less than 5 minutes", "kurang dari 5 menit"),
        (60, 60, "about 1 minute", "sekitar 1 menit"),
        (300, 900, "about 5-15 minutes", "sekitar 5-15 menit"),
        (359, 841, "about 5-15 minutes", "sekitar 5-15 menit"),
        (2400, 5400, "about 40-90 minutes", "sekitar 40-90 menit"),
        (2400, 5401, "less than 2 hours", "kurang dari 2 jam"),
        (3700, 9000, "about 1-3 hours", "sekitar 1-3 jam"),
        (13000, 30000, "about 3-9 hours", "sekitar 3-9 jam"),
        (470_000, 490_000, "more than 4 hours", "lebih dari 4 jam"),
        (7200, 7200, "about 2 hours", "sekitar 2 jam"),
        (30, 7000, "less than 2 hours", "kurang dari 2 jam"),
    ],
)
def test_a_wait_is_a_range_rounded_outward(low_s: float, high_s: float, english: str, indonesian: str) -> None:
    assert ENGLISH.wait(low_s, high_s) == english
    assert INDONESIAN.wait(low_s, high_s) == indonesian


def test_the_clock_shows_the_time_of_its_own_zone_with_plain_spaces() -> None:
    at = dt.datetime(2025, 6, 3, 14, 5, tzinfo=WIB)
    assert INDONESIAN.clock(at) == "14.05"
    assert ENGLISH.clock(at) == "2:05 PM"


def test_a_date_is_written_out_with_its_weekday() -> None:
    day = dt.date(2025, 6, 3)
    assert INDONESIAN.date(day) == "Selasa, 03 Juni 2025"
    assert ENGLISH.date(day) == "Tuesday, June 3, 2025"


@pytest.mark.parametrize("code", get_args(ErrorCode))
def test_every_error_says_what_is_wrong_and_what_to_do_next(code: ErrorCode) -> None:
    for phrases in (INDONESIAN, ENGLISH):
        assert phrases.error(code).count(".") >= 2, "two sentences: the fault, and the way on"
    assert INDONESIAN.error(code) != ENGLISH.error(code)
    assert code not in ENGLISH.error(code)


@pytest.mark.parametrize(
    ("language", "name"), [("id", "Bahasa Indonesia"), ("en", "English"), ("ar", "العربية"), ("fr", "Français")]
)
def test_a_language_is_called_by_its_own_name(language: str, name: str) -> None:
    assert own_name(language) == name


def test_codes_that_name_no_language_are_told_apart() -> None:
    assert is_language("id")
    assert not is_language("xx")
    assert not is_language("")


def test_the_screens_have_words_in_indonesian_and_english() -> None:
    assert [code for code in ("id", "en", "nl") if has_catalogue(code)] == ["id", "en"]


@pytest.mark.parametrize("language", ["jv", "su"])
def test_a_language_without_words_has_those_of_the_office_never_english(language: str) -> None:
    for languages in (("id", language, "en"), ("id", "en", language), (language, "id", "en")):
        words = words_of("kiosk", languages)(language)
        assert words.say("Your queue number") == "Nomor antrean Anda"
        assert words.date(dt.date(2026, 11, 26)) == "Kamis, 26 November 2026"
        assert words.language == language


def test_what_a_language_lacks_in_one_package_only_is_said_there_in_the_offices_own() -> None:
    assert words_of("counter", ("id", "zh"))("zh").say("Sign out") == COUNTER.say("Sign out")


def test_arabic_is_written_from_right_to_left_where_there_are_words() -> None:
    assert [is_rtl(code) for code in ("ar", "he", "id", "zh", "jv", "xx")] == [True, True, False, False, False, False]
    assert not words_of("kiosk", ("id", "he"))("he").rtl
