"""Files that are no configuration at all: told in a sentence, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config import ConfigError, check_settings, load_settings
from broker.config.document import read_value
from tests.unit.config.sample import OFFICE, changed, line_of, problems_of

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", None, "is empty: it must describe an office"),
        (b"# nothing but a comment\n", None, "is empty: it must describe an office"),
        (b"- office\n- hours\n", 1, "must be keys with values at the top level"),
        (b"just a word", 1, "must be keys with values at the top level"),
        (b"office:\n  id: \xff\xfe\n", 2, "is not UTF-8 text"),
        ("office:\n".encode("utf-16"), 1, "is not UTF-8 text"),
        (b"office:\n  id: a\x00b\n", 2, "contains a character that YAML does not allow"),
        (b"office:\n  name: a: b\n", 2, "is not valid YAML: mapping values are not allowed"),
        (b"office:\n  id: [a\nhours: 1\n", 3, "is not valid YAML: while parsing a flow sequence"),
        (b"office:\n\tid: a\n", 2, "is not valid YAML: "),
        (b"office: {}\n---\noffice: {}\n", 2, "is not valid YAML: expected a single document"),
        (BOMB.encode(), 2, "aliases (`*name`) are not used in this file"),
        (b"office: !!python/object/apply:os.getcwd []\n", 1, "tags (`!name`) are not used in this file"),
        (b"[" * 100_000, 1, "is nested more than 24 levels deep"),
        (b"a: {" * 100_000, 1, "is nested more than 24 levels deep"),
        (b"#" * 2_000_000, None, "is larger than 1024 KiB"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_configuration_is_said_in_one_sentence(
    tmp_path: Path, content: bytes, line: int | None, message: str
) -> None:
    [problem] = problems_of(tmp_path, content)
    assert problem.message.startswith(message)
    assert problem.line == line


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml: cannot be read: no such file or directory"):
        load_settings(tmp_path / "gone.yaml", {})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    [problem] = check_settings(tmp_path, {})
    assert problem.message == "cannot be read: is a directory"


def test_every_key_written_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    text = changed(("demo: true", "demo: true\ndemo: false"), ("  port: 18830", "  port: 18830\n  port: 1\n  port: 2"))
    problems = problems_of(tmp_path, text)
    assert [(problem.path, problem.line) for problem in problems] == [
        ("demo", line_of(text, "demo: false")),
        ("mqtt.port", line_of(text, "port: 1\n")),
        ("mqtt.port", line_of(text, "port: 2\n")),
    ]
    first = line_of(text, "port: 18830")
    assert {problem.message for problem in problems[1:]} == {f"is written twice: it already stands on line {first}"}


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert problems_of(tmp_path, b"\xef\xbb\xbf" + OFFICE.encode()) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18840", 18840),
        ("-5", -5),
        ("2.50", 2.5),
        ("true", True),
        ("null", None),
        ("", None),
        ("no", "no"),
        ("12:30", "12:30"),
        ("0x10", "0x10"),
        ("2024-12-17", "2024-12-17"),
        ("9" * 5000, "9" * 5000),
        (".inf", ".inf"),
        ("'5'", "5"),
        ("[id, 5]", ["id", 5]),
        ("{id: Kantor}", {"id": "Kantor"}),
    ],
)
def test_plain_words_mean_what_they_look_like(text: str, value: object) -> None:
    assert read_value(text) == value


def test_a_value_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(ValueError, match="is not valid YAML"):
        read_value("[1")
