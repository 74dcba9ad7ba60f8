"""Draws what asks before it acts, over the whole window. Import after `window.prepare`."""

from __future__ import annotations

from functools import partial
from typing import Any

from counter.drawing.pad import Pad
from counter.drawing.touches import Touches, stand_in
from counter.pages.dialogs import DialogCard, OptionLine
from hardware.panel.lists import Pool, bring_into_view
from hardware.panel.widgets import make


class DialogWidget:
    """The veil and its card, built once and updated."""

    def __init__(self, overlay: Any, touches: Touches) -> None:  # noqa: ANN401 - a widget
        """Draw into `overlay`, report touches to `touches`."""
        self.overlay = overlay
        self._touches = touches
        self._options = Pool(overlay.ids.options, lambda: make("OptionLine"))
        self._pad = Pad(make("DialogPad"), touches)
        self._title = ""

    def show(self, card: DialogCard | None) -> None:
        """Draw a dialog, or none; each step begins at the head of what it offers."""
        self.overlay.shown = card is not None
        if card is None:
            self._title = ""
            return
        ids = self.overlay.ids
        if card.title != self._title:
            self._title, ids.scroll.scroll_y = card.title, 1
        ids.title.text, ids.text.text = card.title, card.text
        ids.text.tone, ids.text.bold = ("bad", True) if card.is_fault else ("ink_soft", False)
        stand_in(ids.pad, [self._pad.grid] if card.pad else [])
        self._pad.show(card.pad)
        # The bar is where the next character goes.
        ids.field.wanted, ids.field.empty = bool(card.field_label), not card.field
        ids.field.text = f"{card.field}|" if card.field else card.field_label
        for index, (line, option) in enumerate(zip(self._options.take(len(card.options)), card.options, strict=True)):
            self._show_option(line, option, index)
        self._touches.show_action(ids.confirm, card.confirm)
        self._touches.show_action(ids.cancel, card.cancel)

    def _show_option(self, line: Any, option: OptionLine, index: int) -> None:  # noqa: ANN401 - a widget
        self._touches.bind(line, partial(self._touches.inputs.choose_option, index))
        line.stop = line.target = f"option:{index}"
        line.key, line.title, line.detail = option.key, option.label, option.detail
        was_chosen, line.chosen = line.chosen, option.chosen
        if option.chosen and not was_chosen:
            bring_into_view(self.overlay.ids.scroll, line)
