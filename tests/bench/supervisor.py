"""The supervisor's office beside the working one: what it costs whoever takes a number, and how soon a board shows it.

Ten boards are open over the real pages, three reports are asked for at once and all the time, advice is made, alerts
stand by the demo's rules, and somebody changes a rule every few seconds, all on the machine of the broker. Everything
that the office itself would start is started as the office does it, at the priority that it gives it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Self

import httpx
from rich.table import Table

from broker.config import load_settings
from broker.config.settings import Settings
from tests.bench.figures import milliseconds, percentile
from tests.bench.working import NO_QUOTA, WAITING, fill, kinds, open_counters, screens
from tests.e2e.test_rules import FEE, SERVICE, filled
from tests.support.browsing import asked_before
from tests.support.caller import Caller
from tests.support.lived_days import live, new_office
from tests.support.office import CONFIG, OfficeProcess
from tests.support.web_process import WebProcess

BOARDS = 10
REPORTS = 3
DAYS, A_DAY = 92, 600
"""A quarter of a large office is behind the reports, and what advice foretells from."""
REQUESTS = 1500
CALLS = 60
CALL_EVERY_S = 1.0
RULE_EVERY_S = 5.0
SETTLE_S = 5.0
RATIO, SHOWN_S = 1.3, 1.0
"""What is aimed at: p99 of `issue` with all of it and without, and from a change to the board."""
HEADERS = {"Accept-Language": "id"}
DONE = ("reports", "refused", "begun", "advice", "rules")
"""What is counted of it; advice is begun, and made."""
Shown = tuple[str, float]
"""A number, and when a board had it."""


def supervisor_tables(folder: Path) -> Iterator[Table]:
    """Yield what `issue` takes without and with all that a supervisor has open, and how soon boards show a call."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    shutil.copyfile(CONFIG, config)
    office = OfficeProcess(folder / "var", config=config, extra=NO_QUOTA)
    settings = load_settings(CONFIG, os.environ)
    today = dt.datetime.now(settings.office.zone).date()
    live(new_office(office.data_dir), settings, (today - dt.timedelta(days=n) for n in range(DAYS, 0, -1)), A_DAY)
    office.start()
    web = WebProcess(office)
    try:
        office.wait_online()
        with Caller(office.address, "bench-desk", listens=False) as caller, screens(office):
            fill(caller, office.settings, WAITING)
            desks = open_counters(caller, office.settings)
            _issues(caller, office.settings, REQUESTS // 5)
            alone = _issues(caller, office.settings, REQUESTS)
            web.start()
            with contextlib.ExitStack() as stack:
                boards = stack.enter_context(_boards(web.address))
                time.sleep(SETTLE_S)
                watched = _issues(caller, office.settings, REQUESTS)
                quiet = _shown(caller, desks, boards)
                work = stack.enter_context(_Work(web, today))
                time.sleep(SETTLE_S)
                busy = _issues(caller, office.settings, REQUESTS)
                loaded = _shown(caller, desks, boards)
        yield _cost(alone, watched, busy, work)
        yield _sight(quiet, loaded)
    finally:
        if web.process is not None:
            web.stop()
        office.stop()


def _cost(alone: list[float], watched: list[float], busy: list[float], work: _Work) -> Table:
    title = f"mosquitto: issue -> reply, ms, beside a supervisor's office; aim: p99 within {RATIO} x alone"
    table = Table(title=title)
    for column in ("what", "p50", "p99", "p99 / alone"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("the working office alone", *milliseconds(alone), "")
    rows = (
        (f"with the pages and {BOARDS} boards open", watched),
        (f"and {work.said()} made meanwhile", busy),
    )
    for what, taken in rows:
        table.add_row(what, *milliseconds(taken), f"{percentile(taken, 99) / percentile(alone, 99):.2f}")
    return table


def _sight(quiet: list[float], loaded: list[float]) -> Table:
    table = Table(
        title=f"from the request `next` to the number on each of {BOARDS} boards, ms; aim: {SHOWN_S * 1000:.0f}"
    )
    for column in ("what", "p50", "p99", "longest", "not shown within 10 s"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for what, taken in (("boards alone", quiet), ("beside all of it", loaded)):
        seen = [one for one in taken if one < float("inf")]
        table.add_row(what, *milliseconds(seen), f"{max(seen) * 1000:.0f}", str(len(taken) - len(seen)))
    return table


def _issues(caller: Caller, settings: Settings, requests: int) -> list[float]:
    """Return the seconds of each `issue`; as many wait before every one of them."""
    taken = []
    for service, lane in islice(cycle(kinds(settings)), requests):
        begin = time.perf_counter()
        ticket = caller.do("issue", service=service, lane=lane)["ticket"]
        taken.append(time.perf_counter() - begin)
        caller.do("cancel", ticket=ticket["id"])
    return taken


# -- boards -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _boards(address: str) -> Iterator[Queue[Shown]]:
    """Have ten boards open in a process of their own, and yield what they show: each number, when it came."""
    with httpx.Client(base_url=address, headers=HEADERS | {"Origin": address}, timeout=30) as client:
        entered = client.post("/staff/in", data={**asked_before(client), "officer": "maria", "pin": "1234"})
        assert entered.status_code == 303
        cookies = dict(client.cookies)
    shown: Queue[Shown] = multiprocessing.Queue()
    ready, done = multiprocessing.Event(), multiprocessing.Event()
    process = multiprocessing.Process(target=_look, args=(address, cookies, shown, ready, done), daemon=True)
    process.start()
    assert ready.wait(60), "all boards are open"
    try:
        yield shown
    finally:
        done.set()
        process.join(20)


def _look(address: str, cookies: dict[str, str], shown: Queue[Shown], ready: Event, done: Event) -> None:
    opened = threading.Barrier(BOARDS + 1)
    for _ in range(BOARDS):
        threading.Thread(target=_follow, args=(address, cookies, shown, opened, done), daemon=True).start()
    opened.wait(60)
    ready.set()
    done.wait(1200)


def _follow(address: str, cookies: dict[str, str], shown: Queue[Shown], opened: threading.Barrier, done: Event) -> None:
    """Read one board's events, and tell of each when it came: the machine's clock is the same for all processes."""
    url = f"{address}/staff/board/events"
    with httpx.stream("GET", url, headers=HEADERS, cookies=cookies, timeout=60) as stream:
        is_open = False
        for line in stream.iter_lines():
            if done.is_set():
                return
            if line.startswith("data:") and len(line) > 500:  # the board itself; between stand beats
                shown.put((line, time.monotonic()))
                if not is_open:
                    is_open = True
                    opened.wait(60)


def _shown(caller: Caller, desks: list[dict[str, str]], boards: Queue[Shown]) -> list[float]:
    """Return the seconds from each call until its number stood on each board; infinite where it did not come."""
    found = []
    for desk in islice(cycle(desks), CALLS):
        _emptied(boards)
        begin = time.monotonic()
        ticket = caller.do("next", **desk)["ticket"]
        assert ticket is not None, "somebody waits for each counter"
        seen = list[float]()
        while len(seen) < BOARDS and time.monotonic() < begin + 10:
            with contextlib.suppress(Exception):  # nothing came for a while: `queue.Empty` of another process
                line, at = boards.get(timeout=0.5)
                if ticket["number"] in line:
                    seen.append(at - begin)
        found += [*seen, *[float("inf")] * (BOARDS - len(seen))]
        caller.do("cancel", ticket=ticket["id"], **desk)
        time.sleep(CALL_EVERY_S)
    return found


def _emptied(boards: Queue[Shown]) -> None:
    with contextlib.suppress(Exception):
        while True:
            boards.get_nowait()


# -- what else a supervisor does --------------------------------------------------------------------------------------


@dataclass
class _Work:
    """Asks for reports, advice and changes of the rules without a pause, until it is over."""

    web: WebProcess
    today: dt.date
    done: threading.Event = field(default_factory=threading.Event)
    made: dict[str, int] = field(
        default_factory=lambda: {"reports": 0, "refused": 0, "begun": 0, "advice": 0, "rules": 0}
    )
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(REPORTS + 2))
    running: list[Future[None]] = field(default_factory=list)

    def said(self) -> str:
        """Return how much was done of it."""
        made = self.made
        refused = f" ({made['refused']} refused)" if made["refused"] else ""
        return (
            f"{made['reports']} reports{refused}, {made['advice']} times advice, {made['rules']} changes of the rules"
        )

    def __enter__(self) -> Self:
        """Begin."""
        works = [*(lambda n=n: self._reports(n) for n in range(REPORTS)), self._advice, self._rules]
        self.running = [self.pool.submit(work) for work in works]
        return self

    def __exit__(self, *_: object) -> None:
        """End when what is under way is made."""
        self.done.set()
        for work in self.running:
            work.result(180)  # what went wrong there is said here
        self.pool.shutdown()

    @contextlib.contextmanager
    def _browser(self) -> Iterator[httpx.Client]:
        address = self.web.address
        with httpx.Client(base_url=address, headers=HEADERS | {"Origin": address}, timeout=180) as client:
            entered = client.post("/staff/in", data={**asked_before(client), "officer": "maria", "pin": "1234"})
            assert entered.status_code == 303
            yield client

    def _reports(self, n: int) -> None:
        """Ask for one report after the other, of spans that nobody asked for before: nothing of it is held."""
        with self._browser() as client:
            for length in range(20 + n, DAYS, REPORTS):
                if self.done.is_set():
                    return
                first, last = self.today - dt.timedelta(days=length), self.today - dt.timedelta(days=2)
                answer = client.get(f"/staff/reports/report.xlsx?from={first}&to={last}&by=day")
                self.made["reports" if answer.status_code == 200 else "refused"] += 1

    def _advice(self) -> None:
        office = self.web.office
        where = ("--config", str(office.config), "--data", str(office.data_dir))
        while not self.done.is_set():
            command = [sys.executable, "-m", "broker", "advise", *where]
            self.made["begun"] += 1
            with subprocess.Popen(
                command, env=office.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as process:
                while process.poll() is None and not self.done.wait(0.2):
                    pass
                process.terminate()
                self.made["advice"] += process.wait(60) == 0

    def _rules(self) -> None:
        with self._browser() as client:
            for n in range(10_000):
                form = filled(client.get(SERVICE).text) | {FEE: f"Rp{350 + n},000", "reason": "bench", "do": "save"}
                answer = client.post(SERVICE, data=form)
                self.made["rules"] += answer.status_code in {200, 303}
                if self.done.wait(RULE_EVERY_S):
                    return
