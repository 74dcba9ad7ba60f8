"""Framers: however the bytes are chunked, the same frames; garbage is stepped over and never raises."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.codecs.framing import (
    Find,
    Framer,
    between_stx_and_etx,
    crc16_modbus,
    lines,
    long_frames,
    modbus_answers,
    modbus_requests,
    records,
    sum8,
    xor8,
)

LONGEST = 20
PROTOCOLS: dict[str, Find] = {
    "lines": lines(max_length=LONGEST),
    "stx": between_stx_and_etx(max_length=LONGEST),
    "stx with a check byte": between_stx_and_etx(max_length=LONGEST, check_bytes=1),
    "long frames": long_frames(max_length=LONGEST),
    "modbus requests": modbus_requests,
    "modbus answers": modbus_answers,
    "records": records(6),
}


def long_frame(content: bytes) -> bytes:
    return bytes((0xFF, 0x68, len(content), len(content), 0x68, *content, sum8(content), 0x16))


def modbus(content: bytes) -> bytes:
    return content + crc16_modbus(content)


plain = st.binary(min_size=1, max_size=LONGEST).map(lambda data: bytes(0x20 + byte % 0x5F for byte in data))
SOUND: dict[str, tuple[st.SearchStrategy[bytes], Callable[[bytes], bytes]]] = {
    "lines": (plain, lambda content: content + b"\r\n"),
    "stx": (plain, lambda content: b"\x02" + content + b"\x03"),
    "long frames": (st.binary(min_size=1, max_size=LONGEST), long_frame),
    "modbus requests": (st.binary(min_size=4, max_size=4).map(lambda rest: b"\x01\x06" + rest), modbus),
    "records": (st.binary(min_size=6, max_size=6), lambda content: content),
}
"""Contents, and how each is wrapped."""

pieces = st.lists(
    st.sampled_from(
        (b"\x02", b"\x03", b"\r", b"\n", b"\xff\x68", b"\x68\x03\x03\x68", b"\x16", b"abc", b"\x01\x06", b"\x01\x90")
    )
    | st.binary(max_size=8)
    | plain.map(lambda text: b"\x02" + text + b"\x03")
    | st.binary(min_size=1, max_size=9).map(long_frame)
    | st.binary(min_size=4, max_size=4).map(lambda rest: modbus(b"\x01\x03" + rest)),
    max_size=12,
).map(b"".join)


def chunked(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    ends = [0, *itertools.accumulate(sizes), len(data)]
    return [data[begin:end] for begin, end in itertools.pairwise(ends)]


@pytest.mark.parametrize("name", PROTOCOLS)
@given(data=pieces, sizes=st.lists(st.integers(1, 7), max_size=40))
def test_chunking_never_matters_and_garbage_never_raises(name: str, data: bytes, sizes: list[int]) -> None:
    whole, bit_by_bit = Framer(PROTOCOLS[name]), Framer(PROTOCOLS[name])
    frames = [frame for chunk in chunked(data, sizes) for frame in bit_by_bit.feed(chunk)]
    assert frames == whole.feed(data)
    assert len(bit_by_bit._held) < 300  # what never becomes a frame does not pile up


@pytest.mark.parametrize("name", SOUND)
@given(data=st.data())
def test_every_sound_frame_comes_out_as_it_went_in(name: str, data: st.DataObject) -> None:
    contents, wrapped = SOUND[name]
    sent = data.draw(st.lists(contents, max_size=6))
    stream = b"".join(wrapped(content) for content in sent)
    sizes = data.draw(st.lists(st.integers(1, 9), max_size=30))
    framer = Framer(PROTOCOLS[name])
    assert [frame for chunk in chunked(stream, sizes) for frame in framer.feed(chunk)] == sent


@pytest.mark.parametrize("name", ["lines", "stx", "long frames", "modbus requests"])
@given(noise=st.binary(max_size=30), data=st.data())
def test_after_noise_the_line_is_understood_again(name: str, noise: bytes, data: st.DataObject) -> None:
    contents, wrapped = SOUND[name]
    content = data.draw(contents)
    framer = Framer(PROTOCOLS[name], gap_s=0.5)
    framer.feed(noise, at_s=0.0)
    assert framer.feed(wrapped(content), at_s=1.0) == [content]


def test_a_frame_that_pauses_too_long_was_cut_off() -> None:
    framer = Framer(between_stx_and_etx(max_length=9), gap_s=0.5)
    assert framer.feed(b"\x02ol", at_s=1.0) == []
    assert framer.feed(b"d\x03", at_s=1.4) == [b"old"]
    assert framer.feed(b"\x02ol", at_s=2.0) == []
    assert framer.feed(b"d\x03", at_s=2.6) == []
    assert framer.feed(b"\x02new\x03", at_s=2.6) == [b"new"]


def test_a_frame_that_is_too_long_is_none_and_the_next_one_is() -> None:
    assert Framer(lines(max_length=3)).feed(b"abcd\rabc\r\n") == [b"abc"]
    assert Framer(between_stx_and_etx(max_length=3)).feed(b"\x02abcd\x03\x02abc\x03") == [b"abc"]


def test_the_beginning_of_the_next_frame_ends_one_that_was_broken_off() -> None:
    assert Framer(between_stx_and_etx(max_length=9)).feed(b"\x02ha\x02whole\x03") == [b"whole"]


@pytest.mark.parametrize(
    ("frame", "content"),
    [  # published M-Bus long frames: reverseengineering.stackexchange.com/q/11375 and the document it quotes
        ("68 03 03 68 53 01 BB 0F 16", "53 01 BB"),
        ("68 06 06 68 53 FE 51 01 7A 01 1E 16", "53 FE 51 01 7A 01"),
        ("68 06 06 68 73 01 51 01 7A 02 42 16", "73 01 51 01 7A 02"),
    ],
)
def test_published_long_frames_are_understood(frame: str, content: str) -> None:
    framer = Framer(long_frames())
    assert framer.feed(bytes.fromhex(frame)) == [bytes.fromhex(content)]
    broken = bytearray.fromhex(frame)
    broken[5] ^= 1
    assert framer.feed(bytes(broken)) == []


@pytest.mark.parametrize(
    ("content", "check"),
    [("313233343536373839", "374B"), ("010600000032", "081F")],
)
def test_the_crc_of_modbus(content: str, check: str) -> None:
    """Compare with the catalogue of CRCs (123456789 -> 4B37) and with a sign maker's published frame."""
    assert crc16_modbus(bytes.fromhex(content)) == bytes.fromhex(check)


@pytest.mark.parametrize(
    ("sentence", "check"),
    [
        ("GPGLL,5300.97914,N,00259.98174,E,125926,A", 0x28),
        ("GPGGA,045104.000,3014.1985,N,09749.2873,W,1,09,1.2,211.6,M,-22.5,M,,0000", 0x62),
    ],
)
def test_the_check_of_published_nmea_sentences(sentence: str, check: int) -> None:
    assert xor8(sentence.encode()) == check


def test_modbus_frames_are_told_by_their_length() -> None:
    request = modbus(bytes.fromhex("01 10 00 00 00 02 04 00 0A 01 02"))
    refusal = modbus(bytes.fromhex("01 86 02"))
    reading = modbus(bytes.fromhex("01 03 04 00 01 00 02"))
    assert Framer(modbus_requests).feed(b"\x01\x06" + request) == [request[:-2]]
    assert Framer(modbus_answers).feed(refusal + reading) == [refusal[:-2], reading[:-2]]
