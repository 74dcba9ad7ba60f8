"""The processes of an office on one machine: started, watched, started again when they die, ended together."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from broker.server.children import bound_to_parent, keep_small
from hardware.files import open_to_append

STOP_TIMEOUT_S = 8.0
FIRST_DELAY_S = 1.0
MAX_DELAY_S = 30.0
CALM_AFTER_S = 60.0
"""A process that lived so long is healthy: the next death is its first."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Child:
    """One process and how often it had to be started again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    output: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    start_again_at: float | None = None

    def start(self) -> None:
        """Start the process; its output goes to a file of its own."""
        self.output.parent.mkdir(parents=True, exist_ok=True)
        with open_to_append(self.output) as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own command line
                bound_to_parent(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,  # Ctrl-C at a terminal is for us alone: we end them in order
            )
        self.started_at = time.monotonic()
        self.start_again_at = None

    @property
    def exit_code(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return None if self.process is None else self.process.poll()


@dataclass(slots=True)
class Office:
    """All child processes, in the order in which they were started. Used by one thread: they end with it."""

    tell: Callable[[str], None]
    children: list[Child] = field(default_factory=list)

    def add(self, child: Child) -> Child:
        """Start a child and watch it from now on."""
        child.start()
        self.children.append(child)
        return child

    def watch(self) -> None:
        """Look after all children once: report who died, start again whose time has come, keep their output small."""
        now = time.monotonic()
        for child in self.children:
            keep_small(child.output)
            if child.start_again_at is not None:
                if now >= child.start_again_at:
                    child.start()
                    self.tell(f"{child.name} was started again")
            elif child.exit_code is not None:
                self._died(child, now)

    def stop(self) -> None:
        """End all, the last first; whoever does not listen is killed."""
        for child in reversed(self.children):
            if child.process is not None and child.exit_code is None:
                child.process.terminate()
                _wait(child.process)

    def _died(self, child: Child, now: float) -> None:
        if now - child.started_at > CALM_AFTER_S:
            child.deaths = 0
        delay_s = min(FIRST_DELAY_S * 2**child.deaths, MAX_DELAY_S)
        child.deaths += 1
        child.start_again_at = now + delay_s
        self.tell(f"{child.name} ended by itself (exit code {child.exit_code}); see {child.output}")


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        log.warning("process %d does not end; killing it", process.pid)
        process.kill()
        process.wait()
