"""Where everything stands on a lobby display: type sizes by the reader's distance, boxes by what has to be there. Pure.

No type is ever smaller than its distance asks for. What has no room leaves in the order of `_STEPS`; then calls stand on
two lines, the list in more columns; then the list turns its pages. docs/display.md says it for people.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import assert_never

from display.pages.lobby import CounterName, FrontCall, LinkStatus, ListedCall, LobbyPage, OfficeTexts, Room
from display.pages.panel import InfoPage, OverviewPage, ProcedurePage, ServiceLine
from display.pages.sheet import LINE, Box, Frame, Item, LaneBadge, Mark, Sheet, Sign, Surface, Words, centred, line_of
from hardware.panel.scale import CAPITAL

MOST_LARGE = 6
"""So many calls stand large at the most, however large the panel is."""
CALM_LARGE = 2
"""So many stand large as long as nobody else is called: the latest two whose visitors are awaited."""
LIST_PAGE_S = 4.0
"""So long each page of the list of calls stays, where one has not room for all."""
_GROWTH = 0.92
_ROOMY, _TIGHT, _TIGHTEST = 0.22, 0.13, 0.08
"""Room above and below a number that stands large, in ems."""
_STAGE_SHARE = {1: 0.37, 2: 0.56}
_CROWDED_SHARE = 0.62
"""Share of the height that calls may take to stand larger than they have to."""
_ROW = 1.12
"""From one line of the list to the next, in ems."""
_LEAST_LINES, _GOOD_LINES = 2, 6
"""Lines of text that make a panel worth its room; so many that a crowd of calls leaves it."""
_PANEL_PAD = 0.5
_LIST_SHARE = 0.42
"""Share of the width that a list takes at most to stand larger than it has to."""
_PANEL_SHARE = 0.42
"""Share of the width that the panel has at least beside the list."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One way to share the window, tried in order."""

    has_footer: bool
    has_panel: bool
    fewer: int
    """So many fewer calls stand large than could."""
    pad: float


def _steps(count: int, *, has_panel: bool) -> Iterator[_Step]:
    """Yield what leaves, step by step."""
    for panel in (True, False) if has_panel else (False,):
        yield _Step(has_footer=True, has_panel=panel, fewer=0, pad=_ROOMY)
        yield _Step(has_footer=True, has_panel=panel, fewer=0, pad=_TIGHT)
        yield _Step(has_footer=False, has_panel=panel, fewer=0, pad=_TIGHT)
        for fewer in range(1, count):
            yield _Step(has_footer=True, has_panel=panel, fewer=fewer, pad=_TIGHT)
            yield _Step(has_footer=False, has_panel=panel, fewer=fewer, pad=_TIGHT)
    for fewer in range(count):
        yield _Step(has_footer=False, has_panel=False, fewer=fewer, pad=_TIGHTEST)


