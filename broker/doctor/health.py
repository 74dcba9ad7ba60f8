"""`antrean health`: whether the office works, in one line for each thing, for programs that watch over machines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from broker.config.settings import Settings
from broker.contract.topics import ENGINE_CLIENT
from broker.doctor.machine import rights
from broker.doctor.truth import Presences, configuration, engine, sending, versions
from hardware.doctor.question import Finding


def health(settings: Settings, config: Path, data_dir: Path) -> list[Finding]:
    """Return how the broker is and what it knows of every part. Blocks some seconds; touches no device."""
    broker, presences = engine(settings, data_dir)
    return [
        broker,
        *rights(config, data_dir),
        *configuration(presences),
        *versions(presences),
        *sending(presences),
        *parts(presences),
    ]


def parts(presences: Presences) -> Iterator[Finding]:
    """Yield which screen, keypad, sign or page is there, and which has gone without saying so."""
    for name, presence in sorted(presences.items()):
        if name == ENGINE_CLIENT:
            continue
        if presence.online:
            yield Finding(subject=name, verdict="good", seen=f"{presence.kind}, connected")
        else:
            advice = "if it should be open: look whether its machine is on and its cable plugged in"
            yield Finding(subject=name, verdict="warning", seen="not connected", advice=advice)


def is_well(findings: list[Finding]) -> bool:
    """Tell whether nothing is at fault; a warning alone leaves the office at work."""
    return all(finding.verdict != "fault" for finding in findings)
