"""What stands on a lobby display: the page that is drawn, and the words on it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from broker.contract.messages import HallMessage, OfficeMessage
from broker.language import Phrases, mark
from display.hall.stage import Call
from display.pages.panel import Lines, ProcedurePanel, WaitingPanel, waiting_panel

BETWEEN_LANGUAGES = "\n"
STARTING_S = 8.0
"""A screen that was just switched on is not disconnected yet."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much the display can hold at its size: text lines of the two kinds of panel, calls of the list."""

    page_lines: int
    waiting_lines: int
    other_calls: int
    lines: Lines
    """Lines that an item of a procedure takes."""
    name_lines: Lines
    """Lines that a service's name takes beside its figures."""


@dataclass(frozen=True, slots=True)
class LaneBadge:
    """A lane's mark; `index` picks its colour, which never stands alone."""

    letter: str
    shape: str
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class StagedCall:
    """The call on the stage."""

    number: str
    lane: LaneBadge | None
    counter_label: str
    requests: tuple[str, ...]
    again: str


@dataclass(frozen=True, slots=True)
class ListedCall:
    """One line of the list of calls; `upcoming` has not been on the stage yet."""

    number: str
    lane: LaneBadge | None
    counter_label: str
    upcoming: bool


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Whether the page is true now, in words."""

    live: bool
    text: str


@dataclass(frozen=True, slots=True)
class LobbyPage:
    """All that stands on the display."""

    office: str
    date: str
    clock: str
    link: LinkStatus
    number_title: str
    counter_title: str
    call: StagedCall | None
    calling: bool
    resting: str
    others_title: str
    others: tuple[ListedCall, ...]
    panel: ProcedurePanel | WaitingPanel | None


@dataclass(frozen=True, slots=True)
class LobbyState:
    """What a display knows at one moment."""

    now: dt.datetime
    languages: tuple[str, ...]
    office: OfficeMessage | None
    hall: HallMessage | None
    stale_since: dt.datetime | None
    front: Call | None
    is_calling: bool
    others: tuple[Call, ...]
    upcoming: frozenset[tuple[str, str]]
    procedures: tuple[ProcedurePanel, ...]
    turn: int
    """How often the panel has turned."""


def lobby_page(state: LobbyState, *, room: Room, phrases: Callable[[str], Phrases]) -> LobbyPage:
    """Return the page of this moment."""
    first = phrases(state.languages[0])
    panel = _panel(state, room, phrases)
    # Headings change their language with the panel: side by side, two languages would not fit.
    passing = phrases(panel.language) if panel else first
    everybody = dict.fromkeys(phrases(language).say(_KEEP_READY) for language in state.languages)
    return LobbyPage(
        office=state.office.office.name.get(first.language, "") if state.office else "",
        date=first.date(state.now.date()),
        clock=first.clock(state.now),
        link=_link(state, first),
        number_title=passing.say("Number"),
        counter_title=passing.say("Counter"),
        call=None if state.front is None else _staged(state.front, state, phrases),
        calling=state.is_calling,
        resting=BETWEEN_LANGUAGES.join(everybody),
        others_title=passing.say("Recent calls"),
        others=tuple(_listed(call, state, first.language) for call in state.others[: room.other_calls]),
        panel=panel,
    )


_KEEP_READY = mark("Please keep your number ready.")


def _link(state: LobbyState, first: Phrases) -> LinkStatus:
    since = state.stale_since
    if since is None:
        return LinkStatus(live=True, text=first.say("Live"))
    if state.hall is None and (state.now - since).total_seconds() < STARTING_S:
        return LinkStatus(live=False, text=first.say("One moment, please. This screen is starting."))
    text = first.say("Not connected since {time}. What is shown may be old.", time=first.clock(since))
    return LinkStatus(live=False, text=text)


def _lane(lane_id: str, state: LobbyState, language: str) -> LaneBadge | None:
    for index, lane in enumerate(state.office.lanes if state.office else ()):
        if lane.id == lane_id:
            return LaneBadge(lane.letter, lane.shape, lane.name.get(language, lane.id), index)
    return None


def _staged(call: Call, state: LobbyState, phrases: Callable[[str], Phrases]) -> StagedCall:
    voices = [phrases(language) for language in dict.fromkeys((call.language, state.languages[0]))]
    return StagedCall(
        number=call.number,
        lane=_lane(call.lane, state, call.language),
        counter_label=call.counter_label,
        requests=tuple(voice.say("Please go to counter {counter}", counter=call.counter_label) for voice in voices),
        again=voices[0].say("Call no. {n}", n=call.times_called) if call.times_called > 1 else "",
    )


def _listed(call: Call, state: LobbyState, language: str) -> ListedCall:
    return ListedCall(
        number=call.number,
        lane=_lane(call.lane, state, language),
        counter_label=call.counter_label,
        upcoming=call.place in state.upcoming,
    )


def _panel(state: LobbyState, room: Room, phrases: Callable[[str], Phrases]) -> ProcedurePanel | WaitingPanel | None:
    """Return what the panel shows: procedures and waiting services by turns."""
    if not state.procedures or state.office is None:
        return None
    round_, is_waiting = divmod(state.turn, 2)
    procedure = state.procedures[round_ % len(state.procedures)]
    if not is_waiting:
        return procedure
    return waiting_panel(
        state.office,
        state.hall,
        phrases=phrases(procedure.language),
        name_lines=room.name_lines,
        room=room.waiting_lines,
        round_=round_,
    )
