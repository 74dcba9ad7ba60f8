"""What a machine is installed with: the broker works without screens, and what is lacking is said."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from broker.extras import extra_of, lacking
from tests.sbom import needed, normal

WITHOUT = """
import importlib, pkgutil, runpy, sys
hidden = set(sys.argv.pop(1).split(","))
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hidden())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name.partition(".")[0] in hidden else found(name, *more)
"""
"""An interpreter without the libraries that are named: as one that never had them installed."""
IMPORTS = """
import broker
for module in pkgutil.walk_packages(broker.__path__, "broker."):
    if not module.name.endswith(("__main__", "migrations.env")):
        importlib.import_module(module.name)
print("all of it")
"""
COMMAND = """
sys.argv[0] = "antrean"
from broker.cli import main
sys.exit(main())
"""


def hidden(*extras: str) -> str:
    """Return the modules that are not there where only these extras are installed."""
    lacking = needed() - needed(extras)
    here = packages_distributions()
    return ",".join(sorted(name for name, made_by in here.items() if {normal(one) for one in made_by} <= lacking))


def run(program: str, *arguments: str, extras: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program on a machine with these extras."""
    command = [sys.executable, "-c", f"{WITHOUT}{program}", hidden(*extras), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=110)


def test_a_machine_of_the_broker_needs_nothing_that_draws_or_prints(tmp_path: Path) -> None:
    assert {"kivy", "Xlib", "escpos", "serial", "psycopg"} <= set(hidden("server").split(","))
    done = run(IMPORTS, extras=("server",), folder=tmp_path)
    assert (done.stdout.strip(), done.stderr) == ("all of it", "")


def test_what_is_missing_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = run(COMMAND, "kiosk", extras=(), folder=tmp_path)
    sentence = "this machine has no screens and devices: install antrean[kiosk]"
    assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", sentence)


def test_what_an_error_of_another_library_means_is_not_guessed() -> None:
    assert lacking(ImportError("no", name="kivy.core.window")) is not None
    assert lacking(ImportError("no", name="somebody_elses")) is None
    assert lacking(ImportError("no")) is None


def test_what_needs_no_extra_is_the_broker_alone() -> None:
    assert [extra_of(one) for one in ("broker", "broker.preview", "broker.web", "kiosk", "display.signs")] == [
        *(None, None, "server", "kiosk", "kiosk")
    ]
