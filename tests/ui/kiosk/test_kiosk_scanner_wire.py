"""A scanner on a pseudo terminal, or as a keyboard, before the true presenter: what arrives, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from broker.domain.identity import qr_text
from hardware.codecs.scans import CUT_OFF_AFTER_S, IDLE_ENDS_S, REPEAT_S
from hardware.config import KeyboardScanner, LineConfig, ScannerConfig, SerialScanner
from hardware.emulators.scanner import CR, CRLF, LF, EmulatedScanner
from hardware.emulators.wire import PtyWire
from kiosk.scanner import AS_KEYBOARD, KioskScanner
from tests.support.caller import wait_until
from tests.ui.kiosk.kiosk_samples import ticket
from tests.ui.kiosk.kiosk_visitor import Visitor

CODE = qr_text("6f1c1f0e-0000-4000-8000-000000000012")
OTHER = qr_text("6f1c1f0e-0000-4000-8000-000000000013")
FOREIGN = "https://contoh.id/menu"


class KioskWithScanner(Visitor):
    """The presenter of a kiosk, its scanner, and the screen's thread, which is the test's."""

    def __init__(self, config: ScannerConfig, data_dir: Path) -> None:
        super().__init__(has_scanner=True)
        self.connected()
        self.health: list[str] = []
        self.codes: list[str] = []
        self.reader_s = 0.0
        self._posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.scanner = KioskScanner(
            config,
            data_dir=data_dir,
            post=self._posted.put,
            on_code=self._code,
            on_health=self.health.append,
            monotonic=lambda: self.reader_s,
        )

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Do what was posted until something is so."""
        wait_until(lambda: self._do_posted() or what(), "the scanner is heard")

    def _do_posted(self) -> bool:
        try:
            self._posted.get_nowait()()
        except Empty:
            return False
        return False

    def _code(self, code: str) -> None:
        self.codes.append(code)
        self.presenter.returning.scanned(code)


@contextmanager
def kiosk_on(wire: PtyWire, data_dir: Path) -> Iterator[KioskWithScanner]:
    """Yield a kiosk whose scanner has been found."""
    kiosk = KioskWithScanner(SerialScanner(type="serial", line=LineConfig(url=wire.url)), data_dir)
    kiosk.scanner.start()
    try:
        kiosk.wait_for(lambda: kiosk.health == ["present"])
        yield kiosk
    finally:
        kiosk.scanner.stop()
        wire.close()


@pytest.mark.parametrize("ending", [CR, LF, CRLF])
def test_a_ticket_held_to_the_scanner_stands_on_the_screen(ending: bytes, tmp_path: Path) -> None:
    wire = PtyWire(tmp_path / "scanner")
    with kiosk_on(wire, tmp_path) as kiosk:
        EmulatedScanner(wire, ending=ending).read(CODE)
        kiosk.wait_for(lambda: kiosk.screen == "requesting")
        kiosk.engine.of("lookup")[0].answer(ticket())
        assert kiosk.screen == "found"


def test_noise_repeats_and_cut_off_codes_are_nothing_and_a_foreign_code_is_told(tmp_path: Path) -> None:
    wire = PtyWire(tmp_path / "scanner")
    scanner = EmulatedScanner(wire)
    with kiosk_on(wire, tmp_path) as kiosk:
        assert scanner.command("noise") == "noise: done"
        scanner.send(b"A" * 3000 + b"\r\n\r\n\r\nab\r")
        scanner.command(f"read {FOREIGN}")
        scanner.read(FOREIGN)
        scanner.read(CODE)
        scanner.read(CODE)
        scanner.read(OTHER)
        kiosk.wait_for(lambda: len(kiosk.codes) >= 3)
        assert kiosk.codes == [FOREIGN, CODE, OTHER]
        assert [view.banner is not None for view in kiosk.screens].count(True) >= 1
        assert [made.arguments["ticket"] for made in kiosk.engine.of("lookup")] == [CODE]
        kiosk.reader_s += REPEAT_S
        scanner.read(OTHER)
        kiosk.wait_for(lambda: kiosk.codes[3:] == [OTHER])


def test_a_scanner_that_was_unplugged_is_told_and_heard_again_when_it_is_back(tmp_path: Path) -> None:
    wire = PtyWire(tmp_path / "scanner")
    with kiosk_on(wire, tmp_path) as kiosk:
        wire.unplug()
        kiosk.wait_for(lambda: kiosk.health[-1] == "absent")
        wire.plug()
        kiosk.wait_for(lambda: kiosk.health[-1] == "present")
        EmulatedScanner(wire).read(CODE)
        kiosk.wait_for(lambda: kiosk.codes == [CODE])


def test_a_scanner_that_types_is_told_from_a_hand(tmp_path: Path) -> None:
    kiosk = KioskWithScanner(KeyboardScanner(type="keyboard"), tmp_path)
    kiosk.scanner.start()
    assert kiosk.health == [AS_KEYBOARD]
    for pause, typed in [(0.2, "A-012"), (CUT_OFF_AFTER_S * 2, ""), (0.01, CODE.lower())]:
        for key in (*typed, "enter"):
            kiosk.reader_s += pause
            kiosk.scanner.key(key)
    assert kiosk.codes == [CODE.lower()]
    assert kiosk.engine.of("lookup")[0].arguments == {"ticket": CODE}


def test_a_scanner_that_is_set_to_another_country_and_presses_no_enter_is_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk = KioskWithScanner(KeyboardScanner(type="keyboard"), tmp_path)
    kiosk.scanner.start()
    for read in (CODE, OTHER):
        for key in read.replace("-", "/").translate(str.maketrans("YZ", "ZY")):
            kiosk.scanner.key(key)
        kiosk.scanner.tick()
        kiosk.reader_s += IDLE_ENDS_S
        kiosk.scanner.tick()
    assert kiosk.codes == [CODE, OTHER]
    assert [record.getMessage() for record in caplog.records if "German" in record.getMessage()] == [
        "the scanner types as on a German keyboard; its codes are read all the same"
    ]


def test_keys_are_not_asked_for_where_the_scanner_has_a_line_of_its_own(tmp_path: Path) -> None:
    types = {
        config: KioskWithScanner(config, tmp_path).scanner.types
        for config in (KeyboardScanner(type="keyboard"), SerialScanner(type="serial", line=LineConfig(url="loop://")))
    }
    assert list(types.values()) == [True, False]
