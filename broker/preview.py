"""What the screens would show by rules that do not count yet: pictures of their pages, and whether all of it fits.

The pages on which rules are changed start it as a process of its own (`python -m broker.preview CONFIG FOLDER`): an
order on standing input, an answer a line of JSON. With the least of the machine's time, and none of visitors'.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from broker.bootstrap.rules import announcements, office_message, office_rules
from broker.config import ConfigError, Settings, check_settings, load_settings
from broker.contract.messages import HoursInfo, OfficeMessage, Span
from broker.layout import NotCheckedError, ScreenReport, screen_reports, whole
from broker.screen import PictureOrder, Shot
from broker.server.children import bound_to_parent
from broker.up.screens import ScreenError, VirtualScreen

NICE = 19
LONGEST_S = 90.0
"""So long at most one screen may take for its pictures."""
BEFORE_OPENING = dt.time(6)
"""When a day is looked at whose hours change: all of it is still to come."""
PAPER = "paper-"
MOST_PROBLEMS = 12

Screen = Literal["kiosk", "display", "counter"]
Say = Callable[[dict[str, object]], None]


class ShotOrder(BaseModel):
    """One picture: of which page of which screen, in which language; `name` tells it from the others."""

    model_config = ConfigDict(frozen=True)

    name: str
    screen: Screen
    part: str
    page: str
    language: str


class PreviewOrder(BaseModel):
    """What is wanted: pictures, and of which screens the layout is checked."""

    model_config = ConfigDict(frozen=True)

    shots: tuple[ShotOrder, ...]
    checks: tuple[Screen, ...] = ()
    day: dt.date | None = None
    """On this day the hours are looked at."""
    now: Path | None = None
    """The configuration that counts: what does not fit by that either is no fault of the change."""


def preview(config: Path, folder: Path, order: PreviewOrder, say: Say) -> None:
    """Say what comes of an order, as soon as it is known. Raises ConfigError."""
    settings = load_settings(config, os.environ)
    office = office_message(settings)
    at, hours = (None, None) if order.day is None else hours_on(settings, order.day)
    told = [one.model_dump(mode="json") for one in announcements(settings)]
    say(
        {
            "office": whole(office),
            "announcements": told,
            "at": None if at is None else at.isoformat(),
            "hours": None if hours is None else hours.model_dump(mode="json"),
        }
    )
    paper = [one for one in order.shots if one.page.startswith(PAPER)]
    pages = [one for one in order.shots if not one.page.startswith(PAPER)]
    lost = _Lost(say)
    for screen, part, shots in _by_screen(paper):
        lost.after(shots, _drawn(config, folder, screen, _order(part, shots, office, at, hours), {}))
    if pages:
        orders = [(screen, _order(part, shots, office, at, hours), shots) for screen, part, shots in _by_screen(pages)]
        _draw_windows(config, settings, folder, orders, lost)
    for check in order.checks:
        _check(config, settings, check, order.now, say)


def hours_on(settings: Settings, day: dt.date) -> tuple[dt.datetime, HoursInfo]:
    """Return a morning before anybody has come, and the hours as screens tell them then."""
    rules = office_rules(settings)
    at = dt.datetime.combine(day, BEFORE_OPENING, settings.office.zone)
    today = rules.posted_hours.openings_of(day, rules.zone)
    standing = rules.standing(at)
    return at, HoursInfo(
        is_open=standing.is_open,
        today=tuple(Span(begin=begin, end=end) for begin, end in today),
        closes_at=standing.closes_at,
        opens_at=None if standing.opens_at is None else standing.opens_at.astimezone(rules.zone),
    )


class _Lost:
    """Tells of each picture that was drawn, and of those that were not, why."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def after(self, shots: Sequence[ShotOrder], names: Iterator[str], why: str = "") -> None:
        left = {shot.name for shot in shots}
        try:
            for name in names:
                left.discard(name)
                self._say({"picture": name})
        except NotCheckedError as error:
            why = str(error)
        if left:
            self._say({"lost": sorted(left), "why": why})


def _by_screen(shots: Sequence[ShotOrder]) -> Iterator[tuple[Screen, str, list[ShotOrder]]]:
    def place(shot: ShotOrder) -> tuple[Screen, str]:
        return shot.screen, shot.part

    for (screen, part), found in itertools.groupby(sorted(shots, key=place), key=place):
        yield screen, part, list(found)


