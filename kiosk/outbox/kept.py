"""What was asked for and must come to an end, on disk until it has: a kiosk that was killed knows of it.

One small JSON file, written anew each time. On the screen's thread; only the writer waits for the disk.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from hardware.files import write_whole
from hardware.worker import DeviceWorker

MOST_KEPT = 50
"""A kiosk asks for one number at a time; the rest are visitors who left while nobody was answered."""

log = logging.getLogger(__name__)


class KeptRequest(BaseModel):
    """One request as it was sent, but for `until`; `at` is when, by the engine's clock."""

    model_config = ConfigDict(frozen=True)

    id: str
    command: str
    arguments: Mapping[str, JsonValue]
    at: AwareDatetime

    @property
    def as_question(self) -> Mapping[str, JsonValue]:
        """Return the arguments that bring the answer if it was done, and do nothing if it was not."""
        return {**self.arguments, "until": self.at.isoformat()}


_FILE = TypeAdapter(tuple[KeptRequest, ...])


class Shelf(Protocol):
    """Where requests are kept."""

    def found(self) -> bytes:
        """Return what an earlier run left."""
        ...

    def put(self, data: bytes, then: Callable[[], None]) -> None:
        """Replace what is kept; `then` is called once it is, or cannot be: a number is worth more than its record."""
        ...


class NoShelf:
    """Keeps nothing."""

    def found(self) -> bytes:
        """Return nothing."""
        return b""

    def put(self, data: bytes, then: Callable[[], None]) -> None:
        """Go on at once."""
        del data
        then()


class FileShelf:
    """A file, written by a thread that may wait for the disk."""

    def __init__(self, path: Path, writer: DeviceWorker, *, is_harmless: bool = False) -> None:
        """`writer` writes what it is given in order: the one that also writes the log of papers.

        `is_harmless`: what is over may be found by the next run, as where each is done once whoever asks again. Then a
        disk that refuses costs what is new alone.
        """
        self._path = path
        self._writer = writer
        self._is_harmless = is_harmless

    def found(self) -> bytes:
        """Return what an earlier run left; it blocks, and is asked for once, before anything is shown."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            log.error("the requests of the last run cannot be read: %s", error)  # noqa: TRY400 - it says it all
            return b""

    def put(self, data: bytes, then: Callable[[], None]) -> None:
        """Replace the file."""
        self._writer.submit(lambda: self._write(data), lambda _done: then())

    def _write(self, data: bytes) -> None:
        try:
            write_whole(self._path, data, durable=True)
        except OSError as error:
            log.error("requests cannot be kept: %s", error)  # noqa: TRY400 - the same
            if not self._is_harmless:
                # What is over must not be found by the next run, which might give up a ticket that somebody holds.
                with contextlib.suppress(OSError):
                    self._path.unlink()


class KeptRequests:
    """The requests that have not come to an end."""

    def __init__(self, shelf: Shelf, most: int = MOST_KEPT) -> None:
        """Read what an earlier run left; past `most` the oldest are forgotten."""
        self._shelf, self._most = shelf, most
        self._kept = {request.id: request for request in _read(shelf.found())}

    def left(self) -> tuple[KeptRequest, ...]:
        """Return what has not come to an end, the oldest first."""
        return tuple(self._kept.values())

    def keep(self, request: KeptRequest, then: Callable[[], None]) -> None:
        """Have a request on disk, then go on."""
        self._kept[request.id] = request
        for oldest in list(self._kept)[: -self._most]:
            log.warning("more than %d requests wait to be answered: the oldest is forgotten", self._most)
            del self._kept[oldest]
        self._write(then)

    def drop(self, identity: str) -> None:
        """Let a request go: nothing is left to be done about it."""
        if self._kept.pop(identity, None) is not None:
            self._write(lambda: None)

    def _write(self, then: Callable[[], None]) -> None:
        self._shelf.put(_FILE.dump_json(tuple(self._kept.values())), then)


def _read(found: bytes) -> tuple[KeptRequest, ...]:
    try:
        return _FILE.validate_json(found) if found else ()
    except ValidationError as error:
        log.warning("the requests of the last run make no sense: %s", error)
        return ()
