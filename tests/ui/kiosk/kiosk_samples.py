"""A demo office, a busy morning in it, and every screen that a visitor can meet there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.config.settings import Settings
from broker.contract.messages import (
    Calling,
    HallCounter,
    HallMessage,
    OfficeMessage,
    Ticket,
    TicketState,
    Wait,
    WaitingGroup,
)
from broker.language import Phrases
from kiosk.pages.page import Screen
from kiosk.pages.screen import compose
from kiosk.paper.news import PaperNews, PrintersHealth, PrintOutcome
from kiosk.visit.offer import Offer
from kiosk.visit.state import State
from kiosk.visit.steps import Errand, Paper, Problem, Step, Visit

CONFIG = Path(__file__).parents[3] / "config.yaml"
NOW = dt.datetime(2025, 11, 24, 9, 41, tzinfo=dt.timezone(dt.timedelta(hours=7)))
ScreenOf = Callable[..., Screen]
VisitAt = Callable[..., Visit]
OFFLINE_SINCE = NOW - dt.timedelta(minutes=4)


def settings() -> Settings:
    """Return the demo office's settings."""
    return load_settings(CONFIG, {})


def office() -> OfficeMessage:
    """Return what the demo office offers."""
    return office_message(settings())


def hall(offer: OfficeMessage) -> HallMessage:
    """Return a busy morning: every service but the last has people waiting, the last counter is closed."""
    waiting = tuple(
        WaitingGroup(
            stage=service.stages[0],
            service=service.id,
            lane=lane.id,
            count=0 if at == 8 else (7 * at + 3) % 11,
            wait=Wait(low_s=600 + 120 * at, high_s=1500 + 240 * at),
        )
        for at, service in enumerate(offer.services)
        for lane in offer.lanes
    )
    counters = tuple(
        HallCounter(id=counter.id, label=counter.label, state="serving" if at < 4 else "closed")
        for at, counter in enumerate(offer.counters)
    )
    return HallMessage(revision=1, seq=1, at=NOW, day=NOW.date(), waiting=waiting, counters=counters)


def offered(picture: HallMessage, *rows: tuple[str, str | None, Offer]) -> HallMessage:
    """Return the picture with other offers: (service, lane or all, open, full or closed)."""
    changes = {(service, lane): offer for service, lane, offer in rows}

    def changed(group: WaitingGroup) -> WaitingGroup:
        offer = changes.get((group.service, group.lane), changes.get((group.service, None), group.offer))
        return group.model_copy(update={"offer": offer})

    return picture.model_copy(update={"waiting": tuple(map(changed, picture.waiting))})


def calling(picture: HallMessage, number: str, counter: str = "2") -> HallMessage:
    """Return the picture while a number is called."""
    call = Calling(
        number=number,
        lane="regular",
        counter=f"counter-{counter}",
        counter_label=counter,
        called_at=NOW,
        times_called=1,
    )
    return picture.model_copy(update={"calling": (call,)})


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
    return Ticket(
        id="6f1c1f0e-0000-4000-8000-000000000012",
        number=number,
        service="new-passport",
        lane=lane,
        stage="document-check",
        state=state,
        language=language,
        counter=counter,
        issued_at=NOW,
        waiting_since=NOW,
        ahead=ahead,
        wait=wait or Wait(low_s=900, high_s=1800),
        qr="ANTREAN:demo:6f1c1f0e00004000800000000012",
        check=check,
    )


def news(outcome: PrintOutcome, reason: str = "", **changes: Any) -> PaperNews:  # noqa: ANN401 - PaperNews' own fields
    """Return what a printer made of the sample ticket."""
    values: dict[str, Any] = {"ticket": ticket().id, "number": ticket().number, "copies": 0} | changes
    return PaperNews(outcome=outcome, reason=reason, **values)


def state(visit: Visit, offer: OfficeMessage, **changes: object) -> State:
    """Return a moment of a visit, connected and calm unless changed."""
    values: dict[str, object] = {
        "visit": visit,
        "office": offer,
        "hall": hall(offer),
        "languages": offer.languages,
        "phrases": lambda language: Phrases("kiosk", language),
        "now": NOW,
        "elapsed_s": 1.0,
        "offline_since": None,
        "is_starting": False,
    }
    return State(**(values | changes))  # type: ignore[arg-type]  # the defaults above, by name


