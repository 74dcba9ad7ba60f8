"""A code scanner from its configuration: line and bus put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hardware.bus import DeviceBus
from hardware.codecs.scans import SCANNER_ADDRESS, ScannerTalk
from hardware.config import Polling, SerialScanner
from hardware.lasting_line import LastingLine
from hardware.serial_line import SerialLine
from hardware.talk import State


def build_scanner(
    config: SerialScanner, *, data_dir: Path, on_code: Callable[[str], None], on_state: Callable[[State], None]
) -> DeviceBus[None]:
    """Return a scanner on its line, not yet started; the callbacks run on its thread and may only hand over."""
    return DeviceBus(
        "scanner",
        ScannerTalk(),
        (SCANNER_ADDRESS,),
        line=LastingLine(lambda: SerialLine.of(config.line, data_dir=data_dir, device="scanner")),
        polling=Polling(),
        on_key=lambda _address, code: on_code(code),
        on_state=lambda _address, state: on_state(state),
    )
