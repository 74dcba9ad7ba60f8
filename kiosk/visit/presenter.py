"""Leads a visitor from the first touch to the ticket. No widgets, no wire: inputs come in, states go out.

A visit: language -> service -> requirements -> lane -> issuing -> ticket; or, with a ticket: its number -> how it
stands -> print again, rejoin, cancel. What the office offers comes from its retained states only. One request at a
time; it stays the same one, with the same id, until it is answered, so that neither impatience nor a lost connection
does things twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial

from broker.config.web import Wifi
from broker.contract.claim import Standing
from broker.contract.link import Requester
from broker.contract.messages import HallMessage, OfficeMessage, Presence, Reply, Text, Ticket
from broker.language import Phrases, words_of
from kiosk.outbox.keeper import Keeper
from kiosk.outbox.kept import KeptRequest, KeptRequests, NoShelf
from kiosk.outbox.known import Unknown
from kiosk.paper.news import PaperNews, PrintersHealth
from kiosk.visit.asides import Asides
from kiosk.visit.flow import Clocks, Flow
from kiosk.visit.newcomer import Newcomer, PrintList
from kiosk.visit.offer import service_of
from kiosk.visit.requests import Done, LastingRequests, ticket_of
from kiosk.visit.returning import Returning
from kiosk.visit.staff import Machine, Staff
from kiosk.visit.state import State
from kiosk.visit.steps import Errand, Paper, Step

__all__ = ["Clocks", "Presenter"]

_ABOUT_A_SERVICE = frozenset({Step.REQUIREMENTS, Step.MISSING, Step.LANE})
INTERRUPTED = "the kiosk was interrupted before its visitor had this paper"


class KioskPresenter(ABC):
    """What every kiosk does with a visit, whatever it is for: languages, access, help, staff, how the world is.

    All methods run on one thread; the flow's `show` gets the state whenever it may have changed.
    """

    def __init__(self, flow: Flow, requester: Requester, kiosk: str, staff: Staff) -> None:
        """Take the visit, who carries the call for help, the kiosk's id, and the menu of staff."""
        self._flow = flow
        self.asides = Asides(flow, requester, kiosk)
        self.staff = staff

    # -- what the visitor does --------------------------------------------------------------------------------------

    @abstractmethod
    def try_again(self) -> None:
        """Ask anew after a refusal that may pass."""

    @abstractmethod
    def back(self) -> None:
        """Return one step."""

    @abstractmethod
    def scanned(self, text: str) -> None:
        """Take what a scanner has read."""

    def touched(self) -> None:
        """Take note of a touch, anywhere: that alone keeps the visit alive. Call it after what the touch did."""
        self._flow.touched()
        self._flow.show()

    def acted(self) -> None:
        """Take note that a touch did something, and did not only say that somebody is there."""
        self._flow.acted()

    def choose_language(self, language: str) -> None:
        """Speak this language from now on; on the first screen it also begins the visit."""
        flow = self._flow
        if language not in flow.languages:
            return
        if flow.visit.step is not Step.LANGUAGE or flow.visit.aside is not None:
            flow.change(language=language, has_chosen_language=True)
        elif flow.takes(Step.LANGUAGE) and flow.gives_numbers:
            flow.go(Step.SERVICE, language=language, has_chosen_language=True)

    def start_over(self) -> None:
        """Leave everything and return to the start; not while something is being asked for."""
        if self._flow.is_settled and self._flow.visit.step not in {Step.ISSUING, Step.REQUESTING, Step.SENDING}:
            self._flow.begin_anew()

    # -- what the world does ----------------------------------------------------------------------------------------

    @abstractmethod
    def recover(self) -> None:
        """Make good what an earlier run left."""

    @abstractmethod
    def printed(self, news: PaperNews) -> None:
        """Take what became of a ticket's paper."""

    def remember(self, known: tuple[OfficeMessage, HallMessage] | None, unknown: Unknown | None) -> None:
        """Take what an earlier run knew of the office, or why that does not count, until the office is heard."""
        self._flow.unknown = unknown
        if known is not None:
            office, hall = known
            self._flow.freshness.heard_at = hall.at
            self.office_changed(office)
            self.hall_changed(hall)

    def link_changed(self, online: bool) -> None:  # noqa: FBT001 - the bus calls it so
        """Take note that the engine can be reached, or no longer."""
        self._flow.linked(online=online)
        self._flow.show()

    def office_changed(self, office: OfficeMessage) -> None:
        """Take what the office offers now; who stands at the start begins in its first language."""
        flow = self._flow
        first = flow.office is None
        flow.office = office
        at_start = first and flow.visit.step is flow.start
        flow.languages = office.languages
        if at_start or (flow.visit.step is Step.LANGUAGE and flow.start is not Step.LANGUAGE):
            flow.return_to_start()
        if flow.visit.language not in office.languages:
            flow.change(language=office.languages[0])
        self._offer_changed(office)
        flow.show()

    @abstractmethod
    def _offer_changed(self, office: OfficeMessage) -> None:
        """Let a visitor whose choice is gone choose again."""

    def hall_changed(self, hall: HallMessage) -> None:
        """Take the live picture."""
        self._flow.hall = hall
        self._flow.engine_clock.heard(hall.at, retained=hall.retained)
        self._flow.freshness.heard(retained=hall.retained)
        self._flow.show()

    def broker_changed(self, presence: Presence) -> None:
        """Take what the broker says of itself."""
        self._flow.broker = presence
        self._flow.show()

    def taken(self, standing: Standing) -> None:
        """Take whether another process is or wants to be this very kiosk."""
        self._flow.standing = standing
        self._flow.show()

    def printers_changed(self, printers: PrintersHealth) -> None:
        """Take how the printers are."""
        self._flow.printers = printers
        self._flow.show()

    def scanner_changed(self, *, is_there: bool) -> None:
        """Take whether a code can be held to a scanner now: only then do the screens ask for it."""
        self._flow.has_scanner = is_there
        self._flow.show()

    def help_changed(self, calls: Mapping[str, str | None]) -> None:
        """Take which kiosks call for help, each with the counter that comes."""
        self.asides.help_heard(calls)

    def devices_changed(self, devices: Mapping[str, str]) -> None:
        """Take how each device is, as staff are told."""
        self._flow.devices = dict(devices)
        self._flow.show()

    def volume_changed(self, percent: int | None) -> None:
        """Take how loud the kiosk is; None where it makes no sound."""
        self._flow.volume_percent = percent
        self._flow.show()

    def voice_changed(self, *, is_there: bool) -> None:
        """Take whether this kiosk can speak: only then is that offered."""
        self._flow.has_voice = is_there
        self._flow.show()

    def tick(self) -> None:
        """Let time pass; several times a second."""
        self._flow.tick()


