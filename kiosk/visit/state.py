"""All that a kiosk's screen depends on, at one moment. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from broker.config.web import Wifi
from broker.contract.claim import Standing
from broker.contract.messages import (
    FeedbackMessage,
    HallMessage,
    LaneInfo,
    OfficeMessage,
    ServiceInfo,
    SurveyMessage,
    Text,
    Ticket,
)
from broker.language import Phrases
from kiosk.outbox.known import Unknown
from kiosk.paper.news import PrintersHealth
from kiosk.visit.offer import Offer, is_closed_today, lane_of, offer_of, opens_at, service_of
from kiosk.visit.opinion import Asks
from kiosk.visit.steps import SLOW_AFTER_S, Visit

StrangeCode = Literal["foreign", "wifi", "past"]
"""Something else altogether, the code that joins the Wi-Fi, or a ticket that is not one of today here."""


@dataclass(frozen=True, slots=True)
class State:
    """One moment of a visit, with the office as it was last heard of."""

    visit: Visit
    office: OfficeMessage | None
    hall: HallMessage | None
    languages: tuple[str, ...]
    phrases: Callable[[str], Phrases]
    now: dt.datetime
    elapsed_s: float
    """Seconds since this step began."""
    offline_since: dt.datetime | None
    is_starting: bool
    is_alone: bool = False
    """Whether numbers are given out without the office."""
    spent: frozenset[tuple[str, str]] = frozenset()
    """(service, lane) that the office offers, and for which a kiosk that is alone has no number left."""
    warning_left_s: int | None = None
    """Seconds until an abandoned visit ends, while the visitor is being asked."""
    stay_left_s: int | None = None
    """Seconds that the ticket stays on the screen, once they are few."""
    late_number: str | None = None
    strange_code: StrangeCode | None = None
    """What was just scanned that is no ticket of this office and day."""
    has_scanner: bool = False
    has_voice: bool = False
    help_coming: str | None = None
    """The counter from which help is coming."""
    last_ticket: Ticket | None = None
    volume_percent: int | None = None
    devices: Mapping[str, str] = field(default_factory=dict)
    """How each device is, for staff."""
    printers: PrintersHealth = field(default_factory=PrintersHealth)
    standing: Standing = "alone"
    """Whether another process is or wants to be this very kiosk."""
    broker_speaks: Literal["older", "newer"] | None = None
    """Whether the broker speaks another version of the wire."""
    is_unanswered: bool = False
    """Whether nobody in the office is being answered at this moment."""
    unknown: Unknown | None = None
    """Why a kiosk that was started while nobody can be reached cannot go on by itself."""
    asks: Asks | None = None
    """What a feedback kiosk takes; None where numbers are given out."""
    surveys: tuple[SurveyMessage, ...] = ()
    feedback: FeedbackMessage | None = None
    spare_label: Text | None = None
    """What the second printer is called, such as the one on the right."""
    wifi: Wifi | None = None
    """What visitors' phones join to follow their number."""

    @property
    def words(self) -> Phrases:
        """Return the phrases of the visitor's language."""
        return self.phrases(self.visit.language)

    @property
    def service(self) -> ServiceInfo | None:
        """Return the chosen service."""
        return None if self.office is None else service_of(self.office, self.visit.service)

    @property
    def lane(self) -> LaneInfo | None:
        """Return the chosen lane."""
        return None if self.office is None else lane_of(self.office, self.visit.lane)

    @property
    def offer(self) -> Offer:
        """Return whether a number would be given out for the chosen service in any lane."""
        if self.office is None or self.service is None:
            return "open"
        return offer_of(self.office, self.hall, self.service)

    @property
    def opens_at(self) -> dt.datetime | None:
        """Return when numbers are given out again for the chosen service, where it is closed and that is known."""
        if self.office is None or self.service is None:
            return None
        return opens_at(self.office, self.hall, self.service)

    @property
    def is_closed_today(self) -> bool:
        """Tell whether somebody closed the chosen service for today."""
        return self.service is not None and is_closed_today(self.hall, self.service.id)

    def is_spent(self, service: ServiceInfo, lane: str | None = None) -> bool:
        """Tell whether it is for want of numbers that none is given out here: in one lane, or in any."""
        is_offered = self.office is not None and offer_of(self.office, self.hall, service, lane) == "open"
        return not is_offered and any(one == service.id and lane in {None, way} for one, way in self.spent)

    @property
    def is_slow(self) -> bool:
        """Tell whether the visitor has waited long enough to be told what to do."""
        return self.elapsed_s >= SLOW_AFTER_S

    @property
    def beat(self) -> int:
        """Return a step of the ring that shows that work goes on; four a second."""
        return int(self.elapsed_s * 4)
