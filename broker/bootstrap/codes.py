"""The officers' second factors: six digits that a phone makes from a secret and the time (RFC 6238)."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping

import pyotp

from broker.domain.commands import CodeFault, NewFactor

STEP_S = 30
TOLERANCE = 1
"""So many steps a phone's clock may be ahead or behind: half a minute to a minute."""


class SecondFactors:
    """Knows the secrets, and lets each code count once."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        """Begin with nobody's; `wall` is the time by which phones count, in seconds since 1970."""
        self._wall = wall
        self._factors: dict[str, NewFactor] = {}
        self._begun: dict[str, str] = {}
        """By officer: a secret that is not confirmed yet."""

    def know(self, factors: Mapping[str, NewFactor]) -> None:
        """Take note of all of them, as far as they can be opened. A code that has served here does not serve again."""
        served = {name: one.step for name, one in self._factors.items()}
        self._factors = {
            name: NewFactor(one.secret, one.seed, max(one.step, served.get(name, one.step)))
            for name, one in factors.items()
        }

    def renew(self, officer: str, factor: NewFactor | None) -> None:
        """Take note that the officer has another one, or none."""
        self._begun.pop(officer, None)
        self._factors.pop(officer, None)
        if factor is not None:
            self._factors[officer] = factor

    def of(self, officer: str) -> NewFactor | None:
        """Return what is known of an officer's."""
        return self._factors.get(officer)

    def begin(self, officer: str, secret: str) -> None:
        """Take note of a secret that is to be confirmed."""
        self._begun[officer] = secret

    def confirmed(self, officer: str, code: str, seed: str) -> NewFactor | CodeFault:
        """Return what is to be kept where the first code is right; what was begun goes on until it is kept."""
        secret = self._begun.get(officer)
        if secret is None:
            return "needed"
        step = self._step_of(secret, code)
        return "wrong" if step is None else NewFactor(secret, seed, step)

    def used(self, officer: str, code: str) -> int | CodeFault:
        """Return which step a code is of, which has served from now on; or what is wrong with it."""
        factor = self._factors[officer]
        if not factor.secret:
            return "sealed"
        step = self._step_of(factor.secret, code)
        if step is None or step <= factor.step:
            return "wrong"
        self._factors[officer] = NewFactor(factor.secret, factor.seed, step)
        return step

    def _step_of(self, secret: str, code: str) -> int | None:
        """Return the step whose code it is, the newest first; None where it is none of now."""
        typed = "".join(code.split())
        now, made_by = int(self._wall()) // STEP_S, pyotp.TOTP(secret, interval=STEP_S)
        steps = range(now + TOLERANCE, now - TOLERANCE - 1, -1)
        right = [step for step in steps if hmac.compare_digest(made_by.generate_otp(step).encode(), typed.encode())]
        return right[0] if right else None
