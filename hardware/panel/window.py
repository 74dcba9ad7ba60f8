"""Sets Kivy up for a screen that belongs to one program: no menus, no escape, one input, nothing written elsewhere."""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hardware.config import PanelConfig
from hardware.typesetting.fonts import shapes

_log = logging.getLogger(__name__)

Size = tuple[int, int]
Place = tuple[Size, Size | None]
"""Size, and left and top where they are not left to the desktop."""
Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the desktop."""
Side = Literal["left", "right"]

ROOM = 0.92
"""Share of the desktop that a shrunken window takes: task bars need the rest."""

PLACE_VARIABLE = "ANTREAN_WINDOW"
"""`WIDTHxHEIGHT` or `WIDTHxHEIGHT+LEFT+TOP`: where a demo wants this window, which is not fullscreen then."""

FONTS = Path(__file__).with_name("fonts")
TEXT_FONTS = ("NotoSans-Regular.ttf", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Bold.ttf")
"""Upright, italic, bold and both; nothing that a screen says is set in italics."""

TOOLKIT_PREFIXES = ("KIVY_", "KCFG_")
KEPT = frozenset({"KIVY_GL_BACKEND"})
"""The one thing of the toolkit that the environment may choose: by which library this machine draws."""

_PLACE = re.compile(r"^(\d{2,5})x(\d{2,5})(?:\+(\d{1,5})\+(\d{1,5}))?$")


@dataclass(frozen=True, slots=True)
class Dock:
    """An edge of the desktop, and how wide the window on it is."""

    side: Side
    width_px: int

    def box(self, area: Box) -> Box:
        """Return where the window stands in what is free of the desktop: along the whole edge."""
        left, top, width, height = area
        own = min(self.width_px, width)
        return (left if self.side == "left" else left + width - own), top, own, height


def parse_place(text: str) -> Place | None:
    """Return (size, left and top or None) of `ANTREAN_WINDOW`, or None where it is unreadable."""
    found = _PLACE.match(text)
    if found is None:
        return None
    width, height, left, top = found.groups()
    return (int(width), int(height)), None if left is None else (int(left), int(top))


def miniature(panel: PanelConfig, environ: Mapping[str, str]) -> PanelConfig:
    """Return the panel in miniature where a demo wants its window smaller or larger: as many inches, other pixels."""
    asked = parse_place(environ.get(PLACE_VARIABLE, ""))
    if asked is None:
        return panel
    (width, height), _ = asked
    return panel.model_copy(update={"width_px": width, "height_px": height})


def place(panel: PanelConfig, environ: Mapping[str, str], *, desktop: Box | None, dock: Dock | None = None) -> Place:
    """Return size and position of the window: as asked, else the whole screen or the panel's size, as far as it fits.

    One that is docked takes the whole edge of what is free of the `desktop`.

    Fullscreen is a request to a window manager. On a bare X screen nobody hears it: the window keeps the size that it
    was made with while Kivy believes in the other, so it is made as large as the screen.
    """
    asked = parse_place(environ.get(PLACE_VARIABLE, ""))
    if asked is not None:
        return asked
    if dock is not None and desktop is not None:
        left, top, width, height = dock.box(desktop)
        return (width, height), (left, top)
    wanted = (panel.width_px, panel.height_px)
    if not panel.fullscreen:
        return fitted(wanted, None if desktop is None else desktop[2:]), None
    if desktop is None:
        return (wanted if panel.rotation in {0, 180} else (panel.height_px, panel.width_px)), None
    left, top, width, height = desktop
    return (width, height), (left, top)


def settings(
    panel: PanelConfig, where: Place, *, environ: Mapping[str, str], dock: Dock | None = None
) -> tuple[tuple[str, str, str], ...]:
    """Return Kivy's settings as (section, key, value)."""
    (width, height), position = where
    own = "1" if panel.fullscreen or dock is not None else "0"
    takes_all = panel.fullscreen and parse_place(environ.get(PLACE_VARIABLE, "")) is None
    fixed = (
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "log_level", "warning"),
        ("kivy", "log_enable", "0"),
        ("kivy", "desktop", "0"),
        ("kivy", "pause_on_minimize", "0"),
        ("kivy", "default_font", repr(["Noto Sans", *(str(FONTS / name) for name in TEXT_FONTS)])),
        ("graphics", "width", str(width)),
        ("graphics", "height", str(height)),
        ("graphics", "rotation", str(panel.rotation if takes_all else 0)),
        ("graphics", "fullscreen", "auto" if takes_all else "0"),
        ("graphics", "borderless", own),
        ("graphics", "always_on_top", "0" if dock is None else "1"),
        ("graphics", "show_cursor", "0" if panel.fullscreen else "1"),
        ("graphics", "allow_screensaver", "0"),
        ("graphics", "maxfps", "60"),
        # What is round is smoothed as it is drawn: samples make a frame without a graphics card cost more than twice.
        ("graphics", "multisamples", "0"),
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


