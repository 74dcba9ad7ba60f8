"""The machine: disk, clock, fonts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from broker.doctor import machine

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = dt.datetime(2026, 11, 25, 9, 0, tzinfo=JAKARTA)


def test_a_folder_that_takes_writes_is_good_or_at_least_no_fault(tmp_path: Path) -> None:
    found = machine.disk(tmp_path / "var")
    assert found.verdict != "fault"
    assert str(tmp_path / "var") in found.seen


def test_a_folder_that_is_a_file_is_a_fault_with_a_way_out(tmp_path: Path) -> None:
    taken = tmp_path / "var"
    taken.write_text("in the way")
    found = machine.disk(taken)
    assert found.verdict == "fault"
    assert "cannot be written" in found.seen
    assert found.advice


def test_a_clock_behind_the_journal_is_a_fault(tmp_path: Path) -> None:
    found = machine.clock(NOW, NOW + dt.timedelta(minutes=5), sync_file=tmp_path / "none")
    assert found.verdict == "fault"
    assert "2026-11-25 09:05:00" in found.seen


def test_a_clock_that_a_time_server_keeps_is_good(tmp_path: Path) -> None:
    mark = tmp_path / "synchronized"
    mark.touch()
    assert machine.clock(NOW, NOW - dt.timedelta(days=1), sync_file=mark).verdict == "good"


def test_fonts_are_looked_for_in_all_folders(tmp_path: Path) -> None:
    assert machine.fonts((tmp_path,)).verdict == "warning"
    font = tmp_path / "truetype" / "dejavu" / "DejaVuSansMono.ttf"
    font.parent.mkdir(parents=True)
    font.touch()
    assert machine.fonts((tmp_path / "none", tmp_path)).seen == str(font)
