"""Plots of a report: what is drawn, the same as a table, and the drawing itself, made without a network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import get_decimal_symbol, get_group_symbol

from broker.language import mark
from broker.reports.figures import FIGURES, Dimension, Figure, History, Report, report
from broker.reports.query import Query
from broker.reports.sheet import ReportWording

HEAT: tuple[Dimension, ...] = ("weekday", "half_hour")
A_WEEK, A_QUARTER, A_YEAR = 7, 92, 400
"""Days of which the halves of an hour are compared; up to which days are drawn one by one; and weeks."""
_BLUE, _GREEN, _AMBER = "#0072B2", "#009E73", "#D55E00"
_INK, _GRID = "#10202e", "#c9d2da"
"""Marks of what the page colours itself, so that they are seen by day and by night."""
_WIDTH = 860
_TURNED_FROM = 12
"""With so many names below a plot each stands on its end."""
_BY_ID: Mapping[str, Figure] = {one.id: one for one in FIGURES}
_ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_TIMES: frozenset[str] = frozenset({"day", "week", "month", "quarter", "half_hour"})


@dataclass(frozen=True, slots=True)
class Plot:
    """One drawing, and the same as a table."""

    id: str
    title: str
    says: str
    """What it shows, for those who do not see it."""
    spec: Mapping[str, Any]
    """Vega-Lite."""
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


MOST_DRAWN = 200
"""So many rows are drawn one by one; of more nobody sees one, and to draw them takes seconds."""


def plots_of(
    history: History, query: Query, wording: ReportWording, order: Mapping[Dimension, Sequence[str]]
) -> tuple[Plot, ...]:
    """Return what is drawn of a question: how many came and how long they waited, and when in the week."""
    words = wording.words
    told = _told_by(history, query, order, wording)
    plots = []
    if told.rows:
        title = wording.dimension(told.question.by[0])
        plots = [
            _counts(told, wording, words.say("Arrivals and served visitors: {by}", by=title)),
            _bands(told, wording, words.say("Waits: {by}", by=title)),
        ]
    if query.days >= A_WEEK and not {"weekday", "half_hour"} & query.only.keys():
        asked = Query(query.first, query.last, query.period, HEAT, query.only)
        heat = report(history, asked.question, figures=[_BY_ID["arrivals"], _BY_ID["wait_p90"]])
        if heat.rows:
            plots += [
                _heat(heat, wording, "arrivals", words.say("Arrivals by weekday and half hour"), _BLUE),
                _heat(heat, wording, "wait_p90", words.say("Wait of nine in ten by weekday and half hour"), _AMBER),
            ]
    return tuple(plots)


def _told_by(
    history: History, query: Query, order: Mapping[Dimension, Sequence[str]], wording: ReportWording
) -> Report:
    """Return the report that curves are drawn of: as it is divided, else by what is neither too fine nor too coarse."""
    if len(query.by) == 1 and len(wording.report.rows) <= MOST_DRAWN:
        return wording.report
    by: Dimension = "half_hour" if query.days == 1 else "day" if query.days <= A_QUARTER else "week"
    if query.days > A_YEAR:
        by = "month"
    figures = [_BY_ID[one] for one in ("arrivals", "served", "wait_median", "wait_p90")]
    asked = Query(query.first, query.last, query.period, (by,), query.only)
    return report(history, asked.question, figures=figures, order=order)


def _labels(told: Report, wording: ReportWording) -> list[str]:
    return [wording.short(told.question.by[0], row.key[0]) for row in told.rows]


def _counts(told: Report, wording: ReportWording, title: str) -> Plot:
    """Return how many came and were served, in each row."""
    shown = [one for one in ("arrivals", "served") if told.question.by[0] in _BY_ID[one].dimensions]
    names = {one: wording.words.say(_BY_ID[one].name) for one in shown}
    labels = _labels(told, wording)
    values = [
        {"label": label, "place": place, "figure": names[one], "value": _plain(row.values[one].value)}
        for place, (label, row) in enumerate(zip(labels, told.rows, strict=True))
        for one in shown
    ]
    is_curve = told.question.by[0] in _TIMES
    colour = {
        "field": "figure",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(names.values()), "range": [_BLUE, _GREEN]},
        "legend": {"orient": "top"},
    }
    spec = {
        "mark": {"type": "line", "point": True, "strokeWidth": 2} if is_curve else {"type": "bar"},
        "encoding": {
            "x": _along(labels),
            "y": {"field": "value", "type": "quantitative", "title": None, "axis": {"format": ",d", "tickMinStep": 1}},
            "color": colour,
            **({} if is_curve else {"xOffset": {"field": "figure", "sort": None}}),
            **({"strokeDash": {"field": "figure", "legend": None, "sort": None}} if is_curve else {}),
        },
    }
    rows = [
        (wording.label(told.question.by[0], row.key[0]), *(wording.said(row.values[one]).value for one in shown))
        for row in told.rows
    ]
    heads = (wording.dimension(told.question.by[0]), *names.values())
    return Plot(
        "counts",
        title,
        wording.words.say("How many came, and how many were served."),
        _whole(spec, values),
        heads,
        tuple(rows),
    )


def _bands(told: Report, wording: ReportWording, title: str) -> Plot:
    """Return between which waits half of all and nine of ten were called, in each row."""
    labels = _labels(told, wording)
    values = [
        {
            "label": label,
            "place": place,
            "median": _plain(row.values["wait_median"].value),
            "most": _plain(row.values["wait_p90"].value),
        }
        for place, (label, row) in enumerate(zip(labels, told.rows, strict=True))
    ]
    unit = wording.words.say(mark("min"))
    y = {"field": "most", "type": "quantitative", "title": unit}
    x = _along(labels)
    if told.question.by[0] in _TIMES:
        layers: list[dict[str, Any]] = [
            {
                "mark": {"type": "area", "opacity": 0.3, "color": _AMBER},
                "encoding": {"x": x, "y": y, "y2": {"field": "median"}},
            },
            {
                "mark": {"type": "line", "color": _AMBER, "strokeDash": [5, 3], "point": {"color": _AMBER}},
                "encoding": {"x": x, "y": y},
            },
        ]
    else:
        layers = [
            {
                "mark": {"type": "bar", "opacity": 0.4, "color": _AMBER},
                "encoding": {"x": x, "y": y, "y2": {"field": "median"}},
            }
        ]
    median = {"field": "median", "type": "quantitative", "title": unit}
    solid = {"type": "line", "strokeWidth": 3, "point": {"color": _AMBER}, "color": _AMBER}
    layers.append(
        {
            "mark": solid if told.question.by[0] in _TIMES else {"type": "tick", "thickness": 4, "color": _AMBER},
            "encoding": {"x": x, "y": median},
        }
    )
    heads = (
        wording.dimension(told.question.by[0]),
        wording.column(_BY_ID["wait_median"]),
        wording.column(_BY_ID["wait_p90"]),
        "n",
    )
    rows = tuple(
        (
            wording.label(told.question.by[0], row.key[0]),
            wording.said(row.values["wait_median"]).value,
            wording.said(row.values["wait_p90"]).value,
            wording.said(row.values["wait_p90"]).n,
        )
        for row in told.rows
    )
    says = wording.words.say(
        "The lower line is the wait that half of all do not exceed, the upper one that of nine in ten."
    )
    return Plot("waits", title, says, _whole({"layer": layers}, values), heads, rows)


def _heat(told: Report, wording: ReportWording, figure: str, title: str, colour: str) -> Plot:
    """Return a figure by weekday and half hour: the stronger the colour, the more."""
    times = sorted({row.key[1] for row in told.rows if row.values[figure].n})
    if times:  # what lies between is drawn too, so that an hour is as wide everywhere
        times = [f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48)]
        used = [row.key[1] for row in told.rows if row.values[figure].n]
        times = [one for one in times if min(used) <= one <= max(used)]
    days = [str(n) for n in range(1, 8)]
    found = {row.key: row.values[figure] for row in told.rows}
    values = [
        {
            "x": wording.short("half_hour", time),
            "y": wording.label("weekday", day),
            "value": _plain(found[day, time].value) if (day, time) in found else None,
        }
        for day in days
        for time in times
    ]
    spec = {
        "height": {"step": 30},
        "mark": {"type": "rect", "color": colour, "stroke": colour, "strokeOpacity": 0.25},
        "encoding": {
            "x": {"field": "x", "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": -90}},
            "y": {"field": "y", "type": "ordinal", "sort": None, "title": None},
            "fillOpacity": {
                "field": "value",
                "type": "quantitative",
                "scale": {"range": [0.06, 1], "zero": True},
                "title": wording.column(_BY_ID[figure]),
                "legend": {"orient": "top", "symbolType": "square", "symbolFillColor": colour, "symbolStrokeWidth": 0},
            },
        },
    }
    heads = (wording.dimension("half_hour"), *(wording.label("weekday", day) for day in days))
    rows = tuple(
        (
            wording.label("half_hour", time),
            *(wording.said(found[day, time]).value if (day, time) in found else "-" for day in days),
        )
        for time in times
    )
    says = wording.words.say("The stronger the colour, the more. Rows are weekdays, columns half hours.")
    return Plot(f"heat-{figure}", title, says, _whole(spec, values), heads, rows)


def _along(labels: Sequence[str]) -> dict[str, Any]:
    """Return the axis below a plot: each row has its place, also where two are called the same."""
    is_many = len(labels) > _TURNED_FROM
    axis = {
        "labelAngle": -90 if is_many else 0,
        "labelExpr": f"{_listed(labels)}[datum.value]",
        "labelOverlap": "greedy" if is_many else False,
        "labelLimit": 150,
    }
    return {"field": "place", "type": "ordinal", "title": None, "axis": axis}


def _listed(labels: Sequence[str]) -> str:
    """Return texts as a list of Vega's expressions."""
    quoted = (one.replace("\\", "\\\\").replace("'", "\\'") for one in labels)
    return "[" + ",".join(f"'{one}'" for one in quoted) + "]"


