"""What a kiosk shows, ready to be drawn: words chosen, nothing left to decide. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """The start: what this machine is for, and the languages."""

    titles: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    remark: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ServicesPage:
    """The question what the visitor comes for."""

    title: str
    hint: str
    choices: tuple[Choice, ...]


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
    """The number is being asked for."""

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


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """There is no number: why, and what to do."""

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


Page = WelcomePage | ServicesPage | RequirementsPage | LanePage | IssuingPage | TicketPage | ProblemPage | OfflinePage


@dataclass(frozen=True, slots=True)
class IdleWarning:
    """The question whether anybody is still there."""

    title: str
    text: str
    stay: str
    leave: str


@dataclass(frozen=True, slots=True)
class View:
    """The whole screen. Empty `back` or `start_over` means there is no such button."""

    name: str
    header: Header
    footer: Footer
    page: Page
    banner: Banner | None = None
    back: str = ""
    start_over: str = ""
    is_blocked: bool = False
    """Whether choices are shown but cannot be touched now; the banner says why."""
    warning: IdleWarning | None = None
