"""The contact sheet: what it names is there, and what is there it names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contact_sheet import MODES_OF, SIZES, TOGETHER, USUAL
from tests.ui.panels import MODES


def test_the_index_names_every_picture_that_was_written(tmp_path: Path) -> None:
    asked = ("--size", "360 docked", "--size", "640 docked", "--mode", "plain", "--page", "paused")
    subprocess.run(
        [sys.executable, "-m", "tests.contact_sheet", str(tmp_path), "counter", *asked],
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )
    named = re.findall(r'src="([^"]+)"', (tmp_path / "index.html").read_text(encoding="utf-8"))
    written = {found.name for found in tmp_path.glob("*.webp")}
    assert sorted(named) == sorted(written)
    assert len(written) == 4, "two sizes in two languages"


@pytest.mark.parametrize("screen", SIZES)
def test_what_is_taken_where_nothing_is_asked_for_is_there(screen: str) -> None:
    assert set(USUAL[screen]) <= SIZES[screen].keys()
    assert {*MODES_OF[screen], *TOGETHER[screen]} <= MODES.keys()
