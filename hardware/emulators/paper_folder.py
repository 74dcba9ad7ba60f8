"""Where an emulated printer's papers fall: pictures in a folder, the newest also as latest.png."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from hardware.codecs.escpos_printed import Printed
from hardware.codecs.escpos_profile import Paper
from hardware.emulators.picture import draw
from hardware.files import keep_newest, write_whole

KEPT_PICTURES = 500

log = logging.getLogger(__name__)


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
        draw(paper, self._paper).image.save(png, "PNG")
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
