"""Where everything stands on a lobby display: type sizes by the reader's distance, boxes by what has to be there.

Pure. No type is ever smaller than its distance asks for. What has no room leaves in the order of `_steps`; then calls
stand on two lines and the list has more columns; then the list turns its pages. docs/display.md says it for people.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from display.hall.board import CALM_LARGE
from display.pages.calls import (
    Bands,
    Grid,
    bands_for,
    column_px,
    draw_list,
    draw_stage,
    grid_for,
    grid_height,
    large,
    listed,
    rows_in,
    titles_height,
    usual_call,
)
from display.pages.info import PANEL_PAD, draw_closed, draw_panel, least_font, panel_height
from display.pages.lobby import FrontCall, LinkStatus, ListedCall, LobbyPage, OfficeTexts, Room
from display.pages.panel import InfoPage
from display.pages.sheet import (
    LINE,
    Box,
    Frame,
    Item,
    Media,
    Sheet,
    Sign,
    Surface,
    Words,
    centred,
    line_of,
    reads_from_right,
)

MOST_LARGE = 6
"""So many calls stand large at the most, however large the panel is."""
"""So many stand large as long as nobody else is called: the latest two whose visitors are awaited."""
_GROWTH = 0.92
_ROOMY, _TIGHT, _TIGHTEST = 0.22, 0.13, 0.08
"""Room above and below a number that stands large, in ems."""
_STAGE_SHARE = {1: 0.37, 2: 0.56}
_CROWDED_SHARE = 0.62
"""Share of the height that calls may take to stand larger than they have to."""
_LEAST_LINES, _GOOD_LINES = 2, 6
"""Lines of text that make a panel worth its room; so many that a crowd of calls leaves it."""
_BANNER_LINES = 3
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
    banner: int = _BANNER_LINES
    """So many lines at most say at once that there is no connection."""


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
class _Plan:
    """One arrangement that works."""

    step: _Step
    bands: Bands | None
    stage: Box
    grid: Grid | None = None
    list_box: Box | None = None
    panel: Box | None = None
    level: int = 0
    """Of the panel: to which room its pages are cut."""
    has_marks: bool = True


@dataclass(frozen=True)
class _Attempt:
    """One way to share the window at certain sizes, which may work out or not."""

    page: LobbyPage
    frame: Frame
    step: _Step
    ranked: tuple[FrontCall, ...]
    font: float
    listed: float
    level: int

    @cached_property
    def body(self) -> Box:
        """Return the window without its edge and footer."""
        return _body(self.frame, has_footer=self.step.has_footer, lines=_foot_lines(self.page, self.frame))

    @property
    def front(self) -> tuple[FrontCall, ...]:
        """Return the calls that stand large."""
        return self.ranked[: len(self.ranked) - self.step.fewer]

    @cached_property
    def others(self) -> tuple[ListedCall, ...]:
        """Return the calls that are listed."""
        return (*map(listed, self.ranked[len(self.front) :]), *self.page.others)

    @property
    def needed(self) -> int:
        """Return how many calls have to be on the list: those whose visitors are awaited."""
        return sum(not other.over for other in self.others)

    @cached_property
    def column(self) -> float:
        """Return how wide a column of the list is."""
        return column_px(self.page.texts, self.others, self.listed, self.frame)

    def plan(self) -> _Plan | None:
        """Return the arrangement, or None where it does not work out."""
        body, gap = self.body, self.frame.gap
        if not self.page.has_panel and self.frame.width > self.frame.height:
            return self._beside()
        bands = bands_for(self.front, self.page.texts, self.step.pad, self.font, body.width, self.frame)
        if bands is None or bands.height > body.height:
            return None
        share = _STAGE_SHARE.get(len(self.front), _CROWDED_SHARE)
        if self.font > self.frame.key and bands.height > body.height * share:
            return None
        stage = Box(body.x, body.y, body.width, bands.height)
        rest = Box(body.x, stage.bottom + gap, body.width, body.height - bands.height - gap)
        return self._with_panel(bands, stage, rest) if self.step.has_panel else self._without_panel(bands, stage, rest)

    def _without_panel(self, bands: Bands, stage: Box, rest: Box) -> _Plan | None:
        columns = int(rest.width // self.column) if self.others else 0
        grid = grid_for(self.listed, rows_in(rest.height, self.listed), columns, rest.width)
        if self.needed > (grid.holds if grid else 0):
            return None
        return _Plan(self.step, bands, stage, grid, rest)

    def _with_panel(self, bands: Bands, stage: Box, rest: Box) -> _Plan | None:
        """Return the plan with list and panel under the calls: side by side, or the list above the panel."""
        least = _least_panel(self.page.texts, self.frame, self.level)
        if least is None or rest.height < least.height:
            return None
        plan = _Plan(self.step, bands, stage, panel=rest, level=self.level)
        if not self.others:
            return plan
        places = (self._right, self._above) if self.frame.width > self.frame.height else (self._above, self._right)
        for place in places:
            found = place(rest, least)
            if found is not None:
                grid, box, panel = found
                return replace(plan, grid=grid, list_box=box, panel=panel)
        return None if self.needed else plan  # what is over gives way to what is to be done

    def _right(self, rest: Box, least: Box) -> tuple[Grid | None, Box, Box] | None:
        rows = rows_in(rest.height, self.listed)
        columns = max(1, math.ceil(self.needed / max(1, rows)))
        width = columns * self.column
        is_modest = self.listed <= self.frame.listed or width <= rest.width * _LIST_SHARE
        left = rest.width - width - self.frame.gap
        if not rows or not is_modest or left < least.width:
            return None
        box = Box(rest.right - width, rest.y, width, rest.height)
        return Grid(self.listed, rows, columns, self.column), box, Box(rest.x, rest.y, left, rest.height)

    def _above(self, rest: Box, least: Box) -> tuple[Grid | None, Box, Box] | None:
        columns = int(rest.width // self.column)
        if not columns or rest.width < least.width:
            return None
        usual = columns * (3 if self.frame.height > self.frame.width else 1)
        rows = max(1, math.ceil(min(len(self.others), max(self.needed, usual)) / columns))
        height = grid_height(rows, self.listed)
        left = rest.height - height - self.frame.gap
        if left < least.height:
            return None
        box = Box(rest.x, rest.y, rest.width, height)
        panel = Box(rest.x, box.bottom + self.frame.gap, rest.width, left)
        return grid_for(self.listed, rows, columns, rest.width), box, panel

    def _beside(self) -> _Plan | None:
        """Return the plan of a panel that shows calls only: the large ones on the left, the list on the right."""
        body = self.body
        titles = 0.0 if self.step.fewer else titles_height(self.frame)
        rows = rows_in(body.height - titles, self.listed)
        columns = max(1, math.ceil(self.needed / max(1, rows)))
        width = columns * self.column
        left = body.width - width - self.frame.gap
        bands = bands_for(self.front, self.page.texts, self.step.pad, self.font, max(1.0, left), self.frame)
        if not rows or bands is None or bands.height > body.height:
            return None
        box = Box(body.right - width, body.y, width, body.height)
        stage = Box(body.x, body.y, left, body.height)
        return _Plan(self.step, bands, stage, Grid(self.listed, rows, columns, self.column), box)


def lay_out(page: LobbyPage, frame: Frame) -> Sheet:
    """Return all that is drawn."""
    if page.veil >= 1 and page.link.live:
        return Sheet((), veil=1.0)
    ranked = tuple(sorted(page.front, key=lambda call: call.rank))
    plan = _plan(page, ranked, frame)
    awaited = (*ranked, *(large(call) for call in page.others if not call.over))
    has_turns = bool(ranked) and plan.grid is None and len(awaited) > len(ranked) - plan.step.fewer
    if has_turns:  # not even a list has room: all who are awaited take turns
        ranked = (awaited[page.list_turn % len(awaited)],)
        page = replace(page, front=ranked, others=())
        plan = _crammed(page, ranked, frame)
    kept = ranked[: len(ranked) - plan.step.fewer]
    front = [call if plan.has_marks else replace(call, lane=None) for call in page.front if call in kept]
    others = (*(listed(call) for call in page.front if call not in kept), *page.others)
    items: list[Item] = []
    if plan.bands is not None:
        items += _turned(draw_stage(front, plan.bands, plan.stage, frame), page, frame)
    if plan.grid is not None and plan.list_box is not None:
        items += _turned(draw_list(page, others, plan.grid, plan.list_box, frame), page, frame)
    if plan.panel is not None and page.panel is not None:
        items += draw_panel(page.panel, across(plan.panel, frame) if page.rtl else plan.panel, frame)
    if page.closed:
        body = _body(frame, has_footer=True, lines=_foot_lines(page, frame))
        items = list(draw_closed(page.closed, page.footer_turn, body, frame))
    elif plan.bands is None and plan.grid is None and page.panel is None:
        items += _welcome(page, frame)
    items += _turned(_foot(page, frame, plan.step), page, frame)
    needed = sum(not other.over for other in others)
    return Sheet(
        tuple(items),
        veil=page.veil if page.link.live else 0.0,  # what staff have to know is not covered
        shift=_shift(page, frame),
        panel_level=None if plan.panel is None or page.closed else plan.level,
        is_readable=plan.bands is None or plan.bands.font >= frame.key,
        turns_list=has_turns or needed > (plan.grid.holds if plan.grid else 0),
        left_out=_left_out(page, plan),
    )


def _turned(items: Iterable[Item], page: LobbyPage, frame: Frame) -> Iterator[Item]:
    """Yield what is drawn, the other way round in an office whose first language is read from the right."""
    for item in items:
        yield replace(item, box=across(item.box, frame)) if page.rtl else item


def across(box: Box, frame: Frame) -> Box:
    """Return the box at the same distance from the other side of the window."""
    return box.moved(frame.width - box.right - box.x, 0)


def _shift(page: LobbyPage, frame: Frame) -> tuple[int, int]:
    """Return by how much everything stands off its place: round in a circle, by a few pixels that are left free."""
    reach = min(6, int(frame.gap / 2))
    turn = page.shift % 8 / 8 * math.tau
    return round(reach * math.cos(turn)), round(reach * math.sin(turn))


def _left_out(page: LobbyPage, plan: _Plan) -> tuple[str, ...]:
    left = {"waits and clock": not plan.step.has_footer, "procedures": page.has_panel and plan.panel is None}
    return tuple(what for what, is_out in left.items() if is_out)


@lru_cache(maxsize=16)
def room_for(texts: OfficeTexts, frame: Frame, *, has_panel: bool) -> Room:
    """Return how much a display of this size has room for in this office."""
    page = _empty_page(texts, has_panel=has_panel)

    def fits(info: InfoPage, level: int) -> bool:
        box = _least_panel(texts, frame, level) or _body(frame, has_footer=True)
        return panel_height(info, least_font(info, frame), box.width, frame) <= box.height

    return Room(_most_large(page, frame), fits)


def _empty_page(texts: OfficeTexts, *, has_panel: bool) -> LobbyPage:
    return LobbyPage("", "", LinkStatus(live=True, text=""), "", "LOKET", texts, (), (), (), (), 0, 0, None, has_panel)


def _most_large(page: LobbyPage, frame: Frame) -> int:
    """Return how many calls can stand large at once without taking the room of the procedures."""
    for count in range(MOST_LARGE, 1, -1):
        crowd = replace(page, front=(usual_call(page.texts),) * count)
        if _plan(crowd, crowd.front, frame).step.fewer == 0:
            return count
    return 1


# -- who has which room ---------------------------------------------------------------------------------------------


def _body(frame: Frame, *, has_footer: bool, lines: int = 1) -> Box:
    """Return the window without its edge and footer."""
    foot = _foot_height(frame, lines) if has_footer else frame.gap
    return Box(frame.gap, frame.gap, frame.width - 2 * frame.gap, frame.height - frame.gap - foot)


def _foot_height(frame: Frame, lines: int) -> float:
    return frame.sign * (LINE * lines + 0.45)


def _plan(page: LobbyPage, ranked: tuple[FrontCall, ...], frame: Frame) -> _Plan:
    """Return the first arrangement in which all who are awaited have their place."""
    if not ranked:
        return _resting_plan(page, frame)
    for step in _steps(len(ranked), has_panel=page.has_panel):
        if not page.link.live and not step.has_footer:
            continue  # nobody is to miss that what is shown is old
        for level in (1, 2) if len(ranked) == 1 and step.has_panel else (2,):
            least = _Attempt(page, frame, step, ranked, frame.key, frame.listed, level)
            plan = least.plan()
            if plan is not None:
                # Only what works out at its least size can do so at a larger one.
                larger = (replace(least, font=font, listed=px).plan() for font, px in _larger(frame))
                return next((found for found in larger if found is not None), plan)
    return _crammed(page, ranked, frame)


def _larger(frame: Frame) -> Iterator[tuple[float, float]]:
    """Yield sizes of number and list that are larger than the distance asks for, the largest first."""
    font = min(frame.width, frame.height) / 2
    while font > frame.key * 1.01:
        yield font, font / 2
        yield font, frame.listed
        font *= _GROWTH


def _crammed(page: LobbyPage, ranked: tuple[FrontCall, ...], frame: Frame) -> _Plan:
    """Return what is left where nothing works out: one call, and the list page by page in the room below it."""
    step = _Step(has_footer=not page.link.live, has_panel=False, fewer=len(ranked) - 1, pad=_TIGHTEST, banner=1)
    body = _body(frame, has_footer=step.has_footer, lines=_foot_lines(page, frame, step.banner))
    font = frame.key
    bands = bands_for(ranked[:1], page.texts, step.pad, font, body.width, frame)
    if bands is None or bands.height > body.height:
        # The mark says once more what the letters of the number say.
        ranked = tuple(replace(call, lane=None) for call in ranked)
        bands = bands_for(ranked[:1], page.texts, step.pad, font, body.width, frame)
    while bands is None or bands.height > body.height:
        # No panel of this size can be read from so far away: check-config says so.
        font *= _GROWTH
        bands = bands_for(ranked[:1], page.texts, step.pad, font, body.width, frame)
    others = (*map(listed, ranked[1:]), *page.others)
    size = min(frame.listed, font)
    stage = Box(body.x, body.y, body.width, bands.height)
    rest = Box(body.x, stage.bottom + frame.gap, body.width, body.bottom - stage.bottom - frame.gap)
    columns = int(rest.width // column_px(page.texts, others, size, frame)) if others else 0
    grid = grid_for(size, rows_in(rest.height, size), columns, rest.width)
    return _Plan(step, bands, stage, grid, rest, has_marks=ranked[0].lane is not None)


def _resting_plan(page: LobbyPage, frame: Frame) -> _Plan:
    """Return the arrangement while nobody is awaited: the procedures, and the calls of before beside them."""
    step = _Step(has_footer=True, has_panel=page.has_panel, fewer=0, pad=_ROOMY)
    body = _body(frame, has_footer=True, lines=_foot_lines(page, frame))
    nothing = Box(body.x, body.y, 0, 0)
    column = column_px(page.texts, page.others, frame.listed, frame) if page.others else 0.0
    rows = rows_in(body.height, frame.listed)
    if not page.has_panel or page.panel is None:
        columns = int(body.width // column) if column else 0
        return _Plan(step, None, nothing, grid_for(frame.listed, rows, columns, body.width), body)
    left = body.width - column - frame.gap
    least = _least_panel(page.texts, frame, 0)
    if page.others and rows and frame.width > frame.height and least is not None and left >= least.width:
        box = Box(body.right - column, body.y, column, body.height)
        grid = Grid(frame.listed, rows, 1, column)
        return _Plan(step, None, nothing, grid, box, Box(body.x, body.y, left, body.height))
    return _Plan(step, None, nothing, panel=body)


@lru_cache(maxsize=64)
def _least_panel(texts: OfficeTexts, frame: Frame, level: int) -> Box | None:
    """Return the least room that the panel has: what its pages are cut to. None: it has none.

    Level 0: nobody is called; 1: one call; 2: what several calls leave, as many as leave room for a page worth reading.
    """
    if level == 0:
        body = _body(frame, has_footer=True)
        column = column_px(texts, (), frame.listed, frame) + frame.gap
        narrow = Box(0, 0, body.width - column, body.height)
        return narrow if frame.width > frame.height and narrow.width >= _panel_width(texts, frame) else body
    if level == 1:
        for font in (1.3 * frame.key, frame.key):
            box = _panel_below(texts, 1, frame, _GOOD_LINES, font)
            if box is not None:
                return box
    else:
        for count in (4, 3):
            box = _panel_below(texts, count, frame, _GOOD_LINES, frame.key)
            if box is not None:
                return box
        box = _panel_below(texts, CALM_LARGE, frame, _LEAST_LINES, frame.key)
        if box is not None:
            return box
    return _panel_below(texts, 1, frame, _LEAST_LINES, frame.key) or _panel_below(
        texts, 1, frame, _LEAST_LINES, frame.key, has_list=False
    )


def _panel_width(texts: OfficeTexts, frame: Frame) -> float:
    """Return how wide the panel is at least: its longest word must have room."""
    longest = max((frame.wide(word, frame.sign) for word in texts.longest_words), default=0.0)
    return max(frame.width * _PANEL_SHARE, longest + frame.sign * (1.7 + 2 * PANEL_PAD))


def _panel_below(
    texts: OfficeTexts, count: int, frame: Frame, lines: int, font: float, *, has_list: bool = True
) -> Box | None:
    """Return the panel's room under so many large calls, one of them called again, and beside a list."""
    body = _body(frame, has_footer=True)
    calls = (replace(usual_call(texts), again="2"), *(usual_call(texts),) * (count - 1))
    bands = bands_for(calls, texts, _TIGHT, font, body.width, frame)
    if bands is None:
        return None
    width = _panel_width(texts, frame)
    column = column_px(texts, (), frame.listed, frame)
    height = body.height - bands.height - frame.gap
    if not has_list:
        width = body.width
    elif frame.width <= frame.height or width + frame.gap + column > body.width:
        rows = 3 if frame.width <= frame.height else 1
        height -= grid_height(rows, frame.listed) + frame.gap
        width = body.width
    return Box(0, 0, width, height) if height >= frame.sign * (2 * PANEL_PAD + LINE * (2 + lines)) else None


