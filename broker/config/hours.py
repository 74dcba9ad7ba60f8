"""Whether opening hours can be kept: of the office, of a lane, of a service. Asked of plain data."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from broker.config.faults import UNKNOWN, Fault, PathKey, did_you_mean
from broker.config.schema import child, entries, words
from hardware.config import SPAN

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def unknown_days(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield keys of hours that are neither a weekday nor a date."""
    known = ("enforced", *DAYS)
    for path, hours in _all_hours(data):
        for key in hours:
            if key not in known and not is_date(key):
                hint = did_you_mean(key, known) or f"known here: {', '.join(known)}, and dates such as 2026-12-25"
                yield Fault((*path, key), UNKNOWN, hint)


def hours_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield spans that no clock can follow, and hours that never open."""
    for path, hours in _all_hours(data):
        yield from _hours(path, hours)
    for path, entry in entries(data, "displays"):
        sound = child(entry, "sound")
        yield from _quiet(
            (*path, "sound", "quiet_hours"), words(sound, "quiet_hours") if isinstance(sound, dict) else []
        )
        dim = child(entry, "dim")
        yield from _quiet((*path, "dim", "hours"), words(dim, "hours") if isinstance(dim, dict) else [])


def announcement_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield moments that no calendar has, and announcements that end before they begin."""
    for path, entry in entries(data, "announcements"):
        moments = {}
        for key in ("since", "until"):
            value = entry.get(key)
            text = value.isoformat() if isinstance(value, dt.date) else value
            if not isinstance(text, str) or not re.match(r"\d{4}-\d\d-\d\d", text):
                continue
            try:
                moments[key] = dt.datetime.fromisoformat(text)
            except ValueError:
                yield Fault((*path, key), f'"{text}" is no day of the calendar')
                continue
            if key == "until" and len(text) == len("2026-12-24"):
                moments[key] += dt.timedelta(days=1)  # a day alone belongs to it
        if len(moments) > 1 and moments["until"] <= moments["since"]:
            yield Fault((*path, "until"), f'"{entry["until"]}" is not after since, "{entry["since"]}"')


def is_date(key: str) -> bool:
    """Tell whether a key is one day of the calendar, written as 2026-12-25."""
    try:
        return dt.date.fromisoformat(key).isoformat() == key
    except ValueError:
        return False


def _quiet(path: PathKey, spans: list[str]) -> Iterator[Fault]:
    """Yield spans without length; quiet hours may pass midnight, so a later begin is none."""
    for index, span in enumerate(spans):
        begin, _, end = span.partition("-")
        if re.match(SPAN, span) and begin == end:
            yield Fault((*path, index), f'"{span}" ends when it begins')


def _all_hours(data: Mapping[str, object]) -> Iterator[tuple[PathKey, Mapping[str, object]]]:
    """Yield the hours of the office, its lanes and services, each with its path."""
    of_entries = [
        ((*path, "hours"), entry.get("hours"))
        for section in ("lanes", "services")
        for path, entry in entries(data, section)
    ]
    for path, hours in [(("hours",), child(data, "hours")), *of_entries]:
        if isinstance(hours, dict):
            yield path, hours


def _days(hours: Mapping[str, object]) -> list[str]:
    return [key for key in hours if key in DAYS or is_date(key)]


def _hours(path: PathKey, hours: Mapping[str, object]) -> Iterator[Fault]:
    for key in _days(hours):
        yield from _spans((*path, key), words(hours, key))
    if hours.get("enforced", True) is True and not any(hours.get(key) for key in _days(hours)):
        yield Fault(path, "opens on no day, so no number would ever be given out")


def _spans(path: PathKey, spans: list[str]) -> Iterator[Fault]:
    """Compare times as text: they are all written HH:MM."""
    last = ""
    for index, span in enumerate(spans):
        if not re.match(SPAN, span):
            continue
        begin, _, end = span.partition("-")
        if end <= begin:
            yield Fault((*path, index), f'"{span}" ends before it begins')
        elif begin < last:
            yield Fault((*path, index), f'"{span}" begins before the span above it ends, at {last}')
        last = max(last, end)
