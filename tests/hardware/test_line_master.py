"""The master of a line, on a pseudo terminal and over TCP, with emulated keypads at the other end."""

from __future__ import annotations

import functools
import gc
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

import psutil
import pytest

from hardware.codecs.framing import Framer
from hardware.codecs.keypads.ascii import AsciiPad, AsciiTalk
from hardware.codecs.keypads.caller import CallerPad, CallerTalk
from hardware.codecs.keypads.pad import PadFace, PadSide
from hardware.codecs.talk import Heard, Manner, State
from hardware.config import LineConfig, Polling
from hardware.emulators.keypad import EmulatedKeypads
from hardware.emulators.wire import PtyWire, TcpWire, Wire
from hardware.errors import DeviceUnavailable, DriverMissing
from hardware.line.lasting_line import LastingLine, Line
from hardware.line.master import LineMaster
from hardware.line.serial_line import SerialLine
from tests.fakes.clock import FakeClock
from tests.support.caller import wait_until

POLLING = Polling(every_s=0.005, answer_s=0.05, retries=2, absent_every_s=0.02, refresh_s=30)
TALKS: dict[str, tuple[Callable[[], AsciiTalk | CallerTalk], Callable[[], PadSide]]] = {
    "ascii": (lambda: AsciiTalk(width=8), AsciiPad),
    "caller": (lambda: CallerTalk(width=8), CallerPad),
}


class Heardbook:
    """What the master told: keys in order, and the latest state of each device."""

    def __init__(self) -> None:
        self.keys: SimpleQueue[tuple[int, str]] = SimpleQueue()
        self.states: dict[int, State] = {}

    def key(self, address: int, key: str) -> None:
        """Take note."""
        self.keys.put((address, key))

    def state(self, address: int, state: State) -> None:
        """Take note."""
        self.states[address] = state

    def next_key(self) -> tuple[int, str]:
        """Return the next key, which must come soon."""
        return self.keys.get(timeout=5)

    def no_key(self) -> bool:
        """Tell whether no key is left."""
        try:
            self.keys.get_nowait()
        except Empty:
            return True
        return False


@contextmanager
def master_on(
    wire: Wire, book: Heardbook, data_dir: Path, *, codec: str = "ascii", addresses: tuple[int, ...] = (1, 2, 3)
) -> Iterator[tuple[LineMaster[PadFace], EmulatedKeypads]]:
    talk, side = TALKS[codec]
    pads = EmulatedKeypads(wire, side(), addresses, read_s=0.002)
    pads.start()
    opening = functools.partial(
        SerialLine.of, LineConfig(url=wire.url, timeout_s=1), data_dir=data_dir, device="keypads"
    )
    line = LastingLine(opening, first_delay_s=0.01, max_delay_s=0.1)
    master = LineMaster(
        "keypads", talk(), addresses, line=line, polling=POLLING, on_key=book.key, on_state=book.state, told_every_s=0
    )
    master.start()
    try:
        yield master, pads
    finally:
        assert master.stop()
        pads.stop()


