"""The application of one screen: look, rules, and what happens at start and end. Import after `window.prepare`."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import Rectangle
from kivy.lang import Builder
from kivy.properties import ObjectProperty

from hardware.config import PanelConfig
from hardware.panel import widgets
from hardware.panel.look import look_for
from hardware.panel.scale import Reader
from hardware.panel.waiting import wait_for_events


class PanelApp(App):  # type: ignore[misc] # Kivy has no types
    """One window. Rules read `app.look`, which is made anew when the window changes size."""

    look = ObjectProperty(None)
    use_kivy_settings = False

    def __init__(
        self,
        panel: PanelConfig,
        *,
        reader: Reader,
        title: str,
        rules: Path,
        root: Callable[[], Any],
    ) -> None:
        """Take the panel, who reads it, the window's title, the screen's own kv file and what makes the root widget."""
        super().__init__(title=title, kv_file="")
        self._panel = panel
        self._reader = reader
        self._rules = rules
        self._make_root = root
        self.on_begin: Callable[[], None] = _nothing
        self.on_end: Callable[[], None] = _nothing
        self.look = look_for(panel, reader, Window.size)
        # Bound first, so asked last: what no handler of ours takes ends here, before Kivy's own keys (F1 opens its
        # settings over everything, and whatever a module may bind).
        Window.bind(on_key_down=lambda *_: True, on_request_close=lambda *_: panel.fullscreen)

    def run(self) -> None:
        """Show the window until it is closed, or until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end_after_this_frame)
        super().run()

    def open_settings(self, *_: object) -> bool:
        """Open nothing: the office's settings are in its configuration file."""
        return False

    def load_kv(self, filename: str | None = None) -> bool:
        """Load no file by guess: `build` names them."""
        del filename
        return False

    def build(self) -> Any:  # noqa: ANN401 - the root widget
        """Load the rules and build the one widget tree."""
        for rules in (widgets.RULES, self._rules):
            if str(rules) not in Builder.files:
                Builder.load_file(str(rules))
        Window.clearcolor = self.look.theme.ground
        _draw_plain_surfaces_fast()
        Window.bind(size=self._resized)
        return self._make_root()

    def _resized(self, _window: object, size: tuple[float, float]) -> None:
        self.look = look_for(self._panel, self._reader, size)

    def on_start(self) -> None:
        """Begin once the window stands."""
        wait_for_events(Clock, Window.mainloop)
        self.on_begin()

    def on_stop(self) -> None:
        """End in order, however the window was closed."""
        self.on_end()


def _end_after_this_frame(*_signal: object) -> None:
    """Let the main loop end, not the application within it: rules that are still to follow in this frame ask for it."""
    EventLoop.quit = True


def save_picture(path: Path) -> Path:
    """Write the window as PNG to exactly `path` and return it. On the screen's thread; takes some 40 ms."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Kivy numbers its screenshots; the numbered file is renamed, which also makes the picture appear whole.
    written = Path(Window.screenshot(name=f"{path.absolute().with_suffix('')}.part.png"))
    return written.replace(path)


def _draw_plain_surfaces_fast() -> None:
    """Let surfaces of one colour take a point of Kivy's white picture, not a mean of four that are all alike.

    Without a graphics card that is nearly half of what such a surface costs, and they are most of a frame.
    """
    white = Rectangle().texture
    if white is not None:
        white.mag_filter = white.min_filter = "nearest"


def _nothing() -> None:
    """Do nothing."""
