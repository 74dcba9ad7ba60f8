"""Whether an office's own words fit its own panels: each page of a screen laid out, and what would help where not.

Each screen has a module `samples` with such a function, called once `headless.prepare` was (or `window.prepare`):

    def layouts(settings: Settings, office: OfficeMessage) -> Iterator[Layout]:
        for kiosk in settings.kiosks:
            yield Layout(kiosk.id, kiosk.panel, Reader.VISITOR, RULES, build=..., pages=...)

`pages` yields every page and state that has words of its own, with the longest of the office's texts, in each language:
some forty pages, as people wait for the answer. `python -m kiosk --check-layout` prints what `plain_reports` yields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from hardware.config import PanelConfig
from hardware.panel.faults import Fault, layout_faults
from hardware.panel.headless import Stage
from hardware.panel.look import PLAIN, Look, Mode, look_for
from hardware.panel.scale import Reader
from hardware.panel.targets import targets

NEARER = (0.8, 0.65, 0.5, 0.4)
"""Which shares of the distance are tried where something does not fit."""
DIAGONALS = (15.6, 18.5, 21.5, 24.0, 27.0, 32.0, 43.0, 50.0, 55.0, 65.0, 75.0, 86.0, 98.0)
"""Panels that are sold, in inches."""
_MOST_TRIED = 5
"""So many larger ones are tried."""


class NoRoomError(Exception):
    """A page cannot be laid out at all in a size that its reader needs; the message is the text that has no room."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a screen: what people call it, its language, and how it is brought on."""

    name: str
    language: str
    show: Callable[[], None]
    answers: tuple[tuple[str, str], ...] = ()
    """The targets that answer it, and their words: one has to be seen at once, as nobody looks for more pages."""


@dataclass(frozen=True, slots=True)
class Layout:
    """All pages of one screen on its panel. `build` makes the widgets for a look; `pages` shows on those made last."""

    part: str
    panel: PanelConfig
    reader: Reader
    rules: Path | None
    build: Callable[[Look], Any]
    pages: Callable[[], Iterable[Page]]
    modes: tuple[Mode, ...] = (PLAIN,)
    window: tuple[int, int] | None = None
    """Its size, where the window does not take the whole panel."""
    scrolls: bool = False
    """Its lists may be longer than they are high, as keys move through them."""
    follows: bool = False
    """Whether the widgets follow panel and mode by themselves: then they are built once, which takes longest."""
    left_out: Callable[[], Iterable[str]] = tuple
    """What had to leave for want of room though the office asked for it; known once all pages were shown."""


@dataclass(frozen=True, slots=True)
class PageFault:
    """A fault, and the page, language and mode where it was seen first."""

    page: str
    language: str
    mode: tuple[str, ...]
    fault: Fault


@dataclass(frozen=True, slots=True)
class Report:
    """How a screen's pages fit its panel. `readable_m` and `diagonal_in` would help; None where nothing would."""

    part: str
    panel: PanelConfig
    pages: int
    faults: tuple[PageFault, ...] = ()
    readable_m: float | None = None
    diagonal_in: float | None = None
    left_out: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """Return the report in plain values, as JSON takes them."""
        return {
            "part": self.part,
            "panel": self.panel.model_dump(include={"width_px", "height_px", "diagonal_in", "viewing_distance_m"}),
            "pages": self.pages,
            "readable_m": self.readable_m,
            "diagonal_in": self.diagonal_in,
            "left_out": list(self.left_out),
            "faults": [
                {
                    "page": seen.page,
                    "language": seen.language,
                    "mode": list(seen.mode),
                    "kind": seen.fault.kind,
                    "text": seen.fault.what,
                    "needs": round(seen.fault.needs, 1),
                    "has": round(seen.fault.has, 1),
                    "unit": seen.fault.unit,
                    "other": seen.fault.other,
                }
                for seen in self.faults
            ],
        }


