"""The office's own sign at the head of its screens: a picture file, and why one cannot be shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

LARGEST_PX = 4000
"""A side that is longer costs a screen memory and starting time, and nobody sees it."""
LEAST_SHARE, MOST_SHARE = 0.2, 6.0
"""Width over height: what is slimmer or wider says nothing at the height of a line of type."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that can be shown."""

    path: str
    share: float
    """Its width over its height."""


def read_logo(path: str | None) -> Logo | None:
    """Return the logo, or None where there is none that can be shown: the screen then stands without one."""
    found = None if path is None else _examined(Path(path))
    return found if isinstance(found, Logo) else None


def logo_fault(path: Path) -> str | None:
    """Return in words why a picture cannot stand at the head of a screen, or None where it can."""
    found = _examined(path)
    return found if isinstance(found, str) else None


def _examined(path: Path) -> Logo | str:
    try:
        if not path.is_file():
            return f"there is no picture {path} on this machine"
        with Image.open(path) as picture:
            if picture.format != "PNG":
                return f"{path} is no PNG picture but {picture.format}"
            width, height = picture.size
            if max(width, height) > LARGEST_PX:
                return f"{path} has {width} x {height} pixels; at most {LARGEST_PX} a side"
            if not LEAST_SHARE <= width / height <= MOST_SHARE:
                return f"{path} has {width} x {height} pixels: too long a strip for a line of type"
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return f"{path} is no picture that can be read: {str(error).replace(str(path), path.name)}"
    return Logo(str(path), width / height)
