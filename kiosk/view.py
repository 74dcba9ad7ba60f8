"""Draws the views of a kiosk on its panel and reports touches. Decides nothing. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, assert_never

from hardware.panel.lists import Pool
from hardware.panel.targets import TargetsFile
from hardware.panel.widgets import make
from kiosk import holder_views, page_views
from kiosk.page_views import Touch, draw_banner
from kiosk.pages import (
    ConfirmPage,
    Footer,
    FoundPage,
    Header,
    IdleWarning,
    IssuingPage,
    LanePage,
    NumberPage,
    OfflinePage,
    Page,
    ProblemPage,
    RequirementsPage,
    ServicesPage,
    TicketPage,
    View,
    WelcomePage,
)

RULES = Path(__file__).with_name("kiosk.kv")


class KioskView:
    """The widgets of a kiosk, built once and updated. One thread: the screen's."""

    def __init__(self, touch: Touch, *, touched: Callable[[], None], targets: TargetsFile | None) -> None:
        """Build every page. `touch` gets the name of a touched target, `touched` hears of any touch at all."""
        self.root = make("KioskRoot")
        self._targets = targets
        self._name = ""
        self._page: Any = None
        self._welcome = page_views.Welcome(touch)
        self._services = page_views.Services(touch)
        self._requirements = page_views.Requirements(touch)
        self._lanes = page_views.Lanes(touch)
        self._issuing = page_views.Issuing()
        self._ticket = page_views.TheTicket(touch)
        self._problem = page_views.Problems(touch)
        self._offline = page_views.Offline()
        self._number = holder_views.Number(touch)
        self._found = holder_views.Found(touch)
        self._confirm = holder_views.Confirm(touch)
        self._languages = Pool(self.root.ids.header.ids.languages, lambda: _pill(touch))
        nav, overlay = self.root.ids.nav.ids, self.root.ids.overlay.ids
        for made in (nav.back, nav.start_over, overlay.stay, overlay.leave):
            made.bind(on_release=lambda it: touch(it.target))
        self.root.bind(on_touched=lambda _root: touched(), size=lambda *_: self.tell_targets())

    def show(self, view: View) -> None:
        """Draw a view."""
        self._draw_header(view.header)
        self._draw_footer(view.footer)
        draw_banner(self.root.ids.banner, view.banner)
        self._draw_nav(view)
        page = self._draw_page(view.page)
        page.disabled = view.is_blocked
        self._put_on_stage(page)
        self._draw_warning(view.warning)
        self._name = view.name if view.warning is None else f"{view.name}:idle"
        self.tell_targets()

    def tell_targets(self) -> None:
        """Tell the outside where it can touch; also after the window changed its size."""
        if self._targets is not None:
            self._targets.changed(self.root, self._name)

    def _draw_page(self, page: Page) -> Any:  # noqa: ANN401 - the page's widget
        match page:
            case WelcomePage():
                self._welcome.draw(page)
                return self._welcome.widget
            case ServicesPage():
                self._services.draw(page)
                return self._services.widget
            case RequirementsPage():
                self._requirements.draw(page)
                return self._requirements.widget
            case LanePage():
                self._lanes.draw(page)
                return self._lanes.widget
            case _:
                return self._draw_end(page)

    def _draw_end(
        self, page: IssuingPage | TicketPage | ProblemPage | NumberPage | FoundPage | ConfirmPage | OfflinePage
    ) -> Any:  # noqa: ANN401 - the same
        match page:
            case IssuingPage():
                self._issuing.draw(page)
                return self._issuing.widget
            case TicketPage():
                self._ticket.draw(page)
                return self._ticket.widget
            case ProblemPage():
                self._problem.draw(page)
                return self._problem.widget
            case OfflinePage():
                self._offline.draw(page)
                return self._offline.widget
            case _:
                return self._draw_holder(page)

    def _draw_holder(self, page: NumberPage | FoundPage | ConfirmPage) -> Any:  # noqa: ANN401 - the same
        match page:
            case NumberPage():
                self._number.draw(page)
                return self._number.widget
            case FoundPage():
                self._found.draw(page)
                return self._found.widget
            case ConfirmPage():
                self._confirm.draw(page)
                return self._confirm.widget
            case _:
                assert_never(page)

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

    def _draw_nav(self, view: View) -> None:
        nav = self.root.ids.nav
        nav.shown = bool(view.back or view.start_over)
        for made, title in ((nav.ids.back, view.back), (nav.ids.start_over, view.start_over)):
            made.title = title
            # In this order: to be disabled has an opacity of its own.
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
