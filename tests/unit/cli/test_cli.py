"""The command `antrean`: what cannot be done is said in a sentence, never in a traceback."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import pytest

from broker.cli import main
from broker.store.head import Head
from broker.store.sql import SqlStore
from hardware.emulators.control import Control, socket_path
from tests.fakes.days import a_busy_day
from tests.fakes.engine_room import EngineRoom
from tests.support.office import CONFIG
from tests.support.sqlite import opened


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that has to fail; return what it said."""
    monkeypatch.setattr("sys.argv", ["antrean", *map(str, arguments)])
    assert _exit_code() == 1
    return capsys.readouterr().err


def done(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that has to succeed; return what it said."""
    monkeypatch.setattr("sys.argv", ["antrean", *map(str, arguments)])
    assert _exit_code() == 0
    return capsys.readouterr().out


def _exit_code() -> object:
    try:
        return main()
    except SystemExit as ended:
        return ended.code


def test_a_journal_that_is_not_there_is_not_called_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = said(monkeypatch, capsys, "journal", "verify", "--config", CONFIG, "--data", tmp_path)
    assert f"there is no database at {tmp_path / 'office.db'}" in text
    assert not (tmp_path / "office.db").exists()


def test_a_journal_without_its_end_is_said_and_taken_only_when_somebody_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ("--config", CONFIG, "--data", tmp_path)
    with closing(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo", Head(tmp_path, "demo"))) as store:
        a_busy_day(EngineRoom(store=store))
    assert "the journal is whole: 19 lines" in done(monkeypatch, capsys, "journal", "verify", *arguments)
    with opened(tmp_path / "office.db") as connection:
        for table in ("events", "tickets", "sessions", "replies"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
    assert "empty, but had 19 lines" in said(monkeypatch, capsys, "journal", "verify", *arguments)
    assert "no number is given out" in said(monkeypatch, capsys, "broker", *arguments)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert "nothing was changed" in said(monkeypatch, capsys, "recover", *arguments)
    told = done(monkeypatch, capsys, "recover", "--yes", *arguments)
    assert "what is wrong: the journal is empty, but had 19 lines" in told
    assert "given out on 2026-03-02 and not in the database: A-001, B-001 to B-002" in told
    assert "is put aside" in told
    assert "nothing is missing: the journal has 1 lines" in done(monkeypatch, capsys, "recover", *arguments)
    assert "the journal is whole: 1 lines" in done(monkeypatch, capsys, "journal", "verify", *arguments)
    assert len(list(tmp_path.glob("journal-demo.head.*"))) == 1


@pytest.mark.parametrize("command", ["broker", "up"])
def test_a_data_folder_that_cannot_be_written_is_said(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    taken = tmp_path / "var"
    taken.write_text("a file stands where the folder should be")
    text = said(monkeypatch, capsys, command, "--config", CONFIG, "--data", taken)
    assert str(taken) in text
    assert len(text.splitlines()) == 1


def test_signs_are_served_where_there_is_no_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    become: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _program, arguments: become.append(arguments))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr("sys.argv", ["antrean", "signs", "--data", str(tmp_path), "--id", "signs-1"])
    with pytest.raises(SystemExit, match="0"):
        main()
    [arguments] = become
    assert arguments[1:3] == ["-m", "display.signs"]
    assert arguments[-2:] == ["--id", "signs-1"]


def test_a_broken_configuration_is_said_line_by_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "config.yaml"
    broken.write_text(CONFIG.read_text().replace("timezone:", "timezon:"))
    assert "did you mean" in said(monkeypatch, capsys, "broker", "--config", broken, "--data", tmp_path / "var")
    assert not (tmp_path / "var").exists()


def test_an_emulated_device_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with (
        closing(Control(socket_path(tmp_path, "printer"), lambda line: f"did [{line}]")),
        closing(Control(socket_path(tmp_path, "scan"), lambda line: f"? {line!r} is no command")),
    ):
        for device, status in (("printer", 0), ("sign", 1), ("scan", 1)):
            monkeypatch.setattr("sys.argv", ["antrean", "tell", device, "paper_out", "5", "--data", str(tmp_path)])
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code == status
    said_here = capsys.readouterr()
    assert said_here.out == "did [paper_out 5]\n"
    assert said_here.err == (
        f"no emulated device 'sign' is running below {tmp_path}; running: printer, scan\n'paper_out 5' is no command\n"
    )
