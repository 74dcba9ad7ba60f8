"""The machine: disk, clock, fonts."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broker.config.document import shipped_text
from broker.config.writing import write_kiosk_section
from broker.doctor import machine
from hardware.files import close_to_others

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


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that anybody on this machine gets into; those of other tests are closed above it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_configuration_with_hashes_of_pins_that_all_may_read_is_named_with_the_way_out(open_folder: Path) -> None:
    config, data = open_folder / "config.yaml", open_folder / "var"
    before = config.with_name("config.yaml.version-1")
    for path in (config, before):
        path.write_text('officers: [{id: siti, name: Siti, pin_hash: "$argon2id$own"}]', encoding="utf-8")
        path.chmod(0o644)
    [found] = machine.rights(config, data)
    assert (found.subject, found.verdict) == ("rights", "warning")
    assert str(config) in found.seen
    assert str(before) in found.seen
    assert f"chmod 640 {config}" in (found.advice or "")
    for path in (config, before):
        path.chmod(0o640)
    assert not list(machine.rights(config, data)), "a group was let in by somebody who thought of it"
    config.chmod(0o644)
    open_folder.chmod(0o750)
    assert not list(machine.rights(config, data)), "nobody gets as far as that"


def test_the_demo_has_no_secret_that_is_not_known_to_all_but_what_the_office_writes_is_one(open_folder: Path) -> None:
    config, data = open_folder / "config.yaml", open_folder / "var"
    config.write_text(shipped_text(), encoding="utf-8")
    config.chmod(0o644)
    (data / "logs").mkdir(parents=True)
    assert not list(machine.rights(config, data))
    names = ("office.db", "logs/broker.log", "ca.key", "sessions.key", "logins.json")
    for name in names:
        (data / name).touch()
        (data / name).chmod(0o604)
    for folder in (data, data / "logs"):
        folder.chmod(0o755)
    [found] = machine.rights(config, data)
    assert "and 2 more" in found.seen
    close_to_others(data)
    assert not list(machine.rights(config, data))


def test_what_is_written_anew_is_closed_to_others_and_stays_open_to_its_group(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(shipped_text(), encoding="utf-8")
    for before, after in ((0o644, 0o640), (0o600, 0o600), (0o660, 0o660)):
        config.chmod(before)
        write_kiosk_section(config, "kiosk-1", "scanner", {"type": "keyboard", "prefix": f'"{before}"'})
        assert config.stat().st_mode & 0o777 == after
