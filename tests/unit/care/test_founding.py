"""`antrean init`: whatever is answered, the file is one that an office can open; an old file becomes one of today."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from broker.care.founding import FALLBACK_ZONE, Answers, UsbPrinter, machine_zone, new_pins, template, written
from broker.cli.commands import app
from broker.config import check_settings, load_settings
from broker.config.patching import Edit
from broker.config.settings import CONFIG_VERSION
from broker.config.upgrading import upgraded_data, upgraded_text

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NAMES = {"id": "Kantor Wilayah", "en": "Regional Office"}
ALL = tuple(template().services)


def answers(**other: object) -> Answers:
    """Return what somebody answered."""
    given = {"id": "wilayah", "names": NAMES, "timezone": "Asia/Makassar", "services": ALL, "counters": 2}
    return Answers(**{**given, "printer": None, "is_enforced": True, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer",
    [
        answers(),
        answers(names={"en": "Regional Office"}, services=("visit-permit",), counters=1),
        answers(services=("legal-consultation", "collection"), printer=UsbPrinter("04b8", "0e28", "EPSON TM-T82")),
    ],
    ids=["all", "one language", "few services and a printer"],
)
def test_what_was_answered_stands_in_a_file_without_fault_or_warning(answer: Answers, tmp_path: Path) -> None:
    pins = dict.fromkeys(new_pins(answer.counters), "482913")
    config = tmp_path / "config.yaml"
    config.write_text(written(template(), answer, pins, hasher=QUICK), encoding="utf-8")
    assert check_settings(config, {}) == []
    settings = load_settings(config, {})
    assert settings.office.id == "wilayah"
    assert settings.office.name == dict(answer.names)
    assert settings.office.languages == tuple(answer.names)
    assert tuple(service.id for service in settings.services) == tuple(s for s in ALL if s in answer.services)
    assert len(settings.counters) == answer.counters
    assert settings.hours.enforced is True
    assert settings.demo is False
    assert settings.kiosks[0].printer is not None
    assert settings.kiosks[0].printer.type == ("usb" if answer.printer else "preview")
    assert {officer.role for officer in settings.officers} == {"officer", "supervisor"}
    first = settings.officers[0].pin_hash
    assert first is not None
    assert PasswordHasher().verify(first, "482913")
    assert "an invented immigration office" not in config.read_text(encoding="utf-8")


def test_pins_are_made_by_chance_and_none_is_the_demos() -> None:
    pins = list(new_pins(40).values())
    assert len(set(pins)) > 38
    assert all(len(pin) == 6 and pin.isdecimal() for pin in pins)


def test_the_machines_own_zone_is_proposed_and_the_worlds_is_not(tmp_path: Path) -> None:
    (tmp_path / "own").symlink_to("/usr/share/zoneinfo/Asia/Jayapura")
    (tmp_path / "world").symlink_to("/usr/share/zoneinfo/Etc/UTC")
    assert machine_zone(tmp_path / "own") == "Asia/Jayapura"
    assert machine_zone(tmp_path / "world") == FALLBACK_ZONE
    assert machine_zone(tmp_path / "nothing") == FALLBACK_ZONE


def test_questions_are_asked_again_until_the_answer_can_be_used(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    said = "id, xx\nen\nTax Office\nNo Good\ntax\nMars/Base\nAsia/Jakarta\n"
    said += "n\nnew-passport, nothing\nnew-passport\n0\n1\ny\n"
    asked = CliRunner().invoke(app, ["init", "--config", str(config)], input=said)
    assert asked.exit_code == 0, asked.output
    settings = load_settings(config, {})
    assert (settings.office.id, settings.office.name, len(settings.services)) == ("tax", {"en": "Tax Office"}, 1)
    before = config.read_bytes()
    again = CliRunner().invoke(app, ["init", "--yes", "--config", str(config)])
    assert again.exit_code == 1
    assert config.read_bytes() == before


def test_what_cannot_be_shown_is_refused_and_no_file_stays_whose_pins_nobody_knows(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    said = "en\nKantor \u202e Wilayah\nwilayah\nAsia/Makassar\ny\n2\nn\n"
    asked = CliRunner().invoke(app, ["init", "--config", str(config)], input=said)
    assert asked.exit_code == 1
    assert "office.name.en" in asked.output
    assert "supervisor: " not in asked.output
    assert not config.exists()


def test_a_file_of_an_earlier_version_is_understood_and_written_anew_with_a_copy(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    old = template().text.replace(next(line for line in template().text.splitlines() if "config_version" in line), "")
    config.write_text(old, encoding="utf-8")
    assert load_settings(config, {}).config_version == CONFIG_VERSION
    done = CliRunner().invoke(app, ["upgrade-config", "--config", str(config)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "config.yaml.version-1").read_text(encoding="utf-8") == old
    assert config.read_text(encoding="utf-8").replace(f"config_version: {CONFIG_VERSION}\n\n", "", 1) == old
    assert check_settings(config, {}) == []
    assert "nothing to do" in CliRunner().invoke(app, ["upgrade-config", "--config", str(config)]).output


def test_a_file_of_a_later_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"config_version: {CONFIG_VERSION + 1}\nwhat_comes_then: true\n", encoding="utf-8")
    [problem] = check_settings(config, {})
    assert "was written for a later version of antrean" in str(problem)
    assert CliRunner().invoke(app, ["upgrade-config", "--config", str(config)]).exit_code == 1


def test_steps_are_done_one_after_the_other_from_where_a_file_stands() -> None:
    steps = [lambda _: [Edit("store.url", "sqlite:///a.db")], lambda data: [Edit("clock.believe_after_min", len(data))]]
    text = "# Ours.\noffice:\n  id: x   # short\nstore:\n  url: sqlite:///o.db\nclock:\n  believe_after_min: 1\n"
    new = upgraded_text(text, steps)
    assert new.startswith("config_version: 3\n\n# Ours.\noffice:\n  id: x   # short\n")
    assert 'url: "sqlite:///a.db"' in new
    half = upgraded_text("config_version: 2\n" + text, steps)
    assert "o.db" in half
    assert "believe_after_min: 4" in half
    data = {"office": {"id": "x"}, "store": {"url": "sqlite:///o.db"}, "clock": {"believe_after_min": 1}}
    assert upgraded_data(data, steps)["store"] == {"url": "sqlite:///a.db"}
