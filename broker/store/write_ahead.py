"""SQLite's write-ahead log from outside: is it whole, who keeps it from shrinking, who holds the lock for writing."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24
INDEX_HEADER_BYTES = 48
WRITER_BYTE = 120
"""Where in the `-shm` file the writer's lock is (SQLite: `UNIX_SHM_BASE`)."""
READER_BYTES = range(123, 128)
"""Where those who read hold the part of the log that they still need."""


def spoilt_frame(log: Path, *, pages: int | None = None) -> int | None:
    """Return the number of the first page of the log that is not what was written, or None where all are.

    At the next start SQLite believes the log up to there and forgets the rest without a word. `pages` is how many of
    them count, where that is known. Else a page at the very end is no fault: it is being written, or was taken back.
    """
    try:
        data = log.read_bytes()
    except OSError:
        return None
    if len(data) < HEADER_BYTES:
        return None
    magic, _, page_bytes, _ = struct.unpack_from(">4I", data)
    salt = data[16:24]
    words = ">" if magic & 1 else "<"
    sums = _checksum((0, 0), data[:24], words)
    is_whole = sums == struct.unpack_from(">2I", data, 24)
    step = FRAME_HEADER_BYTES + page_bytes
    starts = range(HEADER_BYTES, len(data) - step + 1, step)[:pages]
    for number, at in enumerate(starts, start=1):
        if is_whole and data[at + 8 : at + 16] == salt:
            sums = _checksum(sums, data[at : at + 8], words)
            sums = _checksum(sums, data[at + FRAME_HEADER_BYTES : at + step], words)
            is_whole = sums == struct.unpack_from(">2I", data, at + 16)
            if is_whole:
                continue
        counts = pages is not None or any(data[later + 8 : later + 16] == salt for later in starts[number:])
        return number if counts else None
    return None


class LogIndex:
    """Reads in the `-shm` file how many pages of a log count.

    It is closed after the database, never before: closing any handle of a file ends the locks that a process has on it.
    """

    def __init__(self, database: Path) -> None:
        """Name the file; `open` opens it."""
        self._path = database.with_name(database.name + "-shm")
        self._file: int | None = None

    def pages(self) -> int | None:
        """Return how many pages count; None where that cannot be told."""
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDONLY)
            head = os.pread(self._file, INDEX_HEADER_BYTES, 0)
        except OSError:
            return None
        is_ready = len(head) == INDEX_HEADER_BYTES and head[12] != 0
        return int.from_bytes(head[16:20], sys.byteorder) if is_ready else None

    def close(self) -> None:
        """Let the file go, once the database is closed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def readers_of(database: Path) -> frozenset[int]:
    """Return the processes that read in the log at this moment, by the locks that the system knows."""
    return frozenset(pid for pid, byte in _locks(database) if byte in READER_BYTES)


def writers_of(database: Path) -> frozenset[int]:
    """Return the processes that hold the lock for writing at this moment."""
    return frozenset(pid for pid, byte in _locks(database) if byte == WRITER_BYTE)


def name_of(pid: int) -> str:
    """Return a process as one would look for it: its command and its number."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        words = ""
    return f"{words or 'process'} ({pid})"


def _locks(database: Path) -> list[tuple[int, int]]:
    """Return (process, byte) of every lock on the file through which users of a log agree."""
    try:
        inode = database.with_name(database.name + "-shm").stat().st_ino
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        words = line.replace("-> ", "").split()
        pid, where, first, last = words[4:8]
        if int(where.split(":")[2]) == inode and last != "EOF":
            found += [(int(pid), byte) for byte in range(int(first), int(last) + 1)]
    return found


def _checksum(sums: tuple[int, int], data: bytes, words: str) -> tuple[int, int]:
    """Return the sums after some more of the log (SQLite: file format, 4.2)."""
    first, second = sums
    numbers = iter(struct.unpack(f"{words}{len(data) // 4}I", data))
    for one, other in zip(numbers, numbers, strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second
