"""What a supervisor does to the hall from a page: tickets, what is offered today, counters, announcements.

Each form becomes one command of the engine, which alone decides. What was done is said, and can be taken back for half
a minute.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from broker.contract.messages import Error, OfficeMessage
from broker.language import Phrases, mark, own_name
from broker.web.asking import UNAVAILABLE, UNFINISHED, AwayError
from broker.web.page import in_language
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.frame import Entry, Frame, refused
from broker.web.staff.otherwise import WISHES, Known, Otherwise, counter_name, otherwise, place_name
from broker.web.staff.standing import HOME as BOARD
from broker.web.staff.standing import ticket_url
from broker.web.visitor.writing import Field, Fields, Notice, Option, away, is_ticked, mark_of, new_mark, read_line

HOME = "/staff/acts"
PLACES = f"{HOME}/for"
REASON_MAX, TEXT_MAX = 500, 300
SERVICE, LANE, STAGE, COUNTER, TICKET = "service", "lane", "stage", "counter", "ticket"
_SAID_BY_BOARDS = frozenset({"quota", "ask_counter", "staff_undo"})
"""What only the board's own picture says, which comes within a second: what is taken back may be such a thing."""

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
class At:
    """What acts are about, where they stand beside it: a service, a lane, a counter or a ticket."""

    kind: str
    name: str
    number: str = ""
    """Of a ticket."""

    @property
    def home(self) -> str:
        """Return where one came from, and goes back to."""
        return ticket_url(self.name) if self.kind == TICKET else BOARD

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.name, self.number) if part)


