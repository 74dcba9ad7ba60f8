"""Looking at halls: everything they hold, in a form that can be compared."""

from __future__ import annotations

import copy
from typing import Any

from broker.domain.hall import Hall


def contents(hall: Hall) -> dict[str, Any]:
    """Return all that a hall holds, field by field; groups that have run empty are as good as none."""
    picture = {
        "seq": hall.seq,
        "day": hall.day,
        "tickets": hall.tickets,
        "groups": {key: group for key, group in hall.groups.items() if group},
        "desks": hall.desks,
        "missed": list(hall.missed),
        "calls": list(hall.calls),
        "last_sequence": hall.last_sequence,
        "issued_in_lane": hall.issued_in_lane,
        "paces": {stage: (pace.weight, pace.total_s, pace.standard_s) for stage, pace in hall.paces.items()},
        "numbers": hall._numbers,
    }
    return copy.deepcopy(picture)
