"""The live board: at a desk or on the wall, and from a figure to its tickets, and from a ticket to its history."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker.contract.messages import BoardTicket, Ticket
from broker.language import Phrases, bare_counter, mark
from broker.web.asking import AwayError
from broker.web.line import Line, frame
from broker.web.page import one_line
from broker.web.site import site_of
from broker.web.staff.acts import At, Form, forms_at
from broker.web.staff.desk import WALL, Desk, NoSessionError, NotTheirsError, Page, Section
from broker.web.staff.frame import Entry, Frame
from broker.web.staff.reporter import Reporter, Wanted
from broker.web.staff.reports import HOME as REPORTS
from broker.web.staff.reports import wait_for
from broker.web.staff.standing import (
    HOME,
    Board,
    Look,
    Told,
    Where,
    board,
    breach_words,
    lane_words,
    lasted,
    service_words,
    stage_words,
    ticket_url,
    tone_of,
)
from broker.web.staff.today import PATIENCE_S, TodayFigures
from broker.web.visitor.stream import EventStream
from broker.web.visitor.writing import new_mark

_WHERE = ("stage", "service", "lane")
BEAT_S = 1.0
"""So often an open board is told of when is what it shows."""
LONGEST_ID = 60
ASK_AGAIN_BEATS = 30
"""So often it is asked whether the session of an open board still counts."""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The board, and what stands around it."""

    title: str
    frame: Frame
    board: Board | None
    is_wall: bool
    other: tuple[str, str]
    """The way from the desk to the wall, or back."""
    events: str
    mark: str
    lost: str
    as_of_label: str
    waiting: str
    """Instead of a board, until the queue system has been heard."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One of those that wait."""

    number: str
    url: str
    since: str
    waited: str
    promise: str
    tone: str
    ahead: str
    wait: str


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Who waits for one stage, service and lane."""

    title: str
    frame: Frame
    columns: tuple[str, ...]
    rows: tuple[WaitingRow, ...]
    empty: str
    more: str
    back: str
    as_of: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to a ticket."""

    time: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A ticket with all that happened to it."""

    title: str
    frame: Frame
    facts: tuple[tuple[str, str], ...]
    heading: str
    lines: tuple[HistoryLine, ...]
    back: str
    back_url: str = HOME
    forms: tuple[Form, ...] = ()
    """What can be done with it."""
    mark: str = ""


_HAPPENED = {
    "issued": mark("The number was given out."),
    "called": mark("Called to {counter}."),
    "recalled": mark("Called once more to {counter}."),
    "started": mark("Served at {counter}."),
    "finished": mark("Done at {counter}: {stage}."),
    "no_show": mark("Did not come to {counter}."),
    "held": mark("Set aside at {counter}."),
    "unheld": mark("Taken on again at {counter}."),
    "transferred": mark("Sent on from {counter}."),
    "rejoined": mark("Came back after a missed call, and waits again."),
    "cancelled": mark("The ticket was given up."),
    "undone": mark("The last step at {counter} was taken back."),
    "staff_undone": mark("An act of the staff was taken back."),
    "printed": mark("The kiosk told what became of the paper."),
    "reprinted": mark("Another paper was asked for."),
}
_TICKET_STATES = {
    "waiting": mark("waits"),
    "called": mark("is called"),
    "serving": mark("is served"),
    "held": mark("is set aside"),
    "finished": mark("is done"),
    "no_show": mark("did not come"),
    "cancelled": mark("was given up"),
}


_GONE = frozenset({"finished", "cancelled"})


def waiting_page(
    p: Phrases, around: Frame, told: Told, where: Where, found: Mapping[str, Any], *, links: bool
) -> WaitingPage:
    """Return who waits for a stage, service and lane, who waits longest first."""
    stage, service, lane = where
    offer, more = told.offer, int(found.get("more", 0))
    listed = [BoardTicket.model_validate(one) for one in found.get("tickets", ())]
    names = service_words(p, offer, service), lane_words(p, offer, lane), stage_words(p, offer, stage)
    return WaitingPage(
        title=" \N{MIDDLE DOT} ".join(names),
        frame=around,
        columns=(
            p.say("Number"),
            p.say("Waits since"),
            p.say("Waited"),
            p.say("Promise"),
            p.say("Before it"),
            p.say("Expected call"),
        ),
        rows=tuple(_waiting_row(p, told.now, one, links=links) for one in listed),
        empty=p.say("Nobody waits here now."),
        more=p.count("and {n} more", "and {n} more", more) if more else "",
        back=p.say("Back to the board"),
        as_of=p.say("As of {time}", time=p.exact_clock(told.now)),
    )


def _waiting_row(p: Phrases, now: dt.datetime, one: BoardTicket, *, links: bool) -> WaitingRow:
    by = one.promised_by
    if by is None:
        promise, tone = p.say("was called before"), ""
    elif by <= now:
        promise, tone = breach_words(p, by, now), "bad"
    else:
        is_late = one.wait is None or now + dt.timedelta(seconds=one.wait.high_s) > by
        promise, tone = p.say("until {time}", time=p.clock(by)), tone_of(by, now) if is_late else ""
    return WaitingRow(
        number=one.number,
        url=ticket_url(one.id) if links else "",
        since=p.clock(one.since),
        waited=lasted(p, (now - one.since).total_seconds()),
        promise=promise,
        tone=tone,
        ahead=str(one.ahead),
        wait=p.say("no counter is open for it") if one.wait is None else p.rough_wait(one.wait.low_s, one.wait.high_s),
    )


def history_page(p: Phrases, around: Frame, told: Told, ticket: Ticket, journal: list[dict[str, Any]]) -> HistoryPage:
    """Return a ticket with all that happened to it, and where the journal is here with the reason of each call."""
    offer, zone = told.offer, told.now.tzinfo
    facts = (
        (p.say("Service"), service_words(p, offer, ticket.service)),
        (p.say("Lane"), lane_words(p, offer, ticket.lane)),
        (p.say("Stage"), stage_words(p, offer, ticket.stage)),
        (p.say("Now"), p.say(_TICKET_STATES[ticket.state])),
    )
    lines = [
        _happened(p, told, line.at.astimezone(zone), line.type, line.counter, line.stage or ticket.stage)
        for line in ticket.history
    ]
    if journal:
        lines = _told_by_journal(p, told, journal)
    return HistoryPage(
        title=p.say("Ticket {number}", number=ticket.number),
        frame=around,
        facts=facts,
        heading=p.say("What happened"),
        lines=tuple(lines),
        back=p.say("Back to the board"),
    )


def old_history_page(p: Phrases, around: Frame, told: Told, journal: list[dict[str, Any]]) -> HistoryPage:
    """Return a ticket that the hall has let go of, as the journal tells it."""
    first = journal[0]
    return HistoryPage(
        title=p.say("Ticket {number}", number=first["number"]),
        frame=around,
        facts=(
            (p.say("Day"), p.date(dt.date.fromisoformat(first["day"]))),
            (p.say("Service"), service_words(p, told.offer, first["service"])),
            (p.say("Lane"), lane_words(p, told.offer, first["lane"])),
        ),
        heading=p.say("What happened"),
        lines=tuple(_told_by_journal(p, told, journal)),
        back=p.say("Back to the reports"),
        back_url=REPORTS,
    )


def away_page(p: Phrases, around: Frame, away: dict[str, Any]) -> HistoryPage:
    """Return where a ticket may be that is not here: in years that were moved into files of their own."""
    files = [(p.date(dt.date.fromisoformat(one["day"])), one["file"]) for one in away["away"]]
    return HistoryPage(
        title=p.say("This ticket is not in the records here"),
        frame=around,
        facts=tuple(
            (p.say("Days up to {day}", day=day), p.say("in the file {file}", file=file)) for day, file in files
        ),
        heading=p.say("Older years are kept in files of their own. Whoever runs the system can read them."),
        lines=(),
        back=p.say("Back to the reports"),
        back_url=REPORTS,
    )


def _told_by_journal(p: Phrases, told: Told, journal: list[dict[str, Any]]) -> list[HistoryLine]:
    lines = []
    for one in journal:
        at = dt.datetime.fromisoformat(one["at"]).astimezone(told.now.tzinfo)
        line = _happened(p, told, at, one["type"], one["counter"], one["stage"])
        lines.append(replace(line, why=_why(p, one["why"]) if one["why"] else one["said"] or ""))
    return lines


def _happened(  # noqa: PLR0917 - the parts of one line
    p: Phrases, told: Told, at: dt.datetime, kind: str, counter: str | None, stage: str
) -> HistoryLine:
    text = _HAPPENED.get(kind, mark("Something happened: {type}."))
    return HistoryLine(
        p.exact_clock(at),
        p.say(
            text,
            counter=counter_words(p, told, counter) if counter else p.say("the office"),
            stage=stage_words(p, told.offer, stage),
            type=kind,
        ),
    )


def _why(p: Phrases, why: Mapping[str, Any]) -> str:
    """Return why it was this ticket's turn, as the engine wrote it down with the call."""
    said = p.say(
        "It had waited {waited}, the lane promises {promised}.",
        waited=lasted(p, why["waited_s"]),
        promised=lasted(p, why["promised_s"]),
    )
    if not why["passed_over"]:
        return said
    others = ", ".join(number for number, _ in why["passed_over"])
    return f"{said} {p.say('By the rule of the office it came before: {numbers}.', numbers=others)}"


