"""A free desk: complaints that must be answered, for those who see to it; an officer's own ratings, for nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from broker.contract.messages import Alert, AlertKind, AlertsMessage, ComplaintFigures, FeedbackMessage, Reply
from counter.desk.keys import Intent
from counter.desk.own_ratings import EVERY_S
from counter.desk.room import Room
from counter.pages.rest import OwnCard, WeekBar
from tests.support.requests import must_be_understood
from tests.ui.counter.desk_samples import MORNING, Asked, Engine, Window, ticket
from tests.ui.display.lobby_samples import hall

TODAY, MONTH = [0, 1, 3, 6], [2, 8, 30, 60]
WEEKS = [{"begin": "2025-06-02", "counts": [1, 1, 4, 4]}, {"begin": "2025-06-09", "counts": [0, 0, 0, 10]}]


@dataclass
class Answering(Engine):
    """An engine that answers what windows ask for behind the officer, and leaves the rest to the test."""

    ratings: list[dict[str, Any]] = field(default_factory=list)
    result: Mapping[str, Any] = field(default_factory=lambda: {"today": TODAY, "month": MONTH, "weeks": WEEKS})

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        on_reply: Callable[[Reply], None],
        *,
        request_id: str | None = None,
    ) -> Asked:
        """Take a request down; one for ratings is answered at once."""
        if command != "ratings":
            return super().request(command, arguments, on_reply, request_id=request_id)
        must_be_understood(command, arguments)
        told = dict(arguments)
        until = dt.datetime.fromisoformat(told.pop("until"))
        self.ratings.append(told)
        on_reply(Reply(id="q", ok=True, result=dict(self.result)))
        return Asked("q", command, told, until, on_reply)


def published(**figures: int) -> FeedbackMessage:
    """Return what an office publishes that asks for ratings and takes complaints."""
    return FeedbackMessage(
        at=MORNING, ratings=(0, 0, 0, 0), complaints=ComplaintFigures(since=dt.date(2025, 1, 1), **figures)
    )


def at_rest(window: Window, role: str = "officer", **figures: int) -> Window:
    """Sign in at a free desk of an office that publishes this."""
    window.presenter.hall(hall(1, window.clock.now()))
    window.presenter.feedback(published(**figures))
    window.sign_in("open", role=role)
    return window


@pytest.fixture
def window() -> Window:
    """Yield a window whose engine knows the ratings of its officer."""
    engine = Answering()
    window = Window(requester=engine)
    window.engine = engine
    return window


def asked(window: Window) -> list[dict[str, Any]]:
    """Return what was asked about ratings."""
    assert isinstance(window.engine, Answering)
    return window.engine.ratings


def due(window: Window) -> tuple[str, str]:
    """Return the line about complaints, and its tone."""
    notice = window.desk.rest.complaints if window.desk.rest else None
    return (notice.tone, notice.text) if notice else ("", "")


def own(window: Window) -> OwnCard | None:
    """Return the officer's own ratings."""
    return window.desk.rest.own if window.desk.rest else None


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"overdue": 2, "due_soon": 3}, ("warn", "2 pengaduan lewat tenggat, 3 jatuh tempo dalam dua hari kerja.")),
        ({"overdue": 1}, ("warn", "1 pengaduan lewat tenggat.")),
        ({"due_soon": 3}, ("info", "3 pengaduan jatuh tempo dalam dua hari kerja.")),
        ({"open": 9}, ("", "")),
    ],
)
@pytest.mark.parametrize("role", ["supervisor", "complaints"])
def test_whoever_sees_to_complaints_is_told_what_is_overdue(
    window: Window, role: str, figures: dict[str, int], told: tuple[str, str]
) -> None:
    assert due(at_rest(window, role, **figures)) == told


def test_other_officers_are_not(window: Window) -> None:
    assert due(at_rest(window, overdue=2)) == ("", "")


def alerts(*kinds: AlertKind, role: str = "supervisor", **more: object) -> AlertsMessage:
    """Return what the engine says of alerts."""
    place = {"client": "kiosk-1"}
    plain = {"place": place, "since": MORNING, "value": 1, "limit": 1, "roles": (role,), **more}
    found = [Alert.model_validate({"id": str(n), "kind": kind, **plain}) for n, kind in enumerate(kinds)]
    return AlertsMessage(at=MORNING, alerts=tuple(found))


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (alerts("device_lost"), ("warn", "kiosk-1: tidak terhubung. V: saya tangani")),
        (alerts("device_lost", "paper_low"), ("warn", "2 peringatan ada di halaman petugas.")),
        (alerts("wait", about="A-012", place={"stage": "x" * 60}), ("warn", "1 peringatan ada di halaman petugas.")),
        (alerts("device_lost", acknowledged_by="dewi"), ("warn", "2 pengaduan lewat tenggat.")),
        (alerts("device_lost", role="technician"), ("warn", "2 pengaduan lewat tenggat.")),
        (alerts("complaint_due"), ("warn", "2 pengaduan lewat tenggat.")),
    ],
)
def test_a_supervisor_is_told_of_alerts_that_nobody_sees_to(
    window: Window, message: AlertsMessage, told: tuple[str, str]
) -> None:
    window.presenter.alerts(message)
    assert due(at_rest(window, "supervisor", overdue=2)) == told


