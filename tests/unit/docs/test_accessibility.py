"""The page about accessibility: every clause has a state in words, and what is shown is shown by tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "accessibility.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]
STATES = re.compile(r"^(met|partly|not met|not shown|does not apply|the same)\b")


def _tests() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    texts = [file.read_text(encoding="utf-8") for file in files]
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def test_each_clause_says_whether_it_is_met() -> None:
    assert len(ROWS) > 50
    for row in ROWS:
        states = row[1:-1] if len(row) == 5 else row[2:3]
        assert all(STATES.match(state) for state in states), row


def test_what_shows_it_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    assert len(named) > 30
    assert not named - _tests()
