"""`make pictures`: the true windows and the true paper, photographed in their main states for docs/images."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from broker.bootstrap.trials import WRONG_PINS
from broker.up.office import Part, parts
from broker.up.screens import VirtualScreen
from broker.up.visit import REACTION_S, Window
from counter.desk.requests import SLOW_AFTER_S
from display.hall.presenter import CUT_OFF_AFTER_S
from display.hall.programme import LATEST_S
from hardware.emulators.control import socket_path, tell
from kiosk.paper.printers import CHECK_PRINTERS_S
from tests.support.caller import Caller, wait_until
from tests.support.feedback_day import fill
from tests.support.office import CONFIG, OfficeProcess

PIN = "1234"
INDEX = "91,48"
"""Of the survey that is answered for the pictures: the regulation's own example."""
CROWD = (
    ("new-passport", "regular"),
    ("passport-renewal", "regular"),
    ("collection", "regular"),
    ("new-passport", "priority"),
    ("child-passport", "regular"),
    ("new-passport", "regular"),
    ("visit-permit", "regular"),
    ("passport-renewal", "priority"),
    ("collection", "regular"),
)
"""Who came before the picture is taken."""


@contextmanager
def window(office: OfficeProcess, part: Part, folder: Path) -> Iterator[Window]:
    """Open a part of the office on a virtual screen of its panel's size."""
    screen = VirtualScreen(part.panel.width_px, part.panel.height_px)
    screen.start()
    targets = folder / f"{part.kind}.json"
    place = f"{part.panel.width_px}x{part.panel.height_px}+0+0"
    environment = {"DISPLAY": screen.name, "ANTREAN_TARGETS": str(targets), "ANTREAN_WINDOW": place}
    process = subprocess.Popen(
        [sys.executable, "-m", part.kind, "--config", str(CONFIG), "--data", str(office.data_dir), "--id", part.id],
        env={**office.environment, **environment},
    )
    try:
        yield Window(part.kind, screen, targets)
    finally:
        process.terminate()
        process.wait(20)
        screen.stop()


def kiosk_pictures(kiosk: Window, folder: Path) -> None:
    """Walk through a visit in Indonesian, then in English."""
    for language in ("id", "en"):
        kiosk.wait_for("language:id")
        kiosk.picture(folder / "kiosk-language.png")
        kiosk.touch(f"language:{language}")
        kiosk.wait_for("service:new-passport")
        kiosk.picture(folder / f"kiosk-service-{language}.png")
        kiosk.touch("service:new-passport")
        kiosk.wait_for("continue")
        kiosk.picture(folder / f"kiosk-requirements-{language}.png")
        kiosk.touch("continue")
        kiosk.wait_for("lane:priority")
        kiosk.picture(folder / f"kiosk-lane-{language}.png")
        kiosk.touch("lane:priority")
        kiosk.wait_for("done")
        kiosk.picture(folder / f"kiosk-ticket-{language}.png")
        kiosk.touch("done")


def holder_pictures(kiosk: Window, caller: Caller, folder: Path) -> None:
    """Look a ticket up by its number, as whoever lost the paper would."""
    number = caller.do("issue", service="new-passport", lane="regular")["ticket"]["number"]
    kiosk.touch("have_ticket")
    for key in number.replace("-", ""):
        kiosk.touch(f"key:{key}")
    kiosk.wait_for("find")
    time.sleep(REACTION_S)  # no key is seen pressed any more
    kiosk.picture(folder / "kiosk-number.png")
    kiosk.touch("find")
    kiosk.wait_for("do:cancel")
    kiosk.picture(folder / "kiosk-found.png")
    kiosk.touch("do:done")


