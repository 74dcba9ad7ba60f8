"""One visit at a kiosk, from the first touch to the ticket, and how long each patience lasts. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from broker.contract.messages import ErrorCode, Ticket
from hardware.ports import PrinterState
from kiosk.visit.access import Access, Way
from kiosk.visit.opinion import Opinion

SETTLE_S = 0.4
"""After a screen changed, touches do not count for so long: the second half of a double touch meant the old screen."""
SLOW_AFTER_S = 3.0
SAID_LATER_AFTER_S = 3.0
"""After so long without an answer whoever gave a face or answered a survey is thanked: it is handed in later."""
GIVE_UP_AFTER_S = 60.0
GIVE_WAY_AFTER_S = 8.0
"""So long a request for a number waits for a line that is gone, before a number in advance takes its place: a broker
that is started anew is mostly back by then."""
GIVE_UP_CUT_OFF_S = 20.0
"""So long a visitor waits where the line is gone and nothing can take the place of what was asked for."""
WARNING_S = 20.0
"""WCAG 2.2.1: at least 20 s to extend by one simple action."""
TICKET_STAY_S = 30.0
NO_PAPER_STAY_S = 90.0
"""Without paper the number must be written down or photographed."""
PAPER_PATIENCE_S = 20.0
"""No word from the printer for so long: the screen stops promising paper."""
MAX_COPIES = 2
"""So many copies a visitor gets without an officer."""
STARTING_S = 8.0
UNANSWERED_FROM_S = 5
"""So long nobody has been answered before visitors are told: an answer takes milliseconds."""
MOST_EXTENSIONS = 10
"""WCAG 2.2.1: so often at least a visit can be extended; after that others are waiting."""
LATE_NOTICE_S = 30.0
STILL_HERE_S = 30.0
"""A visitor who left the screen by a touch may still stand there for so long."""
THANKS_STAY_S = 10.0
ADDING_STAY_S = 20.0
"""So long a tablet's thanks stay that a sentence may follow; whoever is served next is asked all the same."""
TABLET_ASKS_S = 90.0
"""So long the tablet of a counter asks whoever was served there; then it rests again."""
RECEIPT_STAY_S = 600.0
"""Whoever has to copy number and code from the screen is not asked before whether they are there."""
FOREIGN_NOTICE_S = 10.0
"""So long a screen says that a scanned code is no ticket of this office."""


class Step(Enum):
    """Where a visit stands."""

    LANGUAGE = "language"
    SERVICE = "service"
    REQUIREMENTS = "requirements"
    MISSING = "missing"
    """Not all documents are there."""
    LANE = "lane"
    ISSUING = "issuing"
    TICKET = "ticket"
    PROBLEM = "problem"
    NUMBER = "number"
    """Whoever has a ticket types its number."""
    REQUESTING = "requesting"
    """Something about that ticket is under way."""
    FOUND = "found"
    CODE = "code"
    """Whoever typed a number that anybody can read tells what only the paper tells."""
    CONFIRM = "confirm"
    FEEDBACK = "feedback"
    """The start of a feedback kiosk: what the visitor has to say."""
    RESTING = "resting"
    """The tablet of a counter, while nobody was served there just now."""
    FACES = "faces"
    MORE = "more"
    """Whether the visitor wants to add a sentence to the face."""
    SENTENCE = "sentence"
    SURVEYS = "surveys"
    INTRO = "intro"
    ABOUT = "about"
    """Which service the answers are about."""
    QUESTION = "question"
    PROFILE = "profile"
    SUGGESTION = "suggestion"
    KIND = "kind"
    COMPLAINT = "complaint"
    VISIT = "visit"
    """Which ticket and which service a complaint is about."""
    REACH = "reach"
    """Whether the office may write back."""
    CONTACT = "contact"
    CONFIDENTIAL = "confidential"
    REVIEW = "review"
    SENDING = "sending"
    RECEIPT = "receipt"
    CASE = "case"
    """Whoever holds a receipt types its number."""
    SECRET = "secret"  # noqa: S105 - a step's name
    STATUS = "status"
    """What became of a complaint."""
    REPLY = "reply"
    SETTLE = "settle"
    """Whether a complaint is to be closed."""
    THANKS = "thanks"


