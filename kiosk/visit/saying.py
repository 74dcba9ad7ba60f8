"""What all that can be said at a feedback kiosk shares: the visit, where it goes on, and its one request. No wire."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from broker.contract.messages import Reply
from kiosk.outbox.sayings import Sayings
from kiosk.visit.flow import Flow
from kiosk.visit.keyboard import Keyboard
from kiosk.visit.opinion import Asks, Opinion
from kiosk.visit.steps import SAID_LATER_AFTER_S, Problem, Step
from kiosk.visit.writing import WRITING

log = logging.getLogger(__name__)

Picks = Mapping[Step, Callable[[str], None]]
"""What an answer does, by the step that asks."""


class Saying:
    """One visitor's say, step by step: a rating, a survey, a complaint each go on by it."""

    def __init__(self, flow: Flow, asks: Asks, outbox: Sayings) -> None:
        """Take the visit, what this kiosk takes, and where is kept what the office does not have yet."""
        self.flow, self.asks, self.outbox = flow, asks, outbox
        self._awaited: object | None = None
        """What was handed in, and is still to be answered while its visitor stands here."""

    @property
    def opinion(self) -> Opinion:
        """Return what was said so far."""
        return self.flow.visit.opinion

    @property
    def language(self) -> str:
        """Return what the visitor speaks."""
        return self.flow.visit.language

    def go(self, step: Step, opinion: Opinion, **changes: object) -> None:
        """Move on; every page with a keyboard begins with its letters."""
        fresh = replace(opinion, keyboard=Keyboard()) if step in WRITING else opinion
        begins = {"has_chosen_language": True} if step not in {Step.FEEDBACK, Step.RESTING} else {}
        self.flow.go(step, opinion=fresh, **(begins | changes))

    def send(
        self,
        command: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Reply], None],
        opinion: Opinion | None = None,
    ) -> None:
        """Ask the engine, unless something is still unanswered: another request might do things twice."""
        if self.flow.is_unanswered:
            return
        self.go(Step.SENDING, replace(opinion or self.opinion, asked=command))
        self.flow.request(command, arguments, answered)

    def hand_in(
        self, command: str, arguments: Mapping[str, Any], answered: Callable[[Reply], None], opinion: Opinion
    ) -> None:
        """Ask for what holds no words of anybody: it is kept, and done whatever becomes of line, kiosk and visitor."""
        if self.flow.is_unanswered:
            return
        self.go(Step.SENDING, replace(opinion, asked=command))
        self._awaited = awaited = object()

        def replied(reply: Reply) -> None:
            if self._awaited is awaited:
                self._awaited = None
                answered(reply)

        self.outbox.send(command, arguments, replied)
        self.tick()

    def tick(self) -> None:
        """Thank whoever waits for a link that is not there, or for an engine that says nothing."""
        flow = self.flow
        is_late = not flow.is_linked or flow.elapsed_s >= SAID_LATER_AFTER_S
        if self._awaited is not None and flow.visit.step is Step.SENDING and is_late:
            self._awaited = None
            self.go(Step.THANKS, Opinion(topic=self.opinion.topic, is_sent_later=True))

    def ended(self) -> None:
        """Let the visit go; what it handed in is done without it."""
        self._awaited = None

    def suggest(self, opinion: Opinion) -> None:
        """Put what was written into the box; of a rating's sentence it is told which service it is about."""
        about = {"service": opinion.service} if opinion.service else {}
        arguments = {"text": opinion.text.strip(), "language": self.language, **about}
        self.send("suggest", arguments, self.thanked, opinion)

    def thanked(self, reply: Reply) -> None:
        """Thank, and forget what was said."""
        if reply.ok:
            self.go(Step.THANKS, Opinion(topic=self.opinion.topic))
        else:
            self.refused(reply)

    def refused(self, reply: Reply) -> None:
        """Say why it came to nothing; what was said stays."""
        log.warning("refused: %s", reply.error.code if reply.error is not None else "unreadable")
        self.flow.go(Step.PROBLEM, problem=reply.error.code if reply.error is not None else Problem.UNREADABLE)
