"""Devices from their configuration: the only place that knows which driver stands behind which `type`."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from hardware.config import (
    CupsPrinter,
    FilePrinter,
    NetworkPrinter,
    PreviewPrinter,
    PrinterConfig,
    SerialPrinter,
    SoundConfig,
    SpeechConfig,
    UsbPrinter,
)
from hardware.errors import HardwareError
from hardware.ports import Player, Printer, Speaker, Speech

if TYPE_CHECKING:
    from hardware.codecs.escpos_profile import Paper
    from hardware.codecs.voice_folder import VoiceFolder

FILE_TIMEOUT_S = 10.0
PREVIEW_TIMEOUT_S = 5.0
LOGO_MM = 15
"""Only the printer knows how high the picture in its memory is: half of the most."""


def paper_for(config: PrinterConfig) -> Paper:
    """Return what this printer's profile can do on its paper. Raises DriverMissing for an unknown profile."""
    from hardware.codecs.escpos_profile import paper_of  # noqa: PLC0415 - loads python-escpos, 0.2 s

    cut = None if config.cut == "profile" else config.cut
    return paper_of(config.profile, paper_mm=config.paper_mm, cut=cut, logo=config.logo is not None)


def height_mm(data: bytes, paper: Paper) -> float:
    """Return how much of the roll a job takes; a logo in the printer's memory counts as LOGO_MM."""
    from hardware.codecs.escpos_reader import read  # noqa: PLC0415 - only what is needed is loaded
    from hardware.emulators.picture import DOTS_PER_MM, height_dots  # noqa: PLC0415 - the same

    return height_dots(read(data, paper)) / DOTS_PER_MM + (LOGO_MM if paper.logo else 0)


def build_printer(config: PrinterConfig, *, data_dir: Path, name: str = "printer") -> Printer:
    """Return the printer, not yet opened; an emulated one takes commands by `name`. Raises DriverMissing."""
    from hardware.drivers.escpos_printer import Patience  # noqa: PLC0415 - only what is configured is loaded

    paper = paper_for(config)
    match config:
        case PreviewPrinter():
            return _preview(paper, data_dir=data_dir, name=name)
        case FilePrinter():
            from hardware.drivers.raw_file import FileDriver  # noqa: PLC0415 - the same

            return FileDriver(data_dir / config.path, Patience(FILE_TIMEOUT_S))
        case NetworkPrinter():
            from hardware.drivers.network import network_printer  # noqa: PLC0415 - the same

            return network_printer(config.host, config.port, Patience(config.timeout_s))
        case SerialPrinter():
            from hardware.drivers.serial_printer import serial_printer  # noqa: PLC0415 - the same

            url = config.line().address(data_dir)
            return serial_printer(url, baud=config.baud, flow=config.flow, patience=Patience(config.timeout_s))
        case UsbPrinter():
            from hardware.drivers.usb_printer import usb_printer  # noqa: PLC0415 - the same

            return usb_printer(config.vendor, config.product, config.serial, Patience(config.timeout_s))
        case CupsPrinter():
            from hardware.drivers.cups import CupsDriver, Queue  # noqa: PLC0415 - the same

            return CupsDriver(Queue(config.queue, config.timeout_s))
        case _:
            assert_never(config)


def _preview(paper: Paper, *, data_dir: Path, name: str) -> Printer:
    from hardware.drivers.escpos_printer import Patience  # noqa: PLC0415 - the same
    from hardware.drivers.preview import PreviewDriver  # noqa: PLC0415 - the same
    from hardware.emulators.control import socket_path  # noqa: PLC0415 - the same
    from hardware.emulators.paper_folder import LogoFile, PaperFolder  # noqa: PLC0415 - the same
    from hardware.emulators.printer import PrinterEmulator  # noqa: PLC0415 - the same

    return PreviewDriver(
        PaperFolder(data_dir / "paper", paper, now=_local_now),
        lambda wire, tray: PrinterEmulator(
            wire, paper, tray, memory=LogoFile(socket_path(data_dir, name).with_suffix(".logo")), name=name
        ),
        control=socket_path(data_dir, name),
        patience=Patience(PREVIEW_TIMEOUT_S),
    )


def build_speaker(config: SoundConfig, *, data_dir: Path) -> Speaker:
    """Return the announcer with the voice and the player that this machine has."""
    from hardware.drivers.speaker import Announcer  # noqa: PLC0415 - the same

    speech = build_speech(config.speech, data_dir=data_dir)
    return Announcer(speech, build_player(config, data_dir=data_dir), volume_percent=config.volume_percent)


def build_speech(config: SpeechConfig, *, data_dir: Path) -> Speech:
    """Return the voice: recorded, synthesised, or none."""
    from hardware.drivers.clips import ClipSpeech  # noqa: PLC0415 - the same
    from hardware.drivers.espeak import choose_speech  # noqa: PLC0415 - the same
    from hardware.drivers.telling import SPOKEN_VARIABLE, TellingSpeech  # noqa: PLC0415 - the same

    synthesiser = "auto" if config.engine == "clips" else config.engine
    speech: Speech = choose_speech(synthesiser, data_dir / "speech", words_per_minute=config.words_per_minute)
    if config.engine == "clips":
        speech = ClipSpeech(data_dir / config.folder, speech)
    told = os.environ.get(SPOKEN_VARIABLE)
    return TellingSpeech(speech, Path(told)) if told else speech


def build_player(config: SoundConfig, *, data_dir: Path) -> Player:
    """Return the way out for sound; nothing is opened before something is played."""
    from hardware.drivers import players  # noqa: PLC0415 - the same

    wanted = config.player
    match wanted:
        case "null":
            return players.NullPlayer("switched off in the configuration")
        case "file":
            return players.FilePlayer(data_dir / "sound", now=_local_now)
        case "auto" | "aplay":
            return players.CardPlayer(lambda: players.find_card(wanted, device=config.device))
        case _:
            assert_never(wanted)


def voices(config: SpeechConfig, *, data_dir: Path) -> tuple[dict[str, VoiceFolder], list[HardwareError]]:
    """Return the languages that have a folder, as their manifests say, and what is wrong with others."""
    from hardware.drivers.clips import read_voice, voice_languages  # noqa: PLC0415 - the same

    folder = data_dir / config.folder
    found: dict[str, VoiceFolder] = {}
    faults: list[HardwareError] = []
    for language in voice_languages(folder):
        try:
            found[language] = read_voice(folder / language)
        except HardwareError as error:
            faults.append(error)
    return found, faults


def _local_now() -> dt.datetime:
    return dt.datetime.now().astimezone()
