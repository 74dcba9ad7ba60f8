"""What counts from a later day: entries of `planned`, each laid over the rest of the file when its day has come.

What is over its day stands above what the rest says, until the broker has put it into its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broker.config.faults import Fault
from broker.config.patching import LEAVE_OUT, Edit, UnwritableError, edited
from broker.config.schema import child, entries

SECTION = "planned"


@dataclass(frozen=True, slots=True)
class Plan:
    """One entry: what is other from a day on."""

    index: int
    id: str
    day: dt.date
    edits: tuple[Edit, ...]


def plans_of(data: object) -> list[Plan]:
    """Return the well-formed entries by their days; of one day in the order of the file."""
    found = []
    for (_, index), entry in entries(data, SECTION):
        change, written = entry.get("change"), entry.get("effective_from")
        try:
            day = dt.date.fromisoformat(str(written))
        except ValueError:
            continue  # what is wrong with it is said by its model
        if isinstance(change, Mapping) and isinstance(index, int):
            edits = tuple(Edit(str(path), value) for path, value in change.items())
            found.append(Plan(index, str(entry.get("id")), day, edits))
    return sorted(found, key=lambda plan: plan.day)


def day_of(data: object, now: dt.datetime) -> dt.date:
    """Return the office's day; by UTC where its time zone is none, of which somebody is told elsewhere."""
    name = child(child(data, "office"), "timezone")
    try:
        return now.astimezone(ZoneInfo(name if isinstance(name, str) else "UTC")).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return now.astimezone(dt.UTC).date()


def on_day(data: dict[str, object], day: dt.date) -> tuple[dict[str, object], list[Fault]]:
    """Return what counts on a day, with what of the plans leads nowhere."""
    faults = []
    for plan in plans_of(data):
        for edit in plan.edits if plan.day <= day else ():
            try:
                data = edited(data, edit)
            except UnwritableError as error:
                faults.append(Fault((SECTION, plan.index, "change"), f"{error.path} {error}"))
    return data, faults


def days_ahead(data: object, today: dt.date) -> list[dt.date]:
    """Return on which later days something else counts."""
    return sorted({plan.day for plan in plans_of(data) if plan.day > today})


def carried_out(data: dict[str, object], today: dt.date) -> Iterator[Edit]:
    """Yield what puts the entries whose day has come into their places, and takes them out of the list."""
    for plan in plans_of(data):
        if plan.day <= today:
            yield from plan.edits
            yield Edit(f"{SECTION}.{plan.id}", LEAVE_OUT)