def _whole(spec: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": 220,
        "background": None,
        "data": {"values": list(values)},
        "config": {
            "aria": False,
            "font": "Noto Sans",
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 13,
                "titleFontSize": 13,
                "labelColor": _INK,
                "titleColor": _INK,
                "titleFontWeight": "normal",
                "gridColor": _GRID,
                "domainColor": _GRID,
                "tickColor": _GRID,
            },
            "axisX": {"grid": False},
            "legend": {"labelFontSize": 13, "titleFontSize": 13, "labelColor": _INK, "titleColor": _INK},
        },
        **spec,
    }


def _plain(value: Decimal | int | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value


def svg_of(plot: Plot, language: str) -> str:
    """Return the drawing: SVG with numbers as the language writes them. The first takes half a second, others 50 ms."""
    import vl_convert  # noqa: PLC0415 - 60 MB that only drawing needs

    _fonts()
    numbers = {
        "decimal": get_decimal_symbol(language),
        "thousands": get_group_symbol(language),
        "grouping": [3],
        "currency": ["", ""],
    }
    drawn: str = vl_convert.vegalite_to_svg(dict(plot.spec), format_locale=numbers, allowed_base_urls=[])
    return _ROLES.sub(
        "", drawn
    )  # it names hundreds of parts and says nothing of them: the whole has a name, and a table


@lru_cache(maxsize=1)
def _fonts() -> None:
    """Let the drawing measure its words by the letters that come with us."""
    from pathlib import Path  # noqa: PLC0415

    import vl_convert  # noqa: PLC0415

    from hardware.typesetting.fonts import plain  # noqa: PLC0415

    vl_convert.register_font_directory(str(Path(plain().regular).parent))
