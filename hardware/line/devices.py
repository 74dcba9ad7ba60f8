"""Keypads, signs and scanners from their configuration: line, language and master put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hardware.codecs.keypads.pad import PadFace
from hardware.codecs.known import sign_talk, talk_for
from hardware.codecs.scans import SCANNER_ADDRESS, ScannerTalk
from hardware.codecs.signs.row import Build, Row
from hardware.codecs.talk import State
from hardware.config import KeypadLine, Polling, SerialScanner, SignLine
from hardware.line.input_device import InputDevice
from hardware.line.lasting_line import LastingLine
from hardware.line.master import LineMaster
from hardware.line.serial_line import SerialLine


def build_keypads(
    config: KeypadLine,
    addresses: Sequence[int],
    *,
    name: str,
    data_dir: Path,
    on_key: Callable[[int, str], None],
    on_state: Callable[[int, State], None],
    on_line: Callable[[str], None],
) -> LineMaster[PadFace]:
    """Return the master of these pads, not yet started; the callbacks run on its thread and may only hand over."""
    keymap = {entry.code: entry.key for entry in config.keymap}
    talk = talk_for(config.codec, address=addresses[0], width=config.characters, keymap=keymap)
    line = LastingLine(
        (lambda: InputDevice(config.line.address(data_dir), device=name))
        if talk.manner == "own_line"
        else lambda: SerialLine.of(config.line, data_dir=data_dir, device=name)
    )
    return LineMaster(
        name, talk, addresses, line=line, polling=config.polling, on_key=on_key, on_state=on_state, on_line=on_line
    )


def build_signs(
    config: SignLine,
    addresses: Sequence[int],
    *,
    name: str,
    data_dir: Path,
    on_state: Callable[[int, State], None],
    on_line: Callable[[str], None],
) -> LineMaster[Row]:
    """Return the master of these signs, not yet started; the callbacks run on its thread and may only hand over."""
    return LineMaster(
        name,
        sign_talk(config.codec, Build(config.width, digits_only=config.digits_only)),
        addresses,
        line=LastingLine(lambda: SerialLine.of(config.line, data_dir=data_dir, device=name)),
        polling=Polling(refresh_s=config.refresh_s, absent_every_s=config.refresh_s),
        on_key=lambda _address, _key: None,
        on_state=on_state,
        on_line=on_line,
    )


def build_scanner(
    config: SerialScanner, *, data_dir: Path, on_code: Callable[[str], None], on_state: Callable[[State], None]
) -> LineMaster[None]:
    """Return a scanner on its line, not yet started; the callbacks run on its thread and may only hand over."""
    return LineMaster(
        "scanner",
        ScannerTalk(),
        (SCANNER_ADDRESS,),
        line=LastingLine(lambda: SerialLine.of(config.line, data_dir=data_dir, device="scanner")),
        polling=Polling(),
        on_key=lambda _address, code: on_code(code),
        on_state=lambda _address, state: on_state(state),
    )
