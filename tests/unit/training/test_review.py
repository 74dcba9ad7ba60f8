"""What a journal shows of a training: each finding from lines that are written out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from broker.language import Phrases
from broker.reports.advice import PACKAGE
from broker.reports.training import Finding, Happened, happened, in_words, review, review_told
from broker.up.trainer import review_lines

T0 = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def at(s: int, name: str, /, **facts: Any) -> Happened:  # noqa: ANN401 - whatever an event has
    moment = T0 + dt.timedelta(seconds=s)
    (line,) = happened([(name, json.dumps({"at": moment.isoformat(), **facts}))])
    return line


def step(s: int, name: str, about: str | None = None) -> Happened:
    return at(s, "training_step", step=name, about=about, text={})


def called(s: int, ticket: str, waited_s: int = 10, promised_s: int = 120) -> Happened:
    return at(s, "called", ticket=ticket, counter="c1", reason={"waited_s": waited_s, "promised_s": promised_s})


def found(*lines: Happened) -> dict[str, Finding]:
    return {one.code: one for one in review(sorted(lines, key=lambda one: one.at)).findings}


def test_promises_are_of_first_calls_and_the_shortest_stands_by_itself() -> None:
    seen = found(
        called(10, "a", 130),
        called(20, "b", 50),
        called(30, "p", 70, 60),
        called(40, "q", 60, 60),
        called(50, "b", 500),
    )
    assert seen["promise"] == Finding("promise", is_good=False, values={"kept": 1, "n": 2})
    assert seen["priority"] == Finding("priority", is_good=False, values={"kept": 1, "n": 2})
    assert found(called(1, "a"))["promise"].is_good


@pytest.mark.parametrize(
    ("lines", "code", "is_good", "values"),
    [
        ([at(5, "recalled", ticket="m"), at(20, "no_show", ticket="m")], "missed", True, {"calls": 2}),
        ([at(20, "no_show", ticket="m")], "missed", False, {"calls": 1}),
        ([at(5, "started", ticket="m"), at(20, "finished", ticket="m")], "missed_served", False, {}),
        ([at(5, "recalled", ticket="m")], "missed_open", False, {}),
    ],
)
def test_how_the_visitor_was_treated_who_did_not_come(
    lines: list[Happened],
    code: str,
    is_good: bool,  # noqa: FBT001 - a table
    values: dict[str, int],
) -> None:
    assert found(called(1, "m"), step(2, "nobody", "m"), *lines)[code] == Finding(code, is_good, values)


def test_nobody_is_blamed_for_a_call_that_never_was() -> None:
    served = at(5, "started", ticket="m"), at(20, "finished", ticket="m")
    assert "missed_served" not in found(step(2, "nobody", "m"), called(4, "m"), *served)
    assert "missed_served" not in found(step(2, "nobody"), called(4, "m"), *served)


def test_how_long_a_visitor_waited_who_came_back() -> None:
    rejoined = at(100, "rejoined", ticket="m")
    assert found(called(1, "m"), rejoined, called(130, "m"))["back"].values == {"s": 30}
    assert not found(called(1, "m"), rejoined)["back_waits"].is_good


@pytest.mark.parametrize(("name", "kind"), [("paper", "paper_low"), ("busy", "wait")])
def test_how_soon_an_alert_was_seen_to(name: str, kind: str) -> None:
    raised = at(10, "alert_raised", alert="x", kind=kind)
    soon, late = (at(s, "alert_acknowledged", alert="x", by="latihan") for s in (40, 100))
    assert found(step(1, name), raised, soon)[name] == Finding(name, is_good=True, values={"s": 30})
    assert found(step(1, name), raised, late)[name] == Finding(name, is_good=False, values={"s": 90})
    assert not found(step(1, name), raised)[f"{name}_unseen"].is_good
    assert not {name, f"{name}_unseen"} & found(step(1, name)).keys(), "it was never raised"


def test_whether_a_colleague_was_asked() -> None:
    assert found(step(1, "busy"), at(9, "counter_asked", counter="c2"))["help"].is_good
    assert not found(step(1, "busy"))["help"].is_good


def test_how_soon_the_complaint_was_looked_at() -> None:
    came = at(10, "complained", number="P-1")
    assert found(came, at(60, "complaint_moved", number="P-1"))["complaint"].values == {"s": 50}
    assert not found(came)["complaint_unseen"].is_good
    assert not {"complaint", "complaint_unseen"} & found(step(1, "busy")).keys(), "it was left out"


def test_a_counter_is_idle_only_while_somebody_waits() -> None:
    opened, issued = at(0, "opened", counter="c1"), at(100, "issued", ticket="a")
    assert found(opened, issued, called(140, "a"))["idle"] == Finding("idle", is_good=False, values={"s": 40})
    assert found(opened, issued, called(110, "a"))["idle"] == Finding("idle", is_good=True, values={"s": 10})
    away = at(101, "paused", counter="c1")
    assert found(opened, issued, away, called(500, "a"))["idle"].values == {"s": 1}


def test_colleagues_are_not_whoever_trains() -> None:
    lines = (
        *(at(0, "opened", counter="c1"), at(1, "opened", counter="c2"), at(2, "issued", ticket="a")),
        *(called(3, "a"), at(5, "issued", ticket="b"), at(50, "finished", ticket="a", counter="c1")),
    )
    assert found(*lines, at(6, "finished", ticket="x", counter="c2"))["idle"].values == {"s": 1}


def test_a_training_that_is_broken_off_shows_what_is_known_so_far() -> None:
    lines = [step(0, "sign_in"), called(100, "a"), at(120, "finished", ticket="a", counter="c1")]
    assert (review(lines).served, review(lines).minutes, review(lines).is_whole) == (1, 2, False)
    whole = review([*lines, step(300, "over"), at(400, "finished", ticket="b", counter="c1")])
    assert (whole.served, whole.minutes, whole.is_whole) == (1, 5, True), "what comes after it counts no more"
    assert review([]).findings == ()


def test_of_trainings_in_the_same_folder_the_last_one_is_reviewed() -> None:
    first = [step(0, "sign_in"), called(100, "a"), at(120, "finished", ticket="a", counter="c1"), step(300, "over")]
    second = [step(1000, "sign_in"), called(1010, "b", 500), at(1060, "finished", ticket="b", counter="c1")]
    shown = review([*first, *second])
    assert (shown.served, shown.minutes, shown.is_whole) == (1, 1, False)
    assert shown == review(second)
    assert review([*first, *second, step(1120, "over")]).minutes == 2


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_finding_is_said_in_a_sentence(language: str) -> None:
    p = Phrases(PACKAGE, language)
    values: dict[str, int | str] = {"kept": 1, "n": 2, "calls": 2, "s": 30}
    only_good, only_other = {"back"}, {"missed_served", "missed_open", "back_waits"}
    for code in (
        "priority",
        "promise",
        "missed",
        "paper",
        "busy",
        "help",
        "complaint",
        "idle",
        *only_good,
        *only_other,
    ):
        for is_good in (True, False):
            if (is_good and code in only_other) or (not is_good and code in only_good):
                continue
            said = in_words(p, Finding(code, is_good, values))
            assert said.endswith("."), code
            assert "{" not in said


def test_the_terminal_says_what_went_well_first() -> None:
    shown = review([step(0, "busy"), called(5, "a"), step(60, "over")])
    told = review_told(Phrases(PACKAGE, "id"), shown)
    lines = review_lines(Phrases(PACKAGE, "id"), shown)
    assert lines.index(f"{told.well_title}:") < lines.index(f"{told.otherwise_title}:")
    assert lines[-1] == told.foot
