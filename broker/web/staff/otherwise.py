"""What is otherwise than usual today, in words, each with what ends it: for the board and the page of acts. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from broker.contract.messages import (
    Announcement,
    BoardChange,
    BoardMessage,
    ClosedToday,
    HallMessage,
    OfficeMessage,
)
from broker.language import Phrases, bare_counter, mark
from broker.web.office import closed_by_hand
from broker.web.page import in_language

SAID_YES = dt.timedelta(minutes=10)
SAID_NO = dt.timedelta(hours=1)
"""So long stands what a counter has answered: a yes shows at the counter itself, a no nowhere else."""

WISHES = {"open": mark("open"), "pause": mark("pause after this visitor"), "help": mark("help out with: {stage}")}
_ANSWERS = {
    "accept": mark("{counter} said yes: {wish}"),
    "decline": mark("{counter} said no: {wish}"),
    "left": mark("{counter} signed out without an answer: {wish}"),
}


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One thing that is otherwise today."""

    id: str
    text: str
    about: str
    """Since when, who and why, as far as that may be seen."""
    tone: str = ""
    ends: str = ""
    """What a form sends to end it: kind and place; nothing where it ends by itself."""
    label: str = ""
    """What the button says that ends it."""
    place: str = ""
    """Of which service, lane or counter it is, as the page of that place has it in its address."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of it."""

    now: dt.datetime
    offer: OfficeMessage
    boards: Sequence[BoardMessage]
    hall: HallMessage | None
    announced: Sequence[Announcement] = ()
    """By the staff."""


def otherwise(p: Phrases, known: Known, *, has_officers: bool) -> tuple[Otherwise, ...]:
    """Return all that is otherwise today, what came first above."""
    found = [_in_words(p, known, change, has_officers=has_officers) for change in _newest(known)]
    for one in known.announced:
        text = p.say("Announced: {text}", text=in_language(one.text, p.language))
        until = "" if one.until is None else p.say("until {time}", time=_clock(p, known, one.until))
        found.append(Otherwise(f"o-said-{one.id}", text, until, "", f"announcement:{one.id}", p.say("End it")))
    return tuple(found)


def counter_name(p: Phrases, offer: OfficeMessage, counter: str | None) -> str:
    """Return a counter by what is written above it."""
    label = next((one.label for one in offer.counters if one.id == counter), counter or "")
    return p.say("Counter {counter}", counter=bare_counter(label))


def place_name(p: Phrases, offer: OfficeMessage, service: str | None = None, lane: str | None = None) -> str:
    """Return a service or a lane by its name."""
    names = {one.id: one.name for one in (offer.lanes if service is None else offer.services)}
    identity = lane if service is None else service
    return in_language(names.get(identity or "", {}), p.language) or identity or ""


def _newest(known: Known) -> Iterator[BoardChange]:
    """Yield what is otherwise; the picture of the hall comes sooner, and what it says of the offer goes before."""
    pages = sorted(known.boards, key=lambda page: page.page)
    changes = [change for page in pages for change in page.changes]
    hall = known.hall
    if hall is not None and hall.seq > max((page.seq for page in pages), default=-1):
        said = {(one.service, one.lane) for one in changes if one.kind == "offer"}
        before = [ClosedToday(service=service, lane=lane) for service, lane in said]
        closed = {(one.service, one.lane) for one in closed_by_hand(hall, before)}
        changes = [
            one
            for one in changes
            if one.kind not in {"offer", "intake"} or (one.kind == "offer" and (one.service, one.lane) in closed)
        ]
        new = [one for one in hall.closed_today if (one.service, one.lane) not in said]
        changes += [BoardChange(kind="offer", at=hall.at, service=one.service, lane=one.lane) for one in new]
        if hall.intake is not None:
            stopped = next((one for page in pages for one in page.changes if one.kind == "intake"), None)
            stop = stopped or BoardChange(kind="intake", at=hall.at)
            changes.append(stop.model_copy(update={"until": hall.intake.until}))
    helping = set()
    for change in changes:
        if change.kind == "help":  # one for each stage, and all of a counter's end together
            if change.counter in helping:
                continue
            helping.add(change.counter)
        stands = SAID_YES if change.answer == "accept" else SAID_NO
        is_helping = change.answer == "accept" and change.action == "help"  # the help itself says so
        if change.kind != "answered" or (known.now - change.at < stands and not is_helping):
            yield change


