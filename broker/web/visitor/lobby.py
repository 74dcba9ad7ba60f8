"""What the office's own page says: who is called now, how many wait, how long it takes, when it is open. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from broker.contract.messages import Announcement, HallMessage, HoursInfo, OfficeMessage, ServiceInfo
from broker.language import Phrases, bare_counter
from broker.web.page import in_language


@dataclass(frozen=True, slots=True)
class Call:
    """One number that is called now."""

    number: str
    counter: str


@dataclass(frozen=True, slots=True)
class Row:
    """One service: how many wait for it, and how long a newcomer would."""

    name: str
    waiting: str
    wait: str


@dataclass(frozen=True, slots=True)
class LobbyPage:
    """The office at a glance."""

    hours: str
    calls: tuple[Call, ...]
    rows: tuple[Row, ...]
    old: str
    as_of: str
    announced: tuple[str, ...] = ()


def lobby_page(
    hall: HallMessage | None,
    offer: OfficeMessage | None,
    words: Phrases,
    stale_since: dt.datetime | None,
    announced: Sequence[Announcement] = (),
) -> LobbyPage:
    """Return what is said of the office now."""
    old = ""
    if stale_since is not None:
        old = words.say("The queue system is not answering right now")
        if hall is not None:
            since = stale_since.astimezone(hall.at.tzinfo)
            old = words.say("Not connected since {time}. What you see was true then.", time=words.clock(since))
    if hall is None or offer is None:
        return LobbyPage("", (), (), old, "")
    calls = tuple(
        Call(call.number, words.say("Counter {counter}", counter=bare_counter(call.counter_label)))
        for call in hall.calling
    )
    rows = tuple(
        Row(
            in_language(service.name, words.language),
            *_waiting(hall, service, words),
        )
        for service in offer.services
    )
    said = tuple(in_language(one.text, words.language) for one in announced)
    return LobbyPage(_hours(hall.hours, hall.at, words), calls, rows, old, words.clock(hall.at), said)


def _waiting(hall: HallMessage, service: ServiceInfo, words: Phrases) -> tuple[str, str]:
    """Return how many wait for a service at any stage, and how long a newcomer would."""
    groups, stages = [group for group in hall.waiting if group.service == service.id], service.stages
    count = sum(group.count for group in groups)
    begin = [group for group in groups if stages and group.stage == stages[0]]
    waits = [group.wait for group in begin if group.wait is not None]
    text = words.count("{n} waits", "{n} wait", count)
    if any(one.service == service.id for one in hall.closed_today):
        return text, words.say("gives out no more numbers today")
    if begin and all(group.offer == "closed" for group in begin):
        return text, words.say("gives out no numbers now")
    if begin and all(group.offer == "full" for group in begin):
        return text, words.say("all numbers of today are taken")
    longest = max(waits, key=lambda wait: wait.high_s, default=None)
    return text, "" if longest is None else words.rough_wait(longest.low_s, longest.high_s)


def _hours(hours: HoursInfo | None, now: dt.datetime, words: Phrases) -> str:
    if hours is None:
        return ""
    if hours.is_open:
        return "" if hours.closes_at is None else words.say("Open until {time}", time=words.clock(hours.closes_at))
    if hours.opens_at is None:
        return words.say("Closed now")
    if hours.opens_at.date() == now.date():
        return words.say("Closed now, opens at {time}", time=words.clock(hours.opens_at))
    day = words.day(hours.opens_at.date())
    return words.say("Closed now, opens on {day} at {time}", day=day, time=words.clock(hours.opens_at))
