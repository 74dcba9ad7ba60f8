"""Signing in: the form, its one attempt at a time, and what follows from a wrong PIN. Pure but for the requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from broker.contract.messages import Reply
from counter.asking import Asking
from counter.keymap import Intent
from counter.session import Session
from counter.signin import Field, SignInForm


class Hears(Protocol):
    """Who is told how an attempt went."""

    def signed_in(self, session: Session, result: Mapping[str, Any]) -> None:
        """Go on to the desk."""

    def refused(self, reply: Reply) -> None:
        """Say why not."""

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
        self.form = SignInForm(officers)

    @property
    def locked_left_s(self) -> int:
        """Return for how long the officer in the form cannot sign in; 0 where not locked out."""
        if self._locked is None or self._locked[0] != self.form.officer:
            return 0
        return max(0, round((self._locked[1] - self._now()).total_seconds()))

    def empty(self) -> None:
        """Forget who was in the form."""
        self.form = SignInForm(self.form.officers)

    def press(self, intent: Intent) -> None:
        """Do what a key means in the form."""
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

    def _sign_in(self) -> None:
        officer = self.form.officer
        if not officer:
            self.form.focus = Field.OFFICER
            self._hears.nobody_named()
        elif not self.form.pin:
            self.form.focus = Field.PIN
        else:
            arguments = {"counter": self._counter, "officer": officer, "pin": self.form.take_pin()}
            self._asking.ask(Intent.CONFIRM, "open", arguments, lambda reply: self._answered(reply, officer))

    def _answered(self, reply: Reply, officer: str) -> None:
        tries_again, self._tries_again = self._tries_again, False
        if reply.ok:
            result = reply.result or {}
            self._hears.signed_in(Session(self._counter, officer, str(result.get("session", ""))), result)
            return
        locked_s = reply.error.detail.get("locked_s") if reply.error else None
        self._locked = (officer, self._now() + dt.timedelta(seconds=locked_s)) if locked_s else None
        if self._locked is None:
            self._hears.refused(reply)
            if tries_again:
                self._sign_in()
