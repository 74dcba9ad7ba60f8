"""What is asked by staff without a counter, in the shapes of the wire. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from broker.contract import messages as ms
from broker.domain import checks, staff
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.hall import Hall
from broker.domain.identity import totp_secret
from broker.gateway.board import waiting_shape
from broker.gateway.shapes import ticket_shape


def staff_result(  # noqa: PLR0911 - one for each kind of command
    command: cmd.StaffIn | cmd.StaffAct, events: Sequence[ev.Event], hall: Hall, now: dt.datetime
) -> dict[str, Any]:
    """Return the result of a request that is done."""
    office = hall.office
    match command:
        case cmd.StaffIn():
            officer = command.officer
            return {"session": command.token, "officer": office.officers[officer], "role": office.role_of(officer)}
        case cmd.StaffSessions():
            return {"sessions": [_session(one, hall) for one in staff.sessions(hall, command, now)]}
        case cmd.Board():
            return waiting_shape(hall, command, now)
        case cmd.TicketHistory():
            ticket = checks.known_ticket(hall, command.ticket, now)
            return {"ticket": ticket_shape(hall, ticket, now, history=True).model_dump(mode="json")}
        case cmd.RulesChange(prepared=cmd.PreparedRules() as made):
            return {"digest": made.digest, "restart": list(made.restart), "warnings": list(made.warnings)}
        case cmd.StaffTotp(action="begin"):
            return {"secret": totp_secret(command.token)}
        case cmd.StaffTransfer() | cmd.StaffCancel() | cmd.StaffCall():
            return {"ticket": _ticket(events, hall, now)}
        case cmd.StaffUndo():
            undone = next(one for one in events if isinstance(one, ev.StaffUndone))
            return {"act": undone.act, "ticket": _ticket(events, hall, now)}
        case cmd.Announce():
            return {"announcement": command.announcement}
        case _:
            return {}


def _ticket(events: Sequence[ev.Event], hall: Hall, now: dt.datetime) -> dict[str, Any] | None:
    """Return the ticket that an act was about, as it is now."""
    name = next((ticket for one in events if (ticket := getattr(one, "ticket", None)) is not None), None)
    return None if name is None else ticket_shape(hall, hall.tickets[name], now).model_dump(mode="json")


def _session(listed: staff.Listed, hall: Hall) -> dict[str, Any]:
    told = ms.StaffSession(
        id=listed.id,
        officer=listed.officer,
        name=hall.office.officers[listed.officer],
        role=listed.role,
        since=listed.since.astimezone(hall.office.zone),
        is_own=listed.is_own,
        with_password=listed.with_password,
        with_code=listed.with_code,
    )
    return told.model_dump(mode="json")
