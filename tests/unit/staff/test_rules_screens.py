"""On which screens a change of the rules is looked at before it counts."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest

from broker.config.document import read_value
from broker.web.staff.rules_forms import GONE
from broker.web.staff.rules_screens import MOST_PICTURES, seen
from tests.support.office import CONFIG

TODAY = dt.date(2026, 11, 27)
DATA: dict[str, Any] = read_value(CONFIG.read_text(encoding="utf-8"))  # type: ignore[assignment] # a mapping


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            "services.new-passport.fee.en",
            "Rp1",
            {("kiosk", "requirements-new-passport"), ("display", "new-passport, fee, page * beside 0 calls")},
        ),
        ("services.new-passport.daily_quota", 3, {("display", "overview, *beside 0 calls")}),
        ("services.new-passport.promised_wait_min", 3, set()),
        ("announcements.a1", {"id": "a1"}, {("display", "a1, *beside 0 calls"), ("phone", "lobby")}),
        ("announcements.a1", GONE, set()),
        ("hours.2026-12-25", [], {("kiosk", "closed"), ("display", "closed"), ("phone", "lobby")}),
        ("lanes.priority.rule.id", "x", {("kiosk", "rule")}),
        ("lanes.priority.promised_wait_min", 20, {("kiosk", "lane"), ("display", "promises, *beside 0 calls")}),
        ("counters.counter-2.label", "Loket 9", {("display", "call 9"), ("counter", "free")}),
        ("counters.counter-2.stages", ["interview"], set()),
        ("officers.siti.name", "Siti", {("counter", "sign in")}),
        ("office.name.id", "Kantor", {("kiosk", "welcome"), ("paper", "paper-new-passport"), ("phone", "lobby")}),
        ("journey.rejoin_times", 3, set()),
    ],
)
def test_only_the_screens_that_an_edit_touches_are_shown(
    path: str, value: object, expected: set[tuple[str, str]]
) -> None:
    found = seen(DATA, [(path, value)], TODAY)
    assert {(shot.screen, shot.page) for shot in found.shots} == expected
    assert set(found.checks) == {screen for screen, _ in expected} & {"kiosk", "display", "counter"}
    assert {shot.language for shot in found.shots} in ({"id", "en"}, set())


def test_of_panels_that_are_alike_one_is_shown_and_never_too_many() -> None:
    data = copy.deepcopy(DATA)
    small = {**data["kiosks"][0], "id": "kiosk-9", "panel": {**data["kiosks"][0]["panel"], "diagonal_in": 10.1}}
    data["kiosks"] += [{**data["kiosks"][0], "id": "kiosk-8"}, small]
    edits = [(f"services.{one['id']}.name.id", "x") for one in data["services"]]
    found = seen(data, edits, TODAY)
    assert {shot.part for shot in found.shots if shot.screen == "kiosk"} == {"kiosk-1", "kiosk-9"}
    assert len(found.shots) == MOST_PICTURES


def test_where_no_kiosk_prints_there_is_no_ticket_to_show() -> None:
    data = copy.deepcopy(DATA)
    for kiosk in data["kiosks"]:
        kiosk.pop("printer", None)
    edits = [("office.name.id", "x"), ("services.new-passport.name.id", "x"), ("lanes.regular.name.id", "x")]
    assert "paper" not in {shot.screen for edit in edits for shot in seen(data, [edit], TODAY).shots}


@pytest.mark.parametrize(
    ("paths", "day"),
    [
        (["hours.2026-12-25"], dt.date(2026, 12, 25)),
        (["hours.mon"], dt.date(2026, 11, 30)),
        (["hours.fri", "hours.mon"], TODAY),
        (["hours.2026-01-01"], dt.date(2026, 1, 1)),
        (["services.new-passport.fee.en"], None),
    ],
)
def test_hours_are_looked_at_on_the_first_day_on_which_they_hold(paths: list[str], day: dt.date | None) -> None:
    assert seen(DATA, [(path, []) for path in paths], TODAY).day == day
