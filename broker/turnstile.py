"""Lets what each client says come in at a pace, before any of it is decoded: one that floods makes nobody else wait.

It looks at the stream of MQTT packets as it comes from the server, at QoS 0: what goes beyond a client's pace waits for
its turn, as bytes. Where too many wait already, a few are refused in words and the others are cut out of the stream; a
client that hears nothing asks again. Pure but for the clock, and used by one thread.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

OWN_PER_S, OWN_AT_ONCE = 100.0, 128.0
"""Each client that the office knows may always ask so often; no device of an office has that many under way."""
COMMON_PER_S, COMMON_AT_ONCE = 1500.0, 256.0
"""And all together so much more often, whoever they are: half of what an old PC can answer."""
CALM_S = 5.0
"""But whoever said more than can wait has no part in that until they have been calm for so long."""
STRANGERS_PER_S, STRANGERS_AT_ONCE = 50.0, 64.0
"""What is left then to all together that the office does not know."""
WORDS_PER_S, WORDS_AT_ONCE = 5.0, 32.0
"""Each may say so often how it is."""
WAITING_MESSAGES, WAITING_BYTES = 256, 256 * 1024
"""So much of one client waits at most."""
MOST_WAITING_BYTES = 16 * 1024 * 1024
"""And so much of all of them."""
REFUSALS_PER_S, REFUSALS_AT_ONCE = 20.0, 64.0
"""So often one client is told that it asks too much, and a few times as often all together."""
ALL_REFUSALS_PER_S, ALL_REFUSALS_AT_ONCE = 100.0, 256.0
FLOOD_MESSAGES, FLOOD_S = 20_000, 10.0
"""Of whom so many are cut out within so long it is no program of an office any more."""
SHARE_BYTES = 2048
"""A message of so many bytes counts as one, of twice as many as two."""
LONGEST_BYTES = 128 * 1024
"""What is longer is cut without a look: no message of the wire is (contract.topics.MAX_HEARD_BYTES)."""
WAITING_COSTS_BYTES = 128
"""What a message takes in memory beside its bytes."""
KNOWN_TOPICS = 4096
"""For so many it is remembered by which gate they come in."""
PAUSE_S = 0.002
"""So long at least until it is looked again who may go on: several at a time cost less than one by one."""
TOLD_EVERY_S = 60.0
ONE_BYTE = 127
"""The longest packet whose length is one byte."""
KIND_AND_QOS, PUBLISH_AT_QOS_0 = 0xF6, 0x30

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pace:
    """A bucket of tokens: so many a second, and so many at once after a calm."""

    per_s: float
    at_once: float
    left: float = field(init=False)
    _at_s: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        """Begin full."""
        self.left = self.at_once

    def take(self, cost: float, now_s: float) -> bool:
        """Take so many tokens, or none where they are not there. What costs more than fits in needs a full bucket."""
        if now_s > self._at_s:
            self.left = min(self.at_once, self.left + (now_s - self._at_s) * self.per_s)
            self._at_s = now_s
        if self.left < min(cost, self.at_once):
            return False
        self.left -= cost
        return True


@dataclass(slots=True, eq=False)
class _Gate:
    """Where one client's requests, or its words about itself, come in."""

    client: str
    own: Pace | None
    """None: nobody that the office knows."""
    is_words: bool
    """What it says of itself: the newest makes those before it old news."""
    is_common: bool
    """It may use what is there for all."""
    refusals: Pace = field(default_factory=lambda: Pace(REFUSALS_PER_S, REFUSALS_AT_ONCE))
    cut_s: float = -math.inf
    """When something of it was cut out last."""
    cut: int = 0
    """So many were cut out since `counted_s`."""
    counted_s: float = -math.inf
    waiting: deque[bytes] = field(default_factory=deque)
    waiting_bytes: int = 0


