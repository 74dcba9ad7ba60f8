"""A screen belongs to its program: true keys, stored settings of the toolkit, screens of any size, touched for true."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import ImageChops

from broker.up.screens import VirtualScreen
from hardware.config import PanelConfig
from hardware.panel.theme import LIGHT
from tests.support.caller import wait_until
from tests.support.glass import Glass
from tests.support.program import Program

PANEL = PanelConfig(width_px=1080, height_px=1920, diagonal_in=21.5, viewing_distance_m=0.6, fullscreen=True)
GROUNDS = {
    "top-left": "primary",
    "top-right": "good_soft",
    "bottom-left": "band",
    "bottom-right": "primary_soft",
}
"""The colour of each button of `buttons`."""
KEYS = (
    "Escape", "ctrl+c", "ctrl+q", "ctrl+w", "ctrl+z", "alt+F4", "alt+Return", "alt+space", "Pause", "Print", "Menu",
    "Super_L", "F2", "F5", "F10", "F12", "ctrl+e", "shift+F11", "F11", "F1",
)  # fmt: skip
"""End, pause, screenshot, inspector, turned screen, settings: so that none takes back what one before did."""


LETTERS = "abcdefghijklmnopqrstuvwxyz"
CHORDS = (
    *(f"ctrl+{letter}" for letter in LETTERS),
    *(f"ctrl+shift+{letter}" for letter in LETTERS),
    *(f"alt+{letter}" for letter in LETTERS),
    *(f"F{number}" for number in range(1, 13)),
    *(f"ctrl+alt+F{number}" for number in range(1, 13)),
    *(f"alt+F{number}" for number in range(1, 13)),
    *(f"super+{letter}" for letter in "deilrx"),
    "ctrl+alt+Delete", "ctrl+alt+BackSpace", "ctrl+alt+t", "ctrl+Escape", "ctrl+shift+Escape", "alt+Tab",
    "alt+shift+Tab", "shift+Print", "alt+Print", "ctrl+Print", "Sys_Req", "ctrl+Insert",
    "shift+Insert", "ctrl+bracketleft",
    "ctrl+backslash", "ctrl+bracketright", "ctrl+minus", "ctrl+plus", "ctrl+0", "XF86HomePage", "XF86Mail",
    "XF86Calculator", "XF86Explorer", "XF86PowerOff", "XF86Sleep", "XF86MonBrightnessDown",
)  # fmt: skip
"""What a keyboard has beside, and how a scanner that types says control characters (Ctrl and a letter), AIM's too."""
KEYS_AT_ONCE = 20
OTHER_BUTTONS = ("2", "3", "4", "5", "6", "7", "8", "9")
"""Of a mouse that somebody plugs in: middle, right, wheel, and those at its side."""


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib.h, with room for the largest event after it."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 24),
    )


@dataclass(frozen=True, slots=True)
class Buttons:
    """The running window of `tests.ui.panel.buttons`."""

    screen: VirtualScreen
    folder: Path
    process: Program

    def told(self) -> list[str]:
        """Return what it was touched at and typed, in order."""
        path = self.folder / "told"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def touched(self, x: int, y: int) -> str:
        """Touch the screen there, and return which button says that it was it."""
        before = len(self.told())
        self.screen.touch(x, y)
        wait_until(lambda: len(self.told()) > before, f"something at {x}, {y} was touched")
        return self.told()[-1]

    def shown(self, x: int, y: int) -> str:
        """Return whose colour the screen shows there."""
        seen = self.pixel(x, y)
        found = [name for name, colour in GROUNDS.items() if seen == ground(colour)]
        assert len(found) == 1, f"nothing known at {x}, {y}: {seen}"
        return found[0]

    def pixel(self, x: int, y: int) -> object:
        """Return the colour of the screen there."""
        return self.screen.picture(self.folder / "screen.png").getpixel((x, y))


def ground(colour: str) -> tuple[int, ...]:
    """Return a colour of the theme as a screen shows it."""
    return tuple(round(255 * part) for part in LIGHT.by_name(colour)[:3])


