"""A demo office, a busy morning in it, and every screen that a visitor can meet there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.config.settings import Settings
from broker.contract.messages import HallCounter, HallMessage, OfficeMessage, Ticket, Wait, WaitingGroup
from broker.language import Phrases
from kiosk.pages import View
from kiosk.scene import Scene
from kiosk.visit import Paper, Problem, Step, Visit
from kiosk.wording import compose

CONFIG = Path(__file__).parents[3] / "config.yaml"
NOW = dt.datetime(2025, 11, 24, 9, 41, tzinfo=dt.timezone(dt.timedelta(hours=7)))
ViewOf = Callable[..., View]
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


def ticket(*, lane: str = "regular", number: str = "A-012", ahead: int = 4, wait: Wait | None = None) -> Ticket:
    """Return a ticket that was just issued."""
    return Ticket(
        id="6f1c1f0e-0000-4000-8000-000000000012",
        number=number,
        service="new-passport",
        lane=lane,
        stage="document-check",
        state="waiting",
        language="id",
        issued_at=NOW,
        waiting_since=NOW,
        ahead=ahead,
        wait=wait or Wait(low_s=900, high_s=1800),
        qr="ANTREAN:demo:6f1c1f0e00004000800000000012",
    )


def scene(visit: Visit, offer: OfficeMessage, **changes: object) -> Scene:
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
    return Scene(**(values | changes))  # type: ignore[arg-type]  # the defaults above, by name


def screens(language: str) -> Iterator[tuple[str, View]]:
    """Yield every screen in one language, each with a name."""
    offer = office()

    def at(step: Step, **changes: object) -> Visit:
        return Visit(step, language, 0.0, **changes)  # type: ignore[arg-type]  # Visit's own fields

    def view(visit: Visit, **changes: object) -> View:
        return compose(scene(visit, offer, **changes))

    yield "1-welcome", view(at(Step.LANGUAGE))
    yield "2-service", view(at(Step.SERVICE))
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
    yield "8-offline", view(at(Step.LANGUAGE), offline_since=OFFLINE_SINCE)
    yield "8-starting", view(at(Step.LANGUAGE), offline_since=NOW, is_starting=True)


def _tickets(view: ViewOf, at: VisitAt) -> Iterator[tuple[str, View]]:
    for paper in Paper:
        visit = at(Step.TICKET, ticket=ticket(), paper=paper)
        yield f"6-ticket-{paper.value}", view(visit)
    priority = ticket(lane="priority", number="AP-1003", ahead=0)
    yield "6-ticket-priority", view(at(Step.TICKET, ticket=priority, paper=Paper.CONFIRMED), stay_left_s=17)
