"""What the pages have to know of config.yaml, and no more: so the process that serves them need not read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from broker.contract.link import Address
from broker.logs import Lines
from broker.web.sending import EmailWay, WebhookWay


@dataclass(frozen=True, slots=True)
class Asked:
    """What the office asks its visitors, and takes from them."""

    rating: bool = False
    suggestions: bool = False
    surveys: bool = False
    complaints: bool = False

    @property
    def is_published(self) -> bool:
        """Tell whether there are results of any of it to be shown."""
        return self.rating or self.surveys or self.complaints


@dataclass(frozen=True, slots=True)
class Plan:
    """One process of pages: whose they are, where they are served, and which of them there are."""

    client: str
    """As who it is on the bus."""
    office: str
    names: dict[str, str]
    """The office's own, by language, until the bus has told them."""
    languages: tuple[str, ...]
    timezone: str
    address: Address
    listen: str
    port: int
    is_staff_everywhere: bool
    """Whether other machines are served the staff's pages, too; where there is a certificate, encrypted alone."""
    tls_port: int
    certificate: Path | None
    """Of this machine, with its key; None: nothing is encrypted."""
    asked: Asked
    """Until the bus has told it."""
    parts: tuple[str, ...]
    """The clients of the office that have devices, or are one, in the order of the configuration."""
    config: Path
    data: Path
    email: EmailWay | None
    """Where alerts are sent; None where they are not."""
    webhook: WebhookWay | None
    database: Path | None
    """Where the office's data are if they are on this machine; None where a server has them, for any machine."""
    officers: dict[str, str] = field(default_factory=dict)
    """Their names by their ids, as they were when this process began."""
    is_training: bool = False
    """Until the bus has told it."""
    api_token: str | None = None
    """With which other programs read reports."""
    nightly_format: str = "pdf"
    nightly_folder: Path | None = None
    """Where a report of each closed day is put; None: nowhere."""
    logs: Lines = "text"
