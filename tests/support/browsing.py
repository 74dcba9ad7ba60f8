"""Pages as somebody meets them: by a plain client, or served on a port for a browser."""

from __future__ import annotations

import asyncio
import functools
import re
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
from starlette.applications import Starlette

from broker.web.app import web_app
from broker.web.guard import Limits
from broker.web.server import Connections, serve, web_server
from broker.web.staff.access import BEFORE
from broker.web.staff.advisor import Advisor
from broker.web.staff.files import ResultFiles
from broker.web.staff.reporter import Reporter
from broker.web.start import plan_of
from tests.fakes.bus import FakeBus
from tests.fakes.web_office import WebOffice
from tests.support.caller import wait_until
from tests.support.office import CONFIG, free_port
from tests.support.plain_http import NO_AUTHORITY

SWEEP_S = 0.02
T = TypeVar("T")
CHROMIUM = "/usr/bin/chromium"
HALL = "antrian.lan"
"""A name as a hall's Wi-Fi has it: no secure origin, unlike 127.0.0.1, so that browsers tell less of themselves."""


def in_a_loop(asked: Coroutine[Any, Any, T]) -> T:
    """Return what an event loop of its own makes of it; a test's thread has one already where it drives a browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asked).result()


def in_the_hall(address: str) -> str:
    """Return an address of this machine as phones in the hall have it."""
    return address.replace("127.0.0.1", HALL)


def app_of(
    office: WebOffice,
    *,
    limits: Limits | None = None,
    files: ResultFiles | None = None,
    advisor: Advisor | None = None,
    reporter: Reporter | None = None,
    data: Path = Path("no-data"),
) -> Starlette:
    """Return the pages of an office in memory; what they read on the disk themselves lies in `data`."""
    return web_app(
        plan_of(office.settings, "web", config=CONFIG, data=data),
        bus_for=lambda kind, plan, post: FakeBus(
            server=office.server, office=plan.office, client=plan.client, kind=kind, post=post, claims=True
        ),
        limits=limits,
        files=files,
        advisor=advisor,
        reporter=reporter,
    )


@dataclass(frozen=True, slots=True)
class Visitor:
    """A client without a browser, and the office whose pages it opens."""

    office: WebOffice
    client: httpx.Client
    address: str

    def get(self, path: str, *, language: str = "en", status: int = 200) -> str:
        """Return a page."""
        answer = self.client.get(path, headers={"Accept-Language": language}, follow_redirects=False)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.text

    def post(self, path: str, *, status: int = 303, language: str = "en", **fields: str) -> str:
        """Send a form as a page of ours would; return the answer, or where it leads."""
        fields = asked_before(self.client) | fields if path == "/staff/in" else fields
        answer = self.client.post(
            path,
            data=fields,
            headers={"Origin": self.address, "Accept-Language": language},
            follow_redirects=False,
        )
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.headers["location"] if status == 303 else answer.text


def asked_before(client: httpx.Client) -> dict[str, str]:
    """Open the page that asks who it is; return what its form carries."""
    found = re.search(rf'name="{BEFORE}" value="([^"]+)"', client.get("/staff/in").text)
    return {} if found is None else {BEFORE: found[1]}


@contextmanager
def visitor(
    office: WebOffice,
    *,
    limits: Limits | None = None,
    files: ResultFiles | None = None,
    advisor: Advisor | None = None,
    data: Path = Path("no-data"),
) -> Iterator[Visitor]:
    """Open the pages of an office in memory."""
    app = app_of(office, limits=limits, files=files, advisor=advisor, data=data)
    with served(app) as address, httpx.Client(base_url=address, timeout=15, verify=NO_AUTHORITY) as client:
        yield Visitor(office, client, address)


@contextmanager
def served(app: Starlette, *, connections: Connections | None = None) -> Iterator[str]:
    """Serve pages on a free port, by the server that offices have; yield where."""
    port, connections = free_port(), Connections() if connections is None else connections
    server = web_server(app, host="127.0.0.1", port=port, connections=connections)
    serving = functools.partial(serve, server, connections, sweep_s=SWEEP_S)
    thread = threading.Thread(target=lambda: asyncio.run(serving()), name="pages", daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive(), "the pages are served")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
