"""What a window asks of the desktop, on a true X server without a manager: an edge, attention, keys from anywhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from queue import SimpleQueue

import pytest
from Xlib import X, Xutil, display

from broker.up.screens import VirtualScreen
from hardware.panel.desktop import Desktop, Hotkeys, NoDesktop, is_wayland, opened
from hardware.panel.window import Dock, place, settings
from tests.support.caller import wait_until
from tests.ui.panel.test_window_place import PANEL


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualScreen]:
    """Yield an X server; what is opened here is opened there."""
    made = VirtualScreen(1366, 768)
    made.start()
    monkeypatch.setenv("DISPLAY", made.name)
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    try:
        yield made
    finally:
        made.stop()


class Stranger:
    """Another program with a window."""

    def __init__(self) -> None:
        self.display = display.Display()
        root = self.display.screen().root
        self.window = root.create_window(5, 5, 100, 100, 0, X.CopyFromParent)
        self.window.map()
        self.display.sync()

    def words(self, name: str) -> list[int]:
        """Return what a property of the window holds."""
        found = self.window.get_full_property(self.display.intern_atom(name), X.AnyPropertyType)
        return [] if found is None else list(found.value)

    def states(self) -> set[str]:
        """Return the states of the window by their names."""
        return {str(self.display.get_atom_name(atom)) for atom in self.words("_NET_WM_STATE")}


@pytest.mark.parametrize(
    ("side", "area", "expected"),
    [
        ("left", (0, 0, 1366, 768), (0, 0, 360, 768)),
        ("right", (0, 0, 1366, 768), (1006, 0, 360, 768)),
        ("right", (0, 28, 1366, 700), (1006, 28, 360, 700)),
        ("left", (1280, 0, 300, 1024), (1280, 0, 300, 1024)),
    ],
)
def test_a_docked_window_takes_the_whole_edge_of_what_is_free(
    side: str, area: tuple[int, int, int, int], expected: tuple[int, int, int, int]
) -> None:
    dock = Dock("left" if side == "left" else "right", 360)
    assert dock.box(area) == expected
    (width, height), at = where = place(PANEL, {}, desktop=area, dock=dock)
    assert (at, width, height) == (expected[:2], *expected[2:])
    chosen = {key: value for _, key, value in settings(PANEL, where, environ={}, dock=dock)}
    assert (chosen["borderless"], chosen["always_on_top"], chosen["fullscreen"]) == ("1", "1", "0")


def test_a_docked_window_stands_above_the_others_and_keeps_its_edge_free(screen: VirtualScreen) -> None:
    assert screen.name
    stranger, desktop = Stranger(), Desktop()
    assert not desktop.has_manager
    dock = Dock("right", 360)
    desktop.dock(stranger.window.id, dock, dock.box((0, 0, 1366, 768)))
    geometry = stranger.window.get_geometry()
    assert (geometry.x, geometry.y, geometry.width, geometry.height) == (1006, 0, 360, 768)
    assert {"_NET_WM_STATE_ABOVE", "_NET_WM_STATE_STICKY"} <= stranger.states()
    assert stranger.words("_NET_WM_STRUT_PARTIAL") == [0, 360, 0, 0, 0, 0, 0, 767, 0, 0, 0, 0]
    desktop.close()
    stranger.display.close()


def test_attention_is_asked_for_and_taken_back_and_leaves_other_hints_alone(screen: VirtualScreen) -> None:
    assert screen.name
    stranger, desktop = Stranger(), Desktop()
    stranger.window.set_wm_hints(flags=Xutil.InputHint, input=1)
    stranger.display.sync()
    for wanted in (True, False):
        desktop.urge(stranger.window.id, wanted=wanted)
        hints = stranger.window.get_wm_hints()
        assert bool(hints.flags & Xutil.UrgencyHint) is wanted
        assert hints.flags & Xutil.InputHint
        assert ("_NET_WM_STATE_DEMANDS_ATTENTION" in stranger.states()) is wanted
    desktop.close()
    stranger.display.close()


def test_keys_work_from_within_another_program_whatever_locks_are_on(screen: VirtualScreen) -> None:
    told: SimpleQueue[str] = SimpleQueue()
    keys = Hotkeys({"next": "ctrl+alt+space", "recall": "shift+f9"}, told.put)
    assert keys.start() == ()
    try:
        for chord in ("ctrl+alt+space", "shift+F9", "Num_Lock", "ctrl+alt+space", "space", "F9"):
            screen.press(chord)
        assert [told.get(timeout=5) for _ in range(3)] == ["next", "recall", "next"]
        screen.press("ctrl+alt+space")
        assert told.get(timeout=5) == "next"
    finally:
        keys.stop()


def test_a_key_that_is_held_counts_once(screen: VirtualScreen) -> None:
    told: SimpleQueue[str] = SimpleQueue()
    keys = Hotkeys({"next": "ctrl+alt+n", "recall": "ctrl+alt+r"}, told.put)
    keys.start()
    try:
        held = ("keydown", "ctrl", "keydown", "alt", "keydown", "n", "sleep", "1.2", "keyup", "n", "key", "r")
        done = subprocess.run(["xdotool", *held, "keyup", "alt", "keyup", "ctrl"], timeout=10, check=True)
        assert screen.name
        assert done.returncode == 0
        assert [told.get(timeout=5), told.get(timeout=5)] == ["next", "recall"]
    finally:
        keys.stop()


def test_keys_that_another_program_has_are_named_and_the_others_work(screen: VirtualScreen) -> None:
    first = Hotkeys({"next": "ctrl+alt+space"}, lambda _: None)
    first.start()
    told: SimpleQueue[str] = SimpleQueue()
    second = Hotkeys({"next": "ctrl+alt+space", "recall": "ctrl+alt+r"}, told.put)
    try:
        assert second.start() == ("ctrl+alt+space",)
        screen.press("ctrl+alt+r")
        assert told.get(timeout=5) == "recall"
    finally:
        second.stop()
        first.stop()
    third = Hotkeys({"next": "ctrl+alt+space"}, told.put)
    wait_until(lambda: not _refused(third), "what was let go can be taken")
    third.stop()


def _refused(keys: Hotkeys) -> tuple[str, ...]:
    return keys.start()


@pytest.mark.parametrize("told", [{"WAYLAND_DISPLAY": "wayland-0"}, {"XDG_SESSION_TYPE": "wayland"}])
def test_wayland_is_said_to_be_impossible_even_where_an_x_server_answers(told: dict[str, str]) -> None:
    assert is_wayland(told)
    with pytest.raises(NoDesktop, match="Wayland"):
        opened({**os.environ, **told})


def test_without_an_x_server_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(NoDesktop, match="no X server"):
        opened({})
