"""The retained pictures of hall and counters as they leave: drawn where something changed, and never over 8 KiB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from broker.contract.messages import MAX_PAYLOAD_BYTES, CounterMessage, HallMessage, HoursInfo, OfficeMessage
from broker.domain.hall import Hall
from broker.domain.model import Ticket
from broker.domain.queue import order
from broker.domain.today import Closing
from broker.gateway.shapes import BRIEF, brief, counter_shape, hall_shape, hours_shape, opens_shape, queue_entry

MAX_QUEUE = 50
REDRAW = dt.timedelta(seconds=5)
"""A counter in whose list nothing changed is drawn again after so long: scores grow, and lanes overtake with time."""
MOST_KEPT = 2000
"""So many tickets' entries are kept, before all are forgotten at once."""
NOBODY = b'"queue":[]'
_SCORE = b"0.0}"
"""How an entry without a score ends."""


class Pictures:
    """Draws a hall again and again. Used by one thread only."""

    def __init__(self, office: OfficeMessage) -> None:
        """Begin with nothing drawn."""
        self._office = office
        self._hall: Hall | None = None
        self._drawn: dict[str, tuple[int, dt.datetime]] = {}
        """By counter: which state of it was drawn, and until when that is good."""
        self._hours: tuple[object, HoursInfo, Mapping[tuple[str, str], dt.datetime]] | None = None
        """What is open, and what it was drawn of."""
        self._entries: dict[str, tuple[Ticket, bytes]] = {}
        """By ticket: its entry in a list up to the score, which alone changes while it waits."""

    def hall(self, hall: Hall, now: dt.datetime, revision: int, *, unanswered_s: int) -> bytes:
        """Return `state/hall`."""
        hours, opens = self._hours_of(hall, now)
        picture = hall_shape(hall, now, revision, unanswered_s=unanswered_s, hours=hours, opens=opens)
        return _fitting_hall(picture, self._office)

    def counters(self, hall: Hall, now: dt.datetime, *, everything: bool = False) -> Iterator[tuple[str, bytes]]:
        """Yield `state/counter` of each counter that changed since it was last drawn, or of all."""
        if hall is not self._hall or everything:
            self._hall = hall
            self._drawn.clear()
        due = [counter for counter in hall.office.counters if self._is_due(hall, counter, now)]
        if not due:
            return
        everybody = order.Standing(hall.lines.values(), hall.office, now, most=MAX_QUEUE)
        entries: dict[str, bytes] = {}
        for counter in due:
            lines, prefers = hall.callable_lines(counter, now), hall.office.counters[counter].prefers
            waiting = everybody.line_up(lines, prefers=prefers, turn=hall.turn_of(counter))
            shape = counter_shape(hall, counter, now)
            self._drawn[counter] = hall.touched[counter], min(now + REDRAW, shape.undo_until or now + REDRAW)
            yield counter, _with_queue(shape, [self._entry(hall, ticket, now, entries) for ticket in waiting])
        if len(self._entries) > MOST_KEPT:
            self._entries.clear()

    def _hours_of(self, hall: Hall, now: dt.datetime) -> tuple[HoursInfo, Mapping[tuple[str, str], dt.datetime]]:
        """Return what is open, and when what is closed opens.

        It changes with a minute, a clock that is set, the configuration, or by hand.
        """
        minute, today = now.astimezone(hall.office.zone).replace(second=0, microsecond=0), hall.otherwise(now)
        by_hand = today.intake_stop(now), tuple(slot for slot in today.changes if slot[0] is Closing)
        drawn_of = minute, hall.doubted_since, hall.office, by_hand
        if self._hours is None or self._hours[0] != drawn_of:
            self._hours = drawn_of, hours_shape(hall, now), opens_shape(hall, now)
        return self._hours[1:]

    def _is_due(self, hall: Hall, counter: str, now: dt.datetime) -> bool:
        state, until = self._drawn.get(counter, (-1, now))
        return state != hall.touched[counter] or now > until

    def _entry(self, hall: Hall, ticket: Ticket, now: dt.datetime, entries: dict[str, bytes]) -> bytes:
        """Return a ticket's entry at this moment, which counters share."""
        entry = entries.get(ticket.id)
        if entry is None:
            known = self._entries.get(ticket.id)
            if known is None or known[0] is not ticket:
                plain = queue_entry(hall, ticket, now).model_copy(update={"score": 0.0})
                known = self._entries[ticket.id] = ticket, plain.model_dump_json().encode().removesuffix(_SCORE)
            score = round(order.score(ticket, hall.office, now), 4)
            entry = entries[ticket.id] = b"%b%a}" % (known[1], score)
        return entry


def _fitting_hall(picture: HallMessage, office: OfficeMessage) -> bytes:
    """Return the hall; where it is too long, the oldest calls go, then what says least: waits that nobody draws for.

    An office with many services says of those that are closed only that they are, before any of its calls goes.
    """
    payload = picture.model_dump_json().encode()
    if len(payload) > MAX_PAYLOAD_BYTES:
        rows = tuple(row.model_copy(update={"opens_at": None}) for row in picture.waiting)
        picture = picture.model_copy(update={"waiting": rows, "closed_today": ()})
        payload = picture.model_dump_json().encode()
    while len(payload) > MAX_PAYLOAD_BYTES and picture.recent:
        picture = picture.model_copy(update={"recent": picture.recent[:-1]})
        payload = picture.model_dump_json().encode()
    if len(payload) > MAX_PAYLOAD_BYTES:
        first = {(service.stages[0], service.id) for service in office.services}
        rows = tuple(
            row if (row.stage, row.service) in first else row.model_copy(update={"wait": None})
            for row in picture.waiting
        )
        payload = picture.model_copy(update={"waiting": rows}).model_dump_json().encode()
    return payload


def _with_queue(shape: CounterMessage, entries: list[bytes]) -> bytes:
    """Return the message with its list; where it is too long, older history goes first, then the end of the queue."""
    payload = shape.model_dump_json().encode()
    if len(payload) + sum(map(len, entries)) + len(entries) > MAX_PAYLOAD_BYTES:
        ticket = shape.ticket
        shorter = None if ticket is None else ticket.model_copy(update={"history": brief(ticket.history)})
        payload = (
            shape.model_copy(update={"ticket": shorter, "missed": shape.missed[-BRIEF:]}).model_dump_json().encode()
        )
    room, fitting = MAX_PAYLOAD_BYTES - len(payload), 0
    for entry in entries:
        room -= len(entry) + 1
        if room < 0:
            break
        fitting += 1
    return payload.replace(NOBODY, b'"queue":[%b]' % b",".join(entries[:fitting]), 1)
