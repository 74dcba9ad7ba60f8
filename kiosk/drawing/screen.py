"""Draws the screens of a kiosk on its panel and reports touches. Decides nothing. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.panel.lists import Pool
from hardware.panel.targets import TargetsFile, targets
from hardware.panel.widgets import make
from kiosk.drawing.by_keys import Darkness, Focus
from kiosk.drawing.pages import Touch, all_pages, draw_banner
from kiosk.pages.page import Bar, Footer, Header, IdleWarning, Screen

RULES = Path(__file__).with_name("kiosk.kv")


class KioskWidget:
    """The widgets of a kiosk, built once and updated. One thread: the screen's."""

    def __init__(
        self,
        touch: Touch,
        *,
        touched: Callable[[], None],
        targets: TargetsFile | None,
        pressed: Callable[[], None] = lambda: None,
    ) -> None:
        """Build every page. `touch` gets the name of a touched target, `touched` hears of any touch at all.

        `pressed` hears in the same frame that a finger came down on something that can be touched.
        """
        self.root = make("KioskRoot")
        self._pressed = pressed
        self.focus = Focus(self.root)
        self._darkness = Darkness(lambda: touch("access:dark"))
        self.root.add_widget(self._darkness)
        self._targets = targets
        self._name = ""
        self._page: Any = None
        self._drawn: dict[object, object] = {}
        self._pages = all_pages(touch)
        self._languages = Pool(self.root.ids.header.ids.languages, lambda: _pill(touch))
        nav, overlay = self.root.ids.nav.ids, self.root.ids.overlay.ids
        for made in (nav.back, nav.access, nav.start_over, overlay.stay, overlay.leave):
            made.bind(on_release=lambda it: touch(it.target))
        self.root.bind(on_touched=lambda _root: touched(), size=lambda *_: self.tell_targets())
        self.root.bind(on_touch_down=self._finger_down)

    def show(self, screen: Screen) -> None:
        """Draw what is not drawn yet of a screen."""
        if self._is_new("header", screen.header):
            self._draw_header(screen.header)
        if self._is_new("footer", screen.footer):
            self._draw_footer(screen.footer)
        if self._is_new("banner", screen.banner):
            draw_banner(self.root.ids.banner, screen.banner)
        if self._is_new("bar", screen.bar):
            self._draw_bar(screen.bar)
        page = self._pages[type(screen.page)]
        if self._is_new(type(screen.page), screen.page):
            page.draw(screen.page)
        page.widget.disabled = screen.is_blocked
        self._put_on_stage(page.widget)
        self._draw_warning(screen.warning)
        self._darkness.shown = screen.access.dark
        self.focus.renew()
        self._name = screen.name if screen.warning is None else f"{screen.name}:idle"
        self.tell_targets()

    def tell_targets(self) -> None:
        """Tell the outside where it can touch; also after the window changed its size."""
        if self._targets is not None:
            self._targets.changed(self.root, self._name)

    def _finger_down(self, root: Any, touch: Any) -> None:  # noqa: ANN401 - Kivy's widgets and touches have no types
        """Tell of a finger on a target; what the touch does is the target's own affair."""
        x, y = touch.x, root.height - touch.y
        boxes = (box for _, box in targets(root, root.size))
        is_on_target = any(left <= x <= left + width and top <= y <= top + height for left, top, width, height in boxes)
        if is_on_target and not self._darkness.shown:
            self._pressed()

    def _is_new(self, part: object, content: object) -> bool:
        """Take what a part is to show; tell whether it shows something else yet."""
        is_new = part not in self._drawn or self._drawn[part] != content
        self._drawn[part] = content
        return is_new

    def _put_on_stage(self, page: Any) -> None:  # noqa: ANN401 - the page's widget
        if page is self._page:
            return
        stage = self.root.ids.stage
        stage.clear_widgets()
        stage.add_widget(page)
        self._page = page

    def _draw_header(self, header: Header) -> None:
        ids = self.root.ids.header.ids
        ids.office.text, ids.date.text, ids.clock.text = header.office, header.date, header.clock
        for pill, choice in zip(self._languages.take(len(header.languages)), header.languages, strict=True):
            pill.target, pill.text = f"switch:{choice.key}", choice.title
            pill.chosen = choice.key == header.language

    def _draw_footer(self, footer: Footer) -> None:
        ids = self.root.ids.footer.ids
        sign = footer.staff if footer.is_connected else ""
        ids.help.text, ids.connection.text = footer.help, sign or footer.connection
        ids.connection.tone = "good" if footer.is_connected and not sign else "warn"

    def _draw_bar(self, bar: Bar) -> None:
        nav = self.root.ids.nav.ids
        for made, title in ((nav.back, bar.back), (nav.access, bar.access), (nav.start_over, bar.start_over)):
            made.title = title
            made.disabled = not title
            made.opacity = 1 if title else 0

    def _draw_warning(self, warning: IdleWarning | None) -> None:
        overlay = self.root.ids.overlay
        overlay.shown = warning is not None
        self.root.ids.body.disabled = warning is not None
        if warning is not None:
            overlay.ids.title.text, overlay.ids.text.text = warning.title, warning.text
            overlay.ids.stay.title, overlay.ids.leave.title = warning.stay, warning.leave


def _pill(touch: Touch) -> Any:  # noqa: ANN401 - a widget
    made = make("Pill")
    made.bind(on_release=lambda it: touch(it.target))
    return made
