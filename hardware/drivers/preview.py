"""A printer without hardware: the very bytes are interpreted and drawn as a PNG of the paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from hardware.codecs.escpos_profile import Paper
from hardware.codecs.escpos_reader import read
from hardware.drivers.picture import draw
from hardware.errors import DeviceUnavailable
from hardware.files import keep_newest, write_whole
from hardware.ports import PrintResult

DEVICE = "preview"
KEPT_PICTURES = 500


class PreviewDriver:
    """Draws each job to `folder`, newest also as latest.png; refuses bytes that we never meant to send."""

    def __init__(self, folder: Path, paper: Paper, *, now: Callable[[], dt.datetime]) -> None:
        self._folder = folder
        self._paper = paper
        self._now = now

    def print(self, data: bytes, *, title: str) -> PrintResult:
        """Draw one job. Raises FrameError for bytes that are not understood, DeviceUnavailable if the disk refuses."""
        picture = draw(read(data, self._paper), self._paper)
        png = BytesIO()
        picture.image.save(png, "PNG")
        try:
            path = self._free_path(title)
            write_whole(path, png.getvalue())
            write_whole(self._folder / "latest.png", png.getvalue())
            keep_newest(self._folder, "[0-9]*.png", count=KEPT_PICTURES)
        except OSError as error:
            raise DeviceUnavailable(DEVICE, f"cannot write below {self._folder}: {error}") from error
        return PrintResult("confirmed", path)

    def health(self) -> str:
        """Return where the paper comes out."""
        return f"preview: pictures in {self._folder}"

    def _free_path(self, title: str) -> Path:
        name = re.sub(r"[^A-Za-z0-9-]+", "-", title).strip("-") or "paper"
        stem = f"{self._now():%Y%m%d-%H%M%S}-{name}"
        path, copy = self._folder / f"{stem}.png", 2
        while path.exists():
            path, copy = self._folder / f"{stem}-{copy}.png", copy + 1
        return path
