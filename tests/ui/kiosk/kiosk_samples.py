"""A demo office, a busy morning in it, and every screen that a visitor can meet there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from broker.bootstrap.rules import office_message
from broker.config.settings import Settings
from broker.contract.messages import HallMessage, OfficeMessage, Ticket, TicketState, Wait
from kiosk.pages.page import Screen
from kiosk.pages.samples import NOW, calling, hall_of, offered, screens_of, state_of, ticket_of, with_hours
from kiosk.paper.news import PaperNews, PrintOutcome
from kiosk.visit.state import State
from kiosk.visit.steps import Visit
from tests.support.office import shipped_settings

__all__ = ["NOW", "calling", "offered", "with_hours"]


def settings() -> Settings:
    """Return the demo office's settings."""
    return shipped_settings()


@cache
def office() -> OfficeMessage:
    """Return what the demo office offers."""
    return office_message(settings())


def hall(offer: OfficeMessage) -> HallMessage:
    """Return a busy morning in it."""
    return hall_of(offer)


def state(visit: Visit, offer: OfficeMessage, **changes: object) -> State:
    """Return a moment of a visit, connected and calm unless changed."""
    return state_of(visit, offer, **({"hall": hall_of(offer)} | changes))


def screens(language: str) -> Iterator[tuple[str, Screen]]:
    """Yield every screen in one language, each with a name."""
    yield from screens_of(office(), language)


def ticket(
    *,
    lane: str = "regular",
    number: str = "A-012",
    ahead: int = 4,
    wait: Wait | None = None,
    state: TicketState = "waiting",
    counter: str | None = None,
    language: str = "id",
    check: str | None = None,
) -> Ticket:
    """Return a ticket that was just issued."""
    return ticket_of(
        office(),
        number=number,
        service="new-passport",
        lane=lane,
        stage="document-check",
        state=state,
        language=language,
        counter=counter,
        ahead=ahead,
        wait=wait or Wait(low_s=900, high_s=1800),
        check=check,
    )


def news(outcome: PrintOutcome, reason: str = "", **changes: Any) -> PaperNews:  # noqa: ANN401 - PaperNews' own fields
    """Return what a printer made of the sample ticket."""
    values: dict[str, Any] = {"ticket": ticket().id, "number": ticket().number, "copies": 0} | changes
    return PaperNews(outcome=outcome, reason=reason, **values)
