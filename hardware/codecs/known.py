"""The languages of keypads and signs by their names: a new one is a file in their folder and a line or two here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, assert_never

from hardware.codecs.keypads import ascii as ascii_lines
from hardware.codecs.keypads import caller, hid
from hardware.codecs.keypads.pad import PadSide
from hardware.codecs.signs.ascii_line import AsciiSign, AsciiSigns
from hardware.codecs.signs.edi import EdiSign, EdiSigns
from hardware.codecs.signs.modbus import ModbusSign, ModbusSigns
from hardware.codecs.signs.row import Build, SignSide
from hardware.config import SignCodecName

Codec = Literal["ascii", "caller", "hid"]
PadTalk = ascii_lines.AsciiTalk | caller.CallerTalk | hid.HidTalk


def talk_for(codec: Codec, *, address: int, width: int, keymap: Mapping[int, str]) -> PadTalk:
    """Return the master's side. `address` is the only pad's where the line is the pad; no keymap is the usual one."""
    match codec:
        case "ascii":
            return ascii_lines.AsciiTalk(width=width)
        case "caller":
            return caller.CallerTalk(width=width, keymap=keymap or caller.KEYS)
        case "hid":
            return hid.HidTalk(address, keymap=keymap or hid.KEYS)
        case _:
            assert_never(codec)


def pad_side_for(codec: Codec, *, keymap: Mapping[int, str]) -> PadSide:
    """Return the pad's side, for emulators."""
    match codec:
        case "ascii":
            return ascii_lines.AsciiPad()
        case "caller":
            return caller.CallerPad(keymap=keymap or caller.KEYS)
        case "hid":
            return hid.HidPad(keymap=keymap or hid.KEYS)
        case _:
            assert_never(codec)


SignTalk = AsciiSigns | EdiSigns | ModbusSigns

_TALKS: Mapping[SignCodecName, type[SignTalk]] = {"ascii": AsciiSigns, "edi": EdiSigns, "modbus": ModbusSigns}
_SIDES: Mapping[SignCodecName, type[SignSide]] = {"ascii": AsciiSign, "edi": EdiSign, "modbus": ModbusSign}


def sign_talk(name: SignCodecName, build: Build) -> SignTalk:
    """Return the master's side of a language."""
    return _TALKS[name](build)


def sign_side(name: SignCodecName) -> SignSide:
    """Return the sign's side of a language, for emulators."""
    return _SIDES[name]()
