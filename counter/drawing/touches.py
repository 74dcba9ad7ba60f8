"""Touches -> the presenter's methods, and what pages draw alike. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from counter.desk.keys import Intent, Typed
from counter.pages.actions import Action
from counter.pages.words import LaneMark, Notice
from hardware.panel.theme import Theme


class Inputs(Protocol):
    """What touches mean: the presenter's methods."""

    def press(self, intent: Intent) -> None:
        """Do what a button asks for."""

    def type(self, typed: Typed) -> None:
        """Type a digit."""

    def choose_officer(self, index: int) -> None:
        """Choose a name."""

    def choose_entry(self, name: str) -> None:
        """Choose a line of a list."""

    def choose_option(self, index: int) -> None:
        """Pick what a dialog offers."""


class Touches:
    """Binds each widget once, and draws anew after each touch that meant something."""

    def __init__(self, inputs: Inputs, touched: Callable[[], None]) -> None:
        """`touched` is called after each touch."""
        self.inputs = inputs
        self._touched = touched
        self._bound: set[Any] = set()
        self._intents: dict[Any, Intent] = {}

    def bind(self, button: Any, work: Callable[[], None]) -> None:  # noqa: ANN401 - a widget
        """Do `work` when the button is let go; a button that is bound already keeps its work."""
        if button in self._bound:
            return
        self._bound.add(button)

        def released(_button: object) -> None:
            work()
            self._touched()

        button.bind(on_release=released)

    def show_action(self, button: Any, action: Action) -> None:  # noqa: ANN401 - a widget
        """Draw one action. What is not possible can be pressed, to be told why; outside programs see what works."""
        self._intents[button] = action.intent  # one button may stand for several, one after the other
        self.bind(button, lambda: self.inputs.press(self._intents[button]))
        button.target = action.intent.value if action.enabled else ""
        button.title, button.key, button.note = action.label, action.key, action.why_not or action.hint
        button.possible, button.primary = action.enabled or action.busy, action.primary and action.enabled


def show_mark(mark: Any, lane: LaneMark | None, theme: Theme) -> None:  # noqa: ANN401 - a widget
    """Draw a lane's mark, or nothing."""
    mark.opacity = 0 if lane is None else 1
    if lane is not None:
        mark.letter, mark.shape, mark.colour = lane.letter, lane.shape, theme.lane(lane.index)


def show_notice(widget: Any, notice: Notice | None) -> None:  # noqa: ANN401 - a widget
    """Draw a notice, or hide it."""
    widget.tone, widget.text = (notice.tone, notice.text) if notice else ("info", "")


def stand_in(container: Any, widgets: list[Any]) -> None:  # noqa: ANN401 - widgets
    """See that just these widgets stand in the container, in this order."""
    if container.children[::-1] != widgets:
        container.clear_widgets()
        for widget in widgets:
            container.add_widget(widget)
