"""The true window on a virtual screen: touched by a finger from outside, and looked at in every state."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from broker.domain.identity import qr_text
from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from hardware.emulators.control import socket_path, tell
from hardware.panel.scale import density
from tests.support.caller import wait_until
from tests.support.program import Program
from tests.ui.kiosk.kiosk_samples import settings

CODE = qr_text("6f1c1f0e-0000-4000-8000-000000000012")


@pytest.fixture
def kiosk(screen: VirtualScreen, data_dir: Path) -> Iterator[Window]:
    """Open the kiosk; it has to end by itself, and well, when it is told to."""
    targets = data_dir / "targets.json"
    process = Program(
        "tests.ui.kiosk.kiosk_on_fake_bus",
        str(data_dir),
        env={**os.environ, "DISPLAY": screen.name, "ANTREAN_TARGETS": str(targets)},
    )
    yield Window("kiosk", screen, targets)
    process.terminate()
    assert process.wait(30) == 0


def _requests(data_dir: Path, command: str) -> list[dict[str, str]]:
    lines = (data_dir / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry["arguments"] for entry in map(json.loads, lines) if entry["command"] == command]


def test_a_finger_gets_one_ticket_on_paper_though_it_touches_twice(
    kiosk: Window, screen: VirtualScreen, data_dir: Path
) -> None:
    kiosk.touch("language:en")
    kiosk.touch("service:new-passport")
    kiosk.touch("continue")
    left, top, width, height = kiosk.wait_for("lane:priority")
    for _ in range(2):
        screen.touch(left + width // 2, top + height // 2)
    kiosk.wait_screen("issuing")
    kiosk.wait_for("done")
    asked = {"service": "new-passport", "lane": "priority", "language": "en"}
    assert _requests(data_dir, "issue") == [asked]
    wait_until(lambda: bool(_requests(data_dir, "printed")), "the paper is out")
    assert [entry["outcome"] for entry in _requests(data_dir, "printed")] == ["confirmed"]
    kept = data_dir / "requests" / "kiosk-1.json"
    wait_until(lambda: kept.read_bytes() == b"[]", "what was kept for a power cut is let go")
    with Image.open(data_dir / "paper" / "latest.png") as paper:
        assert paper.width < paper.height
    kiosk.touch("done")
    kiosk.wait_for("language:id")


def test_a_visit_in_every_way_of_access_at_once_ends_with_a_ticket_and_the_next_one_is_plain(
    kiosk: Window, data_dir: Path
) -> None:
    kiosk.touch("access")
    kiosk.wait_for("access:contrast")
    for way in ("contrast", "low", "larger"):
        # Each moves all that can be touched: what was named before is no place to touch any more.
        before = kiosk.targets.read_bytes()
        kiosk.touch(f"access:{way}")
        wait_until(lambda before=before: kiosk.targets.read_bytes() != before, "the page was laid out anew")  # type: ignore[misc]
    kiosk.touch("access:done")
    kiosk.touch("language:en")
    kiosk.touch("service:new-passport")
    kiosk.touch("continue")
    kiosk.touch("lane:priority")
    kiosk.wait_for("done")
    assert _requests(data_dir, "issue") == [{"service": "new-passport", "lane": "priority", "language": "en"}]
    large = json.loads(kiosk.targets.read_text(encoding="utf-8"))["targets"]["access"]
    kiosk.touch("done")
    kiosk.wait_for("language:id")
    plain = json.loads(kiosk.targets.read_text(encoding="utf-8"))["targets"]["access"]
    assert large != plain


def test_a_missed_visitor_types_the_number_comes_back_and_gets_copies(kiosk: Window, data_dir: Path) -> None:
    kiosk.touch("have_ticket")
    for key in "AP3":
        kiosk.touch(f"key:{key}")
    kiosk.touch("find")
    kiosk.touch("do:rejoin")
    kiosk.wait_screen("code")
    for digit in "0417":
        kiosk.touch(f"key:{digit}")
    kiosk.touch("find")
    kiosk.wait_gone("do:rejoin")
    printer = socket_path(data_dir, "kiosk-1-printer")
    wait_until(printer.exists, "the emulated printer takes commands")
    assert tell(printer, "silence").startswith("ready")
    kiosk.touch("do:reprint")
    kiosk.touch("print_again")  # "did your ticket come out?": no
    wait_until(lambda: len(_requests(data_dir, "printed")) == 2, "both copies are printed")
    assert [entry["outcome"] for entry in _requests(data_dir, "printed")] == ["unconfirmed"] * 2
    assert _requests(data_dir, "lookup") == [{"ticket": "AP-003"}, {"ticket": "AP-003", "check": "0417"}]
    assert (len(_requests(data_dir, "rejoin")), len(_requests(data_dir, "reprint"))) == (1, 2)
    assert len(list((data_dir / "paper").glob("[0-9]*.png"))) == 2
    kiosk.wait_gone("print_again")  # what is touched before the new page has settled does not count
    kiosk.touch("done")
    kiosk.wait_for("language:id")


def test_touch_targets_are_at_least_twenty_millimetres_high(kiosk: Window) -> None:
    kiosk.touch("language:id")
    kiosk.wait_for("service:new-passport")
    content = json.loads(kiosk.targets.read_text(encoding="utf-8"))
    millimetre = density(settings().kiosks[0].panel)
    assert {name for name, box in content["targets"].items() if box[3] < 20 * millimetre - 1} == set()
    assert content["size"] == [1080, 1920]


def test_every_key_of_the_keypad_is_at_least_twenty_millimetres_high_and_fifteen_wide(kiosk: Window) -> None:
    kiosk.touch("have_ticket")
    kiosk.wait_for("key:A")
    kiosk.touch("key:A")
    kiosk.wait_for("key:1")
    millimetre = density(settings().kiosks[0].panel)
    targets = json.loads(kiosk.targets.read_text(encoding="utf-8"))["targets"]
    keys = {name: box for name, box in targets.items() if name.startswith("key:")}
    assert len(keys) == 11
    assert min(box[3] for box in keys.values()) >= 20 * millimetre - 1
    assert min(box[2] for box in keys.values()) >= 15 * millimetre


def test_nothing_that_a_hostile_code_or_keyboard_types_does_anything_at_the_true_kiosk(
    kiosk: Window, screen: VirtualScreen, data_dir: Path
) -> None:
    """By a scanner that types a key every few milliseconds, then by hand; a ticket's code is asked for alone."""
    kiosk.wait_for("language:en")
    begin = set(kiosk.offers())
    for keys in HOSTILE:
        screen.press(*keys, delay_ms=4)
    screen.press(
        "alt+F4", "ctrl+q", "ctrl+o", "F1", "F11", "F12", "ctrl+e", "super+r", "ctrl+alt+F2", "Print", "Escape"
    )
    screen.press(*_typed(f"{CODE[:9]}\n{CODE[9:]}\x08\x1a\r"), delay_ms=4)
    kiosk.touch("do:done")
    kiosk.wait_for("language:en")
    wait_until(lambda: set(kiosk.offers()) == begin, "it is at its start, as before")
    asked = [json.loads(line) for line in (data_dir / "requests.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {one["command"] for one in asked} <= {"lookup", "lease"}
    assert _requests(data_dir, "lookup") == [{"ticket": CODE}]
    assert not list((data_dir / "paper").glob("*.png"))


def _typed(text: str) -> tuple[str, ...]:
    """Return the keys by which a scanner says a text: a control character as Ctrl and a letter."""
    names = {"-": "minus", "/": "slash", ":": "colon", ".": "period", "]": "bracketright", "\r": "Return"}
    keys = ((letter, letter if letter.isprintable() else f"ctrl+{chr(ord(letter) + 96)}") for letter in text)
    return tuple(names.get(letter, key) for letter, key in keys)


HOSTILE = (
    (*_typed("]C1"), "ctrl+bracketright", *_typed("HTTP://EVIL.EXAMPLE/T/AAAA\r")),
    _typed("\x0f\x05\x13\x11\x17\x10\x14\x03\x16\r"),
    ("F1", "F12", "alt+F4", "super+e", "ctrl+alt+F3", "ctrl+alt+Delete", "Menu", "Escape", "Return"),
    (*_typed("A" * 300), "Return"),
)
"""An AIM code, a separator and an address elsewhere; control characters; keys as a programmable code; no end."""
