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
