"""One model of the queue: what is called, listed, counted and promised never contradicts itself, whatever happens."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.domain import commands as cmd
from broker.domain.errors import DomainError
from broker.domain.model import Counter, Journey, Lane, TicketState
from broker.domain.queue import order, waits
from broker.domain.queue.forward import Forward, forward_of
from tests.fakes.dispatch import POLICIES
from tests.fakes.halls import Play
from tests.fakes.offices import small_office
from tests.support.trials import examples

COUNTERS = (
    Counter("c1", "1", ("check", "interview"), borrows=("collection",)),
    Counter("c2", "2", ("check",), services=frozenset({"passport"}), prefers="priority"),
    Counter("c3", "3", ("collection",), step_free=True),
    Counter("c4", "4", ("check", "interview", "collection"), lanes=frozenset({"priority", "wheel"}), step_free=True),
)
REGULAR, PRIORITY = Lane("regular", "", 3600, max_wait_s=5400), Lane("priority", "P", 900)
LANES = (REGULAR, PRIORITY, Lane("wheel", "W", 900, step_free=True))
OFFICERS = {"c1": "sari", "c2": "budi", "c4": "dewi"}
STEPS = ("send", "pause", "resume", "no_show", "rejoin", "cancel")
STEP = st.tuples(
    st.sampled_from(
        ["issue"] * 6 + ["next"] * 3 + ["finish"] * 3 + ["send", "pause", "resume", "no_show", "rejoin", "cancel"]
    ),
    st.integers(0, 1000),
    st.sampled_from([0, 0.25, 0.5, 1, 20, 300]),
)


class Morning:
    """An office in which a list of steps happens; what cannot be done is left out."""

    def __init__(self, policy: str, crowd: int = 0) -> None:
        self.play = Play(
            small_office(
                policy=POLICIES[policy],
                lanes=LANES,
                counters={counter.id: counter for counter in COUNTERS},
                journey=Journey(sent_fallback_s=600),
            )
        )
        for counter, officer in OFFICERS.items():
            self.play.sign_in(counter, officer)
        for number in range(crowd):
            self.do(("issue", number * 7, 20))

    def do(self, step: tuple[str, int, float]) -> None:  # noqa: C901 - a line for each step
        """Let one thing happen."""
        name, draw, wait_s = step
        self.play.wait(wait_s)
        counter = list(OFFICERS)[draw % len(OFFICERS)]
        desk, play = (counter, counter), self.play
        waiting = [t for t in play.hall.tickets.values() if t.state is TicketState.WAITING]
        missed = [t for t in play.hall.tickets.values() if t.state is TicketState.NO_SHOW]
        try:
            match name:
                case "issue":
                    services, lanes = ("passport", "visa", "collection"), ("regular", "priority", "wheel")
                    play.issue(services[draw % 3], lanes[draw // 3 % 3])
                case "next":
                    play.do(cmd.Next(*desk))
                case "finish":
                    play.do(cmd.Finish(*desk))
                case "no_show":
                    play.do(cmd.NoShow(*desk))
                case "send":
                    play.send_to(counter, to=COUNTERS[draw % 4].id)
                case "pause":
                    play.do(cmd.Pause(*desk))
                case "resume":
                    play.do(cmd.Resume(*desk))
                case "cancel" if waiting:
                    play.do(cmd.Cancel(waiting[-1 - draw % len(waiting)].id, cmd.AtCounter(*desk)))
                case "rejoin" if missed:
                    play.rejoin(missed[draw % len(missed)])
        except DomainError:
            pass


CROWDS = st.sampled_from([0, 0, 0, 12, 100])
Story = tuple[str, int, list[tuple[str, int, float]]]
MORNINGS = st.tuples(st.sampled_from(sorted(POLICIES)), CROWDS, st.lists(STEP, min_size=1, max_size=60))


def after(morning: Story) -> Play:
    """Return the office after all that."""
    policy, crowd, steps = morning
    office = Morning(policy, crowd)
    for step in steps:
        office.do(step)
    return office.play


@settings(max_examples=examples(60))
@given(MORNINGS)
def test_what_is_called_next_is_the_head_of_the_list_and_the_first_of_the_play(
    morning: Story,
) -> None:
    """A free counter, at a whole second: list, play and `next` name the same ticket, or all of them nobody."""
    play = after(morning)
    play.now = (play.now + dt.timedelta(seconds=1)).replace(microsecond=0)
    hall, first = play.hall, Forward(play.hall, play.now).first_call
    for counter in OFFICERS:
        desk = hall.desks[counter]
        if desk.ticket is not None or desk.paused:
            continue
        place = hall.office.counters[counter]
        lines, turn = hall.callable_lines(counter, play.now), hall.turn_of(counter)
        listed = order.line_up(lines, hall.office, play.now, most=50, prefers=place.prefers, turn=turn)
        if first is not None and first[0] == counter:
            assert listed[0].order == first[1]
        called = play.call_next(counter)
        assert (called.id if called else None) == (listed[0].id if listed else None)
        return


@settings(max_examples=examples(60))
@given(MORNINGS)
def test_a_play_that_is_kept_tells_what_a_new_one_would(morning: Story) -> None:
    policy, crowd, steps = morning
    office = Morning(policy, crowd)
    for step in steps:
        office.do(step)
        hall, now = office.play.hall, office.play.now
        kept, fresh = forward_of(hall, now), Forward(hall, now)
        for ticket in [ticket for group in hall.groups.values() for ticket in group]:
            assert kept.of(ticket) == fresh.of(ticket)
            assert kept.opened.of(ticket) == fresh.opened.of(ticket)
        for service, lane in itertools.product(hall.office.services.values(), hall.office.lanes):
            group = service.stages[0], service.id, lane, ""
            assert kept.newcomer(group) == fresh.newcomer(group)


@settings(max_examples=examples(60))
@given(MORNINGS)
def test_whoever_is_further_behind_in_a_line_waits_no_shorter_than_those_before(
    morning: Story,
) -> None:
    """Nor a newcomer, who is behind them all; wait and number before agree, and neither knows what nobody calls."""
    play = after(morning)
    forward = Forward(play.hall, play.now)
    for line in list(play.hall.lines.values()):
        if line.sent_to:
            continue
        told = [forward.of(ticket) for _, _, ticket in line.entries]
        if line.entries:
            told.append(forward.newcomer(line.entries[-1][2].group))
        if None in told:
            assert set(told) == {None}
            assert line.own.isdisjoint(forward.counters)
            assert line.helped.isdisjoint(forward.counters)
            continue
        known = [foreseen for foreseen in told if foreseen is not None]
        assert [one.ahead for one in known] == sorted(one.ahead for one in known)
        assert [one.after_s for one in known] == sorted(one.after_s for one in known)
        assert all(one.ahead >= place for place, one in enumerate(known) if one.is_played)


@settings(max_examples=examples(50))
@given(MORNINGS)
def test_every_ticket_that_a_counter_may_call_has_a_wait_and_no_other(
    morning: Story,
) -> None:
    play = after(morning)
    hall, forward = play.hall, Forward(play.hall, play.now)
    for ticket in [ticket for group in hall.groups.values() for ticket in group]:
        may = [
            counter
            for name, counter in forward.counters.items()
            if hall.office.may_call(counter, ticket.stage, ticket.service, ticket.lane)
            and (ticket.sent_to in {"", name} or ticket.sent_until is not None)
        ]
        ahead, wait = waits.ahead_and_wait(hall, ticket, play.now)
        assert (wait is not None) == bool(may)
        assert ahead >= 0
