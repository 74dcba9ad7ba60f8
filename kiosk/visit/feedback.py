"""Leads a visitor who has something to say: a face, a survey, a suggestion, a complaint. No widgets, no wire.

What was written is kept by the visit alone. One request is under way at a time; it stays the same one, with the same
id, until it is answered, so that a lost connection sends nothing twice. Faces and answers to surveys go by an outbox on
disk, and wait for nobody. What belongs to each of them stands in `rating`, `survey`, `complaint` and `status`; here is
what they share: the start, typing, whose ticket it is, Back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from broker.contract.link import Requester
from broker.contract.messages import ErrorCode, EventMessage, FeedbackMessage, OfficeMessage, Reply, SurveyMessage
from broker.language import Phrases, words_of
from kiosk.outbox.kept import KeptRequests, NoShelf, Shelf
from kiosk.outbox.sayings import Sayings
from kiosk.paper.news import PaperNews
from kiosk.visit import opinion as said
from kiosk.visit import steps as patience
from kiosk.visit import typed_number
from kiosk.visit.complaint import Complaining, PrintReceipt
from kiosk.visit.flow import Clocks, Flow
from kiosk.visit.opinion import Asks, Opinion, Topic
from kiosk.visit.presenter import KioskPresenter
from kiosk.visit.rating import Rating, holder
from kiosk.visit.requests import LastingRequests, ticket_of
from kiosk.visit.returning import ticket_code
from kiosk.visit.saying import Picks, Saying
from kiosk.visit.staff import Machine, Staff
from kiosk.visit.state import State
from kiosk.visit.status import Following, receipt_code
from kiosk.visit.steps import Step
from kiosk.visit.survey import Answering, open_surveys
from kiosk.visit.writing import WRITING, is_written, typed

_SCANNING = frozenset({Step.FEEDBACK, Step.NUMBER, Step.CODE, Step.VISIT})
"""Where a ticket's code is taken."""
_NOT_FOUND: Mapping[bool, frozenset[ErrorCode]] = {
    False: frozenset({"unknown_ticket"}),
    True: frozenset({"unknown_ticket", "not_holder"}),
}
"""With a complaint nobody has to show that the ticket is theirs: what cannot be looked up is typed."""
_SCANNING_RECEIPTS = frozenset({Step.FEEDBACK, Step.CASE, Step.SECRET})


