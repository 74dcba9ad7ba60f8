"""Draws the lobby's page. Decides nothing. Import after `window.prepare`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from display.pages.lobby import FrontCall, LaneBadge, ListedCall, LobbyPage, Room
from display.pages.panel import ProcedurePanel, WaitingLine, WaitingPanel
from hardware.panel.lists import Pool
from hardware.panel.look import Look
from hardware.panel.targets import TargetsFile
from hardware.panel.text_room import text_lines
from hardware.panel.widgets import make

RULES = Path(__file__).with_name("display.kv")

_WIDE, _NARROW = 1.66, 1.0
"""The two columns' shares of the width, as the rules give them."""
_ROW = 2.1
"""Height of a row of several large calls: letters half as large again as those of the list."""
_LINE, _TIGHT_LINE = 1.28, 1.2
"""Height of a line of text, in font sizes."""


def room_for(look: Look) -> Room:
    """Return how much the display holds at its size; the figures are those of the rules."""
    height = look.height - look.body * 1.75 - look.gap(4)
    hero = look.huge * 1.24 + look.small * 1.3 + look.gap(5)
    panel = height - look.gap(2) - hero - look.gap(6)
    tight = look.small * _TIGHT_LINE
    page = panel - 2 * tight
    waiting = panel - look.body * _LINE
    others = height - look.gap(4) - look.small * _LINE
    width = (look.width - look.gap(6)) * _WIDE / (_WIDE + _NARROW) - look.gap(6)

    def lines(text: str, taken: float) -> int:
        return text_lines(text, font_px=look.small, width_px=width - taken)

    return Room(
        front_calls=max(1, int((height - look.small * 1.3) / (look.body * _ROW))),
        page_lines=max(1, int(page / (look.small * _LINE + look.gap(0.5)))),
        waiting_lines=max(1, int((waiting + look.gap(0.5)) / (tight + look.gap(1.2)))),
        other_calls=max(1, int(others / (look.body * 1.32 + look.gap(1)))),
        lines=partial(lines, taken=look.small * 1.3 + look.gap(1.5)),
        name_lines=partial(lines, taken=look.small * 1.7 + look.body * 2 + look.gap(4)),
    )