class Aside(Enum):
    """A page that is laid over any step, and leaves it as it was."""

    ACCESS = "access"
    RULE = "rule"
    """By which law who may take which lane."""
    MORE = "more"
    """What else there is to know of a ticket: its way, what to have ready, who may be called first."""
    HELP = "help"
    PIN = "pin"
    """Staff say who they are."""
    STAFF = "staff"


class Errand(Enum):
    """What is asked of the engine: a number, or something about the ticket that the visitor has."""

    ISSUE = "issue"
    LOOKUP = "lookup"
    REPRINT = "reprint"
    REJOIN = "rejoin"
    CANCEL = "cancel"


class Paper(Enum):
    """What is known of the paper."""

    PRINTING = "printing"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    SILENT = "silent"
    """The printer has said nothing for long: it may have failed, or the paper may still come."""


class Problem(Enum):
    """Why an errand came to nothing, where no code of the engine says it."""

    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Visit:
    """What the visitor has chosen so far; `since` is when this step began, on the monotonic clock."""

    step: Step
    language: str
    since: float
    service: str | None = None
    lane: str | None = None
    ticket: Ticket | None = None
    paper: Paper = Paper.PRINTING
    trouble: PrinterState | None = None
    """What is the matter with the printer that had this paper, where that is known."""
    is_by_spare: bool = False
    problem: ErrorCode | Problem | None = None
    errand: Errand = Errand.ISSUE
    typed: str = ""
    """What was typed of a ticket's number, without its dash."""
    scanned: str = ""
    """The text of the QR by which the ticket was named, or is being looked up."""
    is_holder: bool = False
    """Whether the ticket on the screen is this visitor's, by its QR or its check code; a number alone only shows it."""
    code: str = ""
    """What was typed of the check code."""
    code_trouble: Literal["wrong", "locked"] | None = None
    meant: Errand | None = None
    """What is to be done with the ticket once its holder is known."""
    is_not_found: bool = False
    """Whether the typed number was looked up in vain."""
    did: Errand | None = None
    """What was just done with the ticket on the screen."""
    has_chosen_language: bool = False
    listed: Literal["printing", "printed", "failed"] | None = None
    """What became of the list of documents that was asked for without a number."""
    access: Access = field(default_factory=Access)
    announced: Way | None = None
    """What of it was changed last: the page says so."""
    aside: Aside | None = None
    extended: int = 0
    """How often in a row the visit was extended and nothing else was done."""
    help: Literal["asking", "told", "failed"] | None = None
    """How far the call for help is."""
    pin: str = ""
    """What staff have typed of their PIN."""
    pin_trouble: Literal["wrong", "locked"] | None = None
    staff_said: Literal["printing", "printed", "failed"] | None = None
    """What became of the last paper that staff asked for."""
    opinion: Opinion = field(default_factory=Opinion)
    """What the visitor has said so far, at a feedback kiosk."""
    turned: float = -math.inf
    """When an aside was opened or closed, on the same clock as `since`."""


_ACTIONS = {
    "waiting": (Errand.REPRINT, Errand.CANCEL),
    "called": (Errand.REPRINT,),
    "serving": (Errand.REPRINT,),
    "held": (Errand.REPRINT, Errand.CANCEL),
    "no_show": (Errand.REJOIN, Errand.REPRINT, Errand.CANCEL),
    "finished": (),
    "cancelled": (),
}
"""What a visitor may do with a ticket, by its state; the engine has the last word."""


def actions(ticket: Ticket) -> tuple[Errand, ...]:
    """Return what its holder may do with a ticket now, the likeliest first."""
    return _ACTIONS[ticket.state]
