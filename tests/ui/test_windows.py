"""The true windows of display and counter on a virtual screen: worked by keys alone, over the real wire."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from hardware.emulators.scanner import EmulatedScanner
from hardware.emulators.wire import PtyWire
from tests.support.caller import Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import Program

BAND = (40, 60)
"""A place on a display of 1920 x 1080 that a call covers, beside its number."""


@contextmanager
def virtual_screen(width: int, height: int) -> Iterator[VirtualScreen]:
    """Yield an X server of that size."""
    made = VirtualScreen(width, height)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    """Yield a running broker."""
    process = OfficeProcess(tmp_path / "office")
    process.start()
    yield process
    process.stop()


@contextmanager
def window(part: str, name: str, office: OfficeProcess, screen: VirtualScreen, data_dir: Path) -> Iterator[Window]:
    """Open the window of a part; it has to end by itself, and well, when it is told to."""
    targets = data_dir / f"{name}.targets.json"
    targets.unlink(missing_ok=True)
    process = Program(
        part,
        "--config",
        str(CONFIG),
        "--data",
        str(data_dir),
        "--id",
        name,
        env={**office.environment, "DISPLAY": screen.name, "ANTREAN_TARGETS": str(targets)},
    )
    try:
        yield Window(name, screen, targets)
    finally:
        process.terminate()
        code = process.wait(30)
    assert code == 0


def _entered(screen: VirtualScreen, counter: Window) -> bool:
    """Press Enter, which counts for nothing while the last attempt is under way; tell whether the desk is there."""
    screen.press("Return")
    return counter.has("next")


def test_an_officer_works_by_keys_alone_and_a_restarted_window_goes_on(office: OfficeProcess, tmp_path: Path) -> None:
    data_dir = tmp_path / "counter"
    with virtual_screen(1280, 800) as screen, office.caller("kiosk-1") as kiosk:
        number = kiosk.do("issue", service="new-passport", language="en")["ticket"]["number"]
        with window("counter", "counter-1", office, screen, data_dir) as counter:
            counter.wait_for("officer:0")
            screen.press("s", "9", "9", "Return")
            screen.press("1", "2", "3", "4")
            wait_until(lambda: _entered(screen, counter), "the right PIN is taken once the wrong one was refused")
            screen.press("space")
            counter.wait_screen(f"desk {number}")
            counter.wait_for("recall")
        session = data_dir / "counter-1" / "session.json"
        assert stat.S_IMODE(session.stat().st_mode) == 0o600
        with window("counter", "counter-1", office, screen, data_dir) as counter:
            counter.wait_screen(f"desk {number}")
            counter.wait_for("start")
            screen.press("s")
            counter.wait_gone("start")
            screen.press("f")
            counter.wait_screen("desk")
            screen.press("x", "Return")
            counter.wait_for("officer:0")
        assert not session.exists()
        wait_until(lambda: kiosk.counters["counter-1"].state == "closed", "the counter is closed")
        assert kiosk.counters["counter-1"].today.served == 1


def test_what_does_not_happen_with_every_visitor_works_by_keys_alone_too(office: OfficeProcess, tmp_path: Path) -> None:
    with (
        virtual_screen(1280, 800) as screen,
        office.caller("kiosk-1") as kiosk,
        window("counter", "counter-1", office, screen, tmp_path / "counter") as counter,
    ):
        number = kiosk.do("issue", service="new-passport")["ticket"]["number"]
        counter.wait_for("officer:0")
        screen.press("s", "1", "2", "3", "4", "Return")
        counter.wait_for("next")
        screen.press("space")
        counter.wait_screen(f"desk {number}")
        counter.wait_for("hold")
        screen.press("h")
        counter.wait_screen("dialog")
        screen.press("1", "Return")
        counter.wait_screen("desk")
        wait_until(lambda: bool(kiosk.counters["counter-1"].held), "the number is held")
        assert kiosk.counters["counter-1"].held[0].note == "Mengambil fotokopi"
        screen.press("2", "Down")
        counter.wait_for("pick")
        screen.press("Return")
        counter.wait_screen(f"desk {number}")
        counter.wait_for("undo")
        screen.press("u")
        counter.wait_screen("desk")
        counter.wait_for(f"number:{number}")
        screen.press("Down")
        counter.wait_for("pick")
        screen.press("Return")
        counter.wait_screen(f"desk {number}")
        counter.wait_for("transfer")
        screen.press("t")
        counter.wait_screen("dialog")
        screen.press("1", "3", "2", "Return")
        counter.wait_screen("desk")
        sent = kiosk.do("lookup", ticket=number)["ticket"]
        assert (sent["state"], sent["stage"]) == ("waiting", "payment")
        screen.press("1", "Down", "c")
        counter.wait_screen("dialog")
        screen.press("1", "Return")
        wait_until(lambda: kiosk.do("lookup", ticket=number)["ticket"]["state"] == "cancelled", "it is cancelled")


def test_a_supervisor_comes_over_from_another_counter_and_moves_any_number(
    office: OfficeProcess, tmp_path: Path
) -> None:
    with (
        virtual_screen(1280, 800) as screen,
        office.caller("kiosk-1") as kiosk,
        window("counter", "counter-1", office, screen, tmp_path / "counter") as counter,
    ):
        number = kiosk.do("issue", service="visit-permit")["ticket"]["number"]
        _sign_in(kiosk, "counter-5", "maria")
        counter.wait_for("officer:0")
        wait_until(lambda: kiosk.counters["counter-5"].role == "supervisor", "maria sits at counter 5")
        screen.press("m", "m", "1", "2", "3", "4", "Return")
        counter.wait_screen("dialog")
        wait_until(lambda: _entered(screen, counter), "she goes over to counter 1")
        wait_until(lambda: kiosk.counters["counter-5"].state == "closed", "counter 5 is closed")
        screen.press("5", *number.replace("-", "").lower(), "Return")
        counter.wait_for(f"number:{number}")
        screen.press("t")
        counter.wait_screen("dialog")
        screen.press("1", "2", "1", "Return")
        counter.wait_screen("desk")
        wait_until(lambda: kiosk.do("lookup", ticket=number)["ticket"]["stage"] == "payment", "it waits elsewhere")


def test_the_display_shows_calls_in_turn_and_survives_the_broker(office: OfficeProcess, tmp_path: Path) -> None:
    with (
        virtual_screen(1920, 1080) as screen,
        office.caller("kiosk-1") as kiosk,
        office.caller("counter-1") as desk,
        window("display", "display-1", office, screen, tmp_path / "display") as display,
    ):
        both = ("calling A-001 1, A-002 2", "calling A-002 2, A-001 1")
        display.wait_screen("resting")
        for _ in range(2):
            kiosk.do("issue", service="new-passport")
        first = {"counter": "counter-1", "session": _sign_in(desk, "counter-1", "siti")}
        second = {"counter": "counter-2", "session": _sign_in(desk, "counter-2", "budi")}
        desk.do("next", **first)
        display.wait_screen("calling A-001 1")
        desk.do("next", **second)
        display.wait_screen("calling A-002 2", *both)
        office.kill()
        wait_until(lambda: not desk.linked, "the broker is gone")
        office.start()
        wait_until(lambda: desk.linked, "the broker is back")
        desk.do("recall", **first)
        display.wait_screen("calling A-001 1", *both)


def test_a_call_stands_on_the_display_within_a_second(office: OfficeProcess, tmp_path: Path) -> None:
    with (
        virtual_screen(1920, 1080) as screen,
        office.caller("kiosk-1") as kiosk,
        office.caller("counter-1") as desk,
        window("display", "display-1", office, screen, tmp_path / "display") as display,
    ):
        display.wait_screen("resting")
        kiosk.do("issue", service="new-passport")
        session = {"counter": "counter-1", "session": _sign_in(desk, "counter-1", "siti")}
        before = screen.picture(tmp_path / "before.png").getpixel(BAND)
        asked = time.monotonic()
        desk.do("next", **session)
        while screen.picture(tmp_path / "after.png").getpixel(BAND) == before:
            assert time.monotonic() - asked < 5
        # Taking a picture from outside costs more than drawing; the bound covers a loaded machine.
        assert time.monotonic() - asked < 1.0


@pytest.mark.parametrize("size", [(60, 40), (2400, 1600)])
def test_a_picture_from_the_folder_fills_the_displays_panel_without_being_cut(
    size: tuple[int, int], tmp_path: Path
) -> None:
    sides = Image.new("RGB", size, (200, 30, 40))
    sides.paste((20, 60, 210), (size[0] // 2, 0, *size))
    sides.save(tmp_path / "sides.png")
    command = ("tests.ui.display.picture_window", str(tmp_path), str(tmp_path / "sides.png"))
    with virtual_screen(1920, 1080) as screen:
        process = Program(*command, env={**os.environ, "DISPLAY": screen.name})
        try:
            wait_until(lambda: _has_both_sides(screen, tmp_path / "seen.png"), "the whole picture is drawn")
        finally:
            process.terminate()
            process.wait(15)


def _has_both_sides(screen: VirtualScreen, path: Path) -> bool:
    """Tell whether red and blue each cover a tenth of the display."""
    seen = screen.picture(path).convert("RGB").resize((192, 108), Image.Resampling.NEAREST)
    counts = {colour: count for count, colour in seen.getcolors(seen.width * seen.height) or ()}
    return all(counts.get(colour, 0) > seen.width * seen.height / 10 for colour in ((200, 30, 40), (20, 60, 210)))


def _sign_in(desk: Caller, counter: str, officer: str) -> str:
    session: str = desk.do("open", counter=counter, officer=officer, pin="1234")["session"]
    return session


def test_a_link_held_to_the_scanner_of_a_true_kiosk_shows_its_ticket_and_its_holder_may_give_it_up(
    tmp_path: Path,
) -> None:
    wire = PtyWire(tmp_path / "scanner")
    scanner = {"ANTREAN_KIOSKS__0__SCANNER__TYPE": "serial", "ANTREAN_KIOSKS__0__SCANNER__LINE__URL": wire.url}
    office = OfficeProcess(tmp_path / "office", extra={"ANTREAN_WEB__PUBLIC_URL": "http://antrian.lan", **scanner})
    office.start()
    try:
        with virtual_screen(1080, 1920) as screen, office.caller("phone") as phone:
            ticket = phone.do("issue", service="new-passport", language="en")["ticket"]
            link = f"HTTP://ANTRIAN.LAN/T/{ticket['key']}"
            assert ticket["qr"] == link
            with window("kiosk", "kiosk-1", office, screen, tmp_path / "kiosk") as kiosk:
                kiosk.wait_for("language:en")
                EmulatedScanner(wire).read(f"http://antrian.lan/t/{ticket['key'].lower()}")
                kiosk.wait_screen("found")
                kiosk.wait_for("do:cancel")
                kiosk.touch("do:cancel")
                kiosk.wait_for("confirm:yes")
                kiosk.touch("confirm:yes")
                kiosk.wait_gone("confirm:yes")
            assert phone.do("lookup", ticket=link)["ticket"]["state"] == "cancelled"
    finally:
        office.stop()
        wire.close()
    logs = [path.read_text(errors="replace") for path in tmp_path.glob("**/*.log")]
    assert not any(ticket["key"] in text.upper() for text in logs)
