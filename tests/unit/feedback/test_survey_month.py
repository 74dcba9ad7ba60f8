"""A month of answers over the wire and on the disk: what is told of it, what can be read of it, and what nobody can."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from broker.bootstrap.rules import office_message, office_rules
from broker.cli import main
from broker.config import load_settings
from broker.contract.messages import MAX_PAYLOAD_BYTES, FeedbackMessage, SurveyMessage
from broker.contract.topics import Topics
from broker.engine import Engine
from broker.gateway import Inbound, MqttWire
from broker.inbox import Reconnected
from broker.store.archive import Archive
from broker.store.office_key import OfficeKey
from broker.store.sql import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.offices import OnePin
from tests.support.office import CONFIG
from tests.support.sqlite import opened
from tests.unit.gateway.test_outbound import Air

VISITORS = 12
DAY_S = 24 * 3600
ROOT = "antrean/v1/demo"


class AnyPin(OnePin):
    """Everybody's PIN is right."""

    def matches(self, officer: str, pin: str) -> bool:  # noqa: ARG002 - the protocol has it
        """Tell that it is."""
        return True


@dataclass
class Month:
    """An office whose visitors are all asked, played from its first to its last day."""

    folder: Path
    air: Air = field(default_factory=Air)
    clock: FakeClock = field(default_factory=FakeClock)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    given: list[dict[str, int]] = field(default_factory=list)
    """The answers in the order in which they came."""
    log: StringIO = field(default_factory=StringIO)
    requests: int = 0

    def __post_init__(self) -> None:
        """Open the office."""
        settings = load_settings(CONFIG, {})
        surveys = tuple(one.model_copy(update={"invite_every": 1}) for one in settings.feedback.surveys)
        self.settings = settings.model_copy(
            update={"feedback": settings.feedback.model_copy(update={"surveys": surveys})}
        )
        topics = Topics("demo")
        self.store = SqlStore(f"sqlite:///{self.folder}/office.db", "demo", key=OfficeKey(self.folder / "office.key"))
        wire = MqttWire(topics, self.air, office_message(self.settings), (), surveys, first_revision=lambda: 1000)
        self.engine = Engine(
            office=office_rules(self.settings),
            store=self.store,
            wire=wire,
            credentials=AnyPin(),
            clock=self.clock.now,
            monotonic=self.clock.monotonic,
        )
        self.inbound = Inbound(
            topics,
            lambda submission: self.engine.step([self.engine.pin_checker.checked(submission)]),
            token=lambda *request: "/".join(request),
        )

    def do(self, command: str, client: str, **arguments: object) -> dict[str, Any]:
        """Send a request that has to succeed; return the result."""
        self.requests += 1
        self.clock.advance(3)
        payload = json.dumps({"id": f"request-{self.requests}", **arguments}).encode()
        self.inbound.received(f"{ROOT}/cmd/{client}/{command}", payload)
        reply = self.air.last(f"reply/{client}")
        assert reply["ok"], reply
        result: dict[str, Any] = reply["result"]
        return result

    def visit(self, number: int) -> None:
        """Let one visitor be served, be asked on the phone, and answer as nobody else does."""
        ticket = self.do("issue", "kiosk-1", service="collection", language="id")["ticket"]
        self.tickets.append(ticket)
        for step in ("next", "start", "finish"):
            self.do(step, "counter-5", counter="counter-5", session=self.session)
        (invitation,) = [
            one["invitation"]
            for one in self.do("invited", "web", ticket=ticket["key"])["invitations"]
            if one["survey"] == "skm"
        ]
        survey = self.settings.feedback.surveys[0].definition
        answers = {code: number // 4**place % 4 + 1 for place, code in enumerate(survey.codes)}
        self.given.append(answers)
        self.do(
            "survey",
            "web",
            survey="skm",
            version=survey.version,
            answers=answers,
            profile={"sex": "female", "age": "31-40"},
            invitation=invitation,
        )
        self.do("rate", "web", ticket=ticket["key"], score=number % 4 + 1)

    def play(self) -> None:
        """Let the visitors come on the first day, and let the month go by."""
        opened_desk = self.do("open", "counter-5", counter="counter-5", officer="siti", pin="1234")
        self.session = opened_desk["session"]
        numbers = list(range(VISITORS))
        random.Random(3).shuffle(numbers)  # noqa: S311 - an order, no secret
        for number in numbers:
            self.visit(number)
        for _ in range(33):
            self.clock.advance(DAY_S)
            self.engine.step([])
            self.clock.advance(3)
            self.engine.step([])
        session = self.do("staff_in", "web", officer="maria", pin="1234")["session"]
        self.do(
            "survey_plan",
            "web",
            session=session,
            survey="skm",
            period="2026-03",
            element="complaints",
            plan="@Kotak saran dipasang",
            by="2026-05-31",
        )
        self.engine.step([Reconnected()])
        self.clock.advance(5)
        self.engine.step([])


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    played = Month(tmp_path_factory.mktemp("month"))
    listening, root = logging.StreamHandler(played.log), logging.getLogger()
    before = root.level
    root.addHandler(listening)
    root.setLevel(logging.DEBUG)
    try:
        played.play()
    finally:
        root.removeHandler(listening)
        root.setLevel(before)
    played.store.close()
    return played


def tables(database: Path) -> dict[str, list[dict[str, object]]]:
    """Return every row of every table."""
    with opened(database) as connection:
        connection.row_factory = sqlite3.Row
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}  # noqa: S608 - names of ours


