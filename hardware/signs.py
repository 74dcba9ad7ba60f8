"""LED signs from their configuration: line, language and bus put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hardware.bus import DeviceBus
from hardware.codecs.signs.known import sign_talk
from hardware.codecs.signs.row import Build, Row
from hardware.config import Polling, SignLine
from hardware.lasting_line import LastingLine
from hardware.serial_line import SerialLine
from hardware.talk import State


def build_signs(
    config: SignLine,
    addresses: Sequence[int],
    *,
    name: str,
    data_dir: Path,
    on_state: Callable[[int, State], None],
    on_line: Callable[[str], None],
) -> DeviceBus[Row]:
    """Return the bus of these signs, not yet started; the callbacks run on its thread and may only hand over."""
    return DeviceBus(
        name,
        sign_talk(config.codec, Build(config.width, digits_only=config.digits_only)),
        addresses,
        line=LastingLine(lambda: SerialLine.of(config.line, data_dir=data_dir, device=name)),
        polling=Polling(refresh_s=config.refresh_s, absent_every_s=config.refresh_s),
        on_key=lambda _address, _key: None,
        on_state=on_state,
        on_line=on_line,
    )
