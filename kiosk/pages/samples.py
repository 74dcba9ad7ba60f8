"""A busy morning in an office, and every screen that a visitor can meet in it, with the office's own texts. Pure.

For whoever has to know whether all of it fits: `antrean check-config`, the pictures and the tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from broker.config.web import Wifi
from broker.contract.messages import (
    Calling,
    HallCounter,
    HallMessage,
    HoursInfo,
    OfficeMessage,
    Span,
    Ticket,
    Wait,
    WaitingGroup,
)
from broker.language import words_of
from kiosk.pages.page import Screen
from kiosk.pages.returning import STRANGE
from kiosk.pages.screen import compose
from kiosk.paper.news import PrintersHealth
from kiosk.visit.access import Access
from kiosk.visit.offer import Offer
from kiosk.visit.state import State
from kiosk.visit.steps import MOST_EXTENSIONS, Aside, Errand, Paper, Problem, Step, Visit

NOW = dt.datetime(2025, 11, 24, 9, 41, tzinfo=dt.timezone(dt.timedelta(hours=7)))
OFFLINE_SINCE = NOW - dt.timedelta(minutes=4)
CODE = "0417"
WIFI = Wifi(name="Imigrasi-Tamu", password="selamatdatang")  # noqa: S106 - nobody's
ScreenOf = Callable[..., Screen]
VisitAt = Callable[..., Visit]


def hall_of(offer: OfficeMessage) -> HallMessage:
    """Return a busy morning: every service but one has people waiting, some counters are closed."""
    waiting = tuple(
        WaitingGroup(
            stage=service.stages[0],
            service=service.id,
            lane=lane.id,
            count=0 if at == 8 else (7 * at + 3) % 11,  # noqa: PLR2004 - the demo's last service
            wait=Wait(low_s=600 + 120 * at, high_s=1500 + 240 * at),
        )
        for at, service in enumerate(offer.services)
        for lane in offer.lanes
    )
    counters = tuple(
        HallCounter(id=counter.id, label=counter.label, state="serving" if at < 4 else "closed")  # noqa: PLR2004 - some
        for at, counter in enumerate(offer.counters)
    )
    return HallMessage(revision=1, seq=1, at=NOW, day=NOW.date(), waiting=waiting, counters=counters)


def with_hours(picture: HallMessage, *, is_open: bool, opens_in: dt.timedelta = dt.timedelta(days=1)) -> HallMessage:
    """Return the picture within or outside the office's hours."""

    def at(hour: int) -> dt.datetime:
        return NOW.replace(hour=hour, minute=0)

    today = Span(begin=at(8), end=at(12)), Span(begin=at(13), end=at(15))
    opens = (NOW + opens_in).replace(hour=8, minute=0)
    hours = HoursInfo(is_open=is_open, today=today, closes_at=at(15) if is_open else None, opens_at=opens)
    return picture.model_copy(update={"hours": hours})


def offered(picture: HallMessage, *rows: tuple[str, str | None, Offer]) -> HallMessage:
    """Return the picture with other offers: (service, lane or all, open, full or closed)."""
    changes = {(service, lane): offer for service, lane, offer in rows}

    def changed(group: WaitingGroup) -> WaitingGroup:
        offer = changes.get((group.service, group.lane), changes.get((group.service, None), group.offer))
        return group.model_copy(update={"offer": offer})

    return picture.model_copy(update={"waiting": tuple(map(changed, picture.waiting))})


def opening(picture: HallMessage, *rows: tuple[str, dt.datetime]) -> HallMessage:
    """Return the picture with when closed services give out numbers again."""
    moments = dict(rows)
    changed = (
        group.model_copy(update={"opens_at": moments.get(group.service) if group.offer == "closed" else None})
        for group in picture.waiting
    )
    return picture.model_copy(update={"waiting": tuple(changed)})


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


