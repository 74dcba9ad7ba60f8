"""What an emulated device is started with: the configuration as arguments of `python -m hardware.emulators`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from broker.config.desk_devices import Keypads, SignBus
from broker.config.printers import MAIN, SPARE, kiosk_printers
from broker.config.settings import Kiosk, Settings
from hardware.config import LineConfig, NetworkPrinter, SerialPrinter, SerialScanner

_OWN_PORT = re.compile(r"socket://(?:127\.0\.0\.1|localhost):(\d+)/?")


def keypad_arguments(keypads: Keypads, data_dir: Path) -> list[str]:
    """Return how to be the keypads of a line. ValueError, in a sentence, where the line leads to true ones."""
    arguments = ["keypad", "--codec", keypads.codec, *line_arguments(keypads.line, keypads.id, data_dir)]
    arguments += [text for pad in keypads.pads for text in ("--address", str(pad.address))]
    return arguments + [text for entry in keypads.keymap for text in ("--keymap", entry.model_dump_json())]


def printer_arguments(kiosk: Kiosk, data_dir: Path, *, name: str = MAIN) -> list[str]:
    """Return how to be a printer of a kiosk. ValueError, in a sentence, where it is a true one, or not there."""
    config = kiosk_printers(kiosk).get(name)
    match config:
        case NetworkPrinter(host=host, port=port):
            line = LineConfig(url=f"socket://{host}:{port}")
        case SerialPrinter():
            line = config.line()
        case None:
            message = f"{kiosk.id} has no {name}"
            raise ValueError(message)
        case _:
            message = f"the {name} of {kiosk.id} is of type {config.type}: only network and serial have a cable"
            raise ValueError(message)
    paper = ["--profile", config.profile, "--paper-mm", str(config.paper_mm)]
    return ["printer", *paper, *line_arguments(line, f"{kiosk.id}-{name}", data_dir)]


def sign_arguments(signs: SignBus, data_dir: Path) -> list[str]:
    """Return how to be the signs of a line. ValueError as above."""
    arguments = ["sign", "--codec", signs.codec, *line_arguments(signs.line, signs.id, data_dir)]
    return arguments + [text for address in signs.addresses for text in ("--address", str(address))]


def scanner_arguments(kiosk: Kiosk, data_dir: Path) -> list[str]:
    """Return how to be the scanner of a kiosk. ValueError as above, and where it has none with a line."""
    line = _scanner_line(kiosk)
    if line is None:
        message = f"{kiosk.id} has no scanner of type serial that could be emulated"
        raise ValueError(message)
    return ["scanner", *line_arguments(line, f"{kiosk.id}-scanner", data_dir)]


def emulators(settings: Settings) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield each device behind a `pty:`: its name, how `antrean` starts it, and a command that it takes."""
    for keypads in settings.keypads:
        if keypads.line.emulated is not None:
            yield keypads.line.emulated, ("emulate", "keypad", "--bus", keypads.id), "press ADDRESS KEY"
    for signs in settings.signs:
        if signs.line.emulated is not None:
            yield signs.line.emulated, ("emulate", "sign", "--bus", signs.id), "status"
    for kiosk in settings.kiosks:
        line = _scanner_line(kiosk)
        if line is not None and line.emulated is not None:
            yield line.emulated, ("emulate", "scanner", "--kiosk", kiosk.id), "read CODE"
        for name, printer in kiosk_printers(kiosk).items():
            if isinstance(printer, SerialPrinter) and (emulated := printer.line().emulated) is not None:
                spare = ("--spare",) if name == SPARE else ()
                yield emulated, ("emulate", "printer", "--kiosk", kiosk.id, *spare), "paper_out"


def _scanner_line(kiosk: Kiosk) -> LineConfig | None:
    return kiosk.scanner.line if isinstance(kiosk.scanner, SerialScanner) else None


def line_arguments(line: LineConfig, name: str, data_dir: Path) -> list[str]:
    """Return where an emulator listens; its name is that of its `pty:`, or of its section."""
    port = _OWN_PORT.fullmatch(line.url)
    if line.emulated is None and port is None:
        message = f"{name} is no emulated line: its url must be pty:NAME or socket://127.0.0.1:PORT, not {line.url}"
        raise ValueError(message)
    place = ["--name", line.emulated or name, "--data", str(data_dir)]
    return place if port is None else [*place, "--port", port[1]]
