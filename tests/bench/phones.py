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
CALLS = 60


@dataclass(slots=True)
class Phone:
    """An open page: reads what it is told, and knows when its call came."""

    key: str
    called_at: float = 0.0
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, host: str, port: int) -> None:
        """Open the page, then hear its events for ever."""
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(f"GET /t/{self.key} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await reader.read()
        writer.close()
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
    for column in ("", "p50", "p99", "p99 / p99 of the answer", "web process, MiB"):
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
            answered, told, full = asyncio.run(_measured(office, web, caller, keys))
    finally:
        web.stop()
        office.stop()
    table.add_row("no phone", "", "", "", f"{bare / 1024:.1f}")
    table.add_row("next -> its answer", *milliseconds(answered), "1.0", "")
    ratio = f"{percentile(told, 99) / percentile(answered, 99):.1f}"
    table.add_row("next -> the phone", *milliseconds(told), ratio, f"{full / 1024:.1f}")
    return table


async def _measured(
    office: OfficeProcess, web: WebProcess, caller: Caller, keys: dict[str, str]
) -> tuple[list[float], list[float], int]:
    phones = {ticket: Phone(key) for ticket, key in keys.items()}
    listening = [asyncio.create_task(phone.listen("127.0.0.1", office.web_port)) for phone in phones.values()]
    await asyncio.gather(*(phone.opened.wait() for phone in phones.values()))
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
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return answered, told, full


def _sign_in(caller: Caller) -> str:
    return str(caller.do("open", counter="counter-1", officer="siti", pin="1234")["session"])


def _call(caller: Caller, desk: dict[str, str]) -> str:
    return str(caller.do("next", **desk)["ticket"]["id"])


def _give_up(caller: Caller, desk: dict[str, str]) -> None:
    caller.do("start", **desk)
    caller.do("finish", **desk)
