"""The command `antrean simulate` without its options: plays, and shows what it was like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from broker.domain.queue.policies import policy_name
from broker.simulate.figures import MINUTE_S, Figures, figures_of, minutes_by_lane
from broker.simulate.offices import PolicyName, with_policy
from broker.simulate.plan import Plan
from broker.simulate.plot import Panel, waits_svg
from broker.simulate.report import policies_table, promises_table, waits_table
from broker.simulate.run import play_days


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be played and where it is shown."""

    plan: Plan
    policies: Sequence[PolicyName]
    """Several are set side by side; none means the plan's own."""
    days: int
    jobs: int
    plot: Path | None = None


def simulate(run: Run, out: Console) -> dict[str, Figures]:
    """Play and print; return the figures by policy."""
    plans: dict[str, Plan] = {name: with_policy(run.plan, name) for name in run.policies}
    plans = plans or {policy_name(run.plan.office.policy): run.plan}
    found: dict[str, Figures] = {}
    panels = []
    with Progress(console=out, transient=True) as progress:
        for name, plan in plans.items():
            task = progress.add_task(name, total=run.days)
            records = play_days(plan, run.days, jobs=run.jobs, tell=partial(progress.advance, task))
            found[name] = figures_of(plan.office, records)
            promised = {lane.id: lane.promised_s / MINUTE_S for lane in plan.office.lanes.values()}
            panels.append(Panel(name, minutes_by_lane(plan.office, records), promised))
    _show(found, run.plan, out)
    if run.plot is not None:
        run.plot.write_text(waits_svg(panels), encoding="utf-8")
        out.print(f"drawn: {run.plot}", markup=False, highlight=False, soft_wrap=True)
    return found


def _show(found: dict[str, Figures], plan: Plan, out: Console) -> None:
    if len(found) > 1:
        out.print(policies_table(found))
    else:
        for name, figures in found.items():
            out.print(waits_table(name, figures))
    out.print(promises_table({name: figures.promises for name, figures in found.items()}))
    out.print(f"{plan.per_hour:.1f} visitors an hour, seed {plan.seed}", highlight=False)
