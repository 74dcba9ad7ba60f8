"""The ticket on paper: the very bytes, what stands on it, and its picture."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from broker.language import Phrases
from hardware.codecs.escpos_printed import PaperCut, PrintedLine, PrintedQr, PrintedRaster
from hardware.codecs.escpos_profile import Paper, paper_of
from hardware.codecs.escpos_reader import read
from hardware.emulators.picture import draw
from hardware.receipt import Qr, ShapeMark, Text
from kiosk.paper.layout import CODE_SIZE, ticket_receipt
from tests.hardware.qr_reading import read_qr
from tests.hardware.ticket_samples import CHECK, OFFICE, QR_TEXT, TICKETS, ticket, ticket_bytes

GOLDEN = Path(__file__).with_name("golden")
REGOLD = os.environ.get("ANTREAN_REGOLD") == "1"
CASES = [(name, language, mm) for name in TICKETS for language in ("id", "en") for mm in (58, 80)]

PRINTERS = [
    ("TM-T88III", 80),
    ("TM-T82", 80),
    ("TM-T82", 58),
    ("XP-80", 80),
    ("XP-58", 58),
    ("POS-5890", 58),
]
"""Beside the default: Epson at 180 and at 203 dpi, and clones with and without cutter and codes of their own."""


def lines_of(data: bytes, paper: Paper) -> list[str]:
    printed = [item for item in read(data, paper) if isinstance(item, PrintedLine)]
    return ["".join(run.text for run in line.runs) for line in printed]


def words_of(data: bytes, paper: Paper) -> str:
    return re.sub(r"\s+", " ", " ".join(lines_of(data, paper)))


@pytest.mark.parametrize(("name", "language", "mm"), CASES)
def test_a_ticket_is_the_very_bytes_that_were_looked_at(name: str, language: str, mm: int) -> None:
    """After a wanted change: ANTREAN_REGOLD=1 pytest tests/hardware, then look at the papers."""
    data = ticket_bytes(name, language=language, paper_mm=mm)
    golden = GOLDEN / f"ticket-{name}-{language}-{mm}.escpos"
    if REGOLD:
        golden.write_bytes(data)
    assert data == golden.read_bytes()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("profile", "mm"), PRINTERS)
def test_a_ticket_is_the_very_bytes_for_each_kind_of_printer(profile: str, mm: int, language: str) -> None:
    data = ticket_bytes("regular", language=language, paper_mm=mm, profile=profile)
    golden = GOLDEN / f"ticket-regular-{language}-{mm}-{profile}.escpos"
    if REGOLD:
        golden.write_bytes(data)
    assert data == golden.read_bytes()


@pytest.mark.parametrize(("name", "language", "mm"), CASES)
def test_the_picture_of_a_ticket_carries_its_code_readable(name: str, language: str, mm: int) -> None:
    paper = paper_of("default", paper_mm=mm)
    golden = GOLDEN / f"ticket-{name}-{language}-{mm}.escpos"
    picture = draw(read(golden.read_bytes(), paper), paper)
    (code,) = picture.codes
    read_back = read_qr(picture.image, left=code.left, top=code.top, module_dots=code.module_dots, modules=code.modules)
    assert read_back == QR_TEXT
    assert code.left > 0
    assert code.left + code.modules * code.module_dots < picture.image.width


@pytest.mark.parametrize(("name", "language", "mm"), CASES)
def test_no_line_of_a_ticket_is_wider_than_its_paper(name: str, language: str, mm: int) -> None:
    paper = paper_of("default", paper_mm=mm)
    for item in read(ticket_bytes(name, language=language, paper_mm=mm), paper):
        if isinstance(item, PrintedLine):
            assert sum(len(run.text) * run.style.width for run in item.runs) <= paper.columns


@pytest.mark.parametrize("mm", [58, 80])
def test_an_indonesian_ticket_says_everything_a_visitor_needs(mm: int) -> None:
    paper = paper_of("default", paper_mm=mm)
    words = words_of(ticket_bytes("regular", language="id", paper_mm=mm), paper)
    for needed in (
        "Kantor Imigrasi Contoh",
        "A-012",
        "Paspor Baru",
        "Kamis, 21 Mei 2026",
        "pukul 09.30",
        "4 orang sebelum Anda",
        "sekitar 10-20 menit",
        "- KTP elektronik (e-KTP)",
        "akta kelahiran, buku nikah, ijazah, atau surat baptis, yang memuat nama, tempat dan tanggal lahir",
        "Terima kasih",
    ):
        assert needed in words
    assert "SALINAN" not in words


@pytest.mark.parametrize("columns", [20, 32, 42, 48])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_check_code_stands_large_below_the_number_named_in_every_language(language: str, columns: int) -> None:
    items = ticket_receipt(ticket(), OFFICE, Phrases("kiosk", language), columns=columns).items
    (code,) = [item for item in items if isinstance(item, Text) and item.text == CHECK]
    name = items[items.index(code) - 1]
    assert isinstance(name, Text)
    assert (name.text, code.width, code.height) == ("Kode / Code", CODE_SIZE, CODE_SIZE)
    assert code.width * len(code.text) <= columns
    assert items.index(code) > [item.text if isinstance(item, Text) else "" for item in items].index("A-012")


def test_a_ticket_of_an_older_engine_has_no_code() -> None:
    items = ticket_receipt(ticket(check=None), OFFICE, Phrases("kiosk", "id"), columns=48).items
    assert "Kode / Code" not in [item.text for item in items if isinstance(item, Text)]


@pytest.mark.parametrize("columns", [20, 32, 42, 48])
def test_each_paper_of_a_training_says_so_at_its_head_and_its_foot(columns: int) -> None:
    training, phrases = OFFICE.model_copy(update={"is_training": True}), Phrases("kiosk", "en")
    items = [one for one in ticket_receipt(ticket(), training, phrases, columns=columns).items if isinstance(one, Text)]
    marks = [place for place, item in enumerate(items) if item.text in {"LATIHAN", "TRAINING"}]
    assert len(marks) == 4
    assert (marks[0], len(items) - marks[-1]) == (0, 3), "nothing above, and below only what it means"
    assert all(items[place].invert and items[place].width * len(items[place].text) <= columns for place in marks)
    assert items[2].text == "LATIHAN: bukan antrean sungguhan"
    plain = ticket_receipt(ticket(), OFFICE, phrases, columns=columns).items
    assert not [one for one in plain if isinstance(one, Text) and "TRAINING" in one.text]


def test_an_english_ticket_is_english_throughout() -> None:
    words = words_of(ticket_bytes("regular", language="en", paper_mm=80), paper_of("default", paper_mm=80))
    for needed in ("Sample Immigration Office", "New passport", "Thursday, May 21, 2026", "4 people are before you"):
        assert needed in words
    for foreign in ("Anda", "Mohon", "Kantor", "antrean"):
        assert foreign not in words


def test_a_reprint_is_marked_as_a_copy_in_its_language() -> None:
    paper = paper_of("default", paper_mm=58)
    assert "SALINAN" in words_of(ticket_bytes("priority-copy", language="id", paper_mm=58), paper)
    assert "COPY" in words_of(ticket_bytes("priority-copy", language="en", paper_mm=58), paper)


def test_without_an_open_counter_the_ticket_promises_no_time() -> None:
    paper = paper_of("default", paper_mm=80)
    words = words_of(ticket_bytes("priority-copy", language="en", paper_mm=80), paper)
    assert "No counter is open yet" in words
    assert "minutes" not in words


def test_a_priority_ticket_shows_letter_and_shape_and_a_regular_one_no_mark() -> None:
    phrases = Phrases("kiosk", "id")
    priority = ticket_receipt(TICKETS["priority-copy"], OFFICE, phrases, columns=48)
    regular = ticket_receipt(TICKETS["regular"], OFFICE, phrases, columns=48)
    assert ShapeMark("diamond", "P", "Jalur Prioritas (Layanan Ramah HAM)") in priority.items
    assert not [item for item in regular.items if isinstance(item, ShapeMark)]
    paper = paper_of("default", paper_mm=80)
    assert "<P>" in words_of(ticket_bytes("priority-copy", language="id", paper_mm=80), paper)


@pytest.mark.parametrize("columns", [20, 32, 42, 48])
@pytest.mark.parametrize("number", ["A-001", "AP-1003", "AP-10003"])
def test_the_number_is_as_large_as_the_paper_allows(number: str, columns: int) -> None:
    receipt = ticket_receipt(ticket(number=number), OFFICE, Phrases("kiosk", "id"), columns=columns)
    (text,) = [item for item in receipt.items if isinstance(item, Text) and item.text == number]
    assert text.width * len(number) <= columns
    assert text.width == 6 or (text.width + 1) * len(number) > columns


def test_a_service_that_is_no_longer_offered_is_still_printed() -> None:
    receipt = ticket_receipt(ticket(service="gone", lane="gone"), OFFICE, Phrases("kiosk", "id"), columns=32)
    assert Qr(QR_TEXT, module_dots=8) in receipt.items
    assert [item for item in receipt.items if isinstance(item, Text) and item.text == "gone"]


def test_a_ticket_in_a_language_the_office_lacks_falls_back_to_the_offices_own() -> None:
    receipt = ticket_receipt(ticket(language="ms"), OFFICE, Phrases("kiosk", "ms"), columns=32)
    assert [item for item in receipt.items if isinstance(item, Text) and item.text == "Paspor Baru"]


def test_a_printer_without_native_codes_gets_the_code_as_a_picture() -> None:
    paper = paper_of("POS-5890", paper_mm=58)
    printed = read(ticket_bytes("regular", language="id", paper_mm=58, profile="POS-5890"), paper)
    assert not [item for item in printed if isinstance(item, PrintedQr)]
    (raster,) = [item for item in printed if isinstance(item, PrintedRaster)]
    assert raster.width_bytes * 8 <= paper.width_dots


def test_a_printer_without_a_cutter_is_told_to_feed_only() -> None:
    def cuts(profile: str) -> list[PaperCut]:
        data = ticket_bytes("regular", language="id", paper_mm=58, profile=profile)
        return [item for item in read(data, paper_of(profile, paper_mm=58)) if isinstance(item, PaperCut)]

    assert cuts("POS-5890") == []
    assert cuts("default") == [PaperCut(partial=True)]
