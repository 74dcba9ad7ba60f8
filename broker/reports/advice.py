"""What is asked for advice and what is answered, between its worker and whoever shows it; and the answers in words.

The worker (`antrean advise`) writes one message a line. The pages read them and know nothing of how they were made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from babel.numbers import format_percent
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from broker.language import Phrases, mark
from broker.reports.forecast import Kind, Measure, UnknownCode

PACKAGE = "broker.reports"
"""Whose catalogue has the words."""
HALF_HOUR_MIN = 30
MOST_DAYS = 100
LONGEST_MIN, MOST_TIMES = 240, 3.0

SpanText = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[03]0-(([01]\d|2[0-3]):[03]0|24:00)$")]
"""Such as 08:30-10:00, to the half hour."""
Id = Annotated[str, StringConstraints(max_length=100)]
Share = float
Roster = dict[Id, tuple[SpanText, ...]]
"""By counter: when it is open."""


class Told(BaseModel):
    """Something that goes from one process to the other."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# -- what is asked --------------------------------------------------------------------------------------------------


class PlanAsked(Told):
    """One way to work on that day; what is left out is as usual."""

    roster: Roster | None = None
    policy: Literal["promise", "head_start", "ratio", "strict", "fifo"] | None = None
    promised_min: dict[Id, Annotated[int, Field(ge=1, le=480)]] = {}


class AdviceQuestion(Told):
    """What is to be found out."""

    day: dt.date | None = None
    """None: the next working day."""
    over_min: int = Field(default=30, ge=1, le=LONGEST_MIN)
    """Whoever waits longer than this has waited too long."""
    times: float = Field(default=1.0, ge=0.1, le=MOST_TIMES)
    """So many times as many visitors come as are foretold."""
    days: int = Field(default=20, ge=2, le=MOST_DAYS)
    """So often the day is played."""
    seed: int = 1
    plans: Annotated[tuple[PlanAsked, ...], Field(max_length=2)] = ()
    """Beside the day as usual."""
    does: Literal["forecast", "plans", "search"] = "search"
    """How far it goes: each includes the ones before it."""


# -- what is answered -----------------------------------------------------------------------------------------------


class BandTold(Told):
    """So many are expected, and four times out of five from `low` to `high`."""

    expected: float
    low: int | None = None
    high: int | None = None


class DayTold(Told):
    """One day to come."""

    day: dt.date
    is_working: bool
    kinds: tuple[Kind, ...] = ()
    total: BandTold = BandTold(expected=0)
    half_hours: dict[int, BandTold] = {}
    services: dict[str, BandTold] = {}
    cells: dict[str, dict[int, BandTold]] = {}
    """By service and half hour."""


class HitsTold(Told):
    """So often what came lay within its band."""

    hits: int
    of: int


class UnknownTold(Told):
    """Something that is not known, and what is done without it."""

    code: UnknownCode | Literal["roster", "times", "spread"]
    n: int = 0
    day: dt.date | None = None
    service: str | None = None
    stage: str | None = None


class ProgressTold(Told):
    """How far it is."""

    type: Literal["progress"] = "progress"
    step: Literal["reading", "playing", "searching"]
    done: int
    of: int


class ForecastTold(Told):
    """Who will come; and what the office usually does then, which plans begin from."""

    type: Literal["forecast"] = "forecast"
    today: dt.date
    known_days: int
    last_day: dt.date | None
    days: tuple[DayTold, ...]
    hits: dict[Measure, HitsTold]
    unknown: tuple[UnknownTold, ...]
    chosen: dt.date | None = None
    """Of which day the roster is; None where no day is to come."""
    usual: Roster = {}
    blocks: tuple[SpanText, ...] = ()
    """The parts of that day that rosters are made of."""
    alike: tuple[tuple[str, ...], ...] = ()
    """Counters that do the same work."""
    policy: str = ""
    promised_min: dict[str, int] = {}


