"""Feedback by finger on true windows before the true broker: a kiosk and a counter's tablet, and what stays of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from tests.support.caller import Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import Program
from tests.support.sqlite import opened

PIN = "1234"
KIOSKS = """
  - id: feedback-1
    role: feedback
    panel: {width_px: 1080, height_px: 1920, diagonal_in: 15.6, viewing_distance_m: 0.5, mounting_height_mm: 850}
    printer: {type: preview, paper_mm: 80}
  - id: tablet-1
    role: feedback
    counter: counter-1
    panel: {width_px: 1280, height_px: 800, diagonal_in: 10.1, viewing_distance_m: 0.4, mounting_height_mm: 900}
"""
WORDS = "kursi zx"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    text = CONFIG.read_text(encoding="utf-8")
    config = tmp_path / "config.yaml"
    mark = "\n# The screens in the lobby.\n"
    assert text.count(mark) == 1
    config.write_text(text.replace(mark, KIOSKS + mark), encoding="utf-8")
    made = OfficeProcess(tmp_path / "var", config=config)
    made.start()
    yield made
    made.stop()


@contextmanager
def window(office: OfficeProcess, name: str, *, is_killed: bool = False) -> Iterator[Window]:
    """Open a kiosk's window on a screen as large as its panel; in the end it is closed, or killed."""
    panel = next(kiosk.panel for kiosk in office.settings.kiosks if kiosk.id == name)
    screen = VirtualScreen(panel.width_px, panel.height_px)
    screen.start()
    targets = office.data_dir.parent / f"{name}.json"
    place = f"{panel.width_px}x{panel.height_px}+0+0"
    ours = {"DISPLAY": screen.name, "ANTREAN_TARGETS": str(targets), "ANTREAN_WINDOW": place}
    process = Program(
        "kiosk",
        "--config",
        str(office.config),
        "--data",
        str(office.data_dir),
        "--id",
        name,
        env={**office.environment, **ours},
    )
    try:
        yield Window(name, screen, targets)
    finally:
        process.kill() if is_killed else process.terminate()
        process.wait(20)
        screen.stop()


def write(kiosk: Window, text: str) -> None:
    """Touch one key after the other."""
    for sign in text:
        kiosk.touch("type:space" if sign == " " else f"type:{sign}")


def pictured(kiosk: Window, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES_OF_FEEDBACK"):
        kiosk.picture(Path(folder) / f"{name}.png")


@pytest.mark.timeout(300)  # some sixty touches, each drawn before the next
def test_a_visitor_suggests_answers_the_survey_and_complains_by_touch_and_nothing_typed_stays(
    office: OfficeProcess,
) -> None:
    with window(office, "feedback-1") as kiosk:
        kiosk.wait_for("topic:survey")  # once the engine has told its questions
        kiosk.touch("topic:suggestion")
        write(kiosk, WORDS)
        pictured(kiosk, "suggestion")
        kiosk.touch("written")
        kiosk.wait_screen("thanks")
        kiosk.touch("pick:done")

        for target in ("topic:survey", "pick:skm", "pick:begin", "pick:collection"):
            kiosk.touch(target)
        for at in range(9):
            kiosk.wait_screen(f"question-{at + 1}")
            kiosk.touch("pick:4" if at else "pick:2")
        kiosk.wait_screen("profile-1")
        kiosk.touch("pick:none")
        kiosk.wait_screen("thanks")
        pictured(kiosk, "survey-thanks")
        kiosk.touch("pick:done")

        for target in ("topic:complaint", "pick:complaint"):
            kiosk.touch(target)
        kiosk.wait_screen("complaint")
        write(kiosk, WORDS)
        for target in ("written", "pick:on", "pick:anonymous", "pick:yes", "pick:send"):
            kiosk.touch(target)
        kiosk.wait_screen("receipt")
        pictured(kiosk, "receipt")
        kiosk.touch("pick:noted")
        kiosk.wait_screen("feedback")
    with opened(office.database) as connection:
        told = [
            row[0] for row in connection.execute("SELECT type FROM events WHERE client = 'feedback-1' ORDER BY seq")
        ]
    assert [name for name in told if name in {"suggested", "surveyed", "complained"}] == [
        "suggested",
        "surveyed",
        "complained",
    ]
    office.stop()
    kept = b"".join(path.read_bytes() for path in office.data_dir.rglob("*") if path.is_file())
    assert WORDS.encode() not in kept.lower()
    office.start()


def serve(hall: Caller) -> str:
    """Serve a visitor at the first counter; return its officer's session."""
    session = str(hall.do("open", counter="counter-1", officer="siti", pin=PIN)["session"])
    hall.do("issue", service="collection", lane="regular", language="en")
    for command in ("next", "start", "finish"):
        hall.do(command, counter="counter-1", session=session)
    return session


def test_a_counters_tablet_asks_whoever_was_served_there_and_one_touch_is_counted_without_a_broker_too(
    office: OfficeProcess,
) -> None:
    with window(office, "tablet-1", is_killed=True) as tablet, office.caller("kiosk-1") as hall:
        tablet.wait_screen("resting")
        pictured(tablet, "resting")
        session = serve(hall)
        tablet.wait_screen("faces")
        pictured(tablet, "faces")
        tablet.touch("face:4")
        tablet.wait_screen("thanks")
        pictured(tablet, "thanks")
        tablet.wait_screen("resting")
        assert hall.do("ratings", counter="counter-1", session=session)["today"] == [0, 0, 0, 1]
        serve(hall)
        face = tablet.wait_for("face:1")
        office.stop()
        wait_until(lambda: tablet.offers().get("face:1", face) != face, "the faces make room for what is said")
        tablet.touch("face:1")
        tablet.wait_screen("thanks")
        pictured(tablet, "thanks-alone")
        kept = office.data_dir / "outbox" / "tablet-1.said.json"
        wait_until(lambda: '"score":1' in kept.read_text(encoding="utf-8"), "it is on disk")
    office.start()
    with window(office, "tablet-1") as tablet, office.caller("kiosk-1") as hall:
        tablet.wait_screen("resting")
        session = str(hall.do("open", counter="counter-1", officer="siti", pin=PIN)["session"])

        def told() -> object:
            return hall.do("ratings", counter="counter-1", session=session)["today"]

        wait_until(lambda: told() == [1, 0, 0, 1], "the face that was given without a broker counts")