@dataclass(frozen=True, slots=True)
class _Bands:
    """How the calls that stand large are drawn: their type size, whether the counter stands below the number."""

    font: float
    pad: float
    is_stacked: bool
    height: float
    """Of all of them, with the gaps between."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """The list of calls: its type size, and how many lines and columns it has."""

    font: float
    rows: int
    columns: int
    column_px: float

    @property
    def holds(self) -> int:
        """Return how many calls have room."""
        return self.rows * self.columns


@dataclass(frozen=True, slots=True)
class _Plan:
    """One arrangement that works."""

    step: _Step
    bands: _Bands | None
    stage: Box
    grid: _Grid | None
    list_box: Box
    panel: Box | None


def lay_out(page: LobbyPage, frame: Frame, *, at_s: float = 0.0) -> Sheet:
    """Return all that is drawn. `at_s` turns the pages of a list that has not room for all."""
    ranked = sorted(page.front, key=lambda call: call.rank)
    plan = _plan(page, ranked, frame)
    kept = {id(call) for call in ranked[: len(ranked) - plan.step.fewer]}
    front = [call for call in page.front if id(call) in kept]
    others = (*(_demoted(call) for call in page.front if id(call) not in kept), *page.others)
    items: list[Item] = []
    if plan.bands is not None:
        items += _stage(front, plan.bands, plan.stage, frame)
    if plan.grid is not None:
        items += _list(page, others, plan.grid, plan.list_box, frame, at_s)
    if plan.panel is not None and page.panel is not None:
        items += draw_panel(page.panel, plan.panel, frame)
    if plan.bands is None and plan.grid is None and page.panel is None:
        items += _welcome(page, frame)
    items += _foot(page, frame, has_footer=plan.step.has_footer)
    left_out = ("waits and clock",) * (not plan.step.has_footer) + ("procedures",) * (
        page.has_panel and not plan.step.has_panel
    )
    return Sheet(tuple(items), has_panel=plan.panel is not None, left_out=left_out)


def room_for(texts: OfficeTexts, frame: Frame, *, has_panel: bool) -> Room:
    """Return how much a display of this size has room for in this office."""
    page = _empty_page(texts, has_panel=has_panel)
    body = _body(frame, has_footer=True)
    least = _least_panel(texts, frame) or body
    return Room(_most_large(page, frame), lambda info: _panel_height(info, frame.sign, least.width, frame) <= least.height)


def _empty_page(texts: OfficeTexts, *, has_panel: bool) -> LobbyPage:
    return LobbyPage("", "", "", LinkStatus(live=True, text=""), "", "LOKET", texts, (), (), (), (), 0, None, has_panel)


def _most_large(page: LobbyPage, frame: Frame) -> int:
    """Return how many calls can stand large at once without taking the room of the procedures."""
    for count in range(MOST_LARGE, 1, -1):
        crowd = replace(page, front=(_sample(page),) * count)
        if _plan(crowd, list(crowd.front), frame).step.fewer == 0:
            return count
    return 1


# -- who has which room ---------------------------------------------------------------------------------------------


def _body(frame: Frame, *, has_footer: bool, lines: int = 1) -> Box:
    """Return the window without its edge and footer."""
    foot = _foot_height(frame, lines) if has_footer else frame.gap
    return Box(frame.gap, frame.gap, frame.width - 2 * frame.gap, frame.height - frame.gap - foot)


def _foot_height(frame: Frame, lines: int) -> float:
    return frame.sign * (LINE * lines + 0.45)


def _plan(page: LobbyPage, ranked: list[FrontCall], frame: Frame) -> _Plan:
    """Return the first arrangement in which all who are awaited have their place."""
    if not ranked:
        return _resting_plan(page, frame)
    last: _Plan | None = None
    for step in _steps(len(ranked), has_panel=page.has_panel):
        if not page.link.live and not step.has_footer:
            continue  # nobody is to miss that what is shown is old
        for font, listed in _sizes(frame):
            last = _tried(page, ranked, step, frame, font, listed) or last
            if last is not None and last.step is step:
                return last
    return last or _crammed(page, ranked, frame)


def _sizes(frame: Frame) -> Iterator[tuple[float, float]]:
    """Yield sizes of number and list, the largest first; the last one is what the distance asks for."""
    font = min(frame.width, frame.height) / 2
    while font > frame.key * 1.01:
        yield font, font / 2
        yield font, frame.listed
        font *= _GROWTH
    yield frame.key, frame.listed


def _tried(
    page: LobbyPage, ranked: list[FrontCall], step: _Step, frame: Frame, font: float, listed: float
) -> _Plan | None:
    """Return the plan with these sizes, or None where it does not work out."""
    body = _body(frame, has_footer=step.has_footer, lines=_foot_lines(page))
    front = ranked[: len(ranked) - step.fewer]
    others = [*map(_demoted, ranked[len(front) :]), *page.others]
    is_least = font <= frame.key
    if page.has_panel or frame.height > frame.width:
        bands = _bands(page, front, step.pad, font, body.width, frame)
        if bands is None or bands.height > body.height:
            return None
        if not is_least and bands.height > body.height * _STAGE_SHARE.get(len(front), _CROWDED_SHARE):
            return None
        rest = Box(body.x, body.y + bands.height + frame.gap, body.width, body.height - bands.height - frame.gap)
        stage = Box(body.x, body.y, body.width, bands.height)
        return _below(page, step, frame, stage, bands, rest, others, listed)
    return _beside(page, step, frame, body, front, others, font, listed)


def _below(
    page: LobbyPage,
    step: _Step,
    frame: Frame,
    stage: Box,
    bands: _Bands,
    rest: Box,
    others: Sequence[ListedCall],
    listed: float,
) -> _Plan | None:
    """Return the plan with list and panel under the calls: side by side, or the list above the panel."""
    needed = sum(not other.over for other in others)
    column = _column_px(page, others, listed, frame)
    rows = _rows_in(rest.height, listed)
    if not step.has_panel:
        columns = int((rest.width + frame.gap) // column) if others else 0
        if not needed:
            return _Plan(step, bands, stage, _grid(listed, rows, columns, rest.width), rest, None)
        if columns * rows < needed:
            return None
        return _Plan(step, bands, stage, _grid(listed, rows, columns, rest.width), rest, None)
    least = _least_panel(page.texts, frame)
    if least is None:
        return None
    if not others:
        return _Plan(step, bands, stage, None, rest, rest) if rest.height >= least.height else None
    if frame.width > frame.height and rest.height >= least.height and rows:
        columns = max(1, math.ceil(needed / rows))
        width = columns * column
        is_modest = listed <= frame.listed or width <= rest.width * _LIST_SHARE
        if is_modest and rest.width - width - frame.gap >= least.width:
            box = Box(rest.right - width, rest.y, width, rest.height)
            panel = Box(rest.x, rest.y, rest.width - width - frame.gap, rest.height)
            return _Plan(step, bands, stage, _Grid(listed, rows, columns, column), box, panel)
    columns = int(rest.width // column)
    if columns:
        shown = min(len(others), max(needed, columns * (3 if frame.height > frame.width else 1)))
        rows = max(1, math.ceil(shown / columns))
        height = _grid_height(rows, listed)
        if rest.height - height - frame.gap >= least.height and rest.width >= least.width:
            box = Box(rest.x, rest.y, rest.width, height)
            panel = Box(rest.x, box.bottom + frame.gap, rest.width, rest.height - height - frame.gap)
            return _Plan(step, bands, stage, _grid(listed, rows, columns, rest.width), box, panel)
    return None


def _beside(
    page: LobbyPage,
    step: _Step,
    frame: Frame,
    body: Box,
    front: Sequence[FrontCall],
    others: Sequence[ListedCall],
    font: float,
    listed: float,
) -> _Plan | None:
    """Return the plan of a panel that shows calls only: the large ones on the left, the list on the right."""
    needed = sum(not other.over for other in others)
    column = _column_px(page, others, listed, frame)
    titles = 0.0 if step.fewer else _titles_height(frame)
    rows = _rows_in(body.height - titles, listed)
    columns = max(1, math.ceil(needed / rows)) if rows else 0
    width = columns * column
    left = body.width - width - frame.gap
    if not rows or left <= 0:
        return None
    bands = _bands(page, front, step.pad, font, left, frame)
    if bands is None or bands.height > body.height:
        return None
    box = Box(body.right - width, body.y, width, body.height)
    stage = Box(body.x, body.y, left, body.height)
    return _Plan(step, bands, stage, _Grid(listed, rows, columns, column), box, None)


def _crammed(page: LobbyPage, ranked: list[FrontCall], frame: Frame) -> _Plan:
    """Return what is left where nothing works out: one call, and the list page by page in the room below it."""
    step = _Step(has_footer=not page.link.live, has_panel=False, fewer=len(ranked) - 1, pad=_TIGHTEST)
    body = _body(frame, has_footer=step.has_footer, lines=_foot_lines(page))
    font = frame.key
    bands = _bands(page, ranked[:1], step.pad, font, body.width, frame)
    while bands is None or bands.height > body.height:
        # No panel of this size can be read from so far away: check-config says so.
        font *= _GROWTH
        bands = _bands(page, ranked[:1], step.pad, font, body.width, frame)
    others = [*map(_demoted, ranked[1:]), *page.others]
    listed = min(frame.listed, font)
    stage = Box(body.x, body.y, body.width, bands.height)
    rest = Box(body.x, stage.bottom + frame.gap, body.width, body.bottom - stage.bottom - frame.gap)
    rows = _rows_in(rest.height, listed)
    columns = int(rest.width // _column_px(page, others, listed, frame)) if others else 0
    grid = _grid(listed, rows, columns, rest.width)
    return _Plan(step, bands, stage, grid, rest, None)


def _resting_plan(page: LobbyPage, frame: Frame) -> _Plan:
    """Return the arrangement while nobody is awaited: the procedures, and the calls of before beside them."""
    step = _Step(has_footer=True, has_panel=page.has_panel, fewer=0, pad=_ROOMY)
    body = _body(frame, has_footer=True, lines=_foot_lines(page))
    nothing = Box(body.x, body.y, 0, 0)
    column = _column_px(page, page.others, frame.listed, frame) if page.others else 0.0
    rows = _rows_in(body.height, frame.listed)
    if not page.has_panel or page.panel is None:
        columns = int(body.width // column) if column else 0
        return _Plan(step, None, nothing, _grid(frame.listed, rows, columns, body.width), body, None)
    if page.others and rows and frame.width > frame.height:
        left = body.width - column - frame.gap
        least = _least_panel(page.texts, frame)
        if least is not None and left >= least.width:
            box = Box(body.right - column, body.y, column, body.height)
            panel = Box(body.x, body.y, left, body.height)
            return _Plan(step, None, nothing, _Grid(frame.listed, rows, 1, column), box, panel)
    return _Plan(step, None, nothing, None, nothing, body)


def _grid(font: float, rows: int, columns: int, width: float) -> _Grid | None:
    return _Grid(font, rows, columns, width / columns) if rows and columns else None


def _rows_in(height: float, font: float) -> int:
    return max(0, int((height - 0.3 * font) / (_ROW * font)))


def _grid_height(rows: int, font: float) -> float:
    return rows * _ROW * font + 0.3 * font


def _titles_height(frame: Frame) -> float:
    return frame.sign * 1.5


def _column_px(page: LobbyPage, others: Sequence[ListedCall], font: float, frame: Frame) -> float:
    """Return how wide a column of the list is: the widest number, a mark, the widest counter."""
    number = max(frame.wide(text, font, bold=True) for text in (page.texts.widest_number, *(call.number for call in others)))
    label = max((frame.wide(call.counter_label, font, bold=True) for call in others), default=font)
    has_marks = any(call.lane for call in others) or len(page.texts.widest_number) > len("A-000")
    return number + max(label, frame.wide("00", font, bold=True)) + font * (1.5 + 0.75 * has_marks)


@lru_cache(maxsize=64)
def _least_panel(texts: OfficeTexts, frame: Frame) -> Box | None:
    """Return the least room that the panel has while it is there: what its pages are cut to. None: it has none.

    It is what several calls leave it, as many as leave it room for a page worth reading.
    """
    page = _empty_page(texts, has_panel=True)
    good = [box for count in (4, 3) if (box := _panel_below(page, count, frame, _GOOD_LINES)) is not None]
    if good:
        return good[0]
    for count in (CALM_LARGE, 1):
        box = _panel_below(page, count, frame, _LEAST_LINES)
        if box is not None:
            return box
    return None


def _panel_below(page: LobbyPage, count: int, frame: Frame, lines: int) -> Box | None:
    """Return the panel's room under so many large calls at their least size, one called again, and beside a list."""
    body = _body(frame, has_footer=True)
    calls = (replace(_sample(page), again="2"), *(_sample(page),) * (count - 1))
    bands = _bands(page, calls, _TIGHT, frame.key, body.width, frame)
    if bands is None:
        return None
    longest = max((frame.wide(word, frame.sign) for word in page.texts.longest_words), default=0.0)
    width = max(frame.width * _PANEL_SHARE, longest + frame.sign * (1.7 + 2 * _PANEL_PAD))
    column = _column_px(page, (), frame.listed, frame)
    height = body.height - bands.height - frame.gap
    if frame.width <= frame.height or width + frame.gap + column > body.width:
        rows = 3 if frame.width <= frame.height else 1
        height -= _grid_height(rows, frame.listed) + frame.gap
        width = body.width
    return Box(0, 0, width, height) if height >= frame.sign * (2 * _PANEL_PAD + LINE * (2 + lines)) else None


