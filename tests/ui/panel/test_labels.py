"""Kivy's labels draw any script; what a page calls left is where its reader begins."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from hardware.panel import headless

headless.prepare()

from hardware.panel.text import ScriptLabel  # noqa: E402 - Kivy has its settings only now

ARABIC, CHINESE = "تذكرتك", "请取走您的排队单"


def drawn(text: str, **options: Any) -> tuple[ScriptLabel, Image.Image]:  # noqa: ANN401 - a core label's own
    """Return a label and the picture of its words."""
    label = ScriptLabel(text=text, **{"font_size": 40, "valign": "middle", "halign": "left", **options})
    label.refresh()
    label.render(real=True)
    return label, label._canvas


def ink(text: str, **options: Any) -> tuple[int, int, int, int]:  # noqa: ANN401 - the same
    """Return where a label's words are in its picture."""
    box = drawn(text, **options)[1].getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("text", ["Silakan pilih gjpqy", "ÅÉ", ARABIC, "يُرجى", CHINESE, "A-012"])
@pytest.mark.parametrize("line_height", [0.8, 0.88, 1.0, 1.3])
def test_no_letter_is_clipped_however_close_the_lines_stand(text: str, line_height: float) -> None:
    _, free = drawn(text, padding=[20, 60, 20, 60])
    _, close = drawn(text, line_height=line_height)
    whole, kept = free.getbbox(), close.getbbox()
    assert whole is not None
    assert kept is not None
    assert kept[3] - kept[1] == whole[3] - whole[1]


def test_left_is_right_on_a_page_that_is_read_from_the_right() -> None:
    room = (400, None)
    for text in (ARABIC, "A-012", CHINESE):
        left, right = ink(text, text_size=room), ink(text, text_size=room, base_direction="weak_rtl")
        assert left[0] < 10
        assert right[2] > 390
        centred = ink(text, text_size=room, halign="center", base_direction="weak_rtl")
        assert abs(centred[0] - (400 - centred[2])) < 6


def test_words_wrap_and_count_as_lines() -> None:
    label, _ = drawn("Silakan pilih layanan yang Anda perlukan", text_size=(300, None))
    assert len(label._cached_lines) == 3
    assert label.needed_size[1] == label.size[1] == 3 * 48
    assert not label.is_cut
    assert drawn("Keimigrasian", text_size=(100, None))[0].is_cut


def test_what_has_no_room_is_seen_by_a_check_though_the_picture_hides_it() -> None:
    label, picture = drawn("Silakan pilih layanan yang Anda perlukan", text_size=(300, 50))
    assert picture.size == (300, 50)
    assert label.needed_size[1] == 3 * 48


def test_a_text_is_shortened_where_a_rule_wants_it() -> None:
    label, _ = drawn("Kantor Imigrasi Kelas I Khusus Jakarta Selatan", text_size=(300, None), shorten=True)
    assert len(label._cached_lines) == 1
    assert label.is_shortened
    assert label.needed_size[0] <= 300


def test_marked_up_words_are_drawn_too() -> None:
    from kivy.core.text.markup import MarkupLabel  # noqa: PLC0415 - Kivy has its settings only now

    plain, marked = ScriptLabel(text="Nomor A-012", font_size=40), MarkupLabel(text="Nomor [b]A-012[/b]", font_size=40)
    for label in (plain, marked):
        label.refresh()
        label.render(real=True)
    assert isinstance(marked, ScriptLabel)
    assert marked.size[0] > plain.size[0]
    assert marked._canvas.getbbox() is not None


def test_an_empty_label_has_no_size() -> None:
    label = ScriptLabel(text="", font_size=40)
    label.refresh()
    assert label.size == (0, 0)


def test_a_letter_is_of_one_colour_to_its_edge() -> None:
    label, _ = drawn("A", color=(1, 0, 0, 0.5))
    data = label._render_end().data
    pixels = {tuple(data[at : at + 3]) for at in range(0, len(data), 4)}
    assert pixels == {(255, 0, 0)}
    assert max(data[3::4]) == 128