def test_what_is_asked_stands_on_its_topics_in_every_language(month: Month) -> None:
    for survey in ("skm", "ipk"):
        for language in month.settings.office.languages:
            told = SurveyMessage.model_validate(month.air.last(f"state/survey/{survey}/{language}"))
            assert told.language == language
            assert {len(element.answers) for element in told.elements} == {4}
    assert month.air.longest <= MAX_PAYLOAD_BYTES


def test_the_closed_period_is_published_with_its_plan(month: Month) -> None:
    told = FeedbackMessage.model_validate(month.air.last("state/feedback"))
    (result,) = told.results
    assert (result.survey, result.period, result.answers, result.wanted) == ("skm", "2026-03", VISITORS, VISITORS)
    index = sum(sum(answers.values()) for answers in month.given) / (VISITORS * 9) * 25
    assert result.index == round(index, 2)
    assert result.low <= result.index <= result.high
    assert result.grade == "D"
    assert [low.code for low in result.lowest] == ["time", "fee", "product"] or len(result.lowest) == 3
    assert len(result.digest) == 64
    assert {progress.period for progress in told.surveys} == {"2026-04"}


def test_no_table_joins_an_answer_to_a_ticket_or_an_officer_by_content(month: Month) -> None:
    found = tables(month.folder / "office.db")
    answers = found.pop("survey_answers")
    assert len(answers) == VISITORS
    people = {text for ticket in month.tickets for text in (ticket["id"], ticket["number"], ticket["key"])}
    people |= {"siti", "counter-5", "web", "kiosk-1", *(f"request-{n}" for n in range(1, month.requests + 1))}
    for row in answers:
        assert set(row) == {
            *("office", "id", "survey", "version", "day", "service"),
            *("channel", "language", "answers", "profile"),
        }
        said = [str(value) for value in row.values()]
        assert not [one for one in people if any(one in text for text in said)]
    secrets = {str(row["id"]) for row in answers} | {str(row["answers"]) for row in answers}
    for name, rows in found.items():
        for row in rows:
            said = [
                value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row.values()
            ]
            assert not [one for one in secrets if any(one in text for text in said)], name
            assert not any('"requirements"' in text for text in said) or _is_a_sum(name, row), name


def _is_a_sum(table: str, row: dict[str, object]) -> bool:
    """Tell whether a row names elements because a whole period is counted in it."""
    return table == "survey_periods" or row.get("type") == "survey_closed"


def test_no_table_joins_an_answer_to_a_ticket_by_the_order_in_which_it_came(month: Month) -> None:
    with opened(month.folder / "office.db") as connection:
        for table in ("survey_answers", "spent", "ratings"):
            with pytest.raises(sqlite3.OperationalError, match="rowid"):
                connection.execute(f"SELECT rowid FROM {table}")  # noqa: S608 - a name of ours
    rows = tables(month.folder / "office.db")["survey_answers"]
    arrival = [month.given.index(json.loads(str(row["answers"]))) for row in rows]
    assert sorted(arrival) == list(range(VISITORS))
    assert arrival not in ([*range(VISITORS)], [*reversed(range(VISITORS))])
    assert [row["id"] for row in rows] == sorted(str(row["id"]) for row in rows)
    for column in set(rows[0]) - {"id", "answers"}:
        assert len({row[column] for row in rows}) == 1, f"{column} could tell them apart"


def test_the_journal_says_that_somebody_answered_and_nothing_of_who_or_what(month: Month) -> None:
    lines = tables(month.folder / "office.db")["events"]
    told = [json.loads(str(line["body"])) for line in lines if line["type"] == "surveyed"]
    assert len(told) == VISITORS
    assert all(set(body) == {"at", "survey", "service"} for body in told)
    assert {(line["ticket"], line["counter"]) for line in lines if line["type"] == "surveyed"} == {(None, None)}
    replies = tables(month.folder / "office.db")["replies"]
    bodies = [json.loads(bytes(row["payload"])) for row in replies]  # type: ignore[call-overload]  # a blob
    assert not [body for body in bodies if "invitations" in body.get("result", {})], "a question is not remembered"


def test_no_log_has_an_answer_or_an_invitation(month: Month) -> None:
    assert "requirements" not in month.log.getvalue()
    assert not [ticket["key"] for ticket in month.tickets if ticket["key"] in month.log.getvalue()]


