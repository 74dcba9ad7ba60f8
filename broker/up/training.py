"""The script of a training, a table of steps, and the play that goes by it. Pure: time and facts in, deeds out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, assert_never

from broker.contract.messages import OVER, CounterMessage

Until = Literal[
    "opened", "finished", "priority_called", "called", "no_show", "paper_seen", "wait_seen", "complaint_moved", "empty"
]
"""How it is recognised that what a step asks was done."""
Needs = Literal["printer", "complaints", "lanes"]


@dataclass(frozen=True, slots=True)
class Come:
    """A visitor takes a number; `who` names them in the script."""

    who: str
    is_priority: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """Something happens to the kiosk's printer: a command of its emulator."""

    command: Literal["paper_out", "ready"]


@dataclass(frozen=True, slots=True)
class Complain:
    """Somebody complains."""


@dataclass(frozen=True, slots=True)
class Return:
    """A visitor who was missed comes back."""

    who: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Whoever trains is told a step: its id, and the ticket that it is about, by its id and number."""

    step: str
    about: str = ""
    number: str = ""
    is_left_out: bool = False


Deed = Come | Paper | Complain | Return | Tell


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the script; times are seconds at the usual pace."""

    id: str
    at_s: float
    """It does not begin before, counted from the first one; nor before the one above it is over."""
    patience_s: float
    """After so long it is over, done or not."""
    until: Until
    deeds: tuple[tuple[float, Deed], ...] = ()
    """What happens, so long after it began."""
    afterwards: tuple[tuple[float, Deed], ...] = ()
    """What happens, so long after it was over."""
    about: str = ""
    """The visitor whom it is about."""
    follows: str = ""
    """Only where this step was done."""
    needs: Needs | None = None


SCRIPT: tuple[Step, ...] = (
    Step("sign_in", 0, 240, "opened", ((0, Come("first")), (8, Come("second")))),
    Step("serve", 20, 120, "finished", ((10, Come("third")),)),
    Step("priority", 80, 90, "priority_called", ((0, Come("elder", is_priority=True)),), needs="lanes"),
    Step("missed", 150, 150, "called", ((0, Come("missed")),), about="missed"),
    Step("nobody", 150, 90, "no_show", about="missed", follows="missed"),
    Step("back", 210, 150, "called", ((0, Return("missed")), (5, Come("fourth"))), about="missed", follows="nobody"),
    Step("paper", 330, 120, "paper_seen", ((0, Paper("paper_out")),), ((12, Paper("ready")),), needs="printer"),
    Step(
        "busy",
        450,
        240,
        "wait_seen",
        (
            *((4.0 * place, Come(f"crowd-{place}")) for place in range(10)),
            *((40.0 + 4 * place, Come(f"elders-{place}", is_priority=True)) for place in range(3)),
        ),
    ),
    Step("complaint", 600, 180, "complaint_moved", ((0, Complain()),), needs="complaints"),
    Step("rest", 720, 240, "empty"),
)
"""The day of a training."""
BETWEEN = "between"
"""What is told while no step is on, so that nobody is asked any more for what was done."""
LINGER_S = 3.0
"""So long at least, at any pace, what a step asked stands once it is over: two texts at once could not be read."""


