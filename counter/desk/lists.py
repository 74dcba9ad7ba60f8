"""The lists beside the visitor: what can be called, held, missed or looked up; and the line chosen there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.contract.messages import CounterMessage, QueueEntry, Ticket, TicketState
from counter.desk.keys import Intent, moved_to

TABS = (Intent.QUEUE, Intent.HELD, Intent.MISSED, Intent.HALL, Intent.FIND)
"""The lists in the order of their keys; the last two are the office at a glance, and any number that was looked up."""

_PICK_COMMANDS: Mapping[Intent, str] = {Intent.QUEUE: "call", Intent.HELD: "unhold", Intent.MISSED: "rejoin"}
_FOUND_COMMANDS: Mapping[TicketState, str] = {"waiting": "call", "held": "unhold", "no_show": "rejoin"}


class FoundEntry(QueueEntry):
    """A ticket that was looked up, as it was then."""

    id: str
    stage: str
    state: TicketState
    counter: str | None = None


def found_entry(ticket: Ticket) -> FoundEntry:
    """Return the line for a ticket."""
    return FoundEntry(
        id=ticket.id,
        number=ticket.number,
        service=ticket.service,
        lane=ticket.lane,
        waiting_since=ticket.waiting_since,
        score=0.0,
        stage=ticket.stage,
        state=ticket.state,
        counter=ticket.counter,
    )


def name_of(entry: QueueEntry) -> str:
    """Return how the wire knows a ticket of a list: by id, as the same number may wait from yesterday and today.

    Brokers older than 1.1 give the number alone.
    """
    return entry.id or entry.number


def pick_command(tab: Intent, entry: QueueEntry) -> str | None:
    """Return what a list is for: the command that takes its chosen line; None where there is none."""
    return _FOUND_COMMANDS.get(entry.state) if isinstance(entry, FoundEntry) else _PICK_COMMANDS.get(tab)


def tabs_of(desk: CounterMessage | None) -> tuple[Intent, ...]:
    """Return what can be opened beside the visitor: only supervisors look after devices."""
    return (*TABS, Intent.DEVICES) if desk is not None and desk.role == "supervisor" else TABS


@dataclass(slots=True)
class Lists:
    """Which list is open, and which ticket is chosen in it: by name, so that a moving queue moves no choice."""

    tab: Intent = Intent.QUEUE
    chosen: str = ""
    """How the wire knows the chosen ticket; nothing where none is."""
    found: FoundEntry | None = None
    """What was looked up last."""
    opened: int = 0
    """Counts how often a list was opened: then it stands at its head."""
    in_sight: int = 8
    """So many lines the window has room for."""
    top: int = 0
    scrolled: float = 0.0
    """How far down what has no lines to choose is: the first one in sight, and as a share of the way."""

    def show(self, ticket: Ticket) -> None:
        """Show a ticket that was looked up, and choose it."""
        self.open(Intent.FIND)
        self.chosen, self.found = ticket.id, found_entry(ticket)

    def heard(self, ticket: Ticket | None) -> None:
        """Take note of how a ticket is now."""
        if ticket is not None and self.found is not None and self.found.id == ticket.id:
            self.found = found_entry(ticket)

    def open(self, tab: Intent) -> None:
        """Show another list; nothing is chosen in it."""
        self.tab, self.chosen = tab, ""
        self.top, self.scrolled = 0, 0.0
        self.opened += 1

    def choose(self, name: str) -> None:
        """Choose a line by how the wire knows its ticket; the same one again lets it go."""
        self.chosen = "" if name == self.chosen else name

    def leave(self) -> None:
        """Choose nothing."""
        self.chosen = ""

    def move(self, intent: Intent, desk: CounterMessage | None, lines: int) -> None:
        """Choose another line, as the key wants; where there are none to choose, move `lines` of text."""
        if self.tab in {Intent.HALL, Intent.DEVICES}:
            hidden = max(0, lines - self.in_sight)
            self.top = moved_to(intent, self.top, hidden + 1, page=self.in_sight) or 0
            self.scrolled = self.top / hidden if hidden else 0.0
            return
        names = [name_of(entry) for entry in self.entries(desk)]
        at = names.index(self.chosen) if self.chosen in names else None
        place = moved_to(intent, at, len(names), page=self.in_sight)
        self.chosen = "" if place is None else names[place]

    def entries(self, desk: CounterMessage | None) -> Sequence[QueueEntry]:
        """Return the lines of the open list; who was missed last is most likely to come back, and stands first."""
        return entries(self.tab, desk, self.found)

    def picked(self, desk: CounterMessage | None) -> QueueEntry | None:
        """Return the chosen line, while it is there."""
        return next((entry for entry in self.entries(desk) if name_of(entry) == self.chosen), None)


def entries(tab: Intent, desk: CounterMessage | None, found: FoundEntry | None) -> Sequence[QueueEntry]:
    """Return the lines of a list."""
    if tab is Intent.FIND:
        return () if found is None else (found,)
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
