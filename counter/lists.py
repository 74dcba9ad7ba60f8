"""The lists beside the visitor: what can be called, what is held, who was missed; and the line chosen there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.contract.messages import CounterMessage, QueueEntry
from counter.keymap import Intent

TABS = (Intent.QUEUE, Intent.HELD, Intent.MISSED, Intent.HALL)
"""The lists in the order of their keys; the last one is the office at a glance."""

PICK_COMMANDS: Mapping[Intent, str] = {Intent.QUEUE: "call", Intent.HELD: "unhold", Intent.MISSED: "rejoin"}
"""What each list is for."""


@dataclass(slots=True)
class Lists:
    """Which list is open, and which number is chosen in it: by number, so that a moving queue moves no choice."""

    tab: Intent = Intent.QUEUE
    number: str = ""

    def open(self, tab: Intent) -> None:
        """Show another list; nothing is chosen in it."""
        self.tab, self.number = tab, ""

    def choose(self, number: str) -> None:
        """Choose a line; the same one again lets it go."""
        self.number = "" if number == self.number else number

    def leave(self) -> None:
        """Choose nothing."""
        self.number = ""

    def move(self, step: int, desk: CounterMessage | None) -> None:
        """Choose the next line or the one before; the ends hold."""
        numbers = [entry.number for entry in self.entries(desk)]
        if not numbers:
            return
        if self.number in numbers:
            place = min(max(numbers.index(self.number) + step, 0), len(numbers) - 1)
        else:
            place = 0 if step > 0 else len(numbers) - 1
        self.number = numbers[place]

    def entries(self, desk: CounterMessage | None) -> Sequence[QueueEntry]:
        """Return the lines of the open list; who was missed last is most likely to come back, and stands first."""
        return entries(self.tab, desk)

    def picked(self, desk: CounterMessage | None) -> QueueEntry | None:
        """Return the chosen line, while it is there."""
        return next((entry for entry in self.entries(desk) if entry.number == self.number), None)


def entries(tab: Intent, desk: CounterMessage | None) -> Sequence[QueueEntry]:
    """Return the lines of a list."""
    if desk is None:
        return ()
    match tab:
        case Intent.QUEUE:
            return desk.queue
        case Intent.HELD:
            return desk.held
        case Intent.MISSED:
            return desk.missed[::-1]
        case _:
            return ()


def queue_length(desk: CounterMessage | None) -> int:
    """Return how many wait for the counter."""
    return max(desk.queue_length, len(desk.queue)) if desk else 0