@dataclass(slots=True)
class Turnstile:
    """Sifts one connection's stream."""

    root: str
    """The level under which everything of the office lies: `antrean/v1/demo`."""
    known: Collection[str]
    """Clients of the office."""
    engine: str
    """Whose own words always pass."""
    refuse: Callable[[str, bytes], None] = lambda _client, _payload: None
    """Is handed client and text of a request that is to be refused because its client asks too much."""
    monotonic: Callable[[], float] = time.monotonic
    flooded: Callable[[str], None] = lambda _client: None
    """Is told which client of the office floods it: what is cut out costs time, too, and the server more of it."""
    cut: int = 0
    """So many messages were cut out."""
    _common: Pace = field(default_factory=lambda: Pace(COMMON_PER_S, COMMON_AT_ONCE))
    _strangers: Pace = field(default_factory=lambda: Pace(STRANGERS_PER_S, STRANGERS_AT_ONCE))
    _all_refusals: Pace = field(default_factory=lambda: Pace(ALL_REFUSALS_PER_S, ALL_REFUSALS_AT_ONCE))
    _gates: dict[tuple[str, str], _Gate] = field(default_factory=dict)
    """By kind of message and client."""
    _by_topic: dict[bytes, _Gate | None] = field(default_factory=dict)
    """None: passes always."""
    _turns: deque[_Gate] = field(default_factory=deque)
    """Where something waits."""
    _waiting_bytes: int = 0
    _rest: bytes = b""
    """The beginning of a packet that has not come in whole."""
    _skip: int = 0
    """So many bytes to come belong to a packet that is cut."""
    _through: int = 0
    """So many bytes to come belong to a packet that passes."""
    _told_s: float = -math.inf

    def restart(self) -> None:
        """Forget what has come in: another connection begins."""
        for gate in self._turns:
            gate.waiting.clear()
            gate.waiting_bytes = 0
        self._turns.clear()
        self._rest, self._skip, self._through, self._waiting_bytes = b"", 0, 0, 0

    @property
    def due_in_s(self) -> float | None:
        """Return after how long it is to be looked again who may go on; None where nobody waits."""
        return PAUSE_S if self._turns else None

    def sift(self, chunk: bytes) -> bytes:  # noqa: C901 - one loop, for each message of a flood goes through it
        """Return of what has come in what may be read now."""
        if self._skip:
            gone = min(self._skip, len(chunk))
            self._skip -= gone
            if gone == len(chunk):
                return b""
            chunk = chunk[gone:]
        elif self._through:
            begun = min(self._through, len(chunk))
            self._through -= begun
            return chunk if begun == len(chunk) else chunk[:begun] + self.sift(chunk[begun:])
        data = self._rest + chunk if self._rest else chunk
        kept: list[bytes] = []
        begin = at = 0
        """What lies between them passes."""
        size, now_s, by_topic = len(data), self.monotonic(), self._by_topic
        while at + 2 <= size:
            length, body = data[at + 1], at + 2
            if length > ONE_BYTE:
                length, body = _long_length(data, at + 1)
                if body == 0:
                    break
            end = body + length
            if data[at] & KIND_AND_QOS == PUBLISH_AT_QOS_0:
                topic_at = body + 2
                if topic_at > size:
                    break
                topic_end = topic_at + (data[body] << 8 | data[body + 1])
                if topic_end > size:
                    break
                topic = data[topic_at:topic_end]
                gate = by_topic[topic] if topic in by_topic else self._gate_of(topic)
                if gate is not None:
                    is_endless = length > LONGEST_BYTES
                    if end > size and not is_endless:
                        break
                    if is_endless or not self._passes(gate, end - at, now_s):
                        kept.append(data[begin:at])
                        begin = end
                        self._hold(gate, data[at:end], topic_end - at, now_s, is_endless=is_endless)
            at = end
        self._rest = data[at:]
        self._skip, self._through = max(0, begin - size), 0 if begin > size else max(0, at - size)
        kept.append(data[begin:at])
        return b"".join(kept)

    def due(self) -> bytes:
        """Return of what waits what may be read now: one message of each client in turn."""
        if not self._turns or self._through:
            return b""
        now_s, refused = self.monotonic(), 0
        let: list[bytes] = []
        while self._turns and refused < len(self._turns):
            gate = self._turns.popleft()
            if not gate.waiting:
                continue
            message = gate.waiting[0]
            if not self._is_affordable(gate, len(message), now_s):
                self._turns.append(gate)
                refused += 1
                continue
            refused = 0
            let.append(message)
            self._forget_first(gate)
            if gate.waiting:
                self._turns.append(gate)
        return b"".join(let)

    def _passes(self, gate: _Gate, size: int, now_s: float) -> bool:
        return not gate.waiting and self._is_affordable(gate, size, now_s)

    def _is_affordable(self, gate: _Gate, size: int, now_s: float) -> bool:
        cost = max(1.0, size / SHARE_BYTES)
        if gate.own is not None and gate.own.take(cost, now_s):
            return True
        if now_s - gate.cut_s < CALM_S:
            return gate.own is None and self._strangers.take(cost, now_s)
        return gate.is_common and self._common.take(cost, now_s)

    def _hold(self, gate: _Gate, message: bytes, payload_at: int, now_s: float, *, is_endless: bool) -> None:
        """Let a message wait, or refuse it, or cut it."""
        costs = len(message) + WAITING_COSTS_BYTES
        if gate.is_words and gate.waiting:
            self._forget_first(gate)
            self._count(gate, now_s)
        if (
            not is_endless
            and len(gate.waiting) < WAITING_MESSAGES
            and gate.waiting_bytes + costs <= WAITING_BYTES
            and self._waiting_bytes + costs <= MOST_WAITING_BYTES
        ):
            if not gate.waiting and gate not in self._turns:
                self._turns.append(gate)
            gate.waiting.append(message)
            gate.waiting_bytes += costs
            self._waiting_bytes += costs
            return
        gate.cut_s = now_s
        self._count(gate, now_s)
        if now_s - self._told_s >= TOLD_EVERY_S:
            log.warning("%s says more than anybody can answer: cut (%d messages so far)", gate.client, self.cut)
            self._told_s = now_s
        if not gate.is_words and gate.refusals.take(1.0, now_s) and self._all_refusals.take(1.0, now_s):
            self.refuse(gate.client, message[payload_at:])

    def _count(self, gate: _Gate, now_s: float) -> None:
        """Count what is cut out, and say whose it is where that is a flood."""
        self.cut += 1
        gate.cut += 1
        is_flood = gate.cut > FLOOD_MESSAGES
        if is_flood or now_s - gate.counted_s > FLOOD_S:
            gate.cut, gate.counted_s = 0, now_s
            if is_flood and gate.own is not None:
                self.flooded(gate.client)

    def _forget_first(self, gate: _Gate) -> None:
        costs = len(gate.waiting.popleft()) + WAITING_COSTS_BYTES
        gate.waiting_bytes -= costs
        self._waiting_bytes -= costs

    def _gate_of(self, topic: bytes) -> _Gate | None:
        """Return by which gate a topic comes in; None where it always passes."""
        if len(self._by_topic) >= KNOWN_TOPICS:
            self._by_topic.clear()
            self._gates = {key: gate for key, gate in self._gates.items() if gate.waiting or gate.client in self.known}
        kind, _, rest = topic.decode(errors="replace").removeprefix(self.root + "/").partition("/")
        client = rest.partition("/")[0]
        gate = None
        if kind in {"cmd", "presence"} and not (kind == "presence" and client == self.engine):
            gate = self._gates.get((kind, client))
            if gate is None:
                gate = self._gates[kind, client] = self._new_gate(client, is_words=kind == "presence")
        self._by_topic[topic] = gate
        return gate

    def _new_gate(self, client: str, *, is_words: bool) -> _Gate:
        is_known = client in self.known
        own = Pace(WORDS_PER_S, WORDS_AT_ONCE) if is_words else Pace(OWN_PER_S, OWN_AT_ONCE)
        return _Gate(client, own if is_known else None, is_words=is_words, is_common=not (is_words and is_known))


def _long_length(data: bytes, at: int) -> tuple[int, int]:
    """Return a packet's length of more than one byte, and where its body begins; 0, 0 where that has not come in whole.

    MQTT 3.1.1, 2.2.3: seven bits a byte, the lowest first; the eighth says that another one follows, up to four.
    """
    length = shift = 0
    for index in range(at, min(at + 4, len(data))):
        digit = data[index]
        length |= (digit & ONE_BYTE) << shift
        if digit <= ONE_BYTE or shift == 21:  # noqa: PLR2004 - the fourth
            return length, index + 1
        shift += 7
    return 0, 0
