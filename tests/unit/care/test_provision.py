"""What a machine is given on a stick lies, after one command, where its programs look for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from broker.care.provision import adopt, provision_machine
from broker.config import load_settings
from broker.config.logins import LoginError, known_by
from tests.unit.config.test_machines import WHOLE

NOW = dt.datetime(2026, 11, 27, 8, tzinfo=dt.UTC)


def test_a_bundle_is_taken_in_and_the_configuration_of_before_is_put_aside(tmp_path: Path) -> None:
    config, data = tmp_path / "config.yaml", tmp_path / "var"
    config.write_text(WHOLE, encoding="utf-8")
    settings = load_settings(config, {})
    stick = tmp_path / "stick"
    provision_machine(settings, config, data, settings.machines[1], stick, now=NOW)
    there, kept = tmp_path / "etc" / "config.yaml", tmp_path / "lib"
    there.parent.mkdir()
    there.write_text("another", encoding="utf-8")
    assert adopt(stick, there, kept) == ("display-1", "kiosk-1")
    own = known_by(load_settings(there, {}), "kiosk-1", kept).mqtt.password
    assert own == (stick / "var" / "logins" / "kiosk-1").read_text().strip()
    assert (kept / "logins" / "kiosk-1").stat().st_mode & 0o777 == 0o600
    assert (there.parent / "config.yaml.before-adopt").read_text(encoding="utf-8") == "another"
    adopt(stick, there, kept)
    assert (there.parent / "config.yaml.before-adopt").read_text(encoding="utf-8") == "another", "nothing is new"


def test_nothing_is_taken_in_that_is_no_bundle_or_where_the_broker_works(tmp_path: Path) -> None:
    with pytest.raises(LoginError, match="nothing that antrean provision has made"):
        adopt(tmp_path, tmp_path / "config.yaml", tmp_path / "lib")
    (tmp_path / "var" / "logins").mkdir(parents=True)
    (tmp_path / "config.yaml").touch()
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "engine.lock").touch()
    with pytest.raises(LoginError, match="a broker works, or has worked"):
        adopt(tmp_path, tmp_path / "etc.yaml", tmp_path / "lib")
    assert not (tmp_path / "etc.yaml").exists()
