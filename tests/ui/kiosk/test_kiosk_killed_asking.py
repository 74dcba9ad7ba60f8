"""A kiosk that is killed while it asks the true broker for a number: none waits that nobody holds, no paper is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from kiosk.visit.presenter import INTERRUPTED
from tests.support.office import OfficeProcess
from tests.support.program import PROCESSES
from tests.support.sqlite import opened
from tests.support.station import EmulatedPrinter, wait_until
from tests.ui.kiosk import kiosk_to_kill
from tests.ui.kiosk.kiosk_to_kill import Moment

PATIENCE_S = 30.0
Paper = tuple[str, str, str]


class Place:
    """A broker and a printer that stay on, and a kiosk between them that does not."""

    def __init__(self, folder: Path, office: OfficeProcess) -> None:
        self.printer = EmulatedPrinter()
        self._folder, self._office = folder, office

    @property
    def kept(self) -> str:
        """Return the requests on the kiosk's disk."""
        return (self._folder / "requests.json").read_text(encoding="utf-8")

    @property
    def tickets(self) -> list[Paper]:
        """Return each ticket's state, and its paper's with the reason."""
        with opened(self._office.database) as connection:
            rows = connection.execute(
                "SELECT t.state, p.state, coalesce(p.reason, '') FROM tickets t JOIN print_jobs p ON p.ticket = t.id"
            )
            return [(ticket, paper, reason) for ticket, paper, reason in rows]

    @contextmanager
    def kiosk(self, moment: Moment | None = None) -> Iterator[BaseProcess]:
        """Let a kiosk run: a visitor's one until the moment, or one that only makes good what was left."""
        languages = self._office.settings.office.languages
        arguments = (self._folder, self.printer.wire.port, self._office.address, languages, moment)
        process = PROCESSES.Process(target=kiosk_to_kill.visit, args=arguments, daemon=True)
        process.start()
        try:
            yield process
        finally:
            process.kill()
            process.join()

    def killed(self, moment: Moment) -> None:
        """Lead a visitor on until the power goes."""
        with self.kiosk(moment) as process:
            process.join(PATIENCE_S)
            assert process.exitcode == -9, "the power was to go"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    office = OfficeProcess(tmp_path / "var")
    office.start()
    place = Place(tmp_path, office)
    yield place
    place.printer.device.close()
    office.stop()


def test_a_number_that_was_not_asked_for_yet_is_not_given_out_afterwards(place: Place) -> None:
    place.killed("before the send")
    assert '"issue"' in place.kept
    with place.kiosk():
        wait_until(lambda: place.kept == "[]", "the engine has said that it was not done")
    assert place.tickets == []


@pytest.mark.parametrize("moment", ["after the send", "before the paper"])
def test_a_number_that_nobody_got_does_not_wait_in_the_queue(place: Place, moment: Moment) -> None:
    place.killed(moment)
    assert [ticket for ticket, *_ in place.tickets] == ["waiting"]
    with place.kiosk():
        wait_until(lambda: place.kept == "[]", "it is given up")
    assert place.tickets == [("cancelled", "failed", INTERRUPTED)]
    assert place.printer.whole() == 0


def test_a_number_whose_paper_was_to_come_is_kept_and_comes_out_once(place: Place) -> None:
    place.printer.do("unplug")
    place.killed("after the paper")
    place.printer.do("plug")
    with place.kiosk():
        wait_until(lambda: place.kept == "[]", "nothing is left to be asked")
        wait_until(lambda: place.tickets[0][1] != "queued", "the paper's outcome is on record")
    ((ticket, paper, _),) = place.tickets
    assert ticket == "waiting"
    assert (paper == "confirmed") == (place.printer.whole() == 1)
