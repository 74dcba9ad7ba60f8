"""The words of a survey: which one, its questions with their answers, and what is asked about oneself. Pure."""

from __future__ import annotations

import re

from broker.contract.messages import OfficeMessage, SurveyMessage
from broker.language import mark
from kiosk.pages.page import AskPage, Choice
from kiosk.visit.offer import short_name
from kiosk.visit.state import State
from kiosk.visit.survey import open_surveys, survey_in


def _survey(state: State) -> SurveyMessage | None:
    return survey_in(state.surveys, state.visit.opinion.survey, state.visit.language, *state.languages)


def surveys_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return the question which survey, where there are several."""
    words, opinion = state.words, state.visit.opinion
    ids = tuple(one.survey for one in opinion.invitations) or open_surveys(state)
    found = (survey_in(state.surveys, one, words.language, *state.languages) for one in ids)
    return AskPage(
        kicker="",
        title=words.say("Which survey would you like to answer?"),
        text="",
        choices=tuple(Choice(one.id, one.name) for one in found if one is not None),
    )


def intro_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return what the survey is about, and how long it takes."""
    words, survey = state.words, _survey(state)
    count = 0 if survey is None else len(survey.elements)
    how_long = words.count("{n} question, about a minute.", "{n} questions, about a minute and a half.", count)
    return AskPage(
        kicker="",
        title="" if survey is None else survey.name,
        text="\n".join(filter(None, ("" if survey is None else survey.intro, how_long, words.say(_NOBODY_KNOWS)))),
        choices=(Choice("begin", words.say("Begin")),),
        main="begin",
    )


_NOBODY_KNOWS = mark("Your answers are kept without your name and without your number.")


def about_page(state: State, office: OfficeMessage) -> AskPage:
    """Return the question which service the visitor came for, or complains of."""
    words = state.words
    is_complaint = state.visit.opinion.topic == "complaint"
    return AskPage(
        kicker="",
        title=words.say("Which service is it about?" if is_complaint else "Which service did you come for?"),
        text="",
        choices=tuple(Choice(one.id, short_name(one, words.language), icon=one.icon or "") for one in office.services),
        is_list=True,
    )


def question_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return one question of the survey with its four answers."""
    words, survey, opinion = state.words, _survey(state), state.visit.opinion
    if survey is None or opinion.at >= len(survey.elements):
        return AskPage("", words.say(_GONE), "", ())
    element, given = survey.elements[opinion.at], dict(opinion.answers)
    progress = words.say("Question {at} of {of}", at=opinion.at + 1, of=len(survey.elements))
    return AskPage(
        kicker=progress,
        title=breakable(element.question),
        text="",
        choices=tuple(
            Choice(str(worth), breakable(answer), is_on=True if given.get(element.code) == worth else None)
            for worth, answer in enumerate(element.answers, start=1)
        ),
    )


def breakable(text: str) -> str:
    """Return a text whose long words may break behind a stroke, a hyphen or an @: large type needs that."""
    return re.sub(r"(?<=[/@-])(?=\w)", "\u200b", text)


_GONE = mark("This survey has just changed. Please begin again.")


def profile_page(state: State, _office: OfficeMessage) -> AskPage:
    """Return one question about the visitor, which nobody has to answer."""
    words, survey, opinion = state.words, _survey(state), state.visit.opinion
    if survey is None or opinion.at >= len(survey.profile):
        return AskPage("", words.say(_GONE), "", ())
    question, given = survey.profile[opinion.at], dict(opinion.profile)
    return AskPage(
        kicker=words.say("About you: {at} of {of}", at=opinion.at + 1, of=len(survey.profile)),
        title=question.question,
        text=words.say("You need not answer this."),
        choices=(
            *(
                Choice(one.code, breakable(one.label), is_on=True if given.get(question.code) == one.code else None)
                for one in question.choices
            ),
            Choice("skip", words.say("I would rather not say")),
            Choice("none", words.say("Skip all of these and send")),
        ),
        is_list=True,
    )
