"""The one home of paho: connect, last will, requests that are repeated until answered, hand-over to the right thread.

Every callback of paho only decodes and hands over. An exception there would kill its network thread silently
(the client still claims to be connected), so each one runs inside a guard.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import random
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, TypeVar

from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    MQTTv311,
    topic_matches_sub,
)
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import BaseModel, ValidationError

from broker.contract.claim import Claim, Say, Standing
from broker.contract.link import Address, Pending
from broker.contract.messages import PROTOCOL, Presence, Reply, marked
from broker.contract.topics import ENGINE_CLIENT, MAX_HEARD_BYTES, PRESENCE, Topics
from broker.logs import answered, asked
from broker.prompt_client import PromptClient, Sieve

RESEND_AFTER_S = 3.0
KEEPALIVE_S = 5
"""A line that carries nothing is given up after 5 to 10 s, before TCP would send again what it kept (after 6.3 s of
silence it waits 6.4 more): who comes anew is up to date within 5 s of the line's healing."""
RECONNECT_DELAY_S = (1.0, 1.5)
"""The first wait and the longest: a line that has healed is not left unused for long."""
RECONNECT_SPREAD = (0.5, 1.2)
"""Each client takes its own share of these, so that after an outage not all come at the same moment."""
MAX_IN_FLIGHT = 0
"""No limit: with one paho looks through all that is under way at each acknowledgement (20,000 in a burst took 570 us a
message instead of 118; 500 the same 140). A server that acknowledges nothing is given up after two keepalives."""
WELCOME_S = 2.5
"""A server that has taken a connection and says nothing for so long is asked anew: what it was sent may be lost."""
CONNECT_TIMEOUT_S = 2.0
"""An office's own network answers at once; `stop` may have to wait for one attempt."""
KNOWN_TOPICS = 1024
"""For so many topics it is remembered who listens to them."""
LOGGED_FAULTS = 20
"""So many messages that nobody can read are named in the log; after that one in `LOGGED_EVERY`."""
LOGGED_EVERY = 1000

M = TypeVar("M", bound=BaseModel)
Post = Callable[[Callable[[], None]], None]
RawHandler = Callable[[str, bytes], None]

log = logging.getLogger(__name__)


class BusError(Exception):
    """The wire did not do what was asked."""


class NotConnectedError(BusError):
    """The MQTT server could not be reached in the time given."""


@dataclass(slots=True)
class _Pending:
    """One request that has not been answered yet."""

    id: str
    topic: str
    payload: bytes
    on_reply: Callable[[Reply], None]
    forget: Callable[[str], None]
    sent_at: float = field(default=0.0)
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Stop asking; a reply that is on its way to the asker is not heard any more either."""
        self.is_cancelled = True
        self.forget(self.id)

    def answer(self, reply: Reply) -> None:
        """Hand the reply over, on the asker's own thread."""
        if not self.is_cancelled:
            self.on_reply(reply)


@dataclass(frozen=True, slots=True)
class _Listener:
    topic_filter: str
    handler: RawHandler
    kept: RawHandler | None = None
    """Is handed what the server had kept; `handler` where it is None."""

    def receive(self, message: MQTTMessage, topic: str) -> None:
        """Hand a message over."""
        take = self.kept if message.retain and self.kept is not None else self.handler
        take(topic, bytes(message.payload))


