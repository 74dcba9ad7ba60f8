"""Keypads from their configuration: line, language and bus put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hardware.bus import DeviceBus
from hardware.codecs.keypads.known import talk_for
from hardware.codecs.keypads.pad import PadFace
from hardware.config import KeypadLine
from hardware.input_device import InputDevice
from hardware.lasting_line import LastingLine
from hardware.serial_line import SerialLine
from hardware.talk import State


def build_keypads(
    config: KeypadLine,
    addresses: Sequence[int],
    *,
    name: str,
    data_dir: Path,
    on_key: Callable[[int, str], None],
    on_state: Callable[[int, State], None],
    on_line: Callable[[str], None],
) -> DeviceBus[PadFace]:
    """Return the bus of these pads, not yet started; the callbacks run on its thread and may only hand over."""
    keymap = {entry.code: entry.key for entry in config.keymap}
    talk = talk_for(config.codec, address=addresses[0], width=config.characters, keymap=keymap)
    line = LastingLine(
        (lambda: InputDevice(config.line.address(data_dir), device=name))
        if talk.manner == "own_line"
        else lambda: SerialLine.of(config.line, data_dir=data_dir, device=name)
    )
    return DeviceBus(
        name, talk, addresses, line=line, polling=config.polling, on_key=on_key, on_state=on_state, on_line=on_line
    )
