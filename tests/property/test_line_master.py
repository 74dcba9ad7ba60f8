"""Whatever is lost, spoilt or late on a line of keypads: no key is done twice, and none changes places."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from hardware.codecs.keypads.ascii import AsciiPad, AsciiTalk
from hardware.codecs.keypads.pad import PadFace
from hardware.config import Polling
from hardware.emulators.keypad import EmulatedKeypads
from hardware.line.lasting_line import LastingLine
from hardware.line.master import LineMaster
from tests.fakes.clock import FakeClock
from tests.fakes.cut_wire import CutWire

POLLING = Polling(every_s=0.1, answer_s=0.1, retries=2, absent_every_s=1.0, refresh_s=30.0)
KEYS = ("next", "recall", "1", "2", "finish")
FATES = ("good", "good", "good", "question lost", "answer lost", "answer spoilt", "answer late", "echo")


class PadOnALine:
    """A line in memory with one pad at its end; what becomes of each question is decided beforehand."""

    def __init__(self, fates: Iterator[str], clock: FakeClock) -> None:
        self.pads = EmulatedKeypads(CutWire(), AsciiPad(), (1,))
        self._fates = fates
        self._clock = clock
        self._framer = AsciiPad().framer()
        self._incoming = self._late = b""

    def send(self, data: bytes) -> None:
        """Ask the pad, as fate will have it."""
        fate = next(self._fates, "good")
        if fate == "question lost":
            return
        answer = b"".join(self.pads._answer(frame) for frame in self._framer.feed(data))
        if fate == "answer spoilt":
            answer = answer[:4] + b"\xff" + answer[5:]
        if fate == "echo":
            answer = data + answer
        if fate == "answer late":  # it comes together with the next one
            self._late, answer = self._late + answer, b""
        elif fate == "answer lost":
            answer = b""
        else:
            self._late, answer = b"", self._late + answer
        self._incoming += answer

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what is there; time passes where nothing is."""
        data, self._incoming = self._incoming, b""
        self._clock.advance(0.001 if data else timeout_s)
        return data

    def drop_input(self) -> None:
        """Forget what is there."""
        self._incoming = b""

    def close(self) -> None:
        """Close."""


def served(fates: list[str], presses: list[tuple[int, str]]) -> tuple[list[str], list[str], bool]:
    """Return the keys that were heard and that were pressed, in order, and whether the pad was there all the time."""
    clock, heard, states = FakeClock(), [], []
    line = PadOnALine(iter([*["good"] * 2, *fates]), clock)  # both first: it is there, and shows
    master: LineMaster[PadFace] = LineMaster(
        "keypads",
        AsciiTalk(width=8),
        (1,),
        line=LastingLine(lambda: line, monotonic=clock.monotonic, jitter=lambda: 1.0),
        polling=POLLING,
        on_key=lambda _address, key: heard.append(key),
        on_state=lambda _address, state: states.append(state),
        monotonic=clock.monotonic,
        told_every_s=0,
    )
    master.show(1, PadFace("----", 3))
    due = dict(presses)
    for turn in range(150):
        if turn > 3 and turn in due:
            line.pads.press(1, due[turn])
        master._turn()
    pressed = [key for turn, key in sorted(due.items()) if turn > 3]
    return heard, pressed, states == ["present"]


@given(
    fates=st.lists(st.sampled_from(FATES), max_size=60),
    presses=st.lists(st.tuples(st.integers(4, 60), st.sampled_from(KEYS)), max_size=5),
)
def test_no_key_twice_none_out_of_order_and_none_lost_while_the_pad_is_there(
    fates: list[str], presses: list[tuple[int, str]]
) -> None:
    heard, pressed, always_there = served(fates, presses)
    rest = iter(pressed)
    assert all(key in rest for key in heard), f"{heard} of {pressed}"
    if always_there:
        assert heard == pressed
