"""A picture of the waits: the share of visitors who were called within so many minutes. Plain SVG, no library."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 420, 260
LEFT, TOP, RIGHT, BOTTOM = 52, 34, 16, 44
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")
"""Told apart by colour-blind people too (Okabe & Ito); each lane has a dash of its own besides."""
DASHES = ("", "7 3", "2 3", "9 3 2 3", "1 2")
STEPS = 120


@dataclass(frozen=True, slots=True)
class Panel:
    """The waits of one run: minutes by lane, the shortest first, and what each lane promises."""

    title: str
    minutes: Mapping[str, Sequence[float]]
    promised: Mapping[str, float]


def waits_svg(panels: Sequence[Panel], *, columns: int = 2) -> str:
    """Return the panels as one SVG, all on the same scale: 0 to the longest promise or 99 % of all waits."""
    longest = max(_needed(panel) for panel in panels)
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    drawn = (
        f'<g transform="translate({place % columns * WIDTH} {place // columns * HEIGHT})">{_panel(panel, longest)}</g>'
        for place, panel in enumerate(panels)
    )
    size = f'width="{columns * WIDTH}" height="{rows * HEIGHT}" viewBox="0 0 {columns * WIDTH} {rows * HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12" fill="#222"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{"".join(drawn)}</svg>\n'
    )


def _needed(panel: Panel) -> float:
    shown = [minutes[int(0.99 * (len(minutes) - 1))] for minutes in panel.minutes.values() if minutes]
    return max([1.0, *shown, *panel.promised.values()])


def _panel(panel: Panel, longest: float) -> str:
    parts = [f'<text x="{LEFT}" y="20" font-weight="bold">{escape(panel.title)}</text>\n', _axes(longest)]
    for place, (lane, minutes) in enumerate(panel.minutes.items()):
        look = f'stroke="{COLOURS[place % len(COLOURS)]}" stroke-dasharray="{DASHES[place % len(DASHES)]}" fill="none"'
        at_x = _x(panel.promised[lane], longest)
        y = TOP + 92 + 18 * place
        parts += [
            f'<path d="{_curve(minutes, longest)}" {look} stroke-width="2.5"/>\n' if minutes else "",
            f'<path d="M{at_x:.1f} {TOP}V{HEIGHT - BOTTOM}" {look} opacity="0.5"/>\n',
            f'<path d="M{WIDTH - 150} {y - 4}h26" {look} stroke-width="2.5"/>\n',
            f'<text x="{WIDTH - 118}" y="{y}">{escape(lane)}</text>\n',
        ]
    return "".join(parts)


def _axes(longest: float) -> str:
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y = _y(percent / 100)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>\n')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{percent} %</text>\n')
    step = _tick(longest)
    for tick in range(int(longest / step) + 1):
        x = _x(tick * step, longest)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{tick * step}</text>\n')
    parts.append(
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">'
        "called within so many minutes; thin line: promised</text>\n"
    )
    return "".join(parts)


def _tick(longest: float) -> int:
    return next((step for step in (1, 2, 5, 10, 15, 30, 60, 120) if longest / step <= 8), 240)  # noqa: PLR2004 - fits


def _curve(minutes: Sequence[float], longest: float) -> str:
    points = []
    for step in range(STEPS + 1):
        wait = longest * step / STEPS
        points.append(f"{_x(wait, longest):.1f} {_y(bisect.bisect_right(minutes, wait) / len(minutes)):.1f}")
    return "M" + "L".join(points)


def _x(minutes: float, longest: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * minutes / longest


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share
