"""The calls as they are drawn: large ones in bands, all others in a list. Sizes and boxes are the layout's. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from display.pages.lobby import CounterName, FrontCall, ListedCall, LobbyPage, OfficeTexts
from display.pages.sheet import LINE, Box, Frame, Item, LaneBadge, Mark, Surface, centred, ems, line_of
from hardware.panel.scale import CAPITAL

_MARK = 0.66
"""Height of a lane's mark beside a large number, in ems: its letter has the size of a sign then."""
_LETTER_IN = {"circle": 0.42, "triangle": 0.34, "star": 0.34}
"""Type size of the letter in a mark's shape, as a share of its height; in all others as in a circle."""
_ROW = 1.12
"""From one line of the list to the next, in ems."""


class Way(Enum):
    """Where the counter of a large call stands: what is tried first needs the least height."""

    LINE = "beside the number, its word before it"
    WORD_ABOVE = "beside the number, its word above it"
    BELOW = "below the number"


@dataclass(frozen=True, slots=True)
class Bands:
    """How the calls that stand large are drawn."""

    font: float
    pad: float
    way: Way
    height: float
    """Of all of them, with the gaps between."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The list of calls: its type size, and how many lines and columns it has."""

    font: float
    rows: int
    columns: int
    column_px: float

    @property
    def holds(self) -> int:
        """Return how many calls have room."""
        return self.rows * self.columns


def bands_for(  # noqa: PLR0917 - sizes and what they are of
    calls: Sequence[FrontCall], texts: OfficeTexts, pad: float, font: float, width: float, frame: Frame
) -> Bands | None:
    """Return how these calls stand at this size, or None where one of them is too wide."""
    for way in Way:
        if all(_band_px(call, texts, font, way, frame) <= width for call in calls):
            heights = [_band_height(call, pad, font, way, frame) for call in calls]
            return Bands(font, pad, way, sum(heights) + frame.gap * (len(calls) - 1))
    return None


def _band_px(call: FrontCall, texts: OfficeTexts, font: float, way: Way, frame: Frame) -> float:
    """Return how wide a large call is."""
    number, counter = _number_px(call, texts, font, frame), _counter_px(call, font, way, frame)
    if way is Way.BELOW:
        return max(number, counter) + 0.3 * font
    return number + counter + 0.45 * font


def _band_height(call: FrontCall, pad: float, font: float, way: Way, frame: Frame) -> float:
    again = LINE * frame.sign if call.again else 0.0
    words = 1.15 * _word_font(font, frame) * len(call.counter.words)
    match way:
        case Way.LINE:
            return max(font * (CAPITAL + 2 * pad), words + font * pad) + again
        case Way.WORD_ABOVE:
            return font * (CAPITAL + 2 * pad) + max(again, words)
        case Way.BELOW:
            return max(font * (2 * CAPITAL + 4.5 * pad), font * (CAPITAL + 3 * pad) + words) + again
    assert_never(way)


def _number_px(call: FrontCall, texts: OfficeTexts, font: float, frame: Frame) -> float:
    """Return how wide a number is with its mark; the widest of its length, so that sizes stay from call to call."""
    widest = texts.widest_number if len(call.number) <= len(texts.widest_number) else call.number
    mark = font * (_MARK + 0.2) if call.lane else 0.0
    return max(frame.wide(call.number, font, bold=True), frame.wide(widest, font, bold=True)) + mark


def _word_font(font: float, frame: Frame) -> float:
    """Return the size of the word for a counter: it only repeats what the white ground says."""
    return max(frame.sign, font * 0.36)


def _counter_px(call: FrontCall, font: float, way: Way, frame: Frame) -> float:
    small = _word_font(font, frame)
    words = max((frame.wide(word, small, bold=True) for word in call.counter.words), default=0.0)
    figure = frame.wide(call.counter.figure, font, bold=True)
    inside = max(words, figure) if way is Way.WORD_ABOVE else words + figure + 0.25 * font
    return inside + 0.36 * font


def draw_stage(calls: Sequence[FrontCall], bands: Bands, stage: Box, frame: Frame) -> Iterator[Item]:
    """Yield the large calls, one below the other."""
    heights = [_band_height(call, bands.pad, bands.font, bands.way, frame) for call in calls]
    spare = max(0.0, stage.height - bands.height) / len(calls)
    y = stage.y
    for call, height in zip(calls, heights, strict=True):
        box = Box(stage.x, y, stage.width, height + spare)
        yield from _band(call, box, bands, frame)
        y = box.bottom + frame.gap


