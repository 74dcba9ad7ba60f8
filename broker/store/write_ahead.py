"""SQLite's write-ahead log from outside: is it whole, who keeps it from shrinking, who holds the lock for writing."""

from __future__ import annotations

import os
import struct
import sys
import zlib
from pathlib import Path
from typing import BinaryIO

HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24
INDEX_HEADER_BYTES = 48
WRITER_BYTE = 120
"""Where in the `-shm` file the writer's lock is (SQLite: `UNIX_SHM_BASE`)."""
FRAMES_AT_ONCE = 400
"""So many new frames are summed up at one look of the watch (30 ms): in a rush the rest waits until there is time."""
READER_BYTES = range(123, 128)
"""Where those who read hold the part of the log that they still need."""


def spoilt_frame(log: Path, *, pages: int | None = None) -> int | None:
    """Return the number of the first page of the log that is not what was written, or None where all are.

    At the next start SQLite believes the log up to there and forgets the rest without a word. `pages` is how many of
    them count, where that is known. Else a page at the very end is no fault: it is being written, or was taken back.
    """
    try:
        with log.open("rb") as file:
            return _first_spoilt(file, pages)
    except OSError:
        return None


def _first_spoilt(file: BinaryIO, pages: int | None) -> int | None:
    """Read page after page: a log of ten MiB is not to lie in memory."""
    header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    magic, _, page_bytes, _ = struct.unpack_from(">4I", header)
    salt = header[16:24]
    words = ">" if magic & 1 else "<"
    sums = _checksum((0, 0), header[:24], words)
    is_whole = sums == struct.unpack_from(">2I", header, 24)
    step = FRAME_HEADER_BYTES + page_bytes
    spoilt, number = None, 0
    while (pages is None or number < pages) and len(frame := file.read(step)) == step:
        number += 1
        belongs = frame[8:16] == salt
        if spoilt is not None:
            if belongs:
                return spoilt
            continue
        if is_whole and belongs:
            sums = _frame_sums(sums, frame, 0, step, words)
            is_whole = sums == struct.unpack_from(">2I", frame, 16)
            if is_whole:
                continue
        if pages is not None:
            return number
        spoilt = number
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


class LogWatch:
    """Notices within seconds that a page of a log at work is not what was written any more, at little cost.

    Every frame is summed up once as SQLite does it; what was whole then is compared by a quick sum with each look.
    Used by one thread, which need not be the one that writes: what is overwritten during a look can make a log suspect,
    so ask `spoilt_frame` in the writer's thread for the truth.
    """

    def __init__(self, log: Path, index: LogIndex) -> None:
        """Watch a log; `index` tells how many frames count."""
        self._log = log
        self._index = index
        self._header = b""
        self._frames = self._quick_sum = 0
        self._sums = 0, 0

    def is_suspect(self) -> bool:
        """Look; tell whether a page seems to be spoilt."""
        if self._is_whole(FRAMES_AT_ONCE):
            return False
        self._forget(b"")
        return not self._is_whole(sys.maxsize)

    def _is_whole(self, most: int) -> bool:
        pages = self._index.pages()
        try:
            data = self._log.read_bytes()
        except OSError:
            return True  # taken away: the watch of the files says that
        if not pages or len(data) < HEADER_BYTES:
            self._forget(b"")
            return True
        if data[:HEADER_BYTES] != self._header or pages < self._frames:
            self._forget(data[:HEADER_BYTES])
        return self._is_summed_up(data, min(pages, self._frames + most))

    def _is_summed_up(self, data: bytes, frames: int) -> bool:
        """Compare what was summed up before, and sum up the rest, so far."""
        magic, _, page_bytes, _ = struct.unpack_from(">4I", data)
        words, step = ">" if magic & 1 else "<", FRAME_HEADER_BYTES + page_bytes
        if self._frames == 0:
            self._sums = _checksum((0, 0), data[:24], words)
            if self._sums != struct.unpack_from(">2I", data, 24):
                return False
        seen = memoryview(data)
        summed = HEADER_BYTES + self._frames * step
        if zlib.crc32(seen[HEADER_BYTES:summed]) != self._quick_sum:
            return False
        for at in range(summed, HEADER_BYTES + frames * step, step):
            if len(data) < at + step or data[at + 8 : at + 16] != data[16:24]:
                return False
            self._sums = _frame_sums(self._sums, seen, at, step, words)
            if self._sums != struct.unpack_from(">2I", data, at + 16):
                return False
            self._quick_sum = zlib.crc32(seen[at : at + step], self._quick_sum)
            self._frames += 1
        return True

    def _forget(self, header: bytes) -> None:
        """Begin anew: with each round of the log SQLite makes up another header."""
        self._header = header
        self._frames, self._quick_sum, self._sums = 0, 0, (0, 0)


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


def _frame_sums(sums: tuple[int, int], data: bytes | memoryview, at: int, step: int, words: str) -> tuple[int, int]:
    """Return the sums after one more frame: the page it is of, and the page."""
    sums = _checksum(sums, data[at : at + 8], words)
    return _checksum(sums, data[at + FRAME_HEADER_BYTES : at + step], words)


def _checksum(sums: tuple[int, int], data: bytes | memoryview, words: str) -> tuple[int, int]:
    """Return the sums after some more of the log (SQLite: file format, 4.2)."""
    first, second = sums
    numbers = iter(struct.unpack(f"{words}{len(data) // 4}I", data))
    for one, other in zip(numbers, numbers, strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second
