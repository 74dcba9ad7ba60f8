"""What config.yaml may say about devices: frozen models, one per `type`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class DeviceModel(BaseModel):
    """Base of all device sections: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Paper(DeviceModel):
    """What every ticket printer has: paper and the ESC/POS profile that names its abilities."""

    paper_mm: Literal[58, 80] = 80
    profile: str = Field(default="default", min_length=1)


class PreviewPrinter(_Paper):
    """No hardware: the ESC/POS bytes are interpreted and drawn as a PNG of the paper."""

    type: Literal["preview"] = "preview"


class FilePrinter(_Paper):
    """Appends the raw bytes to a file or a device node such as /dev/usb/lp0."""

    type: Literal["file"]
    path: Path


class NetworkPrinter(_Paper):
    """A printer that listens on TCP (JetDirect, port 9100)."""

    type: Literal["network"]
    host: str = Field(min_length=1)
    port: int = Field(default=9100, ge=1, le=65535)
    timeout_s: float = Field(default=5.0, gt=0, le=60)


class SerialPrinter(_Paper):
    """A printer on a serial line; `url` is a device path or anything pyserial opens (`socket://`...)."""

    type: Literal["serial"]
    url: str = Field(min_length=1)
    baud: int = Field(default=19200, ge=1200, le=921600)
    timeout_s: float = Field(default=10.0, gt=0, le=120)


PrinterConfig = Annotated[PreviewPrinter | FilePrinter | NetworkPrinter | SerialPrinter, Field(discriminator="type")]


class SpeechConfig(DeviceModel):
    """The voice. `auto` takes the bundled espeak-ng library, else the program, else none."""

    engine: Literal["auto", "library", "program", "none"] = "auto"
    words_per_minute: int = Field(default=140, ge=80, le=250)


class SoundConfig(DeviceModel):
    """How sound leaves the machine. `auto` takes a sound card where there is one, else `null`."""

    player: Literal["auto", "aplay", "null"] = "auto"
    volume_percent: int = Field(default=80, ge=0, le=100)
    speech: SpeechConfig = SpeechConfig()


class PanelConfig(DeviceModel):
    """A screen: its pixels, its true size, and how far away its reader stands."""

    width_px: int = Field(ge=320, le=7680)
    height_px: int = Field(ge=320, le=7680)
    diagonal_in: float = Field(gt=3, le=120)
    viewing_distance_m: float = Field(gt=0.2, le=40)
    fullscreen: bool = False
