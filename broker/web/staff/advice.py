"""Advice for days to come: who will come, which counters are worth opening, and what a plan of one's own would do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from broker.language import Phrases, mark
from broker.reports.advice import (
    LONGEST_MIN,
    PACKAGE,
    POLICY_NAMES,
    ActsTold,
    AdviceQuestion,
    BandTold,
    DayTold,
    ForecastTold,
    PlanAsked,
    PlansTold,
    PlanTold,
    act_in_words,
    always_unknown,
    band_in_words,
    clock,
    half_hours_of,
    hits_in_words,
    percent,
    refused_in_words,
    span_in_words,
    span_text,
    unknown_in_words,
)
from broker.web.asking import UNFINISHED
from broker.web.page import in_language
from broker.web.staff.advisor import Advisor, Answer
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.frame import Entry, Frame, Link, SaidPage
from broker.web.visitor.writing import Notice, Option

HOME = "/staff/advice"
AGAIN_S = 2
MOST_CELLS = 50
"""Counters by parts of the day that fit one form twice; of a larger office one plan is asked for."""
PLANS = ("a", "b")
LEAST_SHOWN = 0.05
STEP = 5
TIMES_LOW, TIMES_HIGH = 50, 200
PROMISE_HIGH = 240
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HALF = 24
_POLICIES = tuple(POLICY_NAMES)

# -- pictures -------------------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 760, 250
LEFT, RIGHT, TOP, BOTTOM = 44, 34, 14, 30


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a picture, or a place on its edge, with what is written there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a picture: pieces without a gap."""

    kind: str
    label: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright part of a band."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn over the half hours of a day; its table says the same."""

    label: str
    across: tuple[Mark, ...]
    along: tuple[Mark, ...]
    curves: tuple[Curve, ...]
    boxes: tuple[Box, ...] = ()
    band: str = ""
    """What the boxes are."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


class _Paper:
    """Where half hours and values lie."""

    def __init__(self, half_hours: Sequence[int], most: float) -> None:
        self.first, self.last = min(half_hours), max(half_hours) + 1
        self.most = most

    def x(self, half_hour: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (half_hour - self.first) / (self.last - self.first), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value, self.most) / self.most, 1)

    def along(self, p: Phrases) -> tuple[Mark, ...]:
        every = 2 if self.last - self.first <= _HALF else 4
        hours = range(self.first + self.first % 2, self.last + 1, every)
        return tuple(Mark(self.x(one), clock(p, one)) for one in hours)

    def curve(self, kind: str, label: str, values: Mapping[int, float]) -> Curve:
        pieces: list[list[str]] = []
        before = -2
        for half_hour, value in sorted(values.items()):
            if half_hour != before + 1:
                pieces.append([])
            pieces[-1].append(f"{self.x(half_hour + 0.5)},{self.y(value)}")
            before = half_hour
        return Curve(kind, label, tuple(" ".join(one if len(one) > 1 else [*one, *one]) for one in pieces))


def forecast_picture(p: Phrases, words: Phrases, bands: Mapping[int, BandTold]) -> Picture | None:
    """Return how many are expected, with the band around."""
    if not bands:
        return None
    most = max(max(one.high or 0, one.expected) for one in bands.values())
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10_000) if most / one <= 6)  # noqa: PLR2004 - fits
    paper = _Paper(tuple(bands), step * (int(most / step) + 1))
    boxes = tuple(
        Box(
            paper.x(half_hour),
            paper.y(one.high),
            round(paper.x(half_hour + 1) - paper.x(half_hour), 1),
            round(max(2.0, paper.y(one.low) - paper.y(one.high)), 1),
        )
        for half_hour, one in bands.items()
        if one.low is not None and one.high is not None
    )
    across = tuple(Mark(paper.y(n), str(n)) for n in range(0, int(paper.most) + 1, step))
    line = paper.curve("one", p.say("expected"), {half_hour: one.expected for half_hour, one in bands.items()})
    label = p.say("Visitors expected in each half hour, with the band. The table below says the same.")
    return Picture(label, across, paper.along(words), (line,), boxes, p.say("right four times out of five"))


def waits_picture(p: Phrases, words: Phrases, plans: Sequence[tuple[str, PlanTold]], over_min: int) -> Picture | None:
    """Return who waits too long by when they come, under each plan."""
    half_hours = [half_hour for _, plan in plans for half_hour in plan.half_hours]
    if not half_hours:
        return None
    most = max(max(plan.half_hours.values(), default=0.0) for _, plan in plans)
    step = next(one for one in (5, 10, 25) if 100 * most / one <= 5 or one == 25)  # noqa: PLR2004 - fits
    paper = _Paper(half_hours, step * (int(100 * most / step) + 1))
    across = tuple(Mark(paper.y(n), percent(words, n / 100)) for n in range(0, int(paper.most) + 1, step))
    kinds = ("one", "two", "three")
    curves = tuple(
        paper.curve(kind, label, {half_hour: 100 * share for half_hour, share in plan.half_hours.items()})
        for kind, (label, plan) in zip(kinds, plans, strict=False)
    )
    label = p.say(
        "Who waits more than {minutes} min, by when they come. The table below says the same.", minutes=over_min
    )
    return Picture(label, across, paper.along(words), curves)


# -- the page -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell: a figure, and what is to be said of it."""

    text: str
    note: str = ""
    is_better: bool = False


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Rows of figures under headings."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class DayTab:
    """One day of the week to come."""

    label: str
    text: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class ForecastPart:
    """Who will come on the chosen day."""

    title: str
    lead: str
    picture: Picture | None
    of: tuple[Link, ...]
    """Everybody, or one service."""
    table: FigureTable
    table_label: str
    hits: str
    unknown_label: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultPart:
    """What came of playing."""

    title: str
    lead: str
    advice_label: str
    advice: tuple[str, ...]
    none: str
    table: FigureTable
    picture: Picture | None
    picture_label: str
    picture_table: FigureTable
    policies: FigureTable | None
    note: str


