"""`/r/{key}`: how the visit was. Four faces with words, one tap; then a sentence for who likes to write one."""

from __future__ import annotations

from dataclasses import dataclass

from broker.contract.messages import Error
from broker.language import Phrases, mark
from broker.web.visitor.writing import SENTENCE_MAX, Field, Notice, text_field

WORDS = (mark("Very dissatisfied"), mark("Dissatisfied"), mark("Satisfied"), mark("Very satisfied"))
"""What 1, 2, 3 and 4 mean."""


@dataclass(frozen=True, slots=True)
class Face:
    """One of the four."""

    score: int
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class RatingPage:
    """The page: it asks, or it thanks and has room for a sentence."""

    title: str
    key: str
    mark: str
    notice: Notice | None = None
    question: str = ""
    hint: str = ""
    faces: tuple[Face, ...] = ()
    chosen: str = ""
    """What was chosen, in words."""
    score: int = 0
    sentence: Field | None = None
    invited: tuple[str, str] = ("", "")
    """Where a survey is that this visitor is invited to, and what is said of it."""
    send: str = ""


def asks(p: Phrases, key: str, form_mark: str, notice: Notice | None = None, score: int = 0) -> RatingPage:
    """Return the page that asks."""
    return RatingPage(
        title=p.say("How was your visit?"),
        key=key,
        mark=form_mark,
        notice=notice,
        question=p.say("How satisfied are you with today's service?"),
        hint=p.say("One tap is enough. Nobody sees who gave it."),
        faces=tuple(Face(n, p.say(word), is_chosen=n == score) for n, word in enumerate(WORDS, 1)),
    )


def thanks(
    p: Phrases,
    key: str,
    form_mark: str,
    score: int,
    *,
    can_write: bool = True,
    invited: tuple[str, str] = ("", ""),
    sentence: str = "",
    fault: str = "",
    notice: Notice | None = None,
) -> RatingPage:
    """Return the page after the tap: it counts already, a sentence may follow."""
    where, survey = invited
    label = p.say("Would you like to add a sentence? You need not.")
    hint = p.say("It goes into the suggestion box. Please write no names and no document numbers.")
    return RatingPage(
        title=p.say("Thank you"),
        key=key,
        mark=form_mark,
        notice=notice or Notice("done", p.say("Thank you. Your rating has been counted.")),
        chosen=p.say("You chose: {answer}", answer=p.say(WORDS[score - 1])),
        score=score,
        sentence=text_field(p, "text", label, sentence, limit=SENTENCE_MAX, hint=hint, fault=fault)
        if can_write
        else None,
        invited=(where, p.say("You have been chosen for a short survey: {survey}", survey=survey))
        if where
        else ("", ""),
        send=p.say("Send"),
    )


def done(p: Phrases, key: str, heading: str = "") -> RatingPage:
    """Return the page when all is said."""
    notice = Notice("done", heading or p.say("Thank you. This helps the office to serve better."))
    return RatingPage(title=p.say("Thank you"), key=key, mark="", notice=notice)


def refused(p: Phrases, key: str, error: Error) -> RatingPage:
    """Return the page of a rating that was not taken, and why."""
    match error.code:
        case "already_given":
            return done(p, key, p.say("This visit has been rated already. Thank you."))
        case "illegal_transition":
            heading, text = p.say("Your visit is not over yet."), p.say("Please come back here when you are finished.")
        case "unknown_ticket" | "not_holder":
            heading = p.say("This page belongs to a ticket of another day.")
            text = p.say("A visit can be rated on its own day. The suggestion box is open at any time.")
        case _:
            heading, text = p.error(error.code), ""
    return RatingPage(title=p.say("How was your visit?"), key=key, mark="", notice=Notice("error", heading, text))
