"""The pages as offices run them: a process of its own, beside a broker."""

from __future__ import annotations

import signal
from dataclasses import dataclass

import httpx

from tests.support.caller import wait_until
from tests.support.office import OfficeProcess
from tests.support.plain_http import NO_AUTHORITY
from tests.support.program import Program

PUBLIC = {"ANTREAN_WEB__PUBLIC_URL": "http://antrian.lan", "ANTREAN_LANES__REGULAR__NO_SHOW_AFTER_S": "0"}
"""With it tickets have QRs that lead to their pages; and whoever does not come is given up without a pause."""


@dataclass(slots=True)
class WebProcess:
    """`antrean web` of an office that runs; `client` is its id."""

    office: OfficeProcess
    client: str = "web"
    process: Program | None = None

    @property
    def address(self) -> str:
        """Return where its pages are."""
        return f"http://127.0.0.1:{self.office.web_port}"

    def start(self) -> None:
        """Start it, and wait until it knows the office."""
        arguments = ["--config", str(self.office.config), "--data", str(self.office.data_dir), "--id", self.client]
        self.process = Program("broker.web", *arguments, env=self.office.environment)
        try:
            wait_until(self._knows_the_office, "the pages know the office", timeout_s=60)
        except BaseException:  # whoever hears of it has nothing yet that could be stopped
            self.kill()
            raise

    def stop(self) -> int:
        """End it as `antrean up` does; return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def resident_kib(self) -> int:
        """Return its resident memory (Linux)."""
        assert self.process is not None
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:  # noqa: PTH123 - no file of ours
            line = next(line for line in status if line.startswith("VmRSS:"))
        return int(line.split()[1])

    def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=15)

    def _knows_the_office(self) -> bool:
        try:
            return "<dl" in httpx.get(self.address, timeout=5, verify=NO_AUTHORITY).text
        except httpx.HTTPError:
            return False
