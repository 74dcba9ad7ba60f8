"""The office's own page where it is open: it looks every ten seconds, and at once where something cannot wait."""

from __future__ import annotations

import asyncio

from broker.contract.messages import ClosedToday
from broker.web.line import Line, frame
from broker.web.office import Office, closed_by_hand

TOLD_AT_ONCE = 10
TOLD_EVERY_S = 0.015
"""Each of them asks for the page anew: 500 phones do so within three quarters of a second."""

_BEAT = frame("beat", "-")


class OpenLobbies:
    """The open pages of the office. On the event loop's thread alone."""

    def __init__(self, office: Office) -> None:
        """Look again with each thing that `office` hears."""
        self._office = office
        self._lines: dict[Line, None] = {}
        self._closed: tuple[ClosedToday, ...] = ()
        self._told = self._urgent()
        self._telling: asyncio.Task[None] | None = None
        office.on_fresh.append(self._look)
        office.on_board.append(self._look)

    def __len__(self) -> int:
        return len(self._lines)

    def follow(self, line: Line) -> None:
        """Tell a page from now on, for as long as it is open."""
        self._lines[line] = None
        line.serve(on_room=lambda: None, on_lost=lambda: self._lines.pop(line, None))
        line.send(_BEAT)

    def beat(self) -> None:
        """Say something to all: one that has left without a word takes nothing, and its connection ends by that."""
        for line in list(self._lines):
            if line.has_room():
                line.send(_BEAT)

    def _urgent(self) -> object:
        """Return what cannot wait: announcements, whether numbers are given out, what is closed, whether all is old."""
        office, hall = self._office, self._office.hall
        if hall is not None:
            self._closed = closed_by_hand(hall, self._closed)
        now = None if hall is None else (hall.hours, hall.intake, self._closed)
        return office.announced(), now, office.stale_since is None

    def _look(self) -> None:
        urgent = self._urgent()
        if urgent == self._told:
            return
        self._told = urgent
        if self._lines and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        """Let all look again, a few at a time; what changes meanwhile they see, too, or are told of again."""
        told = None
        while told != self._told:
            told = self._told
            for count, line in enumerate(list(self._lines), 1):
                if line in self._lines and line.has_room():
                    line.send(frame("again", "-"))
                if count % TOLD_AT_ONCE == 0:
                    await asyncio.sleep(TOLD_EVERY_S)
