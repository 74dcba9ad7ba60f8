"""What the pages have to know of config.yaml, and no more: so the process that serves them need not read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from broker.contract.link import Address


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
    has_rating: bool
    has_suggestions: bool
    has_surveys: bool
    has_complaints: bool
    config: Path
    data: Path
