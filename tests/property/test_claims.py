"""However two processes with one id begin, end, are cut off and come back: never do both act for long, and one does."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from broker.contract.claim import ANSWER_S, KNOCK_EVERY_S, RIVAL_FOR_S
from broker.contract.topics import ENGINE_CLIENT
from tests.fakes.bus import FakeBus, FakeServer
from tests.support.trials import examples

PROCESSES = 3
LONG_S = ANSWER_S * 2 + KNOCK_EVERY_S + 1


class Twins(RuleBasedStateMachine):
    """Up to three processes that were all given the same id, and a server that goes down and up."""

    def __init__(self) -> None:
        super().__init__()
        self.server = FakeServer()
        self.running: list[FakeBus] = []
        engine = FakeBus(server=self.server, office="demo", client=ENGINE_CLIENT, kind="engine", post=lambda s: s())
        engine.start()
        engine.announce()

    @precondition(lambda self: len(self.running) < PROCESSES)
    @rule()
    def start(self) -> None:
        """Start one more."""
        bus = FakeBus(
            server=self.server, office="demo", client="kiosk-1", kind="kiosk", post=lambda step: step(), claims=True
        )
        self.running.append(bus)
        bus.start()

    @precondition(lambda self: self.running)
    @rule(data=st.data(), kills=st.booleans())
    def end(self, data: st.DataObject, *, kills: bool) -> None:
        """End one, in order or not."""
        bus = self.running.pop(data.draw(st.integers(0, len(self.running) - 1)))
        if kills:
            bus.kill()
        else:
            bus.stop()

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def cut_off(self, data: st.DataObject) -> None:
        """Let one lose its connection, and come back at once."""
        bus = data.draw(st.sampled_from(self.running))
        bus.lost()
        bus.connect()

    @rule()
    def restart_the_server(self) -> None:
        """Let all lose it, and what it had kept."""
        self.server.stop()
        self.server.start()

    @rule(seconds=st.sampled_from([0.5, ANSWER_S, KNOCK_EVERY_S]))
    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.server.advance(seconds)

    @invariant()
    def at_most_one_acts(self) -> None:
        """Never do two act: nothing is under way here between two steps."""
        assert sum(bus.connected for bus in self.running) <= 1

    @rule()
    def settle(self) -> None:
        """After a while exactly one acts, and every other knows that it is not the one."""
        for _ in range(int((LONG_S + RIVAL_FOR_S) / 0.5)):
            self.server.advance(0.5)
        if not self.running:
            return
        acting = [bus for bus in self.running if bus.connected]
        assert len(acting) == 1
        waiting = [bus for bus in self.running if not bus.connected]
        assert all(bus._standing == "taken" for bus in waiting)
        assert acting[0]._standing == ("wanted" if waiting else "alone")


TestTwins = Twins.TestCase
TestTwins.settings = settings(max_examples=examples(60), stateful_step_count=25, deadline=None)
