"""Tickets whose pages are open: what the engine answers and what it tells come in one order, and are taken in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from broker.bus import RESEND_AFTER_S
from broker.web.office import Office
from broker.web.visitor.following import Followed, Following
from tests.fakes.bus import FakeBus
from tests.fakes.web_office import KEY, WebOffice
from tests.support.browsing import in_a_loop

TURNS = 20
"""So many turns of the loop are more than anything here takes."""


async def turns() -> None:
    """Let everything happen that is due."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def told_right_after_the_answer(*, is_known: bool) -> Followed:
    """Return a ticket that was called in the moment in which the look-up of it had been answered."""
    engine, loop = WebOffice(), asyncio.get_running_loop()

    def post(step: Callable[[], None]) -> None:
        loop.call_soon(step)

    bus = FakeBus(server=engine.server, office=engine.topics.office, client="web", kind="web", post=post)
    following = Following(Office(bus, office=engine.topics.office))
    bus.start()
    engine.give_out()
    await turns()
    if is_known:
        (await following.find(KEY)).is_sure = False
    engine.is_silent = True
    finding = loop.create_task(following.find(KEY))
    await turns()
    engine.is_silent = False
    engine.server.advance(RESEND_AFTER_S)  # answered now: it waits; and in the same breath it is called
    engine.settle("called", state="called", counter="counter-1")
    await turns()
    return await finding


@pytest.mark.parametrize("is_known", [False, True], ids=["the first look", "another look"])
def test_a_call_right_after_the_answer_is_not_taken_back_by_it(*, is_known: bool) -> None:
    followed = in_a_loop(told_right_after_the_answer(is_known=is_known))
    assert followed.ticket.state == "called"
