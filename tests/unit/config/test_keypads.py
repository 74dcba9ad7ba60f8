"""Keypads in config.yaml: the sample there is right, and what does not fit together is said where it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broker.config import load_settings
from tests.unit.config.sample import OFFICE, line_of, problems_of

SHIPPED = Path(__file__).parents[3] / "config.yaml"
KEYPADS = """\
keypads:
  - id: keypads-1
    codec: ascii
    line: {url: /dev/ttyUSB0}
    pads:
      - counter: counter-1
        address: 1
        officers: [siti]
      - counter: counter-2
        address: 2
        officers: [siti, budi]
"""


def office(*changes: tuple[str, str]) -> str:
    text = KEYPADS
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return OFFICE + text


def test_keypads_that_fit_have_no_fault(tmp_path: Path) -> None:
    assert problems_of(tmp_path, office()) == []


@pytest.mark.parametrize(
    ("change", "path", "part", "message"),
    [
        (("counter: counter-2", "counter: conter-2"), "pads[1].counter", "conter-2", "counter-2"),
        (("counter: counter-2", "counter: counter-1"), "pads[1].counter", "", "has a keypad already"),
        (("address: 2", "address: 1"), "pads[1].address", "", "already the address of another pad"),
        (("address: 2", "address: 100"), "pads[1].address", "", "at most 99"),
        (("[siti, budi]", "[siti, bubi]"), "pads[1].officers[1]", "bubi", "budi"),
        (("[siti, budi]", "[]"), "pads[1].officers", "", "needs at least one entry"),
        (("codec: ascii", "codec: hid"), "pads", "", "must be one"),
        (("codec: ascii", "codec: asci"), "codec", "asci", 'did you mean "ascii"'),
        (("/dev/ttyUSB0", "ttyUSB0"), "line.url", "", "must be a device such as"),
        (("/dev/ttyUSB0", '"pty:"'), "line.url", "", "must be a device such as"),
        (("id: keypads-1", "id: kiosk-1"), "id", "", "already the id of one of the kiosks"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, change: tuple[str, str], path: str, part: str, message: str) -> None:
    text = office(change)
    [problem] = problems_of(tmp_path, text)
    assert problem.path == f"keypads[0].{path}"
    assert message in str(problem)
    assert problem.line is not None
    assert not part or problem.line == line_of(text, part)


def second_line(url: str) -> str:
    """Return the office with one line of keypads at each counter."""
    first, second = KEYPADS.split("      - counter: counter-2")
    other = first.removeprefix("keypads:\n").replace("keypads-1", "keypads-2").replace("counter-1", "counter-2")
    assert "officers" in second
    return OFFICE + (first + other).replace("/dev/ttyUSB0", url)


def test_two_machines_may_call_their_ports_alike(tmp_path: Path) -> None:
    assert problems_of(tmp_path, second_line("/dev/ttyUSB0")) == []


def test_two_emulated_devices_may_not(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, second_line('"pty:pads"'))
    assert problem.path == "keypads[1].line.url"
    assert "already the name of another emulated device" in str(problem)


def test_the_sample_that_stands_commented_in_the_shipped_file_is_right(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    begin, rest = text.split("keypads: []", 1)
    sample, after = re.split(r"\n(?!#)", rest.split("\n", 1)[1], maxsplit=1)
    opened = begin + "keypads:\n" + "\n".join(line.replace("#", " ", 1) for line in sample.splitlines()) + "\n" + after
    assert problems_of(tmp_path, opened) == []
    (tmp_path / "config.yaml").write_text(opened, encoding="utf-8")
    [keypads] = load_settings(tmp_path / "config.yaml", {}).keypads
    assert keypads.line.emulated == "keypads-1"
    assert [pad.counter for pad in keypads.pads] == ["counter-1"]
