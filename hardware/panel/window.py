"""Sets Kivy up for a screen that belongs to one program: no menus, no escape, one input, nothing written elsewhere."""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

from hardware.config import PanelConfig

Size = tuple[int, int]
Place = tuple[Size, Size | None]

ROOM = 0.92
"""Share of the desktop that a shrunken window takes: task bars need the rest."""

PLACE_VARIABLE = "ANTREAN_WINDOW"
"""`WIDTHxHEIGHT` or `WIDTHxHEIGHT+LEFT+TOP`: where a demo wants this window."""

_PLACE = re.compile(r"^(\d{2,5})x(\d{2,5})(?:\+(\d{1,5})\+(\d{1,5}))?$")


def parse_place(text: str) -> Place | None:
    """Return (size, left and top or None) of `ANTREAN_WINDOW`, or None where it is unreadable."""
    found = _PLACE.match(text)
    if found is None:
        return None
    width, height, left, top = found.groups()
    return (int(width), int(height)), None if left is None else (int(left), int(top))


def place(panel: PanelConfig, environ: Mapping[str, str]) -> Place:
    """Return size and position of the window: as asked, else the panel's own, shrunk to the desktop."""
    asked = parse_place(environ.get(PLACE_VARIABLE, ""))
    if asked is not None:
        return asked
    wanted = (panel.width_px, panel.height_px)
    return (wanted if panel.fullscreen else fitted(wanted, desktop_size())), None


def settings(panel: PanelConfig, where: Place) -> tuple[tuple[str, str, str], ...]:
    """Return Kivy's settings as (section, key, value)."""
    (width, height), position = where
    own = "1" if panel.fullscreen else "0"
    fixed = (
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "log_level", "warning"),
        ("kivy", "log_enable", "0"),
        ("kivy", "desktop", "0"),
        ("graphics", "width", str(width)),
        ("graphics", "height", str(height)),
        ("graphics", "fullscreen", "auto" if panel.fullscreen else "0"),
        ("graphics", "borderless", own),
        ("graphics", "show_cursor", "0" if panel.fullscreen else "1"),
        ("graphics", "allow_screensaver", "0"),
        ("graphics", "maxfps", "60"),
        ("graphics", "resizable", "0" if panel.fullscreen else "1"),
    )
    if position is None:
        return (*fixed, ("graphics", "position", "auto"))
    left, top = position
    return (
        *fixed,
        ("graphics", "position", "custom"),
        ("graphics", "left", str(left)),
        ("graphics", "top", str(top)),
    )


def prepare(panel: PanelConfig, *, title: str, data_dir: Path) -> None:
    """Configure Kivy for `panel`; everything it writes lies below `data_dir`. Call before any Kivy import."""
    home = data_dir / "kivy" / re.sub(r"[^A-Za-z0-9_.-]+", "-", title).strip("-")
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "KIVY_NO_ARGS": "1",
        "KIVY_HOME": str(home),
        # Kivy's own logging would take over stderr, tracebacks included: leave it to Python's.
        "KIVY_LOG_MODE": "PYTHON",
        "KIVY_NO_FILELOG": "1",
    }
    logging.getLogger("kivy").setLevel(logging.ERROR)
    where = place(panel, os.environ)
    from kivy.config import Config  # noqa: PLC0415 - Kivy reads its environment when it is imported

    for section, key, value in settings(panel, where):
        Config.set(section, key, value)
    # A touch panel that is also seen as a mouse delivers each touch twice (kivy #3801, #8494): one provider only.
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch")


def desktop_size() -> Size | None:
    """Return the X screen's size in pixels, or None where there is no X server to ask."""
    name = ctypes.util.find_library("X11")
    if name is None:
        return None
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    handle = ctypes.c_void_p(display)
    size = (x11.XDisplayWidth(handle, 0), x11.XDisplayHeight(handle, 0))
    x11.XCloseDisplay(handle)
    return size


def fitted(wanted: Size, desktop: Size | None) -> Size:
    """Return `wanted`, shrunk in proportion where the desktop cannot hold it."""
    if desktop is None or (wanted[0] <= desktop[0] and wanted[1] <= desktop[1]):
        return wanted
    share = ROOM * min(desktop[0] / wanted[0], desktop[1] / wanted[1])
    return round(wanted[0] * share), round(wanted[1] * share)
