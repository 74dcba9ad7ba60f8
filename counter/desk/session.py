"""Who is signed in at this window: kept on disk, so that a restart of the window asks nobody for a PIN."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from broker.contract.messages import CounterMessage, HallMessage
from hardware.files import write_whole

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in officer; `token` is what the engine wants to see with each request."""

    counter: str
    officer: str
    token: str = field(repr=False)
    day: str = ""
    """The office's day on which something was last done with it, as the wire writes days; empty where unknown."""


def ends_session(desk: CounterMessage | None, hall: HallMessage | None = None) -> bool:
    """Tell whether the engine says that the counter is closed, by its picture or by the hall that has just come.

    A server that remembers over a restart may have kept a picture of before the officer signed in: such a one is
    believed only together with a hall that is said now.
    """
    if desk is None or desk.state != "closed":
        return False
    if hall is None:
        return not desk.retained
    return (
        desk.retained
        and not hall.retained
        and any(one.id == desk.id and one.state == "closed" for one in hall.counters)
    )


class Sessions(Protocol):
    """Where the session outlives the window."""

    def load(self) -> Session | None:
        """Return the session of the last run, or None."""
        ...

    def save(self, session: Session) -> None:
        """Keep a session."""
        ...

    def clear(self) -> None:
        """Forget it."""
        ...


class SessionFile:
    """One small file that only its owner may read. An unreadable or unwritable one only costs a PIN."""

    def __init__(self, path: Path) -> None:
        """Use `path`; its folder is made when needed."""
        self._path = path

    def load(self) -> Session | None:
        """Return what was kept, or None where there is nothing or nothing sound."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            session = Session(**content)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            log.warning("%s holds no session: %s", self._path, error)
            return None
        return session if all(isinstance(value, str) for value in asdict(session).values()) else None

    def save(self, session: Session) -> None:
        """Write it whole or not at all, readable by the owner alone from the first moment."""
        try:
            write_whole(self._path, json.dumps(asdict(session)).encode())
        except OSError as error:
            log.warning("the session is not kept over a restart: %s", error)

    def clear(self) -> None:
        """Remove the file."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be removed: %s", self._path, error)
