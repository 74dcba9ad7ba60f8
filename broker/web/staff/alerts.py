"""Alerts on the staff's pages: a strip on each of them for whom they are, live, and a page with what stood before."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from broker.alert_words import alert_words
from broker.contract.messages import OfficeMessage
from broker.language import Phrases, mark
from broker.web.asking import UNFINISHED, AwayError
from broker.web.line import Line, frame
from broker.web.page import one_line
from broker.web.sending import Fault, Sender, State
from broker.web.site import site_of
from broker.web.staff.alert_history import LINES, Told, read_history, told_by
from broker.web.staff.desk import WALL, Desk, NoSessionError, NotTheirsError, Page, Section
from broker.web.staff.frame import Entry, Frame, refused
from broker.web.staff.reporter import Reporter, Wanted
from broker.web.staff.strip import HOME, AlertLine, coach_of, line_of, mine, strip_of
from broker.web.visitor.stream import EventStream
from broker.web.visitor.writing import Notice, new_mark, read_line

ACT = "alert_ack"
BEAT_S = 5.0
ASK_AGAIN_BEATS = 6
"""So often it is asked whether the session behind an open strip still counts."""
REASON_MAX = 200
PATIENCE_S = 3.0
_WAYS = {"email": mark("E-mail"), "webhook": mark("Webhook")}

_FAULTS: Mapping[Fault, str] = {
    "unreachable": mark("it cannot be reached"),
    "tls": mark("no safe connection: see its certificate, and tls in config.yaml"),
    "login": mark("it does not take user and password"),
    "refused": mark("it refuses what is sent"),
}


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """What stands, and what stood lately."""

    title: str
    frame: Frame
    mark: str
    lines: tuple[AlertLine, ...]
    empty: str
    reason: str
    sound: str
    history_title: str
    columns: tuple[str, ...]
    history: tuple[tuple[str, ...], ...]
    no_history: str
    ways_out: tuple[tuple[str, str, bool], ...] = ()
    """How what is sent fares: of which way, in words, and whether it is at fault."""
    ways_title: str = ""
    notice: Notice | None = None


@dataclass(slots=True)
class AlertPages:
    """What is shown of alerts, and who sees to them."""

    database: Path | None = None
    sender: Sender | None = None
    officers: Mapping[str, str] = field(default_factory=dict)
    """Their names by their ids; who is not among them is told by the id, as it stands in the journal."""
    reporter: Reporter | None = None
    """Asked for what stood where a database server has the journal."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (
                Page(HOME, self.alerts, "alert_ack"),
                Page(f"{HOME}/events", self.events),
                Page(f"{HOME}/seen", self.seen, "alert_ack", "POST"),
            ),
            (Entry(HOME, mark("Alerts"), "alert_ack"),),
        )

    async def alerts(self, desk: Desk) -> Response:
        """Show what stands and what stood."""
        return await self._alerts(desk)

    async def _alerts(self, desk: Desk, *, notice: Notice | None = None, status: int = 200) -> Response:
        p, office = desk.p, desk.office
        stood = await self._history()
        role, zone = desk.staff.role, desk.zone
        theirs = [self._named(one) for one in stood or () if role in one.alert.roles]
        shown = AlertsPage(
            title=p.say("Alerts"),
            frame=desk.frame(HOME),
            mark=new_mark(),
            lines=tuple(line_of(p, one, office.offer, may=True) for one in mine(office, desk.staff)),
            empty=p.say("Nothing needs anybody now."),
            reason=p.say("Note (may stay empty)"),
            sound=p.say("A sound with each new alert, at this browser"),
            history_title=p.say("The last days"),
            columns=(p.say("Raised"), p.say("What"), p.say("Seen to by"), p.say("Over")),
            history=tuple(_stood(p, one, office.offer, zone) for one in theirs),
            no_history=p.say("What stood before is kept on the machine of the database.")
            if stood is None
            else p.say("Nothing yet."),
            ways_out=tuple(
                (p.say(_WAYS[way]), told_of(p, state, zone), state.fault is not None)
                for way, state in ({} if self.sender is None else self.sender.states).items()
            ),
            ways_title=p.say("Sent to others"),
            notice=notice,
        )
        return desk.show("staff/alerts.html", shown, status=status)

    async def _history(self) -> list[Told] | None:
        """Return what stood lately; None where the journal is not here, or does not answer in time."""
        if self.database is not None:
            return await asyncio.to_thread(read_history, self.database)
        if self.reporter is None or not self.reporter.can_be_made():
            return None
        wanted = Wanted("alerts", (("lines", str(LINES)),), "en")
        made = await self.reporter.made(wanted, patience_s=PATIENCE_S)
        return None if isinstance(made, int) or made.status != "made" else told_by(json.loads(made.content))

    def _named(self, told: Told) -> Told:
        name = self.officers.get(told.alert.acknowledged_by or "")
        return replace(told, alert=told.alert.model_copy(update={"acknowledged_name": name}))

    async def seen(self, desk: Desk) -> Response:
        """Say that one sees to an alert."""
        fields = await desk.form()
        arguments = {"alert": fields.get("alert", "")[:200] or "-", "reason": read_line(fields, "reason")[:REASON_MAX]}
        reply = await desk.reply("alert_ack", {name: one for name, one in arguments.items() if one})
        if reply.error is not None:
            if reply.error.code == "not_allowed":
                raise NotTheirsError(ACT)
            await desk.require(ACT)
            return await self._alerts(desk, notice=refused(desk.p, reply.error), status=UNFINISHED)
        return RedirectResponse(HOME, status_code=303)

    async def events(self, desk: Desk) -> Response:
        """Keep the strip of an open page true, for as long as its session counts."""
        await desk.require("own_figures")
        return EventStream(lambda line: OpenStrip(desk, line).begin(self.tasks))