def counter_words(p: Phrases, told: Told, counter: str | None) -> str:
    """Return a counter by what is written above it."""
    label = next((one.label for one in told.offer.counters if one.id == counter), counter or "")
    return p.say("counter {counter}", counter=bare_counter(label))


# -- what is asked -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class BoardPages:
    """What is seen of the hall."""

    reporter: Reporter | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _today: TodayFigures = field(init=False)

    def __post_init__(self) -> None:
        """Begin without any figures of today."""
        self._today = TodayFigures(self.reporter)

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (
                Page(HOME, self.board, "board"),
                Page(f"{HOME}/events", self.events, "board"),
                Page(f"{HOME}/at/{{stage}}/{{service}}/{{lane}}", self.waiting, "board"),
                Page(f"{HOME}/ticket/{{ticket}}", self.ticket, "ticket_history"),
            ),
            (Entry(HOME, mark("Live board"), "board"),),
        )

    async def board(self, desk: Desk) -> Response:
        """Show how the hall stands."""
        p, look = desk.p, look_of(desk)
        self._today.renew(site_of(desk.request).boards.change)
        told = told_of(desk, self._today)
        other = (HOME, p.say("At a desk")) if look.is_wall else (f"{HOME}?{WALL}", p.say("On the wall"))
        shown = BoardPage(
            title=p.say("Live board"),
            frame=desk.frame(HOME),
            board=None if told is None else board(p, look, told),
            is_wall=look.is_wall,
            other=other,
            events=f"{HOME}/events?{WALL}" if look.is_wall else f"{HOME}/events",
            mark=new_mark(),
            lost=p.say("OLD: no connection to the office's pages. What stands here was true at {time}.", time="{time}"),
            as_of_label=p.say("As of"),
            waiting=p.say("The queue system has not been heard yet. This page comes right by itself."),
        )
        return desk.show("staff/board.html", shown)

    async def events(self, desk: Desk) -> Response:
        """Tell an open board of each change, for as long as it is open and its session counts."""
        return EventStream(lambda line: OpenBoard(desk, line, self._today).begin(self.tasks))

    async def waiting(self, desk: Desk) -> Response:
        """List who waits for a stage, service and lane."""
        told, (stage, service, lane) = told_of(desk), (desk.request.path_params[name] for name in _WHERE)
        if told is None:
            raise AwayError(HOME)
        found = await desk.found("board", {"stage": stage, "service": service, "lane": lane})
        links = desk.staff.may("ticket_history")
        shown = waiting_page(desk.p, desk.frame(HOME), told, (stage, service, lane), found, links=links)
        return desk.show("staff/board_waiting.html", shown)

    async def ticket(self, desk: Desk) -> Response:
        """Show a ticket with its history."""
        told = told_of(desk)
        if told is None:
            raise AwayError(HOME)
        wanted = desk.request.path_params["ticket"][:LONGEST_ID]
        command = "ticket_history"
        reply = await desk.reply(command, {"ticket": wanted})
        if reply.error is not None and reply.error.code == "not_allowed":
            raise NotTheirsError(command)
        held = (reply.result or {}).get("ticket")
        ticket = Ticket.model_validate(held) if held else None
        journal = await self._journal(wanted if ticket is None else ticket.id)
        if isinstance(journal, int) and ticket is None:
            return wait_for(desk, HOME, journal)
        lines = journal if isinstance(journal, list) else []
        if ticket is not None:
            shown = history_page(desk.p, desk.frame(HOME), told, ticket, lines)
        elif lines:
            shown = old_history_page(desk.p, desk.frame(REPORTS), told, lines)
        elif isinstance(journal, dict):
            shown = away_page(desk.p, desk.frame(REPORTS), journal)
        else:
            raise HTTPException(404)
        if ticket is not None and ticket.state not in _GONE and desk.staff.may("staff_transfer"):
            at = At("ticket", ticket.id, ticket.number)
            shown = replace(shown, forms=forms_at(desk.p, told.known, at, {}), mark=new_mark())
        return desk.show("staff/board_ticket.html", shown)

    async def _journal(self, ticket: str) -> list[dict[str, Any]] | dict[str, Any] | int:
        """Return what the journal says of a ticket, or how many reports are made before that.

        Of one that is not there, which years lie elsewhere, where any do. Nothing where the office's data are not here.
        """
        if self.reporter is None or not self.reporter.can_be_made():
            return []
        made = await self.reporter.made(Wanted("history", (("ticket", ticket),), "en"), patience_s=PATIENCE_S)
        if isinstance(made, int):
            return made
        found: list[dict[str, Any]] | dict[str, Any] = json.loads(made.content) if made.status == "made" else []
        return found


