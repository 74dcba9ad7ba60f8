"""From config.yaml and the folder of voices to how a display speaks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from broker.config import load_settings
from display.speaking import chimes, speech_rules
from hardware.config import SoundConfig, SpeechConfig
from tests.support.office import CONFIG
from tests.ui.display.test_announcer import call

NOON = dt.time(12, 30)


def test_a_lane_chimes_by_its_choice_or_by_its_id() -> None:
    settings = load_settings(CONFIG, {"ANTREAN_LANES__REGULAR__CHIME": "falling"})
    assert chimes(settings) == {"regular": "falling", "priority": "priority"}


def test_the_configuration_says_how_often_and_when_a_call_is_spoken(tmp_path: Path) -> None:
    sound = SoundConfig(repeat=3, quiet_hours=("12:00-13:00",), quiet_chime=False)
    rules = speech_rules(sound, data_dir=tmp_path)
    one = call("A-001", "1", "id")
    said = rules.announcement(one, first_language="id", at=dt.time(9), behind=0)
    assert said is not None
    assert len(said) == 3
    assert rules.announcement(one, first_language="id", at=NOON, behind=0) is None


def test_a_folder_changes_the_words_of_its_language_and_a_wrong_one_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for language, text in {"id": 'sentence = "Antrean {number}, loket {counter}."', "en": "sentence = 3"}.items():
        (tmp_path / language).mkdir()
        (tmp_path / language / "manifest.toml").write_text(text)
    rules = speech_rules(SoundConfig(speech=SpeechConfig(folder=tmp_path)), data_dir=tmp_path)
    said = rules.announcement(call("A-001", "1", "en"), first_language="id", at=NOON, behind=0)
    assert said is not None
    assert [part.text for part in said] == ["Number A, one. Please go to counter one.", "Antrean A, satu, loket satu."]
    assert "manifest.toml, sentence" in caplog.text
