"""Leads a visitor who has something to say: a face, a survey, a suggestion, a complaint. No widgets, no wire.

What was written is kept by the visit alone. One request is under way at a time; it stays the same one, with the same
id, until it is answered, so that a lost connection sends nothing twice. A counter's tablet asks whoever was served
there, once, and follows that one touch to its end by itself.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from pydantic import ValidationError

from broker.contract.link import Requester
from broker.contract.messages import (
    EventMessage,
    FeedbackMessage,
    Invitation,
    OfficeMessage,
    Receipt,
    Reply,
    SurveyMessage,
)
from broker.language import Phrases, words_of
from kiosk.paper.news import PaperNews
from kiosk.visit import keyboard as keys
from kiosk.visit import opinion as said
from kiosk.visit import steps as patience
from kiosk.visit import typed_number
from kiosk.visit.flow import Clocks, Flow
from kiosk.visit.kept import KeptRequests, NoShelf
from kiosk.visit.keyboard import Keyboard
from kiosk.visit.offer import service_of
from kiosk.visit.opinion import Asks, Opinion, Topic
from kiosk.visit.presenter import KioskPresenter
from kiosk.visit.requests import LastingRequests, ticket_of
from kiosk.visit.returning import ticket_code
from kiosk.visit.staff import Machine, Staff
from kiosk.visit.state import State
from kiosk.visit.steps import Problem, Step

log = logging.getLogger(__name__)

PrintReceipt = Callable[[Receipt, OfficeMessage, str, Callable[[bool], None]], None]
"""Prints a complaint's receipt, in a language; tells whether there is a paper."""
WRITING = frozenset({Step.SENTENCE, Step.SUGGESTION, Step.COMPLAINT, Step.CONTACT})
"""Steps with a keyboard on the screen."""
_SCANNING = frozenset({Step.FEEDBACK, Step.NUMBER, Step.CODE})
_WAITS_FOR_A_VISITOR = frozenset({Step.RESTING, Step.FACES, Step.THANKS})
"""Where a tablet may turn to whoever was served last."""


def survey_in(surveys: tuple[SurveyMessage, ...], survey: str | None, *languages: str) -> SurveyMessage | None:
    """Return a survey in the first of the languages that it is there in, else in any."""
    found = {one.language: one for one in surveys if one.id == survey}
    return next((found[code] for code in languages if code in found), next(iter(found.values()), None))