def look_of(desk: Desk) -> Look:
    """Return what somebody's board shows."""
    staff = desk.staff
    is_wall = WALL in desk.request.query_params
    return Look(
        language=desk.p.language,
        is_wall=is_wall,
        has_officers=staff.may("board_officers"),
        has_tickets=staff.may("ticket_history") and not is_wall,
        has_devices=staff.may("devices"),
        has_acts=staff.may("offer") and not is_wall,
    )


def told_of(desk: Desk, figures: TodayFigures | None = None) -> Told | None:
    """Return what is known of the office; None until its queue system was heard."""
    office = desk.office
    if office.offer is None or not office.boards:
        return None
    return Told(
        now=desk.now,
        offer=office.offer,
        boards=tuple(office.boards.values()),
        hall=office.hall,
        parts=office.parts.known,
        stale_since=office.stale_since,
        today=None if figures is None else figures.told,
        announced=office.announced_by_staff(),
    )


class OpenBoard:
    """A board that is open: hears what it has to show anew, and how old that is."""

    def __init__(self, desk: Desk, line: Line, figures: TodayFigures) -> None:
        """Show on a line what somebody may see."""
        self._desk, self._line, self._figures = desk, line, figures
        self._look = look_of(desk)
        self._unshown: bytes | None = None
        self._is_over = False
        self._asking: asyncio.Task[None] | None = None
        self._site = site_of(desk.request)

    def begin(self, tasks: set[asyncio.Task[None]]) -> None:
        """Show the board, and follow it for as long as the page is open."""
        end = self._site.boards.open(self._look, self._draw, self._show)

        def lost() -> None:
            self._is_over = True
            end()

        self._line.serve(on_room=self._show_late, on_lost=lost)
        asking = asyncio.get_running_loop().create_task(self._ask_now_and_then())
        tasks.add(asking)
        asking.add_done_callback(tasks.discard)

    def _draw(self) -> str:
        told = told_of(self._desk, self._figures)
        if told is None:
            return "-"
        shown = board(self._desk.p, self._look, told)
        return one_line(
            self._site.pages.html("staff/board_live.html", self._desk.p, board=shown, wall=self._look.is_wall)
        )

    def _show(self, event: bytes) -> None:
        if self._line.has_room():
            self._unshown = None
            self._line.send(event)
        else:
            self._unshown = event

    def _show_late(self) -> None:
        if self._unshown is not None:
            self._show(self._unshown)

    async def _ask_now_and_then(self) -> None:
        """Say of when is what is shown, and end what may not be seen any more: a session may be over, a role gone."""
        for beat in itertools.count(1):
            await asyncio.sleep(BEAT_S)
            if self._is_over:
                return
            self._figures.renew(self._site.boards.change)
            office = self._desk.office
            if office.stale_since is None and self._line.has_room():
                self._line.send(frame("beat", self._desk.p.exact_clock(self._desk.now)))
            if not beat % ASK_AGAIN_BEATS and not await self._may_go_on():
                self._line.send(frame("gone", "-"))
                self._line.end()
                return

    async def _may_go_on(self) -> bool:
        """Tell whether this board may still be seen; while the engine is away nobody can say, and nothing new comes."""
        try:
            await self._desk.require("board")
        except AwayError:
            return True
        except (NoSessionError, NotTheirsError, HTTPException):
            return False
        return look_of(self._desk) == self._look
