"""A receipt as ESC/POS bytes: pure, by python-escpos's Dummy printer, which renders but never sends."""

from __future__ import annotations

from typing import assert_never

import segno
from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy
from PIL import Image

from hardware.codecs import drawn_text
from hardware.codecs.escpos_logo import printed
from hardware.codecs.escpos_profile import RESET, Paper, library_profile
from hardware.codecs.escpos_profile import Cut as CutCommand
from hardware.codecs.letters import printable
from hardware.receipt import Blank, Cut, Item, Qr, Receipt, Rule, ShapeMark, Text, large, mark_text, wrap

QR_ERROR = "m"
"""Error correction M: a ticket is folded and carried in a pocket."""

QR_QUIET_MODULES = 4
"""White modules that a reader needs on each side (ISO/IEC 18004)."""

LINE_DOTS = 30
"""How far an empty line moves the paper after a reset (Epson's default)."""

FEED_TO_CUTTER_LINES = 6
"""The last line stands so far below the cutter, or below the edge where the paper is torn off."""

CUT: dict[CutCommand, bytes] = {"gs-v": b"\x1dV\x01", "esc-i": b"\x1bi", "esc-m": b"\x1bm", "none": b""}
"""Partial cuts where there is a choice: the ticket hangs by a thread and does not fall to the floor."""


def render(receipt: Receipt, paper: Paper) -> bytes:
    """Return the bytes that print `receipt` on `paper`, starting from a reset printer."""
    # A fresh Dummy for each job: its idea of the code page would survive a reset of the printer.
    device = Dummy(profile=library_profile(paper))
    device._raw(RESET)  # noqa: SLF001 - the library's own INIT is ESC @ alone
    device.charcode(paper.page_name)
    writer = _Writer(device, paper)
    if paper.logo:
        writer.logo()
    for item in receipt.items:
        writer.write(item)
    return bytes(device.output)


def qr_module_dots(code: Qr, paper: Paper) -> int:
    """Return the size of a module that fits the paper with its quiet zone."""
    modules = len(segno.make_qr(code.text, error=QR_ERROR, boost_error=False).matrix)
    fitting = paper.width_dots // (modules + 2 * QR_QUIET_MODULES)
    return max(1, min(code.module_dots, fitting, 16))


class _Writer:
    """Walks the items and tells the printer only what changes."""

    def __init__(self, device: Dummy, paper: Paper) -> None:
        self._device = device
        self._paper = paper
        self._style = Text("")

    def logo(self) -> None:
        """Write the command that prints the picture from the printer's memory."""
        self._text_style(Text("", align="center"))
        self._device._raw(printed(self._paper))  # noqa: SLF001 - the library only sends pictures whole
        self._device.text("\n")

    def write(self, item: Item) -> None:
        """Write one item."""
        match item:
            case Text():
                self._text(item)
            case Rule():
                self._text(Text("-" * self._paper.columns))
            case Blank():
                self._text_style(Text(""))
                self._device.text("\n" * item.lines)
            case Qr():
                self._qr(item)
            case ShapeMark():
                self._mark(item)
            case Cut():
                self._cut()
            case _:
                assert_never(item)

    def _text(self, item: Text) -> None:
        if self._paper.raster and drawn_text.is_drawn(item, self._paper.encoding):
            self._drawn(item)
            return
        self._text_style(item)
        edge = " " if item.invert else ""  # white letters need black on both sides
        columns = self._paper.columns // item.width - 2 * len(edge)
        text = printable(item.text, self._paper.encoding)
        for line in wrap(text, columns, hanging=item.hanging, balanced=item.align == "center"):
            self._device.text(f"{edge}{line}{edge}\n")

    def _drawn(self, item: Text) -> None:
        """Send a paragraph as pictures, line by line: a printer with little memory prints the first while it waits."""
        self._text_style(Text("", align=drawn_text.side(item)))
        for line in drawn_text.pictures(item, self._paper.width_dots):
            size = (line.width // 8).to_bytes(2, "little") + line.height.to_bytes(2, "little")
            self._device._raw(b"\x1dv0\x00" + size + line.tobytes())  # noqa: SLF001 - its own image() dithers anew

    def _mark(self, mark: ShapeMark) -> None:
        self._text(Text(mark_text(mark), align="center", width=3, height=3, bold=True, invert=True))
        self._text(large(mark.name, columns=self._paper.columns))

    def _text_style(self, style: Text) -> None:
        old = self._style
        changes: dict[str, object] = {}
        if (style.width, style.height) != (old.width, old.height):
            changes |= {"custom_size": True, "width": style.width, "height": style.height}
        if style.align != old.align:
            changes["align"] = style.align
        if style.bold != old.bold:
            changes["bold"] = style.bold
        if style.invert != old.invert:
            changes["invert"] = style.invert
        if changes:
            self._device.set(**changes)
        self._style = style

    def _qr(self, code: Qr) -> None:
        self._text_style(Text("", align="center"))
        dots = qr_module_dots(code, self._paper)
        # Epson: "the quiet zone is not included", so the white around a code is ours to print.
        quiet = "\n" * max(1, round(QR_QUIET_MODULES * dots / LINE_DOTS))
        self._device.text(quiet)
        if self._paper.native_qr:
            self._device.qr(code.text, ec=QR_ECLEVEL_M, size=dots, native=True)
        elif self._paper.raster:
            self._qr_picture(code.text, dots)
        else:
            self._text(Text(code.text, align="center"))
        self._device.text(quiet)

    def _qr_picture(self, text: str, dots: int) -> None:
        """Send the code as a picture: where it can at half its size, doubled by the printer, a quarter of the bytes."""
        halves = dots % 2 == 0
        image = _qr_image(text, dots // 2 if halves else dots)
        fine = {"high_density_horizontal": not halves, "high_density_vertical": not halves}
        self._device.image(image, fragment_height=self._paper.width_dots, **fine)

    def _cut(self) -> None:
        self._text_style(Text(""))
        self._device.print_and_feed(FEED_TO_CUTTER_LINES)
        self._device._raw(CUT[self._paper.cut])  # noqa: SLF001 - its own cut() knows GS V only


def _qr_image(text: str, dots: int) -> Image.Image:
    code = segno.make_qr(text, error=QR_ERROR, boost_error=False)
    rows = [bytes(row) for row in code.matrix_iter(scale=dots, border=0)]
    image = Image.new("L", (len(rows[0]), len(rows)))
    image.putdata([0 if dark else 255 for row in rows for dark in row])
    return image.convert("RGB")
