"""What a kiosk shows: its pages and the screen around them, ready to be drawn, nothing left to decide. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kiosk.visit.access import PLAIN, Access

Tone = Literal["info", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to touch. `key` says what was touched."""

    key: str
    title: str
    subtitle: str = ""
    note: str = ""
    badge: str = ""
    """Why it cannot be chosen now, or from when on; in few words that stand out."""
    tone: Tone = "bad"
    """Of the badge."""
    group: str = ""
    """What it belongs to; choices of one group stand together under its name."""
    letter: str = ""
    shape: str = ""
    lane: int = 0
    is_available: bool = True
    """Whether it can be touched now; the words say why not."""
    is_on: bool | None = None
    """Whether what can be turned on or off is on; None for what leads somewhere."""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """A remark that must not be missed."""

    tone: Tone
    title: str
    text: str = ""
    is_all: bool = field(default=False, kw_only=True)
    """Whether what it says is all that can be done on its page: it is shortened for nothing else there."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands on top of every screen; `languages` is empty where there is nothing to switch."""

    office: str
    date: str
    clock: str
    language: str
    languages: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Footer:
    """How the kiosk is. While all is well there is nothing to say, and nothing is drawn."""

    connection: str
    is_connected: bool
    staff: str = ""
    """A small sign for whoever looks after the kiosk."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that tells how it stands, and what it is: in the office's own language, and in the others."""

    value: str
    label: str
    others: str = ""


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """The start: what this machine is for, how it stands, and the languages; `entry` is for whoever has a ticket."""

    titles: tuple[str, ...]
    figures: tuple[Figure, ...]
    choices: tuple[Choice, ...]
    entry: Choice | None
    scan: str = ""
    """What whoever has a ticket may do instead: hold its code to the scanner, or ask an officer; else empty."""


@dataclass(frozen=True, slots=True)
class ServicesPage:
    """The question what the visitor comes for; `entry` is for whoever has a ticket."""

    title: str
    hint: str
    choices: tuple[Choice, ...]
    entry: Choice | None


@dataclass(frozen=True, slots=True)
class RequirementsPage:
    """What the service needs, to be checked off; `facts` are (label, value)."""

    kicker: str
    title: str
    heading: str
    documents: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    source: str
    go_on: Choice
    missing: Choice | None = None
    """For whoever has not all of it; None where nothing is needed."""


@dataclass(frozen=True, slots=True)
class MissingPage:
    """What to do without all documents; `said` tells what became of the paper with the list."""

    title: str
    text: str
    choices: tuple[Choice, ...]
    said: Banner | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What entitles to a lane: a pictogram and two or three words."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class LanePage:
    """The question whether a priority lane applies: its grounds, or its rule where no grounds are named.

    `more` leads to the law. Nobody is asked for the reason.
    """

    title: str
    rule: str
    grounds: tuple[Ground, ...]
    choices: tuple[Choice, ...]
    more: Choice | None


@dataclass(frozen=True, slots=True)
class RulePage:
    """Who may take which lane and by which law: (name, text)."""

    title: str
    texts: tuple[tuple[str, str], ...]
    done: Choice


@dataclass(frozen=True, slots=True)
class IssuingPage:
    """Something is being asked of the engine."""

    title: str
    text: str
    banner: Banner | None
    beat: int


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Take your ticket. `qr` is what the paper's code says."""

    title: str
    caption: str
    number: str
    service: str
    lane: Choice | None
    facts: tuple[tuple[str, str], ...]
    paper: Banner
    qr: str
    qr_caption: str
    done: Choice
    again: Choice | None = None
    """Another paper, where there is need of one."""
    code: str = ""
    """The check code with its name, where no paper tells it."""
    on_paper: tuple[str, ...] = ()
    """What stands on the paper and not on this page: read out to whoever cannot read it."""


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """It came to nothing: why, and what to do."""

    title: str
    text: str
    advice: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """Nothing can be done here now, said in every language: (title, text)."""

    words: tuple[tuple[str, str], ...]
    is_starting: bool
    beat: int


