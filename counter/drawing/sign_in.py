"""Draws the window before anyone is signed in. Import after `window.prepare`."""

from __future__ import annotations

from functools import partial

from counter.desk.keys import Intent
from counter.desk.sign_in import Field
from counter.drawing.help import HelpWidget
from counter.drawing.pad import Pad
from counter.drawing.touches import Touches
from counter.pages.sign_in import SignInPage
from hardware.panel.lists import Pool, bring_into_view
from hardware.panel.widgets import make


class SignInWidget:
    """The form, built once and updated."""

    def __init__(self, touches: Touches) -> None:
        """Report touches to `touches`."""
        self.root = make("SignInWidget")
        self._touches = touches
        self._officers = Pool(self.root.ids.officers, lambda: make("OfficerLine"))
        self._chosen: int | None = None
        touches.bind(self.root.ids.submit, partial(touches.inputs.press, Intent.CONFIRM))
        self._help = HelpWidget(self.root.ids.help, touches)
        self._pad = Pad(self.root.ids.pad, touches)

    def show(self, page: SignInPage) -> None:
        """Draw a page."""
        ids, has_button = self.root.ids, bool(page.button)
        self.root.narrow = page.room.is_narrow
        ids.title.text, ids.officer_title.text, ids.pin_title.text = page.title, page.officer_title, page.pin_title
        ids.hint.text = page.hint
        ids.typed.wanted = not page.officers
        ids.typed.text, ids.typed.focused = page.typed_id, page.focus is Field.OFFICER and not has_button
        ids.pin.text, ids.pin.focused = "\N{BULLET}  " * page.pin_length, page.focus is Field.PIN and not has_button
        ids.submit.title, ids.submit.key = page.submit, page.submit_key
        ids.submit.works = not page.busy
        self._pad.show(page.erase)
        self._help.show(page.help)
        self._show_officers(page)

    def _show_officers(self, page: SignInPage) -> None:
        lines = self._officers.take(len(page.officers))
        for index, (line, name) in enumerate(zip(lines, page.officers, strict=True)):
            line.target = f"officer:{index}"
            self._touches.bind(line, partial(self._touches.inputs.choose_officer, index))
            line.chosen, line.title = index == page.chosen, name
            line.focused = line.chosen and page.focus is Field.OFFICER and not page.button
        if page.chosen != self._chosen and page.chosen is not None and lines:
            bring_into_view(self.root.ids.scroll, lines[page.chosen])
        self._chosen = page.chosen
