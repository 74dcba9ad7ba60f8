"""Who works in the office while things break."""

from __future__ import annotations

import queue
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

from broker.contract.link import Address
from broker.contract.messages import PASSING, Reply
from tests.chaos import kiosk
from tests.chaos.ledger import BrokenPromiseError, Journal, Ledger
from tests.support.caller import Caller
from tests.support.earlier_broker import SetClock
from tests.support.office import OfficeProcess
from tests.support.program import PROCESSES
from tests.support.proxy import Proxy
from tests.support.station import EmulatedPrinter

SERVICE, PIN = "new-passport", "1234"
TICKETS = 6
"""Asked for in each round, while it breaks."""
OVERTAKEN = frozenset({"no_session", "illegal_transition", "counter_busy", "unknown_ticket"})
"""How an officer's press may be refused whose office has forgotten something, or has another day now."""

LOOKS_EVERY_S = 0.03
_NUMBER = re.compile(r"[A-Z]{1,2}-\d{3,}")


class Player(Protocol):
    """Somebody with a screen. Methods are called from one thread, and none waits."""

    def begin(self) -> None:
        """Do a round's work."""
        ...

    def work(self) -> None:
        """Take in what has come, and go on."""
        ...

    def is_linked(self) -> bool:
        """Tell whether the screen is connected and says so."""
        ...

    def is_done(self) -> bool:
        """Tell whether all that was begun has come to its end."""
        ...

    def is_level(self, last: int) -> bool:
        """Tell whether the screen shows what the office knows; `last` is the last line of the journal."""
        ...

    def look(self, journal: Journal) -> None:
        """Raise `BrokenPromiseError` where the journal is not what this player knows."""
        ...

    def go_on(self) -> None:
        """Begin anew with what the office knows, which has forgotten something or has another day."""
        ...

    def stop(self) -> None:
        """Go home."""
        ...


class Screens:
    """A kiosk and two counters on the wire, which ask in the hardest way: all at once, again under the same id."""

    clients = frozenset({"hall", "counter-1", "counter-2"})
    """The journal has nothing of theirs that they were not told."""

    def __init__(self, address: Address, ledger: Ledger) -> None:
        """Come in by `address`."""
        self._ledger = ledger
        self._hall = Caller(address, "hall")
        self._desks = {"counter-1": "siti", "counter-2": "budi"}
        self._callers = {"hall": self._hall, **{name: Caller(address, name) for name in self._desks}}
        self._sessions: dict[str, str] = {}
        self._answers: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._open = 0
        self.acknowledged = self.refused_for_now = 0
        for caller in self._callers.values():
            caller.__enter__()
        self.go_on()

    def begin(self) -> None:
        """Six visitors come, and each counter calls one and is done with them."""
        for _ in range(TICKETS):
            self._ask("hall", "issue", {"service": SERVICE}, self._was_issued)
        for counter in self._desks:
            self._ask(counter, "next", self._desk(counter), self._was_called(counter))

    def work(self) -> None:
        """Take in the answers."""
        while not self._answers.empty():
            self._answers.get()()

    def is_linked(self) -> bool:
        """All three."""
        return all(one.linked for one in self._callers.values())

    def is_done(self) -> bool:
        """Everything is answered."""
        return not self._open

    def is_level(self, last: int) -> bool:
        """All show the last line."""
        return all(one.linked and one.hall is not None and one.hall.seq == last for one in self._callers.values())

    def look(self, journal: Journal) -> None:
        """Nothing more: all of it stands in the ledger."""

    def go_on(self) -> None:
        """Sign in, and be done with whoever stands there; that is called again whom the office has forgotten."""
        for counter, officer in self._desks.items():
            caller = self._callers[counter]
            self._sessions[counter] = caller.do("open", counter=counter, officer=officer, pin=PIN)["session"]
            reply = caller.ask("finish", **self._desk(counter))
            if not reply.ok and (reply.error is None or reply.error.code not in OVERTAKEN):
                message = f"{counter} cannot go on: {reply.error}"
                raise BrokenPromiseError(message)

    def stop(self) -> None:
        """Close the lines."""
        for caller in self._callers.values():
            caller.bus.stop()

    # -- inside -------------------------------------------------------------------------------------------------------

    def _desk(self, counter: str) -> dict[str, Any]:
        return {"counter": counter, "session": self._sessions[counter]}

    def _ask(
        self, client: str, command: str, arguments: Mapping[str, Any], answered: Callable[[dict[str, Any]], None]
    ) -> None:
        """Ask until it is done; what is refused for now is asked anew, as screens do."""
        self._open += 1

        def heard(reply: Reply) -> None:
            self._answers.put(lambda: done(reply))

        def done(reply: Reply) -> None:
            self._open -= 1
            code = None if reply.error is None else reply.error.code
            if reply.ok:
                self.acknowledged += 1
                answered(reply.result or {})
            elif code in PASSING:
                self.refused_for_now += 1
                self._ask(client, command, arguments, answered)
            elif not self._ledger.is_overtaken or code not in OVERTAKEN:
                message = f"{command} of {client}: {reply.error}"
                raise BrokenPromiseError(message)

        self._callers[client].bus.request(command, arguments, heard)

    def _was_issued(self, result: dict[str, Any]) -> None:
        ticket = result["ticket"]
        self._ledger.tell("hall", ticket["id"], ticket["number"])

    def _was_called(self, counter: str) -> Callable[[dict[str, Any]], None]:
        def called(result: dict[str, Any]) -> None:
            if result["ticket"] is not None:
                self._ledger.called[counter, result["ticket"]["id"]] += 1
                self._ask(counter, "finish", self._desk(counter), lambda _result: None)

        return called


