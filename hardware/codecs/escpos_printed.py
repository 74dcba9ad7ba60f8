"""What ESC/POS bytes do to a printer: what stands on the paper afterwards, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Style:
    """How the printer sets the letters that follow."""

    align: Literal["left", "center", "right"] = "left"
    width: int = 1
    height: int = 1
    bold: bool = False
    invert: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one style; a line is made of such runs."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line that was ended by a line feed."""

    runs: tuple[Run, ...]
    style: Style


@dataclass(frozen=True, slots=True)
class FedLines:
    """Paper moved on without ink."""

    lines: int


@dataclass(frozen=True, slots=True)
class PrintedQr:
    """A QR code that the printer draws by itself."""

    text: str
    module_dots: int
    level: str
    style: Style


@dataclass(frozen=True, slots=True)
class PrintedRaster:
    """A picture, one bit a dot, rows padded to whole bytes."""

    width_bytes: int
    height_dots: int
    bits: bytes
    style: Style


@dataclass(frozen=True, slots=True)
class PaperCut:
    """The cutter went; a partial cut leaves a bridge."""

    partial: bool


@dataclass(frozen=True, slots=True)
class PrintedLogo:
    """The picture that the printer keeps in its memory."""

    style: Style


Printed = PrintedLine | FedLines | PrintedQr | PrintedRaster | PrintedLogo | PaperCut


@dataclass(frozen=True, slots=True)
class StoredLogo:
    """A picture for the printer's memory, one bit a dot, rows padded to whole bytes."""

    width_bytes: int
    height_dots: int
    bits: bytes


@dataclass(frozen=True, slots=True)
class Reset:
    """ESC @: all settings are as after switching on, and automatic status is off."""


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """DLE EOT: to be answered at once."""

    question: int


@dataclass(frozen=True, slots=True)
class DoneAsked:
    """GS r 1: to be answered when everything before it is done."""


@dataclass(frozen=True, slots=True)
class AutomaticAsked:
    """GS a: from now on the printer tells by itself what changes, or no longer."""

    on: bool


Said = Printed | StoredLogo | Reset | StatusAsked | DoneAsked | AutomaticAsked
