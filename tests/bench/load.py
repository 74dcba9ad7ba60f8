"""Clients that ask as fast as they are answered, spread over processes of their own."""

from __future__ import annotations

import multiprocessing
import queue
import threading
import time
from multiprocessing.synchronize import Barrier

from broker.contract.link import Address
from tests.support.caller import Caller

MAX_PROCESSES = 4


def issue_from(address: Address, *, clients: int, seconds: float, service: str) -> tuple[list[str], float]:
    """Return the numbers that `clients` were given in about `seconds`, and the seconds it really took."""
    processes = min(clients, MAX_PROCESSES)
    shares = [clients // processes + (n < clients % processes) for n in range(processes)]
    barrier = multiprocessing.Barrier(processes + 1)
    results: multiprocessing.Queue[list[str]] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(
            target=_worker, args=(address, f"bench-{n}", share, seconds, service, barrier, results), daemon=True
        )
        for n, share in enumerate(shares)
    ]
    for worker in workers:
        worker.start()
    barrier.wait(60)
    begin = time.perf_counter()
    numbers = [number for _ in workers for number in results.get(timeout=seconds + 60)]
    taken = time.perf_counter() - begin
    for worker in workers:
        worker.join(20)
    return numbers, taken


def _worker(  # noqa: PLR0917 - multiprocessing hands them over by position
    address: Address,
    name: str,
    clients: int,
    seconds: float,
    service: str,
    barrier: Barrier,
    results: multiprocessing.Queue[list[str]],
) -> None:
    callers = [Caller(address, f"{name}-{n}", listens=False) for n in range(clients)]
    for caller in callers:
        caller.__enter__()
    numbers: queue.SimpleQueue[str] = queue.SimpleQueue()
    barrier.wait(60)
    deadline = time.perf_counter() + seconds
    threads = [threading.Thread(target=_ask, args=(caller, service, deadline, numbers)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put([numbers.get() for _ in range(numbers.qsize())])
    for caller in callers:
        caller.bus.stop()


def _ask(caller: Caller, service: str, deadline: float, numbers: queue.SimpleQueue[str]) -> None:
    while time.perf_counter() < deadline:
        numbers.put(caller.do("issue", service=service)["ticket"]["number"])
