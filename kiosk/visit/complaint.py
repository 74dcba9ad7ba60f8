"""Leads a visitor through a complaint, a question or a wish: from what it is to the receipt."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from pydantic import ValidationError

from broker.contract.messages import OfficeMessage, Receipt, Reply, Ticket
from kiosk.visit import opinion as said
from kiosk.visit.offer import service_of
from kiosk.visit.opinion import Opinion
from kiosk.visit.saying import Picks, Saying
from kiosk.visit.steps import Step

log = logging.getLogger(__name__)

PrintReceipt = Callable[[Receipt, OfficeMessage, str, Callable[[bool], None]], None]
"""Prints a complaint's receipt, in a language; tells whether there is a paper."""


class Complaining:
    """The steps of whoever complains, asks or wishes. Of which visit it is, is theirs to say or not."""

    def __init__(self, saying: Saying, print_receipt: PrintReceipt) -> None:
        """Take the visit, and who prints."""
        self._saying, self._flow, self._print = saying, saying.flow, print_receipt
        self.picks: Picks = {
            Step.KIND: self._be_of_kind,
            Step.VISIT: self._about_visit,
            Step.REACH: self._reach,
            Step.CONFIDENTIAL: self._be_confidential,
            Step.REVIEW: self._reviewed,
            Step.RECEIPT: self._noted,
        }

    def written(self, opinion: Opinion) -> None:
        """Go on with the text or the contact."""
        done = replace(opinion, is_changing=False)
        if self._flow.visit.step is Step.COMPLAINT:
            self._saying.go(Step.REVIEW if opinion.is_changing else Step.VISIT, done)
        else:
            reached = replace(done, is_anonymous=False)
            self._saying.go(Step.REVIEW if opinion.is_changing else Step.CONFIDENTIAL, reached)

    def of_ticket(self, number: str, ticket: Ticket | None = None) -> None:
        """Take the visit's ticket: as it was typed, or as it was looked up, and with it the service."""
        opinion = self._saying.opinion
        service = opinion.service if ticket is None else ticket.service
        self._saying.go(Step.VISIT, replace(opinion, ticket=number, service=service))

    def about(self, key: str) -> None:
        """Take the service that it is about."""
        flow = self._flow
        if flow.office is not None and service_of(flow.office, key) is not None:
            self._saying.go(Step.VISIT, replace(self._saying.opinion, service=key))

    def send(self, opinion: Opinion) -> None:
        """Send all of it."""
        arguments: dict[str, Any] = {
            "kind": opinion.kind,
            "text": opinion.text.strip(),
            "anonymous": opinion.is_anonymous is True,
            "confidential": opinion.is_confidential is True,
            "language": self._saying.language,
        }
        optional = {"contact": opinion.contact.strip(), "ticket": opinion.ticket, "service": opinion.service}
        arguments |= {name: value for name, value in optional.items() if value}
        self._saying.send("complain", arguments, self._complained, opinion)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _be_of_kind(self, key: str) -> None:
        kind = next((one for one in said.KINDS if one == key), None)
        if kind is not None:
            self._saying.go(Step.COMPLAINT, replace(self._saying.opinion, kind=kind))

    def _about_visit(self, key: str) -> None:
        """Add ticket or service, take out what was added, or go on."""
        opinion = self._saying.opinion
        match key:
            case "on":
                done = replace(opinion, is_changing=False)
                self._saying.go(Step.REVIEW if opinion.is_changing else Step.REACH, done)
            case "ticket" if opinion.ticket:
                self._flow.change(opinion=replace(opinion, ticket=""))
            case "ticket":
                self._saying.go(Step.NUMBER, opinion, typed="", is_not_found=False)
            case "service" if opinion.service:
                self._flow.change(opinion=replace(opinion, service=None))
            case "service":
                self._saying.go(Step.ABOUT, opinion)
            case _:
                pass

    def _reach(self, key: str) -> None:
        opinion = self._saying.opinion
        if key == "contact":
            self._saying.go(Step.CONTACT, opinion)
        elif key == "anonymous":
            reached = replace(opinion, is_anonymous=True, contact="", is_changing=False)
            self._saying.go(Step.REVIEW if opinion.is_changing else Step.CONFIDENTIAL, reached)

    def _be_confidential(self, key: str) -> None:
        if key in {"yes", "no"}:
            opinion = replace(self._saying.opinion, is_confidential=key == "yes", is_changing=False)
            self._saying.go(Step.REVIEW, opinion)

    def _reviewed(self, key: str) -> None:
        opinion = self._saying.opinion
        changes = {"text": Step.COMPLAINT, "visit": Step.VISIT, "contact": Step.REACH}
        if key == "send":
            self.send(opinion)
        elif key in changes:
            self._saying.go(changes[key], replace(opinion, is_changing=True))

    def _noted(self, key: str) -> None:
        if key == "noted":
            self._flow.begin_anew()

    def _complained(self, reply: Reply) -> None:
        """Show the receipt, and nothing any more of what was written."""
        flow, receipt = self._flow, _receipt(reply)
        if receipt is None:
            self._saying.refused(reply)
            return
        has_paper = self._saying.asks.has_printer and flow.printers.trouble is None and flow.office is not None
        held = Opinion(topic="complaint", receipt=receipt, receipt_paper="printing" if has_paper else None)
        self._saying.go(Step.RECEIPT, held)
        if has_paper and flow.office is not None:
            self._print(receipt, flow.office, self._saying.language, partial(self._printed, receipt.number))

    def _printed(self, number: str, is_printed: bool) -> None:  # noqa: FBT001 - told by who prints
        """Say whether there is a paper, to whom it is for: the printer may have thought about it for long."""
        visit, shown = self._flow.visit, self._saying.opinion.receipt
        if visit.step is Step.RECEIPT and shown is not None and shown.number == number:
            paper: Literal["printed", "failed"] = "printed" if is_printed else "failed"
            self._flow.change(opinion=replace(visit.opinion, receipt_paper=paper))
            self._flow.touched()


def _receipt(reply: Reply) -> Receipt | None:
    if not reply.ok:
        return None
    try:
        return Receipt.model_validate((reply.result or {}).get("receipt"))
    except ValidationError:
        log.warning("the reply %s holds no receipt", reply.id)  # not its words: they hold the secret
        return None