def _band(call: FrontCall, box: Box, bands: Bands, frame: Frame) -> Iterator[Item]:
    font, way = bands.font, bands.way
    ground = "band_raised" if call.is_lit or not call.again else "band"
    edge = "on_band" if call.is_spoken or call.is_lit else "band_raised"
    yield Surface(box, ground, radius=frame.gap, edge=edge, edge_px=max(3.0, font * 0.03))
    again = LINE * frame.sign if call.again else 0.0
    left = box.x + 0.18 * font
    white = max(2.0, min(frame.gap * 0.8, 0.45 * font * bands.pad))
    words = 1.15 * _word_font(font, frame) * len(call.counter.words)
    match way:
        case Way.BELOW:
            high = (box.height - again) / 2
            middle = box.y + high / 2 + font * bands.pad * 0.25
            counter = Box(box.x + white, box.y + high, box.width - 2 * white, high - font * bands.pad * 0.5)
        case Way.WORD_ABOVE:
            width = _counter_px(call, font, way, frame)
            counter = Box(box.right - width - white, box.y + white, width, box.height - 2 * white)
            # Where there is height to spare the number stands in the middle, else beside what it belongs to.
            spare = box.height - _band_height(call, bands.pad, font, way, frame)
            middle = box.middle if spare > words else box.y + words + (box.height - words) / 2
        case Way.LINE:
            width = _counter_px(call, font, way, frame)
            counter = Box(box.right - width - white, box.y + white, width, box.height - 2 * white)
            middle = box.y + (box.height - again) / 2
        case _:
            assert_never(way)
    yield from _number(call, (left, middle), font, ground, frame)
    if call.again:
        y = box.y + 0.95 * frame.sign if way is Way.WORD_ABOVE else box.bottom - again + 0.75 * frame.sign
        yield line_of(call.again, (left, y), frame.sign, frame=frame, tone="on_band", ground=ground, bold=True)
    yield from _counter(
        call, counter, middle if way is not Way.BELOW else counter.middle, font=font, way=way, frame=frame
    )


def _number(call: FrontCall, at: tuple[float, float], font: float, ground: str, frame: Frame) -> Iterator[Item]:
    """Yield the number whose letters have their middle at `at`, and the mark of its lane."""
    place = (at[0], centred(at[1], font))
    number = line_of(call.number, place, font, frame=frame, tone="on_band", ground=ground, bold=True, is_key=True)
    yield number
    if call.lane is not None:
        side = font * _MARK
        box = Box(number.box.right + font * 0.12, at[1] - side / 2, side, side)
        yield _mark(call.lane, box, frame)


def _mark(lane: LaneBadge, box: Box, frame: Frame) -> Mark:
    """Return a lane's mark; where it is too small for a letter, its shape: the letter stands in the number too."""
    share = _LETTER_IN.get(lane.shape, _LETTER_IN["circle"])
    return Mark(box, lane if box.height * share >= frame.sign else replace(lane, letter=""))


def _counter(call: FrontCall, box: Box, middle: float, *, font: float, way: Way, frame: Frame) -> Iterator[Item]:
    """Yield the counter on its white ground: the words small and stacked, then what tells it from all others."""
    yield Surface(box, "surface", radius=frame.gap * 0.8)
    small = _word_font(font, frame)
    pitch = 1.15 * small
    words = call.counter.words
    inner = box.inset(font * 0.18, 0)
    above = way is Way.WORD_ABOVE
    top = box.y + 0.1 * small + pitch / 2 if above else middle - (len(words) - 1) * pitch / 2
    for place, word in enumerate(words):
        y = centred(top + place * pitch, small)
        at = (box.x + box.width / 2, y) if above else (inner.x, y)
        align = "center" if above else "left"
        yield line_of(word, at, small, frame=frame, tone="ink", ground="surface", bold=True, align=align)
    y = centred(middle, font)
    at, align = ((box.x + box.width / 2, y), "center") if above else ((inner.right, y), "right")
    yield line_of(
        call.counter.figure, at, font, frame=frame, tone="ink", ground="surface", bold=True, align=align, is_key=True
    )


# -- the list ---------------------------------------------------------------------------------------------------------


