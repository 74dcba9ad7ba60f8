"""What a kiosk shows: its pages and the screen around them, ready to be drawn, nothing left to decide. Pure."""

from __future__ import annotations

from dataclasses import dataclass
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
    """What stands below every screen."""

    help: str
    connection: str
    is_connected: bool
    staff: str = ""
    """A small sign for whoever looks after the kiosk; it stands where else the good connection is told."""


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """The start: what this machine is for, and the languages; `entry` is for whoever has a ticket."""

    titles: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    remark: str
    choices: tuple[Choice, ...]
    entry: Choice
    scan: str = ""
    """What to do with the code on a ticket; empty where there is no scanner."""


@dataclass(frozen=True, slots=True)
class ServicesPage:
    """The question what the visitor comes for; `entry` is for whoever has a ticket."""

    title: str
    hint: str
    choices: tuple[Choice, ...]
    entry: Choice


@dataclass(frozen=True, slots=True)
class RequirementsPage:
    """What the service needs; `facts` are (label, value)."""

    kicker: str
    title: str
    letter: str
    heading: str
    documents: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    source: str
    go_on: Choice


@dataclass(frozen=True, slots=True)
class LanePage:
    """The question whether a priority lane applies."""

    title: str
    hint: str
    choices: tuple[Choice, ...]


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
    """The number on a ticket is typed; keys that do not fit now cannot be touched."""

    title: str
    hint: str
    typed: str
    letters: tuple[Choice, ...]
    digits: tuple[Choice, ...]
    """With `erase` where telephones have their star."""
    find: Choice
    banner: Banner | None


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


Page = (
    WelcomePage
    | ServicesPage
    | RequirementsPage
    | LanePage
    | IssuingPage
    | TicketPage
    | ProblemPage
    | NumberPage
    | FoundPage
    | ConfirmPage
    | OfflinePage
    | AccessPage
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
    languages: tuple[str, ...] = ()
    """The office's, in the order in which words of several stand together: whoever reads them aloud has to know."""
