"""What a supervisor does to the hall from a page: tickets, what is offered today, counters, announcements.

Each form becomes one command of the engine, which alone decides. What was done is said, and can be taken back for half
a minute.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker.contract.messages import Announcement, Error, HallMessage, OfficeMessage
from broker.language import Phrases, mark, own_name
from broker.web.asking import UNAVAILABLE, UNFINISHED, AwayError
from broker.web.page import in_language
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.frame import Entry, Frame, refused
from broker.web.visitor.writing import Field, Fields, Notice, Option, away, is_ticked, mark_of, new_mark, read_line

HOME = "/staff/acts"
REASON_MAX, TEXT_MAX = 500, 300
SERVICE, LANE, STAGE, COUNTER = "service", "lane", "stage", "counter"

_DONE: Mapping[str, str] = {
    "offer:close": mark("{what} gives out no more numbers today."),
    "offer:open": mark("{what} gives out numbers again."),
    "quota": mark("{what}: {quota} numbers today."),
    "quota:none": mark("{what}: as many numbers as configured."),
    "intake:stop": mark("No numbers are given out for now. The kiosks say when to come back."),
    "intake:resume": mark("Numbers are given out again."),
    "staff_transfer": mark("{number} was sent on."),
    "staff_cancel": mark("{number} is cancelled."),
    "staff_call": mark("{number} is called to {what}."),
    "staff_undo": mark("Your last act is taken back."),
    "ask_counter": mark("{what} is asked. The answer shows at the counter."),
    "ask_counter:none": mark("{what} is asked no more."),
    "announce": mark("It is announced now, on all displays and phones."),
    "unannounce": mark("The announcement has ended."),
}
_FAULTS: Mapping[str, str] = {
    "reason": mark("Please say why: the reason goes into the journal."),
    "resume_at": mark("Please give a later time of today."),
    "ends_at": mark("Please give a later time of today."),
    "text": mark("Please write it in all languages, in few words."),
    "stage": mark("Please choose the stage it is to help with."),
    "quota": mark("Please give a whole number, or leave it empty."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing that is otherwise today, and the form that ends it."""

    text: str
    act: str
    values: tuple[tuple[str, str], ...]
    label: str
    reason: Field


@dataclass(frozen=True, slots=True)
class Choice:
    """One list to choose from."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One act that can be asked for."""

    act: str
    title: str
    hint: str
    send: str
    choices: tuple[Choice, ...] = ()
    lines: tuple[tuple[Field, str], ...] = ()
    """Fields of one line, each with its type of input."""
    ticks: tuple[Option, ...] = ()
    reason: Field | None = None


@dataclass(frozen=True, slots=True)
class ActsPage:
    """What can be done to the hall, and what is otherwise today."""

    title: str
    frame: Frame
    mark: str
    forms: tuple[Form, ...]
    today: str
    standing: tuple[Standing, ...]
    nothing: str
    undo: str
    """Offered just after an act."""
    notice: Notice | None = None


# -- what is said --------------------------------------------------------------------------------------------------


def acts_page(
    p: Phrases,
    around: Frame,
    office: OfficeMessage,
    hall: HallMessage | None,
    announced: tuple[Announcement, ...],
    *,
    sent: Fields,
    notice: Notice | None = None,
    undo: bool = False,
) -> ActsPage:
    """Return the page; what was `sent` and not done stands in its form still."""
    return ActsPage(
        title=p.say("Acts"),
        frame=around,
        mark=new_mark(),
        forms=tuple(make(p, office, sent) for make in (_offer, _intake, _quota, _ticket, _ask, _announce)),
        today=p.say("Otherwise than usual today"),
        standing=tuple(_standing(p, office, hall, announced)),
        nothing=p.say("Everything is as configured."),
        undo=p.say("Take it back") if undo else "",
        notice=notice,
    )