@dataclass(frozen=True, slots=True)
class NumberPage:
    """The number on a ticket is typed, its code, or the PIN of staff; keys that do not fit now cannot be touched."""

    title: str
    hint: str
    typed: str
    letters: tuple[Choice, ...]
    digits: tuple[Choice, ...]
    """With `erase` where telephones have their star."""
    find: Choice
    banner: Banner | None
    kind: Literal["key", "pin"] = "key"
    """How its keys are called as touch targets."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines to be read under a heading, each behind a pictogram or none."""

    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A ticket as it stands, and what its holder may do with it."""

    caption: str
    number: str
    service: str
    lane: Choice | None
    state: Banner
    facts: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class MorePage:
    """What else a phone tells of a ticket."""

    title: str
    sections: tuple[Section, ...]
    done: Choice


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """A question before something that cannot be taken back here."""

    title: str
    text: str
    advice: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AccessPage:
    """How a visitor may be met: each choice turns one way on or off, and `said` tells what was just turned."""

    title: str
    hint: str
    choices: tuple[Choice, ...]
    done: Choice
    said: str = ""


@dataclass(frozen=True, slots=True)
class HelpPage:
    """Staff can be called to this kiosk: what was done about it, and what can be done."""

    title: str
    text: str
    choices: tuple[Choice, ...]
    banner: Banner | None = None


@dataclass(frozen=True, slots=True)
class StaffPage:
    """What whoever looks after the kiosk sees of it, and can do: (what, how it is)."""

    title: str
    facts: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]
    said: Banner | None = None


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """The start of a feedback kiosk, in every language until one was chosen: what the visitor has to say."""

    titles: tuple[str, ...]
    choices: tuple[Choice, ...]
    scan: str = ""
    """What to do with the code on a ticket; empty where there is no scanner."""


@dataclass(frozen=True, slots=True)
class RestPage:
    """A counter's tablet between two visitors: (title, text) in every language."""

    words: tuple[tuple[str, str], ...]
    icon: str


@dataclass(frozen=True, slots=True)
class FacesPage:
    """How the service was: four faces with words, the least content first."""

    title: str
    hint: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskPage:
    """One question with its answers, or thanks with what may follow. `kicker` tells how far one is."""

    kicker: str
    title: str
    text: str
    choices: tuple[Choice, ...]
    icon: str = ""
    is_list: bool = False
    """Whether the answers are many and short: they stand side by side."""
    main: str = ""
    """The key of the answer that most people give, where one stands out."""


@dataclass(frozen=True, slots=True)
class WritePage:
    """Something is written on the keyboard of the screen; keys that do not fit now cannot be touched.

    `echo` is what whoever listens is told after each key; `qr` leads to where more can be written.
    """

    title: str
    hint: str
    typed: str
    left: str
    """How much room is left, once that is little."""
    rows: tuple[Choice, ...]
    """The signs, row by row."""
    special: tuple[Choice, ...]
    find: Choice
    elsewhere: str = ""
    qr: str = ""
    echo: str = ""
    across: int = 10
    """So many signs stand in a row."""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """All that would be sent, before it is: (label, what)."""

    title: str
    facts: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What whoever complained takes along: number, code, latest date. `qr` leads to its page."""

    title: str
    caption: str
    number: str
    secret: str
    facts: tuple[tuple[str, str], ...]
    paper: Banner
    qr: str
    qr_caption: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """What became of a complaint: how it stands and what to do, then dates and words, (label, what)."""

    title: str
    state: Banner
    facts: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]


Page = (
    FeedbackPage
    | RestPage
    | FacesPage
    | AskPage
    | WritePage
    | ReviewPage
    | ReceiptPage
    | CasePage
    | WelcomePage
    | ServicesPage
    | RequirementsPage
    | LanePage
    | IssuingPage
    | TicketPage
    | ProblemPage
    | NumberPage
    | FoundPage
    | MorePage
    | ConfirmPage
    | OfflinePage
    | AccessPage
    | MissingPage
    | RulePage
    | HelpPage
    | StaffPage
)


@dataclass(frozen=True, slots=True)
class IdleWarning:
    """The question whether anybody is still there."""

    title: str
    text: str
    stay: str
    leave: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The buttons below every page, each always at its place. An empty text means there is no such button now."""

    back: str = ""
    access: str = ""
    help: str = ""
    start_over: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """The whole screen."""

    name: str
    header: Header
    footer: Footer
    page: Page
    bar: Bar = Bar()
    access: Access = PLAIN
    """How the visitor wants to be met; drawing and voice follow it."""
    banner: Banner | None = None
    is_blocked: bool = False
    """Whether choices are shown but cannot be touched now; the banner says why."""
    warning: IdleWarning | None = None
    """While it stands, sound warns too: whoever makes sounds looks whether it came."""
    turn_back: str = ""
    turn_on: str = ""
    """The words on the buttons that turn pages, where what belongs on one takes several."""
    rtl: bool = False
    """Whether the page runs from right to left."""
    languages: tuple[str, ...] = ()
    """The office's, in the order in which words of several stand together: whoever reads them aloud has to know."""
