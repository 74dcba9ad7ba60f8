"""One thread a device: order, faults, and an end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Never

import pytest

from hardware.errors import DeviceUnavailable, HardwareError, PaperOut
from hardware.worker import DeviceWorker


class Desk:
    """A main thread's list of things to do, as Kivy's clock is."""

    def __init__(self) -> None:
        self._steps: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def post(self, step: Callable[[], None]) -> None:
        """Take a step from any thread."""
        self._steps.put(step)

    def run(self, count: int) -> None:
        """Do the next steps here, waiting for them."""
        for _ in range(count):
            self._steps.get(timeout=5)()

    @property
    def empty(self) -> bool:
        """Tell whether nothing is left to do."""
        return self._steps.empty()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def worker(desk: Desk) -> Iterator[DeviceWorker]:
    made = DeviceWorker("printer", desk.post)
    yield made
    assert made.stop()


def test_jobs_are_done_in_the_order_they_came(worker: DeviceWorker, desk: Desk) -> None:
    done: list[int | HardwareError] = []
    for number in range(50):
        worker.submit(lambda number=number: number, done.append)  # type: ignore[misc] # mypy: lambda defaults
    desk.run(50)
    assert done == list(range(50))


def test_jobs_run_on_the_devices_thread_and_results_on_the_callers(worker: DeviceWorker, desk: Desk) -> None:
    seen: list[str | HardwareError] = []
    worker.submit(
        lambda: threading.current_thread().name, lambda name: seen.extend((name, threading.current_thread().name))
    )
    desk.run(1)
    assert seen == ["device-printer", threading.current_thread().name]


def test_a_fault_of_the_device_is_handed_over_and_the_next_job_goes_on(worker: DeviceWorker, desk: Desk) -> None:
    fault = PaperOut("printer", "the roll has ended")

    def fail() -> Never:
        raise fault

    seen: list[str | HardwareError] = []
    worker.submit(fail, seen.append)
    worker.submit(lambda: "printed", seen.append)
    desk.run(2)
    assert seen == [fault, "printed"]
    assert worker.faults == 0


def test_a_fault_of_ours_is_logged_counted_and_does_not_end_the_thread(
    worker: DeviceWorker, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[float | HardwareError] = []
    with caplog.at_level(logging.ERROR):
        worker.submit(lambda: 1 / 0, seen.append)
        worker.submit(lambda: 2.0, seen.append)
        desk.run(2)
    assert isinstance(seen[0], HardwareError)
    assert "ZeroDivisionError" in str(seen[0])
    assert seen[1] == 2.0
    assert worker.faults == 1
    assert "Traceback" in caplog.text


def test_stopping_finishes_what_is_queued(desk: Desk) -> None:
    worker = DeviceWorker("printer", desk.post)
    done: list[str | HardwareError] = []
    gate = threading.Event()
    worker.submit(lambda: str(gate.wait(5)), done.append)
    worker.submit(lambda: "second", done.append)
    gate.set()
    assert worker.stop()
    desk.run(2)
    assert done == ["True", "second"]


def test_stopping_gives_up_at_its_deadline_and_nothing_more_is_started(desk: Desk) -> None:
    worker = DeviceWorker("printer", desk.post)
    gate, started = threading.Event(), threading.Event()
    worker.submit(lambda: gate.wait(10), lambda _: None)
    worker.submit(started.set, lambda _: None)
    assert not worker.stop(timeout_s=0.1)
    gate.set()
    worker._thread.join(5)
    assert not worker._thread.is_alive()
    assert not started.is_set()
    assert desk.empty


def test_after_stopping_a_job_is_refused_and_not_forgotten(desk: Desk) -> None:
    worker = DeviceWorker("printer", desk.post)
    assert worker.stop()
    assert worker.stop()
    seen: list[str | HardwareError] = []
    worker.submit(lambda: "never", seen.append)
    desk.run(1)
    assert isinstance(seen[0], DeviceUnavailable)
