"""An X screen as a finger and an eye have it: touches without a program to start, single pixels in a moment."""

from __future__ import annotations

import ctypes
import ctypes.util
import time
from types import TracebackType
from typing import Self

Point = tuple[int, int]
Colour = tuple[int, ...]
LOOK_S = 0.0005
ALL_PLANES = ctypes.c_ulong(0xFFFFFFFF)
Z_PIXMAP = 2


class _Image(ctypes.Structure):
    """The head of Xlib's XImage."""

    _fields_ = (
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.POINTER(ctypes.c_ubyte)),
    )


class Glass:
    """One connection to an X server, of which xdotool starts a new one for each touch."""

    def __init__(self, name: str) -> None:
        """Connect. Raises OSError where that cannot be."""
        self._x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self._test = ctypes.CDLL(ctypes.util.find_library("Xtst") or "libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XGetImage.restype = ctypes.POINTER(_Image)
        display = self._x.XOpenDisplay(name.encode())
        if not display:
            message = f"the X server {name} does not answer"
            raise OSError(message)
        self._display = ctypes.c_void_p(display)
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x.XCloseDisplay(self._display)

    def tap(self, x: int, y: int) -> None:
        """Touch and let go at once: shorter than any finger."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, ctypes.c_ulong(0))
        for down in (1, 0):
            self._test.XTestFakeButtonEvent(self._display, 1, down, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def pixel(self, point: Point) -> Colour:
        """Return the colour there: red, green, blue."""
        image = self._x.XGetImage(self._display, self._root, *point, 1, 1, ALL_PLANES, Z_PIXMAP)
        if not image:
            message = f"{point} is not on the screen"
            raise OSError(message)
        blue, green, red = image.contents.data[0], image.contents.data[1], image.contents.data[2]
        self._x.XFree(image.contents.data)
        self._x.XFree(image)
        return red, green, blue

    def wait_for(self, point: Point, colour: Colour, *, within_s: float) -> float:
        """Return the monotonic time at which the point has that colour. Raises AssertionError where it never has."""
        deadline = time.monotonic() + within_s
        while (seen := self.pixel(point)) != colour:
            assert time.monotonic() < deadline, f"{point} is {seen}, not {colour}"
            time.sleep(LOOK_S)
        return time.monotonic()
