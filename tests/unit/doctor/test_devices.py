"""Devices on lines that a running part keeps for itself: what it says counts; else the line is tried."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from broker.config import Settings
from broker.config.desk_devices import Keypads, Pad
from broker.contract.messages import Presence
from broker.doctor.command import CheckUp, run_checks
from broker.doctor.devices import check_devices, say_a_call
from hardware.config import KioskSound, LineConfig, PreviewPrinter
from hardware.emulators.wire import PtyWire
from tests.support.office import CONFIG, shipped_settings


def with_pads(url: str) -> Settings:
    pads = Keypads(
        id="pads-1", codec="ascii", line=LineConfig(url=url), pads=(Pad(counter="counter-3", officers=("siti",)),)
    )
    return shipped_settings().model_copy(update={"keypads": (pads,)})


def looked_at(url: str, data_dir: Path, presence: Presence | None = None) -> list[tuple[str, str]]:
    presences = {} if presence is None else {"pads-1": presence}
    found = check_devices(with_pads(url), presences, data_dir, only=frozenset({"pads-1"}), prints=False)
    return [(finding.subject, finding.verdict) for finding in found]


def test_a_running_part_is_asked_and_its_line_left_alone(tmp_path: Path) -> None:
    devices = {"keypad counter-3": "present", "keypad counter-4": "absent"}
    told = looked_at("/dev/no-such-line", tmp_path, Presence(online=True, kind="keypads", devices=devices))
    assert told == [("pads-1 keypad counter-3", "good"), ("pads-1 keypad counter-4", "fault")]


def test_a_running_part_says_why_its_line_is_closed(tmp_path: Path) -> None:
    devices = {"keypad counter-3": "absent", "line": "/dev/ttyUSB0 cannot be opened: Permission denied"}
    presence = Presence(online=True, kind="keypads", devices=devices)
    (finding,) = check_devices(
        with_pads("/dev/ttyUSB0"), {"pads-1": presence}, tmp_path, only=frozenset({"pads-1"}), prints=False
    )
    assert (finding.subject, finding.verdict) == ("pads-1", "fault")
    assert "Permission denied" in finding.seen


def test_a_running_part_that_has_said_nothing_of_a_device_is_not_taken_for_well(tmp_path: Path) -> None:
    assert looked_at("pty:pads", tmp_path, Presence(online=True, kind="keypads")) == [("pads-1", "warning")]


def test_a_loudspeaker_that_never_ends_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    (found,) = say_a_call(shipped_settings(), CONFIG, tmp_path, only=frozenset(), patience_s=0.01)
    assert (found.verdict, found.seen) == ("fault", "did not answer within 0.01 s")


def test_a_line_that_nobody_serves_is_only_worth_a_look(tmp_path: Path) -> None:
    wire = PtyWire(tmp_path / "devices" / "pads")
    gone = Presence(online=False, kind="keypads", devices={"keypad counter-3": "present"})
    assert looked_at("pty:pads", tmp_path, gone) == [("pads-1", "warning")]
    wire.close()


def test_a_line_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert looked_at("pty:pads", tmp_path) == [("pads-1", "fault")]


def test_a_spare_printer_and_what_is_heard_are_looked_at_beside_the_first(tmp_path: Path) -> None:
    settings = shipped_settings()
    sound = KioskSound(player="file", loudspeaker="hw:1")
    kiosk = settings.kiosks[0].model_copy(update={"spare_printer": PreviewPrinter(), "sound": sound})
    with_spare = settings.model_copy(update={"kiosks": (kiosk,)})
    found = check_devices(with_spare, {}, tmp_path, only=frozenset({"kiosk-1"}), prints=False)
    assert [(finding.subject, finding.verdict) for finding in found] == [
        ("kiosk-1-printer", "good"),
        ("kiosk-1-spare-printer", "good"),
        ("kiosk-1-headset", "good"),
        ("kiosk-1-loudspeaker", "good"),
    ]


def test_a_part_that_is_not_there_is_a_fault_and_not_all_is_well(tmp_path: Path) -> None:
    said = io.StringIO()
    wanted = CheckUp(CONFIG, tmp_path, only=frozenset({"kiosk-9"}))
    assert run_checks(wanted, Console(file=said, width=300)) == 1
    (row,) = [line for line in said.getvalue().splitlines() if "has no part 'kiosk-9'" in line]
    assert "WRONG" in row
    assert "name one of: kiosk-1, display-1" in row


def test_a_part_that_was_started_twice_is_named(tmp_path: Path) -> None:
    devices = {"keypad counter-3": "present", "id": "wanted, by another process (4f5e6d)"}
    presence = Presence(online=True, kind="keypads", devices=devices)
    found = check_devices(with_pads("/dev/x"), {"pads-1": presence}, tmp_path, only=frozenset({"pads-1"}), prints=False)
    assert (found[0].subject, found[0].verdict) == ("pads-1", "fault")
    assert "runs twice" in found[0].seen
    alone = presence.model_copy(update={"devices": devices | {"id": "alone"}})
    found = check_devices(with_pads("/dev/x"), {"pads-1": alone}, tmp_path, only=frozenset({"pads-1"}), prints=False)
    assert [finding.subject for finding in found] == ["pads-1 keypad counter-3"]
