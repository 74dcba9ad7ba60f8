"""What a printer can do: python-escpos's profile of it, narrowed to the paper that is in it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from escpos.capabilities import CAPABILITIES
from escpos.codepages import CodePages

from hardware.errors import DriverMissing

DEVICE = "printer"

DOTS_BY_PAPER_MM = {58: 384, 80: 576}
"""Printable dots at 203 dpi, where the profile does not know better."""

FONT_A_DOTS = 12
"""Width of a letter of font A on every printer of this family."""

MIN_COLUMNS = 20
"""Fewer is a fault in the profile: NT-80-V-UL states a letter's dots where the columns belong."""

LATIN_PAGES = ("CP850", "CP858", "CP437", "CP1252")
"""Code pages in order of preference; every clone has one of the first three."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A printer's abilities on its paper. `code_page` is its number for ESC t, `page_name` is python-escpos's."""

    profile: str
    paper_mm: int
    width_dots: int
    columns: int
    code_page: int
    encoding: str
    page_name: str
    native_qr: bool
    raster: bool
    cutter: bool


def paper_of(profile: str, *, paper_mm: int) -> Paper:
    """Return what `profile` can do on this paper. Raises DriverMissing, with the nearest name, if it is unknown."""
    data = _profile_data(profile)
    features: dict[str, bool] = data["features"]
    dots = _width_dots(data, paper_mm)
    number, name, encoding = _code_page(data)
    return Paper(
        profile=profile,
        paper_mm=paper_mm,
        width_dots=dots,
        columns=_columns(data, dots),
        code_page=number,
        encoding=encoding,
        page_name=name,
        native_qr=bool(features.get("qrCode")),
        raster=bool(features.get("bitImageRaster")),
        cutter=bool(features.get("paperFullCut") or features.get("paperPartCut")),
    )


def _profile_data(name: str) -> dict[str, Any]:
    profiles: dict[str, dict[str, Any]] = CAPABILITIES["profiles"]
    if name in profiles:
        return profiles[name]
    near = difflib.get_close_matches(name, profiles, n=1, cutoff=0.4)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    message = f"no printer profile is called {name!r}{hint} Known: {', '.join(sorted(profiles))}"
    raise DriverMissing(DEVICE, message)


def _width_dots(data: dict[str, Any], paper_mm: int) -> int:
    stated = data["media"]["width"].get("pixels")
    dots = DOTS_BY_PAPER_MM[paper_mm]
    return min(stated, dots) if isinstance(stated, int) else dots


def _columns(data: dict[str, Any], dots: int) -> int:
    fitting = dots // FONT_A_DOTS
    stated: int = data["fonts"]["0"]["columns"]
    width_known = isinstance(data["media"]["width"].get("pixels"), int)
    return min(stated, fitting) if width_known and stated >= MIN_COLUMNS else fitting


def _code_page(data: dict[str, Any]) -> tuple[int, str, str]:
    numbers: dict[str, int] = {}
    for number, name in data["codePages"].items():
        numbers.setdefault(name, int(number))
    for name in LATIN_PAGES:
        if name in numbers:
            return numbers[name], name, CodePages.get_encoding(name)["python_encode"]
    first = min(numbers, key=lambda name: numbers[name])
    return numbers[first], first, "ascii"  # whatever else is in it: these letters are the same everywhere
