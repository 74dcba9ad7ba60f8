"""`antrean advise`: who will come, and which counters are worth opening. It reads alone; the office goes before."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from broker.advice.command import BusyError, advise, only_one
from broker.cli.options import ConfigOption, DataOption, say
from broker.config import Settings, load_settings
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.language import Phrases
from broker.reports.advice import (
    PACKAGE,
    POLICY_NAMES,
    ActsTold,
    AdviceQuestion,
    AdviceTold,
    ForecastTold,
    PlansTold,
    ProgressTold,
    RefusedTold,
    act_in_words,
    always_unknown,
    band_in_words,
    clock,
    hits_in_words,
    percent,
    refused_in_words,
    unknown_in_words,
)
from broker.reports.facts import DayFacts
from broker.simulate.offices import PolicyName
from broker.store.archive import Archive
from broker.store.database import resolve_url

app = typer.Typer()
NICE = 19
"""The office's own work goes before advice, and so do reports."""
CANCELLED = 143


@app.command("advise")
def advise_command(  # noqa: PLR0917 - typer passes them by name
    day: Annotated[str | None, typer.Option(help="Such as 2026-11-30; else the next working day.")] = None,
    over: Annotated[int, typer.Option(help="Minutes: whoever waits longer has waited too long.")] = 30,
    times: Annotated[float, typer.Option(help="So many times as many visitors as foretold.")] = 1.0,
    opens: Annotated[
        list[str] | None,
        typer.Option("--open", help="A roster of your own: such as 4=08:30-10:00,13:00-15:00, once for each counter."),
    ] = None,
    policy: Annotated[PolicyName | None, typer.Option(help="Another policy than the configured one.")] = None,
    promise: Annotated[
        list[str] | None, typer.Option(help="Another promise of a lane in minutes: such as regular=45.")
    ] = None,
    days: Annotated[int, typer.Option(help="How often the day is played.")] = 20,
    seed: Annotated[int, typer.Option(help="The same seed brings the same visitors.")] = 1,
    forecast: Annotated[bool, typer.Option("--forecast", help="Foretell only, and play nothing.")] = False,  # noqa: FBT002 - a flag
    json: Annotated[bool, typer.Option("--json", help="A message a line, with progress: for programs.")] = False,  # noqa: FBT002 - a flag
    ask: Annotated[bool, typer.Option("--ask", help="Read the question from standard input, as JSON.")] = False,  # noqa: FBT002 - a flag
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Foretell the week, and try what other counters, policies and promises would do for visitors on one day of it."""
    with suppress(OSError):  # where it may not, it works as it is
        os.nice(NICE)
    signal.signal(signal.SIGTERM, _cancelled)
    settings = load_settings(config, os.environ)
    wanted: dict[str, Any] = {"day": day, "over_min": over, "times": times, "days": days, "seed": seed}
    plan = _plan(settings, opens or (), policy, promise or ())
    wanted |= {"plans": [plan] if plan else [], "does": "forecast" if forecast else "search"}
    try:
        asked = AdviceQuestion.model_validate_json(sys.stdin.read()) if ask else AdviceQuestion.model_validate(wanted)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, one["loc"])) + f": {one['msg']}" for one in error.errors())
        raise typer.Exit(say(f"this cannot be asked: {where}")) from None
    teller = _Lines() if json else _Words(settings)
    now = dt.datetime.now(settings.office.zone)
    try:
        with only_one(data), closing(Archive(resolve_url(settings.store.url, data), settings.office.id)) as archive:

            def read(first: dt.date, last: dt.date) -> tuple[DayFacts, ...]:
                return tuple(
                    one for one in archive.history(settings.office.zone, first, last, now).days if one.day >= first
                )

            is_answered = advise(settings, asked, now.date(), read, teller.tell)
    except BusyError:
        teller.tell(RefusedTold(code="busy"))
        is_answered = False
    if not is_answered:
        raise typer.Exit(1)


def _cancelled(_signal: int, _frame: object) -> None:
    raise SystemExit(CANCELLED)


def _plan(
    settings: Settings, opens: Sequence[str], policy: PolicyName | None, promises: Sequence[str]
) -> dict[str, Any]:
    """Return the plan that is set beside the usual one; nothing where none is asked for."""
    by_label = {one.label: one.id for one in settings.counters} | {one.id: one.id for one in settings.counters}
    roster = {by_label.get(name, name): spans.split(",") for name, spans in map(_halves, opens)}
    found: dict[str, Any] = {"roster": roster} if roster else {}
    if policy is not None:
        found["policy"] = policy
    if promises:
        found["promised_min"] = dict(map(_halves, promises))
    return found


def _halves(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not value.strip():
        raise typer.Exit(say(f"{text} says not what: such as 4=08:30-10:00, or regular=45"))
    return name.strip(), value.replace(" ", "")


class _Lines:
    """Says everything as JSON, a message a line; nobody who listens any more ends the work."""

    def tell(self, told: AdviceTold) -> None:
        """Say a message."""
        sys.stdout.write(told.model_dump_json() + "\n")
        sys.stdout.flush()


class _Words:
    """Says everything as sentences, in English as all commands do."""

    def __init__(self, settings: Settings) -> None:
        self._p = Phrases(PACKAGE, "en")
        self._out = Console(emoji=False)
        self._status = Console(stderr=True)
        self._counters = {one.id: one.label for one in settings.counters}
        self._services = {one.id: one.name.get("en", one.id) for one in settings.services}
        self._stages = {one.id: one.name.get("en", one.id) for one in settings.stages}

    def tell(self, told: AdviceTold) -> None:
        """Say a message."""
        match told:
            case ProgressTold():
                if self._status.is_terminal:
                    self._status.print(f"{told.step}: {told.done} / {told.of}   ", end="\r", highlight=False)
            case ForecastTold():
                self._forecast(told)
            case PlansTold():
                self._plans(told)
            case ActsTold():
                self._acts(told)
            case RefusedTold():
                say(refused_in_words(self._p, told))

    def _forecast(self, told: ForecastTold) -> None:
        p = self._p
        self._say("")
        for day in told.days:
            said = band_in_words(p, day.total) if day.is_working else "closed"
            self._say(f"{p.day(day.day)}: {said}")
            if day.day == told.chosen:
                for half_hour, band in day.half_hours.items():
                    self._say(f"    {clock(p, half_hour)}  {band_in_words(p, band)}")
                for service, band in day.services.items():
                    self._say(f"    {self._services.get(service, service)}: {band_in_words(p, band)}")
        self._say(hits_in_words(p, told.hits))
        unknown = unknown_in_words(p, told.unknown, services=self._services, stages=self._stages)
        for sentence in (*unknown, *always_unknown(p)):
            self._say(f"- {sentence}")

    def _plans(self, told: PlansTold) -> None:
        p = self._p
        self._say("")
        self._say(f"{p.day(told.day)}, played {told.days} times with {told.visitors:.0f} visitors a day:")
        for plan in told.plans:
            name = "as usual" if plan.name == "usual" else "your plan"
            lanes = "; ".join(
                f"{lane} {percent(p, one.within)} within {one.promised_min:.0f} min" for lane, one in plan.lanes.items()
            )
            over = f"{percent(p, plan.over)} wait more than {told.over_min} min"
            usual = f"half up to {plan.p50_min:.0f}, 19 of 20 up to {plan.p95_min:.0f} min"
            self._say(f"{name}: {over}, {usual}; {lanes}; {plan.counter_hours:.1f} counter hours")
            if plan.left >= 0.05:  # noqa: PLR2004 - what is shown as 0.0
                self._say(f"    {plan.left:.1f} visitors a day are left whom no open counter serves")

    def _acts(self, told: ActsTold) -> None:
        self._say("")
        for act in told.acts:
            self._say(act_in_words(self._p, act, told.over_min, self._counters))
        if not told.tried:
            self._say("Every counter is open all the day: there is none more to open.")
        elif not told.acts:
            self._say("No counter more would make a difference that is larger than chance.")
        for plan in told.policies:
            lanes = ", ".join(f"{lane} {percent(self._p, one.within)}" for lane, one in plan.lanes.items())
            self._say(
                f"{self._p.say(POLICY_NAMES[plan.policy])}: {percent(self._p, plan.over)} wait too long; "
                f"within their promise: {lanes}"
            )

    def _say(self, line: str) -> None:
        self._out.print(line, markup=False, highlight=False, soft_wrap=True)