def test_a_key_sees_to_the_one_alert_that_stands_there(window: Window) -> None:
    at_rest(window, "supervisor")
    window.presenter.press(Intent.SEEN)
    window.presenter.alerts(alerts("device_lost", "paper_low"))
    window.presenter.press(Intent.SEEN)
    assert not [one for one in window.engine.asked if one.command == "alert_ack"], "which one?"
    window.presenter.alerts(alerts("device_lost"))
    window.presenter.press(Intent.SEEN)
    [asked] = [one for one in window.engine.asked if one.command == "alert_ack"]
    assert asked.arguments["alert"] == "0"
    assert {"counter", "session"} <= asked.arguments.keys()


def test_an_officer_is_told_of_no_alert_at_the_counter(window: Window) -> None:
    window.presenter.alerts(alerts("device_lost", role="officer"))
    assert due(at_rest(window)) == ("", "")


def test_before_a_visitor_there_is_neither(window: Window) -> None:
    at_rest(window, "supervisor", overdue=2)
    window.presenter.desk(counter_with_visitor(window))
    assert window.desk.rest is None
    assert "pengaduan" not in repr(window.desk)
    assert "penilaian" not in repr(window.desk).lower()


def counter_with_visitor(window: Window) -> Any:  # noqa: ANN401 - the counter's message
    """Return the counter's picture with somebody before it."""
    desk = window.presenter._desk
    assert desk is not None
    return desk.model_copy(update={"state": "serving", "ticket": ticket(state="serving")})


def test_an_officer_reads_their_own_ratings_while_the_desk_is_free(window: Window) -> None:
    card = own(at_rest(window))
    assert card == OwnCard(
        "Penilaian pengunjung untuk Anda: hanya Anda yang melihat",
        ("Hari ini: 3,5 dari 4, dari 10 penilaian", "Bulan ini: 3,5 dari 4, dari 100 penilaian"),
        (
            WeekBar("2/6", "3,1", (31 / 10 - 1) / 3, is_now=False),
            WeekBar("9/6", "4,0", 1.0, is_now=True),
        ),
    )
    assert asked(window) == [{"counter": "c3", "session": "token-1"}]


def test_they_are_asked_for_so_seldom_that_no_visitor_can_be_told_by_them(window: Window) -> None:
    at_rest(window)
    for _ in range(int(EVERY_S) - 2):
        window.pass_s(1)
    assert len(asked(window)) == 1
    window.presenter.hall(hall(2, window.clock.now()))
    window.pass_s(2)
    assert len(asked(window)) == 2


def test_of_a_few_ratings_only_their_fewness_is_told(window: Window) -> None:
    assert isinstance(window.engine, Answering)
    window.engine.result = {"today": [0, 0, 0, 4], "month": [0, 0, 1, 8], "weeks": [WEEKS[0]]}
    card = own(at_rest(window))
    assert card is not None
    assert card.lines == (
        "Hari ini: kurang dari 5 penilaian, belum cukup",
        "Bulan ini: 3,9 dari 4, dari 9 penilaian",
    )
    assert card.weeks == (), "one week is no trend"


def test_nobody_is_asked_where_the_office_has_no_ratings(window: Window) -> None:
    window.presenter.feedback(FeedbackMessage(at=MORNING))
    window.sign_in("open")
    assert asked(window) == []
    assert own(window) is None


def test_they_go_with_whoever_signs_out(window: Window) -> None:
    at_rest(window)
    window.press(Intent.SIGN_OUT)
    window.press(Intent.CONFIRM)
    window.engine.agrees()
    assert not window.is_signed_in
    window.pass_s(1)
    assert isinstance(window.engine, Answering)
    window.engine.result = {}
    window.sign_in("open")
    assert own(window) is None, "the next one's are asked for anew"
    assert len(asked(window)) == 2


def test_an_answer_that_nobody_understands_shows_nothing(window: Window) -> None:
    assert isinstance(window.engine, Answering)
    window.engine.result = {"today": "many", "month": None}
    assert own(at_rest(window)) is None


def test_what_wants_attention_takes_their_room(window: Window) -> None:
    at_rest(window)
    assert own(window) is not None
    window.presenter.feedback(published(overdue=1))
    assert own(window) is not None, "not for this officer"
    window.presenter.link(online=False)
    assert own(window) is None


def test_complaints_that_must_be_answered_come_before_them(window: Window) -> None:
    at_rest(window, "supervisor", overdue=1)
    assert own(window) is None
    window.presenter.link(online=False)
    assert due(window)[0] == "warn", "they stay"


def test_in_a_narrow_window_they_stand_with_the_figures_of_the_day(window: Window) -> None:
    at_rest(window)
    window.presenter.room(Room("narrow", 4))
    assert own(window) is None
    assert window.desk.lists.today == ""
    window.keys("4")
    assert window.desk.lists.today.splitlines()[-2:] == [
        "Hari ini: 3,5 dari 4, dari 10 penilaian",
        "Bulan ini: 3,5 dari 4, dari 100 penilaian",
    ]
