"""The officer's PIN: taken anew by its owner, reset and unlocked by a supervisor; and it is written nowhere."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import queue
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from broker.bus import Bus
from broker.contract.clock import EngineClock
from broker.contract.messages import CounterMessage, ErrorCode, HallMessage, OfficeMessage
from broker.language import Phrases
from counter.desk.keys import Intent
from counter.desk.presenter import CounterPresenter
from counter.desk.room import Room
from counter.desk.session import Session
from counter.pages.sign_in import SignInPage
from tests.support.office import OfficeProcess
from tests.ui.counter.desk_samples import ZONE, Drawer, Window, counter, devices

OFFICER = {"counter": "c3", "session": "token-1"}
LONG_PIN = "729041836572"
"""One that no number of another meaning on disk looks like."""
CHANGE = "i 1 2 3 4 enter 7 2 9 0 enter 7 2 9 0 enter"


@pytest.fixture
def window() -> Window:
    """Yield a window whose officer is free."""
    window = Window()
    window.sign_in()
    return window


def remembered(thing: object, known: set[int]) -> Iterator[str]:
    """Yield every text that the window's own objects hold."""
    if id(thing) in known:
        return
    known.add(id(thing))
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        yield from (text for part in thing.values() for text in remembered(part, known))
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from (text for part in thing for text in remembered(part, known))
    elif type(thing).__module__.startswith("counter."):
        names = [*getattr(thing, "__slots__", ()), *getattr(thing, "__dict__", ())]
        yield from (text for name in names for text in remembered(getattr(thing, name, None), known))


def test_the_old_one_then_the_new_one_twice(window: Window) -> None:
    window.keys(*CHANGE.split())
    assert window.engine.commands == ["pin"]
    assert window.engine.asked[0].arguments == {**OFFICER, "old": "1234", "new": "7290"}
    window.engine.agrees(officer="siti")
    assert window.notice() == "PIN Anda sudah diganti: mulai sekarang yang baru berlaku."
    assert window.desk.dialog is None


def test_each_step_says_what_it_wants_and_shows_no_digit(window: Window) -> None:
    seen = []
    for key in CHANGE.split()[:-1]:
        window.keys(key)
        seen.append((window.dialog.title, window.dialog.field.count("\N{BULLET}")))
        assert not any(digit in f"{window.presenter.page!r}{window.dialog.field}" for digit in ("7290", "72", "12345"))
    assert [title for title, count in seen if count == len("7290")] == [
        "PIN Anda sekarang",
        "PIN baru Anda",
        "PIN baru Anda, sekali lagi",
    ]


def test_digits_can_be_touched(window: Window) -> None:
    window.press(Intent.PIN)
    assert window.dialog.pad == "Hapus"
    window.type("1239")
    window.press(Intent.ERASE)
    window.type("4")
    window.press(Intent.CONFIRM)
    for _ in range(2):
        window.type("7290")
        window.press(Intent.CONFIRM)
    assert window.engine.asked[0].arguments == {**OFFICER, "old": "1234", "new": "7290"}


def test_whoever_types_two_that_differ_chooses_anew(window: Window) -> None:
    window.keys(*["i", "1", "2", "3", "4", "enter", "7", "2", "9", "0", "enter", "7", "2", "9", "1", "enter"])
    assert window.engine.commands == []
    assert (window.dialog.text, window.dialog.is_fault) == ("Keduanya tidak sama. Silakan ketik PIN baru lagi.", True)
    window.keys(*["7", "2", "9", "0", "enter", "7", "2", "9", "0", "enter"])
    assert window.engine.asked[0].arguments["new"] == "7290"


def test_without_digits_nothing_goes_on_and_letters_are_none(window: Window) -> None:
    window.keys(*["i", "a", "b", "enter"])
    assert (window.dialog.title, window.dialog.confirm.why_not) == ("PIN Anda sekarang", "Ketik PIN dahulu")


