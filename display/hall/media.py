"""Pictures and films from the office's folder, and how it stands with them. It reads the disk: not on Kivy's thread."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from display.pages.panel import MediaPage

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
FILMS = frozenset({".mp4", ".webm", ".mkv", ".mov", ".avi"})
MOST = 40
"""So many are shown; a folder that somebody takes for a store of photographs is not read to its end."""


def has_player() -> bool:
    """Tell whether films can be played here: by the library ffpyplayer, which an office installs if it wants to."""
    return importlib.util.find_spec("ffpyplayer") is not None


def media_in(
    folder: Path, language: str, *, plays: Callable[[], bool] = has_player
) -> tuple[tuple[MediaPage, ...], str]:
    """Return what is to be shown, by name, and a line of health. Blocks as long as the disk does."""
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        return (), f"no pictures: {folder}: {error.strerror}"
    films = [path for path in files if path.suffix.lower() in FILMS]
    can_play = not films or plays()
    shown = [path for path in files if path.suffix.lower() in PICTURES or (can_play and path in films)]
    pages = tuple(
        MediaPage(str(path), path in films, language, start=(place,)) for place, path in enumerate(shown[:MOST])
    )
    health = f"{len(pages)} shown"
    if len(shown) > MOST:
        health += f", {len(shown) - MOST} too many"
    if not can_play:
        health += f", {len(films)} films left out: pip install ffpyplayer"
    return pages, health