def _sample(page: LobbyPage) -> FrontCall:
    """Return a call as this office usually has them, or one that stands large now."""
    lane = LaneBadge("P", "diamond", "", 1) if len(page.texts.widest_number) > len("A-000") else None
    name = CounterName((page.counter_title.upper(),), "00")
    return FrontCall(page.texts.widest_number, lane, "00", name, "", is_spoken=False, is_lit=False, rank=1)


def _demoted(call: FrontCall) -> ListedCall:
    return ListedCall(call.number, call.lane, call.counter_label, upcoming=False, over=False)


def _welcome(page: LobbyPage, frame: Frame) -> Iterator[Item]:
    """Yield the office's name and what to do, while there is nothing else to show."""
    body = _body(frame, has_footer=True, lines=_foot_lines(page))
    y = body.middle - frame.good
    for text, bold in ((page.office, True), *((line, False) for line in page.resting)):
        for line in frame.wrap(text, frame.good, body.width - 2 * frame.gap, bold=bold):
            at = (frame.width / 2, y)
            yield line_of(line, at, frame.good, frame=frame, tone="on_primary", ground="primary_dark", bold=bold, align="center")
            y += LINE * frame.good


# -- the calls that stand large ---------------------------------------------------------------------------------------


def _bands(
    page: LobbyPage, calls: Sequence[FrontCall], pad: float, font: float, width: float, frame: Frame
) -> _Bands | None:
    """Return how these calls stand at this size, or None where one of them is too wide."""
    stacked = [not _fits_on_one_line(call, page, font, width, frame) for call in calls]
    if any(_is_too_wide(call, page, font, width, frame) for call, below in zip(calls, stacked, strict=True) if below):
        return None
    is_stacked = any(stacked)
    heights = [_band_height(call, pad, font, frame, is_stacked=is_stacked) for call in calls]
    return _Bands(font, pad, is_stacked, sum(heights) + frame.gap * (len(calls) - 1))


