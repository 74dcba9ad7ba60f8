"""config.yaml of earlier versions: understood as it stands, written anew on wish. A later version is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from broker.config.document import read_value
from broker.config.faults import Fault
from broker.config.patching import Edit, UnwritableError, edited, patched
from broker.config.settings import CONFIG_VERSION

KEY = "config_version"
Step = Callable[[Mapping[str, object]], Sequence[Edit]]
"""What has to change in a file of one version, so that it is one of the next."""


def _says_its_version(_data: Mapping[str, object]) -> Sequence[Edit]:
    """From 1 to 2 keys were only added: the file says its version from now on."""
    return ()


STEPS: Final[Sequence[Step]] = (_says_its_version,)
"""The first leads from 1 to 2."""


def version_of(data: Mapping[str, object]) -> int | None:
    """Return for which version a file was written; None where what it says is no version."""
    said = data.get(KEY, 1)
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 1 else None


def version_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield one fault where the file was written for a program that is newer than this one."""
    version = version_of(data)
    if version is not None and version > CONFIG_VERSION:
        message = (
            f"is {version}, and this program knows up to {CONFIG_VERSION}: the file was written for a later version of "
            "antrean. Install that version, or put the copy back that antrean upgrade-config left beside the file"
        )
        yield Fault((KEY,), message)


def upgraded_data(data: dict[str, object], steps: Sequence[Step] = STEPS) -> dict[str, object]:
    """Return what a file of an earlier version says, in today's shape. Raises UnwritableError."""
    version = version_of(data)
    for step in steps[(version or len(steps) + 1) - 1 :]:
        for edit in step(data):
            data = edited(data, edit)
    return data if version is None or version > len(steps) else {**data, KEY: len(steps) + 1}


def upgraded_text(text: str, steps: Sequence[Step] = STEPS) -> str:
    """Return the text of a file of an earlier version in today's shape, every other byte as it stands.

    Raises UnwritableError where the text is none that can be changed so.
    """
    try:
        data = read_value(text)
    except ValueError as error:
        raise UnwritableError(str(error)) from error
    if not isinstance(data, dict):
        message = "holds no sections"
        raise UnwritableError(message)
    version = version_of(data)
    if version is None or version > len(steps):
        return text
    for step in steps[version - 1 :]:
        edits = step(data)
        text = patched(text, edits) if edits else text
        for edit in edits:
            data = edited(data, edit)
    if KEY in data:
        return patched(text, [Edit(KEY, len(steps) + 1)])
    return _with_line(text, f"{KEY}: {len(steps) + 1}")


def _with_line(text: str, line: str) -> str:
    """Return a text with one more line above its first section and the comment that belongs to it."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    first = next(i for i, one in enumerate(lines) if one and one[0] not in " #-%")
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return end.join([*lines[:first], line, "", *lines[first:]])
