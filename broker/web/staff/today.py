"""Today's figures and curve on a board: asked for now and then of the process that makes reports, and drawn as SVG."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from broker.language import Phrases, mark
from broker.web.staff.reporter import Made, Reporter, Wanted

EVERY_S = 10.0
SHARE = 0.05
"""So much of a core it takes at most, however large the office is."""
PATIENCE_S = 5.0
WIDTH, HEIGHT = 600, 150
_FIGURES = {
    "arrivals": mark("Arrivals"),
    "served": mark("Served"),
    "still_waiting": mark("Waiting"),
    "wait_median": mark("Wait, half of all"),
    "wait_p90": mark("Wait, nine of ten"),
    "wait_longest": mark("Longest wait"),
    "within_promise": mark("Within the promise"),
}
_MINUTES = {"wait_median", "wait_p90", "wait_longest"}


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of the picture."""

    kind: str
    name: str
    points: str
    last: str


@dataclass(frozen=True, slots=True)
class Today:
    """How today went, in words and as a picture."""

    heading: str
    as_of: str
    figures: tuple[tuple[str, str], ...]
    note: str
    curves: tuple[Curve, ...]
    label: str
    hours: tuple[tuple[float, str], ...]
    top: str
    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class TodayFigures:
    """The last that is known, asked for again while a board is open."""

    reporter: Reporter | None
    told: dict[str, Any] | None = None
    _asking: asyncio.Task[None] | None = None
    _due_s: float = field(default=0.0)

    def renew(self, changed: Callable[[], None]) -> None:
        """Ask again if it is time; `changed` is told when there is something new."""
        is_here = self.reporter is not None and self.reporter.can_be_made()
        if is_here and self._asking is None and time.monotonic() >= self._due_s:
            self._asking = asyncio.get_running_loop().create_task(self._ask(changed))

    async def _ask(self, changed: Callable[[], None]) -> None:
        begun = time.monotonic()
        try:
            assert self.reporter is not None  # noqa: S101 - who calls has looked
            made = await self.reporter.made(Wanted("today", (), "en"), patience_s=PATIENCE_S)
            if isinstance(made, Made) and made.status == "made":
                self.told = json.loads(made.content)
                changed()
        finally:
            spent_s = time.monotonic() - begun
            self._due_s, self._asking = begun + max(EVERY_S, spent_s / SHARE), None


def today(p: Phrases, told: dict[str, Any] | None, zone: dt.tzinfo) -> Today | None:
    """Return how today went; None where it is not known, such as on a machine without the office's data."""
    if told is None or not told["points"]:
        return None
    points = [(dt.datetime.fromisoformat(at).astimezone(zone), *counts) for at, *counts in told["points"]]
    first: dt.datetime = points[0][0]
    last: dt.datetime = points[-1][0]
    top = max(10, *(int(count or 0) for _, *counts in points for count in counts))
    span_s = max((last - first).total_seconds(), 3600.0)

    def x(at: dt.datetime) -> float:
        return round((at - first).total_seconds() / span_s * WIDTH, 1)

    names = [p.say(_FIGURES[name]) for name in ("arrivals", "served", "still_waiting")]
    curves = tuple(
        Curve(
            kind,
            name,
            " ".join(f"{x(at)},{round(HEIGHT - int(counts[place] or 0) / top * HEIGHT, 1)}" for at, *counts in points),
            str(int(points[-1][place + 1] or 0)),
        )
        for place, (kind, name) in enumerate(zip(("arrivals", "served", "waiting"), names, strict=True))
    )
    whole = [at for at, *_ in points if at.minute == 0]
    step = max(1, -(-len(whole) // 6))
    as_of = p.clock(dt.datetime.fromisoformat(told["as_of"]).astimezone(zone))
    return Today(
        heading=p.say("Today"),
        as_of=p.say("As of {time}", time=as_of),
        figures=tuple(
            (p.say(text), _said(p, name, *told["figures"].get(name, (None, 0)))) for name, text in _FIGURES.items()
        ),
        note=p.say("Waits count those who still wait, with their wait so far."),
        curves=curves,
        label=p.say("Arrivals, served and waiting today, every 15 minutes; the table has the same figures."),
        hours=tuple((x(at), p.clock(at)) for at in whole[::step]),
        top=str(top),
        table=p.say("As a table"),
        columns=(p.say("Time"), *names),
        rows=tuple((p.clock(at), *(str(int(count or 0)) for count in counts)) for at, *counts in points),
    )


def _said(p: Phrases, name: str, value: float | None, n: int) -> str:
    if value is None:
        return "\N{EN DASH}"
    if name == "within_promise":
        return p.say("{percent} % of {n}", percent=round(value), n=n)
    return p.say("{n} min", n=round(value)) if name in _MINUTES else str(round(value))
