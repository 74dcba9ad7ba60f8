"""Settings -> the rules the domain decides by, and what the office tells the world of itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import assert_never

from broker.bootstrap.calendar import working_days
from broker.config import alerts as told
from broker.config import settings as config
from broker.config.feedback import Complaints
from broker.config.settings import Settings
from broker.contract import messages as ms
from broker.contract.topics import WEB_CLIENT
from broker.domain.alerts import AlertRules, Rule
from broker.domain.feedback.rules import KEPT, ComplaintRules, FeedbackRules
from broker.domain.model import Counter, Hours, Journey, Lane, Office, ReserveRules, Service
from broker.domain.queue.policies import Fifo, HeadStart, Policy, Promise, Ratio, Strict
from broker.permissions import COMPLAINTS, SUPERVISOR, TECHNICIAN
from broker.reports.survey import survey_rules
from hardware.config import span_of

SECONDS_PER_MINUTE = 60
ENDS_AT = 0.9
"""At this share of its limit an alert ends, where the rule does not say."""
NO_SHOW_AFTER_S, SLOWER_NO_SHOW_AFTER_S = 30, 60
"""How long a visitor has to come where the lane does not say: in the first lane, and in the others."""


def office_rules(settings: Settings) -> Office:
    """Return the rules of the office."""
    return Office(
        id=settings.office.id,
        zone=settings.office.zone,
        languages=settings.office.languages,
        services={s.id: Service(s.id, s.letter, s.stages, s.daily_quota, _hours(s.hours)) for s in settings.services},
        lanes={
            lane.id: _lane(lane, NO_SHOW_AFTER_S if place == 0 else SLOWER_NO_SHOW_AFTER_S)
            for place, lane in enumerate(settings.lanes)
        },
        stage_standard_s={stage.id: _seconds(stage.standard_min) for stage in settings.stages},
        counters={counter.id: _counter(counter) for counter in settings.counters},
        officers={officer.id: officer.name for officer in settings.officers},
        hours=_hours(settings.hours),
        posted_hours=_posted(settings.hours),
        supervisors=_of_role(settings, SUPERVISOR),
        handlers=_of_role(settings, COMPLAINTS),
        technicians=_of_role(settings, TECHNICIAN),
        kiosks=frozenset({*(kiosk.id for kiosk in settings.kiosks), *settings.mqtt.devices}),
        policy=_policy(settings.dispatch),
        journey=Journey(
            calls_before_no_show=settings.journey.calls_before_no_show,
            rejoin_behind=settings.journey.rejoin_behind,
            rejoin_times=settings.journey.rejoin_times,
            sent_fallback_s=_seconds(settings.journey.sent_fallback_min),
            closes_left=settings.journey.closes_left,
        ),
        reserve=ReserveRules(
            least=settings.reserve.least,
            most=settings.reserve.most,
            cover_s=_seconds(settings.reserve.cover_min),
        ),
        feedback=_feedback(settings),
        alerts=_alerts(settings),
        public_url=None if settings.web is None else settings.web.public_url,
        is_training=settings.training,
    )


def office_message(settings: Settings) -> ms.OfficeMessage:
    """Return `state/office`: everything a screen needs to offer, and nothing of officers and PINs."""
    office = settings.office
    return ms.OfficeMessage(
        office=ms.OfficeName(id=office.id, name=office.name, timezone=office.timezone),
        languages=office.languages,
        services=tuple(
            ms.ServiceInfo(
                promised_wait_s=_seconds(service.promised_wait_min),
                **service.model_dump(exclude={"promised_wait_min"}),
            )
            for service in settings.services
        ),
        lanes=tuple(
            ms.LaneInfo(
                promised_wait_s=_seconds(lane.promised_wait_min),
                **lane.model_dump(include={"id", "letter", "shape", "name", "rule", "grounds", "step_free"}),
            )
            for lane in settings.lanes
        ),
        stages=tuple(ms.StageInfo(id=stage.id, name=stage.name) for stage in settings.stages),
        groups=tuple(ms.GroupInfo(id=group.id, name=group.name) for group in settings.groups),
        counters=tuple(ms.CounterInfo(**counter.model_dump()) for counter in settings.counters),
        policy=settings.dispatch.type,
        is_training=settings.training,
    )


def announcements(settings: Settings) -> tuple[ms.Announcement, ...]:
    """Return what the office announces; a day that ends something belongs to it."""
    zone = settings.office.zone
    return tuple(
        ms.Announcement(
            id=one.id,
            text=one.text,
            say=one.say,
            since=_moment(one.since, zone),
            until=_moment(one.until, zone, ends=True),
        )
        for one in settings.announcements
    )


def _feedback(settings: Settings) -> FeedbackRules:
    asked = settings.feedback
    kept = KEPT if asked.complaints is None else dt.timedelta(days=asked.complaints.purge_after_days)
    return FeedbackRules(
        rating=asked.rating,
        suggestions=asked.suggestions,
        complaints=None if asked.complaints is None else _complaints(asked.complaints, kept),
        calendar=working_days(settings.hours, asked.holidays),
        kiosks={kiosk.id: kiosk.counter for kiosk in settings.feedback_kiosks},
        surveys={one.id: survey_rules(one, place) for place, one in enumerate(asked.surveys)},
        purge_after=kept,
    )


def _alerts(settings: Settings) -> AlertRules:
    sections = (settings.kiosks, settings.displays, settings.keypads, settings.signs)
    parts = {one.id for section in sections for one in section}
    watched = {*parts, *settings.mqtt.devices, *({WEB_CLIENT} if settings.web is not None else ())}
    rules = tuple(_alert_rule(rule, settings.alerts) for rule in settings.alerts.rules)
    return AlertRules(rules, frozenset(watched))


def _alert_rule(rule: told.AlertRule, alerts: told.Alerts) -> Rule:
    """Return a rule as levels: percent, seconds, or how many."""
    spans = alerts.quiet_hours if rule.quiet_hours is None else rule.quiet_hours
    parts = {"stage": "stages", "lane": "lanes", "service": "services", "counter": "counters", "client": "clients"}
    named = {name: getattr(rule, many, ()) for name, many in parts.items()}
    plain = Rule(
        id=rule.id,
        kind=rule.type,
        roles=rule.roles,
        for_s=rule.for_s,
        calm_s=rule.calm_s,
        quiet=tuple(map(span_of, spans)),
        only={name: frozenset(ids) for name, ids in named.items() if ids},
    )
    match rule:
        case told.WaitRule() | told.QuotaRule():
            end = rule.limit_percent * ENDS_AT if rule.end_percent is None else rule.end_percent
            return replace(plain, limit=rule.limit_percent, end=end)
        case told.ForecastRule():
            late_s = max(rule.late_by_min * SECONDS_PER_MINUTE, 1)
            return replace(plain, limit=late_s, end=1, ahead_s=rule.within_min * SECONDS_PER_MINUTE)
        case told.IdleRule():
            return replace(plain, limit=rule.after_min * SECONDS_PER_MINUTE, end=1, for_s=0)
        case told.DeviceRule():
            return replace(plain, for_s=rule.after_min * SECONDS_PER_MINUTE)
        case told.PaperRule():
            return plain
        case told.ComplaintRule():
            only = {"state": frozenset({"overdue"})} if rule.overdue_only else {}
            return replace(plain, limit=rule.limit, end=rule.limit, only=only)
        case _:
            assert_never(rule)


def _of_role(settings: Settings, role: str) -> frozenset[str]:
    return frozenset(officer.id for officer in settings.officers if officer.role == role)


def _complaints(complaints: Complaints, kept: dt.timedelta) -> ComplaintRules:
    return ComplaintRules(
        verify_days=complaints.verify_days,
        answer_days=complaints.answer_days.model_dump(),
        close_days=complaints.close_days,
        purge_after=kept,
        contacts=frozenset(complaints.contacts),
    )


def _moment(text: str | None, zone: dt.tzinfo, *, ends: bool = False) -> dt.datetime | None:
    if text is None:
        return None
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=zone)
    is_day = " " not in text
    return moment + dt.timedelta(days=1) if ends and is_day else moment


def _seconds(minutes: float) -> int:
    return round(minutes * SECONDS_PER_MINUTE)


def _some(ids: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if ids is None else frozenset(ids)


def _hours(hours: config.Hours | None) -> Hours | None:
    return None if hours is None or not hours.enforced else _posted(hours)


def _posted(hours: config.Hours) -> Hours:
    return Hours(dict(enumerate(hours.weekly)), hours.dates)


def _lane(lane: config.Lane, no_show_after_s: int) -> Lane:
    return Lane(
        id=lane.id,
        letter=lane.letter,
        promised_s=_seconds(lane.promised_wait_min),
        quota=lane.daily_quota,
        max_wait_s=None if lane.max_wait_min is None else _seconds(lane.max_wait_min),
        step_free=lane.step_free,
        no_show_after_s=no_show_after_s if lane.no_show_after_s is None else lane.no_show_after_s,
        hours=_hours(lane.hours),
    )


def _counter(counter: config.Counter) -> Counter:
    return Counter(
        id=counter.id,
        label=counter.label,
        stages=counter.stages,
        services=_some(counter.services),
        lanes=_some(counter.lanes),
        step_free=counter.step_free,
        prefers=counter.prefers,
        borrows=counter.borrows,
    )


def _policy(dispatch: config.Dispatch) -> Policy:
    match dispatch:
        case config.PromiseDispatch():
            return Promise()
        case config.HeadStartDispatch():
            return HeadStart({lane: minutes * SECONDS_PER_MINUTE for lane, minutes in dispatch.credit_min.items()})
        case config.RatioDispatch():
            return Ratio(dispatch.pattern)
        case config.StrictDispatch():
            return Strict(dispatch.order)
        case config.FifoDispatch():
            return Fifo()
        case _:
            assert_never(dispatch)
