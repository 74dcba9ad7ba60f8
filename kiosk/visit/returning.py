"""The steps of a visitor who has a ticket: find it, print, rejoin or cancel it. No widgets, no wire."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, assert_never

from broker.contract.messages import Reply, Ticket
from broker.ticket_link import key_of
from kiosk.visit import typed_number
from kiosk.visit.flow import Flow
from kiosk.visit.newcomer import NOBODY_THERE, Print
from kiosk.visit.requests import Done, ticket_of
from kiosk.visit.steps import Errand, Paper, Problem, Step, Visit, actions

log = logging.getLogger(__name__)

_TICKET = re.compile(r"ANTREAN-[A-Z2-7]{26}[0-9]{0,8}")
_SYMBOLOGY = re.compile(r"\]Q\d")
"""What some scanners put before a QR's text (AIM)."""
_WIFI = "WIFI:"
"""How the other code on the paper begins, which phones join the Wi-Fi by."""
_SCANNING = frozenset({Step.LANGUAGE, Step.SERVICE, Step.NUMBER, Step.FOUND, Step.CODE})
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
            flow.go(Step.NUMBER, typed="", scanned="", code="", is_not_found=False)

    def press(self, key: str) -> None:
        """Add a letter or digit, where one fits. Fast fingers count: typing has no second half of a double touch."""
        flow = self._flow
        if flow.visit.step is Step.NUMBER and flow.office is not None:
            flow.change(typed=typed_number.press(flow.office, flow.visit.typed, key), is_not_found=False)
        elif flow.visit.step is Step.CODE and flow.visit.code_trouble != "locked":
            flow.change(code=typed_number.press_code(flow.visit.code, key), code_trouble=None)

    def erase(self) -> None:
        """Take the last key back."""
        flow = self._flow
        if flow.visit.step is Step.NUMBER:
            flow.change(typed=flow.visit.typed[:-1], is_not_found=False)
        elif flow.visit.step is Step.CODE:
            flow.change(code=flow.visit.code[:-1])

    def find(self) -> None:
        """Look the typed number up, or have the typed check code looked at."""
        flow, visit = self._flow, self._flow.visit
        is_number = flow.office is not None and typed_number.is_complete(flow.office, visit.typed)
        is_code = typed_number.is_whole_code(visit.code)
        if (flow.takes(Step.NUMBER) and is_number) or (flow.takes(Step.CODE) and is_code):
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
                flow.tell_strange("wifi" if _bare(text).upper().startswith(_WIFI) else "foreign")
            return
        # Whoever scans after a ticket was found is another visitor, with a language of their own.
        has_chosen = flow.visit.has_chosen_language and flow.visit.step is not Step.FOUND
        self._request(
            Errand.LOOKUP,
            {"ticket": code},
            scanned=code,
            typed="",
            ticket=None,
            is_holder=False,
            code="",
            meant=None,
            has_chosen_language=has_chosen,
        )

    def look_again(self) -> None:
        """Look the same ticket up anew, after something that could not be done."""
        if self._flow.takes(Step.PROBLEM) and self._flow.visit.ticket is not None:
            self._do(Errand.LOOKUP, meant=None)

    def choose(self, errand: Errand) -> None:
        """Do something with the ticket on the screen; giving it up is asked about once more."""
        flow = self._flow
        if not (flow.takes(Step.FOUND) and flow.is_linked and flow.visit.ticket):
            return
        if errand not in actions(flow.visit.ticket):
            return
        if flow.visit.is_holder:
            self._go_on(errand)
        else:
            flow.go(Step.CODE, meant=errand, code="", code_trouble=None)

    def print_again(self) -> None:
        """Ask for another paper of the ticket that was just printed, or not."""
        flow = self._flow
        if flow.takes(Step.TICKET) and flow.is_linked and flow.visit.paper in {Paper.UNCONFIRMED, Paper.FAILED}:
            self._do(Errand.REPRINT)

    def print_for_staff(self, ticket: Ticket) -> None:
        """Print a ticket again that was given out here; it is shown as its visitor saw it."""
        flow = self._flow
        if not flow.is_unanswered and flow.is_linked:
            self._request(Errand.REPRINT, {"ticket": ticket.id}, ticket=ticket)

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
            if flow.visit.meant is None:
                flow.go(Step.NUMBER, scanned="")
            else:
                flow.go(Step.CODE)
        elif flow.takes(Step.CONFIRM) or flow.takes(Step.CODE):
            flow.go(Step.FOUND, meant=None)

    def give_up(self, ticket: Ticket, reason: str, done: Done) -> None:
        """Say that a copy was not printed; the ticket itself is somebody's."""
        report = {"ticket": ticket.id, "outcome": "failed", "reason": reason}
        self._flow.lasting.send("printed", report, lambda _reply: done())

    # -- inside -----------------------------------------------------------------------------------------------------

    def _do(self, errand: Errand, **changes: Any) -> None:  # noqa: ANN401 - Visit's own fields
        flow = self._flow
        if not flow.is_unanswered and flow.is_linked:
            self._request(errand, _named(replace(flow.visit, **changes)), **changes)

    def _go_on(self, errand: Errand) -> None:
        """Do what the holder wants; giving the ticket up is asked about once more."""
        if errand is Errand.CANCEL:
            self._flow.go(Step.CONFIRM)
        else:
            self._do(errand)

    def _request(self, errand: Errand, named: Mapping[str, str], **changes: object) -> None:
        self._flow.go(Step.REQUESTING, errand=errand, is_not_found=False, did=None, **changes)
        left_behind = None if errand is Errand.LOOKUP else partial(self._left_behind, errand)
        self._flow.request(errand.value, named, partial(self._answered, errand), left_behind)

    def _answered(self, errand: Errand, reply: Reply) -> None:
        ticket = ticket_of(reply) if reply.ok else None
        if errand is Errand.LOOKUP and self._flow.visit.meant is not None and _tells_of_holder(reply):
            self._proven(self._flow.visit.meant, reply)
        elif ticket is not None:
            self._done(errand, ticket, is_holder=(reply.result or {}).get("is_holder") is True)
        elif reply.error is not None and reply.error.code == "unknown_ticket" and self._flow.visit.ticket is None:
            self._not_found()
        else:
            log.warning("%s refused: %s", errand.value, reply.error)
            self._flow.go(Step.PROBLEM, problem=reply.error.code if reply.error is not None else Problem.UNREADABLE)

    def _left_behind(self, errand: Errand, reply: Reply, done: Done) -> None:
        """Take an answer that nobody waits for: whoever left holds the ticket, but no paper comes out for nobody."""
        ticket = ticket_of(reply) if reply.ok else None
        if ticket is None:
            log.warning("%s refused, and nobody waits for it: %s", errand.value, reply.error)
            done()
        elif errand is Errand.REPRINT:
            self.give_up(ticket, NOBODY_THERE, done)

    def _not_found(self) -> None:
        """Say so where the ticket was asked for: a code of another office or another day is not one of today's here."""
        flow = self._flow
        if not flow.visit.scanned:
            flow.go(Step.NUMBER, is_not_found=True)
            return
        if flow.visit.has_chosen_language:
            flow.go(Step.NUMBER, scanned="")
        else:
            flow.begin_anew()
        flow.tell_strange("past")

    def _proven(self, meant: Errand, reply: Reply) -> None:
        """Go on with what was meant, if the code was the paper's."""
        flow, ticket = self._flow, ticket_of(reply) if reply.ok else None
        if ticket is not None and (reply.result or {}).get("is_holder") is True:
            flow.go(Step.FOUND, ticket=ticket, is_holder=True, meant=None)
            if meant in actions(ticket):
                self._go_on(meant)
            return
        is_locked = reply.error is not None and reply.error.detail.get("locked") is True
        flow.go(Step.CODE, code="", code_trouble="locked" if is_locked else "wrong")

    def _done(self, errand: Errand, ticket: Ticket, *, is_holder: bool) -> None:
        flow = self._flow
        match errand:
            case Errand.LOOKUP:
                language = flow.visit.language if flow.visit.has_chosen_language else ticket.language
                spoken = language if language in flow.languages else flow.visit.language
                # Named by its id, which this kiosk may know from issuing it, a ticket is nobody's.
                proven = flow.visit.is_holder or (is_holder and bool(flow.visit.scanned))
                flow.go(Step.FOUND, ticket=ticket, language=spoken, is_holder=proven)
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


def _named(visit: Visit) -> Mapping[str, str]:
    """Return how a ticket is named to the engine: as its holder may name it, where that is known."""
    if visit.ticket is None:
        name = visit.scanned or typed_number.number(visit.typed)
    else:
        # While the code is in doubt, the public number: this kiosk may do more with an id that it gave out itself.
        name = visit.scanned or (visit.ticket.id if visit.meant is None else visit.ticket.number)
    return {"ticket": name} | ({"check": visit.code} if visit.code else {})


def _tells_of_holder(reply: Reply) -> bool:
    """Tell whether an answer says if the code was the paper's, and is not about something else."""
    return reply.ok or (reply.error is not None and reply.error.code == "not_holder")


def ticket_code(text: str) -> str | None:
    """Return the text of a ticket's QR as the engine knows it, or the key that its link carries; None for any other.

    What comes from a scanner is trusted for nothing.
    """
    bare = _bare(text)
    code = bare.upper()  # scanners that act as keyboards may lose the capitals
    return code if _TICKET.fullmatch(code) else key_of(bare)


def _bare(text: str) -> str:
    return _SYMBOLOGY.sub("", text.strip(), count=1) if text.strip().startswith("]") else text.strip()
