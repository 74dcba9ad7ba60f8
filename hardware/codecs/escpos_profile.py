"""What a printer can do: python-escpos's profile of it, narrowed to the paper that is in it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any, Literal

from escpos.capabilities import CAPABILITIES, Profile
from escpos.codepages import CodePages

from hardware.errors import DriverMissing

Cut = Literal["gs-v", "esc-i", "esc-m", "none"]
"""How the paper is cut: GS V is Epson's; some clones know only ESC i or ESC m."""

DEVICE = "printer"

RESET = b"\x1b@\x1c."
"""ESC @, then FS . (Epson: cancel Kanji mode). Many clones are Chinese from the factory, and ESC @ makes them so again:
any letter above ASCII and the one after it would come out as one Chinese sign. Printers without that mode pass it over.
"""

DOTS_BY_PAPER_MM = {58: 384, 80: 576}
"""Printable dots at 203 dpi, where the profile does not know better."""

FONT_A_DOTS = 12
"""Width of a letter of font A on every printer of this family."""

MIN_COLUMNS = 20
"""Fewer is a fault in the profile: NT-80-V-UL states a letter's dots where the columns belong."""

LATIN_PAGES = ("CP850", "CP858", "CP437", "CP1252")
"""Code pages in order of preference; every clone has one of the first three."""


LATIN_CLONE = {"0": "CP437", "2": "CP850", "16": "CP1252", "19": "CP858"}
"""The pages that every clone numbers as Epson does; what else it has is numbered as it likes."""


def _own(base: str, *, dots: int, columns: int, lacks: tuple[str, ...] = (), **data: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's own words
    """Return a profile of ours: one of the library's, with what differs."""
    found: dict[str, Any] = CAPABILITIES["profiles"][base]
    features = {name: on and name not in lacks for name, on in found["features"].items()}
    fonts = {"0": found["fonts"]["0"] | {"columns": columns}}
    return found | {"features": features, "fonts": fonts, "media": {"dpi": 203, "width": {"pixels": dots}}} | data


def _own_profiles() -> dict[str, dict[str, Any]]:
    """Return the printers that Indonesian shops sell most and the library does not know."""
    no_cutter = ("paperFullCut", "paperPartCut")
    return {
        # QR codes go as pictures: half of what is sold as XP-58 prints nothing for the native command.
        "XP-58": _own("default", dots=384, columns=32, lacks=(*no_cutter, "qrCode", "graphics"), codePages=LATIN_CLONE),
        "XP-80": _own("default", dots=576, columns=48, lacks=("graphics",), codePages=LATIN_CLONE),
        "TM-T82": _own("TM-T20II", dots=576, columns=48),
    }


@dataclass(frozen=True, slots=True)
class Paper:
    """A printer's abilities on its paper. `code_page` is its number for ESC t, `page_name` is python-escpos's.

    `graphics` tells that it keeps pictures by GS ( L; else it is taken to know the older FS q. `logo` tells that one is
    in its memory, to be printed on every paper.
    """

    profile: str
    paper_mm: int
    width_dots: int
    columns: int
    code_page: int
    encoding: str
    page_name: str
    native_qr: bool
    raster: bool
    graphics: bool
    cut: Cut
    logo: bool

    @property
    def cutter(self) -> bool:
        """Tell whether the printer cuts its paper."""
        return self.cut != "none"


def paper_of(profile: str, *, paper_mm: int, cut: Cut | None = None, logo: bool = False) -> Paper:
    """Return what `profile` can do on this paper; `cut` overrules it. Raises DriverMissing, with the nearest name."""
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
        graphics=bool(features.get("graphics")),
        cut=cut or ("gs-v" if features.get("paperFullCut") or features.get("paperPartCut") else "none"),
        logo=logo,
    )


def profile_names() -> tuple[str, ...]:
    """Return every profile there is, the library's and ours."""
    return tuple(sorted({**CAPABILITIES["profiles"], **_own_profiles()}))


def library_profile(paper: Paper) -> Profile:
    """Return the profile as python-escpos wants it."""
    data = _profile_data(paper.profile)
    kind = type("PaperProfile", (Profile,), {"profile_data": data})
    return kind(features=data["features"])


def _profile_data(name: str) -> dict[str, Any]:
    profiles: dict[str, dict[str, Any]] = {**CAPABILITIES["profiles"], **_own_profiles()}
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
