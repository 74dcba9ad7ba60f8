"""A training in words: what each step asks, and afterwards what went well and what could be done otherwise.

The review is a pure function of the training's own journal. It is told to whoever trained, and to nobody else: no
report counts it, and nothing of it is sent.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.language import Phrases, mark

TOLD: Mapping[str, str] = {
    "sign_in": mark('Sign in at this counter as "{name}". The PIN of this training is {pin}.'),
    "serve": mark("Visitors have come. Call the next one (Space), press S when they are at the counter, F when done."),
    "priority": mark("Somebody came in the priority lane. Call the next visitor: the system puts them first."),
    "missed": mark("Go on and call the next visitor."),
    "nobody": mark(
        "{number} was called, and nobody comes to the counter. Call once more (R) and look around. "
        "If nobody comes, mark the visitor as not there (N)."
    ),
    "back": mark("{number} has come back and waits again, without having to take another number. Go on calling."),
    "paper": mark(
        "The kiosk has no paper. Say that you see to it: V at your free counter, or the button on the staff's pages. "
        "A colleague then puts the paper in."
    ),
    "busy": mark(
        "Many have come at once, and some will wait longer than was promised. See to the alert (V, or the staff's "
        "pages), ask a colleague to open a counter on the staff's pages, and go on calling."
    ),
    "complaint": mark(
        "An angry visitor has complained. Open Complaints on the staff's pages ({address}), read it calmly, "
        "and say that it was looked at."
    ),
    "rest": mark("Serve who still waits. The training ends when nobody does."),
    "between": mark("Go on serving visitors. What comes next is told here."),
    "over": mark("The training is over. Thank you. What went well stands on the staff's pages and in the terminal."),
}
"""What whoever trains is told at each step."""
LEFT_OUT: Mapping[str, str] = {
    "paper": mark("Paper was left out: no emulated printer was there."),
    "complaint": mark("The complaint was left out: this office takes none, or has no pages for the staff."),
    "priority": mark("The priority lane was left out: this counter has one lane only."),
}

FIRST = "sign_in"
"""The step with which each training begins."""
GOOD_CALLS = 2
"""A visitor who does not come was called so often at least before they are given up."""
SEEN_TO_S, READ_S, IDLE_S = 60, 180, 30
"""So soon an alert is seen to and a complaint looked at; so long a free counter rests at most while people wait."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a journal, as far as a training goes."""

    kind: str
    at: dt.datetime
    facts: Mapping[str, Any]

    def of(self, name: str) -> str:
        """Return a fact as text; empty where there is none."""
        return str(self.facts.get(name) or "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the journal shows: `code` is one of `_WORDS`, with what stands in its sentence."""

    code: str
    is_good: bool
    values: Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Review:
    """All of a training that is told afterwards."""

    served: int
    minutes: int
    is_whole: bool
    """Whether it was played to its end."""
    findings: tuple[Finding, ...] = ()

    @property
    def well(self) -> tuple[Finding, ...]:
        """Return what went well."""
        return tuple(one for one in self.findings if one.is_good)

    @property
    def otherwise(self) -> tuple[Finding, ...]:
        """Return what could be done otherwise."""
        return tuple(one for one in self.findings if not one.is_good)


def review(journal: Sequence[Happened]) -> Review:
    """Return what the journal of a training shows, up to where it goes: of the last one, where several were kept."""
    journal = journal[max((place for place, one in enumerate(journal) if _is_step(one, FIRST)), default=0) :]
    begins = next((one.at for one in journal if one.kind == "training_step"), None)
    ends = next((one.at for one in journal if _is_step(one, "over")), journal[-1].at if journal else None)
    minutes = 0 if begins is None or ends is None else round((ends - begins).total_seconds() / 60)
    is_whole = any(_is_step(one, "over") for one in journal)
    until = [one for one in journal if ends is None or one.at <= ends]
    parts = (_promises, _missed, _back, _paper, _busy, _complaint, _idle)
    findings = tuple(finding for part in parts for finding in part(until))
    return Review(sum(one.kind == "finished" for one in until), minutes, is_whole, findings)


def _is_step(one: Happened, step: str) -> bool:
    return one.kind == "training_step" and one.of("step") == step


def _seconds(begin: Happened, end: Happened) -> int:
    return round((end.at - begin.at).total_seconds())


def _after(journal: Sequence[Happened], begin: Happened, *kinds: str, ticket: str = "") -> Happened | None:
    """Return the first of these kinds after a line, of one ticket where it is named."""
    place = journal.index(begin)
    of_kind = (one for one in journal[place + 1 :] if one.kind in kinds)
    return next((one for one in of_kind if not ticket or one.of("ticket") == ticket), None)


def _promises(journal: Sequence[Happened]) -> Iterator[Finding]:
    """Yield how the promises of first calls were kept, the lane with the shortest promise by itself."""
    seen: set[str] = set()
    waits: list[tuple[int, int]] = []
    for one in journal:
        if one.kind == "called" and one.of("ticket") not in seen:
            seen.add(one.of("ticket"))
            reason = one.facts.get("reason") or {}
            waits.append((int(reason.get("promised_s", 0)), int(reason.get("waited_s", 0))))
    promises = sorted({promised for promised, _ in waits})
    shortest = promises[0] if len(promises) > 1 else None
    for code, mine in (
        ("priority", [wait for wait in waits if wait[0] == shortest]),
        ("promise", [wait for wait in waits if wait[0] != shortest]),
    ):
        if mine:
            kept = sum(waited <= promised for promised, waited in mine)
            yield Finding(code, kept == len(mine), {"kept": kept, "n": len(mine)})


def _missed(journal: Sequence[Happened]) -> Iterator[Finding]:
    """Yield how the visitor was treated who did not come; nothing where they were not called before that was said."""
    place = next((place for place, one in enumerate(journal) if _is_step(one, "nobody")), 0)
    ticket = journal[place].of("about") if journal else ""
    if not ticket or not any(one.kind == "called" and one.of("ticket") == ticket for one in journal[:place]):
        return
    mine = [one for one in journal if one.of("ticket") == ticket]
    end = next((place for place, one in enumerate(mine) if one.kind == "no_show"), None)
    if end is None:
        began = any(one.kind in {"started", "finished"} for one in mine)
        yield Finding("missed_served" if began else "missed_open", is_good=False, values={})
        return
    calls = sum(one.kind in {"called", "recalled"} for one in mine[:end])
    yield Finding("missed", calls >= GOOD_CALLS, {"calls": calls})


def _back(journal: Sequence[Happened]) -> Iterator[Finding]:
    """Yield how long a visitor who came back waited for another call."""
    rejoined = next((one for one in journal if one.kind == "rejoined"), None)
    if rejoined is not None:
        again = _after(journal, rejoined, "called", ticket=rejoined.of("ticket"))
        values = {} if again is None else {"s": _seconds(rejoined, again)}
        yield Finding("back" if again is not None else "back_waits", again is not None, values)


def _paper(journal: Sequence[Happened]) -> Iterator[Finding]:
    """Yield how soon somebody saw to it that the printer had no paper."""
    yield from _seen_to(journal, "paper", "paper_low")


def _busy(journal: Sequence[Happened]) -> Iterator[Finding]:
    """Yield how soon somebody saw to a queue that grew, and whether a colleague was asked to help."""
    yield from _seen_to(journal, "busy", "wait")
    step = next((one for one in journal if _is_step(one, "busy")), None)
    if step is not None:
        yield Finding("help", _after(journal, step, "counter_asked") is not None, {})


def _seen_to(journal: Sequence[Happened], step: str, kind: str) -> Iterator[Finding]:
    """Yield how soon the alert of a step was seen to; nothing where it was never raised."""
    began = next((one for one in journal if _is_step(one, step)), None)
    raised = [one for one in journal if one.kind == "alert_raised" and one.of("kind") == kind]
    if began is None or not raised:
        return
    ids = {one.of("alert") for one in raised}
    seen = next((one for one in journal if one.kind == "alert_acknowledged" and one.of("alert") in ids), None)
    if seen is None:
        yield Finding(f"{step}_unseen", is_good=False, values={})
        return
    first = next(one for one in raised if one.of("alert") == seen.of("alert"))
    yield Finding(step, _seconds(first, seen) <= SEEN_TO_S, {"s": _seconds(first, seen)})


def _complaint(journal: Sequence[Happened]) -> Iterator[Finding]:
    """Yield how soon the complaint was looked at."""
    came = next((one for one in journal if one.kind == "complained"), None)
    if came is None:
        return
    moved = _after(journal, came, "complaint_moved")
    if moved is None:
        yield Finding("complaint_unseen", is_good=False, values={})
    else:
        yield Finding("complaint", _seconds(came, moved) <= READ_S, {"s": _seconds(came, moved)})


_FREE = frozenset({"opened", "finished", "no_show", "held", "resumed", "transferred"})
_NOT_FREE = frozenset({"called", "started", "unheld", "paused", "closed"})
"""After which events of a counter it is free, or not."""


def _idle(journal: Sequence[Happened]) -> Iterator[Finding]:
    """Yield for how long at most the counter that was opened first was free while somebody waited."""
    own = next((one.of("counter") for one in journal if one.kind == "opened"), "")
    waiting: set[str] = set()
    free = False
    since: dt.datetime | None = None
    longest = 0
    for one in journal:
        if since is not None:
            longest = max(longest, round((one.at - since).total_seconds()))
        ticket, is_own = one.of("ticket"), one.of("counter") == own
        if one.kind in {"issued", "rejoined", "transferred"}:
            waiting.add(ticket)
        elif one.kind in {"called", "cancelled"}:
            waiting.discard(ticket)
        if one.kind in _FREE and is_own:
            free = True
        elif one.kind in _NOT_FREE and is_own:
            free = False
        rests = free and bool(waiting)
        since = (since or one.at) if rests else None
    if own:
        yield Finding("idle", longest <= IDLE_S, {"s": longest})


_WORDS: Mapping[str, tuple[str, str]] = {
    "priority": (
        mark("Everybody in the priority lane was called within what was promised ({kept} of {n})."),
        mark(
            "In the priority lane {kept} of {n} were called within what was promised. Calling as soon as the counter "
            "is free helps them most."
        ),
    ),
    "promise": (
        mark("All others were called within what was promised, too ({kept} of {n})."),
        mark("Of all others {kept} of {n} were called within what was promised. That happens when many come at once."),
    ),
    "missed": (
        mark("The visitor who did not come was called {calls} times before being given up: that is fair."),
        mark(
            "The visitor who did not come was given up after one call. Once more (R) helps whoever hears badly, or was "
            "at the toilet."
        ),
    ),
    "missed_served": ("", mark("Nobody had come, but the visitor was marked as there. N says that nobody came.")),
    "missed_open": ("", mark("The visitor who did not come was still called at the end. N frees the counter.")),
    "back": (mark("The visitor who came back was called again after {s} s."), ""),
    "back_waits": ("", mark("The visitor who came back was not called again before the end.")),
    "paper": (
        mark("That the paper was out was seen to after {s} s."),
        mark("That the paper was out was seen to after {s} s. Until then visitors go without a ticket in their hand."),
    ),
    "paper_unseen": ("", mark("Nobody said to see to the paper. V at the free counter tells all others, too.")),
    "busy": (
        mark("That the queue grew beyond what was promised was seen to after {s} s."),
        mark("That the queue grew beyond what was promised was seen to after {s} s; sooner, colleagues can help."),
    ),
    "busy_unseen": ("", mark("Nobody said to see to the long wait. The alert stands at the counter and on the pages.")),
    "help": (
        mark("A colleague was asked to open a counter."),
        mark("When many wait, a colleague can be asked to open a counter: on the staff's pages, under Acts."),
    ),
    "complaint": (
        mark("The complaint was looked at after {s} s."),
        mark("The complaint was looked at after {s} s. A first word soon calms most people down."),
    ),
    "complaint_unseen": (
        "",
        mark("The complaint was not looked at. It stands on the staff's pages, under Complaints."),
    ),
    "idle": (
        mark("The counter was never free for long while somebody waited ({s} s at most)."),
        mark("The counter was free for up to {s} s while somebody waited. Calling at once keeps waits short."),
    ),
}
"""By finding: what is said where it went well, and where it could go otherwise."""


def in_words(p: Phrases, finding: Finding) -> str:
    """Return a finding in a sentence."""
    good, otherwise = _WORDS[finding.code]
    return p.say(good if finding.is_good else otherwise, **finding.values)


@dataclass(frozen=True, slots=True)
class ReviewTold:
    """A review in words."""

    title: str
    intro: str
    well_title: str
    well: tuple[str, ...]
    otherwise_title: str
    otherwise: tuple[str, ...]
    foot: str


def review_told(p: Phrases, found: Review) -> ReviewTold:
    """Return a review in words."""
    visitors = p.count("{n} visitor was served", "{n} visitors were served", found.served)
    minutes = p.count("in {n} minute", "in {n} minutes", found.minutes)
    intro = f"{visitors} {minutes}."
    if not found.is_whole:
        intro += " " + p.say("The training is not over: this is what is known so far.")
    return ReviewTold(
        title=p.say("Your training"),
        intro=intro,
        well_title=p.say("What went well"),
        well=tuple(in_words(p, one) for one in found.well),
        otherwise_title=p.say("What you could try otherwise"),
        otherwise=tuple(in_words(p, one) for one in found.otherwise),
        foot=p.say("Only you see this. It is no test, no report counts it, and it is sent to nobody."),
    )


def read_journal(database: Path) -> list[Happened]:
    """Return the journal of a training, whose data are in a file. Raises sqlite3.Error. Blocks."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=2.0)) as connection:
        rows = connection.execute("SELECT type, body FROM events ORDER BY seq").fetchall()
    return list(happened(rows))


def happened(rows: Iterable[tuple[str, str]]) -> Iterator[Happened]:
    """Yield lines of a journal from their names and bodies."""
    for kind, body in rows:
        facts = json.loads(body)
        yield Happened(kind, dt.datetime.fromisoformat(facts["at"]), facts)
