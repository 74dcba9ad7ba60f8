"""A training takes the office's rules, and nothing by which it could reach the office, its people or its devices."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from broker.bootstrap.process import run_broker
from broker.bootstrap.rules import office_message, office_rules
from broker.config import check_settings, load_settings
from broker.config.training import FolderError, Ports, is_training_folder, make_folder, training_text, wrong_folder
from broker.ports import StorageError

SHIPPED = Path("config.yaml")
PORTS = Ports(mqtt=18931, web=8191)
SECRETS = ("rahasia-di-kantor", "kata-sandi-surat", "kunci-webhook", "sandi-wifi-tamu", "token-laporan")
OFFICE = {
    "ANTREAN_MQTT__SECRET": SECRETS[0],
    "ANTREAN_MQTT__SHARED_SECRET": "allowed",
    "ANTREAN_MQTT__SERVER": "external",
    "ANTREAN_MQTT__HOST": "mqtt.kantor.go.id",
    "ANTREAN_TLS": "own",
    "ANTREAN_TLS_NAMES": "[antrean.kantor.go.id]",
    "ANTREAN_STORE__URL": "postgresql+psycopg://antrean@db.kantor.go.id/antrean",
    "ANTREAN_ALERTS__EMAIL": "{host: mail.kantor.go.id, user: a, password: kata-sandi-surat, "
    "sender: a@kantor.go.id, to: [b@kantor.go.id]}",
    "ANTREAN_ALERTS__WEBHOOK": '{url: "https://gateway.kantor.go.id/a", token: kunci-webhook}',
    "ANTREAN_WEB__WIFI": "{name: Tamu, password: sandi-wifi-tamu}",
    "ANTREAN_WEB__API_TOKEN": "token-laporan-0123456789-0123456789",
    "ANTREAN_WEB__STAFF": "everywhere",
    "ANTREAN_WEB__LISTEN": "0.0.0.0",  # noqa: S104 - what the training must not take
    "ANTREAN_KIOSKS__KIOSK_1__PRINTER": '{type: network, host: "192.168.1.50", paper_mm: 58}',
    "ANTREAN_KIOSKS__KIOSK_1__SPARE_PRINTER": "{type: file, path: /dev/usb/lp0}",
    "ANTREAN_KIOSKS__KIOSK_1__SCANNER": "{type: serial, line: {url: /dev/ttyUSB7}}",
    "ANTREAN_KIOSKS__KIOSK_1__SHUTDOWN_COMMAND": "[systemctl, poweroff]",
    "ANTREAN_KEYPADS": "[{id: keypads-1, codec: ascii, line: {url: /dev/ttyUSB8}, "
    "pads: [{counter: counter-1, address: 1, officers: [siti]}]}]",
    "ANTREAN_SIGNS": "[{id: signs-1, codec: ascii, line: {url: /dev/ttyUSB9}, "
    "signs: [{address: 1, counter: counter-1}]}]",
    "ANTREAN_COUNTER_PANEL__HOTKEYS": "{next: ctrl+alt+space}",
    "ANTREAN_BACKUP": "{folder: /mnt/cadangan-kantor, keep: 1}",
    "ANTREAN_HOURS__ENFORCED": "true",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert not [one for one in check_settings(SHIPPED, OFFICE) if not one.warning], "a configuration that is used"
    config = tmp_path_factory.mktemp("training") / "config.yaml"
    config.write_text(training_text(SHIPPED, OFFICE, PORTS), encoding="utf-8")
    return config


def test_it_is_a_good_configuration_and_keeps_the_offices_comments(made: Path) -> None:
    assert [one for one in check_settings(made, {}) if not one.warning] == []
    assert made.read_text().startswith(SHIPPED.read_text().splitlines()[0])


def test_nothing_of_it_reaches_the_office_or_anybody(made: Path) -> None:
    settings, text = load_settings(made, {}), made.read_text()
    assert settings.training
    assert (settings.mqtt.server, settings.mqtt.host, settings.mqtt.listen) == ("auto", "127.0.0.1", "127.0.0.1")
    assert (settings.mqtt.port, settings.mqtt.secret) == (PORTS.mqtt, None)
    assert (settings.tls, settings.tls_names) == ("none", ())
    assert settings.web is not None
    assert (settings.web.port, settings.web.listen, settings.web.staff) == (PORTS.web, "127.0.0.1", "loopback")
    assert (settings.web.wifi, settings.web.api_token, settings.web.nightly) == (None, None, None)
    assert (settings.alerts.email, settings.alerts.webhook) == (None, None)
    assert settings.store.url == "sqlite:///office.db"
    assert settings.backup is None, "made-up days never push a true backup out"
    assert not [secret for secret in SECRETS if secret in text]


def test_no_device_is_opened_but_the_emulated_printer(made: Path) -> None:
    settings = load_settings(made, {})
    assert (settings.keypads, settings.signs) == ((), ())
    (kiosk,) = settings.kiosks
    assert kiosk.printer is not None
    assert (kiosk.printer.type, kiosk.printer.paper_mm) == ("preview", 58)
    assert (kiosk.spare_printer, kiosk.scanner, kiosk.shutdown_command) == (None, None, ())
    assert settings.counter_panel.hotkeys.chords == {}, "the keys of the true counter's window stay that window's own"
    assert not any(panel.fullscreen for panel in (kiosk.panel, settings.counter_panel, settings.displays[0].panel))


def test_nobody_of_the_office_can_sign_in_and_their_hashes_are_not_there(made: Path) -> None:
    office, training = load_settings(SHIPPED, {}), load_settings(made, {})
    assert not {one.id for one in office.officers} & {one.id for one in training.officers}
    mine = {one.pin_hash or "-" for one in office.officers if one.id != "siti"}  # hers is the hash of the demo itself
    assert not [pin for pin in mine if pin in made.read_text()]
    assert len([one for one in training.officers if one.role == "officer"]) >= len(training.counters)
    assert {"supervisor", "complaints"} < {one.role for one in training.officers}


def test_the_rules_hold_at_any_hour_and_everybody_who_is_served_is_through(made: Path) -> None:
    settings = load_settings(made, {})
    rules = office_rules(settings)
    assert rules.is_training
    assert office_message(settings).is_training
    assert rules.hours is None
    assert all(lane.quota is None for lane in rules.lanes.values())
    assert max(lane.promised_s for lane in rules.lanes.values()) == 120
    own = set(settings.counters[0].stages)
    assert all(len(service.stages) == 1 and own.issuperset(service.stages) for service in settings.services)


def test_faster_is_shorter() -> None:
    twice = training_text(SHIPPED, {}, PORTS, pace=2)
    assert "promised_wait_min: 1.0 " in twice


def test_files_beside_the_offices_configuration_are_found_from_the_trainings(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(SHIPPED.read_text().replace("  # logo: office.png", "  logo: office.png"), encoding="utf-8")
    assert str(tmp_path / "office.png") in training_text(config, {}, PORTS)


@pytest.mark.parametrize(
    ("folder", "found"), [("voice", Path("var/voice").absolute()), ("/srv/voice", Path("/srv/voice"))]
)
def test_recorded_voices_are_read_where_the_office_has_them(tmp_path: Path, folder: str, found: Path) -> None:
    config, made = tmp_path / "config.yaml", tmp_path / "made.yaml"
    config.write_text(SHIPPED.read_text().replace("folder: voice ", f"folder: {folder} "), encoding="utf-8")
    made.write_text(training_text(config, {}, PORTS), encoding="utf-8")
    assert load_settings(made, {}).displays[0].sound.speech.folder == found


def test_an_office_that_makes_backups_has_trainings_that_make_none(tmp_path: Path) -> None:
    config, made = tmp_path / "config.yaml", tmp_path / "made.yaml"
    plan = "\n# on the other disk\nbackup:\n  folder: /mnt/cadangan-kantor\n  at: '21:00'\n"
    config.write_text(SHIPPED.read_text() + plan, encoding="utf-8")
    made.write_text(training_text(config, {}, PORTS), encoding="utf-8")
    assert load_settings(made, {}).backup is None
    assert "cadangan-kantor" not in made.read_text()


# -- its folder -----------------------------------------------------------------------------------------------------


def test_a_folder_that_may_be_an_offices_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "office.db").write_bytes(b"the office")
    with pytest.raises(FolderError, match="may be an office's own data"):
        make_folder(tmp_path, keep=False)
    assert (tmp_path / "office.db").read_bytes() == b"the office"
    assert not is_training_folder(tmp_path)


def test_the_folder_of_the_last_training_is_emptied_or_kept(tmp_path: Path) -> None:
    folder = tmp_path / "training"
    make_folder(folder, keep=False)
    (folder / "office.db").write_bytes(b"a training")
    (folder / "logs").mkdir()
    make_folder(folder, keep=True)
    assert (folder / "office.db").exists()
    make_folder(folder, keep=False)
    assert [one.name for one in folder.iterdir()] == ["TRAINING"]


@pytest.mark.parametrize("keep", [True, False])
def test_a_training_that_is_on_is_neither_emptied_nor_begun_again(tmp_path: Path, *, keep: bool) -> None:
    make_folder(tmp_path, keep=False)
    with (tmp_path / "engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FolderError, match="is on in"):
            make_folder(tmp_path, keep=keep)
    make_folder(tmp_path, keep=keep)


def test_a_training_and_an_office_never_work_on_the_data_of_the_other(tmp_path: Path, made: Path) -> None:
    assert wrong_folder(tmp_path, is_training=False) is None
    with pytest.raises(StorageError, match="no training's folder"):
        run_broker(load_settings(made, {}), tmp_path)
    make_folder(tmp_path, keep=False)
    assert wrong_folder(tmp_path, is_training=True) is None
    with pytest.raises(StorageError, match="holds a training"):
        run_broker(load_settings(SHIPPED, {}), tmp_path)
    assert not (tmp_path / "office.db").exists()
