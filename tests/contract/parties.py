"""An engine and a screen, as far as a bus can tell."""

from __future__ import annotations

from broker.contract.messages import HallMessage, Reply
from broker.contract.topics import ENGINE_CLIENT
from tests.contract.worlds import AnyBus, World, settle

HALL = HallMessage.model_validate(
    {"revision": 7, "seq": 3, "at": "2026-03-02T08:00:00+07:00", "day": "2026-03-02"}
).model_dump_json()


class Engine:
    """Answers every request with the name of its command, and keeps what came in; online as the engine is."""

    def __init__(self, world: World) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.deaf_to = 0
        """So many requests are not answered."""
        self.bus = world.bus(ENGINE_CLIENT)
        self.bus.listen_raw(self.bus.topics.all_commands(), self._request)
        self.bus.on_connect(self._say_everything)

    def start(self) -> Engine:
        """Begin."""
        self.bus.start()
        settle(lambda: self.bus.connected, "the engine is connected")
        return self

    def _say_everything(self) -> None:
        self.bus.publish(self.bus.topics.hall(), HALL.encode(), retain=True)
        self.bus.announce()

    def _request(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, payload))
        if self.deaf_to > 0:
            self.deaf_to -= 1
            return
        parsed = self.bus.topics.parse_command(topic)
        assert parsed is not None
        client, command = parsed
        request = Reply.model_validate_json(payload.replace(b"{", b'{"ok": true, ', 1))
        reply = Reply(id=request.id, ok=True, result={"did": command})
        self.bus.publish(self.bus.topics.reply(client), reply.model_dump_json().encode())


class Screen:
    """A client that keeps all it hears."""

    def __init__(self, world: World, client: str = "kiosk-1") -> None:
        self.replies: list[Reply] = []
        self.links: list[bool] = []
        self.halls: list[HallMessage] = []
        self.bus: AnyBus = world.bus(client)
        self.bus.on_link(self.links.append)
        self.bus.listen(self.bus.topics.hall(), HallMessage, self.halls.append)

    def start(self) -> Screen:
        """Begin, and wait until the engine is seen."""
        self.bus.start()
        settle(lambda: self.links[-1:] == [True], "the screen sees the engine")
        return self


def let_a_repetition_pass(world: World, engine: Engine) -> None:
    """Wait as long as it takes until a late request is sent again: what should not come had its time to come."""
    probe = Screen(world, "probe").start()
    engine.deaf_to, before = 1, len(engine.heard)
    probe.bus.request("recall", {}, probe.replies.append)
    settle(lambda: len(engine.heard) > before, "the engine ignores the probe once")
    world.pass_time()
    settle(lambda: bool(probe.replies), "the probe is answered when it asks again")
    probe.bus.stop()
