"""Where a visit stands, how long it may stand there, and the one request that is under way. No widgets, no wire."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from broker.config.web import Wifi
from broker.contract.claim import Standing
from broker.contract.clock import EngineClock
from broker.contract.link import Freshness, Requester, broker_speaks
from broker.contract.messages import (
    FeedbackMessage,
    HallMessage,
    OfficeMessage,
    Presence,
    Reply,
    SurveyMessage,
    Text,
    Ticket,
)
from broker.language import Phrases
from kiosk.outbox.keeper import Keeper
from kiosk.outbox.kept import KeptRequest, KeptRequests
from kiosk.outbox.known import Unknown
from kiosk.paper.news import PrintersHealth
from kiosk.visit import steps as patience
from kiosk.visit.offer import closes_at, is_shut, offer_of
from kiosk.visit.opinion import Asks
from kiosk.visit.requests import LastingRequests, LeftBehind, VisitRequest
from kiosk.visit.state import State, StrangeCode
from kiosk.visit.steps import Aside, Paper, Problem, Step, Visit

_ABANDONABLE = frozenset(
    {
        Step.SERVICE,
        Step.REQUIREMENTS,
        Step.MISSING,
        Step.LANE,
        Step.PROBLEM,
        Step.NUMBER,
        Step.FOUND,
        Step.CODE,
        Step.CONFIRM,
        Step.MORE,
        Step.SENTENCE,
        Step.SURVEYS,
        Step.INTRO,
        Step.ABOUT,
        Step.QUESTION,
        Step.PROFILE,
        Step.SUGGESTION,
        Step.KIND,
        Step.COMPLAINT,
        Step.VISIT,
        Step.REACH,
        Step.CONTACT,
        Step.CONFIDENTIAL,
        Step.REVIEW,
        Step.FACES,
        Step.RECEIPT,
        Step.CASE,
        Step.SECRET,
        Step.STATUS,
        Step.REPLY,
        Step.SETTLE,
        Step.THANKS,
    }
)
"""Steps that somebody can walk away from; the next visitor must not find them."""
_UNDER_WAY = frozenset({Step.ISSUING, Step.REQUESTING, Step.SENDING})


@dataclass(frozen=True, slots=True)
class Clocks:
    """Wall time in the office's zone, and seconds that never jump."""

    now: Callable[[], dt.datetime]
    monotonic: Callable[[], float]


