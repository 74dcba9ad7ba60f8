"""Keeps a kiosk's reserve: asks for numbers in advance, gives them out while alone, and hands in whom it gave one.

On the screen's thread; only the writer waits for the disk. Nothing is asked, shown or printed before it is on disk.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from broker.contract.messages import LeasedNumbers, OfficeMessage, Reply, Ticket
from hardware.files import write_whole
from hardware.worker import DeviceWorker
from kiosk.outbox.reserve import Asked, Given, Outbox

LEASE_EVERY_S = 300.0
"""So often it is asked for each service in each lane whether the rush wants more."""
GIVEN_BACK_AT_ONCE = 100
Place = tuple[str, str]
"""(service, lane)."""
GiveUp = Callable[[str, str, Callable[[], None]], None]
"""Takes a ticket with its number back that nobody has, and says when that is done."""

log = logging.getLogger(__name__)


class Asks(Protocol):
    """Who asks until there is an answer, also over a broken link; what is about one ticket in order."""

    def send(
        self,
        command: str,
        arguments: Mapping[str, Any],
        replied: Callable[[Reply], None] = ...,
        *,
        request_id: str | None = None,
    ) -> None:
        """Ask."""
        ...


class Shelf(Protocol):
    """Where the reserve is kept."""

    def found(self) -> bytes | None:
        """Return what an earlier run left; None where that cannot be read."""
        ...

    def put_aside(self) -> None:
        """Keep what was found for a person to look at: the next writing takes its place."""
        ...

    def put(self, data: bytes, told: Callable[[bool], None]) -> None:
        """Replace what is kept; tell whether it outlives a power cut now."""
        ...


class ReserveFile:
    """A file, written by a thread that may wait for the disk."""

    def __init__(self, path: Path, writer: DeviceWorker) -> None:
        """`writer` writes what it is given in order."""
        self._path = path
        self._writer = writer

    def found(self) -> bytes | None:
        """Return what an earlier run left; it blocks, and is asked for once, before anything is shown."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            log.error("the numbers in advance cannot be read: %s", error)  # noqa: TRY400 - it says it all
            return None

    def put_aside(self) -> None:
        """Give the file another name."""
        aside = self._path.with_name(f"{self._path.name}.unreadable")
        try:
            self._path.replace(aside)
        except OSError as error:
            log.error("%s cannot be put aside: %s", self._path, error)  # noqa: TRY400 - the same
        else:
            log.error("put aside: %s. Whoever was given a number of it while the kiosk was alone is in no queue", aside)

    def put(self, data: bytes, told: Callable[[bool], None]) -> None:
        """Replace the file."""
        self._writer.submit(lambda: self._write(data), lambda done: told(done is True))

    def _write(self, data: bytes) -> bool:
        try:
            write_whole(self._path, data, durable=True)
        except OSError as error:
            log.error("numbers in advance cannot be kept: %s", error)  # noqa: TRY400 - the same
            return False
        return True