def _stood(p: Phrases, told: Told, offer: OfficeMessage | None, zone: dt.tzinfo) -> tuple[str, ...]:
    def moment(at: dt.datetime | None) -> str:
        local = None if at is None else at.astimezone(zone)
        return "" if local is None else f"{p.day(local.date())}, {p.clock(local)}"

    alert = told.alert
    by = alert.acknowledged_name or alert.acknowledged_by
    seen = "" if by is None else f"{by} ({moment(alert.acknowledged_at)})"
    over = moment(told.ended_at) or p.say("stands")
    return moment(alert.since), alert_words(p, alert, offer), seen, over


def told_of(p: Phrases, state: State, zone: dt.tzinfo) -> str:
    """Return how a way fares, in words."""
    if state.fault is not None and state.waiting:
        return p.say("{fault}; {n} wait and are sent again", fault=p.say(_FAULTS[state.fault]), n=state.waiting)
    if state.fault is not None:
        return p.say(_FAULTS[state.fault])
    if state.sent_at is None:
        return p.say("nothing was sent yet")
    return p.say("sent, last at {time}", time=p.clock(state.sent_at.astimezone(zone)))


class OpenStrip:
    """The strip of one page that is open."""

    def __init__(self, desk: Desk, line: Line) -> None:
        """Show on a line what stands for whoever has the page open."""
        self._desk, self._line = desk, line
        self._shown: str | None = None
        self._is_over = False
        self._is_wall = WALL in desk.request.query_params
        self._site = site_of(desk.request)

    def begin(self, tasks: set[asyncio.Task[None]]) -> None:
        """Show what stands, and each change of it."""
        office = self._desk.office
        office.on_alerts.append(self._show)

        def lost() -> None:
            self._is_over = True
            if self._show in office.on_alerts:
                office.on_alerts.remove(self._show)

        self._line.serve(on_room=self._show, on_lost=lost)
        self._show()
        asking = asyncio.get_running_loop().create_task(self._ask_now_and_then())
        tasks.add(asking)
        asking.add_done_callback(tasks.discard)

    def _show(self) -> None:
        strip = strip_of(self._desk.p, self._desk.office, self._desk.known, is_wall=self._is_wall)
        pages, p = self._site.pages, self._desk.p
        coach = coach_of(p, self._desk.office)
        html = one_line(pages.html("staff/alerts_strip.html", p, alerts=strip, coach=coach, wall=self._is_wall))
        if html != self._shown and self._line.has_room():
            self._shown = html
            self._line.send(frame("alerts", html or "-"))

    async def _ask_now_and_then(self) -> None:
        for beat in itertools.count(1):
            await asyncio.sleep(BEAT_S)
            if self._is_over:
                return
            self._show()
            if self._line.has_room():
                self._line.send(frame("beat", "-"))
            if not beat % ASK_AGAIN_BEATS and not await self._may_go_on():
                self._line.end()
                return

    async def _may_go_on(self) -> bool:
        """Tell whether the session still counts; while the engine is away nobody can say."""
        try:
            await self._desk.require("own_figures")
        except AwayError:
            return True
        except (NoSessionError, NotTheirsError, HTTPException):
            return False
        return True
