"""The script as a table, played by a clock of ours: what happens when, and how it is recognised as done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from broker.config import load_settings
from broker.config.training import Ports, training_text
from broker.contract.link import Pending
from broker.contract.messages import CounterMessage, M, Reply, Ticket
from broker.domain import commands as cmd
from broker.domain.apply import apply
from broker.domain.decide import decide
from broker.domain.errors import DomainError
from broker.domain.hall import Hall
from broker.language import Phrases
from broker.reports.advice import PACKAGE
from broker.reports.training import LEFT_OUT, TOLD
from broker.up.trainer import Trainer
from broker.up.training import (
    BETWEEN,
    LINGER_S,
    SCRIPT,
    Come,
    Complain,
    Deed,
    Paper,
    Play,
    Return,
    Seen,
    Tell,
    next_move,
)
from tests.fakes.offices import small_office
from tests.support.office import CONFIG

NOON = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)


@dataclass
class Day:
    """A play with a queue of its own, and an officer who serves somebody every `every_s`."""

    play: Play = field(default_factory=Play)
    every_s: int = 15
    told: list[tuple[int, str]] = field(default_factory=list)
    done: list[tuple[int, Deed]] = field(default_factory=list)
    queue: list[tuple[str, bool]] = field(default_factory=list)
    does: frozenset[str] = frozenset({"opened", "no_show", "paper_low", "complaint_moved"})

    def run(self, until_s: int = 3000) -> Iterator[int]:
        """Let seconds pass until it is over."""
        for now_s in range(until_s):
            for deed in self.play.tick(float(now_s)):
                self._take(now_s, deed)
            if self.play.is_over:
                return
            self._officer(now_s)
            yield now_s

    def finish(self) -> int:
        """Play it to its end; return how long that took."""
        return max(self.run())

    def _take(self, now_s: int, deed: Deed) -> None:
        self.done.append((now_s, deed))
        match deed:
            case Tell():
                self.told.append((now_s, f"-{deed.step}" if deed.is_left_out else deed.step))
            case Come():
                ticket = f"t{len(self.play.tickets)}"
                self.play.issued(deed.who, ticket, f"A-{ticket}")
                self.play.heard("issued", ticket=ticket)
                self.queue.append((ticket, deed.is_priority))
            case Return():
                ticket, _ = self.play.tickets[deed.who]
                self.play.heard("rejoined", ticket=ticket)
                self.queue.append((ticket, False))
            case _:
                pass

    def _officer(self, now_s: int) -> None:
        step = self.play.step
        if now_s == 5 and "opened" in self.does:
            self.play.heard("opened")
        if step is not None and step.until == "paper_seen" and "paper_low" in self.does:
            self.play.seen("paper_low")
        if step is not None and step.until == "complaint_moved" and "complaint_moved" in self.does:
            self.play.heard("complaint_moved")
        if now_s < 10 or now_s % self.every_s or not self.queue:
            return
        self.queue.sort(key=lambda one: not one[1])
        ticket, is_priority = self.queue.pop(0)
        self.play.heard("called", ticket=ticket, is_priority=is_priority)
        for deed in self.play.tick(now_s + 0.5):
            self._take(now_s, deed)
        missing = ticket == self.play.missing and "no_show" in self.does
        self.play.heard("no_show" if missing else "finished", ticket=ticket)


def test_a_day_takes_a_quarter_of_an_hour_with_all_that_it_has() -> None:
    day = Day()
    assert 700 <= day.finish() <= 1000
    assert [step for _, step in day.told if step != BETWEEN] == [*(step.id for step in SCRIPT), "over"]
    deeds = [deed for _, deed in day.done]
    assert Complain() in deeds
    assert [deed for deed in deeds if isinstance(deed, Paper)] == [Paper("paper_out"), Paper("ready")]
    assert sum(isinstance(deed, Come) and deed.is_priority for deed in deeds) == 4


def test_every_step_has_its_words() -> None:
    assert {step.id for step in SCRIPT} | {BETWEEN, "over"} == TOLD.keys()


@pytest.mark.parametrize("does", [Day().does, frozenset[str]()])
def test_nobody_is_asked_any_more_for_what_is_over(does: frozenset[str]) -> None:
    day, over_s, lines = Day(does=does), 0, 0
    for _ in day.run():
        step, (_, told) = day.play.step, day.told[-1]
        over_s = over_s + 1 if step is None and len(day.told) == lines else 0
        lines = len(day.told)
        assert told == step.id if step is not None else over_s <= LINGER_S + 1 or told == BETWEEN
    steps = [step for _, step in day.told]
    assert (BETWEEN, BETWEEN) not in pairwise(steps)
    assert steps[:3] == ["sign_in", BETWEEN, "serve"] if does else steps.count(BETWEEN) <= 1


def test_a_faster_day_is_shorter() -> None:
    assert Day(play=Play(pace=4), every_s=4).finish() <= 250


def test_whoever_does_nothing_is_not_waited_for_and_nobody_comes_back_who_was_never_missed() -> None:
    day = Day(every_s=10_000, does=frozenset())
    day.finish()
    steps = [step for _, step in day.told]
    assert not {"nobody", "back"} & set(steps), "nobody is told of a call that never was"
    assert steps[-1] == "over"
    assert Paper("ready") in [deed for _, deed in day.done], "the printer has paper again at the end"


def test_what_is_not_there_is_left_out_and_told() -> None:
    day = Day(play=Play(has=frozenset({"lanes"})))
    day.finish()
    steps = [step for _, step in day.told]
    assert {"-paper", "-complaint"} <= set(steps)
    assert not {"paper", "complaint"} & set(steps)
    assert not [deed for _, deed in day.done if isinstance(deed, Paper | Complain)]


def test_the_missed_visitor_is_told_by_number_and_comes_back() -> None:
    day = Day()
    for _ in day.run():
        if any(step == "nobody" for _, step in day.told):
            break
    _, told = next((at, deed) for at, deed in day.done if isinstance(deed, Tell) and deed.step == "nobody")
    assert isinstance(told, Tell)
    assert (told.about, told.number) == day.play.tickets["missed"]
    day.finish()
    assert day.play.missing == ""


def test_whoever_calls_too_late_is_not_told_that_nobody_comes() -> None:
    day = Day(every_s=100)
    day.finish()
    missed, _ = day.play.tickets["missed"]
    steps = [step for _, step in day.told]
    assert "missed" in steps
    assert missed not in {ticket for ticket, _ in day.queue}, "they were called, and came"
    assert not {"nobody", "back"} & set(steps)


def test_a_crowd_that_is_served_before_anybody_waits_too_long_is_done_with() -> None:
    quick, slow = Day(every_s=3), Day(every_s=40)
    quick.finish()
    slow.finish()
    assert {step: at for at, step in quick.told}["complaint"] == 600
    assert {step: at for at, step in slow.told}["complaint"] == 690, "its patience is over"


class Unanswered:
    """A request that stays one."""

    id = "1"

    def cancel(self) -> None:
        """Ask no more."""


@dataclass
class NobodyAnswers:
    """A wire on which a training is told, and nothing comes back."""

    told: list[str] = field(default_factory=list)
    unanswered: list[Callable[[Reply], None]] = field(default_factory=list)

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Listen to nothing."""

    def request(self, command: str, arguments: Mapping[str, Any], on_reply: Callable[[Reply], None]) -> Pending:
        """Note which steps are told."""
        self.unanswered.append(on_reply)
        if command == "training":
            self.told.append(arguments["step"])
        return Unanswered()


