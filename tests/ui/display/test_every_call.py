"""Whatever officers do and the wire loses: who is awaited is on the page, and is called aloud, in order."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from broker.contract.clock import EngineClock
from broker.contract.messages import Calling, EventMessage
from broker.language import Phrases
from display.hall.announcer import Announcement
from display.hall.board import Call
from display.hall.presenter import LobbyPresenter
from display.pages.lobby import Room
from tests.support.trials import examples
from tests.ui.display.lobby_samples import SPEECH, TestClock, called, calling, hall, told

COUNTERS = [str(number) for number in range(1, 21)]
HEARTBEAT_S = 5.0
ONE_CALL_S = 20.0
"""So long one call is spoken at the most, in two languages."""


class Lobby(RuleBasedStateMachine):
    """An office of twenty counters and its display, whose events may be lost on the way and whose clock is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = TestClock(ahead_s=30.0)
        self.presenter = LobbyPresenter(
            clock=EngineClock(self.clock.own, self.clock.monotonic),
            languages=("id", "en"),
            phrases=functools.partial(Phrases, "display"),
            announce=self._announce,
            page_s=12,
            room=lambda _texts: Room(front_calls=4, fits=lambda _page, _level: True),
            speech=SPEECH,
        )
        self.seq = 0
        self.issued = 0
        self.awaited: dict[str, Calling] = {}
        self.over: list[Calling] = []
        self.owed: list[tuple[str, int]] = []
        """What has to be spoken yet, in order: number and which call it is."""
        self.aloud: list[tuple[str, int]] = []
        self._ends: list[tuple[Call, float]] = []
        self._heartbeat_s = self.clock.ticks_s

    # -- the voice --------------------------------------------------------------------------------------------------

    def _announce(self, call: Call | None, said: Announcement) -> None:
        assert call is not None, "this office announces nothing"
        self._ends.append((call, self.clock.ticks_s + SPEECH.duration_s(said)))
        which = (call.number, call.times_called)
        if self.aloud[-1:] != [which]:  # further languages of the same call
            self.aloud.append(which)
            assert self.owed, f"{which} is not awaited any more"
            assert self.owed.pop(0) == which

    # -- the office -------------------------------------------------------------------------------------------------

    @initialize()
    def open(self) -> None:
        """Switch the display on."""
        self.presenter.link(online=True)
        self._picture()

    @rule(counter=st.sampled_from(COUNTERS), is_lost=st.booleans())
    def call(self, counter: str, *, is_lost: bool) -> None:
        """Call the next one to a counter where nobody is awaited."""
        if counter not in self.awaited:
            self.issued += 1
            entry = calling(f"A-{self.issued:03d}", self.clock(), counter=counter)
            self.awaited[counter] = entry
            self.owed.append((entry.number, 1))
            self._tell(called(entry.number, self._next(), self.clock(), counter=counter), is_lost=is_lost)

    @precondition(lambda self: self.awaited)
    @rule(data=st.data(), is_lost=st.booleans())
    def recall(self, data: st.DataObject, *, is_lost: bool) -> None:
        """Somebody who does not come is called again: a turn of its own, or the one that is still owed."""
        counter = data.draw(st.sampled_from(sorted(self.awaited)))
        before = self.awaited[counter]
        entry = before.model_copy(update={"called_at": self.clock(), "times_called": before.times_called + 1})
        self.awaited[counter] = entry
        which, again = (before.number, before.times_called), (entry.number, entry.times_called)
        if which in self.owed:
            self.owed[self.owed.index(which)] = again
        else:
            self.owed.append(again)
        times = entry.times_called
        event = called(entry.number, self._next(), self.clock(), counter=counter, times=times, type_="recalled")
        self._tell(event, is_lost=is_lost)

    @precondition(lambda self: self.awaited)
    @rule(
        data=st.data(),
        type_=st.sampled_from(["started", "no_show", "cancelled", "held", "transferred"]),
        is_lost=st.booleans(),
    )
    def end(self, data: st.DataObject, type_: str, *, is_lost: bool) -> None:
        """Await a visitor no longer: they come, or are given up."""
        counter = data.draw(st.sampled_from(sorted(self.awaited)))
        entry = self.awaited.pop(counter)
        self.over.insert(0, entry)
        self.owed = [which for which in self.owed if which[0] != entry.number]
        self._tell(told(type_, entry.number, self._next(), self.clock(), counter=counter), is_lost=is_lost)

    @rule(seconds=st.sampled_from([0.1, 0.5, 3.0, 30.0, 200.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        for _ in range(round(seconds * 10)):
            self.clock.pass_s(0.1)
            if self.clock.ticks_s - self._heartbeat_s >= HEARTBEAT_S:
                self._picture()
            while self._ends and self._ends[0][1] <= self.clock.ticks_s:
                self.presenter.speech_ended(self._ends.pop(0)[0])
            self.presenter.tick()

    # -- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def everybody_who_is_awaited_is_on_the_page(self) -> None:
        """Look for them, with their counters."""
        page = self.presenter.page
        shown = {call.number: call.counter_label for call in page.others}
        shown |= {call.number: call.counter_label for call in page.front}
        assert {entry.number: counter for counter, entry in self.awaited.items()}.items() <= shown.items()

    def teardown(self) -> None:
        """In the end all who are awaited have been called aloud."""
        self.wait(ONE_CALL_S * (len(self.owed) + 1))
        assert self.owed == []

    # -- inside -----------------------------------------------------------------------------------------------------

    def _next(self) -> int:
        self.seq += 1
        return self.seq

    def _tell(self, event: EventMessage, *, is_lost: bool) -> None:
        """Publish a fact; the picture follows, at once where it did not come."""
        if not is_lost:
            self.presenter.event(event)
        else:
            self._picture()

    def _picture(self) -> None:
        self._heartbeat_s = self.clock.ticks_s
        newest = tuple(sorted(self.awaited.values(), key=lambda entry: entry.called_at, reverse=True))
        self.presenter.hall(hall(self.seq, self.clock(), now_calling=newest, recent=tuple(self._recent())))

    def _recent(self) -> Iterator[Calling]:
        yield from self.over[:12]


TestEveryCall = Lobby.TestCase
TestEveryCall.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)
