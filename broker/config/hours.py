"""Whether opening hours can be kept: of the office, of a lane, of a service. Asked of plain data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from broker.config.document import PathKey
from broker.config.faults import Fault
from broker.config.schema import child, entries, words
from hardware.config import SPAN

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield spans that no clock can follow, and hours that never open."""
    yield from _hours(("hours",), child(data, "hours"))
    for section in ("lanes", "services"):
        for path, entry in entries(data, section):
            yield from _hours((*path, "hours"), entry.get("hours"))
    for path, entry in entries(data, "displays"):
        sound = child(entry, "sound")
        yield from _quiet(
            (*path, "sound", "quiet_hours"), words(sound, "quiet_hours") if isinstance(sound, dict) else []
        )


def _quiet(path: PathKey, spans: list[str]) -> Iterator[Fault]:
    """Yield spans without length; quiet hours may pass midnight, so a later begin is none."""
    for index, span in enumerate(spans):
        begin, _, end = span.partition("-")
        if re.match(SPAN, span) and begin == end:
            yield Fault((*path, index), f'"{span}" ends when it begins')


def _hours(path: PathKey, hours: object) -> Iterator[Fault]:
    if not isinstance(hours, dict):
        return
    for day in DAYS:
        yield from _spans((*path, day), words(hours, day))
    if hours.get("enforced", True) is True and not any(hours.get(day) for day in DAYS):
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
