"""Emulated lines: each has its name for itself. True ones may be alike: every machine has its own /dev/ttyUSB0."""

from __future__ import annotations

from collections.abc import Iterator

from broker.config.document import PathKey
from broker.config.faults import Fault

EMULATED = "pty:"


def line_faults(data: object) -> Iterator[Fault]:
    """Yield each emulated device whose name another one has already."""
    seen: set[str] = set()
    for path, url in _emulated(data, ()):
        if url in seen:
            yield Fault(path, "is already the name of another emulated device: every line needs its own")
        seen.add(url)


def _emulated(data: object, path: PathKey) -> Iterator[tuple[PathKey, str]]:
    match data:
        case dict():
            for key, value in data.items():
                yield from _emulated(value, (*path, key))
        case list():
            for index, value in enumerate(data):
                yield from _emulated(value, (*path, index))
        case str() if path and path[-1] == "url" and data.startswith(EMULATED):
            yield path, data
