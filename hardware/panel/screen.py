"""The application of one screen: look, rules, and what happens at start and end. Import after `window.prepare`."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import Rectangle
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.lang import Builder
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from PIL import Image

from hardware.config import PanelConfig
from hardware.panel import widgets
from hardware.panel.look import PLAIN, Mode, look_for
from hardware.panel.redraw import Redraw, draw_changes_alone
from hardware.panel.scale import Reader
from hardware.panel.waiting import wait_for_events

HALL_SHARE = 0.72
"""What stands above a lobby display is as large as what stands below it: calls have the room."""


class PanelApp(App):  # type: ignore[misc] # Kivy has no types
    """One window. Rules read `app.look`, which is made anew when the window changes size or its reader the mode."""

    look = ObjectProperty(None, rebind=True)
    use_kivy_settings = False

    def __init__(
        self,
        panel: PanelConfig,
        *,
        reader: Reader,
        title: str,
        root: Callable[[], Any],
        rules: Path | None = None,
        accent: str | None = None,
    ) -> None:
        """Take the panel, who reads it, the title, what makes the root widget, and the screen's rules and colour."""
        super().__init__(title=title, kv_file="")
        self.panel = panel
        self._reader = reader
        self._rules = rules
        self._make_root = root
        self._mode = PLAIN
        self._accent = accent
        self.on_begin: Callable[[], None] = _nothing
        self.on_end: Callable[[], None] = _nothing
        self._redraw: Redraw | None = None
        self.root: Any
        self._page: Any = None
        self._marked = self._told = ""
        self._bands: tuple[Any, ...] = ()
        self.look = look_for(panel, reader, Window.size, accent=accent)
        # Bound first, so asked last: what no handler of ours takes ends here, before Kivy's own keys (F1 opens its
        # settings over everything, and whatever a module may bind).
        Window.bind(on_key_down=lambda *_: True, on_request_close=lambda *_: panel.fullscreen)

    def run(self) -> None:
        """Show the window until it is closed, or until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.end())
        super().run()

    def end(self) -> None:
        """Let the main loop end after this frame, not the application in it: rules that are to follow ask for it."""
        EventLoop.quit = True

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
            if rules is not None and str(rules) not in Builder.files:
                Builder.load_file(str(rules))
        Window.clearcolor = self.look.theme.ground
        _draw_plain_surfaces_fast()
        Window.bind(size=self.look_anew)
        self._page = self._make_root()
        root = self._framed()
        if self._bands:
            self.look_anew()
        return root

    def mark(self, words: str, told: str = "") -> None:
        """Let `words` stand above everything, in a band of its own, and below it what is `told`; or no more.

        The page has what is left of the window.
        """
        is_new = bool(words) != bool(self._marked)
        if (words, told) == (self._marked, self._told):
            return
        self._marked, self._told = words, told
        if self._page is None:
            return
        if not is_new:
            self._say_marked()
        else:
            Window.remove_widget(self.root)
            self.root = self._framed()
            Window.add_widget(self.root)
        self.look_anew()

    def _framed(self) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
        """Return the page, under its bands where it is marked."""
        if self._page.parent is not None:
            self._page.parent.remove_widget(self._page)
        self._bands = ()
        if not self._marked:
            return self._page
        band, told = widgets.make("Band"), widgets.make("Band")
        band.bold, told.ground = True, (1, 0.94, 0.78, 1)
        band.share = told.share = HALL_SHARE if self._reader is Reader.HALL else 1.0
        self._bands = band, told
        self._say_marked()
        column = BoxLayout(orientation="vertical")
        for part in (band, told, self._page):
            column.add_widget(part)
        for each in self._bands:
            each.bind(height=self.look_anew)
        return column

    def _say_marked(self) -> None:
        for band, words in zip(self._bands, (self._marked, self._told), strict=True):
            band.text = words
            band.texture_update()

    def set_mode(self, mode: Mode) -> None:
        """Draw everything as this mode wants it from now on."""
        if mode != self._mode:
            self._mode = mode
            self.look_anew()

    def look_anew(self, *_size: object) -> None:
        """Make the look that panel, window and mode ask for now; all rules follow."""
        look = look_for(self.panel, self._reader, Window.size, self._mode, self._accent)
        if self._bands:
            left = look.height - sum(band.height for band in self._bands)
            look = replace(look, height=left, low_px=min(look.low_px, left))
        Window.clearcolor = look.theme.ground  # before the look: a screen with another ground says so when that comes
        self.look = look

    def on_start(self) -> None:
        """Begin once the window stands."""
        wait_for_events(Clock, Window.mainloop)
        self._redraw = draw_changes_alone()
        self.on_begin()

    def on_stop(self) -> None:
        """End in order, however the window was closed."""
        Window.unbind(size=self.look_anew)
        if self._redraw is not None:
            self._redraw.end()
        self.on_end()


def raise_window() -> None:
    """Bring this window to the front, with the keyboard, as far as the desktop lets it."""
    Window.raise_window()


def window_id() -> int | None:
    """Return what the X server calls this window, or None where there is none."""
    info = Window.get_window_info()
    found = getattr(info, "window", None)
    return int(found) if found is not None and hasattr(info, "display") else None


def picture() -> Image.Image:
    """Return what the window shows. On the screen's thread."""
    size = int(Window.system_size[0]), int(Window.system_size[1])
    # Four bytes a pixel: Kivy's own screenshot has three, and slants where a row of them is no multiple of four.
    read = glReadPixels(0, 0, *size, GL_RGBA, GL_UNSIGNED_BYTE)
    return Image.frombytes("RGBA", size, read).convert("RGB").transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def _draw_plain_surfaces_fast() -> None:
    """Let surfaces of one colour take a point of Kivy's white picture, not a mean of four that are all alike.

    Without a graphics card that is nearly half of what such a surface costs, and they are most of a frame.
    """
    white = Rectangle().texture
    if white is not None:
        white.mag_filter = white.min_filter = "nearest"


def _nothing() -> None:
    """Do nothing."""
