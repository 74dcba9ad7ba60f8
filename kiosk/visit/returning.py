"""The steps of a visitor who has a ticket: find it, print, rejoin or cancel it. No widgets, no wire."""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import assert_never

from broker.contract.messages import Reply, Ticket
from kiosk.visit import typed_number
from kiosk.visit.flow import Flow
from kiosk.visit.newcomer import NOBODY_THERE, Print
from kiosk.visit.requests import ticket_of
from kiosk.visit.steps import Errand, Paper, Problem, Step, actions

log = logging.getLogger(__name__)

_TICKET = re.compile(r"(?:\]Q\d)?(ANTREAN-[A-Z2-7]{26})")
"""The text of a ticket's QR, perhaps after the symbology that some scanners put before it (AIM: `]Q1`)."""
_SCANNING = frozenset({Step.LANGUAGE, Step.SERVICE, Step.NUMBER, Step.FOUND})
"""Steps that a scanned ticket may end: nobody has begun anything there that would be lost."""


class Returning:
    """Leads from a ticket's number to what can be done with the ticket."""

    def __init__(self, flow: Flow, print_ticket: Print) -> None:
        """Take the visit and who prints."""
        self._flow = flow
        self._print = print_ticket

    def begin(self) -> None:
        """Ask for the number on the ticket."""
        flow = self._flow
        if (flow.takes(Step.LANGUAGE) or flow.takes(Step.SERVICE)) and flow.is_linked:
            flow.go(Step.NUMBER, typed="", is_not_found=False)

    def press(self, key: str) -> None:
        """Add a letter or digit, where one fits. Fast fingers count: typing has no second half of a double touch."""
        flow = self._flow
        if flow.visit.step is Step.NUMBER and flow.office is not None:
            flow.change(typed=typed_number.press(flow.office, flow.visit.typed, key), is_not_found=False)

    def erase(self) -> None:
        """Take the last key back."""
        if self._flow.visit.step is Step.NUMBER:
            self._flow.change(typed=self._flow.visit.typed[:-1], is_not_found=False)

    def find(self) -> None:
        """Look the typed number up."""
        flow = self._flow
        if flow.takes(Step.NUMBER) and flow.office and typed_number.is_complete(flow.office, flow.visit.typed):
            self._do(Errand.LOOKUP)

    def scanned(self, text: str) -> None:
        """Look up the ticket whose code was held to the scanner. Whatever another visitor is doing goes first."""
        flow = self._flow
        if flow.visit.step not in _SCANNING or flow.is_unanswered or not flow.is_linked:
            return
        flow.touched()
        code = ticket_code(text)
        if code is None:
            if flow.visit.step is not Step.FOUND:
                flow.tell_foreign()
            return
        # Whoever scans after a ticket was found is another visitor, with a language of their own.
        has_chosen = flow.visit.has_chosen_language and flow.visit.step is not Step.FOUND
        self._request(Errand.LOOKUP, code, scanned=code, typed="", ticket=None, has_chosen_language=has_chosen)

    def look_again(self) -> None:
        """Look the same ticket up anew, after something that could not be done."""
        if self._flow.takes(Step.PROBLEM) and self._flow.visit.ticket is not None:
            self._do(Errand.LOOKUP)

    def choose(self, errand: Errand) -> None:
        """Do something with the ticket on the screen; giving it up is asked about once more."""
        flow = self._flow
        if not (flow.takes(Step.FOUND) and flow.is_linked and flow.visit.ticket):
            return
        if errand not in actions(flow.visit.ticket):
            return
        if errand is Errand.CANCEL:
            flow.go(Step.CONFIRM)
        else:
            self._do(errand)

    def print_again(self) -> None:
        """Ask for another paper of the ticket that was just printed, or not."""
        flow = self._flow
        if flow.takes(Step.TICKET) and flow.is_linked and flow.visit.paper in {Paper.UNCONFIRMED, Paper.FAILED}:
            self._do(Errand.REPRINT)

    def confirm(self) -> None:
        """Give the ticket up."""
        if self._flow.takes(Step.CONFIRM):
            self._do(Errand.CANCEL)

    def try_again(self) -> None:
        """Ask anew after a refusal that may pass."""
        if self._flow.takes(Step.PROBLEM):
            self._do(self._flow.visit.errand)

    def back(self) -> None:
        """Return one step; what was only looked up may be left at any time."""
        flow = self._flow
        if flow.takes(Step.REQUESTING) and flow.visit.errand is Errand.LOOKUP:
            flow.drop_request()
            flow.go(Step.NUMBER, scanned="")
        elif flow.takes(Step.CONFIRM):
            flow.go(Step.FOUND)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _do(self, errand: Errand) -> None:
        flow = self._flow
        if flow.is_unanswered or not flow.is_linked:
            return
        ticket = flow.visit.ticket
        looked_for = flow.visit.scanned or typed_number.number(flow.visit.typed)
        self._request(errand, looked_for if ticket is None else ticket.id)

    def _request(self, errand: Errand, wanted: str, **changes: object) -> None:
        self._flow.go(Step.REQUESTING, errand=errand, is_not_found=False, did=None, **changes)
        left_behind = None if errand is Errand.LOOKUP else partial(self._left_behind, errand)
        self._flow.request(errand.value, {"ticket": wanted}, partial(self._answered, errand), left_behind)

    def _answered(self, errand: Errand, reply: Reply) -> None:
        ticket = ticket_of(reply) if reply.ok else None
        if ticket is not None:
            self._done(errand, ticket)
        elif reply.error is not None and reply.error.code == "unknown_ticket" and self._flow.visit.ticket is None:
            self._not_found()
        else:
            log.warning("%s refused: %s", errand.value, reply.error)
            self._flow.go(Step.PROBLEM, problem=reply.error.code if reply.error is not None else Problem.UNREADABLE)

    def _left_behind(self, errand: Errand, reply: Reply) -> None:
        """Take an answer that nobody waits for: whoever left holds the ticket, but no paper comes out for nobody."""
        ticket = ticket_of(reply) if reply.ok else None
        if ticket is None:
            log.warning("%s refused, and nobody waits for it: %s", errand.value, reply.error)
        elif errand is Errand.REPRINT:
            self._flow.lasting.send("printed", {"ticket": ticket.id, "outcome": "failed", "reason": NOBODY_THERE})

    def _not_found(self) -> None:
        """Say so where the ticket was asked for: a code of another office or another year is as foreign as any."""
        flow = self._flow
        if not flow.visit.scanned:
            flow.go(Step.NUMBER, is_not_found=True)
            return
        if flow.visit.has_chosen_language:
            flow.go(Step.NUMBER, scanned="")
        else:
            flow.begin_anew()
        flow.tell_foreign()

    def _done(self, errand: Errand, ticket: Ticket) -> None:
        flow = self._flow
        match errand:
            case Errand.LOOKUP:
                language = flow.visit.language if flow.visit.has_chosen_language else ticket.language
                spoken = language if language in flow.languages else flow.visit.language
                flow.go(Step.FOUND, ticket=ticket, language=spoken, scanned="")
            case Errand.REJOIN | Errand.CANCEL:
                flow.go(Step.FOUND, ticket=ticket, did=errand)
            case Errand.REPRINT:
                flow.go(Step.TICKET, ticket=ticket, paper=Paper.PRINTING, trouble=None, is_by_spare=False)
                if flow.office is not None:
                    self._print(ticket, flow.office)
            case Errand.ISSUE:
                message = "a number is not asked for by whoever has one"
                raise ValueError(message)
            case _:
                assert_never(errand)


def ticket_code(text: str) -> str | None:
    """Return the text of a ticket's QR as the engine knows it, or None where it is no ticket's.

    What comes from a scanner is trusted for nothing.
    """
    found = _TICKET.fullmatch(text.strip().upper())  # scanners that act as keyboards may lose the capitals
    return None if found is None else found.group(1)
