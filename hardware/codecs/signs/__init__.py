"""The languages of LED signs. A new one is one file here, one line in `sign_codec`, and one golden-bytes test. Pure."""

from __future__ import annotations

from typing import assert_never

from hardware.codecs.signs.ascii_line import AsciiLine
from hardware.codecs.signs.edi import Edi
from hardware.codecs.signs.modbus import Modbus
from hardware.codecs.signs.row import SignCodec
from hardware.config import SignCodecName


def sign_codec(name: SignCodecName) -> SignCodec:
    """Return the language that a bus of signs is configured with."""
    match name:
        case "ascii":
            return AsciiLine()
        case "edi":
            return Edi()
        case "modbus":
            return Modbus()
        case _:
            assert_never(name)
