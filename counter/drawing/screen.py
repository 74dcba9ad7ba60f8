"""Draws what the presenter says in the officer's window, and reports touches. Decides nothing.

Import after `window.prepare`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from counter.desk.keys import Intent
from counter.drawing.desk import DeskWidget
from counter.drawing.dialog import DialogWidget
from counter.drawing.sign_in import SignInWidget
from counter.drawing.touches import Inputs, Touches, show_notice, stand_in
from counter.pages.desk import DeskPage
from counter.pages.sign_in import SignInPage
from hardware.panel.targets import TargetsFile
from hardware.panel.theme import Theme
from hardware.panel.widgets import make

RULES = Path(__file__).with_name("counter.kv")


class CounterWidget:
    """The widgets of the window, built once and updated. One thread: the window's."""

    def __init__(
        self, inputs: Inputs, theme: Theme, *, touched: Callable[[], None], targets: TargetsFile | None
    ) -> None:
        """`touched` is called after each touch that meant something."""
        self.root = make("CounterRoot")
        self._targets = targets
        touches = Touches(inputs, touched)
        self._desk, self._form = DeskWidget(touches, theme), SignInWidget(touches)
        self._dialog = DialogWidget(self.root.ids.dialog, touches)
        header = self.root.ids.header.ids
        touches.bind(header.language, partial(inputs.press, Intent.LANGUAGE))
        touches.bind(header.sign_out, partial(inputs.press, Intent.SIGN_OUT))

    def show(self, page: SignInPage | DeskPage) -> None:
        """Draw a page."""
        root = self._desk.root if isinstance(page, DeskPage) else self._form.root
        remarks = root.ids.remarks.ids
        show_notice(remarks.notice, page.notice)
        show_notice(remarks.banner, page.banner)
        header = self.root.ids.header.ids
        header.counter.text = page.counter
        header.status.text = page.link if page.live else ""
        header.status.opacity = 1 if page.live else 0
        header.language.title, header.language.key = page.language.label, page.language.key
        if isinstance(page, DeskPage):
            self._show_desk_header(page)
            self._desk.show(page)
            self._dialog.show(page.dialog)
        else:
            self._show_form_header()
            self._form.show(page)
            self._dialog.show(page.dialog)
        stand_in(self.root.ids.stage, [root])
        if self._targets is not None:
            self._targets.changed(self.root, screen_name(page))

    def _show_desk_header(self, page: DeskPage) -> None:
        header: Any = self.root.ids.header.ids
        header.officer.text, header.state.text = page.officer, page.state
        header.chip.tone = page.state_tone
        header.sign_out.title, header.sign_out.key = page.sign_out.label, page.sign_out.key
        header.sign_out.opacity, header.sign_out.disabled = 1, False
        header.sign_out.possible = page.sign_out.enabled
        header.sign_out.target = "sign_out" if page.sign_out.enabled else ""

    def _show_form_header(self) -> None:
        header: Any = self.root.ids.header.ids
        header.officer.text = header.state.text = ""
        header.sign_out.opacity, header.sign_out.disabled = 0, True


def screen_name(page: SignInPage | DeskPage) -> str:
    """Return what stands in the window, for programs that watch it."""
    if page.dialog is not None:
        return "dialog"
    if isinstance(page, SignInPage):
        return "sign_in"
    return "desk" if page.ticket is None else f"desk {page.ticket.number}"
