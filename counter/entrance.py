"""Signing in: the form, its one attempt at a time, and what follows from a wrong PIN. Pure but for the requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from broker.contract.messages import Reply
from counter.asking import Asking
from counter.keymap import Intent
from counter.session import Session
from counter.signin import Field, SignInForm

CHOICE_S = 60.0
"""So long an officer may think about leaving another counter; then the PIN has to be typed again."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An officer who is signed in at another counter, and has shown the PIN here."""

    counter: str
    officer: str
    until: dt.datetime
    pin: str = field(repr=False)


class Hears(Protocol):
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


class Entrance:
    """Takes keys until somebody is signed in."""

    def __init__(
        self,
        counter: str,
        officers: tuple[tuple[str, str], ...],
        *,
        asking: Asking,
        now: Callable[[], dt.datetime],
        hears: Hears,
    ) -> None:
        """`officers` are the (id, name) pairs that this machine knows, or none."""
        self._counter = counter
        self._asking = asking
        self._now = now
        self._hears = hears
        self._locked: tuple[str, dt.datetime] | None = None
        self._tries_again = False
        self._elsewhere: Elsewhere | None = None
        self.form = SignInForm(officers)

    @property
    def locked_left_s(self) -> int:
        """Return for how long the officer in the form cannot sign in; 0 where not locked out."""
        if self._locked is None or self._locked[0] != self.form.officer:
            return 0
        return max(0, round((self._locked[1] - self._now()).total_seconds()))

    @property
    def elsewhere(self) -> str | None:
        """Return the counter that the officer may give up for this one; None where there is no such choice."""
        if self._elsewhere is not None and self._now() >= self._elsewhere.until:
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
            case Intent.CONFIRM if self._asking.idle:
                self._sign_in()
            case Intent.CONFIRM:
                # Typed while the engine looks at the last attempt: done when that turns out wrong.
                self._tries_again = bool(self.form.pin)
            case Intent.ERASE:
                self.form.erase()
            case Intent.UP | Intent.DOWN:
                self.form.move(1 if intent is Intent.DOWN else -1)
            case Intent.FIELD:
                self.form.next_field()
            case Intent.CANCEL:
                self.form.take_pin()
            case _:
                pass

    def _press_in_choice(self, intent: Intent) -> None:
        """Go over to this counter, or stay at the other; a second Enter of the sign-in is no answer yet."""
        choice = self._elsewhere
        if choice is None or not self._asking.idle or self._asking.is_double_press(intent):
            return
        if intent is Intent.CANCEL:
            self._elsewhere = None
        elif intent is Intent.CONFIRM and self._hears.may_leave(choice.counter):
            self._elsewhere = None
            self._ask(choice.officer, choice.pin, {"leave": choice.counter})

    def _sign_in(self) -> None:
        officer = self.form.officer
        if not officer:
            self.form.focus = Field.OFFICER
            self._hears.nobody_named()
        elif not self.form.pin:
            self.form.focus = Field.PIN
        else:
            self._ask(officer, self.form.take_pin(), {})

    def _ask(self, officer: str, pin: str, more: Mapping[str, str]) -> None:
        arguments = {"counter": self._counter, "officer": officer, "pin": pin, **more}
        self._asking.ask(Intent.CONFIRM, "open", arguments, lambda reply: self._answered(reply, officer, pin))

    def _answered(self, reply: Reply, officer: str, pin: str) -> None:
        tries_again, self._tries_again = self._tries_again, False
        if reply.ok:
            result = reply.result or {}
            self._hears.signed_in(Session(self._counter, officer, str(result.get("session", ""))), result)
            return
        detail = reply.error.detail if reply.error else {}
        self._locked = None
        if reply.error and reply.error.code == "not_allowed" and detail.get("open_at"):
            until = self._now() + dt.timedelta(seconds=CHOICE_S)
            self._elsewhere = Elsewhere(str(detail["open_at"]), officer, until, pin)
            self._asking.pressed(Intent.CONFIRM)
            return
        locked_s = detail.get("locked_s")
        self._locked = (officer, self._now() + dt.timedelta(seconds=locked_s)) if locked_s else None
        if self._locked is None:
            self._hears.refused(reply)
            if tries_again:
                self._sign_in()
