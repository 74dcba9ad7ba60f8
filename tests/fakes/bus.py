"""A bus without a network: the public face of `broker.bus.Bus`, and a server in memory to break at will."""

from __future__ import annotations

import itertools
import json
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from broker.bus import RESEND_AFTER_S, NotConnectedError, RawHandler
from broker.contract.claim import Claim, Say, Standing
from broker.contract.link import Pending
from broker.contract.messages import PROTOCOL, Presence, Reply, marked
from broker.contract.topics import ENGINE_CLIENT, MAX_HEARD_BYTES, Topics

M = TypeVar("M", bound=BaseModel)


def matches(topic_filter: str, topic: str) -> bool:
    """Tell whether a topic is one of a filter's, by the rules of MQTT."""
    for wanted, level in itertools.zip_longest(topic_filter.split("/"), topic.split("/")):
        if wanted == "#":
            return True
        if wanted != level and (wanted != "+" or level is None):
            return False
    return True


@dataclass
class FakeServer:
    """Delivers in order, keeps retained messages, publishes wills, and goes down and up when told."""

    up: bool = True
    clients: list[FakeBus] = field(default_factory=list)
    retained: dict[str, bytes] = field(default_factory=dict)
    published: list[tuple[str, bytes, bool]] = field(default_factory=list)
    """Everything that reached the server, lost or not."""
    _losing: list[str] = field(default_factory=list)
    _waiting: deque[tuple[FakeBus, str, bytes, bool]] = field(default_factory=deque)
    _delivering: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)
    """Pages live on a thread of their own: what one of both sends must not get lost while the other is delivering."""

    def stop(self) -> None:
        """Go down, with all that was retained."""
        self.up = False
        self.retained.clear()
        for client in list(self.clients):
            client.lost()

    def start(self) -> None:
        """Come up again; whoever wants to be connected is."""
        self.up = True
        for client in list(self.clients):
            client.connect()

    def lose_next(self, topic_filter: str) -> None:
        """Swallow the next message of such a topic."""
        self._losing.append(topic_filter)

    def advance(self, seconds: float) -> None:
        """Let time pass for everybody's repetitions."""
        for client in list(self.clients):
            client.advance(seconds)

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Take a message and hand it to all who listen."""
        with self._lock:
            self.published.append((topic, payload, retain))
            for losing in self._losing:
                if matches(losing, topic):
                    self._losing.remove(losing)
                    return
            if retain:
                self.retained[topic] = payload
            self._waiting.extend((client, topic, payload, False) for client in self.clients if client.is_linked)
            self._deliver()

    def subscribed(self, client: FakeBus) -> None:
        """Hand over what is retained."""
        with self._lock:
            self._waiting.extend((client, topic, payload, True) for topic, payload in self.retained.items())
            self._deliver()

    def _deliver(self) -> None:
        """Work the line off; whoever publishes from a handler joins its end."""
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._waiting:
                client, topic, payload, kept = self._waiting.popleft()
                if client.is_linked:
                    client.received(topic, payload, kept=kept)
        finally:
            self._delivering = False


@dataclass
class _Pending:
    id: str
    topic: str
    payload: bytes
    on_reply: Callable[[Reply], None]
    forget: Callable[[str], object]
    age_s: float = 0.0
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Stop asking; what is on its way is not heard any more either."""
        self.is_cancelled = True
        self.forget(self.id)

    def answer(self, reply: Reply) -> None:
        """Hand the reply over."""
        if not self.is_cancelled:
            self.on_reply(reply)


