"""Leads whoever holds a receipt to what became of their complaint, and lets them reply or close it.

Number and secret are kept by the visit alone, as is what they open; both are asked for together, and a wrong number is
told as a wrong secret is.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from pydantic import ValidationError

from broker.contract.messages import Complaint, Reply
from kiosk.visit.opinion import Opinion
from kiosk.visit.saying import Picks, Saying
from kiosk.visit.steps import Problem, Step

log = logging.getLogger(__name__)

YEAR_DIGITS, LEAST_DIGITS, MOST_DIGITS = 4, 5, 11
OWN_WORDS = frozenset({"received", "replied"})
"""Steps whose words the visitor wrote: they stand on no screen again."""
OPEN = frozenset({"received", "verified", "forwarded", "answered", "reopened"})
"""States in which whoever complained may still reply, or say that it is settled."""
_LINK = re.compile(r"(?:\]\w\w)?https?://\S+/C/(\d{4}-\d{1,7})#([A-Z2-7]{16})", re.IGNORECASE)


def receipt_code(text: str) -> tuple[str, str] | None:
    """Return number and secret of a receipt's QR; None for any other code."""
    found = _LINK.fullmatch(text.strip())
    return None if found is None else (found[1], found[2].upper())


def case_shown(typed: str) -> str:
    """Return what was typed of a complaint's number, with the dash where it stands on the receipt."""
    return f"{typed[:YEAR_DIGITS]}-{typed[YEAR_DIGITS:]}" if len(typed) > YEAR_DIGITS else typed


def case_number(typed: str) -> str:
    """Return a complaint's number as it stands on the receipt."""
    return f"{typed[:YEAR_DIGITS]}-{typed[YEAR_DIGITS:].zfill(4)}"


def is_case(typed: str) -> bool:
    """Tell whether this can be the whole number of a complaint."""
    return LEAST_DIGITS <= len(typed) <= MOST_DIGITS


class Following:
    """The steps of whoever wants to know what became of it."""

    def __init__(self, saying: Saying) -> None:
        """Take the visit."""
        self._saying, self._flow = saying, saying.flow
        self.picks: Picks = {Step.STATUS: self._go_on, Step.SETTLE: self._settle}

    def begin(self, opinion: Opinion) -> None:
        """Ask for the number."""
        self._saying.go(Step.CASE, opinion)

    def press(self, key: str) -> None:
        """Press a key of the keypad for the number."""
        opinion = self._saying.opinion
        if key.isdecimal() and len(key) == 1 and len(opinion.case) < MOST_DIGITS:
            self._flow.change(opinion=replace(opinion, case=opinion.case + key, is_unknown=False))

    def erase(self) -> None:
        """Take the last figure of the number back."""
        opinion = self._saying.opinion
        self._flow.change(opinion=replace(opinion, case=opinion.case[:-1], is_unknown=False))

    def find(self) -> None:
        """Go on to the secret; one that was typed in vain stays, so that a slip can be put right."""
        opinion = self._saying.opinion
        if is_case(opinion.case):
            self._saying.go(Step.SECRET, replace(opinion, is_unknown=False))

    def scanned(self, number: str, secret: str) -> None:
        """Take number and secret from the receipt's QR."""
        year, dash, rest = number.partition("-")
        del dash
        self.look_up(Opinion(topic="status", case=year + rest, secret=secret))

    def look_up(self, opinion: Opinion) -> None:
        """Ask how it stands."""
        self._saying.send("complaint", _shown(opinion), self._found, opinion)

    def step(self, opinion: Opinion) -> None:
        """Send the reply, or that it is settled."""
        text = opinion.text.strip()
        done = {"action": "reply", "text": text} if text else {"action": "close"}
        self._saying.send("complaint_step", {**_shown(opinion), **done}, self._stepped, opinion)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _go_on(self, key: str) -> None:
        opinion = self._saying.opinion
        is_open = opinion.complaint is not None and opinion.complaint.state in OPEN
        match key:
            case "done":
                self._flow.begin_anew()
            case "reply" if is_open:
                self._saying.go(Step.REPLY, opinion)
            case "settled" if is_open:
                self._saying.go(Step.SETTLE, replace(opinion, text=""))
            case _:
                pass

    def _settle(self, key: str) -> None:
        opinion = self._saying.opinion
        if key == "no":
            self._saying.go(Step.STATUS, opinion)
        elif key == "yes":
            self.step(opinion)

    def _found(self, reply: Reply) -> None:
        opinion, found = self._saying.opinion, _complaint(reply)
        if reply.error is not None and reply.error.code == "unknown_complaint":
            self._saying.go(Step.CASE, replace(opinion, is_unknown=True))
        elif not reply.ok:
            self._saying.refused(reply)
        elif found is None:
            self._flow.go(Step.PROBLEM, problem=Problem.UNREADABLE)
        else:
            self._read_on(replace(opinion, complaint=found, texts=()), 0)

    def _read_on(self, opinion: Opinion, since: int) -> None:
        """Ask for the office's words, one step after the other; then show all of it."""
        steps = () if opinion.complaint is None else opinion.complaint.steps
        place = next(
            (at for at in range(since, len(steps)) if steps[at].has_text and steps[at].type not in OWN_WORDS), None
        )
        if place is None:
            self._saying.go(Step.STATUS, opinion)
            return

        def heard(reply: Reply) -> None:
            now = self._saying.opinion
            text = str((reply.result or {}).get("text", "")) if reply.ok else ""  # erased meanwhile: nothing to show
            told = (*now.texts, (place, text)) if text else now.texts
            self._read_on(replace(now, texts=told), place + 1)

        self._saying.send("complaint", {**_shown(opinion), "step": place}, heard, opinion)

    def _stepped(self, reply: Reply) -> None:
        """Show how it stands now."""
        if reply.ok:
            self.look_up(replace(self._saying.opinion, text=""))
        else:
            self._saying.refused(reply)


def _shown(opinion: Opinion) -> dict[str, str]:
    return {"complaint": case_number(opinion.case), "secret": opinion.secret}


def _complaint(reply: Reply) -> Complaint | None:
    if not reply.ok:
        return None
    try:
        return Complaint.model_validate((reply.result or {}).get("complaint"))
    except ValidationError:
        log.warning("the reply %s holds no complaint", reply.id)
        return None
