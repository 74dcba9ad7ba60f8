"""The pages on the phone in config.yaml: where they are served, where visitors find them, and by which Wi-Fi."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from broker.ticket_link import MAX_PUBLIC_URL
from hardware.config import HOST_FAULT, DeviceModel, Host

MAX_PORT = 65535
MAX_SSID_BYTES = 32
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?"
_WPA_KEY = r"[ -~]{8,63}|[0-9A-Fa-f]{64}"
"""What WPA takes: a passphrase of printable ASCII, or the key itself."""


def public_url_fault(text: str) -> str | None:
    """Return what is wrong with an address that the QR of tickets is to lead to, or None."""
    scheme, _, rest = text.partition("://")
    host, colon, port = rest.partition(":")
    faults = {
        "must begin with http:// or https://, such as http://antrian.lan": scheme.lower() not in {"http", "https"},
        "must end with the host or its port: the QR stands in capitals, which in a path lead elsewhere": bool(
            re.search("[/?#]", rest)
        ),
        f"must name a port from 1 to {MAX_PORT} behind the colon, or none": bool(colon) and not _is_port(port),
        "must name a host of letters, digits, dots and dashes alone, such as antrian.lan or 192.168.1.10": not (
            re.fullmatch(_HOST, host)
        ),
        "must be a name, or an address of four numbers from 0 to 255": not re.search("[A-Za-z]", host)
        and not _is_ipv4(host),
        f"must have at most {MAX_PUBLIC_URL} characters, or its QR code would be too fine for the paper": len(text)
        > MAX_PUBLIC_URL,
    }
    return next((message for message, is_so in faults.items() if is_so), None)


def _is_port(text: str) -> bool:
    return text.isdecimal() and text.isascii() and 0 < int(text) <= MAX_PORT


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _name_fault(text: str) -> str | None:
    is_long = len(text.encode()) > MAX_SSID_BYTES
    return f"must have at most {MAX_SSID_BYTES} letters, fewer where they have accents" if is_long else None


def _password_fault(text: str) -> str | None:
    is_one = re.fullmatch(_WPA_KEY, text)
    return None if is_one else "must have 8 to 63 letters, digits and signs; leave the line out for an open Wi-Fi"


def _without(fault_of: Callable[[str], str | None]) -> AfterValidator:
    """Return what refuses a text in the words of `fault_of`; an address goes without the slash at its end."""

    def looked_at(text: str) -> str:
        text = text.removesuffix("/") if fault_of is public_url_fault else text
        if message := fault_of(text):
            raise PydanticCustomError(HOST_FAULT, "{said}", {"said": message})
        return text

    return AfterValidator(looked_at)


class Wifi(DeviceModel):
    """The visitors' Wi-Fi, as their papers tell of it; without a password it is open to all."""

    name: Annotated[str, Field(min_length=1), _without(_name_fault)]
    password: Annotated[str, _without(_password_fault)] | None = Field(default=None, repr=False)
    hidden: bool = False

    @property
    def qr(self) -> str:
        """Return the text of a QR by which phones join it, in the form that ZXing began and cameras read."""
        secret = "T:nopass;" if self.password is None else f"T:WPA;P:{_escaped(self.password)};"
        return f"WIFI:S:{_escaped(self.name)};{secret}{'H:true;' if self.hidden else ''};"


def _escaped(text: str) -> str:
    return re.sub(r'([\\;,:"])', r"\\\1", text)


class Nightly(DeviceModel):
    """A file of each day that is closed."""

    format: Literal["pdf", "xlsx", "csv", "excel", "html", "json"] = "pdf"
    folder: str = Field(min_length=1, max_length=500)
    """Below the data folder where it is not absolute."""


class Web(DeviceModel):
    """The pages on the phone."""

    listen: Host = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=MAX_PORT)
    public_url: Annotated[str, _without(public_url_fault)] | None = None
    """What the QR of a ticket leads to; without it tickets have a QR that only the office's own scanners read."""
    wifi: Wifi | None = None
    staff: Literal["loopback", "everywhere"] = "loopback"
    """From which machines the staff's pages are opened: this one alone, or whichever reaches it."""
    tls_port: int = Field(default=8443, ge=1, le=MAX_PORT)
    """With `tls: own`: where they are opened from other machines, and nowhere else."""
    api_token: str | None = Field(default=None, min_length=32, max_length=200, repr=False)
    """With which other programs read reports, from where the staff's pages are opened; without it none does."""
    nightly: Nightly | None = None

    @property
    def home(self) -> str:
        """Return where the pages are found: as visitors know it, else as this machine does."""
        host = "localhost" if self.listen in {"127.0.0.1", "0.0.0.0", "::", "::1"} else self.listen  # noqa: S104 - compared
        return self.public_url or f"http://{host}:{self.port}/"
