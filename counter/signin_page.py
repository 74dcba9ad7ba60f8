"""Draws the window before anyone is signed in. Import after `window.prepare`."""

from __future__ import annotations

from functools import partial

from counter.keymap import Intent, Typed
from counter.signin import Field
from counter.signin_view import SignInView
from counter.touches import Touches
from hardware.panel.lists import Pool, bring_into_view
from hardware.panel.widgets import make

PAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "erase")


class SignInPage:
    """The form, built once and updated."""

    def __init__(self, touches: Touches) -> None:
        """Report touches to `touches`."""
        self.root = make("SignInPage")
        self._touches = touches
        self._officers = Pool(self.root.ids.officers, lambda: make("OfficerLine"))
        touches.bind(self.root.ids.submit, partial(touches.inputs.press, Intent.CONFIRM))
        self._build_pad()

    def _build_pad(self) -> None:
        inputs = self._touches.inputs
        for name in PAD:
            key = make("PadKey")
            key.title, key.opacity, key.disabled = name, 1 if name else 0, not name
            key.target = f"pad:{name}" if name else ""
            key.size_role = "title" if len(name) == 1 else "small"
            if name == "erase":
                self._erase = key
                self._touches.bind(key, partial(inputs.press, Intent.ERASE))
            else:
                self._touches.bind(key, partial(inputs.type, Typed(name)))
            self.root.ids.pad.add_widget(key)

    def show(self, view: SignInView) -> None:
        """Draw a picture."""
        ids = self.root.ids
        ids.title.text, ids.officer_title.text, ids.pin_title.text = view.title, view.officer_title, view.pin_title
        ids.hint.text = view.hint
        ids.typed.opacity = 0 if view.officers else 1
        ids.typed.ids.words.text, ids.typed.focused = view.typed_id, view.focus is Field.OFFICER
        ids.pin.ids.words.text, ids.pin.focused = "\N{BULLET}  " * view.pin_length, view.focus is Field.PIN
        ids.submit.title, ids.submit.key = view.submit, view.submit_key
        ids.submit.primary = ids.submit.possible = not view.busy
        self._erase.title = view.erase
        self._show_officers(view)

    def _show_officers(self, view: SignInView) -> None:
        for index, (line, name) in enumerate(zip(self._officers.take(len(view.officers)), view.officers, strict=True)):
            line.target = f"officer:{index}"
            self._touches.bind(line, partial(self._touches.inputs.choose_officer, index))
            was_chosen, line.chosen, line.title = line.chosen, index == view.chosen, name
            if line.chosen and not was_chosen:
                bring_into_view(self.root.ids.scroll, line)
