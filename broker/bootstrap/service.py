"""What the broker tells systemd: that it is open, that it still answers, that it ends."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping

STUCK_S = 60.0
"""A request that has waited so long is not answered any more: systemd may start the broker again."""


def notifier(environ: Mapping[str, str]) -> Callable[[str], None]:
    """Return what sends systemd a word, such as `READY=1`; where it did not start us, that does nothing."""
    address = environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in {"/", "@"}:
        return lambda _: None
    where = "\0" + address[1:] if address.startswith("@") else address

    def notify(word: str) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(word.encode(), where)

    return notify


def watchdog_s(environ: Mapping[str, str]) -> float | None:
    """Return after how many seconds of silence systemd would start us again; None where it does not watch."""
    said = environ.get("WATCHDOG_USEC", "")
    return int(said) / 1e6 if said.isascii() and said.isdecimal() and int(said) else None


def keep_watched(notify: Callable[[str], None], unanswered_s: Callable[[], float], pause: Callable[[], bool]) -> None:
    """Tell systemd that requests are answered, until a pause is True."""
    while not pause():
        if unanswered_s() < STUCK_S:
            notify("WATCHDOG=1")


def tell_systemd(
    environ: Mapping[str, str],
    on_connect: Callable[[Callable[[], None]], None],
    unanswered_s: Callable[[], float],
) -> Callable[[], None]:
    """Tell systemd when the office is open, and from now on that it answers; return what tells that it ends."""
    notify, ended = notifier(environ), threading.Event()
    on_connect(lambda: notify("READY=1"))
    silence_s = watchdog_s(environ)
    if silence_s is not None:
        told = (notify, unanswered_s, lambda: ended.wait(silence_s / 3))
        threading.Thread(target=keep_watched, args=told, name="systemd-watchdog", daemon=True).start()

    def closing() -> None:
        ended.set()
        notify("STOPPING=1")

    return closing
