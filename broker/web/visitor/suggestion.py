"""`/suggest`: the suggestion box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broker.contract.messages import Error
from broker.language import Phrases
from broker.web.visitor.writing import TEXT_MAX, Field, Notice, Option, text_field, too_long


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    """The box, or the thanks."""

    title: str
    mark: str
    intro: str = ""
    text: Field | None = None
    service_label: str = ""
    services: tuple[Option, ...] = ()
    send: str = ""
    notice: Notice | None = None
    complain: str = ""
    """Where to go with what needs an answer."""


def box(
    p: Phrases,
    form_mark: str,
    *,
    services: Sequence[tuple[str, str]],
    text: str = "",
    service: str = "",
    found: str = "",
    notice: Notice | None = None,
) -> SuggestionPage:
    """Return the box with what was written."""
    return SuggestionPage(
        title=p.say("Suggestion box"),
        mark=form_mark,
        intro=p.say("What would make your next visit better? Nobody sees who wrote it."),
        text=text_field(
            p,
            "text",
            p.say("Your suggestion"),
            text,
            limit=TEXT_MAX,
            hint=p.say("Please write no names and no document numbers."),
            fault=found,
        ),
        service_label=p.say("Which service? (may stay empty)"),
        services=(
            Option("", p.say("No particular service")),
            *(Option(code, name, is_chosen=code == service) for code, name in services),
        ),
        send=p.say("Send"),
        notice=notice,
        complain=p.say("You would like an answer? Then send a complaint or a question"),
    )


def fault(p: Phrases, text: str) -> str:
    """Return what is wrong with a suggestion, or nothing."""
    return too_long(p, text, TEXT_MAX) if text else p.say("Please write your suggestion.")


def refused(p: Phrases, error: Error) -> tuple[str, Notice]:
    """Return what the engine found wrong: at the field, and above the form."""
    at_text = error.code == "bad_request" and error.detail.get("field") == "text"
    said = p.say("The office's system cannot take this text. Please shorten or change it: it is still here.")
    return said if at_text else "", Notice(
        "error", p.say("This was not sent yet."), "" if at_text else p.error(error.code)
    )


def sent(p: Phrases) -> SuggestionPage:
    """Return the thanks."""
    notice = Notice("done", p.say("Thank you. Your suggestion is in the box."), p.say("A supervisor reads it."))
    return SuggestionPage(title=p.say("Suggestion box"), mark="", notice=notice)