@contextmanager
def buttons(
    folder: Path,
    panel: PanelConfig = PANEL,
    *words: str,
    size: tuple[int, int] = (540, 960),
    environ: Mapping[str, str] = {},
) -> Iterator[Buttons]:
    """Open the window alone on an X screen without a window manager; it has to end by itself when it is told to."""
    screen = VirtualScreen(*size)
    screen.start()
    process = Program(
        "tests.ui.panel.buttons",
        str(folder),
        panel.model_dump_json(),
        *words,
        env={**os.environ, **environ, "DISPLAY": screen.name},
    )
    try:
        targets = folder / "targets.json"
        wait_until(lambda: process.poll() is not None or targets.exists(), "the window stands", timeout_s=40)
        assert process.poll() is None
        wait_until(lambda: len(json.loads(targets.read_text())["targets"]) == 4, "all four buttons stand")
        window = Buttons(screen, folder, process)
        middle = size[0] // 2, size[1] // 2
        wait_until(lambda: window.pixel(*middle) == ground("ground"), "the first picture was painted")
        yield window
        process.terminate()
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()
        screen.stop()


def corners(size: tuple[int, int]) -> list[tuple[int, int]]:
    """Return a place near each corner of the screen: within the button there, and beside its words."""
    width, height = size
    x, y = round(width * 0.02), round(height * 0.015)
    return [(x, y), (width - x, y), (width - x, height - y), (x, height - y)]


