"""What the office publishes of its waits: the last closed day and its month, the promise beside the truth. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from broker.contract import messages as ms
from broker.domain.model import Office
from broker.reports.facts import DayFacts
from broker.reports.figures import FIGURES, Dimension, History, Question, ReportRow, report

FEWEST = 10
"""Fewer waits say more about whoever waited than about the office."""
_WANTED = tuple(one for one in FIGURES if one.id in {"served", "wait_median", "wait_p90", "within_promise"})


def results_shape(days: Sequence[DayFacts], office: Office, now: dt.datetime) -> ms.ResultsMessage:
    """Return what is published of closed days, the last of which is yesterday or the last one that was worked."""
    last = days[-1].day
    begin = last.replace(day=1)
    history = History(office.zone, now, tuple(days), closed=frozenset(one.day for one in days))
    asked = {one: _asked(history, one, begin, last) for one in ("lane", "service")}
    (day, month), *_ = _asked(history, None, begin, last).values()
    return ms.ResultsMessage(
        at=now.astimezone(office.zone),
        day=last,
        begin=begin,
        total=ms.PublishedRow(id="", day=day, month=month),
        lanes=tuple(
            ms.PublishedRow(id=lane.id, promised_s=lane.promised_s, day=day, month=month)
            for lane in office.lanes.values()
            for day, month in [asked["lane"].get(lane.id, (None, None))]
        ),
        services=tuple(
            ms.PublishedRow(id=service, day=day, month=month)
            for service in office.services
            for day, month in [asked["service"].get(service, (None, None))]
        ),
    )


def fitting_results(told: ms.ResultsMessage) -> bytes:
    """Return the message as it goes over the wire; where a large office has no room in it, lanes alone are told."""
    said = told.model_dump_json().encode()
    if len(said) <= ms.MAX_PAYLOAD_BYTES:
        return said
    return told.model_copy(update={"services": ()}).model_dump_json().encode()


Pair = tuple[ms.PublishedWaits | None, ms.PublishedWaits | None]


def _asked(history: History, by: Dimension | None, begin: dt.date, last: dt.date) -> dict[str, Pair]:
    """Return day and month by what they are divided by, or under nothing."""
    found: list[dict[str, ms.PublishedWaits | None]] = []
    for first in (last, begin):
        told = report(history, Question(first, last, () if by is None else (by,)), figures=_WANTED)
        rows = [told.total] if by is None else told.rows
        found.append({"".join(row.key): _waits(row) for row in rows})
    day, month = found
    return {one: (day.get(one), month.get(one)) for one in month}


def _waits(row: ReportRow) -> ms.PublishedWaits | None:
    within, median, most = (row.values[one] for one in ("within_promise", "wait_median", "wait_p90"))
    if within.n < FEWEST or within.value is None or median.value is None or most.value is None:
        return None
    return ms.PublishedWaits(
        n=within.n,
        within=float(within.value),
        median_min=float(median.value),
        most_min=float(most.value),
        served=row.values["served"].n,
    )
