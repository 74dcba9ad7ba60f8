"""Days to play through. They are frozen in tests/databases: do not change one, add another."""

from __future__ import annotations

from broker.domain import commands as cmd
from tests.fakes.engine_room import EngineRoom


def a_busy_day(room: EngineRoom) -> None:
    """Let everything happen that the spine can do."""
    room.sign_in("c1", "sari")
    room.sign_in("c2", "budi")
    first = room.issue("passport")
    for lane in ("regular", "priority", "regular"):
        room.clock.advance(31.5)
        room.issue("visa", lane)
    room.ask(cmd.Printed(first, "failed", "no paper"))
    room.ask(cmd.Reprint(first))
    room.call_next("c1")
    room.clock.advance(20)
    room.ask(cmd.Recall("c1", room.sessions["c1"]))
    room.start("c1")
    room.clock.advance(300)
    room.finish("c1")
    room.call_next("c1")
    room.ask(cmd.NoShow("c1", room.sessions["c1"]))
    room.ask(cmd.Pause("c2", room.sessions["c2"]))
    room.clock.advance(60)
    room.ask(cmd.Resume("c2", room.sessions["c2"]))
    room.ask(cmd.Close("c2", room.sessions["c2"]))
    room.call_next("c1")
    room.issue("collection", "priority")


def a_day_of_journeys(room: EngineRoom) -> None:
    """Let everything happen that came with journeys; it ends with something of every kind still open."""
    for counter, officer in (("c1", "sari"), ("c3", "dewi")):
        room.sign_in(counter, officer)
    c1, c3 = ("c1", room.sessions["c1"]), ("c3", room.sessions["c3"])
    held, missed, sent, gone = (room.issue("passport") for _ in range(4))
    room.issue("passport", "priority")
    room.clock.advance(100)
    room.ask(cmd.Call(*c1, held))
    room.ask(cmd.Hold(*c1, "fetch a copy"))
    room.ask(cmd.Call(*c1, missed))
    room.ask(cmd.NoShow(*c1))
    room.clock.advance(50)
    room.ask(cmd.Rejoin(missed))
    room.ask(cmd.Call(*c1, sent))
    room.ask(cmd.Transfer(*c1, to_counter="c3", reason="speaks Javanese"))
    room.ask(cmd.Cancel(gone))
    room.call_next("c1")
    room.ask(cmd.Undo(*c1, "the wrong key"))
    room.call_next("c1")
    room.start("c1")
    room.clock.advance(200)
    room.finish("c1")
    room.ask(cmd.Undo(*c1))
    room.finish("c1")
    room.ask(cmd.Unhold(*c1, held))
    room.ask(cmd.Transfer(*c1, service="visa"))
    room.ask(cmd.Call(*c1, held))
    room.ask(cmd.Hold(*c1, None))
    room.ask(cmd.Recall(*c3))
    room.call_next("c1")
    room.ask(cmd.NoShow(*c1))
