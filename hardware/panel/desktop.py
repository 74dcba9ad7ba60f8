"""What a window asks of the desktop around it: an edge of its own above the others, attention, keys from anywhere.

X11 alone grants this (EWMH 1.5, ICCCM 2.0); on Wayland no program may ask for it. Without Kivy.
"""

from __future__ import annotations

import logging
import os
import select
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from Xlib import XK, X, Xatom, Xutil, display, error, protocol

from hardware.panel.window import Box, Dock, desktop

MODIFIERS: Mapping[str, int] = {
    "ctrl": X.ControlMask,
    "alt": X.Mod1Mask,
    "shift": X.ShiftMask,
    "super": X.Mod4Mask,
}
LOCKS = (0, X.LockMask, X.Mod2Mask, X.LockMask | X.Mod2Mask)
"""Caps Lock and Num Lock are no part of a chord, but X tells keys apart by them."""
REPEAT_MS = 60
"""X lets a held key go and presses it again, several times a second: no finger is so quick."""

_EDGE_FIELDS = 12
_HINTS = (
    "flags", "input", "initial_state", "icon_pixmap", "icon_window", "icon_x", "icon_y", "icon_mask", "window_group",
)  # fmt: skip
"""All of WM_HINTS (ICCCM 4.1.2.4): what another part of the program has set stays."""
_SOURCE_PROGRAM = 1
_ADD, _REMOVE = 1, 0

log = logging.getLogger(__name__)


class NoDesktop(Exception):  # noqa: N818 - a state of the machine, in its own words
    """Nobody here would do it: no X server, or Wayland."""


