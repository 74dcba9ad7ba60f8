"""The journal's end outside the machine: one line on paper or in a mailbox, which nobody here takes back.

Whoever can write the database, the head and its key can make another journal that is whole in itself. It has other
hashes, and so another end than the one that somebody has kept.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from broker.ports import StorageError
from broker.store.head import Mark
from hardware.files import write_whole

FEWEST_DIGITS, SHOWN_DIGITS = 16, 24
_GROUP = 4
KEPT_LINES = 1_000
"""So many ends that were mailed are remembered: two and a half years, 80 KB."""
_HASH = re.compile(rf"[0-9a-f]{{{FEWEST_DIGITS},64}}")


@dataclass(frozen=True, slots=True)
class End:
    """Where the journal ended once, as somebody kept it: a line, and how its hash begins."""

    seq: int
    hash: str
    office: str | None = None
    """None: nobody wrote down of which office."""


def line_of(mark: Mark, office: str, at: dt.datetime) -> str:
    """Return an end as one line: office, line of the journal, how its hash begins, and when that was looked up."""
    shown = mark.hash[:SHOWN_DIGITS]
    groups = "-".join(shown[start : start + _GROUP] for start in range(0, SHOWN_DIGITS, _GROUP))
    return f"{office} {mark.seq} {groups} {at.isoformat(timespec='minutes')}"


def end_of(line: str) -> End:
    """Return what a line says that `line_of` has made; line and hash alone do, too. `StorageError` in words else."""
    words = line.split()
    for place, (seq, digits) in enumerate(pairwise(words)):
        digest = digits.replace("-", "").lower()
        if seq.isdecimal() and _HASH.fullmatch(digest):
            return End(int(seq), digest, words[place - 1] if place else None)
    message = (
        f"this is no end of a journal: {line.strip()!r}. Line and hash are meant, as antrean journal head says them, "
        f"such as 1234 3f2a-9c01-b2d4-e5f6; of the hash at least {FEWEST_DIGITS} digits"
    )
    raise StorageError(message)


def ends_in(file: Path, office: str) -> list[End]:
    """Return the ends of an office in a file: a line each, or a backup's manifest. `StorageError` in words else.

    Empty lines, and such as begin with #, are passed over; so are ends of other offices.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise StorageError(message) from error
    if text.lstrip().startswith("{"):
        found = [_end_of_manifest(file, text)]
    else:
        lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
        found = [end_of(line) for line in lines]
    ours = [end for end in found if end.office in {None, office}]
    if not ours:
        message = f"{file} has no end of the journal of {office}"
        raise StorageError(message)
    return ours


def remember(file: Path, line: str) -> None:
    """Keep a line that was mailed behind those before it. Raises OSError."""
    lines = [*_lines(file), line][-KEPT_LINES:]
    write_whole(file, ("\n".join(lines) + "\n").encode(), durable=True)


def last_at(file: Path) -> dt.datetime | None:
    """Return when the last line was made that is remembered, or None."""
    try:
        return dt.datetime.fromisoformat(_lines(file)[-1].split()[-1])
    except (IndexError, ValueError):
        return None


def mailed(data: Path, office: str) -> Path:
    """Return where the ends are remembered that were mailed."""
    return data / f"journal-{office}.ends"


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _end_of_manifest(file: Path, text: str) -> End:
    try:
        said = json.loads(text)
        return End(int(said["lines"]), str(said["end"]), str(said["office"]))
    except (ValueError, KeyError, TypeError) as error:
        message = f"{file} is no manifest of a backup"
        raise StorageError(message) from error