def paper_pictures(kiosk: Window, office: OfficeProcess, folder: Path) -> None:
    """Let the printer run out of paper, where the ticket is in English; then let it fall silent."""
    printer = socket_path(office.data_dir, "kiosk-1-printer")
    tell(printer, "paper_out")
    time.sleep(2 * CHECK_PRINTERS_S)
    kiosk.picture(folder / "kiosk-no-paper.png")
    _visit(kiosk, "en")
    kiosk.picture(folder / "kiosk-no-paper-ticket.png")
    kiosk.touch("done")
    tell(printer, "ready")
    time.sleep(2 * CHECK_PRINTERS_S)
    tell(printer, "silence")
    _visit(kiosk, "id")
    kiosk.wait_for("print_again")
    kiosk.picture(folder / "kiosk-did-it-come-out.png")
    kiosk.touch("done")
    tell(printer, "ready")


def _visit(kiosk: Window, language: str) -> None:
    for target in (f"language:{language}", "service:new-passport", "continue", "lane:regular"):
        kiosk.touch(target)
    kiosk.wait_for("done")


def counter_pictures(counter: Window, folder: Path) -> None:
    """Sign in, call, serve."""
    counter.wait_for("officer:0")
    counter.picture(folder / "counter-sign-in.png")
    _sign_in(counter, "s")
    counter.wait_for("next")
    counter.picture(folder / "counter-open.png")
    counter.screen.press("space")
    counter.wait_for("start")
    counter.picture(folder / "counter-called.png")


def officer_pictures(counter: Window, folder: Path) -> None:
    """Go on with the visitor who was called: all that an officer does in a day."""
    counter.screen.press("s")
    counter.wait_gone("recall")
    counter.wait_for("finish")
    counter.picture(folder / "counter-serving.png")
    _after(counter, "t", shows="dialog").picture(folder / "counter-transfer.png")
    _after(counter, "1", "3").picture(folder / "counter-transfer-reason.png")
    _after(counter, "Escape", "Escape", "Escape", "h", "1", "Return", shows="desk")
    counter.screen.press("2", "Down")
    counter.wait_for("pick")
    _after(counter).picture(folder / "counter-held.png")
    counter.screen.press("space")
    wait_until(lambda: counter.has("no_show"), "a visitor of any lane has had the time to come", 70)
    _after(counter, "n", shows="desk").screen.press("3")
    _after(counter).picture(folder / "counter-missed.png")
    _after(counter, "4").picture(folder / "counter-office.png")
    _after(counter, "1").screen.press("p")
    counter.wait_gone("undo")
    counter.picture(folder / "counter-paused.png")
    _after(counter, "x", "Return", shows="sign_in")


def sign_in_pictures(counter: Window, caller: Caller, folder: Path) -> None:
    """Lock an officer out, then let a supervisor come over from another counter and move a number."""
    for attempt in range(WRONG_PINS):
        _sign_in(counter, "h", pin="000" + str(attempt))
        time.sleep(REACTION_S)
    counter.picture(folder / "counter-locked.png")
    caller.do("open", counter="counter-5", officer="maria", pin=PIN)
    _sign_in(counter, "m", "m")
    counter.wait_screen("dialog")
    _after(counter).picture(folder / "counter-elsewhere.png")
    _after(counter, "Return").wait_for("next")
    _after(counter, "5", *"e001", shows="dialog")
    counter.screen.press("Return")
    counter.wait_for("transfer")
    counter.picture(folder / "counter-found.png")
    _after(counter, "t", "1", "2", shows="dialog").picture(folder / "counter-move.png")
    _after(counter, "Escape", "Escape", "Escape", "6", shows="desk").picture(folder / "counter-devices.png")
    counter.screen.press("x", "Return")
    counter.wait_screen("sign_in")


def slow_picture(counter: Window, office: OfficeProcess, folder: Path) -> None:
    """Let the engine hold its breath, so that a request waits for its answer."""
    _sign_in(counter, "s")
    counter.wait_for("next")
    counter.screen.press("space")
    counter.wait_for("recall")
    assert office.process is not None
    office.process.send_signal(signal.SIGSTOP)
    counter.screen.press("r")
    time.sleep(SLOW_AFTER_S + REACTION_S)
    counter.picture(folder / "counter-no-answer.png")
    office.process.send_signal(signal.SIGCONT)


