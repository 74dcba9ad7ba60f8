"""The display's pages in its main states, in the true demo office, for looking at and for measuring."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator

from broker.bootstrap.rules import office_message
from broker.config.settings import Settings
from broker.contract.clock import EngineClock
from broker.contract.messages import Calling, HallMessage, OfficeMessage, Wait, WaitingGroup
from broker.language import Phrases
from display.hall.presenter import LobbyPresenter
from display.pages.layout import lay_out, room_for
from display.pages.lobby import LobbyPage
from display.pages.sheet import Frame
from tests.ui.display.lobby_samples import SPEECH, TestClock, called, calling, hall

State = tuple[str, LobbyPage]


def states(settings: Settings, frame: Frame, *, has_panel: bool = True) -> Iterator[State]:
    """Yield the page of each state with its name."""
    for name, lobby in _states(settings, frame, has_panel=has_panel):
        lobby.drawn(lay_out(lobby.page, frame))  # the panel learns which room calls leave it
        yield name, lobby.page


def _states(settings: Settings, frame: Frame, *, has_panel: bool) -> Iterator[tuple[str, LobbyPresenter]]:
    clock = TestClock()
    office = office_message(settings)
    lobby = _lobby(settings, clock, frame, has_panel=has_panel)
    yield "nothing-yet", lobby
    lobby.link(online=True)
    lobby.office(office)
    lobby.hall(hall(0, clock(), waiting=_waiting(office)))
    yield "resting", lobby
    lobby = _lobby(settings, clock, frame, has_panel=has_panel)
    lobby.link(online=True)
    lobby.office(office)
    lobby.hall(_busy_hall(clock, office))
    yield "settled", lobby
    clock.pass_s(12)
    lobby.tick()
    yield "waiting", lobby
    lobby.event(called("AP-003", 2, clock(), counter="3", language="en"))
    lobby.event(called("B-117", 3, clock(), counter="12"))
    yield "calling", lobby
    clock.pass_s(20)
    lobby.tick()
    lobby.event(called("CP-1204", 4, clock(), counter="Khusus", times=2, type_="recalled"))
    clock.pass_s(20)
    lobby.tick()
    yield "calling-long", lobby
    clock.pass_s(20)
    lobby.tick()
    lobby.hall(_busy_hall(clock, office, seq=5))
    seq = 5
    for count, numbers in ((2, "AC"), (4, "BG"), (14, "AEHZ")):
        for place in range(count):
            seq += 1
            number = f"{numbers[place % len(numbers)]}{'P' if place % 3 == 2 else ''}-{7 + place * 11:03d}"
            lobby.event(called(number, seq, clock(), counter=str(place + 1)))
        lobby.tick()
        yield f"calling-{count}-more", lobby
    lobby.link(online=False)
    clock.pass_s(300)
    yield "offline", lobby


def pages(settings: Settings, frame: Frame) -> Iterator[State]:
    """Yield every page of the information panel once, in every language, where no call takes its room."""
    clock = TestClock()
    office = office_message(settings)
    lobby = _lobby(settings, clock, frame, has_panel=True)
    lobby.link(online=True)
    lobby.office(office)
    seen: list[object] = []
    for number in range(700):
        lobby.hall(hall(1, clock(), waiting=_waiting(office)))
        page = lobby.page
        if page.panel not in seen:
            seen.append(page.panel)
            yield f"page-{number}", page
        clock.pass_s(4)
        lobby.tick()


def _lobby(settings: Settings, clock: TestClock, frame: Frame, *, has_panel: bool) -> LobbyPresenter:
    lobby = LobbyPresenter(
        clock=EngineClock(clock, clock.monotonic),
        languages=settings.office.languages,
        phrases=functools.partial(Phrases, "display"),
        announce=lambda call, _words: lobby.speech_ended(call),
        page_s=8,
        room=functools.partial(room_for, frame=frame, has_panel=has_panel),
        has_panel=has_panel,
        speech=SPEECH,
    )
    return lobby


def _busy_hall(clock: Callable[[], dt.datetime], office: OfficeMessage, seq: int = 1) -> HallMessage:
    now = clock()

    def call(number: str, minutes: float, counter: str) -> Calling:
        return calling(number, now - dt.timedelta(minutes=minutes), counter=counter)

    return hall(
        seq,
        now,
        now_calling=(call("A-041", 1, "2"),),
        recent=(
            call("EP-007", 3, "6"),
            call("A-040", 5, "1"),
            call("G-1003", 8, "4"),
            call("B-016", 9, "5"),
            call("A-039", 11, "2"),
        ),
        waiting=_waiting(office),
    )


def _waiting(office: OfficeMessage) -> tuple[WaitingGroup, ...]:
    return tuple(
        WaitingGroup(
            stage=service.stages[0],
            service=service.id,
            lane=lane.id,
            count=(7 * place + 3 * rank) % 19,
            wait=Wait(low_s=60 * (5 + 9 * place), high_s=60 * (12 + 17 * place)) if place % 4 != 3 else None,
        )
        for place, service in enumerate(office.services)
        for rank, lane in enumerate(office.lanes)
    )
