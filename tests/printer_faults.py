"""`make tables`: what people see of each printer fault at each stage of a ticket, for docs/hardware.md.

Nothing here is said by hand: each cell is a visit to a true kiosk (without its window) with a true driver on TCP, an
emulated printer that fails, and the engine on SQLite. Cells share one office and run side by side, as kiosks do.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.station import Station, StationOffice

LINES_PER_S = 4
"""While the clock of the printer is held one line is printed; the rest comes out at once, when the fault is there."""
AT_ONCE = 8
"""So many cells run side by side."""
PATIENCE_S = 60.0
"""After so long in which not one cell came to its end something hangs; a busy machine is only slow."""

FAULTS: Mapping[str, str] = {
    "the paper is out": "paper_out",
    "the cover is open": "cover_open",
    "the cutter is stuck": "cutter_error",
    "it is off line": "offline",
    "its cable is out": "unplug",
    "it loses power for a moment": "power_cycle",
    "it stops reading": "stall 0",
    "it never answers": "silence",
    "it answers nonsense": "garbage",
    "the paper is low": "paper_low",
}
"""What befalls the printer, as a command to it."""

LANGUAGES = ("id", "en")
Script = Iterator[Callable[[], bool]]


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of one fault at one stage: when the visitor looks, and later, when everything has been put right."""

    fault: str
    stage: str
    number: str
    tickets: int
    """How many tickets the engine gave for this visit."""
    stored: tuple[str, ...]
    """The outcome of each paper, the first one first."""
    stored_later: tuple[str, ...]
    papers: int
    """How many whole papers there are."""
    has_part: bool
    """Whether a piece of a further one hangs out."""
    papers_later: int
    begun_later: int
    """How often the number was printed in all."""
    title: Mapping[str, str]
    banner: Mapping[str, str]
    offers_another: bool
    hint: Mapping[str, str]
    """What the next visitor reads on the start screen, by language."""


class Visit:
    """One cell while it runs."""

    def __init__(self, office: StationOffice, fault: str, stage: str, at: int) -> None:
        """Open a kiosk with a printer of its own."""
        self.office, self.fault, self.stage = office, fault, stage
        self.station = Station(office, f"k{at}")
        self.printer = self.station.emulators[0]
        self.cell: Cell | None = None
        self.script = self._run()
        self.waits: Callable[[], bool] = lambda: True

    def step(self) -> bool:
        """Go on as far as possible; tell whether the cell is done."""
        self.station.pump()
        if self.waits():
            self.waits = next(self.script, self.waits)
        return self.cell is not None

    def _run(self) -> Script:
        yield lambda: self.station.health is not None
        yield from STAGES[self.stage](self)
        yield self._is_told
        yield lambda: not self.printer.device.body.working
        number, ticket = self.station.ticket_page.number, self.station.ticket
        title, banner, offers = {}, {}, self.station.ticket_page.again is not None
        for language in LANGUAGES:
            self.station.touch(f"switch:{language}")
            title[language], banner[language] = self.station.ticket_page.title, self.station.ticket_page.paper.title
        papers, parts = self.printer.whole(), self.printer.torn
        stored = self._stored(ticket)
        yield from self.check()
        self.station.touch("done")
        hint = self._hint()
        yield from self._put_right()
        self.cell = Cell(
            fault=self.fault,
            stage=self.stage,
            number=number,
            tickets=self.office.tickets_of(self.station.client),
            stored=stored,
            stored_later=self._stored(ticket),
            papers=papers,
            has_part=parts,
            papers_later=self.printer.whole(),
            begun_later=self.printer.begun(number),
            title=title,
            banner=banner,
            offers_another=offers,
            hint=hint,
        )

    # -- what stages are made of ------------------------------------------------------------------------------------

    def fail(self) -> None:
        """Let the fault happen."""
        self.printer.do(FAULTS[self.fault])

    def check(self) -> Script:
        """Let the kiosk ask the printer how it is."""
        printer = self.station.printers._printers[0]
        printer._ask_at = 0.0
        self.station.printers.check()
        yield lambda: not printer._is_checking

    def take_a_number(self, before_print: Callable[[], None] = lambda: None) -> None:
        """Touch until the number is there; `before_print` happens when the reply is, and the paper is not begun."""
        self.station.touch("language:id", "service:new-passport", "continue")
        printers, give = self.station.printers, self.station.printers._give

        def later(paper: Any) -> None:  # noqa: ANN401 - a paper on its way
            before_print()
            give(paper)

        printers._give = later  # type: ignore[method-assign]  # the moment between
        self.station.touch("lane:regular")

    def is_confirmed(self) -> bool:
        """Tell whether the first paper is known to have come out."""
        return bool(self.station.shown.name == "ticket" and self._is_told())

    def ask_for_another(self) -> None:
        """Look the ticket up by its number, prove with its code whose it is, and print it again."""
        number, ticket = self.station.ticket_page.number, self.station.presenter._flow.visit.ticket
        assert ticket is not None
        self.station.touch("done", "language:id", "have_ticket", *(f"key:{key}" for key in number if key != "-"))
        self.station.touch("find", "do:reprint", *(f"key:{digit}" for digit in ticket.check or ""), "find")

    # -- inside -----------------------------------------------------------------------------------------------------

    def _is_told(self) -> bool:
        """Tell whether the engine knows of every paper what became of it, and the screen has it too."""
        if self.station.shown.name != "ticket":
            return False
        if "dicetak" in self.station.ticket_page.title:
            return False
        return all(state != "queued" for _, state, _ in self.office.papers(self.station.ticket))

    def _stored(self, ticket: str) -> tuple[str, ...]:
        return tuple(state for _, state, _ in self.office.papers(ticket))

    def _hint(self) -> dict[str, str]:
        banner = self.station.shown.banner
        lines = [] if banner is None else banner.title.splitlines()
        return dict(zip(LANGUAGES, lines, strict=False))

    def _put_right(self) -> Script:
        """Help the printer, and start the kiosk again: nothing may be printed by that alone but what waits in it."""
        heal = self.printer.do
        heal("plug")
        heal("speed 0")
        yield self.printer.is_well
        self.station.stop()
        self.station.start()
        yield lambda: self.station.health is not None


