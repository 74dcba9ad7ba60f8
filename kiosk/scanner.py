"""The kiosk's code scanner, on a line of its own or as a keyboard: each code once, on the screen's thread."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from hardware.codecs.scans import Repeats, Wedge
from hardware.config import KeyboardScanner, ScannerConfig, SerialScanner
from hardware.line.devices import build_scanner
from hardware.line.master import LineMaster
from hardware.worker import Post
from kiosk.visit.returning import ticket_code
from kiosk.visit.status import receipt_code

log = logging.getLogger(__name__)

AS_KEYBOARD = "unknown"
"""Whether a scanner that acts as a keyboard is there, nobody can tell."""


class KioskScanner:
    """Whichever scanner is configured, or none. The callbacks come through `post`; nothing here blocks."""

    def __init__(
        self,
        config: ScannerConfig | None,
        *,
        data_dir: Path,
        post: Post,
        on_code: Callable[[str], None],
        on_health: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; a line is not opened before `start`."""
        self._config = config
        self._on_code, self._on_health = on_code, on_health
        self._repeats = Repeats(monotonic)
        self._told_country = "US"
        self._wedge = Wedge(monotonic, knows=_is_ours)
        self._line: LineMaster[None] | None = None
        if isinstance(config, SerialScanner):
            self._line = build_scanner(
                config,
                data_dir=data_dir,
                on_code=lambda code: post(lambda: self._read(code)),
                on_state=lambda state: post(lambda: on_health(state)),
            )

    @property
    def types(self) -> bool:
        """Tell whether it acts as a keyboard, so that keys have to be handed to it."""
        return isinstance(self._config, KeyboardScanner)

    def start(self) -> None:
        """Begin to listen."""
        if self._line is not None:
            self._line.start()
        elif self.types:
            self._on_health(AS_KEYBOARD)

    def stop(self) -> None:
        """Give the line back."""
        if self._line is not None:
            self._line.stop()

    def key(self, name: str) -> None:
        """Take a key that was pressed on the kiosk's keyboard, by its place on a US one."""
        self._typed(self._wedge.key(name))

    @property
    def is_typing(self) -> bool:
        """Tell whether a scanner that acts as a keyboard is in the midst of a code."""
        return self._wedge.is_typing

    def tick(self) -> None:
        """Let time pass: a code may end with nothing at all."""
        self._typed(self._wedge.paused())

    def _typed(self, code: str | None) -> None:
        if code is None:
            return
        if self._wedge.country != self._told_country:
            self._told_country = self._wedge.country
            log.warning("the scanner types as on a %s keyboard; its codes are read all the same", self._wedge.country)
        self._read(code)

    def _read(self, code: str) -> None:
        if self._repeats.is_new(code):
            self._on_code(code)


def _is_ours(text: str) -> bool:
    """Tell whether this is a ticket's code or a receipt's."""
    return ticket_code(text) is not None or receipt_code(text) is not None
