"""Programs of ours as processes of their own, forked from one that has imported what they need.

An interpreter that imports a broker takes a second of a core, and the suite starts a hundred. What is started here has
its own pid and environment, dies of any signal and ends with its own exit code, as `python -m` would. Not for what
depends on how the interpreter itself is started (`antrean up`, a command line as others see it): there `subprocess` is.
"""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

PROCESSES = multiprocessing.get_context("forkserver")
"""For what a test runs in a process of its own that is no program of ours."""
PROCESSES.set_forkserver_preload(
    [
        "broker.cli.commands",
        "broker.web.start",
        "broker.bootstrap.process",
        "broker.screen",
        "display.signs.app",
        "counter.keypads.app",
        "tests.support.earlier_broker",
        "tests.ui.kiosk.kiosk_to_kill",
        "pytest",  # what multiprocessing takes for the main program
    ]
)
"""Nothing of Kivy's: it reads its environment when it is imported."""


class Program:
    """`python -m module arguments`, running. What it says goes nowhere, or into files."""

    def __init__(
        self,
        module: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        output: Path | None = None,
        errors: Path | None = None,
    ) -> None:
        """Start it."""
        wanted = (module, arguments, dict(os.environ if env is None else env), output, errors)
        self._process: BaseProcess = PROCESSES.Process(target=_become, args=wanted, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Return its number."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Return its exit code once it has ended; of a signal, its number below zero."""
        self._process.join(0)
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code when it has ended; `subprocess.TimeoutExpired` where it goes on."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()


def run(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; return its exit code and what it said, as `subprocess.run` does."""
    with tempfile.TemporaryDirectory() as folder:
        said, complained = Path(folder) / "out", Path(folder) / "err"
        code = Program(module, *arguments, env=env, output=said, errors=complained).wait(RUNS_S)
        return subprocess.CompletedProcess(
            (module, *arguments), code, said.read_text(encoding="utf-8"), complained.read_text(encoding="utf-8")
        )


RUNS_S = 60.0


def _become(
    module: str, arguments: Sequence[str], env: Mapping[str, str], output: Path | None, errors: Path | None
) -> None:
    """Be the program: in a process that was just forked."""
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    for number, path in ((1, output), (2, errors)):
        to = os.open(os.devnull if path is None else path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(to, number)
        os.close(to)
    sys.argv = [module, *arguments]
    sys.orig_argv = [sys.executable, "-m", module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        logging.shutdown()
        atexit._run_exitfuncs()
