"""Draws the window of a signed-in officer: visitor, actions, lists. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

from kivy.clock import Clock

from counter.desk.room import Arrangement
from counter.drawing.help import HelpWidget
from counter.drawing.touches import Touches, show_mark, show_notice, stand_in
from counter.pages.desk import DeskPage
from counter.pages.devices import DeviceLine
from counter.pages.lists import NOTHING, ColleagueLine, HallGlance, ListsColumn, Row, Tab, WaitingLine, lines_drawn
from counter.pages.rest import RestCard
from counter.pages.ticket import HistoryLine, ReasonCard, TicketCard
from hardware.panel.lists import Pool, bring_into_view
from hardware.panel.theme import Theme
from hardware.panel.widgets import make


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the rules call the pieces of one arrangement."""

    desk: str
    ticket: str
    rest: str
    first: str
    near: str
    side: str
    line: str


PIECES: dict[Arrangement, Pieces] = {
    "wide": Pieces("WideDesk", "WideTicket", "WideRest", "MainAct", "MainAct", "SideAct", "WideLine"),
    "medium": Pieces("MediumDesk", "MediumTicket", "MediumRest", "NearAct", "NearSmall", "NearSmall", "WideLine"),
    "narrow": Pieces("NarrowDesk", "NarrowTicket", "NarrowRest", "NearAct", "NearSmall", "NearSmall", "NarrowLine"),
}


class DeskWidget:
    """The page in one arrangement, built once and updated."""

    def __init__(
        self, arrangement: Arrangement, touches: Touches, theme: Theme, has_lines: Callable[[int], None]
    ) -> None:
        """Report touches to `touches`, and to `has_lines` for how many lines of a list there is room."""
        pieces = PIECES[arrangement]
        self.root = make(pieces.desk)
        self._touches = touches
        self._theme = theme
        self._ticket, self._reason, self._rest = make(pieces.ticket), make("ReasonCard"), make(pieces.rest)
        self._figures = Pool(self._rest.ids.figures, lambda: make("FigureCard"))
        weeks = getattr(self._rest.ids, "weeks", None)
        self._weeks = None if weeks is None else Pool(weeks, lambda: make("WeekColumn"))
        history = getattr(self._ticket.ids, "history", None)
        self._history = None if history is None else Pool(history, lambda: make("HistoryLine"))
        ids = self.root.ids
        self._first = Pool(ids.first, lambda: make(pieces.first))
        self._actions = Pool(ids.actions, lambda: make(pieces.near))
        self._side_actions = Pool(ids.side_actions, lambda: make(pieces.side))
        self._help = HelpWidget(ids.help, touches)
        self._lists = ListsWidget(ids, touches, theme, pieces=pieces, has_lines=has_lines)

    def show(self, page: DeskPage) -> None:
        """Draw a page."""
        self._help.show(page.help)
        self._show_visitor(page)
        self._lists.show(page)
        self._show_actions(self._first, page.actions[:1])
        self._show_actions(self._actions, page.actions[1:])
        self._show_actions(self._side_actions, page.side_actions)

    def _show_actions(self, pool: Pool, actions: Any) -> None:  # noqa: ANN401 - actions
        for button, action in zip(pool.take(len(actions)), actions, strict=True):
            self._touches.show_action(button, action)

    def _show_visitor(self, page: DeskPage) -> None:
        wanted = [self._rest] if page.ticket is None else [self._ticket]
        for card in (self._rest, self._ticket):
            # Old news is never drawn like new, but can be read as well.
            card.fill = "surface" if page.live else "ground"
            card.ids.number.tone = "primary" if page.live else "ink_soft"
        if page.ticket is None:
            self._show_rest(page.rest)
        else:
            self._show_ticket(page.ticket)
        if page.reason is not None:
            self._show_reason(page.reason)
            wanted.append(self._reason)
        stand_in(self.root.ids.visitor, wanted)

    def _show_rest(self, rest: RestCard | None) -> None:
        ids = self._rest.ids
        ids.text.text = rest.text if rest else ""
        following = rest.next_up if rest else None
        ids.next_up.shown = following is not None
        ids.mark.opacity = 0
        if following is not None:
            ids.next_title.text, ids.number.text = following.title, following.number
            ids.service.text, ids.waited.text = following.service, following.waited
            show_mark(ids.mark, following.lane, self._theme)
        figures = rest.figures if rest else ()
        for card, figure in zip(self._figures.take(len(figures)), figures, strict=True):
            card.title, card.figure, card.detail = figure.title, figure.figure, figure.detail

        show_notice(ids.complaints, rest.complaints if rest else None)
        own = rest.own if rest else None
        ids.own_title.text = own.title if own else ""
        ids.own_lines.text = "\n".join(own.lines) if own else ""
        if self._weeks is not None:
            bars = own.weeks if own else ()
            for column, bar in zip(self._weeks.take(len(bars)), bars, strict=True):
                column.mean, column.day, column.share, column.is_now = bar.mean, bar.day, bar.share, bar.is_now

    def _show_ticket(self, ticket: TicketCard) -> None:
        ids = self._ticket.ids
        ids.number.text, ids.service.text, ids.stage.text = ticket.number, ticket.service, ticket.stage
        facts = ids.facts
        facts.language, facts.waited = ticket.language, ticket.waited
        facts.called, facts.timer = ticket.called, ticket.timer
        ids.lane.text = ticket.lane.name if ticket.lane else ""
        show_mark(ids.mark, ticket.lane, self._theme)
        if self._history is not None:
            for line, entry in zip(self._history.take(len(ticket.history)), ticket.history, strict=True):
                _show_history(line, entry)

    def _show_reason(self, reason: ReasonCard) -> None:
        ids = self._reason.ids
        ids.title.text, ids.text.text, ids.passed.text = reason.title, reason.text, reason.passed_over