@dataclass(frozen=True, slots=True)
class Slider:
    """A number to choose; a field with arrows where no script makes it a slider."""

    name: str
    label: str
    value: int
    low: int
    high: int
    step: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PlanForm:
    """One plan to fill in."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Slider, ...]], ...]
    counters_label: str
    policy: tuple[Option, ...]
    policy_label: str
    promises: tuple[Slider, ...]


@dataclass(frozen=True, slots=True)
class AskForm:
    """What a supervisor can try."""

    title: str
    lead: str
    day: str
    common: tuple[Slider, ...]
    plans: tuple[PlanForm, ...]
    search: Option
    send: str


@dataclass(frozen=True, slots=True)
class ProgressPart:
    """How far it is."""

    text: str
    done: int
    of: int
    id: str
    cancel: str
    again: Link


@dataclass(frozen=True, slots=True)
class AdvicePage:
    """Advice."""

    title: str
    frame: Frame
    lead: str
    days_label: str
    days: tuple[DayTab, ...]
    forecast: ForecastPart | None
    result: ResultPart | None
    form: AskForm | None
    progress: ProgressPart | None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called."""

    services: Mapping[str, str]
    stages: Mapping[str, str]
    lanes: Mapping[str, str]
    counters: Mapping[str, str]


class _Say:
    """The page in words."""

    def __init__(self, p: Phrases, names: Names) -> None:
        self.p = p
        self.words = Phrases(PACKAGE, p.worded_in)
        self.names = names

    # -- forecast -------------------------------------------------------------------------------------------------

    def days(self, told: ForecastTold) -> tuple[DayTab, ...]:
        """Return the days to come; those without work lead nowhere."""
        return tuple(
            DayTab(
                self.p.day(day.day),
                band_in_words(self.words, day.total) if day.is_working else self.p.say("office closed"),
                f"{HOME}?day={day.day}" if day.is_working else "",
                day.day == told.chosen,
            )
            for day in told.days
        )

    def forecast(self, told: ForecastTold, service: str) -> ForecastPart | None:
        """Return who will come on the chosen day."""
        p = self.p
        day = next((one for one in told.days if one.day == told.chosen), None)
        if day is None:
            return None
        chosen = service if service in day.cells else ""
        bands = day.cells[chosen] if chosen else day.half_hours
        links = [Link(f"{HOME}?day={day.day}", p.say("Everybody"), is_here=not chosen)]
        links += [
            Link(f"{HOME}?day={day.day}&service={one}", self.names.services.get(one, one), is_here=one == chosen)
            for one in day.services
        ]
        return ForecastPart(
            title=p.say("Visitors on {day}", day=p.day(day.day)),
            lead=p.say(
                "{n} visitors are expected. It is made from {days} days that are over.",
                n=band_in_words(self.words, day.total),
                days=told.known_days,
            ),
            picture=forecast_picture(p, self.words, bands),
            of=tuple(links) if len(links) > 2 else (),  # noqa: PLR2004 - one service is everybody
            table=self._forecast_table(day),
            table_label=p.say("The same as a table, by service"),
            hits=hits_in_words(self.words, told.hits),
            unknown_label=p.say("What is not known"),
            unknown=(
                *unknown_in_words(self.words, told.unknown, services=self.names.services, stages=self.names.stages),
                *always_unknown(self.words),
            ),
        )

    def _forecast_table(self, day: DayTold) -> FigureTable:
        p, services = self.p, tuple(day.services)
        rows = [
            (
                clock(self.words, half_hour),
                (Cell(band_in_words(self.words, band)), *(self._cell(day, one, half_hour) for one in services)),
            )
            for half_hour, band in day.half_hours.items()
        ]
        whole = (
            Cell(band_in_words(self.words, day.total)),
            *(Cell(band_in_words(self.words, day.services[one])) for one in services),
        )
        heads = (p.say("From"), p.say("Everybody"), *(self.names.services.get(one, one) for one in services))
        return FigureTable(p.say("Visitors, with the band"), heads, (*rows, (p.say("Whole day"), whole)))

    def _cell(self, day: DayTold, service: str, half_hour: int) -> Cell:
        band = day.cells.get(service, {}).get(half_hour)
        return Cell("0" if band is None else band_in_words(self.words, band))

    # -- what came of it ------------------------------------------------------------------------------------------

    def result(self, plans: PlansTold, acts: ActsTold | None) -> ResultPart:
        """Return what came of playing a day."""
        p = self.p
        labelled = [(self._plan_name(plan), plan) for plan in plans.plans]
        none = ""
        if acts is not None and not acts.tried:
            none = p.say("Every counter is usually open all day: there is none more to open.")
        elif acts is not None and not acts.acts:
            none = p.say("No counter more would make a difference that is larger than chance.")
        return ResultPart(
            title=p.say("What would help on {day}", day=p.day(plans.day)),
            lead=p.say(
                "The day was played {days} times with {n} visitors on average, the same for every plan.",
                days=plans.days,
                n=round(plans.visitors),
            ),
            advice_label=p.say("Advice, what helps most first"),
            advice=tuple(
                act_in_words(self.words, act, plans.over_min, self.names.counters)
                for act in (() if acts is None else acts.acts)
            ),
            none=none,
            table=self._plan_table(p.say("Plans side by side"), labelled, plans.over_min),
            picture=waits_picture(p, self.words, labelled, plans.over_min),
            picture_label=p.say("The same as a table"),
            picture_table=self._waits_table(labelled),
            policies=self._policies(plans, acts),
            note=p.say(
                "A wait is the longest one of a visitor, from taking a number or from the stage before to a call."
            ),
        )

    def _plan_name(self, plan: PlanTold) -> str:
        p = self.p
        names = {"usual": p.say("As usual"), "a": p.say("Plan A"), "b": p.say("Plan B")}
        return names.get(plan.name) or self.words.say(POLICY_NAMES[plan.policy])

    def _policies(self, plans: PlansTold, acts: ActsTold | None) -> FigureTable | None:
        if acts is None or not acts.policies:
            return None
        usual = plans.plans[0]
        now = self.words.say(POLICY_NAMES[usual.policy])
        labelled = [(self.p.say("{policy} (now)", policy=now), usual)]
        labelled += [(self._plan_name(plan), plan) for plan in acts.policies]
        return self._plan_table(self.p.say("Whose turn it is: the other policies"), labelled, plans.over_min)

    def _plan_table(self, caption: str, plans: Sequence[tuple[str, PlanTold]], over_min: int) -> FigureTable:
        p = self.p
        rows = [
            (
                p.say("Wait more than {minutes} min", minutes=over_min),
                tuple(self._over(plan, is_first=not place) for place, (_, plan) in enumerate(plans)),
            ),
            (p.say("Half wait up to"), tuple(Cell(self._minutes(plan.p50_min)) for _, plan in plans)),
            (p.say("19 of 20 wait up to"), tuple(Cell(self._minutes(plan.p95_min)) for _, plan in plans)),
        ]
        rows += [
            (
                p.say("Within the promise: {lane}", lane=self.names.lanes.get(lane, lane)),
                tuple(
                    Cell(percent(self.words, plan.lanes[lane].within), self._minutes(plan.lanes[lane].promised_min))
                    for _, plan in plans
                ),
            )
            for lane in plans[0][1].lanes
        ]
        rows.append((p.say("Counters are busy"), tuple(Cell(percent(self.words, plan.busy)) for _, plan in plans)))
        rows.append((p.say("Hours at counters"), tuple(Cell(self._decimal(plan.counter_hours)) for _, plan in plans)))
        for label, figures in (
            (p.say("Not served that day"), [plan.left for _, plan in plans]),
            (p.say("Got no number"), [plan.refused for _, plan in plans]),
        ):
            if any(figure >= LEAST_SHOWN for figure in figures):
                rows.append((label, tuple(Cell(self._decimal(figure)) for figure in figures)))
        return FigureTable(caption, ("", *(label for label, _ in plans)), tuple(rows))

    def _over(self, plan: PlanTold, *, is_first: bool) -> Cell:
        p, note = self.p, ""
        is_sure = abs(plan.gain) > plan.noise
        if not is_first:
            points = self._decimal(abs(plan.gain) * 100)
            if not is_sure:
                note = p.say("no more than chance")
            elif plan.gain > 0:
                note = p.say("{points} points fewer", points=points)
            else:
                note = p.say("{points} points more", points=points)
        return Cell(percent(self.words, plan.over), note, is_better=is_sure and plan.gain > 0)

    def _waits_table(self, plans: Sequence[tuple[str, PlanTold]]) -> FigureTable:
        half_hours = sorted({half_hour for _, plan in plans for half_hour in plan.half_hours})
        rows = tuple(
            (
                clock(self.words, half_hour),
                tuple(Cell(percent(self.words, plan.half_hours.get(half_hour, 0.0))) for _, plan in plans),
            )
            for half_hour in half_hours
        )
        heads = (self.p.say("Who comes from"), *(label for label, _ in plans))
        return FigureTable(self.p.say("Who waits too long"), heads, rows)

    def _minutes(self, minutes: float) -> str:
        return self.p.say("{n} min", n=round(minutes))

    def _decimal(self, n: float) -> str:
        text = f"{n:.1f}".removesuffix(".0")
        return text.replace(".", ",") if self.p.worded_in == "id" else text

    # -- what can be tried ----------------------------------------------------------------------------------------

    def form(self, told: ForecastTold, asked: AdviceQuestion) -> AskForm | None:
        """Return what can be tried for the chosen day, as it was tried last."""
        p = self.p
        if told.chosen is None:
            return None
        names = PLANS if len(told.alike) * len(told.blocks) <= MOST_CELLS else PLANS[:1]
        plans = dict(zip(PLANS, asked.plans, strict=False))
        return AskForm(
            title=p.say("Try it out: {day}", day=p.day(told.chosen)),
            lead=p.say("Two plans beside the usual day. What you leave as it is stays as usual."),
            day=told.chosen.isoformat(),
            common=(
                Slider("over", p.say("Too long is more than"), asked.over_min, STEP, LONGEST_MIN, STEP, p.say("min")),
                Slider(
                    "times",
                    p.say("Visitors, against the forecast"),
                    round(100 * asked.times),
                    TIMES_LOW,
                    TIMES_HIGH,
                    STEP,
                    "%",
                ),
            ),
            plans=tuple(self._plan_form(name, told, plans.get(name, PlanAsked())) for name in names),
            search=Option("search", p.say("Also look for what would help most"), is_chosen=asked.does != "plans"),
            send=p.say("Play the day"),
        )

    def _plan_form(self, name: str, told: ForecastTold, plan: PlanAsked) -> PlanForm:
        p = self.p
        roster = told.usual if plan.roster is None else plan.roster
        rows = []
        for place, group in enumerate(told.alike):
            labels = ", ".join(self.names.counters.get(one, one) for one in group)
            row = p.count("Counter {counters}", "Counters {counters}", len(group), counters=labels)
            cells = tuple(
                Slider(
                    f"{name}-{place}-{column}",
                    p.say("{counters}, {span}", counters=row, span=span_in_words(self.words, block)),
                    sum(is_open_in(roster.get(one, ()), block) for one in group),
                    0,
                    len(group),
                    1,
                )
                for column, block in enumerate(told.blocks)
            )
            rows.append((row, cells))
        policy = plan.policy or told.policy
        return PlanForm(
            name=name,
            title=p.say("Plan A") if name == "a" else p.say("Plan B"),
            heads=(p.say("Open counters"), *(span_in_words(self.words, block) for block in told.blocks)),
            rows=tuple(rows),
            counters_label=p.say("Open counters by part of the day"),
            policy=tuple(Option(one, self.words.say(POLICY_NAMES[one]), is_chosen=one == policy) for one in _POLICIES),
            policy_label=p.say("Whose turn it is"),
            promises=tuple(
                Slider(
                    f"{name}-promise-{place}",
                    p.say("Promise of the lane: {lane}", lane=self.names.lanes.get(lane, lane)),
                    plan.promised_min.get(lane, minutes),
                    1,
                    max(PROMISE_HIGH, minutes),
                    1,
                    p.say("min"),
                )
                for place, (lane, minutes) in enumerate(told.promised_min.items())
            ),
        )

    def progress(self, one: Answer, url: str) -> ProgressPart:
        """Return how far it is."""
        p, told = self.p, one.progress
        texts = {
            None: p.say("Begins."),
            "reading": p.say("The days that are over are being read."),
            "playing": p.say("The day is being played."),
            "searching": p.say("What would help is being looked for."),
        }
        return ProgressPart(
            text=texts[None if told is None else told.step],
            done=0 if told is None else told.done,
            of=1 if told is None else told.of,
            id=one.id,
            cancel=p.say("Cancel"),
            again=Link(url, p.say("Look now")),
        )


