"""A keypad at a counter, as its officer meets it: what is pressed, what goes to the engine, what the pad shows."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from broker.contract.clock import EngineClock
from broker.contract.link import STALE_AFTER_S
from broker.contract.messages import (
    CounterMessage,
    CounterState,
    Error,
    ErrorCode,
    HallCounter,
    HallMessage,
    Reply,
    Ticket,
)
from counter.desk.requests import MEANT_FOR_S
from counter.desk.session import Session
from counter.keypads import words
from counter.keypads.presenter import FORGET_AFTER_S, NOTICE_S, PadPresenter
from hardware.codecs.keypads.pad import PadFace
from tests.fakes.clock import FakeClock
from tests.ui.counter.desk_samples import MORNING, Drawer, Engine

KEPT = Session("counter-1", "siti", "token")


def desk(
    state: CounterState, number: str | None = None, *, waiting: int = 4, counter: str = "counter-1"
) -> CounterMessage:
    ticket = None
    if number is not None:
        ticket = Ticket(
            id="t1", number=number, service="s", lane="l", stage="x", language="id", qr="q", ahead=0,
            state="serving" if state == "serving" else "called", issued_at=MORNING, waiting_since=MORNING,
        )  # fmt: skip
    return CounterMessage(id=counter, label="1", state=state, ticket=ticket, queue_length=waiting)


class Pad:
    """A keypad on a table: an engine that answers when told, a clock that stands still."""

    def __init__(self, *, officers: tuple[str, ...] = ("siti", "budi"), kept: Session | None = None) -> None:
        self.clock = FakeClock(MORNING)
        self.engine = Engine()
        self.drawer = Drawer(kept)
        self.presenter = PadPresenter(
            counter="counter-1",
            officers=officers,
            clock=EngineClock(self.clock.now, self.clock.monotonic),
            requester=self.engine,
            sessions=self.drawer,
        )

    def connect(self) -> None:
        """Reach the engine, and hear from it."""
        self.presenter.link(online=True)
        self.hears()

    def hears(self, state: CounterState | None = None, *, retained: bool = False) -> None:
        """Hear the engine's sign of life, with what it says of the counter; or what the server had kept of one."""
        counters = () if state is None else (HallCounter(id="counter-1", label="1", state=state),)
        hall = HallMessage(revision=1, seq=1, at=self.at, day=self.at.date(), counters=counters, retained=retained)
        self.presenter.hall(hall)

    def press(self, keys: str) -> None:
        """Press keys, named one after the other, each a second after the last."""
        for key in keys.split():
            self.passes(1)
            self.presenter.key(key)

    def passes(self, seconds: float) -> None:
        """Let time go by; the engine is there all the while."""
        self.clock.advance(seconds)
        self.presenter.tick()
        self.hears()

    @property
    def at(self) -> dt.datetime:
        """Return what the clock says."""
        return self.clock.at

    @property
    def shows(self) -> str:
        """Return the text on the pad."""
        return self.presenter.face.text


@pytest.fixture
def pad() -> Pad:
    made = Pad()
    made.connect()
    made.presenter.desk(desk("closed"))
    return made


@pytest.fixture
def signed_in() -> Pad:
    made = Pad(kept=KEPT)
    made.connect()
    made.presenter.desk(desk("open"))
    return made


SIGNING_IN = [  # officers, keys, what the pad shows, what the engine was asked
    (("siti", "budi"), "", "ID", []),
    (("siti", "budi"), "2", "ID 2", []),
    (("siti", "budi"), "2 clear", "ID", []),
    (("siti", "budi"), "2 enter", "PIN", []),
    (("siti", "budi"), "2 enter 1 2 3", "P  3", []),
    (("siti", "budi"), "2 enter 1 2 clear", "ID", []),
    (("siti", "budi"), "2 enter 1 2 3 4 enter", "PIN", [("budi", "1234")]),
    (("siti", "budi"), "3 enter", "E-03", []),
    (("siti", "budi"), "0 enter", "E-03", []),
    (("siti", "budi"), "enter", "ID", []),
    (("siti", "budi"), "2 enter enter", "PIN", []),
    (("siti", "budi"), "next", "E-05", []),
    (("siti",), "", "PIN", []),
    (("siti",), "1 2 3 4", "P  4", []),
    (("siti",), "9 9 9 9 enter", "PIN", [("siti", "9999")]),
]