def open_surveys(state: State | Flow) -> tuple[str, ...]:
    """Return the surveys that anybody may answer here."""
    asks = state.asks
    wanted = () if asks is None else asks.surveys
    there = {one.id for one in state.surveys if one.is_open}
    return tuple(one for one in wanted if one in there)


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
        kiosk: str = "feedback-1",
        machine: Machine | None = None,
        print_receipt: PrintReceipt = lambda _receipt, _office, _language, told: told(False),  # noqa: FBT003 - a callback
    ) -> None:
        """Take who carries requests, who prints, who shows; `languages` holds until the office is heard."""
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
        self._print = print_receipt
        self._withdraw, flow.on_end = flow.on_end, self._ended
        self._rated: tuple[dt.date | None, set[str]] = (None, set())
        """Whose faces this tablet has taken, and on which day."""
        self._picks: Mapping[Step, Callable[[str], None]] = {
            Step.MORE: self._more,
            Step.SURVEYS: self._chosen_survey,
            Step.INTRO: self._begin_questions,
            Step.ABOUT: self._about,
            Step.QUESTION: self._answer,
            Step.PROFILE: self._tell_of_oneself,
            Step.KIND: self._be_of_kind,
            Step.REACH: self._reach,
            Step.CONFIDENTIAL: self._be_confidential,
            Step.REVIEW: self._reviewed,
            Step.RECEIPT: self._noted,
            Step.THANKS: self._after,
        }
        self._next: EventMessage | None = None

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
                self._go(Step.NUMBER, begun, typed="", code="", is_not_found=False)
            case "survey":
                self._begin_surveys(begun)
            case "suggestion":
                self._go(Step.SUGGESTION, begun)
            case "complaint":
                self._go(Step.KIND, begun)

    def pick(self, key: str) -> None:
        """Take an answer on the page that asks."""
        flow = self._flow
        answered = self._picks.get(flow.visit.step)
        if answered is not None and flow.takes(flow.visit.step):
            answered(key)

    def face(self, score: str) -> None:
        """Take a face: at a counter's tablet that is all, elsewhere a sentence may follow."""
        flow = self._flow
        if not flow.takes(Step.FACES) or score not in {"1", "2", "3", "4"}:
            return
        rated = replace(flow.visit.opinion, score=int(score))
        if self._asks.counter is None:
            self._go(Step.MORE, rated)
            return
        self._rated[1].add(rated.ticket)
        is_later = not flow.is_linked
        arguments = {"ticket": rated.ticket, "score": int(score)}
        flow.lasting.send("rate", arguments, partial(self._face_answered, rated.ticket))
        self._go(Step.THANKS, Opinion(topic="rating", is_sent_later=is_later))

    def press(self, key: str) -> None:
        """Press a key of the keyboard, or of the keypad for a ticket's number or code."""
        flow, visit = self._flow, self._flow.visit
        if visit.aside is not None:
            return
        if visit.step is Step.NUMBER and flow.office is not None:
            flow.change(typed=typed_number.press(flow.office, visit.typed, key), is_not_found=False)
        elif visit.step is Step.CODE and visit.code_trouble != "locked":
            flow.change(code=typed_number.press_code(visit.code, key), code_trouble=None)
        elif visit.step in WRITING:
            flow.change(opinion=_typed(visit.opinion, visit.step, visit.language, key))

    def erase(self) -> None:
        """Take the last key back."""
        flow, visit = self._flow, self._flow.visit
        if visit.step is Step.NUMBER:
            flow.change(typed=visit.typed[:-1], is_not_found=False)
        elif visit.step is Step.CODE:
            flow.change(code=visit.code[:-1])

    def find(self) -> None:
        """Go on from a ticket's number to its code, and from the code to the ticket."""
        flow, visit = self._flow, self._flow.visit
        if flow.takes(Step.NUMBER) and flow.office is not None and typed_number.is_complete(flow.office, visit.typed):
            self._go(Step.CODE, visit.opinion, code="", code_trouble=None)
        elif flow.takes(Step.CODE) and typed_number.is_whole_code(visit.code) and visit.code_trouble != "locked":
            named = replace(visit.opinion, ticket=typed_number.number(visit.typed), check=visit.code)
            self._look_up(named)

    def scanned(self, text: str) -> None:
        """Take a ticket's code: whoever holds it to the scanner at the start wants to rate."""
        flow = self._flow
        if (
            self._asks.counter is not None
            or flow.visit.step not in _SCANNING
            or flow.is_unanswered
            or not flow.is_linked
        ):
            return
        flow.touched()
        code = ticket_code(text)
        if code is None:
            flow.tell_strange("foreign")
            return
        topic: Topic = flow.visit.opinion.topic or "rating"
        if topic not in self._topics:
            return
        self._look_up(Opinion(topic=topic if topic in {"rating", "survey"} else "rating", ticket=code))

    def written(self) -> None:
        """Go on with what was typed."""
        flow = self._flow
        step, opinion = flow.visit.step, flow.visit.opinion
        if step not in WRITING or not flow.takes(step) or not is_written(opinion, step):
            return
        match step:
            case Step.SENTENCE:
                self._rate(opinion)
            case Step.SUGGESTION:
                self._send("suggest", {"text": opinion.text.strip(), "language": flow.visit.language}, self._thanked)
            case Step.COMPLAINT:
                self._go(Step.REVIEW if opinion.is_changing else Step.REACH, replace(opinion, is_changing=False))
            case Step.CONTACT:
                reached = replace(opinion, is_anonymous=False)
                self._go(Step.REVIEW if opinion.is_changing else Step.CONFIDENTIAL, replace(reached, is_changing=False))
            case _:
                pass

    def try_again(self) -> None:
        """Wait on for what may have been done, or ask anew what was not."""
        flow = self._flow
        if not flow.takes(Step.PROBLEM):
            return
        opinion = flow.visit.opinion
        if flow.is_unanswered:
            flow.go(Step.SENDING)
            return
        match opinion.asked:
            case "rate":
                self._rate(opinion)
            case "suggest":
                self._send("suggest", {"text": opinion.text.strip(), "language": flow.visit.language}, self._thanked)
            case "complain":
                self._complain(opinion)
            case "survey":
                self._submit(opinion)
            case "lookup":
                self._look_up(opinion)
            case "invited":
                self._ask_invitations(opinion)
            case _:
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
        self._go(before, replace(opinion, is_changing=False))

    # -- what the world does ----------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Do nothing: what an earlier run was told is gone with it."""

    def printed(self, news: PaperNews) -> None:
        """Do nothing: no tickets are printed here."""

    def survey_changed(self, survey: SurveyMessage) -> None:
        """Take the questions of one survey in one language."""
        flow = self._flow
        others = [one for one in flow.surveys if (one.id, one.language) != (survey.id, survey.language)]
        flow.surveys = (*others, survey)
        opinion = flow.visit.opinion
        is_asked = flow.visit.step in {Step.INTRO, Step.ABOUT, Step.QUESTION, Step.PROFILE}
        if is_asked and opinion.survey == survey.id and _is_another(others, survey):
            self._go(Step.INTRO, replace(opinion, answers=(), profile=(), at=0))
        flow.show()

    def feedback_changed(self, feedback: FeedbackMessage) -> None:
        """Take what the office publishes: whether it takes complaints at all."""
        self._flow.feedback = feedback
        self._flow.show()

    def finished(self, event: EventMessage) -> None:
        """Ask whoever was served at this tablet's counter just now, once, where all of the visit is done."""
        if self._asks.counter is None or event.counter != self._asks.counter or event.ticket is None:
            return
        if self._rated[0] != event.at.date():
            self._rated = event.at.date(), set()
        if event.ticket in self._rated[1] or not self._is_last_stage(event):
            return
        if self._flow.visit.step in _WAITS_FOR_A_VISITOR and self._flow.visit.aside is None:
            self._ask(event)
        else:
            self._next = event

    def undone(self, event: EventMessage) -> None:
        """Ask nobody any more whose visit goes on after all: they are asked when it is over."""
        if self._asks.counter is None or event.counter != self._asks.counter:
            return
        if self._next is not None and self._next.ticket == event.ticket:
            self._next = None
        visit = self._flow.visit
        if visit.step is Step.FACES and visit.opinion.ticket == event.ticket:
            self._flow.begin_anew(is_abandoned=True)

    def tick(self) -> None:
        """Let time pass: thanks are said for a moment, and a tablet does not ask for ever."""
        flow = self._flow
        step = flow.visit.step
        is_asked = bool(flow.visit.opinion.invitations)  # a question has as long as every other one
        is_over = step is Step.THANKS and not is_asked and flow.quiet_s >= patience.THANKS_STAY_S
        is_tablet = self._asks.counter is not None
        is_over = is_over or (is_tablet and step is Step.FACES and flow.quiet_s >= patience.TABLET_ASKS_S)
        if is_over and flow.visit.aside is None:
            flow.begin_anew(is_abandoned=True)
        if self._next is not None and flow.visit.step is Step.RESTING and flow.visit.aside is None:
            event, self._next = self._next, None
            self._ask(event)
        super().tick()

    def _offer_changed(self, office: OfficeMessage) -> None:
        """Keep what was said: of the office only its services are asked about."""

    # -- a face ---------------------------------------------------------------------------------------------------

    def _ask(self, event: EventMessage) -> None:
        flow = self._flow
        flow.return_to_start()
        language = event.language if event.language in flow.languages else flow.languages[0]
        opinion = Opinion(topic="rating", ticket=event.ticket or "")
        self._go(Step.FACES, opinion, language=language, has_chosen_language=True)

    def _face_answered(self, ticket: str, reply: Reply) -> None:
        """Ask again, once it is over, where the visit was not over after all."""
        if reply.error is not None and reply.error.code == "illegal_transition":
            self._rated[1].discard(ticket)

    def _is_last_stage(self, event: EventMessage) -> bool:
        office = self._flow.office
        service = None if office is None else service_of(office, event.service)
        return service is None or event.stage is None or event.stage == service.stages[-1]

    def _more(self, key: str) -> None:
        opinion = self._flow.visit.opinion
        if key == "write":
            self._go(Step.SENTENCE, opinion)
        elif key == "send":
            self._rate(replace(opinion, text=""))

    def _rate(self, opinion: Opinion) -> None:
        self._send("rate", _rating(opinion), self._rated_now, opinion)

    def _rated_now(self, reply: Reply) -> None:
        """Thank, and look whether the same visitor is asked for more."""
        if not reply.ok:
            self._refused(reply)
            return
        opinion = self._flow.visit.opinion
        self._go(Step.THANKS, Opinion(topic="rating", ticket=opinion.ticket, check=opinion.check))
        if self._asks.surveys:
            self._flow.request("invited", _holder(opinion), self._invited_after)

    def _invited_after(self, reply: Reply) -> None:
        if self._flow.visit.step is Step.THANKS and reply.ok:
            self._flow.change(opinion=replace(self._flow.visit.opinion, invitations=self._known(_invitations(reply))))

    def _ended(self) -> None:
        """Send a face whose visitor walked away before saying whether a sentence is to follow."""
        self._withdraw()
        visit = self._flow.visit
        if visit.step in {Step.MORE, Step.SENTENCE} and visit.opinion.score is not None:
            self._flow.lasting.send("rate", _rating(replace(visit.opinion, text="")))

    # -- whose ticket it is ---------------------------------------------------------------------------------------

    def _look_up(self, opinion: Opinion) -> None:
        self._send("lookup", _holder(opinion), self._looked_up, opinion)

    def _looked_up(self, reply: Reply) -> None:
        flow = self._flow
        opinion = flow.visit.opinion
        ticket = ticket_of(reply) if reply.ok else None
        is_holder = (reply.result or {}).get("is_holder") is True
        if ticket is not None and is_holder and ticket.state == "finished":
            spoken = flow.visit.language if flow.visit.has_chosen_language else ticket.language
            language = spoken if spoken in flow.languages else flow.visit.language
            if opinion.topic == "survey":
                flow.change(language=language)
                self._ask_invitations(replace(opinion, service=ticket.service, has_service=True))
            else:
                self._go(Step.FACES, opinion, language=language, has_chosen_language=True)
        elif ticket is not None and is_holder:
            flow.go(Step.PROBLEM, problem="illegal_transition", opinion=replace(opinion, asked="unfinished"))
        elif reply.error is not None and reply.error.code == "unknown_ticket":
            self._not_found(opinion)
        elif ticket is not None or (reply.error is not None and reply.error.code == "not_holder"):
            is_locked = reply.error is not None and reply.error.detail.get("locked") is True
            flow.go(Step.CODE, code="", code_trouble="locked" if is_locked else "wrong")
        else:
            self._refused(reply)

    def _not_found(self, opinion: Opinion) -> None:
        if opinion.check:
            self._go(Step.NUMBER, replace(opinion, check=""), is_not_found=True)
        else:
            self._go(Step.NUMBER, replace(opinion, ticket=""), typed="")
            self._flow.tell_strange("past")

    # -- a survey -------------------------------------------------------------------------------------------------

    def _begin_surveys(self, opinion: Opinion) -> None:
        found = open_surveys(self._flow)
        if not found:
            self._go(Step.NUMBER, opinion, typed="", code="", is_not_found=False)
        elif len(found) == 1:
            self._go(Step.INTRO, _of_survey(opinion, found[0]))
        else:
            self._go(Step.SURVEYS, opinion)

    def _chosen_survey(self, key: str) -> None:
        opinion = self._flow.visit.opinion
        invited = {one.survey: one.invitation for one in opinion.invitations}
        if key in invited:
            self._go(Step.INTRO, _of_survey(replace(opinion, invitation=invited[key]), key))
        elif key in open_surveys(self._flow) and not invited:
            self._go(Step.INTRO, _of_survey(opinion, key))

    def _ask_invitations(self, opinion: Opinion) -> None:
        self._send("invited", _holder(opinion), self._invited, opinion)

    def _invited(self, reply: Reply) -> None:
        opinion = self._flow.visit.opinion
        found = self._known(_invitations(reply)) if reply.ok else ()
        if not reply.ok:
            self._refused(reply)
        elif not found:
            self._flow.go(Step.PROBLEM, problem="not_allowed", opinion=replace(opinion, asked="nothing"))
        elif len(found) == 1:
            self._go(Step.INTRO, _of_survey(replace(opinion, invitation=found[0].invitation), found[0].survey))
        else:
            self._go(Step.SURVEYS, replace(opinion, invitations=found))

    def _known(self, invitations: tuple[Invitation, ...]) -> tuple[Invitation, ...]:
        """Return those of surveys whose questions are here."""
        there = {one.id for one in self._flow.surveys}
        return tuple(one for one in invitations if one.survey in there)

    def _after(self, key: str) -> None:
        """Go on from the thanks: to a survey that the visitor is invited to, or to the end."""
        opinion = self._flow.visit.opinion
        if key == "survey" and opinion.invitations:
            first = opinion.invitations[0]
            invited = replace(opinion, topic="survey", has_service=True)
            if len(opinion.invitations) == 1:
                self._go(Step.INTRO, _of_survey(replace(invited, invitation=first.invitation), first.survey))
            else:
                self._go(Step.SURVEYS, invited)
        elif key == "done":
            self._flow.begin_anew()

    @property
    def _knows_service(self) -> bool:
        opinion = self._flow.visit.opinion
        return opinion.has_service or opinion.invitation is not None or self._flow.office is None

    def _begin_questions(self, key: str) -> None:
        if key == "begin":
            opinion = replace(self._flow.visit.opinion, at=0)
            self._go(Step.QUESTION if self._knows_service else Step.ABOUT, opinion)

    def _about(self, key: str) -> None:
        flow = self._flow
        is_known = flow.office is not None and service_of(flow.office, key) is not None
        if is_known:
            self._go(Step.QUESTION, replace(flow.visit.opinion, service=key, at=0))

    def _answer(self, key: str) -> None:
        survey, opinion = self._survey, self._flow.visit.opinion
        if survey is None or not 0 <= opinion.at < len(survey.elements):
            return
        element = survey.elements[opinion.at]
        if key not in {str(at + 1) for at in range(len(element.answers))}:
            return
        others = tuple(one for one in opinion.answers if one[0] != element.code)
        answered = replace(opinion, answers=(*others, (element.code, int(key))))
        if opinion.at + 1 < len(survey.elements):
            self._go(Step.QUESTION, replace(answered, at=opinion.at + 1))
        elif survey.profile:
            self._go(Step.PROFILE, replace(answered, at=0))
        else:
            self._submit(answered)

    def _tell_of_oneself(self, key: str) -> None:
        survey, opinion = self._survey, self._flow.visit.opinion
        if survey is None or not 0 <= opinion.at < len(survey.profile):
            return
        question = survey.profile[opinion.at]
        others = tuple(one for one in opinion.profile if one[0] != question.code)
        if key == "none":
            self._submit(opinion)
            return
        if key != "skip" and key not in {one.code for one in question.choices}:
            return
        told = replace(opinion, profile=others if key == "skip" else (*others, (question.code, key)))
        if opinion.at + 1 < len(survey.profile):
            self._go(Step.PROFILE, replace(told, at=opinion.at + 1))
        else:
            self._submit(told)

    @property
    def _survey(self) -> SurveyMessage | None:
        visit = self._flow.visit
        return survey_in(self._flow.surveys, visit.opinion.survey, visit.language, *self._flow.languages)

    def _submit(self, opinion: Opinion) -> None:
        flow, survey = self._flow, self._survey
        if survey is None:
            return
        arguments: dict[str, Any] = {
            "survey": survey.id,
            "version": survey.version,
            "answers": dict(opinion.answers),
            "language": flow.visit.language,
        }
        if opinion.profile:
            arguments["profile"] = dict(opinion.profile)
        if opinion.invitation is not None:
            arguments["invitation"] = opinion.invitation
        elif opinion.service is not None:
            arguments["service"] = opinion.service
        self._send("survey", arguments, self._thanked, opinion)

    # -- a complaint ----------------------------------------------------------------------------------------------

    def _be_of_kind(self, key: str) -> None:
        kind = next((one for one in said.KINDS if one == key), None)
        if kind is not None:
            self._go(Step.COMPLAINT, replace(self._flow.visit.opinion, kind=kind))

    def _be_confidential(self, key: str) -> None:
        if key in {"yes", "no"}:
            opinion = replace(self._flow.visit.opinion, is_confidential=key == "yes", is_changing=False)
            self._go(Step.REVIEW, opinion)

    def _noted(self, key: str) -> None:
        if key == "noted":
            self._flow.begin_anew()

    def _reach(self, key: str) -> None:
        opinion = self._flow.visit.opinion
        if key == "contact":
            self._go(Step.CONTACT, opinion)
        elif key == "anonymous":
            reached = replace(opinion, is_anonymous=True, contact="", is_changing=False)
            self._go(Step.REVIEW if opinion.is_changing else Step.CONFIDENTIAL, reached)

    def _reviewed(self, key: str) -> None:
        opinion = self._flow.visit.opinion
        match key:
            case "send":
                self._complain(opinion)
            case "text":
                self._go(Step.COMPLAINT, replace(opinion, is_changing=True))
            case "contact":
                self._go(Step.REACH, replace(opinion, is_changing=True))
            case _:
                pass

    def _complain(self, opinion: Opinion) -> None:
        arguments: dict[str, Any] = {
            "kind": opinion.kind,
            "text": opinion.text.strip(),
            "anonymous": opinion.is_anonymous is True,
            "confidential": opinion.is_confidential is True,
            "language": self._flow.visit.language,
        }
        if contact := opinion.contact.strip():
            arguments["contact"] = contact
        self._send("complain", arguments, self._complained, opinion)

    def _complained(self, reply: Reply) -> None:
        """Show the receipt, and nothing any more of what was written."""
        flow, receipt = self._flow, _receipt(reply)
        if receipt is None:
            self._refused(reply)
            return
        has_paper = self._asks.has_printer and flow.printers.trouble is None and flow.office is not None
        held = Opinion(topic="complaint", receipt=receipt, receipt_paper="printing" if has_paper else None)
        self._go(Step.RECEIPT, held)
        if has_paper and flow.office is not None:
            self._print(receipt, flow.office, flow.visit.language, partial(self._receipt_printed, receipt.number))

    def _receipt_printed(self, number: str, is_printed: bool) -> None:  # noqa: FBT001 - told by who prints
        """Say whether there is a paper, to whom it is for: the printer may have thought about it for long."""
        visit, shown = self._flow.visit, self._flow.visit.opinion.receipt
        if visit.step is Step.RECEIPT and shown is not None and shown.number == number:
            paper: Literal["printed", "failed"] = "printed" if is_printed else "failed"
            self._flow.change(opinion=replace(visit.opinion, receipt_paper=paper))
            self._flow.touched()

    # -- inside -----------------------------------------------------------------------------------------------------

    @property
    def _topics(self) -> tuple[Topic, ...]:
        return offered_topics(self._asks, self._flow.surveys, self._flow.feedback)

    def _go(self, step: Step, opinion: Opinion, **changes: object) -> None:
        """Move on; every page with a keyboard begins with its letters."""
        fresh = replace(opinion, keyboard=Keyboard()) if step in WRITING else opinion
        begins = {"has_chosen_language": True} if step not in {Step.FEEDBACK, Step.RESTING} else {}
        self._flow.go(step, opinion=fresh, **(begins | changes))

    def _send(
        self,
        command: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Reply], None],
        opinion: Opinion | None = None,
    ) -> None:
        flow = self._flow
        if flow.is_unanswered:
            return
        self._go(Step.SENDING, replace(opinion or flow.visit.opinion, asked=command))
        flow.request(command, arguments, answered)

    def _thanked(self, reply: Reply) -> None:
        """Thank, and forget what was said."""
        if reply.ok:
            self._go(Step.THANKS, Opinion(topic=self._flow.visit.opinion.topic))
        else:
            self._refused(reply)

    def _refused(self, reply: Reply) -> None:
        log.warning("refused: %s", reply.error.code if reply.error is not None else "unreadable")
        self._flow.go(Step.PROBLEM, problem=reply.error.code if reply.error is not None else Problem.UNREADABLE)


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
    }
    return tuple(topic for topic in said.TOPICS if is_there[topic])


