"""What was pasted along, and what is no host: named as what it is, on its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.config.sample import changed, line_of, problems_of

RETURN = "a carriage return (as Windows ends lines) (U+000D)"
QUOTE = """begins with a typographic quote (“): use plain ones, " or '"""
PORT = "  port: 18830"


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ('label: "1"', 'label: " "', "counters[0].label", "consists of blanks only"),
        ('label: "1"', 'label: "1 "', "counters[0].label", "begins or ends with a blank"),
        ('label: "1"', 'label: "\\a1"', "counters[0].label", "contains a control character (U+0007)"),
        (
            'label: "1"',
            "label: “1”",
            "counters[0].label",
            QUOTE,
        ),
        (
            "name: Siti",
            'name: "Siti\\r"',
            "officers[0].name",
            f"contains {RETURN}",
        ),
        ("name: Siti", "name: Si\tti", "officers[0].name", "contains a tab (U+0009)"),
        ("name: Siti", "name: Siti\u00a0B", "officers[0].name", "contains a no-break space (U+00A0)"),
        ("name: Siti", "name: Si\u200bti", "officers[0].name", "contains an invisible character (U+200B)"),
        ("en: Check", 'en: "Ch\\u0001eck"', "stages[0].name.en", "contains a control character (U+0001)"),
        ("en: Check", 'en: "  "', "stages[0].name.en", "must not be empty"),
        ("server: auto", "server: auto\u00a0", "mqtt.server", "contains a no-break space (U+00A0)"),
        (PORT, f'{PORT}\n  host: "10.0.0.5 "', "mqtt.host", "begins or ends with a blank"),
        (
            PORT,
            f'{PORT}\n  password: "long enough, surely\\r"',
            "mqtt.password",
            f"contains {RETURN}",
        ),
    ],
)
def test_a_character_that_nobody_meant_is_named(tmp_path: Path, old: str, new: str, path: str, message: str) -> None:
    text = changed((old, new))
    [problem] = problems_of(tmp_path, text)
    assert (problem.path, problem.message, problem.line) == (path, message, line_of(text, new.rpartition("\n")[2]))


def test_a_value_out_of_the_environment_is_looked_at_too(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, changed(), {"ANTREAN_MQTT__HOST": "10.0.0.5\r"})
    assert (problem.file, problem.message) == (
        "ANTREAN_MQTT__HOST",
        f"contains {RETURN}",
    )


def test_what_visitors_read_may_have_lines_quotes_and_no_break_spaces(tmp_path: Path) -> None:
    text = changed(("en: Check", 'en: "“Check”\\nthe\u00a0papers "'))
    assert problems_of(tmp_path, text) == []


def test_an_indent_with_a_tab_is_said_to_be_one(tmp_path: Path) -> None:
    text = changed(("  timezone: Asia", "\ttimezone: Asia"))
    [problem] = problems_of(tmp_path, text)
    assert problem.message == "is not valid YAML: the line is indented with a tab (U+0009): indent with blanks"
    assert problem.line == line_of(text, "\ttimezone")


def test_an_indent_or_a_key_with_a_no_break_space_is_said_to_have_one(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, changed((PORT, " \u00a0port: 18830")))
    assert "indented with a no-break space (U+00A0)" in problem.message
    [problem] = problems_of(tmp_path, changed((PORT, "  p\u00a0ort: 18830")))
    assert problem.message == "a key here contains a no-break space (U+00A0): write it anew"


def test_a_no_break_space_after_a_colon_is_said_to_stand_there(tmp_path: Path) -> None:
    text = changed(("  timezone: Asia", "  timezone:\u00a0Asia"))
    [problem] = problems_of(tmp_path, text)
    assert problem.message == "is not valid YAML: a no-break space (U+00A0) stands after a colon: write a blank"
    assert problem.line == line_of(text, "timezone:")


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("mqtt://10.0.0.5", 'must be a host alone, without "mqtt://"'),
        ("10.0.0.5:18830", "must be a host alone: the port 18830 has a line of its own, port"),
        ("10.0.0.500", "must be an address of four numbers from 0 to 255"),
        ("10.0.0", "must be an address of four numbers from 0 to 255"),
        ("main office", "must be the name or the address of a machine, such as 192.168.1.10"),
        ("-x", "must be the name or the address of a machine, such as 192.168.1.10"),
        ("{x}/y", "must be the name or the address of a machine, such as 192.168.1.10"),
    ],
)
def test_what_is_no_host_is_told_what_it_is(tmp_path: Path, host: str, message: str) -> None:
    for old, new, path in (
        (PORT, f'{PORT}\n  host: "{host}"', "mqtt.host"),
        ("type: preview", f'type: network\n      host: "{host}"', "kiosks[0].printer.host"),
    ):
        [problem] = problems_of(tmp_path, changed((old, new)))
        assert (problem.path, problem.message) == (path, f'{message}, not "{host}"')


@pytest.mark.parametrize("host", ["10.0.0.5", "localhost", "main", "main.office.example", "fd00::5", "a_b", "srv-1."])
def test_names_and_addresses_of_machines_are_hosts(tmp_path: Path, host: str) -> None:
    assert problems_of(tmp_path, changed((PORT, f'{PORT}\n  plain_text: allowed\n  host: "{host}"'))) == []


@pytest.mark.parametrize(
    ("line", "path", "message", "hint"),
    [
        ("  2026-02-30: []", "hours.2026-02-30", "is not a known key", "known here: enforced, mon, tue"),
        ("  monday: []", "hours.monday", "is not a known key", 'did you mean "mon"?'),
        ("  2026-12-24: 8", "hours.2026-12-24", "must be a list, not 8", None),
        ('  2026-12-24: ["8-12"]', "hours.2026-12-24[0]", "must be a span of time", None),
        ('  2026-12-24: ["12:00-08:00"]', "hours.2026-12-24[0]", '"12:00-08:00" ends before it begins', None),
        ('  tue: ["24:00-24:00"]', "hours.tue[0]", "must be a span of time", None),
    ],
)
def test_days_of_hours_are_weekdays_or_dates(
    tmp_path: Path, line: str, path: str, message: str, hint: str | None
) -> None:
    [problem] = problems_of(tmp_path, changed(("  enforced: true", f"  enforced: true\n{line}")))
    assert problem.path == path
    assert problem.message.startswith(message)
    assert (problem.hint or "").startswith(hint or "")


def test_a_day_may_end_at_midnight_and_a_date_may_be_closed(tmp_path: Path) -> None:
    text = changed(("  enforced: true", '  enforced: true\n  tue: ["18:00-24:00"]\n  2026-12-25: []'))
    assert problems_of(tmp_path, text) == []