class LaneTold(Told):
    """What a day was like in one lane."""

    over: Share
    p95_min: float
    within: Share
    """Of first waits: within the promise."""
    promised_min: float


class PlanTold(Told):
    """What a day was like under one plan. Shares are of visitors, minutes of each one's longest wait."""

    name: Literal["usual", "a", "b", "policy"]
    policy: str
    roster: Roster
    counter_hours: float
    over: Share
    """Waited longer than was asked about."""
    gain: Share = 0.0
    """How many fewer these are than as usual."""
    noise: Share = 0.0
    """A gain that is no larger may be chance."""
    p50_min: float
    p95_min: float
    left: float
    """Visitors a day whom no open counter could serve before the evening."""
    refused: float
    """Visitors a day who got no number."""
    busy: Share
    lanes: dict[str, LaneTold]
    half_hours: dict[int, Share]
    """By when they came: who waited longer than was asked about."""


class PlansTold(Told):
    """Plans for one day, played with the same visitors."""

    type: Literal["plans"] = "plans"
    day: dt.date
    over_min: int
    days: int
    visitors: float
    """A day, on average."""
    plans: tuple[PlanTold, ...]


class ActTold(Told):
    """One counter more for a while, and what it does for visitors."""

    counter: str
    span: SpanText
    was: Share
    over: Share
    noise: Share
    was_p95_min: float
    p95_min: float


class ActsTold(Told):
    """What would help most, the best first; and the office's other policies."""

    type: Literal["acts"] = "acts"
    over_min: int
    tried: int
    """So many were tried; none where every counter is open all the day."""
    acts: tuple[ActTold, ...]
    policies: tuple[PlanTold, ...]


class RefusedTold(Told):
    """Why there is no answer."""

    type: Literal["refused"] = "refused"
    code: Literal["busy", "closed_day", "nothing", "unknown_id"]
    day: dt.date | None = None
    name: str = ""


AdviceTold = Annotated[
    ProgressTold | ForecastTold | PlansTold | ActsTold | RefusedTold, Field(discriminator="type")
]  # fmt: skip
TOLD: TypeAdapter[AdviceTold] = TypeAdapter(AdviceTold)

# -- in words -------------------------------------------------------------------------------------------------------

_REFUSED = {
    "busy": mark("Advice is already being worked out, one at a time. Please wait until it is done, or cancel it."),
    "closed_day": mark("The office does not work on {day}. Please choose another day."),
    "nothing": mark("Nothing is known yet to work with. As soon as the first days are over, they will be."),
    "unknown_id": mark("The office has no {name} now. Please begin anew."),
}
_UNKNOWN = {
    "nothing": mark("No day of this office is known yet, so nothing can be foretold."),
    "few_days": mark("{weekday}: {n} such days are known; below three it goes by all weekdays."),
    "new_service": mark("{service} is new: {n} days of it are known."),
    "unseen_service": mark("{service}: nobody has come for it yet, so nobody is expected."),
    "after_holiday": mark("Days after a holiday: too few are known ({n}) to say how they differ."),
    "month_start": mark("First days of a month: too few are known ({n}) to say how they differ."),
    "no_band": mark("How far the forecast may be off is not known yet: only {n} days could be compared."),
    "own_hours": mark("{day} has hours of its own. Who comes at other hours now is left out."),
    "provisional": mark("{day} may still become a holiday, or stop being one."),
    "roster": mark("When counters are usually open on such a day is not known: all of them count as open all day."),
    "times": mark("{stage}: how long it takes is hardly known ({n} visits), so the standard time counts."),
    "spread": mark("How much days differ is not known yet: it is taken to be 15 %."),
}
POLICY_NAMES = {
    "promise": mark("by the promises of the lanes"),
    "head_start": mark("longest wait, with a head start"),
    "ratio": mark("lanes in turns"),
    "strict": mark("the priority lane always first"),
    "fifo": mark("in the order of arrival"),
}


