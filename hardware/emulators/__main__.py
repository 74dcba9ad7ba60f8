"""`python -m hardware.emulators KIND ...`: one emulated device as a process, until SIGTERM or Ctrl-C.

`antrean emulate` starts it with what the configuration says. It takes commands by its socket (see `control`), and from
the terminal where it has one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from hardware.codecs.escpos_profile import paper_of
from hardware.codecs.known import pad_side_for, sign_side
from hardware.config import KeymapEntry, emulated_link
from hardware.emulators.control import Control, socket_path
from hardware.emulators.keypad import EmulatedKeypads
from hardware.emulators.paper_folder import LogoFile, PaperFolder
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.scanner import EmulatedScanner
from hardware.emulators.sign import EmulatedSigns
from hardware.emulators.wire import PtyWire, TcpWire, Wire
from hardware.files import for_us_alone


def main() -> int:
    """Run one device; return the exit code. What is wrong is said in a sentence."""
    for_us_alone()
    arguments = _arguments()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    try:
        with ExitStack() as stack:
            command = arguments.open(arguments, stack)
            stack.enter_context(closing(Control(socket_path(arguments.data, arguments.name), command)))
            if sys.stdin.isatty():
                threading.Thread(target=_obey_terminal, args=(command,), name="terminal", daemon=True).start()
            stopping.wait()
    except OSError as error:
        sys.stderr.write(f"{arguments.name} cannot be emulated: {error}\n")
        return 1
    return 0


def _keypads(arguments: argparse.Namespace, stack: ExitStack) -> Callable[[str], str]:
    keymap = {entry.code: entry.key for entry in map(KeymapEntry.model_validate_json, arguments.keymap)}
    pads = EmulatedKeypads(_wire(arguments), pad_side_for(arguments.codec, keymap=keymap), arguments.address)
    pads.start()
    stack.callback(pads.stop)
    return pads.command


def _printer(arguments: argparse.Namespace, stack: ExitStack) -> Callable[[str], str]:
    paper = paper_of(arguments.profile, paper_mm=arguments.paper_mm)
    tray = PaperFolder(arguments.data / "paper", paper, now=lambda: dt.datetime.now().astimezone())
    memory = LogoFile(socket_path(arguments.data, arguments.name).with_suffix(".logo"))
    printer = PrinterEmulator(_wire(arguments), paper, tray, memory=memory, name=arguments.name)
    stack.callback(printer.close)
    return printer.command


def _signs(arguments: argparse.Namespace, stack: ExitStack) -> Callable[[str], str]:
    signs = EmulatedSigns(_wire(arguments), sign_side(arguments.codec), arguments.address)
    signs.start()
    stack.callback(signs.stop)
    return signs.command


def _scanner(arguments: argparse.Namespace, stack: ExitStack) -> Callable[[str], str]:
    scanner = EmulatedScanner(_wire(arguments))
    stack.callback(scanner.stop)
    return scanner.command


def _wire(arguments: argparse.Namespace) -> Wire:
    if arguments.port is None:
        return PtyWire(emulated_link(arguments.name, arguments.data))
    return TcpWire(arguments.port)


def _obey_terminal(command: Callable[[str], str]) -> None:
    for line in sys.stdin:
        sys.stdout.write(f"{command(line.strip())}\n")
        sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="emulators", description="One emulated device.")
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    keypads = kinds.add_parser("keypad", help="keypads on one line")
    keypads.add_argument("--codec", required=True, help="the language they speak")
    keypads.add_argument("--address", type=int, action="append", required=True, help="one for each pad")
    keypads.add_argument("--keymap", action="append", default=[], help='what a code means: {"code": 78, "key": "next"}')
    keypads.set_defaults(open=_keypads)
    printer = kinds.add_parser("printer", help="an ESC/POS printer; its papers fall into paper/ in the data folder")
    printer.add_argument("--profile", required=True, help="what it can do")
    printer.add_argument("--paper-mm", type=int, required=True, help="the width of its paper")
    printer.set_defaults(open=_printer)
    signs = kinds.add_parser("sign", help="LED signs on one line")
    signs.add_argument("--codec", required=True, help="the language they speak")
    signs.add_argument("--address", type=int, action="append", required=True, help="one for each row")
    signs.set_defaults(open=_signs)
    scanner = kinds.add_parser("scanner", help="a code scanner")
    scanner.set_defaults(open=_scanner)
    for kind in (keypads, printer, signs, scanner):
        kind.add_argument("--name", required=True, help="below devices/ in the data folder, also for commands")
        kind.add_argument("--data", type=Path, required=True, help="where everything that is written lies")
        kind.add_argument("--port", type=int, help="listen on this TCP port of loopback instead of a pseudo terminal")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