# -- what a form says -----------------------------------------------------------------------------------------------


def is_open_in(spans: Sequence[str], block: str) -> bool:
    """Tell whether a counter is open for half of a part of the day at least."""
    begin, end = half_hours_of(block)
    opened = {half for span in spans for half in range(*half_hours_of(span))}
    return 2 * len(opened & set(range(begin, end))) >= end - begin


def plan_of(fields: Mapping[str, str], name: str, told: ForecastTold) -> PlanAsked:
    """Return the plan that a form says; what is as usual is left out. Raises ValueError."""
    opened = {
        counter: {half for span in spans for half in range(*half_hours_of(span))}
        for counter, spans in told.usual.items()
    }
    is_usual = True
    for place, group in enumerate(told.alike):
        for column, block in enumerate(told.blocks):
            before = [one for one in group if is_open_in(told.usual.get(one, ()), block)]
            wanted = _number(fields, f"{name}-{place}-{column}", len(before), 0, len(group))
            if wanted == len(before):
                continue
            is_usual = False
            chosen = [*before, *(one for one in group if one not in before)][:wanted]
            halves = set(range(*half_hours_of(block)))
            for one in group:
                mine = opened.setdefault(one, set())
                opened[one] = mine | halves if one in chosen else mine - halves
    promised = {
        lane: _number(fields, f"{name}-promise-{place}", minutes, 1, 480)
        for place, (lane, minutes) in enumerate(told.promised_min.items())
    }
    policy = fields.get(f"{name}-policy", told.policy)
    return PlanAsked.model_validate(
        {
            "roster": None if is_usual else {one: _spans(halves) for one, halves in opened.items()},
            "policy": None if policy == told.policy else policy,
            "promised_min": {lane: n for lane, n in promised.items() if n != told.promised_min[lane]},
        }
    )