class FeedbackPresenter(KioskPresenter):
    """The steps of whoever has something to say."""

    def __init__(
        self,
        *,
        requester: Requester,
        show: Callable[[State], None],
        clocks: Clocks,
        languages: tuple[str, ...],
        idle_s: float,
        asks: Asks,
        phrases: Callable[[str], Phrases] | None = None,
        lasting: LastingRequests | None = None,
        said: Shelf | None = None,
        kiosk: str = "feedback-1",
        machine: Machine | None = None,
        print_receipt: PrintReceipt = lambda _receipt, _office, _language, told: told(False),  # noqa: FBT003 - a callback
    ) -> None:
        """Take who carries requests, who prints, who shows; `languages` holds until the office is heard.

        `said` keeps what the office does not have yet.
        """
        flow = Flow(
            requester=requester,
            lasting=lasting or LastingRequests(requester, clocks.monotonic),
            kept=KeptRequests(NoShelf()),
            show=show,
            clocks=clocks,
            languages=languages,
            idle_s=idle_s,
            phrases=phrases or words_of("kiosk", languages),
            asks=asks,
        )
        super().__init__(flow, requester, kiosk, Staff(flow, machine, lambda _ticket: None))
        self._asks = asks
        self._outbox = Sayings(said or NoShelf(), flow.lasting, flow.engine_clock.now)
        self._saying = saying = Saying(flow, asks, self._outbox)
        self._survey = Answering(saying)
        self._rating = Rating(saying, self._survey.look_for_more)
        self._complaint = Complaining(saying, print_receipt)
        self._status = Following(saying)
        self._withdraw, flow.on_end = flow.on_end, self._ended
        self._picks: Picks = {
            **self._rating.picks,
            **self._survey.picks,
            **self._complaint.picks,
            **self._status.picks,
            Step.ABOUT: self._about,
            Step.THANKS: self._after,
        }

    # -- what the visitor does --------------------------------------------------------------------------------------

    def choose(self, topic: str) -> None:
        """Begin with what the visitor wants to say."""
        flow = self._flow
        wanted = next((one for one in self._topics if one == topic), None)
        if not flow.takes(Step.FEEDBACK) or not flow.is_linked or wanted is None:
            return
        kept = flow.visit.opinion
        begun = kept if kept.topic == wanted else Opinion(topic=wanted)
        match wanted:
            case "rating":
                self._saying.go(Step.NUMBER, begun, typed="", code="", is_not_found=False)
            case "survey":
                self._survey.begin(begun)
            case "suggestion":
                self._saying.go(Step.SUGGESTION, begun)
            case "complaint":
                self._saying.go(Step.KIND, begun)
            case "status":
                self._status.begin(begun)

    def pick(self, key: str) -> None:
        """Take an answer on the page that asks."""
        flow = self._flow
        answered = self._picks.get(flow.visit.step)
        if answered is not None and flow.takes(flow.visit.step):
            answered(key)

    def face(self, score: str) -> None:
        """Take a face."""
        self._rating.face(score)

    def press(self, key: str) -> None:
        """Press a key of the keyboard, or of the keypad for a number or a code."""
        flow, visit = self._flow, self._flow.visit
        if visit.aside is not None:
            return
        if visit.step is Step.NUMBER and flow.office is not None:
            flow.change(typed=typed_number.press(flow.office, visit.typed, key), is_not_found=False)
        elif visit.step is Step.CODE and visit.code_trouble != "locked":
            flow.change(code=typed_number.press_code(visit.code, key), code_trouble=None)
        elif visit.step is Step.CASE:
            self._status.press(key)
        elif visit.step in WRITING:
            flow.change(opinion=typed(visit.opinion, visit.step, visit.language, key))

    def erase(self) -> None:
        """Take the last key back."""
        flow, visit = self._flow, self._flow.visit
        if visit.step is Step.NUMBER:
            flow.change(typed=visit.typed[:-1], is_not_found=False)
        elif visit.step is Step.CODE:
            flow.change(code=visit.code[:-1])
        elif visit.step is Step.CASE:
            self._status.erase()

    def find(self) -> None:
        """Go on from a number to its code, and from the code to what it opens."""
        flow, visit = self._flow, self._flow.visit
        if flow.takes(Step.NUMBER) and flow.office is not None and typed_number.is_complete(flow.office, visit.typed):
            if visit.opinion.topic == "complaint":
                self._complaint.of_ticket(typed_number.number(visit.typed))
            else:
                self._saying.go(Step.CODE, visit.opinion, code="", code_trouble=None)
        elif flow.takes(Step.CODE) and typed_number.is_whole_code(visit.code) and visit.code_trouble != "locked":
            named = replace(visit.opinion, ticket=typed_number.number(visit.typed), check=visit.code)
            self._look_up(named)
        elif flow.takes(Step.CASE):
            self._status.find()

    def scanned(self, text: str) -> None:
        """Take a ticket's code or a receipt's: at the start whoever holds one there wants to rate, or to know."""
        flow = self._flow
        step = flow.visit.step
        if self._asks.counter is not None or flow.is_unanswered or not flow.is_linked:
            return
        case = receipt_code(text)
        if case is not None and step in _SCANNING_RECEIPTS and "status" in self._topics:
            flow.touched()
            self._status.scanned(*case)
        elif step in _SCANNING:
            flow.touched()
            self._scanned_ticket(ticket_code(text))
        elif step in _SCANNING_RECEIPTS:
            flow.touched()
            flow.tell_strange("foreign")

    def written(self) -> None:
        """Go on with what was typed."""
        flow = self._flow
        step, opinion = flow.visit.step, flow.visit.opinion
        if step not in WRITING or not flow.takes(step) or not is_written(opinion, step):
            return
        match step:
            case Step.SENTENCE:
                self._rating.written(opinion)
            case Step.SUGGESTION:
                self._saying.suggest(opinion)
            case Step.COMPLAINT | Step.CONTACT:
                self._complaint.written(opinion)
            case Step.SECRET:
                self._status.look_up(opinion)
            case Step.REPLY:
                self._status.step(opinion)
            case _:
                pass

    def try_again(self) -> None:
        """Wait on for what may have been done, or ask anew what was not."""
        flow = self._flow
        if not flow.takes(Step.PROBLEM):
            return
        if flow.is_unanswered:
            flow.go(Step.SENDING)
            return
        again: Mapping[str, Callable[[Opinion], None]] = {
            "rate": self._rating.rate,
            "suggest": self._saying.suggest,
            "complain": self._complaint.send,
            "survey": self._survey.submit,
            "lookup": self._look_up,
            "invited": self._survey.ask_invitations,
            "complaint": self._status.look_up,
            "complaint_step": self._status.step,
        }
        opinion = flow.visit.opinion
        if opinion.asked == "complaint_step" and flow.visit.problem == "illegal_transition":
            self._status.look_up(opinion)  # it has gone on meanwhile
        elif opinion.asked in again:
            again[opinion.asked](opinion)
        else:
            flow.begin_anew()

    def back(self) -> None:
        """Return one step; what was said so far stays."""
        flow = self._flow
        if flow.visit.aside is not None:
            self.asides.close()
            return
        step, opinion = flow.visit.step, flow.visit.opinion
        if not flow.takes(step):
            return
        before = step_before(flow, step, opinion)
        if before is None:
            return
        if step in {Step.QUESTION, Step.PROFILE} and before is step:
            opinion = replace(opinion, at=opinion.at - 1)
        elif step is Step.PROFILE:
            opinion = replace(opinion, at=max(0, len(opinion.answers) - 1))
        self._saying.go(before, replace(opinion, is_changing=opinion.is_changing and before is not Step.REVIEW))

    # -- what the world does ----------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Hand in what an earlier run was told and could not: faces, and answers to surveys."""
        self._outbox.recover()

    def printed(self, news: PaperNews) -> None:
        """Do nothing: no tickets are printed here."""

    def survey_changed(self, survey: SurveyMessage) -> None:
        """Take the questions of one survey in one language."""
        self._survey.changed(survey)

    def feedback_changed(self, feedback: FeedbackMessage) -> None:
        """Take what the office publishes: whether it takes complaints at all."""
        self._flow.feedback = feedback
        self._flow.show()

    def finished(self, event: EventMessage) -> None:
        """Take that somebody was served, at some counter."""
        self._rating.finished(event)

    def undone(self, event: EventMessage) -> None:
        """Take that what an officer did was taken back."""
        self._rating.undone(event)

    def tick(self) -> None:
        """Let time pass: thanks are said for a moment."""
        flow = self._flow
        opinion = flow.visit.opinion
        stay_s = patience.ADDING_STAY_S if opinion.can_add else patience.THANKS_STAY_S
        is_asked = bool(opinion.invitations)  # a question has as long as every other one
        is_over = flow.visit.step is Step.THANKS and not is_asked and flow.quiet_s >= stay_s
        if is_over and flow.visit.aside is None:
            flow.begin_anew(is_abandoned=True)
        self._rating.tick()
        self._saying.tick()
        super().tick()

    def _offer_changed(self, office: OfficeMessage) -> None:
        """Keep what was said: of the office only its services are asked about."""

    # -- whose ticket it is ---------------------------------------------------------------------------------------

    def _scanned_ticket(self, code: str | None) -> None:
        flow = self._flow
        topic: Topic = flow.visit.opinion.topic or "rating"
        if code is None:
            flow.tell_strange("foreign")
        elif topic == "complaint" and flow.visit.step is not Step.FEEDBACK:
            self._look_up(replace(flow.visit.opinion, ticket=code))
        elif topic in self._topics:
            self._look_up(Opinion(topic="survey" if topic == "survey" else "rating", ticket=code))

    def _look_up(self, opinion: Opinion) -> None:
        self._saying.send("lookup", holder(opinion), self._looked_up, opinion)

    def _looked_up(self, reply: Reply) -> None:
        flow = self._flow
        opinion = flow.visit.opinion
        ticket = ticket_of(reply) if reply.ok else None
        is_holder = (reply.result or {}).get("is_holder") is True
        if ticket is not None and opinion.topic == "complaint":
            self._complaint.of_ticket(ticket.number, ticket)
        elif ticket is not None and is_holder and ticket.state == "finished":
            spoken = flow.visit.language if flow.visit.has_chosen_language else ticket.language
            language = spoken if spoken in flow.languages else flow.visit.language
            if opinion.topic == "survey":
                flow.change(language=language)
                self._survey.ask_invitations(replace(opinion, service=ticket.service, has_service=True))
            else:
                self._saying.go(Step.FACES, opinion, language=language, has_chosen_language=True)
        elif ticket is not None and is_holder:
            flow.go(Step.PROBLEM, problem="illegal_transition", opinion=replace(opinion, asked="unfinished"))
        elif reply.error is not None and reply.error.code in _NOT_FOUND[opinion.topic == "complaint"]:
            self._not_found(opinion)
        elif ticket is not None or (reply.error is not None and reply.error.code == "not_holder"):
            is_locked = reply.error is not None and reply.error.detail.get("locked") is True
            flow.go(Step.CODE, code="", code_trouble="locked" if is_locked else "wrong")
        else:
            self._saying.refused(reply)

    def _not_found(self, opinion: Opinion) -> None:
        if opinion.check:
            self._saying.go(Step.NUMBER, replace(opinion, check=""), is_not_found=True)
        else:
            self._saying.go(Step.NUMBER, replace(opinion, ticket=""), typed="")
            self._flow.tell_strange("past")

    # -- inside -----------------------------------------------------------------------------------------------------

    @property
    def _topics(self) -> tuple[Topic, ...]:
        return offered_topics(self._asks, self._flow.surveys, self._flow.feedback)

    def _about(self, key: str) -> None:
        if self._flow.visit.opinion.topic == "complaint":
            self._complaint.about(key)
        else:
            self._survey.about(key)

    def _after(self, key: str) -> None:
        """Go on from the thanks: to a survey that the visitor is invited to, to a sentence, or to the end."""
        match key:
            case "survey":
                self._survey.accept()
            case "write":
                self._rating.add()
            case "done":
                self._flow.begin_anew()
            case _:
                pass

    def _ended(self) -> None:
        self._withdraw()
        self._rating.ended()
        self._saying.ended()


