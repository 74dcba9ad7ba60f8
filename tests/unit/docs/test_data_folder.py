"""The page about the data folder names every file that an office writes, with the bounds that the program has."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from broker.engine import KEEP_HEALTH, KEPT_REPLIES, REMEMBER
from broker.logs import KEPT_FILES as KEPT_LOGS
from broker.logs import MAX_BYTES
from broker.server.children import MAX_OUTPUT_BYTES
from broker.store.copies import KEPT_COPIES
from broker.store.database import LOG_BYTES
from broker.store.ends import KEPT_LINES
from broker.store.health import FORGOTTEN_AFTER, KEPT_OF_A_DEVICE, KEPT_OF_ALL
from hardware.drivers.espeak import KEPT_TEXTS
from hardware.drivers.players import KEPT_FILES as KEPT_SOUNDS
from hardware.emulators.paper_folder import KEPT_PICTURES
from kiosk.paper.print_log import KEEP
from tests.support.office import OfficeProcess

PAGE = Path(__file__).parents[3] / "docs" / "data-folder.md"
ROWS = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
BOUNDS = {
    "office.db: replies": (f"{REMEMBER.total_seconds() / 3600:.0f} hours", f"newest {KEPT_REPLIES:,}"),
    "office.db: device_health": (
        f"{KEEP_HEALTH.days} days",
        f"{KEPT_OF_A_DEVICE:,} changes",
        f"{KEPT_OF_ALL:,} rows",
        f"{FORGOTTEN_AFTER.days} days",
    ),
    "office.db: open print jobs": (f"{REMEMBER.total_seconds() / 3600:.0f} hours",),
    "office.db-wal": (f"{LOG_BYTES >> 20} MB",),
    "office.db.version-*": (f"newest {KEPT_COPIES}",),
    "journal-*.ends": (f"newest {KEPT_LINES:,}",),
    "logs/*.log*": (f"{KEPT_LOGS + 1} files of {MAX_BYTES // 1_000_000} MB",),
    "logs/*.out*": (f"2 files of {MAX_OUTPUT_BYTES // 1_000_000} MB",),
    "mqtt/server.log*": (f"2 files of {MAX_OUTPUT_BYTES // 1_000_000} MB",),
    "prints/*.jsonl": (f"{KEEP.total_seconds() / 3600:.0f} hours",),
    "paper/*.png": (f"newest {KEPT_PICTURES}",),
    "speech/*.wav": (f"newest {KEPT_TEXTS}",),
    "sound/*.wav": (f"newest {KEPT_SOUNDS}",),
}


def test_the_bounds_of_the_page_are_those_of_the_program() -> None:
    rows = {where.replace("`", "").strip(): bound for where, _, bound in ROWS}
    for where, bounds in BOUNDS.items():
        for bound in bounds:
            assert bound in rows[where], (where, bound)


def test_every_file_that_a_broker_writes_is_on_the_page(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path)
    office.start()
    with office.caller("kiosk-1") as kiosk:
        kiosk.do("issue", service="new-passport")
    office.kill()
    office.start()
    office.stop()
    patterns = [pattern for where, _, _ in ROWS for pattern in re.findall(r"`([^`]+)`", where)]
    written = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert "office.db" in written
    assert [name for name in written if not any(fnmatch(name, pattern) for pattern in patterns)] == []
