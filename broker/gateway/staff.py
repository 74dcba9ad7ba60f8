"""What is asked by staff without a counter, in the shapes of the wire. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from broker.contract import messages as ms
from broker.domain import commands as cmd
from broker.domain import staff
from broker.domain.hall import Hall
from broker.domain.identity import totp_secret


def staff_result(command: cmd.StaffIn | cmd.StaffAct, hall: Hall, now: dt.datetime) -> dict[str, Any]:
    """Return the result of a request that is done."""
    office = hall.office
    match command:
        case cmd.StaffIn():
            officer = command.officer
            return {"session": command.token, "officer": office.officers[officer], "role": office.role_of(officer)}
        case cmd.StaffSessions():
            return {"sessions": [_session(one, hall) for one in staff.sessions(hall, command, now)]}
        case cmd.RulesChange(prepared=cmd.PreparedRules() as made):
            return {"digest": made.digest, "restart": list(made.restart), "warnings": list(made.warnings)}
        case cmd.StaffTotp(action="begin"):
            return {"secret": totp_secret(command.token)}
        case _:
            return {}


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
