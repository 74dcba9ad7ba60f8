"""Who waits, on the display: by number with the time of the call, among the procedures and never before a call."""

from __future__ import annotations

import datetime as dt
import functools

import pytest

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.contract.messages import Place, Wait, WaitingMessage
from broker.language import Phrases
from display.hall.programme import PLACES, Programme
from display.pages.info import least_font, panel_height
from display.pages.layout import room_for
from display.pages.lobby import office_texts
from display.pages.panel import InfoPage, ProcedurePage
from display.pages.places import LEAST_ROWS, NOBODY_KNOWS, Places, PlacesPage, places_pages
from display.pages.sheet import frame_for
from hardware.panel.look import look_for
from hardware.panel.scale import Reader
from tests.support.office import CONFIG
from tests.ui.panels import DISPLAYS

PHRASES = functools.partial(Phrases, "display")
OFFICE = office_message(load_settings(CONFIG, {}))
ZONE = dt.timezone(dt.timedelta(hours=7))
TOO_FAR = {"32 1366x768 10 m", "32 1920x1080 10 m", "32 3840x2160 10 m", "32 1080x1920 8 m"}
TOO_FAR |= {"32 1080x1920 10 m", "43 1080x1920 10 m"}
"""Panels on which the distance asks for type in which no list of numbers has room."""
NOW = dt.datetime(2026, 11, 26, 9, 41, tzinfo=ZONE)


def place(number: str, low_s: int | None = 600, high_s: int = 1500) -> Place:
    wait = None if low_s is None else Wait(low_s=low_s, high_s=high_s)
    return Place(id=f"id-{number}", number=number, ahead=3, wait=wait)


def message(*places: Place, page: int = 0, pages: int = 1, at: dt.datetime = NOW) -> WaitingMessage:
    return WaitingMessage(at=at, seq=7, page=page, pages=pages, places=places)


def crowd(count: int) -> tuple[tuple[Place, dt.datetime], ...]:
    return tuple((place(f"{'ABCDEFGHJ'[at % 9]}-{at:03d}", 60 * at, 90 * at), NOW) for at in range(1, count + 1))


def shown(places: Places) -> list[str]:
    return [one.number for one, _ in places.by_number(OFFICE)]


# -- what is heard --------------------------------------------------------------------------------------------------


def test_numbers_stand_in_their_order_wherever_they_wait() -> None:
    places = Places()
    places.heard(message(place("B-002"), place("A-010"), place("AP-001"), page=0, pages=2))
    places.heard(message(place("A-009"), place("A-1001"), page=1, pages=2))
    assert shown(places) == ["A-009", "A-010", "A-1001", "AP-001", "B-002"]


def test_a_page_that_is_no_more_is_forgotten_and_who_moved_stands_where_it_was_said_last() -> None:
    places = Places()
    places.heard(message(place("A-001", 600), page=0, pages=2))
    places.heard(message(place("A-002", 1200), page=1, pages=2))
    places.heard(message(place("A-002", 60, 120), page=0, pages=2, at=NOW + dt.timedelta(seconds=1)))
    [(moved, _)] = places.by_number(OFFICE)
    assert moved.wait == Wait(low_s=60, high_s=120)
    places.heard(message(page=0, pages=1, at=NOW + dt.timedelta(seconds=2)))
    assert shown(places) == []


def test_a_zone_shows_the_numbers_of_its_services_alone() -> None:
    places = Places()
    places.heard(message(place("A-001"), place("J-001")))
    zone = OFFICE.model_copy(update={"services": tuple(one for one in OFFICE.services if one.letter == "J")})
    assert [one.number for one, _ in places.by_number(zone)] == ["J-001"]
    assert places.by_number(None) == ()


# -- what it says -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "time"),
    [
        ("id", "Perkiraan waktu panggilan", "09.50\N{EN DASH}10.10"),
        ("en", "When numbers are called, about", "9:50\N{EN DASH}10:10 AM"),
    ],
)
def test_each_number_stands_with_the_time_in_full_fives(language: str, title: str, time: str) -> None:
    rows = ((place("A-012"), NOW), (place("A-013", None), NOW))
    [page] = places_pages(rows, (language,), phrases=PHRASES, fits=bool, zone=ZONE)
    assert (page.title, page.rows) == (title, (("A-012", time), ("A-013", NOBODY_KNOWS)))


def test_in_a_full_hall_those_are_told_who_are_called_within_the_hour() -> None:
    pages = list(places_pages(crowd(150), ("id", "en"), phrases=PHRASES, fits=lambda p: len(p.rows) <= 40, zone=ZONE))
    assert [number for page in pages for number, _ in page.rows] == [one.number for one, _ in crowd(60)]


