"""Leads a visitor who was served to a face, and to a sentence where they like: at a kiosk, or at a counter's tablet.

A kiosk sends face and sentence together, once it is known whether one follows. A tablet sends the face at once, for its
visitor has risen already, and follows that one touch to its end by itself; a sentence goes into the suggestion box.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from broker.contract.messages import EventMessage, Reply
from kiosk.visit import steps as patience
from kiosk.visit.offer import service_of
from kiosk.visit.opinion import Opinion
from kiosk.visit.saying import Picks, Saying
from kiosk.visit.steps import Step

_WAITS_FOR_A_VISITOR = frozenset({Step.RESTING, Step.FACES, Step.THANKS})
"""Where a tablet may turn to whoever was served last."""


class Rating:
    """The steps of whoever rates, and what a tablet does of itself."""

    def __init__(self, saying: Saying, rated: Callable[[Opinion], None]) -> None:
        """Take the visit, and what follows the thanks at a kiosk."""
        self._saying, self._flow, self._counter = saying, saying.flow, saying.asks.counter
        self._then = rated
        self._asked: tuple[dt.date | None, set[str]] = (None, set())
        """Whose faces this tablet has taken, and on which day."""
        self._next: EventMessage | None = None
        self.picks: Picks = {Step.MORE: self._more}

    def face(self, score: str) -> None:
        """Take a face: at a counter's tablet it counts at once, elsewhere a sentence may come with it."""
        flow = self._flow
        if not flow.takes(Step.FACES) or score not in {"1", "2", "3", "4"} or flow.has_moved:
            return  # one touch counts at once: never for the face that has come below the finger
        rated = replace(self._saying.opinion, score=int(score))
        if self._counter is None:
            self._saying.go(Step.MORE, rated)
            return
        self._asked[1].add(rated.ticket)
        arguments = {"ticket": rated.ticket, "score": int(score)}
        self._saying.outbox.send("rate", arguments, partial(self._face_answered, rated.ticket))
        can_add = flow.is_linked and self._saying.asks.suggestions
        thanks = Opinion(topic="rating", service=rated.service, is_sent_later=not flow.is_linked, can_add=can_add)
        self._saying.go(Step.THANKS, thanks)

    def add(self) -> None:
        """Write a sentence after the thanks of a tablet; nothing of the ticket goes with it but its service."""
        opinion = self._saying.opinion
        if opinion.can_add:
            self._saying.go(Step.SENTENCE, replace(opinion, can_add=False))

    def written(self, opinion: Opinion) -> None:
        """Send a sentence: with its face, or where that has gone ahead into the box."""
        if self._counter is None:
            self.rate(opinion)
        else:
            self._saying.suggest(opinion)

    def rate(self, opinion: Opinion) -> None:
        """Send a face, with its sentence where there is one; that waits for the link with who wrote it."""
        send = self._saying.send if opinion.text.strip() else self._saying.hand_in
        send("rate", _arguments(opinion), self._rated_now, opinion)

    def ended(self) -> None:
        """Send a face whose visitor walked away before saying whether a sentence is to follow."""
        visit = self._flow.visit
        if visit.step in {Step.MORE, Step.SENTENCE} and visit.opinion.score is not None:
            self._saying.outbox.send("rate", _arguments(replace(visit.opinion, text="")))

    # -- a counter's tablet -------------------------------------------------------------------------------------------

    def finished(self, event: EventMessage) -> None:
        """Ask whoever was served at this tablet's counter just now, once, where all of the visit is done."""
        if self._counter is None or event.counter != self._counter or event.ticket is None:
            return
        if self._asked[0] != event.at.date():
            self._asked = event.at.date(), set()
        if event.ticket in self._asked[1] or not self._is_last_stage(event):
            return
        if self._flow.visit.step in _WAITS_FOR_A_VISITOR and self._flow.visit.aside is None:
            self._ask(event)
        else:
            self._next = event

    def undone(self, event: EventMessage) -> None:
        """Ask nobody any more whose visit goes on after all: they are asked when it is over."""
        if self._counter is None or event.counter != self._counter:
            return
        if self._next is not None and self._next.ticket == event.ticket:
            self._next = None
        visit = self._flow.visit
        if visit.step is Step.FACES and visit.opinion.ticket == event.ticket:
            self._flow.begin_anew(is_abandoned=True)

    def tick(self) -> None:
        """Let time pass: a tablet does not ask for ever, and turns to whoever was served meanwhile."""
        flow = self._flow
        is_asking = self._counter is not None and flow.visit.step is Step.FACES
        if is_asking and flow.quiet_s >= patience.TABLET_ASKS_S and flow.visit.aside is None:
            flow.begin_anew(is_abandoned=True)
        if self._next is not None and flow.visit.step is Step.RESTING and flow.visit.aside is None:
            event, self._next = self._next, None
            self._ask(event)

    def _ask(self, event: EventMessage) -> None:
        flow = self._flow
        flow.return_to_start()
        language = event.language if event.language in flow.languages else flow.languages[0]
        opinion = Opinion(topic="rating", ticket=event.ticket or "", service=event.service)
        self._saying.go(Step.FACES, opinion, language=language, has_chosen_language=True)

    def _face_answered(self, ticket: str, reply: Reply) -> None:
        """Ask again, once it is over, where the visit was not over after all."""
        if reply.error is not None and reply.error.code == "illegal_transition":
            self._asked[1].discard(ticket)

    def _is_last_stage(self, event: EventMessage) -> bool:
        office = self._flow.office
        service = None if office is None else service_of(office, event.service)
        return service is None or event.stage is None or event.stage == service.stages[-1]

    # -- inside -----------------------------------------------------------------------------------------------------

    def _more(self, key: str) -> None:
        opinion = self._saying.opinion
        if key == "write":
            self._saying.go(Step.SENTENCE, opinion)
        elif key == "send":
            self.rate(replace(opinion, text=""))

    def _rated_now(self, reply: Reply) -> None:
        """Thank, and look whether the same visitor is asked for more."""
        if not reply.ok:
            self._saying.refused(reply)
            return
        opinion = self._saying.opinion
        self._saying.go(Step.THANKS, Opinion(topic="rating", ticket=opinion.ticket, check=opinion.check))
        self._then(opinion)


def holder(opinion: Opinion) -> dict[str, str]:
    """Return what names a ticket and shows that it is the visitor's own."""
    return {"ticket": opinion.ticket} | ({"check": opinion.check} if opinion.check else {})


def _arguments(opinion: Opinion) -> dict[str, Any]:
    text = opinion.text.strip()
    return {**holder(opinion), "score": opinion.score} | ({"text": text} if text else {})