class ListsWidget:
    """Handles of the lists, and the open one."""

    def __init__(
        self,
        ids: Any,  # noqa: ANN401 - a desk's named widgets
        touches: Touches,
        theme: Theme,
        *,
        pieces: Pieces,
        has_lines: Callable[[int], None],
    ) -> None:
        """Draw into a desk's widgets."""
        self._ids = ids
        self._touches = touches
        self._theme = theme
        self._rows_area, self._hall_area, self._devices_area = make("RowsArea"), make("HallArea"), make("DevicesArea")
        rows, hall = self._rows_area.ids, self._hall_area.ids
        self._tabs = Pool(ids.tabs, lambda: make("Tab"))
        self._more = make("Tab")
        self._rows = Pool(rows.rows, lambda: make(pieces.line))
        self._counters = Pool(hall.counters, lambda: make("ColleagueLine"))
        self._lanes = Pool(hall.lanes, lambda: make("LaneHead"))
        self._waiting = Pool(hall.waiting, lambda: make("WaitingLine"))
        self._devices = Pool(self._devices_area.ids.devices, lambda: make("ColleagueLine"))
        self._below = Pool(ids.below, lambda: make("LineAct"))
        self._opened, self._chosen, self._scrolled = -1, "", 0.0
        self._in_sight, self._column = 0, NOTHING
        self._rows_area.bind(scroll_y=lambda *_: self._show_rows(self._column))
        ids.list_area.bind(height=lambda _area, height: self._count_lines(height, has_lines))
        fold = Clock.create_trigger(lambda _elapsed: self._fold(), -1)
        ids.list_area.bind(height=fold)
        rows.column.bind(height=fold)

    def _count_lines(self, height: float, has_lines: Callable[[int], None]) -> None:
        lines = self._rows_area.ids.rows.children
        if height > 0 and lines:
            in_sight = int(height // max(1, lines[-1].height))
            if in_sight != self._in_sight:
                self._in_sight = in_sight
                self._show_rows(self._column)
            has_lines(in_sight)

    def _fold(self) -> None:
        """Let as many whole lines be seen as have room."""
        column = self._rows_area.ids.column
        lines = [line.height for line in reversed(self._rows_area.ids.rows.children)]
        self._rows_area.height = whole_lines(lines, self._ids.list_area.height, column.height)

    def show(self, page: DeskPage) -> None:
        """Draw the column."""
        column, ids = page.lists, self._ids
        is_hidden = page.more is not None and bool(page.side_actions)
        tabs = () if is_hidden else column.tabs
        for handle, tab in zip(self._tabs.take(len(tabs)), tabs, strict=True):
            self._show_tab(handle, tab)
        if page.more is not None:
            self._touches.show_action(self._more, page.more)
            ids.tabs.remove_widget(self._more)
            ids.tabs.add_widget(self._more)
        stand_in(ids.list_area, [] if is_hidden else [self._area(column)])
        ids.caption.text, ids.today.text = ("", "") if is_hidden else (column.caption, column.today)
        self._show_rows(column)
        below = () if is_hidden or column.pick is None else (column.pick,)
        for button, action in zip(self._below.take(len(below)), below, strict=True):
            self._touches.show_action(button, action)
        if column.hall is not None:
            self._show_hall(column.hall)
        devices = column.devices or ()
        for line, device in zip(self._devices.take(len(devices)), devices, strict=True):
            _show_device(line, device)
        self._scroll(column)

    def _area(self, column: ListsColumn) -> Any:  # noqa: ANN401 - a widget
        if column.devices is not None:
            return self._devices_area
        return self._rows_area if column.hall is None else self._hall_area

    def _scroll(self, column: ListsColumn) -> None:
        """Let a list that was opened stand at its head, and keep the chosen line in sight, wherever the queue moves."""
        areas = (self._rows_area, self._hall_area, self._devices_area)
        if column.opened != self._opened:
            self._opened = column.opened
            for area in areas:
                area.scroll_y = 1
        if (column.hall is not None or column.devices is not None) and column.scrolled != self._scrolled:
            self._area(column).scroll_y = 1 - column.scrolled  # else a finger would be thrown back to where keys were
        self._scrolled = column.scrolled
        chosen = next((index for index, row in enumerate(column.rows) if row.chosen), None)
        place = "" if chosen is None else f"{chosen} {column.rows[chosen].name}"
        if chosen is not None and place != self._chosen:
            bring_into_view(self._rows_area, self._rows.take(self._drawn_of(column))[chosen])
        self._chosen = place

    def _show_tab(self, handle: Any, tab: Tab) -> None:  # noqa: ANN401 - a widget
        self._touches.bind(handle, lambda: self._touches.inputs.press(tab.intent))
        handle.title, handle.key, handle.count, handle.chosen = tab.label, tab.key, tab.count, tab.chosen
        handle.stop = handle.target = f"tab:{tab.intent.value}"

    def _show_rows(self, column: ListsColumn) -> None:
        self._column = column
        ids, count = self._rows_area.ids, self._drawn_of(column)
        ids.more.text = column.more
        lines = self._rows.take(count)
        for line, row in zip(lines, column.rows, strict=False):
            self._show_row(line, row)
        # Those below that are not drawn have their room: a scroll bar says how long the whole list is.
        ids.rows.padding = 0, 0, 0, lines[0].height * (len(column.rows) - count) if lines else 0

    def _drawn_of(self, column: ListsColumn) -> int:
        return lines_drawn(column.rows, self._in_sight, is_at_head=self._rows_area.scroll_y >= 1)

    def _show_row(self, line: Any, row: Row) -> None:  # noqa: ANN401 - a widget
        self._touches.bind(line, partial(_choose, self._touches, line))
        ids = line.ids
        line.chosen, line.late, line.number, line.name = row.chosen, row.late, row.number, row.name
        line.target = f"number:{row.number}"
        ids.text.text, ids.waited.text, ids.figure.text = row.text, row.waited, row.figure
        show_mark(ids.mark, row.lane, self._theme)

    def _show_hall(self, hall: HallGlance) -> None:
        for line, counter in zip(self._counters.take(len(hall.counters)), hall.counters, strict=True):
            _show_colleague(line, counter)
        self._hall_area.ids.waiting_title.text = hall.waiting_title
        for head, lane in zip(self._lanes.take(len(hall.lanes)), hall.lanes, strict=True):
            show_mark(head.ids.mark, lane, self._theme)
        for line, waiting in zip(self._waiting.take(len(hall.waiting)), hall.waiting, strict=True):
            _show_waiting(line, waiting)


def whole_lines(lines: Sequence[float], room: float, needed: float) -> float:
    """Return how high a list is shown in so much room: all of it, or as many whole lines as are not cut."""
    if needed <= room or not lines:
        return room
    return max((height for height in accumulate(lines) if height <= room), default=room)


def _choose(touches: Touches, line: Any) -> None:  # noqa: ANN401 - a widget
    """Choose what the line stands for by now."""
    touches.inputs.choose_entry(line.name)


def _show_history(line: Any, entry: HistoryLine) -> None:  # noqa: ANN401 - a widget
    line.ids.time.text, line.ids.text.text = entry.time, entry.text


def _show_colleague(line: Any, counter: ColleagueLine) -> None:  # noqa: ANN401 - a widget
    line.ids.label.text, line.ids.number.text, line.ids.state.text = counter.label, counter.number, counter.state
    line.tone, line.own = counter.tone, counter.own


def _show_device(line: Any, device: DeviceLine) -> None:  # noqa: ANN401 - a widget
    line.ids.label.text, line.ids.number.text, line.ids.state.text = device.part, device.device, device.state
    line.tone, line.own = device.tone, False


def _show_waiting(line: Any, row: WaitingLine) -> None:  # noqa: ANN401 - a widget
    line.ids.letter.text, line.ids.service.text = row.letter, row.service
    counts = line.ids.counts
    while len(counts.children) < len(row.counts):
        counts.add_widget(make("Count"))
    for label, count in zip(reversed(counts.children), row.counts, strict=False):
        label.text = count
