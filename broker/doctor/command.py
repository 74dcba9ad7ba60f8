"""All checks in order, as a table, with an exit code that a script can trust."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from broker.config import Settings, check_settings, load_settings
from broker.doctor import machine, phones, truth
from broker.doctor.devices import check_devices, say_a_call
from broker.store.checkup import check_up
from broker.store.database import resolve_url
from broker.store.head import Head
from hardware.doctor.question import Finding, Verdict

MARKS: dict[Verdict, tuple[str, str]] = {
    "good": ("ok", "green"),
    "warning": ("look", "yellow"),
    "fault": ("WRONG", "bold red"),
}
"""Words and colours: neither stands alone."""


@dataclass(frozen=True, slots=True)
class CheckUp:
    """What `antrean doctor` was asked to look at; no part in `only` means all of them."""

    config: Path
    data_dir: Path
    only: frozenset[str] = frozenset()
    prints: bool = False
    says: bool = False


def run_checks(wanted: CheckUp, console: Console) -> int:
    """Print the table; return 1 if anything is wrong, else 0."""
    findings = list(_findings(wanted))
    console.print(findings_table(findings))
    faults = sum(finding.verdict == "fault" for finding in findings)
    looks = sum(finding.verdict == "warning" for finding in findings)
    console.print(_summary(faults, looks), highlight=False)
    return 1 if faults else 0


def findings_table(findings: Sequence[Finding]) -> Table:
    """Return the findings side by side, what is to be done beside what was seen."""
    table = Table(show_lines=False, expand=False)
    for title in ("what", "", "seen", "what to do"):
        table.add_column(title, overflow="fold")
    for finding in findings:
        mark, style = MARKS[finding.verdict]
        table.add_row(Text(finding.subject), Text(mark, style=style), Text(finding.seen), Text(finding.advice))
    return table


def _findings(wanted: CheckUp) -> Iterator[Finding]:
    problems = check_settings(wanted.config, os.environ)
    for problem in problems:
        verdict: Verdict = "warning" if problem.warning else "fault"
        advice = str(problem.hint) if problem.here else f"edit {wanted.config}"
        subject = "languages" if problem.here else "configuration"
        yield Finding(subject=subject, verdict=verdict, seen=str(problem), advice=advice)
    if any(not (problem.warning or problem.here) for problem in problems):
        return
    if not problems:
        yield Finding(subject="configuration", verdict="good", seen=str(wanted.config))
    settings = load_settings(wanted.config, os.environ)
    yield from _unknown_parts(settings, wanted)
    yield machine.disk(wanted.data_dir)
    yield from machine.rights(wanted.config, wanted.data_dir)
    office = settings.office.id
    checkup = check_up(resolve_url(settings.store.url, wanted.data_dir), office, Head(wanted.data_dir, office))
    yield truth.store(checkup)
    yield from truth.years(settings, wanted.data_dir)
    last_at = None if checkup is None else checkup.last_at
    yield machine.clock(dt.datetime.now(settings.office.zone), last_at)
    yield machine.screen(os.environ)
    yield machine.fonts()
    yield truth.server(settings)
    yield from truth.logins(settings)
    yield from truth.encryption(settings, wanted.data_dir, dt.datetime.now(dt.UTC))
    engine, presences = truth.engine(settings, wanted.data_dir)
    yield engine
    yield from truth.versions(presences)
    yield from truth.configuration(presences)
    yield from truth.sending(presences)
    yield from phones.pages(settings, presences)
    yield from phones.office_key(settings, presences, wanted.data_dir)
    yield from check_devices(settings, presences, wanted.data_dir, only=wanted.only, prints=wanted.prints)
    if wanted.says:
        yield from say_a_call(settings, wanted.config, wanted.data_dir, only=wanted.only)


def _unknown_parts(settings: Settings, wanted: CheckUp) -> Iterator[Finding]:
    """Yield a fault for each part that was named and is not there: else nothing would be wrong with it."""
    screens = [kiosk.id for kiosk in settings.kiosks] + [display.id for display in settings.displays]
    lines = [keypads.id for keypads in settings.keypads] + [signs.id for signs in settings.signs]
    parts = screens + lines
    for name in sorted(wanted.only - set(parts)):
        seen = f"{wanted.config} has no part {name!r} with devices"
        yield Finding(subject="--only", verdict="fault", seen=seen, advice=f"name one of: {', '.join(parts)}")


def _summary(faults: int, looks: int) -> str:
    if faults:
        return f"{faults} wrong, {looks} to look at"
    return f"nothing is wrong, {looks} to look at" if looks else "all is well"
