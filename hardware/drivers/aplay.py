"""Sound by ALSA's program aplay: a process for each announcement, fed as fast as it takes it."""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO
from typing import IO

from hardware.codecs.wave_sound import RATE_HZ
from hardware.errors import DeviceTimeout, DeviceUnavailable

DEVICE = "sound"
GRACE_S = 5.0
"""How long a sound card may take nothing, and how much longer than the sound itself it may need."""
_FORMAT = ("-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ))
_BYTES_PER_S = 2 * RATE_HZ


class AplayPlayer:
    """Plays by the program aplay; blocks as long as the sound lasts."""

    def __init__(self, program: str, *, device: str | None = None, grace_s: float = GRACE_S) -> None:
        """`device` is ALSA's name of the card, its default one for None."""
        self._command = [program, "-q", *_FORMAT, *(("-D", device) if device else ()), "-"]
        self._where = f"aplay ({program})" if device is None else f"aplay ({program}) to {device}"
        self._grace_s = grace_s
        self._gate = threading.Lock()
        self._playing: subprocess.Popen[bytes] | None = None
        self._was_cut = False

    def play(self, parts: Iterable[bytes]) -> None:
        """Play to the end. Raises DeviceTimeout, DeviceUnavailable."""
        with tempfile.TemporaryFile() as complaints, self._started(complaints) as (process, pipe):
            begin, sound_s, taken = time.monotonic(), 0.0, True
            try:
                for part in parts:
                    self._hand_over(pipe, part)
                    sound_s += len(part) / _BYTES_PER_S
            except BrokenPipeError:  # it ended by itself, and has said why
                taken = False
            pipe.close()
            self._await_end(process, begin + sound_s - time.monotonic())
            if (process.returncode or not taken) and not self._was_cut:
                complaints.seek(0)
                reason = complaints.read().decode(errors="replace").strip().splitlines()
                raise DeviceUnavailable(DEVICE, reason[-1] if reason else f"aplay ended with {process.returncode}")

    def stop(self) -> None:
        """End the program that plays: the card falls silent with it."""
        with self._gate:
            if self._playing is not None:
                self._was_cut = True
                self._playing.kill()

    def health(self) -> str:
        """Return which program plays, and where."""
        return self._where

    @contextmanager
    def _started(self, complaints: IO[bytes]) -> Iterator[tuple[subprocess.Popen[bytes], FileIO]]:
        """Start the program and a pipe into it; whatever happens, both are gone afterwards."""
        source, sink = os.pipe()
        os.set_blocking(sink, False)
        with FileIO(sink, "wb") as pipe:
            try:
                with self._gate:  # whoever wants silence now waits for what is being started, and ends it
                    self._was_cut = False
                    self._playing = process = subprocess.Popen(  # noqa: S603 - the program found on PATH, the device from the configuration
                        self._command, stdin=source, stdout=subprocess.DEVNULL, stderr=complaints
                    )
            except OSError as error:
                why = f"{self._command[0]} cannot be started: {error.strerror or error}"
                raise DeviceUnavailable(DEVICE, why) from error
            finally:
                os.close(source)
            try:
                yield process, pipe
            finally:
                with self._gate:
                    self._playing = None
                process.kill()
                process.wait()

    def _hand_over(self, pipe: FileIO, part: bytes) -> None:
        """Write one part as fast as the card takes it. Raises DeviceTimeout, BrokenPipeError."""
        left = memoryview(part)
        while left:
            _, ready, _ = select.select([], [pipe], [], self._grace_s)
            if not ready:
                raise DeviceTimeout(DEVICE, f"the sound card took nothing for {self._grace_s:g} s")
            left = left[pipe.write(left) or 0 :]

    def _await_end(self, process: subprocess.Popen[bytes], rest_s: float) -> None:
        limit_s = max(rest_s, 0.0) + self._grace_s
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired as error:
            raise DeviceTimeout(DEVICE, f"aplay did not end within {limit_s:.0f} s after its last sample") from error
