"""`state/board/{page}`: how the hall stands, for whoever runs it: pages of at most 8 KiB, drawn where they changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from broker.contract.messages import (
    MAX_PAYLOAD_BYTES,
    BoardChange,
    BoardCounter,
    BoardGroup,
    BoardMessage,
    BoardTicket,
    LongestWait,
    Wait,
)
from broker.domain import commands as cmd
from broker.domain.hall import Hall
from broker.domain.model import Ticket
from broker.domain.queue.running import Running, promise_ends, running_waits
from broker.domain.queue.waits import ahead_and_wait
from broker.domain.today import Answered, Asked, Change, Closing, Helping, IntakeStop, TodaysQuota
from broker.gateway.shapes import MAX_ASKED

_AROUND_BYTES = 200
"""More than a page takes beside its groups and counters."""
MOST_LISTED = 32
"""So many tickets fit a reply."""


@dataclass(slots=True)
class _Page:
    """What a page holds that a receiver could tell from another."""

    groups: list[BoardGroup] = field(default_factory=list)
    counters: list[BoardCounter] = field(default_factory=list)
    changes: list[BoardChange] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Drawn:
    groups: tuple[BoardGroup, ...]
    counters: tuple[BoardCounter, ...]
    changes: tuple[BoardChange, ...]
    pages: int


class BoardPages:
    """Draws how the hall stands, again and again. Used by one thread only."""

    def __init__(self) -> None:
        """Begin with nothing drawn."""
        self._drawn: list[_Drawn] = []

    def draw(
        self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool], everything: bool = False
    ) -> list[tuple[int, bytes]] | None:
        """Return each page that is not as it was, or all; None where it `is_pressed` before it is known.

        A page that holds nothing any more is drawn once more, empty.
        """
        waits = running_waits(hall, now, is_pressed=is_pressed)
        if waits is None:
            return None
        groups = [_group(hall, key, running) for key, running in sorted(waits.items())]
        counters = [_counter(hall, counter, now) for counter in hall.office.counters]
        pages = _paged([*groups, *counters, *_changes(hall, now)])
        shown = [_Drawn(tuple(page.groups), tuple(page.counters), tuple(page.changes), len(pages)) for page in pages]
        emptied = [_Drawn((), (), (), len(pages))] * (len(self._drawn) - len(shown))
        before, self._drawn = self._drawn, shown
        return [
            (page, _payload(hall, now, page, drawn))
            for page, drawn in enumerate([*shown, *emptied])
            if everything or page >= len(before) or before[page] != drawn
        ]


def waiting_shape(hall: Hall, asked: cmd.Board, now: dt.datetime) -> dict[str, Any]:
    """Return who waits for a stage, service and lane, who waits longest first, and how many more than fit."""
    where = asked.stage, asked.service, asked.lane
    found = [
        ticket
        for line in hall.lines.values()
        for _, _, ticket in line.entries
        if (ticket.stage, ticket.service, ticket.lane) == where
    ]
    found.sort(key=lambda ticket: (ticket.waiting_since, ticket.order))
    listed = [_waiting(hall, ticket, now).model_dump(mode="json") for ticket in found[:MOST_LISTED]]
    return {"tickets": listed, "more": len(found) - len(listed)}


def _waiting(hall: Hall, ticket: Ticket, now: dt.datetime) -> BoardTicket:
    ahead, wait = ahead_and_wait(hall, ticket, now)
    return BoardTicket(
        id=ticket.id,
        number=ticket.number,
        since=ticket.waiting_since.astimezone(hall.office.zone).replace(microsecond=0),
        promised_by=_local(hall, promise_ends(hall, ticket)),
        ahead=ahead,
        wait=None if wait is None else Wait(low_s=wait.low_s, high_s=wait.high_s),
    )


def _paged(entries: Iterable[BoardGroup | BoardCounter | BoardChange]) -> list[_Page]:
    """Return all of them on pages that fit a message each; one page where there is nothing."""
    pages, room = [_Page()], MAX_PAYLOAD_BYTES - _AROUND_BYTES
    for entry in entries:
        size = len(entry.model_dump_json().encode()) + 1
        if room < size:
            pages.append(_Page())
            room = MAX_PAYLOAD_BYTES - _AROUND_BYTES
        room -= size
        match entry:
            case BoardGroup():
                pages[-1].groups.append(entry)
            case BoardCounter():
                pages[-1].counters.append(entry)
            case BoardChange():
                pages[-1].changes.append(entry)
    return pages


def _group(hall: Hall, key: tuple[str, str, str], running: Running) -> BoardGroup:
    stage, service, lane = key
    zone, first = hall.office.zone, running.longest
    return BoardGroup(
        stage=stage,
        service=service,
        lane=lane,
        waiting=running.waiting,
        longest=LongestWait(
            id=first.id, number=first.number, since=first.waiting_since.astimezone(zone).replace(microsecond=0)
        ),
        promised_s=hall.office.lanes[lane].promised_s,
        breach_at=_local(hall, running.breach_at),
    )


def _counter(hall: Hall, counter: str, now: dt.datetime) -> BoardCounter:
    desk = hall.desks[counter]
    ticket, since = hall.current(desk), hall.desks_since.get(counter)
    return BoardCounter(
        id=counter,
        label=hall.office.counters[counter].label,
        state=hall.desk_state(desk).value,
        since=_local(hall, None if since is None else since[2]),
        officer=_name(hall, desk.officer),
        number=None if ticket is None else ticket.number,
        ticket=None if ticket is None else ticket.id,
        stage=None if ticket is None else ticket.stage,
        usual_s=None if ticket is None else round(hall.pace(ticket.stage, now).mean_s),
    )


def _changes(hall: Hall, now: dt.datetime) -> Iterator[BoardChange]:
    """Yield what is otherwise today; announcements are a state of their own."""
    today = hall.otherwise(now)
    for (_, of), change in today.changes.items():
        is_over = isinstance(change, IntakeStop) and today.intake_stop(now) is None
        if not is_over:
            yield from _shapes(hall, of, change)


def _shapes(hall: Hall, of: str, change: Change) -> Iterator[BoardChange]:
    at = change.at.astimezone(hall.office.zone).replace(microsecond=0)
    kind, _, name = of.partition(" ")
    place = {kind: name} if kind in {"service", "lane"} else {}
    match change:
        case Closing(by=by, reason=reason):
            yield BoardChange(kind="offer", at=at, by=_name(hall, by), reason=reason[:MAX_ASKED], **place)
        case TodaysQuota(by=by, reason=reason, quota=quota):
            yield BoardChange(kind="quota", at=at, by=_name(hall, by), reason=reason[:MAX_ASKED], quota=quota, **place)
        case IntakeStop(by=by, reason=reason):
            until = _local(hall, change.until)
            yield BoardChange(kind="intake", at=at, by=_name(hall, by), reason=reason[:MAX_ASKED], until=until)
        case Asked(by=by, action=action, stage=stage, text=text):
            why = None if text is None else text[:MAX_ASKED]
            who = _name(hall, by)
            yield BoardChange(kind="asked", at=at, by=who, counter=of, action=action, stage=stage, reason=why)
        case Helping(stages=stages):
            who = _name(hall, hall.desks[of].officer) if of in hall.desks else None
            for stage in stages:
                yield BoardChange(kind="help", at=at, by=who, counter=of, stage=stage)
        case Answered(by=by, answer=answer, asked=asked):
            yield BoardChange(
                kind="answered",
                at=at,
                by=_name(hall, by),
                counter=of,
                action=asked.action,
                stage=asked.stage,
                answer=answer,
                asked_by=_name(hall, asked.by),
            )


def _name(hall: Hall, officer: str | None) -> str | None:
    return None if officer is None else hall.office.officers.get(officer, officer)


def _local(hall: Hall, at: dt.datetime | None) -> dt.datetime | None:
    return None if at is None else at.astimezone(hall.office.zone).replace(microsecond=0)


def _payload(hall: Hall, now: dt.datetime, page: int, drawn: _Drawn) -> bytes:
    shape = BoardMessage(
        at=now.astimezone(hall.office.zone),
        seq=hall.seq,
        page=page,
        pages=drawn.pages,
        groups=drawn.groups,
        counters=drawn.counters,
        changes=drawn.changes,
    )
    return shape.model_dump_json(exclude={"retained"}).encode()
