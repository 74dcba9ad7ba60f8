"""The logo in the printer's memory: stored once, printed by a few bytes, on every kind of printer."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from hardware.codecs.escpos_logo import Dots, dots_of, printed, stored, storing
from hardware.codecs.escpos_printed import PrintedLogo, PrintedRaster, StoredLogo
from hardware.codecs.escpos_profile import Paper, paper_of
from hardware.codecs.escpos_reader import EscposReader, read
from hardware.codecs.escpos_writer import render
from hardware.config import PreviewPrinter
from hardware.emulators.paper_folder import LogoFile
from hardware.errors import FrameError
from hardware.receipt import Cut, Receipt, Text
from kiosk.paper.commands import main, store_logo
from tests.hardware.printer_bench import bench_on
from tests.support.office import CONFIG

GRAPHICS = paper_of("TM-T82", paper_mm=80, logo=True)
OLDER = paper_of("XP-58", paper_mm=58, logo=True)
PAPERS = pytest.mark.parametrize("paper", [GRAPHICS, OLDER], ids=["GS ( L", "FS q"])


def picture(width: int = 50, height: int = 30, *, transparent: bool = False) -> bytes:
    """Draw a black triangle, which is another in every mirror, on white or on nothing."""
    image = Image.new("RGBA", (width, height), (255, 255, 255, 0 if transparent else 255))
    ImageDraw.Draw(image).polygon([(0, 0), (width - 1, 0), (0, height - 1)], fill=(0, 0, 0, 255))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@PAPERS
def test_what_is_stored_is_the_very_picture(paper: Paper) -> None:
    dots = dots_of(picture(), paper)
    assert (dots.width_bytes, dots.height_dots) == (7, 32)
    (kept,) = EscposReader(paper).feed(stored(dots, paper))
    assert kept == StoredLogo(dots.width_bytes, dots.height_dots, dots.rows)


def test_the_commands_are_the_documented_ones() -> None:
    dots = Dots(width_bytes=1, height_dots=8, rows=b"\xff\x01\x00\x00\x00\x00\x00\x80")
    assert stored(dots, GRAPHICS) == b"\x1d(L\x13\x000C0AN\x01\x08\x00\x08\x001" + dots.rows
    assert printed(GRAPHICS) == b"\x1d(L\x06\x000EAN\x01\x01"
    assert stored(dots, OLDER) == b"\x1cq\x01\x01\x00\x01\x00" + b"\x81" + b"\x80" * 6 + b"\xc0"
    assert printed(OLDER) == b"\x1cp\x01\x00"


@PAPERS
def test_a_large_picture_is_made_to_fit_the_paper(paper: Paper) -> None:
    dots = dots_of(picture(3000, 400), paper)
    assert dots.width_bytes * 8 == paper.width_dots
    assert dots_of(picture(300, 4000), paper).height_dots == 240
    assert len(stored(dots, paper)) < 65536


def test_what_is_transparent_stays_white() -> None:
    assert dots_of(picture(transparent=True), GRAPHICS) == dots_of(picture(), GRAPHICS)


def test_a_file_that_is_no_picture_is_refused() -> None:
    with pytest.raises(FrameError, match="no picture"):
        dots_of(b"%PDF-1.7", GRAPHICS)


@PAPERS
def test_every_paper_begins_with_the_logo_where_one_is_configured(paper: Paper) -> None:
    first, *_ = read(render(Receipt((Text("Halo"), Cut())), paper), paper)
    assert isinstance(first, PrintedLogo)
    assert first.style.align == "center"


@pytest.mark.parametrize("profile", ["TM-T82", "XP-58"])
def test_a_printer_keeps_its_logo_while_it_is_switched_off(profile: str, tmp_path: Path) -> None:
    paper = paper_of(profile, paper_mm=58, logo=True)
    ticket = render(Receipt((Text("Halo"), Cut())), paper)
    with bench_on("network", tmp_path, paper=paper) as bench:
        assert bench.printer.print(ticket, title="1").outcome == "confirmed", "no logo yet is no fault"
        assert bench.printer.print(storing(picture(), paper), title="logo").outcome == "confirmed"
        bench.emulator.command("power_cycle")
        assert bench.printer.print(ticket, title="2").outcome == "confirmed"
        logos = [[item for item in found if isinstance(item, PrintedRaster)] for found in bench.hand.papers]
    assert [len(found) for found in logos] == [0, 1]
    assert logos[1][0].bits == dots_of(picture(), paper).rows


def test_a_preview_keeps_its_logo_for_the_next_process(tmp_path: Path) -> None:
    config = PreviewPrinter(logo=Path("logo.png"))
    assert store_logo(config, picture(200, 80), title="demo", data_dir=tmp_path, name="printer") == "confirmed"
    with Image.open(tmp_path / "paper/latest.png") as paper:
        ink = sum(paper.convert("L").point(lambda value: value < 100 and 255).histogram()[255:])
    assert ink > 200 * 80 * 0.4
    kept = LogoFile(tmp_path / "devices/printer.logo").kept()
    assert kept is not None
    assert (kept.width_bytes, kept.height_dots) == (25, 80)


@pytest.mark.parametrize("damage", [b"", b"\x01", b"\x02\x00\x02\x00abc"])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "x.logo").write_bytes(damage)
    assert LogoFile(tmp_path / "x.logo").kept() is None


def tool(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["antrean printer", "logo", *map(str, arguments)])
    return main()


def test_the_command_stores_what_the_configuration_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        CONFIG.read_text().replace("      type: preview  ", "      logo: logo.png\n      type: preview  ")
    )
    (tmp_path / "logo.png").write_bytes(picture())
    assert tool(monkeypatch, "--config", config, "--data", tmp_path / "var") == 0
    assert "kiosk-1 printer: the logo is stored (confirmed)" in capsys.readouterr().out
    (tmp_path / "logo.png").write_text("no picture")
    assert tool(monkeypatch, "--config", config, "--data", tmp_path / "var") == 1
    (tmp_path / "logo.png").unlink()
    assert tool(monkeypatch, "--config", config, "--data", tmp_path / "var") == 1
    assert str(tmp_path / "logo.png") in capsys.readouterr().err


def test_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool(monkeypatch, "--config", CONFIG, "--data", tmp_path) == 1
    assert tool(monkeypatch, "--config", CONFIG, "--data", tmp_path, "--id", "kiosk-9") == 1
    assert capsys.readouterr().err.splitlines() == [
        f"kiosk-1 has no logo; name a picture in {CONFIG}: kiosks, printer, logo",
        "no kiosk is called 'kiosk-9'; there are: kiosk-1",
    ]