@pytest.mark.parametrize("has_printer", [True, False])
def test_where_no_emulated_printer_is_nobody_is_asked_to_see_to_its_paper(tmp_path: Path, *, has_printer: bool) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(training_text(CONFIG, {}, Ports(1, 2)), encoding="utf-8")
    wire, terminal, commands, now_s = NobodyAnswers(), list[str](), list[str](), 0.0

    def printer(command: str) -> None:
        commands.append(command)
        if not has_printer:
            raise ConnectionRefusedError

    trainer = Trainer(load_settings(config, {}), wire, printer, terminal.append, clock=lambda: now_s)
    while not trainer.play.is_over:
        trainer.step()
        now_s += 1
    left_out = [line for line in terminal if line == Phrases(PACKAGE, "id").say(LEFT_OUT["paper"])]
    assert ("paper" in wire.told, len(left_out)) == (has_printer, 0 if has_printer else 1)
    assert commands == ["paper_out", "ready"] if has_printer else ["paper_out"]
    assert wire.told[-1] == "over"


# -- an officer who plays by themselves ------------------------------------------------------------------------------


def desk(state: str, **changes: object) -> CounterMessage:
    return CounterMessage.model_validate({"id": "c1", "label": "1", "state": state, **changes})


def called(times: int) -> Ticket:
    return Ticket.model_validate(
        {
            "id": "t",
            "number": "A-001",
            "service": "s",
            "lane": "l",
            "stage": "st",
            "state": "called",
            "language": "id",
            "issued_at": NOON,
            "waiting_since": NOON,
            "ahead": 0,
            "qr": "q",
            "times_called": times,
        }
    )


@pytest.mark.parametrize(
    ("seen", "move"),
    [
        (Seen(None), None),
        (Seen(desk("closed")), "sign_in"),
        (Seen(desk("paused")), "resume"),
        (Seen(desk("open")), None),
        (Seen(desk("open", queue_length=2)), "next"),
        (Seen(desk("open", queue_length=2), has_alert=True), "see"),
        (Seen(desk("open"), has_complaint=True), "read"),
        (Seen(desk("open", queue_length=2), wants_help=True), "ask"),
        (Seen(desk("calling", ticket=called(1))), "start"),
        (Seen(desk("calling", ticket=called(1)), is_missing=True), "recall"),
        (Seen(desk("calling", ticket=called(2)), is_missing=True), None),
        (Seen(desk("calling", ticket=called(2)), is_missing=True, can_give_up=True), "no_show"),
        (Seen(desk("serving", ticket=called(1))), "finish"),
    ],
)
def test_what_an_officer_does_next(seen: Seen, move: str | None) -> None:
    assert next_move(seen) == move


# -- the engine ------------------------------------------------------------------------------------------------------


def test_a_training_is_told_by_who_plays_it_alone_and_only_where_there_is_one() -> None:
    told = cmd.Training("missed", {"id": "Panggil", "en": "Call"}, "t", "up")
    training = Hall(small_office(is_training=True))
    (step,) = decide(training, told, NOON)
    apply(training, step)
    assert training.training == step
    for hall, command in (
        (Hall(small_office()), told),
        (training, cmd.Training("missed", {"id": "x"}, None, "kiosk-1")),
    ):
        with pytest.raises(DomainError) as refused:
            decide(hall, command, NOON)
        assert refused.value.code.value == "not_allowed"
