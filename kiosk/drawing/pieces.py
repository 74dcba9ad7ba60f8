"""What a kiosk's pages are made of, beside the pieces of all screens. Drawing rules are in `kiosk.kv`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from hardware.panel.turning import Box
from hardware.panel.widgets import Notice, Text, Touchable, make
from hardware.typesetting.block import lay_out
from kiosk.drawing.fit import Frame, breaks, natural, place, settle
from kiosk.pages.page import Choice

LEAST_KEY_MM = 11.0
"""A key of the keyboard is never smaller, and 20 mm where the panel allows: a fingertip is 10 mm wide."""
HELD_S = 5.0
"""So long staff hold the clock."""

Touch = Callable[[str], None]
"""Gets the name of the touch target."""


class ChoiceCard(Touchable, Box):
    """Something to choose, touchable as a whole: sign or lane mark, words, a note or a badge beside or below them."""

    title = StringProperty("")
    subtitle = StringProperty("")
    note = StringProperty("")
    badge = StringProperty("")
    tone = OptionProperty("bad", options=("info", "good", "warn", "bad"))
    icon = StringProperty("")
    letter = StringProperty("")
    shape = StringProperty("")
    lane = NumericProperty(0)
    sign = StringProperty("")
    """An icon at its end: where it leads."""
    size_role = OptionProperty("body", options=("body", "title"))
    stacked = BooleanProperty(defaultvalue=False)
    """Whether note and badge stand below the words for want of room beside them."""
    is_modest = BooleanProperty(defaultvalue=False)
    """Whether it does without all that is not needed, for want of room: large type, icon, and what `may_slim`."""
    may_slim = BooleanProperty(defaultvalue=False)
    least = NumericProperty(0)
    """Least height in millimetres, beyond that of any target."""
    is_alone = BooleanProperty(defaultvalue=True)
    """Whether its title is all there is on it: it stands in the middle then."""
    needed = NumericProperty(0)

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        self.measures: dict[object, tuple[float, bool]] = {}

    def says(self) -> tuple[object, ...]:
        """Return all that its measures depend on, beside its width."""
        look = App.get_running_app().look
        words = (self.title, self.subtitle, self.note, self.badge)
        return (
            *words,
            self.icon,
            self.shape,
            self.sign,
            self.size_role,
            self.least,
            self.is_modest,
            self.may_slim,
            look.body,
            look.touch,
            look.gap(),
        )


class OneLine(Label):  # type: ignore[misc] # Kivy has no types
    """Words that never wrap."""

    tone = StringProperty("ink")


class Tag(Label):  # type: ignore[misc] # Kivy has no types
    """A badge at body size: why something cannot be had now. It wraps where it has at most so much room."""

    tone = StringProperty("bad")
    most = NumericProperty(0)

    def lines(self, text: str, most: float, size: float) -> tuple[float | None, None]:
        """Return the width at which the words wrap, where they have to."""
        whole = lay_out(text, size_px=size, bold=self.bold).width
        return (most, None) if 0 < most < whole else (None, None)


class PageTitle(Text):
    """The question of a page; as large as what stands below where there is no room for more.

    One that is higher than a page is read as a plain line, which takes several.
    """

    is_modest = BooleanProperty(defaultvalue=False)

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        self._line: ReadLine | None = None

    def plain_lines(self) -> list[ReadLine]:
        """Return it as a line to be read."""
        self._line = self._line or make("ReadLine")
        self._line.value, self._line.strong = self.text, True
        return [self._line]


class HeadClock(Label):  # type: ignore[misc] # Kivy has no types
    """What time it is. Held for some seconds it tells so: staff know of it, and nobody does it by chance."""

    is_brief = BooleanProperty(defaultvalue=False)

    def __init__(self, held: Callable[[], None], **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        self._waits = Clock.create_trigger(lambda _elapsed: held(), HELD_S)

    def on_touch_down(self, touch: Any) -> bool:  # noqa: ANN401 - Kivy's touch has no type
        """Begin to count."""
        if self.collide_point(*touch.pos):
            touch.grab(self)
            self._waits()
            return True
        return bool(super().on_touch_down(touch))

    def on_touch_move(self, touch: Any) -> bool:  # noqa: ANN401 - the same
        """Count no longer where the finger slips off."""
        if touch.grab_current is self and not self.collide_point(*touch.pos):
            self._waits.cancel()
        return bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: Any) -> bool:  # noqa: ANN401 - the same
        """Count no longer."""
        if touch.grab_current is self:
            touch.ungrab(self)
            self._waits.cancel()
            return True
        return bool(super().on_touch_up(touch))


class ReadLine(Box):
    """Something to be read: a text, perhaps under a label or behind a box to check off."""

    label = StringProperty("")
    value = StringProperty("")
    icon = StringProperty("")
    has_icon = BooleanProperty(defaultvalue=False)
    strong = BooleanProperty(defaultvalue=False)
    tone = StringProperty("ink")
    needed = NumericProperty(0)

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        self._more: list[ReadLine] = []

    def parts(self, room: float) -> list[ReadLine]:
        """Return itself cut in lines no higher than a page each: what is too long for one is read on several."""
        left, found = self.value.split(), list[ReadLine]()
        while left:
            part = self._part(len(found))
            count = len(left)
            low = 1
            while low < count:
                middle = (low + count + 1) // 2
                part.value = " ".join(left[:middle])
                low, count = (middle, count) if natural(part, self.width) <= room else (low, middle - 1)
            part.value = " ".join(left[:low])
            found.append(part)
            left = left[low:]
        return found

    @property
    def spare(self) -> tuple[ReadLine, ...]:
        """Return the lines of its pages, and theirs: a part is cut again where the next page is lower."""
        return tuple(one for part in self._more for one in (part, *part.spare))

    def _part(self, at: int) -> ReadLine:
        while len(self._more) <= at:
            self._more.append(make("ReadLine"))
        part = self._more[at]
        part.label, part.icon = (self.label, self.icon) if at == 0 else ("", "")
        part.has_icon, part.strong, part.tone = self.has_icon, self.strong, self.tone
        return part


class Remark(Notice):
    """A banner that can also be read as plain lines, where it is higher than a page."""

    is_whole = True
    """Whether it says something by itself: it may end a page."""

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        self._lines: list[ReadLine] = []

    def plain_lines(self) -> list[ReadLine]:
        """Return its title and what to do, as lines."""
        while len(self._lines) < 2:  # noqa: PLR2004 - title and text
            self._lines.append(make("ReadLine"))
        for line, text in zip(self._lines, (self.title, self.text), strict=True):
            line.value, line.strong = text, text == self.title
        return [line for line in self._lines if line.value]


class BarButton(Touchable, Box):
    """A button of the bar: an icon and a word, one above the other or side by side."""

    title = StringProperty("")
    icon = StringProperty("")
    upright = BooleanProperty(defaultvalue=True)
    is_small = BooleanProperty(defaultvalue=False)
    is_bare = BooleanProperty(defaultvalue=False)
    """Whether the icon has to say it alone, for want of room."""
    needed = NumericProperty(0)


class PageTurner(Box):
    """The buttons that turn the pages of a list, and where one is."""

    at = NumericProperty(1)
    of = NumericProperty(1)
    say_before = StringProperty("")
    say_after = StringProperty("")
    needed = NumericProperty(0)

    def suit(self, width: float) -> None:
        """Arrange itself so that no word is cut at this width."""
        for upright, is_small in ((False, False), (False, True), (True, False), (True, True)):
            for made in (self.ids.before, self.ids.after):
                made.upright, made.is_small, made.is_bare = upright, is_small, False
            natural(self, width)
            if not breaks(self):
                return
        for made in (self.ids.before, self.ids.after):
            made.upright, made.is_bare = False, True
        natural(self, width)


class KeyButton(Touchable, Box):
    """One key of a keypad: a letter, a digit or an icon."""

    title = StringProperty("")
    icon = StringProperty("")
    needed = NumericProperty(0)


class TypeKey(Touchable, Box):
    """One key of the keyboard: smaller than any other target where the panel has no room for ten in a row."""

    title = StringProperty("")
    icon = StringProperty("")
    is_modest = BooleanProperty(defaultvalue=False)
    """Whether it is as low as it may be, for want of room."""
    is_word = BooleanProperty(defaultvalue=False)
    least_mm = NumericProperty(LEAST_KEY_MM)
    needed = NumericProperty(0)


class FaceCard(Touchable, Box):
    """A face and its word, touchable as a whole: one above the other, or side by side where a word would be cut."""

    title = StringProperty("")
    icon = StringProperty("")
    stacked = BooleanProperty(defaultvalue=False)
    needed = NumericProperty(0)


class Written(Box):
    """What was typed: its end, where there is no room for all of it."""

    text = StringProperty("")
    seen = StringProperty("")
    lines = NumericProperty(5)
    brief = NumericProperty(0)
    """In how many steps it has become lower."""
    needed = NumericProperty(0)

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        for name in ("text", "width", "brief"):
            self.fbind(name, self._cut)

    def _cut(self, *_changed: object) -> None:
        """Find the longest end of the text that has room, beginning at a word."""
        look = App.get_running_app().look
        self.lines = max(1, 5 - 2 * self.brief)
        room = self.width - look.gap(4)
        if room <= look.body:
            self.seen = self.text[-1:]
            return
        text, starts = self.text, [0]
        starts += [at + 1 for at, sign in enumerate(text) if sign == " "]
        starts += [at for at in range(0, len(text), 20) if at not in starts]  # a word may be longer than a line
        starts.sort()
        low, high = 0, len(starts) - 1
        while low < high:
            middle = (low + high) // 2
            many = len(lay_out(text[starts[middle] :], size_px=look.body, width_px=room).lines)
            low, high = (low, middle) if many <= self.lines else (middle + 1, high)
        self.seen = text[starts[low] :]


class Tile(Box):
    """Something to be read at a glance: a figure or a pictogram, and two or three words."""

    value = StringProperty("")
    icon = StringProperty("")
    label = StringProperty("")
    others = StringProperty("")
    fill = StringProperty("primary_soft")
    edge = StringProperty("primary_soft")
    ink = StringProperty("ink")
    stacked = BooleanProperty(defaultvalue=False)
    needed = NumericProperty(0)


class NumberCard(Box):
    """The number that matters, never split: as large as its line has room for, and what belongs to it."""

    is_whole = True
    """As a remark is."""

    number = StringProperty("")
    caption = StringProperty("")
    code = StringProperty("")
    service = StringProperty("")
    lane_name = StringProperty("")
    lane_letter = StringProperty("")
    lane_shape = StringProperty("")
    lane = NumericProperty(0)
    brief = NumericProperty(0)
    """How much has left for want of room: 1: what stands around the number, 2: the lane's name too."""
    needed = NumericProperty(0)

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        self._lines: list[ReadLine] = []

    def plain_lines(self) -> list[ReadLine]:
        """Return number and code as lines to be read, where the card is higher than a page."""
        while len(self._lines) < 2:  # noqa: PLR2004 - number and code
            self._lines.append(make("ReadLine"))
        for line, text in zip(self._lines, (self.number, self.code), strict=True):
            line.value, line.strong = text, True
        return [line for line in self._lines if line.value]

    def number_px(self, text: str, width: float, largest: float, least: float) -> float:
        """Return the font size at which the number fills its line, between the two."""
        if not text or width <= 0:
            return largest
        # Figures and capitals of Noto Sans Bold are 0.57 to 0.76 of the font size wide; a dash takes half of that.
        wide = sum(0.34 if sign in "- " else 0.6 if sign.isdecimal() else 0.76 for sign in text)
        return max(least, min(largest, int(width / wide)))


