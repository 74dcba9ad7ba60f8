"""A large office for boards: sixteen counters, ten stages, twelve lanes, and somebody waiting everywhere."""

from __future__ import annotations

import datetime as dt
import itertools

from broker.bootstrap.rules import office_message
from broker.contract import messages as ms
from tests.fakes.web_office import WebOffice

STAGES = (
    "Document check and verification of the originals",
    "Interview",
    "Photo and fingerprints",
    "Payment",
    "Approval by the head of section",
    "Printing",
    "Collection of passports and documents",
    "Legal consultation",
    "Legalisation",
    "Complaints",
)
LANES, COUNTERS = "ABCDEFGHJKLM", 16


def tell_large(office: WebOffice, *, changes: int = 5, warnings: int = 9, alerts: int = 3) -> None:
    """Let an office be large and busy: boards, hall, alerts, and what is otherwise today."""
    now = office.now()
    told = office_message(office.settings)
    stages = tuple(ms.StageInfo(id=f"s{n}", name={"en": name, "id": name}) for n, name in enumerate(STAGES))
    lanes = tuple(
        told.lanes[0].model_copy(
            update={"id": f"l{n}", "letter": letter, "name": {"en": f"Lane {letter}", "id": f"Jalur {letter}"}}
        )
        for n, letter in enumerate(LANES)
    )
    counters = tuple(ms.CounterInfo(id=f"c{n}", label=f"Loket {n}", stages=("s0",)) for n in range(1, COUNTERS + 1))
    (service, *_) = told.services
    service = service.model_copy(update={"stages": tuple(stage.id for stage in stages)})
    update = {"stages": stages, "lanes": lanes, "counters": counters, "services": (service,)}
    office.say(office.topics.office_state(), told.model_copy(update=update))
    groups = [
        ms.BoardGroup(
            stage=stage.id,
            service=service.id,
            lane=lane.id,
            waiting=17 + n,
            longest=ms.LongestWait(id="t", number="A-117", since=now - dt.timedelta(minutes=84)),
            promised_s=3600,
            breach_at=now - dt.timedelta(minutes=24) if n < warnings else None,
        )
        for n, (stage, lane) in enumerate(itertools.product(stages, lanes))
    ]
    desks = [
        ms.BoardCounter(
            id=one.id,
            label=one.label,
            state="serving",
            since=now - dt.timedelta(minutes=17),
            officer="Raden Ajeng Kusumawardhani",
            number=f"BP-{n:03d}",
            usual_s=720,
        )
        for n, one in enumerate(counters)
    ]
    closed = [
        ms.BoardChange(kind="offer", at=now, by="Maria Simanjuntak", lane=lane.id, reason="the printer is broken")
        for lane in lanes[:changes]
    ]
    pages = [groups[begin : begin + 30] for begin in range(0, len(groups), 30)]
    for page, some in enumerate(pages):
        is_last = page == len(pages) - 1
        board = ms.BoardMessage(
            at=now,
            seq=office.seq,
            page=page,
            pages=len(pages),
            groups=tuple(some),
            counters=tuple(desks) if is_last else (),
            changes=tuple(closed) if is_last else (),
        )
        office.say(office.topics.board(str(page)), board)
    told_of = tuple(
        ms.Alert(
            id=f"a{n}",
            kind="wait",
            place={"stage": "s0", "lane": lane.id},
            since=now,
            value=5040,
            limit=3600,
            about="A-117",
            roles=("supervisor",),
        )
        for n, lane in enumerate(lanes[:alerts])
    )
    office.say(office.topics.alerts(), ms.AlertsMessage(at=now, alerts=told_of))
