"""What can be asked of `hardware.doctor.probe` about one device, and what a check finds. Pure data: anybody may ask."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hardware.config import LineConfig, PrinterConfig, SoundConfig


class _Question(BaseModel):
    """Base of all questions: which device, and where its files may lie."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    data_dir: Path


class PrinterQuestion(_Question):
    """How is this printer; and, if asked, can it print a page."""

    ask: Literal["printer"] = "printer"
    config: PrinterConfig
    prints: bool = False


class SpeakerQuestion(_Question):
    """What would be heard of a call here."""

    ask: Literal["speaker"] = "speaker"
    config: SoundConfig


class LineQuestion(_Question):
    """Whether this line can be opened; a keyboard is an input device, not a serial port."""

    ask: Literal["line"] = "line"
    config: LineConfig
    is_keyboard: bool = False


Question = PrinterQuestion | SpeakerQuestion | LineQuestion


class Asked(BaseModel):
    """One question, told apart by `ask`."""

    question: Annotated[Question, Field(discriminator="ask")]


Verdict = Literal["good", "warning", "fault"]


class Finding(BaseModel):
    """One line of a check-up. `advice` is empty only where nothing needs doing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    verdict: Verdict
    seen: str
    advice: str = ""
