"""How a page comes to fit its panel: what is secondary leaves first, then the arrangement changes, then it is paged.

Type never shrinks, nothing overlaps, nothing scrolls. All is measured with the true widgets and placed at once, before
the frame is drawn. Import after `window.prepare`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kivy.uix.label import Label
from kivy.uix.widget import Widget

from hardware.panel.widgets import make
from hardware.typesetting.block import widest_piece

MOST_PASSES = 30
"""Kivy's own layouts come to rest in a handful; a rule that never does must not stop the screen."""
MOST_REMEMBERED = 64
"""Measures of one card: a few widths for each of the texts that it carries by turns."""
SLACK_PX = 1.0
LEAST_LINES = 5.2
"""Font sizes of height without which what is read would be torn in too many pages."""
TIGHT = 0.5
"""Keys stand nearer to each other than answers, by this share."""
_UNREADABLE = 1e6
"""Whatever cuts no word goes before what does."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the window, in pixels from its lower left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """Return its upper edge."""
        return self.y + self.height

    def inset(self, across: float, down: float) -> Frame:
        """Return what lies within a margin."""
        return Frame(self.x + across, self.y + down, self.width - 2 * across, self.height - 2 * down)

    def cut_top(self, height: float) -> tuple[Frame, Frame]:
        """Return the upper part of this height, and the rest."""
        rest = self.height - height
        return Frame(self.x, self.y + rest, self.width, height), Frame(self.x, self.y, self.width, rest)


def settle(root: Any) -> None:  # noqa: ANN401 - any widget
    """Do now what Kivy would do before the next frame: measure words and place children, until all is at rest."""
    for _ in range(MOST_PASSES):
        if not _settle_once(root):
            return


def _settle_once(widget: Any) -> bool:  # noqa: ANN401 - any widget
    worked = False
    for name, work in (("_trigger_texture", "texture_update"), ("_trigger_layout", "do_layout")):
        event = getattr(widget, name, None)
        if event is not None and event.is_triggered:
            event.cancel()
            getattr(widget, work)()
            worked = True
    for child in widget.children:
        worked = _settle_once(child) or worked
    return worked


def place(widget: Any, frame: Frame) -> None:  # noqa: ANN401 - any widget
    """Put a widget there, on whole pixels."""
    widget.size_hint = None, None
    widget.pos = round(frame.x), round(frame.y)
    widget.size = round(frame.width), round(frame.height)


def natural(widget: Any, width: float) -> float:  # noqa: ANN401 - any widget
    """Return how high a widget has to be at this width; it has that width then."""
    widget.width = round(width)
    settle(widget)
    needed: float = getattr(widget, "needed", widget.height)
    return needed


def measured(widget: Any, width: float, *, is_stacked: bool) -> tuple[float, bool]:  # noqa: ANN401 - any widget
    """Return how high it has to be at this width, and whether a word is cut; what was measured before is remembered."""
    key = (round(width), is_stacked, widget.says()) if hasattr(widget, "says") else None
    if key is not None and key in widget.measures:
        known: tuple[float, bool] = widget.measures[key]
        return known
    if hasattr(widget, "stacked"):
        widget.stacked = is_stacked
    found = natural(widget, width), breaks(widget)
    if key is not None:
        if len(widget.measures) > MOST_REMEMBERED:
            widget.measures.clear()
        widget.measures[key] = found
    return found


def breaks(widget: Any) -> bool:  # noqa: ANN401 - any widget
    """Tell whether a word below `widget` is wider than its label: it would be cut in two."""
    if widget.opacity == 0:
        return False
    if isinstance(widget, Label) and widget.text and widget.text_size[0] is None and widget.parent is not None:
        before, _, after, _ = getattr(widget.parent, "padding", (0, 0, 0, 0))
        if widget.texture_size[0] > widget.parent.width - before - after + SLACK_PX:
            return True
    elif isinstance(widget, Label) and widget.text and widget.text_size[0] is not None:
        room = widget.text_size[0] - widget.padding[0] - widget.padding[2] - 3 * SLACK_PX
        if widest_piece(widget.text, size_px=widget.font_size, bold=widget.bold) > room:
            return True
    return any(breaks(child) for child in widget.children)


def pack(heights: Sequence[float], heads: Sequence[bool], room: float, gap: float) -> list[tuple[int, int]]:
    """Return from which to which row each page shows, as evenly as can be; a head stays with the row below it."""
    pages = _greedy(heights, heads, room, gap)
    for share in (0.55, 0.65, 0.75, 0.85):
        evener = _greedy(heights, heads, room * share, gap)
        if len(evener) == len(pages):
            return evener
    return pages


def _greedy(heights: Sequence[float], heads: Sequence[bool], room: float, gap: float) -> list[tuple[int, int]]:
    pages, begin, used = [], 0, 0.0
    for at, height in enumerate(heights):
        # Where a page holds titles alone so far, the next one belongs to them, also if what follows finds no room.
        leads = heads[at] and not (at > begin and all(heads[begin:at]))
        needs = height + (gap + heights[at + 1] if leads and at + 1 < len(heights) else 0)
        if at > begin and used + gap + needs > room + SLACK_PX:
            pages.append((begin, at))
            begin, used = at, 0.0
        used += height + (gap if at > begin else 0)
    pages.append((begin, len(heights)))
    return pages


@dataclass(frozen=True, slots=True)
class Item:
    """One widget on a shelf: how many of its like stand side by side, and by which share it may grow."""

    widget: Any
    columns: int = 1
    grows: float = 0.6
    is_head: bool = False
    is_fixed: bool = False
    """Whether it stands in that many columns always: keys keep their places."""


@dataclass(frozen=True, slots=True)
class _Row:
    items: tuple[Item, ...]
    columns: int
    height: float
    width: float
    """That at which each of its items was measured."""


class Shelf:
    """Items from top to bottom, like ones side by side; on several pages with buttons where there is no other way."""

    def __init__(self, turned: Callable[[], None]) -> None:
        """Take who hears that another page is wanted."""
        self.items: Sequence[Item] = ()
        self.page = 0
        self.pages: list[tuple[int, int]] = [(0, 0)]
        self.nav = make("PageTurner")
        self._turned = turned
        self._rows: list[_Row] = []
        self._is_stacked = False
        self.is_cut = False
        """Whether a word is cut, or a row higher than a page, in the best arrangement that there is."""
        self.is_tight = False
        """Whether its items stand nearer to each other, as keys of a keyboard do."""
        self.is_showy = False
        """Whether the widest arrangement is wanted while there is room, not the lowest."""
        self._known: dict[tuple[int, int, bool], tuple[float, bool]] = {}
        """What was measured for this very arrangement: the same width is asked for again with all that may leave."""
        self.nav.ids.before.bind(on_release=lambda _: self.turn(-1))
        self.nav.ids.after.bind(on_release=lambda _: self.turn(1))

    @property
    def tallest(self) -> float:
        """Return how high its highest row is that cannot be read in parts."""
        return max((row.height for row in self._rows if not hasattr(row.items[0].widget, "parts")), default=0.0)

    def forget(self) -> None:
        """Measure anew: what its items say may have changed."""
        self._known.clear()

    def turn(self, by: int) -> None:
        """Show the next page or the one before."""
        self.page = min(max(0, self.page + by), len(self.pages) - 1)
        self._turned()

    def turn_to(self, target: str) -> bool:
        """Show the page on which a target stands; tell whether there is one."""
        for at, (begin, end) in enumerate(self.pages):
            for row in self._rows[begin:end]:
                if any(getattr(item.widget, "target", None) == target for item in row.items):
                    if at != self.page:
                        self.page = at
                        self._turned()
                    return True
        return False

    def has_targets(self, pages: int | None = None) -> bool:
        """Tell whether anything on its first pages, or on any, can be chosen."""
        shown = (row for begin, end in self.pages[:pages] for row in self._rows[begin:end])
        return any(getattr(item.widget, "target", "") for row in shown for item in row.items)

    def needed(self, width: float, gap: float, room: float = math.inf) -> float:
        """Return how high all of it is on one page: the lowest arrangement in which no word is cut.

        Rows that are higher than the `room` of a page are only taken where all are.
        """
        if not self.items:
            self._rows, self.pages, self.page, self.is_cut = [], [(0, 0)], 0, False
            return 0.0
        gap = self._between(gap)
        lowest: tuple[float, list[_Row], bool] | None = None
        # Keys stand as they do whatever the cap is, and what cannot be stacked is not measured twice.
        widest = max((item.columns for item in self.items if not item.is_fixed), default=1)
        ways = (False, True) if any(hasattr(item.widget, "stacked") for item in self.items) else (False,)
        for cap in range(widest, 0, -1):
            for is_stacked in ways:
                rows, is_broken = self._measured(width, gap, cap, is_stacked=is_stacked)
                is_bad = is_broken or max(row.height for row in rows) > room
                height = self._total(rows, gap) + (_UNREADABLE if is_bad else 0)
                if self.is_showy and not is_bad:
                    self._rows, self._is_stacked, self.is_cut = rows, is_stacked, False
                    return height
                if lowest is None or height < lowest[0] - SLACK_PX:
                    lowest = height, rows, is_stacked
        height, self._rows, self._is_stacked = lowest or (0.0, [], False)
        self.is_cut = height >= _UNREADABLE
        return height % _UNREADABLE

    def widgets(self, *, is_paged: bool) -> list[Any]:
        """Return what is on the present page."""
        begin, end = self.pages[self.page]
        shown = [item.widget for row in self._rows[begin:end] for item in row.items]
        return [*shown, self.nav] if is_paged and len(self.pages) > 1 else shown

    def paged(self, room: float, gap: float) -> None:
        """Divide it into pages of this height; the buttons that turn them are counted apart."""
        gap = self._between(gap)
        self._rows = [part for row in self._rows for part in _parts(row, room)]
        heights, heads = [row.height for row in self._rows], [row.items[0].is_head for row in self._rows]
        self.pages = pack(heights, heads, room, gap) if heights else [(0, 0)]
        self.page = min(self.page, len(self.pages) - 1)

    def place(self, frame: Frame, gap: float, *, rtl: bool = False) -> None:
        """Put the rows of the present page there, grown as far as they may where there is room."""
        gap = self._between(gap)
        begin, end = self.pages[self.page]
        rows = self._rows[begin:end]
        for row in rows:
            for item in row.items:
                if hasattr(item.widget, "stacked"):
                    item.widget.stacked = self._is_stacked
        spare = max(0.0, frame.height - self._total(rows, gap))
        wants = [row.height * max(item.grows for item in row.items) for row in rows]
        share = min(1.0, spare / sum(wants)) if sum(wants) else 0.0
        top = frame.top
        for row, want in zip(rows, wants, strict=True):
            height = row.height + want * share
            width = (frame.width - gap * (row.columns - 1)) / row.columns
            # Fewer than the row has room for stand in its middle, but in a list, where they begin at its side.
            offset = 0.0 if row.columns <= 2 else (row.columns - len(row.items)) * (width + gap) / 2  # noqa: PLR2004
            for at, item in enumerate(row.items):
                x = frame.x + offset + at * (width + gap)
                # Keys keep their places on a page that runs from right to left, too.
                left = _mirrored(x, width, frame) if rtl and not item.is_fixed else x
                place(item.widget, Frame(left, top - height, width, height))
            top -= height + gap
        self.bottom = top + gap

    def _between(self, gap: float) -> float:
        return round(gap * TIGHT) if self.is_tight else gap

    def _measured(self, width: float, gap: float, cap: int, *, is_stacked: bool) -> tuple[list[_Row], bool]:
        rows, waiting, is_broken = [], list(self.items), False
        while waiting:
            first = waiting[0]
            columns = first.columns if first.is_fixed else min(first.columns, cap)
            taken = [first]
            while len(taken) < min(columns, len(waiting)) and waiting[len(taken)].columns == first.columns:
                taken.append(waiting[len(taken)])
            del waiting[: len(taken)]
            each = (width - gap * (columns - 1)) / columns
            measures = [self._measure(item.widget, each, is_stacked=is_stacked) for item in taken]
            rows.append(_Row(tuple(taken), columns, max(height for height, _ in measures), each))
            is_broken = is_broken or any(cut for _, cut in measures)
        return rows, is_broken

    def _measure(self, widget: Any, width: float, *, is_stacked: bool) -> tuple[float, bool]:  # noqa: ANN401 - any widget
        key = id(widget), round(width), is_stacked and hasattr(widget, "stacked")
        if key not in self._known:
            self._known[key] = measured(widget, width, is_stacked=is_stacked)
        return self._known[key]

    @staticmethod
    def _total(rows: Sequence[_Row], gap: float) -> float:
        return sum(row.height for row in rows) + gap * max(0, len(rows) - 1)


def _parts(row: _Row, room: float) -> list[_Row]:
    """Return a row as it is, or what is read in it in parts none of which is higher than a page."""
    widget = row.items[0].widget
    if row.height <= room + SLACK_PX or not hasattr(widget, "parts"):
        return [row]
    widget.width = round(row.width)
    parts = widget.parts(room)
    return [_Row((replace(row.items[0], widget=part),), 1, natural(part, row.width), row.width) for part in parts]


def _mirrored(x: float, width: float, frame: Frame) -> float:
    return frame.x + frame.width - (x - frame.x) - width


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page's words: in which turn it leaves where there is no room (0: never), and how far it may grow."""

    widget: Any
    leaves: int = 0
    grows: float = 0.0
    slims: int = 0
    """From which turn on a part of it leaves, more with each turn (`brief`)."""
    parts: int = 1
    """In how many turns."""


