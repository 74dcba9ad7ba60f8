"""What a machine is given on a stick lies, after one command, where its programs look for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from broker.care.provision import adopt, provision, provision_machine
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


def test_files_of_one_name_from_different_folders_all_arrive_each_in_its_place(tmp_path: Path) -> None:
    config, stick = tmp_path / "office" / "config.yaml", tmp_path / "stick"
    said = yaml.safe_load(WHOLE)
    named = {"logo.png": b"office", "paper/logo.png": b"paper", "../logo.png": b"above", "var/logo.png": b"data"}
    absolute = tmp_path / "elsewhere" / "logo.png"
    for name, content in {**named, str(absolute): b"elsewhere"}.items():
        (config.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (config.parent / name).write_bytes(content)
    surveys = [{"file": name} for name in ("paper/logo.png", "../logo.png", "var/logo.png", str(absolute))]
    said["office"]["logo"], said["feedback"] = "logo.png", {"surveys": surveys}
    config.write_text(WHOLE, encoding="utf-8")
    settings = load_settings(config, {})
    config.write_text(yaml.safe_dump(said), encoding="utf-8")  # what the files hold is nothing that counts here
    provision(settings, config, tmp_path / "data", ["display-1"], stick, now=NOW)
    there, kept = tmp_path / "there" / "config.yaml", tmp_path / "lib"
    there.parent.mkdir()
    adopt(stick, there, kept)
    arrived = yaml.safe_load(there.read_text(encoding="utf-8"))
    assert (there.parent / arrived["office"]["logo"]).read_bytes() == b"office"
    files = [(there.parent / one["file"]).read_bytes() for one in arrived["feedback"]["surveys"]]
    assert files == [b"paper", b"above", b"data", b"elsewhere"]
    assert arrived["feedback"]["surveys"][0]["file"] == "paper/logo.png", "it stays where it lay"
