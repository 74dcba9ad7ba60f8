"""What the window knows at one moment. Pure."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal

from broker.contract.claim import Standing
from broker.contract.messages import (
    Alert,
    ComplaintFigures,
    CounterInfo,
    CounterMessage,
    HallMessage,
    HelpCall,
    OfficeMessage,
    Presence,
    QueueEntry,
)
from broker.language import Phrases, bare_counter
from counter.desk.devices import Devices
from counter.desk.dialogs import Dialog, Handover
from counter.desk.keys import Intent
from counter.desk.lists import FoundEntry, name_of
from counter.desk.own_ratings import Ratings
from counter.desk.room import ROOMY, Room
from counter.pages.words import Notice, Words


@dataclass(frozen=True, slots=True)
class DesktopFault:
    """Something that the configuration wants of the desktop and the desktop does not grant."""

    what: Literal["dock", "hint", "keys"]
    why: str
    chords: tuple[str, ...] = ()
    """Keys that another program has, or that this keyboard lacks."""


@dataclass(frozen=True, slots=True)
class DeskState:
    """Everything that can be decided and said is decided and said by this."""

    counter: str
    office: OfficeMessage | None
    hall: HallMessage | None
    desk: CounterMessage | None
    phrases: Phrases
    next_language: str
    now: dt.datetime
    """By the engine's clock."""
    online: bool
    is_known: bool
    """How it stands here was said since the engine can be reached; before that a key could mean an old picture."""
    stale_since: dt.datetime | None
    broker: Presence | None
    """What the broker says of itself."""
    standing: Standing
    """How it stands with our id: another process may have it, or want it."""
    busy: Intent | None
    notice: Notice | None
    dialog: Dialog | None
    tab: Intent
    picked: QueueEntry | None
    found: FoundEntry | None
    calls_before_no_show: int
    devices: Devices
    help: tuple[HelpCall, ...] = ()
    """Kiosks where somebody waits for help."""
    room: Room = ROOMY
    more: bool = False
    """Whether a smaller window shows what is seldom done, in place of the lists."""
    opened: int = 0
    """How often a list was opened."""
    scrolled: float = 0.0
    """How far down the office at a glance or its devices are scrolled by keys, from 0 to 1."""
    focus: str = ""
    """What Enter presses, as Tab has chosen it; nothing where keys do what stands on the buttons."""
    colleagues: tuple[tuple[str, str], ...] = ()
    """(id, name) of the other officers that this machine knows, or none."""
    handover: Handover | None = None
    """The last finish and call by one key."""
    complaints: ComplaintFigures | None = None
    """What the office publishes of complaints; None where it takes none."""
    alerts: tuple[Alert, ...] = ()
    """What somebody of the staff is to see to."""
    ratings: Ratings | None = None
    """The officer's own; None where they are not known."""

    @property
    def words(self) -> Words:
        """Return the names of things."""
        return Words(self.office, self.phrases, self.now, self.colleagues)

    @property
    def info(self) -> CounterInfo | None:
        """Return what this counter serves."""
        counters = self.office.counters if self.office else ()
        return next((info for info in counters if info.id == self.counter), None)

    def visitor_at(self, counter: str) -> str:
        """Return the number that a counter has before it, or nothing."""
        counters = self.hall.counters if self.hall else ()
        return next((seen.number for seen in counters if seen.id == counter and seen.number), "")

    @property
    def supervises(self) -> bool:
        """Tell whether a supervisor sits here."""
        return self.desk is not None and self.desk.role == "supervisor"

    @property
    def sees_complaints(self) -> bool:
        """Tell whether somebody sits here who sees to it that complaints are answered."""
        return self.desk is not None and self.desk.role in {"supervisor", "complaints"}

    @property
    def moves_picked(self) -> bool:
        """Tell whether a transfer is about the chosen line: a supervisor moves anybody."""
        return self.supervises and self.picked is not None and name_of(self.picked) not in self._current_names

    @property
    def meant(self) -> str:
        """Return how the wire knows the chosen ticket, else the one at the counter; nothing where there is neither."""
        if self.picked is not None:
            return name_of(self.picked)
        return self.desk.ticket.id if self.desk and self.desk.ticket else ""

    @property
    def _current_names(self) -> tuple[str, ...]:
        return (self.desk.ticket.id, self.desk.ticket.number) if self.desk and self.desk.ticket else ()

    @property
    def title(self) -> str:
        """Return the counter as people call it."""
        known = self.info.label if self.info else (self.desk.label if self.desk else self.counter)
        return self.phrases.say("Counter {label}", label=bare_counter(known))

    @property
    def link(self) -> str:
        """Return since when the picture is old, in words; empty while it is true."""
        if self.stale_since is None:
            return ""
        time = self.words.clock(self.stale_since)
        return self.phrases.say("Not connected since {time}.", time=time)

    @property
    def undo_left_s(self) -> int:
        """Return for how many seconds the last action can still be taken back; 0 where it cannot."""
        until = self.desk.undo_until if self.desk else None
        return 0 if until is None else max(0, int((until - self.now).total_seconds()))

    @property
    def undoes_both(self) -> str:
        """Return the number whose end is taken back together with the call that followed it; nothing where none is."""
        desk, both = self.desk, self.handover
        if desk is None or both is None:
            return ""
        return both.finished if (desk.undo_action, desk.undo_number) == ("called", both.called) else ""

    @property
    def no_show_left_s(self) -> int:
        """Return for how many seconds more the visitor who is called cannot be given up as not come."""
        begin = self.desk.no_show_from if self.desk else None
        return 0 if begin is None else max(0, math.ceil((begin - self.now).total_seconds()))