class Keeper:
    """One kiosk's reserve. `tick` has to be called now and then."""

    def __init__(
        self,
        shelf: Shelf,
        asks: Asks,
        monotonic: Callable[[], float],
        refused: Callable[[str], None] = lambda _state: None,
        *,
        boot: str = "",
    ) -> None:
        """Read what an earlier run left; `refused` tells staff of a paper that counts for nothing.

        `boot` is different after each start of the machine; empty where that is not known.
        """
        self._refused = refused
        self._shelf = shelf
        self._asks = asks
        self._monotonic = monotonic
        found = _read(shelf.found())
        self._is_lost = found is None
        """What an earlier run left makes no sense: somebody may hold a number of it."""
        if found is None:
            shelf.put_aside()
        self._box, self._unsure = (found or Outbox(boot=boot)).since(boot)
        if self._unsure:
            log.warning("%d numbers in advance are of before the machine was started: given back", len(self._unsure))
        self._due_s: dict[Place, float] = {}
        self._is_asking = False
        self._abandoned: set[str] = set()
        """Tickets that nobody got."""

    def recover(self, has_paper: Callable[[str, int], bool], give_up: GiveUp) -> None:
        """Ask again what was asked and not answered, and hand in whom an earlier run gave a number.

        One that was killed before its visitor saw the number is given up too: else it is called, and nobody comes.
        """
        if self._is_lost:
            self._refused("refused, outbox: unreadable")
        for asked in self._box.asked:
            self._ask(asked)
        for given in self._box.given:
            self._hand_in(given)
            if not (given.is_begun or has_paper(given.held.blank.ticket, 0)):
                self.abandon(given, give_up)

    def left(self, service: str, lane: str, now: dt.datetime) -> int:
        """Return how many numbers there are for a service in a lane."""
        return self._box.left(service, lane, now)

    @property
    def unknown(self) -> int:
        """Return how many have a number of which the office does not know yet."""
        return len(self._box.given)

    def give(self, place: Place, language: str, now: dt.datetime, told: Callable[[Given | None], None]) -> None:
        """Give a number out; it is told once it is on disk that somebody has it. None: there is none, or no disk."""
        found = self._box.give(*place, language, now)
        if found is None:
            told(None)
            return
        self._box, given = found

        def written(is_kept: bool) -> None:  # noqa: FBT001 - told by the shelf
            if is_kept:
                self._hand_in(given)
            else:  # else nobody would be called by a number that is on no paper
                self._box = self._box.taken_back(given)
                self._save(lambda _is_kept: None)  # a later writing may have kept it as given
            told(given if is_kept else None)

        self._save(written)

    def begun(self, given: Given) -> None:
        """Keep that a number may be in somebody's hand. The log of papers tells so too, if that can be written."""
        self._box = self._box.begun(given.held.blank.ticket)
        self._save(lambda _is_kept: None)

    def abandon(self, given: Given, give_up: GiveUp) -> None:
        """Let a number be taken back that nobody got; it is kept until that is done, also by a run after this one."""
        blank = given.held.blank
        self._abandoned.add(blank.ticket)
        give_up(blank.ticket, blank.number, lambda: self._is_over(blank.ticket))

    def tick(self, offered: Callable[[], Iterable[Place]], now: dt.datetime, *, is_linked: bool) -> None:
        """Ask for what is missing, one after the other, and give back what is over.

        For what is not offered now nothing is lent. Whoever was cut off may be so again soon, and asks at once.
        """
        if not is_linked:
            self._due_s.clear()
            return
        over = (*self._unsure, *self._box.over(now))[:GIVEN_BACK_AT_ONCE]
        if over:
            self._unsure = tuple(one for one in self._unsure if one not in over)
            self._box = self._box.without(over)
            self._save(lambda is_kept: self._asks.send("give_back", {"tickets": over}) if is_kept else None)
        if self._is_asking:
            return
        due = next((one for one in offered() if self._due_s.get(one, -math.inf) <= self._monotonic()), None)
        if due is not None:
            self._due_s[due] = self._monotonic() + LEASE_EVERY_S
            asked = Asked(id=str(uuid.uuid4()), service=due[0], lane=due[1], holds=self.left(*due, now))
            self._box, self._is_asking = self._box.asking(asked), True
            self._save(lambda is_kept: self._ask(asked) if is_kept else self._forget(asked))

    # -- inside -----------------------------------------------------------------------------------------------------

    def _ask(self, asked: Asked) -> None:
        arguments = {"service": asked.service, "lane": asked.lane, "holds": asked.holds}
        self._is_asking = True
        self._asks.send("lease", arguments, lambda reply: self._leased(asked, reply), request_id=asked.id)

    def _forget(self, asked: Asked) -> None:
        self._box, self._is_asking = self._box.answered(asked.id, None), False

    def _leased(self, asked: Asked, reply: Reply) -> None:
        self._is_asking = False
        self._box = self._box.answered(asked.id, _leased_of(reply))
        self._save(lambda _is_kept: None)

    def _hand_in(self, given: Given) -> None:
        ticket = given.held.blank.ticket

        def replied(reply: Reply) -> None:
            if ticket in self._abandoned:
                return
            if reply.error is not None and reply.error.code != "already_given":
                log.error("%s is on paper and was not taken in: %s", given.held.blank.number, reply.error)
                self._refused(f"refused, {given.held.blank.number}: {reply.error.code}")
            self._is_over(ticket)

        self._asks.send("hand_in", given.as_request(), replied, request_id=f"hand-in-{ticket}")

    def _is_over(self, ticket: str) -> None:
        self._box = self._box.handed_in(ticket)
        self._save(lambda _is_kept: None)

    def _save(self, told: Callable[[bool], None]) -> None:
        self._shelf.put(self._box.model_dump_json().encode(), told)


def ticket_of(given: Given, office: OfficeMessage) -> Ticket | None:
    """Return a number that was given out alone as the ticket that is shown and printed; nobody knows its wait."""
    held = given.held
    service = next((one for one in office.services if one.id == held.service), None)
    if service is None:
        return None
    return Ticket(
        id=held.blank.ticket,
        number=held.blank.number,
        service=held.service,
        lane=held.lane,
        stage=service.stages[0],
        state="waiting",
        language=given.language,
        issued_at=given.arrived_at,
        waiting_since=given.arrived_at,
        ahead=0,
        is_wait_known=False,
        qr=held.blank.qr,
        check=held.blank.check,
        key=held.blank.key,
    )


def _leased_of(reply: Reply) -> LeasedNumbers | None:
    if not reply.ok:
        return None
    try:
        return LeasedNumbers.model_validate((reply.result or {}).get("leased"))
    except ValidationError:
        log.exception("the reply %s lends nothing", reply.id)
        return None


def _read(found: bytes | None) -> Outbox | None:
    if found is None:
        return None
    try:
        return Outbox.model_validate_json(found) if found else Outbox()
    except ValidationError as error:
        log.error("the numbers in advance make no sense, and are left to end by themselves: %s", error)  # noqa: TRY400 - the same
        return None
