"""What only this machine tells about the office's languages: whether their letters can be drawn and printed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from broker.config.faults import Fault, PathKey
from broker.config.schema import child, entries, top, walk
from broker.extras import has_extra
from broker.language import is_language, is_rtl, letters, own_name

_LATIN_END = "\u024f"
"""The last letter of Latin Extended-B. What comes after it, such as dashes and arrows, is looked up."""
_SHOWN = 8
"""So many letters of a script tell which one is meant."""


def script_faults(data: Mapping[str, object], model: type[BaseModel]) -> Iterator[Fault]:
    """Yield a fault for each language whose letters no font here has, and for printers that cannot print it.

    Only where something is not written in Latin letters are fonts looked at: the others come with this project. A
    machine that draws nothing needs none.
    """
    languages = child(child(data, "office"), "languages")
    if not isinstance(languages, list) or not has_extra("kiosk"):
        return
    said = _said(data, model)
    for index, language in enumerate(languages):
        if not isinstance(language, str) or not is_language(language):
            continue
        text = letters(language) | set(own_name(language)) | said.get(language, set())
        beyond = "".join(sorted(letter for letter in text if letter > _LATIN_END))
        if beyond:
            yield from _undrawable(("office", "languages", index), language, beyond)
            yield from _unprintable(data, language, beyond)


def _said(data: Mapping[str, object], model: type[BaseModel]) -> dict[str, set[str]]:
    """Return the letters of the office's own texts by language."""
    found: dict[str, set[str]] = {}
    for _path, place, value in walk(data, top(model)):
        if place.is_by_language and isinstance(value, dict):
            for language, words in value.items():
                lines = words if isinstance(words, list) else [words]
                found.setdefault(str(language), set()).update(*(line for line in lines if isinstance(line, str)))
    return found


def _undrawable(path: PathKey, language: str, beyond: str) -> Iterator[Fault]:
    from hardware.typesetting.fonts import missing, shapes  # noqa: PLC0415 - fonts cost time that few offices need

    if is_rtl(language) and not shapes():
        message = f'"{language}" cannot be drawn on this machine: nothing here joins its letters'
        yield Fault(path, message, "apt-get install libfribidi0", here=True)
    for package, lacking in missing(beyond).items():
        more = "..." if len(lacking) > _SHOWN else ""
        message = f'"{language}" cannot be drawn on this machine: no font here has {lacking[:_SHOWN]}{more}'
        yield Fault(path, message, f"apt-get install {package}", here=True)


def _unprintable(data: Mapping[str, object], language: str, beyond: str) -> Iterator[Fault]:
    """Yield each printer that has neither the letters nor pictures."""
    from hardware.codecs.escpos_profile import paper_of  # noqa: PLC0415 - the same
    from hardware.codecs.letters import is_lacking  # noqa: PLC0415 - the same
    from hardware.errors import DriverMissing  # noqa: PLC0415 - the same

    for path, kiosk in entries(data, "kiosks"):
        for key in ("printer", "spare_printer"):
            profile, paper_mm = child(kiosk.get(key), "profile"), child(kiosk.get(key), "paper_mm")
            if not isinstance(profile, str):
                continue
            try:
                paper = paper_of(profile, paper_mm=paper_mm if paper_mm in {58, 80} else 80)
            except DriverMissing:
                continue  # said elsewhere
            if not paper.raster and any(is_lacking(letter, paper.encoding) for letter in beyond):
                message = f'"{profile}" prints neither the letters of "{language}" nor pictures of them'
                yield Fault((*path, key, "profile"), message, "take a printer that prints pictures")