def _welcome(page: LobbyPage, frame: Frame) -> Iterator[Item]:
    """Yield the office's name and what to do, while there is nothing else to show; in part where all has no room."""
    body = _body(frame, has_footer=True, lines=_foot_lines(page, frame))
    texts = ((page.office, True), *((line, False) for line in page.resting))
    for font in (frame.good, frame.sign):
        lines = [
            (line, bold)
            for text, bold in texts
            for line in frame.wrap(text, font, body.width - 2 * frame.gap, bold=bold)
            if text
        ]
        if len(lines) * LINE * font <= body.height:
            break
    yield Surface(body, "band")
    lines = lines[: int(body.height / (LINE * font))]
    logo = Box(0, 0, 0, 0)
    if page.logo is not None:
        height = min(2 * LINE * font, body.width / page.logo.share)
        logo = Box((frame.width - height * page.logo.share) / 2, 0, height * page.logo.share, height)
    if page.logo is not None and (len(lines) * LINE + 1) * font + logo.height <= body.height:
        top = body.middle - (len(lines) * LINE * font + logo.height) / 2
        yield Media(replace(logo, y=top), page.logo.path, moves=False)
        y = top + logo.height + LINE * font / 2
    else:  # it leaves first
        y = body.middle - (len(lines) - 1) * LINE * font / 2
    for line, bold in lines:
        at = (frame.width / 2, centred(y, font))
        yield line_of(line, at, font, frame=frame, tone="on_band", ground="band", bold=bold, align="center")
        y += LINE * font


