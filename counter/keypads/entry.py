"""What is being typed at a pad: first which officer, then the PIN. Pure; the PIN lives here only until it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from counter.keypads.words import PIN, WHO

MAX_OFFICER = 2
MAX_PIN = 12


@dataclass(slots=True)
class SignInEntry:
    """Officers are numbered from 1 in the order of the configuration; a pad with one officer asks for the PIN alone."""

    officers: tuple[str, ...]
    number: str = ""
    officer: str = ""
    pin: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Skip the question where there is only one answer."""
        if len(self.officers) == 1:
            self.officer = self.officers[0]

    @property
    def begun(self) -> bool:
        """Tell whether anything was typed."""
        return bool(self.number or self.pin)

    @property
    def text(self) -> str:
        """Return what the pad shows: the number, or how many digits the PIN has so far."""
        if self.officer:
            return f"P{len(self.pin):>3}" if self.pin else PIN
        return f"{WHO}{self.number:>2}" if self.number else WHO

    def type(self, figure: str) -> None:
        """Take one figure."""
        if self.officer:
            self.pin = (self.pin + figure)[:MAX_PIN]
        else:
            self.number = (self.number + figure)[:MAX_OFFICER]

    def choose(self) -> bool:
        """Take the typed number for an officer; tell whether there is one of that number."""
        number, self.number = int(self.number or 0), ""
        if not 1 <= number <= len(self.officers):
            return False
        self.officer = self.officers[number - 1]
        return True

    def take_pin(self) -> str:
        """Return the PIN and forget it."""
        pin, self.pin = self.pin, ""
        return pin

    def again(self) -> SignInEntry:
        """Return an empty one."""
        return SignInEntry(self.officers)
