"""The check bytes of serial protocols. Pure; the tests hold them against published frames."""

from __future__ import annotations

from functools import reduce

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
