"""SQLite's write-ahead log from outside: is it whole, who keeps it from shrinking, who holds the lock for writing."""

from __future__ import annotations

import struct
from pathlib import Path

HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24
WRITER_BYTE = 120
"""Where in the `-shm` file the writer's lock is (SQLite: `UNIX_SHM_BASE`)."""
READER_BYTES = range(123, 128)
"""Where those who read hold the part of the log that they still need."""


def spoilt_frame(log: Path) -> int | None:
    """Return the number of the first page of the log that is not what was written, or None where all are.

    At the next start SQLite believes the log up to there and forgets the rest without a word. A page at the very end is
    no fault: it is being written, or its transaction was never committed.
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
    starts = range(HEADER_BYTES, len(data) - step + 1, step)
    for number, at in enumerate(starts, start=1):
        if is_whole and data[at + 8 : at + 16] == salt:
            sums = _checksum(sums, data[at : at + 8], words)
            sums = _checksum(sums, data[at + FRAME_HEADER_BYTES : at + step], words)
            is_whole = sums == struct.unpack_from(">2I", data, at + 16)
            if is_whole:
                continue
        goes_on = any(data[later + 8 : later + 16] == salt for later in starts[number:])
        return number if goes_on else None
    return None


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
