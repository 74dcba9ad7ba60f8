"""Each keypad language byte by byte, as docs/hardware.md writes it down, and both of its ends together."""

from __future__ import annotations

import struct
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.codecs.keypads.ascii import AsciiPad, AsciiTalk
from hardware.codecs.keypads.caller import CallerPad, CallerTalk
from hardware.codecs.keypads.hid import HidPad, HidTalk
from hardware.codecs.keypads.pad import Asked, PadFace, fitted
from hardware.codecs.known import Codec, PadTalk, pad_side_for, talk_for
from hardware.codecs.talk import Heard
from hardware.config import PadKey

FACE = PadFace("A-012", 7)


def test_ascii_golden_bytes() -> None:
    """Take the checks from a calculation by hand: 30^33^50^2D is 7E."""
    talk, pad = AsciiTalk(width=8), AsciiPad()
    assert talk.poll(3, None) == b"@03P-*7E\r"
    assert talk.poll(3, 7) == b"@03P7*64\r"
    assert talk.show(3, FACE) == b"@03S  7A-012*38\r"
    assert talk.show(12, PadFace("----")) == b"@12S-------*7D\r"
    asked = Asked(3, "poll")
    assert pad.answer(asked, None, 0) == b"@03N*4D\r"
    assert pad.answer(asked, "next", 5) == b"@03K5n*13\r"
    assert pad.answer(Asked(3, "show"), None, 5) == b"@03A*42\r"


def test_caller_golden_bytes() -> None:
    """Take the checks from a calculation by hand: 03+01 is 04."""
    talk, pad = CallerTalk(width=8), CallerPad()
    assert talk.poll(3, None) == bytes.fromhex("FF 68 02 02 68 03 01 04 16")
    show = "FF 68 0D 0D 68 03 02" + b"  7A-012   ".hex() + "DD 16"
    assert talk.show(3, FACE) == bytes.fromhex(show)
    asked = Asked(3, "poll")
    assert pad.answer(asked, None, 0) == bytes.fromhex("FF 68 02 02 68 03 81 84 16")
    assert pad.answer(asked, "next", 0) == bytes.fromhex("FF 68 03 03 68 03 81 41 C5 16")
    assert pad.answer(Asked(3, "show"), None, 0) == bytes.fromhex("FF 68 02 02 68 03 82 85 16")


def test_hid_golden_bytes() -> None:
    """KEY_KPPLUS is 78, EV_KEY 1 (linux/input-event-codes.h)."""
    talk = HidTalk(5)
    at = struct.pack("ll", 1_700_000_000, 123_456)
    press, repeat, release, sync = (
        at + bytes.fromhex(tail)
        for tail in ("0100 4e00 01000000", "0100 4e00 02000000", "0100 4e00 00000000", "0000 0000 00000000")
    )
    scan_code = at + bytes.fromhex("0400 0400 57000700")
    assert talk.hear(press) == Heard(5, keys=("next",))
    assert [talk.hear(record) for record in (repeat, release, sync, scan_code)] == [None] * 4
    records = HidPad().pressed("next")
    assert next(talk.hear(record) for record in talk.framer().feed(records)) == Heard(5, keys=("next",))


@pytest.mark.parametrize("codec", get_args(Codec))
@pytest.mark.parametrize("key", get_args(PadKey))
def test_every_key_is_understood(codec: Codec, key: PadKey) -> None:
    talk = talk_for(codec, address=3, width=8, keymap={})
    side = pad_side_for(codec, keymap={})
    if codec == "hid" and key == "close":
        with pytest.raises(KeyError):  # a number pad has no key left for it: 0 and Enter sign out there
            side.pressed(key)
        return
    said = side.pressed(key) if codec == "hid" else side.answer(Asked(3, "poll"), key, 4)
    heard = [one for frame in talk.framer().feed(said) if (one := talk.hear(frame))]
    assert [(one.address, one.answers, one.keys) for one in heard] == [(3, "poll", (key,))]


@pytest.mark.parametrize("talk", [AsciiTalk(width=8), CallerTalk(width=8)])
def test_an_echo_of_our_own_words_is_no_answer(talk: PadTalk) -> None:
    """A two-wire RS-485 adapter may hear itself."""
    said = talk.poll(3, 4) + talk.show(3, FACE)
    frames = talk.framer().feed(said)
    assert len(frames) == 2
    assert [talk.hear(frame) for frame in frames] == [None, None]


@pytest.mark.parametrize("codec", ["ascii", "caller"])
@given(noise=st.binary(max_size=40))
def test_noise_is_never_a_key(codec: Codec, noise: bytes) -> None:
    talk, side = talk_for(codec, address=3, width=8, keymap={}), pad_side_for(codec, keymap={})
    good = side.answer(Asked(3, "poll"), "next", 4)
    broken = bytearray(good)
    broken[-3] ^= 0x01
    for frame in talk.framer().feed(noise + bytes(broken)):
        talk.hear(frame)
        side.asked(frame)
    assert [talk.hear(frame) for frame in talk.framer().feed(bytes(broken))] in ([None], [])


@pytest.mark.parametrize("codec", ["ascii", "caller"])
@given(
    text=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="@"), max_size=8),
    waiting=st.none() | st.integers(0, 999),
)
def test_a_face_arrives_as_it_was_sent(codec: Codec, text: str, waiting: int | None) -> None:
    talk, side = talk_for(codec, address=3, width=8, keymap={}), pad_side_for(codec, keymap={})
    [frame] = side.framer().feed(talk.show(3, PadFace(text, waiting)))
    asked = side.asked(frame)
    assert asked is not None
    assert asked.face is not None
    shown = text if codec == "ascii" else text.rstrip()
    assert (asked.face.text, asked.face.waiting) == (shown, waiting)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("A-012", 8, "A-012"),
        ("A-012", 4, "A012"),
        ("AP-012", 4, "P012"),
        ("----", 4, "----"),
        ("E-00", 4, "E-00"),
    ],
)
def test_a_narrow_display_drops_the_hyphen_first_and_keeps_the_figures(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown


def test_key_codes_can_be_those_of_another_maker() -> None:
    talk, side = CallerTalk(width=8, keymap={0x99: "next"}), CallerPad(keymap={0x99: "next"})
    [frame] = talk.framer().feed(side.answer(Asked(3, "poll"), "next", 0))
    assert frame == b"\x03\x81\x99"
    assert talk.hear(frame) == Heard(3, keys=("next",))
    assert talk.hear(b"\x03\x81\x41") == Heard(3)
