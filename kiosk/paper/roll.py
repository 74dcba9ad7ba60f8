"""How much paper is left on a printer's roll, counted by what was printed since it was changed."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from hardware.files import write_whole
from hardware.ports import PrinterState

log = logging.getLogger(__name__)


class PaperRoll:
    """The roll of one printer, on disk. One thread at a time; another process may put a new roll in at any time."""

    def __init__(self, path: Path, *, length_m: float, warning_m: float) -> None:
        """Count against a roll of `length_m`; below `warning_m` it is low."""
        self._path = path
        self._length_m = length_m
        self._warning_m = warning_m

    @property
    def left_m(self) -> float:
        """Return the metres left; an unreadable count is taken for a new roll."""
        return max(0.0, self._length_m - self._used_m())

    @property
    def is_low(self) -> bool:
        """Tell whether somebody should lay a new roll beside the printer."""
        return self.left_m <= self._warning_m

    def used(self, height_mm: float) -> None:
        """Take a paper off the roll."""
        self._write(self._used_m() + height_mm / 1000)

    def change(self) -> None:
        """Begin a new roll."""
        self._write(0.0)

    def saw(self, state: PrinterState) -> None:
        """Begin a new roll when paper is there again after it had run out, also where that was before a restart."""
        had_run_out = self._kept().get("run_out") is True
        if had_run_out and state in {"ready", "paper_low"}:
            self.change()
        elif state == "paper_out" and not had_run_out:
            self._write(self._used_m(), run_out=True)

    def _used_m(self) -> float:
        used = self._kept().get("used_m", 0.0)
        return float(used) if isinstance(used, int | float) else 0.0

    def _kept(self) -> dict[str, object]:
        # Read each time: `antrean printer new-roll` is another process.
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning("%s holds no count of paper: %s", self._path, error)
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, used_m: float, *, run_out: bool = False) -> None:
        try:
            write_whole(self._path, json.dumps({"used_m": round(used_m, 3), "run_out": run_out}).encode())
        except OSError as error:
            log.warning("the paper is not counted: %s", error)


def roll_file(data_dir: Path, kiosk: str, printer: str) -> Path:
    """Return where the count of a kiosk's printer is kept."""
    return data_dir / "rolls" / f"{kiosk}-{printer}.json"
