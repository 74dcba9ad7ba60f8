"""What is full or closed is said before anybody chooses, cannot be chosen, and says what to do instead."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.contract.messages import ClosedToday, ErrorCode, HoursInfo, IntakeInfo
from broker.language import words_of
from kiosk.pages.page import LanePage, ProblemPage, RequirementsPage, ServicesPage, WelcomePage
from kiosk.pages.samples import opening
from kiosk.pages.spoken import Speaker
from kiosk.visit.offer import Offer
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import hall, offered, office
from tests.ui.kiosk.kiosk_visitor import Visitor, with_lanes

Row = tuple[str, str | None, Offer]
WORDS = {
    ("full", "id"): "PENUH hari ini",
    ("full", "en"): "FULL today",
    ("closed", "id"): "Sedang tutup",
    ("closed", "en"): "Closed now",
}


def _visitor(*rows: Row, lanes: int = 2) -> Visitor:
    visitor = Visitor(with_lanes(office(), lanes))
    visitor.hall = offered(hall(visitor.offer), *rows)
    return visitor.connected()


def _change(visitor: Visitor, *rows: Row) -> None:
    visitor.hall = offered(hall(visitor.offer), *rows)
    visitor.presenter.hall_changed(visitor.hall)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("offer", ["full", "closed"])
def test_a_service_without_numbers_says_so_and_what_to_do(offer: Offer, language: str) -> None:
    visitor = _visitor(("new-passport", None, offer)).go("service")
    visitor.presenter.choose_language(language)
    assert isinstance(visitor.page, ServicesPage)
    choice = visitor.page.choices[0]
    assert (choice.is_available, choice.badge) == (False, WORDS[offer, language])
    assert all(other.is_available for other in visitor.page.choices[1:])


@pytest.mark.parametrize(
    ("language", "hours_later", "badge"),
    [
        ("id", 3, "mulai 12.00"),
        ("en", 3, "from 12:00 PM"),
        ("id", 27, "mulai Selasa 12.00"),
        ("id", 24 * 9, "Sedang tutup"),
    ],
)
@pytest.mark.parametrize("lane", [None, "priority"])
def test_what_is_closed_says_from_when_on_it_is_not_and_aloud_too(
    language: str, hours_later: int, badge: str, lane: str | None
) -> None:
    visitor = _visitor(("new-passport", lane, "closed"))
    assert visitor.hall is not None
    now = visitor.hall.at
    opens = now.replace(minute=0) + dt.timedelta(hours=hours_later)
    visitor.hall = opening(visitor.hall, ("new-passport", opens))
    visitor.presenter.hall_changed(visitor.hall)
    visitor.go("service" if lane is None else "lane")
    visitor.presenter.choose_language(language)
    page = visitor.page
    assert isinstance(page, ServicesPage | LanePage)
    assert page.choices[0].badge == badge
    script = Speaker(words_of("kiosk", ("id", "en")), language).script(visitor.shown)
    assert badge in [sentence.text for sentence in script]


@pytest.mark.parametrize(
    ("rows", "is_offered"),
    [
        ((), True),
        ((("new-passport", "regular", "full"),), True),
        ((("new-passport", "regular", "closed"), ("new-passport", "priority", "open")), True),
        ((("new-passport", "regular", "full"), ("new-passport", "priority", "closed")), False),
        ((("new-passport", None, "closed"),), False),
    ],
)
def test_a_service_is_offered_while_any_of_its_lanes_is_open(rows: tuple[Row, ...], is_offered: bool) -> None:  # noqa: FBT001 - a column of the table
    visitor = _visitor(*rows).go("service")
    touch(visitor.presenter, "service:new-passport")
    assert visitor.screen == ("requirements" if is_offered else "service")


def test_full_in_one_lane_and_closed_in_the_other_counts_as_full() -> None:
    visitor = _visitor(("new-passport", "regular", "closed"), ("new-passport", "priority", "full")).go("service")
    assert isinstance(visitor.page, ServicesPage)
    assert visitor.page.choices[0].badge == WORDS["full", "id"]


@pytest.mark.parametrize(("offer", "words"), [("full", "PENUH hari ini"), ("closed", "Sedang tutup")])
def test_a_lane_without_numbers_says_so_and_cannot_be_chosen(offer: Offer, words: str) -> None:
    visitor = _visitor(("new-passport", "priority", offer)).go("lane")
    assert isinstance(visitor.page, LanePage)
    priority, regular = visitor.page.choices
    assert priority.badge == words
    assert priority.note == "silakan pilih jalur lain atau bertanya kepada petugas"
    assert (regular.is_available, priority.is_available) == (True, False)
    touch(visitor.presenter, "lane:priority")
    assert (visitor.screen, visitor.issues) == ("lane", [])
    touch(visitor.presenter, "lane:regular")
    assert visitor.issues[0].arguments["lane"] == "regular"


@pytest.mark.parametrize("screen", ["requirements", "lane"])
def test_numbers_that_run_out_while_one_reads_are_told_and_not_asked_for(screen: str) -> None:
    visitor = _visitor().go(screen)
    _change(visitor, ("new-passport", None, "full"))
    assert visitor.shown.banner is not None
    assert visitor.shown.banner.title == "PENUH hari ini"
    assert "Silakan pilih layanan lain" in visitor.shown.banner.text
    for target in ("continue", "lane:regular"):
        touch(visitor.presenter, target)
    assert (visitor.screen, visitor.issues) == (screen, [])
    _change(visitor)
    assert visitor.shown.banner is None


def test_the_way_on_is_shut_where_the_service_is() -> None:
    visitor = _visitor(lanes=1).go("requirements")
    _change(visitor, ("new-passport", None, "closed"))
    assert isinstance(visitor.page, RequirementsPage)
    assert not visitor.page.go_on.is_available


@pytest.mark.parametrize("code", ["quota_reached", "lane_closed", "service_closed"])
def test_the_engine_has_the_last_word_where_it_changed_meanwhile(code: ErrorCode) -> None:
    visitor = _visitor().go("issuing")
    visitor.issues[0].refuse(code)
    assert isinstance(visitor.page, ProblemPage)
    assert "services" in [choice.key for choice in visitor.page.choices]


def test_another_lane_is_only_suggested_where_one_is_open() -> None:
    visitor = _visitor().go("issuing")
    _change(visitor, ("new-passport", "priority", "full"))
    visitor.issues[0].refuse("quota_reached")
    assert isinstance(visitor.page, ProblemPage)
    assert [choice.key for choice in visitor.page.choices] == ["services", "start_over"]


def test_an_office_that_gives_out_nothing_says_so_at_the_start_in_every_language() -> None:
    visitor = _visitor(*((service.id, None, "closed") for service in office().services))
    assert isinstance(visitor.page, WelcomePage)
    assert visitor.shown.banner is not None
    assert visitor.shown.banner.title == "Sedang tutup  /  Closed now"
    assert "opening hours" in visitor.shown.banner.text
    touch(visitor.presenter, "have_ticket")
    assert visitor.screen == "number"


def test_a_picture_without_offers_leaves_all_to_the_engine() -> None:
    visitor = Visitor()
    visitor.hall = visitor.hall.model_copy(update={"waiting": ()})
    assert visitor.connected().go("ticket").screen == "ticket"


@pytest.mark.parametrize(("language", "badge"), [("id", "Tutup hari ini"), ("en", "Closed today")])
def test_what_staff_closed_for_today_says_so_and_what_to_do(language: str, badge: str) -> None:
    visitor = _visitor(("new-passport", None, "closed"))
    assert visitor.hall is not None
    visitor.hall = visitor.hall.model_copy(update={"closed_today": (ClosedToday(service="new-passport"),)})
    visitor.presenter.hall_changed(visitor.hall)
    visitor.go("service")
    visitor.presenter.choose_language(language)
    assert isinstance(visitor.page, ServicesPage)
    assert (visitor.page.choices[0].is_available, visitor.page.choices[0].badge) == (False, badge)


@pytest.mark.parametrize(
    ("language", "title", "figure"),
    [("id", "Nomor sedang tidak diberikan", "13.00"), ("en", "No numbers right now", "13.00")],
)
def test_while_the_numbers_rest_the_start_says_when_to_come_back(language: str, title: str, figure: str) -> None:
    visitor = _visitor()
    _stop(visitor)
    assert isinstance(visitor.page, WelcomePage)
    assert title in visitor.page.titles
    label = visitor.page.figures[0].label if language == "id" else visitor.page.figures[0].others
    assert visitor.page.figures[0].value == figure
    assert label == ("silakan kembali saat itu" if language == "id" else "come back then")


def test_whoever_is_refused_because_the_numbers_rest_hears_when_to_come_back() -> None:
    visitor = _visitor().go("issuing")
    _stop(visitor)
    visitor.issues[-1].refuse("service_closed")
    assert isinstance(visitor.page, ProblemPage)
    assert visitor.page.text == "Silakan kembali pukul 13.00"
    assert "tanyakan kepada petugas" in visitor.page.advice


def _stop(visitor: Visitor) -> None:
    """Let the staff stop the numbers until one o'clock."""
    assert visitor.hall is not None
    at = visitor.hall.at.replace(hour=13, minute=0, second=0)
    hours = HoursInfo(is_open=False, today=(), opens_at=at)
    intake = IntakeInfo(is_stopped=True, until=at)
    visitor.hall = visitor.hall.model_copy(update={"hours": hours, "intake": intake})
    visitor.presenter.hall_changed(visitor.hall)
