"""`state/waiting/{page}`: where everybody stands who waits, as pages of at most 8 KiB, drawn where they changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from broker.contract.messages import MAX_PAYLOAD_BYTES, WaitingMessage
from broker.domain.hall import Hall
from broker.domain.queue import waits

AT_ONCE = 8
"""So many places are found before it is looked whether a request has come: some 0.2 ms."""
_NOBODY = b'"places":[]'
_AROUND_BYTES = 160
"""More than a page takes beside its places."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a page holds that a receiver could tell from another."""

    places: bytes
    pages: int


class WaitingPages:
    """Draws where everybody stands, again and again. Used by one thread only."""

    def __init__(self) -> None:
        """Begin with nothing drawn."""
        self._drawn: list[_Drawn] = []

    def draw(
        self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool], everything: bool = False
    ) -> list[tuple[int, bytes]] | None:
        """Return each page that is not as it was, or all; None where it `is_pressed` before all places are found.

        A page that nobody stands on any more is drawn once more, empty.
        """
        found: list[waits.Place] = []
        for place in waits.places(hall, now):
            found.append(place)
            if len(found) % AT_ONCE == 0 and is_pressed():
                return None
        found.sort(key=lambda place: place.expected)
        pages = _paged([_entry(place) for place in found])
        shown = [_Drawn(places, len(pages)) for places in pages]
        emptied = [_Drawn(b"", len(pages))] * (len(self._drawn) - len(shown))
        before, self._drawn = self._drawn, shown
        return [
            (page, _payload(hall, now, page, drawn))
            for page, drawn in enumerate([*shown, *emptied])
            if everything or page >= len(before) or before[page] != drawn
        ]


def _paged(entries: list[bytes]) -> list[bytes]:
    """Return the entries as lists that fit a message each; one empty list where nobody waits."""
    pages: list[list[bytes]] = [[]]
    room = MAX_PAYLOAD_BYTES - _AROUND_BYTES
    for entry in entries:
        room -= len(entry) + 1
        if room < 0:
            pages.append([])
            room = MAX_PAYLOAD_BYTES - _AROUND_BYTES - len(entry) - 1
        pages[-1].append(entry)
    return [b",".join(page) for page in pages]


def _entry(place: waits.Place) -> bytes:
    """Return a `Place` as JSON: id and number are of our own making and need no quoting, and a thousand may wait."""
    ticket, wait = place.ticket, place.wait
    expected = "null" if wait is None else f'{{"low_s":{wait.low_s},"high_s":{wait.high_s}}}'
    return f'{{"id":"{ticket.id}","number":"{ticket.number}","ahead":{place.ahead},"wait":{expected}}}'.encode()


def _payload(hall: Hall, now: dt.datetime, page: int, drawn: _Drawn) -> bytes:
    shape = WaitingMessage(at=now.astimezone(hall.office.zone), seq=hall.seq, page=page, pages=drawn.pages)
    return shape.model_dump_json(exclude={"retained"}).encode().replace(_NOBODY, b'"places":[%b]' % drawn.places, 1)
