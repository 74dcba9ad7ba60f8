"""What can be pressed, touches -> the presenter's methods, what pages draw alike. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from kivy.effects.scroll import ScrollEffect
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.scrollview import ScrollView

from counter.desk.keys import Intent, Typed
from counter.desk.room import Room
from counter.pages.actions import Action
from counter.pages.words import LaneMark, Notice
from hardware.panel.theme import Theme
from hardware.panel.widgets import IMPOSSIBLE, PRESSED, STYLES, Style, Touchable

BARE = Style("surface", "surface", "ink", "ink_soft")
"""A line of a list: nothing but its words until it is chosen."""


class Pressable(Touchable, BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A button of this window. What does not `works` now can be pressed all the same, to be told why."""

    stop = StringProperty("")
    """Its name among the buttons that Tab goes through."""
    works = BooleanProperty(defaultvalue=True)
    chosen = BooleanProperty(defaultvalue=False)
    bare = BooleanProperty(defaultvalue=False)

    def styled(self, kind: str, state: str, possible: bool) -> Style:  # noqa: FBT001 - called by the rules
        """Return the colours of this button as it is."""
        if state == "down" and kind != "primary" and not self.chosen:
            return PRESSED
        if self.chosen:
            return STYLES["primary"]
        if self.bare:
            return BARE
        if not self.works and kind != "band":
            return IMPOSSIBLE
        style: Style = super().styled(kind, state, possible)
        return style

    def looks(self, *_changed: object) -> Style:
        """Return the same; the rules name what it depends on."""
        return self.styled(self.kind, self.state, possible=True)


class Lines(ScrollView):  # type: ignore[misc] # Kivy has no types
    """A list that scrolls by whole pixels: between them letters blur. It never springs back."""

    effect_cls = ScrollEffect

    def update_from_scroll(self, *largs: object) -> None:
        """Put the content where it belongs, on whole pixels."""
        super().update_from_scroll(*largs)
        self.g_translate.xy = tuple(round(part) for part in self.g_translate.xy)


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

    def see_to(self, kiosk: str) -> None:
        """Say that somebody is coming to a kiosk, or that it is done there."""

    def room(self, room: Room) -> None:
        """Take note of how much room the window has."""


class Touches:
    """Binds each widget once, and draws anew after each touch that meant something."""

    def __init__(self, inputs: Inputs, touched: Callable[[], None]) -> None:
        """`touched` is called after each touch."""
        self.inputs = inputs
        self.touched = touched
        self._bound: set[Any] = set()
        self._intents: dict[Any, Intent] = {}
        self._focused: list[Any] = []

    def bind(self, button: Any, work: Callable[[], None]) -> None:  # noqa: ANN401 - a widget
        """Do `work` when the button is let go; a button that is bound already keeps its work."""
        if button in self._bound:
            return
        self._bound.add(button)

        def released(_button: object) -> None:
            work()
            self.touched()

        button.bind(on_release=released)

    def show_action(self, button: Any, action: Action) -> None:  # noqa: ANN401 - a widget
        """Draw one action. What is not possible can be pressed, to be told why; outside programs see what works."""
        self._intents[button] = action.intent  # one button may stand for several, one after the other
        self.bind(button, lambda: self.inputs.press(self._intents[button]))
        button.stop, button.target = action.intent.value, action.intent.value if action.enabled else ""
        button.title, button.key, button.note = action.label, action.key, action.why_not or action.hint
        button.works = action.enabled or action.busy
        button.kind = "primary" if action.primary and action.enabled else "plain"

    def focus(self, root: Any, name: str) -> None:  # noqa: ANN401 - a widget
        """Let the button called `name` have the ring of keys, and no other."""
        for widget in self._focused:
            widget.focused = False
        found = _named(root, name) if name else None
        self._focused = [] if found is None else [found]
        for widget in self._focused:
            widget.focused = True


def _named(root: Any, name: str) -> Any:  # noqa: ANN401 - a widget
    """Return the button of that name that can be seen under `root`, or None."""
    if root.opacity == 0:
        return None
    if getattr(root, "stop", "") == name:
        return root
    for child in root.children:
        found = _named(child, name)
        if found is not None:
            return found
    return None


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
