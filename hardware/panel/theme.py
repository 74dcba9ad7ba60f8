"""The one palette: calm, and never under 7:1 where text stands on ground. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields

Colour = tuple[float, float, float, float]
"""Red, green, blue, opacity; each from 0 to 1, as Kivy takes them."""

ENOUGH_CONTRAST = 7.0
"""WCAG 2.2, 1.4.6 (enhanced)."""

_LINEAR_UP_TO = 0.04045


def colour(text: str, opacity: float = 1.0) -> Colour:
    """Return the colour written as `#RRGGBB`."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, opacity


def luminance(of: Colour) -> float:
    """Return the relative luminance (WCAG 2.2 definition), 0 for black to 1 for white."""
    red, green, blue = (part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4 for part in of[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two opaque colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by their task. `*_soft` are grounds for the text colour of the same name."""

    ground: Colour
    surface: Colour
    ink: Colour
    ink_soft: Colour
    line: Colour
    primary: Colour
    primary_dark: Colour
    primary_soft: Colour
    on_primary: Colour
    on_primary_soft: Colour
    good: Colour
    good_soft: Colour
    warn: Colour
    warn_soft: Colour
    bad: Colour
    bad_soft: Colour
    veil: Colour
    clear: Colour
    lanes: tuple[Colour, ...]
    """Okabe-Ito, told apart by colour-blind readers too; never without letter and shape."""

    def lane(self, index: int) -> Colour:
        """Return the colour of the lane at `index` of the office's list."""
        return self.lanes[index % len(self.lanes)]

    def by_name(self, name: str) -> Colour:
        """Return a colour by its task's name; KeyError for an unknown one."""
        if name not in {field.name for field in fields(self)} - {"lanes"}:
            raise KeyError(name)
        found: Colour = getattr(self, name)
        return found


CALM = Theme(
    ground=colour("#F3F5F7"),
    surface=colour("#FFFFFF"),
    ink=colour("#10202E"),
    ink_soft=colour("#3C4A57"),
    line=colour("#D3DAE1"),
    primary=colour("#0B4463"),
    primary_dark=colour("#072F46"),
    primary_soft=colour("#E4EEF4"),
    on_primary=colour("#FFFFFF"),
    on_primary_soft=colour("#CFE3EE"),
    good=colour("#0A5238"),
    good_soft=colour("#E1F2EA"),
    warn=colour("#693A00"),
    warn_soft=colour("#FFF0D2"),
    bad=colour("#861A12"),
    bad_soft=colour("#FCE9E6"),
    veil=colour("#072F46", 0.82),
    clear=colour("#FFFFFF", 0.0),
    lanes=(
        colour("#0072B2"),
        colour("#E69F00"),
        colour("#009E73"),
        colour("#CC79A7"),
        colour("#D55E00"),
        colour("#56B4E9"),
    ),
)
"""The theme of all screens."""

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "primary_soft"),
    ("ink_soft", "ground"),
    ("ink_soft", "surface"),
    ("ink_soft", "primary_soft"),
    ("primary", "surface"),
    ("primary", "ground"),
    ("primary", "primary_soft"),
    ("on_primary", "primary"),
    ("on_primary", "primary_dark"),
    ("on_primary_soft", "primary"),
    ("on_primary_soft", "primary_dark"),
    ("good", "good_soft"),
    ("good", "surface"),
    ("warn", "warn_soft"),
    ("warn", "surface"),
    ("bad", "bad_soft"),
    ("bad", "surface"),
    ("ink", "good_soft"),
    ("ink", "warn_soft"),
    ("ink", "bad_soft"),
)
"""Every pair of text and ground that widgets may use; a test holds each to `ENOUGH_CONTRAST`."""
