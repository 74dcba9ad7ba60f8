"""Lays out a screen without X and without a graphics card: for tests, and for `antrean check-config`.

Kivy's widgets, rules and labels are the true ones; the window is but a size, and drawing draws nothing.
Used so by the owner of a screen, in `tests/ui/<screen>/test_layouts.py` (one process lays out hundreds of pages):

    headless.prepare()                       # before anything imports Kivy; again does nothing
    from kiosk.drawing.screen import RULES, KioskWidget
    from hardware.panel.faults import layout_faults

    stage = headless.Stage(KIOSKS["21.5 portrait"], reader=Reader.VISITOR, rules=RULES, build=lambda: ...)
    for mode in MODES:
        stage.turn(panel, mode)              # another panel or mode, the same widgets; or make a new Stage
        widget.show(page)                    # any number of pages
        stage.settle()
        assert layout_faults(stage.root, stage.look, Reader.VISITOR) == []

`tests.ui.panels` names the panels and modes that each screen has to fit, and makes all texts 40 % longer.
A page takes some 40 ms, a new Stage some 500 ms.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.config import PanelConfig
from hardware.panel.look import PLAIN, Look, Mode
from hardware.panel.scale import Reader
from hardware.panel.window import environment, settings

_MOST_TICKS = 30
_QUIET_TICKS = 3
"""So many frames in a row without a change: the layout has come to rest."""
_ANY = PanelConfig(width_px=1080, height_px=1080, diagonal_in=20, viewing_distance_m=1)


def prepare() -> None:
    """Set Kivy up for this process without a window. Raises RuntimeError where a true window was prepared before."""
    if "kivy.core.window" in sys.modules:
        if type(sys.modules["kivy.core.window"].Window).__name__ != "_NoWindow":
            message = "Kivy has a window already"
            raise RuntimeError(message)
        return
    before = dict(os.environ)
    home = Path(tempfile.mkdtemp(prefix="antrean-layout-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ |= environment(os.environ, home=home) | {"KIVY_GL_BACKEND": "mock", "KIVY_WINDOW": "none"}
    from kivy.config import Config  # noqa: PLC0415 - Kivy reads its environment when it is imported

    for section, key, value in settings(_ANY, ((_ANY.width_px, _ANY.height_px), None), environ={}):
        Config.set(section, key, value)
    logging.getLogger("kivy").disabled = True  # it would say that there is neither window nor graphics card
    Config.set("graphics", "maxfps", "0")  # no rest between frames that nobody sees
    Config.remove_section("input")
    Config.add_section("input")
    from hardware.panel import text  # noqa: PLC0415 - imports Kivy, which has its settings only now

    text.install()
    _open_none()
    # A true window that this process starts must not draw nothing as well.
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _open_none() -> None:
    """Put a window that nobody sees where Kivy's parts look for one."""
    from kivy.base import EventLoop  # noqa: PLC0415 - Kivy only now
    from kivy.core import window as core  # noqa: PLC0415 - the same
    from kivy.graphics import cgl  # noqa: PLC0415 - the same

    class _NoWindow(core.WindowBase):  # type: ignore[misc] # Kivy has no types
        def create_window(self, *args: Any) -> None:  # noqa: ANN401 - as Kivy calls it
            cgl.cgl_init()
            super().create_window(*args)

        def _get_gl_size(self) -> Any:  # noqa: ANN401 - as Kivy calls it
            return self.system_size

        def mainloop(self) -> None:
            """Wait for nothing."""

        def close(self) -> None:
            """Close nothing."""

    core.Window = EventLoop.window = _NoWindow(width=_ANY.width_px, height=_ANY.height_px)


class Stage:
    """One screen's widgets, at any panel and in any mode. One at a time: Kivy knows one application."""

    def __init__(
        self,
        panel: PanelConfig,
        *,
        reader: Reader,
        rules: Path | None = None,
        build: Callable[[], Any],
        mode: Mode = PLAIN,
        window: tuple[int, int] | None = None,
    ) -> None:
        """Build the root widget by `build`, which may read `App.get_running_app().look`; `rules` is its kv.

        `window` is the window's size where it does not take the whole panel.
        """
        from kivy.app import App  # noqa: PLC0415 - Kivy comes after `prepare`
        from kivy.core.window import Window  # noqa: PLC0415 - the same

        from hardware.panel.screen import PanelApp  # noqa: PLC0415 - the same

        self._window = Window
        before = App.get_running_app()
        if before is not None:
            before.dispatch("on_stop")  # rules go on to mean this one by `app` until it has stopped
        for child in list(Window.children):
            Window.remove_widget(child)
        Window.size = window or (panel.width_px, panel.height_px)
        self.app = PanelApp(panel, reader=reader, title="layout", rules=rules, root=build)
        self.app.set_mode(mode)
        self.root: Any = self.app.build()
        Window.add_widget(self.root)
        self.settle()

    @property
    def look(self) -> Look:
        """Return how the screen looks now."""
        look: Look = self.app.look
        return look

    def turn(self, panel: PanelConfig, mode: Mode = PLAIN, *, window: tuple[int, int] | None = None) -> None:
        """Show the same widgets on another panel, or in another mode; nothing is done where both are as they were."""
        size = window or (panel.width_px, panel.height_px)
        if (self.app.panel, tuple(self._window.size), self.look.mode) == (panel, size, mode):
            return
        self.app.panel = panel
        self._window.size = size
        self.app.set_mode(mode)
        self.app.look_anew()
        self.settle()

    def settle(self) -> None:
        """Let frames pass until nothing moves any more."""
        from kivy.clock import Clock  # noqa: PLC0415 - the same
        from kivy.lang import Builder  # noqa: PLC0415 - the same

        before: Any = None
        quiet = 0
        for _ in range(_MOST_TICKS):
            Clock.tick()
            Builder.sync()  # rules of what is drawn wait for the frame to be drawn
            now = _places(self.root)
            quiet = quiet + 1 if now == before else 0
            before = now
            if quiet == _QUIET_TICKS:
                return


def _places(root: Any) -> list[tuple[float, ...]]:  # noqa: ANN401 - any widget
    """Return where all widgets are: by plain properties and without Kivy's own walk, as it is asked in each frame."""
    found, left = list[tuple[float, ...]](), [root]
    while left:
        widget = left.pop()
        found.append((widget.x, widget.y, widget.width, widget.height, widget.opacity))
        left += widget.children
    return found
