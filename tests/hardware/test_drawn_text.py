"""Lines that no code page has, as pictures on the paper; all others stay text."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from broker.language import words_of
from hardware.codecs.drawn_text import BODY_PX, is_drawn, pictures, side
from hardware.codecs.escpos_printed import PrintedLine, PrintedRaster, Style
from hardware.codecs.escpos_profile import Paper, paper_of
from hardware.codecs.escpos_reader import read
from hardware.codecs.escpos_writer import render
from hardware.receipt import Align, Receipt, Text
from hardware.typesetting.block import lay_out
from kiosk.paper.layout import ticket_receipt
from tests.hardware.ticket_samples import OFFICE, ticket

GOLDEN = Path(__file__).with_name("golden")
ARABIC, CHINESE = "يُرجى التوجه إلى الشباك 2", "请到2号窗口"
PAPERS = {"58": paper_of("XP-58", paper_mm=58), "80": paper_of("TM-T82", paper_mm=80)}


def printed(*items: Text, paper: Paper) -> list[PrintedRaster | PrintedLine]:
    """Return the lines that a printer would put on paper."""
    return [
        item
        for item in read(render(Receipt(items), paper), paper)
        if isinstance(item, PrintedRaster) or (isinstance(item, PrintedLine) and item.runs)
    ]


def dots(line: PrintedRaster) -> Image.Image:
    """Return a printed picture, its ink white."""
    return Image.frombytes("1", (8 * line.width_bytes, line.height_dots), line.bits)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("Loket 2 – é", False), ("Nguyễn", False), ("really?", False), (CHINESE, True), (ARABIC, True), ("Паспорт", True)],
)
def test_only_what_the_code_page_has_nothing_for_is_drawn(text: str, drawn: bool) -> None:  # noqa: FBT001 - from the table
    assert is_drawn(Text(text), "cp850") is drawn


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("text", [ARABIC * 3, CHINESE * 4], ids=["ar", "zh"])
def test_a_paragraph_wraps_within_the_paper_in_letters_of_three_millimetres(text: str, paper: Paper) -> None:
    lines = printed(Text(text), Text("A-012"), paper=paper)
    assert [type(line) for line in lines] == [PrintedRaster] * (len(lines) - 1) + [PrintedLine]
    assert len(lines) > 2
    for line in lines[:-1]:
        assert isinstance(line, PrintedRaster)
        assert 8 * line.width_bytes <= paper.width_dots
        assert dots(line).getbbox() is not None
    capital = lay_out("H", size_px=BODY_PX).lines[0]
    assert capital.width > 0
    assert BODY_PX * 0.714 >= 24


def test_what_is_printed_is_what_the_screens_draw() -> None:
    (line,) = pictures(Text(CHINESE), 384)
    block = lay_out(CHINESE, size_px=BODY_PX)
    assert (line.width - block.width) in range(8)
    assert line.height == block.line_height
    assert [PrintedRaster(line.width // 8, line.height, line.tobytes(), printed_style("left"))] == printed(
        Text(CHINESE), paper=PAPERS["58"]
    )


def printed_style(align: Align) -> Style:
    """Return the style of a picture at this side."""
    (line,) = printed(Text("Я", align=align), paper=PAPERS["58"])
    return line.style


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Text(ARABIC), "right"),
        (Text(ARABIC, align="center"), "center"),
        (Text(CHINESE), "left"),
        (Text(CHINESE, align="right"), "right"),
    ],
)
def test_what_is_read_from_the_right_stands_at_the_right(item: Text, expected: Align) -> None:
    assert side(item) == expected
    (line,) = printed(item, paper=PAPERS["80"])
    assert line.style.align == expected


def test_a_bullet_hangs_at_the_side_where_the_line_begins() -> None:
    for text, from_right in ((CHINESE * 4, False), (ARABIC * 3, True)):
        first, second, *_ = pictures(Text("- " + text, hanging=2), 384)
        ink = [box for line in (first, second) if (box := line.getbbox())]
        gaps = [line.width - box[2] if from_right else box[0] for line, box in zip((first, second), ink, strict=True)]
        assert gaps[1] - gaps[0] >= 8


def test_white_on_black_has_black_around_its_letters() -> None:
    (line,) = pictures(Text(CHINESE, invert=True, align="center"), 384)
    assert all(line.getpixel(corner) for corner in ((0, 0), (line.width - 1, 0), (0, line.height - 1)))
    assert line.histogram()[0] > 0


def test_a_printer_that_prints_no_pictures_gets_the_nearest_letters() -> None:
    paper = paper_of("OCD-100", paper_mm=58)
    assert not [line for line in printed(Text(CHINESE), paper=paper) if isinstance(line, PrintedRaster)]


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("language", ["zh", "ar"])
def test_a_ticket_in_another_script_keeps_number_and_code_as_text(language: str, paper: Paper) -> None:
    words = words_of("kiosk", ("id", language))
    receipt = ticket_receipt(ticket(language=language), OFFICE, words(language), columns=paper.columns)
    items = read(render(receipt, paper), paper)
    texts = ["".join(run.text for run in item.runs) for item in items if isinstance(item, PrintedLine)]
    assert {"A-012", "0417"} <= set(texts)
    assert not any("?" in text for text in texts)
    assert sum(isinstance(item, PrintedRaster) for item in items) > 8


def test_the_bytes_of_a_drawn_line_are_these() -> None:
    """Of the font that comes with the project, as Pillow's own FreeType draws it."""
    made = render(Receipt((Text("Паспорт", align="center", bold=True), Text("A-012"))), PAPERS["58"])
    assert made == (GOLDEN / "drawn-line-58.escpos").read_bytes()
