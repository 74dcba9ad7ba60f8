"""Each printer fault at each stage of a ticket, on the wire; and docs/hardware.md says what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import printer_faults
from tests.printer_faults import FAULTS, STAGES, Cell

DOCUMENT = Path(__file__).parents[3] / "docs" / "hardware.md"
NAMED = {
    "the paper is out": "Kertas printer habis",
    "the cover is open": "Tutup printer terbuka",
    "the cutter is stuck": "Kertas tersangkut di printer",
    "it is off line": "Printer tidak merespons",
    "its cable is out": "Printer tidak merespons",
}
"""What is wrong, in the words of the kiosk, where the printer or its silence tells."""


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[Cell]:
    return printer_faults.all_cells(tmp_path_factory.mktemp("faults"))


def test_the_document_says_what_happens(cells: list[Cell]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert printer_faults.with_tables(text, printer_faults.page(cells)) == text, "run: make tables"


def test_every_fault_was_played_at_every_stage(cells: list[Cell]) -> None:
    assert [(cell.stage, cell.fault) for cell in cells] == [(stage, fault) for stage in STAGES for fault in FAULTS]


def test_everybody_got_one_number_and_it_is_nobody_elses(cells: list[Cell]) -> None:
    assert {cell.tickets for cell in cells} == {1}
    assert len({cell.number for cell in cells}) == len(cells)


def test_no_paper_comes_twice_whatever_happens_afterwards(cells: list[Cell]) -> None:
    assert [cell for cell in cells if max(cell.papers_later, cell.begun_later) > len(cell.stored)] == []


def test_no_outcome_is_lost_and_none_changes_by_itself(cells: list[Cell]) -> None:
    assert [cell for cell in cells if not set(cell.stored) <= {"confirmed", "unconfirmed", "failed"}] == []
    assert [cell for cell in cells if cell.stored_later != cell.stored] == []


def test_a_confirmed_paper_is_whole_and_a_failed_one_is_not(cells: list[Cell]) -> None:
    assert [cell for cell in cells if cell.papers < cell.stored.count("confirmed")] == []
    assert [cell for cell in cells if cell.papers > len(cell.stored) - cell.stored.count("failed")] == []


def test_known_trouble_is_named_and_nothing_is_sent(cells: list[Cell]) -> None:
    for cell in cells:
        if cell.fault in NAMED and cell.stage in {"before the number", "between number and paper"}:
            assert cell.banner["id"] == NAMED[cell.fault]
            assert (cell.stored, cell.papers_later, cell.begun_later) == (("failed",), 0, 0)


def test_the_next_visitor_knows_before_choosing(cells: list[Cell]) -> None:
    assert [cell.fault for cell in cells if bool(cell.hint) != (cell.fault in {*NAMED})] == []


def test_whoever_may_have_no_paper_can_say_so_where_a_printer_works(cells: list[Cell]) -> None:
    assert all(cell.offers_another for cell in cells if cell.banner["en"] == "Did your ticket come out?")
    assert not any(cell.offers_another for cell in cells if cell.stored[-1] == "confirmed")
