"""Numbers that are lent to kiosks in advance, so that one that cannot reach us goes on (decision 75). Pure.

Each has its whole identity from the moment it is lent, comes from a range of its own, and is for one kiosk and one
office day. It ends as a ticket, as given back, or as void; no other number of its day ever is the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall
from broker.domain.identity import number_text
from broker.domain.model import Blank, Lane, Lent, Service
from broker.ticket_link import KEY_BYTES, key_of, key_text

RESERVE_FROM = 900
"""Here the range begins: `A-900` says that a kiosk was on its own, and the numbers before it have no holes."""
MOST_AT_ONCE = 20
"""So many fit one reply of 8 KiB."""
MOST_LENT = 200
"""So many of a service in a lane one kiosk may have out at once: one that forgets all it was lent stops there."""
PACE_OVER = dt.timedelta(minutes=10)
"""The pace of a rush is that of the last minutes."""
GRACE = dt.timedelta(days=1)
"""A paper of yesterday is still taken in."""
_CHECK = re.compile(r"[0-9]{4}")


def is_lent(hall: Hall, series: str, sequence: int) -> bool:
    """Tell whether a kiosk has, or may have, this number of today in advance."""
    is_passed = RESERVE_FROM <= sequence <= hall.lent_up_to.get(series, 0)
    return is_passed or sequence in hall.reserved.get(series, ())


def lease(hall: Hall, command: cmd.Lease, offered: tuple[Service, Lane], now: dt.datetime) -> list[ev.Event]:
    """Lend as many as are missing of what the pace asks for; none is no refusal."""
    _require_kiosk(hall, command.asker)
    service, lane = offered
    day, series = hall.day_of(now), service.letter + lane.letter
    mine = [one for one in hall.lent.values() if (one.client, one.day) == (command.asker, day)]
    lent = sum((one.service, one.lane) == (service.id, lane.id) for one in mine)
    wanted = min(_size(hall, command, now) - command.holds, MOST_AT_ONCE, MOST_LENT - lent)
    if wanted <= 0:
        return []
    first = _first_free(hall, series, day)
    blanks = tuple(_made(command.chance, first + place) for place in range(wanted))
    return [
        ev.NumbersLeased(
            at=now, day=day, client=command.asker, service=service.id, lane=lane.id, series=series, blanks=blanks
        )
    ]


def hand_in(
    hall: Hall, command: cmd.HandIn, offered: Callable[[cmd.HandIn], tuple[Service, Lane]], now: dt.datetime
) -> list[ev.Event]:
    """Take in who was given a lent number: neither hours nor quotas refuse a paper that somebody holds.

    `offered` looks a service and a lane up. What a number was lent for counts, whatever the kiosk says of it.
    """
    _require_kiosk(hall, command.asker)
    if command.ticket in hall.tickets:
        message = f"{command.number} was handed in before"
        raise DomainError(Code.ALREADY_GIVEN, message, ticket=command.number)
    found_again: list[ev.Event] = []
    lent = hall.lent.get(command.ticket)
    if lent is None:
        again = _found_again(hall, command, offered(command), now)
        found_again.append(again)
        morning = dt.datetime.combine(hall.office.day(now), dt.time(), hall.office.zone)
        lent = Lent(again.blanks[0], again.client, again.day, again.series, again.service, again.lane, morning)
    elif lent.client != command.asker:
        raise DomainError(Code.NOT_ALLOWED, f"{command.number} was lent to {lent.client}", client=lent.client)
    service, _ = offered(replace(command, service=lent.service, lane=lent.lane))
    languages = hall.office.languages
    issued = ev.Issued(
        at=now,
        ticket=lent.blank.ticket,
        number=number_text(lent.series, lent.blank.sequence),
        day=lent.day,
        series=lent.series,
        sequence=lent.blank.sequence,
        service=lent.service,
        lane=lent.lane,
        language=command.language if command.language in languages else languages[0],
        stage=service.stages[0],
        check=lent.blank.check,
        key=lent.blank.key,
        client=command.asker,
        arrived_at=min(max(lent.at, command.arrived_at), now),  # a lease may be of a clock that was ahead
    )
    return [*found_again, issued]


def give_back(hall: Hall, command: cmd.GiveBack, now: dt.datetime) -> list[ev.Event]:
    """Take numbers back that no paper carries; what is not lent to who asks is passed over."""
    _require_kiosk(hall, command.asker)
    mine = (hall.lent.get(ticket) for ticket in dict.fromkeys(command.tickets))
    back = tuple(one.blank.ticket for one in mine if one is not None and one.client == command.asker)
    return [ev.LeaseEnded(at=now, client=command.asker, tickets=back, why="given_back")] if back else []


def void(hall: Hall, now: dt.datetime) -> list[ev.Event]:
    """Return what ends lent numbers of which nobody told until the day after their own was over."""
    today = hall.day_of(now)
    left = sorted((one for one in hall.lent.values() if one.day + GRACE < today), key=lambda one: one.client)
    return [
        ev.LeaseEnded(at=now, client=client, tickets=tuple(one.blank.ticket for one in group), why="void")
        for client, group in groupby(left, key=lambda one: one.client)
    ]


def _require_kiosk(hall: Hall, client: str) -> None:
    if client not in hall.office.kiosks:
        raise DomainError(Code.NOT_ALLOWED, f"{client} is no kiosk of this office", client=client)


def _size(hall: Hall, command: cmd.Lease, now: dt.datetime) -> int:
    """Return how many a kiosk should have: what it gave out of late, for as long as it has to last."""
    rules, since = hall.office.reserve, now - PACE_OVER
    of_late = sum(
        (ticket.service, ticket.lane, ticket.client) == (command.service, command.lane, command.asker)
        and ticket.issued_at > since
        for ticket in hall.tickets.values()
    )
    return min(rules.most, max(rules.least, round(of_late * rules.cover_s / PACE_OVER.total_seconds())))


def _first_free(hall: Hall, series: str, day: dt.date) -> int:
    """Return the number behind all of a day that anybody has, at the head of the range or in it."""
    if day != hall.day:
        return RESERVE_FROM
    last: int = max(hall.last_sequence.get(series, 0), hall.lent_up_to.get(series, 0), *hall.reserved.get(series, ()))
    return max(RESERVE_FROM, last + 1)


def _made(chance: str, sequence: int) -> Blank:
    """Return a number with an identity that is made of chance, the same of the same."""
    made = hashlib.sha512(f"{chance}\n{sequence}".encode()).digest()
    ticket = str(uuid.UUID(bytes=made[:16], version=4))
    check = int.from_bytes(made[16:24], "big") % 10_000
    return Blank(ticket, sequence, f"{check:04}", key_text(made[24 : 24 + KEY_BYTES]))


def _found_again(hall: Hall, command: cmd.HandIn, offered: tuple[Service, Lane], now: dt.datetime) -> ev.NumbersLeased:
    """Return the lease of a number that somebody holds and of which our journal, which went back in time, is silent.

    Whoever is refused here is so for good: the number is somebody else's, or of a day that is over.
    """
    service, lane = offered
    series, day = service.letter + lane.letter, hall.day_of(now)
    digits = command.number.removeprefix(f"{series}-")
    sequence = int(digits) if digits.isascii() and digits.isdigit() else 0
    if command.day != day.isoformat():
        message = f"{command.number} is of a day that is over, and not lent any more"
        raise DomainError(Code.TOO_LATE, message, ticket=command.number)
    is_ours = sequence >= RESERVE_FROM and command.number == number_text(series, sequence)
    has_identity = _is_ticket_id(command.ticket) and _CHECK.fullmatch(command.check) is not None
    has_key = command.key is None or key_of(command.key) == command.key
    if not (is_ours and has_identity and has_key):
        message = f"number: {command.number[:40]} was never lent"
        raise DomainError(Code.BAD_REQUEST, message, field="number")
    holder = hall.find(command.number)
    is_held = holder is not None and holder.day == day
    if day == hall.day and (is_held or sequence in hall.reserved.get(series, ())):
        raise DomainError(Code.CONFLICT, f"{command.number} is somebody else's", ticket=command.number)
    blank = Blank(command.ticket, sequence, command.check, command.key)
    return ev.NumbersLeased(
        at=now, day=day, client=command.asker, service=service.id, lane=lane.id, series=series, blanks=(blank,)
    )


def _is_ticket_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
