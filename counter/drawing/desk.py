"""Draws the window of a signed-in officer: visitor, actions, lists. Import after `window.prepare`."""

from __future__ import annotations

from typing import Any

from counter.desk.keys import Intent
from counter.drawing.touches import Touches, show_mark, stand_in
from counter.pages.desk import DeskPage
from counter.pages.devices import DeviceLine
from counter.pages.lists import ColleagueLine, HallGlance, ListsColumn, Row, Tab, WaitingLine
from counter.pages.rest import RestCard
from counter.pages.ticket import HistoryLine, ReasonCard, TicketCard
from hardware.panel.lists import Pool, bring_into_view
from hardware.panel.theme import Theme
from hardware.panel.widgets import make

TAB_FRAME = 4
"""A tab's key and edges take the room of so many letters."""
FADED = 0.45
"""Old news is never drawn like new."""


class DeskWidget:
    """The page, built once and updated."""

    def __init__(self, touches: Touches, theme: Theme) -> None:
        """Report touches to `touches`."""
        self.root = make("DeskWidget")
        self._touches = touches
        self._theme = theme
        self._ticket, self._reason, self._rest = make("TicketCard"), make("ReasonCard"), make("RestCard")
        self._figures = Pool(self._rest.ids.figures, lambda: make("FigureCard"))
        self._history = Pool(self._ticket.ids.history, lambda: make("HistoryLine"))
        self._actions = Pool(self.root.ids.actions, lambda: make("DeskAction"))
        self._side_actions = Pool(self.root.ids.side_actions, lambda: make("SideAction"))
        self._lists = ListsWidget(self.root.ids, touches, theme)

    def show(self, page: DeskPage) -> None:
        """Draw a page."""
        ids = self.root.ids
        ids.side.opacity = ids.visitor.opacity = 1 if page.live else FADED
        self._show_visitor(page)
        self._lists.show(page.lists)
        for index, (button, action) in enumerate(zip(self._actions.take(len(page.actions)), page.actions, strict=True)):
            self._touches.show_action(button, action)
            button.size_hint_x = 1.7 if index == 0 else 1
        side = self._side_actions.take(len(page.side_actions))
        for button, action in zip(side, page.side_actions, strict=True):
            self._touches.show_action(button, action)

    def _show_visitor(self, page: DeskPage) -> None:
        wanted = [self._rest] if page.ticket is None else [self._ticket]
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
        if following is not None:
            ids.next_title.text, ids.number.text = following.title, following.number
            ids.service.text, ids.waited.text = following.service, following.waited
            show_mark(ids.mark, following.lane, self._theme)
        figures = rest.figures if rest else ()
        for card, figure in zip(self._figures.take(len(figures)), figures, strict=True):
            card.title, card.figure, card.detail = figure.title, figure.figure, figure.detail

    def _show_ticket(self, ticket: TicketCard) -> None:
        ids = self._ticket.ids
        ids.number.text, ids.service.text, ids.stage.text = ticket.number, ticket.service, ticket.stage
        ids.language.text, ids.waited.text = ticket.language, ticket.waited
        ids.called.text, ids.timer.text = ticket.called, ticket.timer
        ids.lane.text = ticket.lane.name if ticket.lane else ""
        show_mark(ids.mark, ticket.lane, self._theme)
        for line, entry in zip(self._history.take(len(ticket.history)), ticket.history, strict=True):
            _show_history(line, entry)

    def _show_reason(self, reason: ReasonCard) -> None:
        ids = self._reason.ids
        ids.title.text, ids.text.text, ids.passed.text = reason.title, reason.text, reason.passed_over


class ListsWidget:
    """The column beside the visitor: handles of the lists, and the open one."""

    def __init__(self, ids: Any, touches: Touches, theme: Theme) -> None:  # noqa: ANN401 - a page's named widgets
        """Draw into a page's widgets."""
        self._ids = ids
        self._touches = touches
        self._theme = theme
        self._rows_area, self._hall_area, self._devices_area = make("RowsArea"), make("HallArea"), make("DevicesArea")
        rows, hall = self._rows_area.ids, self._hall_area.ids
        self._tabs = Pool(ids.tabs, lambda: make("TabHandle"))
        self._rows = Pool(rows.rows, lambda: make("ListLine"))
        self._counters = Pool(hall.counters, lambda: make("ColleagueLine"))
        self._lanes = Pool(hall.lanes, lambda: make("LaneHead"))
        self._waiting = Pool(hall.waiting, lambda: make("WaitingLine"))
        self._devices = Pool(self._devices_area.ids.devices, lambda: make("ColleagueLine"))
        self._open: Intent | None = None

    def show(self, column: ListsColumn) -> None:
        """Draw the column."""
        for handle, tab in zip(self._tabs.take(len(column.tabs)), column.tabs, strict=True):
            self._show_tab(handle, tab)
        opened = next((tab.intent for tab in column.tabs if tab.chosen), None)
        if opened is not self._open:
            self._open = opened
            self._rows_area.scroll_y = self._hall_area.scroll_y = self._devices_area.scroll_y = 1
        stand_in(self._ids.list_area, [self._area(column)])
        self._ids.caption.text, self._ids.today.text = column.caption, column.today
        self._rows_area.ids.more.text = column.more
        for line, row in zip(self._rows.take(len(column.rows)), column.rows, strict=True):
            self._show_row(line, row)
        pick = self._ids.pick
        pick.shown = column.pick is not None
        if column.pick is not None:
            self._touches.show_action(pick, column.pick)
        else:
            pick.target = ""
        if column.hall is not None:
            self._show_hall(column.hall)
        devices = column.devices or ()
        for line, device in zip(self._devices.take(len(devices)), devices, strict=True):
            _show_device(line, device)

    def _area(self, column: ListsColumn) -> Any:  # noqa: ANN401 - a widget
        if column.devices is not None:
            return self._devices_area
        return self._rows_area if column.hall is None else self._hall_area

    def _show_tab(self, handle: Any, tab: Tab) -> None:  # noqa: ANN401 - a widget
        self._touches.bind(handle, lambda: self._touches.inputs.press(tab.intent))
        handle.title, handle.key, handle.count, handle.chosen = tab.label, tab.key, tab.count, tab.chosen
        handle.target = f"tab:{tab.intent.value}"
        handle.size_hint_x = len(tab.label) + len(tab.count) + TAB_FRAME

    def _show_row(self, line: Any, row: Row) -> None:  # noqa: ANN401 - a widget
        self._touches.bind(line, lambda: self._touches.inputs.choose_entry(line.name))
        ids = line.ids
        was_chosen, line.chosen, line.late, line.number = line.chosen, row.chosen, row.late, row.number
        line.name = row.name
        line.target = f"number:{row.number}"
        ids.text.text, ids.waited.text, ids.figure.text = row.text, row.waited, row.figure
        show_mark(ids.mark, row.lane, self._theme)
        if row.chosen and not was_chosen:
            bring_into_view(self._rows_area, line)

    def _show_hall(self, hall: HallGlance) -> None:
        for line, counter in zip(self._counters.take(len(hall.counters)), hall.counters, strict=True):
            _show_colleague(line, counter)
        self._hall_area.ids.waiting_title.text = hall.waiting_title
        for head, lane in zip(self._lanes.take(len(hall.lanes)), hall.lanes, strict=True):
            show_mark(head.ids.mark, lane, self._theme)
        for line, waiting in zip(self._waiting.take(len(hall.waiting)), hall.waiting, strict=True):
            _show_waiting(line, waiting)


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
