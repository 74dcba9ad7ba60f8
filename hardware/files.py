"""Files below the data folder: whole or not at all, and never without bound."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes, *, durable: bool = False, mode: int = 0o644) -> None:
    """Write `data` so that a reader sees the old file or the new one, never a part. Raises OSError.

    With `durable` it outlives a power cut from the moment of the return. Until it has `mode` only its owner reads it.
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
            sync_folder(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Let the folder's own entry reach the disk: without it a new name may be gone after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
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
