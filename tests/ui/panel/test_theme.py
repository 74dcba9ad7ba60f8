"""Whoever sees little must still be able to read: contrast is computed, not judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.colours import (
    EDGE_CONTRAST,
    ENOUGH_CONTRAST,
    HIGH_CONTRAST,
    accent_fault,
    colour,
    contrast,
    darker_accent,
    written,
)
from hardware.panel.theme import CONTRAST, DARK, EDGE_PAIRS, LIGHT, TEXT_PAIRS, Theme

THEMES = [(LIGHT, ENOUGH_CONTRAST), (DARK, ENOUGH_CONTRAST), (CONTRAST, HIGH_CONTRAST)]
NAMES = ["light", "dark", "contrast"]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#FFFFFF", "#FFFFFF", 1.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#FFFFFF", "#0000FF", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(colour(one), colour(other)) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize(("theme", "enough"), THEMES, ids=NAMES)
def test_every_text_stands_out_from_its_ground(theme: Theme, enough: float) -> None:
    ratios = {pair: contrast(theme.by_name(pair[0]), theme.by_name(pair[1])) for pair in TEXT_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < enough} == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK, CONTRAST], ids=NAMES)
def test_every_border_and_ring_stands_out_from_what_lies_beside(theme: Theme) -> None:
    ratios = {pair: contrast(theme.by_name(pair[0]), theme.by_name(pair[1])) for pair in EDGE_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < EDGE_CONTRAST} == {}


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_an_office_gets_its_own_colour_only_where_all_text_can_still_be_read(parts: tuple[int, int, int]) -> None:
    accent = written((*(part / 255 for part in parts), 1.0))  # type: ignore[arg-type]
    if accent_fault(accent) is not None:
        accent = written(darker_accent(colour(accent)))
        assert accent_fault(accent) is None, "what is named instead would do"
    theme = LIGHT.with_accent(accent)
    for pairs, enough in ((TEXT_PAIRS, ENOUGH_CONTRAST), (EDGE_PAIRS, EDGE_CONTRAST)):
        ratios = {pair: contrast(theme.by_name(pair[0]), theme.by_name(pair[1])) for pair in pairs}
        assert {pair: ratio for pair, ratio in ratios.items() if ratio < enough - 0.05} == {}


def test_a_colour_that_is_too_light_is_refused_with_the_ratio_and_what_would_do() -> None:
    assert accent_fault("#0B4060") is None
    assert accent_fault("#F58220") == (
        "#F58220 is too light: text on it would stand out 2.3 to 1, where 7 to 1 is needed; #753E0E would do"
    )


def test_lanes_have_the_colours_that_colour_blind_readers_tell_apart() -> None:
    okabe_ito = {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#000000"}
    assert set(LIGHT.lanes) <= {colour(text) for text in okabe_ito}
    assert len(set(LIGHT.lanes)) == len(LIGHT.lanes)
    assert LIGHT.lane(len(LIGHT.lanes)) == LIGHT.lane(0)


def test_an_unknown_colour_is_an_error_not_a_guess() -> None:
    with pytest.raises(KeyError):
        LIGHT.by_name("mauve")