def test_what_is_spent_cannot_be_tried_out_without_the_key(month: Month) -> None:
    spent = {str(row["digest"]) for row in tables(month.folder / "office.db")["spent"]}
    for ticket in month.tickets:
        for text in (ticket["id"], ticket["key"], f"surveyed\nskm\n{ticket['id']}", f"rated\n{ticket['id']}"):
            assert hashlib.sha256(text.encode()).hexdigest() not in spent


def test_no_event_on_the_air_says_who_was_asked_or_answered(month: Month) -> None:
    for name in ("invited", "surveyed", "survey_closed", "plan_made"):
        told = month.air.all(f"event/{name}")
        assert told
        assert all(set(one) == {"seq", "at", "type"} for one in told)


# -- the command line -----------------------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, month: Month, *arguments: object, folder: Path | None = None) -> int:
    data = folder or month.folder
    monkeypatch.setattr(
        "sys.argv", ["antrean", "survey", *map(str, arguments), "--config", str(CONFIG), "--data", str(data)]
    )
    try:
        return main()
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.mark.parametrize("kind", ["pdf", "csv", "excel", "xlsx"])
def test_the_command_line_writes_the_result(
    month: Month, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "result"
    asked = ("--survey", "skm", "--period", "2026-03", "--format", kind, "--out", out)
    assert run(monkeypatch, month, "results", *asked) == 0
    content = out.read_bytes()
    assert content.startswith({"pdf": b"%PDF", "csv": b"part,", "excel": b"\xef\xbb\xbf", "xlsx": b"PK"}[kind])
    if kind == "csv":
        figures = {tuple(line[:2]): line[4] for line in csv.reader(StringIO(content.decode(), newline=""))}
        told = FeedbackMessage.model_validate(month.air.last("state/feedback")).results[0]
        assert figures["summary", "index"] == f"{told.index:.2f}"
        assert figures["summary", "low"] == f"{told.low:.2f}"
        assert figures["summary", "digest"] == told.digest


def test_the_command_line_says_how_it_was_closed_and_notices_what_was_altered(
    month: Month, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, month, "close", "--survey", "skm", "--period", "2026-03") == 0
    said = capsys.readouterr().out
    assert f"answers: {VISITORS} of {VISITORS} wanted (reached)" in said
    assert "are those that were closed" in said
    (tmp_path / "office.db").write_bytes((month.folder / "office.db").read_bytes())
    with opened(tmp_path / "office.db") as connection:
        connection.execute("UPDATE survey_answers SET answers = replace(answers, '1', '4')")
    assert run(monkeypatch, month, "close", "--survey", "skm", "--period", "2026-03", folder=tmp_path) == 1
    assert "were altered" in capsys.readouterr().err


def broken(month: Month, folder: Path, statement: str) -> str:
    """Return what is found wrong once somebody has altered a copy of the database."""
    (folder / "office.db").write_bytes((month.folder / "office.db").read_bytes())
    with opened(folder / "office.db") as connection:
        connection.execute(statement)
    with closing(Archive(f"sqlite:///{folder}/office.db", "demo")) as archive:
        found = archive.verify(None)
    return "" if found is None else found.why


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE survey_answers SET service = service", ""),
        (
            "UPDATE survey_answers SET answers = replace(answers, '1', '4')",
            "to skm of 2026-03-02 are not those",
        ),
        (
            "DELETE FROM survey_answers WHERE id = (SELECT max(id) FROM survey_answers)",
            "are not those that were sealed",
        ),
        ("UPDATE survey_answers SET service = 'new-passport'", "are not those that were sealed"),
        ("UPDATE survey_periods SET body = replace(body, '\"n\":12', '\"n\":13')", "otherwise of the period 2026-03"),
        ("DELETE FROM survey_periods", "otherwise of the period 2026-03"),
        ("UPDATE survey_days SET day = '2026-03-09'", "no seal of skm of 2026-03-09"),
    ],
)
def test_the_journal_proves_what_was_sealed_and_closed(month: Month, tmp_path: Path, statement: str, why: str) -> None:
    found = broken(month, tmp_path, statement)
    assert why in found
    assert bool(found) == bool(why)


def test_the_command_line_says_what_there_is_not(
    month: Month, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, month, "results", "--survey", "none", "--period", "2026-03") == 1
    assert run(monkeypatch, month, "results", "--survey", "skm", "--period", "2020-01") == 1
    assert run(monkeypatch, month, "close", "--survey", "skm", "--period", "2020-01") == 1
    assert run(monkeypatch, month, "results", "--survey", "skm", "--period", "2026-03", "--language", "fr") == 1
    said = capsys.readouterr().err
    assert "config.yaml has skm, ipk" in said
    assert "closed are 2026-03" in said
    assert run(monkeypatch, month, "progress") == 0
    assert "skm" in capsys.readouterr().out


def test_an_empty_disk_has_nothing_to_say(monkeypatch: pytest.MonkeyPatch, month: Month, tmp_path: Path) -> None:
    assert run(monkeypatch, month, "progress", folder=tmp_path) == 1
