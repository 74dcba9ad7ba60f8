"""A cable that leads nowhere, for emulated devices that a test asks directly."""

from __future__ import annotations


class CutWire:
    """Carries nothing."""

    url = "nowhere"

    def read(self, timeout_s: float) -> bytes:
        """Return nothing."""
        assert timeout_s >= 0
        return b""

    def write(self, data: bytes) -> None:
        """Lose it."""

    def unplug(self) -> None:
        """Stay as it is."""

    def plug(self) -> None:
        """Stay as it is."""

    def close(self) -> None:
        """End."""
