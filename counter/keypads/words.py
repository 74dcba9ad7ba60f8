"""What a pad says, in four characters: the cheapest display has no more. The table is in docs/hardware.md. Pure."""

from __future__ import annotations

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
}


def refusal(error: Error | None) -> str:
    """Return why something was not done; what no officer can help is `E-09`."""
    if error is None:
        return FAULT
    if error.code == "wrong_pin" and error.detail.get("locked_s"):
        return LOCKED_OUT
    return _ERRORS.get(error.code, FAULT)
