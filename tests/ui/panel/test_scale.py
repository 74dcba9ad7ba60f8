"""Type is as high as the rules want it, on any panel."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.config import PanelConfig
from hardware.panel.look import PLAIN, Mode, look_for
from hardware.panel.scale import KEY_ANGLE, LEAST_MM, Reader, density, type_scale
from hardware.panel.theme import CONTRAST, DARK, LIGHT

KIOSK = PanelConfig(width_px=1080, height_px=1920, diagonal_in=21.5, viewing_distance_m=0.6)
LOBBY = PanelConfig(width_px=1920, height_px=1080, diagonal_in=43, viewing_distance_m=5)

panels = st.builds(
    PanelConfig,
    width_px=st.integers(480, 3840),
    height_px=st.integers(480, 3840),
    diagonal_in=st.floats(7, 100),
    viewing_distance_m=st.floats(0.3, 20),
)


def test_the_demo_kiosk_has_the_figures_of_the_facts() -> None:
    scale = type_scale(KIOSK, Reader.VISITOR)
    assert scale.px_per_mm * 25.4 == pytest.approx(102.5, abs=0.1)
    assert scale.capital_mm(scale.body) == pytest.approx(7.32, abs=0.01)
    assert scale.body == pytest.approx(41.4, abs=0.1)


def test_type_of_a_large_kiosk_grows_with_its_panel_and_that_of_a_small_one_never_shrinks() -> None:
    capitals = []
    for inch in (10, 15.6, 21.5, 27, 32, 55):
        scale = type_scale(KIOSK.model_copy(update={"diagonal_in": inch}), Reader.VISITOR)
        capitals.append(scale.capital_mm(scale.body))
    assert capitals == pytest.approx([7.32, 7.32, 7.32, 9.19, 9.88, 9.88], abs=0.01)


def test_a_called_number_at_five_metres_has_capitals_of_61_mm() -> None:
    scale = type_scale(LOBBY, Reader.HALL)
    assert scale.capital_mm(scale.huge) == pytest.approx(61, abs=0.1)


@settings(deadline=None)
@given(panels)
def test_key_text_of_a_visitor_always_subtends_seven_tenths_of_a_degree(panel: PanelConfig) -> None:
    scale = type_scale(panel, Reader.VISITOR)
    least = KEY_ANGLE * panel.viewing_distance_m * 1000
    assert scale.capital_mm(scale.body) >= least - 1e-6
    assert scale.capital_mm(scale.small) >= LEAST_MM - 1e-6


@settings(deadline=None)
@given(panels, st.sampled_from(Reader))
def test_sizes_never_fall_towards_the_important(panel: PanelConfig, reader: Reader) -> None:
    scale = type_scale(panel, reader)
    assert scale.small <= scale.body <= scale.title <= scale.huge


def test_a_smaller_window_shows_the_panel_in_miniature() -> None:
    half = type_scale(KIOSK, Reader.VISITOR, (540, 960))
    assert half.body == pytest.approx(type_scale(KIOSK, Reader.VISITOR).body / 2)
    assert density(KIOSK, (540, 960)) == pytest.approx(density(KIOSK) / 2)


def test_a_look_measures_touch_targets_in_true_millimetres() -> None:
    look = look_for(KIOSK, Reader.VISITOR)
    assert look.touch == pytest.approx(81, abs=1)
    assert look.portrait
    assert look.gap(2) == pytest.approx(2 * look.gap(1), abs=1)


def test_a_visitor_who_asks_for_it_gets_type_half_as_large_again_and_the_same_distances() -> None:
    plain, larger = look_for(KIOSK, Reader.VISITOR), look_for(KIOSK, Reader.VISITOR, mode=Mode(larger=True))
    assert larger.body == pytest.approx(1.5 * plain.body, abs=1)
    assert (larger.touch, larger.gap(3)) == (plain.touch, plain.gap(3))


def test_fonts_have_whole_pixels_and_are_never_rounded_below_what_the_distance_asks_for() -> None:
    look = look_for(KIOSK, Reader.VISITOR)
    sizes = (look.small, look.body, look.title, look.huge)
    wanted = (look.scale.small, look.scale.body, look.scale.title, look.scale.huge)
    assert all(size == int(size) and 0 <= size - least < 1 for size, least in zip(sizes, wanted, strict=True))


@pytest.mark.parametrize(("mounted_mm", "reach_mm"), [(700, 476), (900, 320), (1300, 0)])
def test_low_mode_ends_1220_mm_above_the_floor(mounted_mm: int, reach_mm: float) -> None:
    look = look_for(KIOSK.model_copy(update={"mounting_height_mm": mounted_mm}), Reader.VISITOR)
    assert look.low_px / look.scale.px_per_mm == pytest.approx(reach_mm, abs=1)


def test_the_ring_of_the_focus_is_three_pixels_wide_and_grows_with_the_type() -> None:
    desk = PanelConfig(width_px=1280, height_px=800, diagonal_in=15, viewing_distance_m=0.6)
    assert look_for(desk, Reader.OFFICER).ring == 3
    assert look_for(KIOSK, Reader.VISITOR).ring == pytest.approx(6, abs=1)


def test_what_asks_for_contrast_gets_it_by_night_too() -> None:
    assert Mode(night=True).theme is DARK
    assert Mode(night=True, contrast=True).theme is CONTRAST
    assert PLAIN.theme is LIGHT
