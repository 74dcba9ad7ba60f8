"""Leads a visitor from the first touch to the ticket. No widgets, no wire: inputs come in, views go out.

A visit: language -> service -> requirements -> lane -> issuing -> ticket. What the office offers comes from its
retained states only. One request at a time; it stays the same one, with the same id, until it is answered, so that
neither impatience nor a lost connection makes a second ticket.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import ValidationError

from broker.contract.link import Freshness, Pending, Requester
from broker.contract.messages import HallMessage, OfficeMessage, Reply, Ticket
from broker.language import Phrases
from kiosk import visit as patience
from kiosk.offer import lane_of, service_of
from kiosk.pages import View
from kiosk.scene import Scene
from kiosk.visit import Paper, Problem, Step, Visit
from kiosk.wording import compose

log = logging.getLogger(__name__)

PrintOutcome = Literal["confirmed", "unconfirmed", "failed"]
_ABANDONABLE = frozenset({Step.SERVICE, Step.REQUIREMENTS, Step.LANE, Step.PROBLEM})
"""Steps that somebody can walk away from; the next visitor must not find them."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Wall time in the office's zone, and seconds that never jump."""

    now: Callable[[], dt.datetime]
    monotonic: Callable[[], float]


class Presenter:
    """The steps of a visit. All methods run on one thread; `show` gets a view whenever it changed."""

    def __init__(
        self,
        *,
        requester: Requester,
        print_ticket: Callable[[Ticket, OfficeMessage], None],
        show: Callable[[View], None],
        clocks: Clocks,
        languages: tuple[str, ...],
        idle_s: float,
        phrases: Callable[[str], Phrases] = lambda language: Phrases("kiosk", language),
    ) -> None:
        """Take who carries requests, who prints, who draws; `languages` holds until the office is heard."""
        self._requester = requester
        self._print_ticket = print_ticket
        self._show_view = show
        self._clocks = clocks
        self._phrases = phrases
        self._languages = languages
        self._idle_s = idle_s
        self._freshness = Freshness(clocks.now)
        self._office: OfficeMessage | None = None
        self._hall: HallMessage | None = None
        self._pending: Pending | None = None
        self._begun = self._touched_at = clocks.monotonic()
        self._late: tuple[str, float] | None = None
        self._was_linked = False
        self._visit = self._fresh_visit()
        self._view: View | None = None

    # -- what the visitor does --------------------------------------------------------------------------------------

    def touched(self) -> None:
        """Take note of a touch, anywhere: that alone keeps the visit alive. Call it after what the touch did."""
        self._touched_at = self._clocks.monotonic()
        self._show()

    def choose_language(self, language: str) -> None:
        """Speak this language from now on; on the first screen it also begins the visit."""
        if language not in self._languages:
            return
        if self._visit.step is not Step.LANGUAGE:
            self._visit = replace(self._visit, language=language)
            self._show()
        elif self._takes(Step.LANGUAGE) and self._is_linked:
            self._go(Step.SERVICE, language=language)

    def choose_service(self, service: str) -> None:
        """Show what this service needs."""
        if self._takes(Step.SERVICE) and self._is_linked and self._office and service_of(self._office, service):
            self._go(Step.REQUIREMENTS, service=service)

    def go_on(self) -> None:
        """Ask for the lane, or for the number at once where there is one lane only."""
        if not (self._takes(Step.REQUIREMENTS) and self._is_linked and self._office):
            return
        if len(self._office.lanes) > 1:
            self._go(Step.LANE)
        else:
            self._issue(self._office.lanes[0].id)

    def choose_lane(self, lane: str) -> None:
        """Ask for a number in this lane."""
        if self._takes(Step.LANE) and self._office and lane_of(self._office, lane):
            self._issue(lane)

    def try_again(self) -> None:
        """Ask anew after a refusal that may pass; the refused request changed nothing."""
        if self._takes(Step.PROBLEM) and self._visit.lane is not None and not self._is_unanswered:
            self._issue(self._visit.lane)

    def choose_again(self, step: Literal["services", "lanes"]) -> None:
        """Return from a refusal to an earlier question."""
        if self._takes(Step.PROBLEM) and not self._is_unanswered:
            self._go(Step.SERVICE if step == "services" else Step.LANE)

    def back(self) -> None:
        """Return one step."""
        if self._takes(Step.REQUIREMENTS):
            self._go(Step.SERVICE)
        elif self._takes(Step.LANE):
            self._go(Step.REQUIREMENTS)

    def start_over(self) -> None:
        """Leave everything and return to the start; not while a number is being asked for."""
        if self._is_settled and self._visit.step is not Step.ISSUING:
            self._begin_anew()

    # -- what the world does ----------------------------------------------------------------------------------------

    def link_changed(self, online: bool) -> None:  # noqa: FBT001 - the bus calls it so
        """Take note that the engine can be reached, or no longer."""
        self._freshness.link_changed(online=online)
        self._was_linked = self._was_linked or online
        self._show()

    def office_changed(self, office: OfficeMessage) -> None:
        """Take what the office offers now. A visitor whose choice is gone chooses again."""
        first = self._office is None
        self._office = office
        self._languages = office.languages
        if first and self._visit.step is self._start:
            self._visit = self._fresh_visit()
        if self._visit.language not in office.languages:
            self._visit = replace(self._visit, language=office.languages[0])
        if self._visit.step is Step.LANGUAGE and self._start is not Step.LANGUAGE:
            self._visit = self._fresh_visit()
        if self._visit.step in {Step.REQUIREMENTS, Step.LANE} and service_of(office, self._visit.service) is None:
            self._go(Step.SERVICE)
        self._show()

    def hall_changed(self, hall: HallMessage) -> None:
        """Take the live picture."""
        self._hall = hall
        self._freshness.heard()
        self._show()

    def printed(self, ticket: str, outcome: PrintOutcome, reason: str = "") -> None:
        """Take what became of the paper, and tell the engine."""
        arguments = {"ticket": ticket, "outcome": outcome} | ({"reason": reason[:500]} if reason else {})
        self._requester.request("printed", arguments, _log_refusal)
        if self._visit.ticket is not None and self._visit.ticket.id == ticket:
            self._visit = replace(self._visit, paper=Paper(outcome))
            self._touched_at = self._clocks.monotonic()
        self._show()

    def tick(self) -> None:
        """Let time pass; several times a second."""
        match self._visit.step:
            case Step.ISSUING if self._elapsed >= patience.GIVE_UP_AFTER_S:
                self._go(Step.PROBLEM, problem=Problem.NO_ANSWER)
            case Step.TICKET if self._stay_left <= 0:
                self._begin_anew()
            case _ if self._warning_left <= 0:
                self._begin_anew()
        self._show()

    # -- asking for a number ----------------------------------------------------------------------------------------

    def _issue(self, lane: str) -> None:
        if self._is_unanswered or not self._is_linked:
            return
        self._go(Step.ISSUING, lane=lane)
        arguments = {"service": self._visit.service, "lane": lane, "language": self._visit.language}
        self._pending = self._requester.request("issue", arguments, self._replied)

    def _replied(self, reply: Reply) -> None:
        """Show the number or the refusal; an answer to a visit that has ended is printed, not shown."""
        expected = self._pending is not None and self._pending.id == reply.id
        if expected:
            self._pending = None
        if reply.ok:
            self._issued(reply, expected=expected)
        elif expected:
            code = reply.error.code if reply.error is not None else None
            log.warning("issue refused: %s", reply.error)
            self._go(Step.PROBLEM, problem=code or Problem.UNREADABLE)

    def _issued(self, reply: Reply, *, expected: bool) -> None:
        try:
            ticket = Ticket.model_validate((reply.result or {}).get("ticket"))
        except ValidationError:
            log.exception("the reply to issue %s holds no ticket", reply.id)
            if expected:
                self._go(Step.PROBLEM, problem=Problem.UNREADABLE)
            return
        if expected or self._visit.step is self._start:
            self._go(Step.TICKET, ticket=ticket, paper=Paper.PRINTING, language=self._spoken(ticket))
        else:
            self._late = (ticket.number, self._clocks.monotonic())
            self._show()
        if self._office is not None:
            self._print_ticket(ticket, self._office)

    def _spoken(self, ticket: Ticket) -> str:
        """Return the language the screen speaks now, or the ticket's where nobody has chosen since."""
        return ticket.language if self._visit.step is self._start else self._visit.language

    # -- inside -----------------------------------------------------------------------------------------------------

    @property
    def _start(self) -> Step:
        return Step.LANGUAGE if len(self._languages) > 1 else Step.SERVICE

    @property
    def _elapsed(self) -> float:
        return self._clocks.monotonic() - self._visit.since

    @property
    def _is_linked(self) -> bool:
        return self._freshness.stale_since is None

    @property
    def _is_settled(self) -> bool:
        return self._elapsed >= patience.SETTLE_S

    @property
    def _is_unanswered(self) -> bool:
        """Whether a request is still under way: another one might make a second ticket."""
        return self._pending is not None

    @property
    def _stay_left(self) -> float:
        has_paper = self._visit.paper in {Paper.CONFIRMED, Paper.UNCONFIRMED}
        return (patience.TICKET_STAY_S if has_paper else patience.NO_PAPER_STAY_S) - self._quiet

    @property
    def _warning_left(self) -> float:
        """Return the seconds until an abandoned visit ends; more than `WARNING_S` while nobody is asked yet."""
        if self._visit.step not in _ABANDONABLE or self._visit.step is self._start:
            return math.inf
        return self._idle_s + patience.WARNING_S - self._quiet

    @property
    def _quiet(self) -> float:
        """Return the seconds since anything happened."""
        return self._clocks.monotonic() - max(self._touched_at, self._visit.since)

    def _fresh_visit(self) -> Visit:
        return Visit(self._start, self._languages[0], self._clocks.monotonic() - patience.SETTLE_S)

    def _takes(self, step: Step) -> bool:
        """Tell whether a touch that belongs to `step` counts now."""
        return self._visit.step is step and self._is_settled

    def _go(self, step: Step, **changes: object) -> None:
        now = self._clocks.monotonic()
        self._visit = replace(self._visit, step=step, since=now, **changes)  # type: ignore[arg-type]  # Visit's own
        self._touched_at = max(self._touched_at, now)
        self._show()

    def _begin_anew(self) -> None:
        """End the visit. A request without an answer is dropped: nobody is there any more to take its ticket."""
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
        self._visit = replace(self._fresh_visit(), since=self._clocks.monotonic())
        self._show()

    def _show(self) -> None:
        view = compose(self._scene())
        if view != self._view:
            self._view = view
            self._show_view(view)

    def _scene(self) -> Scene:
        offline_since = self._freshness.stale_since
        starting = not self._was_linked and self._clocks.monotonic() - self._begun < patience.STARTING_S
        shut = offline_since is not None and self._visit.step is Step.SERVICE
        waits = self._warning_left <= patience.WARNING_S and not shut
        closes = self._visit.step is Step.TICKET and self._stay_left <= patience.WARNING_S
        return Scene(
            visit=self._patient_visit(),
            office=self._office,
            hall=self._hall,
            languages=self._languages,
            phrases=self._phrases,
            now=self._clocks.now(),
            elapsed_s=self._elapsed,
            offline_since=offline_since,
            is_starting=(starting and offline_since is not None) or (self._office is None and offline_since is None),
            warning_left_s=max(1, math.ceil(self._warning_left)) if waits else None,
            stay_left_s=max(1, math.ceil(self._stay_left)) if closes else None,
            late_number=self._late_number(),
        )

    def _patient_visit(self) -> Visit:
        """Return the visit; a printer that says nothing for long is treated as one that may have failed."""
        silent = self._visit.paper is Paper.PRINTING and self._elapsed >= patience.PAPER_PATIENCE_S
        return replace(self._visit, paper=Paper.FAILED) if silent else self._visit

    def _late_number(self) -> str | None:
        if self._late is None:
            return None
        number, at = self._late
        return number if self._clocks.monotonic() - at < patience.LATE_NOTICE_S else None


def _log_refusal(reply: Reply) -> None:
    if not reply.ok:
        log.warning("printed refused: %s", reply.error)
