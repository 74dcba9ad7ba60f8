"""Screens behind a line that fails: what a person sees of it, and that nothing is lost or done twice."""

from __future__ import annotations

import datetime as dt
import functools
import queue
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import pytest

from broker.bus import Bus
from broker.contract.clock import EngineClock
from broker.contract.link import Address
from broker.contract.messages import CounterMessage, EventMessage, HallMessage, OfficeMessage, Reply
from broker.language import Phrases
from broker.web.office import Office
from counter.desk.keys import Intent, Typed
from counter.desk.presenter import CounterPresenter
from counter.pages.desk import DeskPage
from tests.support.caller import Caller, wait_until
from tests.support.office import OfficeProcess
from tests.support.proxy import BOTH, Proxy, Way
from tests.ui.counter.desk_samples import Drawer, devices

SERVICE, PIN = "new-passport", "1234"
SEEN_S = 10.0
"""For so long a person may take for true what is old."""
SAID_S = 3.0
"""So soon a counter says that nothing came back."""
CONVERGED_S = 5.0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeProcess]:
    process = OfficeProcess(tmp_path_factory.mktemp("lines"))
    process.start()
    process.wait_online()
    yield process
    process.stop()


@pytest.fixture
def proxy(office: OfficeProcess) -> Iterator[Proxy]:
    with Proxy(office.address) as line:
        yield line


def now() -> dt.datetime:
    return dt.datetime.now().astimezone()


