"""Where the journal ends, written down outside the database: what is missing at its end shows by nothing else."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.ports import StorageError
from broker.store.given import NONE_GIVEN, Given
from hardware.files import sync, write_whole

KEY_BYTES = 32
SLOT_BYTES = 4096
"""A page: what disks write whole or not at all, and room for the numbers of more than a hundred series."""
EARLIER_SLOT_BYTES = 512
"""Of heads before they knew numbers; such a file is that much shorter."""
SLOTS = 2
"""Written in turn: of a write that a power cut tore the one before is still there."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the journal: its place, and its hash, which stands for all before it."""

    seq: int
    hash: str
    given: Given = NONE_GIVEN
    """The numbers up to there; empty where a head of an earlier version did not know them."""


class Head:
    """The end of one office's journal as it was last answered for, signed with a key that lies beside it.

    It is written after each commit and brought to the disk every two seconds: after a power cut it may be behind the
    journal by so much, never ahead of it. Whoever can write the database alone can cut the journal, but not the head.
    """

    def __init__(self, data_dir: Path, office: str) -> None:
        """Name the files; `prepare` makes them, `read` does not."""
        self.path = data_dir / f"journal-{office}.head"
        self._key_path = data_dir / "journal.key"
        self._office = office
        self._key = b""
        self._file: int | None = None
        self._slot = 0
        self._last = self._settled = Mark(0, "")

    def read(self) -> Mark | None:
        """Return the end that was written down, or None where none ever was; `StorageError` where it is not ours.

        An empty file may be one whose content never came to the disk: ask `refuse_empty` too, when the journal is read.
        """
        text = self._read_file()
        if text is None or _is_empty(text):
            return None
        key = self._read_key()
        size = EARLIER_SLOT_BYTES if len(text) <= SLOTS * EARLIER_SLOT_BYTES else SLOT_BYTES
        slots = (text[at : at + size] for at in range(0, SLOTS * size, size))
        marks = [mark for mark in (self._mark_of(slot, key) for slot in slots) if mark is not None]
        if not marks:
            message = (
                f"{self.path} was not signed with {self._key_path}: whether the journal is whole cannot be told. "
                "Put both files back, or take the journal as it is: antrean recover"
            )
            raise StorageError(message)
        return max(marks, key=lambda mark: mark.seq)

    def refuse_empty(self, lines: int) -> None:
        """Raise `StorageError` where the file is there but empty, and the journal has lines.

        At the very first start a power cut can leave it so, before anything was answered. Later it says that the disk
        has lost what was on it, or that somebody emptied it.
        """
        text = self._read_file()
        if lines > 0 and text is not None and _is_empty(text):
            message = (
                f"{self.path} is empty, but the journal has {lines} lines: whether it is whole cannot be told. "
                "Put the file back, or take the journal as it is: antrean recover"
            )
            raise StorageError(message)

    def prepare(self, mark: Mark) -> None:
        """Open the files for writing, make them where they are not there, and write the first mark durably."""
        try:
            if not self._key_path.exists():
                write_whole(self._key_path, secrets.token_bytes(KEY_BYTES), durable=True)
            self._key = self._read_key()
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            for _ in range(SLOTS):
                self._write(mark)
            os.fsync(self._file)
            sync(self.path.parent)
        except OSError as error:
            message = f"the end of the journal cannot be written down at {self.path}: {error.strerror or error}"
            raise StorageError(message) from error

    def write(self, mark: Mark) -> None:
        """Write down a new end, without waiting for the disk; a fault is logged, for the commit itself is done."""
        try:
            self._write(mark)
        except OSError as error:
            log.error("the end of the journal is not written down: %s", error)  # noqa: TRY400 - one line is enough

    def settle(self) -> None:
        """Bring what was written to the disk, where there is anything new. May be called from any thread."""
        file, last = self._file, self._last
        if file is None or last is self._settled:
            return
        try:
            os.fdatasync(file)
        except OSError as error:
            log.error("the end of the journal does not come to the disk: %s", error)  # noqa: TRY400 - the same
        else:
            self._settled = last

    def close(self) -> None:
        """Bring the last mark to the disk and let the file go."""
        if self._file is not None:
            self._write(self._last)  # in both places: there is no other end any more
            os.fsync(self._file)
            os.close(self._file)
            self._file = None

    def put_aside(self, name: str) -> Path:
        """Give the file another name: what it knew stays to be looked at. Return where it lies now."""
        aside = self.path.with_name(f"{self.path.name}.{name}")
        self.path.replace(aside)
        return aside

    def _write(self, mark: Mark) -> None:
        if self._file is None:
            return
        facts = {"office": self._office, "seq": mark.seq, "hash": mark.hash, **_said(mark.given)}
        text = json.dumps(facts | {"mac": self._mac(mark, self._key)}).encode()
        os.pwrite(self._file, text.ljust(SLOT_BYTES), self._slot * SLOT_BYTES)
        self._slot = (self._slot + 1) % SLOTS
        self._last = mark

    def _mark_of(self, slot: bytes, key: bytes) -> Mark | None:
        try:
            facts = json.loads(slot)
            mark = Mark(int(facts["seq"]), str(facts["hash"]), _given_of(facts))
            mac = str(facts["mac"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return mark if key and hmac.compare_digest(mac, self._mac(mark, key)) else None

    def _mac(self, mark: Mark, key: bytes) -> str:
        said = json.dumps(_said(mark.given), sort_keys=True) if mark.given.day is not None else ""
        return hmac.digest(key, f"{self._office}\n{mark.seq}\n{mark.hash}{said}".encode(), "sha256").hex()

    def _read_file(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"{self.path} cannot be read: {error.strerror or error}"
            raise StorageError(message) from error

    def _read_key(self) -> bytes:
        try:
            return self._key_path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            message = f"{self._key_path} cannot be read: {error.strerror or error}"
            raise StorageError(message) from error


def _said(given: Given) -> dict[str, object]:
    if given.day is None:
        return {}
    in_advance = {"in_advance": dict(given.in_advance)} if given.in_advance else {}
    return {"day": given.day.isoformat(), "numbers": dict(given.numbers), **in_advance}


def _given_of(facts: Mapping[str, Any]) -> Given:
    if "day" not in facts:
        return NONE_GIVEN
    numbers = {str(series): int(last) for series, last in facts["numbers"].items()}
    in_advance = {str(series): int(last) for series, last in facts.get("in_advance", {}).items()}
    return Given(dt.date.fromisoformat(facts["day"]), numbers, in_advance)


def _is_empty(text: bytes) -> bool:
    """Tell whether nothing was ever written: no byte, or zeros where the length came to the disk first."""
    return not text.strip(b"\0")
