"""Short ways into feedback: an engine whose visitor is done, the staff's sessions, books to compare."""

from __future__ import annotations

import uuid
from copy import deepcopy
from typing import Any

from broker.domain import commands as cmd
from broker.domain.feedback import commands as fb
from broker.domain.feedback.book import Book
from broker.domain.feedback.rules import FeedbackRules
from broker.domain.model import Office
from tests.fakes.engine_room import EngineRoom
from tests.fakes.offices import PIN, small_office

CHECK = "0417"
"""What the papers of these visitors tell."""

HELD = "XYZXYZXYZ"
"""The secret of these complaints' receipts."""


def book_of(room: EngineRoom) -> Book:
    """Return the book of an engine, which has one."""
    book = room.engine._book
    assert book is not None
    return book


def said(book: Book) -> dict[str, Any]:
    """Return all that a book holds, but for what only tells when to draw it."""
    return deepcopy({name: held for name, held in vars(book).items() if name not in {"office", "keyed", "version"}})


def finished(room: EngineRoom, counter: str = "c1", service: str = "visa") -> str:
    """Let a visitor be done at a counter that somebody is signed in at; return the ticket's id."""
    ticket = str(uuid.UUID(int=next(room.ids)))
    room.ask(cmd.Issue(ticket, service, None, None, CHECK, "kiosk-1"))
    room.ask(cmd.Call(counter, room.sessions[counter], ticket))
    room.start(counter)
    room.clock.advance(60)
    room.finish(counter)
    return ticket


def rate(room: EngineRoom, ticket: str, score: fb.Score = 4, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a command
    """Let whoever issued a ticket rate it; return the reply."""
    row = f"row-{next(room.ids)}"
    rated = fb.Rate(ticket, score, asker="kiosk-1", row=row, words_row=f"words-{row}", **more)
    return room.ask(rated, client="kiosk-1")


def staff_in(room: EngineRoom, officer: str = "dewi") -> str:
    """Sign in without a counter; return the session."""
    token = f"staff-{next(room.ids)}"
    reply = room.ask(cmd.StaffIn(officer, PIN, token), client="web-1")
    assert "error" not in reply, reply
    return token


def casebook_office(feedback: FeedbackRules | None = None) -> Office:
    """Return an office with a supervisor (dewi), one who handles complaints (budi) and an officer (sari)."""
    return small_office(
        supervisors=frozenset({"dewi"}), handlers=frozenset({"budi"}), feedback=feedback or FeedbackRules()
    )


def complain(room: EngineRoom, text: str = "It was slow.", *, secret: str = HELD, **more: Any) -> str:  # noqa: ANN401 - fields of a command
    """Complain at the web page; return the number."""
    command = fb.Complain(more.pop("kind", "complaint"), text, secret=secret, **more)
    reply = room.ask(command, client="web")
    assert "error" not in reply, reply
    return max(book_of(room).complaints)


def move(room: EngineRoom, number: str, action: fb.Action, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    """Do something about a complaint; return the reply."""
    return room.ask(fb.MoveComplaint(number, action, **more), client="web")


def look(room: EngineRoom, number: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    """Ask how a complaint stands; return the reply."""
    return room.ask(fb.ReadComplaint(number, **more), client="web")