def _reason(p: Phrases, act: str, sent: Fields, *, is_needed: bool = True) -> Field:
    label = p.say("Reason, for the journal") if is_needed else p.say("Reason, if it helps")
    return Field("reason", label, read_line(sent, "reason") if sent.get("act") == act else "", limit=REASON_MAX)


def _line(name: str, label: str, act: str, sent: Fields, *, limit: int = 0, hint: str = "") -> Field:
    return Field(name, label, read_line(sent, name) if sent.get("act") == act else "", hint=hint, limit=limit)


def _places(p: Phrases, office: OfficeMessage, act: str, sent: Fields) -> Choice:
    """Return the services and lanes of the office, to choose one."""
    language = p.language
    services = ((f"{SERVICE}:{one.id}", in_language(one.name, language)) for one in office.services)
    lanes = ((f"{LANE}:{one.id}", p.say("Lane {name}", name=in_language(one.name, language))) for one in office.lanes)
    return _choice("place", p.say("Service or lane"), [*services, *lanes], act, sent)


def _choice(name: str, label: str, options: list[tuple[str, str]], act: str, sent: Fields) -> Choice:
    chosen = sent.get(name) if sent.get("act") == act else None
    return Choice(name, label, tuple(Option(value, text, is_chosen=value == chosen) for value, text in options))


def _counters(p: Phrases, office: OfficeMessage) -> list[tuple[str, str]]:
    return [(one.id, p.say("Counter {name}", name=one.label)) for one in office.counters]


def _stages(p: Phrases, office: OfficeMessage) -> list[tuple[str, str]]:
    return [(one.id, in_language(one.name, p.language)) for one in office.stages]


def _offer(p: Phrases, office: OfficeMessage, sent: Fields) -> Form:
    return Form(
        act="offer",
        title=p.say("Close a service or a lane for today"),
        hint=p.say("Whoever has a number is served. It opens by itself with the next office day."),
        send=p.say("Close for today"),
        choices=(_places(p, office, "offer", sent),),
        reason=_reason(p, "offer", sent),
    )


def _intake(p: Phrases, _office: OfficeMessage, sent: Fields) -> Form:
    until = p.say("Numbers again from (time of today)")
    return Form(
        act="intake",
        title=p.say("Give out no numbers at all"),
        hint=p.say("Without a time: not any more today. The kiosks say when to come back."),
        send=p.say("Stop the numbers"),
        lines=((_line("resume_at", until, "intake", sent), "time"),),
        reason=_reason(p, "intake", sent),
    )


def _quota(p: Phrases, office: OfficeMessage, sent: Fields) -> Form:
    return Form(
        act="quota",
        title=p.say("Change how many numbers there are today"),
        hint=p.say("Empty: as configured."),
        send=p.say("Change for today"),
        choices=(_places(p, office, "quota", sent),),
        lines=((_line("quota", p.say("Numbers today"), "quota", sent, limit=6), "text"),),
        reason=_reason(p, "quota", sent),
    )


def _ticket(p: Phrases, office: OfficeMessage, sent: Fields) -> Form:
    language = p.language
    to_stage = ((f"{STAGE}:{name}", p.say("Send to: {where}", where=label)) for name, label in _stages(p, office))
    to_service = (
        (f"{SERVICE}:{one.id}", p.say("Change the service to: {where}", where=in_language(one.name, language)))
        for one in office.services
    )
    counters = _counters(p, office)
    to_counter = ((f"to_{COUNTER}:{name}", p.say("Send to: {where}", where=label)) for name, label in counters)
    call_at = ((f"call:{name}", p.say("Call it now to: {where}", where=label)) for name, label in counters)
    cancel = ("cancel:", p.say("Cancel the number"))
    what = [*call_at, *to_counter, *to_stage, *to_service, cancel]
    return Form(
        act="ticket",
        title=p.say("Move, call or cancel one number"),
        hint=p.say("A counter can call it if it is open and free."),
        send=p.say("Do it"),
        choices=(_choice("what", p.say("What shall happen"), what, "ticket", sent),),
        lines=((_line("ticket", p.say("Number on the ticket"), "ticket", sent, limit=20), "text"),),
        reason=_reason(p, "ticket", sent),
    )


