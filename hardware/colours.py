"""Colours and how well they stand out from each other (WCAG 2.2), and what an office's own colour is good for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Colour = tuple[float, float, float, float]
"""Red, green, blue, opacity; each from 0 to 1, as Kivy takes them."""

ENOUGH_CONTRAST = 7.0
"""Of text: WCAG 2.2, 1.4.6 (enhanced)."""
HIGH_CONTRAST = 15.0
"""Of text for whoever asks for more."""
EDGE_CONTRAST = 3.0
"""Of the borders of controls, signs and the ring of what has the focus: WCAG 2.2, 1.4.11 and 2.4.13."""

_LINEAR_UP_TO = 0.04045


def colour(text: str, opacity: float = 1.0) -> Colour:
    """Return the colour written as `#RRGGBB`."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, opacity


def written(of: Colour) -> str:
    """Return a colour as `#RRGGBB`."""
    return "#" + "".join(f"{round(part * 255):02X}" for part in of[:3])


def luminance(of: Colour) -> float:
    """Return the relative luminance (WCAG 2.2 definition), 0 for black to 1 for white."""
    red, green, blue = (part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4 for part in of[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two opaque colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(top: Colour, ground: Colour) -> Colour:
    """Return the opaque colour that a colour makes on an opaque ground."""
    share = top[3]
    red, green, blue = (one * share + other * (1 - share) for one, other in zip(top[:3], ground[:3], strict=True))
    return red, green, blue, 1.0


WHITE, BLACK = colour("#FFFFFF"), colour("#000000")
GROUND, INK = colour("#F3F5F7"), colour("#10202E")
"""Of the light theme, on which and in which most is written."""


def accented(accent: Colour) -> Mapping[str, Colour]:
    """Return what an office's own colour makes of the light theme: main actions, head, chosen things."""

    def light(share: float) -> Colour:
        return over((*accent[:3], share), WHITE)

    def dark(share: float) -> Colour:
        return over((*accent[:3], share), BLACK)

    return {
        "primary": accent,
        "primary_dark": dark(0.55),
        "primary_soft": light(0.1),
        "on_primary_soft": light(0.12),
        "pressed": light(0.28),
        "band": dark(0.66),
        "band_raised": accent,
        "on_band_soft": light(0.12),
    }


def accent_contrast(accent: Colour) -> float:
    """Return the least contrast of text that an accent would bring: on it, in it, and on its tints."""
    return min(contrast(*pair) for pair in _accent_pairs(accent))


def _accent_pairs(accent: Colour) -> Iterator[tuple[Colour, Colour]]:
    made = accented(accent)
    for ground in (made["primary"], made["primary_dark"], made["band"], made["band_raised"]):
        yield WHITE, ground
        yield made["on_band_soft"], ground
    for ground in (WHITE, GROUND, made["primary_soft"]):
        yield accent, ground
    yield INK, made["primary_soft"]
    yield INK, made["pressed"]


def darker_accent(accent: Colour) -> Colour:
    """Return the nearest darker colour of the same hue that text can be read on and in."""
    found = accent
    while accent_contrast(found) < ENOUGH_CONTRAST:
        found = colour(written(over((*found[:3], 0.96), BLACK)))  # judged as it will be written
    return found


def accent_fault(text: str) -> str | None:
    """Return why an office's colour cannot be used, with what would do; None where it can."""
    accent = colour(text)
    ratio = accent_contrast(accent)
    if ratio >= ENOUGH_CONTRAST:
        return None
    return (
        f"{text} is too light: text on it would stand out {ratio:.1f} to 1, where {ENOUGH_CONTRAST:g} to 1 is needed; "
        f"{written(darker_accent(accent))} would do"
    )