class Flow:
    """One kiosk's visit after the other. One thread; `show` gets the state whenever it may have changed."""

    def __init__(
        self,
        *,
        requester: Requester,
        lasting: LastingRequests,
        kept: KeptRequests,
        show: Callable[[State], None],
        clocks: Clocks,
        languages: tuple[str, ...],
        idle_s: float,
        phrases: Callable[[str], Phrases],
        spare_label: Text | None = None,
        wifi: Wifi | None = None,
        asks: Asks | None = None,
        reserve: Keeper | None = None,
    ) -> None:
        """Take who carries and who keeps requests, and who shows; `languages` holds until the office is heard.

        `asks` is what a feedback kiosk takes; None where numbers are given out.
        """
        self.asks = asks
        self.reserve = reserve
        self.surveys: tuple[SurveyMessage, ...] = ()
        self.feedback: FeedbackMessage | None = None
        self.clocks = clocks
        self.engine_clock = EngineClock(clocks.now, clocks.monotonic)
        self.languages = languages
        self.freshness = Freshness(self.engine_clock.now, clocks.monotonic)
        self.office: OfficeMessage | None = None
        self.hall: HallMessage | None = None
        self.printers = PrintersHealth()
        self.standing: Standing = "alone"
        self.broker: Presence | None = None
        self.has_scanner = False
        self.has_voice = False
        self.devices: Mapping[str, str] = {}
        self._spare_label = spare_label
        self._wifi = wifi
        self._kept = kept
        self._request = VisitRequest(requester, kept, self.engine_clock.now, clocks.monotonic)
        self.lasting = lasting
        self._show_state = show
        self._phrases = phrases
        self._idle_s = idle_s
        self._begun = self._touched_at = clocks.monotonic()
        self._late: tuple[str, float] | None = None
        self._strange: tuple[StrangeCode, float] | None = None
        self._left_at = self._moved_at = -math.inf
        self._remarked: tuple[object, ...] = ()
        """What stood on the last screen besides the page: where that changes, the page moves."""
        self._was_linked = False
        self.on_end: Callable[[], None] = lambda: None
        """Called before a visit ends."""
        self.coming: str | None = None
        """The label of the counter from which help is coming."""
        self.unknown: Unknown | None = None
        """Why the kiosk cannot go on by what an earlier run knew; None where it can, or an office was heard."""
        self.last_ticket: Ticket | None = None
        """The last that was given out here, for staff who print it again."""
        self.volume_percent: int | None = None
        """How loud the kiosk is; None where it makes no sound."""
        self.visit = self._fresh_visit()

    # -- requests ---------------------------------------------------------------------------------------------------

    @property
    def is_unanswered(self) -> bool:
        """Whether a request is still under way: another one might do things twice."""
        return self._request.is_under_way

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Reply], None],
        left_behind: LeftBehind | None = None,
    ) -> None:
        """Send the visit's one request, meant for as long as this visit can last; see `VisitRequest`."""
        patience_s = patience.GIVE_UP_AFTER_S + self._idle_s + patience.WARNING_S
        self._request.send(command, arguments, meant_for_s=patience_s, answered=answered, left_behind=left_behind)

    def drop_request(self) -> None:
        """Go on without the answer."""
        self._request.leave()

    def give_way(self, replied: Callable[[KeptRequest, Reply], None]) -> None:
        """Let the request that is under way be done no more; `replied` hears whether it was done before."""
        request = self._request.give_way()
        if request is not None:
            self.lasting.send(request.command, request.as_question, partial(replied, request), request_id=request.id)

    def forget(self, request: str) -> None:
        """Let a request go that has come to its end."""
        self._kept.drop(request)

    # -- moving -----------------------------------------------------------------------------------------------------

    def takes(self, step: Step) -> bool:
        """Tell whether a touch that belongs to `step` counts now."""
        return self.visit.step is step and self.visit.aside is None and self.is_settled

    def go(self, step: Step, **changes: object) -> None:
        """Move to a step; with the step, waiting begins anew."""
        now = self.clocks.monotonic()
        plain = replace(self.visit, step=step, since=now, aside=None)
        self.visit = replace(plain, **changes)  # type: ignore[arg-type]  # Visit's own
        self._touched_at = max(self._touched_at, now)
        self._strange = None
        self.show()

    def lay_over(self, aside: Aside | None) -> None:
        """Lay a page over the step, or take it away: the step and its time go on below."""
        self.visit = replace(self.visit, aside=aside, turned=self.clocks.monotonic(), announced=None)
        self.show()

    def change(self, **changes: object) -> None:
        """Change the visit where it stands."""
        self.visit = replace(self.visit, **changes)  # type: ignore[arg-type]  # Visit's own
        self.show()

    def begin_anew(self, *, is_abandoned: bool = False) -> None:
        """End the visit; nobody stands there any more where it was abandoned."""
        self.on_end()
        self.drop_request()
        self._strange = None
        self._left_at = -math.inf if is_abandoned else self.clocks.monotonic()
        self.visit = replace(self._fresh_visit(), since=self.clocks.monotonic())
        self.show()

    def return_to_start(self) -> None:
        """Stand at the start as if nothing had been touched yet."""
        self.visit = self._fresh_visit()

    def touched(self) -> None:
        """Take note that somebody is there. A visit that is only extended and never gone on with ends once."""
        if self.is_warned:
            if self.visit.extended >= patience.MOST_EXTENSIONS:
                return
            self.visit = replace(self.visit, extended=self.visit.extended + 1)
        self._touched_at = self.clocks.monotonic()

    def acted(self) -> None:
        """Take note that the visitor went on: extensions are counted anew."""
        if self.visit.extended and not self.is_warned:
            self.visit = replace(self.visit, extended=0)

    @property
    def is_warned(self) -> bool:
        """Tell whether the visitor is being asked whether anybody is there."""
        return self._warning_left_s <= patience.WARNING_S

    def linked(self, *, online: bool) -> None:
        """Take note that the engine can be reached, or no longer."""
        self.freshness.link_changed(online=online)
        self._was_linked = self._was_linked or online

    def tell_late(self, number: str) -> None:
        """Tell for a while that paper came out for an earlier visitor."""
        self._late = (number, self.clocks.monotonic())

    def tell_strange(self, code: StrangeCode) -> None:
        """Tell for a while, or until the screen changes, that a scanned code is no ticket of this office and day."""
        self._strange = code, self.clocks.monotonic()
        self.show()

    def tick(self) -> None:
        """Let time pass."""
        match self.visit.step:
            case step if step in _UNDER_WAY and self.elapsed_s >= self._patience_s:
                self.go(Step.PROBLEM, problem=Problem.NO_ANSWER)
            case Step.TICKET if self._stay_left_s <= 0:
                self.begin_anew(is_abandoned=True)
            case _ if self._warning_left_s <= 0:
                self.begin_anew(is_abandoned=True)
        self._request.tick()
        if self.reserve is not None:
            self.reserve.tick(self._offered, self.engine_clock.now(), is_linked=self.is_linked)
        self.lasting.tick()
        self.show()

    # -- looking ----------------------------------------------------------------------------------------------------

    @property
    def start(self) -> Step:
        """Return the first step: no language is asked for where there is one only."""
        if self.asks is not None:
            return Step.FEEDBACK if self.asks.counter is None else Step.RESTING
        return Step.LANGUAGE if len(self.languages) > 1 else Step.SERVICE

    @property
    def may_still_stand_here(self) -> bool:
        """Tell whether whoever has just left may still be there: a moment ago, and nobody has begun anything since."""
        return (
            self.visit.step is self.start
            and self.visit.aside is None
            and self.clocks.monotonic() - self._left_at <= patience.STILL_HERE_S
        )

    @property
    def elapsed_s(self) -> float:
        """Return the seconds since this step began."""
        return self.clocks.monotonic() - self.visit.since

    @property
    def is_linked(self) -> bool:
        """Tell whether what is shown is true now."""
        return self.freshness.stale_since is None

    @property
    def is_alone(self) -> bool:
        """Tell whether numbers are given out without the office: by what it said last, and only in its hours."""
        office, hall, now = self.office, self.hall, self.engine_clock.now()
        # Who poses as the server stops no kiosk that has numbers.
        is_ours = self.standing in {"alone", "untrusted"} and not self._is_starting
        if self.is_linked or self.reserve is None or office is None or hall is None or not is_ours:
            return False
        said_on = hall.at.astimezone(now.tzinfo).date()  # `hall.day` stays ahead after a clock was (decision 18)
        is_of_today = said_on == now.date()
        is_over = not is_of_today or is_shut(hall) or ((closes := closes_at(hall)) is not None and closes <= now)
        return not is_over and any(self.has_reserve(service.id) for service in office.services)

    def has_reserve(self, service: str | None, lane: str | None = None) -> bool:
        """Tell whether there are numbers in advance for a service: in one lane, or in any."""
        office, now = self.office, self.engine_clock.now()
        lanes = () if office is None else tuple(one.id for one in office.lanes if lane in {None, one.id})
        return self.reserve is not None and any(self.reserve.left(service or "", one, now) for one in lanes)

    @property
    def gives_numbers(self) -> bool:
        """Tell whether a visitor can go on to a number."""
        return self.is_linked or self.is_alone

    @property
    def seen_hall(self) -> HallMessage | None:
        """Return the live picture; alone only what of an old one still counts: what is offered, and until when."""
        if self.hall is None or not self.is_alone:
            return self.hall
        spent = self._spent
        waiting = tuple(
            group.model_copy(
                update={
                    "count": 0,
                    "wait": None,
                    "offer": "closed" if (group.service, group.lane) in spent else group.offer,
                }
            )
            for group in self.hall.waiting
        )
        return self.hall.model_copy(update={"waiting": waiting, "calling": (), "recent": (), "counters": ()})

    @property
    def _spent(self) -> frozenset[tuple[str, str]]:
        """Return (service, lane) of which a kiosk that is alone has no number, though the office offers it."""
        groups = () if self.hall is None else self.hall.waiting
        offered = {(group.service, group.lane) for group in groups if group.offer == "open"}
        return frozenset(place for place in offered if not self.has_reserve(*place))

    @property
    def is_settled(self) -> bool:
        """Tell whether touches count: the second half of a double touch meant the screen before."""
        return self.clocks.monotonic() - max(self.visit.since, self.visit.turned) >= patience.SETTLE_S

    @property
    def has_moved(self) -> bool:
        """Tell whether a remark has just come or gone, and the answers with it, below a finger that was on its way."""
        return self.clocks.monotonic() - self._moved_at < patience.SETTLE_S

    def show(self) -> None:
        """Hand over how it stands now."""
        state = self._state()
        remarked = (
            (state.offline_since is None, state.is_starting, state.is_alone, state.is_unanswered, state.unknown),
            (state.strange_code, state.late_number, state.help_coming, state.printers),
        )
        if remarked != self._remarked:
            self._moved_at = self.clocks.monotonic() if self._remarked else -math.inf
            self._remarked = remarked
        self._show_state(state)

    # -- inside -----------------------------------------------------------------------------------------------------

    @property
    def _is_starting(self) -> bool:
        """Tell whether the link may just not be there yet."""
        return not self._was_linked and self.clocks.monotonic() - self._begun < patience.STARTING_S

    @property
    def _patience_s(self) -> float:
        """Return how long an answer is waited for: where the line is gone, mostly none comes."""
        return patience.GIVE_UP_AFTER_S if self.is_linked else patience.GIVE_UP_CUT_OFF_S

    @property
    def _stay_left_s(self) -> float:
        has_paper = self.visit.paper in {Paper.CONFIRMED, Paper.UNCONFIRMED}
        return (patience.TICKET_STAY_S if has_paper else patience.NO_PAPER_STAY_S) - self.quiet_s

    @property
    def _warning_left_s(self) -> float:
        """Return the seconds until an abandoned visit ends; more than `WARNING_S` while nobody is asked yet."""
        has_begun = self.visit.aside is not None or self.visit.has_chosen_language or not self.visit.access.is_plain
        if (self.visit.step is self.start and not has_begun) or self.visit.step not in _ABANDONABLE | {self.start}:
            return math.inf
        copies = self.visit.step is Step.RECEIPT and self.visit.opinion.receipt_paper != "printed"
        return (patience.RECEIPT_STAY_S if copies else self._idle_s) + patience.WARNING_S - self.quiet_s

    @property
    def quiet_s(self) -> float:
        """Return the seconds since anything happened."""
        return self.clocks.monotonic() - max(self._touched_at, self.visit.since)

    def _offered(self) -> Iterator[tuple[str, str]]:
        """Yield each service and lane for which a number would be given out now."""
        office = self.office
        if office is None or is_shut(self.hall):
            return
        for service in office.services:
            for lane in office.lanes:
                if offer_of(office, self.hall, service, lane.id) == "open":
                    yield service.id, lane.id

    def _fresh_visit(self) -> Visit:
        return Visit(self.start, self.languages[0], self.clocks.monotonic() - patience.SETTLE_S)

    def _state(self) -> State:
        offline_since = self.freshness.stale_since
        shut = (
            offline_since is not None
            and not self.is_alone
            and self.visit.step in {Step.SERVICE, Step.FEEDBACK, Step.RESTING}
        )
        waits = self.is_warned and not shut
        closes = self.visit.step is Step.TICKET and self._stay_left_s <= patience.WARNING_S
        return State(
            visit=self._patient_visit(),
            office=self.office,
            hall=self.seen_hall,
            is_alone=self.is_alone,
            spent=self._spent if self.is_alone else frozenset(),
            languages=self.languages,
            phrases=self._phrases,
            now=self.engine_clock.now(),
            elapsed_s=self.elapsed_s,
            offline_since=offline_since,
            is_starting=(self._is_starting and offline_since is not None)
            or (self.office is None and offline_since is None),
            warning_left_s=max(1, math.ceil(self._warning_left_s)) if waits else None,
            stay_left_s=max(1, math.ceil(self._stay_left_s)) if closes else None,
            late_number=self._late_number(),
            strange_code=self._strange_code(),
            has_scanner=self.has_scanner,
            has_voice=self.has_voice,
            help_coming=self.coming,
            last_ticket=self.last_ticket,
            volume_percent=self.volume_percent,
            devices=self.devices,
            printers=self.printers,
            standing=self.standing,
            broker_speaks=None if self.broker is None else broker_speaks(self.broker),
            is_unanswered=self._is_unanswered,
            unknown=self.unknown if self.office is None else None,
            spare_label=self._spare_label,
            wifi=self._wifi,
            asks=self.asks,
            surveys=self.surveys,
            feedback=self.feedback,
        )

    def _strange_code(self) -> StrangeCode | None:
        if self._strange is None or self.clocks.monotonic() - self._strange[1] >= patience.FOREIGN_NOTICE_S:
            return None
        return self._strange[0]

    @property
    def _is_unanswered(self) -> bool:
        """Tell whether the office answers nobody: by its picture, or, where the disk is what hangs, by its presence."""
        is_late = self.hall is not None and self.hall.unanswered_s >= patience.UNANSWERED_FROM_S
        return self.is_linked and (is_late or (self.broker is not None and "engine" in self.broker.devices))

    def _patient_visit(self) -> Visit:
        """Return the visit; a printer that says nothing for long is treated as one that may have failed."""
        silent = self.visit.paper is Paper.PRINTING and self.elapsed_s >= patience.PAPER_PATIENCE_S
        return replace(self.visit, paper=Paper.SILENT) if silent else self.visit

    def _late_number(self) -> str | None:
        if self._late is None:
            return None
        number, at = self._late
        return number if self.clocks.monotonic() - at < patience.LATE_NOTICE_S else None
