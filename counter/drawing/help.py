"""Draws the visitors at kiosks who call for help. Import after `window.prepare`."""

from __future__ import annotations

from functools import partial
from typing import Any

from counter.drawing.touches import Touches
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
        """Draw the calls."""
        for line, call in zip(self._lines.take(len(calls)), calls, strict=True):
            line.ids.text.text = call.text
            act = line.ids.act
            act.shown = call.action is not None
            self._touches.bind(act, partial(_see_to, self._touches, act))
            act.stop = f"help:{call.kiosk}"
            act.target = act.stop if call.action is not None and call.action.enabled else ""
            if call.action is not None:
                act.title, act.key, act.works = call.action.label, call.action.key, call.action.enabled
                act.kind = "primary" if call.action.primary and call.action.enabled else "plain"


def _see_to(touches: Touches, act: Any) -> None:  # noqa: ANN401 - a widget
    """See to the kiosk that the button stands for by now."""
    touches.inputs.see_to(act.stop.removeprefix("help:"))
