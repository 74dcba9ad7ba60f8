"""Why a command is refused: the codes of the wire, with what a log needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Code(StrEnum):
    """The protocol's error codes that a decision can end in."""

    BAD_REQUEST = "bad_request"
    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_LANE = "unknown_lane"
    UNKNOWN_TICKET = "unknown_ticket"
    UNKNOWN_COUNTER = "unknown_counter"
    UNKNOWN_OFFICER = "unknown_officer"
    WRONG_PIN = "wrong_pin"
    WEAK_PIN = "weak_pin"
    NO_SESSION = "no_session"
    NOT_ALLOWED = "not_allowed"
    SERVICE_CLOSED = "service_closed"
    LANE_CLOSED = "lane_closed"
    QUOTA_REACHED = "quota_reached"
    ILLEGAL_TRANSITION = "illegal_transition"
    COUNTER_BUSY = "counter_busy"
    NOTHING_TO_UNDO = "nothing_to_undo"
    STORAGE_FAILED = "storage_failed"
    NOT_READY = "not_ready"
    TOO_LATE = "too_late"
    TOO_EARLY = "too_early"
    TOO_MANY = "too_many"
    NOT_HOLDER = "not_holder"
    ALREADY_GIVEN = "already_given"
    NOT_INVITED = "not_invited"
    UNKNOWN_SURVEY = "unknown_survey"
    UNKNOWN_COMPLAINT = "unknown_complaint"
    UNKNOWN_SUGGESTION = "unknown_suggestion"
    UNKNOWN_SESSION = "unknown_session"
    CODE_NEEDED = "code_needed"
    WRONG_CODE = "wrong_code"
    CONFLICT = "conflict"
    BAD_RULES = "bad_rules"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - the name of a refusal


class DomainError(Exception):
    """A command that cannot be done; `detail` holds plain facts for the asker."""

    def __init__(self, code: Code, message: str, **detail: str | int | Sequence[object] | None) -> None:
        """Keep code, text for logs, and facts."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


class NotLetInError(DomainError):
    """A client may not send this at all, whatever the office says: found at the door, before anything is decided."""


class WrongCheckError(DomainError):
    """Somebody gave a check code that is not the ticket's: whoever hears this counts it, for five are enough."""

    def __init__(self, ticket: str, number: str, *, by_qr: bool, locked: bool) -> None:
        """Name the ticket, how the code was given, and whether no more are taken from now on."""
        super().__init__(Code.NOT_HOLDER, f"the check code is not the one of {number}", ticket=number, locked=locked)
        self.ticket = ticket
        self.by_qr = by_qr
