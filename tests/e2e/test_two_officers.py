"""Two officers never get one visitor: sixteen counters call at once through five thousand tickets, over the wire."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.contract.messages import Reply
from tests.support.caller import Caller
from tests.support.office import CONFIG, OfficeProcess

pytestmark = pytest.mark.timeout(150)

COUNTERS, TICKETS, KIOSKS = 16, 5000, 4
UNDER_WAY = 32
"""So many requests a kiosk has under way at once."""
SERVICES = ("new-passport", "passport-renewal")
STAGE = "document-check"
LIMIT_S = 90.0


def large_office(folder: Path) -> Path:
    """Write the demo's configuration with sixteen counters of the same work, an officer for each, and no quota."""
    config: dict[str, Any] = yaml.safe_load(CONFIG.read_text())
    officer = config["officers"][0]
    config["counters"] = [{"id": f"c{n}", "label": str(n), "stages": [STAGE]} for n in range(1, COUNTERS + 1)]
    config["officers"] = [{**officer, "id": f"officer{n}", "name": f"Officer {n}"} for n in range(1, COUNTERS + 1)]
    config["services"] = [{**s, "stages": [STAGE]} for s in config["services"] if s["id"] in SERVICES]
    config["stages"] = [stage for stage in config["stages"] if stage["id"] == STAGE]
    config["lanes"] = [
        {key: value for key, value in lane.items() if key in _PLAIN_LANE}
        for lane in config["lanes"]
        if not lane.get("step_free")
    ]
    path = folder / "large.yaml"
    path.write_text(yaml.safe_dump(config, allow_unicode=True))
    return path


_PLAIN_LANE = {"id", "letter", "shape", "name", "rule", "promised_wait_min"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    """Yield the large office on Mosquitto."""
    process = OfficeProcess(tmp_path / "var", config=large_office(tmp_path))
    process.start()
    yield process
    process.stop()


def quiet(office: OfficeProcess, client: str) -> Caller:
    """Return a client that asks and does not look at pictures."""
    return Caller(office.address, client, listens=False)


def at_once(count: int, work: Callable[[int], None]) -> None:
    """Do `work` in so many threads; raise what went wrong in any."""
    faults: queue.SimpleQueue[BaseException] = queue.SimpleQueue()

    def guarded(which: int) -> None:
        try:
            work(which)
        except BaseException as fault:  # noqa: BLE001 - handed to the test's own thread, which raises it
            faults.put(fault)

    threads = [threading.Thread(target=guarded, args=(which,)) for which in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not faults.empty():
        raise faults.get()


def issue(kiosk: Caller, count: int) -> list[str]:
    """Take `count` numbers, several under way at once; return them."""
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    numbers: list[str] = []
    for n in range(count):
        lane = "priority" if n % 4 == 0 else "regular"
        kiosk.bus.request("issue", {"service": SERVICES[n % 2], "lane": lane}, replies.put)
        if n >= UNDER_WAY:
            numbers.append(_number(replies))
    return numbers + [_number(replies) for _ in range(min(count, UNDER_WAY))]


def _number(replies: queue.SimpleQueue[Reply]) -> str:
    reply = replies.get(timeout=30)
    assert reply.result is not None, reply
    number: str = reply.result["ticket"]["number"]
    return number


def test_sixteen_counters_at_once_call_everybody_and_nobody_twice(office: OfficeProcess) -> None:
    office.wait_online()
    begun = time.monotonic()
    with ExitStack() as stack:
        kiosks = [stack.enter_context(quiet(office, f"kiosk-{n}")) for n in range(1, KIOSKS + 1)]
        counters = [stack.enter_context(quiet(office, f"counter-{n}")) for n in range(1, COUNTERS + 1)]
        desks: list[dict[str, Any]] = [{} for _ in counters]

        def open_counter(which: int) -> None:
            officer = {"counter": f"c{which + 1}", "officer": f"officer{which + 1}", "pin": "1234"}
            session = counters[which].do("open", **officer)["session"]
            desks[which] = {"counter": officer["counter"], "session": session}

        given: list[list[str]] = [[] for _ in kiosks]

        def take_numbers(which: int) -> None:
            given[which] = issue(kiosks[which], TICKETS // KIOSKS)

        at_once(COUNTERS, open_counter)
        at_once(KIOSKS, take_numbers)
        numbers = [number for some in given for number in some]
        assert len(set(numbers)) == len(numbers) == TICKETS

        picked = _all_pick_the_same(counters, desks, numbers[0])
        called: list[list[str]] = [[] for _ in counters]
        called[picked].append(numbers[0])

        def work(which: int) -> None:
            if which == picked:
                counters[which].do("finish", **desks[which])
            while (result := counters[which].do("next", **desks[which]))["ticket"] is not None:
                called[which].append(result["ticket"]["number"])
                counters[which].do("finish", **desks[which])

        at_once(COUNTERS, work)
    elapsed_s = time.monotonic() - begun
    tally = Tally(number for some in called for number in some)
    assert [number for number, times in tally.items() if times > 1] == []
    assert set(tally) == set(numbers)
    assert min(len(some) for some in called) > 0, "every counter had its share"
    assert elapsed_s < LIMIT_S


def _all_pick_the_same(counters: list[Caller], desks: list[dict[str, Any]], number: str) -> int:
    """Let all officers pick one ticket at the same moment; return which one got it: exactly one."""
    together = threading.Barrier(len(counters))
    replies: list[Reply | None] = [None] * len(counters)

    def pick(which: int) -> None:
        together.wait(timeout=30)
        replies[which] = counters[which].ask("call", ticket=number, **desks[which])

    at_once(len(counters), pick)
    winners = [which for which, reply in enumerate(replies) if reply is not None and reply.ok]
    codes = {reply.error.code for reply in replies if reply is not None and reply.error is not None}
    assert len(winners) == 1
    assert codes == {"illegal_transition"}
    return winners[0]
