"""Numbers as people say them, in languages whose number words are not simply looked up."""

from __future__ import annotations

import pytest

from hardware.codecs.number_words import Spelling, spoken


@pytest.mark.parametrize(
    ("number", "chinese"),
    [
        ("0", "零"),
        ("2", "二"),
        ("010", "十"),
        ("012", "十二"),
        ("20", "二十"),
        ("100", "一百"),
        ("102", "一百零二"),
        ("110", "一百一十"),
        ("121", "一百二十一"),
        ("1004", "一千零四"),
        ("1204", "一千二百零四"),
        ("20300", "二万零三百"),
        ("100000", "十万"),
    ],
)
def test_chinese_numbers(number: str, chinese: str) -> None:
    assert spoken(number, Spelling("zh")) == chinese


@pytest.mark.parametrize(
    ("number", "arabic"),
    [("003", "ثلاثة"), ("12", "اثنا عشر"), ("121", "مائة و واحد و عشرون"), ("200", "مئتان"), ("2000", "ألفان")],
)
def test_arabic_numbers(number: str, arabic: str) -> None:
    assert spoken(number, Spelling("ar")) == arabic


def test_a_language_without_number_words_leaves_figures_to_its_voice() -> None:
    assert spoken("A-012", Spelling("xx")) == "A, 12"
