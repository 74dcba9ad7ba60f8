"""docs/protocol.md is the contract for whoever programs a device: its tables are what the program does."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from broker.contract import messages, topics
from broker.contract.messages import PASSING, PROTOCOL, ErrorCode, Message, State, Text, TextList
from broker.contract.topics import TopicKind
from broker.domain.errors import Code
from broker.domain.vocabulary import COMMANDS, EVENT_TYPES
from broker.gateway.decoding import FORMS, Request

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
SHAPES = {
    name: shape
    for name, shape in vars(messages).items()
    if isinstance(shape, type) and issubclass(shape, Message) and shape not in {Message, State}
}
PLAIN: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    dt.datetime: "time",
    dt.date: "date",
    dict[str, Any]: "object",
    Text: "texts by language",
    TextList: "lists by language",
}
IN_OTHER_WORDS = {
    ("Error", "code"): "[code](#errors)",
    ("Presence", "devices"): "texts by device",
    ("Alert", "place"): "texts by name",
}


def section(heading: str) -> str:
    """Return what stands below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no section {heading!r}"
    return found.group(1)


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table in a section, without its head."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def plain(cell: str) -> str:
    """Return what stands between back-quotes at the beginning of a cell."""
    found = re.match(r"`([^`]+)`", cell)
    assert found is not None, cell
    return found.group(1)


def type_words(hint: Any) -> str:  # noqa: ANN401 - an annotation of any kind
    """Return how the page says what may stand in a field."""
    if hint in PLAIN:
        return PLAIN[hint]
    arguments = get_args(hint)
    if get_origin(hint) in {Union, UnionType}:
        (inner,) = (kind for kind in arguments if kind is not NoneType)
        return f"{type_words(inner)} or null"
    if get_origin(hint) is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if get_origin(hint) is tuple:
        inner = type_words(arguments[0])
        return "list of texts" if inner == "text" else f"list of {inner}"
    return f"[{hint.__name__}](#{hint.__name__.lower()})"


@pytest.mark.parametrize("name", SHAPES)
def test_every_field_of_a_message_is_told_with_its_type(name: str) -> None:
    hints = get_type_hints(SHAPES[name])
    sent = [field for field, info in SHAPES[name].model_fields.items() if not info.exclude]
    expected = {field: IN_OTHER_WORDS.get((name, field)) or type_words(hints[field]) for field in sent}
    assert {plain(field): kind for field, kind, *_ in rows(name)} == expected
    assert all(meaning for *_, meaning in rows(name))


def test_every_command_is_told_with_its_arguments_and_which_may_be_left_out() -> None:
    told = {plain(name): set(re.findall(r"`(\w+)`(\??)", arguments)) for name, arguments, *_ in rows("Commands")}
    assert told == {
        name: {
            (field, "" if info.is_required() else "?")
            for field, info in FORMS[name].shape.model_fields.items()
            if field not in Request.model_fields
        }
        for name in COMMANDS
    }


def test_every_error_is_told_and_which_are_not_kept() -> None:
    assert set(get_args(ErrorCode)) == {code.value for code in Code}
    assert {plain(code): kept for code, kept, *_ in rows("Errors")} == {
        code.value: "no" if code in PASSING else "yes" for code in Code
    }


def test_every_event_is_told() -> None:
    assert [plain(name) for name, *_ in rows("Events")] == list(EVENT_TYPES)


def test_every_topic_is_told() -> None:
    kinds = [kind for kind in vars(topics).values() if isinstance(kind, TopicKind)]
    assert {plain(topic): (qos, kept) for topic, _, qos, kept, *_ in rows("Topics")} == {
        f"{{root}}/{kind.template}": (str(kind.qos), "yes" if kind.retained else "no") for kind in kinds
    }


def test_the_page_says_which_version_it_is() -> None:
    assert PAGE.splitlines()[0].endswith(f"version {PROTOCOL}")


def test_every_link_within_the_page_leads_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= headings
