"""What the screens carry to write with: every sign that has a name, figures of one width, and the licences."""

from __future__ import annotations

import pytest
from PIL import ImageFont

from hardware.icons import ICONS
from hardware.panel.scale import CAPITAL
from hardware.panel.window import FONTS, TEXT_FONTS

SIZE = 1000


@pytest.mark.parametrize("name", sorted({*TEXT_FONTS}))
def test_figures_have_one_width_so_that_clocks_and_columns_stand_still(name: str) -> None:
    font = ImageFont.truetype(FONTS / name, SIZE)
    assert len({font.getlength(figure) for figure in "0123456789"}) == 1


@pytest.mark.parametrize("name", sorted({*TEXT_FONTS}))
def test_a_capital_is_as_high_as_the_type_scale_reckons(name: str) -> None:
    _, top, _, bottom = ImageFont.truetype(FONTS / name, SIZE).getbbox("H", anchor="ls")
    assert (bottom - top) / SIZE == pytest.approx(CAPITAL, abs=0.002)


def test_a_zero_has_no_slash() -> None:
    mask = ImageFont.truetype(FONTS / TEXT_FONTS[0], SIZE).getmask("0")
    width, height = mask.size
    assert not any(mask.getpixel((x, height // 2)) for x in range(width // 3, 2 * width // 3))


def test_every_named_sign_is_in_the_font() -> None:
    font = ImageFont.truetype(FONTS / "Icons.ttf", 48)
    missing = bytes(font.getmask("\uffff"))
    assert [name for name, sign in ICONS.items() if bytes(font.getmask(sign)) == missing] == []
    assert len(set(ICONS.values())) == len(ICONS)


@pytest.mark.parametrize("licence", ["OFL.txt", "Apache-2.0.txt"])
def test_the_licences_travel_with_the_fonts(licence: str) -> None:
    assert (FONTS / licence).stat().st_size > 4000
