"""Whatever comes in on a command topic: a command, an error that names the field, or a line in the log."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.contract.messages import MAX_PAYLOAD_BYTES
from broker.contract.topics import Topics
from broker.domain import commands as cmd
from broker.domain.errors import Code, DomainError
from broker.gateway import Inbound
from broker.ports import Submission

TOPICS = Topics("demo")


class Desk:
    """An `Inbound` and what it handed over."""

    def __init__(self) -> None:
        self.submissions: list[Submission] = []
        self.refused: list[tuple[str, str, Code]] = []
        self.inbound = Inbound(
            TOPICS,
            self.submissions.append,
            token=lambda client, request: f"{client}/{request}",
            refuse=lambda asked, error: self.refused.append((asked.client, asked.request_id, error.code)),
        )

    def send(self, command: str, payload: bytes, *, client: str = "kiosk-1") -> Submission | None:
        """Receive one message; return what became of it."""
        count = len(self.submissions)
        self.inbound.received(TOPICS.command(client, command), payload)
        return self.submissions[-1] if len(self.submissions) > count else None


@pytest.fixture
def desk() -> Desk:
    return Desk()


def body(**arguments: object) -> bytes:
    return json.dumps({"id": "r-1", **arguments}).encode()


AT = {"counter": "c1", "session": "s"}
NOON = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
OF_STAFF = {"session": "s", "reason": "why"}
GOOD: dict[str, tuple[dict[str, Any], cmd.Command]] = {
    "staff_transfer": (OF_STAFF | {"ticket": "t", "stage": "check"}, cmd.StaffTransfer("s", "t", "why", "check")),
    "staff_cancel": (OF_STAFF | {"ticket": "t"}, cmd.StaffCancel("s", "t", "why")),
    "staff_call": (OF_STAFF | {"ticket": "t", "counter": "c1"}, cmd.StaffCall("s", "t", "c1", "why")),
    "staff_undo": ({"session": "s"}, cmd.StaffUndo("s")),
    "offer": (OF_STAFF | {"service": "visa", "action": "close"}, cmd.Offer("s", "why", "visa", action="close")),
    "quota": (OF_STAFF | {"lane": "priority", "quota": None}, cmd.Quota("s", "why", lane="priority", quota=None)),
    "intake": (
        OF_STAFF | {"action": "stop", "resume_at": "2026-03-02T12:00:00+07:00"},
        cmd.Intake("s", "stop", "why", NOON),
    ),
    "ask_counter": (
        {"session": "s", "counter": "c1", "action": "help", "stage": "check"},
        cmd.AskCounter("s", "c1", "help", "check"),
    ),
    "asked": (AT | {"action": "accept"}, cmd.AnswerAsked("c1", "s", "accept")),
    "training": (
        {"step": "missed", "text": {"id": "Panggil", "en": "Call"}, "about": "t"},
        cmd.Training("missed", {"id": "Panggil", "en": "Call"}, "t", "kiosk-1"),
    ),
    "hand_in": (
        {
            "ticket": "6f1c1e0a-6a3c-4f0e-9a53-0d3a3d7a1c11",
            "day": "2026-03-02",
            "number": "A-900",
            "service": "visa",
            "lane": "regular",
            "check": "0417",
            "arrived_at": "2026-03-02T12:00:00+07:00",
        },
        cmd.HandIn(
            "6f1c1e0a-6a3c-4f0e-9a53-0d3a3d7a1c11",
            "2026-03-02",
            "A-900",
            "visa",
            "regular",
            "0417",
            NOON,
            asker="kiosk-1",
        ),
    ),
    "give_back": ({"tickets": ["t", "u"]}, cmd.GiveBack(("t", "u"), "kiosk-1")),
    "unannounce": ({"session": "s", "announcement": "a"}, cmd.Unannounce("s", "a")),
    "printed": (
        {"ticket": "t", "outcome": "failed", "reason": "no paper"},
        cmd.Printed("t", "failed", "no paper"),
    ),
    "reprint": ({"ticket": "t", "check": "0417"}, cmd.Reprint("t", None, "0417", "kiosk-1")),
    "close": (AT, cmd.Close("c1", "s")),
    "pause": (AT | {"reason": "lunch"}, cmd.Pause("c1", "s", "lunch")),
    "resume": (AT, cmd.Resume("c1", "s")),
    "next": (AT, cmd.Next("c1", "s")),
    "lookup": ({"ticket": "A-001"}, cmd.Lookup("A-001", asker="kiosk-1")),
    "cancel": ({"ticket": "t", "reason": "home", "check": "0417"}, cmd.Cancel("t", None, "home", "0417", "kiosk-1")),
    "rejoin": ({"ticket": "t"}, cmd.Rejoin("t", asker="kiosk-1")),
    "call": (AT | {"ticket": "A-001"}, cmd.Call("c1", "s", "A-001")),
    "recall": (AT | {"note": "x"}, cmd.Recall("c1", "s", "x")),
    "start": (AT, cmd.Start("c1", "s")),
    "finish": (AT, cmd.Finish("c1", "s")),
    "no_show": (AT | {"note": None}, cmd.NoShow("c1", "s")),
    "hold": (AT | {"note": "copy"}, cmd.Hold("c1", "s", "copy")),
    "unhold": (AT | {"ticket": "A-001"}, cmd.Unhold("c1", "s", "A-001")),
    "transfer": (
        AT | {"to_counter": "c4", "reason": "by appointment"},
        cmd.Transfer("c1", "s", to_counter="c4", reason="by appointment"),
    ),
    "undo": (AT, cmd.Undo("c1", "s")),
    "pin": (AT | {"old": "1234", "new": "8051"}, cmd.ChangePin("c1", "s", "1234", "8051")),
    "reset_pin": (AT | {"officer": "budi", "new": "8051"}, cmd.ResetPin("c1", "s", "budi", "8051")),
    "unlock": (AT | {"officer": "budi"}, cmd.Unlock("c1", "s", "budi")),
    "staff_in": ({"officer": "dewi", "pin": "1234"}, cmd.StaffIn("dewi", "1234", "kiosk-1/r-1", login="kiosk-1")),
    "staff_out": ({"session": "s"}, cmd.StaffOut("s")),
    "staff_sessions": ({"session": "s", "own": True}, cmd.StaffSessions("s", own=True)),
    "staff_password": (
        {"session": "s", "old": "1234", "new": "angin segar"},
        cmd.StaffPassword("s", "1234", "angin segar"),
    ),
    "staff_totp": (
        {"session": "s", "action": "confirm", "code": "123456"},
        cmd.StaffTotp("s", "confirm", "123456", "kiosk-1/r-1"),
    ),
    "staff_reset": (
        {"session": "s", "officer": "budi", "what": "totp", "reason": "lost"},
        cmd.StaffReset("s", "budi", "totp", "lost"),
    ),
    "staff_revoke": ({"session": "s", "of": "budi", "reason": "lost"}, cmd.StaffRevoke("s", "budi", "lost")),
    "board": (
        {"session": "s", "stage": "check", "service": "visa", "lane": "regular"},
        cmd.Board("s", "check", "visa", "regular"),
    ),
    "ticket_history": ({"session": "s", "ticket": "A-001"}, cmd.TicketHistory("s", "A-001")),
    "rules_change": (
        {
            "session": "s",
            "base": "b",
            "reason": "law",
            "edits": [{"path": "hours.sun"}, {"path": "demo", "value": None}],
        },
        cmd.RulesChange("s", "b", "law", (cmd.RuleEdit("hours.sun"), cmd.RuleEdit("demo", None))),
    ),
    "alert_ack": ({"session": "s", "alert": "a-1", "reason": "gone"}, cmd.AlertAck("s", "a-1", reason="gone")),
    "help": ({"action": "ask", "page": "services"}, cmd.Help("ask", page="services", asker="kiosk-1")),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_request_becomes_its_command(desk: Desk, name: str) -> None:
    arguments, command = GOOD[name]
    assert desk.send(name, body(**arguments)) == Submission("kiosk-1", "r-1", command)


def test_a_request_may_say_until_when_it_is_meant(desk: Desk) -> None:
    submission = desk.send("next", body(**AT, until="2026-03-02T08:00:10+07:00"))
    assert submission is not None
    assert submission.command == cmd.Next("c1", "s")
    assert submission.until == dt.datetime(2026, 3, 2, 1, 0, 10, tzinfo=dt.UTC)


def test_every_command_of_the_contract_is_tried_here() -> None:
    assert {*GOOD, "issue", "lease", "open", "announce"} == set(cmd.COMMANDS)


def test_each_lease_gets_chance_of_its_own_and_no_log_shows_it(desk: Desk) -> None:
    made = [desk.send("lease", body(service="visa", lane="regular", holds=3)) for _ in range(2)]
    commands = [submission.command for submission in made if submission is not None]
    chances = {command.chance for command in commands if isinstance(command, cmd.Lease)}
    assert len(chances) == 2
    assert all(len(chance) == 64 for chance in chances)
    assert not any(chance in repr(made) for chance in chances)


def test_an_announcement_gets_its_name_here(desk: Desk) -> None:
    said = desk.send("announce", body(session="s", text={"id": "Tutup"}, ends_at="2026-03-02T12:00:00+07:00"))
    assert said is not None
    assert isinstance(said.command, cmd.Announce)
    assert len(said.command.announcement) == 12
    assert said.command.ends_at == NOON


def test_a_moment_without_its_offset_is_refused(desk: Desk) -> None:
    said = desk.send("intake", body(session="s", reason="why", action="stop", resume_at="2026-03-02T12:00:00"))
    assert said is not None
    assert isinstance(said.command, DomainError)


def test_issue_makes_an_identity_for_each_ticket(desk: Desk) -> None:
    made = [desk.send("issue", body(service="visa", lane="priority", language="en")) for _ in range(2)]
    commands = [submission.command for submission in made if submission is not None]
    assert all(isinstance(command, cmd.Issue) for command in commands)
    tickets = {str(uuid.UUID(command.ticket)) for command in commands if isinstance(command, cmd.Issue)}
    assert len(tickets) == 2
    first = commands[0]
    assert isinstance(first, cmd.Issue)
    assert (first.service, first.lane, first.language) == ("visa", "priority", "en")


def test_open_makes_a_session_of_client_and_request_and_no_log_shows_it(desk: Desk) -> None:
    asked = body(counter="c1", officer="sari", pin="1234")
    made = [desk.send("open", asked, client=client) for client in ("counter-1", "counter-2", "counter-1")]
    commands = [submission.command for submission in made if submission is not None]
    tokens = [command.token for command in commands if isinstance(command, cmd.SignIn)]
    assert tokens == ["counter-1/r-1", "counter-2/r-1", "counter-1/r-1"]
    assert not any(secret in repr(made) for secret in ("1234", *tokens))
    assert not any(command.pin_matches for command in commands if isinstance(command, cmd.SignIn))


# -- what is wrong and can be answered ------------------------------------------------------------------------------

WRONG: dict[str, tuple[str, bytes, str]] = {
    "missing argument": ("issue", body(), "service"),
    "until no moment": ("next", body(**AT, until="soon"), "until"),
    "until without an offset": ("next", body(**AT, until="2026-03-02T08:00:10"), "until"),
    "until as seconds": ("next", body(**AT, until=1732600000), "until"),
    "until as seconds in a text": ("next", body(**AT, until="1732600000"), "until"),
    "until as a fraction in a text": ("next", body(**AT, until="1732600000.5"), "until"),
    "until as a date": ("next", body(**AT, until="2026-03-02"), "until"),
    "until with digits of another script": ("next", body(**AT, until="٢٠٢٦-03-02T08:00:10Z"), "until"),
    "until as a number": ("next", body(**AT, until=1e400), "until"),
    "check as a number": ("lookup", body(ticket="A-001", check=417), "check"),
    "unknown argument": ("issue", body(service="visa", colour="red"), "colour"),
    "unknown argument of another command": ("next", body(**AT, ticket="A-001"), "ticket"),
    "number for text": ("issue", body(service=5), "service"),
    "true for text": ("issue", body(service=True), "service"),
    "null for text": ("issue", body(service=None), "service"),
    "list for text": ("issue", body(service=["visa"]), "service"),
    "object for text": ("issue", body(service={"id": "visa"}), "service"),
    "empty text": ("issue", body(service=""), "service"),
    "text too long": ("issue", body(service="x" * 201), "service"),
    "note too long": ("recall", body(**AT, note="x" * 501), "note"),
    "pin too long": ("open", body(counter="c1", officer="o", pin="1" * 65), "pin"),
    "pin as a number": ("open", body(counter="c1", officer="o", pin=1234), "pin"),
    "no such outcome": ("printed", body(ticket="t", outcome="perhaps"), "outcome"),
    "infinite number": ("issue", b'{"id": "r-1", "service": NaN}', "service"),
    "huge number": ("issue", b'{"id": "r-1", "service": 1e999}', "service"),
    "too long": ("issue", body(service="visa", lane="x" * MAX_PAYLOAD_BYTES), ""),
    "one byte too long": ("issue", body(service="visa").ljust(MAX_PAYLOAD_BYTES + 1), ""),
    "unknown command": ("fly", body(), ""),
    "transfer to nowhere": ("transfer", body(**AT), "stage"),
    "transfer to two places": ("transfer", body(**AT, stage="interview", to_counter="c4"), "to_counter"),
    "transfer to three places": ("transfer", body(**AT, stage="interview", service="visa", to_counter="c4"), "service"),
    "transfer to an empty name": ("transfer", body(**AT, stage=""), "stage"),
    "cancel at a counter without session": ("cancel", body(ticket="t", counter="c1"), "session"),
    "cancel with a session of no counter": ("cancel", body(ticket="t", session="s"), "counter"),
    "rejoin at a counter without session": ("rejoin", body(ticket="t", counter="c1"), "session"),
    "rejoin with a session of no counter": ("rejoin", body(ticket="t", session="s"), "counter"),
    "cancel of nobody": ("cancel", body(**AT), "ticket"),
    "unhold of nobody": ("unhold", body(**AT), "ticket"),
    "unhold with a note": ("unhold", body(**AT, ticket="t", note="x"), "note"),
    "hold of somebody else": ("hold", body(**AT, ticket="t"), "ticket"),
    "hold with too long a note": ("hold", body(**AT, note="x" * 501), "note"),
    "undo of something older": ("undo", body(**AT, action="called"), "action"),
    "lookup of everything": ("lookup", body(ticket=""), "ticket"),
    "lookup of a number as a number": ("lookup", body(ticket=12), "ticket"),
    "command in capitals": ("Issue", body(service="visa"), ""),
    "several faults": ("open", body(counter=1, officer=2), "counter"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_gets_an_error_that_names_the_field(desk: Desk, name: str) -> None:
    command, payload, named = WRONG[name]
    submission = desk.send(command, payload)
    assert submission is not None
    assert submission.request_id == "r-1"
    error = submission.command
    assert isinstance(error, DomainError)
    assert error.code == "bad_request"
    assert error.detail["field"] == named
    assert named in error.message
    assert not error.message.startswith(": ")
    assert desk.inbound.unanswerable == 0


def test_what_is_too_long_is_answered_without_being_parsed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(payload: bytes) -> object:
        raise AssertionError(len(payload))

    monkeypatch.setattr("pydantic_core.from_json", parse)
    submission = desk.send("issue", b'{"id": "r-1", "x": "' + b"x" * 1_000_000)
    assert submission is not None
    assert (submission.request_id, submission.command.__class__) == ("r-1", DomainError)


@pytest.mark.parametrize(
    "beginning",
    [b'{"service": "visa", "id": "r-1", "x": "', b'{"id": "r\\u0031", "x": "', b'[{"id": "r-1", "x": "', b"[" * 9000],
)
def test_what_is_too_long_and_does_not_begin_with_its_id_gets_no_answer(desk: Desk, beginning: bytes) -> None:
    assert desk.send("issue", beginning.ljust(MAX_PAYLOAD_BYTES + 1, b" ")) is None
    assert desk.inbound.unanswerable == 1


def test_of_who_asks_too_much_a_request_is_refused_by_its_id_alone(desk: Desk) -> None:
    desk.inbound.too_many("pad-1", b'{"id": "r-1", "service": 7}')
    for client, payload in (("pad-1", b"no request"), ("pad-1", b'{"id": 7}'), ("+", b'{"id": "r-2"}')):
        desk.inbound.too_many(client, payload)
    assert desk.refused == [("pad-1", "r-1", Code.TOO_MANY)]
    assert desk.submissions == []


def test_a_retained_request_is_refused_and_never_done(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.inbound.kept(TOPICS.command("kiosk-1", "issue"), body(service="visa"))
    (submission,) = desk.submissions
    assert (submission.client, submission.request_id) == ("kiosk-1", "r-1")
    assert isinstance(submission.command, DomainError)
    assert submission.command.code == "bad_request"
    assert "retain" in caplog.text


def test_exactly_8_kib_is_not_too_long(desk: Desk) -> None:
    submission = desk.send("issue", body(service="visa").ljust(MAX_PAYLOAD_BYTES))
    assert submission is not None
    assert isinstance(submission.command, cmd.Issue)


@pytest.mark.parametrize(
    ("command", "payload"), [("issue", body(service="visa", **{"k" * 8000: 1})), ("f" * 60_000, body())]
)
def test_an_error_stays_short_however_long_the_name_of_what_is_wrong(desk: Desk, command: str, payload: bytes) -> None:
    submission = desk.send(command, payload)
    assert submission is not None
    assert isinstance(submission.command, DomainError)
    assert len(submission.command.message) + len(repr(submission.command.detail)) < 1000


def test_of_two_equal_keys_the_last_counts_for_the_id_and_for_the_rest(desk: Desk) -> None:
    payload = b'{"id": "first", "service": "visa", "id": "r-2", "service": "passport"}'
    submission = desk.send("issue", payload)
    assert submission is not None
    assert submission.request_id == "r-2"
    assert isinstance(submission.command, cmd.Issue)
    assert submission.command.service == "passport"


@pytest.mark.parametrize("identity", ["1", "x" * 64, "ünï-côdé", "a b", "../../etc", "'; DROP TABLE replies; --"])
def test_any_printable_id_of_up_to_64_characters_is_usable(desk: Desk, identity: str) -> None:
    submission = desk.send("issue", body(service="visa").replace(b'"r-1"', json.dumps(identity).encode()))
    assert submission is not None
    assert submission.request_id == identity
    assert isinstance(submission.command, cmd.Issue)


# -- what cannot even be answered -----------------------------------------------------------------------------------

UNANSWERABLE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello",
    "half of it": b'{"id": "r-1"',
    "two of it": b'{"id": "r-1"} {"id": "r-2"}',
    "a list": b'["r-1"]',
    "a text": b'"r-1"',
    "null": b"null",
    "no id": b'{"service": "visa"}',
    "empty id": b'{"id": ""}',
    "id too long": json.dumps({"id": "x" * 65}).encode(),
    "id a number": b'{"id": 1}',
    "id true": b'{"id": true}',
    "id null": b'{"id": null}',
    "id a list": b'{"id": ["r-1"]}',
    "id with a control character": b'{"id": "r\\u0000"}',
    "id with a line break": b'{"id": "r\\n1"}',
    "lone surrogate": b'{"id": "r-1", "service": "\\ud800"}',
    "lone surrogate in the id": b'{"id": "\\udfff"}',
    "not UTF-8": b'{"id": "r-1", "service": "\xff"}',
    "UTF-16": '{"id": "r-1"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"id": "r-1"}',
    "deep lists": b'{"id": "r-1", "x": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    "deep objects": b'{"id": "r-1", "x": ' + b'{"a":' * 1000 + b"1" + b"}" * 1000 + b"}",
    "very deep and cut off": b"[" * 1_000_000,
    "digits without end": b'{"id": "r-1", "x": ' + b"9" * 8_000 + b"}",
}


@pytest.mark.parametrize("name", UNANSWERABLE)
def test_what_has_no_usable_id_is_logged_and_counted(desk: Desk, name: str, caplog: pytest.LogCaptureFixture) -> None:
    assert desk.send("issue", UNANSWERABLE[name]) is None
    assert desk.inbound.unanswerable == 1
    assert len(caplog.records) == 1
    assert len(caplog.text) < 1200


def test_a_pin_never_gets_into_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.send("open", b'{"counter": "c1", "officer": "sari", "pin": "80246"}')
    desk.send("open", b'{"id": "one", "counter": "c1", "officer": "sari", "pin": "80246", "extra": 1}')
    assert desk.inbound.unanswerable == 1
    assert "80246" not in caplog.text + repr(desk.submissions)


@pytest.mark.parametrize(
    "topic",
    [
        "antrean/v1/demo/cmd/kiosk-1",
        "antrean/v1/demo/cmd//issue",
        "antrean/v1/demo/cmd/kiosk-1/issue/now",
        "antrean/v1/demo/cmd/-kiosk/issue",
        "antrean/v1/demo/cmd/kiosk 1/issue",
        "antrean/v1/demo/cmd/kiosk\n/issue",
        "antrean/v1/demo/cmd/kiösk/issue",
        "antrean/v1/demo/cmd/" + "k" * 65 + "/issue",
        "antrean/v1/other/cmd/kiosk-1/issue",
        "antrean/v2/demo/cmd/kiosk-1/issue",
        "antrean/v1/demo/event/issued",
    ],
)
def test_what_comes_on_an_odd_topic_is_logged_and_counted(desk: Desk, topic: str) -> None:
    desk.inbound.received(topic, body(service="visa"))
    assert desk.submissions == []
    assert desk.inbound.unanswerable == 1


@pytest.mark.parametrize("client", ["k", "kiosk-1", "Counter_3.b", "k" * 64, "0"])
def test_a_plain_client_id_is_taken_from_the_topic(desk: Desk, client: str) -> None:
    submission = desk.send("issue", body(service="visa"), client=client)
    assert submission is not None
    assert submission.client == client


def test_who_asks_is_never_taken_from_the_payload(desk: Desk) -> None:
    submission = desk.send("issue", body(service="visa", client="counter-1"))
    assert submission is not None
    assert submission.client == "kiosk-1"
    assert isinstance(submission.command, DomainError)


# -- anything at all ------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
NAMES = ["id", "service", "lane", "language", "counter", "session", "ticket", "outcome", "pin", "officer", "note"]
REQUEST_LIKE = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), JSON, max_size=8)


@given(
    st.sampled_from([*cmd.COMMANDS, "fly"]),
    st.binary(max_size=300) | REQUEST_LIKE.map(lambda b: json.dumps(b).encode()),
)
def test_nothing_that_comes_in_gets_out_as_an_exception(command: str, payload: bytes) -> None:
    desk = Desk()
    submission = desk.send(command, payload)
    assert (submission is None) == (desk.inbound.unanswerable == 1)
