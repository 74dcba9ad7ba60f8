"""The key of a ticket's page: it finds exactly that ticket and shows its holder, on its own day and nowhere else."""

from __future__ import annotations

import datetime as dt
import json
import logging
import string
import uuid
from dataclasses import replace

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from broker.contract.topics import Topics
from broker.domain import checks
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.checks import WRONG_CHECKS
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall
from broker.domain.identity import qr_text
from broker.gateway.inbound import Inbound
from broker.gateway.shapes import event_shape, paper_qr, ticket_shape
from broker.ports import Recorded, Submission
from broker.store.journal import UnreadableError, body_of, event_of
from broker.ticket_link import KEY_BYTES, MAX_PUBLIC_URL, key_of, key_text, link_text
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import Play, contents
from tests.fakes.offices import small_office
from tests.fakes.store import MemoryStore

CHECK, KIOSK = "4711", "kiosk-1"
URL = "http://antrian.lan"
KEYS = [key_text(bytes([number] * KEY_BYTES)) for number in range(1, 9)]
DAY_S = 24 * 3600


def issue(play: Play, key: str | None = KEYS[0]) -> str:
    """Return the id of a new ticket with this key."""
    ticket = play.new_id()
    play.do(cmd.Issue(ticket, "visa", None, None, CHECK, KIOSK, key))
    return ticket


def refusal(play: Play, command: cmd.Command) -> DomainError:
    with pytest.raises(DomainError) as caught:
        play.do(command)
    return caught.value


def ways(key: str) -> list[str]:
    """Return a key as people, scanners and phones may show it."""
    return [
        key,
        key.lower(),
        link_text(URL, key),
        link_text(URL, key).lower(),
        f"https://192.168.1.10:8443/t/{key}",
        f"HTTP://A.B/T/{key.lower()}/",
        f"http://proxy.example/hall/t/{key}",
    ]


# -- the text -------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES))
def test_every_key_is_16_capitals_and_is_read_back_from_every_way_to_show_it(chance: bytes) -> None:
    key = key_text(chance)
    assert len(key) == 16
    assert set(key) <= set(string.ascii_uppercase + "234567")
    assert {key_of(way) for way in ways(key)} == {key}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A-012",
        "4711",
        qr_text(str(uuid.UUID(int=77)), CHECK),
        str(uuid.UUID(int=77)),
        KEYS[0][:-1],
        KEYS[0] + "A",
        KEYS[0][:-1] + "1",
        f"{URL}/{KEYS[0]}",
        f"{URL}/T/{KEYS[0]}?x=1",
        f"ftp://antrian.lan/T/{KEYS[0]}",
        f"{URL}/T/{KEYS[0]} ",
        f"{URL}/T/{KEYS[0]}\n",
        "\u017f" + KEYS[0][1:],
    ],
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert key_of(text) is None


@pytest.mark.parametrize(
    ("url", "version"), [(URL, 2), ("http://a.lan:8080", 2), ("http://" + "a" * (MAX_PUBLIC_URL - 7), 4)]
)
def test_the_link_is_an_alphanumeric_qr_that_any_phone_reads(url: str, version: int) -> None:
    code = segno.make_qr(link_text(url, KEYS[0]), error="m", boost_error=False)
    assert (code.mode, code.version) == ("alphanumeric", version)
    assert link_text(url + "/", KEYS[0]) == link_text(url, KEYS[0])


def test_the_gateway_makes_a_new_key_for_each_ticket() -> None:
    asked: list[Submission] = []
    topics = Topics("demo")
    inbound = Inbound(topics, asked.append, token=lambda client, request: client + request)
    for number in range(50):
        body = json.dumps({"id": f"r{number}", "service": "visa"}).encode()
        inbound.received(topics.command("kiosk-1", "issue"), body)
    keys = {one.command.key for one in asked if isinstance(one.command, cmd.Issue)}
    assert len(keys) == 50
    assert all(key is not None and key_of(key) == key for key in keys)


# -- whose it is ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", range(len(ways(KEYS[0]))))
def test_whoever_shows_the_key_or_its_link_holds_the_ticket(way: int) -> None:
    play = Play()
    ticket = issue(play)
    shown = ways(KEYS[0])[way]
    look = cmd.Lookup(shown)
    assert play.do(look) == []
    assert checks.is_holder(play.hall, play.ticket(ticket), look, play.now)
    assert play.do(cmd.Reprint(shown)) == [ev.Reprinted(at=play.now, ticket=ticket)]
    play.do(cmd.Cancel(shown))
    assert play.ticket(ticket).state == "cancelled"


def test_a_missed_visitor_comes_back_in_by_the_link() -> None:
    play = Play()
    play.sign_in()
    ticket = issue(play)
    play.call_next()
    play.no_show()
    play.do(cmd.Rejoin(link_text(URL, KEYS[0])))
    assert play.ticket(ticket).state == "waiting"


def test_the_key_goes_in_place_of_the_check_code() -> None:
    play = Play()
    ticket = issue(play)
    other = issue(play, KEYS[1])
    look = cmd.Lookup("B-001", KEYS[0].lower())
    assert play.do(look) == []
    assert checks.is_holder(play.hall, play.ticket(ticket), look, play.now)
    assert refusal(play, cmd.Cancel("B-001", check=KEYS[1])).code is Code.NOT_HOLDER
    play.do(cmd.Cancel("B-002", check=KEYS[1]))
    assert (play.ticket(ticket).state, play.ticket(other).state) == ("waiting", "cancelled")


