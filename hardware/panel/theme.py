"""The palettes: light, dark and high contrast; never under 7:1 (15:1) where text stands on ground. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from hardware.colours import BLACK, GROUND, INK, WHITE, Colour, accented, colour


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by their tasks. `*_soft` are grounds for text of the same name; `on_*` is text on that ground."""

    ground: Colour
    surface: Colour
    ink: Colour
    ink_soft: Colour
    line: Colour
    """Borders of what can be touched."""
    rule: Colour
    """Lines that part things and mean nothing."""
    primary: Colour
    primary_dark: Colour
    """`primary` while it is pressed."""
    primary_soft: Colour
    on_primary: Colour
    on_primary_soft: Colour
    pressed: Colour
    on_pressed: Colour
    band: Colour
    """The ground of a screen's head, and of the call that matters."""
    band_raised: Colour
    """A surface on the band."""
    on_band: Colour
    on_band_soft: Colour
    access: Colour
    """Text and border of what helps those who need it: access and priority."""
    access_soft: Colour
    good: Colour
    good_soft: Colour
    warn: Colour
    warn_soft: Colour
    bad: Colour
    bad_soft: Colour
    focus: Colour
    focus_gap: Colour
    """Within the ring of `focus`, so that one of the two stands out from whatever lies beside."""
    lane_ground: Colour
    lane_ink: Colour
    veil: Colour
    clear: Colour
    lanes: tuple[Colour, ...]
    """Okabe-Ito, told apart by colour-blind readers too; never without letter and shape."""

    def lane(self, index: int) -> Colour:
        """Return the colour of the lane at `index` of the office's list."""
        return self.lanes[index % len(self.lanes)]

    def with_accent(self, accent: str) -> Theme:
        """Return the theme in an office's own colour, which `hardware.colours.accent_fault` has passed."""
        made: dict[str, Any] = dict(accented(colour(accent)))
        return replace(self, **made)

    def by_name(self, name: str) -> Colour:
        """Return a colour by its task's name; KeyError for an unknown one."""
        if name not in {field.name for field in fields(self)} - {"lanes"}:
            raise KeyError(name)
        found: Colour = getattr(self, name)
        return found


OKABE_ITO = tuple(colour(text) for text in ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9"))

LIGHT = Theme(
    ground=GROUND,
    surface=WHITE,
    ink=INK,
    ink_soft=colour("#3C4A57"),
    line=colour("#5A7184"),
    rule=colour("#C9D2DA"),
    primary=colour("#0B4060"),
    primary_dark=colour("#062338"),
    primary_soft=colour("#E4EEF4"),
    on_primary=WHITE,
    on_primary_soft=colour("#D6E8F2"),
    pressed=colour("#B9D4E3"),
    on_pressed=colour("#10202E"),
    band=colour("#072B42"),
    band_raised=colour("#0B4060"),
    on_band=WHITE,
    on_band_soft=colour("#D6E8F2"),
    access=colour("#5F3A00"),
    access_soft=colour("#FFE7B5"),
    good=colour("#0A5238"),
    good_soft=colour("#E1F2EA"),
    warn=colour("#693A00"),
    warn_soft=colour("#FFF0D2"),
    bad=colour("#861A12"),
    bad_soft=colour("#FCE9E6"),
    focus=colour("#10202E"),
    focus_gap=WHITE,
    lane_ground=WHITE,
    lane_ink=colour("#10202E"),
    veil=colour("#072B42", 0.82),
    clear=colour("#FFFFFF", 0.0),
    lanes=OKABE_ITO,
)
"""The theme that every screen begins with."""

DARK = Theme(
    ground=colour("#0E1822"),
    surface=colour("#182633"),
    ink=colour("#F4F7F9"),
    ink_soft=colour("#C6D3DD"),
    line=colour("#8AA0B2"),
    rule=colour("#354859"),
    primary=colour("#A6D4EF"),
    primary_dark=colour("#D9EFFB"),
    primary_soft=colour("#20384A"),
    on_primary=colour("#06202F"),
    on_primary_soft=colour("#0B2C40"),
    pressed=colour("#34566E"),
    on_pressed=WHITE,
    band=colour("#081019"),
    band_raised=colour("#12283A"),
    on_band=WHITE,
    on_band_soft=colour("#C9DDE9"),
    access=colour("#FFD27A"),
    access_soft=colour("#3A2A0A"),
    good=colour("#8FE0BC"),
    good_soft=colour("#0F3325"),
    warn=colour("#FFD27A"),
    warn_soft=colour("#3A2A0A"),
    bad=colour("#FFC2BA"),
    bad_soft=colour("#4A1712"),
    focus=WHITE,
    focus_gap=colour("#0E1822"),
    lane_ground=WHITE,
    lane_ink=colour("#10202E"),
    veil=colour("#000000", 0.82),
    clear=colour("#000000", 0.0),
    lanes=OKABE_ITO,
)
"""For a dim room: an office after hours, a desk at night."""

CONTRAST = Theme(
    ground=BLACK,
    surface=BLACK,
    ink=WHITE,
    ink_soft=WHITE,
    line=WHITE,
    rule=WHITE,
    primary=colour("#FFE600"),
    primary_dark=WHITE,
    primary_soft=BLACK,
    on_primary=BLACK,
    on_primary_soft=BLACK,
    pressed=WHITE,
    on_pressed=BLACK,
    band=BLACK,
    band_raised=BLACK,
    on_band=WHITE,
    on_band_soft=WHITE,
    access=colour("#FFE600"),
    access_soft=BLACK,
    good=WHITE,
    good_soft=BLACK,
    warn=colour("#FFE600"),
    warn_soft=BLACK,
    bad=WHITE,
    bad_soft=BLACK,
    focus=colour("#FFE600"),
    focus_gap=BLACK,
    lane_ground=WHITE,
    lane_ink=BLACK,
    veil=colour("#000000", 0.9),
    clear=colour("#000000", 0.0),
    lanes=OKABE_ITO,
)
"""For whoever sees little: black, white and one yellow; surfaces are told apart by their borders alone."""

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("ink", "ink_soft", "primary") for ground in ("ground", "surface", "primary_soft")),
    *((text, ground) for text in ("on_primary", "on_primary_soft") for ground in ("primary", "primary_dark")),
    *((text, ground) for text in ("on_band", "on_band_soft") for ground in ("band", "band_raised")),
    ("on_pressed", "pressed"),
    *((text, ground) for text in ("good", "warn", "bad", "access") for ground in (f"{text}_soft", "surface", "ground")),
    *(("ink", ground) for ground in ("good_soft", "warn_soft", "bad_soft", "access_soft")),
    ("lane_ink", "lane_ground"),
)
"""Every pair of text and ground that widgets may use; a test holds each to `ENOUGH_CONTRAST` or `HIGH_CONTRAST`."""

EDGE_PAIRS: tuple[tuple[str, str], ...] = (
    *(("line", ground) for ground in ("ground", "surface", "primary_soft")),
    ("on_band_soft", "band"),
    ("primary", "ground"),
    ("access", "access_soft"),
    *(("focus", ground) for ground in ("ground", "surface", "focus_gap")),
    ("lane_ink", "lane_ground"),
)
"""Every border and ring with what lies beside it; a test holds each to `EDGE_CONTRAST`."""
