"""Draws what the presenter says in the officer's window, and reports touches. Decides nothing.

Import after `window.prepare`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from counter.desk_page import DeskPage
from counter.desk_view import DeskView
from counter.dialog_card import DialogCard
from counter.keymap import Intent
from counter.scene import NoticeView
from counter.signin_page import SignInPage
from counter.signin_view import SignInView
from counter.touches import Inputs, Touches, show_notice, stand_in
from hardware.panel.targets import TargetsFile
from hardware.panel.theme import Theme
from hardware.panel.widgets import make

RULES = Path(__file__).with_name("counter.kv")


class CounterScreen:
    """The widgets of the window, built once and updated. One thread: the window's."""

    def __init__(
        self, inputs: Inputs, theme: Theme, *, touched: Callable[[], None], targets: TargetsFile | None
    ) -> None:
        """`touched` is called after each touch that meant something."""
        self.root = make("CounterRoot")
        self._targets = targets
        touches = Touches(inputs, touched)
        self._desk, self._form = DeskPage(touches, theme), SignInPage(touches)
        self._dialog = DialogCard(self.root.ids.dialog, touches)
        header = self.root.ids.header.ids
        touches.bind(header.language, partial(inputs.press, Intent.LANGUAGE))
        touches.bind(header.sign_out, partial(inputs.press, Intent.SIGN_OUT))

    def show(self, view: SignInView | DeskView) -> None:
        """Draw a picture."""
        page = self._desk.root if isinstance(view, DeskView) else self._form.root
        remarks = page.ids.remarks.ids
        show_notice(remarks.notice, view.notice)
        show_notice(remarks.banner, None if view.live else NoticeView("bad", view.link))
        header = self.root.ids.header.ids
        header.counter.text = view.counter
        header.status.text = view.link if view.live else ""
        header.status.opacity = 1 if view.live else 0
        header.language.title, header.language.key = view.language.label, view.language.key
        if isinstance(view, DeskView):
            self._show_desk_header(view)
            self._desk.show(view)
            self._dialog.show(view.dialog)
        else:
            self._show_form_header()
            self._form.show(view)
            self._dialog.show(view.dialog)
        stand_in(self.root.ids.stage, [page])
        if self._targets is not None:
            self._targets.changed(self.root, screen_name(view))

    def _show_desk_header(self, view: DeskView) -> None:
        header: Any = self.root.ids.header.ids
        header.officer.text, header.state.text = view.officer, view.state
        header.chip.tone = view.state_tone
        header.sign_out.title, header.sign_out.key = view.sign_out.label, view.sign_out.key
        header.sign_out.opacity, header.sign_out.disabled = 1, False
        header.sign_out.possible = view.sign_out.enabled
        header.sign_out.target = "sign_out" if view.sign_out.enabled else ""

    def _show_form_header(self) -> None:
        header: Any = self.root.ids.header.ids
        header.officer.text = header.state.text = ""
        header.sign_out.opacity, header.sign_out.disabled = 0, True


def screen_name(view: SignInView | DeskView) -> str:
    """Return what stands in the window, for programs that watch it."""
    if view.dialog is not None:
        return "dialog"
    if isinstance(view, SignInView):
        return "sign_in"
    return "desk" if view.ticket is None else f"desk {view.ticket.number}"
