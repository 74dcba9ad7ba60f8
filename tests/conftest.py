"""What every test run shares: how hard the property tests try, one browser, and the tables of new databases."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from tests.support.browsing import CHROMIUM, HALL
from tests.support.new_tables import made_once
from tests.support.trials import PROFILE

_SLOW_MACHINE = [HealthCheck.too_slow]

settings.register_profile(
    "desk", max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW_MACHINE
)
settings.register_profile("night", max_examples=2_000, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.load_profile(PROFILE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield Debian's Chromium."""
    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {HALL} 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", rules])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Leave the log as it was: a process that begins sets its own, and would write where this test was captured."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers, root.level = handlers, level


@pytest.fixture(scope="session", autouse=True)
def _tables_are_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with made_once(tmp_path_factory.mktemp("tables")):
        yield


@pytest.fixture(autouse=True)
def _umask_is_as_it_was() -> Iterator[None]:
    """Give back what a command of ours closes to others for its whole process."""
    before = os.umask(0o022)
    yield
    os.umask(before)


_LONGEST_FIRST = ("chaos", "ui", "e2e", "property", "web", "contract", "hardware")
"""Below `tests`; the thousands of short ones come last, so that no worker is left with long ones at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    here = Path(__file__).parent
    places = {name: place for place, name in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.relative_to(here).parts[0], len(places)))


def pytest_collection_finish() -> None:
    """Take what stands now for what stays: thousands of tests, looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
