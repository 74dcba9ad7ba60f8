"""The ticket that leads to a page: its code, the Wi-Fi beside it, on every width of paper and in every language."""

from __future__ import annotations

import pytest
import segno

from broker.config.web import Wifi
from broker.contract.messages import Ticket
from broker.language import Phrases
from hardware.codecs.escpos_printed import PrintedLine, PrintedQr
from hardware.codecs.escpos_profile import Paper, paper_of
from hardware.codecs.escpos_reader import read
from hardware.codecs.escpos_writer import qr_module_dots, render
from hardware.emulators.picture import PaperPicture, draw
from hardware.receipt import Qr, Text, read_out
from kiosk.paper.layout import ticket_receipt
from tests.hardware.qr_reading import read_qr
from tests.hardware.ticket_samples import OFFICE, QR_TEXT, ticket

LINK = "HTTP://ANTRIAN.LAN/T/Q7ZK2AYW5MMB4CEX"
WIFI = Wifi(name="Imigrasi-Tamu", password="selamat-datang")  # noqa: S106 - nobody's
LANGUAGES = ("id", "en", "ar", "zh")
PAPERS = [("default", 58), ("default", 80), ("XP-58", 58), ("TM-T82", 80)]


def printed(made: Ticket, language: str, paper: Paper, wifi: Wifi | None) -> bytes:
    """Return the bytes of a ticket."""
    words = Phrases("kiosk", language)
    return render(ticket_receipt(made, OFFICE, words, columns=paper.columns, wifi=wifi), paper)


def codes(picture: PaperPicture) -> list[str]:
    """Return what a reader of its own finds in the picture; of larger codes, what they were drawn of."""
    return [
        read_qr(picture.image, left=code.left, top=code.top, module_dots=code.module_dots, modules=code.modules)
        if code.modules <= 29
        else code.text
        for code in picture.codes
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("profile", "mm"), PAPERS)
@pytest.mark.parametrize("copies", [0, 1])
def test_the_last_code_leads_to_the_page_and_the_one_before_joins_the_wifi(
    profile: str, mm: int, language: str, copies: int
) -> None:
    paper = paper_of(profile, paper_mm=mm)
    data = printed(ticket(qr=LINK, copies=copies), language, paper, WIFI)
    lines = [item for item in read(data, paper) if isinstance(item, PrintedLine)]
    assert all(sum(len(run.text) * run.style.width for run in line.runs) <= paper.columns for line in lines)
    if paper.native_qr:
        assert codes(draw(read(data, paper), paper)) == [WIFI.qr, LINK]
    text = " ".join("".join(run.text for run in line.runs) for line in lines)
    assert "Imigrasi-Tamu" in text
    assert "selamat-datang" in text


@pytest.mark.parametrize("mm", [58, 80])
def test_the_longest_address_and_wifi_still_fit_the_paper_with_coarse_modules(mm: int) -> None:
    paper = paper_of("default", paper_mm=mm)
    address = Qr(f"HTTPS://{'A' * 63}/T/{'Q' * 16}", module_dots=8)
    wifi = Wifi(name="N" * 32, password=";" * 63, hidden=True)
    assert qr_module_dots(address, paper) >= 8
    assert qr_module_dots(Qr(wifi.qr, module_dots=6), paper) >= 5


def test_without_a_page_the_paper_is_as_before_whatever_the_wifi() -> None:
    paper = paper_of("default", paper_mm=80)
    assert printed(ticket(), "id", paper, WIFI) == printed(ticket(), "id", paper, None)
    assert [item.text for item in read(printed(ticket(), "id", paper, WIFI), paper) if isinstance(item, PrintedQr)] == [
        QR_TEXT
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_wifi_there_is_one_code_and_what_it_is_for(language: str) -> None:
    receipt = ticket_receipt(ticket(qr=LINK), OFFICE, Phrases("kiosk", language), columns=32)
    found = [item for item in receipt.items if isinstance(item, Qr)]
    assert [code.text for code in found] == [LINK]
    before = receipt.items[receipt.items.index(found[0]) - 1]
    assert isinstance(before, Text)
    assert before.text


def test_an_open_wifi_has_no_password_on_paper() -> None:
    words = Phrases("kiosk", "id")
    receipt = ticket_receipt(ticket(qr=LINK), OFFICE, words, columns=32, wifi=Wifi(name="Bebas"))
    assert "Kata sandi" not in read_out(receipt)
    assert "Bebas" in read_out(receipt)


@pytest.mark.parametrize(
    ("wifi", "text"),
    [
        (Wifi(name="Tamu"), "WIFI:S:Tamu;T:nopass;;"),
        (Wifi(name="Tamu", password="imigrasi"), "WIFI:S:Tamu;T:WPA;P:imigrasi;;"),  # noqa: S106 - nobody's
        (Wifi(name="Tamu", password="imigrasi", hidden=True), "WIFI:S:Tamu;T:WPA;P:imigrasi;H:true;;"),  # noqa: S106
        (Wifi(name='a;b,c:d\\e"f'), r"WIFI:S:a\;b\,c\:d\\e\"f;T:nopass;;"),
        (Wifi(name="Ruang Tunggu é"), "WIFI:S:Ruang Tunggu é;T:nopass;;"),
    ],
)
def test_the_code_of_a_wifi_is_as_phones_read_it(wifi: Wifi, text: str) -> None:
    assert wifi.qr == text
    assert int(segno.make_qr(text, error="m").version) <= 6
