"""The strip of alerts that stands on each staff page: what needs somebody now, for whom it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from broker.alert_words import alert_words
from broker.contract.messages import OVER, Alert, OfficeMessage
from broker.language import Phrases
from broker.web.office import Office
from broker.web.page import in_language
from broker.web.staff.access import Staff

HOME = "/staff/alerts"
REVIEW = "/staff/training"
MOST, MOST_ON_WALL = 3, 1
"""So many stand in the strip, beside how many more there are; the page has them all."""


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert in words."""

    id: str
    text: str
    since: str
    seen_by: str
    """Who sees to it, or nothing."""
    acknowledge: str
    """What the button says; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Coach:
    """What a training asks of whoever trains."""

    label: str
    text: str
    review: str
    """What the link says that leads to the review, once there is one."""
    review_url: str = REVIEW


@dataclass(frozen=True, slots=True)
class Strip:
    """What stands above each staff page."""

    label: str
    lines: tuple[AlertLine, ...]
    more: str
    home: str
    """Where all of them stand; nothing for whom that page is not."""
    token: str


def coach_of(p: Phrases, office: Office) -> Coach | None:
    """Return what a training asks now; None in an office that is none, and before it has begun."""
    told = office.training
    if told is None or office.offer is None or not office.offer.is_training:
        return None
    review = p.say("What went well, and what could be done otherwise") if told.step == OVER else ""
    return Coach(p.say("Training"), in_language(told.text, p.language), review)


def mine(office: Office, staff: Staff) -> tuple[Alert, ...]:
    """Return what stands for somebody, as the engine said who it is."""
    told = office.alerts
    return () if told is None or not staff.id else tuple(one for one in told.alerts if staff.role in one.roles)


def line_of(p: Phrases, alert: Alert, offer: OfficeMessage | None, *, may: bool) -> AlertLine:
    """Return an alert in words."""
    by, at = alert.acknowledged_name or alert.acknowledged_by, alert.acknowledged_at
    is_seen = by is not None and at is not None
    return AlertLine(
        id=alert.id,
        text=alert_words(p, alert, offer),
        since=p.say("since {time}", time=p.clock(alert.since)),
        seen_by=p.say("{officer} sees to it ({time})", officer=by, time=p.clock(at)) if is_seen and at else "",
        acknowledge=p.say("I see to it") if may and not is_seen else "",
    )


def strip_of(p: Phrases, office: Office, staff: Staff | None, *, is_wall: bool = False) -> Strip | None:
    """Return the strip of who is signed in; None where nothing stands for them."""
    found = () if staff is None else mine(office, staff)
    if staff is None or not found:
        return None
    may = staff.may("alert_ack")
    shown = [one for one in found if one.acknowledged_by is None][: MOST_ON_WALL if is_wall else MOST]
    rest = len(found) - len(shown)
    seen = p.count("{n} alert, seen to", "{n} alerts, seen to", rest)
    more = p.count("{n} more alert", "{n} more alerts", rest) if shown else seen
    return Strip(
        label=p.say("Alerts"),
        lines=tuple(line_of(p, one, office.offer, may=may) for one in shown),
        more=more if rest else "",
        home=HOME if may else "",
        token=staff.token,
    )
