"""`make tables`: the definition table of reports, as docs/supervisor.md has it."""

from __future__ import annotations

import sys
from pathlib import Path

from broker.reports.figures import FIGURES, PERIODS
from broker.reports.query import DIVIDED

BEGIN, END = "<!-- the definition table: make tables -->", "<!-- end of the definition table -->"


def definition_table() -> str:
    """Return each figure with its unit, what it is of, what it is, and by what it is divided."""
    rows = ["| figure | unit | n is | what it is | divided by |", "|---|---|---|---|---|"]
    part = ""
    for one in FIGURES:
        if one.part != part:
            part = one.part
            rows.append(f"| **{part}** | | | | |")
        by = ["day to quarter", *(name for name in DIVIDED if name in one.dimensions and name not in PERIODS)]
        rows.append(
            f"| {one.name} (`{one.id}`) | {one.unit} | {one.denominator} | {one.definition} "
            f"| {', '.join(name.replace('_', ' ') for name in by)} |"
        )
    return "\n".join(rows)


def with_table(page: str) -> str:
    """Return a page with the table as it is now between its two marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{definition_table()}\n{END}{tail}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")
