"""How much paper is left: counted on disk, by whichever process prints or changes the roll."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.paper.commands import main
from kiosk.paper.roll import PaperRoll, roll_file
from tests.support.office import CONFIG


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rolls" / "kiosk-1-printer.json"


def roll(path: Path) -> PaperRoll:
    return PaperRoll(path, length_m=50, warning_m=5)


def test_a_new_roll_is_full(path: Path) -> None:
    assert (roll(path).left_m, roll(path).is_low) == (50, False)


def test_papers_add_up_over_restarts(path: Path) -> None:
    for _ in range(3):
        roll(path).used(200)
    assert roll(path).left_m == pytest.approx(49.4)


def test_it_is_low_at_the_warning_length_and_never_less_than_nothing(path: Path) -> None:
    roll(path).used(45_000)
    assert roll(path).is_low
    roll(path).used(10_000)
    assert roll(path).left_m == 0


def test_another_process_may_change_the_roll_at_any_time(path: Path) -> None:
    running = roll(path)
    running.used(48_000)
    roll(path).change()
    running.used(1_000)
    assert running.left_m == pytest.approx(49)


def test_a_roll_that_was_changed_while_the_kiosk_was_off_is_new(path: Path) -> None:
    evening = roll(path)
    evening.used(47_000)
    evening.saw("paper_out")
    assert evening.is_low
    morning = roll(path)
    morning.saw("cover_open")
    morning.saw("unknown")
    assert morning.is_low
    morning.saw("ready")
    assert morning.left_m == 50
    morning.used(1_000)
    morning.saw("ready")
    assert morning.left_m == 49


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"used_m": "much"}', "null"])
def test_a_count_that_makes_no_sense_is_a_new_roll(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    assert roll(path).left_m == 50


def test_a_disk_that_refuses_costs_the_count_only(path: Path) -> None:
    path.parent.write_bytes(b"a file where a folder should be")
    roll(path).used(1_000)
    assert roll(path).left_m == 50


def tool(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["antrean printer", "new-roll", "--config", str(CONFIG), *map(str, arguments)])
    return main()


def test_the_command_begins_a_new_roll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    running = PaperRoll(roll_file(tmp_path, "kiosk-1", "printer"), length_m=70, warning_m=5)
    running.used(66_000)
    assert tool(monkeypatch, "--data", tmp_path) == 0
    assert capsys.readouterr().out == "kiosk-1 printer: 70 m of paper; 4.0 m were left by the old count\n"
    assert running.left_m == 70


def test_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(monkeypatch, "--data", tmp_path, "--id", "kiosk-9") == 1
    assert tool(monkeypatch, "--data", tmp_path, "--spare") == 1
    assert capsys.readouterr().err.splitlines() == [
        "no kiosk is called 'kiosk-9'; there are: kiosk-1",
        "kiosk-1 has no second printer",
    ]
