"""A picture in the printer's own memory: stored once, printed by a command of a few bytes. Pure.

Printers with graphics memory get GS ( L (functions 67 and 69, Epson), all others the older FS q and FS p.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from hardware.codecs.escpos_profile import RESET, Paper
from hardware.errors import FrameError

DEVICE = "logo"
KEY = b"AN"
"""The name of our picture in graphics memory, so that storing it again replaces it."""

MOST_HEIGHT_DOTS = 240
"""30 mm: more would cost more paper than a ticket is worth, and more memory than cheap printers have."""

WHITE = 255


@dataclass(frozen=True, slots=True)
class Dots:
    """A picture of ink dots: rows from the top, one bit a dot, rows padded to whole bytes."""

    width_bytes: int
    height_dots: int
    rows: bytes


def dots_of(picture: bytes, paper: Paper) -> Dots:
    """Return a picture file as dots that fit the paper. Raises FrameError for what is no picture."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            image = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise FrameError(DEVICE, f"this is no picture that can be read: {error}") from error
    paper_white = Image.new("RGBA", image.size, (WHITE, WHITE, WHITE, WHITE))
    flat = Image.alpha_composite(paper_white, image).convert("L")
    flat.thumbnail((paper.width_dots, MOST_HEIGHT_DOTS))  # never larger than it is drawn
    # Whole bytes both ways: FS q counts width and height in eights of dots.
    whole = Image.new("L", (-(-flat.width // 8) * 8, -(-flat.height // 8) * 8), WHITE)
    whole.paste(flat, ((whole.width - flat.width) // 2, (whole.height - flat.height) // 2))
    ink = whole.point(lambda value: WHITE - value).convert("1")
    return Dots(ink.width // 8, ink.height, ink.tobytes())


def storing(picture: bytes, paper: Paper) -> bytes:
    """Return a job that puts a picture file into the printer's memory, which wears out: once is meant."""
    return RESET + stored(dots_of(picture, paper), paper)


def stored(dots: Dots, paper: Paper) -> bytes:
    """Return the command that writes the picture into the printer's memory."""
    if paper.graphics:
        size = (8 * dots.width_bytes).to_bytes(2, "little") + dots.height_dots.to_bytes(2, "little")
        body = b"0C0" + KEY + b"\x01" + size + b"1" + dots.rows
        return b"\x1d(L" + len(body).to_bytes(2, "little") + body
    size = dots.width_bytes.to_bytes(2, "little") + (dots.height_dots // 8).to_bytes(2, "little")
    return b"\x1cq\x01" + size + _columns(dots)


def printed(paper: Paper) -> bytes:
    """Return the bytes that print the picture from memory; where none is stored they print nothing."""
    return b"\x1d(L\x06\x000E" + KEY + b"\x01\x01" if paper.graphics else b"\x1cp\x01\x00"


def _columns(dots: Dots) -> bytes:
    """Return the picture as FS q wants it: each column from top to bottom, eight dots a byte."""
    image = Image.frombytes("1", (8 * dots.width_bytes, dots.height_dots), dots.rows)
    return image.transpose(Image.Transpose.TRANSPOSE).tobytes()
