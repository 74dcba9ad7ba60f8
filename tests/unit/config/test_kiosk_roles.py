"""What a kiosk is for: which faults its role makes, and that nobody takes a feedback kiosk for one that prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config import load_settings
from broker.config.logins import clients_of
from broker.config.printers import kiosk_printers
from broker.up.office import feedback_parts, parts
from tests.unit.config.sample import OFFICE, problems_of

PRINTER = "    printer:\n      type: preview\n      paper_mm: 80\n"
PANEL = "    panel: {width_px: 1200, height_px: 1920, diagonal_in: 10.1, viewing_distance_m: 0.4}\n"
BEFORE = "displays:\n"


def with_feedback(*lines: str, first: bool = False) -> str:
    """Return the office with a feedback kiosk of these lines, behind its own kiosk or before it."""
    entry = "".join(("  - id: feedback-1\n    role: feedback\n", PANEL, *(f"    {line}\n" for line in lines)))
    mark = "  - id: kiosk-1\n" if first else BEFORE
    return OFFICE.replace(mark, entry + mark)


@pytest.mark.parametrize("first", [False, True])
def test_a_feedback_kiosk_prints_for_no_counter_and_is_no_screen_that_gives_out_numbers(
    tmp_path: Path, *, first: bool
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(with_feedback("counter: counter-1", first=first), encoding="utf-8")
    settings = load_settings(path, {})
    assert [kiosk.id for kiosk in settings.ticket_kiosks] == ["kiosk-1"]
    assert [kiosk.id for kiosk in settings.feedback_kiosks] == ["feedback-1"]
    assert {settings.kiosk_of(counter) for counter in settings.counters} == {"kiosk-1"}
    assert kiosk_printers(settings.feedback_kiosks[0]) == {}
    assert next(part.id for part in parts(settings) if part.kind == "kiosk") == "kiosk-1"
    assert [part.id for part in feedback_parts(settings)] == ["feedback-1"]
    assert "feedback-1" in clients_of(settings)


@pytest.mark.parametrize(
    ("text", "path", "message", "hint"),
    [
        (
            OFFICE.replace(PRINTER, ""),
            "kiosks[0].printer",
            "is missing: this kiosk gives out numbers on paper",
            "only a kiosk with role: feedback does without",
        ),
        (
            OFFICE.replace(PRINTER, "    role: feedback\n"),
            "kiosks",
            "has only kiosks with role: feedback: nobody gets a number",
            "one at least must be without that line",
        ),
        (
            with_feedback("counter: counter-9"),
            "kiosks[1].counter",
            '"counter-9" is not the id of one of the counters',
            'did you mean "counter-2"?',
        ),
        (
            OFFICE.replace(PRINTER, PRINTER + "    counter: counter-1\n"),
            "kiosks[0].counter",
            "is for kiosks with role: feedback: whoever is served at this counter is asked there",
            "leave the line out, or say role: feedback",
        ),
        (
            with_feedback("spare_printer: {type: preview, paper_mm: 80}"),
            "kiosks[1].spare_printer",
            "is the second printer of a kiosk without a first one",
            "say printer",
        ),
        (
            with_feedback().replace('label: "2"', 'label: "2"\n    kiosk: feedback-1'),
            "counters[1].kiosk",
            '"feedback-1" has the role feedback: it prints no tickets',
            "name a kiosk that gives out numbers, or leave the line out",
        ),
        (
            with_feedback().replace("role: feedback", "role: feedbak"),
            "kiosks[1].role",
            'must be one of tickets, feedback, not "feedbak"',
            'did you mean "feedback"?',
        ),
    ],
)
def test_what_a_role_needs_or_has_no_use_for_is_said(
    tmp_path: Path, text: str, path: str, message: str, hint: str
) -> None:
    problems = [one for one in problems_of(tmp_path, text) if not one.warning]
    assert (path, message, hint) in [(one.path, one.message, one.hint) for one in problems]


def test_nobody_is_asked_by_two_tablets(tmp_path: Path) -> None:
    text = with_feedback("counter: counter-1").replace(
        BEFORE, f"  - id: feedback-2\n    role: feedback\n    counter: counter-1\n{PANEL}{BEFORE}"
    )
    (problem,) = problems_of(tmp_path, text)
    assert problem.path == "kiosks[2].counter"
    assert problem.message == '"counter-1" has a feedback kiosk already, feedback-1: everybody is asked once'
