"""Which part of the office may send which command: the one table of devices, beside `broker.permissions` for people.

Mosquitto's access rules are written by it, and the gateway refuses by it, where the server is somebody else's. A device
that is carried away, or somebody who has its password, gets no further than what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["kiosk", "display", "counter", "keypads", "signs", "web", "device", "up", "trainer", "doctor", "care"]
"""What a client of the wire is. `device`: one of `mqtt.devices`; `trainer`: `antrean up` while it plays a training."""

_VISITORS = frozenset(
    {"lookup", "cancel", "rejoin", "rate", "suggest", "complain", "complaint", "complaint_step", "invited", "survey"}
)
"""What visitors ask for themselves, at a kiosk or on a phone."""
_KIOSK = _VISITORS | {"issue", "printed", "reprint", "help", "lease", "hand_in", "give_back"}
_DESK = frozenset(
    {
        "open",
        "close",
        "pause",
        "resume",
        "next",
        "call",
        "recall",
        "start",
        "finish",
        "no_show",
        "hold",
        "unhold",
        "transfer",
        "undo",
        "pin",
        "reset_pin",
        "unlock",
        "help",
        "asked",
        "alert_ack",
        "lookup",
        "reprint",
        "cancel",
        "rejoin",
        "ratings",
    }
)
"""What is asked at a counter, for that counter."""
_STAFF = frozenset(
    {
        "staff_in",
        "staff_out",
        "staff_sessions",
        "staff_revoke",
        "staff_password",
        "staff_totp",
        "staff_reset",
        "staff_transfer",
        "staff_cancel",
        "staff_call",
        "staff_undo",
        "board",
        "ticket_history",
        "rules_change",
        "offer",
        "quota",
        "intake",
        "ask_counter",
        "announce",
        "unannounce",
        "alert_ack",
        "complaints",
        "suggestions",
        "suggestion",
        "suggestion_step",
        "survey_plan",
    }
)
"""What the staff's pages ask; whose role may is `broker.permissions`."""

MAY_SEND: Final[Mapping[Kind, frozenset[str]]] = {
    "kiosk": _KIOSK,
    "display": frozenset(),
    "counter": _DESK,
    "keypads": _DESK,
    "signs": frozenset(),
    "web": _VISITORS | _STAFF,
    "device": _KIOSK | _DESK | _STAFF,
    "up": frozenset(),
    "trainer": _KIOSK | _DESK | _STAFF | {"training"},
    "doctor": frozenset(),
    "care": frozenset({"purge"}),
}
"""By kind of client: the commands that it may send."""


@dataclass(frozen=True, slots=True)
class Client:
    """One client that the configuration names."""

    kind: Kind
    counters: frozenset[str] | None = None
    """For which counters it may ask; None: for all."""

    @property
    def commands(self) -> frozenset[str]:
        """Return the commands that it may send."""
        return MAY_SEND[self.kind]

    def may_ask_for(self, counter: str | None) -> bool:
        """Tell whether it may ask something for this counter; for none everybody may."""
        return counter is None or self.counters is None or counter in self.counters
