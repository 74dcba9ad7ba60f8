"""The right to write: one engine an office, whatever folder it was started in and whoever removed a lock file.

Two engines on one database would give numbers out twice and break the journal's chain. On a file the system holds the
right, for as long as the process lives. On a database server it is lent for some seconds, by the server's own clock.
In both each change of hands raises an epoch, and every commit begins by looking whether the epoch is still its own:
an engine that stood still while another one took over writes nothing any more.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
import time
import zlib
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from broker.ports import StorageError
from broker.store.writing import Writing

LENT_S = 3.0
"""So long a right is lent on a database server: whoever is killed is followed after this."""
RENEW_S = 1.0
_FIRST_BYTE = 1 << 61
"""Locks of ours lie far behind the file's end, and far from those that SQLite takes itself (from 2**30 on)."""
_LOCK = struct.Struct("hhqqi4x")
"""`struct flock` of 64-bit Linux: type, whence, start, length, pid; the pid is 0, as such locks ask for."""

_TAKE = """
INSERT INTO leases (office, epoch, holder, until_us) VALUES (:office, 1, :holder, {until})
ON CONFLICT (office) DO UPDATE SET epoch = leases.epoch + 1, holder = :holder, until_us = {until}
{free} RETURNING epoch"""
_NOW_US: Final = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_LENT_UNTIL: Final = f"{_NOW_US} + {int(LENT_S * 1e6)}"
TAKE_FILE: Final = text(_TAKE.format(until="0", free=""))
TAKE_LENT: Final = text(_TAKE.format(until=_LENT_UNTIL, free=f"WHERE leases.until_us < {_NOW_US}"))
_LOOK: Final = "SELECT epoch FROM leases WHERE office = ?"
_RENEW: Final = f"UPDATE leases SET until_us = {_LENT_UNTIL} WHERE office = ? AND epoch = ? RETURNING epoch"  # noqa: S608
_HOLD: Final = text(_RENEW.replace("?", ":office", 1).replace("?", ":epoch", 1))
_GIVE_BACK: Final = text("UPDATE leases SET until_us = 0 WHERE office = :office AND epoch = :epoch")
_HOLDER: Final = text("SELECT holder FROM leases WHERE office = :office")


class FileHold:
    """The system's lock on an office in a database file: it ends with the process, and cannot be removed.

    Close it after the database: closing any handle of a file ends the locks that SQLite has on it in this process.
    """

    def __init__(self, path: Path, office: str) -> None:
        """Take the lock at once; `StorageError` where another process has it."""
        try:
            self._file = os.open(path, os.O_RDWR)
        except OSError as error:
            message = f"unable to open {path}: {error.strerror or error}"
            raise StorageError(message) from error
        wanted = _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, _FIRST_BYTE + zlib.crc32(office.encode()), 1, 0)
        try:
            fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, wanted)
        except OSError as error:
            self.close()
            if error.errno not in {errno.EAGAIN, errno.EACCES}:
                message = f"{path} cannot be held for one broker alone: {error.strerror or error}"
                raise StorageError(message) from error
            raise StorageError(refused(str(path))) from error

    def close(self) -> None:
        """Let the office go; again does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class Lease:
    """The epoch in which this engine writes."""

    def __init__(self, connection: Connection, office: str) -> None:
        """Take the right over; `StorageError` where another engine has it and keeps it."""
        self._office = office
        self._is_lent = connection.dialect.name != "sqlite"
        self._lost = ""
        holder = f"{socket.gethostname()}, process {os.getpid()}"
        by_s = time.monotonic() + LENT_S + RENEW_S
        while True:
            with connection.begin():
                epoch = connection.scalar(
                    TAKE_LENT if self._is_lent else TAKE_FILE, {"office": office, "holder": holder}
                )
                other = connection.scalar(_HOLDER, {"office": office})
            if epoch is not None:
                self.epoch = int(epoch)
                return
            if time.monotonic() > by_s:
                raise StorageError(refused("this database", str(other)))
            time.sleep(RENEW_S / 4)

    def require(self, writing: Writing) -> None:
        """Look, within a transaction, whether it is still ours to write; renews what is lent."""
        if self._lost:
            raise StorageError(self._lost)
        row = (self._office, self.epoch) if self._is_lent else (self._office,)
        found = writing.one(_RENEW if self._is_lent else _LOOK, row)
        if found is None or int(found[0]) != self.epoch:
            self._lost = (
                "another broker has taken this office over, and nothing is written here any more: stop this one, or "
                "stop the other one and start this one anew"
            )
            raise StorageError(self._lost)

    def hold(self, connection: Connection) -> None:
        """Keep others waiting until the transaction ends that has begun; `StorageError` where one was faster."""
        if connection.scalar(_HOLD, {"office": self._office, "epoch": self.epoch}) is None:
            raise StorageError(refused("this database"))

    def give_back(self, connection: Connection) -> None:
        """Let the next engine begin at once."""
        with connection.begin():
            connection.execute(_GIVE_BACK, {"office": self._office, "epoch": self.epoch})


def refused(where: str, holder: str = "") -> str:
    """Return why an engine does not begin."""
    by = f" ({holder})" if holder else ""
    return (
        f"another broker{by} already works with {where}: two would give numbers out twice. Stop it; or name another "
        "database (store.url) or folder (--data)"
    )
