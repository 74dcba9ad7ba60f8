"""What the window knows at one moment, and how it names things. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from broker.contract.messages import CounterInfo, CounterMessage, HallMessage, OfficeMessage, QueueEntry
from broker.language import Phrases
from counter.devices import Devices
from counter.dialog import Dialog
from counter.keymap import Intent
from counter.lists import FoundEntry

Tone = Literal["info", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane's mark; `index` picks its colour, which never stands alone."""

    letter: str
    shape: str
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A sentence that wants attention."""

    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Names of services, stages and lanes in the window's language, and how it speaks of time."""

    office: OfficeMessage | None
    phrases: Phrases
    now: dt.datetime

    def service(self, service_id: str) -> str:
        """Return a service's name."""
        for service in self.office.services if self.office else ():
            if service.id == service_id:
                return service.name.get(self.phrases.language, service.id)
        return service_id

    def stage(self, stage_id: str) -> str:
        """Return a stage's name."""
        for stage in self.office.stages if self.office else ():
            if stage.id == stage_id:
                return stage.name.get(self.phrases.language, stage.id)
        return stage_id

    def counter(self, counter_id: str) -> str:
        """Return what is written above a counter."""
        counters = self.office.counters if self.office else ()
        return next((info.label for info in counters if info.id == counter_id), counter_id)

    def lanes(self) -> tuple[LaneView, ...]:
        """Return the marks of all lanes."""
        return tuple(
            LaneView(lane.letter, lane.shape, lane.name.get(self.phrases.language, lane.id), index)
            for index, lane in enumerate(self.office.lanes if self.office else ())
        )

    def lane(self, lane_id: str) -> LaneView | None:
        """Return the mark of one lane."""
        for index, lane in enumerate(self.office.lanes if self.office else ()):
            if lane.id == lane_id:
                return self.lanes()[index]
        return None

    def minutes(self, seconds: float) -> str:
        """Return a duration in whole minutes."""
        minutes = max(0, int(seconds // 60))
        if minutes == 0:
            return self.phrases.say("< 1 minute")
        return self.phrases.count("{n} minute", "{n} minutes", minutes)

    def clock(self, moment: dt.datetime) -> str:
        """Return a time of day by the office's clock."""
        return self.phrases.clock(moment.astimezone(self.now.tzinfo))

    def since(self, moment: dt.datetime) -> float:
        """Return seconds from a moment to now, never below zero."""
        return max(0.0, (self.now - moment).total_seconds())


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a view is drawn from."""

    counter: str
    office: OfficeMessage | None
    hall: HallMessage | None
    desk: CounterMessage | None
    phrases: Phrases
    next_language: str
    now: dt.datetime
    online: bool
    stale_since: dt.datetime | None
    busy: Intent | None
    notice: NoticeView | None
    dialog: Dialog | None
    tab: Intent
    picked: QueueEntry | None
    found: FoundEntry | None
    calls_before_no_show: int
    devices: Devices

    @property
    def words(self) -> Words:
        """Return the names of things."""
        return Words(self.office, self.phrases, self.now)

    @property
    def info(self) -> CounterInfo | None:
        """Return what this counter serves."""
        counters = self.office.counters if self.office else ()
        return next((info for info in counters if info.id == self.counter), None)

    @property
    def supervises(self) -> bool:
        """Tell whether a supervisor sits here."""
        return self.desk is not None and self.desk.role == "supervisor"

    @property
    def moves_picked(self) -> bool:
        """Tell whether a transfer is about the chosen line: a supervisor moves anybody."""
        return self.supervises and self.picked is not None and self.picked.number != self._current_number

    @property
    def meant(self) -> str:
        """Return how the wire knows the chosen ticket, else the one at the counter; nothing where there is neither."""
        if self.picked is not None:
            return self.picked.number
        return self.desk.ticket.id if self.desk and self.desk.ticket else ""

    @property
    def _current_number(self) -> str:
        return self.desk.ticket.number if self.desk and self.desk.ticket else ""

    @property
    def title(self) -> str:
        """Return the counter as people call it."""
        known = self.info.label if self.info else (self.desk.label if self.desk else self.counter)
        return self.phrases.say("Counter {label}", label=known)

    @property
    def link(self) -> str:
        """Return whether the picture is true now, in words."""
        if self.stale_since is None:
            return self.phrases.say("Live")
        time = self.words.clock(self.stale_since)
        return self.phrases.say("Not connected since {time}. What is shown may be old.", time=time)

    @property
    def undo_left_s(self) -> int:
        """Return for how many seconds the last action can still be taken back; 0 where it cannot."""
        until = self.desk.undo_until if self.desk else None
        return 0 if until is None else max(0, int((until - self.now).total_seconds()))