class FakeBus:
    """One client of a `FakeServer`; everything happens at once, on the caller's thread, through `post`."""

    def __init__(
        self,
        *,
        server: FakeServer,
        office: str,
        client: str,
        kind: str,
        post: Callable[[Callable[[], None]], None],
        claims: bool = False,
    ) -> None:
        """Prepare a client; nothing is sent before `start`."""
        self.topics = Topics(office)
        self.client_id = client
        self.bad_messages = 0
        self.connected = False
        self._server = server
        self._post = post
        instance = uuid.uuid4().hex
        self._presence = Presence(
            online=True, kind=kind, version=version("antrean"), protocol=PROTOCOL, instance=instance
        )
        self._seconds = 0.0
        self._claim = Claim(instance, lambda: self._seconds) if claims else None
        self._standing: Standing = "alone"
        self.is_linked = False
        """The server has us; `connected` is when the id is ours, too."""
        self._is_announced = False
        self._taken_handlers: list[Callable[[Standing], None]] = []
        self._listeners: list[tuple[str, RawHandler, RawHandler]] = []
        self._connect_handlers: list[Callable[[], None]] = []
        self._link_handlers: list[Callable[[bool], None]] = []
        self._pending: dict[str, _Pending] = {}
        self._leaving = False
        self._ids = itertools.count(1)
        self._engine_online = False
        self._linked = False
        self.listen_raw(self.topics.presence(ENGINE_CLIENT), self._engine_presence)
        self.listen_raw(self.topics.reply(client), self._replied)
        if claims:
            own = self.topics.presence(client)
            self.listen_raw(own, self._own_presence, kept=partial(self._own_presence, retained=True))

    # -- the public face --------------------------------------------------------------------------------------------

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Decode what comes on `topic_filter` to `model` and hand it over."""

        def decode(_topic: str, payload: bytes, *, retained: bool = False) -> None:
            message = self._decoded(model, payload)
            if message is None or (isinstance(message, Presence) and message.waiting):
                return
            heard = marked(message, retained=retained)
            self._post(lambda: handler(heard))

        self.listen_raw(topic_filter, decode, kept=partial(decode, retained=True))

    def listen_raw(self, topic_filter: str, handler: RawHandler, *, kept: RawHandler | None = None) -> None:
        """Hand over undecoded messages; what the server had kept to `kept`, where that is given."""
        self._listeners.append((topic_filter, handler, kept or handler))

    def on_connect(self, handler: Callable[[], None]) -> None:
        """Call `handler` after each connect."""
        self._connect_handlers.append(handler)

    def on_link(self, handler: Callable[[bool], None]) -> None:
        """Call `handler` when server and engine are both there, and when one is lost."""
        self._link_handlers.append(handler)

    def on_taken(self, handler: Callable[[Standing], None]) -> None:
        """Call `handler` whenever it changes whether another process has or wants our id."""
        self._taken_handlers.append(handler)

    def start(self) -> None:
        """Connect, now or when the server is up."""
        self._server.clients.append(self)
        self.connect()

    def stop(self) -> None:
        """Say offline and leave."""
        if self.connected:
            self._leaving = True
            self._say(online=False)
        self._leave()

    def wait_connected(self, timeout_s: float) -> None:
        """Refuse at once where the real one would have waited."""
        if not self.connected:
            message = f"no server within {timeout_s:g} s"
            raise NotConnectedError(message)

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        on_reply: Callable[[Reply], None],
        *,
        request_id: str | None = None,
    ) -> Pending:
        """Send a request, and again with the same id until it is answered or cancelled."""
        identity = request_id or f"{self.client_id}-{next(self._ids)}"
        payload = json.dumps({"id": identity, **arguments}, ensure_ascii=False).encode()
        topic = self.topics.command(self.client_id, command)
        pending = _Pending(identity, topic, payload, on_reply, lambda known: self._pending.pop(known, None))
        self._pending[identity] = pending
        self.publish(topic, payload)
        return pending

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Publish, or drop it while not connected."""
        if self.connected:
            self._server.publish(topic, payload, retain=retain)
        return self.connected

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Say in the presence how this client's devices fare."""
        self._presence = self._presence.model_copy(update={"devices": dict(devices)})
        if self.connected and (self.client_id != ENGINE_CLIENT or self._is_announced):
            self._say(online=True)

    def announce(self) -> None:
        """Say online."""
        self._is_announced = True
        self._say(online=True)

    # -- what the server and the test do ----------------------------------------------------------------------------

    def connect(self) -> None:
        """Be connected, if the server is up."""
        if not self._server.up or self.is_linked:
            return
        self.is_linked, self._leaving = True, False
        if self._claim is None:
            self.connected = True
        self._server.subscribed(self)
        if self._claim is None:
            self._begin()
        else:
            self._claimed(self._claim.begin())

    def lost(self) -> None:
        """Lose the connection."""
        self.is_linked = self.connected = self._is_announced = False
        self._engine_online = False
        if self._claim is not None:
            self._claim.end()
        self._guard(self._tell_link)

    def kill(self) -> None:
        """Vanish without a word: the server publishes the last will."""
        self._leave()
        if self._server.up:
            self._server.publish(self.topics.presence(self.client_id), self._presence_text(online=False), retain=True)

    def advance(self, seconds: float) -> None:
        """Let time pass: send again what is late."""
        self._seconds += seconds
        for pending in list(self._pending.values()):
            pending.age_s += seconds
            if pending.age_s >= RESEND_AFTER_S:
                pending.age_s = 0.0
                self.publish(pending.topic, pending.payload)
        if self._claim is not None and self.is_linked:
            self._claimed(self._claim.tick())

    def received(self, topic: str, payload: bytes, *, kept: bool) -> None:
        """Take a message from the server, sent just now or kept there."""
        if (
            not self.connected
            and not kept
            and not topic.startswith((f"{self.topics.root}/state/", self.topics.presence("")))
        ):
            return
        for topic_filter, of_now, of_before in self._listeners:
            if matches(topic_filter, topic):
                handler = of_before if kept else of_now
                self._guard(lambda handler=handler: handler(topic, payload))  # type: ignore[misc]  # the same

    # -- inside -----------------------------------------------------------------------------------------------------

    def _guard(self, step: Callable[[], None]) -> None:
        """Count what a handler raises, as the network thread of the real one does."""
        try:
            step()
        except Exception:  # noqa: BLE001 - the guard of the real bus catches everything too
            self.bad_messages += 1

    def _claimed(self, say: Say) -> None:
        claim = self._claim
        if claim is None or self._leaving:
            return
        if say == "knock":
            waiting = self._presence.model_copy(update={"waiting": True})
            self._server.publish(self.topics.presence(self.client_id), waiting.model_dump_json().encode(), retain=False)
        if claim.standing != self._standing:
            self._standing = claim.standing
            for handler in self._taken_handlers:
                self._post(partial(handler, claim.standing))
        if claim.holds and not self.connected:
            self._begin()
        elif say == "presence" and (self.client_id != ENGINE_CLIENT or self._is_announced):
            self._say(online=True)
        elif not claim.holds and self.connected:
            self.connected = False
            self._tell_link()

    def _begin(self) -> None:
        self.connected = True
        if self.client_id != ENGINE_CLIENT:
            self._say(online=True)
        self._tell_link()
        for handler in self._connect_handlers:
            self._guard(lambda handler=handler: self._post(handler))  # type: ignore[misc]  # default binds the handler
        for pending in list(self._pending.values()):
            self.publish(pending.topic, pending.payload)

    def _own_presence(self, _topic: str, payload: bytes, *, retained: bool = False) -> None:
        presence = self._decoded(Presence, payload) if payload else None
        if self._claim is not None and presence is not None:
            self._claimed(self._claim.heard(presence, retained=retained))

    def _decoded(self, model: type[M], payload: bytes) -> M | None:
        try:
            if len(payload) <= MAX_HEARD_BYTES:
                return model.model_validate_json(payload)
        except ValidationError:
            pass
        self.bad_messages += 1
        return None

    def _leave(self) -> None:
        self.is_linked = self.connected = False
        if self in self._server.clients:
            self._server.clients.remove(self)

    def _say(self, *, online: bool) -> None:
        self.publish(self.topics.presence(self.client_id), self._presence_text(online=online), retain=True)

    def _presence_text(self, *, online: bool) -> bytes:
        of_id = self._claim.devices if self._claim is not None else {}
        said = {"online": online, "devices": {**self._presence.devices, **of_id}}
        return self._presence.model_copy(update=said).model_dump_json().encode()

    def _engine_presence(self, _topic: str, payload: bytes) -> None:
        presence = self._decoded(Presence, payload)
        if presence is not None and not presence.waiting:
            self._engine_online = presence.online
            self._tell_link()

    def _tell_link(self) -> None:
        linked = self.connected and self._engine_online
        if linked == self._linked:
            return
        self._linked = linked
        for handler in self._link_handlers:
            self._post(lambda handler=handler: handler(linked))  # type: ignore[misc]  # the same

    def _replied(self, _topic: str, payload: bytes) -> None:
        reply = self._decoded(Reply, payload)
        pending = None if reply is None else self._pending.pop(reply.id, None)
        if pending is not None and reply is not None:
            self._post(partial(pending.answer, reply))