def ticket_of(offer: OfficeMessage, **changes: Any) -> Ticket:  # noqa: ANN401 - Ticket's own fields
    """Return a ticket that was just issued, for the service with the longest name."""
    service = max(offer.services, key=lambda one: max(map(len, one.name.values())))
    values: dict[str, Any] = {
        "id": "6f1c1f0e-0000-4000-8000-000000000012",
        "number": f"{service.letter}-012",
        "service": service.id,
        "lane": offer.lanes[0].id,
        "stage": service.stages[0],
        "state": "waiting",
        "language": offer.languages[0],
        "issued_at": NOW,
        "waiting_since": NOW,
        "ahead": 4,
        "wait": Wait(low_s=900, high_s=1800),
        "qr": "ANTREAN:demo:6f1c1f0e00004000800000000012",
    }
    return Ticket(**(values | changes))


def state_of(visit: Visit, offer: OfficeMessage, **changes: object) -> State:
    """Return a moment of a visit, connected and calm unless changed."""
    values: dict[str, object] = {
        "visit": visit,
        "office": offer,
        "hall": with_hours(hall_of(offer), is_open=True),
        "languages": offer.languages,
        "phrases": words_of("kiosk", offer.languages),
        "now": NOW,
        "elapsed_s": 1.0,
        "offline_since": None,
        "is_starting": False,
    }
    return State(**(values | changes))  # type: ignore[arg-type]  # the defaults above, by name


def closed_screen(offer: OfficeMessage, language: str, hours: HoursInfo, at: dt.datetime) -> Screen:
    """Return the first page while the office is closed, at a moment that has these hours."""
    shut = offered(hall_of(offer), *((service.id, None, "closed") for service in offer.services))
    hall = shut.model_copy(update={"at": at, "hours": hours.model_copy(update={"is_open": False})})
    visit = Visit(Step.LANGUAGE, language, 0.0, service=ticket_of(offer).service)
    return compose(state_of(visit, offer, hall=hall, now=at))


def screens_of(offer: OfficeMessage, language: str) -> Iterator[tuple[str, Screen]]:
    """Yield every screen in one language, each with a name."""
    longest = ticket_of(offer).service

    def at(step: Step, **changes: object) -> Visit:
        values: dict[str, object] = {"has_chosen_language": step is not Step.LANGUAGE, "service": longest}
        return Visit(step, language, 0.0, **(values | changes))  # type: ignore[arg-type]  # Visit's own fields

    def view(visit: Visit, **changes: object) -> Screen:
        return compose(state_of(visit, offer, **changes))

    yield "1-welcome", view(at(Step.LANGUAGE))
    yield "1-welcome-no-paper", view(at(Step.LANGUAGE), printers=PrintersHealth(("paper_out",)))
    yield "1-welcome-paper-low", view(at(Step.LANGUAGE), printers=PrintersHealth(("paper_low",), is_paper_low=True))
    yield "2-service", view(at(Step.SERVICE))
    yield "2-service-no-paper", view(at(Step.SERVICE), printers=PrintersHealth(("offline",)))
    yield from _shortages(offer, view, at)
    yield from _choosing(offer, view, at)
    issuing = at(Step.ISSUING, lane=offer.lanes[0].id)
    yield "5-issuing", view(issuing)
    yield "5-issuing-slow", view(issuing, elapsed_s=3.2)
    yield "5-issuing-unlinked", view(issuing, elapsed_s=3.2, offline_since=OFFLINE_SINCE)
    yield from _tickets(offer, view, at)
    for problem in ("quota_reached", "service_closed", "storage_failed", "bad_request", *Problem):
        name = problem if isinstance(problem, str) else problem.value
        yield f"7-problem-{name}", view(at(Step.PROBLEM, lane=offer.lanes[-1].id, problem=problem))
    yield from _with_ticket(offer, view, at)
    yield from _asides(offer, view, at)
    yield "1-welcome-unanswered", view(at(Step.LANGUAGE), is_unanswered=True)
    yield "2-service-unanswered", view(at(Step.SERVICE), is_unanswered=True)
    yield "1-welcome-twice", view(at(Step.LANGUAGE), standing="wanted")
    for speaks in ("older", "newer"):
        yield f"1-welcome-{speaks}", view(at(Step.LANGUAGE), broker_speaks=speaks)
    yield "8-untrusted", view(at(Step.LANGUAGE), offline_since=OFFLINE_SINCE, standing="untrusted")
    yield "8-taken", view(at(Step.LANGUAGE), offline_since=OFFLINE_SINCE, standing="taken")
    yield "8-offline", view(at(Step.LANGUAGE), offline_since=OFFLINE_SINCE)
    for unknown in ("never", "restarted"):
        yield f"8-offline-{unknown}", view(at(Step.LANGUAGE), offline_since=OFFLINE_SINCE, unknown=unknown)
    yield from _alone(offer, view, at)
    yield "8-starting", view(at(Step.LANGUAGE), offline_since=NOW, is_starting=True)


