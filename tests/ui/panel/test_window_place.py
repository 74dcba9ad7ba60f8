"""A window has the panel's size, fits on the desktop, or goes where a demo puts it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.config import PanelConfig
from hardware.panel.window import environment, fitted, parse_place, place, settings

PANEL = PanelConfig(width_px=1080, height_px=1920, diagonal_in=21.5, viewing_distance_m=0.6)
LOCKED = PANEL.model_copy(update={"fullscreen": True})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("540x960", ((540, 960), None)),
        ("540x960+10+0", ((540, 960), (10, 0))),
        ("", None),
        ("540", None),
        ("540x960+10", None),
        ("x960", None),
    ],
)
def test_the_place_of_a_demo_window_is_read(text: str, expected: object) -> None:
    assert parse_place(text) == expected


@pytest.mark.parametrize(
    ("desktop", "expected"),
    [(None, (1080, 1920)), ((1080, 1920), (1080, 1920)), ((3840, 2160), (1080, 1920)), ((1920, 1080), (559, 994))],
)
def test_a_window_is_shrunk_in_proportion_only_where_the_desktop_is_too_small(
    desktop: tuple[int, int] | None, expected: tuple[int, int]
) -> None:
    assert fitted((1080, 1920), desktop) == expected


def test_a_locked_screen_takes_all_and_hides_the_pointer() -> None:
    chosen = {key: value for _, key, value in settings(LOCKED, place(LOCKED, {}, desktop=None), environ={})}
    assert (chosen["fullscreen"], chosen["show_cursor"], chosen["borderless"]) == ("auto", "0", "1")
    assert (chosen["width"], chosen["height"]) == ("1080", "1920")


def test_no_key_leaves_a_screen_and_no_saver_hides_it() -> None:
    chosen = {key: value for _, key, value in settings(PANEL, ((540, 960), (5, 6)), environ={})}
    assert (chosen["exit_on_escape"], chosen["allow_screensaver"]) == ("0", "0")
    assert (chosen["position"], chosen["left"], chosen["top"]) == ("custom", "5", "6")


def test_a_locked_screen_is_as_large_as_the_first_monitor_where_nobody_makes_it_so() -> None:
    assert place(LOCKED, {}, desktop=(1280, 0, 1280, 1024)) == ((1280, 1024), (1280, 0))
    turned = LOCKED.model_copy(update={"rotation": 90})
    assert place(turned, {}, desktop=None) == ((1920, 1080), None)


def test_a_demo_window_is_never_fullscreen_nor_turned() -> None:
    demo = {"ANTREAN_WINDOW": "540x960+10+0"}
    turned = LOCKED.model_copy(update={"rotation": 90})
    chosen = {
        key: value for _, key, value in settings(turned, place(turned, demo, desktop=(0, 0, 800, 600)), environ=demo)
    }
    assert (chosen["fullscreen"], chosen["rotation"], chosen["width"]) == ("0", "0", "540")


def test_the_environment_has_no_wishes_for_the_toolkit_but_how_this_machine_draws() -> None:
    given = {"KCFG_GRAPHICS_ROTATION": "90", "KIVY_MODULES_DIR": "/x", "KIVY_GL_BACKEND": "mock", "HOME": "/root"}
    left = environment(given, home=Path("/data/kivy"))
    assert (left["HOME"], left["KIVY_GL_BACKEND"], left["KIVY_NO_CONFIG"]) == ("/root", "mock", "1")
    assert not {"KCFG_GRAPHICS_ROTATION", "KIVY_MODULES_DIR"} & left.keys()
