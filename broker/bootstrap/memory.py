"""When Python looks for garbage: while nobody waits for an answer. A full look at a day's hall takes 70 ms."""

from __future__ import annotations

import gc

MOST_NEW = 50_000
"""After so many new objects it is looked through them all the same: a rush without a pause fills no memory."""
FULL_EVERY = 600
"""Once in so many looks it is looked through everything that lives."""


class Memory:
    """Puts what was there at the start aside, and looks for garbage when it is told to."""

    def __init__(self) -> None:
        """From now on nothing is looked for in between; what exists already is never looked through again."""
        self._times = 0
        gc.freeze()
        gc.set_threshold(MOST_NEW, 20, FULL_EVERY)

    def tidy(self) -> None:
        """Look for garbage now: among what is new, and now and then everywhere."""
        self._times += 1
        gc.collect(2 if self._times % FULL_EVERY == 0 else 1)
