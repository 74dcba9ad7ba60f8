"""Every version of config.yaml that came through the broker: who changed it when and why, with the whole text.

A change is laid here, on disk, before it is written into the journal, and a copy of it beside the file itself. So from
the journal's word on it can only come true: what a crash leaves half done is made good from here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from hardware.files import keep_newest, not_for_others, sync, write_whole

FOLDER = "rules"
DIGEST_LENGTH = 12
MOST = 200
"""So many versions are kept: of 50 KB each, some 10 MB."""
_STAGED = "staged"

log = logging.getLogger(__name__)


class Version(BaseModel):
    """One version, and what led to it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    digest: str
    before: str
    """The digest of what it took the place of; empty for what was there when the first change came."""
    at: dt.datetime
    by: str | None = None
    """An officer's id; None: whoever edited the file itself, or the office, for what was planned."""
    reason: str = ""
    sections: tuple[str, ...] = ()


def digest_of(text: bytes) -> str:
    """Return what tells one content of the file from another, for people and for the journal."""
    return hashlib.sha256(text).hexdigest()[:DIGEST_LENGTH]


class Versions:
    """The versions on disk. Reading is for any process of this machine; writing for the broker's alone."""

    def __init__(self, data_dir: Path) -> None:
        """Use a folder below the data folder; it is made with the first change."""
        self._folder = data_dir / FOLDER

    def listed(self) -> list[Version]:
        """Return all that can be read, the newest first."""
        found = (_read(path) for path in sorted(self._folder.glob("*.json"), reverse=True))
        return [version for version in found if version is not None]

    def text_of(self, digest: str) -> bytes | None:
        """Return the whole text of a version; None where it is not kept, or not whole any more."""
        path = next((path for path in self._folder.glob(f"*_{digest}.yaml")), None) if digest.isalnum() else None
        if path is None:
            return None
        with contextlib.suppress(OSError):
            text = path.read_bytes()
            return text if digest_of(text) == digest else None
        return None

    def keep(self, version: Version, text: bytes) -> None:
        """Keep a version for good; the oldest beyond a number go. Raises OSError."""
        name = f"{self._next_number():06d}_{version.digest}"
        write_whole(self._folder / f"{name}.yaml", text, durable=True)
        write_whole(self._folder / f"{name}.json", version.model_dump_json().encode(), durable=True)
        self._tidy()

    def stage(self, version: Version, text: bytes) -> None:
        """Lay a version down that may come to count, durably. Raises OSError, and leaves nothing then."""
        folder = self._folder / _STAGED
        try:
            write_whole(folder / f"{version.digest}.yaml", text, durable=True)
            write_whole(folder / f"{version.digest}.json", version.model_dump_json().encode(), durable=True)
        except OSError:
            self.drop(version.digest)
            raise

    def staged(self, digest: str) -> tuple[Version, bytes] | None:
        """Return what was laid down, where it is whole."""
        folder = self._folder / _STAGED
        version = _read(folder / f"{digest}.json")
        with contextlib.suppress(OSError):
            text = (folder / f"{digest}.yaml").read_bytes()
            if version is not None and digest_of(text) == digest:
                return version, text
        return None

    def settle(self, digest: str) -> None:
        """Let what was laid down be a version like the others. Raises OSError."""
        found = self.staged(digest)
        if found is not None:
            self.keep(*found)
            self.drop(digest)

    def drop(self, digest: str) -> None:
        """Forget what was laid down and did not come to count."""
        for ending in ("json", "yaml"):
            with contextlib.suppress(OSError):
                (self._folder / _STAGED / f"{digest}.{ending}").unlink()

    def drop_all(self, *, older_than_s: float = 0.0) -> None:
        """Forget all that was laid down so long ago, and did not come to count."""
        _sweep((self._folder / _STAGED).glob("*.*"), older_than_s)

    def _next_number(self) -> int:
        names = [path.stem.partition("_")[0] for path in self._folder.glob("*.yaml")]
        return 1 + max((int(name) for name in names if name.isdecimal()), default=0)

    def _tidy(self) -> None:
        keep_newest(self._folder, "*.json", count=MOST)
        kept = {path.stem for path in self._folder.glob("*.json")}
        for path in self._folder.glob("*.yaml"):
            if path.stem not in kept:
                with contextlib.suppress(OSError):
                    path.unlink()


class RulesFile:
    """config.yaml as the broker replaces it: whole, with the same mode and owner, and durably."""

    def __init__(self, path: Path) -> None:
        """Use the file that `path` leads to: a link stays one."""
        self._path = Path(os.path.realpath(path))

    @property
    def folder(self) -> Path:
        """Return where the file lies."""
        return self._path.parent

    def read(self) -> bytes:
        """Return what it says. Raises OSError."""
        return self._path.read_bytes()

    def digest(self) -> str:
        """Return the digest of what it says; empty where it cannot be read."""
        try:
            return digest_of(self.read())
        except OSError:
            return ""

    def changed_at(self) -> dt.datetime:
        """Return when it was written last. Raises OSError."""
        return dt.datetime.fromtimestamp(self._path.stat().st_mtime, dt.UTC)

    def beside(self, digest: str) -> Path:
        """Return where a text is laid beside the file that may take its place."""
        return self.folder / f".{self._path.name}-{digest}"

    def lay_beside(self, text: bytes) -> Path:
        """Write a text beside the file, durably, for its owner and its group as that is. Raises OSError."""
        path, found = self.beside(digest_of(text)), self._path.stat()
        write_whole(path, text, durable=True, mode=not_for_others(self._path))
        if (os.geteuid(), os.getegid()) != (found.st_uid, found.st_gid):
            with contextlib.suppress(PermissionError):
                os.chown(path, found.st_uid, found.st_gid)
        return path

    def replace(self, digest: str) -> None:
        """Let what was laid beside the file take its place. Raises OSError."""
        self.beside(digest).replace(self._path)
        sync(self.folder)

    def forget(self, digest: str) -> None:
        """Take away what was laid beside."""
        with contextlib.suppress(OSError):
            self.beside(digest).unlink()

    def forget_all(self, *, older_than_s: float = 0.0) -> None:
        """Take away all that was laid beside so long ago, and left."""
        _sweep(self.folder.glob(f".{self._path.name}-{'[0-9a-f]' * DIGEST_LENGTH}"), older_than_s)


def _sweep(paths: Iterable[Path], older_than_s: float) -> None:
    for path in list(paths):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime >= older_than_s:
                path.unlink()


def _read(path: Path) -> Version | None:
    try:
        return Version.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError, ValueError) as error:
        log.warning("a version of the configuration is passed over, %s is unreadable: %s", path.name, error)
        return None
