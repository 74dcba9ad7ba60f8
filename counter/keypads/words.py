"""What a pad says, in four characters: the cheapest display has no more. The table is in docs/hardware.md. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from broker.contract.messages import Error, ErrorCode

NO_CONNECTION = "E-00"
WRONG_PIN = "E-01"
LOCKED_OUT = "E-02"
NOBODY_OF_THAT_NUMBER = "E-03"
NOT_ALLOWED = "E-04"
NOT_SIGNED_IN = "E-05"
VISITOR_HERE = "E-06"
NOT_NOW = "E-07"
NOT_SAVED = "E-08"
FAULT = "E-09"
TOO_LATE = "E-10"
TAKEN = "E-11"
IDLE = "----"
NOBODY_WAITS = "NONE"
PAUSED = "PAUS"
WORKING = "...."
WHO = "ID"
PIN = "PIN"

_ERRORS: Mapping[ErrorCode, str] = {
    "wrong_pin": WRONG_PIN,
    "unknown_officer": NOBODY_OF_THAT_NUMBER,
    "not_allowed": NOT_ALLOWED,
    "no_session": NOT_SIGNED_IN,
    "counter_busy": VISITOR_HERE,
    "illegal_transition": NOT_NOW,
    "storage_failed": NOT_SAVED,
    "not_ready": NOT_SAVED,
    "too_many": NOT_SAVED,
    "too_late": TOO_LATE,
    "too_early": NOT_NOW,
}


def possible_in(seconds: float) -> str:
    """Return in how many seconds a key will work: `T-25`, as before a start."""
    return f"T-{min(max(1, math.ceil(seconds)), 99):02d}"


def refusal(error: Error | None) -> str:
    """Return why something was not done; what no officer can help is `E-09`."""
    if error is None:
        return FAULT
    if error.code == "wrong_pin" and error.detail.get("locked_s"):
        return LOCKED_OUT
    if error.code == "too_early" and isinstance(error.detail.get("wait_s"), int | float):
        return possible_in(error.detail["wait_s"])
    return _ERRORS.get(error.code, FAULT)
