"""What every screen begins with: it shows what is configured, or says in a sentence why not."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker.config import Settings
from broker.screen import EXIT_RUNS_ALREADY, run_screen
from tests.support.office import CONFIG


@dataclass
class Shown:
    """Shows nothing; remembers what it was asked to show."""

    names: list[str] = field(default_factory=list)

    def __call__(self, settings: Settings, name: str, *, data_dir: Path) -> None:
        """Take note."""
        assert name in {counter.id for counter in settings.counters}
        assert data_dir.is_dir()
        self.names.append(name)


@pytest.fixture(autouse=True)
def process_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave it as it was where temporary files go: a process that begins sets its own."""
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())


def run(monkeypatch: pytest.MonkeyPatch, show: Shown, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["counter", "--config", str(CONFIG), *arguments])
    return run_screen("counter", show, names=lambda settings: [counter.id for counter in settings.counters])


def test_the_first_is_shown_unless_another_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    show = Shown()
    assert run(monkeypatch, show, "--data", str(tmp_path)) == 0
    assert run(monkeypatch, show, "--data", str(tmp_path), "--id", "counter-3") == 0
    assert show.names == ["counter-1", "counter-3"]
    assert (tmp_path / "logs" / "counter-3.log").exists()


def test_one_that_is_not_configured_is_refused_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show = Shown()
    assert run(monkeypatch, show, "--data", str(tmp_path / "var"), "--id", "counter-9") == 1
    assert "has no counter 'counter-9'; it has: counter-1, counter-2" in capsys.readouterr().err
    assert show.names == []
    assert not (tmp_path / "var").exists()


def test_where_none_is_configured_it_is_said_where_to_look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["keypads", "--config", str(CONFIG), "--data", str(tmp_path / "var")])
    assert run_screen("keypads", Shown(), names=lambda _settings: []) == 1
    assert "names no keypads: see the sample" in capsys.readouterr().err


def test_a_broken_configuration_is_said_line_by_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "config.yaml"
    broken.write_text(CONFIG.read_text().replace("timezone:", "timezon:"))
    show = Shown()
    assert run(monkeypatch, show, "--config", str(broken), "--data", str(tmp_path)) == 1
    assert "did you mean" in capsys.readouterr().err
    assert show.names == []


def test_a_data_folder_that_cannot_be_written_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "var"
    taken.write_text("a file stands where the folder should be")
    assert run(monkeypatch, Shown(), "--data", str(taken)) == 1
    assert f"cannot write below {taken}" in capsys.readouterr().err


def test_a_screen_that_runs_already_is_not_started_twice_and_the_other_one_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = Shown()
    codes: list[int] = []
    left_behind = tmp_path / "tmp" / "counter-1" / "of the first"

    class Outer(Shown):
        def __call__(self, settings: Settings, name: str, *, data_dir: Path) -> None:
            super().__call__(settings, name, data_dir=data_dir)
            left_behind.touch()
            codes.append(run(monkeypatch, inner, "--data", str(tmp_path)))
            codes.append(run(monkeypatch, inner, "--data", str(tmp_path), "--id", "counter-2"))
            codes.append(run(monkeypatch, inner, "--data", str(tmp_path / "other")))

    assert run(monkeypatch, Outer(), "--data", str(tmp_path)) == 0
    assert codes == [EXIT_RUNS_ALREADY, 0, 0], "the same folder; another screen; another folder"
    assert inner.names == ["counter-2", "counter-1"]
    assert f"counter-1 already runs on this machine, as process {os.getpid()}" in capsys.readouterr().err
    assert left_behind.exists(), "the second one touches nothing of the first"


def test_a_screen_that_was_killed_leaves_nothing_in_its_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "counter-1.lock").write_text("4711\n")
    show = Shown()
    assert run(monkeypatch, show, "--data", str(tmp_path)) == 0
    assert show.names == ["counter-1"]
    assert (tmp_path / "counter-1.lock").read_text() == f"{os.getpid()}\n"
