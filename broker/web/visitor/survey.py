"""`/s/{survey}`: the survey of a period. Its questions come from the engine; how they are asked stands here.

One page that any browser sends whole; with JavaScript it goes question by question and remembers on the phone what was
answered, so that a locked phone begins where it was left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from broker.contract.messages import Error, SurveyElement, SurveyMessage, SurveyProfile
from broker.language import Phrases
from broker.web.visitor.writing import (
    SENTENCE_MAX,
    Field,
    Fields,
    Notice,
    Option,
    look_again,
    read,
    read_line,
    text_field,
    too_long,
)

SECONDS_A_QUESTION = 10
_INVITATION = re.compile(r"[A-Z2-7]{16}")


@dataclass(frozen=True, slots=True)
class Answering:
    """What somebody answered so far."""

    answers: Mapping[str, int] = field(default_factory=dict)
    profile: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    invitation: str = ""
    service: str = ""

    def arguments(self, survey: SurveyMessage) -> dict[str, object]:
        """Return the arguments of `survey`."""
        given: dict[str, object] = {
            "survey": survey.id,
            "version": survey.version,
            "answers": dict(self.answers),
            "language": survey.language,
        }
        optional = {
            "profile": dict(self.profile),
            "text": self.text,
            "invitation": self.invitation,
            "service": self.service,
        }
        return given | {name: value for name, value in optional.items() if value}


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers."""

    name: str
    label: str
    place: str
    """Which of how many."""
    options: tuple[Option, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """The whole survey, or the thanks, or why there is none."""

    title: str
    survey: str
    mark: str = ""
    version: str = ""
    invitation: str = ""
    intro: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    profile_label: str = ""
    profile_hint: str = ""
    profile: tuple[Question, ...] = ()
    text: Field | None = None
    send: str = ""
    back: str = ""
    next: str = ""
    last: str = ""
    """How the part after the questions is called."""
    notice: Notice | None = None


def read_answers(survey: SurveyMessage, fields: Fields) -> Answering:
    """Return what was answered; whatever is no answer of this survey counts as none."""
    chosen = {element.code: fields.get(f"a-{element.code}", "") for element in survey.elements}
    possible = {element.code: {str(n) for n in range(1, len(element.answers) + 1)} for element in survey.elements}
    told = {part.code: fields.get(f"p-{part.code}", "") for part in survey.profile}
    codes = {part.code: {choice.code for choice in part.choices} for part in survey.profile}
    return Answering(
        answers={code: int(value) for code, value in chosen.items() if value in possible[code]},
        profile={code: value for code, value in told.items() if value in codes[code]},
        text=read(fields, "text"),
        invitation=read_invitation(fields.get("i", "")),
        service=read_line(fields, "service"),
    )


def read_invitation(text: str) -> str:
    """Return an invitation as it is meant, or nothing where it is none."""
    invitation = text.strip().upper()
    return invitation if _INVITATION.fullmatch(invitation) else ""


def faults(p: Phrases, survey: SurveyMessage, given: Answering) -> dict[str, str]:
    """Return what is missing or wrong, by question."""
    missing = p.say("Please choose one answer.")
    found = {element.code: missing for element in survey.elements if element.code not in given.answers}
    over = too_long(p, given.text, SENTENCE_MAX)
    return found | ({"text": over} if over else {})


def asks(
    p: Phrases,
    survey: SurveyMessage,
    given: Answering,
    form_mark: str,
    *,
    found: Mapping[str, str] | None = None,
    notice: Notice | None = None,
) -> SurveyPage:
    """Return the page with the questions and what was answered."""
    wrong = found or {}
    seconds = SECONDS_A_QUESTION * len(survey.elements)
    length = p.count(
        "{n} question, about {seconds} seconds.",
        "{n} questions, about {seconds} seconds.",
        len(survey.elements),
        seconds=seconds,
    )
    return SurveyPage(
        title=survey.name,
        survey=survey.id,
        mark=form_mark,
        version=survey.version,
        invitation=given.invitation,
        intro=(survey.intro, length),
        questions=tuple(
            _question(p, element, given, wrong.get(element.code, ""), (place, len(survey.elements)))
            for place, element in enumerate(survey.elements, 1)
        ),
        profile_label=p.say("About you (may stay empty)"),
        profile_hint=p.say("It shows whether everybody is served equally well."),
        profile=tuple(_profile(p, part, given) for part in survey.profile),
        text=text_field(
            p,
            "text",
            p.say("Anything else? (may stay empty)"),
            given.text,
            limit=SENTENCE_MAX,
            hint=p.say("Please write no names and no document numbers."),
            fault=wrong.get("text", ""),
        ),
        send=p.say("Send answers"),
        back=p.say("Back"),
        next=p.say("Next"),
        last=p.say("Almost done"),
        notice=notice or (look_again(p) if wrong else None),
    )


def _question(p: Phrases, element: SurveyElement, given: Answering, fault: str, at: tuple[int, int]) -> Question:
    chosen = given.answers.get(element.code)
    return Question(
        name=f"a-{element.code}",
        label=element.question,
        place=p.say("Question {place} of {of}", place=at[0], of=at[1]),
        options=tuple(Option(str(n), text, is_chosen=n == chosen) for n, text in enumerate(element.answers, 1)),
        fault=fault,
    )


def _profile(p: Phrases, part: SurveyProfile, given: Answering) -> Question:
    chosen = given.profile.get(part.code, "")
    own = (Option(choice.code, choice.label, is_chosen=choice.code == chosen) for choice in part.choices)
    return Question(
        f"p-{part.code}", part.question, "", (Option("", p.say("I would rather not say"), is_chosen=not chosen), *own)
    )


def thanks(p: Phrases, survey: str, name: str) -> SurveyPage:
    """Return the page after the last answer."""
    notice = Notice(
        "done",
        p.say("Thank you. Your answers have been counted."),
        p.say("What all answers together say is published."),
    )
    return SurveyPage(title=name, survey=survey, notice=notice)


def refused(p: Phrases, survey: str, name: str, error: Error) -> SurveyPage:
    """Return the page where answers cannot be taken, and why."""
    match error.code:
        case "already_given":
            notice = Notice("done", p.say("These answers have been counted already. Thank you."))
        case "not_invited":
            notice = Notice(
                "error",
                p.say("This survey is answered by invitation."),
                p.say("Every few visitors are asked, by a rule and not by choice. The suggestion box is open to all."),
            )
        case "unknown_survey":
            notice = Notice("error", p.say("There is no such survey now."), p.say("The suggestion box is open to all."))
        case _:
            notice = Notice("error", p.error(error.code))
    return SurveyPage(title=name, survey=survey, notice=notice)


def none(p: Phrases, survey: str) -> SurveyPage:
    """Return the page of a survey that the office does not have."""
    notice = Notice("error", p.say("There is no such survey now."), p.say("The suggestion box is open to all."))
    return SurveyPage(title=p.say("Survey"), survey=survey, notice=notice)
