"""What comes from code scanners: lines, repeats, and fast typing told from fingers."""

from __future__ import annotations

import itertools

import pytest

from hardware.codecs.scans import CUT_OFF_AFTER_S, IDLE_ENDS_S, MOST_CHARACTERS, Repeats, ScannerTalk, Wedge, text_of
from tests.fakes.clock import FakeClock

CODE = "ANTREAN-N4OB6DQAABAABAAAAAAAAAAAAI"

LINES = [
    (CODE.encode(), CODE),
    (b"  8991234567890 ", "8991234567890"),
    ("https://contoh.id/é".encode(), "https://contoh.id/é"),
    (b"", None),
    (b"abc", None),
    (b"\xff\xfe\x00ANTREAN", None),
    (b"]C1\x1d0104", None),
    (b"A" * 257, None),
]


@pytest.mark.parametrize(("line", "text"), LINES)
def test_a_line_is_a_code_or_garbage(line: bytes, text: str | None) -> None:
    assert text_of(line) == text


def test_a_code_that_is_held_still_counts_once_and_again_after_two_seconds() -> None:
    clock = FakeClock()
    repeats = Repeats(clock.monotonic)
    seen = []
    for pause, text in [(0, "one"), (1, "one"), (1.9, "one"), (0.1, "two"), (0.1, "one"), (2.1, "one")]:
        clock.advance(pause)
        seen.append(repeats.is_new(text))
    assert seen == [True, False, False, True, False, True], "also where another code came in between"


def typed(keys: list[str], seconds_a_key: float) -> list[str]:
    """Type keys at a speed; return the codes that were recognised."""
    clock = FakeClock()
    wedge = Wedge(clock.monotonic)
    found = []
    for key in keys:
        clock.advance(seconds_a_key)
        found.append(wedge.key(key))
    return [code for code in found if code is not None]


@pytest.mark.parametrize(("seconds", "codes"), [(0.0, [CODE]), (0.02, [CODE]), (0.08, []), (0.2, [])])
def test_a_scanner_types_faster_than_any_hand(seconds: float, codes: list[str]) -> None:
    assert typed([*CODE, "enter"], seconds) == codes


def test_keys_that_are_no_characters_are_stepped_over_and_spaces_count() -> None:
    assert typed(["shift", "a", "b", "space", "f1", "c", "enter"], 0.001) == ["ab c"]


def test_a_key_that_was_touched_before_is_not_part_of_the_code() -> None:
    clock = FakeClock()
    wedge = Wedge(clock.monotonic)
    wedge.key("x")
    clock.advance(0.6)
    assert [wedge.key(key) for key in (*"12345", "enter")][-1] == "12345"


def test_a_frame_that_takes_long_in_the_middle_of_a_code_does_not_break_it() -> None:
    clock = FakeClock()
    wedge = Wedge(clock.monotonic)
    for at, key in enumerate(CODE):
        clock.advance(0.3 if at == 10 else 0.005)
        wedge.key(key)
    assert wedge.key("enter") == CODE


def test_a_keyboard_that_a_cat_sits_on_fills_no_memory() -> None:
    wedge = Wedge(FakeClock().monotonic)
    for key in itertools.repeat("y", 10_000):
        wedge.key(key)
        assert len(wedge._typed) <= MOST_CHARACTERS + 1


def heard(*pieces: tuple[float, bytes]) -> list[str]:
    """Feed bytes after pauses, asking every 20 ms as the master of a line does; return the codes."""
    talk, at_s = ScannerTalk(), 0.0
    framer = talk.framer()
    frames = []
    for pause_s, data in pieces:
        for _ in range(round(pause_s / 0.02)):
            at_s += 0.02
            frames += framer.feed(b"", at_s=at_s)
        frames += framer.feed(data, at_s=at_s)
    return [key for frame in frames if (said := talk.hear(frame)) for key in said.keys]


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", b"\r"), (b"", b"\n"), (b"", b"\r\n"), (b"", b"\t"), (b"\x02", b"\x03"), (b"\x02", b"\x03\r\n"), (b"", b"")],
)
def test_a_code_is_read_whatever_the_scanner_ends_it_with(before: bytes, after: bytes) -> None:
    framed = before + CODE.encode() + after
    assert heard((0, framed), (1, framed), (1, b"")) == [CODE, CODE]


def test_a_scanner_that_ends_its_codes_was_cut_off_where_it_pauses() -> None:
    whole = CODE.encode() + b"\r"
    assert heard((0, whole), (1, whole[:12]), (1, whole), (1, b"")) == [CODE, CODE]


def test_a_code_that_comes_in_pieces_is_one_code() -> None:
    assert heard((0, CODE[:9].encode()), (IDLE_ENDS_S / 2, CODE[9:].encode()), (1, b"")) == [CODE]


COUNTRIES = {
    "US": CODE,
    "German": "ANTREAN/N4OB6DQAABAABAAAAAAAAAAAAI",
    "French": "QNTREQN6N$OB^DAQQBQQBQQQQQQQQQQQQI",
    "Belgian": "QNTREQN=N$OB^DAQQBQQBQQQQQQQQQQQQI",
    "Turkish": "ANTREAN=N4OB6DQAABAABAAAAAAAAAAAAI",
}
"""The places of the keys by which a scanner that is set to a country types the code, as a US keyboard calls them."""


LINK = "HTTP://ANTRIAN.LAN:8080/T/QQYZMAW2345677AB"
LINKS = {
    "US": LINK,
    "German": "HTTP>&&ANTRIAN.LAN>8080&T&QQZYMAW2345677AB",
    "French": "HTTP.>>QNTRIQN<LQN.*)*)>T>AAYW:QZ@#$%^&&QB",
    "Turkish": "HTTP?&&ANTRIAN/LAN?8080&T&QQYZMAW2345677AB",
}
"""The same of the link to a ticket's page."""


@pytest.mark.parametrize("country", LINKS)
def test_a_link_is_read_whatever_country_the_scanner_is_set_to(country: str) -> None:
    wedge = Wedge(FakeClock().monotonic, knows=lambda text: text == LINK)
    for key in LINKS[country]:
        assert wedge.key(key) is None
    assert (wedge.key("enter"), wedge.country) == (LINK, country)


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("ending", ["enter", "tab", None])
def test_a_scanner_is_read_whatever_country_it_is_set_to_and_whatever_it_ends_with(
    country: str, ending: str | None
) -> None:
    clock = FakeClock()
    wedge = Wedge(clock.monotonic, knows=lambda text: text == CODE)
    assert [wedge.key(key) for key in COUNTRIES[country]] == [None] * len(CODE)
    if ending is None:
        assert wedge.paused() is None, "it may be in the middle of the code"
        clock.advance(IDLE_ENDS_S)
        assert (wedge.paused(), wedge.paused()) == (CODE, None)
    else:
        assert wedge.key(ending) == CODE
    assert wedge.country == country


def test_what_nobody_knows_is_not_ended_by_a_pause() -> None:
    clock = FakeClock()
    wedge = Wedge(clock.monotonic, knows=lambda text: text == CODE)
    for _ in range(30):
        wedge.key("g")  # somebody leans on the keyboard
    clock.advance(CUT_OFF_AFTER_S)
    assert wedge.paused() is None
