"""The command `antrean voice` hands everything on to the display's own tool, without a screen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from broker.cli import main
from display.recording.__main__ import main as voice
from tests.support.office import CONFIG


class BecameError(Exception):
    """The process would have become another."""


def test_what_is_typed_is_what_the_tool_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    became: list[list[str]] = []

    def become(_program: str, arguments: list[str]) -> None:
        became.append(arguments)
        raise BecameError

    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr("os.execv", become)
    monkeypatch.setenv("ANTREAN_DISPLAYS__0__SOUND__SPEECH__ENGINE", "none")
    places = ["--config", str(CONFIG), "--data", str(tmp_path)]
    asked = ["--language", "en", "--id", "display-1", "--lane", "priority", "--player", "file"]
    monkeypatch.setattr("sys.argv", ["antrean", "voice", "say", "A-012", "3", *places, *asked])
    with pytest.raises(BecameError):
        main()
    assert became[0][:3] == [sys.executable, "-m", "display.recording"]
    monkeypatch.setattr("sys.argv", became[0][2:])
    assert voice() == 1, "there is no voice, only the chime"
    assert "en: Number A, twelve. Please go to counter three." in capsys.readouterr().out
    assert len(list((tmp_path / "sound").glob("*.wav"))) == 1


def test_a_lane_that_the_office_lacks_is_refused_with_those_it_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    places = ["--config", str(CONFIG), "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["voice", "say", *places, "--lane", "vip", "A-012", "3"])
    assert voice() == 1
    assert "there is no lane 'vip'; there are: regular, priority" in capsys.readouterr().err