def _band_height(call: FrontCall, pad: float, font: float, frame: Frame, *, is_stacked: bool) -> float:
    lines = 2 if is_stacked else 1
    again = LINE * frame.sign if call.again else 0.0
    return font * (lines * CAPITAL + (2 * lines + (1 if is_stacked else 0)) * pad) + again


def _number_px(call: FrontCall, page: LobbyPage, font: float, frame: Frame) -> float:
    widest = page.texts.widest_number if len(call.number) <= len(page.texts.widest_number) else call.number
    mark = font * 0.62 if call.lane else 0.0
    return max(frame.wide(call.number, font, bold=True), frame.wide(widest, font, bold=True)) + mark


def _word_font(font: float, frame: Frame) -> float:
    """Return the size of the word for a counter: it only repeats what the white ground says."""
    return max(frame.sign, font * 0.36)


def _counter_px(call: FrontCall, font: float, frame: Frame) -> float:
    small = _word_font(font, frame)
    words = max((frame.wide(word, small, bold=True) for word in call.counter.words), default=0.0)
    return words + frame.wide(call.counter.figure, font, bold=True) + font * (0.25 if words else 0.0) + font * 0.36


def _fits_on_one_line(call: FrontCall, page: LobbyPage, font: float, width: float, frame: Frame) -> bool:
    needed = _number_px(call, page, font, frame) + _counter_px(call, font, frame) + font * 0.5
    return needed <= width and len(call.counter.words) * _word_font(font, frame) * 1.1 <= font * 1.0