def offered_topics(
    asks: Asks, surveys: tuple[SurveyMessage, ...], feedback: FeedbackMessage | None
) -> tuple[Topic, ...]:
    """Return what can be said here now; until the office has told, what the configuration says."""
    takes_complaints = asks.complaints and (feedback is None or feedback.complaints is not None)
    is_there: Mapping[Topic, bool] = {
        "rating": asks.rating,
        "survey": bool({one.id for one in surveys} & set(asks.surveys)),
        "suggestion": asks.suggestions,
        "complaint": takes_complaints,
        "status": takes_complaints,
    }
    return tuple(topic for topic in said.TOPICS if is_there[topic])


def step_before(flow: Flow | State, step: Step, opinion: Opinion) -> Step | None:  # noqa: C901, PLR0911, PLR0912 - one row a step
    """Return where Back leads; None where nothing lies behind."""
    has_several = len(opinion.invitations or open_surveys(flow)) > 1
    match step:
        case Step.NUMBER | Step.ABOUT if opinion.topic == "complaint":
            return Step.VISIT
        case Step.NUMBER | Step.SURVEYS | Step.SUGGESTION | Step.KIND | Step.CASE:
            return Step.FEEDBACK
        case Step.CODE:
            return Step.NUMBER
        case Step.FACES:
            return None if flow.asks is None or flow.asks.counter is not None else Step.FEEDBACK
        case Step.MORE:
            return Step.FACES
        case Step.SENTENCE:
            return None if flow.asks is None or flow.asks.counter is not None else Step.MORE
        case Step.INTRO:
            return Step.SURVEYS if has_several else Step.FEEDBACK
        case Step.ABOUT:
            return Step.INTRO
        case Step.QUESTION if opinion.at > 0:
            return Step.QUESTION
        case Step.QUESTION:
            return Step.INTRO if opinion.has_service or opinion.invitation is not None else Step.ABOUT
        case Step.PROFILE:
            return Step.PROFILE if opinion.at > 0 else Step.QUESTION
        case Step.COMPLAINT:
            return Step.REVIEW if opinion.is_changing else Step.KIND
        case Step.VISIT:
            return Step.REVIEW if opinion.is_changing else Step.COMPLAINT
        case Step.REACH:
            return Step.REVIEW if opinion.is_changing else Step.VISIT
        case Step.CONTACT:
            return Step.REACH
        case Step.CONFIDENTIAL:
            return Step.REACH
        case Step.REVIEW:
            return Step.CONFIDENTIAL
        case Step.SECRET:
            return Step.CASE
        case Step.REPLY | Step.SETTLE:
            return Step.STATUS
        case _:
            return None
