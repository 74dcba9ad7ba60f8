"""Dispatch, lanes, journeys and counters have to fit together: each fault at its place, with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config import ConfigError, load_settings
from tests.unit.config.sample import changed, line_of, problems_of
from tests.unit.config.test_faults import Case

MQTT = "mqtt:\n"
STEPS = "    daily_quota: 30\n"
SECOND = "    lanes: [regular]\n"


def _dispatch(lines: str) -> str:
    return f"dispatch:\n{lines}mqtt:\n"


FAULTS = [
    Case(
        MQTT,
        _dispatch("  type: ratio\n  pattern: [priority, priorty, regular]\n"),
        "priorty",
        "dispatch.pattern[1]",
        '"priorty" is not the id of one of the lanes',
        'did you mean "priority"?',
    ),
    Case(
        MQTT,
        _dispatch("  type: strict\n  order: [priority, regular, x]\n"),
        "order:",
        "dispatch.order[2]",
        '"x" is not the id of one of the lanes',
        "known: regular, priority",
    ),
    Case(
        MQTT,
        _dispatch("  type: strict\n  order: [priority, regular, priority]\n"),
        "order:",
        "dispatch.order[2]",
        '"priority" is listed twice: only its first place counts',
    ),
    Case(
        MQTT,
        _dispatch("  type: head_start\n  credit_min:\n    prioriti: 30\n"),
        "prioriti:",
        "dispatch.credit_min.prioriti",
        '"prioriti" is not the id of one of the lanes',
        'did you mean "priority"?',
    ),
    Case(
        MQTT,
        _dispatch("  type: head_start\n  credit_min: {priority: much}\n"),
        "much",
        "dispatch.credit_min.priority",
        'must be a number, not "much"',
    ),
    Case(
        MQTT,
        _dispatch("  type: head_start\n  credit_min: 30\n"),
        "credit_min",
        "dispatch.credit_min",
        "must be a section with one entry per lane, not 30",
    ),
    Case(MQTT, _dispatch("  type: head_start\n"), "dispatch:", "dispatch.credit_min", "is missing"),
    Case(
        MQTT,
        _dispatch("  type: fifo\n  pattern: [regular]\n"),
        "pattern",
        "dispatch.pattern",
        "is not a known key",
        "known here: type",
    ),
    Case(
        MQTT,
        _dispatch("  type: ration\n"),
        "ration",
        "dispatch.type",
        'must be one of promise, head_start, ratio, strict, fifo, not "ration"',
        'did you mean "ratio"?',
    ),
    Case(
        MQTT,
        "journey:\n  rejoin_behnd: 2\nmqtt:\n",
        "behnd",
        "journey.rejoin_behnd",
        "is not a known key",
        'did you mean "rejoin_behind"?',
    ),
    Case(
        "stages: [check]\n    promised",
        "stages: [check, hand-over, check]\n    promised",
        "hand-over, check",
        "services[0].stages[2]",
        '"check" comes twice: a number passes each stage once',
    ),
    Case(
        "    step_free: true\n",
        "    prefers: priorit\n",
        "priorit\n",
        "counters[0].prefers",
        '"priorit" is not the id of one of the lanes',
        'did you mean "priority"?',
    ),
    Case(
        SECOND,
        SECOND + "    kiosk: kiosk-7\n",
        "kiosk-7",
        "counters[1].kiosk",
        '"kiosk-7" is not the id of one of the kiosks',
        'did you mean "kiosk-1"?',
    ),
    Case(
        SECOND,
        SECOND + "    prefers: priority\n",
        "prefers",
        "counters[1].prefers",
        '"priority" is not among the lanes of this counter',
    ),
    Case(
        SECOND,
        SECOND + "    borrows: [handover]\n",
        "borrows",
        "counters[1].borrows[0]",
        '"handover" is not the id of one of the stages',
        'did you mean "hand-over"?',
    ),
    Case(
        STEPS,
        STEPS + '    hours:\n      mon: ["07:30-10:00", "9:00-10:00"]\n',
        "9:00",
        "lanes[1].hours.mon[1]",
        'must be a span of time in quotes, such as "07:30-12:00", not "9:00-10:00"',
    ),
    Case(
        STEPS,
        STEPS + '    hours: {mon: ["10:00-07:30"]}\n',
        "10:00-07:30",
        "lanes[1].hours.mon[0]",
        '"10:00-07:30" ends before it begins',
    ),
    Case(
        "    source: Demo\n",
        '    source: Demo\n    hours: {tue: ["07:30-12:00", "11:00-15:00"]}\n',
        "11:00",
        "services[1].hours.tue[1]",
        '"11:00-15:00" begins before the span above it ends, at 12:00',
    ),
    Case(
        "    source: Demo\n",
        "    source: Demo\n    hours: {mon: []}\n",
        "hours: {mon",
        "services[1].hours",
        "opens on no day, so no number would ever be given out",
    ),
    Case(
        "    source: Demo\n",
        "    source: Demo\n    daily_quota: few\n",
        "few",
        "services[1].daily_quota",
        'must be a whole number, not "few"',
    ),
]


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: f"{case.path}: {case.message[:32]}")
def test_one_fault_is_told_once_with_its_place(tmp_path: Path, case: Case) -> None:
    text = changed((case.old, case.new))
    [problem] = [problem for problem in problems_of(tmp_path, text) if not problem.warning]
    assert (problem.path, problem.message, problem.hint) == (case.path, case.message, case.hint)
    assert problem.line == line_of(text, case.line)


def test_a_step_free_lane_needs_a_step_free_counter_at_every_stage_of_its_way(tmp_path: Path) -> None:
    text = changed(
        (STEPS, STEPS + "    step_free: true\n"),
        ("stages: [check]\n    promised", "stages: [check, hand-over]\n    promised"),
        ("stages: [check, hand-over]\n    step_free: true", "stages: [check, hand-over]"),
        ('  - id: counter-2\n    label: "2"\n', '  - id: counter-2\n    label: "2"\n    step_free: true\n'),
        ("    services: [passport]\n", ""),
        (SECOND, ""),
    )
    problems = problems_of(tmp_path, text)
    assert [problem.path for problem in problems] == ["services[0].stages[1]", "services[1].stages[0]"]
    assert problems[0].message == (
        'no step-free counter serves "passport" at the stage "hand-over" in the lane priority:'
        " those numbers could never be called"
    )
    assert problems[0].hint == 'the lane is step-free: mark a counter that serves "hand-over" with step_free: true'


def test_a_counter_with_steps_cannot_prefer_a_step_free_lane(tmp_path: Path) -> None:
    text = changed(
        (STEPS, STEPS + "    step_free: true\n"),
        ('  - id: counter-2\n    label: "2"\n', '  - id: counter-2\n    label: "2"\n    prefers: priority\n'),
        (SECOND, ""),
    )
    [problem] = problems_of(tmp_path, text)
    assert (problem.path, problem.message) == (
        "counters[1].prefers",
        '"priority" is a step-free lane, and this counter is not marked with step_free: true',
    )


def test_a_step_free_counter_for_its_whole_way_is_all_that_a_step_free_lane_needs(tmp_path: Path) -> None:
    assert problems_of(tmp_path, changed((STEPS, STEPS + "    step_free: true\n"))) == []


def test_a_stage_that_is_only_borrowed_is_served_by_nobody(tmp_path: Path) -> None:
    text = changed(("[check, hand-over]\n    step", "[check]\n    borrows: [hand-over]\n    step"))
    [problem] = problems_of(tmp_path, text)
    assert (problem.path, problem.message) == ("stages[1]", 'no counter serves the stage "hand-over"')


@pytest.mark.parametrize(
    ("lines", "path"),
    [("  type: strict\n  order: [priority]\n", "dispatch.order"), ("  type: ratio\n  pattern: [regular]\n", None)],
)
def test_a_lane_without_a_turn_of_its_own_is_warned_about(tmp_path: Path, lines: str, path: str | None) -> None:
    [warning] = problems_of(tmp_path, changed((MQTT, _dispatch(lines))))
    assert warning.warning
    assert warning.path == (path or "dispatch.pattern")
    assert "called only when nobody waits in the others" in warning.message


def test_borrowing_what_is_its_own_is_warned_about(tmp_path: Path) -> None:
    [warning] = problems_of(tmp_path, changed((SECOND, SECOND + "    borrows: [check]\n")))
    assert (warning.path, warning.warning) == ("counters[1].borrows[0]", True)


@pytest.mark.parametrize(
    "lines",
    [
        "  type: promise\n",
        "  type: head_start\n  credit_min: {priority: 30}\n",
        "  type: ratio\n  pattern: [priority, priority, regular]\n",
        "  type: strict\n  order: [priority, regular]\n",
        "  type: fifo\n",
    ],
)
def test_every_policy_can_be_configured(tmp_path: Path, lines: str) -> None:
    assert problems_of(tmp_path, changed((MQTT, _dispatch(lines)))) == []
    assert load_settings(tmp_path / "config.yaml", {}).dispatch.type in lines


def test_a_fault_between_sections_stops_the_start(tmp_path: Path) -> None:
    problems_of(tmp_path, changed((MQTT, _dispatch("  type: strict\n  order: [none, regular, priority]\n"))))
    with pytest.raises(ConfigError, match="not the id of one of the lanes"):
        load_settings(tmp_path / "config.yaml", {})