def _before_issue(visit: Visit) -> Script:
    visit.fail()
    yield from visit.check()
    visit.take_a_number()


def _between(visit: Visit) -> Script:
    visit.take_a_number(before_print=visit.fail)
    yield lambda: True


def _while_printing(visit: Visit) -> Script:
    visit.printer.do(f"speed {LINES_PER_S}")
    visit.printer.time.is_held = True
    visit.take_a_number()
    yield lambda: bool(visit.printer.device.body._page)
    visit.fail()
    visit.printer.do("speed 0")
    visit.printer.time.pass_on(1 / LINES_PER_S)
    visit.printer.time.is_held = False


def _after(visit: Visit) -> Script:
    visit.take_a_number()
    yield visit.is_confirmed
    visit.fail()


def _at_reprint(visit: Visit) -> Script:
    visit.take_a_number()
    yield visit.is_confirmed
    visit.fail()
    visit.ask_for_another()


STAGES: Mapping[str, Callable[[Visit], Script]] = {
    "before the number": _before_issue,
    "between number and paper": _between,
    "while it prints": _while_printing,
    "after the paper": _after,
    "at another paper": _at_reprint,
}
"""When the fault happens."""


def all_cells(folder: Path) -> list[Cell]:
    """Play every fault at every stage; a few seconds."""
    with ExitStack() as stack:
        # Dozens of threads that each do little: the usual 5 ms for a turn would be most of the time.
        stack.callback(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(0.0005)
        office = StationOffice(folder)
        stack.callback(office.close)
        waiting = [(fault, stage) for stage in STAGES for fault in FAULTS]
        running: list[Visit] = []
        done: list[Cell] = []
        deadline = time.monotonic() + PATIENCE_S
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                fault, stage = waiting.pop(0)
                running.append(Visit(office, fault, stage, at=len(waiting)))
            for visit in list(running):
                if visit.step():
                    running.remove(visit)
                    visit.station.close()
                    assert visit.cell is not None
                    done.append(visit.cell)
                    deadline = time.monotonic() + PATIENCE_S
            if time.monotonic() > deadline:
                stuck = [(visit.fault, visit.stage, visit.station.shown.name) for visit in running]
                message = f"not within {PATIENCE_S:g} s: {stuck}"
                raise AssertionError(message)
            time.sleep(0.002)
        order = [(fault, stage) for stage in STAGES for fault in FAULTS]
        return sorted(done, key=lambda cell: order.index((cell.fault, cell.stage)))


BEGIN, END = "<!-- printer faults: made by `make tables` -->", "<!-- printer faults: end -->"
HEAD = """\
Every line was played by the tests: a true kiosk without its window, its driver, an emulated printer on TCP that fails,
and the engine. In each the visitor got one number, valid whatever became of the paper, and no paper came out twice.
*Kiosk* is what stands above the number, in Indonesian and English; with **+** another paper is offered. *Later* is what
has come out when the printer was helped and the kiosk started anew: what a printer held in its own memory, never more.
"""


def page(cells: Sequence[Cell]) -> str:
    """Return the tables of docs/hardware.md."""
    parts = [BEGIN, HEAD]
    for stage in STAGES:
        parts += [
            f"#### {stage.capitalize()}\n",
            "| printer | paper | stored | kiosk | later |",
            "|---|---|---|---|---|",
        ]
        parts += [_row(cell) for cell in cells if cell.stage == stage]
        parts.append("")
    hints = sorted({tuple(cell.hint.values()) for cell in cells if cell.hint})
    parts += [f"While no printer can print, the start screen says: *{'* / *'.join(hint)}*.\n" for hint in hints]
    return "\n".join([*parts, END])


def _row(cell: Cell) -> str:
    says = " / ".join(f"{cell.title[one]}: *{cell.banner[one]}*" for one in LANGUAGES)
    columns = (
        cell.fault,
        _count(cell.papers, has_part=cell.has_part),
        ", ".join(f"`{state}`" for state in cell.stored),
        says + " **+**" * cell.offers_another,
        _count(cell.papers_later, has_part=False),
    )
    return f"| {' | '.join(columns)} |"


def _count(papers: int, *, has_part: bool) -> str:
    words = {0: "none", 1: "one", 2: "two"}[papers]
    return words if not has_part else ("a part" if papers == 0 else f"{words} and a part")


def with_tables(document: str, tables: str) -> str:
    """Return a document with the tables in their place."""
    before, _, rest = document.partition(BEGIN)
    return before + tables + rest.partition(END)[2]


if __name__ == "__main__":
    document = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        tables = page(all_cells(Path(name)))
    document.write_text(with_tables(document.read_text(encoding="utf-8"), tables), encoding="utf-8")
