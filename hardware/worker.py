"""One thread a device: blocking calls happen there, results come back on the caller's own thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from hardware.errors import DeviceUnavailable, HardwareError

Result = TypeVar("Result")
Post = Callable[[Callable[[], None]], None]

_log = logging.getLogger(__name__)


class DeviceWorker:
    """Runs jobs for one device in the order they came, on a daemon thread called `device-<name>`."""

    def __init__(self, name: str, post: Post) -> None:
        self._name = name
        self._post = post
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._accepting = True
        self._abandoned = False
        self._gate = threading.Lock()
        self.faults = 0
        self._thread = threading.Thread(target=self._run, name=f"device-{name}", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], Result], on_done: Callable[[Result | HardwareError], None]) -> None:
        """Queue `job`; `on_done` gets its result or its HardwareError through `post`. Never blocks, never raises."""
        with self._gate:
            if self._accepting:
                self._jobs.put(lambda: self._do(job, on_done))
                return
        stopped = DeviceUnavailable(self._name, "is being shut down")
        self._post(lambda: on_done(stopped))

    def stop(self, *, timeout_s: float = 5.0) -> bool:
        """Finish what is queued, at most for `timeout_s`; tell whether the thread has ended."""
        with self._gate:
            if self._accepting:
                self._accepting = False
                self._jobs.put(None)
        self._thread.join(timeout_s)
        self._abandoned = True
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._abandoned:
            step = self._jobs.get()
            if step is None:
                return
            step()

    def _do(self, job: Callable[[], Result], on_done: Callable[[Result | HardwareError], None]) -> None:
        outcome = self._outcome(job)
        if not self._abandoned:
            self._post(lambda: on_done(outcome))

    def _outcome(self, job: Callable[[], Result]) -> Result | HardwareError:
        try:
            return job()
        except HardwareError as error:  # whoever asked knows whether this is news: a printer is asked every 3 s
            return error
        except Exception as error:  # noqa: BLE001 - one of the few planned places, see ARCHITECTURE
            # A fault of ours must not silence the device for the rest of the day.
            self.faults += 1
            _log.exception("a job of device %s failed in an unforeseen way", self._name)
            return HardwareError(self._name, f"unforeseen fault: {error!r}")