def draw_list(page: LobbyPage, others: Sequence[ListedCall], grid: Grid, box: Box, frame: Frame) -> Iterator[Item]:
    """Yield the list: all of it, or one page of those who are awaited where not all of them have room."""
    yield Surface(box, "surface", radius=frame.gap)
    awaited = [call for call in others if not call.over]
    pages = max(1, math.ceil(len(awaited) / grid.holds))
    begin = page.list_turn % pages * grid.holds
    shown = (others if pages == 1 else awaited)[begin : begin + grid.holds]
    titles = box.height - grid_height(grid.rows, grid.font)
    top = box.y + 0.15 * grid.font
    if titles >= titles_height(frame) and grid.columns == 1:
        yield from _titles(page, box, frame)
        top += titles_height(frame)
    pitch = _ROW * grid.font
    for place, call in enumerate(shown):
        column, row = divmod(place, grid.rows)
        cell = Box(box.x + column * grid.column_px, top + row * pitch, grid.column_px, pitch)
        yield from _listed(call, cell, grid.font, frame)


def _titles(page: LobbyPage, box: Box, frame: Frame) -> Iterator[Item]:
    y = box.y + frame.sign * 1.1
    pad = frame.sign * 0.5
    number = line_of(page.number_title, (box.x + pad, y), frame.sign, frame=frame, tone="ink_soft", ground="surface")
    counter = line_of(
        page.counter_title,
        (box.right - pad, y),
        frame.sign,
        frame=frame,
        tone="ink_soft",
        ground="surface",
        align="right",
    )
    if number.box.right + pad <= counter.box.x:
        yield number
        yield counter
        yield Surface(Box(box.x + pad, y + frame.sign * 0.34, box.width - 2 * pad, max(2.0, frame.sign * 0.04)), "rule")


def _listed(call: ListedCall, cell: Box, font: float, frame: Frame) -> Iterator[Item]:
    ground = "surface"
    if call.upcoming:
        ground = "warn_soft"
        yield Surface(cell.inset(font * 0.12, font * 0.03), ground, radius=font * 0.15)
    y = centred(cell.middle, font)
    tone = "ink_soft" if call.over else "ink"
    number = line_of(call.number, (cell.x + font * 0.3, y), font, frame=frame, tone=tone, ground=ground, bold=True)
    yield number
    counter = line_of(
        call.counter_label,
        (cell.right - font * 0.3, y),
        font,
        frame=frame,
        tone=tone if call.over else "primary",
        ground=ground,
        bold=True,
        align="right",
    )
    yield counter
    if call.lane is not None:
        side = font * 0.6
        box = Box(counter.box.x - font * 0.2 - side, cell.middle - side / 2, side, side)
        yield _mark(call.lane, box, frame)


def grid_for(font: float, rows: int, columns: int, width: float) -> Grid | None:
    """Return the list of so many lines and columns over this width; None where it has none."""
    return Grid(font, rows, columns, width / columns) if rows and columns else None


def rows_in(height: float, font: float) -> int:
    """Return how many lines of the list a height has room for."""
    return max(0, int((height - 0.3 * font) / (_ROW * font)))


def grid_height(rows: int, font: float) -> float:
    """Return how high a list of so many lines is."""
    return rows * _ROW * font + 0.3 * font


def titles_height(frame: Frame) -> float:
    """Return how high the line above the list is."""
    return frame.sign * 1.5


def column_px(texts: OfficeTexts, others: Sequence[ListedCall], font: float, frame: Frame) -> float:
    """Return how wide a column of the list is: the widest number, a mark, the widest counter."""
    sample = usual_call(texts)
    number = max(frame.wide(text, font, bold=True) for text in (sample.number, *(call.number for call in others)))
    labels = (sample.counter.figure, *(call.counter_label for call in others))
    label = max(frame.wide(text, font, bold=True) for text in labels)
    has_marks = sample.lane is not None or any(call.lane for call in others)
    return number + label + font * (0.95 + 0.75 * has_marks)


def usual_call(texts: OfficeTexts) -> FrontCall:
    """Return a call as this office usually has them; a single counter with a long name does not count."""
    lane = LaneBadge("P", "diamond", "", 1) if len(texts.widest_number) > len("A-000") else None
    names = sorted(texts.counters, key=lambda name: ems(name.figure, bold=True))
    name = names[len(names) * 4 // 5] if names else CounterName(("COUNTER",), "00")
    return FrontCall(texts.widest_number, lane, name.figure, name, "", is_spoken=False, is_lit=False, rank=1)


def listed(call: FrontCall) -> ListedCall:
    """Return a call that has no room among the large ones, as the list has it."""
    return ListedCall(call.number, call.lane, call.counter_label, call.counter, upcoming=False, over=False)


def large(call: ListedCall) -> FrontCall:
    """Return a call of the list as it stands large."""
    return FrontCall(
        call.number, call.lane, call.counter_label, call.counter, "", is_spoken=False, is_lit=False, rank=1
    )
