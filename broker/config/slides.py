"""In which order, and from when until when, the pictures and films of a display's folder are shown.

It stands beside them, in `slides.json`: what is copied with the folder to a display's own machine is shown the same
there. A folder without it is shown by the names of its files.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from broker.contract.slides import FILMS, PICTURES, SLIDES_FILE

log = logging.getLogger(__name__)


class Slide(BaseModel):
    """One file of the folder."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    since: dt.date | None = None
    until: dt.date | None = None
    """The last day."""
    by: str = ""
    """The id of whoever brought it, or changed its days last."""

    def is_of(self, day: dt.date) -> bool:
        """Tell whether it is shown on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Slides(BaseModel):
    """All of a folder, in their order."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    slides: tuple[Slide, ...] = ()

    def all_of(self, names: Iterable[str]) -> list[Slide]:
        """Return what is known of these files: in order, then those that somebody only copied there, by name."""
        there = set(names)
        known = [slide for slide in self.slides if slide.name in there]
        return [*known, *(Slide(name=name) for name in sorted(there - {slide.name for slide in known}))]


def slide_names(folder: Path) -> list[str]:
    """Return the pictures and films in a folder, by name; what is hidden is none of them. Raises OSError."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in PICTURES | FILMS and not path.name.startswith(".")
    )


def slides_to_change(folder: Path) -> Slides:
    """Return what stands beside the files, for whoever writes it anew. Raises OSError, ValidationError."""
    try:
        return Slides.model_validate_json((folder / SLIDES_FILE).read_bytes())
    except FileNotFoundError:
        return Slides()


def read_slides(folder: Path) -> Slides:
    """Return what stands beside the files; nothing where that cannot be read."""
    try:
        return slides_to_change(folder)
    except (OSError, ValueError) as error:  # ValueError: no JSON of ours, or no name of a folder
        log.warning("the order of the slides is passed over, %s is unreadable: %s", SLIDES_FILE, error)
        return Slides()
