"""Signing in: the form, its one attempt at a time, and what follows from a wrong PIN. Pure but for the requests.

The PIN lives here only until it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from broker.contract.messages import Reply
from counter.desk.dialogs import MAX_ID, MAX_PIN
from counter.desk.keys import MOVES, Intent, moved_to
from counter.desk.requests import Requests
from counter.desk.session import Session

PAGE = 5
"""So many names a key for a page moves."""
CHOICE_S = 60.0
"""So long an officer may think about leaving another counter; then the PIN has to be typed again."""


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

    def move(self, intent: Intent) -> None:
        """Choose another officer; one step beyond an end begins at the other."""
        count = len(self.officers)
        if count == 0:
            return
        step = {Intent.UP: -1, Intent.DOWN: 1}.get(intent)
        if step is not None and self.chosen is not None:
            self.chosen = (self.chosen + step) % count
        else:
            self.chosen = moved_to(intent, self.chosen, count, page=PAGE)
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


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An officer who is signed in at another counter, and has shown the PIN here."""

    counter: str
    officer: str
    until_s: float
    pin: str = field(repr=False)


class Listener(Protocol):
    """Who is told how an attempt went."""

    def signed_in(self, session: Session, result: Mapping[str, Any]) -> None:
        """Go on to the desk."""

    def refused(self, reply: Reply) -> None:
        """Say why not."""

    def may_leave(self, counter: str) -> bool:
        """Tell whether a counter has no visitor."""
        ...

    def nobody_named(self) -> None:
        """Ask for a name first."""


class SignIn:
    """Takes keys until somebody is signed in."""

    def __init__(
        self,
        counter: str,
        officers: tuple[tuple[str, str], ...],
        *,
        requests: Requests,
        monotonic: Callable[[], float],
        listener: Listener,
    ) -> None:
        """`officers` are the (id, name) pairs that this machine knows, or none."""
        self._counter = counter
        self._requests = requests
        self._monotonic = monotonic
        self._listener = listener
        self._locked: tuple[str, float] | None = None
        self._tries_again = False
        self._elsewhere: Elsewhere | None = None
        self.form = SignInForm(officers)

    @property
    def locked_left_s(self) -> int:
        """Return for how long the officer in the form cannot sign in; 0 where not locked out."""
        if self._locked is None or self._locked[0] != self.form.officer:
            return 0
        return max(0, round(self._locked[1] - self._monotonic()))

    @property
    def elsewhere(self) -> str | None:
        """Return the counter that the officer may give up for this one; None where there is no such choice."""
        if self._elsewhere is not None and self._monotonic() >= self._elsewhere.until_s:
            self._elsewhere = None
        return None if self._elsewhere is None else self._elsewhere.counter

    def empty(self) -> None:
        """Forget who was in the form."""
        self._elsewhere = None
        self.form = SignInForm(self.form.officers)

    def type(self, character: str) -> None:
        """Take a character for the form; a choice takes none."""
        if self.elsewhere is None:
            self.form.type(character)

    def choose(self, index: int) -> None:
        """Take the officer at `index` of the list."""
        if self.elsewhere is None:
            self.form.choose(index)

    def press(self, intent: Intent) -> None:
        """Do what a key means in the form, or in the choice over it."""
        if self.elsewhere is not None:
            self._press_in_choice(intent)
            return
        match intent:
            case Intent.CONFIRM if self._requests.idle:
                self._sign_in()
            case Intent.CONFIRM:
                # Typed while the engine looks at the last attempt: done when that turns out wrong.
                self._tries_again = bool(self.form.pin)
            case Intent.ERASE:
                self.form.erase()
            case Intent.FIELD | Intent.FIELD_BACK:
                self.form.next_field()
            case Intent.CANCEL:
                self.form.take_pin()
            case _ if intent in MOVES.values():
                self.form.move(intent)
            case _:
                pass

    def _press_in_choice(self, intent: Intent) -> None:
        """Go over to this counter, or stay at the other; a second Enter of the sign-in is no answer yet."""
        choice = self._elsewhere
        if choice is None or not self._requests.idle or self._requests.is_double_press(intent):
            return
        if intent is Intent.CANCEL:
            self._elsewhere = None
        elif intent is Intent.CONFIRM and self._listener.may_leave(choice.counter):
            self._elsewhere = None
            self._ask(choice.officer, choice.pin, {"leave": choice.counter})

    def _sign_in(self) -> None:
        officer = self.form.officer
        if not officer:
            self.form.focus = Field.OFFICER
            self._listener.nobody_named()
        elif not self.form.pin:
            self.form.focus = Field.PIN
        else:
            self._ask(officer, self.form.take_pin(), {})

    def _ask(self, officer: str, pin: str, more: Mapping[str, str]) -> None:
        arguments = {"counter": self._counter, "officer": officer, "pin": pin, **more}
        self._requests.send(Intent.CONFIRM, "open", arguments, lambda reply: self._answered(reply, officer, pin))

    def _answered(self, reply: Reply, officer: str, pin: str) -> None:
        tries_again, self._tries_again = self._tries_again, False
        if reply.ok:
            result = reply.result or {}
            self._listener.signed_in(Session(self._counter, officer, str(result.get("session", ""))), result)
            return
        detail = reply.error.detail if reply.error else {}
        self._locked = None
        if reply.error and reply.error.code == "not_allowed" and detail.get("open_at"):
            self._elsewhere = Elsewhere(str(detail["open_at"]), officer, self._monotonic() + CHOICE_S, pin)
            self._requests.pressed(Intent.CONFIRM)
            return
        locked_s = detail.get("locked_s")
        self._locked = (officer, self._monotonic() + locked_s) if locked_s else None
        if self._locked is None:
            self._listener.refused(reply)
            if tries_again:
                self._sign_in()
