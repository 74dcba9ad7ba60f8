"""Today for a board: how it went until now, and what happened to one ticket. Figures are those of reports (`figures`).

A point of the course is the report of the day as it would have been at that moment, so that the curve and a report of
today never differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from broker.domain import events as ev
from broker.domain.vocabulary import EVENT_NAMES
from broker.ports import Line
from broker.reports.facts import DayFacts, moment
from broker.reports.figures import FIGURES, Figure, History, Question, report

STEP = dt.timedelta(minutes=15)
SHOWN = ("arrivals", "served", "still_waiting", "wait_median", "wait_p90", "wait_longest", "within_promise")
"""The figures of a board."""
_CURVES = SHOWN[:3]


def today_of(zone: dt.tzinfo, now: dt.datetime, course: Sequence[DayFacts]) -> Mapping[str, Any]:
    """Return today's figures, with the n of each, and their course; nothing of a day on which nothing has happened."""
    if not course or course[-1].day != now.astimezone(zone).date():
        return {"as_of": now.isoformat(), "figures": {}, "points": []}
    chosen = [one for one in FIGURES if one.id in SHOWN]
    figures = _figures(zone, now, course[-1], chosen)
    curves = [one for one in chosen if one.id in _CURVES]
    points = [
        [
            moment(facts.until_us).astimezone(zone).isoformat(),
            *(values[name][0] for name in _CURVES),
        ]
        for facts in course
        for values in (_figures(zone, moment(facts.until_us), facts, curves),)
    ]
    return {"as_of": now.isoformat(), "figures": figures, "points": points}


def _figures(zone: dt.tzinfo, now: dt.datetime, facts: DayFacts, figures: Sequence[Figure]) -> dict[str, list[Any]]:
    told = report(History(zone, now, (facts,)), Question(facts.day, facts.day), figures=figures)
    return {
        name: [None if value.value is None else float(value.value), value.n]
        for name, value in told.total.values.items()
    }


def history_of(lines: Iterable[Line], zone: dt.tzinfo) -> list[Mapping[str, Any]]:
    """Return what happened to a ticket, with the reason of each call; what officers noted is not in it."""
    found, stage = list[Mapping[str, Any]](), None
    for line in lines:
        event = line.event
        stage = getattr(event, "stage", None) or stage
        told: dict[str, Any] = {
            "at": (getattr(event, "arrived_at", None) or event.at).astimezone(zone).isoformat(),
            "type": EVENT_NAMES[type(event)],
            "stage": stage,
            "counter": getattr(event, "counter", None),
            "by": getattr(event, "by", None),
            "said": getattr(event, "reason", None) if not isinstance(event, ev.Called) else None,
            "why": _why(event) if isinstance(event, ev.Called) else None,
        }
        if isinstance(event, ev.Issued):
            told |= {"number": event.number, "day": event.day.isoformat(), "service": event.service, "lane": event.lane}
        found.append(told)
        stage = getattr(event, "next_stage", None) or stage
    return found


def _why(call: ev.Called) -> Mapping[str, Any]:
    reason = call.reason
    return {
        "policy": reason.policy,
        "score": reason.score,
        "waited_s": reason.waited_s,
        "promised_s": reason.promised_s,
        "passed_over": [[number, score] for number, score in reason.passed_over],
    }
