"""Devices from their configuration: the only place that knows which driver stands behind which `type`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from hardware.config import FilePrinter, NetworkPrinter, PreviewPrinter, PrinterConfig, SerialPrinter, SoundConfig
from hardware.ports import Printer, Speaker

if TYPE_CHECKING:
    from hardware.codecs.escpos_profile import Paper

FILE_TIMEOUT_S = 10.0


def paper_for(config: PrinterConfig) -> Paper:
    """Return what this printer's profile can do on its paper. Raises DriverMissing for an unknown profile."""
    from hardware.codecs.escpos_profile import paper_of  # noqa: PLC0415 - loads python-escpos, 0.2 s

    return paper_of(config.profile, paper_mm=config.paper_mm)


def build_printer(config: PrinterConfig, *, data_dir: Path) -> Printer:
    """Return the printer, not yet opened. Raises DriverMissing for an unknown profile."""
    paper = paper_for(config)
    match config:
        case PreviewPrinter():
            from hardware.drivers.preview import PreviewDriver  # noqa: PLC0415 - only what is configured is loaded

            return PreviewDriver(data_dir / "paper", paper, now=_local_now)
        case FilePrinter():
            from hardware.drivers.raw_file import FileDriver  # noqa: PLC0415 - the same

            return FileDriver(data_dir / config.path, timeout_s=FILE_TIMEOUT_S)
        case NetworkPrinter():
            from hardware.drivers.network import NetworkDriver  # noqa: PLC0415 - the same

            return NetworkDriver(config.host, config.port, timeout_s=config.timeout_s)
        case SerialPrinter():
            from hardware.drivers.serial_printer import SerialDriver  # noqa: PLC0415 - the same

            return SerialDriver(config.url, baud=config.baud, timeout_s=config.timeout_s)
        case _:
            assert_never(config)


def build_speaker(config: SoundConfig, *, data_dir: Path) -> Speaker:
    """Return the announcer with the voice and the player that this machine has."""
    from hardware.drivers.espeak import choose_speech  # noqa: PLC0415 - the same
    from hardware.drivers.players import choose_player  # noqa: PLC0415 - the same
    from hardware.drivers.speaker import Announcer  # noqa: PLC0415 - the same

    voice = config.speech
    speech = choose_speech(voice.engine, data_dir / "speech", words_per_minute=voice.words_per_minute)
    return Announcer(speech, choose_player(config.player), volume_percent=config.volume_percent)


def _local_now() -> dt.datetime:
    return dt.datetime.now().astimezone()
