"""config.yaml while the broker works: a change counts at once where it can, and a faulty one changes nothing."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from broker.bootstrap.rules import announcements, office_message, office_rules
from broker.config import ConfigError, Settings, load_settings
from broker.config.versions import digest_of
from broker.config.web import Web
from broker.ports import Reconfiguration

LOOK_EVERY_S = 0.25
DEVICE_SECTIONS = (
    *("tls", "tls_names", "mqtt", "store", "clock", "backup"),
    *("kiosks", "displays", "keypads", "signs", "counter_panel", "machines"),
)
"""What each process reads for itself at its start: connections, screens, devices."""
MAX_REPORT = 160
"""So many characters of a fault go into the presence; the log has it all."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """What a changed file comes to: the settings that count from now on, and which sections wait for a restart."""

    settings: Settings
    live: tuple[str, ...]
    waiting: tuple[str, ...]


def change_of(old: Settings, new: Settings) -> Change:
    """Return what of `new` counts at once: nothing where another office, or one of other counters, stands there."""
    changed = tuple(name for name in Settings.model_fields if getattr(old, name) != getattr(new, name))
    if _frame(old) != _frame(new):
        return Change(old, (), changed)
    kept = {name: getattr(old, name) for name in DEVICE_SECTIONS} | {
        "web": _web_between(old.web, new.web),
        # Where alerts are sent is the business of the pages' process.
        "alerts": new.alerts.model_copy(update={"email": old.alerts.email, "webhook": old.alerts.webhook}),
    }
    settings = new.model_copy(update=kept)
    live = tuple(name for name in changed if getattr(old, name) != getattr(settings, name))
    waiting = tuple(name for name in changed if getattr(new, name) != getattr(settings, name))
    return Change(settings, live, waiting)


def _web_between(old: Web | None, new: Web | None) -> Web | None:
    """Return what of the pages counts until a restart: where the tickets' QR leads, while there are pages at all.

    Where they are served is the business of their own process; the Wi-Fi that papers tell of is the kiosks'.
    """
    return old if old is None or new is None else old.model_copy(update={"public_url": new.public_url})


def reconfiguration(change: Change, digest: str) -> Reconfiguration:
    """Return what the engine has to know of a change."""
    settings = change.settings
    return Reconfiguration(
        rules=office_rules(settings),
        office=office_message(settings),
        announcements=announcements(settings),
        kiosk_of={counter.id: settings.kiosk_of(counter) for counter in settings.counters},
        digest=digest,
        sections=change.live,
        surveys=settings.feedback.surveys,
    )


class ConfigWatch:
    """Looks at the file again and again. Used by one thread, which is not the engine's: reading takes 0.2 s."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        *,
        environ: Mapping[str, str],
        changed: Callable[[Reconfiguration, Settings], None],
        report: Callable[[str, str | None], None],
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Tell `changed` what counts from now on, and staff by `report` how the file is."""
        self._path = path
        self._settings = settings
        self._environ = environ
        self._changed = changed
        self._report = report
        self._clock = clock
        self._day = self._today()
        self._waiting: tuple[str, ...] = ()
        # It is read once more: it may have been edited since the settings were loaded.
        self._stamp: tuple[int, ...] | None = None
        self._seen = _stamp_of(path)
        self._say("good", digest_of(_read(path)))

    def look(self) -> None:
        """Take a change in once the file has been still from one look to the next: editors write in pieces.

        And a day on which something begins to count that was planned for it.
        """
        if (today := self._today()) != self._day:
            self._day, self._stamp = today, None
        stamp, last = _stamp_of(self._path), self._seen
        self._seen = stamp
        if stamp != self._stamp and stamp == last:
            self._stamp = stamp
            self._take()

    def _take(self) -> None:
        digest = digest_of(_read(self._path))
        try:
            new = load_settings(self._path, self._environ, today=self._day)
        except ConfigError as error:
            log.error("%s is changed and faulty, so it changes nothing:\n%s", self._path, error)  # noqa: TRY400 - it says all
            self._say("faulty", digest, f"{error.problems[0]}; what was before goes on")
            return
        change = change_of(self._settings, new)
        self._settings = change.settings
        if change.live:
            log.info("%s counts from now on: %s (%s)", self._path, ", ".join(change.live), digest)
            self._changed(reconfiguration(change, digest), change.settings)
        if change.waiting:
            log.warning("%s: these count after a restart: %s", self._path, ", ".join(change.waiting))
            self._say("waits", digest, f"for a restart: {', '.join(change.waiting)}")
        else:
            self._say("good", digest)

    def _today(self) -> dt.date:
        return self._clock().astimezone(self._settings.office.zone).date()

    def _say(self, word: str, digest: str, detail: str = "") -> None:
        self._report("config", f"{word}, {digest}{detail and f': {detail}'}"[:MAX_REPORT])


def _frame(settings: Settings) -> object:
    office = settings.office
    return office.id, office.timezone, office.languages, [counter.id for counter in settings.counters]


def _stamp_of(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