def _alone(offer: OfficeMessage, view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    """Yield what a visitor meets at a kiosk that gives out numbers in advance."""
    alone = {"offline_since": OFFLINE_SINCE, "is_alone": True}
    yield "8-alone", view(at(Step.LANGUAGE), **alone)
    yield "8-alone-scanner", view(at(Step.LANGUAGE), has_scanner=True, **alone)
    yield "8-alone-no-paper", view(at(Step.LANGUAGE), printers=PrintersHealth(("paper_out",)), **alone)
    yield "8-alone-service", view(at(Step.SERVICE), **alone)
    yield "8-alone-lane", view(at(Step.LANE), **alone)
    for step in (Step.REQUIREMENTS, Step.MISSING, Step.ISSUING):
        yield f"8-alone-{step.value}", view(at(step), **alone)
    service, first = offer.services[0].id, offer.lanes[0].id
    none_left = offered(hall_of(offer), (service, first, "closed"))
    few = alone | {"hall": none_left, "spent": frozenset({(service, first)})}
    yield "8-alone-lane-spent", view(at(Step.LANE, service=service), **few)
    none_left = offered(hall_of(offer), (service, None, "closed"))
    few = alone | {"hall": none_left, "spent": frozenset((service, lane.id) for lane in offer.lanes)}
    yield "8-alone-service-spent", view(at(Step.SERVICE), **few)
    yield "8-alone-requirements-spent", view(at(Step.REQUIREMENTS, service=service), **few)
    given = ticket_of(offer, number="A-901", ahead=0, wait=None, is_wait_known=False, check=CODE)
    for paper in Paper:
        yield f"8-alone-ticket-{paper.value}", view(at(Step.TICKET, ticket=given, paper=paper), **alone)
    page = given.model_copy(update={"qr": f"HTTP://ANTRIAN.LAN/T/{'Q' * 16}"})
    no_paper = at(Step.TICKET, ticket=page, paper=Paper.FAILED, trouble="paper_out")
    yield "8-alone-ticket-page-failed", view(no_paper, wifi=WIFI, **alone)


def _choosing(offer: OfficeMessage, view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    """Yield what a visitor without a ticket decides after the service."""
    for service in offer.services:
        yield f"3-requirements-{service.id}", view(at(Step.REQUIREMENTS, service=service.id))
    for listed in (None, "printing", "printed", "failed"):
        yield f"3-missing-{listed or 'new'}", view(at(Step.MISSING, listed=listed))
    lane = at(Step.LANE)
    yield "4-lane", view(lane)
    yield "4-lane-unlinked", view(lane, offline_since=OFFLINE_SINCE)
    yield "4-lane-idle", view(lane, warning_left_s=17)
    yield "4-lane-idle-last", view(at(Step.LANE, extended=MOST_EXTENSIONS), warning_left_s=17)
    yield "4-rule", view(at(Step.LANE, aside=Aside.RULE))


def _shortages(offer: OfficeMessage, view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    """Yield what a visitor meets where no numbers are given out, here or anywhere."""
    ids, special = [service.id for service in offer.services], offer.lanes[-1].id
    short = offered(hall_of(offer), (ids[0], special, "full"), (ids[1 % len(ids)], None, "full"))
    short = offered(short, (ids[3 % len(ids)], None, "closed"), (ids[-1], None, "closed"))
    short = opening(short, (ids[3 % len(ids)], NOW.replace(hour=10, minute=0)), (ids[-1], NOW + dt.timedelta(days=2)))
    yield "2-service-short", view(at(Step.SERVICE), hall=short)
    yield "3-requirements-full", view(at(Step.REQUIREMENTS, service=ids[1 % len(ids)]), hall=short)
    yield "4-lane-full", view(at(Step.LANE, service=ids[0]), hall=short)
    yield "4-lane-all-closed", view(at(Step.LANE, service=ids[-1]), hall=short)
    shut = offered(hall_of(offer), *((service, None, "closed") for service in ids))
    yield "1-welcome-nothing", view(at(Step.LANGUAGE), hall=shut)
    after = with_hours(shut, is_open=False)
    yield "1-welcome-closed", view(at(Step.LANGUAGE), hall=after)
    yield (
        "1-welcome-opens-today",
        view(at(Step.LANGUAGE), hall=with_hours(shut, is_open=False, opens_in=dt.timedelta(hours=3))),
    )
    yield "2-service-closed", view(at(Step.SERVICE), hall=after)
    yield "3-requirements-closed", view(at(Step.REQUIREMENTS), hall=after)


def _tickets(offer: OfficeMessage, view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    special = offer.lanes[-1]
    made = ticket_of(offer, check=CODE)
    for paper in Paper:
        yield f"6-ticket-{paper.value}", view(at(Step.TICKET, ticket=made, paper=paper))
    for trouble in ("paper_out", "cover_open", "cutter_error", "offline"):
        visit = at(Step.TICKET, ticket=made, paper=Paper.FAILED, trouble=trouble)
        yield f"6-ticket-failed-{trouble}", view(visit, printers=PrintersHealth((trouble,)))
    spare = at(Step.TICKET, ticket=ticket_of(offer), paper=Paper.CONFIRMED, is_by_spare=True)
    yield "6-ticket-spare", view(spare)
    cut = at(Step.TICKET, ticket=made, paper=Paper.UNCONFIRMED, trouble="offline")
    yield "6-ticket-cut-off", view(cut, printers=PrintersHealth(("offline",)))
    number = f"{made.number[0]}{special.letter}-1003"
    closing = at(Step.TICKET, ticket=ticket_of(offer, lane=special.id, number=number), paper=Paper.CONFIRMED)
    yield "6-ticket-priority", view(closing, stay_left_s=9)
    nobody = at(Step.TICKET, ticket=ticket_of(offer, wait=None, ahead=0), paper=Paper.CONFIRMED)
    yield "6-ticket-nobody-serves", view(nobody)
    page = ticket_of(offer, check=CODE, qr=f"HTTP://ANTRIAN.LAN/T/{'Q' * 16}")
    for paper in (Paper.CONFIRMED, Paper.FAILED):
        visit = at(Step.TICKET, ticket=page, paper=paper, trouble=None if paper is Paper.CONFIRMED else "paper_out")
        yield f"6-ticket-page-{paper.value}", view(visit)
        yield f"6-ticket-page-{paper.value}-wifi", view(visit, wifi=WIFI)
    yield "6-ticket-late", view(at(Step.LANGUAGE), late_number="B-118")


def _with_ticket(offer: OfficeMessage, view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    """Yield what somebody meets who has a ticket."""
    letter, special = offer.services[0].letter, offer.lanes[-1]
    series = letter + special.letter
    for typed in ("", letter, f"{series}10"):
        yield f"9-number-{len(typed)}", view(at(Step.NUMBER, typed=typed))
    yield "9-number-unknown", view(at(Step.NUMBER, typed=f"{series}1003", is_not_found=True))
    yield "9-number-unlinked", view(at(Step.NUMBER, typed=f"{letter}0"), offline_since=OFFLINE_SINCE)
    for errand in Errand:
        yield f"9-requesting-{errand.value}", view(at(Step.REQUESTING, errand=errand), elapsed_s=3.2)
    counter = offer.counters[-1].id
    missed = ticket_of(offer, state="no_show", counter=counter, lane=special.id, number=f"{series}-1003")
    found = {
        state: ticket_of(offer, state=state, counter=counter) for state in ("called", "serving", "held", "finished")
    }
    others = {"waiting": ticket_of(offer), "missed": missed, "cancelled": ticket_of(offer, state="cancelled")}
    for name, one in (found | others).items():
        yield f"9-found-{name}", view(at(Step.FOUND, ticket=one))
    waiting = ticket_of(offer)
    yield "9-found-more", view(at(Step.FOUND, ticket=waiting, aside=Aside.MORE))
    yield "9-found-rejoined", view(at(Step.FOUND, ticket=waiting, did=Errand.REJOIN))
    yield "9-found-given-up", view(at(Step.FOUND, ticket=others["cancelled"], did=Errand.CANCEL))
    yield "9-found-called-now", view(at(Step.FOUND, ticket=waiting), hall=calling(hall_of(offer), waiting.number))
    yield "9-found-idle", view(at(Step.FOUND, ticket=waiting), warning_left_s=12)
    for typed in ("", "04", CODE):
        yield f"9-code-{len(typed)}", view(at(Step.CODE, ticket=waiting, code=typed))
    for trouble in ("wrong", "locked"):
        yield f"9-code-{trouble}", view(at(Step.CODE, ticket=waiting, code_trouble=trouble))
        yield f"10-code-{trouble}", view(at(Step.CODE, ticket=waiting, code_trouble=trouble), has_scanner=True)
    for step in (Step.LANGUAGE, Step.SERVICE, Step.NUMBER):
        yield f"10-scanner-{step.value}", view(at(step), has_scanner=True)
        yield f"10-scanner-{step.value}-unlinked", view(at(step), has_scanner=True, offline_since=OFFLINE_SINCE)
        for strange in STRANGE:
            yield f"10-scanner-{step.value}-{strange}", view(at(step), has_scanner=True, strange_code=strange)
    yield "9-confirm", view(at(Step.CONFIRM, ticket=missed))
    for problem in ("not_allowed", "illegal_transition", "storage_failed", *Problem):
        name = problem if isinstance(problem, str) else problem.value
        yield f"9-problem-{name}", view(at(Step.PROBLEM, ticket=missed, errand=Errand.REJOIN, problem=problem))


def _asides(offer: OfficeMessage, view: ScreenOf, at: VisitAt) -> Iterator[tuple[str, Screen]]:
    """Yield the pages that may be opened from anywhere."""
    label = offer.counters[-1].label
    yield "11-access-start", view(at(Step.LANGUAGE, aside=Aside.ACCESS), has_voice=True)
    on = Access(voice=True)
    yield "11-access", view(at(Step.SERVICE, aside=Aside.ACCESS, access=on, announced="voice"), has_voice=True)
    yield "11-help", view(at(Step.SERVICE, aside=Aside.HELP))
    yield "11-help-start", view(at(Step.LANGUAGE, aside=Aside.HELP))
    for called in ("asking", "told", "failed"):
        yield f"11-help-{called}", view(at(Step.SERVICE, aside=Aside.HELP, help=called))
    yield "11-help-coming", view(at(Step.SERVICE, aside=Aside.HELP, help="told"), help_coming=label)
    yield "11-help-unlinked", view(at(Step.SERVICE, aside=Aside.HELP), offline_since=OFFLINE_SINCE)
    yield "4-lane-help-told", view(at(Step.LANE, help="told"))
    yield "4-lane-help-coming", view(at(Step.LANE, help="told"), help_coming=label)
    for trouble in (None, "wrong", "locked"):
        yield f"12-pin-{trouble or 'new'}", view(at(Step.LANGUAGE, aside=Aside.PIN, pin="123", pin_trouble=trouble))
    devices = {"printer": "ready, preview", "spare-printer": "offline, network 192.168.1.51, no answer"}
    for said in (None, "failed"):
        staff = at(Step.LANGUAGE, aside=Aside.STAFF, staff_said=said)
        yield (
            f"12-staff-{said or 'new'}",
            view(staff, devices=devices, volume_percent=70, last_ticket=ticket_of(offer)),
        )
