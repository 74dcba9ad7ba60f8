"""Which papers were begun and what became of them: on disk before it is done, so that a kiosk that was killed knows.

One JSON object a line, synced to the disk: `queued`, then `sent` before the first byte goes, the outcome, and
`acknowledged` when the engine has it; the last line of a paper counts. One that was `sent` is never sent again without
being asked.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import ValidationError

from broker.contract.messages import Ticket
from hardware.files import open_to_append, write_whole
from kiosk.paper.news import PrintOutcome

State = Literal["queued", "sent", "confirmed", "unconfirmed", "failed", "acknowledged"]
OUTCOMES: tuple[str, ...] = get_args(PrintOutcome)
_OLD_WORDS = {"told": "acknowledged"}
"""What versions before 0.2 wrote."""
KEEP = dt.timedelta(hours=48)
"""How long a finished paper is remembered, so that the same one is not begun again."""
MOST_LINES = 4000
"""A thousand papers: a kiosk that is never switched off tidies up after so many lines; half as many papers stay."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper and how far it got; `outcome` stays when it is `acknowledged`."""

    ticket: Ticket
    state: State
    at: dt.datetime
    outcome: PrintOutcome | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """Return what makes this paper the same as another: the ticket and the number of its copy."""
        return key_of(self.ticket)


def key_of(ticket: Ticket) -> str:
    """Return the key of a ticket's present paper."""
    return _key(ticket.id, ticket.copies)


def _key(ticket: str, copies: int) -> str:
    return f"{ticket}/{copies}"


class PrintLog:
    """The papers of one kiosk. Any thread; a call blocks as long as the disk takes, but for `claim` and `state`.

    No fault of the disk is raised: a ticket is worth more than its record.
    """

    def __init__(self, path: Path, now: Callable[[], dt.datetime], *, most_lines: int = MOST_LINES) -> None:
        """Read what an earlier run left, and tidy it up; that is done again after so many lines."""
        self._path = path
        self._now = now
        self._most_lines = most_lines
        self._writing = threading.Lock()
        """Held while the disk is waited for: lines stand there in the order in which things happened."""
        self._reading = threading.Lock()
        """Held for a moment only."""
        self._entries = _read(path)
        self._is_torn = True
        self._tidy()

    def unacknowledged(self) -> tuple[Entry, ...]:
        """Return the papers whose end the engine does not have yet, the oldest first."""
        with self._reading:
            return tuple(entry for entry in self._entries.values() if entry.state != "acknowledged")

    def claim(self, ticket: Ticket) -> bool:
        """Take a paper in, in memory only; False where this very paper was begun before."""
        with self._reading:
            if key_of(ticket) in self._entries:
                return False
            self._entries[key_of(ticket)] = Entry(ticket, "queued", self._now())
            return True

    def keep_claim(self, ticket: Ticket) -> None:
        """Have a claimed paper on disk, if it has not come further meanwhile."""
        with self._writing:
            if self.state(ticket) == "queued":
                self._put(self._entry(ticket))

    def change(self, ticket: Ticket, state: Literal["queued", "sent"]) -> None:
        """Note that the paper waits, is about to be sent, or that nothing of it was sent after all."""
        with self._writing:
            self._put(replace(self._entry(ticket), state=state))

    def end(self, ticket: Ticket, outcome: PrintOutcome, reason: str = "") -> None:
        """Note what became of the paper."""
        with self._writing:
            self._put(replace(self._entry(ticket), state=outcome, outcome=outcome, reason=reason))

    def acknowledged(self, ticket: Ticket) -> None:
        """Note that the engine has the outcome."""
        with self._writing:
            if self.state(ticket) is not None:  # one of too many may have been dropped
                self._put(replace(self._entry(ticket), state="acknowledged"))

    def has(self, ticket: str, copies: int) -> bool:
        """Tell whether this paper of a ticket was begun."""
        with self._reading:
            return _key(ticket, copies) in self._entries

    def state(self, ticket: Ticket) -> State | None:
        """Return how far a paper got."""
        with self._reading:
            entry = self._entries.get(key_of(ticket))
            return None if entry is None else entry.state

    # -- inside -----------------------------------------------------------------------------------------------------

    def _entry(self, ticket: Ticket) -> Entry:
        with self._reading:
            return self._entries[key_of(ticket)]

    def _put(self, entry: Entry) -> None:
        with self._reading:
            self._entries[entry.key] = entry
        line = json.dumps(_line_of(entry)).encode() + b"\n"
        try:
            with open_to_append(self._path) as file:
                # A full disk may have taken half of the last line: this one must not be glued to it.
                file.write(b"\n" + line if self._is_torn else line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self._is_torn = True
            log.error("the print log cannot be written: %s", error)  # noqa: TRY400 - the sentence says it all
        else:
            self._is_torn = False
            self._lines += 1
            if self._lines >= self._most_lines:
                self._tidy()

    def _tidy(self) -> None:
        """Drop what is finished and old, and any line that a power cut left in half."""
        oldest = self._now() - KEEP
        with self._reading:
            kept = [one for one in self._entries.values() if one.state != "acknowledged" or one.at >= oldest]
            # By count too: a clock that stands in the year 2000 makes nothing old, an engine that is never back takes
            # nothing, and a log that is as long as it may be would be written anew with each line.
            self._entries = {one.key: one for one in kept[-(self._most_lines // 2) :]}
            lines = [json.dumps(_line_of(entry)) for entry in self._entries.values()]
        self._lines = 0
        try:
            write_whole(self._path, "".join(f"{line}\n" for line in lines).encode(), durable=True)
        except OSError as error:
            log.error("the print log cannot be written: %s", error)  # noqa: TRY400 - the same
        else:
            self._is_torn = False


def _line_of(entry: Entry) -> dict[str, Any]:
    return {
        "state": entry.state,
        "at": entry.at.isoformat(),
        "ticket": entry.ticket.model_dump(mode="json"),
        "outcome": entry.outcome,
        "reason": entry.reason,
    }


def _read(path: Path) -> dict[str, Entry]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.error("the print log cannot be read: %s", error)  # noqa: TRY400 - the same
        return {}
    entries: dict[str, Entry] = {}
    for line in filter(None, lines):
        try:
            _take(json.loads(line), entries)
        except (ValueError, KeyError, TypeError, ValidationError):
            log.warning("the print log has a line that makes no sense: %.80r", line)
    return entries


def _take(line: dict[str, Any], entries: dict[str, Entry]) -> None:
    state, outcome = _OLD_WORDS.get(line["state"], line["state"]), line["outcome"]
    if state not in get_args(State) or not (outcome is None or outcome in OUTCOMES):
        raise ValueError(state, outcome)
    ticket = Ticket.model_validate(line["ticket"])
    at = dt.datetime.fromisoformat(line["at"])
    entries[key_of(ticket)] = Entry(ticket, state, at, outcome, line["reason"])
