"""Bytes as they trickle in -> whole frames, and the check bytes in them. Pure.

How the bytes were chunked never matters, garbage is stepped over; the tests hold the checks against published frames.

A protocol is a function from the bytes that are held to the next cut. It decides by the beginning alone and never
takes a decision back when more comes; that is what makes chunking harmless.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

STX, ETX = 0x02, 0x03
LONG_START, LONG_END = 0x68, 0x16


@dataclass(frozen=True, slots=True)
class Cut:
    """How many of the held bytes are done with, and the frame that was in them, if any. None at all: wait for more."""

    consumed: int
    frame: bytes | None = None


WAIT = Cut(0)
SKIP = Cut(1)
Find = Callable[[bytes], Cut]


class Framer:
    """Holds the unfinished end of what came. `gap_s`: a frame that pauses longer than this was cut off."""

    def __init__(self, find: Find, *, gap_s: float = math.inf) -> None:
        """Cut by `find`."""
        self._find = find
        self._gap_s = gap_s
        self._held = b""
        self._heard_s = -math.inf

    def feed(self, data: bytes, *, at_s: float = 0.0) -> list[bytes]:
        """Return the frames that `data` completes; `at_s` is a monotonic clock's time of its arrival."""
        if at_s - self._heard_s > self._gap_s:
            self.drop()
        if data:
            self._heard_s = at_s
        self._held += data
        frames = []
        while self._held and (cut := self._find(self._held)).consumed:
            self._held = self._held[cut.consumed :]
            if cut.frame is not None:
                frames.append(cut.frame)
        return frames

    def drop(self) -> None:
        """Forget what is unfinished."""
        self._held = b""


def lines(*, max_length: int, ends: bytes = b"\r\n") -> Find:
    """Cut lines that end with one of `ends`, or several; empty ones and ones that are too long are none."""

    def find(held: bytes) -> Cut:
        found = [at for at in map(held.find, ends) if at >= 0]
        if found:
            end = min(found)
            return Cut(end + 1, held[:end] if 0 < end <= max_length else None)
        # One byte more than allowed is kept, so that the line is still too long when its end comes.
        return Cut(max(0, len(held) - max_length - 1))

    return find


def between_stx_and_etx(*, max_length: int, check_bytes: int = 0) -> Find:
    """Cut STX, content, ETX and perhaps check bytes after it; the frame is content and check bytes."""

    def find(held: bytes) -> Cut:
        if held[0] != STX:
            begin = held.find(STX)
            return Cut(len(held) if begin < 0 else begin)
        window = held[: max_length + 2]
        end = window.find(ETX)
        if end < 0:
            return WAIT if len(window) < max_length + 2 else SKIP
        if len(held) < end + 1 + check_bytes:
            return WAIT
        begin = held.rfind(STX, 0, end)  # a frame that was broken off is followed by the next one's beginning
        done = end + 1 + check_bytes
        return Cut(done, held[begin + 1 : end] + held[end + 1 : done])

    return find


def long_frames(*, max_length: int = 255) -> Find:
    """Cut `68 L L 68`, L bytes, their sum, `16` (IEC 60870-5-1 FT 1.2); the frame is the L bytes."""

    def find(held: bytes) -> Cut:
        if held[0] != LONG_START:
            begin = held.find(LONG_START)
            return Cut(len(held) if begin < 0 else begin)
        head = held[1:4]
        length = head[0] if head else 1
        if head != bytes((length, length, LONG_START))[: len(head)] or not 0 < length <= max_length:
            return SKIP
        total = length + 6
        if len(held) < total:
            return WAIT
        content = held[4 : 4 + length]
        good = held[total - 1] == LONG_END and held[total - 2] == sum8(content)
        return Cut(total, content) if good else SKIP

    return find


def modbus_requests(held: bytes) -> Cut:
    """Cut Modbus RTU as a device hears it: reads and single writes have 8 bytes, multiple writes say how many more."""
    return _modbus(held, fixed={1: 8, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8}, counted={15: 6, 16: 6})


def modbus_answers(held: bytes) -> Cut:
    """Cut Modbus RTU as a master hears it: reads say how much comes, writes are repeated, a refusal has 5 bytes."""
    refusals = {0x80 | function: 5 for function in (1, 2, 3, 4, 5, 6, 15, 16)}
    return _modbus(held, fixed={5: 8, 6: 8, 15: 8, 16: 8, **refusals}, counted={1: 2, 2: 2, 3: 2, 4: 2})


def _modbus(held: bytes, *, fixed: dict[int, int], counted: dict[int, int]) -> Cut:
    """Cut by the function code; `counted` tells at which byte the number of those that follow stands."""
    if len(held) < 2:  # noqa: PLR2004 - address and function
        return WAIT
    function = held[1]
    if function in fixed:
        total = fixed[function]
    elif function in counted:
        at = counted[function]
        if len(held) <= at:
            return WAIT
        total = at + 1 + held[at] + 2
    else:
        return SKIP
    if len(held) < total:
        return WAIT
    content, check = held[: total - 2], held[total - 2 : total]
    return Cut(total, content) if crc16_modbus(content) == check else SKIP


def records(size: int) -> Find:
    """Cut records of one size, one after the other."""

    def find(held: bytes) -> Cut:
        return Cut(size, held[:size]) if len(held) >= size else WAIT

    return find


_MODBUS_POLYNOMIAL = 0xA001
"""x^16 + x^15 + x^2 + 1, bits reversed: Modbus over Serial Line V1.02, 6.2.2."""


def sum8(data: bytes) -> int:
    """Return the sum of all bytes, without carry: IEC 60870-5-1 format FT 1.2, so also M-Bus."""
    return sum(data) & 0xFF


def xor8(data: bytes) -> int:
    """Return all bytes XORed: NMEA 0183."""
    return reduce(lambda check, byte: check ^ byte, data, 0)


def crc16_modbus(data: bytes) -> bytes:
    """Return the CRC of a Modbus RTU frame as it is sent, low byte first."""
    check = 0xFFFF
    for byte in data:
        check ^= byte
        for _ in range(8):
            check = (check >> 1) ^ _MODBUS_POLYNOMIAL if check & 1 else check >> 1
    return check.to_bytes(2, "little")