class Sheet(Widget):  # type: ignore[misc] # Kivy has no types
    """One page: words, what is read besides, and the controls; upright one above the other, else side by side.

    `lists` are words too, but so many that they may need pages of their own.
    """

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - Kivy's properties
        super().__init__(**properties)
        self.words: Sequence[Block] = ()
        self.extra: Sequence[Block] = ()
        self.content = Shelf(self._again)
        self.controls = Shelf(self._again)
        self.is_loose = False
        """Whether there is little to read: it stands nearer to the middle."""
        self.shares: Sequence[float] = (0.42, 0.5, 0.34, 0.58)
        """Of the width for what is read, where the controls stand beside it; the best first."""
        self.is_list = False
        """Whether `content` is what is chosen from, and `controls` only stand beside it."""
        self._last: tuple[Frame, Any] | None = None
        self._is_merged = False
        self._known: dict[tuple[int, int, float], tuple[float, bool]] = {}
        """How high words are at a width, and whether one is cut: asked for again with all that may leave."""

    def begin(self) -> None:
        """Show the first pages again."""
        self.content.page = self.controls.page = 0

    def clear(self) -> None:
        """Forget what stood here: a page that was squeezed had merged its parts."""
        self.words = self.extra = self.content.items = self.controls.items = ()
        self.content.is_showy = self.controls.is_showy = self._is_merged = self.controls.is_tight = False

    def modest(self) -> list[Any]:
        """Return what can do with less than it has: smaller than a title is still as large as it has to be."""
        widgets = [block.widget for block in self.words]
        widgets += [item.widget for item in (*self.content.items, *self.controls.items)]
        return [widget for widget in widgets if hasattr(widget, "is_modest")]

    def arrange(self, frame: Frame, look: Any, *, is_last: bool = True) -> bool:  # noqa: ANN401 - a Look
        """Place all of it; tell whether it came without pages. Unless this is the last try, nothing is paged."""
        self._last = frame, look
        self._known.clear()
        self.content.forget()
        self.controls.forget()
        self._is_merged = self._is_merged and not self.content.items
        fitting = self._upright if look.portrait else self._beside
        return fitting(frame, look, is_last=is_last)

    @property
    def asks_without_an_answer(self) -> bool:
        """Tell whether there is nothing to be chosen on the first page, though there is on another one."""
        return not any(shelf.has_targets(1) for shelf in self._shelves) and any(
            shelf.has_targets() for shelf in self._shelves
        )

    def drop_heads(self) -> None:
        """Leave out what stands above a group: where a title and it have no room for an answer below them."""
        self.content.items = tuple(item for item in self.content.items if not item.is_head)

    def turn_to(self, target: str) -> None:
        """Show the page on which a target stands."""
        for shelf in (self.content, self.controls):
            if shelf.turn_to(target):
                return

    def turners(self) -> list[Any]:
        """Return the buttons that turn pages and would do so now."""
        navs = [shelf.nav for shelf in (self.content, self.controls) if shelf.nav.parent is not None]
        return [made for nav in navs for made in (nav.ids.before, nav.ids.after) if made.possible]

    def _merge(self) -> None:
        """Let what is read and what is answered take their turns on the same pages, the answers at the end."""
        self._is_merged = True
        self.controls.items = (*self.content.items, *self.controls.items)
        self.content.items = ()

    def _flow(self, frame: Frame, look: Any) -> None:  # noqa: ANN401 - a Look
        """Let all of it take its turn on full pages: where even the words leave no room for a single answer."""
        level = max(self._levels())
        staying = _staying([*self.words, *self.extra], level)
        heads = {id(block.widget) for block in self.words if not getattr(block.widget, "is_whole", False)}
        room = _reach(frame, look) - self._turner(self.controls, frame.width) - look.gap(2)
        read, above = [], 0.0
        for block in staying:
            height, is_head = natural(block.widget, frame.width), id(block.widget) in heads
            # Also where it only has no room below its title: on a page of its own that would ask without an answer.
            is_tall = height > room - above
            plain = block.widget.plain_lines() if is_tall and hasattr(block.widget, "plain_lines") else [block.widget]
            read += [Item(widget, grows=0, is_head=is_head) for widget in plain]
            above = above + height + look.gap(2) if is_head else 0.0
        self.controls.items = (*read, *self.content.items, *self.controls.items)
        self.words = self.extra = self.content.items = ()
        self._is_merged = True
        gap = look.gap(2)
        self.content.needed(frame.width, gap)
        needed = self.controls.needed(frame.width, gap, room)
        self._page_upright(frame, look, [], (0.0, 0.0, needed))

    def _again(self) -> None:
        if self._last is not None:
            self.arrange(*self._last)

    # -- upright ----------------------------------------------------------------------------------------------------

    def _upright(self, frame: Frame, look: Any, *, is_last: bool) -> bool:  # noqa: ANN401 - a Look
        gap = look.gap(2)
        if self._upright_at(frame, look):
            return True
        if self.content.is_showy or self.controls.is_showy:
            self.content.is_showy = self.controls.is_showy = False
            if self._upright_at(frame, look):
                return True
        if is_last:
            level = max(self._levels())
            shown = _staying([*self.words, *self.extra], level)
            needs = (
                _height(shown, frame.width, gap),
                self.content.needed(frame.width, gap),
                self.controls.needed(frame.width, gap),
            )
            self._page_upright(frame, look, shown, needs)
        return False

    def _upright_at(self, frame: Frame, look: Any) -> bool:  # noqa: ANN401 - a Look
        """Place all of it one above the other on one page, if it can be; tell whether it could."""
        gap, reach = look.gap(2), _reach(frame, look)
        content, controls = self.content.needed(frame.width, gap), self.controls.needed(frame.width, gap)
        for level in self._levels():
            shown = _staying([*self.words, *self.extra], level)
            upper = _height(shown, frame.width, gap)
            total = _joined((upper, content, controls), gap)
            touched = _joined((content, controls), gap) if self.is_list else controls
            if total <= frame.height + SLACK_PX and touched <= reach + SLACK_PX:
                self.content.paged(content, gap)
                self.controls.paged(controls, gap)
                self._stack(frame, look, shown, (upper, content, controls), turns=False)
                return True
        return False

    def _page_upright(self, frame: Frame, look: Any, shown: list[Block], needs: tuple[float, float, float]) -> None:  # noqa: ANN401 - a Look
        gap, (upper, content, controls) = look.gap(2), needs
        turner = self._turner(self.content, frame.width)
        left = frame.height - upper - (gap if upper else 0)
        reach = min(left, _reach(frame, look))
        if shown and reach - turner - gap < min(look.body * LEAST_LINES, max(content, controls)):
            self._flow(frame, look)
            return
        if content and controls:
            # First what is read takes pages; the answers stay while they leave it room for some lines.
            room = (reach if self.is_list else left) - controls - gap
            is_torn = content > room and room - turner - gap < min(content, look.body * LEAST_LINES)
            if controls > reach - turner - gap or is_torn:
                self._merge()
                self.content.needed(frame.width, gap)
                needed = self.controls.needed(frame.width, gap, reach - turner - gap)
                if self.controls.tallest > reach - turner - gap:
                    self._flow(frame, look)
                    return
                self._page_upright(frame, look, shown, (upper, 0.0, needed))
                return
            self.controls.paged(controls, gap)
            if content > room:
                room -= self._lift(frame, look, controls, room - turner - gap)
                self.content.needed(frame.width, gap, room - turner - gap)
                self.content.paged(room - turner - gap, gap)
                content = room
            else:
                self.content.paged(content, gap)
        elif content:
            self.content.paged(left - turner - gap, gap)
            content = left
        else:
            self.controls.paged(reach - turner - gap if controls > reach else controls, gap)
            controls = min(controls, reach)
        self._stack(frame, look, shown, (upper, content, controls), turns=True)

    def _lift(self, frame: Frame, look: Any, controls: float, room: float) -> float:  # noqa: ANN401 - a Look
        """Return by how much answers grow so that they begin in the upper half of what everybody reaches.

        What is read above them then takes another page; it keeps room for some lines.
        """
        lift = min(max(0.0, look.low_px / 2 - frame.y - controls), self._most_growth(self.controls))
        return lift if not self.is_list and room - lift >= look.body * LEAST_LINES else 0.0

    def _stack(
        self,
        frame: Frame,
        look: Any,  # noqa: ANN401 - a Look
        shown: list[Block],
        needs: tuple[float, float, float],
        *,
        turns: bool,
    ) -> None:
        gap, (_upper, content, controls) = look.gap(2), needs
        spare = max(0.0, frame.height - _joined(needs, gap))
        self._show(shown, turns=turns)
        grown = self._grown(shown, spare)
        spare -= sum(grown)
        reach = _reach(frame, look)
        for_controls = min(spare, self._most_growth(self.controls), max(0.0, reach - controls))
        spare -= for_controls
        lead = spare * (0.25 if self.is_loose else 0.0)
        below = spare * (0.45 if self.is_loose else 0.35)
        if look.mode.low:
            # All that is spare goes above: controls stand as low as they can.
            lead, below = spare * 0.3, 0.0
        top = self._place_blocks(shown, grown, Frame(frame.x, frame.y, frame.width, frame.height - lead), gap)
        bottom = frame.y + below
        if controls:
            self._fill(self.controls, Frame(frame.x, bottom, frame.width, controls + for_controls), look, turns=turns)
            bottom = frame.y + below + controls + for_controls + gap
        if content:
            if self.is_list:
                top = min(top, frame.y + reach)
            self._fill(self.content, Frame(frame.x, bottom, frame.width, max(0.0, top - bottom)), look, turns=turns)

    # -- side by side -----------------------------------------------------------------------------------------------

    def _beside(self, frame: Frame, look: Any, *, is_last: bool) -> bool:  # noqa: ANN401 - a Look
        gap = look.gap(2)
        is_one_column = not self.words or not (self.controls.items or self.extra)
        if is_one_column:
            return self._upright(frame, look, is_last=is_last)
        self.content.is_showy = False
        tries = [(level, share) for level in self._levels() for share in self.shares]
        for level, share in tries:
            if self._side(frame, look, share, level, gap):
                return True
        if self.controls.is_showy:
            self.controls.is_showy = False
            return self._beside(frame, look, is_last=is_last)
        if is_last:
            self._page_beside(frame, look, self.shares[0], gap)
        return False

    @property
    def _shelves(self) -> tuple[Shelf, Shelf]:
        """Return what stands below the words, and what stands beside them."""
        return (self.controls, self.content) if self.is_list else (self.content, self.controls)

    def _halves(self, frame: Frame, look: Any, share: float) -> tuple[Frame, Frame]:  # noqa: ANN401 - a Look
        between = look.gap(5)
        width = (frame.width - between) * share
        left = Frame(frame.x, frame.y, width, frame.height)
        right = Frame(frame.x + width + between, frame.y, frame.width - width - between, frame.height)
        if is_turned(look):
            left = Frame(frame.x + frame.width - width, frame.y, width, frame.height)
            right = Frame(frame.x, frame.y, right.width, frame.height)
        return left, right

    def _side(self, frame: Frame, look: Any, share: float, level: int, gap: float) -> bool:  # noqa: ANN401 - a Look
        left, right = self._halves(frame, look, share)
        near, far = self._shelves
        words, extra = _staying(self.words, level), _staying(self.extra, level)
        # From what is soon measured to what is not: most of what is tried has no room.
        if not (self._have_room(words, left, gap) and self._have_room(extra, right, gap)):
            return False
        read = _height(words, left.width, gap), near.needed(left.width, gap)
        if near.is_cut or _joined(read, gap) > frame.height + SLACK_PX:
            return False
        act = _height(extra, right.width, gap), far.needed(right.width, gap)
        if far.is_cut or _joined(act, gap) > frame.height + SLACK_PX or act[1] > _reach(frame, look) + SLACK_PX:
            return False
        near.paged(read[1], gap)
        far.paged(act[1], gap)
        self._place_beside(left, right, look, (words, extra), (*read, *act), turns=False)
        return True

    def _have_room(self, blocks: Sequence[Block], frame: Frame, gap: float) -> bool:
        """Tell whether words alone have room there, uncut; what was measured for this arrangement is remembered."""
        found = []
        for block in blocks:
            key = id(block.widget), round(frame.width), block.widget.brief if block.slims else 0
            if key not in self._known:
                self._known[key] = natural(block.widget, frame.width), breaks(block.widget)
            found.append(self._known[key])
        is_cut = any(cut for _, cut in found)
        return not is_cut and _joined((height for height, _ in found), gap) <= frame.height + SLACK_PX

    def _page_beside(self, frame: Frame, look: Any, share: float, gap: float) -> None:  # noqa: ANN401 - a Look
        left, right = self._halves(frame, look, share)
        near, far = self._shelves
        level = max(self._levels())
        words, extra = _staying(self.words, level), _staying(self.extra, level)
        read, act = _height(words, left.width, gap), _height(extra, right.width, gap)
        below, beside = near.needed(left.width, gap), far.needed(right.width, gap)
        turner = self._turner(near, left.width)
        room = frame.height - read - (gap if read else 0)
        reach = min(frame.height - act - (gap if act else 0), _reach(frame, look))
        least = turner + gap + look.body * LEAST_LINES
        is_broken = near.is_cut or far.is_cut or any(breaks(block.widget) for block in (*words, *extra))
        if is_broken or room < min(below, least) or reach < min(beside, least):
            self._flow(frame, look)
            return
        if below > room:
            near.needed(left.width, gap, room - turner - gap)
        near.paged(below if below <= room else room - turner - gap, gap)
        turner = self._turner(far, right.width)
        if beside > reach:
            far.needed(right.width, gap, reach - turner - gap)
        far.paged(beside if beside <= reach else reach - turner - gap, gap)
        needs = read, min(below, room), act, min(beside, reach)
        self._place_beside(left, right, look, (words, extra), needs, turns=True)

    def _place_beside(
        self,
        left: Frame,
        right: Frame,
        look: Any,  # noqa: ANN401 - a Look
        blocks: tuple[list[Block], list[Block]],
        needs: tuple[float, float, float, float],
        *,
        turns: bool,
    ) -> None:
        gap, (words, extra), (read, below, act, beside) = look.gap(2), blocks, needs
        near, far = self._shelves
        self._show([*words, *extra], turns=turns)
        spare = max(0.0, left.height - _joined((read, below), gap))
        grown = self._grown(words, spare)
        lead = (spare - sum(grown)) * (0.35 if self.is_loose else 0.0)
        top = self._place_blocks(words, grown, Frame(left.x, left.y, left.width, left.height - lead), gap)
        if below:
            box = Frame(left.x, left.y, left.width, top - left.y)
            if self.is_list:
                box = Frame(left.x, left.y, left.width, min(top - left.y, below))
            self._fill(near, box, look, turns=turns)
        spare = max(0.0, right.height - _joined((act, beside), gap))
        grown = self._grown(extra, spare)
        spare -= sum(grown)
        more = min(spare, self._most_growth(far), max(0.0, _reach(right, look) - beside))
        foot = 0.0 if look.mode.low else (spare - more) * (0.5 if self.is_loose else 0.6)
        lead = (spare - more - foot) * (0.5 if extra else 1.0)
        self._place_blocks(extra, grown, Frame(right.x, right.y, right.width, right.height - lead), gap)
        if beside:
            self._fill(far, Frame(right.x, right.y + foot, right.width, beside + more), look, turns=turns)

    def _fill(self, shelf: Shelf, box: Frame, look: Any, *, turns: bool) -> None:  # noqa: ANN401 - a Look
        """Put a shelf there, with the buttons that turn its pages where it has several."""
        gap = look.gap(2)
        if turns and len(shelf.pages) > 1:
            box = self._put_turner(shelf, box, self._turner(shelf, box.width), gap)
        shelf.place(box, gap, rtl=is_turned(look))

    @staticmethod
    def _turner(shelf: Shelf, width: float) -> float:
        """Return how high the buttons that turn pages are."""
        shelf.nav.suit(width)
        needed: float = shelf.nav.needed
        return needed

    # -- both -------------------------------------------------------------------------------------------------------

    def _levels(self) -> Sequence[int]:
        blocks = (*self.words, *self.extra)
        return range(
            max((max(block.leaves, block.slims and block.slims + block.parts - 1) for block in blocks), default=0) + 1
        )

    def _show(self, shown: Sequence[Block], *, turns: bool) -> None:
        wanted = [block.widget for block in shown]
        wanted += self.content.widgets(is_paged=turns) + self.controls.widgets(is_paged=turns)
        if wanted != list(reversed(self.children)):
            self.clear_widgets()
            for widget in wanted:
                if widget.parent is not None:  # a banner goes from page to page
                    widget.parent.remove_widget(widget)
                self.add_widget(widget)

    @staticmethod
    def _grown(blocks: Sequence[Block], spare: float) -> list[float]:
        wants = [block.widget.height * block.grows for block in blocks]
        share = min(1.0, spare / sum(wants)) if sum(wants) else 0.0
        return [want * share for want in wants]

    @staticmethod
    def _most_growth(shelf: Shelf) -> float:
        begin, end = shelf.pages[shelf.page]
        return sum(row.height * max(item.grows for item in row.items) for row in shelf._rows[begin:end])  # noqa: SLF001 - two halves of one thought

    @staticmethod
    def _place_blocks(blocks: Sequence[Block], grown: Sequence[float], frame: Frame, gap: float) -> float:
        """Put them from the top; return where what comes below may begin."""
        top = frame.top
        for block, more in zip(blocks, grown, strict=True):
            height = natural(block.widget, frame.width) + more
            place(block.widget, Frame(frame.x, top - height, frame.width, height))
            settle(block.widget)
            top -= height + gap
        return top

    @staticmethod
    def _put_turner(shelf: Shelf, box: Frame, height: float, gap: float) -> Frame:
        """Put the buttons that turn pages at the lower edge, where they stay from page to page; return the rest."""
        nav = shelf.nav
        nav.at, nav.of = shelf.page + 1, len(shelf.pages)
        place(nav, Frame(box.x, box.y, box.width, height))
        settle(nav)
        return Frame(box.x, box.y + height + gap, box.width, box.height - height - gap)


def _staying(blocks: Iterable[Block], level: int) -> list[Block]:
    for block in blocks:
        if block.slims:
            block.widget.brief = max(0, level + 1 - block.slims)
    return [block for block in blocks if not 0 < block.leaves <= level]


def _height(blocks: Sequence[Block], width: float, gap: float) -> float:
    return _joined([natural(block.widget, width) for block in blocks], gap)


def _joined(heights: Iterable[float], gap: float) -> float:
    """Return what is needed one above the other; what has no height takes no gap."""
    real = [height for height in heights if height > 0]
    return sum(real) + gap * max(0, len(real) - 1)


def _reach(frame: Frame, look: Any) -> float:  # noqa: ANN401 - a Look
    """Return how high above the frame's lower edge controls may stand."""
    return min(frame.height, look.low_px - frame.y) if look.mode.low else frame.height


def is_turned(look: Any) -> bool:  # noqa: ANN401 - a Look
    """Tell whether the page runs from right to left."""
    return bool(getattr(look, "rtl", False))
