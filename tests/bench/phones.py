"""500 phones: what their open pages cost the web process in memory, and how soon a call is on its phone."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from tests.bench.figures import milliseconds, percentile
from tests.bench.working import NO_QUOTA
from tests.support.caller import Caller
from tests.support.office import OfficeProcess
from tests.support.web_process import PUBLIC, WebProcess

PHONES = 500
AT_ONCE = 10
"""So many open their page in the same moment, as visitors come; all at once they come back when the Wi-Fi was gone."""
CALLS = 200


@dataclass(slots=True)
class Phone:
    """An open page: reads what it is told, and knows when its call came."""

    key: str
    called_at: float = 0.0
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self, host: str, port: int) -> None:
        """Open the page."""
        reader, writer = await asyncio.open_connection(host, port)
        head = f"GET /t/{self.key} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        await reader.read()
        writer.close()

    async def listen(self, host: str, port: int) -> None:
        """Hear its events for ever."""
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(f"GET /t/{self.key}/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        with contextlib.closing(writer):
            async for line in _lines(reader):
                if b'data-kind="' in line:
                    self.opened.set()
                if b'data-kind="called"' in line:
                    self.called_at = time.perf_counter()
                    self.called.set()


async def _lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while line := await reader.readline():
        yield line


def phones_table(folder: Path) -> Table:
    """Return memory and latency with so many phones open, beside the answer that the counter got."""
    table = Table(title=f"{PHONES} open pages of tickets, {CALLS} calls, milliseconds")
    for column in ("", "p50", "p99", "longest", "p99 / p99 of the answer", "web process, MiB"):
        table.add_column(column, justify="right")
    office = OfficeProcess(folder / "phones", extra={**NO_QUOTA, **PUBLIC})
    office.start()
    web = WebProcess(office)
    try:
        web.start()
        bare = web.resident_kib()
        with Caller(office.address, "bench-phones", listens=False) as caller:
            tickets = [caller.do("issue", service="new-passport")["ticket"] for _ in range(PHONES)]
            keys = {ticket["id"]: ticket["key"] for ticket in tickets}
            measured = asyncio.run(_measured(office, web, caller, keys))
    finally:
        web.stop()
        office.stop()
    answered, told = measured.answered, measured.told
    behind = [at - answer for at, answer in zip(told, answered, strict=True)]
    table.add_row("no phone", "", "", "", "", f"{bare / 1024:.1f}")
    table.add_row("next -> its answer", *milliseconds(answered), _longest(answered), "1.0", "")
    ratio = f"{percentile(told, 99) / percentile(answered, 99):.1f}"
    table.add_row("next -> the phone", *milliseconds(told), _longest(told), ratio, f"{measured.full_kib / 1024:.1f}")
    table.add_row("the answer -> the phone", *milliseconds(behind), _longest(behind), "", "")
    back = (f"{measured.back_s * 1000:.0f}", "", f"{measured.back_kib / 1024:.1f}")
    table.add_row("all cut off at once -> all back", "", "", *back)
    return table


@dataclass(frozen=True, slots=True)
class Measured:
    """What 500 phones made of it."""

    answered: list[float]
    told: list[float]
    full_kib: int
    back_s: float
    """From the moment in which all came back at once to the last one that was shown its ticket."""
    back_kib: int


def _longest(seconds: list[float]) -> str:
    return f"{max(seconds) * 1000:.0f}"


async def _measured(office: OfficeProcess, web: WebProcess, caller: Caller, keys: dict[str, str]) -> Measured:
    phones = {ticket: Phone(key) for ticket, key in keys.items()}
    where = ("127.0.0.1", office.web_port)
    listening = []
    for begin in range(0, PHONES, AT_ONCE):
        some = list(phones.values())[begin : begin + AT_ONCE]
        await asyncio.gather(*(phone.look(*where) for phone in some))
        listening += [asyncio.create_task(phone.listen(*where)) for phone in some]
        await asyncio.gather(*(phone.opened.wait() for phone in some))
    desk = {"counter": "counter-1", "session": await asyncio.to_thread(_sign_in, caller)}
    answered, told = [], []
    for _ in range(CALLS):
        begun = time.perf_counter()
        phone = phones[await asyncio.to_thread(_call, caller, desk)]
        answered.append(time.perf_counter() - begun)
        async with asyncio.timeout(20):
            while phone.called_at < begun:
                await phone.called.wait()
                phone.called.clear()
        told.append(phone.called_at - begun)
        await asyncio.to_thread(_give_up, caller, desk)
        await asyncio.sleep(0.3)  # the pace of a very busy hall: three calls a second
    full = web.resident_kib()
    await _hung_up(listening)
    for phone in phones.values():
        phone.opened.clear()
    begun = time.perf_counter()
    listening = [asyncio.create_task(phone.listen(*where)) for phone in phones.values()]
    await asyncio.gather(*(phone.opened.wait() for phone in phones.values()))
    back_s, back = time.perf_counter() - begun, web.resident_kib()
    await _hung_up(listening)
    return Measured(answered, told, full, back_s, back)


async def _hung_up(listening: list[asyncio.Task[None]]) -> None:
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


def _sign_in(caller: Caller) -> str:
    return str(caller.do("open", counter="counter-1", officer="siti", pin="1234")["session"])


def _call(caller: Caller, desk: dict[str, str]) -> str:
    return str(caller.do("next", **desk)["ticket"]["id"])


def _give_up(caller: Caller, desk: dict[str, str]) -> None:
    caller.do("start", **desk)
    caller.do("finish", **desk)