@pytest.mark.parametrize(("officers", "keys", "shows", "opened"), SIGNING_IN)
def test_signing_in(officers: tuple[str, ...], keys: str, shows: str, opened: list[tuple[str, str]]) -> None:
    pad = Pad(officers=officers)
    pad.connect()
    pad.presenter.desk(desk("closed"))
    pad.press(keys)
    assert pad.shows == shows
    asked = [(one.command, one.arguments["officer"], one.arguments["pin"]) for one in pad.engine.asked]
    assert asked == [("open", *who) for who in opened]


WORK = [  # the counter's state, its number, key, what the engine is asked
    ("open", None, "next", "next"),
    ("calling", "A-012", "recall", "recall"),
    ("calling", "A-012", "start", "start"),
    ("calling", "A-012", "no_show", "no_show"),
    ("serving", "A-012", "finish", "finish"),
    ("open", None, "pause", "pause"),
    ("paused", None, "pause", "resume"),
    ("open", None, "close", "close"),
    ("open", None, "0 enter", "close"),
    ("open", None, "7 enter", None),
    ("open", None, "0 clear enter", None),
]


@pytest.mark.parametrize(("state", "number", "keys", "command"), WORK)
def test_every_key_of_the_days_work(state: CounterState, number: str | None, keys: str, command: str | None) -> None:
    pad = Pad(kept=KEPT)
    pad.connect()
    pad.presenter.desk(desk(state, number))
    pad.press(keys)
    assert pad.engine.commands == ([] if command is None else [command])
    for asked in pad.engine.asked:
        assert asked.arguments == {"counter": "counter-1", "session": "token"}


@pytest.mark.parametrize(
    ("state", "number", "shows"),
    [("open", None, "----"), ("calling", "A-012", "A-012"), ("serving", "B-003", "B-003"), ("paused", None, "PAUS")],
)
def test_the_pad_shows_number_and_how_many_wait(
    signed_in: Pad, state: CounterState, number: str | None, shows: str
) -> None:
    signed_in.presenter.desk(desk(state, number, waiting=17))
    assert signed_in.presenter.face == PadFace(shows, 17)


@pytest.mark.parametrize(
    ("code", "detail", "shows"),
    [
        ("wrong_pin", {}, "E-01"),
        ("wrong_pin", {"locked_s": 60}, "E-02"),
        ("not_allowed", {"open_at": "counter-3"}, "E-04"),
        ("counter_busy", {}, "E-06"),
        ("too_late", {}, "E-10"),
        ("bad_request", {}, "E-09"),
    ],
)
def test_a_refused_sign_in_says_why_for_a_moment_and_asks_again(
    pad: Pad, code: ErrorCode, detail: dict[str, object], shows: str
) -> None:
    pad.press("1 enter 4 3 2 1 enter")
    pad.engine.refuses(code, **detail)
    assert pad.shows == shows
    pad.passes(NOTICE_S)
    assert pad.shows == "PIN"


def test_every_error_of_the_protocol_has_a_text_that_fits_four_characters() -> None:
    texts = {words.refusal(Error(code=code, message="")) for code in get_args(ErrorCode)} | {words.refusal(None)}
    assert {len(text) for text in texts} == {4}
    assert words.NO_CONNECTION not in texts


def test_from_signing_in_to_signing_out(pad: Pad) -> None:
    pad.press("2 enter 1 2 3 4 enter")
    pad.engine.agrees(session="token-2", counter={})
    assert pad.drawer.kept == Session("counter-1", "budi", "token-2")
    pad.presenter.desk(desk("open"))
    assert pad.shows == "----"
    pad.press("next")
    pad.engine.agrees(ticket={"id": "t1"}, reason={})
    pad.presenter.desk(desk("calling", "A-012"))
    pad.press("start")
    pad.engine.agrees(ticket={"id": "t1"})
    pad.press("finish")
    pad.engine.agrees(ticket={"id": "t1"})
    pad.presenter.desk(desk("open"))
    pad.press("0 enter")
    pad.engine.agrees(counter={})
    assert pad.engine.commands == ["open", "next", "start", "finish", "close"]
    assert {asked.arguments.get("session") for asked in pad.engine.asked[1:]} == {"token-2"}
    pad.presenter.desk(desk("closed"))
    assert pad.shows == "ID"
    assert pad.drawer.load() is None