def is_written(opinion: Opinion, step: Step) -> bool:
    """Tell whether enough was typed to go on."""
    typed = opinion.contact if step is Step.CONTACT else opinion.text
    return len(typed.strip()) >= said.LEAST_TEXT


def most_signs(step: Step) -> int:
    """Return how much may be typed on a page with a keyboard."""
    return {Step.SENTENCE: said.MOST_SENTENCE, Step.CONTACT: said.MOST_CONTACT}.get(step, said.MOST_TEXT)


def written_so_far(opinion: Opinion, step: Step) -> str:
    """Return what was typed on this page."""
    return opinion.contact if step is Step.CONTACT else opinion.text


def step_before(flow: Flow | State, step: Step, opinion: Opinion) -> Step | None:  # noqa: C901, PLR0911, PLR0912 - one row a step
    """Return where Back leads; None where nothing lies behind."""
    has_several = len(opinion.invitations or open_surveys(flow)) > 1
    match step:
        case Step.NUMBER | Step.SURVEYS | Step.SUGGESTION | Step.KIND:
            return Step.FEEDBACK
        case Step.CODE:
            return Step.NUMBER
        case Step.FACES:
            return None if flow.asks is None or flow.asks.counter is not None else Step.FEEDBACK
        case Step.MORE:
            return Step.FACES
        case Step.SENTENCE:
            return Step.MORE
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
        case Step.REACH:
            return Step.REVIEW if opinion.is_changing else Step.COMPLAINT
        case Step.CONTACT:
            return Step.REACH
        case Step.CONFIDENTIAL:
            return Step.REACH
        case Step.REVIEW:
            return Step.CONFIDENTIAL
        case _:
            return None


