"""`antrean purge`: the engine erases what visitors wrote and was kept long enough; here that is told in words."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from broker.bus import Bus
from broker.config import Settings
from broker.config.logins import known_by
from broker.contract.messages import Error, Reply
from broker.contract.topics import CARE_CLIENT
from broker.server.addresses import accepts

ANSWER_S = 30.0
"""Erasing on a slow disk takes a while: the pages of the file are overwritten."""


def purge(settings: Settings, data_dir: Path) -> tuple[bool, str]:
    """Let the engine erase; return whether it did, and what in words. Blocks until it answers."""
    address = known_by(settings, CARE_CLIENT, data_dir).mqtt.address(CARE_CLIENT)
    where = f"{address.host}:{address.port}"
    if not accepts(address):
        return False, f"no broker works at {where}: start it first, for it alone writes to the database"
    bus = Bus(address=address, office=settings.office.id, client=CARE_CLIENT, kind="care", post=lambda step: step())
    answered = threading.Event()
    replies: list[Reply] = []

    def heard(reply: Reply) -> None:
        replies.append(reply)
        answered.set()

    bus.start()
    pending = bus.request("purge", {}, heard)
    is_answered = answered.wait(ANSWER_S)
    pending.cancel()
    bus.stop()
    if not is_answered:
        return False, f"the broker at {where} has not answered in {ANSWER_S:.0f} s: see logs/broker.log, then ask again"
    reply = replies[0]
    if not reply.ok:
        return False, refused(reply.error)
    return True, told((reply.result or {}).get("report", {}))


def told(report: Mapping[str, Any]) -> str:
    """Return a report in words: what was erased, of which days, and what stays."""
    complaints, suggestions = int(report.get("complaints", 0)), int(report.get("suggestions", 0))
    erased = [
        text
        for text, count in (
            (f"words and contacts of {complaints} complaint{'s' * (complaints != 1)}", complaints),
            (f"{suggestions} suggestion{'s' * (suggestions != 1)}", suggestions),
        )
        if count
    ]
    day = _day(report.get("before"))
    kept_until = f" that were to be kept until before {day}" if day else ""
    if not erased:
        return "nothing was left to erase" + (f" of before {day}" if day else "")
    return (
        f"erased: {' and '.join(erased)}{kept_until}. "
        "Counts, dates and steps stay. Backups of before still hold the words: delete them, too"
    )


def _day(written: object) -> str:
    try:
        return f"{dt.date.fromisoformat(str(written)):%d %B %Y}".lstrip("0")
    except ValueError:
        return ""


def refused(error: Error | None) -> str:
    """Return why nothing was erased, and what to do."""
    code = error.code if error else ""
    if code == "not_allowed":
        return "nothing was erased: the engine takes this from antrean purge alone"
    if code == "storage_failed":
        return "nothing was erased: the database could not be written; antrean doctor says more"
    if code == "bad_request":
        return "nothing was erased: the broker does not know this; bring it to the same version of antrean"
    return f"nothing was erased: the broker says {code or 'no'}; ask again, or see logs/broker.log"