class Kiosk:
    """A kiosk's own process, its printer, and its line; visitors come one after the other."""

    def __init__(self, office: OfficeProcess, ledger: Ledger, folder: Path) -> None:
        """Switch it on; what it writes lies in the office's folder, as on one machine."""
        self._ledger = ledger
        self.line: Proxy = Proxy(office.address)
        self.line.__enter__()
        self.printer = EmulatedPrinter()
        self.clock = SetClock(folder / "kiosk-clock")
        self._place = kiosk.Place(
            config=office.config,
            data_dir=office.data_dir,
            environment=office.environment,
            address=self.line.address,
            printer_port=self.printer.wire.port,
            clock=self.clock.path,
        )
        self.alone = 0
        """Numbers that it gave out while nobody could be reached."""
        self._papers: Counter[str] = Counter()
        self._lines = 0
        self.start()

    @property
    def outbox(self) -> Path:
        """Return where its numbers in advance lie."""
        return self._place.data_dir / "outbox" / "kiosk-1.json"

    def start(self) -> None:
        """Switch it on."""
        self.standing = kiosk.Standing("", 0, is_linked=False, visits=0, unknown=0, asked=0, reserve=0)
        self._pipe, theirs = PROCESSES.Pipe()
        self._process: BaseProcess = PROCESSES.Process(target=kiosk.main, args=(self._place, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._unheard, self._stale, self._looked_s = 0, 0, 0.0

    def kill(self) -> None:
        """Switch it off as a power cut does; who stood there has seen what was on the screen."""
        self._process.kill()
        self._process.join()
        self._hear()
        self._pipe.close()

    def begin(self) -> None:
        """Somebody comes."""
        self.visited_by(1)

    def visited_by(self, visitors: int) -> None:
        """Let so many come."""
        self._pipe.send(("visits", visitors))
        self._stale = self._unheard
        self.standing = kiosk.Standing("", 0, is_linked=False, visits=visitors, unknown=0, asked=0, reserve=0)

    def work(self) -> None:
        """Hear what it tells, and ask how it stands."""
        self._hear()
        if not self._unheard and time.monotonic() - self._looked_s > LOOKS_EVERY_S:
            self._looked_s = time.monotonic()
            self._unheard += 1
            self._pipe.send("how")

    def is_linked(self) -> bool:
        """Its picture is fresh."""
        return self.standing.is_linked

    def is_done(self) -> bool:
        """Nobody stands there, and the office knows of all who did."""
        return not (self.standing.visits or self.standing.unknown or self.standing.asked)

    def is_level(self, last: int) -> bool:
        """Tell whether it invites, and its picture is of now."""
        return (self.standing.page, self.standing.seq, self.standing.is_linked) == ("language", last, True)

    def look(self, journal: Journal) -> None:
        """No paper twice; each is of a ticket of the office; and nobody waits whom nobody knows."""
        lines = self.printer.lines
        self._papers.update(line for line in lines[self._lines :] if _NUMBER.fullmatch(line))
        self._lines = len(lines)
        for number, papers in self._papers.items():
            tickets = sum(one.endswith(f" {number}") for one in self._ledger.holders)
            if papers > tickets:
                message = f"{papers} papers say {number}, and {tickets} tickets are called so"
                raise BrokenPromiseError(message)
        unsure = {line.ticket for line in journal.of("printed") if line.body["outcome"] == "unconfirmed"}
        for ticket, number in journal.issued("kiosk-1").items():
            is_held = ticket in self._ledger.told or ticket in unsure or self._papers[number.rpartition(" ")[2]]
            if journal.states[ticket] == "waiting" and not is_held:
                message = f"{number} waits, and nobody has it"
                raise BrokenPromiseError(message)

    def go_on(self) -> None:
        """Nothing: it knows no sessions."""

    def stop(self) -> None:
        """Switch all of it off."""
        self.kill()
        self.printer.device.close()
        self.line.__exit__(None, None, None)

    def _hear(self) -> None:
        try:
            while self._pipe.poll():
                match self._pipe.recv():
                    case kiosk.Seen(ticket, number, is_alone):
                        self._ledger.tell("kiosk-1", ticket, number)
                        self.alone += is_alone
                    case kiosk.Standing() as standing:
                        self._unheard -= 1
                        self._stale -= 1
                        if self._stale < 0:
                            self.standing = standing
        except (EOFError, ConnectionResetError):  # it was killed
            return
