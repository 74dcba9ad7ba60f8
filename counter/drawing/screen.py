"""Draws what the presenter says in the officer's window, and reports touches. Decides nothing.

Import after `window.prepare`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App

from counter.desk.keys import Intent
from counter.desk.room import Arrangement, Room, arrangement_of
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
        self._theme = theme
        self._targets = targets
        self._inputs = inputs
        self._touches = touches = Touches(inputs, touched)
        self._desks: dict[Arrangement, DeskWidget] = {}
        """One for each arrangement that the window had so far."""
        self._form = SignInWidget(touches)
        self._dialog = DialogWidget(self.root.ids.dialog, touches)
        self._language, self._pin, self._sign_out = make("HeadAct"), make("HeadAct"), make("HeadAct")
        self._room = Room()
        self._tell: Callable[[], None] = lambda: None
        touches.bind(self._language, partial(inputs.press, Intent.LANGUAGE))
        touches.bind(self._sign_out, partial(inputs.press, Intent.SIGN_OUT))
        touches.bind(self._pin, partial(inputs.press, Intent.PIN))
        self._pin.stop = Intent.PIN.value
        self._language.stop = self._language.target = Intent.LANGUAGE.value
        self._sign_out.stop = Intent.SIGN_OUT.value
        self._resized()
        App.get_running_app().fbind("look", self._resized)
        self._tell = touches.touched  # from now on: nothing can be drawn while this is being made

    def _resized(self, *_changed: object) -> None:
        look = App.get_running_app().look
        self._have(Room(arrangement_of(look.width, look.body), self._room.lines))

    def _have_lines(self, lines: int) -> None:
        self._have(Room(self._room.arrangement, max(1, lines)))

    def _have(self, room: Room) -> None:
        """Say how much room there is, where that has changed."""
        if room != self._room:
            self._room = room
            self._inputs.room(room)
            self._tell()

    def show(self, page: SignInPage | DeskPage) -> None:
        """Draw a page."""
        header = self.root.ids.header.ids
        self.root.ids.header.narrow = page.room.is_narrow
        header.counter.text = page.counter
        # In the form letters find a name: there it is a button alone.
        self._language.title = page.language.label
        self._language.key = page.language.key if isinstance(page, DeskPage) else ""
        if isinstance(page, DeskPage):
            desk = self._desk(page.room.arrangement)
            self._show_desk_header(page)
            desk.show(page)
            root, focus = desk.root, page.focus
        else:
            header.officer.name = header.state.text = ""
            stand_in(header.buttons, [self._language])
            self._form.show(page)
            root, focus = self._form.root, page.button
        show_notice(root.ids.remarks.ids.notice, page.notice)
        show_notice(root.ids.remarks.ids.banner, page.banner)
        self._dialog.show(page.dialog)
        stand_in(self.root.ids.stage, [root])
        self._touches.focus(self.root if page.dialog is None else self._dialog.overlay, focus)
        if self._targets is not None:
            self._targets.changed(self.root, screen_name(page))

    def _desk(self, arrangement: Arrangement) -> DeskWidget:
        if arrangement not in self._desks:
            self._desks[arrangement] = DeskWidget(arrangement, self._touches, self._theme, self._have_lines)
        return self._desks[arrangement]

    def _show_desk_header(self, page: DeskPage) -> None:
        header: Any = self.root.ids.header.ids
        header.officer.name = page.officer
        header.state.text, header.state.tone = page.state, page.state_tone
        stand_in(header.buttons, [self._language, self._pin, self._sign_out] if page.room.has_all else [])
        for button, action in ((self._pin, page.pin), (self._sign_out, page.sign_out)):
            button.title, button.key, button.works = action.label, action.key, action.enabled
            button.target = action.intent.value if action.enabled else ""


def screen_name(page: SignInPage | DeskPage) -> str:
    """Return what stands in the window, for programs that watch it."""
    if page.dialog is not None:
        return "dialog"
    if isinstance(page, SignInPage):
        return "sign_in"
    return "desk" if page.ticket is None else f"desk {page.ticket.number}"