def test_a_bouncing_key_is_one_press_and_while_the_engine_works_nothing_else_is_asked(signed_in: Pad) -> None:
    signed_in.press("next")
    signed_in.presenter.key("next")
    assert signed_in.engine.commands == ["next"]
    signed_in.press("recall")
    assert signed_in.engine.commands == ["next"]
    signed_in.engine.agrees(ticket={"id": "t1"}, reason={})
    signed_in.presenter.key("recall")
    signed_in.engine.agrees(ticket={"id": "t1"})
    signed_in.presenter.key("recall")
    assert signed_in.engine.commands == ["next", "recall"]


def test_pins_typed_fast_are_not_taken_for_bounces(pad: Pad) -> None:
    for key in ["1", "enter", "1", "1", "1", "1", "enter"]:
        pad.presenter.key(key)
    assert [asked.arguments["pin"] for asked in pad.engine.asked] == ["1111"]


def test_nobody_waiting_is_said(signed_in: Pad) -> None:
    signed_in.press("next")
    signed_in.engine.agrees(ticket=None, reason=None)
    assert signed_in.shows == "NONE"
    signed_in.passes(NOTICE_S)
    assert signed_in.shows == "----"


def test_without_a_connection_nothing_old_is_shown_and_no_key_is_kept_for_later(signed_in: Pad) -> None:
    signed_in.presenter.desk(desk("calling", "A-012"))
    signed_in.presenter.link(online=False)
    assert signed_in.presenter.face == PadFace("E-00", None)
    signed_in.press("next finish")
    signed_in.connect()
    assert (signed_in.shows, signed_in.engine.commands) == ("A-012", [])


def test_a_silent_engine_is_no_connection_either(signed_in: Pad) -> None:
    signed_in.clock.advance(STALE_AFTER_S + 1)
    assert signed_in.shows == "E-00"


def test_before_the_first_picture_a_pad_knows_nothing() -> None:
    pad = Pad(kept=KEPT)
    assert pad.shows == "E-00"
    pad.connect()
    assert pad.shows == "E-00"


def test_an_overdue_answer_is_seen(signed_in: Pad) -> None:
    signed_in.press("next")
    signed_in.passes(4)
    assert signed_in.shows == "...."
    signed_in.engine.agrees(ticket={"id": "t1"}, reason={})
    signed_in.presenter.desk(desk("calling", "A-012"))
    assert signed_in.shows == "A-012"


def test_half_a_pin_is_forgotten(pad: Pad) -> None:
    pad.press("1 enter 1 2")
    pad.passes(FORGET_AFTER_S + 1)
    assert pad.shows == "ID"
    pad.press("3 4 enter")
    assert pad.shows == "E-03"
    assert pad.engine.asked == []


def test_at_a_counter_that_a_window_opened_the_pad_shows_it_and_does_not_fight(pad: Pad) -> None:
    pad.presenter.desk(desk("calling", "A-012"))
    assert pad.shows == "A-012"
    pad.press("next")
    assert (pad.shows, pad.engine.asked) == ("E-05", [])
    pad.passes(NOTICE_S)
    assert pad.shows == "A-012"


def test_the_pin_takes_the_counter_over_from_a_window_on_purpose_only(pad: Pad) -> None:
    pad.presenter.desk(desk("open"))
    pad.press("enter")
    assert pad.shows == "ID"
    pad.press("1 enter 1 2 3 4 enter")
    pad.engine.agrees(session="token-3", counter={})
    assert pad.shows == "----"
    pad.press("next")
    assert pad.engine.asked[-1].arguments["session"] == "token-3"


def test_a_window_that_took_over_is_told_at_the_next_key(signed_in: Pad) -> None:
    signed_in.presenter.desk(desk("calling", "A-012"))
    signed_in.press("finish")
    signed_in.engine.refuses("no_session")
    assert (signed_in.shows, signed_in.drawer.kept) == ("E-05", None)
    signed_in.passes(NOTICE_S)
    assert signed_in.shows == "A-012"


