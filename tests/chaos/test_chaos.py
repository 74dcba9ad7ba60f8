"""Some rounds of `make chaos` in every run of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.play import play


@pytest.mark.timeout(300)
def test_twenty_rounds_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    figures = play(tmp_path / "var", rounds=20, seed=13)
    assert sum(figures.rounds.values()) == 20
    assert figures.acknowledged >= 20 * 6
