"""A page of the information panel as it is drawn: in the largest type that its box has room for. Pure."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from broker.language import is_rtl
from display.pages.panel import InfoPage, MediaPage, NoticePage, OverviewPage, ProcedurePage, ServiceLine
from display.pages.sheet import LINE, Box, Frame, Item, Media, Surface, Words, centred, line_of
from hardware.panel.scale import CAPITAL

PANEL_PAD = 0.5
"""Room inside the panel's edge, in ems."""
_ROW_GAP = 0.3
"""Between two services of the overview, so that each wait stands with its own."""


def draw_panel(page: InfoPage, box: Box, frame: Frame) -> Iterator[Item]:
    """Yield a page of the panel in the largest type that its box has room for."""
    font = max(frame.sign, min(frame.good * 1.25, box.height / 7))
    while font > frame.sign and panel_height(page, font, box.width, frame) > box.height:
        font = max(frame.sign, font * 0.94)
    yield Surface(box, "surface", radius=frame.gap)
    drawn = _turned(_drawn(page, box, font, frame), page, box)
    if isinstance(page, MediaPage):
        yield Media(box, page.path, page.moves)
    # A page that was cut to more room, in the moment in which a call takes it: what has none comes with the next page.
    yield from itertools.takewhile(lambda item: item.box.bottom <= box.bottom, drawn)


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

    Where all languages have none they take turns; then the hours of today leave, and the day keeps its place.
    """
    yield Surface(box, "surface", radius=frame.gap)
    page = pages[turn % len(pages)]
    fewer = ((dataclasses.replace(page, lines=page.lines[:count]),) for count in range(len(page.lines), -1, -1))
    for said in (pages, *fewer):
        font = max(frame.sign, min(frame.good * 2, box.height / 6))
        while font > frame.sign and _overflows(_closed(said, box, font, frame), box, PANEL_PAD * font / 2):
            font = max(frame.sign, font * 0.94)
        drawn = _closed(said, box, font, frame)
        if not _overflows(drawn, box, 0.0):
            break
    shift = max(0.0, (box.bottom - max(item.box.bottom for item in drawn)) / 2 - PANEL_PAD * font / 2)
    for item in drawn:
        yield dataclasses.replace(item, box=item.box.moved(0, shift))


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