@pytest.mark.parametrize(
    ("size", "rotation"),
    [((540, 960), 0), ((960, 540), 0), ((640, 512), 0), ((960, 540), 90), ((640, 512), 180), ((960, 540), 270)],
)
def test_touch_and_picture_agree_on_a_screen_of_any_size_and_turned_any_way(
    size: tuple[int, int], rotation: int, tmp_path: Path
) -> None:
    panel = PANEL.model_copy(update={"rotation": rotation})
    clockwise = ["top-left", "top-right", "bottom-right", "bottom-left"]
    turned = clockwise[rotation // 90 :] + clockwise[: rotation // 90]
    with buttons(tmp_path, panel, size=size) as window:
        assert [window.shown(*corner) for corner in corners(size)] == turned
        assert [window.touched(*corner) for corner in corners(size)] == turned


def test_a_window_that_is_told_to_end_while_something_is_drawn_ends_well(tmp_path: Path) -> None:
    with buttons(tmp_path, PANEL, "ends") as window:
        window.touched(*corners((540, 960))[0])
        assert window.process.wait(15) == 0


def test_no_key_reaches_the_toolkit(tmp_path: Path) -> None:
    with buttons(tmp_path) as window:
        _press_all(window)


def test_no_chord_of_keys_and_no_other_button_of_a_mouse_does_anything(tmp_path: Path) -> None:
    with buttons(tmp_path) as window:
        _press_all(window, CHORDS, OTHER_BUTTONS)


def test_what_somebody_stored_for_the_toolkit_is_not_read(tmp_path: Path) -> None:
    home = tmp_path / "kivy" / "buttons"
    (home / "mods").mkdir(parents=True)
    (home / "config.ini").write_text(
        "[kivy]\nexit_on_escape = 1\ndesktop = 1\n[graphics]\nrotation = 90\nfullscreen = 0\nwidth = 300\n"
        "[modules]\nkeybinding =\ninspector =\nmonitor =\ntouchring =\n[input]\nmouse = mouse\n"
    )
    wishes = {
        "KCFG_KIVY_EXIT_ON_ESCAPE": "1",
        "KCFG_GRAPHICS_ROTATION": "180",
        "KCFG_GRAPHICS_SHOW_CURSOR": "1",
        "KCFG_MODULES_INSPECTOR": "",
        "KCFG_MODULES_KEYBINDING": "",
        "KIVY_METRICS_DENSITY": "3",
        "KIVY_WINDOW": "nothing",
        "KIVY_NO_CONSOLELOG": "1",
        "KIVY_HOME": str(home),
    }
    with buttons(tmp_path, environ=wishes) as window:
        assert window.shown(*corners((540, 960))[0]) == "top-left"
        _press_all(window)


@pytest.mark.parametrize("layout", ["us", "de", "fr", "tr"])
def test_a_scanner_s_keys_are_told_by_their_place_whatever_layout_the_desktop_has(layout: str, tmp_path: Path) -> None:
    with buttons(tmp_path, PANEL, "places") as window:
        subprocess.run(["setxkbmap", "-display", window.screen.name, layout], check=True)
        keycodes = {"A": "shift+38", "I": "shift+31", "Z": "shift+52", "M": "shift+58", "4": "13", "-": "20", "i": "31"}
        window.screen.press(*keycodes.values(), "36", "23")
        wait_until(lambda: len(window.told()) >= 9, "all keys were heard")
        assert window.told() == [f"place {name}" for name in (*keycodes, "enter", "tab")]


def test_a_locked_window_is_not_closed_from_outside(tmp_path: Path) -> None:
    with buttons(tmp_path) as window:
        _ask_to_close(window)
        assert window.touched(*corners((540, 960))[0]) == "top-left"


def test_a_window_on_a_desk_can_be_closed(tmp_path: Path) -> None:
    with buttons(tmp_path, PANEL.model_copy(update={"fullscreen": False}), size=(1080, 1920)) as window:
        _ask_to_close(window)
        assert window.process.wait(15) == 0


def _ask_to_close(window: Buttons) -> None:
    """Send WM_DELETE_WINDOW, as a window manager does on Alt+F4; xdotool has no word for it."""
    environment = {**os.environ, "DISPLAY": window.screen.name}
    seen = subprocess.run(
        ["xdotool", "getmouselocation", "--shell"], env=environment, check=True, capture_output=True, text=True
    )
    handle = int(dict(line.split("=") for line in seen.stdout.split())["WINDOW"])
    x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(window.screen.name.encode()))
    protocols, delete = (x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    event = ClientMessage(33, 0, 1, display, handle, protocols, 32, (delete, 0, 0, 0, 0))
    x11.XSendEvent(display, ctypes.c_ulong(handle), 0, 0, ctypes.byref(event))
    x11.XCloseDisplay(display)


def _press_all(window: Buttons, keys: Sequence[str] = KEYS, mouse: Sequence[str] = ()) -> None:
    """Press every key, and buttons of a mouse; the screen looks as before, and its buttons work."""
    files = {path for path in window.folder.rglob("*") if path.suffix in {".png", ".ini", ".jpg"}}
    before = window.screen.picture(window.folder / "before.png")
    for at in range(0, len(keys), KEYS_AT_ONCE):
        window.screen.press(*keys[at : at + KEYS_AT_ONCE])
    for button in mouse:
        window.screen.click(button)
    time.sleep(0.5)  # there is nothing to wait for: nothing may happen
    after = window.screen.picture(window.folder / "after.png")
    assert ImageChops.difference(before, after).getbbox() is None
    assert [window.touched(*corner) for corner in corners((540, 960))] == [
        "top-left", "top-right", "bottom-right", "bottom-left",
    ]  # fmt: skip
    made = {path.name for path in window.folder.rglob("*") if path.suffix in {".png", ".ini", ".jpg"}}
    assert made - {path.name for path in files} <= {"before.png", "after.png", "screen.png"}


def test_a_short_tap_shows_that_it_was_taken_before_anything_happens(tmp_path: Path) -> None:
    with buttons(tmp_path, PANEL) as window, Glass(window.screen.name) as glass:
        corner = corners((540, 960))[0]
        begin = time.monotonic()
        glass.tap(*corner)
        pressed_s = glass.wait_for(corner, ground("primary_dark"), within_s=2) - begin
        assert window.told() == []
        wait_until(lambda: window.told() == ["top-left"], "it does what it is for")
        assert glass.wait_for(corner, ground("primary"), within_s=2) - begin > pressed_s