def question_of(fields: Mapping[str, str], told: ForecastTold) -> AdviceQuestion:
    """Return what a form asks. Raises ValueError."""
    plans = [plan_of(fields, name, told) for name in PLANS]
    while plans and plans[-1] == PlanAsked():  # a plan B alone stays the second one
        plans.pop()
    return AdviceQuestion(
        day=told.chosen,
        over_min=_number(fields, "over", 30, 1, LONGEST_MIN),
        times=_number(fields, "times", 100, TIMES_LOW, TIMES_HIGH) / 100,
        plans=tuple(plans),
        does="search" if fields.get("search") else "plans",
    )


def _number(fields: Mapping[str, str], name: str, usual: int, low: int, high: int) -> int:
    text = fields.get(name, "").strip()
    if not text:
        return usual
    if not re.fullmatch(r"[0-9]{1,4}", text) or not low <= int(text) <= high:
        raise ValueError(name)
    return int(text)


def _spans(halves: set[int]) -> list[str]:
    spans: list[list[int]] = []
    for half in sorted(halves):
        if spans and spans[-1][1] == half:
            spans[-1][1] += 1
        else:
            spans.append([half, half + 1])
    return [span_text(begin, end) for begin, end in spans]


# -- what is asked --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AdvicePages:
    """What is asked for advice."""

    advisor: Advisor | None = None

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (
                Page(HOME, self.forecast, "advice"),
                Page(HOME, self.asked, "advice", "POST"),
                Page(f"{HOME}/cancel", self.cancelled, "advice", "POST"),
                Page(f"{HOME}/{{answer}}", self.answered, "advice"),
            ),
            (Entry(HOME, mark("Advice"), "advice"),),
        )

    async def forecast(self, desk: Desk) -> Response:
        """Show who will come; the first time that is worked out, and the page comes again."""
        advisor = self._here()
        if advisor is None:
            return _elsewhere(desk)
        wanted, today = _day(desk.request.query_params.get("day", "")), _today(desk)
        one = advisor.forecast_for(wanted, today)
        if one is not None and one.forecast is None:
            advisor.forget(one)  # whoever asks once more begins anew
        one = one or await advisor.ask(AdviceQuestion(day=wanted, does="forecast")) or advisor.running
        return self._shown(desk, one, is_forecast=True)

    async def answered(self, desk: Desk) -> Response:
        """Show what is known of a question."""
        advisor = self._here()
        if advisor is None:
            return _elsewhere(desk)
        one = advisor.answer(desk.request.path_params["answer"])
        if one is None:
            return RedirectResponse(HOME, status_code=303)
        return self._shown(desk, one)

    async def asked(self, desk: Desk) -> Response:
        """Begin to play what a form says."""
        fields, advisor = await desk.form(), self._here()
        await desk.require("advice")
        if advisor is None:
            return _elsewhere(desk)
        p, base = desk.p, advisor.forecast_for(_day(fields.get("day", "")), _today(desk))
        if base is None or base.forecast is None:
            return RedirectResponse(HOME, status_code=303)
        try:
            question = question_of(fields, base.forecast)
        except (ValueError, ValidationError):
            notice = Notice(
                "error", p.say("This cannot be played."), p.say("Please look at the numbers and try again.")
            )
            return self._shown(desk, base, notice=notice, status=UNFINISHED)
        one = await advisor.ask(question)
        if one is None:
            notice = Notice(
                "away",
                p.say("Something else is being worked out."),
                p.say("Please wait until it is done, or cancel it, and send this again."),
            )
            return self._shown(desk, base, notice=notice, status=UNFINISHED)
        return RedirectResponse(f"{HOME}/{one.id}", status_code=303)

    async def cancelled(self, desk: Desk) -> Response:
        """End what is being worked out."""
        fields, advisor = await desk.form(), self._here()
        await desk.require("advice")
        one = None if advisor is None else advisor.answer(fields.get("answer", ""))
        if advisor is None or one is None:
            return RedirectResponse(HOME, status_code=303)
        await advisor.cancel(one)
        return RedirectResponse(f"{HOME}/{one.id}", status_code=303)

    def _here(self) -> Advisor | None:
        return self.advisor if self.advisor is not None and self.advisor.can_be_asked() else None

    def _shown(
        self,
        desk: Desk,
        one: Answer | None,
        *,
        is_forecast: bool = False,
        notice: Notice | None = None,
        status: int = 200,
    ) -> Response:
        p = desk.p
        say = _Say(p, _names(desk))
        told = None if one is None else one.forecast
        is_running = one is not None and one.state == "running" and not (is_forecast and told is not None)
        here = desk.request.url.path if desk.request.method == "GET" else HOME
        query = f"?{desk.request.url.query}" if desk.request.method == "GET" and desk.request.url.query else ""
        page = AdvicePage(
            title=p.say("Advice"),
            frame=desk.frame(HOME),
            lead=p.say("Who will come, and which counters are worth opening. Nothing here changes the office."),
            days_label=p.say("The week to come"),
            days=() if told is None else say.days(told),
            forecast=None if told is None else say.forecast(told, desk.request.query_params.get("service", "")),
            result=None if one is None or one.plans is None or is_forecast else say.result(one.plans, one.acts),
            form=None if told is None or is_running or one is None else say.form(told, one.question),
            progress=say.progress(one, f"{here}{query}") if is_running and one is not None else None,
            notice=notice or _notice(p, say.words, one),
        )
        answer = desk.show("staff/advice.html", page, status=status)
        if is_running:
            answer.headers["Refresh"] = str(AGAIN_S)  # while it runs there is nothing to fill in, and so to lose
        return answer


