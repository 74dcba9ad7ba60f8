"""Screens that show procedures put the office together from the topics that carry it."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.contract.messages import OfficeMessage, ServiceMessage
from broker.contract.office import WholeOffice

OFFICE = OfficeMessage.model_validate(
    {
        "office": {"id": "demo", "name": {"en": "Office"}, "timezone": "Asia/Jakarta"},
        "languages": ["en"],
        "services": [
            {"id": name, "letter": letter, "name": {"en": name}, "stages": ["check"], "promised_wait_s": 60}
            for name, letter in (("visa", "A"), ("passport", "B"))
        ],
        "lanes": [],
        "stages": [],
        "counters": [],
    }
)


def procedure(service: str, document: str = "a photo") -> ServiceMessage:
    return ServiceMessage(
        id=service,
        documents={"en": (document,)},
        steps={"en": ("wait",)},
        fee={"en": "free"},
        time={"en": "a day"},
        source="the law",
        effective_from=dt.date(2026, 1, 1),
    )


class Screen:
    """Keeps every office that it is told of."""

    def __init__(self) -> None:
        self.offices: list[OfficeMessage] = []
        self.whole = WholeOffice(self.offices.append)

    def documents(self) -> dict[str, tuple[str, ...]]:
        """Return what the newest office asks visitors to bring."""
        return {service.id: service.documents.get("en", ()) for service in self.offices[-1].services}


@pytest.fixture
def screen() -> Screen:
    return Screen()


def test_a_screen_begins_with_the_bare_office_and_is_told_once_more_when_all_is_there(screen: Screen) -> None:
    screen.whole.office(OFFICE)
    assert screen.documents() == {"visa": (), "passport": ()}
    screen.whole.service(procedure("visa"))
    assert len(screen.offices) == 1
    screen.whole.service(procedure("passport"))
    assert len(screen.offices) == 2
    assert screen.documents() == {"visa": ("a photo",), "passport": ("a photo",)}
    assert screen.offices[-1].services[0].effective_from == dt.date(2026, 1, 1)


def test_the_order_in_which_they_come_does_not_matter(screen: Screen) -> None:
    screen.whole.service(procedure("visa"))
    screen.whole.service(procedure("passport"))
    screen.whole.office(OFFICE)
    assert screen.documents() == {"visa": ("a photo",), "passport": ("a photo",)}


def test_a_changed_procedure_is_told_and_one_that_is_only_repeated_is_not(screen: Screen) -> None:
    screen.whole.office(OFFICE)
    for service in ("visa", "passport", "visa", "passport"):
        screen.whole.service(procedure(service))
    assert len(screen.offices) == 2
    screen.whole.service(procedure("visa", "two photos"))
    assert screen.documents()["visa"] == ("two photos",)


def test_a_procedure_of_nothing_that_is_offered_changes_nothing(screen: Screen) -> None:
    screen.whole.office(OFFICE)
    screen.whole.service(procedure("fishing"))
    assert screen.documents() == {"visa": (), "passport": ()}


def test_what_an_older_broker_says_within_the_office_is_kept(screen: Screen) -> None:
    old = OFFICE.model_dump() | {
        "services": [
            {"id": "visa", "letter": "A", "name": {"en": "visa"}, "stages": ["check"], "promised_wait_s": 60}
            | procedure("visa").model_dump(exclude={"id"})
        ]
    }
    screen.whole.office(OfficeMessage.model_validate(old))
    assert screen.documents() == {"visa": ("a photo",)}


def test_the_office_itself_never_carries_procedures() -> None:
    full: list[OfficeMessage] = []
    whole = WholeOffice(full.append)
    whole.service(procedure("visa"))
    whole.service(procedure("passport"))
    whole.office(OFFICE)
    assert "a photo" not in full[-1].model_dump_json()
