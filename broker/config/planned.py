"""What counts from a later day: entries of `planned`, each laid over the rest of the file when its day has come.

A value takes the place of what stands there, and `null` takes it out; what is out already by then needs nothing more.

What is over its day stands above what the rest says, until the broker has put it into its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broker.config.faults import Fault
from broker.config.patching import LEAVE_OUT, Edit, UnwritableError, edited, path_key
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
            edits = tuple(Edit(str(path), LEAVE_OUT if value is None else value) for path, value in change.items())
            found.append(Plan(index, str(entry.get("id")), day, edits))
    return sorted(found, key=lambda plan: plan.day)


def _is_there(data: object, path: str) -> bool:
    """Tell whether something stands at a place."""
    holder: object = data
    *way, last = path_key(data, path)
    for key in way:
        holder = child(holder, key)
    return (isinstance(holder, dict) and last in holder) or (isinstance(holder, list) and isinstance(last, int))


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
            if edit.value is LEAVE_OUT and not _is_there(data, edit.path):
                continue
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
            for edit in plan.edits:
                if edit.value is not LEAVE_OUT or _is_there(data, edit.path):
                    data = edited(data, edit)
                    yield edit
            yield Edit(f"{SECTION}.{plan.id}", LEAVE_OUT)
