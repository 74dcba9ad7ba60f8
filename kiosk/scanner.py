"""The kiosk's code scanner, on a line of its own or as a keyboard: each code once, on the screen's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from hardware.codecs.scans import Repeats, Wedge
from hardware.config import KeyboardScanner, ScannerConfig, SerialScanner
from hardware.line.devices import build_scanner
from hardware.line.master import LineMaster
from hardware.worker import Post

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
        self._wedge = Wedge(monotonic)
        self._bus: LineMaster[None] | None = None
        if isinstance(config, SerialScanner):
            self._bus = build_scanner(
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
        if self._bus is not None:
            self._bus.start()
        elif self.types:
            self._on_health(AS_KEYBOARD)

    def stop(self) -> None:
        """Give the line back."""
        if self._bus is not None:
            self._bus.stop()

    def key(self, name: str) -> None:
        """Take a key that was pressed on the kiosk's keyboard, by its name."""
        code = self._wedge.key(name)
        if code is not None:
            self._read(code)

    def _read(self, code: str) -> None:
        if self._repeats.is_new(code):
            self._on_code(code)
