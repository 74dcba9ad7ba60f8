"""What the office offers at this moment, read from its two retained states. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from broker import eligible
from broker.contract.messages import (
    GroupInfo,
    HallMessage,
    HoursInfo,
    IntakeInfo,
    LaneInfo,
    OfficeMessage,
    ServiceInfo,
    Text,
    TextList,
    Wait,
)
from broker.language import bare_counter

Offer = Literal["open", "closed", "full"]
"""Whether a number would be given out now; `full` is over the day's quota."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits for one service, how long a newcomer would, and whether any counter serves it now."""

    count: int
    wait: Wait | None
    is_served: bool


def in_language(texts: Text, language: str) -> str:
    """Return the text in `language`, else in the office's own."""
    return texts.get(language) or next(iter(texts.values()), "")


def list_in_language(texts: TextList, language: str) -> tuple[str, ...]:
    """Return the list in `language`, else in the office's own."""
    return texts.get(language) or next(iter(texts.values()), ())


def service_of(office: OfficeMessage, service: str | None) -> ServiceInfo | None:
    """Return the service with this id, if it is offered."""
    return next((info for info in office.services if info.id == service), None)


def lane_of(office: OfficeMessage, lane: str | None) -> LaneInfo | None:
    """Return the lane with this id, if there is one."""
    return next((info for info in office.lanes if info.id == lane), None)


def lane_index(office: OfficeMessage, lane: str | None) -> int:
    """Return the lane's place in the office's list, which decides its colour."""
    return next((at for at, info in enumerate(office.lanes) if info.id == lane), 0)


def overtaking(office: OfficeMessage, lane: str) -> tuple[LaneInfo, ...]:
    """Return the lanes that the office means to call sooner than this one; none where it goes by arrival alone."""
    own = lane_of(office, lane)
    if own is None or office.policy == "fifo":
        return ()
    return tuple(other for other in office.lanes if other.promised_wait_s < own.promised_wait_s)


def queue_of(office: OfficeMessage, hall: HallMessage | None, service: ServiceInfo, lane: str | None = None) -> Queue:
    """Return how it stands at the service's first stage, for one lane or for all.

    The wait is the lane's, or that of the office's first lane: it holds for whoever does not ask for another.
    """
    if hall is None:
        return Queue(0, None, is_served=False)
    stage = service.stages[0]
    groups = [group for group in hall.waiting if group.stage == stage and group.service == service.id]
    asked = lane or office.lanes[0].id
    counted = [group for group in groups if lane is None or group.lane == lane]
    wait = next((group.wait for group in groups if group.lane == asked), None)
    # Where the engine knows a wait, somebody serves, whatever the counters' states say a moment later.
    is_served = wait is not None or _is_served(office, hall, service, asked)
    return Queue(sum(group.count for group in counted), wait, is_served=is_served)


def offer_of(office: OfficeMessage, hall: HallMessage | None, service: ServiceInfo, lane: str | None = None) -> Offer:
    """Return whether a number would be given out for a service: in one lane, or in any that the office has.

    What the picture does not tell counts as open: the engine has the last word.
    """
    lanes = {lane} if lane is not None else {info.id for info in office.lanes}
    told = {
        group.lane: group.offer
        for group in (hall.waiting if hall is not None else ())
        if (group.stage, group.service) == (service.stages[0], service.id) and group.lane in lanes
    }
    offers: set[Offer] = {told.get(lane, "open") for lane in lanes}
    return "open" if "open" in offers else "full" if "full" in offers else "closed"


def opens_at(
    office: OfficeMessage, hall: HallMessage | None, service: ServiceInfo, lane: str | None = None
) -> dt.datetime | None:
    """Return when numbers are given out again for a service that is closed now: in one lane, or in the first of all."""
    moments = [
        group.opens_at
        for group in (hall.waiting if hall is not None else ())
        if (group.stage, group.service) == (service.stages[0], service.id)
        and group.opens_at is not None
        and lane in {None, group.lane}
    ]
    return min(moments, default=None) if offer_of(office, hall, service, lane) == "closed" else None


def is_shut(hall: HallMessage | None) -> bool:
    """Tell whether the office is outside its hours; a broker that does not tell has none."""
    hours = _hours(hall)
    return hours is not None and not hours.is_open


def intake_of(hall: HallMessage | None) -> IntakeInfo | None:
    """Return what stops the giving out of numbers by hand; None while nothing does."""
    return None if hall is None else hall.intake


def is_closed_today(hall: HallMessage | None, service: str, lane: str | None = None) -> bool:
    """Tell whether somebody closed a service for today, or the lane."""
    closed = () if hall is None else hall.closed_today
    return any(one.service == service or (lane is not None and one.lane == lane) for one in closed)


def closes_at(hall: HallMessage | None) -> dt.datetime | None:
    """Return when no more numbers are given out today, where that is known."""
    hours = _hours(hall)
    return None if hours is None else hours.closes_at


def next_opening(hall: HallMessage | None) -> dt.datetime | None:
    """Return when numbers are given out again, today or another day."""
    hours = _hours(hall)
    return None if hours is None else hours.opens_at


def hours_today(hall: HallMessage | None) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    """Return from when until when numbers are given out today."""
    hours = _hours(hall)
    return () if hours is None else tuple((span.begin, span.end) for span in hours.today)


def is_anything_open(office: OfficeMessage, hall: HallMessage | None) -> bool:
    """Tell whether a number would be given out for any service at all."""
    return any(offer_of(office, hall, service) == "open" for service in office.services)


def counter_label(office: OfficeMessage, counter: str | None) -> str | None:
    """Return what is written above a counter, or None for no counter."""
    label = next((info.label for info in office.counters if info.id == counter), counter)
    return None if label is None else bare_counter(label)


def stage_name(office: OfficeMessage, stage: str, language: str) -> str:
    """Return the name of a stage in `language`."""
    return next((in_language(info.name, language) for info in office.stages if info.id == stage), stage)


def open_counters(hall: HallMessage | None) -> int:
    """Return how many counters serve visitors now."""
    return 0 if hall is None else sum(counter.state in {"open", "calling", "serving"} for counter in hall.counters)


def _is_served(office: OfficeMessage, hall: HallMessage, service: ServiceInfo, lane: str) -> bool:
    here, way = {counter.id for counter in hall.counters if counter.state != "closed"}, lane_of(office, lane)
    return way is not None and any(
        counter.id in here and eligible.may_call(counter, service.stages[0], service.id, way)
        for counter in office.counters
    )


def _hours(hall: HallMessage | None) -> HoursInfo | None:
    """Return the office's hours, which brokers of before 1.2 do not tell."""
    return None if hall is None else hall.hours


def group_of(office: OfficeMessage, service: ServiceInfo) -> GroupInfo | None:
    """Return the group that a service stands in, if it does."""
    return next((group for group in office.groups if group.id == service.group), None)


def short_name(service: ServiceInfo, language: str) -> str:
    """Return what a service is called where room is short, else its name."""
    return in_language(service.short_name or service.name, language)