def _is_too_wide(call: FrontCall, page: LobbyPage, font: float, width: float, frame: Frame) -> bool:
    room = width - font * 0.2
    return _number_px(call, page, font, frame) > room or _counter_px(call, font, frame) > room


def _stage(calls: Sequence[FrontCall], bands: _Bands, stage: Box, frame: Frame) -> Iterator[Item]:
    heights = [_band_height(call, bands.pad, bands.font, frame, is_stacked=bands.is_stacked) for call in calls]
    spare = max(0.0, stage.height - bands.height) / len(calls)
    y = stage.y
    for call, height in zip(calls, heights, strict=True):
        box = Box(stage.x, y, stage.width, height + spare)
        yield from _band(call, box, bands, frame)
        y = box.bottom + frame.gap


def _band(call: FrontCall, box: Box, bands: _Bands, frame: Frame) -> Iterator[Item]:
    font = bands.font
    ground = "primary" if call.is_lit or not call.again else "primary_dark"
    bright = call.is_spoken or call.is_lit
    edge = max(3.0, font * 0.03)
    yield Surface(box, ground, radius=frame.gap, edge="on_primary" if bright else "primary", edge_px=edge)
    again = LINE * frame.sign if call.again else 0.0
    inner = Box(box.x, box.y, box.width, box.height - again)
    if bands.is_stacked:
        upper = Box(box.x, box.y, box.width, inner.height / 2)
        lower = Box(box.x, upper.bottom, box.width, inner.height / 2)
        counter = lower.inset(font * 0.1, 0).moved(0, -font * bands.pad * 0.3)
    else:
        width = _counter_px(call, font, frame)
        upper = inner
        white = max(frame.gap * 0.5, font * 0.08)
        counter = Box(box.right - width - white, inner.y + white, width, inner.height - 2 * white)
    number = line_of(
        call.number,
        (box.x + font * 0.2, centred(upper.middle, font)),
        font,
        frame=frame,
        tone="on_primary",
        ground=ground,
        bold=True,
    )
    yield number
    if call.lane is not None:
        side = font * 0.42
        yield Mark(Box(number.box.right + font * 0.12, upper.middle - side / 2, side, side), call.lane)
    if call.again:
        at = (box.x + font * 0.2, box.bottom - again + frame.sign * 0.72)
        yield line_of(call.again, at, frame.sign, frame=frame, tone="on_primary", ground=ground, bold=True)
    yield from _counter(call, counter, font, frame)


