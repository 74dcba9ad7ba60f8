"""Whatever a printer answers, late or never: its job is sent once at most, in bounded time, and nothing is made up."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.codecs.printer_status import ASK_WHEN_DONE, PAPER_SENSOR_BYTES
from hardware.drivers.escpos_printer import EscposPrinter, Patience
from hardware.errors import DeviceUnavailable, HardwareError
from hardware.ports import PrintResult

JOB = b"\x1b@Halo\n\x1dV\x01"
PATIENCE = Patience(job_s=5.0, status_s=1.0)
BOUND_S = 10.0
"""Waiting for the first answer, for the end of the job, and for the last round of answers."""

WELL, DONE, OUT, LOW = b"\x12", b"\x00", b"\x72", b"\x1e"
PAPER = b"\x04"
"""The number of the question about paper."""


@dataclass(frozen=True, slots=True)
class Says:
    """The printer sends these bytes after so long; None: its plug is pulled."""

    after_s: float
    data: bytes | None


@dataclass
class ScriptedLink:
    """A printer that says what is written, to whatever it is asked, on a clock of its own."""

    script: list[Says]
    now_s: float = 0.0
    sent: bytearray = field(default_factory=bytearray)
    told_after_job: bytearray = field(default_factory=bytearray)
    is_open: bool = True

    def send(self, data: bytes) -> None:
        """Take all of it."""
        self.sent += data

    def receive(self, *, timeout_s: float) -> bytes:
        """Say the next thing, if its time comes before the timeout."""
        if timeout_s == 0 or not self.script or self.script[0].after_s > timeout_s:
            self.now_s += timeout_s
            return b""
        says = self.script.pop(0)
        self.now_s += max(says.after_s, 0.001)
        if says.data is None:
            raise DeviceUnavailable("printer", "is gone")  # noqa: EM101 - nobody reads it
        if JOB in self.sent:
            self.told_after_job += says.data
        return says.data

    def finish(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Note it."""
        self.is_open = False


@dataclass
class PlainLink(ScriptedLink):
    """A clone that answers DLE EOT at once and has never heard of GS r."""

    answered: int = 0

    def receive(self, *, timeout_s: float) -> bytes:
        """Answer the next question, if there is one."""
        if timeout_s > 0 and self.answered < self.sent.count(b"\x10\x04"):
            self.answered += 1
            self.now_s += 0.001
            return WELL
        self.now_s += timeout_s
        return b""


def printed(link: ScriptedLink) -> PrintResult | HardwareError:
    printer = EscposPrinter("scripted", lambda: link, PATIENCE, clock=lambda: link.now_s)
    try:
        return printer.print(JOB, title="A-012")
    except HardwareError as error:
        return error


SAYINGS = st.builds(
    Says,
    after_s=st.sampled_from([0.0, 0.01, 0.2, 0.9, 3.0]),
    data=st.one_of(
        st.sampled_from([WELL, DONE, OUT, WELL * 4, b"\x1a", b"\x16", b"\x7e", b"\x11\x13", b"\x18\x08\x00\x0f"]),
        st.binary(min_size=1, max_size=6),
        st.none(),
    ),
)


@given(st.lists(SAYINGS, max_size=40))
def test_no_answers_whatever_bring_a_second_copy_or_a_false_word(script: list[Says]) -> None:
    link = ScriptedLink(script)
    result = printed(link)
    copies = link.sent.count(JOB)
    assert copies <= 1
    assert link.now_s <= BOUND_S
    assert not link.is_open
    if isinstance(result, HardwareError):
        assert result.sent is (copies == 1)
    else:
        assert copies == 1
    if isinstance(result, PrintResult) and result.outcome == "confirmed":
        assert any(byte in PAPER_SENSOR_BYTES for byte in link.told_after_job), "it said that it is done"
        assert WELL[0] & 0x93 in {byte & 0x93 for byte in link.told_after_job}, "and that it is well"


def test_a_good_conversation_is_confirmed() -> None:
    link = ScriptedLink([Says(0.01, WELL)] * 4 + [Says(0.2, DONE)] + [Says(0.01, WELL)] * 4)
    assert printed(link) == PrintResult("confirmed")
    assert link.sent.count(JOB + ASK_WHEN_DONE) == 1


def test_paper_that_ends_and_is_there_again_while_the_job_prints_is_not_a_good_end() -> None:
    went_out = [Says(0.01, WELL), Says(0.01, OUT), Says(0.01, WELL), Says(0.01, WELL)]
    link = ScriptedLink([Says(0.01, WELL)] * 4 + [Says(0.5, b"")] + went_out + [Says(0.2, DONE)])
    result = printed(link)
    assert isinstance(result, HardwareError)
    assert result.sent


def test_trouble_that_a_printer_tells_by_itself_counts_though_it_is_gone_when_asked() -> None:
    told = Says(0.01, b"\x18\x00\x0c\x0f")
    link = ScriptedLink([Says(0.01, WELL)] * 4 + [told, Says(0.1, DONE)] + [Says(0.01, WELL)] * 4)
    result = printed(link)
    assert isinstance(result, HardwareError)
    assert result.sent


