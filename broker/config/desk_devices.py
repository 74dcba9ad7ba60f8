"""What hangs on serial lines in the office: keypads and LED signs at its counters."""

from __future__ import annotations

from pydantic import Field

from broker.config.identifier import Identifier
from hardware.config import DeviceModel, KeypadLine, SignLine


class Pad(DeviceModel):
    """One keypad: the counter it stands at, and who may sign in there, in the order of the numbers they type."""

    counter: Identifier
    address: int = Field(default=1, ge=0, le=99)
    officers: tuple[Identifier, ...] = Field(min_length=1)


class Keypads(KeypadLine):
    """The keypads of one line; the process that serves them is a client of this id."""

    id: Identifier
    pads: tuple[Pad, ...] = Field(min_length=1)


class Sign(DeviceModel):
    """One LED sign on a bus: a counter's own, or the board of all calls, whose rows have successive addresses."""

    address: int = Field(ge=1, le=99)
    counter: Identifier | None = None
    board: bool = False
    lines: int = Field(default=1, ge=1, le=16)

    @property
    def addresses(self) -> range:
        """Return the addresses of its rows, from the top."""
        return range(self.address, self.address + (self.lines if self.board else 1))


class SignBus(SignLine):
    """The LED signs of one line; the process that serves them is a client of this id."""

    id: Identifier
    blink_s: float = Field(default=8, ge=0, le=60)
    signs: tuple[Sign, ...] = Field(min_length=1)

    @property
    def addresses(self) -> tuple[int, ...]:
        """Return the address of every row of the bus."""
        return tuple(address for sign in self.signs for address in sign.addresses)