def _ask(p: Phrases, office: OfficeMessage, sent: Fields) -> Form:
    helps = ((f"help:{name}", p.say("help out with: {stage}", stage=label)) for name, label in _stages(p, office))
    wishes = [
        ("open:", p.say("open")),
        ("pause:", p.say("pause after this visitor")),
        *helps,
        ("none:", p.say("nothing any more")),
    ]
    return Form(
        act="ask_counter",
        title=p.say("Ask a counter"),
        hint=p.say("It stands on the counter's window, where the officer answers with one key."),
        send=p.say("Ask"),
        choices=(
            _choice("counter", p.say("Counter"), _counters(p, office), "ask_counter", sent),
            _choice("wish", p.say("Please"), wishes, "ask_counter", sent),
        ),
        reason=_reason(p, "ask_counter", sent, is_needed=False),
    )


def _announce(p: Phrases, office: OfficeMessage, sent: Fields) -> Form:
    texts = tuple(
        (_line(f"text-{code}", own_name(code), "announce", sent, limit=TEXT_MAX), "text") for code in office.languages
    )
    ends = _line("ends_at", p.say("Until (time of today)"), "announce", sent)
    return Form(
        act="announce",
        title=p.say("Announce something"),
        hint=p.say("It stands on all displays and phones until then."),
        send=p.say("Announce"),
        lines=(*texts, (ends, "time")),
        ticks=(Option("say", p.say("The displays also speak it"), is_chosen=is_ticked(sent, "say")),),
        reason=_reason(p, "announce", sent, is_needed=False),
    )


def _standing(
    p: Phrases, office: OfficeMessage, hall: HallMessage | None, announced: tuple[Announcement, ...]
) -> list[Standing]:
    """Return what is otherwise today, each with what ends it."""
    found: list[Standing] = []
    if hall is not None and hall.intake is not None:
        until = hall.intake.until
        text = (
            p.say("No numbers are given out today.")
            if until is None
            else p.say("No numbers are given out until {time}.", time=p.clock(until))
        )
        found.append(_ending(p, text, "intake", {"action": "resume"}, p.say("Give out numbers again")))
    names = {one.value: one.label for one in _places(p, office, "", {}).options}
    for closed in () if hall is None else hall.closed_today:
        place = f"{SERVICE}:{closed.service}" if closed.service is not None else f"{LANE}:{closed.lane}"
        text = p.say("Closed today: {what}", what=names.get(place, place))
        found.append(_ending(p, text, "offer", {"place": place, "action": "open"}, p.say("Open again")))
    for one in announced:
        text = p.say("Announced: {text}", text=in_language(one.text, p.language))
        found.append(_ending(p, text, "unannounce", {"announcement": one.id}, p.say("End it")))
    return found


def _ending(p: Phrases, text: str, act: str, values: Mapping[str, str], label: str) -> Standing:
    return Standing(text, act, tuple(values.items()), label, _reason(p, "", {}, is_needed=act != "unannounce"))


# -- what is asked -------------------------------------------------------------------------------------------------


