"""`antrean simulate` and `antrean waits` as people meet them."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from broker.cli.commands import app
from broker.domain.model import Promised
from broker.domain.queue.outcomes import Outcome, score
from broker.simulate.plot import Panel, waits_svg
from broker.simulate.report import promises_table
from broker.store.sql import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.engine_room import EngineRoom

SHIPPED = Path(__file__).parents[3] / "config.yaml"
SVG = "{http://www.w3.org/2000/svg}"


def antrean(*arguments: str) -> str:
    """Run the command in a terminal of 100 columns; return what it says."""
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def line(output: str, beginning: str) -> list[str]:
    """Return the words of the first line that begins so."""
    return next(row.split() for row in output.splitlines() if row.split()[:1] == [beginning])


# -- simulate -------------------------------------------------------------------------------------------------------


def test_it_prints_waits_by_stage_and_lane_and_what_promises_were_worth() -> None:
    output = antrean("simulate", "--days", "2", "--jobs", "1", "--hours", "1")
    assert line(output, "service")[:2] == ["service", "regular"]
    assert "counters busy" in output
    assert line(output, "promise")[0] == "promise"
    assert "visitors an hour, seed 1" in output


def test_the_same_command_says_the_same() -> None:
    command = ("simulate", "--days", "2", "--jobs", "1", "--hours", "1", "--shifting")
    assert antrean(*command) == antrean(*command)
    assert antrean(*command) != antrean(*command, "--seed", "2")


def test_policies_side_by_side_and_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "waits.svg"
    output = antrean("simulate", "--days", "1", "--jobs", "1", "--hours", "1", "--compare", "--plot", str(picture))
    for policy in ("fifo", "strict", "ratio", "head_start", "promise"):
        assert line(output, policy)[0] == policy
    titles = [text.text for text in ET.parse(picture).iter(f"{SVG}text")]  # noqa: S314 - our own file
    assert {"fifo", "strict", "ratio", "head_start", "promise", "regular", "priority"} <= set(titles)


def test_a_configured_office_is_played_stage_by_stage() -> None:
    output = antrean("simulate", "--config", str(SHIPPED), "--days", "1", "--jobs", "1", "--policy", "fifo")
    for stage in ("document-check", "interview", "payment", "collection", "consultation"):
        assert line(output, stage)[0] == stage


def test_an_unknown_policy_is_refused() -> None:
    result = CliRunner().invoke(app, ("simulate", "--policy", "loudest"))
    assert result.exit_code == 2


# -- waits ----------------------------------------------------------------------------------------------------------


def test_waits_tells_what_the_promises_of_the_real_office_were_worth(tmp_path: Path) -> None:
    clock = FakeClock(dt.datetime.now(dt.UTC) - dt.timedelta(hours=2))
    store = SqlStore(f"sqlite:///{tmp_path}/office.db", "demo")
    room = EngineRoom(store=store, clock=clock)
    room.sign_in("c1", "sari")
    for _ in range(4):
        room.issue("visa")
    for _ in range(4):
        room.call_next()
        clock.advance(600)
        room.finish()
    store.close()
    output = antrean("waits", "--config", str(SHIPPED), "--data", str(tmp_path))
    assert line(output, "all") == ["all", *line(output, "regular")[1:]]
    assert line(output, "all")[1:5] == ["3", "100%", "0%", "0%"]
    assert line(output, "all")[-1] == "1"


def test_waits_of_an_office_without_any(tmp_path: Path) -> None:
    SqlStore(f"sqlite:///{tmp_path / 'office.db'}", "demo").close()
    output = antrean("waits", "--config", str(SHIPPED), "--data", str(tmp_path))
    assert line(output, "all")[1] == "0"


# -- scores ---------------------------------------------------------------------------------------------------------


def outcome(low_s: int, high_s: int, waited_s: float | None, *, ahead: int = 2) -> Outcome:
    """Return a promise of a day on which visits take 300 s at 3 counters."""
    return Outcome(Promised(ahead, low_s, high_s, 300.0, 3), "regular", waited_s)


def test_a_score_counts_what_fell_inside_and_on_which_side_the_rest() -> None:
    found = score(
        [outcome(100, 300, 100), outcome(100, 300, 300), outcome(100, 300, 301), outcome(100, 300, 99)],
    )
    assert (found.waits, found.covered, found.early, found.late) == (4, 0.5, 0.25, 0.25)


def test_a_score_holds_the_middle_against_the_usual_rules() -> None:
    """Average x ahead is 600 s; shared by three counters 200 s."""
    found = score([outcome(100, 500, 250)])
    assert (found.error_s, found.naive_error_s, found.shared_error_s) == (50, 350, 50)


def test_at_once_and_not_called_count_apart() -> None:
    found = score([outcome(0, 60, 20), outcome(0, 60, 90), outcome(100, 300, None)])
    assert (found.waits, found.at_once, found.kept_at_once, found.uncalled) == (0, 2, 0.5, 1)


def test_a_table_fits_eighty_columns() -> None:
    console = Console(width=80, record=True)
    console.print(promises_table({"head_start": score([outcome(100, 300, 250)] * 50_000)}))
    assert "at once" in console.export_text()


# -- the picture ----------------------------------------------------------------------------------------------------


def test_a_curve_rises_to_all_and_stays_inside() -> None:
    panel = Panel("a < b", {"regular": [0.0, 5.0, 30.0], "priority": []}, {"regular": 60.0, "priority": 15.0})
    root = ET.fromstring(waits_svg([panel]))  # noqa: S314 - our own text
    curve = next(path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("d", "").count("L") > 50)
    heights = [float(point.split()[1]) for point in curve.removeprefix("M").split("L")]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == pytest.approx(34)
    assert "a < b" in [text.text for text in root.iter(f"{SVG}text")]