def _order(
    part: str, shots: Sequence[ShotOrder], office: OfficeMessage, at: dt.datetime | None, hours: HoursInfo | None
) -> PictureOrder:
    named = tuple(Shot(name=one.name, page=one.page, language=one.language) for one in shots)
    return PictureOrder(part=part, shots=named, office=office, at=at, hours=hours)


def _draw_windows(
    config: Path,
    settings: Settings,
    folder: Path,
    orders: Sequence[tuple[Screen, PictureOrder, list[ShotOrder]]],
    lost: _Lost,
) -> None:
    """Draw on one virtual screen, as large as the largest panel."""
    sizes = {order.part: _size(settings, screen, order.part) for screen, order, _ in orders}
    virtual = VirtualScreen(max(width for width, _ in sizes.values()), max(height for _, height in sizes.values()))
    try:
        virtual.start()
    except ScreenError as error:
        lost.after([shot for _, _, shots in orders for shot in shots], iter(()), str(error))
        return
    try:
        for screen, order, shots in orders:
            width, height = sizes[order.part]
            where = {"DISPLAY": virtual.name, "ANTREAN_WINDOW": f"{width}x{height}+0+0", "ANTREAN_TARGETS": ""}
            lost.after(shots, _drawn(config, folder, screen, order, where))
    finally:
        virtual.stop()


def _size(settings: Settings, screen: Screen, part: str) -> tuple[int, int]:
    """Return how large a screen's window is; any size for one that is not there, which its process says."""
    if screen == "counter":
        panel = settings.counter_panel
        width = panel.width_px if panel.docked == "none" else min(panel.docked_width_px, panel.width_px)
        return width, panel.height_px
    found = {one.id: one.panel for section in (settings.kiosks, settings.displays) for one in section}.get(part)
    return (1080, 1080) if found is None else (found.width_px, found.height_px)


def _drawn(config: Path, folder: Path, screen: Screen, order: PictureOrder, where: dict[str, str]) -> Iterator[str]:
    """Yield the names of pictures as a screen's process draws them. Raises NotCheckedError."""
    arguments = ("--config", str(config), "--data", str(folder), "--pictures", str(folder))
    process = subprocess.Popen(  # noqa: S603 - our own program
        bound_to_parent([sys.executable, "-m", screen, *arguments]),
        env={**os.environ, **where},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if process.stdin is None or process.stdout is None or process.stderr is None:
        return
    late = threading.Timer(LONGEST_S, process.kill)
    late.start()
    with process:
        try:
            told = order.model_dump(mode="json") | {"office": whole(order.office)}
            process.stdin.write(json.dumps(told))
            process.stdin.close()
            for line in process.stdout:
                yield line.strip()
            trouble = process.stderr.read().strip().splitlines()
        except BrokenPipeError:
            trouble = process.stderr.read().strip().splitlines()
        finally:
            late.cancel()
    if process.returncode:
        message = f"the {screen} could not show its pages: {trouble[-1] if trouble else process.returncode}"
        raise NotCheckedError(message)


def _check(config: Path, settings: Settings, screen: Screen, now: Path | None, say: Say) -> None:
    """Say what of one kind of screen does not fit, and which of it does not fit today either."""
    try:
        reports = screen_reports(config, settings, screens=[screen])
        known: set[tuple[str, str, str]] = set()
        if now is not None and any(report.faults for report in reports):
            known = set(_kinds(screen_reports(now, load_settings(now, os.environ), screens=[screen])))
    except (NotCheckedError, ConfigError) as error:
        say({"unchecked": screen, "why": str(error)})
        return
    for report in reports:
        fresh = [fault for fault in report.faults if (report.part, fault.kind, fault.text) not in known]
        told = report.model_copy(update={"faults": tuple(fresh)})
        say({"report": told.model_dump(mode="json"), "screen": screen, "known": len(report.faults) - len(fresh)})
    if not reports:
        say({"unchecked": screen, "why": ""})


def _kinds(reports: Iterable[ScreenReport]) -> Iterator[tuple[str, str, str]]:
    return ((report.part, fault.kind, fault.text) for report in reports for fault in report.faults)


def main() -> int:
    """Answer one order."""
    os.nice(NICE)
    config, folder = map(Path, sys.argv[1:])

    def say(told: dict[str, object]) -> None:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    try:
        preview(config, folder, PreviewOrder.model_validate_json(sys.stdin.read()), say)
    except ConfigError:
        problems = check_settings(config, os.environ)
        said = [f"{one.path}: {one.message}" for one in problems if not one.warning and not one.here]
        say({"refused": said[:MOST_PROBLEMS]})
    say({"done": True})
    return 0


if __name__ == "__main__":
    sys.exit(main())
