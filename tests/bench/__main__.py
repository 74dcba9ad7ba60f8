"""Measures and prints; compares with the floor of the same run, never with a figure of another machine.

`python -m tests.bench` runs everything, names of sections run these alone; a page named too, as `docs/x.md`, gets
the tables.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from broker.contract.topics import ENGINE_CLIENT
from broker.server.start import Kind, ServerSpec, start_server
from tests.bench.archiving import archiving_table
from tests.bench.attacks import attack_table
from tests.bench.crowd import crowd_table, memory_table
from tests.bench.figures import markdown
from tests.bench.floor import commits, round_trips
from tests.bench.past import past_tables
from tests.bench.phones import phones_table
from tests.bench.printing import printing_table
from tests.bench.reports import reports_tables
from tests.bench.sound import sound_table
from tests.bench.supervisor import supervisor_tables
from tests.bench.thinking import thinking_table
from tests.bench.touch import reaction_table, touch_table
from tests.bench.windows import painted_table, process_table
from tests.bench.working import NO_QUOTA, Floor, working_tables
from tests.support.access import access
from tests.support.office import OfficeProcess, free_port

SERVERS: tuple[Kind, ...] = ("mosquitto", "embedded")
FLOOR_ROUNDS = 2000


def engine_tables(folder: Path) -> Iterator[Table]:
    """Yield the engine in the working office, on each MQTT server beside its floor."""
    commit = commits(folder, FLOOR_ROUNDS)
    for server in SERVERS:
        floor = Floor(_floor_trips(server, folder / f"floor-{server}"), commit)
        office = OfficeProcess(folder / server, server=server, extra=NO_QUOTA)
        office.start()
        try:
            yield from working_tables(office, server, floor)
        finally:
            office.stop()


SECTIONS: dict[str, Callable[[Path], Iterator[Table]]] = {
    "engine": engine_tables,
    "thinking": lambda _folder: iter([thinking_table()]),
    "past": past_tables,
    "archiving": lambda folder: iter([archiving_table(folder)]),
    "reports": reports_tables,
    "supervisor": supervisor_tables,
    "crowd": lambda folder: iter([crowd_table(folder), memory_table(folder)]),
    "printing": lambda _folder: iter([printing_table()]),
    "touch": lambda folder: iter([touch_table(folder), reaction_table(folder)]),
    "painted": lambda folder: iter([painted_table(folder)]),
    "windows": lambda folder: iter([process_table(folder)]),
    "phones": lambda folder: iter([phones_table(folder)]),
    "sound": lambda folder: iter([sound_table(folder)]),
    "attacks": lambda folder: (attack_table(folder, server) for server in SERVERS),
}


def main(arguments: list[str]) -> None:
    """Run what was asked for; everything takes about ten minutes."""
    console = Console()
    names = [name for name in arguments if not name.endswith(".md")] or list(SECTIONS)
    written: list[str] = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="antrean-bench-") as folder:
            for table in SECTIONS[name](Path(folder)):
                console.print(table)
                written.append(markdown(table))
    for page in (Path(name) for name in arguments if name.endswith(".md")):
        head, mark, _ = page.read_text(encoding="utf-8").partition(MARK)
        page.write_text(head + mark + "\n\n" + "\n".join(written), encoding="utf-8")


MARK = "<!-- below: as `make bench` wrote it -->"


def _floor_trips(server: Kind, folder: Path) -> list[float]:
    logins = {ENGINE_CLIENT: "the floor may touch any topic"}
    spec = ServerSpec(
        kind=server,
        listen="127.0.0.1",
        port=free_port(),
        folder=folder,
        access=lambda: access(logins, office="bench"),
    )
    running = start_server(spec)
    try:
        address = replace(spec.address, username=ENGINE_CLIENT, password=logins[ENGINE_CLIENT])
        return round_trips(address, FLOOR_ROUNDS)
    finally:
        running.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
