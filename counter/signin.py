"""The sign-in form: who, and the PIN. Pure; the PIN lives here only until it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

MAX_PIN = 12
MAX_ID = 32


class Field(Enum):
    """What is being filled in."""

    OFFICER = "officer"
    PIN = "pin"


@dataclass(slots=True)
class SignInForm:
    """Officers are picked from a list where this machine knows them, else their id is typed."""

    officers: tuple[tuple[str, str], ...]
    """(id, name) of everyone who may sign in here; empty where that is not known."""
    focus: Field = Field.OFFICER
    chosen: int | None = None
    typed_id: str = ""
    pin: str = field(default="", repr=False)

    @property
    def officer(self) -> str:
        """Return the officer's id, or nothing yet."""
        if self.officers:
            return self.officers[self.chosen][0] if self.chosen is not None else ""
        return self.typed_id

    def choose(self, index: int) -> None:
        """Take the officer at `index` of the list and go on to the PIN."""
        self.chosen = index % len(self.officers)
        self.pin = ""
        self.focus = Field.PIN

    def move(self, step: int) -> None:
        """Go up or down the list."""
        if self.officers:
            begin = -1 if step > 0 else 0
            self.chosen = ((begin if self.chosen is None else self.chosen) + step) % len(self.officers)
            self.pin = ""

    def type(self, character: str) -> None:
        """Take one character where it belongs: digits are the PIN's, letters find or spell the officer."""
        if self.officers:
            if character.isdecimal():
                self.focus = Field.PIN
                self.pin = (self.pin + character)[:MAX_PIN]
            else:
                self._find(character)
        elif self.focus is Field.PIN:
            self.pin = (self.pin + character)[:MAX_PIN] if character.isdecimal() else self.pin
        else:
            self.typed_id = (self.typed_id + character.lower())[:MAX_ID]

    def erase(self) -> None:
        """Take the last character back."""
        if self.focus is Field.PIN or self.officers:
            self.pin = self.pin[:-1]
        else:
            self.typed_id = self.typed_id[:-1]

    def next_field(self) -> None:
        """Go on to the other field."""
        self.focus = Field.PIN if self.focus is Field.OFFICER else Field.OFFICER

    def take_pin(self) -> str:
        """Return the PIN and forget it."""
        pin, self.pin = self.pin, ""
        return pin

    def _find(self, initial: str) -> None:
        """Choose the next officer whose name begins so."""
        begin = 0 if self.chosen is None else self.chosen + 1
        for step in range(len(self.officers)):
            index = (begin + step) % len(self.officers)
            if self.officers[index][1].lower().startswith(initial.lower()):
                self.chosen = index
                self.pin = ""
                return
