"""Who may do what, and for how long: the one table of acts and roles.

The engine refuses by it, and pages leave out what it would refuse.
An act is a command of the wire that a staff session asks for, or something finer that one command or page holds.
What is asked at an open counter goes by the counter, and is not in here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

OFFICER, SUPERVISOR, COMPLAINTS, TECHNICIAN = "officer", "supervisor", "complaints", "technician"
ROLES: Final = (OFFICER, SUPERVISOR, COMPLAINTS, TECHNICIAN)

SESSION_LASTS: Final = dt.timedelta(hours=12)
"""So long somebody is signed in without a counter, if the office day does not end before."""
UNDO_WINDOW: Final = dt.timedelta(seconds=30)
"""So long one's last act can be taken back, at a counter and at the pages."""

_ALL = frozenset(ROLES)
_WITH_VISITORS = _ALL - {TECHNICIAN}
"""Who works with what visitors say: never a technician."""
_READERS = frozenset({SUPERVISOR, COMPLAINTS})
_HALL = frozenset({SUPERVISOR})
_MACHINES = frozenset({SUPERVISOR, TECHNICIAN})

ACTS: Final[Mapping[str, frozenset[str]]] = {
    # one's own account, and the sessions of all
    "staff_out": _ALL,
    "staff_password": _ALL,
    "staff_totp": _ALL,
    "staff_sessions": _ALL,
    "staff_revoke": _ALL,
    "sessions_of_others": _MACHINES,
    "staff_reset": _HALL,
    # what visitors say
    "complain": _WITH_VISITORS,
    "complaint": _READERS,
    "complaint_step": _READERS,
    "complaints": _READERS,
    "suggestions": _READERS,
    "suggestion": _READERS,
    "suggestion_step": _READERS,
    "survey": _WITH_VISITORS,
    "surveys": _WITH_VISITORS,
    "survey_plan": _HALL,
    # the hall: looking
    "board": frozenset({OFFICER, SUPERVISOR, TECHNICIAN}),
    "board_officers": _HALL,
    "ticket_history": _HALL,
    "devices": _MACHINES,
    "alert_ack": frozenset({SUPERVISOR, COMPLAINTS, TECHNICIAN}),
    # the hall: acting
    "staff_transfer": _HALL,
    "staff_cancel": _HALL,
    "staff_call": _HALL,
    "staff_undo": _HALL,
    "offer": _HALL,
    "quota": _HALL,
    "intake": _HALL,
    "ask_counter": _HALL,
    "announce": _HALL,
    "unannounce": _HALL,
    # reports, advice, rules
    "own_figures": _ALL,
    "reports": _HALL,
    "reports_officers": _HALL,
    "advice": _HALL,
    "rules": _MACHINES,
    "rules_change": _MACHINES,
    "rules_office": _HALL,
    "rules_technical": _MACHINES,
}
"""By act: the roles that may."""


def may(role: str, act: str) -> bool:
    """Tell whether a role may do something. Raises KeyError for an act that is not in the table."""
    return role in ACTS[act]
