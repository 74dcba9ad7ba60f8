"""Commands to a running emulated device: a Unix socket `<data>/devices/NAME.sock`, one line in, one line out.

A line is a verb and its words. An answer that begins with `?` is a refusal.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 1000
PATIENCE_S = 5.0
FOLDER = "devices"

Deeds = Mapping[str, Callable[[str], object]]
"""What each verb does, with the rest of the line."""

log = logging.getLogger(__name__)


def socket_path(data_dir: Path, name: str) -> Path:
    """Return where the device called `name` takes its commands."""
    return data_dir / FOLDER / f"{name}.sock"


class Control:
    """Listens on one thread, `control-<name>`, and hands each line to `answer`, which may block for a moment."""

    def __init__(self, path: Path, answer: Callable[[str], str]) -> None:
        """Begin to listen. Raises OSError: no room, no right, or another process serves this very device."""
        self._path = path
        self._answer = answer
        path.parent.mkdir(parents=True, exist_ok=True)
        self._listener = _listen(path)
        self._thread = threading.Thread(target=self._serve, name=f"control-{path.stem}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and take the name away."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread; closing alone does not
        self._thread.join(PATIENCE_S)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            with caller, contextlib.suppress(OSError, TimeoutError):
                caller.settimeout(PATIENCE_S)
                line = caller.makefile("rb").readline(MOST_BYTES).decode(errors="replace").strip()
                caller.sendall(f"{self._answer(line)}\n".encode())


def tell(path: Path, line: str) -> str:
    """Send a command to the device behind `path` and return its answer. Raises OSError where nobody listens."""
    with _short(path) as name, socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(PATIENCE_S)
        caller.connect(name)
        caller.sendall(f"{line}\n".encode())
        return caller.makefile("rb").readline(MOST_BYTES).decode(errors="replace").strip()


def obey(line: str, deeds: Deeds, *, told: Callable[[], str]) -> str:
    """Do what `line` says and return what is `told` then, or a sentence that says what is wrong with the line."""
    verb, _, rest = line.strip().partition(" ")
    if verb not in deeds:
        return f"? {verb!r} is no command; there are: {', '.join(deeds)}"
    try:
        deeds[verb](rest)
    except (ValueError, OSError) as error:
        return f"? {line!r} is not understood: {error}"
    return told()


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    try:
        with _short(path) as name:
            if path.exists():
                _require_stale(path, name)
                path.unlink(missing_ok=True)
            listener.bind(name)
        path.chmod(0o600)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _require_stale(path: Path, name: str) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(name)
        except OSError:
            return  # what an ended process left behind
    message = f"{path} is served by another process"
    raise FileExistsError(message)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Yield a name of at most 108 bytes, more a socket's address cannot hold: by the folder's descriptor."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
