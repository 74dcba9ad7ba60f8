"""What the printers tell the screen: their health, and what became of a paper. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hardware.ports import PRINTABLE, PrinterState

PrintOutcome = Literal["confirmed", "unconfirmed", "failed"]


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class PaperNews:
    """What became of one paper. `acknowledge` is called when the engine has the news on disk."""

    ticket: str
    number: str
    copies: int
    """Which paper of the ticket it is: 0 is the first."""
    outcome: PrintOutcome
    reason: str = ""
    """For the journal and the technician, in English."""
    trouble: PrinterState | None = None
    """What a person has to do something about, where that is known."""
    by_spare: bool = False
    is_late: bool = False
    """Whether the visitor of this paper left before it came out."""
    acknowledge: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class PrintersHealth:
    """How the kiosk's printers are, the first one first."""

    states: tuple[PrinterState, ...] = ("unknown",)
    is_paper_low: bool = False

    @property
    def trouble(self) -> PrinterState | None:
        """Return why no paper can come out of any printer now; None where one can print, or there is none at all."""
        if not self.states or any(state in PRINTABLE for state in self.states):
            return None
        return self.states[0]
