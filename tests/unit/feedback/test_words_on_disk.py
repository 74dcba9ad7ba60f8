"""What people write lies nowhere open: not in the file, its log, the replies, the journal; and it goes when it must."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.config import load_settings
from broker.contract.topics import Topics
from broker.domain.feedback import commands as fb
from broker.gateway import Inbound
from broker.ports import StorageError
from broker.store.journal import Broken
from broker.store.office_key import OfficeKey
from broker.store.recovery import follow_journal
from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import HELD, book_of, casebook_office, complain, finished, look, move, rate, said, staff_in
from tests.support.sqlite import opened

DAY_S = 24 * 3600
CONFIG = Path(__file__).parents[3] / "config.yaml"
WORDS = {
    "complaint": "Zebrafish were slow at the counter",
    "contact": "quagga@example.org",
    "answer": "Okapis regret that very much",
    "reply": "Narwhals do not believe it",
    "suggestion": "Axolotls want chairs",
    "sentence": "Pangolins smiled at me",
    "secret": "WOMBATWOMBATWOMB",
}


class Disk:
    """A data folder, and engines that work on it one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder}/office.db"
        self.store: SqlStore | None = None
        self.room = EngineRoom(office=casebook_office(), store=self.opened())

    def opened(self) -> SqlStore:
        """Open it, as a new process would."""
        self.close()
        self.store = SqlStore(self.url, "demo", key=OfficeKey(self.folder / "office.key"))
        return self.store

    def restart(self) -> None:
        """Let a new process begin."""
        self.room.store = self.opened()
        self.room.restart()

    def close(self) -> None:
        """Let it go."""
        if self.store is not None:
            self.store.close()

    def verified(self) -> Broken | None:
        """Return what is wrong with the journal and the tables beside it."""
        assert self.store is not None
        return self.store.verify()

    def bytes_of_all_files(self) -> bytes:
        """Return all that lies in the folder."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    yield disk
    disk.close()


def everything_is_said(room: EngineRoom) -> str:
    """Let everybody write something; return the number of the complaint."""
    room.sign_in("c1", "sari")
    rate(room, finished(room), 1, text=WORDS["sentence"])
    room.ask(fb.Suggest(WORDS["suggestion"], row="row-of-suggestion"), client="web")
    number = complain(room, WORDS["complaint"], secret=WORDS["secret"], contact=WORDS["contact"])
    session = staff_in(room, "budi")
    move(room, number, "answer", session=session, text=WORDS["answer"])
    move(room, number, "reply", secret=WORDS["secret"], text=WORDS["reply"])
    room.ask(fb.ListSuggestions(session), client="web")
    for step in range(3):
        look(room, number, session=session, step=step)
    look(room, number, session=session, contact=True)
    return number


def test_no_word_stands_open_in_any_file_or_log(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    everything_is_said(disk.room)
    running = disk.bytes_of_all_files()
    disk.restart()
    found = running + disk.bytes_of_all_files() + caplog.text.encode()
    first = [text.split()[0] for text in WORDS.values()]
    assert [part for part in first if part.encode() in found] == []
    assert b"2026-0001" in found, "else the files were not read"


def test_a_sentence_beside_a_rating_is_joined_to_neither_score_nor_officer(disk: Disk) -> None:
    everything_is_said(disk.room)
    with opened(disk.folder / "office.db") as connection:
        ratings = {row[0] for row in connection.execute("SELECT id FROM ratings")}
        sentences = connection.execute("SELECT * FROM suggestions WHERE tags LIKE '%rating%'").fetchall()
        told = [body for (body,) in connection.execute("SELECT body FROM events WHERE type = 'rated'")]
    ((_, name, day, service, language, _, _, _),) = sentences
    assert (day, service, language) == ("2026-03-02", "visa", "id")
    assert not {name} & ratings
    assert not any(one in body for body in told for one in ratings | {name})


def test_all_is_there_after_a_restart_and_the_journal_agrees(disk: Disk) -> None:
    number = everything_is_said(disk.room)
    before = said(book_of(disk.room))
    disk.restart()
    assert said(book_of(disk.room)) == before
    told = [look(disk.room, number, secret=WORDS["secret"], step=step)["text"] for step in range(3)]
    assert told == [WORDS["complaint"], WORDS["answer"], WORDS["reply"]]
    assert disk.store is not None
    assert disk.store.verify() is None


def test_the_key_is_for_its_owner_alone(disk: Disk) -> None:
    assert stat.S_IMODE((disk.folder / "office.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("change", ["another", "gone", "short"])
def test_another_key_is_refused_in_words_and_the_hall_goes_on(disk: Disk, change: str) -> None:
    number = everything_is_said(disk.room)
    path = disk.folder / "office.key"
    right = path.read_bytes()
    path.unlink()
    if change != "gone":
        path.write_bytes(b"x" * (32 if change == "another" else 7))
    disk.restart()
    assert "office.key" in disk.room.wire.devices["feedback"]
    assert "put it back" in disk.room.wire.devices["feedback"]
    assert disk.room.ask(fb.Suggest("more chairs", row="x"))["error"] == "not_ready"
    disk.room.issue("visa")
    assert path.exists() is (change != "gone"), "no key is made where words are sealed with another"
    path.write_bytes(right)
    disk.room.clock.advance(61)
    disk.room.engine.step([])
    assert look(disk.room, number, secret=WORDS["secret"], step=0)["text"] == WORDS["complaint"]
    assert "feedback" not in disk.room.wire.devices


def test_words_that_were_changed_or_laid_elsewhere_are_not_told(disk: Disk) -> None:
    number = everything_is_said(disk.room)
    with opened(disk.folder / "office.db") as connection:
        connection.execute(
            "UPDATE words SET sealed = (SELECT sealed FROM words WHERE id = ?) WHERE id = ?",
            (f"c/{number}/1", f"c/{number}/0"),
        )
    reply = look(disk.room, number, secret=WORDS["secret"], step=0)
    assert reply["error"] == "storage_failed"
    assert look(disk.room, number, secret=WORDS["secret"], step=1)["text"] == WORDS["answer"], "nobody else is harmed"


def test_what_was_kept_long_enough_is_erased_by_itself_and_the_rest_stays(disk: Disk) -> None:
    number = everything_is_said(disk.room)
    move(disk.room, number, "close", secret=WORDS["secret"])
    with opened(disk.folder / "office.db") as connection:
        (sealed,) = connection.execute("SELECT sealed FROM words WHERE id = ?", (f"c/{number}/0",)).fetchone()
    still_open = complain(disk.room, "Still open")
    disk.room.clock.advance(365 * DAY_S)
    disk.room.engine.step([])
    assert look(disk.room, number, secret=WORDS["secret"], step=0)["text"] == WORDS["complaint"]
    disk.room.clock.advance(DAY_S)
    disk.room.engine.step([])
    assert look(disk.room, number, secret=WORDS["secret"])["error"] == "unknown_complaint"
    assert book_of(disk.room).suggestions == {}
    assert look(disk.room, still_open, secret=HELD, step=0)["text"] == "Still open"
    assert all(sealed not in path.read_bytes() for path in disk.folder.glob("office.db*")), "nor in the log, at once"
    disk.restart()
    with opened(disk.folder / "office.db") as connection:
        left = [name for (name,) in connection.execute("SELECT id FROM words")]
        kept = connection.execute("SELECT state, ticket, has_contact FROM complaints WHERE number = ?", (number,))
        assert kept.fetchall() == [("closed", None, 0)]
    assert left == [f"c/{still_open}/0"]
    assert sealed not in (disk.folder / "office.db").read_bytes(), "overwritten, not only let go of"
    assert look(disk.room, still_open, secret=HELD, step=0)["text"] == "Still open"
    assert disk.store is not None
    assert disk.store.verify() is None


def test_what_is_written_in_the_moment_of_closing_is_erased_with_the_rest(disk: Disk) -> None:
    room = disk.room
    number, session = complain(room, "Slow.", secret=WORDS["secret"]), staff_in(room, "budi")
    reply = fb.MoveComplaint(number, "reply", WORDS["reply"], secret=WORDS["secret"])
    reject = fb.MoveComplaint(number, "reject", WORDS["answer"], "Kantor Wilayah", session=session)
    both = room.submission(reply, client="kiosk-1"), room.submission(reject, client="web")
    assert all("error" not in answer for answer in room.ask_all(*both))
    with opened(disk.folder / "office.db") as connection:
        kept = connection.execute("SELECT purge_after FROM words").fetchall()
    assert kept == [("2027-03-02",)] * 3


def test_purge_says_what_it_did_and_is_for_the_house_alone(disk: Disk) -> None:
    disk.room.ask(fb.Suggest("more chairs", row="one"))
    assert disk.room.ask(fb.Purge(asker="kiosk-1"))["error"] == "not_allowed"
    assert disk.room.ask(fb.Purge(asker="care"))["events"] == []
    disk.room.clock.advance(366 * DAY_S)
    disk.room.engine._tend_at = float("inf")  # so that it is not done by itself before
    assert disk.room.ask(fb.Purge(asker="care"), client="care")["events"] == ["purged"]
    assert book_of(disk.room).suggestions == {}


@pytest.mark.parametrize(
    ("statement", "said_of_it"),
    [
        ("UPDATE complaints SET state = 'rejected'", "state rejected, not reopened"),
        ("UPDATE complaints SET answer_by = '2027-01-01'", "answer_by"),
        ("UPDATE complaints SET secret = 'mine'", "another secret"),
        ("DELETE FROM complaints", "is not in the table of complaints"),
        ("DELETE FROM complaint_steps WHERE step = 1", "not all steps"),
        ("DELETE FROM ratings", "1 ratings, but the table has 0"),
    ],
)
def test_whoever_changes_the_tables_is_found_out(disk: Disk, statement: str, said_of_it: str) -> None:
    everything_is_said(disk.room)
    with opened(disk.folder / "office.db") as connection:
        assert connection.execute(statement).rowcount > 0
    assert disk.store is not None
    found = disk.store.verify()
    assert found is not None
    assert said_of_it in found.why


def test_a_journal_that_was_cut_is_noticed_and_can_be_accepted(disk: Disk) -> None:
    number = everything_is_said(disk.room)
    disk.close()
    with opened(disk.folder / "office.db") as connection:
        (cut,) = connection.execute("SELECT max(seq) - 1 FROM complaint_steps").fetchone()
        connection.execute("DELETE FROM events WHERE seq > ?", (cut,))
        connection.execute("DELETE FROM replies")
    with pytest.raises(StorageError, match="given twice"):
        SqlStore(disk.url, "demo")
    assert "taken out" in follow_journal(disk.url, "demo")
    disk.restart()
    assert disk.verified() is None
    assert book_of(disk.room).complaints[number].state == "answered"


def test_a_receipt_is_the_same_for_the_same_request_and_nobody_can_guess_it(tmp_path: Path) -> None:
    key = OfficeKey(tmp_path / "office.key")
    made: list[Any] = []
    inbound = Inbound(Topics("demo"), made.append, token=lambda *_: "token", secret=key.secret)
    asked = json.dumps({"id": "r-1", "kind": "complaint", "text": "x"}).encode()
    inbound.received("antrean/v1/demo/cmd/web/complain", asked)
    assert made[-1].command.secret == "", "before the key is open nobody gets a receipt"
    key.open(None)
    for client in ("web", "web", "kiosk-1"):
        inbound.received(f"antrean/v1/demo/cmd/{client}/complain", asked)
    first, again, other = (one.command.secret for one in made[1:])
    assert first == again != other
    assert len(first) == 16


def test_the_demo_office_has_somebody_who_handles_complaints() -> None:
    settings = load_settings(CONFIG, {})
    assert settings.feedback.complaints is not None
    assert {officer.role for officer in settings.officers} >= set(settings.feedback.complaints.contacts)
