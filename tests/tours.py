"""`python -m tests.tours DIR`: every staff page, by each role, in each language, size and look, with a picture of each.

The tests walk the same way with fewer looks. `--roles` and `--languages` take some alone; what is amiss is printed, and
the exit code says whether there was anything.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support.browsing import CHROMIUM
from tests.support.staffed_office import WHO, StaffedOffice
from tests.support.tour import EVERYTHING, WALKS, touring


def main() -> int:
    """Walk; return how many faults were found, as exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--roles", default=",".join(WHO))
    parser.add_argument("--languages", default="id,en")
    asked = parser.parse_args()
    asked.pictures.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="antrean-tours-") as folder,
        StaffedOffice(Path(folder)) as office,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for role in asked.roles.split(","):
            for language in asked.languages.split(","):
                begun = time.monotonic()
                walk = touring(
                    browser, office, role, language, looks=EVERYTHING, pictures=asked.pictures, is_thorough=True
                )
                with walk as tour:
                    WALKS[role](tour)
                faults += tour.faults
                print(f"{role}, {language}: {len(tour.seen)} pages in {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
                print("".join(f"  {fault}\n" for fault in tour.faults), end="", flush=True)  # noqa: T201
        browser.close()
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main())
