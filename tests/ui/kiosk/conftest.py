"""A screen without glass for the tests that open the true window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.up.screens import VirtualScreen


@pytest.fixture
def screen() -> Iterator[VirtualScreen]:
    """Start an X server on a free display, as large as the demo kiosk's panel."""
    made = VirtualScreen(1080, 1920)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return an empty data folder."""
    return tmp_path / "var"
