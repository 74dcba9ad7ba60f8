"""What config.yaml may say about devices: frozen models, one per `type`."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

LINE_URL = r"^(/[^\x00]+|pty:[a-z0-9][a-z0-9_-]{0,31}|(socket|rfc2217)://[^/]+:[0-9]+.*|loop://.*)$"
"""What a line may be called: a device, an emulator's name, or what pyserial opens over the network."""
SPAN = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"
"""A part of a day; it may end at 24:00."""
CHORD = r"^((ctrl|alt|shift|super)\+){1,3}([a-z0-9]|f([1-9]|1[0-2])|space|Return|Up|Down|Left|Right)$"
"""A key of the whole desktop with at least one modifier, so that no other program misses a letter."""
ALSA_DEVICE = r"^[A-Za-z0-9_][^\s]*$"
Flow = Literal["none", "rtscts", "xonxoff"]
Chime = Literal["auto", "regular", "priority", "rising", "falling", "arch", "none"]
"""A tune by its name in `codecs.chime`; `auto` is the lane's own, `none` is speech without one."""

USB_ID = r"^[0-9a-fA-F]{4}$"
QUEUE_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}$"
HOST_NAME = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?)+")
HOST_FAULT = "host"
"""The type of the fault that a host which is none makes; its message is a sentence for people."""


