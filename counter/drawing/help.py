"""Draws the visitors at kiosks who call for help, and what staff ask of the counter. Import after `window.prepare`."""

from __future__ import annotations

from functools import partial
from typing import Any

from counter.desk.keys import Intent
from counter.drawing.touches import Touches
from counter.pages.actions import Action
from counter.pages.help import HelpLine
from hardware.panel.lists import Pool
from hardware.panel.widgets import make


class HelpWidget:
    """A line for each, built once and updated."""

    def __init__(self, container: Any, touches: Touches) -> None:  # noqa: ANN401 - a widget
        """Draw into `container`, report touches to `touches`."""
        self._touches = touches
        self._lines = Pool(container, lambda: make("HelpCallLine"))

    def show(self, calls: tuple[HelpLine, ...]) -> None:
        """Draw the lines."""
        for line, call in zip(self._lines.take(len(calls)), calls, strict=True):
            line.ids.text.text = call.text
            self._show_act(line.ids.act, call.action, call.stop)
            self._show_act(line.ids.other, call.decline, Intent.DECLINE.value)

    def _show_act(self, act: Any, action: Action | None, stop: str) -> None:  # noqa: ANN401 - a widget
        act.shown = action is not None
        self._touches.bind(act, partial(_do, self._touches, act))
        act.stop = stop
        act.target = stop if action is not None and action.enabled else ""
        if action is not None:
            act.title, act.key, act.works = action.label, action.key, action.enabled
            act.kind = "primary" if action.primary and action.enabled else "plain"


def _do(touches: Touches, act: Any) -> None:  # noqa: ANN401 - a widget
    """Do what the button stands for by now: see to a kiosk, or answer what is asked."""
    kind, _, kiosk = act.stop.partition(":")
    if kind == Intent.HELP:
        touches.inputs.see_to(kiosk)
    else:
        touches.inputs.press(Intent(kind))
