"""Each promise of the architecture is shown by tests that exist, and kept by modules that do."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TABLE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("| promise |")[1].split("\n\n")[0]
PROMISES = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines()[2:]]
FILES = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}


def test_each_promise_is_shown_by_a_test() -> None:
    assert len(PROMISES) > 20
    for _, _, shown in PROMISES:
        assert re.search(r"`(tests/|test_)", shown), shown


def test_what_shows_it_exists() -> None:
    names = {
        name
        for file in FILES
        for name in re.findall(r"^def (test_\w+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    }
    for _, _, shown in PROMISES:
        folder = ""
        for said in re.findall(r"`((?:tests|test_)[\w/.]*)`", shown):
            folder = said.rpartition("/")[0] or folder
            known = said in names or said in FILES or (ROOT / said).is_dir() or f"{folder}/{said}" in FILES
            assert known, said


def test_what_keeps_it_exists() -> None:
    for _, kept, _ in PROMISES:
        for said in re.findall(r"`((?:broker|kiosk|display|counter|hardware)/[\w/.]+)`", kept):
            assert (ROOT / said).exists(), said
