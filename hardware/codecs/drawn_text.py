"""Lines that a printer has no letters for, drawn as pictures by the same code as the screens. Pure but for the fonts.

A receipt printer has the letters of one code page. What that page has is sent as text, which is quicker and sharper.
"""

from __future__ import annotations

from PIL import Image

from hardware.codecs.letters import is_lacking
from hardware.receipt import Align, Text
from hardware.typesetting.block import Block, Line, draw, lay_out

BODY_PX = 34.0
"""Type of a line in normal size: a capital H is 24 dots high, 3 mm at 203 dpi."""
MORE_PX = 14.0
"""How much larger type is for each step of a line's height. Twice the height is for code pages, whose letters are
small."""
INK = 128
"""From this much of a dot's blackness on it is printed."""
_EDGE = 12
"""White letters need black on both sides."""
_STEPS = 12


def is_drawn(item: Text, encoding: str) -> bool:
    """Tell whether a paragraph has letters that the code page has nothing for, not even a near one."""
    return any(is_lacking(letter, encoding) for letter in item.text)


def pictures(item: Text, width_dots: int) -> tuple[Image.Image, ...]:
    """Return a paragraph's lines, white on black as Pillow has ink, each cut to what it covers in whole bytes.

    Each stands at its side of the paper when it is printed with the alignment of `side`.
    """
    bullet, words = item.text[: item.hanging], " ".join(item.text[item.hanging :].split())
    size_px = BODY_PX + MORE_PX * (item.height - 1)
    hung = lay_out(bullet.rstrip(), size_px=size_px, bold=item.bold) if bullet.strip() else None
    indent = hung.width + round(size_px / 3) if hung else 0
    room = width_dots - indent - (2 * _EDGE if item.invert else 0)
    block = lay_out(words, size_px=size_px, bold=item.bold, width_px=room)
    if item.align == "center" and len(block.lines) > 1:
        block = _balanced(block, words, room)
    return tuple(
        _picture(block, line, item, hung if place == 0 else None, indent) for place, line in enumerate(block.lines)
    )


def side(item: Text) -> Align:
    """Return where a drawn paragraph stands: what is read from the right begins there."""
    is_from_right = lay_out(item.text, size_px=BODY_PX).lines[0].rtl
    return "right" if item.align == "left" and is_from_right else item.align


def _picture(block: Block, line: Line, item: Text, bullet: Block | None, indent: int) -> Image.Image:
    edge = _EDGE if item.invert else 0
    width = -(-(line.width + indent + 2 * edge) // 8) * 8
    mask = Image.new("L", (width, block.line_height))
    # Spare dots of the last byte go to the side away from the edge where the line begins.
    left = width - line.width - indent - edge if line.rtl else indent + edge
    draw(block, mask, [(line, left, block.ascent)])
    if bullet is not None:
        begin = width - bullet.width if line.rtl else 0
        draw(bullet, mask, [(bullet.lines[0], begin, block.ascent)])
    dots = mask.point(lambda blackness: 255 if (blackness >= INK) != item.invert else 0)
    return dots.convert("1", dither=Image.Dither.NONE)


def _balanced(block: Block, words: str, room: int) -> Block:
    """Return lines about as long as each other: centred text with a lonely last word reads badly."""
    for step in range(1, _STEPS):
        tighter = lay_out(words, size_px=block.size_px, bold=block.bold, width_px=room * step / _STEPS)
        if len(tighter.lines) == len(block.lines) and tighter.is_cut == block.is_cut:
            return tighter
    return block
