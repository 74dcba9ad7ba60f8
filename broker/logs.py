"""Where a process writes what it did: a file of its own below the data folder, and warnings to the terminal."""

from __future__ import annotations

import io
import logging
import logging.handlers
import sys
import time
from pathlib import Path
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

from broker.contract.messages import Reply
from hardware.files import open_to_append

MAX_BYTES = 2_000_000
KEPT_FILES = 3
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_NAMED = {"asctime": "at", "levelname": "level", "name": "logger"}
Lines = Literal["text", "json"]

requests = logging.getLogger("requests")
"""One line for each request as it is asked, and as it is answered, with its id: only where a program reads the log."""


def log_to(data_dir: Path, name: str, *, terminal: int = logging.WARNING, lines: Lines = "text") -> Path:
    """Send the log of this process to `data_dir/logs/<name>.log`; return that path.

    As `json` each line is an object, those to the terminal, too, and requests are in it.
    """
    folder = data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.log"
    file = _OwnersLog(path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    file.setLevel(logging.INFO)
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(terminal)
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=[file, screen], force=True)
    if lines == "json":
        for handler in (file, screen):
            handler.setFormatter(_json(name))
    requests.setLevel(logging.INFO if lines == "json" else logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return path


def asked(client: str, command: str, request: str) -> None:
    """Tell the log of a request as it is sent; never what is in it."""
    if requests.isEnabledFor(logging.INFO):
        requests.info("asked", extra={"client": client, "command": command, "request": request})


def answered(client: str, reply: Reply | bytes) -> None:
    """Tell the log of a request's answer, as it is or as it goes over the wire: `done`, or the code of the error."""
    if requests.isEnabledFor(logging.INFO):
        said = Reply.model_validate_json(reply) if isinstance(reply, bytes) else reply
        outcome = "done" if said.error is None else said.error.code
        requests.info("answered", extra={"client": client, "request": said.id, "outcome": outcome})


def _json(process: str) -> JsonFormatter:
    """Return what writes a line for programs: when in UTC, how grave, which process."""
    made = JsonFormatter(
        "%(asctime)s %(levelname)s %(name)s %(message)s",
        "%Y-%m-%dT%H:%M:%S%z",
        rename_fields=_NAMED,
        static_fields={"process": process},
        json_ensure_ascii=False,
    )
    made.converter = time.gmtime
    return made


class _OwnersLog(logging.handlers.RotatingFileHandler):
    """A log for its owner alone: it tells when which number was where."""

    def _open(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(open_to_append(Path(self.baseFilename)), encoding=self.encoding, errors=self.errors)
