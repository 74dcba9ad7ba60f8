"""Who works in the office while things break."""

from __future__ import annotations

import json
import queue
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import httpx

from broker.contract.link import Address
from broker.contract.messages import PASSING, Reply
from broker.web.staff.access import COOKIE, staff_of
from tests.chaos import counter as window
from tests.chaos import kiosk
from tests.chaos.ledger import BrokenPromiseError, Journal, Ledger
from tests.support.browsing import asked_before
from tests.support.caller import Caller
from tests.support.earlier_broker import SetClock
from tests.support.office import OfficeProcess
from tests.support.plain_http import NO_AUTHORITY
from tests.support.program import PROCESSES
from tests.support.proxy import Proxy
from tests.support.sqlite import opened
from tests.support.station import EmulatedPrinter
from tests.support.web_process import WebProcess

SERVICE, PIN = "new-passport", "1234"
TICKETS = 6
"""Asked for in each round, while it breaks."""
OVERTAKEN = frozenset({"no_session", "illegal_transition", "counter_busy", "unknown_ticket"})
"""How an officer's press may be refused whose office has forgotten something, or has another day now."""

LOOKS_EVERY_S = 0.03
PAGE_EVERY_S = 0.2
"""So often browsers ask: of one ticket's page no more than one a second is given for long."""
_KINDS: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"waiting", "soon"}),
    "no_show": frozenset({"missed"}),
    **{state: frozenset({state}) for state in ("called", "serving", "held", "finished", "cancelled")},
}
"""What the page of a visitor is called, by the ticket's state."""
_REFUSED = re.compile(r"(B-\d+) is on paper and was not taken in: code='too_late'")
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

    def told(self) -> str:
        """Return how it stands, for whoever asks why a round failed."""
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
        self._keys: dict[str, str] = {}
        """By ticket, to its page."""
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

    def told(self) -> str:
        """Return the last line that each shows."""
        return str({name: one.hall and one.hall.seq for name, one in self._callers.items()})

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
        self._ledger.phones["came"] = ticket["id"], ticket["key"]
        self._keys[ticket["id"]] = ticket["key"]

    def _was_called(self, counter: str) -> Callable[[dict[str, Any]], None]:
        def called(result: dict[str, Any]) -> None:
            if result["ticket"] is not None:
                ticket = result["ticket"]["id"]
                self._ledger.called[counter, ticket] += 1
                if ticket in self._keys:
                    self._ledger.phones["called"] = ticket, self._keys[ticket]
                self._ask(counter, "finish", self._desk(counter), lambda _result: None)

        return called


S = TypeVar("S")


