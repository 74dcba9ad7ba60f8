"""Leads a visitor through a survey: which one, about which service, its questions one by one, then about oneself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from broker.contract.messages import Invitation, Reply, SurveyMessage
from kiosk.visit.flow import Flow
from kiosk.visit.offer import service_of
from kiosk.visit.opinion import Opinion
from kiosk.visit.rating import holder
from kiosk.visit.saying import Picks, Saying
from kiosk.visit.state import State
from kiosk.visit.steps import Step

log = logging.getLogger(__name__)


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


class Answering:
    """The steps of whoever answers a survey. Its answers are joined to no ticket: the invitation says nothing of it."""

    def __init__(self, saying: Saying) -> None:
        """Take the visit."""
        self._saying, self._flow = saying, saying.flow
        self.picks: Picks = {
            Step.SURVEYS: self._chosen,
            Step.INTRO: self._begin_questions,
            Step.QUESTION: self._answer,
            Step.PROFILE: self._tell_of_oneself,
        }

    def begin(self, opinion: Opinion) -> None:
        """Ask which survey, where there are several; where all are for the invited alone, ask for the ticket."""
        found = open_surveys(self._flow)
        if not found:
            self._saying.go(Step.NUMBER, opinion, typed="", code="", is_not_found=False)
        elif len(found) == 1:
            self._saying.go(Step.INTRO, _of_survey(opinion, found[0]))
        else:
            self._saying.go(Step.SURVEYS, opinion)

    def ask_invitations(self, opinion: Opinion) -> None:
        """Find out to which surveys the holder of a ticket is invited."""
        self._saying.send("invited", holder(opinion), self._invited, opinion)

    def look_for_more(self, opinion: Opinion) -> None:
        """Find out beside the thanks whether whoever rated is invited."""
        if self._saying.asks.surveys:
            self._flow.request("invited", holder(opinion), self._invited_after)

    def accept(self) -> None:
        """Begin the survey that the thanks led to."""
        opinion = self._saying.opinion
        if not opinion.invitations:
            return
        first, invited = opinion.invitations[0], replace(opinion, topic="survey", has_service=True)
        if len(opinion.invitations) == 1:
            self._saying.go(Step.INTRO, _of_survey(replace(invited, invitation=first.invitation), first.survey))
        else:
            self._saying.go(Step.SURVEYS, invited)

    def about(self, key: str) -> None:
        """Take the service that the answers are about."""
        flow = self._flow
        if flow.office is not None and service_of(flow.office, key) is not None:
            self._saying.go(Step.QUESTION, replace(self._saying.opinion, service=key, at=0))

    def submit(self, opinion: Opinion) -> None:
        """Send the answers."""
        survey = self._survey
        if survey is None:
            return
        arguments: dict[str, Any] = {
            "survey": survey.id,
            "version": survey.version,
            "answers": dict(opinion.answers),
            "language": self._saying.language,
        }
        if opinion.profile:
            arguments["profile"] = dict(opinion.profile)
        if opinion.invitation is not None:
            arguments["invitation"] = opinion.invitation
        elif opinion.service is not None:
            arguments["service"] = opinion.service
        self._saying.hand_in("survey", arguments, self._saying.thanked, opinion)

    def changed(self, survey: SurveyMessage) -> None:
        """Take the questions of one survey in one language; whoever answers an earlier version begins again."""
        flow, opinion = self._flow, self._saying.opinion
        others = [one for one in flow.surveys if (one.id, one.language) != (survey.id, survey.language)]
        flow.surveys = (*others, survey)
        is_asked = flow.visit.step in {Step.INTRO, Step.QUESTION, Step.PROFILE} or (
            flow.visit.step is Step.ABOUT and opinion.topic == "survey"
        )
        if is_asked and opinion.survey == survey.id and _is_another(others, survey):
            self._saying.go(Step.INTRO, replace(opinion, answers=(), profile=(), at=0))
        flow.show()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _chosen(self, key: str) -> None:
        opinion = self._saying.opinion
        invited = {one.survey: one.invitation for one in opinion.invitations}
        if key in invited:
            self._saying.go(Step.INTRO, _of_survey(replace(opinion, invitation=invited[key]), key))
        elif key in open_surveys(self._flow) and not invited:
            self._saying.go(Step.INTRO, _of_survey(opinion, key))

    def _invited(self, reply: Reply) -> None:
        opinion = self._saying.opinion
        found = self._known(_invitations(reply)) if reply.ok else ()
        if not reply.ok:
            self._saying.refused(reply)
        elif not found:
            self._flow.go(Step.PROBLEM, problem="not_allowed", opinion=replace(opinion, asked="nothing"))
        elif len(found) == 1:
            one = found[0]
            self._saying.go(Step.INTRO, _of_survey(replace(opinion, invitation=one.invitation), one.survey))
        else:
            self._saying.go(Step.SURVEYS, replace(opinion, invitations=found))

    def _invited_after(self, reply: Reply) -> None:
        if self._flow.visit.step is Step.THANKS and reply.ok:
            invitations = self._known(_invitations(reply))
            self._flow.change(opinion=replace(self._saying.opinion, invitations=invitations))

    def _known(self, invitations: tuple[Invitation, ...]) -> tuple[Invitation, ...]:
        """Return those of surveys whose questions are here."""
        there = {one.id for one in self._flow.surveys}
        return tuple(one for one in invitations if one.survey in there)

    @property
    def _knows_service(self) -> bool:
        opinion = self._saying.opinion
        return opinion.has_service or opinion.invitation is not None or self._flow.office is None

    def _begin_questions(self, key: str) -> None:
        if key == "begin":
            self._saying.go(Step.QUESTION if self._knows_service else Step.ABOUT, replace(self._saying.opinion, at=0))

    def _answer(self, key: str) -> None:
        survey, opinion = self._survey, self._saying.opinion
        if survey is None or not 0 <= opinion.at < len(survey.elements):
            return
        element = survey.elements[opinion.at]
        if key not in {str(at + 1) for at in range(len(element.answers))}:
            return
        others = tuple(one for one in opinion.answers if one[0] != element.code)
        answered = replace(opinion, answers=(*others, (element.code, int(key))))
        if opinion.at + 1 < len(survey.elements):
            self._saying.go(Step.QUESTION, replace(answered, at=opinion.at + 1))
        elif survey.profile:
            self._saying.go(Step.PROFILE, replace(answered, at=0))
        else:
            self.submit(answered)

    def _tell_of_oneself(self, key: str) -> None:
        survey, opinion = self._survey, self._saying.opinion
        if survey is None or not 0 <= opinion.at < len(survey.profile):
            return
        question = survey.profile[opinion.at]
        others = tuple(one for one in opinion.profile if one[0] != question.code)
        if key == "none":
            self.submit(opinion)
            return
        if key != "skip" and key not in {one.code for one in question.choices}:
            return
        told = replace(opinion, profile=others if key == "skip" else (*others, (question.code, key)))
        if opinion.at + 1 < len(survey.profile):
            self._saying.go(Step.PROFILE, replace(told, at=opinion.at + 1))
        else:
            self.submit(told)

    @property
    def _survey(self) -> SurveyMessage | None:
        flow = self._flow
        return survey_in(flow.surveys, self._saying.opinion.survey, self._saying.language, *flow.languages)


def _of_survey(opinion: Opinion, survey: str) -> Opinion:
    same = opinion.survey == survey
    return opinion if same else replace(opinion, survey=survey, answers=(), profile=(), at=0)


def _is_another(known: list[SurveyMessage], survey: SurveyMessage) -> bool:
    return any(one.id == survey.id and one.version != survey.version for one in known)


def _invitations(reply: Reply) -> tuple[Invitation, ...]:
    found: Mapping[str, Any] = reply.result or {}
    try:
        return tuple(Invitation.model_validate(one) for one in found.get("invitations", ()))
    except ValidationError:
        log.warning("the reply %s holds no invitations", reply.id)
        return ()
