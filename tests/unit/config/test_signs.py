"""Signs and scanners in config.yaml: the samples there are right, and what does not fit is said where it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broker.config import load_settings
from broker.config.logins import clients_of
from tests.unit.config.sample import OFFICE, changed, problems_of

SHIPPED = Path(__file__).parents[3] / "config.yaml"
SIGNS = """\
signs:
  - id: signs-1
    line: {url: /dev/ttyUSB0}
    codec: edi
    signs:
      - address: 1
        counter: counter-1
      - address: 3
        board: true
        lines: 4
"""
SCANNER = ("      paper_mm: 80\n", "      paper_mm: 80\n    scanner: {type: serial, line: {url: /dev/ttyACM0}}\n")


def signs(*changes: tuple[str, str]) -> str:
    """Return the small office with signs, each first text replaced by the second."""
    text = SIGNS
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return OFFICE + text


def test_signs_and_a_scanner_that_fit_have_no_fault(tmp_path: Path) -> None:
    assert problems_of(tmp_path, signs()) == []
    assert problems_of(tmp_path, changed(SCANNER)) == []


CASES = [
    (("counter-1", "conter-1"), "signs[0].counter", 'did you mean "counter-1"?'),
    (("        counter: counter-1\n", ""), "signs[0]", "needs either the counter it stands at, or board: true"),
    (
        ("counter: counter-1", "counter: counter-1\n        board: true"),
        "signs[0].board",
        "either that of a counter or",
    ),
    (("counter: counter-1", "counter: counter-1\n        lines: 2"), "signs[0].lines", "only a board has several"),
    (("address: 3", "address: 1"), "signs[1].address", "1 is already the address of another sign"),
    (("address: 1\n", "address: 5\n"), "signs[1].address", "5 is already the address of another sign"),
    (("address: 3", "address: 97"), "signs[1].address", "at most 99"),
    (("address: 1\n", "address: 0\n"), "signs[0].address", "must be at least 1"),
    (("codec: edi", "codec: eddi"), "codec", 'did you mean "edi"'),
    (("/dev/ttyUSB0", "COM1"), "line.url", "must be a device such as"),
    (("id: signs-1", "id: kiosk-1"), "id", "already the id of one of the kiosks"),
    (("    codec: edi\n", ""), "codec", "is missing"),
]


@pytest.mark.parametrize(("change", "path", "message"), CASES)
def test_signs_that_do_not_fit_are_said(tmp_path: Path, change: tuple[str, str], path: str, message: str) -> None:
    [problem] = problems_of(tmp_path, signs(change))
    assert problem.path == f"signs[0].{path}"
    assert message in str(problem)


def test_a_scanner_has_to_say_how_it_hangs_on_the_kiosk(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, changed((SCANNER[0], SCANNER[1].replace("serial", "serail"))))
    assert problem.path == "kiosks[0].scanner.type"
    assert 'did you mean "serial"' in str(problem)


def uncommented(section: str, mark: str) -> str:
    """Return the shipped office with the commented lines below a key brought to life."""
    text = SHIPPED.read_text(encoding="utf-8").replace(f"{section}: []", f"{section}:", 1)
    begin = text.index(mark)
    end = re.compile(r"^(?! *#)", re.MULTILINE).search(text, text.index("\n", begin) + 1)
    assert end is not None
    lines = text[begin : end.start()].splitlines()
    return text[:begin] + "\n".join(line.replace("# ", "", 1) for line in lines) + "\n" + text[end.start() :]


def test_the_signs_and_the_scanner_that_stand_there_commented_are_without_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(uncommented("signs", "#  - id: signs-1"), encoding="utf-8")
    office = load_settings(path, {})
    assert [sign.counter for sign in office.signs[0].signs] == ["counter-1", None]
    assert office.signs[0].addresses == (1, 21, 22, 23, 24)
    assert "signs-1" in clients_of(office)
    path.write_text(uncommented("kiosks", "    # scanner:"), encoding="utf-8")
    assert load_settings(path, {}).kiosks[0].scanner is not None
