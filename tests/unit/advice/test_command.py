"""`antrean advise`: what it says when, to people and to programs, and that it is alone and can be stopped."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from broker.advice.command import BusyError, advise, only_one
from broker.advice.past import laws_of, past_of, usual_half_hours
from broker.bootstrap.rules import office_rules
from broker.config import load_settings
from broker.language import Phrases
from broker.reports.advice import (
    PACKAGE,
    TOLD,
    ActsTold,
    ActTold,
    AdviceQuestion,
    AdviceTold,
    BandTold,
    ForecastTold,
    PlanAsked,
    PlansTold,
    ProgressTold,
    RefusedTold,
    act_in_words,
    band_in_words,
    percent,
)
from broker.reports.facts import DayFacts, Visit
from broker.reports.forecast import Arrivals
from tests.fakes.past_days import DAY, HOURS, demo_days, keep
from tests.support.office import CONFIG

SHIPPED = load_settings(CONFIG, {})
FRIDAY = dt.date(2026, 11, 20)
MONDAY = dt.date(2026, 11, 23)
FACTS = tuple(demo_days(FRIDAY, weeks=10).facts())


def asked(question: AdviceQuestion, facts: tuple[DayFacts, ...] = FACTS) -> list[AdviceTold]:
    """Return everything that is answered on that Friday evening."""
    found: list[AdviceTold] = []
    advise(SHIPPED, question, FRIDAY + DAY, lambda _first, _last: facts, found.append)
    return found


def test_the_forecast_comes_first_then_plans_then_what_would_help() -> None:
    found = asked(AdviceQuestion(days=2))
    kinds = [type(one) for one in found if not isinstance(one, ProgressTold)]
    assert kinds == [ForecastTold, PlansTold, ActsTold]
    for step in ("playing", "searching"):
        told = [(one.done, one.of) for one in found if isinstance(one, ProgressTold) and one.step == step]
        assert [done for done, _ in told] == [*range(1, len(told) + 1)]
        assert {of for _, of in told} == {len(told)}


def test_what_is_said_is_the_same_after_the_way_through_a_pipe() -> None:
    for one in asked(AdviceQuestion(days=2, does="plans")):
        assert TOLD.validate_json(one.model_dump_json()) == one


def test_the_next_working_day_is_meant_where_none_is_named() -> None:
    forecast = asked(AdviceQuestion(does="forecast"))[-1]
    assert isinstance(forecast, ForecastTold)
    assert forecast.chosen == MONDAY
    assert forecast.usual["counter-4"] == ("13:00-15:00",)
    assert forecast.blocks == ("07:30-09:00", "09:00-10:30", "10:30-12:00", "13:00-15:00")
    assert ("counter-2",) in forecast.alike
    assert forecast.promised_min == {"regular": 60, "priority": 15}


def test_two_plans_stand_beside_the_usual_one() -> None:
    whole_day = ("07:30-12:00", "13:00-15:00")
    more = PlanAsked(roster=dict.fromkeys(office_rules(SHIPPED).counters, whole_day))
    fewer = PlanAsked(roster={"counter-1": whole_day}, policy="fifo", promised_min={"priority": 5})
    plans = asked(AdviceQuestion(days=2, does="plans", plans=(more, fewer)))[-1]
    assert isinstance(plans, PlansTold)
    usual, best, worst = plans.plans
    assert (usual.name, best.name, worst.name) == ("usual", "a", "b")
    assert best.over <= usual.over < worst.over
    assert worst.policy == "fifo"
    assert worst.lanes["priority"].promised_min == 5
    assert best.counter_hours == 6 * 6.5


def test_a_day_without_work_and_an_office_without_a_past_are_refused_in_words() -> None:
    assert asked(AdviceQuestion(day=FRIDAY + DAY))[-1] == RefusedTold(code="closed_day", day=FRIDAY + DAY)
    assert asked(AdviceQuestion(), ())[-1] == RefusedTold(code="nothing")
    gone = AdviceQuestion(plans=(PlanAsked(roster={"counter-9": ()}),))
    assert asked(gone) == [RefusedTold(code="unknown_id", name="counter-9")]


def test_only_one_reckons_at_a_time(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(BusyError), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


# -- what the past says of how the office works ---------------------------------------------------------------------


def test_a_visit_that_was_left_open_does_not_set_the_time_of_a_stage() -> None:
    usual = [Visit(18, "s", "l", "payment", "c", None, 240_000_000, None, "finished")] * 40
    forgotten = Visit(18, "s", "l", "payment", "c", None, 20 * 3_600_000_000, None, "finished")
    day = DayFacts(FRIDAY, 1, 2, 0, visits=(*usual, forgotten))
    laws, unknown = laws_of(past_of([day], MONDAY), office_rules(SHIPPED))
    assert laws["payment"].mean_s == 240
    assert unknown["interview"] == 0
    assert laws["interview"].mean_s == 15 * 60


def test_today_is_not_learned_from() -> None:
    assert past_of(FACTS, FRIDAY).arrivals[-1].day == FRIDAY - DAY
    assert isinstance(past_of(FACTS, FRIDAY).arrivals[-1], Arrivals)


def test_a_counter_is_usually_open_when_it_was_on_most_such_days() -> None:
    usual = usual_half_hours(past_of(FACTS, MONDAY), office_rules(SHIPPED), 0)
    assert usual is not None
    assert usual["counter-1"] == frozenset(HOURS)
    assert usual["counter-4"] == frozenset(range(26, 30))
    assert usual["counter-6"] == frozenset()


# -- in words -------------------------------------------------------------------------------------------------------


def test_advice_is_a_sentence_in_each_language() -> None:
    act = ActTold(counter="counter-4", span="08:30-10:00", was=0.42, over=0.09, noise=0.02, was_p95_min=50, p95_min=31)
    english = act_in_words(Phrases(PACKAGE, "en"), act, 30, {"counter-4": "4"})
    assert english == "Open counter 4 from 8:30 AM to 10:00 AM: 42% → 9% wait more than 30 min"
    indonesian = act_in_words(Phrases(PACKAGE, "id"), act, 30, {"counter-4": "4"})
    assert indonesian == "Buka loket 4 pukul 08.30 sampai 10.00: yang menunggu lebih dari 30 menit 42% → 9%"


@pytest.mark.parametrize(
    ("band", "said"),
    [
        (BandTold(expected=12.4, low=8, high=17), "12 (8 to 17)"),
        (BandTold(expected=5, low=5, high=5), "5"),
        (BandTold(expected=7.2), "about 7"),
    ],
)
def test_how_many_are_expected_is_said_with_the_band(band: BandTold, said: str) -> None:
    assert band_in_words(Phrases(PACKAGE, "en"), band) == said


def test_what_is_there_is_never_said_to_be_nothing() -> None:
    p = Phrases(PACKAGE, "en")
    assert (percent(p, 0), percent(p, 0.001), percent(p, 0.126)) == ("0%", "< 1%", "13%")


# -- the process ----------------------------------------------------------------------------------------------------


def run(data: Path, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "broker", "advise", "--config", str(CONFIG), "--data", str(data), *arguments)
    return subprocess.run(command, input=said, text=True, capture_output=True, check=False, timeout=60)


def a_database(data: Path) -> Path:
    """Keep ten weeks up to yesterday in a data folder."""
    keep(demo_days(dt.datetime.now(SHIPPED.office.zone).date() - DAY, weeks=10).facts(), data / "office.db", "demo")
    return data


def test_the_worker_answers_a_question_as_lines_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    data = a_database(tmp_path)
    question = AdviceQuestion(days=2, does="plans").model_dump_json()
    lines = [TOLD.validate_json(line) for line in run(data, "--json", "--ask", said=question).stdout.splitlines()]
    assert [type(one) for one in lines if not isinstance(one, ProgressTold)] == [ForecastTold, PlansTold]

    long = ("advise", "--json", "--days", "100", "--config", str(CONFIG), "--data", str(data))
    with subprocess.Popen((sys.executable, "-m", "broker", *long), stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert json.loads(worker.stdout.readline())["type"] == "progress"
        assert os.getpriority(os.PRIO_PROCESS, worker.pid) == 19
        busy = run(data, "--json")
        assert TOLD.validate_json(busy.stdout) == RefusedTold(code="busy")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 143


def test_what_cannot_be_asked_is_said_in_a_sentence(tmp_path: Path) -> None:
    wrong = run(tmp_path, "--open", "4=8-10")
    assert wrong.returncode == 1
    assert "this cannot be asked: plans.0.roster.counter-4" in wrong.stderr
