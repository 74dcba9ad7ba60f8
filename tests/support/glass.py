"""A virtual screen as an eye and a finger have it: what is really painted, and touches without a program to start."""

from __future__ import annotations

import ctypes
import ctypes.util
import time
from types import TracebackType
from typing import Self

Point = tuple[int, int]
Colour = tuple[int, ...]
Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the screen."""

ALL_PLANES = 0xFFFFFFFF
Z_PIXMAP = 2
LOOK_EVERY_S = 0.001


class _Image(ctypes.Structure):
    """The head of Xlib's XImage, as far as it is read here."""

    _fields_ = (
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.POINTER(ctypes.c_char)),
        ("byte_order", ctypes.c_int),
        ("bitmap_unit", ctypes.c_int),
        ("bitmap_bit_order", ctypes.c_int),
        ("bitmap_pad", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("bytes_per_line", ctypes.c_int),
    )


class Glass:
    """Looks at a part of a screen; a look at a number's place takes a fraction of a millisecond."""

    def __init__(self, name: str) -> None:
        """Take the screen's name, as `DISPLAY` has it."""
        library = ctypes.util.find_library("X11")
        assert library is not None
        self._x11 = x11 = ctypes.CDLL(library)
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        x11.XGetImage.restype = ctypes.POINTER(_Image)
        display = x11.XOpenDisplay(name.encode())
        assert display, f"no X server answers at {name}"
        self._display = ctypes.c_void_p(display)
        self._root = ctypes.c_ulong(x11.XDefaultRootWindow(self._display))
        self._test = ctypes.CDLL(ctypes.util.find_library("Xtst") or "libXtst.so.6")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x11.XCloseDisplay(self._display)

    def look(self, box: Box) -> bytes:
        """Return the pixels of a part of the screen."""
        left, top, width, height = box
        image = self._x11.XGetImage(
            self._display, self._root, left, top, width, height, ctypes.c_ulong(ALL_PLANES), Z_PIXMAP
        )
        try:
            size = image.contents.bytes_per_line * image.contents.height
            return ctypes.string_at(image.contents.data, size)
        finally:
            self._x11.XDestroyImage(image)

    def changed_at(self, box: Box, before: bytes, *, within_s: float) -> float:
        """Return the moment (monotonic) at which a part of the screen was first seen to differ from `before`."""
        deadline = time.monotonic() + within_s
        while self.look(box) == before:
            assert time.monotonic() < deadline, f"nothing was painted within {within_s:g} s"
            time.sleep(LOOK_EVERY_S)
        return time.monotonic()

    def pixel(self, point: Point) -> Colour:
        """Return the colour there: red, green, blue."""
        blue, green, red, _ = self.look((*point, 1, 1))
        return red, green, blue

    def wait_for(self, point: Point, colour: Colour, *, within_s: float) -> float:
        """Return the moment (monotonic) at which a point was first seen to have that colour."""
        deadline = time.monotonic() + within_s
        while (seen := self.pixel(point)) != colour:
            assert time.monotonic() < deadline, f"{point} is {seen}, not {colour}"
            time.sleep(LOOK_EVERY_S)
        return time.monotonic()

    def tap(self, x: int, y: int) -> None:
        """Touch and let go at once: shorter than any finger."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, ctypes.c_ulong(0))
        for down in (1, 0):
            self._test.XTestFakeButtonEvent(self._display, 1, down, ctypes.c_ulong(0))
        self._x11.XSync(self._display, 0)
