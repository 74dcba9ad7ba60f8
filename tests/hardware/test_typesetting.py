"""Words in any script: each character by a font that has it, in its right order, broken where the script allows it."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.typesetting.block import Block, Line, breaks, draw, lay_out
from hardware.typesetting.fonts import family_for, missing, package_of, plain, shapes
from hardware.typesetting.order import levels, visual

ZH = "请携带护照原件，到2号窗口办理。"


def words(line: Line) -> list[str]:
    """Return a line's words as they stand from left to right, without the spaces between two fonts."""
    return [text for run in line.runs if (text := run.text.strip("\u2068\u2069 "))]


def ink(block: Block) -> Image.Image:
    """Return the first line of a block as a picture, its baseline at 60 of 100 dots."""
    mask = Image.new("L", (max(block.width, 1) + 20, 100))
    draw(block, mask, [(block.lines[0], 10, 60)])
    return mask


def test_this_machine_joins_letters() -> None:
    assert shapes(), "install libfribidi0"


@pytest.mark.parametrize(
    ("text", "fonts"),
    [
        ("A-012", ["NotoSans"]),
        ("رقمك A-012", ["NotoSansArabic", "NotoSans"]),
        ("请到2号窗口", ["NotoSansCJK", "NotoSans", "NotoSansCJK"]),
        ("ราคา", ["NotoSansThai"]),
    ],
)
def test_each_letter_is_drawn_by_a_font_that_has_it(text: str, fonts: list[str]) -> None:
    block = lay_out(text, size_px=40, direction="ltr")
    runs = sorted((run for run in block.lines[0].runs if run.text.strip()), key=lambda run: text.index(run.text))
    assert [run.family.name for run in runs] == fonts
    assert all(run.family.has(sign) for run in block.lines[0].runs for sign in run.text)


@pytest.mark.parametrize(("character", "font"), [("\uabc0", "NotoSansMeeteiMayek"), ("\u0663", "NotoSansArabic")])
def test_a_script_whose_name_has_several_words_finds_its_font(character: str, font: str) -> None:
    found = family_for(character)
    assert found is not None
    assert found.name == font


def test_figures_are_those_of_one_font_in_every_script() -> None:
    for text in ("رقم 2", "2号", "A-2"):
        (two,) = (run for run in lay_out(text, size_px=40).lines[0].runs if "2" in run.text)
        assert two.family == plain()


def test_quotation_marks_beside_chinese_signs_are_chinese() -> None:
    assert {run.family.name for run in lay_out("请按“A-012”键", size_px=40).lines[0].runs if "“" in run.text} == {
        "NotoSansCJK"
    }


def test_an_arabic_sentence_stands_from_right_to_left_and_its_numbers_from_left_to_right() -> None:
    (line,) = lay_out("يُنادى A-012 عند الشباك 2", size_px=40).lines
    assert line.rtl
    assert words(line) == ["2", "عند الشباك", "A-012", "يُنادى"]


def test_a_number_stands_alone_from_left_to_right() -> None:
    for text in ("A-012", "09.20-09.30", "+62 21 555-0123"):
        (line,) = lay_out(text, size_px=40).lines
        assert (words(line), line.rtl) == ([text], False)


def test_an_isolated_range_of_clock_times_is_not_turned_in_arabic() -> None:
    (line,) = lay_out("الموعد \u206809.20-09.30\u2069 اليوم", size_px=40).lines
    assert words(line) == ["اليوم", "09.20-09.30", "الموعد"]


def test_a_label_of_a_page_that_is_turned_begins_at_the_right() -> None:
    assert lay_out("12:30", size_px=40, direction="rtl").lines[0].rtl


def test_arabic_letters_are_joined() -> None:
    joined, apart = lay_out("بيت", size_px=60), lay_out("ب\u200cي\u200cت", size_px=60)
    assert joined.width < apart.width * 0.8


def test_chinese_breaks_between_any_two_signs_but_never_before_a_comma() -> None:
    block = lay_out(ZH, size_px=40, width_px=40 * 6.2)
    assert len(block.lines) == 3
    assert not block.is_cut
    assert all(not "".join(words(line)).startswith(("，", "。")) for line in block.lines)
    assert "".join(word for line in block.lines for word in words(line)) == ZH


def test_latin_words_break_at_spaces_only() -> None:
    text = "Nomor A-012 untuk walk-in"
    assert [text[:end] for end in breaks(text)] == ["Nomor ", "Nomor A-012 ", "Nomor A-012 untuk ", text]
    lines = lay_out("Nomor A-012 dipanggil", size_px=40, width_px=240).lines
    assert [words(line) for line in lines] == [["Nomor"], ["A-012"], ["dipanggil"]]


def test_a_word_that_is_wider_than_its_room_is_cut_and_says_so() -> None:
    block = lay_out("Keimigrasian", size_px=40, width_px=120)
    assert block.is_cut
    assert block.width <= 120
    assert "".join(word for line in block.lines for word in words(line)) == "Keimigrasian"


@pytest.mark.parametrize("text", ["Ångström gjpqy", "جميع الخدمات", "护照", "Tiếng Việt Ấ", "ที่นี่"])
def test_nothing_that_is_drawn_leaves_its_line(text: str) -> None:
    block = lay_out(text, size_px=48)
    drawn = ink(block).getbbox()
    assert drawn is not None
    assert drawn[1] >= 60 - block.ascent
    assert drawn[3] <= 60 + block.descent
    assert drawn[2] <= 10 + block.width + 2


def test_latin_lines_are_as_high_as_before_whatever_the_font_says() -> None:
    assert lay_out("Ag", size_px=100).line_height == 120


def test_what_no_font_here_has_is_named_with_the_package_that_would_bring_it() -> None:
    assert missing("Antrean 请 مرحبا") == {}
    assert missing("a\U00016a80") == {"fonts-noto-core": "\U00016a80"}
    assert (package_of("请"), package_of("あ"), package_of("م")) == (
        "fonts-noto-cjk",
        "fonts-noto-cjk",
        "fonts-noto-core",
    )


def test_what_is_not_drawn_needs_no_font() -> None:
    assert missing("a\n\u2068b\u2069\u00a0") == {}
    assert family_for("A") == plain()


def test_runs_are_put_in_visual_order_by_their_levels() -> None:
    assert visual([0, 1, 0]) == [0, 1, 2]
    assert visual([1, 2, 1]) == [2, 1, 0]
    assert visual([0, 1, 2, 1, 0]) == [0, 3, 2, 1, 4]
    assert levels("abc", "auto") == (0, b"\0\0\0")


@given(st.text(alphabet="Aa0 .-2مرحبا请。\u2068\u2069\n", max_size=60), st.integers(30, 300))
def test_no_sign_is_ever_lost_or_doubled(text: str, room: int) -> None:
    block = lay_out(text, size_px=20, width_px=room)
    drawn = sorted(sign for line in block.lines for run in line.runs for sign in run.text if sign != " ")
    assert drawn == sorted(sign for sign in text if sign not in " \n")


@given(st.text(alphabet="abcdefg ", max_size=60), st.integers(60, 300))
def test_no_line_is_wider_than_its_room(text: str, room: int) -> None:
    assert lay_out(text, size_px=20, width_px=room).width <= room + 1


@given(st.text(max_size=20))
def test_whatever_a_text_holds_can_be_drawn(text: str) -> None:
    block = lay_out(text, size_px=20, width_px=100)
    ink(block)