def _notice(p: Phrases, words: Phrases, one: Answer | None) -> Notice | None:
    if one is None:
        return None
    if one.refused is not None:
        return Notice("error", p.say("There is no advice."), refused_in_words(words, one.refused))
    if one.state == "cancelled":
        text = p.say("What was found before stands below.") if one.plans is not None or one.acts else ""
        return Notice("away", p.say("Cancelled."), text)
    if one.state == "failed":
        text = p.say("Please try again. If it stays so, tell technical support: the reason is in the log.")
        return Notice("error", p.say("There is no advice."), text)
    return None


def _elsewhere(desk: Desk) -> Response:
    p = desk.p
    text = p.say("It is worked out on the machine that keeps the data, by the command: antrean advise")
    notice = Notice("error", p.say("Advice cannot be given here."), text)
    return desk.show("staff/said.html", SaidPage(p.say("Advice"), desk.frame(HOME), notice), status=404)


def _names(desk: Desk) -> Names:
    offer, language = desk.office.offer, desk.p.language
    if offer is None:
        return Names({}, {}, {}, {})
    return Names(
        services=dict(desk.services()),
        stages={one.id: in_language(one.name, language) for one in offer.stages},
        lanes={one.id: in_language(one.name, language) for one in offer.lanes},
        counters={one.id: one.label for one in offer.counters},
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _today(desk: Desk) -> dt.date:
    return dt.datetime.now(desk.zone).date()