# -- the line below -------------------------------------------------------------------------------------------------


def _clock(page: LobbyPage, frame: Frame, box: Box) -> Words:
    font = frame.sign * 1.1
    at = (box.right - frame.gap * 1.4, centred(box.middle, font))
    return line_of(page.clock, at, font, frame=frame, tone="on_band", ground="band", bold=True, align="right")


def _banner(page: LobbyPage, frame: Frame, most: int = _BANNER_LINES) -> tuple[str, ...]:
    """Return what has to be said about the connection: in all languages, by turns where that is too much at once."""
    clock = frame.wide(page.clock, frame.sign * 1.1, bold=True)
    room = frame.width - clock - frame.gap * 6 - frame.sign * 1.54
    told = [_packed(parts, room, frame, bold=True) for parts in page.link.lines]
    pages: list[tuple[str, ...]] = []
    for lines in told:
        if pages and len(pages[-1]) + len(lines) <= most:
            pages[-1] += tuple(lines)
        else:
            pages += [tuple(lines[at : at + most]) for at in range(0, len(lines), most)]
    return pages[page.footer_turn % len(pages)] if pages else ()


def _foot_lines(page: LobbyPage, frame: Frame, most: int = _BANNER_LINES) -> int:
    return 1 if page.link.live else max(1, len(_banner(page, frame, most)))


