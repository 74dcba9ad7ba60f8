"""Answers as `antrean advise --json --ask` does, at once and always the same; asked for 1.5 times as many it hangs."""

from __future__ import annotations

import datetime as dt
import signal
import sys

from broker.reports.advice import (
    ActsTold,
    ActTold,
    AdviceQuestion,
    AdviceTold,
    BandTold,
    DayTold,
    ForecastTold,
    HitsTold,
    LaneTold,
    PlansTold,
    PlanTold,
    ProgressTold,
    UnknownTold,
)

DAY = dt.timedelta(days=1)
HANGS = 1.5
USUAL: dict[str, tuple[str, ...]] = {
    "counter-1": ("07:30-12:00", "13:00-15:00"),
    "counter-2": ("07:30-12:00",),
    "counter-3": (),
}


def forecast(today: dt.date, chosen: dt.date) -> ForecastTold:
    """Return a week of which tomorrow has no work."""
    bands = {half_hour: BandTold(expected=4.2, low=2, high=7) for half_hour in (*range(15, 24), *range(26, 30))}
    days = tuple(
        DayTold(
            day=today + DAY * n,
            is_working=n > 1,
            total=BandTold(expected=52, low=41, high=65),
            half_hours=bands,
            services={"new-passport": BandTold(expected=52, low=41, high=65)},
            cells={"new-passport": bands},
        )
        for n in range(1, 8)
    )
    return ForecastTold(
        today=today,
        known_days=98,
        last_day=today - DAY,
        days=days,
        hits={"half_hour": HitsTold(hits=82, of=100), "day": HitsTold(hits=17, of=20)},
        unknown=(UnknownTold(code="new_service", n=3, service="legal-consultation"),),
        chosen=chosen,
        usual=USUAL,
        blocks=("07:30-09:00", "09:00-12:00", "13:00-15:00"),
        alike=(("counter-1",), ("counter-2", "counter-3")),
        policy="promise",
        promised_min={"regular": 60, "priority": 15},
    )


def plan(name: str, over: float, **more: object) -> PlanTold:
    """Return what a day was like."""
    return PlanTold.model_validate(
        {
            "name": name,
            "policy": "promise",
            "roster": USUAL,
            "counter_hours": 11.5,
            "over": over,
            "p50_min": 8,
            "p95_min": 54,
            "left": 0,
            "refused": 0,
            "busy": 0.7,
            "lanes": {"regular": LaneTold(over=over, p95_min=54, within=0.9, promised_min=60)},
            "half_hours": dict.fromkeys(range(15, 24), over),
            **more,
        }
    )


def answers(asked: AdviceQuestion, today: dt.date) -> list[AdviceTold]:
    """Return everything that is said of a question."""
    chosen = asked.day or today + DAY * 2
    found: list[AdviceTold] = [ProgressTold(step="reading", done=0, of=1), forecast(today, chosen)]
    if asked.does == "forecast":
        return found
    names = ("a", "b")
    plans = [plan(name, 0.09, gain=0.33, noise=0.02) for name, _ in zip(names, asked.plans, strict=False)]
    found.append(
        PlansTold(day=chosen, over_min=asked.over_min, days=20, visitors=57, plans=(plan("usual", 0.42), *plans))
    )
    if asked.does == "search":
        act = ActTold(
            counter="counter-3", span="09:00-12:00", was=0.42, over=0.09, noise=0.02, was_p95_min=54, p95_min=30
        )
        fifo = plan("policy", 0.4, policy="fifo", gain=0.01, noise=0.02)
        found.append(ActsTold(over_min=asked.over_min, tried=3, acts=(act,), policies=(fifo,)))
    return found


def main() -> None:
    """Read a question and answer it."""
    asked = AdviceQuestion.model_validate_json(sys.stdin.read())
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date()
    for one in answers(asked, today):
        sys.stdout.write(one.model_dump_json() + "\n")
        sys.stdout.flush()
        if isinstance(one, ForecastTold) and asked.times == HANGS:
            signal.pause()


if __name__ == "__main__":
    main()
