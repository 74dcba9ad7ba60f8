"""Every `type` of the configuration builds its device, and a wrong profile is refused before the first visitor."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from hardware.config import FilePrinter, PrinterConfig, SoundConfig, SpeechConfig
from hardware.emulators.control import socket_path, tell
from hardware.errors import DriverMissing
from hardware.factory import build_printer, build_speaker, paper_for
from hardware.files import keep_newest, write_whole
from hardware.ports import Utterance
from tests.hardware.ticket_samples import ticket_bytes

CONFIGS: dict[str, dict[str, object]] = {
    "preview": {"type": "preview"},
    "file": {"type": "file", "path": "paper.bin"},
    "network": {"type": "network", "host": "192.0.2.7"},
    "serial": {"type": "serial", "url": "/dev/ttyUSB0", "baud": 9600},
    "usb": {"type": "usb", "vendor": "04b8", "product": "0e28"},
    "cups": {"type": "cups", "queue": "tickets"},
}


def config_of(fields: dict[str, object]) -> PrinterConfig:
    adapter: TypeAdapter[PrinterConfig] = TypeAdapter(PrinterConfig)
    return adapter.validate_python(fields)


@pytest.mark.parametrize("kind", CONFIGS)
def test_each_type_of_printer_is_built_and_says_what_it_is(kind: str, tmp_path: Path) -> None:
    printer = build_printer(config_of(CONFIGS[kind]), data_dir=tmp_path)
    assert printer.health().startswith(kind)
    assert not list(tmp_path.iterdir()), "building touches nothing"


def test_no_type_of_printer_is_left_out() -> None:
    variants = TypeAdapter(PrinterConfig).json_schema()["discriminator"]["mapping"]
    assert set(variants) == set(CONFIGS)


def test_a_preview_printer_prints_below_the_data_folder(tmp_path: Path) -> None:
    with closing(build_printer(config_of({"type": "preview", "paper_mm": 58}), data_dir=tmp_path, name="k")) as printer:
        result = printer.print(ticket_bytes("regular", language="en", paper_mm=58), title="A-012")
        assert tell(socket_path(tmp_path, "k"), "status") == "ready"
    assert result.picture is not None
    assert result.picture.is_relative_to(tmp_path / "paper")


def test_a_relative_file_lies_below_the_data_folder_and_an_absolute_one_where_it_says(tmp_path: Path) -> None:
    build_printer(FilePrinter(type="file", path=Path("paper.bin")), data_dir=tmp_path).print(b"x", title="1")
    assert (tmp_path / "paper.bin").read_bytes() == b"x"
    build_printer(FilePrinter(type="file", path=tmp_path / "own.bin"), data_dir=Path("/nowhere")).print(b"y", title="1")
    assert (tmp_path / "own.bin").read_bytes() == b"y"


@pytest.mark.parametrize("kind", CONFIGS)
def test_an_unknown_profile_is_refused_for_every_type(kind: str, tmp_path: Path) -> None:
    with pytest.raises(DriverMissing, match="did you mean"):
        build_printer(config_of(CONFIGS[kind] | {"profile": "TM-T88"}), data_dir=tmp_path)


def test_the_layout_learns_its_columns_from_the_configuration() -> None:
    assert paper_for(config_of({"type": "preview", "paper_mm": 58})).columns == 32
    assert paper_for(config_of({"type": "preview", "paper_mm": 80})).columns == 48


def test_a_speaker_is_built_that_announces(tmp_path: Path) -> None:
    speaker = build_speaker(SoundConfig(player="null"), data_dir=tmp_path)
    sound = speaker.announce("regular", (Utterance("id", "loket tiga"),))
    assert sound.spoken
    assert list((tmp_path / "speech").glob("*.wav"))


def test_a_speaker_without_a_voice_says_so(tmp_path: Path) -> None:
    config = SoundConfig(player="null", speech=SpeechConfig(engine="none"))
    assert "chime only: switched off" in build_speaker(config, data_dir=tmp_path).health()


def test_only_the_newest_files_are_kept(tmp_path: Path) -> None:
    for age, name in enumerate(("newest.png", "middle.png", "oldest.png")):
        write_whole(tmp_path / name, b"x")
        stamp = 1_700_000_000 - age
        os.utime(tmp_path / name, (stamp, stamp))
    keep_newest(tmp_path, "*.png", count=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["middle.png", "newest.png"]
