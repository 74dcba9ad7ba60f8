"""What stands on a lobby display: frozen pictures for the view, and the room it has for them."""

from __future__ import annotations

from dataclasses import dataclass

from display.pages import Lines, Page


@dataclass(frozen=True, slots=True)
class Room:
    """How much the view can hold at its size: text lines of the two kinds of page, calls of the list."""

    page_lines: int
    waiting_lines: int
    other_calls: int
    lines: Lines
    """Lines that an item of a page takes."""
    name_lines: Lines
    """Lines that a service's name takes beside its figures."""


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane's mark; `index` picks its colour, which never stands alone."""

    letter: str
    shape: str
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class CallView:
    """The call at the front."""

    number: str
    lane: LaneView | None
    counter_label: str
    requests: tuple[str, ...]
    again: str


@dataclass(frozen=True, slots=True)
class OtherCallView:
    """One line of the call history; `upcoming` has not been at the front yet."""

    number: str
    lane: LaneView | None
    counter_label: str
    upcoming: bool


@dataclass(frozen=True, slots=True)
class WaitingView:
    """How many wait for one service, and how long a newcomer would."""

    letter: str
    service: str
    count: str
    wait: str


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """As many services as fit, with what waits for them."""

    language: str
    title: str
    rows: tuple[WaitingView, ...]


@dataclass(frozen=True, slots=True)
class LinkView:
    """Whether the picture is true now, in words."""

    live: bool
    text: str


@dataclass(frozen=True, slots=True)
class LobbyView:
    """All that stands on the display."""

    office: str
    date: str
    clock: str
    link: LinkView
    number_title: str
    counter_title: str
    call: CallView | None
    calling: bool
    resting: str
    others_title: str
    others: tuple[OtherCallView, ...]
    panel: Page | WaitingPage | None