class UnreadableError(Exception):
    """A form of which something cannot be understood: `field` names it."""

    def __init__(self, *, field: str) -> None:
        """Name the field."""
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as a form asks for it, and what is said once it is done."""

    command: str
    arguments: Mapping[str, Any]
    done: str
    values: Mapping[str, str]


def asked_of(p: Phrases, act: str, fields: Fields, office: OfficeMessage, now: dt.datetime) -> Asked | None:
    """Return what a form asks for; None where there is no such act. Raises UnreadableError."""
    read = _READERS.get(act)
    return None if read is None else read(p, fields, office, now)


def _read_offer(p: Phrases, fields: Fields, office: OfficeMessage, _now: dt.datetime) -> Asked:
    action = "open" if fields.get("action") == "open" else "close"
    arguments = {**_place_of(fields), "action": action, **_why(fields)}
    return Asked("offer", arguments, f"offer:{action}", {"what": _name_of(p, fields, office)})


def _read_quota(p: Phrases, fields: Fields, office: OfficeMessage, _now: dt.datetime) -> Asked:
    text, what = read_line(fields, "quota"), _name_of(p, fields, office)
    if text and not (text.isascii() and text.isdigit()):
        raise UnreadableError(field="quota")
    quota = int(text[:7]) if text else None
    arguments = {**_place_of(fields), "quota": quota, **_why(fields)}
    return Asked("quota", arguments, "quota" if text else "quota:none", {"what": what, "quota": text})


def _read_intake(_p: Phrases, fields: Fields, _office: OfficeMessage, now: dt.datetime) -> Asked:
    if fields.get("action") == "resume":
        return Asked("intake", {"action": "resume", **_why(fields)}, "intake:resume", {})
    until = _time_of(fields, "resume_at", now)
    arguments = {"action": "stop", **({} if until is None else {"resume_at": until}), **_why(fields)}
    return Asked("intake", arguments, "intake:stop", {})


def _read_ticket(p: Phrases, fields: Fields, office: OfficeMessage, _now: dt.datetime) -> Asked:
    number = read_line(fields, "ticket").upper()
    kind, _, where = fields.get("what", "").partition(":")
    arguments: dict[str, Any] = {"ticket": number or "-", **_why(fields)}
    labels = dict(_counters(p, office))
    values = {"number": number, "what": labels.get(where, where)}
    match kind:
        case "cancel":
            return Asked("staff_cancel", arguments, "staff_cancel", values)
        case "call":
            return Asked("staff_call", arguments | {"counter": where}, "staff_call", values)
        case "stage" | "service" | "to_counter":
            return Asked("staff_transfer", arguments | {kind: where}, "staff_transfer", values)
        case _:
            raise UnreadableError(field="what")


def _read_ask(p: Phrases, fields: Fields, office: OfficeMessage, _now: dt.datetime) -> Asked:
    action, _, stage = fields.get("wish", "").partition(":")
    counter = fields.get("counter", "")
    arguments: dict[str, Any] = {"counter": counter, "action": action}
    arguments |= {"stage": stage} if stage else {}
    arguments |= {"reason": reason} if (reason := read_line(fields, "reason")) else {}
    labels = dict(_counters(p, office))
    done = "ask_counter:none" if action == "none" else "ask_counter"
    return Asked("ask_counter", arguments, done, {"what": labels.get(counter, counter)})


def _read_announce(_p: Phrases, fields: Fields, office: OfficeMessage, now: dt.datetime) -> Asked:
    text = {code: read_line(fields, f"text-{code}") for code in office.languages}
    if not all(text.values()):
        raise UnreadableError(field="text")
    ends = _time_of(fields, "ends_at", now)
    if ends is None:
        raise UnreadableError(field="ends_at")
    arguments: dict[str, Any] = {"text": text, "ends_at": ends, "say": is_ticked(fields, "say")}
    arguments |= {"reason": reason} if (reason := read_line(fields, "reason")) else {}
    return Asked("announce", arguments, "announce", {})


def _read_unannounce(_p: Phrases, fields: Fields, _office: OfficeMessage, _now: dt.datetime) -> Asked:
    arguments: dict[str, Any] = {"announcement": fields.get("announcement", "")}
    arguments |= {"reason": reason} if (reason := read_line(fields, "reason")) else {}
    return Asked("unannounce", arguments, "unannounce", {})


def _read_undo(_p: Phrases, _fields: Fields, _office: OfficeMessage, _now: dt.datetime) -> Asked:
    return Asked("staff_undo", {}, "staff_undo", {})


_READERS: Mapping[str, Callable[[Phrases, Fields, OfficeMessage, dt.datetime], Asked]] = {
    "offer": _read_offer,
    "quota": _read_quota,
    "intake": _read_intake,
    "ticket": _read_ticket,
    "ask_counter": _read_ask,
    "announce": _read_announce,
    "unannounce": _read_unannounce,
    "undo": _read_undo,
}


def _why(fields: Fields) -> dict[str, str]:
    reason = read_line(fields, "reason")
    if not reason:
        raise UnreadableError(field="reason")
    return {"reason": reason}


def _place_of(fields: Fields) -> dict[str, str]:
    kind, _, name = fields.get("place", "").partition(":")
    if kind not in {SERVICE, LANE}:
        raise UnreadableError(field="place")
    return {kind: name}


def _name_of(p: Phrases, fields: Fields, office: OfficeMessage) -> str:
    kind, _, name = fields.get("place", "").partition(":")
    offered = {one.id: one.name for one in (office.services if kind == SERVICE else ())}
    offered |= {one.id: one.name for one in (office.lanes if kind == LANE else ())}
    return in_language(offered.get(name, {}), p.language) or name


def _time_of(fields: Fields, name: str, now: dt.datetime) -> str | None:
    """Return a time of today as the wire has it; None where none was given."""
    text = read_line(fields, name).replace(".", ":")
    if not text:
        return None
    try:
        at = dt.time.fromisoformat(text[:5])
    except ValueError:
        raise UnreadableError(field=name) from None
    return now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0).isoformat()


class ActsPages:
    """What a supervisor does to the hall."""

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (Page(HOME, self.acts, "offer"), Page(f"{HOME}/{{act}}", self.done, "offer", "POST")),
            (Entry(HOME, mark("Acts"), "offer"),),
        )

    async def acts(self, desk: Desk) -> Response:
        """Show what can be done."""
        return self._show(desk, {})

    async def done(self, desk: Desk) -> Response:
        """Do one act, and say what came of it."""
        act, fields = str(desk.request.path_params["act"]), await desk.form()
        office, sent = desk.office.offer, {**fields, "act": act}
        if office is None:
            raise AwayError(act)
        try:
            asked = asked_of(desk.p, act, fields, office, desk.office.clock.now().astimezone(desk.zone))
        except UnreadableError as error:
            return self._show(desk, sent, notice=_fault(desk.p, error.field), status=UNFINISHED)
        if asked is None:
            raise HTTPException(404)
        try:
            reply = await desk.reply(asked.command, asked.arguments, mark_of(fields))
        except AwayError:
            return self._show(desk, sent, notice=away(desk.p, desk.p.say("Do it")), status=UNAVAILABLE)
        if reply.error is not None:
            return self._show(desk, sent, notice=_refused(desk.p, reply.error), status=UNFINISHED)
        said = Notice("done", desk.p.say(_DONE[asked.done], **asked.values))
        return self._show(desk, {}, notice=said, undo=asked.command != "staff_undo")

    def _show(
        self, desk: Desk, sent: Fields, *, notice: Notice | None = None, undo: bool = False, status: int = 200
    ) -> Response:
        office = desk.office.offer
        if office is None:
            raise AwayError(HOME)
        told = desk.office.announcements
        made_here = tuple(one for one in (told.items if told else ()) if one.by_staff)
        page = acts_page(
            desk.p, desk.frame(HOME), office, desk.office.hall, made_here, sent=sent, notice=notice, undo=undo
        )
        return desk.show("staff/acts.html", page, status=status)


def _fault(p: Phrases, field: str) -> Notice:
    return Notice("error", p.say(_FAULTS.get(field, mark("Something is missing. Please look at what is marked."))))


def _refused(p: Phrases, error: Error) -> Notice:
    """Return why something was not done."""
    field = str(error.detail.get("field", ""))
    if error.code == "bad_request" and field in _FAULTS:
        return _fault(p, field)
    if error.code == "nothing_to_undo":
        return Notice(
            "error", p.say("It cannot be taken back any more: half a minute is over, or somebody has gone on with it.")
        )
    return refused(p, error)