class _Rehearsal:
    """One screen's widgets, brought to any panel and mode."""

    def __init__(self) -> None:
        self._stage: Stage | None = None

    def stage(self, layout: Layout, mode: Mode) -> Stage:
        """Return the widgets as they are on this panel in this mode."""
        if self._stage is not None and layout.follows:
            self._stage.turn(layout.panel, mode, window=layout.window)
            return self._stage
        self._stage = Stage(
            layout.panel,
            reader=layout.reader,
            rules=layout.rules,
            mode=mode,
            window=layout.window,
            build=partial(layout.build, look_for(layout.panel, layout.reader, layout.window, mode)),
        )
        return self._stage


def behind(root: Any, answers: Sequence[tuple[str, str]]) -> Iterator[Fault]:  # noqa: ANN401 - any widget
    """Yield that none of a page's answers is seen before a page is turned."""
    if answers and not {target for target, _ in answers} & dict(targets(root, root.size)).keys():
        yield Fault("behind", answers[0][1], 0, 0, "")


def plain_reports(layouts: Iterable[Layout]) -> Iterator[dict[str, object]]:
    """Lay out several screens; yield each report in plain values."""
    for layout in layouts:
        yield report(layout).plain()


def report(layout: Layout) -> Report:
    """Lay out every page of a screen; where something does not fit, find out what would help."""
    rehearsal = _Rehearsal()
    count, faults = _examined(layout, rehearsal)
    if not faults:
        return Report(layout.part, layout.panel, count, left_out=tuple(layout.left_out()))
    wrong = frozenset((seen.page, seen.language) for seen in faults)
    # In the modes where something was wrong first: most of what is tried fails, and soon.
    seen_in = {seen.mode for seen in faults}
    modes = tuple(sorted(layout.modes, key=lambda mode: _said(mode) not in seen_in))
    tried = replace(layout, modes=modes)
    distance = layout.panel.viewing_distance_m
    nearer = (round(distance * share, 2) for share in NEARER)
    readable = next((metres for metres in nearer if _fits(tried, rehearsal, wrong, viewing_distance_m=metres)), None)
    larger = [inches for inches in DIAGONALS if inches > layout.panel.diagonal_in][:_MOST_TRIED]
    diagonal = next((inches for inches in larger if _fits(tried, rehearsal, wrong, diagonal_in=inches)), None)
    return Report(layout.part, layout.panel, count, faults, readable, diagonal)


def _fits(layout: Layout, rehearsal: _Rehearsal, pages: frozenset[tuple[str, str]], **changed: float) -> bool:
    panel = layout.panel.model_copy(update=changed)
    return not any(True for _ in _faults(replace(layout, panel=panel), rehearsal, pages))


def _said(mode: Mode) -> tuple[str, ...]:
    return tuple(name for name in ("larger", "contrast", "low", "night") if getattr(mode, name))


def _examined(layout: Layout, rehearsal: _Rehearsal) -> tuple[int, tuple[PageFault, ...]]:
    pages: set[tuple[str, str]] = set()
    found: dict[tuple[str, str, str], PageFault] = {}
    for seen in _faults(layout, rehearsal, None, pages):
        found.setdefault((seen.fault.kind, seen.fault.what, seen.fault.other), seen)
    return len(pages), tuple(found.values())


def _faults(
    layout: Layout,
    rehearsal: _Rehearsal,
    wanted: frozenset[tuple[str, str]] | None,
    pages: set[tuple[str, str]] | None = None,
) -> Iterator[PageFault]:
    """Yield the faults of the pages of these names and languages, or of all; `pages` gets each that was laid out."""
    for mode in layout.modes:
        stage, said = rehearsal.stage(layout, mode), _said(mode)
        for page in layout.pages():
            if wanted is not None and (page.name, page.language) not in wanted:
                continue
            if pages is not None:
                pages.add((page.name, page.language))
            try:
                page.show()
            except NoRoomError as error:
                yield PageFault(page.name, page.language, said, Fault("no_room", str(error), 0, 0))
                continue
            stage.settle()
            for fault in layout_faults(stage.root, stage.look, layout.reader, scrolls=layout.scrolls):
                yield PageFault(page.name, page.language, said, fault)
            if mode == PLAIN:  # whoever asked for larger type was told that pages are turned
                for fault in behind(stage.root, page.answers):
                    yield PageFault(page.name, page.language, said, fault)
