"""Where a process writes what it did: a file of its own below the data folder, and warnings to the terminal."""

from __future__ import annotations

import io
import logging
import logging.handlers
import sys
from pathlib import Path

from hardware.files import open_to_append

MAX_BYTES = 2_000_000
KEPT_FILES = 3
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def log_to(data_dir: Path, name: str, *, terminal: int = logging.WARNING) -> Path:
    """Send the log of this process to `data_dir/logs/<name>.log`; return that path."""
    folder = data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.log"
    file = _OwnersLog(path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    file.setLevel(logging.INFO)
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(terminal)
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=[file, screen], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return path


class _OwnersLog(logging.handlers.RotatingFileHandler):
    """A log for its owner alone: it tells when which number was where."""

    def _open(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(open_to_append(Path(self.baseFilename)), encoding=self.encoding, errors=self.errors)
