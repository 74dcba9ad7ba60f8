"""Screens: whether this machine has one, and virtual ones (Xvfb) where it has none."""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageGrab

from broker.server.children import bound_to_parent

START_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 3.0
TOUCH_TIMEOUT_S = 5.0


class ScreenError(Exception):
    """A virtual screen cannot be had; the text says what to do."""


def has_screen(environ: Mapping[str, str]) -> bool:
    """Tell whether a window can be opened: a variable that names a screen is not enough, it has to answer."""
    if environ.get("WAYLAND_DISPLAY"):
        folder = Path(environ.get("XDG_RUNTIME_DIR", "/run"))
        if (folder / environ["WAYLAND_DISPLAY"]).exists():
            return True
    match = re.fullmatch(r"([^:]*):(\d+)(\.\d+)?", environ.get("DISPLAY", ""))
    return match is not None and _x_answers(match[1], int(match[2]))


def _x_answers(host: str, number: int) -> bool:
    family, address = (
        (socket.AF_INET, (host, 6000 + number))
        if host not in {"", "unix"}
        else (socket.AF_UNIX, f"/tmp/.X11-unix/X{number}")  # noqa: S108 - where X servers listen
    )
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(address)
        except OSError:  # also where the host has no address
            return False
        return True


@dataclass(slots=True)
class VirtualScreen:
    """An X server without glass: windows open on it, touches arrive, pictures can be taken."""

    width: int
    height: int
    name: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start Xvfb on a free display number; `ScreenError` where that fails."""
        if shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
            message = "there is no screen, and no Xvfb and xdotool to make one: apt-get install xvfb xdotool"
            raise ScreenError(message)
        reader, writer = os.pipe()
        self.process = subprocess.Popen(  # noqa: S603 - fixed program
            bound_to_parent(
                [
                    "Xvfb",
                    "-displayfd",
                    str(writer),
                    "-screen",
                    "0",
                    f"{self.width}x{self.height}x24",
                    "-nolisten",
                    "tcp",
                    "-noreset",
                ]
            ),
            pass_fds=(writer,),
            process_group=0,  # Ctrl-C at a terminal is for us alone: windows end before their screen
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader, "rb") as answers:
            ready, _, _ = select.select([answers], [], [], START_TIMEOUT_S)
            number = answers.readline().decode().strip() if ready else ""
        if not number:
            self.stop()
            message = "the virtual screen (Xvfb) did not start"
            raise ScreenError(message)
        self.name = f":{number}"

    def stop(self) -> None:
        """End the X server."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def picture(self, path: Path) -> Image.Image:
        """Save what the screen shows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        image = ImageGrab.grab(xdisplay=self.name)
        image.save(path)
        return image

    def touch(self, x: int, y: int) -> None:
        """Touch the screen once, as a finger would."""
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def click(self, button: str) -> None:
        """Click in the middle of the screen with a button of the mouse, by X's number: 3 is the right one."""
        self._xdotool("mousemove", str(self.width // 2), str(self.height // 2), "click", button)

    def press(self, *keys: str, delay_ms: int = 60) -> None:
        """Press keys by their X names (`space`, `Return`); with no window manager they go where the pointer is.

        A scanner that types has a shorter `delay_ms` between them.
        """
        middle = str(self.width // 2), str(self.height // 2)
        self._xdotool("mousemove", *middle, "key", "--delay", str(delay_ms), *keys)

    def _xdotool(self, *arguments: str) -> None:
        try:
            subprocess.run(  # noqa: S603 - our own arguments
                ["xdotool", *arguments],  # noqa: S607 - found on PATH at start
                env={**os.environ, "DISPLAY": self.name},
                check=True,
                timeout=TOUCH_TIMEOUT_S,
                capture_output=True,
            )
        except (subprocess.SubprocessError, OSError) as error:
            message = f"the virtual screen {self.name} takes no input: {error}"
            raise ScreenError(message) from error
