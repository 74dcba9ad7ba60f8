"""An office and its tickets, as the engine would publish them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from broker.contract.messages import LaneInfo, OfficeMessage, OfficeName, ServiceInfo, StageInfo, Ticket, Wait
from broker.language import Phrases
from hardware.codecs.escpos_profile import paper_of
from hardware.codecs.escpos_writer import render
from kiosk.paper.layout import ticket_receipt

ISSUED = dt.datetime(2026, 5, 21, 2, 30, tzinfo=dt.UTC)
CHECK = "0417"
QR_TEXT = f"ANTREAN-H4HA2S5QKJCXTFZQ7W3N5YQ2DE{CHECK}"

DOCUMENTS = {
    "id": (
        "KTP elektronik (e-KTP)",
        "Kartu Keluarga (KK)",
        "Salah satu: akta kelahiran, buku nikah, ijazah, atau surat baptis, yang memuat nama, tempat dan tanggal lahir",
    ),
    "en": (
        "Electronic identity card (e-KTP)",
        "Family card (KK)",
        "One of: birth certificate, marriage book, diploma or baptism letter, showing name, place and date of birth",
    ),
}


def texts(indonesian: str, english: str) -> dict[str, str]:
    return {"id": indonesian, "en": english}


def lane(name: str, letter: str, shape: str, label: dict[str, str]) -> LaneInfo:
    return LaneInfo(id=name, letter=letter, shape=shape, name=label, rule=texts("aturan", "rule"), promised_wait_s=900)


SERVICE = ServiceInfo(
    id="new-passport",
    letter="A",
    name=texts("Paspor Baru", "New passport"),
    stages=("document-check",),
    promised_wait_s=3600,
    documents=DOCUMENTS,
    steps={},
    fee=texts("Rp350.000", "Rp350.000"),
    time=texts("4 hari kerja", "4 working days"),
    source="PP 45/2024",
    effective_from=dt.date(2024, 12, 17),
)

OFFICE = OfficeMessage(
    office=OfficeName(
        id="demo", name=texts("Kantor Imigrasi Contoh", "Sample Immigration Office"), timezone="Asia/Jakarta"
    ),
    languages=("id", "en"),
    services=(SERVICE,),
    lanes=(
        lane("regular", "", "circle", texts("Jalur Umum", "Regular lane")),
        lane("priority", "P", "diamond", texts("Jalur Prioritas (Layanan Ramah HAM)", "Priority lane")),
    ),
    stages=(StageInfo(id="document-check", name=texts("Pemeriksaan Berkas", "Document check")),),
    counters=(),
)


def ticket(**changes: Any) -> Ticket:  # noqa: ANN401 - any field of a ticket
    fields: dict[str, Any] = {
        "id": "3f0e0d4b-b052-457c-9730-fdb6dee21a19",
        "number": "A-012",
        "service": "new-passport",
        "lane": "regular",
        "stage": "document-check",
        "state": "waiting",
        "language": "id",
        "issued_at": ISSUED,
        "waiting_since": ISSUED,
        "ahead": 4,
        "wait": Wait(low_s=600, high_s=1200),
        "qr": QR_TEXT,
        "check": CHECK,
    }
    return Ticket(**fields | changes)


TICKETS = {
    "regular": ticket(),
    "priority-copy": ticket(number="AP-1003", lane="priority", ahead=0, wait=None, copies=1),
}


def ticket_bytes(name: str, *, language: str, paper_mm: int, profile: str = "default") -> bytes:
    """Return the bytes of a sample ticket."""
    paper = paper_of(profile, paper_mm=paper_mm)
    sample = TICKETS[name].model_copy(update={"language": language})
    receipt = ticket_receipt(sample, OFFICE, Phrases("kiosk", language), columns=paper.columns)
    return render(receipt, paper)
