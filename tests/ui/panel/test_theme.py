"""Whoever sees little must still be able to read: contrast is computed, not judged."""

from __future__ import annotations

import pytest

from hardware.panel.theme import CALM, ENOUGH_CONTRAST, TEXT_PAIRS, colour, contrast


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


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_every_text_stands_out_seven_to_one_from_its_ground(text: str, ground: str) -> None:
    assert contrast(CALM.by_name(text), CALM.by_name(ground)) >= ENOUGH_CONTRAST


def test_lanes_have_the_colours_that_colour_blind_readers_tell_apart() -> None:
    okabe_ito = {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#000000"}
    assert set(CALM.lanes) <= {colour(text) for text in okabe_ito}
    assert len(set(CALM.lanes)) == len(CALM.lanes)
    assert CALM.lane(len(CALM.lanes)) == CALM.lane(0)


def test_an_unknown_colour_is_an_error_not_a_guess() -> None:
    with pytest.raises(KeyError):
        CALM.by_name("mauve")
