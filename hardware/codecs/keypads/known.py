"""Which languages of keypads there are: a new one is a file beside this and a line in each function here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, assert_never

from hardware.codecs.keypads import ascii as ascii_lines
from hardware.codecs.keypads import caller, hid
from hardware.codecs.keypads.pad import PadSide

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
