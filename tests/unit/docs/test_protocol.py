"""The page for whoever programs a device of their own: nothing of the wire is missing there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from broker.contract import messages
from broker.contract.messages import ErrorCode, Message
from broker.domain.commands import COMMANDS
from broker.domain.errors import Code
from broker.domain.events import EVENT_TYPES
from broker.gateway.decoding import FORMS

PAGE = Path(__file__).parents[3] / "docs" / "protocol.md"
TOLD = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
SHAPES = [shape for shape in vars(messages).values() if isinstance(shape, type) and issubclass(shape, Message)]
ENVELOPE = {"id", "ok", "result", "error", "code", "message", "detail"}
"""Told by the examples of a reply."""


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_field_of_a_message_is_told(shape: type[Message]) -> None:
    sent = {name for name, field in shape.model_fields.items() if not field.exclude}
    assert sent - ENVELOPE <= TOLD


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_its_arguments_are_told(command: str) -> None:
    assert {command, *FORMS[command].shape.model_fields} <= TOLD


def test_every_error_and_every_event_is_told() -> None:
    assert set(get_args(ErrorCode)) == {code.value for code in Code}
    assert {*get_args(ErrorCode), *EVENT_TYPES} <= TOLD
