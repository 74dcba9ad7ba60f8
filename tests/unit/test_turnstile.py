"""Who floods waits, is told so a few times, and is cut; whoever asks as an office asks is not held up for a moment."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.turnstile import (
    ALL_REFUSALS_AT_ONCE,
    COMMON_AT_ONCE,
    COMMON_PER_S,
    FLOOD_MESSAGES,
    FLOOD_S,
    KNOWN_TOPICS,
    LONGEST_BYTES,
    MOST_WAITING_BYTES,
    OWN_AT_ONCE,
    OWN_PER_S,
    REFUSALS_AT_ONCE,
    TOLD_EVERY_S,
    WAITING_MESSAGES,
    WORDS_AT_ONCE,
    WORDS_PER_S,
    Turnstile,
)

ROOT = "antrean/v1/demo"
AT_ONCE = int(OWN_AT_ONCE + COMMON_AT_ONCE)
PONG = b"\xd0\x00"


class Stream:
    """A turnstile with the time in our hands."""

    def __init__(self, *known: str) -> None:
        """Begin."""
        self.now_s = 1000.0
        self.refused: list[tuple[str, bytes]] = []
        self.flooding: list[str] = []
        self.turnstile = Turnstile(
            ROOT,
            set(known),
            "broker",
            lambda client, text: self.refused.append((client, text)),
            lambda: self.now_s,
            self.flooding.append,
        )

    def sift(self, *packets: bytes) -> list[bytes]:
        """Return the packets that pass at once."""
        return split(self.turnstile.sift(b"".join(packets)))

    def due_after(self, seconds: float) -> list[bytes]:
        """Return what goes on later."""
        self.now_s += seconds
        return split(self.turnstile.due())


def packet(topic: str, payload: bytes, *, qos: int = 0, retained: bool = False) -> bytes:
    """Return a PUBLISH as a server delivers it."""
    body = len(topic).to_bytes(2, "big") + topic.encode() + (b"\x00\x07" if qos else b"") + payload
    return bytes([0x30 | qos << 1 | retained]) + length(len(body)) + body


def length(left: int) -> bytes:
    """Return a length as MQTT writes it."""
    digits = b""
    while True:
        left, digit = divmod(left, 128)
        digits += bytes([digit | (128 if left else 0)])
        if not left:
            return digits


def split(stream: bytes) -> list[bytes]:
    """Return the packets of a stream, which has to hold whole ones."""
    packets = []
    while stream:
        size, shift, at = 0, 0, 1
        while True:
            digit = stream[at]
            size |= (digit & 127) << shift
            at, shift = at + 1, shift + 7
            if digit < 128:
                break
        assert len(stream) >= at + size
        packets.append(stream[: at + size])
        stream = stream[at + size :]
    return packets


def asked(client: str, number: int = 0) -> bytes:
    """Return a request."""
    return packet(f"{ROOT}/cmd/{client}/lookup", b'{"id": "r%d"}' % number)


def flood(client: str, count: int) -> list[bytes]:
    """Return many."""
    return [asked(client, number) for number in range(count)]


def test_a_client_that_floods_has_its_share_waits_in_order_and_goes_on_at_its_pace() -> None:
    stream = Stream("pad", "kiosk-1")
    said = flood("pad", AT_ONCE + WAITING_MESSAGES)
    assert stream.sift(*said) == said[:AT_ONCE]
    assert (stream.turnstile.cut, stream.refused) == (0, [])
    later = stream.due_after(0.1)
    assert later == said[AT_ONCE : AT_ONCE + len(later)]
    assert len(later) == pytest.approx(0.1 * (OWN_PER_S + COMMON_PER_S), abs=2)
    rest = stream.due_after(10.0)
    assert later + rest == said[AT_ONCE:]
    assert stream.turnstile.due_in_s is None


def test_nobody_waits_behind_who_floods() -> None:
    stream = Stream("pad", "kiosk-1")
    stream.sift(*flood("pad", 10_000))
    honest = asked("kiosk-1")
    assert stream.sift(*flood("pad", 500), honest, *flood("pad", 500)) == [honest]
    assert all(stream.sift(*flood("pad", 100), honest) == [honest] for _ in range(20))


def test_who_floods_is_left_with_what_is_its_own_until_it_has_been_calm() -> None:
    stream = Stream("pad")
    stream.sift(*flood("pad", 10_000))
    stream.due_after(60)
    stream.due_after(60)
    assert len(stream.sift(*flood("pad", 10_000))) == AT_ONCE, "a minute later all is forgotten"
    passed = 0
    for _ in range(60):
        passed += len(stream.due_after(1.0))
        passed += len(stream.sift(*flood("pad", 10_000)))
    assert passed == pytest.approx(60 * OWN_PER_S, rel=0.05)


def test_of_what_is_cut_a_few_are_refused_in_words(caplog: pytest.LogCaptureFixture) -> None:
    stream = Stream("pad")
    with caplog.at_level(logging.WARNING, "broker.turnstile"):
        for _ in range(10):
            stream.sift(*flood("pad", 1_000))
        assert len(caplog.records) == 1
        stream.now_s += TOLD_EVERY_S
        stream.sift(*flood("pad", 5_000))
    assert next(record.args for record in caplog.records) == ("pad", 1)
    assert len(caplog.records) == 2
    told = stream.refused[: int(REFUSALS_AT_ONCE)]
    first = AT_ONCE + WAITING_MESSAGES
    assert told == [("pad", b'{"id": "r%d"}' % (first + number)) for number in range(int(REFUSALS_AT_ONCE))]
    assert len(stream.refused) <= 2 * REFUSALS_AT_ONCE
    assert stream.turnstile.cut > 10_000
    caplog.clear()


def test_many_together_are_refused_no_more_often_than_all_may_be() -> None:
    names = [f"pad-{number}" for number in range(50)]
    stream = Stream(*names)
    for name in names:
        stream.sift(*flood(name, 1_000))
    assert len(stream.refused) == ALL_REFUSALS_AT_ONCE


def test_names_that_the_office_does_not_know_share_what_is_there_for_all() -> None:
    stream = Stream("kiosk-1")
    said = [asked(f"stranger-{number}") for number in range(KNOWN_TOPICS * 2)]
    assert len(stream.sift(*said)) == COMMON_AT_ONCE
    assert stream.sift(asked("kiosk-1")) == [asked("kiosk-1")]
    assert stream.turnstile._waiting_bytes <= MOST_WAITING_BYTES
    assert len(stream.turnstile._by_topic) <= KNOWN_TOPICS


def test_who_waits_is_let_in_by_turns() -> None:
    stream = Stream("one", "two")
    stream.sift(*flood("one", 1_000))
    stream.sift(*flood("two", 1_000))
    later = [b"cmd/one/" in one for one in stream.due_after(0.05)]
    assert abs(sum(later) - len(later) / 2) <= 2


def test_of_what_a_client_says_of_itself_the_newest_counts() -> None:
    stream = Stream("pad")
    topic = f"{ROOT}/presence/pad"
    said = [packet(topic, b"%d" % number, retained=True) for number in range(1_000)]
    assert stream.sift(*said) == said[: int(WORDS_AT_ONCE)]
    assert stream.due_after(1 / WORDS_PER_S) == [said[-1]]
    assert stream.refused == []
    own = packet(f"{ROOT}/presence/broker", b"{}")
    assert stream.sift(*[own] * 1_000) == [own] * 1_000, "the engine's own are its own business"


def test_a_large_message_counts_as_many_and_one_that_is_too_large_never_comes_in() -> None:
    stream = Stream("pad", "kiosk-1")
    large = packet(f"{ROOT}/cmd/pad/issue", b"x" * 20_000)
    assert 10 < len(stream.sift(*[large] * 1_000)) < AT_ONCE / 9
    endless = packet(f"{ROOT}/cmd/pad/issue", b"x" * (2 * LONGEST_BYTES))
    whole = endless + asked("kiosk-1")
    came = [stream.turnstile.sift(whole[at : at + (1 << 16)]) for at in range(0, len(whole), 1 << 16)]
    assert b"".join(came) == asked("kiosk-1")


def test_what_is_no_request_passes_and_so_does_what_has_to_be_acknowledged() -> None:
    stream = Stream("pad")
    others = [
        PONG,
        packet(f"{ROOT}/state/hall", b"x" * 200_000),
        packet(f"{ROOT}/cmd/pad/lookup", b"{}", qos=1),
        packet("", b""),
        b"\x90\x03\x00\x01\x00",
    ]
    stream.sift(*flood("pad", 10_000))
    for one in others:
        assert stream.sift(one) == [one]
    assert stream.sift(*flood("pad", 3), *others, *flood("pad", 3)) == others


def test_another_connection_begins_with_nothing_of_the_one_before() -> None:
    stream = Stream("pad")
    stream.sift(*flood("pad", 1_000))
    stream.turnstile.sift(packet(f"{ROOT}/state/hall", b"x" * 1_000)[:500])
    stream.turnstile.restart()
    assert stream.turnstile.due_in_s is None
    assert stream.sift(PONG) == [PONG]
    assert stream.due_after(1.0) == []


@given(
    st.lists(
        st.one_of(
            st.builds(asked, st.sampled_from(["pad", "kiosk-1", "stranger"]), st.integers(0, 9)),
            st.builds(packet, st.just(f"{ROOT}/presence/pad"), st.binary(max_size=300)),
            st.builds(packet, st.just(f"{ROOT}/state/hall"), st.binary(max_size=300), qos=st.sampled_from([0, 1])),
            st.builds(packet, st.just(f"{ROOT}/cmd/pad/issue"), st.just(b"x" * (LONGEST_BYTES + 9))),
            st.just(PONG),
        ),
        max_size=40,
    ),
    st.lists(st.integers(1, 70_000), max_size=60),
)
def test_how_the_stream_is_cut_into_pieces_changes_nothing(packets: list[bytes], sizes: list[int]) -> None:
    """The same is passed, held and cut, byte by byte and all at once, and nothing that passes is torn."""
    stream = b"".join(packets) * 3
    whole, pieces = Stream("pad", "kiosk-1"), Stream("pad", "kiosk-1")
    for one in (whole, pieces):
        one.turnstile._common.left = 5
        one.sift(*flood("kiosk-1", int(OWN_AT_ONCE) - 20))
    at_once = whole.turnstile.sift(stream)
    came, at = b"", 0
    for size in [*sizes, len(stream)]:
        came += pieces.turnstile.sift(stream[at : at + size])
        at += size
    assert came == at_once
    assert pieces.turnstile.cut == whole.turnstile.cut
    assert pieces.due_after(60) == whole.due_after(60)
    split(at_once)


@pytest.mark.parametrize("kind", ["cmd/kiosk-1/lookup", "presence/kiosk-1"])
def test_who_floods_is_told_of_once_a_flood_and_who_only_asks_too_much_is_not(kind: str) -> None:
    stream = Stream("kiosk-1", "kiosk-2")
    flood = packet(f"{ROOT}/{kind}", b"{}") * 1_000
    for _ in range(FLOOD_MESSAGES // 1_000 - 1):
        stream.sift(flood)
    assert stream.flooding == []
    stream.now_s += FLOOD_S + 1
    for _ in range(FLOOD_MESSAGES // 1_000 - 1):
        stream.sift(flood)
    assert stream.flooding == [], "as many, but within 20 s"
    for _ in range(3):
        stream.sift(flood)
    assert stream.flooding == ["kiosk-1"]
    for _ in range(2 * FLOOD_MESSAGES // 1_000):
        stream.sift(packet(f"{ROOT}/cmd/nobody/lookup", b"{}") * 1_000)
    assert stream.flooding == ["kiosk-1"], "who has no login has none that could be taken away"
