"""What a kiosk needs of `broker.bus.Bus`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from pydantic import BaseModel

from broker.contract.link import Requester

M = TypeVar("M", bound=BaseModel)


class OfficeBus(Requester, Protocol):
    """A connection to the office; every handler runs on the screen's thread."""

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Hand over what comes on a topic."""
        ...

    def on_link(self, handler: Callable[[bool], None]) -> None:
        """Tell when the engine can be reached and when not."""
        ...

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Tell how devices fare."""
        ...

    def start(self) -> None:
        """Connect in the background."""
        ...

    def stop(self) -> None:
        """Disconnect."""
        ...
