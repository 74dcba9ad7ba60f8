"""What is plugged in, read from a made-up /sys and /dev."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter

from hardware.config import PrinterConfig
from hardware.doctor.inventory import plugged


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n")


def usb(sysfs: Path, name: str, *, interface_class: str, node: str | None = None, **facts: str) -> None:
    """Lay one device out as the kernel does: its interface is a folder inside it, and both are linked to."""
    device = sysfs / "devices" / name
    for fact, text in facts.items():
        write(device / fact, text)
    interface = device / f"{name}:1.0"
    write(interface / "bInterfaceClass", interface_class)
    if node is not None:
        (interface / "usbmisc" / node).mkdir(parents=True)
    links = sysfs / "bus/usb/devices"
    links.mkdir(parents=True, exist_ok=True)
    (links / name).symlink_to(device)
    (links / interface.name).symlink_to(interface)


def test_a_usb_printer_comes_with_a_line_that_the_configuration_takes(tmp_path: Path) -> None:
    facts = {"idVendor": "04b8", "idProduct": "0202", "manufacturer": "EPSON", "product": "TM-T82", "serial": "X1"}
    usb(tmp_path, "1-2", interface_class="07", node="lp0", **facts)
    usb(tmp_path, "1-3", interface_class="03", idVendor="0c2e", idProduct="0200")
    (printer,) = [thing for thing in plugged(sysfs=tmp_path, dev=tmp_path) if thing.kind == "USB printer"]
    assert printer.name == "EPSON TM-T82 (/dev/usb/lp0)"
    said = yaml.safe_load(printer.config)["printer"]
    assert said == {"type": "usb", "vendor": "04b8", "product": "0202", "serial": "X1"}
    TypeAdapter[object](PrinterConfig).validate_python(said)


def test_a_printer_without_its_kernel_driver_says_what_is_missing(tmp_path: Path) -> None:
    usb(tmp_path, "1-2", interface_class="07", idVendor="0416", idProduct="5011")
    (printer,) = [thing for thing in plugged(sysfs=tmp_path, dev=tmp_path) if thing.kind == "USB printer"]
    assert "modprobe usblp" in printer.name


def test_scanners_and_sound_cards_are_named_as_the_configuration_names_them(tmp_path: Path) -> None:
    keys = tmp_path / "input/by-id/usb-Honeywell_1900-event-kbd"
    write(keys, "")
    write(tmp_path / "class/sound/card0/id", "Device")
    found = {thing.kind: thing for thing in plugged(sysfs=tmp_path, dev=tmp_path)}
    assert found["keys or scanner"].config == f"url: {keys}"
    assert "plughw:CARD=Device" in found["sound card"].config
