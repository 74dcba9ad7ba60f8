"""The steps of a visitor without a ticket: service, requirements, lane, number. No widgets, no wire."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Literal

from broker.contract.messages import OfficeMessage, Reply, ServiceInfo, Ticket
from kiosk.outbox.keeper import Keeper
from kiosk.outbox.keeper import ticket_of as ticket_of_reserve
from kiosk.outbox.kept import KeptRequest
from kiosk.outbox.reserve import Given
from kiosk.visit.flow import Flow
from kiosk.visit.offer import is_shut, lane_of, offer_of, service_of
from kiosk.visit.requests import Done, ticket_of
from kiosk.visit.steps import GIVE_WAY_AFTER_S, Errand, Paper, Problem, Step

log = logging.getLogger(__name__)

NOBODY_THERE = "the visitor had left the kiosk before the answer came"
SUPERSEDED = "the line was cut before the answer came, and the visitor has a number in advance"
Print = Callable[[Ticket, OfficeMessage], None]
PrintList = Callable[[ServiceInfo, OfficeMessage, str, Callable[[bool], None]], None]
"""Prints what a service needs, in a language; tells whether there was paper."""


class Newcomer:
    """Leads to a number. What the office does not offer now cannot be chosen."""

    def __init__(self, flow: Flow, print_ticket: Print, print_list: PrintList) -> None:
        """Take the visit and who prints."""
        self._flow = flow
        self._print = print_ticket
        self._print_list = print_list
        self._wanted: object = None
        """The last number that was asked of the reserve: one that the disk held up longer is nobody's here."""
        self._has_given_way = False
        """Whether a number in advance was asked for in place of an answer that does not come: once is enough."""

    def choose_service(self, service: str) -> None:
        """Show what this service needs."""
        flow = self._flow
        is_known = flow.office is not None and service_of(flow.office, service) is not None
        may_read = is_known and is_shut(flow.hall)
        if flow.takes(Step.SERVICE) and flow.gives_numbers and (may_read or self._is_offered(service)):
            flow.go(Step.REQUIREMENTS, service=service)

    def go_on(self) -> None:
        """Ask for the lane, or for the number at once where there is one lane only."""
        flow = self._flow
        takes = flow.takes(Step.REQUIREMENTS) or flow.takes(Step.MISSING)
        if not (takes and flow.gives_numbers and flow.office):
            return
        if not self._is_offered(flow.visit.service):
            return
        if len(flow.office.lanes) > 1:
            flow.go(Step.LANE)
        else:
            self._issue(flow.office.lanes[0].id)

    def miss_something(self) -> None:
        """Tell what to do without all documents; nothing is taken."""
        if self._flow.takes(Step.REQUIREMENTS):
            self._flow.go(Step.MISSING, listed=None)

    def look_again(self) -> None:
        """See the list of documents once more."""
        if self._flow.takes(Step.MISSING):
            self._flow.go(Step.REQUIREMENTS)

    def print_list(self) -> None:
        """Print the list of documents, without a number; once a visit."""
        flow = self._flow
        service = None if flow.office is None else service_of(flow.office, flow.visit.service)
        if not flow.takes(Step.MISSING) or flow.office is None or service is None or flow.visit.listed is not None:
            return
        flow.change(listed="printing")
        self._print_list(service, flow.office, flow.visit.language, self._listed)

    def _listed(self, is_printed: bool) -> None:  # noqa: FBT001 - told by who prints
        if self._flow.visit.step is Step.MISSING and self._flow.visit.listed == "printing":
            self._flow.change(listed="printed" if is_printed else "failed")

    def choose_lane(self, lane: str) -> None:
        """Ask for a number in this lane."""
        flow = self._flow
        is_known = flow.office is not None and lane_of(flow.office, lane) is not None
        if flow.takes(Step.LANE) and is_known and self._is_offered(flow.visit.service, lane):
            self._issue(lane)

    def try_again(self) -> None:
        """Ask anew after a refusal that may pass; the refused request changed nothing."""
        flow = self._flow
        if flow.takes(Step.PROBLEM) and flow.visit.lane is not None and not flow.is_unanswered:
            self._issue(flow.visit.lane)

    def choose_again(self, step: Literal["services", "lanes"]) -> None:
        """Return from a refusal to an earlier question."""
        if self._flow.takes(Step.PROBLEM) and not self._flow.is_unanswered:
            self._flow.go(Step.SERVICE if step == "services" else Step.LANE)

    def tick(self) -> None:
        """Give whoever waits for a line that is gone a number in advance.

        What was asked for before may have been done: it is found out, and its ticket given up, once the line is back.
        """
        flow = self._flow
        waits = flow.visit.step is Step.ISSUING and flow.is_unanswered and flow.elapsed_s >= GIVE_WAY_AFTER_S
        if not (waits and flow.is_alone) or self._has_given_way or flow.reserve is None:
            return
        if flow.has_reserve(flow.visit.service, flow.visit.lane):
            self._has_given_way = True
            self._take_from(flow.reserve)

    def give_up(self, ticket: str, number: str, reason: str, done: Done) -> None:
        """Take a number back that nobody holds."""
        log.warning("ticket %s is given up: %s", number, reason)
        lasting = self._flow.lasting
        lasting.send("printed", {"ticket": ticket, "outcome": "failed", "reason": reason})
        lasting.send("cancel", {"ticket": ticket, "reason": reason}, lambda _reply: done())

    # -- inside -----------------------------------------------------------------------------------------------------

    def _is_offered(self, service: str | None, lane: str | None = None) -> bool:
        office = self._flow.office
        info = None if office is None else service_of(office, service)
        return office is not None and info is not None and offer_of(office, self._flow.seen_hall, info, lane) == "open"

    def _issue(self, lane: str) -> None:
        flow = self._flow
        if flow.is_unanswered or not flow.gives_numbers:
            return
        self._has_given_way = False
        flow.go(Step.ISSUING, lane=lane, errand=Errand.ISSUE)
        if flow.is_alone and flow.reserve is not None:
            self._take_from(flow.reserve)
            return
        arguments = {"service": flow.visit.service, "lane": lane, "language": flow.visit.language}
        flow.request("issue", arguments, self._answered, self._left_behind)

    def _take_from(self, reserve: Keeper) -> None:
        """Ask for a number in advance for whoever stands here."""
        visit, now = self._flow.visit, self._flow.engine_clock.now()
        self._wanted = wanted = object()
        place = visit.service or "", visit.lane or ""
        reserve.give(place, visit.language, now, lambda given: self._given(given, is_last=wanted is self._wanted))

    def _given(self, given: Given | None, *, is_last: bool) -> None:
        """Show a number of the reserve; while the disk was slow its visitor may have gone, and another one begun.

        Or the answer came that it was to take the place of.
        """
        flow = self._flow
        ticket = None if given is None or flow.office is None else ticket_of_reserve(given, flow.office)
        is_there = is_last and flow.visit.step is Step.ISSUING and flow.is_unanswered == self._has_given_way
        if ticket is not None and is_there:
            flow.give_way(self._superseded)
            self._issued(ticket, language=flow.visit.language)
        elif is_there and not self._has_given_way:
            flow.go(Step.PROBLEM, problem=Problem.NO_ANSWER)
        if given is None or flow.reserve is None:
            return
        if ticket is not None and is_there:
            flow.reserve.begun(given)
        else:
            flow.reserve.abandon(given, lambda of, number, done: self.give_up(of, number, NOBODY_THERE, done))

    def _answered(self, reply: Reply) -> None:
        """Show the number or the refusal."""
        flow = self._flow
        ticket = ticket_of(reply) if reply.ok else None
        if ticket is not None:
            self._issued(ticket, language=flow.visit.language)
        else:
            log.warning("issue refused: %s", reply.error)
            flow.go(Step.PROBLEM, problem=reply.error.code if reply.error is not None else Problem.UNREADABLE)

    def _superseded(self, request: KeptRequest, reply: Reply) -> None:
        """Give up what was done after all: its visitor has a number in advance."""
        ticket, done = ticket_of(reply) if reply.ok else None, partial(self._flow.forget, request.id)
        if ticket is None:
            done()
        else:
            self.give_up(ticket.id, ticket.number, SUPERSEDED, done)

    def _left_behind(self, reply: Reply, done: Done) -> None:
        """Give the number to whoever may still stand there; one that nobody holds must not wait in the queue."""
        flow = self._flow
        ticket = ticket_of(reply) if reply.ok else None
        if ticket is None:
            log.warning("issue refused, and nobody waits for it: %s", reply.error)
            done()
        elif flow.may_still_stand_here:
            self._issued(ticket, language=ticket.language)
            done()
        else:
            self.give_up(ticket.id, ticket.number, NOBODY_THERE, done)

    def _issued(self, ticket: Ticket, *, language: str) -> None:
        flow = self._flow
        flow.last_ticket = ticket
        flow.go(Step.TICKET, ticket=ticket, paper=Paper.PRINTING, language=language, errand=Errand.ISSUE)
        if flow.office is not None:
            self._print(ticket, flow.office)