def is_wayland(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether this desktop is Wayland, where an X server may be there too but decides nothing."""
    return environ.get("XDG_SESSION_TYPE", "") == "wayland" or bool(environ.get("WAYLAND_DISPLAY"))


def opened(environ: Mapping[str, str] = os.environ) -> display.Display:
    """Return a connection to the desktop. Raises NoDesktop."""
    if is_wayland(environ):
        message = "this desktop is Wayland"
        raise NoDesktop(message)
    message = "there is no X server"
    if desktop() is None:  # asked first: python-xlib leaves its socket open where nobody answers
        raise NoDesktop(message)
    try:
        return display.Display()
    except (error.DisplayError, error.XError, OSError) as fault:
        raise NoDesktop(message) from fault


def free_area() -> Box | None:
    """Return what task bars leave of the first monitor, or None where there is no X server to ask."""
    monitor = desktop()
    if monitor is None:
        return None
    try:
        asked = Desktop()
    except NoDesktop:
        return monitor
    try:
        return asked.free_area(monitor)
    finally:
        asked.close()


class Desktop:
    """One connection to the X server, for what concerns a window of ours. Short calls; one thread."""

    def __init__(self) -> None:
        """Connect. Raises NoDesktop."""
        self._display = opened()
        self._root = self._display.screen().root

    @property
    def has_manager(self) -> bool:
        """Tell whether a window manager is there: without one, properties are only kept, and heeded by nobody."""
        return self._property(self._root, "_NET_SUPPORTING_WM_CHECK") is not None

    def free_area(self, monitor: Box) -> Box:
        """Return what task bars leave of a monitor, as far as the desktop tells."""
        area = self._property(self._root, "_NET_WORKAREA")
        if area is None or len(area) < 4:  # noqa: PLR2004 - left, top, width, height
            return monitor
        left, top = max(monitor[0], area[0]), max(monitor[1], area[1])
        right = min(monitor[0] + monitor[2], area[0] + area[2])
        bottom = min(monitor[1] + monitor[3], area[1] + area[3])
        return (left, top, right - left, bottom - top) if right > left and bottom > top else monitor

    def dock(self, window: int, dock: Dock, box: Box) -> None:
        """Put a window on its edge, above all others, on every workspace, and let others be maximised beside it."""
        made = self._display.create_resource_object("window", window)
        left, top, width, height = box
        screen = self._display.screen()
        edge = [0] * _EDGE_FIELDS
        last = top + height - 1
        if dock.side == "left":
            edge[0], edge[4], edge[5] = left + width, top, last
        else:
            edge[1], edge[6], edge[7] = screen.width_in_pixels - left, top, last
        self._set(made, "_NET_WM_STRUT_PARTIAL", Xatom.CARDINAL, edge)
        self._set(made, "_NET_WM_STRUT", Xatom.CARDINAL, edge[:4])
        self._states(made, ("_NET_WM_STATE_ABOVE", "_NET_WM_STATE_STICKY"), wanted=True)
        made.configure(x=left, y=top, width=width, height=height, stack_mode=X.Above)
        self._display.sync()

    def urge(self, window: int, *, wanted: bool) -> None:
        """Let the task bar show that a window wants attention, or no longer."""
        made = self._display.create_resource_object("window", window)
        known: Any = made.get_wm_hints()
        hints = dict.fromkeys(_HINTS, 0) if known is None else {name: known[name] for name in _HINTS}
        flags = hints["flags"]
        hints["flags"] = flags | Xutil.UrgencyHint if wanted else flags & ~Xutil.UrgencyHint
        made.set_wm_hints(hints)
        self._states(made, ("_NET_WM_STATE_DEMANDS_ATTENTION",), wanted=wanted)
        self._display.sync()

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(error.ConnectionClosedError):
            self._display.close()

    def _property(self, window: Any, name: str) -> list[int] | None:  # noqa: ANN401 - an Xlib window
        found = window.get_full_property(self._display.intern_atom(name), X.AnyPropertyType)
        return None if found is None else list(found.value)

    def _set(self, window: Any, name: str, kind: int, values: list[int]) -> None:  # noqa: ANN401 - the same
        window.change_property(self._display.intern_atom(name), kind, 32, values)

    def _states(self, window: Any, names: tuple[str, ...], *, wanted: bool) -> None:  # noqa: ANN401 - the same
        """Ask the window manager for states of a window that stands already; without one, note them on the window."""
        kind = self._display.intern_atom("_NET_WM_STATE")
        atoms = [self._display.intern_atom(name) for name in names]
        if not self.has_manager:
            kept = [atom for atom in self._property(window, "_NET_WM_STATE") or [] if atom not in atoms]
            window.change_property(kind, Xatom.ATOM, 32, kept + (atoms if wanted else []))
            return
        data = [_ADD if wanted else _REMOVE, atoms[0], atoms[1] if len(atoms) > 1 else 0, _SOURCE_PROGRAM, 0]
        asked = protocol.event.ClientMessage(window=window, client_type=kind, data=(32, data))
        self._root.send_event(asked, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)


def parsed(chord: str) -> tuple[int, str]:
    """Return the modifiers' mask and the key's name of a chord such as `ctrl+alt+space`."""
    *modifiers, key = chord.split("+")
    mask = 0
    for modifier in modifiers:
        mask |= MODIFIERS[modifier]
    return mask, key.upper() if len(key) > 1 and key[1:].isdecimal() else key


class Hotkeys:
    """Keys of the whole desktop, whatever program has the keyboard; on a thread and a connection of their own."""

    def __init__(self, chords: Mapping[str, str], press: Callable[[str], None]) -> None:
        """`chords` by what they are for; `press` is told that name, on this thread: it has to be quick."""
        self._chords = chords
        self._press = press
        self._names: dict[tuple[int, int], str] = {}
        self._thread: threading.Thread | None = None
        self._wake, self._end = os.pipe()

    def start(self) -> tuple[str, ...]:
        """Take the keys; return the chords that another program has, or that this keyboard lacks. Raises NoDesktop."""
        self._display = opened()
        root = self._display.screen().root
        refused = tuple(chord for name, chord in self._chords.items() if not self._taken(root, name, chord))
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
        self._thread.start()
        return refused

    def stop(self) -> None:
        """Let the keys go."""
        os.close(self._end)
        if self._thread is not None:
            self._thread.join(2)
            self._display.close()
        os.close(self._wake)

    def _taken(self, root: Any, name: str, chord: str) -> bool:  # noqa: ANN401 - an Xlib window
        mask, key = parsed(chord)
        code = self._display.keysym_to_keycode(XK.string_to_keysym(key))
        if code == 0:
            return False
        faults = error.CatchError(error.BadAccess)
        for lock in LOCKS:
            root.grab_key(code, mask | lock, True, X.GrabModeAsync, X.GrabModeAsync, onerror=faults)  # noqa: FBT003 - X's order
        self._display.sync()
        if faults.get_error() is not None:
            for lock in LOCKS:
                root.ungrab_key(code, mask | lock)
            return False
        self._names[code, mask] = name
        return True

    def _run(self) -> None:
        held: dict[int, int] = {}
        """When each key was let go, in the server's milliseconds; -1 while it is down."""
        for event in self._events():
            code = event.detail
            if event.type == X.KeyRelease:
                held[code] = event.time
                continue
            is_repeat = code in held and (held[code] < 0 or event.time - held[code] < REPEAT_MS)
            held[code] = -1
            name = self._names.get((code, event.state & sum(MODIFIERS.values())))
            if name is not None and not is_repeat:
                self._press(name)

    def _events(self) -> Iterator[Any]:
        """Yield presses and releases until it is over."""
        while True:
            try:
                while self._display.pending_events():
                    event = self._display.next_event()
                    if event.type in {X.KeyPress, X.KeyRelease}:
                        yield event
            except (error.ConnectionClosedError, OSError) as fault:
                log.warning("the keys of the desktop are gone: %s", fault)
                return
            ready, _, _ = select.select([self._display.fileno(), self._wake], [], [])
            if self._wake in ready:
                return
