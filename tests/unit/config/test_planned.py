"""What is planned counts from the first minute of its day on; what could not count then is found today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from broker.config import check_settings, load_settings
from broker.config.document import read_value
from broker.config.patching import Edit, patched
from broker.config.planned import carried_out, day_of
from tests.unit.config.sample import OFFICE

EVE, DAY = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
FEE = {
    "services.passport.fee.id": "Rp2",
    "services.passport.fee.en": "Rp2",
    "services.passport.effective_from": "2027-01-01",
}


def planning(change: Mapping[str, object], *, name: str = "fees", day: dt.date = DAY) -> Edit:
    """Return what puts a plan into the file."""
    return Edit(f"planned.{name}", {"id": name, "effective_from": day.isoformat(), "change": change})


def written(tmp_path: Path, *edits: Edit) -> Path:
    """Return an office with edits."""
    path = tmp_path / "config.yaml"
    path.write_text(patched(OFFICE, edits), encoding="utf-8")
    return path


def test_the_old_text_stays_until_the_day(tmp_path: Path) -> None:
    path = written(
        tmp_path, planning(FEE), planning({"services.passport.fee.id": "Rp3"}, name="later", day=DAY.replace(day=2))
    )
    assert check_settings(path, {}, today=EVE) == []
    fees = [load_settings(path, {}, today=day).services[0].fee["id"] for day in (EVE, DAY, DAY.replace(day=2))]
    assert fees[1:] == ["Rp2", "Rp3"]
    assert fees[0] not in fees[1:]


def test_a_plan_that_could_not_count_is_found_today_with_what_it_would_make(tmp_path: Path) -> None:
    path = written(tmp_path, planning({"services.passport.fee": {"id": "Rp2"}, "services.none.fee.id": "x"}))
    said = [(problem.path, problem.message) for problem in check_settings(path, {}, today=EVE)]
    assert {place for place, _ in said} == {"planned[0].change"}
    assert any("services.none.fee.id leads nowhere" in message for _, message in said)
    assert any("makes from 2027-01-01 on: services[0].fee" in message for _, message in said)


def test_what_stands_in_the_environment_stands_above_a_plan(tmp_path: Path) -> None:
    path = written(tmp_path, planning(FEE))
    environ = {"ANTREAN_SERVICES__PASSPORT__FEE__ID": "Rp9"}
    assert load_settings(path, environ, today=DAY).services[0].fee["id"] == "Rp9"


def test_what_is_due_is_put_into_its_place_and_comes_to_the_same(tmp_path: Path) -> None:
    path = written(
        tmp_path, planning(FEE), planning({"services.passport.promised_wait_min": 5}, name="b", day=DAY.replace(day=9))
    )
    text = path.read_text(encoding="utf-8")
    data = read_value(text)
    assert isinstance(data, dict)
    before = load_settings(path, {}, today=DAY)
    path.write_text(patched(text, list(carried_out(data, DAY))), encoding="utf-8")
    after = load_settings(path, {}, today=EVE)
    assert after.model_copy(update={"planned": ()}) == before.model_copy(update={"planned": ()})
    assert [plan.id for plan in after.planned] == ["b"]


def test_the_day_is_the_offices_own() -> None:
    noon = dt.datetime(2026, 12, 31, 17, tzinfo=dt.UTC)
    assert day_of({"office": {"timezone": "Asia/Jakarta"}}, noon) == DAY
    assert day_of({"office": {"timezone": "Atlantis/Poseidonis"}}, noon) == EVE
