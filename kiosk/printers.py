"""A kiosk's printers as its configuration names them, put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

from broker.config.kiosk_printers import kiosk_printers
from broker.config.settings import Kiosk
from hardware.factory import build_printer
from hardware.worker import DeviceWorker, Post
from kiosk.one_printer import OnePrinter
from kiosk.paper import Printers
from kiosk.print_log import PrintLog
from kiosk.printing import TicketPrinters
from kiosk.roll import PaperRoll, roll_file

CHECK_PRINTERS_S = 3.0
"""How often printers are asked how they are, so that trouble is known before anybody chooses."""


def printers_of(
    kiosk: Kiosk,
    *,
    data_dir: Path,
    post: Post,
    now: Callable[[], dt.datetime],
    on_health: Callable[[Printers], None],
) -> TicketPrinters:
    """Return the kiosk's printers, each on a thread of its own; what an earlier run left is read here."""
    papers = PrintLog(data_dir / "prints" / f"{kiosk.id}.jsonl", now)
    printers = {
        name: OnePrinter(
            config,
            build=partial(build_printer, config, data_dir=data_dir, name=f"{kiosk.id}-{name}"),
            worker=DeviceWorker(name, post),
            papers=papers,
            roll=PaperRoll(
                roll_file(data_dir, kiosk.id, name), length_m=config.roll_m, warning_m=config.roll_warning_m
            ),
        )
        for name, config in kiosk_printers(kiosk).items()
    }
    return TicketPrinters(printers, papers=papers, writer=DeviceWorker("print-log", post), now=now, on_health=on_health)
