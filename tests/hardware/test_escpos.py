"""Receipts as ESC/POS: code page, letters, profiles, and the reader that refuses what it does not know."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import kiosk
from hardware.codecs.drawn_text import is_drawn
from hardware.codecs.escpos_printed import PrintedLine, PrintedQr, PrintedRaster
from hardware.codecs.escpos_profile import Cut as CutCommand
from hardware.codecs.escpos_profile import Paper, paper_of, profile_names
from hardware.codecs.escpos_reader import read
from hardware.codecs.escpos_writer import render
from hardware.codecs.letters import printable
from hardware.emulators.picture import draw
from hardware.errors import DriverMissing, FrameError
from hardware.receipt import Align, Blank, Cut, Qr, Receipt, Rule, ShapeMark, Text, mark_text, wrap
from hardware.typesetting.fonts import missing

PAPER = paper_of("default", paper_mm=80)
EVERYTHING = Receipt(
    (
        Text("Kantor", align="center", bold=True),
        Rule(),
        ShapeMark("star", "P", "Prioritas"),
        Text("A-012", width=4, height=4),
        Blank(2),
        Text("kanan", align="right", invert=True),
        Qr("ANTREAN:TEST"),
        Cut(),
    )
)
LINES = st.text(max_size=200)


def printed_text(receipt: Receipt, paper: Paper = PAPER) -> list[str]:
    lines = [item for item in read(render(receipt, paper), paper) if isinstance(item, PrintedLine)]
    return ["".join(run.text for run in line.runs) for line in lines]


def test_a_job_starts_with_a_reset_leaves_chinese_mode_and_names_its_code_page() -> None:
    assert render(Receipt((Text("Halo"),)), PAPER) == b"\x1b@\x1c.\x1bt\x02Halo\n"


def test_letters_arrive_as_the_code_page_has_them() -> None:
    assert render(Receipt((Text("café"),)), PAPER).endswith(b"caf\x82\n")
    assert printed_text(Receipt((Text("café"),))) == ["café"]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("“Silakan” \u2013 tunggu…", '"Silakan" - tunggu...'),
        ("• 5\u202f\u00d7 Ž", "- 5 \u00d7 Z"),
        ("Nguyễn", "Nguyen"),
        ("护照", "??"),
        ("zero\u200bwidth", "zerowidth"),
        ("baris\nkedua\tketiga", "baris kedua ketiga"),
        ("\x1b@\x1d", "@"),
    ],
)
def test_what_a_code_page_lacks_becomes_the_nearest_it_has(text: str, printed: str) -> None:
    assert printable(text, "cp850").strip() == printed


@given(LINES)
def test_no_text_can_smuggle_a_command_to_the_printer(text: str) -> None:
    made = printable(text, "cp850").encode("cp850")
    assert all(byte >= 0x20 for byte in made)
    read(render(Receipt((Text(text), Qr("X"), Cut())), PAPER), PAPER)


@given(text=LINES, columns=st.integers(1, 60), hanging=st.integers(0, 8), balanced=st.booleans())
def test_wrapping_loses_no_letter_and_makes_no_line_too_wide(
    text: str, columns: int, hanging: int, *, balanced: bool
) -> None:
    lines = wrap(text, columns, hanging=hanging, balanced=balanced)
    assert all(len(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_word_longer_than_the_paper_goes_on_in_the_next_line() -> None:
    assert wrap("pertanggungjawabannya", 10) == ("pertanggun", "gjawabanny", "a")


def test_later_lines_hang_below_the_text_of_their_bullet() -> None:
    assert wrap("- akta kelahiran asli", 12, hanging=2) == ("- akta", "  kelahiran", "  asli")


def test_centred_text_leaves_no_lonely_word() -> None:
    assert wrap("Mohon tunggu, Anda akan dipanggil.", 32) == ("Mohon tunggu, Anda akan", "dipanggil.")
    assert wrap("Mohon tunggu, Anda akan dipanggil.", 32, balanced=True) == ("Mohon tunggu, Anda", "akan dipanggil.")


@pytest.mark.parametrize(
    ("shape", "mark"), [("circle", "(P)"), ("diamond", "<P>"), ("square", "[P]"), ("triangle", "/P\\"), ("star", "*P*")]
)
def test_each_shape_has_a_mark_that_needs_no_colour_and_no_picture(shape: str, mark: str) -> None:
    assert mark_text(ShapeMark(shape, "P", "Prioritas")) == mark


@pytest.mark.parametrize("paper_mm", [58, 80])
@pytest.mark.parametrize("profile", profile_names())
def test_every_profile_prints_on_every_paper_and_is_read_back(
    profile: str, paper_mm: int, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = paper_of(profile, paper_mm=paper_mm)
    assert paper.width_dots <= {58: 384, 80: 576}[paper_mm]
    assert 1 <= paper.columns <= paper.width_dots // 12
    printed = read(render(EVERYTHING, paper), paper)
    assert draw(printed, paper).image.width > paper.width_dots
    codes = [item for item in printed if isinstance(item, PrintedQr | PrintedRaster)]
    assert len(codes) == (1 if paper.native_qr or paper.raster else 0)
    capsys.readouterr()


@pytest.mark.parametrize(
    ("profile", "mm", "dots", "columns"),
    [
        ("default", 58, 384, 32),
        ("default", 80, 576, 48),
        ("TM-T88V", 80, 512, 42),
        ("NT-80-V-UL", 80, 576, 48),
        ("TM-T20II", 58, 384, 32),
        ("POS-5890", 80, 384, 32),
        ("XP-58", 58, 384, 32),
        ("XP-58", 80, 384, 32),
        ("XP-80", 80, 576, 48),
        ("XP-80", 58, 384, 32),
        ("TM-T82", 80, 576, 48),
        ("TM-T82", 58, 384, 32),
    ],
)
def test_widths_come_from_profile_and_paper(profile: str, mm: int, dots: int, columns: int) -> None:
    paper = paper_of(profile, paper_mm=mm)
    assert (paper.width_dots, paper.columns) == (dots, columns)


def test_an_unknown_profile_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(DriverMissing, match=r"'TM-T20'; did you mean 'TM-T20II'\?"):
        paper_of("TM-T20", paper_mm=80)


@pytest.mark.parametrize(
    ("cut", "ends"),
    [
        ("gs-v", b"\x1bd\x06\x1dV\x01"),
        ("esc-i", b"\x1bd\x06\x1bi"),
        ("esc-m", b"\x1bd\x06\x1bm"),
        ("none", b"\x1bd\x06"),
    ],
)
def test_clones_are_cut_in_their_own_way(cut: CutCommand, ends: bytes) -> None:
    paper = paper_of("XP-80", paper_mm=80, cut=cut)
    data = render(Receipt((Text("Halo"), Cut())), paper)
    assert data == b"\x1b@\x1c.\x1bt\x02Halo\n" + ends
    assert len(read(data, paper)) == (2 if cut == "none" else 3)


LANGUAGES = {path.parent.parent.name: path for path in (Path(kiosk.__file__).parent / "locale").glob("*/*/*.po")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_stand_on_a_ticket_has_its_letters_on_paper(language: str) -> None:
    catalogue = read_po(StringIO(LANGUAGES[language].read_text()))
    texts = [text for message in catalogue for text in (message.id, message.string) if isinstance(text, str)]
    assert len(texts) > 50
    as_text = [text for text in texts if not is_drawn(Text(text), "cp850")]
    assert [text for text in as_text if "?" in printable(text, "cp850").replace("?", "", text.count("?"))] == []
    assert missing(texts) == {}


@pytest.mark.parametrize("profile", profile_names())
def test_letters_beyond_ascii_are_right_on_every_printer(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    paper = paper_of(profile, paper_mm=58)
    word = "cafe" if paper.encoding == "ascii" else "café"
    assert printed_text(Receipt((Text("café"),)), paper) == [word]
    capsys.readouterr()


def test_a_code_shrinks_until_narrow_paper_holds_it_with_its_quiet_zone() -> None:
    paper = paper_of("default", paper_mm=58)
    (code,) = [
        item
        for item in read(render(Receipt((Qr("x" * 200, module_dots=16),)), paper), paper)
        if isinstance(item, PrintedQr)
    ]
    picture = draw((code,), paper).codes[0]
    assert (picture.modules + 8) * code.module_dots <= 384


@pytest.mark.parametrize(
    ("data", "offset", "byte"),
    [
        (b"\x1b@\x1bM\x01", 2, "0x1B"),
        (b"\x1b@Halo\x07", 6, "0x07"),
        (b"\x1c&", 0, "0x1C"),
        (b"\x1d@", 0, "0x1D"),
        (b"\x1ba\x03", 0, "0x1B"),
        (b"\x1dV\x42\x00", 0, "0x1D"),
        (b"\x1bt\x10", 0, "0x1B"),
        (b"\x1d(k\x03\x001Q0", 0, "0x1D"),
        (b"\x1d(k\x03\x001C\x11", 0, "0x1D"),
        (b"\x1d(L\x02\x0002", 0, "0x1D"),
        (b"\x1dv0\x01\x01\x00\x01\x00\xff", 0, "0x1D"),
    ],
)
def test_bytes_we_never_send_are_refused_with_their_place(data: bytes, offset: int, byte: str) -> None:
    with pytest.raises(FrameError, match=rf"offset {offset}, byte {byte}"):
        read(data, PAPER)


def test_a_job_cut_off_anywhere_is_refused_or_at_most_shorter() -> None:
    whole = render(EVERYTHING, PAPER)
    complete = len(read(whole, PAPER))
    for end in range(len(whole)):
        try:
            assert len(read(whole[:end], PAPER)) < complete
        except FrameError:
            continue


@given(st.binary(max_size=60))
def test_no_bytes_whatever_bring_the_reader_down(data: bytes) -> None:
    try:
        read(data, PAPER)
    except FrameError as error:
        assert error.device == "paper"  # noqa: PT017 - bytes that make sense by chance are as welcome


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_text_stands_where_it_was_put(align: Align) -> None:
    printed = read(render(Receipt((Text("#", align=align, invert=True),)), PAPER), PAPER)
    image = draw(printed, PAPER).image.convert("L").point(lambda value: 255 if value < 100 else 0)
    box = image.getbbox()
    assert box is not None
    middle = (box[0] + box[2]) / 2 / image.width
    assert {"left": middle < 0.2, "center": 0.45 < middle < 0.55, "right": middle > 0.8}[align]