def test_a_page_of_so_few_that_nobody_would_see_their_own_is_left_out() -> None:
    few = functools.partial(places_pages, languages=("id",), phrases=PHRASES, fits=lambda p: len(p.rows) < 4, zone=ZONE)
    assert list(few(crowd(40))) == []
    assert len(list(few(crowd(3)))) == 1


def test_who_waits_long_is_on_one_of_several_pages_each_in_every_language() -> None:
    pages = list(places_pages(crowd(50), ("id", "en"), phrases=PHRASES, fits=lambda p: len(p.rows) <= 12, zone=ZONE))
    assert [page.language for page in pages] == ["id", "en", "id", "en", "id"]
    assert [len(page.rows) for page in pages] == [10] * 5
    assert [number for page in pages for number, _ in page.rows] == [one.number for one, _ in crowd(50)]
    assert list(places_pages((), ("id",), phrases=PHRASES, fits=bool, zone=ZONE)) == []


@pytest.mark.parametrize("panel", DISPLAYS)
def test_a_full_hall_fits_every_panel_in_type_that_its_distance_asks_for(panel: str) -> None:
    frame = frame_for(look_for(DISPLAYS[panel], Reader.HALL))
    room = room_for(office_texts(OFFICE, "Loket"), frame, has_panel=True)

    def fits(page: PlacesPage) -> bool:
        return room.fits(page, 0)

    pages = list(places_pages(crowd(150), ("id", "en"), phrases=PHRASES, fits=fits, zone=ZONE))
    assert bool(pages) == (panel not in TOO_FAR)
    assert all(fits(page) for page in pages)
    if not pages:
        return
    assert max(len(page.rows) for page in pages) >= LEAST_ROWS
    widest = max(pages, key=lambda page: len(page.rows))
    assert panel_height(widest, least_font(widest, frame), frame.width, frame) < float("inf")


# -- when it is on ----------------------------------------------------------------------------------------------------


class Panel:
    """A programme at a clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.programme = Programme(lambda: self.now_s, phrases=PHRASES, least_s=8)
        self.asked: list[InfoPage] = []
        """Of which pages it was asked whether they fit."""
        self.programme.offer(OFFICE, self._fits)

    def _fits(self, page: InfoPage, _level: int) -> bool:
        self.asked.append(page)
        return not isinstance(page, PlacesPage) or len(page.rows) <= 20

    def run(self, seconds: float) -> list[object]:
        """Let time pass; return each page that was on."""
        seen: list[object] = []
        for _ in range(round(seconds * 2)):
            self.now_s += 0.5
            self.programme.tick()
            if not seen or seen[-1] != self.programme.page:
                seen.append(self.programme.page)
        return seen


def test_who_waits_has_turns_among_the_procedures_as_soon_as_there_is_somebody() -> None:
    panel = Panel()
    assert not any(isinstance(page, PlacesPage) for page in panel.run(300))
    panel.programme.stand(crowd(30))
    pages = [page for page in panel.run(600) if isinstance(page, PlacesPage)]
    assert len(pages) >= 2
    assert {page.language for page in pages} == {"id", "en"}
    panel.programme.stand(())
    assert not any(isinstance(page, PlacesPage) for page in panel.run(300))


def test_procedures_are_not_cut_again_because_something_else_has_changed() -> None:
    panel = Panel()
    assert any(isinstance(page, ProcedurePage) for page in panel.asked)
    before = panel.programme.page
    panel.asked.clear()
    panel.programme.stand(crowd(30))
    assert panel.asked
    assert not any(isinstance(page, ProcedurePage) for page in panel.asked)
    assert panel.programme.page == before


def test_a_list_in_which_somebody_looks_for_a_number_does_not_move_under_their_eyes() -> None:
    panel = Panel()
    panel.programme.stand(crowd(30))
    while not isinstance(panel.programme.page, PlacesPage):
        panel.run(0.5)
    before = panel.programme.page
    panel.programme.stand(crowd(29))
    panel.programme.tick()
    assert panel.programme.page == before
    later = [page for page in panel.run(600) if isinstance(page, PlacesPage) and page != before]
    assert later, f"{PLACES} has its next turn with who waits then"


def test_where_calls_leave_no_room_nobody_is_shown_and_nothing_is_owed() -> None:
    panel = Panel()
    panel.programme.stand(crowd(30))
    panel.programme.crowd(None)
    before = panel.programme.page
    panel.now_s += 100
    panel.programme.tick()
    assert panel.programme.page == before


def test_an_office_may_leave_the_list_out() -> None:
    assert load_settings(CONFIG, {}).displays[0].waiting
    assert not load_settings(CONFIG, {"ANTREAN_DISPLAYS__0__WAITING": "false"}).displays[0].waiting