def screens(language: str) -> Iterator[tuple[str, Screen]]:
    """Yield every screen in one language, each with a name."""
    offer = office()

    def at(step: Step, **changes: object) -> Visit:
        has_chosen = step is not Step.LANGUAGE
        return Visit(step, language, 0.0, **({"has_chosen_language": has_chosen} | changes))  # type: ignore[arg-type]  # Visit's own fields

    def view(visit: Visit, **changes: object) -> Screen:
        return compose(state(visit, offer, **changes))

    yield "1-welcome", view(at(Step.LANGUAGE))
    yield "1-welcome-no-paper", view(at(Step.LANGUAGE), printers=PrintersHealth(("paper_out",)))
    yield "1-welcome-paper-low", view(at(Step.LANGUAGE), printers=PrintersHealth(("paper_low",), is_paper_low=True))
    yield "2-service", view(at(Step.SERVICE))
    yield "2-service-no-paper", view(at(Step.SERVICE, has_chosen_language=True), printers=PrintersHealth(("offline",)))
    yield from _shortages(offer, view, at)
    for service in offer.services:
        yield f"3-requirements-{service.id}", view(at(Step.REQUIREMENTS, service=service.id))
    lane = at(Step.LANE, service="new-passport")
    yield "4-lane", view(lane)
    yield "4-lane-unlinked", view(lane, offline_since=OFFLINE_SINCE)
    yield "4-lane-idle", view(lane, warning_left_s=17)
    issuing = at(Step.ISSUING, service="new-passport", lane="regular")
    yield "5-issuing", view(issuing)
    yield "5-issuing-slow", view(issuing, elapsed_s=3.2)
    yield "5-issuing-unlinked", view(issuing, elapsed_s=3.2, offline_since=OFFLINE_SINCE)
    yield from _tickets(view, at)
    for problem in ("quota_reached", "service_closed", "storage_failed", "bad_request", *Problem):
        name = problem if isinstance(problem, str) else problem.value
        yield f"7-problem-{name}", view(at(Step.PROBLEM, service="new-passport", lane="priority", problem=problem))
    yield from _with_ticket(offer, view, at)
    yield "1-welcome-unanswered", view(at(Step.LANGUAGE), is_unanswered=True)
    yield "2-service-unanswered", view(at(Step.SERVICE, has_chosen_language=True), is_unanswered=True)
    yield "1-welcome-twice", view(at(Step.LANGUAGE), standing="wanted")
    for speaks in ("older", "newer"):
        yield f"1-welcome-{speaks}", view(at(Step.LANGUAGE), broker_speaks=speaks)
    yield "8-taken", view(at(Step.LANGUAGE), offline_since=OFFLINE_SINCE, standing="taken")
    yield "8-offline", view(at(Step.LANGUAGE), offline_since=OFFLINE_SINCE)
    yield "8-starting", view(at(Step.LANGUAGE), offline_since=NOW, is_starting=True)


