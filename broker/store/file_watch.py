"""Whether the database is still the file that was opened: a file that was taken away swallows every commit."""

from __future__ import annotations

import os
from pathlib import Path

from broker.ports import StorageError


class FileWatch:
    """Looks at the names of an open SQLite file without opening it: closing it again would end the library's locks."""

    def __init__(self, path: Path | None) -> None:
        """Watch the file and the log beside it; nothing to watch where the database is no file of this machine."""
        self._path = path
        self._log = None if path is None else path.with_name(path.name + "-wal")
        self._ours: dict[Path, tuple[int, int]] = {}
        self._size = 0

    def look(self) -> None:
        """Raise `StorageError` where what we write to is not what the next program would open."""
        if self._path is None or self._log is None:
            return
        for path in (self._path, self._log):
            try:
                found = os.stat(path)  # noqa: PTH116 - on the way of every commit: half the time of Path.stat
            except OSError as error:
                message = f"{path} was taken away while the broker worked with it: {error.strerror or error}"
                raise StorageError(message) from error
            if self._ours.setdefault(path, (found.st_dev, found.st_ino)) != (found.st_dev, found.st_ino):
                message = f"another file was put in the place of {path} while the broker worked with it"
                raise StorageError(message)
            if path is self._path:
                if found.st_size < self._size:
                    message = (
                        f"{path} was cut from {self._size} to {found.st_size} bytes while the broker worked with it"
                    )
                    raise StorageError(message)
                self._size = found.st_size