def _typed(opinion: Opinion, step: Step, language: str, key: str) -> Opinion:
    """Return what one key of the keyboard makes of it; one that does not fit changes nothing."""
    board, text = opinion.keyboard, written_so_far(opinion, step)
    match key:
        case "shift":
            now = keys.is_shifted(board, language, text, is_sentence=step is not Step.CONTACT)
            return replace(opinion, keyboard=replace(board, shift=not now))
        case "layer":
            return replace(opinion, keyboard=Keyboard(keys.next_layer(language, board.layer)))
        case "erase":
            return _with_text(opinion, step, text[:-1])
        case _:
            # A key has one name, whatever it writes now: fingers are faster than the screen changes its letters.
            shifted = keys.is_shifted(board, language, text, is_sentence=step is not Step.CONTACT)
            sign = " " if key == "space" else key.upper() if shifted else key
            most = most_signs(step)
            if len(sign) != 1 or not keys.fits(text, sign, most=most, most_bytes=said.MOST_TEXT_BYTES):
                return opinion
            return _with_text(opinion, step, text + sign)


def _with_text(opinion: Opinion, step: Step, text: str) -> Opinion:
    board = replace(opinion.keyboard, shift=None)
    if step is Step.CONTACT:
        return replace(opinion, contact=text, keyboard=board)
    return replace(opinion, text=text, keyboard=board)


def _rating(opinion: Opinion) -> dict[str, Any]:
    text = opinion.text.strip()
    return {**_holder(opinion), "score": opinion.score} | ({"text": text} if text else {})


def _holder(opinion: Opinion) -> dict[str, str]:
    return {"ticket": opinion.ticket} | ({"check": opinion.check} if opinion.check else {})


def _of_survey(opinion: Opinion, survey: str) -> Opinion:
    same = opinion.survey == survey
    return opinion if same else replace(opinion, survey=survey, answers=(), profile=(), at=0)


def _is_another(known: list[SurveyMessage], survey: SurveyMessage) -> bool:
    return any(one.id == survey.id and one.version != survey.version for one in known)


def _invitations(reply: Reply) -> tuple[Invitation, ...]:
    try:
        return tuple(Invitation.model_validate(one) for one in (reply.result or {}).get("invitations", ()))
    except ValidationError:
        log.warning("the reply %s holds no invitations", reply.id)
        return ()


def _receipt(reply: Reply) -> Receipt | None:
    if not reply.ok:
        return None
    try:
        return Receipt.model_validate((reply.result or {}).get("receipt"))
    except ValidationError:
        log.warning("the reply %s holds no receipt", reply.id)  # not its words: they hold the secret
        return None