def _tickets(view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    for paper in Paper:
        visit = at(Step.TICKET, ticket=ticket(check="0417"), paper=paper)
        yield f"6-ticket-{paper.value}", view(visit)
    for trouble in ("paper_out", "cover_open", "cutter_error", "offline"):
        visit = at(Step.TICKET, ticket=ticket(check="0417"), paper=Paper.FAILED, trouble=trouble)
        yield f"6-ticket-failed-{trouble}", view(visit, printers=PrintersHealth((trouble,)))
    spare = at(Step.TICKET, ticket=ticket(), paper=Paper.CONFIRMED, is_by_spare=True)
    yield "6-ticket-spare", view(spare, printers=PrintersHealth(("paper_out", "ready")))
    stuck = at(Step.TICKET, ticket=ticket(), paper=Paper.UNCONFIRMED, trouble="cutter_error")
    yield "6-ticket-stuck", view(stuck, printers=PrintersHealth(("cutter_error",)))
    priority = ticket(lane="priority", number="AP-1003", ahead=0)
    yield "6-ticket-priority", view(at(Step.TICKET, ticket=priority, paper=Paper.CONFIRMED), stay_left_s=17)


def _shortages(offer: OfficeMessage, view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    """Yield what a visitor sees of services and lanes that are full or closed."""
    short = offered(
        hall(offer),
        ("new-passport", "priority", "full"),
        ("passport-renewal", None, "full"),
        ("lost-damaged-passport", None, "closed"),
        ("collection", None, "closed"),
    )
    yield "2-service-short", view(at(Step.SERVICE), hall=short)
    yield "3-requirements-full", view(at(Step.REQUIREMENTS, service="passport-renewal"), hall=short)
    yield "4-lane-full", view(at(Step.LANE, service="new-passport"), hall=short)
    yield "4-lane-all-closed", view(at(Step.LANE, service="collection"), hall=short)
    shut = offered(hall(offer), *((service.id, None, "closed") for service in offer.services))
    yield "1-welcome-closed", view(at(Step.LANGUAGE), hall=shut)


FOUND = {
    "waiting": ticket(),
    "called": ticket(state="called", counter="counter-3"),
    "serving": ticket(state="serving", counter="counter-3"),
    "held": ticket(state="held", counter="counter-3"),
    "missed": ticket(state="no_show", counter="counter-3", lane="priority", number="AP-1003"),
    "finished": ticket(state="finished", counter="counter-3"),
    "cancelled": ticket(state="cancelled"),
}


def _with_ticket(offer: OfficeMessage, view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    """Yield what somebody meets who has a ticket."""
    for typed in ("", "A", "AP10"):
        yield f"9-number-{len(typed)}", view(at(Step.NUMBER, typed=typed))
    yield "9-number-unknown", view(at(Step.NUMBER, typed="AP1003", is_not_found=True))
    yield "9-number-unlinked", view(at(Step.NUMBER, typed="A0"), offline_since=OFFLINE_SINCE)
    for errand in Errand:
        yield f"9-requesting-{errand.value}", view(at(Step.REQUESTING, errand=errand), elapsed_s=3.2)
    for name, found in FOUND.items():
        yield f"9-found-{name}", view(at(Step.FOUND, ticket=found))
    yield "9-found-rejoined", view(at(Step.FOUND, ticket=ticket(), did=Errand.REJOIN))
    yield "9-found-given-up", view(at(Step.FOUND, ticket=ticket(state="cancelled"), did=Errand.CANCEL))
    yield "9-found-called-now", view(at(Step.FOUND, ticket=ticket()), hall=calling(hall(offer), "A-012"))
    yield "9-found-idle", view(at(Step.FOUND, ticket=ticket()), warning_left_s=12)
    for typed in ("", "04", "0417"):
        yield f"9-code-{len(typed)}", view(at(Step.CODE, ticket=ticket(), code=typed))
    for trouble in ("wrong", "locked"):
        yield f"9-code-{trouble}", view(at(Step.CODE, ticket=ticket(), code_trouble=trouble))
        yield f"10-code-{trouble}", view(at(Step.CODE, ticket=ticket(), code_trouble=trouble), has_scanner=True)
    for step in (Step.LANGUAGE, Step.SERVICE, Step.NUMBER):
        yield f"10-scanner-{step.value}", view(at(step), has_scanner=True)
        yield f"10-scanner-{step.value}-unlinked", view(at(step), has_scanner=True, offline_since=OFFLINE_SINCE)
        yield f"10-scanner-{step.value}-foreign", view(at(step), has_scanner=True, is_foreign_code=True)
    yield "9-confirm", view(at(Step.CONFIRM, ticket=ticket(lane="priority", number="AP-1003")))
    for problem in ("not_allowed", "illegal_transition", "storage_failed", *Problem):
        name = problem if isinstance(problem, str) else problem.value
        missed = FOUND["missed"]
        yield f"9-problem-{name}", view(at(Step.PROBLEM, ticket=missed, errand=Errand.REJOIN, problem=problem))