def _counter(call: FrontCall, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    """Yield the counter on its white ground: the words small and stacked, then what tells it from all others."""
    yield Surface(box, "surface", radius=frame.gap * 0.8)
    small = _word_font(font, frame)
    x = box.x + font * 0.18
    top = box.middle - (len(call.counter.words) - 1) * small * 0.55
    for place, word in enumerate(call.counter.words):
        at = (x, centred(top + place * small * 1.1, small))
        yield line_of(word, at, small, frame=frame, tone="ink", ground="surface", bold=True)
    at = (box.right - font * 0.18, centred(box.middle, font))
    yield line_of(
        call.counter.figure, at, font, frame=frame, tone="ink", ground="surface", bold=True, align="right"
    )


# -- the list ---------------------------------------------------------------------------------------------------------


def _list(
    page: LobbyPage, others: Sequence[ListedCall], grid: _Grid, box: Box, frame: Frame, at_s: float
) -> Iterator[Item]:
    yield Surface(box, "surface", radius=frame.gap)
    awaited = [call for call in others if not call.over]
    pages = max(1, math.ceil(len(awaited) / grid.holds))
    begin = int(at_s / LIST_PAGE_S) % pages * grid.holds
    shown = others[begin : begin + grid.holds] if pages == 1 else awaited[begin : begin + grid.holds]
    titles = box.height - _grid_height(grid.rows, grid.font)
    top = box.y + 0.15 * grid.font
    if titles >= _titles_height(frame) and grid.columns == 1:
        yield from _titles(page, box, frame)
        top += _titles_height(frame)
    pitch = _ROW * grid.font
    for place, call in enumerate(shown):
        column, row = divmod(place, grid.rows)
        cell = Box(box.x + column * grid.column_px, top + row * pitch, grid.column_px, pitch)
        yield from _listed(call, cell, grid.font, frame)


def _titles(page: LobbyPage, box: Box, frame: Frame) -> Iterator[Item]:
    y = box.y + frame.sign * 1.1
    pad = frame.sign * _PANEL_PAD
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
        yield Surface(Box(box.x + pad, y + frame.sign * 0.34, box.width - 2 * pad, max(2.0, frame.sign * 0.04)), "line")


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
        yield Mark(Box(counter.box.x - font * 0.2 - side, cell.middle - side / 2, side, side), call.lane)


# -- the panel --------------------------------------------------------------------------------------------------------


def draw_panel(page: InfoPage, box: Box, frame: Frame) -> Iterator[Item]:
    """Yield a page of the panel in the largest type that its box has room for."""
    font = max(frame.sign, min(frame.good * 1.25, box.height / 7))
    while font > frame.sign and _panel_height(page, font, box.width, frame) > box.height:
        font = max(frame.sign, font * 0.94)
    yield Surface(box, "surface", radius=frame.gap)
    match page:
        case ProcedurePage():
            yield from _procedure(page, box, font, frame)
        case OverviewPage():
            yield from _overview(page, box, font, frame)
        case _:
            assert_never(page)


def _panel_height(page: InfoPage, font: float, width: float, frame: Frame) -> float:
    inner = Box(0, 0, width, 0)
    match page:
        case ProcedurePage():
            drawn = _procedure(page, inner, font, frame)
        case OverviewPage():
            drawn = _overview(page, inner, font, frame)
        case _:
            assert_never(page)
    lowest = max(item.box.bottom for item in drawn)
    widest = max(item.box.right for item in _overlong(page, inner, font, frame)) if width else 0.0
    return math.inf if widest > width else lowest + _PANEL_PAD * font


def _overlong(page: InfoPage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    """Yield all lines again, to see whether a word of them is wider than the panel."""
    yield from _procedure(page, box, font, frame) if isinstance(page, ProcedurePage) else _overview(page, box, font, frame)


def _procedure(page: ProcedurePage, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    pad = _PANEL_PAD * font
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
    part = f"{page.part}/{page.parts}" if page.parts > 1 else ""
    names = badge.right + font * 0.4
    after = frame.wide(part, font) + font * 0.4 if part else 0.0
    y = badge.y + font * 0.98
    lines = frame.wrap(page.service, font, right - after - names, bold=True)
    for place, line in enumerate(lines):
        at = (names, y + place * LINE * font)
        yield line_of(line, at, font, frame=frame, tone="ink", ground="surface", bold=True)
    if part:
        yield line_of(part, (right, y), font, frame=frame, tone="ink_soft", ground="surface", align="right")
    y += (len(lines) - 1) * LINE * font
    y += LINE * font
    for line in frame.wrap(page.section, font, right - names):
        yield line_of(line, (names, y), font, frame=frame, tone="primary", ground="surface")
        y += LINE * font
    y += font * 0.12
    indent = font * (1.6 if page.numbered_from is not None else 1.1)
    for place, item in enumerate(page.items):
        is_rest = page.continues and place == 0
        if page.numbered_from is not None and not is_rest:
            yield line_of(
                f"{page.numbered_from + place}.", (left, y), font, frame=frame, tone="primary", ground="surface", bold=True
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
    pad = _PANEL_PAD * font
    y = box.y + pad * 0.8 + font * 0.9
    yield line_of(page.title, (box.x + pad, y), font, frame=frame, tone="primary", ground="surface", bold=True)
    y += LINE * font
    for row in page.rows:
        for item in _service_line(row, Box(box.x + pad, y, box.width - 2 * pad, 0), font, frame):
            yield item
            y = max(y, item.box.bottom - font * 0.25) if isinstance(item, Words) else y
        y += LINE * font


def _service_line(row: ServiceLine, box: Box, font: float, frame: Frame) -> Iterator[Item]:
    yield line_of(row.letter, (box.x, box.y), font, frame=frame, tone="primary", ground="surface", bold=True)
    yield line_of(
        row.count, (box.right, box.y), font, frame=frame, tone="primary", ground="surface", bold=True, align="right"
    )
    left = box.x + font * 1.2
    y = box.y
    for line in frame.wrap(row.service, font, box.right - left - font * 1.8, bold=True):
        yield line_of(line, (left, y), font, frame=frame, tone="ink", ground="surface", bold=True)
        y += LINE * font
    for line in frame.wrap(row.wait, font, box.right - left):
        yield line_of(line, (left, y), font, frame=frame, tone="ink_soft", ground="surface")
        y += LINE * font


# -- the line below ---------------------------------------------------------------------------------------------------


def _foot_lines(page: LobbyPage) -> int:
    return 1 if page.link.live else max(1, len(page.link.lines))


def _foot(page: LobbyPage, frame: Frame, *, has_footer: bool) -> Iterator[Item]:
    if not has_footer:
        return
    lines = _foot_lines(page)
    height = _foot_height(frame, lines)
    box = Box(0, frame.height - height, frame.width, height)
    clock = line_of(
        page.clock,
        (box.right - frame.gap * 1.4, centred(box.middle, frame.sign * 1.1)),
        frame.sign * 1.1,
        frame=frame,
        tone="on_primary",
        ground="primary_dark",
        bold=True,
        align="right",
    )
    room = Box(frame.gap * 1.4, box.y, clock.box.x - frame.gap * 2.4, box.height)
    if not page.link.live:
        yield Surface(Box(0, box.y, clock.box.x - frame.gap, box.height), "bad_soft")
        yield from _warning(page, room, frame)
    else:
        yield from _waits(page, room, frame)
    yield clock


def _warning(page: LobbyPage, room: Box, frame: Frame) -> Iterator[Item]:
    side = frame.sign * 1.1
    yield Sign(Box(room.x, room.middle - side / 2, side, side), "alert", "bad")
    y = room.y + (room.height - LINE * frame.sign * len(page.link.lines)) / 2 + frame.sign * 0.95
    for line in page.link.lines:
        at = (room.x + side * 1.4, y)
        yield line_of(line, at, frame.sign, frame=frame, tone="bad", ground="bad_soft", bold=True)
        y += LINE * frame.sign


def _waits(page: LobbyPage, room: Box, frame: Frame) -> Iterator[Item]:
    lines = _packed(page.footer, room.width, frame)
    if lines:
        at = (room.x, centred(room.middle, frame.sign))
        text = lines[page.footer_turn % len(lines)]
        yield line_of(text, at, frame.sign, frame=frame, tone="on_primary", ground="primary_dark")


def _packed(parts: Sequence[str], width: float, frame: Frame) -> list[str]:
    """Return the lines that are shown by turns: as many parts in each as it has room for, a long one on several."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} \N{MIDDLE DOT} {part}" if lines else part
        if lines and frame.wide(longer, frame.sign) <= width:
            lines[-1] = longer
        else:
            lines += frame.wrap(part, frame.sign, width)
    return lines