def _foot(page: LobbyPage, frame: Frame, step: _Step) -> Iterator[Item]:
    if not step.has_footer:
        return
    height = _foot_height(frame, _foot_lines(page, frame, step.banner))
    box = Box(0, frame.height - height, frame.width, height)
    clock = _clock(page, frame, box)
    yield Surface(box, "band")
    room = Box(frame.gap * 1.4, box.y, clock.box.x - frame.gap * 2.4, box.height)
    if not page.link.live:
        yield Surface(Box(0, box.y, clock.box.x - frame.gap, box.height), "bad_soft")
        yield from _warning(_banner(page, frame, step.banner), room, frame)
    else:
        yield from _waits(page, room, frame)
    yield clock


def _warning(lines: Sequence[str], room: Box, frame: Frame) -> Iterator[Item]:
    side = frame.sign * 1.1
    yield Sign(Box(room.x, room.middle - side / 2, side, side), "warning", "bad")
    y = room.y + (room.height - LINE * frame.sign * len(lines)) / 2 + frame.sign * 0.92
    for line in lines:
        at = (room.x + side * 1.4, y)
        yield line_of(line, at, frame.sign, frame=frame, tone="bad", ground="bad_soft", bold=True)
        y += LINE * frame.sign


def _waits(page: LobbyPage, room: Box, frame: Frame) -> Iterator[Item]:
    lines = _packed(page.footer, room.width, frame)
    if lines:
        text = lines[page.footer_turn % len(lines)]
        # It begins where its language begins, whichever is the office's first: what is turned is turned once more.
        begins_right = reads_from_right(text) != page.rtl
        at = (room.right if begins_right else room.x, centred(room.middle, frame.sign))
        align = "right" if begins_right else "left"
        yield line_of(text, at, frame.sign, frame=frame, tone="on_band", ground="band", align=align)


def _packed(parts: Sequence[str], width: float, frame: Frame, *, bold: bool = False) -> list[str]:
    """Return the lines that are shown by turns: as many parts in each as it has room for, a long one on several."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} \N{MIDDLE DOT} {part}" if lines else part
        is_alike = bool(lines) and reads_from_right(lines[-1]) == reads_from_right(part)
        if is_alike and frame.wide(longer, frame.sign, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines += frame.wrap(part, frame.sign, width, bold=bold)
    return lines
