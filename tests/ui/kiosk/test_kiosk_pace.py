"""How often the kiosk draws, and what it says where the office is slow, another version, or there twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from broker.contract.messages import PROTOCOL, HallMessage, Presence, Wait, WaitingGroup
from kiosk.pages.page import OfflinePage, ServicesPage, WelcomePage
from kiosk.pages.screen import FIGURES_EVERY_S, Composer
from kiosk.visit.state import State
from kiosk.visit.steps import UNANSWERED_FROM_S, Step, Visit
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import office, state
from tests.ui.kiosk.kiosk_visitor import Visitor


def more_waiting(hall: HallMessage, more: int) -> HallMessage:
    """Return the picture with more people waiting everywhere, each for half a minute more."""

    def grown(group: WaitingGroup) -> WaitingGroup:
        wait = group.wait or Wait(low_s=0, high_s=0)
        longer = Wait(low_s=wait.low_s + 30 * more, high_s=wait.high_s + 30 * more)
        return group.model_copy(update={"count": group.count + more, "wait": longer})

    return hall.model_copy(update={"waiting": tuple(map(grown, hall.waiting))})


@pytest.mark.parametrize("screen", ["language", "service", "lane"])
def test_in_a_rush_the_figures_are_drawn_less_than_once_a_second(screen: str) -> None:
    visitor = Visitor().connected().go(screen)
    calm, before = visitor.hall, len(visitor.screens)
    for event in range(100):
        visitor.hall = more_waiting(calm, event)
        visitor.presenter.hall_changed(visitor.hall)
        visitor.wait(0.04, step=0.04)
    assert 2 <= len(visitor.screens) - before <= 4 / FIGURES_EVERY_S + 1 < 4


def test_the_first_who_waits_for_a_service_is_a_figure_and_no_other_offer() -> None:
    visitor = Visitor().connected().go("service")
    visitor.presenter.hall_changed(more_waiting(visitor.hall, 1))
    visitor.wait(FIGURES_EVERY_S, step=0.1)
    drawn, groups = len(visitor.screens), visitor.hall.waiting
    joined = groups[0].model_copy(update={"lane": "another"})
    visitor.presenter.hall_changed(more_waiting(visitor.hall, 1).model_copy(update={"waiting": (*groups, joined)}))
    assert len(visitor.screens) == drawn
    full = groups[0].model_copy(update={"offer": "full"})
    visitor.presenter.hall_changed(visitor.hall.model_copy(update={"waiting": (full, *groups[1:])}))
    assert len(visitor.screens) == drawn + 1


def test_the_last_figures_of_a_rush_are_shown_though_nothing_comes_after_them() -> None:
    visitor = Visitor().connected().go("service")
    visitor.hall = more_waiting(visitor.hall, 7)
    for _ in range(3):
        visitor.presenter.hall_changed(visitor.hall)
    visitor.wait(FIGURES_EVERY_S, step=0.1)
    assert isinstance(visitor.page, ServicesPage)
    assert visitor.page.choices[0].note == "10-30 menit"


def test_a_touch_is_answered_at_once_and_with_the_newest_figures() -> None:
    visitor = Visitor().connected()
    visitor.presenter.hall_changed(more_waiting(visitor.hall, 1))
    visitor.presenter.hall_changed(more_waiting(visitor.hall, 7))
    touch(visitor.presenter, "language:id")
    assert isinstance(visitor.page, ServicesPage)
    assert visitor.page.choices[0].note == "10-30 menit"


def test_nothing_is_composed_while_nothing_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[State] = []
    offer, seconds = office(), [0.0]

    def page(moment: State) -> tuple[str, OfflinePage]:
        composed.append(moment)
        return "offline", OfflinePage((), is_starting=False, beat=0)

    monkeypatch.setattr("kiosk.pages.screen._page", page)
    composer = Composer(lambda _screen: None, lambda: seconds[0])
    first = state(Visit(Step.SERVICE, "id", 0.0), offer)
    for tick in range(600):
        seconds[0] = tick / 10
        now = first.now + dt.timedelta(seconds=seconds[0])
        composer.show(replace(first, now=now, elapsed_s=tick / 10 % 3))
    assert len(composed) == 1


# -- an office that is slow, of another version, or there twice --------------------------------------------------------


def test_visitors_are_told_when_nobody_is_answered_in_every_language_until_one_is_chosen() -> None:
    visitor = Visitor().connected()
    visitor.presenter.hall_changed(visitor.hall.model_copy(update={"unanswered_s": UNANSWERED_FROM_S}))
    assert visitor.shown.banner is not None
    assert visitor.shown.banner.title.splitlines() == [
        "Sistem antrean sedang tidak merespons",
        "The queue system is not answering right now",
    ]
    touch(visitor.presenter, "language:en")
    assert visitor.shown.banner is not None
    assert visitor.shown.banner.text == "Please wait a moment, or ask an officer."
    visitor.presenter.hall_changed(visitor.hall)
    assert visitor.shown.banner is None


def test_also_where_the_disk_hangs_and_only_the_brokers_presence_can_say_so() -> None:
    visitor = Visitor().connected().go("service")
    late = Presence(online=True, kind="engine", protocol=PROTOCOL, devices={"engine": "no answer for 7 s"})
    visitor.presenter.broker_changed(late)
    assert visitor.shown.banner is not None
    visitor.presenter.broker_changed(late.model_copy(update={"devices": {}}))
    assert visitor.shown.banner is None


@pytest.mark.parametrize(
    ("protocol", "sign"),
    [(PROTOCOL, ""), ("1.0", "Broker lebih lama: mohon perbarui"), ("1.99", "Broker lebih baru: perbarui kiosk")],
)
def test_staff_see_that_the_broker_speaks_another_version(protocol: str, sign: str) -> None:
    visitor = Visitor().connected()
    visitor.presenter.broker_changed(Presence(online=True, kind="engine", protocol=protocol))
    assert visitor.shown.footer.staff == sign
    assert isinstance(visitor.page, WelcomePage)


def test_a_kiosk_whose_id_is_taken_sends_to_the_other_one_and_tells_staff_why() -> None:
    visitor = Visitor().connected()
    visitor.cut()
    visitor.presenter.taken("taken")
    assert isinstance(visitor.page, OfflinePage)
    assert [title for title, _ in visitor.page.words] == ["Kiosk ini tidak digunakan", "This kiosk is not in use"]
    assert "started twice" in visitor.page.words[1][1]
    visitor.presenter.taken("alone")
    visitor.mend()
    assert visitor.screen == "language"


def test_a_kiosk_that_only_a_foreign_server_answers_sends_to_an_officer_and_tells_staff_why() -> None:
    visitor = Visitor().connected()
    visitor.cut()
    visitor.presenter.taken("untrusted")
    assert isinstance(visitor.page, OfflinePage)
    assert "yang menjawab bukan server kantor ini" in visitor.page.words[0][1]
    assert "what answers is not the office's server" in visitor.page.words[1][1]
    visitor.presenter.taken("alone")
    visitor.mend()
    assert visitor.screen == "language"


def test_staff_see_that_another_process_wants_to_be_this_kiosk() -> None:
    visitor = Visitor().connected()
    visitor.presenter.taken("wanted")
    assert visitor.shown.footer.staff == "Kiosk ini dijalankan dua kali"
    visitor.presenter.taken("alone")
    assert visitor.shown.footer.staff == ""


# -- other clocks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off", [dt.timedelta(days=-300), dt.timedelta(hours=26)])
def test_a_kiosk_whose_clock_is_off_shows_the_engines_time_and_means_its_requests_by_it(off: dt.timedelta) -> None:
    visitor = Visitor()
    right = visitor.engine.now
    visitor.presenter._flow.engine_clock.wall = lambda: right() + off
    visitor.connected().go("issuing")
    until = visitor.issues[0].until
    assert until is not None
    assert 0 < (until - right()).total_seconds() < 200
    assert visitor.shown.header.clock == "09.41"
