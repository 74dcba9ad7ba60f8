"""How the window names things: services, stages and lanes, times and durations, and the tone of a sentence. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from broker.contract.messages import OfficeMessage
from broker.language import Phrases, bare_counter

Tone = Literal["info", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class LaneMark:
    """A lane's mark; `index` picks its colour, which never stands alone."""

    letter: str
    shape: str
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that wants attention."""

    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Names of services, stages and lanes in the window's language, and how it speaks of time."""

    office: OfficeMessage | None
    phrases: Phrases
    now: dt.datetime
    officers: tuple[tuple[str, str], ...] = ()

    def officer(self, officer_id: str) -> str:
        """Return an officer's name, or the id where nobody here knows it."""
        return dict(self.officers).get(officer_id, officer_id)

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
        """Return what is written above a counter, but for the word itself, which stands before it everywhere."""
        counters = self.office.counters if self.office else ()
        return bare_counter(next((info.label for info in counters if info.id == counter_id), counter_id))

    def lanes(self) -> tuple[LaneMark, ...]:
        """Return the marks of all lanes."""
        return tuple(
            LaneMark(lane.letter, lane.shape, lane.name.get(self.phrases.language, lane.id), index)
            for index, lane in enumerate(self.office.lanes if self.office else ())
        )

    def lane(self, lane_id: str) -> LaneMark | None:
        """Return the mark of one lane."""
        lanes = self.office.lanes if self.office else ()
        index = next((index for index, lane in enumerate(lanes) if lane.id == lane_id), None)
        return None if index is None else self.lanes()[index]

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
