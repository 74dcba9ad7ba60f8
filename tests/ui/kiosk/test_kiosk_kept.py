"""Requests that outlive the kiosk: on disk before they are sent, gone from there when nothing is left to be done."""

from __future__ import annotations

import datetime as dt
import errno
import logging
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

import pytest

from broker.bus import RESEND_AFTER_S
from broker.contract.messages import ErrorCode
from hardware.worker import DeviceWorker
from kiosk.outbox.kept import MOST_KEPT, FileShelf, KeptRequest, KeptRequests, NoShelf
from kiosk.visit.presenter import INTERRUPTED
from kiosk.visit.requests import DISK_PATIENCE_S
from kiosk.visit.steps import GIVE_UP_AFTER_S, WARNING_S
from tests.ui.kiosk.kiosk_samples import NOW, ticket
from tests.ui.kiosk.kiosk_visitor import IDLE_S, Visitor


class Disk:
    """Takes its time until the test lets it go on."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self._waiting: list[Callable[[], None]] = []

    def found(self) -> bytes:
        """Return what is on it."""
        return self.data

    def put(self, data: bytes, then: Callable[[], None]) -> None:
        """Write it when it is time to."""

        def write() -> None:
            self.data = data
            then()

        self._waiting.append(write)

    def work(self) -> None:
        """Do what was asked for."""
        while self._waiting:
            self._waiting.pop(0)()

    @property
    def commands(self) -> list[str]:
        """Return what the next run would find."""
        return [request.command for request in KeptRequests(Disk(self.data)).left()]


def issue(identity: str = "r1") -> KeptRequest:
    """Return a request as it was sent."""
    return KeptRequest(id=identity, command="issue", arguments={"service": "new-passport"}, at=NOW)


def interrupted(*requests: KeptRequest, papers: tuple[str, ...] = ()) -> tuple[Visitor, Disk]:
    """Return a kiosk after a restart, with what it had asked for and the papers that it had begun."""
    disk = Disk()
    before = KeptRequests(disk)
    for request in requests:
        before.keep(request, lambda: None)
    disk.work()
    visitor = Visitor(shelf=disk, has_paper=lambda of, _copies: of in papers)
    visitor.presenter.recover()
    visitor.connected().wait(RESEND_AFTER_S + 1)
    return visitor, disk


def test_a_request_for_a_number_is_on_disk_before_it_is_sent_and_gone_after_its_paper_was_begun() -> None:
    disk = Disk()
    visitor = Visitor(shelf=disk).connected().go("issuing")
    assert visitor.issues == []
    disk.work()
    assert (disk.commands, len(visitor.issues)) == (["issue"], 1)
    visitor.issues[0].answer(ticket())
    assert (disk.commands, len(visitor.papers)) == (["issue"], 1)
    disk.work()
    assert disk.commands == []


def test_a_disk_that_hangs_holds_a_number_up_for_two_seconds_and_brings_no_second_one() -> None:
    disk = Disk()
    visitor = Visitor(shelf=disk).connected().go("issuing")
    visitor.wait(DISK_PATIENCE_S + 0.1)
    assert len(visitor.issues) == 1
    disk.work()
    assert len(visitor.issues) == 1
    visitor.issues[0].answer(ticket())
    disk.work()
    assert (disk.commands, len(visitor.papers), visitor.screen) == ([], 1, "ticket")


def test_a_number_that_is_given_up_is_forgotten_when_the_engine_has_taken_it_back() -> None:
    disk = Disk()
    visitor = Visitor(shelf=disk).connected().go("issuing")
    disk.work()
    visitor.wait(GIVE_UP_AFTER_S + IDLE_S + WARNING_S + 2)
    visitor.issues[0].answer(ticket())
    visitor.engine.of("printed")[0].answer(ticket())
    disk.work()
    assert disk.commands == ["issue"]
    visitor.engine.of("cancel")[0].answer(ticket(state="cancelled"))
    disk.work()
    assert disk.commands == []


def test_after_a_restart_it_is_only_asked_whether_it_was_done_under_the_same_id() -> None:
    visitor, disk = interrupted(issue())
    (again,) = visitor.issues
    assert (again.id, again.arguments, again.until) == ("r1", {"service": "new-passport"}, NOW)
    again.refuse("too_late")
    disk.work()
    assert (disk.commands, visitor.engine.of("cancel"), visitor.screen) == ([], [], "language")


def test_after_a_restart_a_number_that_nobody_got_is_given_up_and_not_shown() -> None:
    visitor, disk = interrupted(issue())
    visitor.issues[0].answer(ticket())
    (failed,) = visitor.engine.of("printed")
    assert failed.arguments == {"ticket": ticket().id, "outcome": "failed", "reason": INTERRUPTED}
    failed.answer(ticket())
    (given_up,) = visitor.engine.of("cancel")
    assert given_up.arguments == {"ticket": ticket().id, "reason": INTERRUPTED}
    given_up.answer(ticket(state="cancelled"))
    disk.work()
    assert (disk.commands, visitor.screen, visitor.papers) == ([], "language", [])


def test_after_a_restart_a_number_whose_paper_was_begun_is_left_to_the_printers() -> None:
    visitor, disk = interrupted(issue(), papers=(ticket().id,))
    visitor.issues[0].answer(ticket())
    disk.work()
    assert (disk.commands, [made.command for made in visitor.engine.requests]) == ([], ["issue"])


def test_after_a_restart_a_copy_that_was_not_printed_is_on_record_and_its_ticket_waits_on() -> None:
    copy = KeptRequest(id="r2", command="reprint", arguments={"ticket": ticket().id, "check": "0417"}, at=NOW)
    visitor, disk = interrupted(copy)
    visitor.engine.of("reprint")[0].answer(ticket())
    (failed,) = visitor.engine.of("printed")
    assert failed.arguments["reason"] == INTERRUPTED
    failed.answer(ticket())
    disk.work()
    assert (disk.commands, visitor.engine.of("cancel")) == ([], [])


@pytest.mark.parametrize("code", ["storage_failed", "not_ready", "too_many"])
def test_a_passing_refusal_is_no_answer_to_whether_it_was_done(code: ErrorCode) -> None:
    visitor, disk = interrupted(issue())
    visitor.issues[0].refuse(code)
    disk.work()
    assert disk.commands == ["issue"]


def test_no_more_are_kept_than_a_kiosk_can_have_asked_for() -> None:
    disk = Disk()
    kept = KeptRequests(disk)
    for number in range(MOST_KEPT + 5):
        kept.keep(issue(f"r{number}"), lambda: None)
    disk.work()
    assert [request.id for request in KeptRequests(Disk(disk.data)).left()][:1] == ["r5"]


@pytest.mark.parametrize("found", [b"", b"null", b"[{}]", b'[{"id": "r1"', b"\0\0\0\0"])
def test_what_makes_no_sense_is_passed_by(found: bytes) -> None:
    assert KeptRequests(Disk(found)).left() == ()


def test_without_a_shelf_it_goes_on_at_once() -> None:
    asked: list[str] = []
    KeptRequests(NoShelf()).keep(issue(), lambda: asked.append("now"))
    assert asked == ["now"]


def test_a_file_keeps_it_and_a_disk_that_refuses_does_not_cost_the_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
    path = tmp_path / "requests" / "kiosk-1.json"
    worker = DeviceWorker("print-log", todo.put)
    asked: list[str] = []
    kept = KeptRequests(FileShelf(path, worker))
    kept.keep(issue(), lambda: asked.append("kept"))
    todo.get(timeout=10)()
    assert KeptRequests(FileShelf(path, worker)).left() == (issue(),)
    path.unlink()
    path.mkdir()
    with caplog.at_level(logging.CRITICAL):
        kept.keep(issue("r2"), lambda: asked.append("not kept"))
        todo.get(timeout=10)()
    worker.stop()
    assert asked == ["kept", "not kept"]


@pytest.mark.parametrize(("is_harmless", "left"), [(False, ()), (True, (issue(),))])
def test_a_disk_that_refuses_leaves_to_the_next_run_what_is_harmless_to_ask_again(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_harmless: bool,
    left: tuple[KeptRequest, ...],
) -> None:
    todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
    worker = DeviceWorker("print-log", todo.put)
    shelf = FileShelf(tmp_path / "kiosk-1.json", worker, is_harmless=is_harmless)
    kept = KeptRequests(shelf)
    kept.keep(issue(), lambda: None)
    todo.get(timeout=10)()
    monkeypatch.setattr("kiosk.outbox.kept.write_whole", _full)
    with caplog.at_level(logging.CRITICAL):
        kept.keep(issue("r2"), lambda: None)
        todo.get(timeout=10)()
    worker.stop()
    assert KeptRequests(shelf).left() == left


def _full(*_args: object, **_how: object) -> None:
    raise OSError(errno.ENOSPC, "no space left on the device")


def test_times_are_kept_with_their_offset() -> None:
    assert issue().as_question["until"] == NOW.isoformat()
    assert issue().at.utcoffset() == dt.timedelta(hours=7)
