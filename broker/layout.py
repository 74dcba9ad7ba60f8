"""Whether the screens can show the office's own words on the office's own panels, and what to change where not.

The broker never imports a screen: `python -m kiosk --check-layout` (display and counter alike) lays out its pages
without a window, with what `state/office` will say, and answers one JSON object a screen.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from broker.bootstrap.rules import office_message
from broker.config.settings import Settings
from broker.contract.messages import OfficeMessage

SCREENS = ("kiosk", "display", "counter")
LONGEST_S = 240.0
"""So long at most a screen may take: something has gone wrong then."""


MOST_NAMED = 8
"""So many texts are named for one screen: whoever mends these mends most."""

_TEXT_KINDS = frozenset({"clipped", "outside", "cut_word", "hidden", "no_room"})
"""What words suffer; the rest often follows from it."""
_MODES = {"larger": "larger text", "contrast": "high contrast", "low": "low controls", "night": "dark"}


class NotCheckedError(Exception):
    """The layout of a screen could not be looked at; the message is a sentence."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PanelSize(_Plain):
    """The panel that was looked at."""

    width_px: int
    height_px: int
    diagonal_in: float
    viewing_distance_m: float


class LayoutFault(_Plain):
    """One text or control that does not fit, on the page where it was seen first."""

    page: str
    language: str
    mode: tuple[str, ...] = ()
    kind: str
    text: str
    needs: float
    has: float
    unit: Literal["px", "mm", ":1", ""] = "px"
    other: str = ""


class ScreenReport(_Plain):
    """How the pages of one screen fit. `readable_m` and `diagonal_in` would help; None where nothing would."""

    part: str
    panel: PanelSize
    pages: int
    readable_m: float | None = None
    diagonal_in: float | None = None
    left_out: tuple[str, ...] = ()
    """What has to leave for want of room, though all that visitors need fits."""
    faults: tuple[LayoutFault, ...] = ()


def screen_reports(config: Path, settings: Settings, *, screens: Iterable[str] = SCREENS) -> list[ScreenReport]:
    """Let every screen of the office lay out its pages, all at once; NotCheckedError where one cannot."""
    office = json.dumps(whole(office_message(settings)))
    wanted = [screen for screen in screens if screen != "counter" or settings.counters]
    running = [(screen, _start(screen, config, office)) for screen in wanted]
    try:
        return [found for screen, process in running for found in _answer(screen, process)]
    finally:
        for _, process in running:
            if process.poll() is None:
                process.kill()


def whole(office: OfficeMessage) -> dict[str, object]:
    """Return what an office offers with its procedures, which on the wire have topics of their own."""
    whole = office.model_dump(mode="json")
    for told, service in zip(whole["services"], office.services, strict=True):
        told.update(service.procedure().model_dump(mode="json"))
    return whole


def _start(screen: str, config: Path, office: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", screen, "--config", str(config), "--check-layout"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # it has ended already, and says why
            process.stdin.write(office)
            process.stdin.close()
        process.stdin = None
    return process


def _answer(screen: str, process: subprocess.Popen[str]) -> list[ScreenReport]:
    try:
        said, trouble = process.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired as error:
        message = f"the {screen} took longer than {LONGEST_S:.0f} s to lay out its pages"
        raise NotCheckedError(message) from error
    if process.returncode != 0:
        last = trouble.strip().splitlines()[-1:] or [f"it ended with code {process.returncode}"]
        message = f"the {screen} could not lay out its pages: {last[0]}"
        raise NotCheckedError(message)
    try:
        return [ScreenReport.model_validate_json(line) for line in said.splitlines() if line.startswith("{")]
    except ValidationError as error:
        message = f"the {screen} answered something else: {error.errors()[0]['msg']}"
        raise NotCheckedError(message) from error


def sentences(report: ScreenReport) -> Iterator[str]:
    """Yield what is wrong on one screen and what would help, line by line; nothing where all fits."""
    if not report.faults:
        return
    panel = report.panel
    yield (
        f"{report.part}: a {panel.diagonal_in:g} inch screen of {panel.width_px}x{panel.height_px} that is read from "
        f"{panel.viewing_distance_m:g} m cannot show all of its pages"
    )
    worst: dict[str, LayoutFault] = {}
    pages = {_page(fault) for fault in report.faults}
    for fault in sorted(report.faults, key=lambda each: each.kind not in _TEXT_KINDS):
        # A number that is too wide is so on the page of every call: once says it.
        worst.setdefault(fault.kind if fault.kind == "no_room" else _page(fault), fault)
    named = list(worst.values())[:MOST_NAMED]
    for fault in named:
        yield f"  page {_page(fault)}: {_wrong(fault)}"
    if len(report.faults) > len(named):
        yield f"  and {len(report.faults) - len(named)} more, on {len(pages)} pages in all"
    yield f"  what helps: {'; '.join(_helps(report))}"


def remarks(report: ScreenReport) -> Iterator[str]:
    """Yield what is good to know of a screen whose pages all fit."""
    panel = report.panel
    if report.left_out:
        what = " and ".join(report.left_out)
        yield (
            f"{report.part}: read from {panel.viewing_distance_m:g} m, a {panel.diagonal_in:g} inch screen of "
            f"{panel.width_px}x{panel.height_px} has no room for {what} while somebody is called; "
            "nearer readers (viewing_distance_m) or a larger screen would help"
        )


def _page(fault: LayoutFault) -> str:
    modes = [_MODES.get(mode, mode) for mode in fault.mode]
    return f"{fault.page} ({', '.join([fault.language, *modes])})"


def _wrong(fault: LayoutFault) -> str:
    figures = f"it needs {fault.needs:g} {fault.unit} and has {fault.has:g}"
    said = {
        "clipped": f"does not fit: {figures}",
        "outside": f"leaves the screen: {figures}",
        "cut_word": f"has a word that is wider than its {fault.has:g} px",
        "overlap": f'and "{fault.other}" are in one place',
        "covered": "is covered by something else",
        "hidden": "is only seen by scrolling",
        "small": f"is too small for the distance: {figures}",
        "target": f"is too small to be hit: {figures}",
        "behind": "and every other answer is only seen when a page is turned",
        "no_room": "cannot be shown large enough to be read from there",
        "reach": "is out of reach of a wheelchair",
        "contrast": f"is too like its ground: {figures}",
        "edge": f"has a border too like what lies around: {figures}",
    }
    return f'"{fault.text}" {said.get(fault.kind, fault.kind)}'


def _helps(report: ScreenReport) -> Iterator[str]:
    panel = report.panel
    texts = any(
        fault.kind in {"clipped", "outside", "cut_word", "overlap", "covered", "hidden", "behind"}
        for fault in report.faults
    )
    if report.readable_m is not None:
        yield f"readers who stand at {report.readable_m:g} m or nearer (viewing_distance_m)"
    if report.diagonal_in is not None:
        yield f"a screen of {report.diagonal_in:g} inches or more (diagonal_in)"
    if report.readable_m is None and report.diagonal_in is None:
        yield f"another panel: no distance and no size has room for all at {panel.width_px}x{panel.height_px}"
    if texts:
        yield "shorter texts where they are named here"