def refused_in_words(p: Phrases, told: RefusedTold) -> str:
    """Return why there is no answer."""
    return p.say(_REFUSED[told.code], day="" if told.day is None else p.day(told.day), name=told.name)


def percent(p: Phrases, share: float) -> str:
    """Return a share in whole per cent; what is there, but rounds to nothing, is less than one."""
    if 0 < share < 0.005:  # noqa: PLR2004 - what rounds to 0
        return f"< {format_percent(0.01, locale=p.worded_in)}"
    return format_percent(round(share, 2), locale=p.worded_in)


def clock(p: Phrases, half_hour: int) -> str:
    """Return when a half hour begins."""
    return p.clock(dt.datetime(2000, 1, 1) + dt.timedelta(minutes=HALF_HOUR_MIN * half_hour))  # noqa: DTZ001 - a time of day


def span_in_words(p: Phrases, span: str) -> str:
    """Return a span by the clock of a language."""
    begin, end = half_hours_of(span)
    return f"{clock(p, begin)}\N{EN DASH}{clock(p, end)}"


def half_hours_of(span: str) -> tuple[int, int]:
    """Return the first half hour of a span, and the one behind its last."""
    (begin, end) = (2 * int(part[:2]) + int(part[3:]) // HALF_HOUR_MIN for part in span.split("-"))
    return begin, end


def span_text(begin: int, end: int) -> str:
    """Return half hours as a span."""
    first, last = (f"{half_hour // 2:02}:{half_hour % 2 * HALF_HOUR_MIN:02}" for half_hour in (begin, end))
    return f"{first}-{last}"


def act_in_words(p: Phrases, act: ActTold, over_min: int, counters: Mapping[str, str]) -> str:
    """Return one piece of advice as a sentence."""
    begin, end = half_hours_of(act.span)
    return p.say(
        "Open counter {counter} from {begin} to {end}: {was} \N{RIGHTWARDS ARROW} {now} wait more than {minutes} min",
        counter=counters.get(act.counter, act.counter),
        begin=clock(p, begin),
        end=clock(p, end),
        minutes=over_min,
        was=percent(p, act.was),
        now=percent(p, act.over),
    )


def band_in_words(p: Phrases, band: BandTold) -> str:
    """Return how many are expected."""
    if band.low is None or band.high is None:
        return p.say("about {n}", n=round(band.expected))
    if band.low == band.high:
        return str(band.low)
    return p.say("{n} ({low} to {high})", n=round(band.expected), low=band.low, high=band.high)


def hits_in_words(p: Phrases, hits: Mapping[Measure, HitsTold]) -> str:
    """Return what such bands were worth in the last four weeks."""
    found = hits.get("half_hour")
    if found is None:
        return p.say("How good the forecast is cannot be told yet.")
    whole = hits.get("day", found)
    return p.say(
        "In the last four weeks {share} of the half hours and {days} of the days came out within their band; "
        "it is made for 80%. Each was foretold from the days before it only.",
        share=percent(p, found.hits / found.of),
        days=percent(p, whole.hits / whole.of),
    )


def unknown_in_words(
    p: Phrases, unknown: Sequence[UnknownTold], *, services: Mapping[str, str], stages: Mapping[str, str]
) -> tuple[str, ...]:
    """Return what is not known, each as a sentence."""
    said = (
        p.say(
            _UNKNOWN[one.code],
            n=one.n,
            day="" if one.day is None else p.day(one.day),
            weekday="" if one.day is None else p.weekday(one.day),
            service=services.get(one.service or "", one.service or ""),
            stage=stages.get(one.stage or "", one.stage or ""),
        )
        for one in unknown
    )
    return tuple(dict.fromkeys(said))


def always_unknown(p: Phrases) -> tuple[str, ...]:
    """Return what no forecast of this kind knows."""
    return (
        p.say("Whether an officer is free to sit there is not known here."),
        p.say("Everybody who takes a number is expected to stay, and to come when called."),
    )
