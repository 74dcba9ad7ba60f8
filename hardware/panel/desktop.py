"""How large the desktop is, so that a demo window fits on it."""

from __future__ import annotations

import ctypes
import ctypes.util

Size = tuple[int, int]

ROOM = 0.92
"""Share of the desktop that a shrunken window takes: task bars need the rest."""


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