@dataclass(frozen=True, slots=True)
class Choice:
    """One list to choose from."""

    name: str
    label: str
    options: tuple[Option, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One act that can be asked for."""

    act: str
    title: str
    hint: str
    send: str
    hidden: tuple[tuple[str, str], ...] = ()
    """What need not be chosen, for it is clear from where the form stands."""
    choices: tuple[Choice, ...] = ()
    lines: tuple[tuple[Field, str], ...] = ()
    """Fields of one line, each with its type of input."""
    ticks: tuple[Option, ...] = ()
    reason: Field | None = None
    buttons: tuple[Option, ...] = ()
    """Instead of a choice and one button: what can be asked, one to press each."""
    buttons_name: str = ""
    needs: frozenset[str] = frozenset()
    """Fields that may not stay empty: a browser says so at the field, before anything is sent."""


@dataclass(frozen=True, slots=True)
class ActsPage:
    """What can be done to the hall, and what is otherwise today; or what can be done at one place of it."""

    title: str
    frame: Frame
    mark: str
    forms: tuple[Form, ...]
    today: str
    """Nothing while nobody can say whether who asks may see it."""
    standing: tuple[Otherwise, ...]
    nothing: str
    back: tuple[str, str] | None = None
    """Where one came from."""
    notice: Notice | None = None


# -- what is said --------------------------------------------------------------------------------------------------


def acts_page(
    p: Phrases,
    around: Frame,
    known: Known,
    at: At | None,
    *,
    sent: Fields,
    notice: Notice | None = None,
) -> ActsPage:
    """Return the page, or that of one place; what was `sent` and not done stands in its form still."""
    office = known.offer
    standing = otherwise(p, known, has_officers=True)
    if at is not None:
        standing = tuple(one for one in standing if one.place == str(at))
    return ActsPage(
        title=p.say("Acts") if at is None else _title(p, office, at),
        frame=around,
        mark=new_mark(),
        forms=tuple(make(p, office, sent) for make in (_offer, _intake, _quota, _ticket, _ask, _announce))
        if at is None
        else forms_at(p, known, at, sent, is_closed=any(one.ends.startswith("offer:") for one in standing)),
        today=p.say("Otherwise than usual today"),
        standing=standing,
        nothing=p.say("Everything is as configured."),
        back=None if at is None else (at.home, p.say("Back to the ticket") if at.kind == TICKET else _to_board(p)),
        notice=notice,
    )


def unsent(p: Phrases, around: Frame, known: Known, at: At | None, form_mark: str, *, sent: Fields) -> ActsPage | None:
    """Return the page while the engine does not answer: sent again, what was `sent` is the same request.

    It tells nothing of today, for nobody knows who asks. None where it has no such form.
    """
    page = acts_page(p, around, known, at, sent=sent)
    form = next((one for one in page.forms if one.act == sent["act"]), None)
    if form is None:
        return None
    button = next((one.label for one in form.buttons if one.value == sent.get(form.buttons_name)), form.send)
    return replace(page, mark=form_mark, today="", standing=(), notice=away(p, button))


def forms_at(p: Phrases, known: Known, at: At, sent: Fields, *, is_closed: bool = False) -> tuple[Form, ...]:
    """Return the forms that stand beside a service, a lane, a counter or a ticket."""
    match at.kind:
        case "counter":
            makers = [_ask]
        case "ticket":
            makers = [_ticket]
        case _:
            makers = [_quota] if is_closed else [_offer, _quota]
    return tuple(_beside(make(p, known.offer, sent), known, at) for make in makers)


def _beside(form: Form, known: Known, at: At) -> Form:
    """Return a form without what is clear from where it stands; few things to ask for are a button each."""
    name, value = {TICKET: ("ticket", at.number), COUNTER: (COUNTER, at.name)}.get(at.kind, ("place", str(at)))
    wishes = next((choice for choice in form.choices if choice.name == "wish"), None)
    return replace(
        form,
        title=form.send if form.act == "offer" else form.title,
        hidden=((name, value), ("at", str(at))),
        choices=tuple(choice for choice in form.choices if choice.name not in {name, "wish"}),
        lines=tuple((field, kind) for field, kind in form.lines if field.name != name),
        buttons=()
        if wishes is None
        else tuple(one for one in wishes.options if _is_sensible(known, at.name, one.value)),
        buttons_name="" if wishes is None else wishes.name,
    )


def _is_sensible(known: Known, counter: str, wish: str) -> bool:
    """Tell whether a counter can be asked that as it stands; the engine has the last word."""
    action, _, stage = wish.partition(":")
    of = next((one for one in known.offer.counters if one.id == counter), None)
    state = next((one.state for one in (known.hall.counters if known.hall else ()) if one.id == counter), "closed")
    match action:
        case "open":
            return state in {"closed", "paused"}
        case "pause":
            return state not in {"closed", "paused"}
        case "help":
            return state != "closed" and of is not None and stage not in {*of.stages, *of.borrows}
        case _:
            return False  # what is asked already stands above, with what ends it


def _title(p: Phrases, office: OfficeMessage, at: At) -> str:
    if at.kind == TICKET:
        return p.say("Ticket {number}", number=at.number)
    if at.kind == COUNTER:
        return counter_name(p, office, at.name)
    return place_name(p, office, **{at.kind: at.name})


def _to_board(p: Phrases) -> str:
    return p.say("Back to the board")


def _reason(p: Phrases, act: str, sent: Fields, *, is_needed: bool = True) -> Field:
    label = p.say("Reason, for the journal") if is_needed else p.say("Reason, if it helps")
    return Field("reason", label, read_line(sent, "reason") if sent.get("act") == act else "", limit=REASON_MAX)


def _line(name: str, label: str, act: str, sent: Fields, *, limit: int = 0, hint: str = "") -> Field:
    return Field(name, label, read_line(sent, name) if sent.get("act") == act else "", hint=hint, limit=limit)


def _places(p: Phrases, office: OfficeMessage, act: str, sent: Fields) -> Choice:
    """Return the services and lanes of the office, to choose one."""
    language = p.language
    services = ((f"{SERVICE}:{one.id}", in_language(one.name, language)) for one in office.services)
    lanes = ((f"{LANE}:{one.id}", in_language(one.name, language)) for one in office.lanes)
    return _open_choice(p, _choice("place", p.say("Service or lane"), [*services, *lanes], act, sent))


def _choice(name: str, label: str, options: list[tuple[str, str]], act: str, sent: Fields) -> Choice:
    chosen = sent.get(name) if sent.get("act") == act else None
    found = tuple(Option(value, text, is_chosen=value == chosen) for value, text in options)
    return Choice(name, label, found)


def _open_choice(p: Phrases, choice: Choice) -> Choice:
    """Return a choice in which nothing is chosen before somebody does: what stood there first would be closed."""
    return replace(choice, options=(Option("", p.say("Please choose")), *choice.options))


def _counters(p: Phrases, office: OfficeMessage) -> list[tuple[str, str]]:
    return [(one.id, counter_name(p, office, one.id)) for one in office.counters]


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
        needs=frozenset({"reason"}),
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
        needs=frozenset({"reason"}),
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
        needs=frozenset({"reason"}),
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
        choices=(_open_choice(p, _choice("what", p.say("What shall happen"), what, "ticket", sent)),),
        lines=((_line("ticket", p.say("Number on the ticket"), "ticket", sent, limit=20), "text"),),
        reason=_reason(p, "ticket", sent),
        needs=frozenset({"ticket", "reason"}),
    )


def _ask(p: Phrases, office: OfficeMessage, sent: Fields) -> Form:
    helps = ((f"help:{name}", p.say(WISHES["help"], stage=label)) for name, label in _stages(p, office))
    wishes = [
        ("open:", p.say(WISHES["open"])),
        ("pause:", p.say(WISHES["pause"])),
        *helps,
        ("none:", p.say("nothing any more")),
    ]
    return Form(
        act="ask_counter",
        title=p.say("Ask a counter"),
        hint=p.say("It stands on the counter's window, where the officer answers with one key."),
        send=p.say("Ask"),
        choices=(
            _open_choice(p, _choice("counter", p.say("Counter"), _counters(p, office), "ask_counter", sent)),
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
        needs=frozenset({"ends_at", *(field.name for field, _ in texts)}),
        ticks=(Option("say", p.say("The displays also speak it"), is_chosen=is_ticked(sent, "say")),),
        reason=_reason(p, "announce", sent, is_needed=False),
    )


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
    place = _place_of(fields)
    arguments = {**place, "action": action, **_why(fields)}
    return Asked("offer", arguments, f"offer:{action}", {"what": place_name(p, office, **place)})


def _read_quota(p: Phrases, fields: Fields, office: OfficeMessage, _now: dt.datetime) -> Asked:
    text = read_line(fields, "quota")
    if text and not (text.isascii() and text.isdigit()):
        raise UnreadableError(field="quota")
    quota = int(text[:7]) if text else None
    place = _place_of(fields)
    arguments = {**place, "quota": quota, **_why(fields)}
    values = {"what": place_name(p, office, **place), "quota": text}
    return Asked("quota", arguments, "quota" if text else "quota:none", values)


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
    if not counter:
        raise UnreadableError(field="counter")
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


_ENDS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "offer": ("offer", "place", {"action": "open"}),
    "quota": ("quota", "place", {"quota": ""}),
    "intake": ("intake", "", {"action": "resume"}),
    "counter": ("ask_counter", "counter", {"wish": "none:"}),
    "announcement": ("unannounce", "announcement", {}),
}
"""What ends something that is otherwise today: the act, what it is about, and what it asks for."""


def _read_back(p: Phrases, fields: Fields, office: OfficeMessage, now: dt.datetime) -> Asked:
    kind, _, of = fields.get("ends", "").partition(":")
    act, about, asked = _ENDS.get(kind, ("", "", {}))
    if not act:
        raise UnreadableError(field="ends")
    return _READERS[act](p, {about: of, "reason": p.say("taken back"), **asked}, office, now)


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
    "back": _read_back,
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
            (
                Page(HOME, self.acts, "offer"),
                Page(f"{PLACES}/{{kind}}/{{name}}", self.place, "offer"),
                Page(f"{HOME}/{{act}}", self.done, "offer", "POST"),
            ),
            (Entry(HOME, mark("Acts"), "offer"),),
        )

    async def acts(self, desk: Desk) -> Response:
        """Show what can be done."""
        return self._show(desk, None, {})

    async def place(self, desk: Desk) -> Response:
        """Show what can be done at a service, a lane or a counter."""
        at = At(desk.request.path_params["kind"], desk.request.path_params["name"])
        if at.kind == TICKET or not _is_known(desk.office.offer, at):
            raise HTTPException(404)
        return self._show(desk, at, {})

    async def done(self, desk: Desk) -> Response:
        """Do one act; what came of it is said where one goes on, with the way to take it back."""
        act, fields = str(desk.request.path_params["act"]), await desk.form()
        form_mark = mark_of(fields)
        office, sent, at = desk.office.offer, {**fields, "act": act}, _at_of(fields, desk.office.offer)
        if office is None:
            raise AwayError(act)
        try:
            asked = asked_of(desk.p, act, fields, office, desk.now)
        except UnreadableError as error:
            await desk.require("offer")
            notice = _fault(desk.p, error.field)
            return self._show(desk, at, sent, notice=notice, wrong=error.field, status=UNFINISHED)
        if asked is None:
            raise HTTPException(404)
        try:
            reply = await desk.reply(asked.command, asked.arguments, form_mark)
        except AwayError:
            known = known_of(desk)
            page = known and unsent(desk.p, desk.frame(HOME), known, at, form_mark, sent=sent)
            if page is None:
                raise
            return desk.show("staff/acts.html", page, status=UNAVAILABLE)
        if reply.error is not None:
            await desk.require("offer")
            return self._show(desk, at, sent, notice=_refused(desk.p, reply.error), status=UNFINISHED)
        said = desk.p.say(_DONE[asked.done], **asked.values)
        desk.lately.did(desk.staff, said, can_undo=asked.command != "staff_undo")
        if asked.command in _SAID_BY_BOARDS:
            await desk.office.hear_board()
        return RedirectResponse(_goes_on(desk.frame(), fields.get("home", ""), at), status_code=303)

    def _show(
        self,
        desk: Desk,
        at: At | None,
        sent: Fields,
        *,
        notice: Notice | None = None,
        wrong: str = "",
        status: int = 200,
    ) -> Response:
        known = known_of(desk)
        if known is None:
            raise AwayError(HOME)
        page = acts_page(desk.p, desk.frame(HOME), known, at, sent=sent, notice=notice)
        if wrong:
            page = replace(page, forms=tuple(_marked(desk.p, one, sent, wrong) for one in page.forms))
        return desk.show("staff/acts.html", page, status=status)


def known_of(desk: Desk) -> Known | None:
    """Return what is known of what is otherwise today; None until the office was heard."""
    office = desk.office
    if office.offer is None:
        return None
    return Known(desk.now, office.offer, tuple(office.boards.values()), office.hall, office.announced_by_staff())


def _goes_on(around: Frame, home: str, at: At | None) -> str:
    """Return where somebody goes on: where they were, if that is a page of ours that is theirs."""
    if home in {link.url for link in (*around.links, around.account)}:
        return home
    return HOME if at is None else at.home


def _at_of(fields: Fields, office: OfficeMessage | None) -> At | None:
    """Return beside what a form stood; None where it stood on the page of acts."""
    kind, _, rest = fields.get("at", "").partition(":")
    name, _, number = rest.partition(":")
    at = At(kind, name, number if kind == TICKET else "")
    return at if _is_known(office, at) else None


def _is_known(office: OfficeMessage | None, at: At) -> bool:
    if office is None or at.kind == TICKET:
        return at.kind == TICKET and bool(at.name)
    kinds = {
        SERVICE: [one.id for one in office.services],
        LANE: [one.id for one in office.lanes],
        COUNTER: [one.id for one in office.counters],
    }
    return at.name in kinds.get(at.kind, ())


def _marked(p: Phrases, form: Form, sent: Fields, wrong: str) -> Form:
    """Return a form that was sent with what is wrong in it marked, there where it is."""
    if form.act != sent.get("act"):
        return form
    said = p.say(_FAULTS.get(wrong, "Please choose"))

    def is_wrong(field: Field) -> bool:
        return field.name == wrong or (wrong == "text" and field.name.startswith("text-") and not field.value)

    lines = tuple((replace(field, fault=said) if is_wrong(field) else field, kind) for field, kind in form.lines)
    choices = tuple(replace(one, fault=said if one.name == wrong else "") for one in form.choices)
    reason = replace(form.reason, fault=said) if form.reason is not None and wrong == "reason" else form.reason
    return replace(form, lines=lines, choices=choices, reason=reason)


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