def feedback_pictures(scratch: Path, folder: Path) -> None:
    """Show what visitors said: at the desk of a supervisor and of an officer, and on the display by its turn."""
    scratch.mkdir()
    office = fill(scratch / "var", extra={"ANTREAN_DISPLAYS__0__PAGE_S": "4"})
    office.start()
    with ExitStack() as stack:
        stack.callback(office.stop)
        panes = {p.kind: p for p in parts(office.settings) if p.kind in {"counter", "display"}}
        display = stack.enter_context(window(office, panes["display"], scratch))
        counter = stack.enter_context(window(office, panes["counter"], scratch))
        counter.wait_for("officer:0")
        for initials, name in ((("s",), "counter-ratings"), (("m", "m"), "counter-complaints")):
            _sign_in(counter, *initials)
            _after(counter, shows="desk").picture(folder / f"{name}.png")
            _after(counter, "x", "Return", shows="sign_in")
        drawn = scratch / "display.json"
        wait_until(lambda: INDEX in drawn.read_text(encoding="utf-8"), "the survey has its turn", LATEST_S)
        display.picture(folder / "display-results.png")


def _sign_in(counter: Window, *initials: str, pin: str = PIN) -> None:
    """Choose a name by its first letter, the next such name by the same letter again."""
    counter.screen.press(*initials)
    time.sleep(REACTION_S)
    counter.screen.press(*pin, "Return")


def _after(counter: Window, *keys: str, shows: str | None = None) -> Window:
    """Press keys, and give the window the time to draw."""
    if keys:
        counter.screen.press(*keys)
    if shows is not None:
        counter.wait_screen(shows)
    time.sleep(REACTION_S)
    return counter


def main(folder: Path) -> None:
    """Take every picture; three minutes."""
    with tempfile.TemporaryDirectory(prefix="antrean-pictures-") as name, ExitStack() as stack:
        scratch = Path(name)
        office = OfficeProcess(scratch / "var", extra={"ANTREAN_LANES__REGULAR__NO_SHOW_AFTER_S": "0"})
        office.start()
        stack.callback(office.stop)
        with office.caller("crowd") as crowd:
            for service, lane in CROWD:
                crowd.do("issue", service=service, lane=lane)
            panes = {p.kind: stack.enter_context(window(office, p, scratch)) for p in parts(office.settings)}
            panes["display"].wait_screen("resting")
            panes["display"].picture(folder / "display-resting.png")
            _serve(crowd)
            kiosk_pictures(panes["kiosk"], folder)
            holder_pictures(panes["kiosk"], crowd, folder)
            paper_pictures(panes["kiosk"], office, folder)
            counter_pictures(panes["counter"], folder)
            wait_until(lambda: crowd.hall is not None and bool(crowd.hall.calling), "somebody is called")
            panes["display"].picture(folder / "display-call.png")
            officer_pictures(panes["counter"], folder)
            sign_in_pictures(panes["counter"], crowd, folder)
            slow_picture(panes["counter"], office, folder)
            papers = sorted((office.data_dir / "paper").glob("*.png"))
            shutil.copy(papers[0], folder / "ticket-id.png")
            shutil.copy(papers[1], folder / "ticket-en.png")
            office.kill()
            panes["display"].wait_screen("offline")
            panes["display"].picture(folder / "display-offline.png")
            # By now the others have heard of it, too: the kiosk gives its numbers in advance, the desk stays as it was.
            panes["kiosk"].picture(folder / "kiosk-alone.png")
            panes["counter"].picture(folder / "counter-offline.png")
            time.sleep(CUT_OFF_AFTER_S)  # then calls may be over
            panes["display"].picture(folder / "display-cut-off.png")
            office.start()
        feedback_pictures(scratch / "feedback", folder)


def _serve(caller: Caller) -> None:
    """Open two more counters, so that waits can be told."""
    for counter, officer in (("counter-2", "budi"), ("counter-3", "dewi")):
        session = caller.do("open", counter=counter, officer=officer, pin=PIN)["session"]
        if caller.do("next", counter=counter, session=session)["ticket"]:
            caller.do("start", counter=counter, session=session)


if __name__ == "__main__":
    os.environ.pop("DISPLAY", None)
    main(Path(sys.argv[1]))