def test_a_printer_that_never_says_when_it_is_done_is_not_confirmed_and_waited_for_once() -> None:
    link = PlainLink([])
    printer = EscposPrinter("scripted", lambda: link, PATIENCE, clock=lambda: link.now_s)
    assert printer.print(JOB, title="1") == PrintResult("unconfirmed")
    first_s = link.now_s
    assert first_s < PATIENCE.job_s + 1
    assert printer.print(JOB, title="2") == PrintResult("unconfirmed")
    assert link.now_s - first_s < 2 * PATIENCE.status_s + 1


def test_what_a_printer_said_before_the_job_is_not_the_end_of_the_job() -> None:
    noise_at_the_start = [Says(0.01, WELL), Says(0.01, DONE), *[Says(0.01, WELL)] * 3]
    link = ScriptedLink(noise_at_the_start + [Says(0.01, WELL)] * 4)
    result = printed(link)
    assert isinstance(result, HardwareError) or result.outcome == "unconfirmed"


@dataclass
class SlowLink(ScriptedLink):
    """A good printer that answers DLE EOT at once, and GS r in its turn; a job takes it `job_takes_s`."""

    job_takes_s: float = 0.0
    answers_in_turn: bool = False
    busy_until_s: float = 0.0
    gone_at_s: float = math.inf
    due: list[tuple[float, bytes]] = field(default_factory=list)

    def send(self, data: bytes) -> None:
        """Note when each question will be answered."""
        super().send(data)
        self.busy_until_s = max(self.now_s, self.busy_until_s) + self.job_takes_s * data.count(JOB)
        if data.endswith(ASK_WHEN_DONE):
            self.due.append((self.busy_until_s, DONE))
        answer_at_s = self.busy_until_s if self.answers_in_turn else self.now_s
        self.due += [(answer_at_s, LOW if ask == PAPER else WELL) for ask in data.split(b"\x10\x04")[1:]]
        self.due.sort(key=lambda due: due[0])

    def receive(self, *, timeout_s: float) -> bytes:
        """Give the next answer that is due within the timeout."""
        if self.now_s + timeout_s >= self.gone_at_s:
            raise DeviceUnavailable("printer", "is gone")  # noqa: EM101 - nobody reads it
        if timeout_s > 0 and self.due and self.due[0][0] <= self.now_s + timeout_s:
            at_s, answer = self.due.pop(0)
            self.now_s = max(self.now_s, at_s) + 0.001
            return answer
        self.now_s += timeout_s
        return b""


def test_the_late_end_of_an_earlier_job_is_not_taken_for_that_of_the_next() -> None:
    link = SlowLink([], job_takes_s=PATIENCE.job_s + 0.5)
    printer = EscposPrinter("scripted", lambda: link, PATIENCE, clock=lambda: link.now_s)
    assert printer.print(JOB, title="1").outcome == "unconfirmed"
    assert printer.print(JOB, title="2").outcome == "unconfirmed", "only the end of the first was told"


def test_a_printer_that_was_slow_once_is_believed_again_with_the_next_job() -> None:
    link = SlowLink([], job_takes_s=PATIENCE.job_s + 0.5)
    printer = EscposPrinter("scripted", lambda: link, PATIENCE, clock=lambda: link.now_s)
    printer.print(JOB, title="1")
    link.job_takes_s = 0.3
    assert printer.print(JOB, title="2").outcome == "confirmed"


def test_a_printer_that_goes_away_before_the_job_has_got_nothing_of_it() -> None:
    """The end of an earlier job is waited for first; what goes wrong then leaves the paper to another printer."""
    link = SlowLink([], job_takes_s=PATIENCE.job_s + 0.5)
    printer = EscposPrinter("scripted", lambda: link, PATIENCE, clock=lambda: link.now_s)
    assert printer.print(JOB, title="1").outcome == "unconfirmed"
    link.gone_at_s = link.now_s + 0.1
    with pytest.raises(DeviceUnavailable) as raised:
        printer.print(JOB, title="2")
    assert not raised.value.sent
    assert link.sent.count(JOB) == 1


def test_a_printer_that_was_exchanged_for_one_that_tells_no_end_is_not_waited_for_long() -> None:
    good = SlowLink([], job_takes_s=0.1)
    clone = PlainLink([])
    links: list[ScriptedLink] = [good]
    printer = EscposPrinter("scripted", lambda: links[0], PATIENCE, clock=lambda: good.now_s + clone.now_s)
    assert printer.print(JOB, title="1").outcome == "confirmed"
    links[0] = clone
    for number in range(3):
        assert printer.print(JOB, title=str(number)).outcome == "unconfirmed"
    before_s = clone.now_s
    assert printer.print(JOB, title="5").outcome == "unconfirmed"
    assert clone.now_s - before_s < PATIENCE.status_s


def test_late_answers_are_not_taken_for_those_to_the_next_questions() -> None:
    """A clone that answers in its turn only: the answer on its paper, nearly out, is not that on its cover."""
    link = SlowLink([], job_takes_s=2.0, answers_in_turn=True)
    printer = EscposPrinter("scripted", lambda: link, PATIENCE, clock=lambda: link.now_s)
    assert printer.print(JOB, title="1") == PrintResult("confirmed", paper_low=True)