@dataclass(slots=True)
class Play:
    """Goes by a script. `pace` 2 is twice as fast; a step that needs what is not there (`has`) is left out."""

    script: Sequence[Step] = SCRIPT
    pace: float = 1.0
    has: frozenset[Needs] = frozenset({"printer", "complaints", "lanes"})
    tickets: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By the visitor's name in the script: id and number of the ticket."""
    is_over: bool = False
    _begun_s: float | None = None
    _place: int = -1
    """Of the step that is on, or was last; -1 before the first."""
    _step_s: float = 0.0
    _is_done: bool = False
    _is_closed: bool = True
    """Whether the step is over, and the next one waits for its time."""
    _ended_s: float | None = None
    """Since when, until that nothing is asked any more is told."""
    _done: set[str] = field(default_factory=set)
    _due: list[tuple[float, Deed]] = field(default_factory=list)
    _waiting: set[str] = field(default_factory=set)
    _at_desk: set[str] = field(default_factory=set)

    @property
    def step(self) -> Step | None:
        """Return the step that is on."""
        return None if self._is_closed or self.is_over else self.script[self._place]

    @property
    def missing(self) -> str:
        """Return the ticket whose visitor stays away now; nothing where each of them comes."""
        is_back = any(step.id == "back" for step in self.script[: self._place + 1])
        return "" if is_back else self.tickets.get("missed", ("", ""))[0]

    def issued(self, who: str, ticket: str, number: str) -> None:
        """Take in which number a visitor of the script got."""
        self.tickets[who] = ticket, number

    def heard(self, kind: str, *, ticket: str = "", is_priority: bool = False) -> None:
        """Take in an event of the engine, by its name."""
        self._follow(kind, ticket)
        step = self.step
        if step is None:
            return
        about = self.tickets.get(step.about, ("", ""))[0]
        match step.until:
            case "opened" | "finished" | "complaint_moved":
                self._is_done |= kind == step.until
            case "priority_called":
                self._is_done |= kind == "called" and is_priority
            case "called" | "no_show":
                self._is_done |= kind == step.until and ticket == about != ""
            case "paper_seen" | "wait_seen" | "empty":
                pass
            case _:
                assert_never(step.until)

    def seen(self, kind: str) -> None:
        """Take in that somebody sees to an alert of this kind."""
        wanted: dict[str, Until] = {"paper_low": "paper_seen", "wait": "wait_seen"}
        step = self.step
        if step is not None and wanted.get(kind) == step.until:
            self._is_done = True

    def leave_out(self) -> None:
        """End the step that is on, as if it had never begun: what it needs is not there."""
        self._is_closed = True

    def tick(self, now_s: float) -> list[Deed]:
        """Return what happens now."""
        if self._begun_s is None:
            self._begun_s = now_s
        deeds: list[Deed] = []
        while not self.is_over:
            deeds += self._taken(now_s)
            self._close(now_s)
            begun = list(self._begin(now_s, self._begun_s)) if self._is_closed else []
            if not begun:
                deeds += self._rest(now_s)
                break
            deeds += begun
        return deeds

    def _follow(self, kind: str, ticket: str) -> None:
        if kind in {"issued", "rejoined"}:
            self._waiting.add(ticket)
        elif kind in {"called", "cancelled"}:
            self._waiting.discard(ticket)
        if kind in {"called", "started", "unheld"}:
            self._at_desk.add(ticket)
        elif kind in {"finished", "no_show", "cancelled", "held"}:
            self._at_desk.discard(ticket)

    def _taken(self, now_s: float) -> Iterator[Deed]:
        """Yield what is due, in its order."""
        due = sorted((at_s, place) for place, (at_s, _) in enumerate(self._due) if at_s <= now_s)
        taken = [place for _, place in due]
        yield from (self._due[place][1] for place in taken)
        self._due = [one for place, one in enumerate(self._due) if place not in set(taken)]

    def _rest(self, now_s: float) -> Iterator[Deed]:
        """Yield that nothing is asked, once where a step has been over for a while and no other one has begun."""
        if self._ended_s is not None and now_s - self._ended_s >= LINGER_S:
            self._ended_s = None
            yield Tell(BETWEEN)

    def _close(self, now_s: float) -> None:
        """End the step that is on, where what it asks was done, or nobody waits for that any more."""
        step = self.step
        if step is None:
            return
        if step.until in {"empty", "wait_seen"}:  # who serves a crowd before anybody waits too long does well
            self._is_done |= not (self._due or self._waiting or self._at_desk)
        if self._is_done or (now_s - self._step_s) * self.pace >= step.patience_s:
            self._is_closed, self._ended_s = True, now_s
            self._done |= {step.id} if self._is_done else set()
            self._plan(now_s, step.afterwards)

    def _begin(self, now_s: float, begun_s: float) -> Iterator[Deed]:
        """Begin the next step where its time has come; yield what is told of it, and of those that are left out."""
        rest = self.script[self._place + 1 :]
        skipped = [*_until_first(rest, self._is_played)]
        place = self._place + 1 + len(skipped)
        if place < len(self.script) and (now_s - begun_s) * self.pace < self.script[place].at_s:
            return
        yield from (Tell(step.id, is_left_out=True) for step in skipped if self._lacks(step))
        self._place, self._step_s, self._is_done, self._is_closed, self._ended_s = place, now_s, False, False, None
        if place == len(self.script):
            self.is_over = True
            yield from (deed for _, deed in sorted(self._due, key=lambda one: one[0]))
            yield Tell(OVER)
            return
        step = self.script[place]
        self._plan(now_s, step.deeds)
        yield Tell(step.id, *self.tickets.get(step.about, ("", "")))

    def _plan(self, now_s: float, deeds: Sequence[tuple[float, Deed]]) -> None:
        self._due += [(now_s + after_s / self.pace, deed) for after_s, deed in deeds]

    def _lacks(self, step: Step) -> bool:
        return step.needs is not None and step.needs not in self.has

    def _is_played(self, step: Step) -> bool:
        return not self._lacks(step) and (not step.follows or step.follows in self._done)


def _until_first(steps: Sequence[Step], is_it: Callable[[Step], bool]) -> Iterator[Step]:
    for step in steps:
        if is_it(step):
            return
        yield step


Move = Literal["sign_in", "next", "recall", "no_show", "start", "finish", "resume", "see", "read", "ask"]
"""What an officer can do next."""
RECALLS = 2
"""So often a visitor who does not come is called before they are given up."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an officer sees at one moment."""

    desk: CounterMessage | None
    has_alert: bool = False
    has_complaint: bool = False
    is_missing: bool = False
    """Whether nobody comes to the counter for the visitor who is called."""
    can_give_up: bool = False
    """Whether time enough has passed to mark them as not there."""
    wants_help: bool = False


def next_move(seen: Seen) -> Move | None:  # noqa: C901, PLR0911 - one for each thing that can be done
    """Return what an officer does who does what a training asks; None where there is nothing to do."""
    desk = seen.desk
    if desk is None:
        return None
    match desk.state:
        case "closed":
            return "sign_in"
        case "paused":
            return "resume"
        case "calling" if seen.is_missing:
            called = desk.ticket.times_called if desk.ticket else 0
            return "recall" if called < RECALLS else "no_show" if seen.can_give_up else None
        case "calling":
            return "start"
        case "serving":
            return "finish"
        case "open":
            if seen.has_alert:
                return "see"
            if seen.has_complaint:
                return "read"
            if seen.wants_help:
                return "ask"
            return "next" if desk.queue_length else None
        case _:
            assert_never(desk.state)