class CodeRow(Box):
    """The QR code of a ticket, and beside it what it is for."""

    rows = ListProperty([])
    caption = StringProperty("")
    said = StringProperty("")
    brief = NumericProperty(0)
    """Whether what it is for has left for want of room."""
    needed = NumericProperty(0)


class Tiles(Widget):  # type: ignore[misc] # Kivy has no types
    """Tiles side by side, as many as have room without cutting a word; the last row stands in the middle."""

    needed = NumericProperty(0)

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        self.most = 3
        self.gap = 0.0
        self._columns = 1
        self.fbind("width", self._measure)
        self.fbind("pos", self._place)
        self.fbind("size", self._place)

    def show(self, tiles: Sequence[Any], gap: float, most: int) -> None:
        """Take the tiles."""
        self.gap, self.most = gap, most
        if list(reversed(self.children)) != list(tiles):
            self.clear_widgets()
            for tile in tiles:
                self.add_widget(tile)
        self._measure()

    def _measure(self, *_changed: object) -> None:
        tiles = list(reversed(self.children))
        if not tiles or self.width <= 1:
            self.needed = 0
            return
        for columns in range(min(self.most, len(tiles)), 0, -1):
            width = self._each(columns)
            for tile in tiles:
                tile.stacked = columns == 1
                natural(tile, width)
            if columns == 1 or not any(breaks(tile) for tile in tiles):
                break
        self._columns = columns
        rows = self._rows(tiles)
        self.needed = sum(max(tile.needed for tile in row) for row in rows) + self.gap * (len(rows) - 1)

    def _each(self, columns: int) -> float:
        return (float(self.width) - self.gap * (columns - 1)) / columns

    def _rows(self, tiles: list[Any]) -> list[list[Any]]:
        return [tiles[at : at + self._columns] for at in range(0, len(tiles), self._columns)]

    def _place(self, *_changed: object) -> None:
        tiles = list(reversed(self.children))
        if not tiles:
            return
        rows, width = self._rows(tiles), self._each(self._columns)
        spare = max(0.0, self.height - self.needed) / len(rows)
        top = self.top
        for row in rows:
            height = max(tile.needed for tile in row) + spare
            x = self.x + (self._columns - len(row)) * (width + self.gap) / 2
            for at, tile in enumerate(row):
                place(tile, Frame(x + at * (width + self.gap), top - height, width, height))
                settle(tile)
            top -= height + self.gap


def card(touch: Touch, **looks: Any) -> Any:  # noqa: ANN401 - Kivy's properties and widgets have no types
    """Return a card that reports its target."""
    made = make("ChoiceCard")
    for name, value in looks.items():
        setattr(made, name, value)
    made.bind(on_release=lambda it: touch(it.target))
    return made


def write_choice(made: Any, target: str, choice: Choice) -> None:  # noqa: ANN401 - a ChoiceCard
    """Write a choice into a card."""
    made.target = target
    made.title, made.subtitle, made.note = choice.title, choice.subtitle, choice.note
    made.badge, made.tone, made.icon = choice.badge, choice.tone, choice.icon
    made.letter, made.shape, made.lane = choice.letter if choice.shape else "", choice.shape, choice.lane
    made.possible = choice.is_available
