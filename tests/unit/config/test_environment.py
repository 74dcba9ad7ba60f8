"""Any key can be set by a variable, and a variable that sets nothing is a fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broker.config import Settings, load_settings
from broker.config.environment import NOT_SETTINGS
from hardware.config import FilePrinter
from tests.unit.config.sample import OFFICE, problems_of


def loaded(folder: Path, environ: dict[str, str]) -> Settings:
    path = folder / "config.yaml"
    path.write_text(OFFICE)
    return load_settings(path, environ)


@pytest.mark.parametrize(
    ("environ", "key", "value"),
    [
        ({"ANTREAN_MQTT__PORT": "18840"}, "mqtt.port", 18840),
        ({"ANTREAN_STORE__URL": "sqlite:///other.db"}, "store.url", "sqlite:///other.db"),
        (
            {"ANTREAN_STORE__URL": "sqlite:////srv/an office/o.db"},
            "store.url",
            "sqlite:////srv/an office/o.db",
        ),
        ({"ANTREAN_DEMO": "false"}, "demo", False),
        ({"ANTREAN_OFFICE__LANGUAGES": "[en, id]"}, "office.languages", ("en", "id")),
        ({"ANTREAN_OFFICE__NAME__EN": "The Office: #1"}, "office.name.en", "The Office: #1"),
        ({"ANTREAN_OFFICE__NAME": "{id: A, en: B}"}, "office.name", {"id": "A", "en": "B"}),
        ({"ANTREAN_COUNTERS__1__LABEL": "7"}, "counters.1.label", "7"),
        ({"ANTREAN_COUNTERS__COUNTER_2__LABEL": "7"}, "counters.1.label", "7"),
        ({"ANTREAN_COUNTERS__1__STAGES__1": "hand-over"}, "counters.1.stages", ("check", "hand-over")),
        ({"ANTREAN_LANES__PRIORITY__DAILY_QUOTA": ""}, "lanes.1.daily_quota", None),
        ({"ANTREAN_MQTT__PASSWORD": "123456789012"}, "mqtt.password", "123456789012"),
        ({"ANTREAN_MQTT__PASSWORD": "*with #signs: and"}, "mqtt.password", "*with #signs: and"),
        ({"ANTREAN_MQTT__PASSWORD": ""}, "mqtt.password", None),
        ({"ANTREAN_KIOSKS__0__PRINTER__PAPER_MM": "58"}, "kiosks.0.printer.paper_mm", 58),
        ({"ANTREAN_DISPATCH__TYPE": "promise"}, "dispatch.type", "promise"),
        ({"ANTREAN_DISPLAYS__0__SOUND__PLAYER": "null"}, "displays.0.sound.player", "null"),
        ({"ANTREAN_DISPLAYS__0__SOUND__SPEECH__ENGINE": "none"}, "displays.0.sound.speech.engine", "none"),
    ],
    ids=str,
)
def test_a_variable_sets_its_key(tmp_path: Path, environ: dict[str, str], key: str, value: object) -> None:
    found: object = loaded(tmp_path, environ)
    for part in key.split("."):
        if isinstance(found, tuple):
            found = found[int(part)]
        else:
            found = found[part] if isinstance(found, dict) else getattr(found, part)
    assert found == value


def test_a_printer_is_changed_by_its_type_and_what_that_needs(tmp_path: Path) -> None:
    printer = "ANTREAN_KIOSKS__KIOSK_1__PRINTER__"
    settings = loaded(tmp_path, {f"{printer}TYPE": "file", f"{printer}PATH": "/dev/usb/lp0"})
    assert settings.kiosks[0].printer == FilePrinter(type="file", path=Path("/dev/usb/lp0"))


def test_a_new_entry_can_be_added_key_by_key(tmp_path: Path) -> None:
    officer = loaded(tmp_path, {}).officers[0]
    added = {"ID": "dewi", "NAME": "Dewi", "PIN_HASH": officer.pin_hash or ""}
    settings = loaded(tmp_path, {f"ANTREAN_OFFICERS__2__{key}": value for key, value in added.items()})
    assert [officer.id for officer in settings.officers] == ["siti", "budi", "dewi"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ANTREAN_MQTT__PRT", "did you mean ANTREAN_MQTT__PORT?"),
        ("ANTREAN_MQTT_PORT", "did you mean ANTREAN_MQTT__PORT?"),
        ("ANTREAN_mqtt__port", None),
        ("ANTREAN_KIOSKS__7__IDLE_S", "did you mean ANTREAN_KIOSKS__0__IDLE_S?"),
        ("ANTREAN_KIOSKS__9999999999999__IDLE_S", None),
        ("ANTREAN_WINDOWS", "did you mean ANTREAN_WINDOW?"),
        ("ANTREAN_", None),
        ("ANTREAN_DEMO__DEEPER", "did you mean ANTREAN_DEMO?"),
    ],
)
def test_a_variable_that_is_no_key_is_a_fault(tmp_path: Path, name: str, hint: str | None) -> None:
    [problem] = problems_of(tmp_path, OFFICE, {name: "1"})
    assert (problem.file, problem.line, problem.warning) == (name, None, False)
    assert problem.message == "there is no such key to set from the environment"
    if hint:
        assert problem.hint == hint


def test_a_bad_value_names_its_variable(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, OFFICE, {"ANTREAN_MQTT__PORT": "eighty"})
    assert str(problem) == 'ANTREAN_MQTT__PORT: mqtt.port: must be a whole number, not "eighty"'


def test_a_value_that_cannot_be_read_names_its_variable(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, OFFICE, {"ANTREAN_OFFICE__LANGUAGES": "[id, en"})
    assert problem.file == "ANTREAN_OFFICE__LANGUAGES"
    assert problem.message.startswith("cannot be read as a value: is not valid YAML")


def test_a_reference_broken_by_a_variable_names_it(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, OFFICE, {"ANTREAN_COUNTERS__1__SERVICES__0": "visa"})
    assert problem.file == "ANTREAN_COUNTERS__1__SERVICES__0"
    assert problem.path == "counters[1].services[0]"


def test_variables_that_are_read_elsewhere_are_left_alone(tmp_path: Path) -> None:
    others = dict.fromkeys([*NOT_SETTINGS, "PATH", "MQTT__PORT"], "x")
    assert problems_of(tmp_path, OFFICE, others) == []


def test_every_variable_that_the_source_reads_by_name_is_left_alone() -> None:
    root = Path(__file__).parents[3]
    sources = (
        path
        for folder in ("broker", "counter", "display", "hardware", "kiosk")
        for path in (root / folder).rglob("*.py")
    )
    names = {name for path in sources for name in re.findall(r'"(ANTREAN_[A-Z]+)"', path.read_text(encoding="utf-8"))}
    assert {"ANTREAN_WINDOW"} <= names <= NOT_SETTINGS
