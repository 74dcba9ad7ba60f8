"""A page of the information panel as it is drawn: in the largest type that its box has room for. Pure."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from broker.language import is_rtl
from display.pages.panel import InfoPage, MediaPage, NoticePage, OverviewPage, ProcedurePage, ServiceLine
from display.pages.places import PlacesPage
from display.pages.results import Bar, Chart, ResultPage
from display.pages.sheet import LINE, Box, Frame, Item, Media, Surface, Words, centred, line_of
from hardware.panel.scale import CAPITAL

PANEL_PAD = 0.5
"""Room inside the panel's edge, in ems."""
_LINES_OF_EACH = 2
"""So many lines of a notice are enough where that lets all languages stand there at once."""
_ROW_GAP = 0.3
"""Between two services of the overview, so that each wait stands with its own."""
_PART_GAP = 0.25
"""Between two things that are told with a figure."""
_BESIDE_NUMBER, _BETWEEN_COLUMNS = 0.6, 1.6
"""Between a number and its time, and between two columns of them, in ems: a time stands with its own number."""
_COLUMN = 2.2
"""Height of the highest column of a chart, in ems."""


def draw_panel(page: InfoPage, box: Box, frame: Frame) -> Iterator[Item]:
    """Yield a page of the panel in the largest type that its box has room for."""
    least = least_font(page, frame)
    most = least * 1.5 if isinstance(page, ResultPage) else frame.good * 1.25
    font = max(least, min(most, box.height / 7))
    while font > least and panel_height(page, font, box.width, frame) > box.height:
        font = max(least, font * 0.94)
    yield Surface(box, "surface", radius=frame.gap)
    drawn = _turned(_drawn(page, box, font, frame), page, box)
    if isinstance(page, MediaPage):
        yield Media(box, page.path, page.moves)
    # A page that was cut to more room, in the moment in which a call takes it: what has none comes with the next page.
    yield from itertools.takewhile(lambda item: item.box.bottom <= box.bottom, drawn)


def least_font(page: InfoPage, frame: Frame) -> float:
    """Return the least type size of a page: what is published of the office is read as well as the list of calls."""
    return max(frame.listed, frame.sign) if isinstance(page, ResultPage) else frame.sign


def panel_height(page: InfoPage, font: float, width: float, frame: Frame) -> float:
    """Return how high a page is in this type; endless where a word of it is wider than the panel."""
    box = Box(0, 0, width, 0)
    drawn = list(_drawn(page, box, font, frame))
    if not drawn:
        return 0.0
    if max(item.box.right for item in drawn) > width - PANEL_PAD * font / 2:
        return math.inf
    return max(item.box.bottom for item in drawn) + PANEL_PAD * font


