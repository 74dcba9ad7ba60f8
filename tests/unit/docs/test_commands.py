"""docs/commands.md says what the domain does, today."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from broker.contract import messages
from broker.domain.model import Office, TicketState
from broker.domain.vocabulary import COMMANDS
from tests import tables

DOCUMENT = Path(__file__).parents[3] / "docs" / "commands.md"


@pytest.fixture(scope="module")
def rules() -> Office:
    return tables.demo_rules()


def test_the_document_is_what_the_domain_does(rules: Office) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == tables.page(rules), "run: make tables"


def test_it_names_every_command_and_every_state() -> None:
    assert {*tables.COMMANDS, *tables.OF_NO_TICKET} == COMMANDS.keys()
    assert {str(state) for state in tables.STATES} == set(get_args(messages.TicketState))


def test_it_names_every_error_of_the_protocol() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [code for code in get_args(messages.ErrorCode) if f"`{code}`" not in text] == []


def test_every_state_is_reached_as_the_table_says(rules: Office) -> None:
    for state, reach in tables.STATES.items():
        office = tables.Office(rules)
        reach(office)
        assert office.state is state


@pytest.mark.parametrize(
    ("command", "state", "expected"),
    [
        ("next", "waiting", "-> called"),
        ("finish", "serving", "-> waiting"),
        ("unhold", "held", "-> serving"),
        ("rejoin", "no_show", "-> waiting"),
        ("undo", "no_show", "-> called"),
        ("undo", "waiting", "`nothing_to_undo`"),
        ("close", "serving", "`counter_busy`"),
        ("cancel", "called", "`illegal_transition`"),
    ],
)
def test_what_officers_rely_on_stands_in_it(rules: Office, command: str, state: str, expected: str) -> None:
    _form, asked = tables.COMMANDS[command][0]
    assert tables.outcome(rules, asked, TicketState(state)) == expected