def _in_words(p: Phrases, known: Known, change: BoardChange, *, has_officers: bool) -> Otherwise:
    counter, offer = counter_name(p, known.offer, change.counter), known.offer
    place = f"service:{change.service}" if change.service is not None else f"lane:{change.lane}"
    what = place_name(p, offer, change.service, change.lane)
    stages = {one.id: in_language(one.name, p.language) for one in offer.stages}
    stage = stages.get(change.stage or "", change.stage or "")
    wish = p.say(WISHES[change.action], stage=stage) if change.action is not None else ""
    about = _about(p, known, change, has_officers=has_officers)
    match change.kind:
        case "offer":
            text, ends, label = p.say("Closed today: {what}", what=what), f"offer:{place}", p.say("Open again")
        case "quota":
            said = p.count("{what}: {n} number today", "{what}: {n} numbers today", change.quota or 0, what=what)
            text, ends, label = said, f"quota:{place}", p.say("As configured")
        case "intake":
            text = (
                p.say("No numbers are given out today.")
                if change.until is None
                else p.say("No numbers are given out until {time}.", time=_clock(p, known, change.until))
            )
            place, ends, label = "", "intake", p.say("Give out numbers again")
        case "help":
            of_it = [one for page in known.boards for one in page.changes if one.counter == change.counter]
            helps = (one.stage or "" for one in of_it if one.kind == "help")
            all_stages = " \N{MIDDLE DOT} ".join(stages.get(one, one) for one in helps)
            text = p.say("{counter} helps out with: {stage}", counter=counter, stage=all_stages)
            is_asked = any(one.kind == "asked" for one in of_it)
            place, ends, label = f"counter:{change.counter}", f"counter:{change.counter}", p.say("End the help")
            ends, label = ("", "") if is_asked else (ends, label)  # the question that is open would go first
        case "asked":
            text = p.say("{counter} is asked, and has not answered yet: {wish}", counter=counter, wish=wish)
            place, ends, label = f"counter:{change.counter}", f"counter:{change.counter}", p.say("Ask no more")
        case "answered":
            text = p.say(_ANSWERS[change.answer or "decline"], counter=counter, wish=wish)
            place, ends, label = f"counter:{change.counter}", "", ""
    tone = "warn" if change.kind == "answered" and change.answer != "accept" else ""
    of_stage = "" if change.kind == "help" else change.stage or ""
    identity = "-".join(("o", change.kind, place.replace(":", "-"), of_stage))
    return Otherwise(identity, text, about, tone, ends, label, place)


def _about(p: Phrases, known: Known, change: BoardChange, *, has_officers: bool) -> str:
    """Return since when, who and why."""
    time = _clock(p, known, change.at)
    parts = [time if change.kind == "answered" else p.say("since {time}", time=time)]
    if has_officers:
        parts += [change.by] if change.by else []
        parts += [p.say("asked by {officer}", officer=change.asked_by)] if change.asked_by else []
        parts += [change.reason] if change.reason else []
    return " \N{MIDDLE DOT} ".join(parts)


def _clock(p: Phrases, known: Known, at: dt.datetime) -> str:
    return p.clock(at.astimezone(known.now.tzinfo))


def without_ends(found: Sequence[Otherwise]) -> tuple[Otherwise, ...]:
    """Return the same for whoever may not end it, and for a wall."""
    return tuple(replace(one, ends="", label="") for one in found)
