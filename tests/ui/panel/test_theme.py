"""Whoever sees little must still be able to read: contrast is computed, not judged."""

from __future__ import annotations

import pytest

from hardware.panel.theme import (
    CONTRAST,
    DARK,
    EDGE_CONTRAST,
    EDGE_PAIRS,
    ENOUGH_CONTRAST,
    HIGH_CONTRAST,
    LIGHT,
    TEXT_PAIRS,
    Theme,
    colour,
    contrast,
)

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


def test_lanes_have_the_colours_that_colour_blind_readers_tell_apart() -> None:
    okabe_ito = {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#000000"}
    assert set(LIGHT.lanes) <= {colour(text) for text in okabe_ito}
    assert len(set(LIGHT.lanes)) == len(LIGHT.lanes)
    assert LIGHT.lane(len(LIGHT.lanes)) == LIGHT.lane(0)


def test_an_unknown_colour_is_an_error_not_a_guess() -> None:
    with pytest.raises(KeyError):
        LIGHT.by_name("mauve")
