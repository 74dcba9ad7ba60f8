"""Documents are checked off; without all of them a list goes along on paper: outside the hours it is all there is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from broker.bootstrap.rules import office_message
from broker.contract.messages import HoursInfo
from broker.language import Phrases
from hardware.receipt import Text
from kiosk.pages.page import MissingPage, RequirementsPage, WelcomePage
from kiosk.pages.samples import offered, with_hours
from kiosk.paper.layout import list_receipt
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import hall, office, settings
from tests.ui.kiosk.kiosk_visitor import Visitor


def _shut(**hours: Any) -> Visitor:  # noqa: ANN401 - HoursInfo's own
    visitor = Visitor()
    services = visitor.offer.services
    nothing = offered(hall(visitor.offer), *((service.id, None, "closed") for service in services))
    visitor.hall = with_hours(nothing, is_open=False)
    if hours and visitor.hall.hours is not None:
        changed: HoursInfo = visitor.hall.hours.model_copy(update=hours)
        visitor.hall = visitor.hall.model_copy(update={"hours": changed})
    return visitor.connected()


def test_whoever_misses_a_document_gets_the_list_on_paper_and_no_number() -> None:
    visitor = Visitor().connected().go("requirements")
    touch(visitor.presenter, "missing")
    visitor.settle()
    assert isinstance(visitor.page, MissingPage)
    assert [choice.key for choice in visitor.page.choices] == ["list", "anyway", "look", "start_over"]
    touch(visitor.presenter, "missing:list")
    touch(visitor.presenter, "missing:list")
    assert visitor.lists == ["new-passport"]
    assert isinstance(visitor.page, MissingPage)
    assert visitor.page.said is not None
    assert visitor.page.said.title == "Silakan ambil daftar Anda"
    assert visitor.issues == []


def test_the_list_names_the_documents_and_says_that_it_is_no_number() -> None:
    offer = office_message(settings())
    paper = list_receipt(offer.services[0], offer, Phrases("kiosk", "id"), columns=42)
    lines = [item.text for item in paper.items if isinstance(item, Text)]
    assert "Bukan nomor antrean" in lines
    assert "[ ] Kartu Keluarga (KK)" in lines


def test_whoever_is_unsure_takes_a_number_all_the_same() -> None:
    visitor = Visitor().connected().go("requirements")
    touch(visitor.presenter, "missing")
    visitor.settle()
    touch(visitor.presenter, "missing:anyway")
    assert visitor.screen == "lane"


def test_back_and_the_list_lead_to_the_documents_again() -> None:
    for target in ("back", "missing:look"):
        visitor = Visitor().connected().go("requirements")
        touch(visitor.presenter, "missing")
        visitor.settle()
        touch(visitor.presenter, target)
        assert visitor.screen == "requirements"


def test_outside_the_hours_the_start_says_when_it_opens_and_todays_hours() -> None:
    page = _shut().page
    assert isinstance(page, WelcomePage)
    assert page.titles == ("Sedang tutup", "Closed now")
    assert [(figure.value, figure.label) for figure in page.figures] == [
        ("08.00", "buka Selasa, 25 November"),
        ("08.00-12.00\n13.00-15.00", "jam layanan hari ini"),
    ]


def test_an_office_that_opens_later_today_says_so_and_one_without_hours_is_closed_all_day() -> None:
    visitor = _shut(opens_at=hall(office()).at + dt.timedelta(hours=3), today=())
    page = visitor.page
    assert isinstance(page, WelcomePage)
    assert [figure.label for figure in page.figures] == ["buka hari ini", "tutup sepanjang hari"]


def test_outside_the_hours_documents_can_be_read_and_taken_along_and_no_number() -> None:
    visitor = _shut()
    touch(visitor.presenter, "language:id")
    visitor.settle()
    assert visitor.screen == "service"
    touch(visitor.presenter, "service:new-passport")
    visitor.settle()
    page = visitor.page
    assert isinstance(page, RequirementsPage)
    assert not page.go_on.is_available
    touch(visitor.presenter, "continue")
    assert visitor.screen == "requirements"
    touch(visitor.presenter, "missing")
    visitor.settle()
    touch(visitor.presenter, "missing:list")
    assert visitor.lists == ["new-passport"]


def test_inside_the_hours_the_start_says_who_waits_and_when_it_closes() -> None:
    visitor = Visitor()
    visitor.hall = with_hours(hall(visitor.offer), is_open=True)
    page = visitor.connected().page
    assert isinstance(page, WelcomePage)
    assert [figure.label for figure in page.figures] == ["orang menunggu", "loket buka", "tutup hari ini"]
    assert page.figures[2].value == "15.00"


def test_the_grounds_of_priority_are_pictures_and_the_law_is_one_touch_away() -> None:
    visitor = Visitor().connected().go("lane")
    touch(visitor.presenter, "rule")
    assert visitor.screen == "rule"
    visitor.settle()
    touch(visitor.presenter, "rule:done")
    assert visitor.screen == "lane"
