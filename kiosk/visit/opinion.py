"""What a visitor says at a feedback kiosk, as far as it was said: it lives as long as the visit. Pure.

What makes its writer known, and what was written, is left out of every `repr`: no log and no traceback shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from broker.config.settings import Kiosk, Settings
from broker.contract.messages import Complaint, Invitation, Receipt
from kiosk.visit.keyboard import Keyboard

Topic = Literal["rating", "survey", "suggestion", "complaint", "status"]
Kind = Literal["information", "aspiration", "complaint", "supervision"]

TOPICS: tuple[Topic, ...] = ("rating", "survey", "suggestion", "complaint", "status")
KINDS: tuple[Kind, ...] = ("complaint", "information", "aspiration", "supervision")
"""What a complaint may be, the likeliest first."""

MOST_SENTENCE = 500
MOST_TEXT = 2000
MOST_TEXT_BYTES = 6000
MOST_CONTACT = 200
SECRET_SIGNS = 16
LEAST_TEXT = 3
"""So many letters are needed to say anything."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What this kiosk takes. `counter` makes it the tablet of that counter, which asks for nothing but faces."""

    rating: bool = True
    suggestions: bool = True
    complaints: bool = True
    surveys: tuple[str, ...] = ()
    counter: str | None = None
    has_printer: bool = False
    page: str = ""
    """Where the same can be done on a phone; empty where the office has no pages."""


def asks_of(settings: Settings, kiosk: Kiosk) -> Asks:
    """Return what a feedback kiosk takes by the office's configuration."""
    feedback, printers = settings.feedback, (kiosk.printer, kiosk.spare_printer)
    return Asks(
        rating=feedback.rating,
        suggestions=feedback.suggestions,
        complaints=feedback.complaints is not None,
        surveys=tuple(one.id for one in feedback.surveys),
        counter=kiosk.counter,
        has_printer=any(one is not None for one in printers),
        page="" if settings.web is None else str(settings.web.public_url or ""),
    )


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was said so far."""

    topic: Topic | None = None
    ticket: str = field(default="", repr=False)
    """The code of the ticket, its number, or, at a counter's tablet, its id; with a complaint its number."""
    check: str = field(default="", repr=False)
    score: int | None = field(default=None, repr=False)
    text: str = field(default="", repr=False)
    keyboard: Keyboard = field(default_factory=Keyboard)
    kind: Kind | None = field(default=None, repr=False)
    is_anonymous: bool | None = field(default=None, repr=False)
    contact: str = field(default="", repr=False)
    is_confidential: bool | None = field(default=None, repr=False)
    is_changing: bool = False
    """Whether what was written is being put right: what comes after it was answered already."""
    survey: str | None = None
    service: str | None = None
    has_service: bool = False
    """Whether it was asked which service it is about."""
    answers: tuple[tuple[str, int], ...] = field(default=(), repr=False)
    """Element and answer, in the order of the survey."""
    profile: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    at: int = 0
    """Which question stands on the screen, from 0."""
    invitations: tuple[Invitation, ...] = field(default=(), repr=False)
    invitation: str | None = field(default=None, repr=False)
    asked: str = ""
    """The command that is under way, or was refused."""
    receipt: Receipt | None = field(default=None, repr=False)
    receipt_paper: Literal["printing", "printed", "failed"] | None = None
    """What became of its paper; None where the kiosk prints none."""
    is_sent_later: bool = False
    """Whether it waits here for the connection."""
    can_add: bool = False
    """Whether a sentence may follow a face at a counter's tablet."""
    case: str = field(default="", repr=False)
    """What was typed of a complaint's number, without its dash."""
    secret: str = field(default="", repr=False)
    is_unknown: bool = False
    """Whether number and secret were looked up in vain."""
    complaint: Complaint | None = field(default=None, repr=False)
    texts: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    """What the office wrote, each by the place of its step."""