def _drawn(page: InfoPage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    match page:
        case ProcedurePage():
            return _procedure(page, box, font, frame)
        case OverviewPage():
            return _overview(page, box, font, frame)
        case NoticePage():
            return _notice(page, box, font, frame)
        case ResultPage():
            return _result(page, box, font, frame)
        case PlacesPage():
            return _places(page, box, font, frame)
        case MediaPage():
            return iter(())
    assert_never(page)


def _turned(drawn: Iterable[Item], page: InfoPage, box: Box) -> Iterator[Item]:
    """Yield what is drawn, the other way round for a language that is read from the right."""
    for item in drawn:
        across = box.x + box.right - item.box.right - item.box.x if is_rtl(page.language) else 0.0
        yield dataclasses.replace(item, box=item.box.moved(across, 0))


def draw_closed(pages: Sequence[NoticePage], turn: int, box: Box, frame: Frame) -> Iterator[Item]:
    """Yield what stands there while the office is closed: in all languages, in the largest type that has room.

    Where all languages have none, the last lines leave but for two; then languages take turns, and in each of them the
    last lines leave.
    """
    yield Surface(box, "surface", radius=frame.gap)
    page = pages[turn % len(pages)]
    most = max(len(one.lines) for one in pages)
    every = (tuple(_cut(one, count) for one in pages) for count in range(most, min(most, _LINES_OF_EACH) - 1, -1))
    fewer = ((_cut(page, count),) for count in range(len(page.lines), -1, -1))
    for said in (*every, *fewer):
        font = max(frame.sign, min(frame.good * 2, box.height / 6))
        while font > frame.sign and _overflows(_closed(said, box, font, frame), box, PANEL_PAD * font / 2):
            font = max(frame.sign, font * 0.94)
        drawn = _closed(said, box, font, frame)
        if not _overflows(drawn, box, 0.0):
            break
    shift = max(0.0, (box.bottom - max(item.box.bottom for item in drawn)) / 2 - PANEL_PAD * font / 2)
    for item in drawn:
        yield dataclasses.replace(item, box=item.box.moved(0, shift))


def _cut(page: NoticePage, count: int) -> NoticePage:
    return dataclasses.replace(page, lines=page.lines[:count])


def _closed(pages: Sequence[NoticePage], box: Box, font: float, frame: Frame) -> list[Item]:
    drawn: list[Item] = []
    y = box.y
    for page in pages:
        drawn += _turned(_notice(page, Box(box.x, y, box.width, 0), font, frame), page, box)
        y = max(item.box.bottom for item in drawn) + font * 0.4
    return drawn


def _overflows(drawn: Sequence[Item], box: Box, pad: float) -> bool:
    return (
        max(item.box.bottom for item in drawn) > box.bottom - pad or max(i.box.right for i in drawn) > box.right - pad
    )


def _notice(page: NoticePage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    pad = PANEL_PAD * font
    y = box.y + pad * 0.8 + font * 0.95
    for line in frame.wrap(page.title, font, box.width - 2 * pad, bold=True):
        yield line_of(line, (box.x + pad, y), font, frame=frame, tone="primary", ground="surface", bold=True)
        y += LINE * font
    y += font * 0.1
    for text in page.lines:
        for line in frame.wrap(text, font, box.width - 2 * pad):
            yield line_of(line, (box.x + pad, y), font, frame=frame, tone="ink", ground="surface")
            y += LINE * font
        y += font * 0.18


def _procedure(page: ProcedurePage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    pad = PANEL_PAD * font
    left, right = box.x + pad, box.right - pad
    badge = Box(left, box.y + pad * 0.8, font * 1.35, font * 1.35)
    yield Surface(badge, "primary_soft", radius=font * 0.2)
    yield line_of(
        page.letter,
        (badge.x + badge.width / 2, centred(badge.middle, font)),
        font,
        frame=frame,
        tone="primary",
        ground="primary_soft",
        bold=True,
        align="center",
    )
    part = f" {page.part}/{page.parts}" if page.parts > 1 else ""
    names = badge.right + font * 0.4
    y = badge.y + font * 0.98
    lines = frame.wrap(page.service, font, right - names, bold=True)
    for place, line in enumerate(lines):
        at = (names, y + place * LINE * font)
        yield line_of(line, at, font, frame=frame, tone="ink", ground="surface", bold=True)
    y += (len(lines) - 1) * LINE * font
    section = page.section + part
    if names + frame.wide(lines[-1], font, bold=True) + font + frame.wide(section, font) <= right:
        yield line_of(section, (right, y), font, frame=frame, tone="primary", ground="surface", align="right")
        y += LINE * font
    else:
        y += LINE * font
        for line in frame.wrap(section, font, right - names):
            yield line_of(line, (names, y), font, frame=frame, tone="primary", ground="surface")
            y += LINE * font
    y += font * 0.12
    indent = font * (1.6 if page.numbered_from is not None else 1.1)
    for place, item in enumerate(page.items):
        is_rest = page.continues and place == 0
        if page.numbered_from is not None and not is_rest:
            yield line_of(
                f"{page.numbered_from + place}.",
                (left, y),
                font,
                frame=frame,
                tone="primary",
                ground="surface",
                bold=True,
            )
        elif not is_rest:
            side = font * 0.3
            dot = Box(left + font * 0.3, y - CAPITAL * font / 2 - side / 2, side, side)
            yield Surface(dot, "primary", radius=side / 2)
        for line in frame.wrap(item, font, right - left - indent):
            yield line_of(line, (left + indent, y), font, frame=frame, tone="ink", ground="surface")
            y += LINE * font
        y += font * 0.18


def _overview(page: OverviewPage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    pad = PANEL_PAD * font
    y = box.y + pad * 0.8 + font * 0.9
    has_last = any(row.last for row in page.rows)
    title = page.last_title if has_last else page.title
    yield line_of(title, (box.x + pad, y), font, frame=frame, tone="primary", ground="surface", bold=True)
    y += LINE * font
    for row in page.rows:
        for item in _service_line(row, Box(box.x + pad, y, box.width - 2 * pad, 0), font, frame, has_last=has_last):
            yield item
            y = max(y, item.box.bottom - font * 0.25) if isinstance(item, Words) else y
        y += (LINE + _ROW_GAP) * font


def _service_line(row: ServiceLine, box: Box, font: float, frame: Frame, *, has_last: bool) -> Iterator[Item]:
    yield line_of(row.letter, (box.x, box.y), font, frame=frame, tone="primary", ground="surface", bold=True)
    shown = row.last or "\N{EN DASH}" if has_last else row.count
    yield line_of(
        shown, (box.right, box.y), font, frame=frame, tone="primary", ground="surface", bold=True, align="right"
    )
    left = box.x + font * 1.2
    y = box.y
    room = box.right - left - frame.wide(shown, font, bold=True) - 0.5 * font
    lines = frame.wrap(row.service, font, room, bold=True)
    if max(frame.wide(line, font, bold=True) for line in lines) > room:
        # A word that is too long to stand beside the number stands below it.
        lines = frame.wrap(row.service, font, box.right - left, bold=True)
        y += LINE * font
    for line in lines:
        yield line_of(line, (left, y), font, frame=frame, tone="ink", ground="surface", bold=True)
        y += LINE * font
    for line in frame.wrap(row.wait, font, box.right - left):
        yield line_of(line, (left, y), font, frame=frame, tone="ink_soft", ground="surface")
        y += LINE * font


def _places(page: PlacesPage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    """Yield who waits, in columns that are read from top to bottom."""
    pad = PANEL_PAD * font
    left, width = box.x + pad, box.width - 2 * pad
    y = box.y + pad * 0.8 + font * 0.95
    for line in frame.wrap(page.title, font, width, bold=True):
        yield line_of(line, (left, y), font, frame=frame, tone="primary", ground="surface", bold=True)
        y += LINE * font
    y += font * 0.15
    number = max((frame.wide(one, font, bold=True) for one, _ in page.rows), default=0.0) + font * _BESIDE_NUMBER
    column = number + max((frame.wide(when, font) for _, when in page.rows), default=0.0)
    columns = max(1, int((width + font * _BETWEEN_COLUMNS) / (column + font * _BETWEEN_COLUMNS)))
    deep = -(-len(page.rows) // columns)
    step = (width + font * _BETWEEN_COLUMNS) / columns
    for place, (one, when) in enumerate(page.rows):
        x, at = left + place // max(deep, 1) * step, y + place % max(deep, 1) * LINE * font
        yield line_of(one, (x, at), font, frame=frame, tone="ink", ground="surface", bold=True)
        yield line_of(when, (x + number, at), font, frame=frame, tone="ink", ground="surface")


def _result(page: ResultPage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    """Yield what the office publishes: its name, the figure as large as a called number, then what belongs to it."""
    pad = PANEL_PAD * font
    left, right = box.x + pad, box.right - pad
    y = box.y + pad * 0.8 + font * 0.95
    for line in frame.wrap(page.title, font, right - left, bold=True):
        yield line_of(line, (left, y), font, frame=frame, tone="primary", ground="surface", bold=True)
        y += LINE * font
    y += font * 0.1
    if page.figure:
        drawn = list(_figure(page, Box(left, y - font * 0.9, right - left, 0), font, frame))
        yield from drawn
        y = max(item.box.bottom for item in drawn) + font * (_PART_GAP + 0.95)
    for part in page.parts:
        if isinstance(part, Chart):
            chart = list(_chart(part, Box(left, y - font * 0.8, right - left, 0), font, frame))
            yield from chart
            y = max(item.box.bottom for item in chart) + font * (_PART_GAP + 0.8)
            continue
        for line in frame.wrap(part, font, right - left):
            yield line_of(line, (left, y), font, frame=frame, tone="ink", ground="surface")
            y += LINE * font
        y += font * _PART_GAP


def _figure(page: ResultPage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    """Yield the figure and the words beside it; below it where they have no room there."""
    size = max(frame.key, font * 2)
    high, left = CAPITAL * size, box.x + frame.wide(page.figure, size, bold=True) + font * 0.7
    lines = [line for text in page.beside for line in frame.wrap(text, font, box.right - left, bold=True)]
    taken = (len(lines) - 1) * LINE * font + CAPITAL * font
    is_below = taken > high + LINE * font or any(left + frame.wide(line, font, bold=True) > box.right for line in lines)
    y = box.y + font * 0.3 + (high if is_below else max(high, taken))
    yield line_of(page.figure, (box.x, y), size, frame=frame, tone="ink", ground="surface", bold=True, is_key=True)
    if is_below:
        left, y = box.x, y + LINE * font * 1.3
        lines = [line for text in page.beside for line in frame.wrap(text, font, box.width, bold=True)]
    else:
        y -= (len(lines) - 1) * LINE * font
    for line in lines:
        yield line_of(line, (left, y), font, frame=frame, tone="primary", ground="surface", bold=True)
        y += LINE * font


def _chart(chart: Chart, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    """Yield a chart below its caption."""
    y = box.y + font * 0.8
    for line in frame.wrap(chart.caption, font, box.width) if chart.caption else ():
        yield line_of(line, (box.x, y), font, frame=frame, tone="ink_soft", ground="surface")
        y += LINE * font
    draw = _columns if chart.kind == "columns" else _rows
    yield from draw(chart.bars, Box(box.x, y - font * 0.8, box.width, 0), font, frame)


def _columns(bars: Sequence[Bar], box: Box, font: float, frame: Frame) -> Iterator[Item]:
    """Yield a column for each value, the value above it; the last one is now."""
    width = max(frame.wide(bar.value, font, bold=True) for bar in bars)
    step = width + font * 0.5
    tall = font * _COLUMN
    for place, bar in enumerate(bars):
        x = box.x + place * step
        top = box.y + font * LINE + tall * (1 - bar.share)
        tone = "primary" if bar.is_now else "line"
        ink = "primary" if bar.is_now else "ink"
        at = (x + width / 2, top - font * 0.15)
        yield line_of(bar.value, at, font, frame=frame, tone=ink, ground="surface", bold=bar.is_now, align="center")
        yield Surface(Box(x + width * 0.15, top, width * 0.7, max(2.0, tall * bar.share)), tone)


def _rows(bars: Sequence[Bar], box: Box, font: float, frame: Frame) -> Iterator[Item]:
    """Yield a line for each value: its name, its bar, its value."""
    names = max(frame.wide(bar.label, font) for bar in bars)
    values = max(frame.wide(bar.value, font, bold=True) for bar in bars)
    track = max(font, box.width - names - values - font)
    y = box.y + font * 0.8
    for bar in bars:
        x = box.x + names + font * 0.5
        yield line_of(bar.label, (box.x, y), font, frame=frame, tone="ink", ground="surface")
        middle = y - CAPITAL * font / 2
        high = font * 0.6
        yield Surface(Box(x, middle - high / 2, track, high), "primary_soft", radius=high * 0.2)
        yield Surface(Box(x, middle - high / 2, max(2.0, track * bar.share), high), "primary", radius=high * 0.2)
        at = (x + track + font * 0.5 + values, y)
        yield line_of(bar.value, at, font, frame=frame, tone="ink", ground="surface", bold=True, align="right")
        y += LINE * font