class Piped(Generic[S]):
    """A process that is told and tells by a pipe, and that may be killed."""

    def __init__(
        self, main: Callable[[Any, Connection], None], place: object, stands: type[S], told: Callable[[object], None]
    ) -> None:
        """Run `main(place, pipe)` once started; how it stands is asked for again and again, all else goes to `told`."""
        self._main, self._place, self._stands, self._tell = main, place, stands, told
        self.standing: S | None = None
        """How it stands, since it was told something the last time; None while that is not known."""

    def start(self) -> None:
        """Switch it on."""
        self.standing = None
        self._pipe, theirs = PROCESSES.Pipe()
        self._process: BaseProcess = PROCESSES.Process(target=self._main, args=(self._place, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._asked = self._stale = 0
        self._asked_s = 0.0

    def kill(self) -> None:
        """Switch it off as a power cut does; what it has told is heard."""
        self._process.kill()
        self._process.join()
        self._hear()
        self._pipe.close()

    def send(self, what: str, count: int) -> None:
        """Tell it something; how it stood before that is no matter any more."""
        self._pipe.send((what, count))
        self.standing, self._stale = None, self._asked

    def work(self) -> None:
        """Hear what it tells, and ask how it stands."""
        self._hear()
        if not self._asked and time.monotonic() - self._asked_s > LOOKS_EVERY_S:
            self._asked_s = time.monotonic()
            self._asked += 1
            self._pipe.send("how")

    def _hear(self) -> None:
        try:
            while self._pipe.poll():
                said = self._pipe.recv()
                if not isinstance(said, self._stands):
                    self._tell(said)
                    continue
                self._asked -= 1
                self._stale -= 1
                if self._stale < 0:
                    self.standing = said
        except (EOFError, ConnectionResetError):  # it was killed
            return


class Kiosk:
    """A kiosk's own process, its printer, and its line; visitors come one after the other."""

    def __init__(self, office: OfficeProcess, ledger: Ledger, folder: Path) -> None:
        """Switch it on; what it writes lies in the office's folder, as on one machine."""
        self._ledger = ledger
        self.line: Proxy = Proxy(office.address)
        self.line.__enter__()
        self.printer = EmulatedPrinter()
        self.clock = SetClock(folder / "kiosk-clock")
        self._data_dir = office.data_dir
        place = kiosk.Place(
            config=office.config,
            data_dir=office.data_dir,
            environment=office.environment,
            address=self.line.address,
            printer_port=self.printer.wire.port,
            clock=self.clock.path,
        )
        self.process: Piped[kiosk.Standing] = Piped(kiosk.main, place, kiosk.Standing, self._saw)
        self.alone = 0
        """Numbers that it gave out while nobody could be reached."""
        self._papers: Counter[str] = Counter()
        self._seen: set[str] = set()
        """The tickets that visitors had on the screen."""
        self._lines = 0
        self.process.start()

    @property
    def given(self) -> int:
        """Return how many numbers its disk knows to be given out, and not handed in."""
        return len(self._kept("given"))

    @property
    def held(self) -> frozenset[str]:
        """Return the tickets that its disk has in advance."""
        return frozenset(one["blank"]["ticket"] for one in self._kept("held"))

    def _kept(self, what: str) -> list[dict[str, Any]]:
        kept: dict[str, Any] = json.loads(self.outbox.read_bytes()) if self.outbox.exists() else {}
        return list(kept.get(what, ()))

    @property
    def outbox(self) -> Path:
        """Return where its numbers in advance lie."""
        return self._data_dir / "outbox" / "kiosk-1.json"

    def begin(self) -> None:
        """Somebody comes."""
        self.visited_by(1)

    def visited_by(self, visitors: int) -> None:
        """Let so many come."""
        self.process.send("visits", visitors)

    def work(self) -> None:
        """Hear what it tells."""
        self.process.work()

    def is_linked(self) -> bool:
        """Its picture is fresh."""
        standing = self.process.standing
        return standing is not None and standing.is_linked

    @property
    def is_empty(self) -> bool:
        """Tell whether nobody stands there any more."""
        standing = self.process.standing
        return standing is not None and not standing.visits

    @property
    def reserve(self) -> int:
        """Return how many numbers it has in advance for its visitors."""
        return 0 if self.process.standing is None else self.process.standing.reserve

    def is_done(self) -> bool:
        """Nobody stands there, and the office knows of all who did."""
        standing = self.process.standing
        return standing is not None and not (standing.visits or standing.unknown or standing.asked)

    def is_level(self, last: int) -> bool:
        """Tell whether it invites, and its picture is of now."""
        standing = self.process.standing
        return standing is not None and (standing.page, standing.seq, standing.is_linked) == ("language", last, True)

    def told(self) -> str:
        """Return how it stands."""
        return str(self.process.standing)

    def look(self, journal: Journal) -> None:
        """No paper twice; each is of a ticket of the office that counts; and nobody waits whom nobody knows."""
        lines, issued = self.printer.lines, journal.issued("kiosk-1")
        self._papers.update(line for line in lines[self._lines :] if _NUMBER.fullmatch(line))
        self._lines = len(lines)
        by_itself = [line for line in journal.of("cancelled") if line.client == "kiosk-1"]
        given_up = Counter(_bare(issued[str(line.ticket)]) for line in by_itself)
        for number, papers in self._papers.items():
            tickets = sum(one.endswith(f" {number}") for one in self._ledger.holders) + self._ledger.refused[number]
            if papers > tickets:
                message = f"{papers} papers say {number}, and {tickets} tickets are called so"
                raise BrokenPromiseError(message)
            if papers > tickets - given_up[number]:
                message = f"{number} is on paper, and was given up"
                raise BrokenPromiseError(message)
        unsure = {line.ticket for line in journal.of("printed") if line.body["outcome"] == "unconfirmed"}
        for ticket, number in issued.items():
            is_held = ticket in self._ledger.told or ticket in unsure or self._papers[_bare(number)]
            if journal.states[ticket] == "waiting" and not is_held:
                message = f"{number} waits, and nobody has it"
                raise BrokenPromiseError(message)

    def say_refused(self) -> None:
        """Take down which papers were refused for good, which the kiosk says in its log."""
        log = (self._data_dir / "logs" / "kiosk-1.log").read_text(encoding="utf-8")
        self._ledger.refused = Counter(_REFUSED.findall(log))

    def go_on(self) -> None:
        """Nothing: it knows no sessions."""

    def stop(self) -> None:
        """Switch all of it off."""
        self.process.kill()
        self.printer.device.close()
        self.line.__exit__(None, None, None)

    def _saw(self, seen: object) -> None:
        assert isinstance(seen, kiosk.Seen)
        if seen.ticket in self._seen:
            message = f"{seen.number} was shown to two visitors"
            raise BrokenPromiseError(message)
        self._seen.add(seen.ticket)
        self._ledger.tell("kiosk-1", seen.ticket, seen.number)
        self.alone += seen.is_alone


def _bare(number: str) -> str:
    """Return a number without its day, as it stands on paper."""
    return number.rpartition(" ")[2]


class Window:
    """An officer's own process, and its line; the officer serves one visitor after the other."""

    def __init__(self, office: OfficeProcess) -> None:
        """Switch it on."""
        self.line: Proxy = Proxy(office.address)
        self.line.__enter__()
        place = window.Desk(
            config=office.config,
            data_dir=office.data_dir,
            environment=office.environment,
            address=self.line.address,
        )
        self.process: Piped[window.Standing] = Piped(window.main, place, window.Standing, self._saw)
        self._seen: set[str] = set()
        self._wanted = 0
        self._since = 0
        """The line of the journal from which on it counts who was called here."""
        self.process.start()

    def begin(self) -> None:
        """Let the officer want the next visitor."""
        self.wants(1)

    def wants(self, visitors: int) -> None:
        """Let the officer call so many."""
        self._wanted += visitors
        self.process.send("turns", visitors)

    def work(self) -> None:
        """Hear what it tells."""
        self.process.work()

    def is_linked(self) -> bool:
        """Its picture is fresh, and of this counter too."""
        standing = self.process.standing
        return standing is not None and standing.is_fresh

    def is_done(self) -> bool:
        """Tell whether the officer is signed in, and all visitors were served."""
        standing = self.process.standing
        return standing is not None and standing.is_signed_in and not (standing.turns or standing.ticket)

    def is_level(self, last: int) -> bool:
        """Tell whether its picture is of now."""
        standing = self.process.standing
        return standing is not None and (standing.seq, standing.is_fresh) == (last, True)

    def told(self) -> str:
        """Return how it stands."""
        return str(self.process.standing)

    def look(self, journal: Journal) -> None:
        """Nobody was called without a press, and nobody of whom the officer has not heard."""
        called = [line for line in journal.of("called") if line.counter == window.COUNTER and line.seq > self._since]
        if unknown := [line for line in called if line.ticket not in self._seen]:
            message = f"{len(unknown)} visitors were called to {window.COUNTER}, and its window did not show them"
            raise BrokenPromiseError(message)
        if len(called) > self._wanted:
            message = f"{window.COUNTER} called {len(called)} visitors by {self._wanted} presses"
            raise BrokenPromiseError(message)
        self._since, self._wanted = journal.last, 0

    def go_on(self) -> None:
        """Sign in by itself, as the window asks for it; what was called before the office forgot is no matter."""
        self._wanted += 1

    def stop(self) -> None:
        """Switch it off."""
        self.process.kill()
        self.line.__exit__(None, None, None)

    def _saw(self, called: object) -> None:
        assert isinstance(called, window.Called)
        self._seen.add(called.ticket)


class Pages:
    """The process of the pages, a visitor's phone, and a supervisor's browser with a form a round."""

    def __init__(self, office: OfficeProcess, ledger: Ledger) -> None:
        """Open them behind a line of their own."""
        self._ledger = ledger
        self.line: Proxy = Proxy(office.address)
        self.line.__enter__()
        self.process = WebProcess(replace(office, port=self.line.address.port))
        self.process.start()
        self._client = httpx.Client(
            base_url=self.process.address, timeout=2.0, headers={"Accept-Language": "en"}, verify=NO_AUTHORITY
        )
        self._database = office.database
        self._forms: list[dict[str, str]] = []
        """What is to be sent, one after the other."""
        self._filled_in = 0
        self._said: list[str] = []
        """The reasons of all acts that the pages said were done."""
        self._tried_s = 0.0
        self._next_s: dict[str, float] = {}

    def begin(self) -> None:
        """Let the supervisor fill in a form."""
        self._forms.append(self._filled())

    def slip_in(self) -> None:
        """Let another form be done before the one under way is sent again: done once more, it would say so by that."""
        self._forms.insert(0, self._filled())

    def _filled(self) -> dict[str, str]:
        self._filled_in += 1
        return {
            "place": "service:visit-permit",
            "quota": str(50 + self._filled_in % 40),
            "reason": f"reason {uuid.uuid4()}",
            "request": uuid.uuid4().hex,
        }

    def work(self) -> None:
        """Send the form, the same again until a page says that it was done."""
        if not self._forms or time.monotonic() - self._tried_s < PAGE_EVERY_S:
            return
        self._tried_s = time.monotonic()
        try:
            staff = staff_of(self._client.cookies.get(COOKIE))
            if staff is None:
                self._send("/staff/in", {**asked_before(self._client), "officer": "maria", "pin": PIN})
                return
            answer = self._send("/staff/acts/quota", {**self._forms[0], "token": staff.token})
        except httpx.HTTPError:
            return
        leads = answer.headers.get("location", "")
        if answer.status_code == HTTPStatus.SEE_OTHER and not leads.startswith("/staff/in"):
            self._said.append(self._forms.pop(0)["reason"])
        elif answer.status_code in {HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            self._client.cookies.clear()

    def is_linked(self) -> bool:
        """Tell whether a page can be opened, and does not say that it is old."""
        return self._now_and_then("linked", lambda: "note warn" not in self._page("/", "note warn"))

    def is_done(self) -> bool:
        """Tell whether the form was done."""
        return not self._forms

    def is_level(self, last: int) -> bool:
        """Tell whether two phones show how it stands: of who came last, and of who was called; `last` is on no page."""
        del last
        return self._now_and_then("level", lambda: all(map(self._is_true, self._ledger.phones.values())))

    def _is_true(self, phone: tuple[str, str]) -> bool:
        ticket, key = phone
        with opened(f"file:{self._database}?mode=ro", uri=True) as books:
            of_today = "SELECT state FROM tickets WHERE id = ? AND day = (SELECT max(day) FROM tickets)"
            found = books.execute(of_today, (ticket,)).fetchone()  # a page lasts until the end of its day
        shown = re.search(r'<div class="status[^"]*" data-kind="(\w*)"', self._page(f"/t/{key}"))
        return found is None or (shown is not None and shown[1] in _KINDS[found[0]])

    def _now_and_then(self, what: str, true: Callable[[], bool]) -> bool:
        """Look, if that is not but a moment ago."""
        now_s = time.monotonic()
        if now_s < self._next_s.get(what, 0.0):
            return False
        self._next_s[what] = now_s + PAGE_EVERY_S
        return true()

    def told(self) -> str:
        """Return what the phones show."""
        shown = {key: self._page(f"/t/{key}")[:4000] for _, key in self._ledger.phones.values()}
        return str({key: re.findall(r'data-kind="(\w*)"', page) or page[:300] for key, page in shown.items()})

    def look(self, journal: Journal) -> None:
        """Find what a page said was done, once; nothing was done twice."""
        reasons = Counter(str(line.body.get("reason")) for line in journal.of("quota_changed"))
        if self._ledger.has_forgotten:
            self._said.clear()
        if self._said and reasons[self._said[-1]] != 1:
            message = f"an act that a page said was done stands {reasons[self._said[-1]]} times in the journal"
            raise BrokenPromiseError(message)
        if reasons and max(reasons.values()) > 1:
            message = "an act of the staff was done twice"
            raise BrokenPromiseError(message)

    def go_on(self) -> None:
        """Nothing: who has no session any more is asked for the PIN."""

    def stop(self) -> None:
        """Close them."""
        self._client.close()
        self.process.stop()
        self.line.__exit__(None, None, None)

    def _page(self, path: str, otherwise: str = "") -> str:
        try:
            return self._client.get(path).text
        except httpx.HTTPError:
            return otherwise

    def _send(self, path: str, fields: Mapping[str, str]) -> httpx.Response:
        return self._client.post(path, data=dict(fields), headers={"Origin": self.process.address})