def environment(environ: Mapping[str, str], *, home: Path) -> dict[str, str]:
    """Return the environment without anybody's wishes to the toolkit, and with ours.

    Kivy takes settings, modules (an inspector, keys that turn the screen) and what it is to be drawn with from files in
    its home, from `KIVY_...` and from `KCFG_...`: none of it is the office's configuration.
    """
    left = {key: value for key, value in environ.items() if not key.startswith(TOOLKIT_PREFIXES) or key in KEPT}
    return left | {
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_CONFIG": "1",
        "KIVY_NO_ENV_CONFIG": "1",
        "KIVY_HOME": str(home),
        # Kivy's own logging would take over stderr, tracebacks included: leave it to Python's.
        "KIVY_LOG_MODE": "PYTHON",
        "KIVY_NO_FILELOG": "1",
        # The provider that `hardware.panel.text` takes the place of; `sdl2` cannot draw every script.
        "KIVY_TEXT": "pil",
        # SDL would make SIGTERM a wish to close the window, which a locked screen does not grant.
        "SDL_NO_SIGNAL_HANDLERS": "1",
        "SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS": "0",
    }


def prepare(panel: PanelConfig, *, title: str, data_dir: Path, dock: Dock | None = None) -> None:
    """Configure Kivy for `panel`; nothing of it is read from files. Call before any Kivy import."""
    ours = environment(os.environ, home=data_dir / "kivy" / re.sub(r"[^A-Za-z0-9_.-]+", "-", title).strip("-"))
    for key in os.environ.keys() - ours.keys():
        del os.environ[key]
    os.environ |= ours
    logging.getLogger("kivy").setLevel(logging.ERROR)
    if not shapes():
        _log.warning("letters are neither joined nor put in order: Pillow found no Raqm; install libfribidi0")
    where = place(panel, os.environ, desktop=desktop() if dock is None else _free_area(), dock=dock)
    from kivy.config import Config  # noqa: PLC0415 - Kivy reads its environment when it is imported

    for section, key, value in settings(panel, where, environ=os.environ, dock=dock):
        Config.set(section, key, value)
    # A touch panel that is also seen as a mouse delivers each touch twice (kivy #3801, #8494): one provider only.
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    from hardware.panel import text  # noqa: PLC0415 - imports Kivy, which has its settings only now

    text.install()


class _Head(ctypes.Structure):
    """XineramaScreenInfo: one monitor of an X screen."""

    _fields_ = (
        ("number", ctypes.c_int),
        ("left", ctypes.c_short),
        ("top", ctypes.c_short),
        ("width", ctypes.c_short),
        ("height", ctypes.c_short),
    )


def desktop() -> Box | None:
    """Return the X screen's first monitor, or None where there is no X server to ask."""
    name = ctypes.util.find_library("X11")
    if name is None:
        return None
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    handle = ctypes.c_void_p(display)
    try:
        whole = (0, 0, x11.XDisplayWidth(handle, 0), x11.XDisplayHeight(handle, 0))
        return _first_monitor(x11, handle) or whole
    finally:
        x11.XCloseDisplay(handle)


def _free_area() -> Box | None:
    from hardware.panel.desktop import free_area  # noqa: PLC0415 - most windows never ask the desktop for anything

    return free_area()


def _first_monitor(x11: ctypes.CDLL, display: ctypes.c_void_p) -> Box | None:
    name = ctypes.util.find_library("Xinerama")
    if name is None:
        return None
    xinerama = ctypes.CDLL(name)
    xinerama.XineramaQueryScreens.restype = ctypes.POINTER(_Head)
    count = ctypes.c_int(0)
    heads = xinerama.XineramaQueryScreens(display, ctypes.byref(count))
    if not heads:
        return None
    first = heads[0]
    box = (first.left, first.top, first.width, first.height)
    x11.XFree(heads)
    return box


def fitted(wanted: Size, room: Size | None) -> Size:
    """Return `wanted`, shrunk in proportion where the desktop has no room for it."""
    if room is None or (wanted[0] <= room[0] and wanted[1] <= room[1]):
        return wanted
    share = ROOM * min(room[0] / wanted[0], room[1] / wanted[1])
    return round(wanted[0] * share), round(wanted[1] * share)
