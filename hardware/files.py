"""Files below the data folder: whole or not at all, for their owner alone, and never without bound."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

OURS = (
    "*.db*",
    "*.ends",
    "*.head",
    "*.json",
    "*.key",
    "*.lock",
    "backups",
    "before-restore-*",
    "devices",
    "kivy",
    "logins",
    "logs",
    "mqtt",
    "outbox",
    "paper",
    "pictures",
    "prints",
    "requests",
    "rolls",
    "rules",
    "screens",
    "sound",
    "speech",
    "tmp",
)
"""What we write directly below a data folder: docs/data-folder.md."""

log = logging.getLogger(__name__)


def write_whole(path: Path, data: bytes, *, durable: bool = False, mode: int = 0o600) -> None:
    """Write `data` so that a reader sees the old file or the new one, never a part. Raises OSError.

    With `durable` it outlives a power cut from the moment of the return. Only its owner reads it, where `mode` does not
    say otherwise: what lies in the data folder tells who came when, or gives a holder's rights.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
        if durable:
            sync(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def open_to_append(path: Path) -> BinaryIO:
    """Open a file to write at its end; where it is not there it is made, for its owner alone. Raises OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "ab")


def for_owner_alone(path: Path, *, make: bool = False) -> None:
    """Take a file that everybody can read from all but its owner; with `make` it is there afterwards. Raises OSError.

    Of one that a group may read somebody has thought, so it stays as it is.
    """
    if make:
        path.touch(mode=0o600)
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if mode & 0o007:
            path.chmod(mode & 0o700)


def not_for_others(path: Path) -> int:
    """Return the rights of a file without those of others: as what it is written anew with. Raises OSError."""
    return path.stat().st_mode & 0o770


def read_by_others(path: Path) -> bool:
    """Tell whether anybody on this machine may read a file, for which the folders above it have to let them through."""
    try:
        is_open = bool(path.stat().st_mode & 0o004)
        return is_open and all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)
    except OSError:
        return False


def ours_read_by_others(folder: Path) -> list[Path]:
    """Return what we wrote below a data folder and anybody on this machine may read; as `close_to_others` finds it."""
    return [
        path
        for name in OURS
        for top in sorted(folder.glob(name))
        for path in (top, *(sorted(top.rglob("*")) if top.is_dir() and not top.is_symlink() else ()))
        if path.is_file() and not path.is_symlink() and read_by_others(path)
    ]


def for_us_alone() -> None:
    """Let all that this process and its children make from now on be for their owner alone: 0600, folders 0700."""
    os.umask(os.umask(0o077) | 0o077)


def close_to_others(folder: Path) -> None:
    """Take what lies in a data folder, left by a program before or an upload, from all but its owner.

    By name alone, so that a folder that holds more than ours keeps the rights of the rest; where a group was let read
    that stays. What cannot be changed is somebody else's, and they are told.
    """
    for name in OURS:
        for top in folder.glob(name):
            for path in (top, *(top.rglob("*") if top.is_dir() and not top.is_symlink() else ())):
                try:
                    if not path.is_symlink():
                        for_owner_alone(path)
                except OSError as error:
                    log.warning("others may read %s: its rights cannot be changed: %s", path, error.strerror or error)


def sync(path: Path) -> None:
    """Let a file, or a folder's own entries, reach the disk: without it a new name may be gone after a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_newest(folder: Path, pattern: str, *, count: int) -> None:
    """Delete all but the `count` newest files that match, so that a machine left alone for years has room."""
    dated: list[tuple[float, Path]] = []
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):  # another process may tidy up as well
            dated.append((path.stat().st_mtime, path))
    dated.sort(reverse=True)
    for _, path in dated[count:]:
        with contextlib.suppress(OSError):
            path.unlink()