class LobbyScreen:
    """The widgets of a display, built once and updated. One thread: the screen's."""

    def __init__(self, look: Look, targets: TargetsFile | None) -> None:
        """Build everything."""
        self.root = make("LobbyRoot")
        self._look = look
        self._targets = targets
        self._now = make("CallNow")
        self._several = make("CallsNow")
        self._settled = make("CallSettled")
        self._resting = make("CallResting")
        self._procedure, self._waiting = make("ProcedureCard"), make("WaitingCard")
        ids = self.root.ids
        self._others = Pool(ids.others, lambda: make("OtherCall"))
        self._front = Pool(self._several.ids.rows, lambda: make("CallRow"))
        self._rows = Pool(self._waiting.ids.entries, lambda: make("WaitingRow"))
        self._items = Pool(self._procedure.ids.entries, lambda: make("ProcedureItem"))
        self._empty = make("Widget")
        # Made now, so that the first rush of the day neither waits for them nor makes the process grow.
        room = room_for(look)
        for pool, count in (
            (self._others, room.other_calls),
            (self._front, room.front_calls),
            (self._rows, room.waiting_lines // 2),
            (self._items, room.page_lines),
        ):
            pool.take(count)
            pool.take(0)
        self._standing: tuple[Any, ...] = ()

    def show(self, page: LobbyPage) -> None:
        """Draw a page."""
        ids = self.root.ids
        header = ids.header.ids
        header.office.text, header.date.text, header.clock.text = page.office, page.date, page.clock
        header.status.text = page.link.text if page.link.live else ""
        header.status.opacity = 1 if page.link.live else 0
        ids.banner.tone, ids.banner.text = "bad", "" if page.link.live else page.link.text
        # Old news is never drawn like new: all of it fades.
        ids.content.opacity = 1 if page.link.live else 0.4
        self._draw_calls(page)
        self._draw_lists(page)
        if self._targets is not None:
            self._targets.changed(self.root, screen_name(page))

    def _draw_calls(self, page: LobbyPage) -> None:
        match page.front:
            case ():
                latest = self._draw_latest(page)
                self._stand(latest, self._draw_panel(page.panel))
            case (call,):
                self._draw_now(call)
                self._stand(self._now)
            case calls:
                self._draw_several(page, calls)
                self._stand(self._several)

    def _draw_latest(self, page: LobbyPage) -> Any:  # noqa: ANN401 - a widget
        if page.latest is None:
            self._resting.ids.text.text = page.resting
            return self._resting
        ids = self._settled.ids
        ids.number_title.text, ids.counter_title.text = page.number_title, page.counter_title
        self._draw_large(ids, page.latest)
        return self._settled

    def _draw_panel(self, panel: ProcedurePanel | WaitingPanel | None) -> Any:  # noqa: ANN401 - a widget
        match panel:
            case None:
                return self._empty
            case ProcedurePanel():
                self._draw_procedure(panel)
                return self._procedure
            case WaitingPanel():
                self._waiting.ids.title.text = panel.title
                for row, waiting in zip(self._rows.take(len(panel.rows)), panel.rows, strict=True):
                    _draw_waiting(row, waiting)
                return self._waiting

    def _draw_now(self, call: FrontCall) -> None:
        ids = self._now.ids
        ids.again.text = call.again
        ids.first.text = call.requests[0]
        ids.second.text = call.requests[1] if len(call.requests) > 1 else ""
        self._draw_large(ids, call)

    def _draw_several(self, page: LobbyPage, calls: tuple[FrontCall, ...]) -> None:
        ids = self._several.ids
        ids.number_title.text, ids.counter_title.text = page.number_title, page.counter_title
        for row, call in zip(self._front.take(len(calls)), calls, strict=True):
            row.spoken = call.is_spoken
            self._draw_large(row.ids, call)

    def _draw_large(self, ids: Any, call: FrontCall) -> None:  # noqa: ANN401 - the widgets of a rule, by their ids
        ids.number.text, ids.counter.text = call.number, call.counter_label
        self._draw_mark(ids.mark, call.lane)

    def _draw_mark(self, mark: Any, lane: LaneBadge | None) -> None:  # noqa: ANN401 - a widget
        mark.opacity = 0 if lane is None else 1
        if lane is not None:
            mark.letter, mark.shape, mark.colour = lane.letter, lane.shape, self._look.theme.lane(lane.index)

    def _draw_lists(self, page: LobbyPage) -> None:
        ids = self.root.ids
        ids.others_title.text = page.others_title
        ids.others.scale = page.others_scale
        for row, other in zip(self._others.take(len(page.others)), page.others, strict=True):
            self._draw_other(row, other)

    def _draw_other(self, row: Any, other: ListedCall) -> None:  # noqa: ANN401 - a widget
        row.ids.number.text, row.ids.counter.text = other.number, other.counter_label
        row.upcoming, row.over = other.upcoming, other.over
        self._draw_mark(row.ids.mark, other.lane)

    def _draw_procedure(self, procedure: ProcedurePanel) -> None:
        ids = self._procedure.ids
        ids.letter.text, ids.service.text, ids.section.text = procedure.letter, procedure.service, procedure.section
        ids.part.text = f"{procedure.part}/{procedure.parts}" if procedure.parts > 1 else ""
        for index, (row, item) in enumerate(zip(self._items.take(len(procedure.items)), procedure.items, strict=True)):
            first = procedure.numbered_from
            row.ids.bullet.text = "\N{BULLET}" if first is None else f"{first + index}."
            row.ids.words.text = item

    def _stand(self, *widgets: Any) -> None:  # noqa: ANN401 - widgets
        if widgets != self._standing:
            self._standing = widgets
            self.root.ids.stage.clear_widgets()
            for widget in widgets:
                self.root.ids.stage.add_widget(widget)


def screen_name(page: LobbyPage) -> str:
    """Return what stands on the display, for programs that watch it."""
    if not page.link.live:
        return "offline"
    if page.front:
        return "calling " + ", ".join(f"{call.number} {call.counter_label}" for call in page.front)
    return "resting" if page.latest is None else f"called {page.latest.number} {page.latest.counter_label}"


def _draw_waiting(row: Any, waiting: WaitingLine) -> None:  # noqa: ANN401 - a widget
    ids = row.ids
    ids.letter.text, ids.service.text = waiting.letter, waiting.service
    ids.count.text, ids.wait.text = waiting.count, waiting.wait