class Presenter(KioskPresenter):
    """The steps of a visitor who wants a number, or has one."""

    def __init__(
        self,
        *,
        requester: Requester,
        print_ticket: Callable[[Ticket, OfficeMessage], None],
        show: Callable[[State], None],
        clocks: Clocks,
        languages: tuple[str, ...],
        idle_s: float,
        phrases: Callable[[str], Phrases] | None = None,
        spare_label: Text | None = None,
        wifi: Wifi | None = None,
        lasting: LastingRequests | None = None,
        kept: KeptRequests | None = None,
        reserve: Keeper | None = None,
        has_paper: Callable[[str, int], bool] = lambda _ticket, _copies: False,
        kiosk: str = "kiosk-1",
        machine: Machine | None = None,
        print_list: PrintList = lambda _service, _office, _language, told: told(False),  # noqa: FBT003 - a callback
    ) -> None:
        """Take who carries requests, who prints, who shows; `languages` holds until the office is heard.

        `kept` outlives the process; `has_paper` tells whether a ticket's paper was begun, also by an earlier run.
        """
        self._kept = kept or KeptRequests(NoShelf())
        self._has_paper = has_paper
        flow = Flow(
            requester=requester,
            lasting=lasting or LastingRequests(requester, clocks.monotonic),
            kept=self._kept,
            show=show,
            clocks=clocks,
            languages=languages,
            idle_s=idle_s,
            phrases=phrases or words_of("kiosk", languages),
            spare_label=spare_label,
            wifi=wifi,
            reserve=reserve,
        )
        self.newcomer = Newcomer(flow, print_ticket, print_list)
        self.returning = Returning(flow, print_ticket)
        super().__init__(flow, requester, kiosk, Staff(flow, machine, self.returning.print_for_staff))

    def try_again(self) -> None:
        """Ask anew after a refusal that may pass."""
        if self._flow.visit.errand is Errand.ISSUE:
            self.newcomer.try_again()
        else:
            self.returning.try_again()

    def tick(self) -> None:
        """Let time pass; several times a second."""
        self.newcomer.tick()
        super().tick()

    def back(self) -> None:
        """Return one step."""
        flow = self._flow
        if flow.visit.aside is not None:
            self.asides.close()
        elif flow.takes(Step.REQUIREMENTS):
            flow.go(Step.SERVICE)
        elif flow.takes(Step.MISSING) or flow.takes(Step.LANE):
            flow.go(Step.REQUIREMENTS)
        else:
            self.returning.back()

    def scanned(self, text: str) -> None:
        """Look up the ticket whose code was held to the scanner."""
        self.returning.scanned(text)

    def recover(self) -> None:
        """Follow to its end what an earlier run asked for: whoever it was for stands before a kiosk that went dark.

        It is only asked whether it was done: what was not, never will be.
        """
        if self._flow.reserve is not None:
            self._flow.reserve.recover(self._has_paper, self._nobody_got)
        for request in self._kept.left():
            replied = partial(self._recovered, request)
            self._flow.lasting.send(request.command, request.as_question, replied, request_id=request.id)

    def _offer_changed(self, office: OfficeMessage) -> None:
        if self._flow.visit.step in _ABOUT_A_SERVICE and service_of(office, self._flow.visit.service) is None:
            self._flow.go(Step.SERVICE)

    def printed(self, news: PaperNews) -> None:
        """Take what became of a paper, and report it to the engine for as long as it takes."""
        flow = self._flow
        reason = {"reason": news.reason[:500]} if news.reason else {}
        report = {"ticket": news.ticket, "outcome": news.outcome} | reason
        flow.lasting.send("printed", report, lambda _reply: news.acknowledge())
        shown = flow.visit.ticket if flow.visit.step is Step.TICKET else None
        if shown is not None and (shown.id, shown.copies) == (news.ticket, news.copies):
            flow.change(paper=Paper(news.outcome), trouble=news.trouble, is_by_spare=news.by_spare)
            flow.touched()
        elif news.is_late and news.outcome != "failed":
            flow.tell_late(news.number)
        flow.show()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _nobody_got(self, ticket: str, number: str, done: Done) -> None:
        self.newcomer.give_up(ticket, number, INTERRUPTED, done)

    def _recovered(self, request: KeptRequest, reply: Reply) -> None:
        """Give up what nobody got; what had become a paper is the printers' affair."""
        done = partial(self._kept.drop, request.id)
        ticket = ticket_of(reply) if reply.ok else None
        if ticket is None or self._has_paper(ticket.id, ticket.copies):
            done()
        elif request.command == "issue":
            self._nobody_got(ticket.id, ticket.number, done)
        else:
            self.returning.give_up(ticket, INTERRUPTED, done)