def test_enter_right_after_quick_digits_counts(window: Window) -> None:
    window.keys("i")
    for key in ("1", "2", "3", "4", "enter", "7", "2", "9", "0", "enter", "7", "2", "9", "0", "enter"):
        window.pass_s(0.05)
        window.presenter.key(key)
    assert window.engine.commands == ["pin"]


def test_escape_goes_back_a_step_and_forgets_what_was_typed(window: Window) -> None:
    window.keys(*["i", "1", "2", "3", "4", "enter", "7", "2"])
    window.keys("escape")
    assert (window.dialog.title, window.dialog.field) == ("PIN Anda sekarang", "")
    window.keys("escape")
    assert window.desk.dialog is None
    assert window.engine.commands == []


@pytest.mark.parametrize(
    ("code", "detail", "said"),
    [
        ("wrong_pin", {}, "PIN tidak berubah. PIN yang sekarang tidak benar."),
        ("wrong_pin", {"locked_s": 60}, "Terlalu banyak PIN yang salah."),
        ("weak_pin", {"reason": "no_digits"}, "PIN tidak berubah. PIN hanya terdiri atas angka."),
        ("weak_pin", {"reason": "short"}, "PIN tidak berubah. PIN paling sedikit 4 angka."),
        ("weak_pin", {"reason": "long"}, "PIN tidak berubah. PIN paling banyak 12 angka."),
        ("weak_pin", {"reason": "equal"}, "PIN tidak berubah. Angka yang sama semua terlalu mudah ditebak."),
        ("weak_pin", {"reason": "run"}, "PIN tidak berubah. Angka yang berurutan terlalu mudah ditebak."),
        ("weak_pin", {"reason": "old"}, "PIN tidak berubah. Itu PIN yang sedang dipakai: silakan pilih yang lain."),
        ("weak_pin", {"reason": "of a newer broker"}, Phrases("counter", "id").error("weak_pin")),
    ],
)
def test_a_refusal_says_why(window: Window, code: ErrorCode, detail: dict[str, object], said: str) -> None:
    window.keys(*CHANGE.split())
    window.engine.refuses(code, **detail)
    assert window.notice().startswith(said)


