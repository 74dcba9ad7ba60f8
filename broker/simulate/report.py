"""The figures as tables for a terminal of 80 columns. All waits are minutes."""

from __future__ import annotations

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Table

from broker.domain.queue.outcomes import Score
from broker.simulate.figures import MINUTE_S, Figures, Waits


def waits_table(name: str, figures: Figures) -> Table:
    """Return the waits of one policy by lane and stage."""
    title = f"{name}: waits in minutes; {figures.days} days, {figures.visitors} visitors"
    table = _table(title, ("stage", "lane"), ("calls", "mean", "p50", "p95", "longest", "in promise"))
    for waits in figures.by_stage:
        minutes = (waits.mean, waits.p50, waits.p95, waits.longest)
        figured = (f"{figure:.1f}" for figure in minutes)
        table.add_row(waits.stage, waits.lane, str(waits.calls), *figured, f"{waits.within:.0%}")
    table.caption = _remarks(figures)
    return table


def policies_table(runs: Mapping[str, Figures]) -> Table:
    """Return the policies side by side: mean / p95 / longest wait of each lane, and the share within its promise."""
    first = next(iter(runs.values()))
    columns = [heading for waits in first.by_lane for heading in (waits.lane, "kept")]
    title = f"waits in minutes, mean / p95 / longest; {first.days} days, {first.visitors} visitors"
    table = _table(title, ("policy",), (*columns, "busy"))
    for name, figures in runs.items():
        cells = [cell for waits in figures.by_lane for cell in (_triple(waits), f"{waits.within:.0%}")]
        table.add_row(name, *cells, f"{figures.busy:.0%}")
    table.caption = "kept: within the lane's promise; busy: of the counters' time. The visitors are the same for each."
    return table


def promises_table(scores: Mapping[str, Score]) -> Table:
    """Return what the announced waits were worth; errors are medians, of the middle of the range, in minutes."""
    headings = ("waits", "in range", "sooner", "later", "off by", "usual", "per open", "at once")
    table = _table("announced waits, and the calls that came", ("",), headings)
    for name, score in scores.items():
        table.add_row(
            name,
            str(score.waits),
            *(_if_any(score, f"{share:.0%}") for share in (score.covered, score.early, score.late)),
            *(
                _if_any(score, f"{error / MINUTE_S:.1f}")
                for error in (score.error_s, score.naive_error_s, score.shared_error_s)
            ),
            str(score.at_once),
        )
    table.caption = (
        "off by: median minutes between the middle of the range and the call; usual: the same for the usual rule, "
        "average of the day x people ahead; per open: divided by the open counters; at once: told of a free counter"
    )
    return table


def _if_any(score: Score, figure: str) -> str:
    """Return a figure, or a dash where there was no wait to take it of."""
    return figure if score.waits else "-"


def _table(title: str, texts: tuple[str, ...], figures: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in texts:
        table.add_column(heading, no_wrap=True)
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _triple(waits: Waits) -> str:
    return f"{waits.mean:.1f} / {waits.p95:.1f} / {waits.longest:.0f}"


def _remarks(figures: Figures) -> str:
    remarks = [f"counters busy {figures.busy:.0%} of the time"]
    if figures.refused:
        remarks.append(f"{figures.refused} got no number: full for the day, or closed")
    if figures.unpromised:
        remarks.append(f"{figures.unpromised} came while no counter was open for them")
    return "; ".join(remarks)
