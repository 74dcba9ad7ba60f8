"""What all that can be said at a feedback kiosk shares: the visit, where it goes on, and its one request. No wire."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from broker.contract.messages import Reply
from kiosk.visit.flow import Flow
from kiosk.visit.keyboard import Keyboard
from kiosk.visit.opinion import Asks, Opinion
from kiosk.visit.steps import Problem, Step
from kiosk.visit.writing import WRITING

log = logging.getLogger(__name__)

Picks = Mapping[Step, Callable[[str], None]]
"""What an answer does, by the step that asks."""


class Saying:
    """One visitor's say, step by step: a rating, a survey, a complaint each go on by it."""

    def __init__(self, flow: Flow, asks: Asks) -> None:
        """Take the visit, and what this kiosk takes."""
        self.flow, self.asks = flow, asks

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
