"""What is drawn in parts looks as what is drawn whole, on every screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from broker.up.screens import VirtualScreen


@pytest.mark.parametrize(
    ("screen", "width", "height", "least"),
    [("kiosk", 540, 960, 20), ("display", 960, 540, 20), ("counter", 1280, 800, 8)],
)
def test_pages_drawn_in_parts_look_as_if_drawn_whole(
    tmp_path: Path, screen: str, width: int, height: int, least: int
) -> None:
    virtual = VirtualScreen(width, height)
    virtual.start()
    try:
        said = subprocess.run(
            [sys.executable, "-m", "tests.ui.panel.redrawn", screen, str(tmp_path)],
            env={**os.environ, "DISPLAY": virtual.name, "ANTREAN_WINDOW": f"{width}x{height}+0+0"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=300,
        ).stdout
    finally:
        virtual.stop()
    seen = json.loads(said.splitlines()[-1])
    assert seen["wrong"] == []
    assert seen["parts"] >= least, "without a graphics card it is drawn in parts at all"