class Desk:
    """An officer's window without glass: its true presenter, its true bus, one thread."""

    def __init__(self, address: Address, counter: str) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.bus = Bus(
            address=address, office="demo", client=counter, kind="counter", post=self._posted.put, claims=True
        )
        self.presenter = CounterPresenter(
            counter=counter,
            clock=EngineClock(now, time.monotonic),
            requester=self.bus,
            sessions=Drawer(),
            officers=(),
            languages=("en", "id"),
            phrases=functools.partial(Phrases, "counter"),
            devices=devices(now),
        )
        topics = self.bus.topics
        self.bus.on_link(lambda online: self.presenter.link(online=online))
        self.bus.listen(topics.office_state(), OfficeMessage, self.presenter.office)
        self.bus.listen(topics.hall(), HallMessage, self.presenter.hall)
        self.bus.listen(topics.counter(counter), CounterMessage, self.presenter.desk)

    def __enter__(self) -> Self:
        self.bus.start()
        self.until(lambda: self.is_live, "the window is live")
        return self

    def __exit__(self, *_: object) -> None:
        self.bus.stop()

    def look(self) -> None:
        """Take in what came, as the window does several times a second."""
        while not self._posted.empty():
            self._posted.get()()
        self.presenter.tick()

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Go on until something is true."""

        def looked() -> bool:
            self.look()
            return true()

        wait_until(looked, what)

    @property
    def is_live(self) -> bool:
        """Tell whether the window shows no warning that it is old."""
        return self.presenter.page.live

    @property
    def page(self) -> DeskPage:
        """Return the page of the desk."""
        page = self.presenter.page
        assert isinstance(page, DeskPage)
        return page

    @property
    def notice(self) -> str:
        """Return the sentence that wants attention."""
        return self.page.notice.text if self.page.notice else ""

    @property
    def number(self) -> str:
        """Return whose number stands at the counter."""
        return self.page.ticket.number if self.page.ticket else ""

    def can(self, intent: Intent) -> bool:
        """Tell whether a button can be pressed."""
        return any(action.enabled for action in self.page.actions if action.intent is intent)

    def sign_in(self, officer: str) -> None:
        """Come to work."""
        for character in officer:
            self.presenter.type(Typed(character))
        self.presenter.press(Intent.CONFIRM)
        for character in PIN:
            self.presenter.type(Typed(character))
        self.presenter.press(Intent.CONFIRM)
        self.until(lambda: isinstance(self.presenter.page, DeskPage), f"{officer} is signed in")


@pytest.mark.parametrize("ways", [BOTH, ("down",)])
@pytest.mark.timeout(180)
def test_a_half_open_line_is_seen_within_ten_seconds_and_a_press_answered_within_three(
    office: OfficeProcess, proxy: Proxy, ways: Sequence[Way]
) -> None:
    counter, officer = ("counter-1", "siti") if ways == BOTH else ("counter-2", "budi")
    with office.caller("kiosk-1") as kiosk, Desk(proxy.address, counter) as desk:
        number = kiosk.do("issue", service=SERVICE)["ticket"]["number"]
        desk.sign_in(officer)
        desk.until(lambda: desk.can(Intent.NEXT), "somebody waits")
        proxy.swallow(*ways)
        broke_s = time.monotonic()
        desk.presenter.press(Intent.NEXT)
        desk.until(lambda: bool(desk.notice), "it is said that nothing came back")
        assert time.monotonic() - broke_s <= SAID_S
        assert "once" in desk.notice
        assert desk.is_live, "the picture may still be true"
        desk.until(lambda: not desk.is_live, "the window says that it is old")
        assert time.monotonic() - broke_s <= SEEN_S
        desk.until(lambda: "nothing more is sent" in desk.notice, "it is given up, and what to do is said")
        proxy.heal()
        healed_s = time.monotonic()
        desk.until(lambda: desk.is_live, "the window is live again")
        assert time.monotonic() - healed_s <= CONVERGED_S
        if ways == BOTH:
            assert desk.number == "", "what nobody means any more is not done"
            desk.presenter.press(Intent.NEXT)
        desk.until(lambda: desk.number == number, "the visitor stands there, called once")
        told: list[EventMessage] = []

        def has_recalled() -> bool:
            desk.presenter.press(Intent.RECALL)  # does nothing while the answer of Space is on its way
            while not kiosk.events.empty():
                told.append(kiosk.events.get())
            return any(event.type == "recalled" for event in told)

        desk.until(has_recalled, "a later event has come: all before it have, too")
        assert [event.number for event in told if event.type == "called"] == [number]


def test_a_line_that_fails_in_every_way_loses_no_request_and_doubles_none(office: OfficeProcess, proxy: Proxy) -> None:
    """Each request is asked until it is answered; what its answers say and what the office remembers must agree."""
    chance = random.Random(76)  # noqa: S311 - the same faults in the same order
    faults: tuple[Callable[[], None], ...] = (
        proxy.hang_up,
        proxy.cut,
        proxy.swallow,
        functools.partial(proxy.swallow, "up"),
        functools.partial(proxy.swallow, "down"),
        proxy.hold,
        functools.partial(proxy.delay, 0.2),
        functools.partial(proxy.throttle, 3000),
    )
    with office.caller("kiosk-9") as witness, Caller(proxy.address, "kiosk-1") as kiosk:
        replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        asked = []
        for fault in chance.sample(faults, len(faults)):
            fault()
            for _ in range(6):
                asked.append(kiosk.bus.request("issue", {"service": SERVICE}, replies.put).id)
                time.sleep(chance.uniform(0.0, 0.05))  # real lines have no clock that could be injected
            proxy.heal()
        answered = {reply.id: reply for reply in (replies.get(timeout=60) for _ in asked)}
        assert set(answered) == set(asked), "each is answered, once"
        assert replies.empty()
        numbers = [(reply.result or {})["ticket"]["number"] for reply in answered.values()]
        assert len(set(numbers)) == len(asked), "no number twice"
        last = witness.do("issue", service=SERVICE)["ticket"]["number"]
        given: Counter[str] = Counter()
        wait_until(lambda: last in _drained(witness, given), "all events have come")
        assert {given[number] for number in numbers} == {1}
        assert sum(given.values()) == len(asked) + 1, "nothing was done that nobody was told of"


def _drained(caller: Caller, given: Counter[str]) -> Counter[str]:
    while not caller.events.empty():
        event = caller.events.get()
        if event.type == "issued" and event.number is not None:
            given[event.number] += 1
    return given


@pytest.mark.parametrize("fault", ["cut", "hold", "swallow", "hang_up"])
def test_after_healing_a_screen_knows_within_five_seconds_what_it_missed(
    office: OfficeProcess, proxy: Proxy, fault: str
) -> None:
    with office.caller("kiosk-1") as kiosk:
        bus = Bus(address=proxy.address, office="demo", client="web", kind="web", post=lambda step: step())
        told = Office(bus, office="demo")
        missed: list[float] = []
        told.on_missed.append(lambda: missed.append(time.monotonic()))
        bus.start()
        try:
            wait_until(lambda: told.stale_since is None and told.hall is not None, "the screen is live")
            getattr(proxy, fault)()
            missed.clear()
            for _ in range(3):
                kiosk.do("issue", service=SERVICE)
            seqs = [kiosk.events.get(timeout=10).seq for _ in range(3)]
            wait_until(lambda: kiosk.hall is not None and kiosk.hall.seq >= max(seqs), "others have heard of it")
            if fault == "swallow":
                wait_until(lambda: not told.is_linked, "the dead connection is left")
            proxy.heal()
            healed_s = time.monotonic()
            wait_until(lambda: _is_level(told, kiosk) and told.stale_since is None, "the screen is up to date")
            assert time.monotonic() - healed_s <= CONVERGED_S
            assert missed or fault == "hold", "a gap is noticed; what only comes late leaves none"
        finally:
            bus.stop()


def _is_level(told: Office, other: Caller) -> bool:
    return told.hall is not None and other.hall is not None and told.hall.seq >= other.hall.seq


@pytest.mark.timeout(180)
def test_sixty_screens_that_were_cut_at_once_do_not_come_back_in_step(proxy: Proxy) -> None:
    screens = [Caller(proxy.address, f"screen-{n}", listens=False) for n in range(60)]
    try:
        for screen in screens:
            screen.bus.start()
        wait_until(lambda: all(screen.linked for screen in screens), "all are there")
        before = len(proxy.came_at)
        proxy.hang_up()
        cut_s = time.monotonic()
        wait_until(lambda: len(proxy.came_at) >= before + 60, "all have asked again")
        wait_until(lambda: all(screen.linked for screen in screens), "all are back")
        assert time.monotonic() - cut_s <= CONVERGED_S
        came = [at_s - cut_s for at_s in proxy.came_at[before:]]
        most = max(sum(begin_s <= at_s < begin_s + 0.1 for at_s in came) for begin_s in came)
        assert most <= 30, "half of them within a tenth of a second would be in step"
        assert max(came) - min(came) >= 0.4
    finally:
        for screen in screens:
            screen.bus.stop()
