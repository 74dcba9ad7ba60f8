"""Pictures and films from the office's folder, and how it stands with them. It reads the disk: not on Kivy's thread."""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from PIL import Image

from broker.config.slides import read_slides, slide_names
from broker.contract.slides import FILMS, MOST, MOST_PIXELS
from display.pages.panel import MediaPage

_FAULTS_TOLD = 3
_TOO_LARGE = "too large"


def has_player() -> bool:
    """Tell whether films can be played here: by the library ffpyplayer, which an office installs if it wants to."""
    return importlib.util.find_spec("ffpyplayer") is not None


def media_in(
    folder: Path, language: str, *, day: dt.date | None = None, plays: Callable[[], bool] = has_player
) -> tuple[tuple[MediaPage, ...], str]:
    """Return what is to be shown in the office's order, or by name, and a line of health.

    On a `day` only what is of that day. Blocks as long as the disk does.
    """
    try:
        files = [folder / name for name in slide_names(folder)]
    except OSError as error:
        return (), f"no pictures: {folder}: {error.strerror}"
    films = [path for path in files if path.suffix.lower() in FILMS]
    can_play = not films or plays()
    there = {path.name: path for path in files if can_play or path not in films}
    slides = read_slides(folder).all_of(there)
    of_today = [there[slide.name] for slide in slides if day is None or slide.is_of(day)]
    first = of_today[: 2 * MOST]
    faults = {path: fault for path in first if path not in films for fault in _faults(path)}
    shown = [path for path in first if path not in faults][:MOST]
    pages = tuple(MediaPage(str(path), path in films, language, start=(place,)) for place, path in enumerate(shown))
    health = f"{len(pages)} shown"
    if len(slides) > len(of_today):
        health += f", {len(slides) - len(of_today)} not of today"
    if too_many := len(of_today) - len(faults) - len(shown):
        health += f", {too_many} too many"
    if not can_play:
        health += f", {len(films)} films left out: pip install ffpyplayer"
    health += "".join(f", left out {path.name}: {fault}" for path, fault in list(faults.items())[:_FAULTS_TOLD])
    if len(faults) > _FAULTS_TOLD:
        health += f", and {len(faults) - _FAULTS_TOLD} more"
    return pages, health


def _faults(path: Path) -> Iterator[str]:
    """Yield why a picture cannot be shown. It is read to its end, again once it was changed, a broken one each time."""
    try:
        stat = path.stat()
        _read(str(path), stat.st_mtime_ns, stat.st_size)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        yield "cannot be opened" if isinstance(error, PermissionError) else _TOO_LARGE if _is_large(error) else "broken"


def _is_large(error: Exception) -> bool:
    return isinstance(error, Image.DecompressionBombError) or str(error) == _TOO_LARGE


@lru_cache(maxsize=2 * MOST)
def _read(path: str, _changed_ns: int, _size: int) -> None:
    with Image.open(path) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(_TOO_LARGE)
        picture.draft("RGB", (64, 64))
        picture.load()
