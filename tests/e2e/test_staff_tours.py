"""Each role walks through all its pages in a browser; a newcomer finds three answers by the words that stand there.

`TOUR_PICTURES=DIR` keeps a picture of each page; `python -m tests.tours DIR` takes them in every look.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from babel.dates import format_skeleton
from babel.numbers import format_decimal
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.past_days import a_day, working_days
from tests.support.staffed_office import StaffedOffice
from tests.support.tour import DESK, LARGE_PRINT, PATIENCE_MS, PHONE, WALKS, touring

pytestmark = pytest.mark.timeout(300)
MOST_TABS = 150

PICTURES = os.environ.get("TOUR_PICTURES")


@pytest.fixture(scope="module")
def pictures() -> Path | None:
    """Return where pictures are kept, if they are."""
    if not PICTURES:
        return None
    folder = Path(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(
    ("role", "language"), [("officer", "en"), ("supervisor", "id"), ("complaints", "en"), ("technician", "id")]
)
def test_each_role_finds_its_pages_whole_in_its_language_and_open_to_everybody(
    staffed: StaffedOffice, chromium: Browser, pictures: Path | None, role: str, language: str
) -> None:
    # By ear each page once: a supervisor's as they are on a phone, the others' as at a desk.
    deaf = partial(replace, is_heard=False)
    looks = (deaf(DESK), PHONE, LARGE_PRINT) if role == "supervisor" else (DESK, deaf(PHONE))
    with touring(chromium, staffed, role, language, looks=looks, pictures=pictures) as tour:
        WALKS[role](tour)
    assert not tour.faults, "\n".join(tour.faults)
    if role in {"officer", "technician"}:
        told = " ".join(text for name, text in tour.seen.items() if name in {"board", "wall", "waiting", "figures"})
        assert "Budi" not in told
        assert "Dewi" not in told


# -- by keyboard ----------------------------------------------------------------------------------------------------


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    message = f"the keyboard does not reach {wanted}"
    raise AssertionError(message)


def is_closed(office: StaffedOffice, service: str) -> bool:
    """Tell whether the hall knows a service as closed today."""
    with office.office.caller("watcher") as watcher:
        hall = watcher.hall
        return hall is not None and service in {one.service for one in hall.closed_today}


def test_a_supervisor_signs_in_and_closes_a_service_by_the_keyboard_alone(
    staffed: StaffedOffice, chromium: Browser
) -> None:
    with touring(chromium, staffed, "supervisor", "id", looks=()) as tour:
        page = tour.page
        tab_to(page, page.get_by_role("link", name="Tindakan", exact=True))
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Tindakan")
        tab_to(page, page.locator("#offer-place"))
        page.keyboard.type("Pengambilan")
        tab_to(page, page.locator("#offer-reason"))
        page.keyboard.type("Petugas sakit")
        tab_to(page, page.get_by_role("button", name="Tutup hari ini", exact=True))
        page.keyboard.press("Enter")
        expect(page.get_by_text("Pengambilan Paspor dan Dokumen tidak memberi nomor lagi hari ini.")).to_be_visible()
    assert is_closed(staffed, "collection")
    staffed.open_again("collection")


# -- a newcomer -----------------------------------------------------------------------------------------------------

WORDS = {
    "en": {
        "longest": "Longest wait now: ",
        "reports": "Reports",
        "lane": "Lane",
        "P": "Priority lane",
        "show": "Show",
        "share": "Within the promise",
        "acts": "Acts",
        "close": "Close a service or a lane for today",
        "what": "Service or lane",
        "service": "Passport renewal",
        "why": "Reason",
        "do": "Close for today",
        "closed": "Passport renewal gives out no more numbers today.",
    },
    "id": {
        "longest": "Tunggu terlama sekarang: ",
        "reports": "Laporan",
        "lane": "Jalur",
        "P": "Jalur Prioritas",
        "show": "Tampilkan",
        "share": "Sesuai janji layanan",
        "acts": "Tindakan",
        "close": "Tutup layanan atau jalur untuk hari ini",
        "what": "Layanan atau jalur",
        "service": "Penggantian Paspor",
        "why": "Alasan",
        "do": "Tutup hari ini",
        "closed": "Penggantian Paspor tidak memberi nomor lagi hari ini.",
    },
}
"""What somebody looks for whom nobody has told anything, and finds."""


def within_promise(office: StaffedOffice, lane: str) -> tuple[float, int]:
    """Return the share of last month's first calls that came within the promise, in percent, and of how many."""
    settings, first = office.office.settings, office.month_before
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    waits = [wait for day in working_days(first, last) for wait in a_day(day, settings).waits if wait.lane == lane]
    kept = [wait for wait in waits if wait.promised_s is not None and wait.waited_us <= wait.promised_s * 1_000_000]
    return round(100 * len(kept) / len(waits), 1), len(waits)


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_newcomer_finds_three_answers_by_the_words_on_the_page(
    staffed: StaffedOffice, chromium: Browser, language: str
) -> None:
    words = WORDS[language]
    with touring(chromium, staffed, "supervisor", language, looks=()) as tour:
        page, pressed = tour.page, 0

        def press(what: Locator) -> None:
            nonlocal pressed
            what.click()
            pressed += 1

        # The longest wait now: it stands on the first page.
        said = page.get_by_text(words["longest"]).inner_text()
        assert 40 <= int(re.findall(r"\d+", said)[-1]) <= 120, said
        # Last month's share within the promise in lane P.
        press(page.get_by_role("link", name=words["reports"], exact=True))
        month = format_skeleton("yMMMM", staffed.month_before, locale=language)
        press(page.get_by_role("link", name=month, exact=True))
        lanes = page.get_by_role("combobox", name=words["lane"], exact=True)
        name = lanes.locator("option").filter(has_text=words["P"]).inner_text()
        lanes.select_option(label=name)
        press(page.get_by_role("button", name=words["show"], exact=True))
        row = page.get_by_role("row").filter(has_text=words["share"])
        share, n = within_promise(staffed, "priority")
        wanted = format_decimal(share, format="0.0", locale=language)
        expect(row).to_contain_text(f"{wanted} %", timeout=PATIENCE_MS)
        expect(row).to_contain_text(f"n = {n}")
        assert pressed == 3
        # Closing a service for today.
        pressed = 0
        press(page.get_by_role("link", name=words["acts"], exact=True))
        form = page.get_by_role("region", name=words["close"], exact=True)
        form.get_by_label(words["what"], exact=True).select_option(label=words["service"])
        form.get_by_label(words["why"]).fill("Mesin cetak rusak")
        press(form.get_by_role("button", name=words["do"], exact=True))
        expect(page.get_by_text(words["closed"])).to_be_visible()
        assert pressed == 2
    assert is_closed(staffed, "passport-renewal")
    staffed.open_again("passport-renewal")
