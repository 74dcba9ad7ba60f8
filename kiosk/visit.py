"""One visit at a kiosk, from the first touch to the ticket, and how long each patience lasts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from broker.contract.messages import ErrorCode, Ticket

SETTLE_S = 0.4
"""After a screen changed, touches do not count for so long: the second half of a double touch meant the old screen."""
SLOW_AFTER_S = 3.0
GIVE_UP_AFTER_S = 60.0
WARNING_S = 20.0
"""WCAG 2.2.1: at least 20 s to extend by one simple action."""
TICKET_STAY_S = 30.0
NO_PAPER_STAY_S = 90.0
"""Without paper the number must be written down or photographed."""
PAPER_PATIENCE_S = 20.0
"""No word from the printer for so long: the screen stops promising paper."""
STARTING_S = 8.0
LATE_NOTICE_S = 30.0


class Step(Enum):
    """Where a visit stands."""

    LANGUAGE = "language"
    SERVICE = "service"
    REQUIREMENTS = "requirements"
    LANE = "lane"
    ISSUING = "issuing"
    TICKET = "ticket"
    PROBLEM = "problem"


class Paper(Enum):
    """What is known of the paper."""

    PRINTING = "printing"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


class Problem(Enum):
    """Why there is no number, where no code of the engine says it."""

    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Visit:
    """What the visitor has chosen so far; `since` is when this step began, on the monotonic clock."""

    step: Step
    language: str
    since: float
    service: str | None = None
    lane: str | None = None
    ticket: Ticket | None = None
    paper: Paper = Paper.PRINTING
    problem: ErrorCode | Problem | None = None
