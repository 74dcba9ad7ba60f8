"""The languages of LED signs by their names. A new one: one file, two lines below, one golden test. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from hardware.codecs.signs.ascii_line import AsciiSign, AsciiSigns
from hardware.codecs.signs.edi import EdiSign, EdiSigns
from hardware.codecs.signs.modbus import ModbusSign, ModbusSigns
from hardware.codecs.signs.row import Build, SignSide
from hardware.config import SignCodecName

SignTalk = AsciiSigns | EdiSigns | ModbusSigns

_TALKS: Mapping[SignCodecName, type[SignTalk]] = {"ascii": AsciiSigns, "edi": EdiSigns, "modbus": ModbusSigns}
_SIDES: Mapping[SignCodecName, type[SignSide]] = {"ascii": AsciiSign, "edi": EdiSign, "modbus": ModbusSign}


def sign_talk(name: SignCodecName, build: Build) -> SignTalk:
    """Return the master's side of a language."""
    return _TALKS[name](build)


def sign_side(name: SignCodecName) -> SignSide:
    """Return the sign's side of a language, for emulators."""
    return _SIDES[name]()
