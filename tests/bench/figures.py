"""How figures are written down."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from rich.table import Table


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which so many of a hundred lie."""
    return statistics.quantiles(values, n=100)[percent - 1]


def milliseconds(seconds: Sequence[float]) -> tuple[str, str]:
    """Return p50 and p99."""
    return f"{percentile(seconds, 50) * 1000:.2f}", f"{percentile(seconds, 99) * 1000:.2f}"


def floor_row(seconds: Sequence[float], floor_s: float) -> tuple[str, str]:
    """Return p50 and p99 as multiples of the floor."""
    return f"{percentile(seconds, 50) / floor_s:.2f}", f"{percentile(seconds, 99) / floor_s:.2f}"


def markdown(table: Table) -> str:
    """Return a table as it stands in a document."""
    rows = list(zip(*(map(str, column.cells) for column in table.columns), strict=True))
    head = [str(column.header) for column in table.columns]
    rule = ["--:" if column.justify == "right" else "---" for column in table.columns]
    lines = [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]
    return f"**{table.title}**\n\n" + "\n".join(lines) + "\n"
