"""Boards that are open: drawn once for all that look alike, and shown where something changed, within a moment.

On the event loop's thread alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from broker.web.line import frame
from broker.web.office import Office

GAP_S = 0.25
"""Boards are drawn at most this often, however much happens."""
SOON_S = 0.03
"""What happens together is drawn together."""
RETRY_MS = 2000


@dataclass(slots=True, eq=False)
class Drawing:
    """What all boards that look alike show."""

    draw: Callable[[], str]
    """Returns the board as it is now, on one line."""
    shows: set[Callable[[bytes], None]] = field(default_factory=set)
    html: str = ""
    event: bytes = b""


class OpenBoards:
    """All boards that are open."""

    def __init__(self, office: Office) -> None:
        """Follow what `office` tells."""
        self._loop = asyncio.get_running_loop()
        self._drawings: dict[Hashable, Drawing] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._drawn_at = 0.0
        self.drawn = 0
        """How often a board was drawn."""
        office.on_board.append(self.change)
        office.on_fresh.append(self.change)

    def __len__(self) -> int:
        return sum(len(drawing.shows) for drawing in self._drawings.values())

    def open(self, look: Hashable, draw: Callable[[], str], show: Callable[[bytes], None]) -> Callable[[], None]:
        """Let `show` be told of each change of what boards of this look show, and of this moment; return the end."""
        drawing = self._drawings.get(look)
        if drawing is None:
            drawing = self._drawings[look] = Drawing(draw)
            self._draw(drawing)
        drawing.shows.add(show)
        show(drawing.event)

        def end() -> None:
            drawing.shows.discard(show)
            if not drawing.shows and self._drawings.get(look) is drawing:
                del self._drawings[look]

        return end

    def change(self) -> None:
        """Take note that something may be otherwise than it was shown."""
        if self._timer is None and self._drawings:
            wait_s = max(SOON_S, self._drawn_at + GAP_S - self._loop.time())
            self._timer = self._loop.call_later(wait_s, self._draw_all)

    def _draw_all(self) -> None:
        self._timer, self._drawn_at = None, self._loop.time()
        for drawing in list(self._drawings.values()):
            if self._draw(drawing):
                for show in list(drawing.shows):
                    self._loop.call_soon(show, drawing.event)  # each by itself: a fault with one is none of the others

    def _draw(self, drawing: Drawing) -> bool:
        """Draw anew; tell whether it is otherwise than before."""
        html, self.drawn = drawing.draw(), self.drawn + 1
        if html == drawing.html:
            return False
        drawing.html, drawing.event = html, frame("board", html, retry_ms=RETRY_MS)
        return True