class DeviceModel(BaseModel):
    """Base of all device sections: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def host_of(text: str) -> str:
    """Return `text` where it can be the name or the address of a machine, and nothing else."""
    if message := host_fault(text):
        raise PydanticCustomError(HOST_FAULT, "{said}", {"said": message})
    return text


def host_fault(text: str) -> str | None:
    """Return why this is neither the name nor the address of a machine; None where it is."""
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(text)
        return None
    name, colon, port = text.rpartition(":")
    if "://" in text:
        return f'must be a host alone, without "{text.partition("://")[0]}://"'
    if colon and port.isdecimal() and ":" not in name:
        return f"must be a host alone: the port {port} has a line of its own, port"
    if re.fullmatch(r"[0-9.]+", text):
        return "must be an address of four numbers from 0 to 255"
    if not HOST_NAME.fullmatch(text):
        return "must be the name or the address of a machine, such as 192.168.1.10"
    return None


Host = Annotated[str, Field(min_length=1, max_length=253), AfterValidator(host_of)]
"""A machine on the network, by name or address."""


def span_of(text: str) -> tuple[dt.time, dt.time]:
    """Return begin and end of a `SPAN`; 24:00 is the last moment of a day, which belongs to it."""
    begin, end = text.split("-")
    return dt.time.fromisoformat(begin), dt.time.max if end == "24:00" else dt.time.fromisoformat(end)


def is_within(spans: Iterable[str], at: dt.time) -> bool:
    """Tell whether a time of day lies in one of these spans, which may run over midnight."""
    each = map(span_of, spans)
    return any(begin <= at < end if begin < end else at >= begin or at < end for begin, end in each)


class LineConfig(DeviceModel):
    """A serial line: where it is, how bytes look on it, and who switches an RS-485 pair between sending and hearing."""

    url: Annotated[str, StringConstraints(pattern=LINE_URL)]
    baud: int = Field(default=9600, ge=300, le=921600)
    bytesize: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stopbits: Literal[1, 2] = 1
    rs485: bool = False
    rs485_before_ms: float = Field(default=0, ge=0, le=1000)
    rs485_after_ms: float = Field(default=0, ge=0, le=1000)
    timeout_s: float = Field(default=2.0, gt=0, le=120)

    @property
    def emulated(self) -> str | None:
        """Return the name of the emulated device behind this line, or None for a true one."""
        return self.url.removeprefix("pty:") if self.url.startswith("pty:") else None

    def address(self, data_dir: Path) -> str:
        """Return what to open; an emulator keeps a stable link below the data folder."""
        return self.url if self.emulated is None else str(emulated_link(self.emulated, data_dir))


class Polling(DeviceModel):
    """How the master of a line asks its devices, in seconds: whose turn comes when, and what counts as no answer."""

    every_s: float = Field(default=0.1, ge=0, le=10)
    answer_s: float = Field(default=0.15, gt=0, le=10)
    retries: int = Field(default=2, ge=0, le=10)
    absent_every_s: float = Field(default=3.0, ge=0, le=300)
    refresh_s: float = Field(default=30.0, gt=0, le=3600)


PadKey = Literal[
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
    "next", "recall", "start", "finish", "no_show", "pause", "close", "enter", "clear",
]  # fmt: skip
"""What a key of a keypad means."""


class KeymapEntry(DeviceModel):
    """What one key of a pad means: the code that it sends."""

    code: int = Field(ge=0, le=0x2FF)
    key: PadKey


class KeypadLine(DeviceModel):
    """Keypads on one line, and the language they speak."""

    codec: Literal["ascii", "caller", "hid"]
    line: LineConfig
    characters: int = Field(default=8, ge=4, le=20)
    keymap: tuple[KeymapEntry, ...] = ()
    polling: Polling = Polling()


def emulated_link(name: str, data_dir: Path) -> Path:
    """Return where the emulator called `name` can be opened like a device."""
    return data_dir.absolute() / "devices" / name


class _Paper(DeviceModel):
    """What every ticket printer has: paper and the ESC/POS profile that names its abilities."""

    paper_mm: Literal[58, 80] = 80
    profile: str = Field(default="default", min_length=1)
    cut: Literal["profile", "gs-v", "esc-i", "esc-m", "none"] = "profile"
    logo: Path | None = None
    roll_m: float = Field(default=70, gt=0, le=500)
    roll_warning_m: float = Field(default=5, ge=0, le=100)


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
    host: Host
    port: int = Field(default=9100, ge=1, le=65535)
    timeout_s: float = Field(default=5.0, gt=0, le=60)


class SerialPrinter(_Paper):
    """A printer on a serial line, which may hold the line by a wire (`rtscts`) or by XOFF while its buffer is full."""

    type: Literal["serial"]
    url: Annotated[str, StringConstraints(pattern=LINE_URL)]
    baud: int = Field(default=19200, ge=1200, le=921600)
    flow: Flow = "none"
    timeout_s: float = Field(default=10.0, gt=0, le=120)

    def line(self) -> LineConfig:
        """Return the line that it hangs on."""
        return LineConfig(url=self.url, baud=self.baud, timeout_s=self.timeout_s)


class UsbPrinter(_Paper):
    """A printer on USB, by its ids as in `lsusb`; `serial` only where several of one model are plugged in."""

    type: Literal["usb"]
    vendor: str = Field(pattern=USB_ID)
    product: str = Field(pattern=USB_ID)
    serial: str = ""
    timeout_s: float = Field(default=10.0, gt=0, le=120)


class CupsPrinter(_Paper):
    """A raw queue of CUPS, for printers that have a driver of their maker only."""

    type: Literal["cups"]
    queue: str = Field(pattern=QUEUE_NAME)
    timeout_s: float = Field(default=20.0, gt=0, le=120)


PrinterConfig = Annotated[
    PreviewPrinter | FilePrinter | NetworkPrinter | SerialPrinter | UsbPrinter | CupsPrinter,
    Field(discriminator="type"),
]

SignCodecName = Literal["ascii", "edi", "modbus"]
"""The languages that LED signs speak here."""


class SignLine(DeviceModel):
    """LED signs on one line, how they are built, and the language they speak."""

    codec: SignCodecName
    line: LineConfig
    width: int = Field(default=5, ge=3, le=32)
    digits_only: bool = False
    refresh_s: float = Field(default=2, ge=0.5, le=60)


class SerialScanner(DeviceModel):
    """A code scanner on a line of its own, USB-CDC or RS-232; it ends each code with CR, LF, TAB, ETX or nothing."""

    type: Literal["serial"]
    line: LineConfig


class KeyboardScanner(DeviceModel):
    """A code scanner that acts as a keyboard: it types each code and ends it with Enter, Tab or nothing."""

    type: Literal["keyboard"]


ScannerConfig = Annotated[SerialScanner | KeyboardScanner, Field(discriminator="type")]


class SpeechConfig(DeviceModel):
    """The voice. `auto` takes the bundled espeak-ng library, else the program, else none; `clips` what was recorded."""

    engine: Literal["auto", "library", "program", "clips", "none"] = "auto"
    words_per_minute: int = Field(default=140, ge=80, le=250)
    folder: Path = Path("voice")


class SoundConfig(DeviceModel):
    """How sound leaves the machine. `auto` takes a sound card where there is one, else `null`."""

    player: Literal["auto", "aplay", "file", "null"] = "auto"
    device: str | None = Field(default=None, pattern=ALSA_DEVICE)
    volume_percent: int = Field(default=80, ge=0, le=100)
    repeat: int = Field(default=1, ge=1, le=3)
    quiet_hours: tuple[Annotated[str, StringConstraints(pattern=SPAN)], ...] = ()
    quiet_chime: bool = True
    speech: SpeechConfig = SpeechConfig()

    def is_quiet(self, at: dt.time) -> bool:
        """Tell whether calls are only shown at this time of day; a span may run over midnight."""
        return is_within(self.quiet_hours, at)


class KioskSound(DeviceModel):
    """How a kiosk is heard: by whoever has plugged in a headset, and by all around only where it has a loudspeaker."""

    player: Literal["auto", "aplay", "file", "null"] = "auto"
    headset: str | None = Field(default=None, pattern=ALSA_DEVICE)
    loudspeaker: str | None = Field(default=None, pattern=ALSA_DEVICE)
    volume_percent: int = Field(default=60, ge=20, le=100)
    click: bool = True
    speech: SpeechConfig = SpeechConfig(words_per_minute=150)

    def by_headset(self) -> SoundConfig:
        """Return the way out that only one person hears."""
        return SoundConfig(
            player=self.player, device=self.headset, volume_percent=self.volume_percent, speech=self.speech
        )

    def by_loudspeaker(self) -> SoundConfig | None:
        """Return the way out that everybody hears, where there is one."""
        return None if self.loudspeaker is None else self.by_headset().model_copy(update={"device": self.loudspeaker})


KEY_NAME = r"^(F([1-9]|1[0-9]|2[0-4])|[A-Z0-9]|[A-Z][A-Za-z]{1,14}[0-9]?|#[1-9][0-9]{0,2})$"
"""What a key may be called: F13, A, 7, a word such as Enter or Num7, or # and its number on a USB keyboard."""
KeyName = Annotated[str, StringConstraints(pattern=KEY_NAME)]


class KioskKeys(DeviceModel):
    """Which keys of a tactile keypad mean what; a headset tells by keys too that it came or went."""

    next: KeyName | None = None
    previous: KeyName | None = None
    ok: KeyName | None = None
    repeat: KeyName | None = None
    volume_up: KeyName | None = None
    volume_down: KeyName | None = None
    headset_in: KeyName | None = None
    headset_out: KeyName | None = None


class PanelConfig(DeviceModel):
    """A screen: its pixels, its true size, and how far away its reader stands."""

    width_px: int = Field(ge=320, le=7680)
    height_px: int = Field(ge=320, le=7680)
    diagonal_in: float = Field(gt=3, le=120)
    viewing_distance_m: float = Field(gt=0.2, le=40)
    fullscreen: bool = False
    rotation: Literal[0, 90, 180, 270] = 0
    """By how much a fullscreen picture is turned against the clock, where the machine does not turn it itself."""
    mounting_height_mm: int = Field(default=700, ge=0, le=3000)
    """How high above the floor the lower edge of the picture is; a kiosk in low mode puts all controls within reach."""
