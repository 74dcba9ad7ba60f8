"""Where an emulated printer's papers fall: pictures in a folder, the newest also as latest.png."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from hardware.codecs.escpos_printed import Printed, StoredLogo
from hardware.codecs.escpos_profile import Paper
from hardware.emulators.picture import draw
from hardware.files import keep_newest, write_whole

KEPT_PICTURES = 500

log = logging.getLogger(__name__)


class LogoFile:
    """The memory of an emulated printer: a file, so that a picture stored by one process is there for the next."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, logo: StoredLogo) -> None:
        """Store the picture; a disk that refuses is logged."""
        size = logo.width_bytes.to_bytes(2, "little") + logo.height_dots.to_bytes(2, "little")
        try:
            write_whole(self._path, size + logo.bits)
        except OSError as error:
            log.warning("the emulated printer cannot keep its logo: %s", error)

    def kept(self) -> StoredLogo | None:
        """Return the picture; a damaged file is none."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return None
        width, height = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
        return StoredLogo(width, height, data[4:]) if len(data) == 4 + width * height else None


class PaperFolder:
    """Draws each paper. `title` names the next one for people; `newest` is the last that was drawn."""

    def __init__(self, folder: Path, paper: Paper, *, now: Callable[[], dt.datetime]) -> None:
        self.title = ""
        self.newest: Path | None = None
        self.folder = folder
        self._paper = paper
        self._now = now

    def put(self, paper: tuple[Printed, ...]) -> None:
        """Draw one paper; a disk that refuses is logged, and printing goes on."""
        png = BytesIO()
        draw(paper, self._paper).image.save(png, "PNG", compress_level=1)  # three times as fast, a fifth larger
        try:
            path = self._free_path()
            write_whole(path, png.getvalue())
            write_whole(self.folder / "latest.png", png.getvalue())
            keep_newest(self.folder, "[0-9]*.png", count=KEPT_PICTURES)
        except OSError as error:
            log.warning("cannot draw the paper below %s: %s", self.folder, error)
        else:
            self.newest = path

    def _free_path(self) -> Path:
        name = re.sub(r"[^A-Za-z0-9-]+", "-", self.title).strip("-") or "paper"
        stem = f"{self._now():%Y%m%d-%H%M%S}-{name}"
        path, copy = self.folder / f"{stem}.png", 2
        while path.exists():
            path, copy = self.folder / f"{stem}-{copy}.png", copy + 1
        return path
