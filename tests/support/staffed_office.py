"""The demo office in the middle of a day, with a month behind it: all that its staff's pages can show.

Two hours of it have been lived by the wire, so that people wait for as long as it says; the closed days are made up.
`python -m tests.tours` walks through it, and the tests of the staff's pages that need a whole office share it.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support.caller import Caller
from tests.support.office import CONFIG, OfficeProcess
from tests.support.past_days import keep_days
from tests.support.web_process import PUBLIC, WebProcess

PIN = "1234"
WHO = {"officer": "siti", "supervisor": "maria", "complaints": "yusuf", "technician": "arif"}
"""By role."""
STRANGE_NAME = "=1+1 <i>Rina</i>"
"""How one officer is called here, and one service in English: a formula to a spreadsheet, and markup to a page."""
OPEN = {"counter-1": "siti", "counter-2": "budi", "counter-3": "dewi"}
_SERVICES = ("new-passport", "passport-renewal", "collection", "child-passport", "visit-permit")
_MINUTES_AGO = (47, 19)
"""When visitors came, before now."""
COMPLAINTS = (
    ("complaint", "Pendingin ruang tunggu mati sejak pagi."),
    ("information", "Kapan jadwal layanan hari Sabtu? <b>Mohon dijawab.</b>"),
)
SUGGESTIONS = ("Sediakan pengisi daya telepon di ruang tunggu.", '=HYPERLINK("http://evil.example")')


@dataclass
class StaffedOffice:
    """A broker and its pages, in an own folder. Use as a context manager."""

    folder: Path
    web: WebProcess = field(init=False)
    office: OfficeProcess = field(init=False)
    month_before: dt.date = field(init=False)
    """The first day of last month, from which on days are closed."""
    sessions: dict[str, str] = field(default_factory=dict)
    """By counter that is open."""
    ticket: str = ""
    """One that was served and sent on."""
    complaint: str = ""
    """The number of one."""

    def __enter__(self) -> Self:
        config = self.folder / "config.yaml"
        config.write_text(_with_strange_names(CONFIG.read_text(encoding="utf-8")), encoding="utf-8")
        self.office = OfficeProcess(self.folder / "var", config=config, extra=PUBLIC)
        self.office.data_dir.mkdir()
        settings = self.office.settings
        now = dt.datetime.now(settings.office.zone)
        self.month_before = (now.date().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
        keep_days(self.office.database, settings, self.month_before, now.date() - dt.timedelta(days=1))
        since_midnight_min = now.hour * 60 + now.minute
        for steps, minutes in enumerate(_MINUTES_AGO):
            self._live(steps, min(minutes, since_midnight_min // (steps + 1)))
        self.office.days_ago = 0
        self.office.start()
        try:
            with self.office.caller("kiosk-1") as kiosk:
                self._now(kiosk)
            self.web = WebProcess(self.office)
            self.web.start()
        except BaseException:
            self.office.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.web.stop()
        self.office.stop()

    @property
    def address(self) -> str:
        """Return where the pages are."""
        return self.web.address

    def open_again(self, service: str) -> None:
        """Offer a service that a test has closed for today: the office is as it was."""
        with self.office.caller("supervisor") as caller:
            session = caller.do("staff_in", officer=WHO["supervisor"], pin=PIN)["session"]
            caller.do("offer", session=session, service=service, action="open", reason="The test is over.")

    def _live(self, step: int, minutes_ago: int) -> None:
        """Let the office run for a moment, so many minutes ago."""
        self.office.days_ago = minutes_ago / (24 * 60)
        self.office.start()
        try:
            with self.office.caller("kiosk-1") as kiosk:
                chance = random.Random(step)  # noqa: S311 - the same visitors each time
                if step == 0:
                    self._open(kiosk)
                for n in range(14 - 3 * step):
                    lane = "priority" if n % 5 == 2 else "regular"
                    kiosk.do("issue", service=chance.choice(_SERVICES), lane=lane)
                for counter, session in self.sessions.items():
                    desk = {"counter": counter, "session": session}
                    for _ in range(3 if step else 1):
                        self._serve(kiosk, desk)
        finally:
            self.office.stop()
        # As after a night: else the next broker would take it for a clock that was set, and stay in that hour.
        (self.office.data_dir / "clock.json").unlink(missing_ok=True)

    def _open(self, kiosk: Caller) -> None:
        for counter, officer in OPEN.items():
            self.sessions[counter] = str(kiosk.do("open", counter=counter, officer=officer, pin=PIN)["session"])

    def _serve(self, kiosk: Caller, desk: dict[str, str]) -> None:
        kiosk.ask("finish", **desk)
        called = kiosk.do("next", **desk)["ticket"]
        if called is not None:
            self.ticket = self.ticket or str(called["id"])
            kiosk.do("start", **desk)

    def _now(self, kiosk: Caller) -> None:
        for n in range(6):
            kiosk.do("issue", service=_SERVICES[n % 3], lane="priority" if n % 3 == 1 else "regular")
        for kind, text in COMPLAINTS:
            told = kiosk.do("complain", kind=kind, text=text, language="id")
            self.complaint = self.complaint or str(told["receipt"]["number"])
        for text in SUGGESTIONS:
            kiosk.do("suggest", text=text, service="collection", language="id")


def _with_strange_names(config: str) -> str:
    """Return the configuration with an officer and a service whose names are more than names elsewhere."""
    named = config.replace("name: Rina Marlina", f'name: "{STRANGE_NAME}"')
    return named.replace("Legal consultation on immigration", STRANGE_NAME)
