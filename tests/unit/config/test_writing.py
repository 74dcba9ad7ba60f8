"""A section is put into config.yaml where it belongs; every comment and every other line stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config import load_settings
from broker.config.writing import UnwritableError, with_kiosk_section, write_kiosk_section

SHIPPED = Path(__file__).parents[3] / "config.yaml"
KEYS = {"next": "F14", "ok": "#139"}


def test_the_shipped_file_gets_the_keys_and_keeps_every_other_line(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(SHIPPED.read_bytes())
    path.chmod(0o640)
    line = write_kiosk_section(path, "kiosk-1", "keys", KEYS)
    before, after = SHIPPED.read_text().splitlines(), path.read_text().splitlines()
    assert after[line - 1 : line + 2] == ["    keys:", '      next: "F14"', '      ok: "#139"']
    assert after[: line - 1] + after[line + 2 :] == before
    keys = load_settings(path, {}).kiosks[0].keys
    assert keys is not None
    assert (keys.next, keys.ok, keys.repeat) == ("F14", "#139", None)
    assert path.stat().st_mode & 0o777 == 0o640
    again = write_kiosk_section(path, "kiosk-1", "keys", {"previous": "F13"})
    assert again == line
    assert len(path.read_text().splitlines()) == len(before) + 2


TWO = """kiosks:
- id: one   # the first
  keys:
    next: "F1"   # old
    # a remark of its own
  idle_s: 20
- id: two
  text: |
    many
    lines

# The end.
other: 1
"""


def test_of_several_kiosks_the_right_one_is_written_also_at_its_end_and_in_its_own_indent() -> None:
    text, line = with_kiosk_section(TWO, "two", "keys", KEYS)
    assert line == 8
    assert text.splitlines()[6:11] == ["- id: two", "  keys:", '    next: "F14"', '    ok: "#139"', "  text: |"]
    text, line = with_kiosk_section(TWO, "one", "keys", KEYS)
    written = text.splitlines()[2:7]
    assert written[:3] == ["  keys:", '    next: "F14"   # old', '    ok: "#139"']
    assert written[3:] == ["    # a remark of its own", "  idle_s: 20"]


def test_the_ends_of_lines_stay_those_of_the_file() -> None:
    text, _ = with_kiosk_section(TWO.replace("\n", "\r\n"), "one", "keys", KEYS)
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kiosks:\n- id: other\n", "called one"),
        ("kiosks: [\n", "not valid YAML"),
        ("- 1\n", "holds no sections"),
    ],
)
def test_what_a_program_cannot_write_safely_is_left_to_people(text: str, why: str) -> None:
    with pytest.raises(UnwritableError, match=why):
        with_kiosk_section(text, "one", "keys", KEYS)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnwritableError, match="cannot be read"):
        write_kiosk_section(tmp_path / "none.yaml", "one", "keys", KEYS)