@pytest.fixture(params=["pty", "tcp"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Wire:
    return PtyWire(tmp_path / "pads") if request.param == "pty" else TcpWire()


def all_there(book: Heardbook, *addresses: int) -> None:
    wait_until(lambda: all(book.states.get(each) == "present" for each in addresses), "all are present")


@pytest.mark.parametrize("codec", TALKS)
def test_keys_come_from_each_pad_and_each_shows_its_own(wire: Wire, tmp_path: Path, codec: str) -> None:
    book = Heardbook()
    with master_on(wire, book, tmp_path, codec=codec) as (master, pads):
        all_there(book, 1, 2, 3)
        master.show(2, PadFace("A-012", 7))
        master.show(3, PadFace("----", 120))
        pads.press(1, "next")
        assert book.next_key() == (1, "next")
        pads.press(3, "1", "2", "enter")
        assert [book.next_key() for _ in range(3)] == [(3, "1"), (3, "2"), (3, "enter")]
        wait_until(lambda: pads.face(3) is not None and pads.face(2) is not None, "both show")
        assert (pads.face(1), pads.face(2), pads.face(3)) == (None, PadFace("A-012", 7), PadFace("----", 120))
        assert book.no_key()


def test_a_pad_that_is_away_is_absent_the_others_go_on_and_it_is_right_when_it_is_back(
    wire: Wire, tmp_path: Path
) -> None:
    book = Heardbook()
    with master_on(wire, book, tmp_path) as (master, pads):
        all_there(book, 1, 2, 3)
        pads.absent.add(2)
        wait_until(lambda: book.states[2] == "absent", "2 is missed")
        master.show(2, PadFace("OLD"))
        master.show(2, PadFace("NEW", 1))
        pads.press(2, "next")  # while nobody hears it: not to be done later
        pads.press(1, "finish")
        assert book.next_key() == (1, "finish")
        pads.absent.clear()
        wait_until(lambda: pads.face(2) == PadFace("NEW", 1), "2 shows what it should")
        pads.press(2, "recall")
        assert book.next_key() == (2, "recall")


def test_noise_on_the_line_makes_pads_absent_and_never_makes_a_key(wire: Wire, tmp_path: Path) -> None:
    book = Heardbook()
    with master_on(wire, book, tmp_path) as (_, pads):
        all_there(book, 1, 2, 3)
        pads.noisy = True
        wait_until(lambda: set(book.states.values()) == {"absent"}, "nobody is understood")
        assert book.no_key()
        pads.noisy = False
        all_there(book, 1, 2, 3)


def test_a_pulled_cable_is_told_and_heals(wire: Wire, tmp_path: Path) -> None:
    book = Heardbook()
    with master_on(wire, book, tmp_path) as (master, pads):
        master.show(1, PadFace("A-001"))
        wait_until(lambda: pads.face(1) is not None, "1 shows")
        wire.unplug()
        wait_until(lambda: set(book.states.values()) == {"absent"}, "nobody can be reached")
        pads.lose_power(1)
        wire.plug()
        all_there(book, 1, 2, 3)
        wait_until(lambda: pads.face(1) == PadFace("A-001"), "1 shows again")


def test_a_hundred_times_unplugged_nothing_is_left_behind(tmp_path: Path) -> None:
    wire, book, process = PtyWire(tmp_path / "pads"), Heardbook(), psutil.Process()
    gc.collect()  # what tests before this one left may go in the middle of it, but nothing may come
    fds, threads = process.num_fds(), threading.active_count()
    with master_on(wire, book, tmp_path, addresses=(1,)):
        all_there(book, 1)
        fds_open, threads_running = process.num_fds(), threading.active_count()
        for _ in range(100):
            wire.unplug()
            wait_until(lambda: book.states[1] == "absent", "the cable is missed")
            wire.plug()
            all_there(book, 1)
        assert process.num_fds() <= fds_open
        assert threading.active_count() <= threads_running
    assert process.num_fds() <= fds - 2  # the wire's own two were open before, and are closed now
    assert threading.active_count() <= threads


def test_what_is_still_to_be_shown_is_shown_before_the_end(tmp_path: Path) -> None:
    wire, book = PtyWire(tmp_path / "pads"), Heardbook()
    with master_on(wire, book, tmp_path) as (master, pads):
        all_there(book, 1, 2, 3)
        master.show(3, PadFace("E-00"))
        master.stop()
        assert pads.face(3) == PadFace("E-00")


class Failing:
    """A language that has a fault of ours in it, the first few times."""

    manner: Manner = "polled"

    def __init__(self) -> None:
        self.faults_left = 3
        self._right = AsciiTalk(width=8)
        self.framer: Callable[[], Framer] = self._right.framer
        self.show: Callable[[int, PadFace], bytes] = self._right.show
        self.hear: Callable[[bytes], Heard | None] = self._right.hear

    def poll(self, address: int, seq: int | None) -> bytes:
        """Fail, as nobody foresaw."""
        if self.faults_left:
            self.faults_left -= 1
            message = "nobody thought of this"
            raise ZeroDivisionError(message)
        return self._right.poll(address, seq)


def test_a_fault_of_ours_does_not_end_the_bus(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    wire, book = PtyWire(tmp_path / "pads"), Heardbook()
    pads = EmulatedKeypads(wire, AsciiPad(), (1,))
    pads.start()
    opening = functools.partial(SerialLine.of, LineConfig(url=wire.url), data_dir=tmp_path, device="keypads")
    line = LastingLine(opening, first_delay_s=0.01, max_delay_s=0.1)
    master: LineMaster[PadFace] = LineMaster(
        "keypads", Failing(), (1,), line=line, polling=POLLING, on_key=book.key, on_state=book.state
    )
    master.start()
    all_there(book, 1)
    assert master.stop()
    pads.stop()
    assert "nobody thought of this" in caplog.text


def test_two_programs_cannot_have_one_line(tmp_path: Path) -> None:
    wire = PtyWire(tmp_path / "pads")
    line = LineConfig(url=wire.url)
    with SerialLine.of(line, data_dir=tmp_path, device="keypads"):
        second = LastingLine(functools.partial(SerialLine.of, line, data_dir=tmp_path, device="keypads"))
        assert not second.opened()
    wire.close()


def test_a_line_that_cannot_switch_an_rs485_pair_says_what_to_do(tmp_path: Path) -> None:
    wire = PtyWire(tmp_path / "pads")
    with pytest.raises(DriverMissing, match="set rs485 to false"):
        SerialLine.of(LineConfig(url=wire.url, rs485=True), data_dir=tmp_path, device="keypads")
    wire.close()


def test_a_line_may_be_named_by_its_emulator(tmp_path: Path) -> None:
    wire = PtyWire(tmp_path / "devices" / "pads")
    with SerialLine.of(LineConfig(url="pty:pads"), data_dir=tmp_path, device="keypads") as line:
        line.send(b"hello")
        assert wire.read(1.0) == b"hello"
    wire.close()


def test_a_line_may_loop_back(tmp_path: Path) -> None:
    with SerialLine.of(LineConfig(url="loop://"), data_dir=tmp_path, device="keypads") as line:
        line.send(b"hello")
        assert line.receive(timeout_s=1.0) == b"hello"
        line.send(b"old")
        line.drop_input()
        assert line.receive(timeout_s=0) == b""


class LoosePlug:
    """A line that goes away every second time that anybody listens."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._listened = 0

    def send(self, data: bytes) -> None:
        """Send nothing."""

    def receive(self, *, timeout_s: float) -> bytes:
        """Let time pass; go away, or hear nothing."""
        self._clock.advance(max(timeout_s, 0.01))
        self._listened += 1
        if self._listened % 2:
            return b""
        raise DeviceUnavailable("pads", "went away")  # noqa: EM101 - device and reason, as everywhere

    def drop_input(self) -> None:
        """Drop nothing."""

    def close(self) -> None:
        """Close."""


class Mute(AsciiTalk):
    """Devices that never say anything."""

    manner: Manner = "one_way"


def test_a_loose_plug_is_told_once_a_second_and_in_the_end_as_it_is() -> None:
    clock = FakeClock()
    states: list[tuple[float, State]] = []
    troubles: list[float] = []
    plug = LoosePlug(clock)
    lines: list[Line] = []
    master: LineMaster[PadFace] = LineMaster(
        "pads",
        Mute(width=8),
        (1,),
        line=LastingLine(lambda: lines[-1], monotonic=clock.monotonic, first_delay_s=0.01, max_delay_s=0.01),
        polling=POLLING,
        on_key=lambda _address, _key: None,
        on_state=lambda _address, state: states.append((clock.monotonic(), state)),
        on_line=lambda _trouble: troubles.append(clock.monotonic()),
        monotonic=clock.monotonic,
    )
    lines.append(plug)
    for _ in range(200):
        master._turn()
        clock.advance(0.02)
    lines.append(Firm())
    master._turn()
    clock.advance(2)
    for _ in range(3):
        master._turn()
        clock.advance(0.5)
    times = [at_s for at_s, _ in states]
    assert all(later - earlier >= 1 for told in (times, troubles) for earlier, later in itertools.pairwise(told))
    assert len(troubles) > 2
    assert states[-1][1] == "unknown", "the line is open again, and whoever is told nothing for a while is told at last"


class Firm(LoosePlug):
    """A line that holds."""

    def __init__(self) -> None:
        super().__init__(FakeClock())

    def receive(self, *, timeout_s: float) -> bytes:  # noqa: ARG002 - a quiet line
        """Hear nothing."""
        return b""
