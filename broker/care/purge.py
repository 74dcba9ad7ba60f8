"""`antrean purge`: the engine erases what was kept long enough; here that is told in words, and what stays with it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from broker.bus import Bus
from broker.config import Settings
from broker.config.logins import known_by
from broker.contract.messages import Error, Reply
from broker.contract.topics import CARE_CLIENT
from broker.domain.feedback.rules import KEPT
from broker.engine import REMEMBER
from broker.ports import StorageError
from broker.server.addresses import accepts
from broker.store.archive import Archive
from broker.store.copies import backups_in
from broker.store.database import file_of, resolve_url

ANSWER_S = 30.0
"""Erasing on a slow disk takes a while: the pages of the file are overwritten."""


def purge(settings: Settings, data_dir: Path) -> tuple[bool, list[str]]:
    """Let the engine erase; return whether it did, and what was erased and what stays, in words. Blocks until then."""
    known = {officer.id for officer in settings.officers}
    left = _who_left(settings, data_dir, known)
    is_done, words = _erased(settings, data_dir)
    if not is_done:
        return False, [words]
    gone = len(left) - len(_who_left(settings, data_dir, known))
    if gone:
        words = f"{words}\nerased: PINs, passwords and second factors of {gone} who are no officers any more"
    return True, [*words.splitlines(), *stays(settings, data_dir)]


def _erased(settings: Settings, data_dir: Path) -> tuple[bool, str]:
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


def _who_left(settings: Settings, data_dir: Path, known: set[str]) -> set[str]:
    """Return of which officers something is kept who are none any more; nobody where that cannot be read."""
    try:
        with closing(Archive(resolve_url(settings.store.url, data_dir), settings.office.id)) as archive:
            return archive.who_left(known)
    except StorageError:
        return set()


def stays(settings: Settings, data_dir: Path) -> list[str]:
    """Return line by line what is kept that says anything of people, why, and how long; `StorageError` in words."""
    complaints = settings.feedback.complaints
    days = KEPT.days if complaints is None else complaints.purge_after_days
    with closing(Archive(resolve_url(settings.store.url, data_dir), settings.office.id)) as archive:
        n, until, begun, away = archive.kept(), archive.kept_until(), archive.begun(), archive.years_away()
    next_day = f"; the next go after {_day(until)}" if until else ""
    since = f" since {_day(begun.astimezone(settings.office.zone).date())}" if begun else ""
    lines = [
        "what stays:",
        (
            f"- what visitors wrote, sealed: {n['words']}, until {days} days after it is settled "
            f"(feedback.complaints.purge_after_days){next_day}"
        ),
        f"- answers to requests, with check codes: {n['replies']}, for {REMEMBER // dt.timedelta(hours=1)} hours",
        (
            f"- numbers and what was done with them (times, counters, ids and notes of officers; no visitor's name): "
            f"{n['tickets']} tickets, {n['events']} lines of the journal{since}. "
            "They prove the record: antrean archive moves years away"
        ),
        f"- who worked when: {n['sessions'] + n['staff_sessions']} sessions by the officer's id, as in the journal",
        (
            f"- ratings (a day, a service, the officer's id, one to four): {n['ratings']}; "
            f"answers to surveys, under no name: {n['survey_answers']}"
        ),
        "- PINs, passwords and second factors of the officers of config.yaml, as hashes or sealed",
    ]
    lines += [f"- the same of office days up to {years.day}: in {years.file}" for years in away]
    if copies := copies_with_all(settings, data_dir):
        lines.append("copies that still hold what is erased here: delete those that are older than what may be kept:")
        lines += [f"- {copy}" for copy in copies]
    return lines


def copies_with_all(settings: Settings, data_dir: Path) -> list[Path]:
    """Return the copies of the database that we have made and know of, the oldest first."""
    database = file_of(resolve_url(settings.store.url, data_dir))
    found = list(data_dir.glob("before-restore-*"))
    if database is not None:
        found += [path for path in database.parent.glob(f"{database.name}.*") if path.is_file()]
    if settings.backup is not None:
        found += backups_in(data_dir / settings.backup.folder, settings.office.id)
    return sorted(found, key=lambda path: path.stat().st_mtime)


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
    return f"erased: {' and '.join(erased)}{kept_until}. Counts, dates and steps stay"


def _day(written: object) -> str:
    """Return a day in words; also one that is written as 2026-11-01."""
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