def test_codes_that_were_guessed_wrong_take_nothing_from_who_has_the_key() -> None:
    room = EngineRoom(store=MemoryStore())
    room.ask(cmd.Issue(str(uuid.UUID(int=1)), "visa", check=CHECK, key=KEYS[0]))
    for number in range(WRONG_CHECKS):
        assert room.ask(cmd.Lookup("B-001", check=f"{number:04}"))["error"] == "not_holder"
    assert room.ask(cmd.Cancel("B-001", check=CHECK))["error"] == "not_holder"
    assert "error" not in room.ask(cmd.Cancel("B-001", check=KEYS[0]))


def test_a_key_that_nobody_has_is_refused_in_words_and_repeated_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    play = Play()
    issue(play)
    with caplog.at_level(logging.DEBUG):
        for way in ways(KEYS[1]):
            error = refusal(play, cmd.Lookup(way))
            assert error.code is Code.UNKNOWN_TICKET
            assert KEYS[1] not in f"{error.message} {error.detail}".upper()
    assert KEYS[1] not in caplog.text.upper()


def test_neither_ticket_nor_event_nor_command_shows_the_key_where_it_is_written_out() -> None:
    play = Play()
    ticket = play.ticket(issue(play))
    command = cmd.Issue(ticket.id, "visa", check=CHECK, key=KEYS[0])
    assert KEYS[0] not in repr(ticket) + repr(command) + repr(play.do(replace(command, ticket=play.new_id())))
    with pytest.raises(UnreadableError) as caught:
        event_of("issued", json.dumps({"key": KEYS[0], "at": "no time"}))
    assert KEYS[0] not in str(caught.value)


# -- on its own day -------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["issue", "finish", "night", "cancel", "clock"]), max_size=25))
def test_a_key_finds_exactly_its_ticket_on_that_ticket_s_day_and_nothing_ever_after(steps: list[str]) -> None:
    play = Play()
    play.sign_in()
    born: dict[str, tuple[str, dt.date]] = {}
    for number, step in enumerate(steps):
        play.wait(30)
        match step:
            case "issue":
                key = key_text(number.to_bytes(KEY_BYTES, "big"))
                ticket = issue(play, key)
                born[key] = ticket, play.hall.day_of(play.now)
            case "finish" if play.call_next() is not None:
                play.start()
                play.finish()
            case "night":
                play.wait(DAY_S)
            case "clock":
                play.set_clock(-3600)
            case "cancel" if born:
                key, (ticket, day) = next(iter(born.items()))
                found = play.hall.tickets.get(ticket)
                if day == play.hall.day_of(play.now) and found is not None and found.state == "waiting":
                    play.do(cmd.Cancel(key))
            case _:
                pass
        for key, (ticket, day) in born.items():
            if day == play.hall.day_of(play.now):
                assert checks.known_ticket(play.hall, link_text(URL, key), play.now).id == ticket
            else:
                assert refusal(play, cmd.Lookup(key)).code is Code.UNKNOWN_TICKET


def test_who_still_waits_after_midnight_is_looked_after_by_number_but_not_by_yesterday_s_link() -> None:
    play = Play()
    ticket = issue(play)
    play.wait(DAY_S)
    assert refusal(play, cmd.Cancel(KEYS[0])).code is Code.UNKNOWN_TICKET
    assert refusal(play, cmd.Cancel("B-001", check=KEYS[0])).code is Code.NOT_HOLDER
    assert "office day" in refusal(play, cmd.Lookup(KEYS[0])).message
    play.do(cmd.Cancel("B-001", check=CHECK))
    assert play.ticket(ticket).state == "cancelled"


# -- on paper and on disk -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "key", "qr"),
    [
        (URL, KEYS[0], f"HTTP://ANTRIAN.LAN/T/{KEYS[0]}"),
        ("http://192.168.1.10:8080/", KEYS[0], f"HTTP://192.168.1.10:8080/T/{KEYS[0]}"),
        (None, KEYS[0], None),
        (URL, None, None),
    ],
)
def test_the_paper_leads_to_the_page_where_there_is_one_and_is_as_before_where_there_is_none(
    url: str | None, key: str | None, qr: str | None
) -> None:
    play = Play(small_office(public_url=url))
    ticket = play.ticket(issue(play, key))
    paper = paper_qr(play.office, ticket)
    assert paper == (qr or qr_text(ticket.id, CHECK))
    shown = ticket_shape(play.hall, ticket, play.now, on_paper=True)
    assert (shown.qr, shown.key) == (paper, key)
    others = ticket_shape(play.hall, ticket, play.now)
    assert (others.qr, others.key) == (qr_text(ticket.id), None)
    copy = event_shape(play.hall, Recorded(9, ev.Reprinted(at=play.now, ticket=ticket.id), KIOSK, ticket))
    assert (copy.qr, copy.key) == (paper, key)
    first = event_shape(play.hall, Recorded(9, play.do(cmd.Printed(ticket.id, "confirmed"))[0], KIOSK, ticket))
    assert (first.qr, first.key) == (None, None)


def test_the_key_outlives_a_restart_and_journals_of_before_are_read_without_one() -> None:
    room = EngineRoom(store=MemoryStore())
    room.ask(cmd.Issue(str(uuid.UUID(int=1)), "visa", check=CHECK, key=KEYS[0]))
    room.restart()
    assert "error" not in room.ask(cmd.Cancel(KEYS[0]))

    play = Play()
    ticket = play.new_id()
    [event] = play.do(cmd.Issue(ticket, "visa", check=CHECK))
    facts = json.loads(body_of(event))
    del facts["key"]
    old = Hall(play.office)
    apply(old, event_of("issued", json.dumps(facts)))
    assert contents(old)["tickets"] == contents(play.hall)["tickets"]
    assert old.tickets[ticket].key is None