class Bus:
    """One client of the office's MQTT server. Handlers run wherever `post` takes them."""

    def __init__(
        self,
        *,
        address: Address,
        office: str,
        client: str,
        kind: str,
        post: Post,
        claims: bool = False,
        sieve: Sieve | None = None,
    ) -> None:
        """Prepare a client; nothing is sent before `start`.

        With `claims` it acts only while no other process does so under the same id. To the server each such process
        has an id of its own then, or the two would throw each other out for ever. A `sieve` holds back what others
        say too fast.
        """
        self.topics = Topics(office)
        self.client_id = client
        self.bad_messages = 0
        self._address = address
        self._post = post
        self._sieve = sieve
        instance = uuid.uuid4().hex
        self._presence = Presence(
            online=True, kind=kind, version=version("antrean"), protocol=PROTOCOL, instance=instance
        )
        self._claim = Claim(instance, time.monotonic) if claims else None
        self._standing: Standing = "alone"
        self._unsafe = ""
        """Why the last attempt met nobody who is to be trusted, in words; nothing after one that did."""
        self._listeners: list[_Listener] = []
        self._connect_handlers: list[Callable[[], None]] = []
        self._link_handlers: list[Callable[[bool], None]] = []
        self._taken_handlers: list[Callable[[Standing], None]] = []
        self._who_listens: dict[str, tuple[_Listener, ...]] = {}
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.Lock()
        self._connected = threading.Event()
        """Accepted by the server, and the id is ours."""
        self._stopping = threading.Event()
        self._claiming = threading.RLock()
        """The claim is asked on the network's thread and, as time goes by, on the one that sends again."""
        self._is_announced = False
        self._engine_online = False
        self._linked = False
        self._resender = threading.Thread(target=self._resend_loop, name=f"bus-{client}-resend", daemon=True)
        self._subscription: int | None = None
        self._knocked_s: float | None = None
        """Since when a connection waits for the server's first word; None while none does."""
        self._always_heard = (f"{self.topics.root}/state/", self.topics.presence(""))
        """How the topics begin that are taken in also while another process has our id."""
        self._paho = self._build_paho(f"{client}.{instance[:8]}" if claims else client)
        self._listen_raw(self.topics.presence(ENGINE_CLIENT), self._engine_presence)
        self._listen_raw(self.topics.reply(client), self._replied)
        if claims:
            own = self.topics.presence(client)
            self._listen_raw(own, self._own_presence, functools.partial(self._own_presence, retained=True))

    # -- set-up ---------------------------------------------------------------------------------------------------

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Decode what comes on `topic_filter` to `model` and hand it over. Call before `start`."""

        def decode(topic: str, payload: bytes, *, retained: bool = False) -> None:
            message = self._decoded(model, topic, payload)
            if message is None or (isinstance(message, Presence) and message.waiting):
                return  # whoever only waits for an id is nobody's business but that of the id's holder
            heard = marked(message, retained=retained)
            self._post(lambda: handler(heard))

        self._listen_raw(topic_filter, decode, functools.partial(decode, retained=True))

    def listen_raw(self, topic_filter: str, handler: RawHandler, *, kept: RawHandler | None = None) -> None:
        """Hand over undecoded messages on the network thread: `handler` may only queue them. Call before `start`.

        What is not sent now, but comes because the server had retained it, goes to `kept` where that is given.
        """
        self._listen_raw(topic_filter, handler, kept)

    def on_connect(self, handler: Callable[[], None]) -> None:
        """Call `handler` through `post` after each connect, when all subscriptions were sent."""
        self._connect_handlers.append(handler)

    def on_link(self, handler: Callable[[bool], None]) -> None:
        """Call `handler(True)` when server and engine are both there, `handler(False)` when one is lost."""
        self._link_handlers.append(handler)

    def on_taken(self, handler: Callable[[Standing], None]) -> None:
        """Call `handler` whenever it changes whether another process has or wants our id, or who answers is trusted."""
        self._taken_handlers.append(handler)

    def start(self) -> None:
        """Connect in the background and keep trying; returns at once."""
        self._paho.connect_async(self._address.host, self._address.port, keepalive=KEEPALIVE_S)
        self._paho.loop_start()
        self._resender.start()

    def stop(self) -> None:
        """Say offline, disconnect and end the threads; at most about three seconds."""
        self._stopping.set()
        if self._connected.is_set():
            offline = self._presence.model_copy(update={"online": False})
            info = self._publish_presence(offline)
            with contextlib.suppress(RuntimeError):  # the connection ended at this very moment: the will says it
                info.wait_for_publish(timeout=1.0)
        self._paho.disconnect()
        self._paho.loop_stop()
        if self._resender.is_alive():
            self._resender.join(timeout=1.0)

    # -- talk -----------------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Tell whether the MQTT server has accepted us and not gone since, and our id is our own."""
        return self._connected.is_set()

    def wait_connected(self, timeout_s: float) -> None:
        """Block until connected; `NotConnectedError` after `timeout_s`. Not for screens."""
        if not self._connected.wait(timeout_s):
            message = f"no MQTT server answered at {self._address.host}:{self._address.port} within {timeout_s:g} s"
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
        identity = request_id or str(uuid.uuid4())
        payload = json.dumps({"id": identity, **arguments}, ensure_ascii=False).encode()
        pending = _Pending(identity, self.topics.command(self.client_id, command), payload, on_reply, self._forget)
        with self._lock:
            self._pending[identity] = pending
        asked(self.client_id, command, identity)
        self._send(pending)
        return pending

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Publish at QoS 1, or drop it and return False while not connected: who reconnects converges anyway."""
        if not self._connected.is_set():
            return False
        self._paho.publish(topic, payload, qos=1, retain=retain)
        return True

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Say in the presence how this client's devices fare; the engine's waits until its states are out."""
        self._presence = self._presence.model_copy(update={"devices": dict(devices)})
        if self._connected.is_set() and (self.client_id != ENGINE_CLIENT or self._is_announced):
            self._publish_presence(self._presence)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _build_paho(self, client_id: str) -> Client:
        paho = PromptClient(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=True,
            protocol=MQTTv311,
            sieve=self._sieve,
            ca=self._address.ca,
            unsafe=lambda error: self._guard(lambda: self._not_trusted(error)),
        )
        first_s, longest_s = (delay_s * random.uniform(*RECONNECT_SPREAD) for delay_s in RECONNECT_DELAY_S)  # noqa: S311 - no secret
        paho.reconnect_delay_set(first_s, longest_s)  # type: ignore[arg-type]  # it waits for parts of seconds too
        paho.max_inflight_messages_set(MAX_IN_FLIGHT)
        paho.connect_timeout = CONNECT_TIMEOUT_S
        if self._address.username is not None:
            paho.username_pw_set(self._address.username, self._address.password)
        offline = self._presence.model_copy(update={"online": False})
        paho.will_set(
            self.topics.presence(self.client_id), offline.model_dump_json(), qos=PRESENCE.qos, retain=PRESENCE.retained
        )
        paho.on_pre_connect = _forget_backlog
        paho.on_socket_open = self._opened
        paho.on_connect = self._guarded_connect
        paho.on_disconnect = self._guarded_disconnect
        paho.on_message = self._guarded_message
        paho.on_subscribe = self._guarded_subscribe
        return paho

    def _listen_raw(self, topic_filter: str, handler: RawHandler, kept: RawHandler | None = None) -> None:
        self._listeners.append(_Listener(topic_filter, handler, kept))
        self._who_listens.clear()

    def _guard(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception:
            self.bad_messages += 1
            log.exception("%s: a callback of the bus failed", self.client_id)

    def _opened(self, _client: Client, _data: object, _socket: object) -> None:
        self._knocked_s = time.monotonic()

    def _guarded_connect(
        self, _client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        self._knocked_s = None
        self._unsafe = ""
        self._guard(lambda: self._refused(reason) if reason.is_failure else self._accepted())

    def _guarded_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._guard(lambda: self._lost(reason))

    def _guarded_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._guard(lambda: self._received(message))

    def _guarded_subscribe(self, _client: Client, _data: object, mid: int, *_: object) -> None:
        self._guard(lambda: self._subscribed(mid))

    def _not_trusted(self, error: OSError) -> None:
        """Say, once, why nothing is sent to who answers; on the screens only what no waiting will mend."""
        told = unsafe_in_words(error, self._address)
        if told != self._unsafe:
            self._unsafe = told
            log.error("%s: %s", self.client_id, told)
        if isinstance(error, ssl.SSLCertVerificationError) and self._standing != "untrusted":
            self._stand("untrusted")

    def _refused(self, reason: ReasonCode) -> None:
        log.error("%s: the MQTT server refused the login: %s", self.client_id, reason)

    def _accepted(self) -> None:
        _, self._subscription = self._paho.subscribe([(one, self._qos(one)) for one in self._filters()])
        if self._claim is None:
            self._begin()

    def _subscribed(self, mid: int) -> None:
        """Ask whether our id is free, when we are sure to hear the answer."""
        if self._claim is not None and mid == self._subscription:
            self._say(self._claim.begin)

    def _say(self, step: Callable[[], Say]) -> None:
        """Let the claim take something in, say what it wants said, and begin or end to act where that has changed."""
        claim = self._claim
        if claim is None or self._stopping.is_set():
            return
        with self._claiming:
            self._said(claim, step())

    def _said(self, claim: Claim, say: Say) -> None:
        standing = claim.standing
        if say == "knock":
            waiting = self._presence.model_copy(update={"waiting": True})
            self._paho.publish(self.topics.presence(self.client_id), waiting.model_dump_json(), qos=PRESENCE.qos)
        if standing != self._standing:
            self._say_standing(standing, claim.other)
            self._stand(standing)
        if claim.holds and not self._connected.is_set():
            self._begin()
        elif say == "presence" and (self.client_id != ENGINE_CLIENT or self._is_announced):
            self._publish_presence(self._presence)
        elif not claim.holds and self._connected.is_set():
            self._connected.clear()
            self._tell_link()

    def _begin(self) -> None:
        """Act: the server has accepted us, and the id is ours."""
        self._connected.set()
        if self._standing == "untrusted":
            self._stand("alone")
        log.info("%s: connected to %s:%d", self.client_id, self._address.host, self._address.port)
        if self.client_id != ENGINE_CLIENT:
            self._publish_presence(self._presence)
        self._tell_link()
        for handler in self._connect_handlers:
            self._guard(lambda handler=handler: self._post(handler))  # type: ignore[misc]  # the same
        with self._lock:
            waiting = list(self._pending.values())
        for pending in waiting:
            self._send(pending)

    def _stand(self, standing: Standing) -> None:
        self._standing = standing
        for handler in self._taken_handlers:
            self._post(functools.partial(handler, standing))

    def _say_standing(self, standing: Standing, other: str) -> None:
        if standing == "taken":
            log.error("%s: runs already, as another process (%.12s); waiting until that ends", self.client_id, other)
        elif standing == "wanted":
            log.error("%s: another process (%.12s) was started under this id; it waits", self.client_id, other)
        else:
            log.info("%s: nobody else uses this id any more", self.client_id)

    def _filters(self) -> list[str]:
        """Return what to subscribe to, without what a wider filter brings: a server may deliver overlaps twice."""
        wanted = dict.fromkeys(listener.topic_filter for listener in self._listeners)
        return [one for one in wanted if not any(wide != one and topic_matches_sub(wide, one) for wide in wanted)]

    def _qos(self, topic_filter: str) -> int:
        """Return how a server is to deliver: what is asked for again until it is answered needs no acknowledgement.

        An acknowledgement would bring nothing back that was lost with a connection: each begins with a clean session.
        What a sieve cuts out nobody acknowledges.
        """
        return (
            0
            if self._sieve is not None
            or topic_filter in {self.topics.all_commands(), self.topics.reply(self.client_id)}
            else 1
        )

    def _give_up_silence(self) -> None:
        """End a connection on which the server has not said a word; paho's own thread sees that and comes anew."""
        since_s, server = self._knocked_s, self._paho.socket()
        if since_s is None or server is None or time.monotonic() - since_s < WELCOME_S:
            return
        self._knocked_s = None
        with contextlib.suppress(OSError):  # it ended at this very moment
            server.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]  # paho's protocol leaves it out

    def _lost(self, reason: ReasonCode) -> None:
        if self._knocked_s is not None and self._address.ca is None and not self._unsafe:
            self._unsafe = "the server hung up before it had said a word: if it asks for TLS, write tls: own here, too"
            log.warning("%s: %s", self.client_id, self._unsafe)
        if self._connected.is_set():
            log.info("%s: not connected any more: %s", self.client_id, reason)
        with self._claiming:  # else the other thread might begin to act at this very moment, and be believed
            if self._claim is not None:
                self._claim.end()
            self._connected.clear()
            self._engine_online = False
            self._subscription = None
            self._is_announced = False
        self._tell_link()

    def _received(self, message: MQTTMessage) -> None:
        topic = message.topic  # decoded anew each time it is asked for
        if not self._connected.is_set() and not message.retain and not topic.startswith(self._always_heard):
            return
        for listener in self._listening_to(topic):
            self._guard(lambda listener=listener: listener.receive(message, topic))  # type: ignore[misc]  # binds

    def _listening_to(self, topic: str) -> tuple[_Listener, ...]:
        """Return who listens to a topic; looked up once, for matching filters takes longer than all the rest."""
        known = self._who_listens.get(topic)
        if known is None:
            if len(self._who_listens) >= KNOWN_TOPICS:
                self._who_listens.clear()
            known = tuple(one for one in self._listeners if topic_matches_sub(one.topic_filter, topic))
            self._who_listens[topic] = known
        return known

    def _decoded(self, model: type[M], topic: str, payload: bytes) -> M | None:
        """Return a message, or None where it is none; what is too long is not even looked at."""
        if len(payload) > MAX_HEARD_BYTES:
            self._bad(topic, f"{len(payload)} bytes, which is too much for any message")
            return None
        try:
            return model.model_validate_json(payload)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            self._bad(topic, f"no {model.__name__}: {first['loc']}: {first['msg']}")
            return None

    def _bad(self, topic: str, what: str) -> None:
        self.bad_messages += 1
        if self.bad_messages <= LOGGED_FAULTS or self.bad_messages % LOGGED_EVERY == 0:
            log.warning("%s: %.200s holds %.200s", self.client_id, topic, what)

    def _own_presence(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        claim, presence = self._claim, self._decoded(Presence, topic, payload) if payload else None
        if claim is not None and presence is not None:
            self._say(lambda: claim.heard(presence, retained=retained))

    def _engine_presence(self, topic: str, payload: bytes) -> None:
        presence = self._decoded(Presence, topic, payload)
        if presence is None or presence.waiting:
            return
        self._engine_online = presence.online
        self._tell_link()

    def _tell_link(self) -> None:
        linked = self._engine_online and self._connected.is_set()
        if linked == self._linked:
            return
        self._linked = linked
        for handler in self._link_handlers:
            self._post(lambda handler=handler: handler(linked))  # type: ignore[misc]  # default binds the loop's handler

    def _replied(self, topic: str, payload: bytes) -> None:
        reply = self._decoded(Reply, topic, payload)
        if reply is None:
            return
        with self._lock:
            pending = self._pending.pop(reply.id, None)
        if pending is not None:
            answered(self.client_id, reply)
            self._post(functools.partial(pending.answer, reply))

    def _forget(self, identity: str) -> None:
        with self._lock:
            self._pending.pop(identity, None)

    def _send(self, pending: _Pending) -> None:
        pending.sent_at = time.monotonic()
        self.publish(pending.topic, pending.payload)

    def _resend_loop(self) -> None:
        while not self._stopping.wait(0.25):
            self._guard(self._give_up_silence)
            due = time.monotonic() - RESEND_AFTER_S
            with self._lock:
                late = [pending for pending in self._pending.values() if pending.sent_at < due]
            for pending in late:
                self._guard(functools.partial(self._send, pending))
            if self._claim is not None and self._subscription is not None:
                self._guard(functools.partial(self._say, self._claim.tick))

    def _publish_presence(self, presence: Presence) -> Any:  # noqa: ANN401 - paho's MQTTMessageInfo
        if self._claim is not None and self._claim.devices:
            presence = presence.model_copy(update={"devices": {**presence.devices, **self._claim.devices}})
        topic = self.topics.presence(self.client_id)
        return self._paho.publish(topic, presence.model_dump_json(), qos=PRESENCE.qos, retain=PRESENCE.retained)

    def announce(self) -> None:
        """Say online; the engine calls this itself, after its states are out."""
        self._is_announced = True
        self._publish_presence(self._presence)


def unsafe_in_words(error: OSError, address: Address) -> str:
    """Return why there is no encrypted line to who answers there, and what to do."""
    where = f"{address.host}:{address.port}"
    if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _OTHER_NAME:
        return (
            f"who answers at {where} is of this office, but its certificate is not for {address.host}: add that name "
            "or address to tls_names in the config.yaml of the broker's machine, and start the broker again"
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"who answers at {where} is not the server of this office, as far as {address.ca} tells "
            f"({error.verify_message}): nothing was sent to it. If the office has got another ca.pem, take that of "
            "a new antrean provision; else somebody else answers there"
        )
    if isinstance(error, FileNotFoundError):
        return f"{address.ca} is not there yet, by which the server is checked: the broker's machine makes it"
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return (
            f"who answers at {where} does not speak TLS, or {address.ca} is damaged ({error.reason}): the line tls of "
            "config.yaml has to be the same on all machines"
        )
    return (
        f"no encrypted line to {where} ({error}): its server is just starting, or does not speak TLS; the line tls of "
        "config.yaml has to be the same on all machines"
    )


_OTHER_NAME = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: openssl/x509_vfy.h."""


def _forget_backlog(client: Client, _data: object) -> None:
    """Drop what the last connection left unacknowledged, which paho would send again: too late, and out of order.

    A request that was cancelled meanwhile would be done, and an old picture would come after the new one.
    Whoever still wants an answer asks again, and who reconnects says everything anew.
    """
    client.drop_out_messages()