def test_nothing_typed_outlives_the_dialog_or_is_logged(window: Window, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    window.keys(*CHANGE.split())
    assert "7290" not in repr(window.presenter.page)
    window.engine.refuses("weak_pin", reason="run")
    assert "7290" not in set(remembered(window.presenter, set()))
    window.keys(*["i", "7", "2", "9", "0"])
    assert "7290" in set(remembered(window.presenter, set()))
    window.keys("escape")
    assert "7290" not in set(remembered(window.presenter, set()))
    assert "7290" not in caplog.text


@pytest.mark.parametrize(
    ("keys", "command", "arguments", "said"),
    [
        ("i 1 1 2 3 4 enter 7 2 9 0 enter 7 2 9 0 enter", "pin", {"old": "1234", "new": "7290"}, "PIN Anda sudah"),
        (
            "i 2 1 7 2 9 0 enter 7 2 9 0 enter",
            "reset_pin",
            {"officer": "budi", "new": "7290"},
            "Budi Santoso sudah mendapat PIN baru.",
        ),
        ("i 3 2 enter", "unlock", {"officer": "bayu"}, "Bayu Pratama sudah boleh mencoba masuk lagi."),
        ("i down down enter down enter enter", "unlock", {"officer": "bayu"}, "Bayu Pratama sudah"),
    ],
)
def test_a_supervisor_sees_to_everybodys(keys: str, command: str, arguments: dict[str, str], said: str) -> None:
    window = Window()
    window.sign_in(role="supervisor")
    window.keys(*keys.split())
    assert window.engine.commands == [command]
    assert window.engine.asked[0].arguments == OFFICER | arguments
    window.engine.agrees(officer=arguments.get("officer", "siti"))
    assert window.notice().startswith(said)


def test_a_supervisor_types_the_id_where_nobody_is_known() -> None:
    window = Window(Drawer(Session("c3", "siti", "token-1")), officers=())
    window.presenter.desk(counter("open", role="supervisor"))
    window.keys(*["i", "3", "enter"])
    assert (window.dialog.options, window.dialog.confirm.why_not) == ((), "Ketik ID petugas dahulu")
    window.keys(*["b", "u", "d", "i", "enter", "enter"])
    assert window.engine.asked[0].arguments == {**OFFICER, "officer": "budi"}


def test_an_officer_has_no_say_over_others(window: Window) -> None:
    window.keys("i")
    assert (window.dialog.title, window.dialog.options) == ("PIN Anda sekarang", ())


@pytest.mark.parametrize("arrangement", ["wide", "medium", "narrow"])
def test_it_can_be_reached_in_every_window(window: Window, arrangement: Any) -> None:  # noqa: ANN401 - a literal
    window.presenter.room(Room(arrangement))
    if arrangement == "wide":
        assert (window.desk.pin.label, window.desk.pin.key) == ("PIN", "I")
    else:
        window.keys("0")
        assert Intent.PIN in window.possible()


class TrueWindow:
    """A window at a true broker: what comes in is taken where the test waits, as a window's thread does."""

    def __init__(self, office: OfficeProcess, counter_id: str) -> None:
        self._steps: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        settings = office.settings
        self._bus = Bus(
            address=office.address, office=settings.office.id, client=counter_id, kind="counter", post=self._steps.put
        )
        now = functools.partial(dt.datetime.now, ZONE)
        self.presenter = CounterPresenter(
            counter=counter_id,
            clock=EngineClock(now, time.monotonic),
            requester=self._bus,
            sessions=Drawer(),
            officers=tuple((officer.id, officer.name) for officer in settings.officers),
            languages=("id", "en"),
            phrases=functools.partial(Phrases, "counter"),
            devices=devices(now),
        )
        topics = self._bus.topics
        self._bus.listen(topics.office_state(), OfficeMessage, self.presenter.office)
        self._bus.listen(topics.hall(), HallMessage, self.presenter.hall)
        self._bus.listen(topics.counter(counter_id), CounterMessage, self.presenter.desk)
        self._bus.on_link(lambda online: self.presenter.link(online=online))
        self._bus.start()

    def close(self) -> None:
        """Leave the bus."""
        self._bus.stop()

    def until(self, true: Callable[[], bool]) -> None:
        """Take in what comes until something is so."""
        deadline = time.monotonic() + 15
        while not true():
            self._steps.get(timeout=max(0.01, deadline - time.monotonic()))()

    def keys(self, *names: str) -> None:
        """Press keys as somebody who types by heart."""
        for name in names:
            self.presenter.key(name)

    def signs_in(self, pin: str) -> None:
        """Let Budi try a PIN."""
        self.keys("b", *pin, "enter")

    @property
    def notice(self) -> str:
        """Return the sentence that wants attention, or nothing."""
        notice = self.presenter.page.notice
        return notice.text if notice else ""

    @property
    def can_act(self) -> bool:
        """Tell whether somebody is signed in and connected."""
        page = self.presenter.page
        return not isinstance(page, SignInPage) and page.pin.enabled and page.live


def test_at_a_true_broker_the_new_pin_counts_and_the_old_one_no_more(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path)
    office.start()
    window = TrueWindow(office, "counter-1")
    window.until(lambda: window.presenter.page.live)
    window.signs_in("1234")
    window.until(lambda: window.can_act)
    window.keys("i", *"1234", "enter", *LONG_PIN, "enter", *LONG_PIN, "enter")
    window.until(lambda: "sudah diganti" in window.notice)
    window.keys("x", "enter")
    window.until(lambda: isinstance(window.presenter.page, SignInPage))
    window.signs_in("1234")
    window.until(lambda: bool(window.notice))
    assert window.notice == Phrases("counter", "id").error("wrong_pin")
    window.signs_in(LONG_PIN)
    window.until(lambda: window.can_act)
    window.close()
    office.stop()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"pin_changed" in written
    assert LONG_PIN.encode() not in written