def test_a_counter_that_was_closed_elsewhere_asks_to_sign_in(signed_in: Pad) -> None:
    signed_in.presenter.desk(desk("closed"))
    assert (signed_in.shows, signed_in.drawer.kept) == ("ID", None)


def test_a_picture_that_the_server_had_kept_ends_no_session(signed_in: Pad) -> None:
    signed_in.presenter.desk(desk("closed").model_copy(update={"retained": True}))
    signed_in.hears("open")
    signed_in.hears("closed", retained=True)
    assert signed_in.drawer.kept == KEPT


def test_it_does_where_the_live_hall_says_that_the_counter_is_closed(signed_in: Pad) -> None:
    signed_in.presenter.desk(desk("closed").model_copy(update={"retained": True}))
    signed_in.hears("closed")
    assert (signed_in.shows, signed_in.drawer.kept) == ("ID", None)


def test_a_hall_of_before_the_sign_in_ends_no_session(pad: Pad) -> None:
    pad.presenter.desk(desk("closed").model_copy(update={"retained": True}))
    pad.press("2 enter 1 2 3 4 enter")
    pad.engine.agrees(session="token-1")
    pad.hears("closed")
    assert pad.drawer.kept is not None


def test_pictures_of_other_counters_are_passed_by_and_so_is_a_session_of_another(signed_in: Pad) -> None:
    signed_in.presenter.desk(desk("calling", "Z-999", counter="counter-2"))
    assert signed_in.shows == "----"
    other = Pad(kept=Session("counter-2", "siti", "token"))
    other.connect()
    other.presenter.desk(desk("closed"))
    assert other.shows == "ID"


def test_a_reply_without_error_text_is_still_an_error(signed_in: Pad) -> None:
    signed_in.press("next")
    signed_in.engine.asked[-1].answer(Reply(id="r0", ok=False))
    assert signed_in.shows == "E-09"


# -- outages, and a no-show's time ------------------------------------------------------------------------------------


def test_a_key_is_meant_for_ten_seconds_by_the_engines_clock(signed_in: Pad) -> None:
    signed_in.press("next")
    assert signed_in.engine.asked[-1].until == signed_in.at + dt.timedelta(seconds=MEANT_FOR_S)


def test_a_key_that_nobody_answered_in_time_is_taken_back_and_said(signed_in: Pad) -> None:
    signed_in.press("next")
    asked = signed_in.engine.asked[-1]
    signed_in.passes(MEANT_FOR_S)
    assert asked.cancelled
    assert signed_in.shows == words.TOO_LATE
    signed_in.passes(NOTICE_S)
    assert signed_in.shows == words.IDLE


def test_a_key_that_was_refused_for_the_moment_is_sent_again(signed_in: Pad) -> None:
    signed_in.press("next")
    signed_in.engine.refuses("not_ready")
    assert signed_in.shows == words.WORKING
    signed_in.passes(1)
    assert signed_in.engine.commands[-2:] == ["next", "next"]
    signed_in.engine.refuses("not_ready")
    signed_in.passes(MEANT_FOR_S)
    assert signed_in.shows == words.NOT_SAVED


def test_a_no_show_before_its_time_is_not_asked_for_and_says_in_how_many_seconds(signed_in: Pad) -> None:
    begin = signed_in.at + dt.timedelta(seconds=30)
    signed_in.presenter.desk(desk("calling", "A-012").model_copy(update={"no_show_from": begin}))
    asked = len(signed_in.engine.asked)
    signed_in.press("no_show")
    assert signed_in.shows == "T-29"
    assert len(signed_in.engine.asked) == asked
    signed_in.passes(28.5)
    signed_in.press("no_show")
    assert signed_in.engine.commands[-1] == "no_show"


def test_a_no_show_that_the_engine_finds_too_early_says_how_long_it_takes(signed_in: Pad) -> None:
    signed_in.presenter.desk(desk("calling", "A-012"))
    signed_in.press("no_show")
    signed_in.engine.refuses("too_early", wait_s=120)
    assert signed_in.shows == "T-99"
