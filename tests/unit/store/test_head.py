"""The end of the journal is known outside the database: what is missing shows, and no number is given out twice."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from broker.bootstrap.process import watch_log
from broker.domain import commands as cmd
from broker.ports import StorageError
from broker.store.archive import Archive
from broker.store.checkup import check_up
from broker.store.head import SLOT_BYTES, Head, Mark
from broker.store.recovery import follow_journal
from broker.store.sql import SqlStore
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.days import a_busy_day, a_day_of_journeys
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened

LINES = 19
"""Of a busy day."""


def open_store(folder: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{folder}/office.db", "demo", Head(folder, "demo"))


def verify(folder: Path) -> str:
    """Return what `antrean journal verify` would say."""
    mark = Head(folder, "demo").read()
    with closing(Archive(f"sqlite:///{folder}/office.db", "demo")) as archive:
        broken = archive.verify(mark)
    return "whole" if broken is None else f"{broken.seq}: {broken.why}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the data of an office that had a busy day and is closed."""
    with closing(open_store(tmp_path)) as store:
        a_busy_day(EngineRoom(store=store))
    return tmp_path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[EngineRoom]:
    """Yield an office at work."""
    store = open_store(tmp_path)
    room = EngineRoom(store=store)
    a_busy_day(room)
    yield room
    store.close()


def cut(folder: Path, *statements: str) -> None:
    """Change the database alone, as who has nothing else can."""
    with opened(folder / "office.db") as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0


# -- what verify says ---------------------------------------------------------------------------------------------


def test_a_journal_that_reaches_its_end_is_whole(folder: Path) -> None:
    assert verify(folder) == "whole"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("seq > 18", "19: line 19 is missing at the end of the journal: requests had been answered up to there"),
        (
            "seq > 12",
            "13: lines 13 to 19 are missing at the end of the journal: requests had been answered up to there",
        ),
        ("seq > 0", "1: the journal is empty, but had 19 lines: requests had been answered up to there"),
    ],
)
def test_a_tail_that_was_cut_off_shows_and_it_is_said_what_is_missing(folder: Path, statement: str, said: str) -> None:
    cut(folder, f"DELETE FROM events WHERE {statement}")  # noqa: S608 - ours
    assert verify(folder) == said


def test_a_cut_tail_shows_by_the_tables_where_the_head_is_gone(folder: Path) -> None:
    (folder / "journal-demo.head").unlink()
    cut(folder, "DELETE FROM events WHERE seq > 5")
    assert verify(folder).startswith(
        "6: lines 6 to 19 are missing at the end of the journal: a ticket was issued there"
    )


def test_a_journal_that_was_written_anew_with_good_hashes_shows(folder: Path, tmp_path: Path) -> None:
    """Whoever knows how the chain is made can make another one; not the head."""
    other = tmp_path / "other"
    other.mkdir()
    with closing(open_store(other)) as store:
        room = EngineRoom(store=store)
        room.clock.advance(1)
        a_busy_day(room)
    shutil.copy(other / "office.db", folder / "office.db")
    assert verify(folder) == "19: the journal up to here was written anew: it had another end"
    with pytest.raises(StorageError, match="not the one that was written"):
        open_store(folder)


def test_verify_beside_a_broker_at_work_is_never_ahead_of_it(office: EngineRoom, tmp_path: Path) -> None:
    for _ in range(5):
        mark = Head(tmp_path, "demo").read()
        office.issue("visa")
        with closing(Archive(f"sqlite:///{tmp_path}/office.db", "demo")) as archive:
            assert archive.verify(mark) is None


def test_an_open_transaction_that_was_lost_is_no_fault(office: EngineRoom, tmp_path: Path) -> None:
    """The head is written after the commit: a broker that died in between left it one step behind."""
    office.issue("visa")
    behind = (tmp_path / "journal-demo.head").read_bytes()
    office.issue("visa")
    (tmp_path / "journal-demo.head").write_bytes(behind)
    assert verify(tmp_path) == "whole"
    behind_store = tmp_path / "killed"
    behind_store.mkdir()
    for path in (*tmp_path.glob("office.db*"), *tmp_path.glob("journal*")):
        shutil.copy(path, behind_store / path.name)
    open_store(behind_store).close()


# -- the head itself ----------------------------------------------------------------------------------------------


def test_a_head_that_was_rewritten_without_the_key_is_not_believed(folder: Path) -> None:
    path = folder / "journal-demo.head"
    path.write_bytes(path.read_bytes().replace(b'"seq": 19', b'"seq": 12'))
    with pytest.raises(StorageError, match="was not signed"):
        Head(folder, "demo").read()
    with pytest.raises(StorageError, match="was not signed"):
        open_store(folder)


def test_a_head_whose_key_is_gone_is_not_believed(folder: Path) -> None:
    (folder / "journal.key").unlink()
    with pytest.raises(StorageError, match="was not signed"):
        open_store(folder)


def test_of_a_write_that_was_torn_the_one_before_is_there(tmp_path: Path) -> None:
    head = Head(tmp_path, "demo")
    head.prepare(Mark(0, "0" * 64))
    for seq in (1, 2, 3):
        head.write(Mark(seq, str(seq) * 64))
    head.close()
    whole = head.path.read_bytes()
    for slot in range(2):
        torn = bytearray(whole)
        torn[slot * SLOT_BYTES + 40 : (slot + 1) * SLOT_BYTES] = bytes(SLOT_BYTES - 40)
        head.path.write_bytes(torn)
        found = head.read()
        assert found is not None
        assert found.seq in {2, 3}


def test_head_and_key_are_for_their_owner_alone(folder: Path) -> None:
    assert [path.stat().st_mode & 0o777 for path in sorted(folder.glob("journal*"))] == [0o600, 0o600]


def test_the_database_and_its_neighbours_are_for_their_owner_alone_also_where_they_were_not(tmp_path: Path) -> None:
    beside = ("office.db-wal", "office.db-shm", "office.db.version-0003")
    open_store(tmp_path).close()
    (tmp_path / beside[-1]).write_bytes(b"an older copy")
    for path in tmp_path.glob("office.db*"):
        path.chmod(0o644)
    with closing(open_store(tmp_path)):
        assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("office.db*")} == {
            "office.db": 0o600,
            **dict.fromkeys(beside, 0o600),
        }


def test_a_database_that_a_group_was_let_read_stays_so(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    (tmp_path / "office.db").chmod(0o640)
    open_store(tmp_path).close()
    assert (tmp_path / "office.db").stat().st_mode & 0o777 == 0o640


def test_two_offices_of_one_folder_have_an_end_each(folder: Path) -> None:
    branch = SqlStore(f"sqlite:///{folder}/office.db", "branch", Head(folder, "branch"))
    EngineRoom(store=branch).ask(cmd.Issue("00000000-0000-0000-0000-0000000000ff", "visa", None, None))
    branch.close()
    assert Head(folder, "branch").read() != Head(folder, "demo").read()
    assert verify(folder) == "whole"


# -- what the broker does at its start ----------------------------------------------------------------------------


def empty(folder: Path) -> None:
    (folder / "office.db").write_bytes(b"")


def take_away(folder: Path) -> None:
    (folder / "office.db").unlink()


def roll_back(folder: Path) -> None:
    shutil.copy(folder / "morning.db", folder / "office.db")


def cut_all(folder: Path) -> None:
    cut(folder, "DELETE FROM events", "DELETE FROM tickets", "DELETE FROM sessions")


@pytest.mark.parametrize("harm", [empty, take_away, roll_back, cut_all], ids=lambda harm: harm.__name__)
def test_no_number_is_given_out_on_a_disk_that_says_less_than_was_answered(tmp_path: Path, harm: object) -> None:
    with closing(open_store(tmp_path)) as store:
        room = EngineRoom(store=store)
        room.issue("visa")
        with opened(tmp_path / "office.db") as source, closing(sqlite3.connect(tmp_path / "morning.db")) as target:
            source.backup(target)
        a_busy_day(room)
    assert callable(harm)
    harm(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("office.db")}
    with pytest.raises(StorageError, match="no number is given out"):
        open_store(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("office.db")} == before


def test_a_spoilt_page_of_the_log_is_noticed_at_the_next_start(office: EngineRoom, tmp_path: Path) -> None:
    """SQLite itself takes the log up to the bad page, without a word: an office of some minutes ago."""
    killed = tmp_path / "killed"
    killed.mkdir()
    for path in (*tmp_path.glob("office.db*"), *tmp_path.glob("journal*")):
        shutil.copy(path, killed / path.name)
    log = bytearray((killed / "office.db-wal").read_bytes())
    log[len(log) // 2] ^= 0xFF
    (killed / "office.db-wal").write_bytes(log)
    assert verify(killed) != "whole"
    with pytest.raises(StorageError, match="no number is given out"):
        open_store(killed)
    assert office.hall.seq == LINES


def test_an_emptied_file_beside_a_log_is_refused_without_a_head_too(office: EngineRoom, tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    killed.mkdir()
    shutil.copy(tmp_path / "office.db-wal", killed / "office.db-wal")
    (killed / "office.db").touch()
    with pytest.raises(StorageError, match=r"office\.db-wal beside it is not"):
        open_store(killed)
    assert (killed / "office.db-wal").stat().st_size > 0
    assert office.hall.seq == LINES


def test_an_office_of_before_the_head_goes_on_and_has_one_from_now_on(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "journal-demo.head").unlink()
    with caplog.at_level(logging.WARNING), closing(open_store(folder)) as store:
        assert store.past().last_seq == LINES
    assert "from now on it is: line 19" in caplog.text
    assert Head(folder, "demo").read() is not None


def test_a_backup_that_was_put_back_is_taken_when_somebody_says_so(folder: Path) -> None:
    shutil.copy(folder / "office.db", folder / "backup.db")
    with closing(open_store(folder)) as store:
        assert store.past().last_seq == LINES
        room = EngineRoom(store=store, clock=FakeClock(store.past().events[-1][1].at))
        room.ids = iter(range(1_000, 2_000))
        room.issue("visa")
    shutil.copy(folder / "backup.db", folder / "office.db")
    with pytest.raises(StorageError, match=r"line 20 is missing.*antrean recover"):
        open_store(folder)
    aside = Head(folder, "demo").put_aside("20260302")
    with closing(open_store(folder)) as store:
        assert store.past().last_seq == LINES
    assert aside.read_bytes()
    assert verify(folder) == "whole"


BESIDE = ("tickets", "promises", "print_jobs", "sessions", "replies")


@pytest.mark.parametrize("left", BESIDE)
def test_without_a_head_each_table_beside_the_journal_tells_that_it_was_cut(folder: Path, left: str) -> None:
    """Who deletes the head and cuts the journal has to know of every table."""
    (folder / "journal-demo.head").unlink()
    cut(folder, "DELETE FROM events WHERE seq > 1", *(f"DELETE FROM {table}" for table in BESIDE if table != left))  # noqa: S608 - ours
    with pytest.raises(StorageError, match=r"no number is given out.*line.* missing at the end"):
        open_store(folder)
    assert not (folder / "journal-demo.head").exists()
    seen = check_up(f"sqlite:///{folder}/office.db", "demo", Head(folder, "demo"))
    assert seen is not None
    assert "missing" in seen.lost


@pytest.mark.parametrize("end", [0, 1, 4, 10, 15, 18])
def test_a_journal_that_was_cut_is_taken_as_it_is_and_the_office_works_on_with_it(folder: Path, end: int) -> None:
    """Without the head: where only that is put aside, every new ticket would collide with one the tables know."""
    (folder / "journal-demo.head").unlink()
    cut(folder, f"DELETE FROM events WHERE seq > {end}")  # noqa: S608 - ours
    said = follow_journal(f"sqlite:///{folder}/office.db", "demo")
    assert f"{folder / 'office.db.before-recover'}" in said
    with closing(open_store(folder)) as store:
        room = EngineRoom(store=store)
        assert room.hall.seq == end
        room.ids = iter(range(1_000, 2_000))
        room.sign_in("c1", "sari")
        room.issue("visa")
        room.issue("passport")
        room.call_next("c1")
    assert verify(folder) == "whole"
    assert follow_journal(f"sqlite:///{folder}/office.db", "demo") == ""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE tickets SET state = 'waiting' WHERE number = 1 AND series = 'A'", "state waiting, not no_show"),
        ("UPDATE tickets SET state = 'cancelled' WHERE state = 'called'", "state cancelled, not called"),
        ("UPDATE tickets SET lane = 'priority' WHERE lane = 'regular' AND series = 'A'", "lane priority, not regular"),
        ("UPDATE tickets SET counter = 'c2' WHERE state = 'called'", "counter c2, not c1"),
    ],
)
def test_a_table_of_tickets_that_says_otherwise_than_the_journal_shows(folder: Path, statement: str, said: str) -> None:
    cut(folder, statement)
    assert f"the table of tickets says {said}" in verify(folder)


@pytest.mark.parametrize("hour", [0, 6, 12, 23])
def test_tables_of_many_days_say_what_the_journal_says_whatever_the_zone_and_the_hour(
    tmp_path: Path, hour: int
) -> None:
    with closing(open_store(tmp_path)) as store:
        room = EngineRoom(store=store, clock=FakeClock(MORNING.replace(hour=hour)))
        for _ in range(3):
            a_day_of_journeys(room)
            room.clock.advance(24 * 3600)
            room.engine.step([])
    assert verify(tmp_path) == "whole"


def test_a_ticket_that_is_not_in_the_table_shows(folder: Path) -> None:
    cut(folder, "DELETE FROM tickets WHERE series = 'A' AND number = 1")
    assert verify(folder).endswith("A-001 of 2026-03-02 is not in the table of tickets")


# -- what the broker does at work ---------------------------------------------------------------------------------


def _refused(office: EngineRoom) -> str:
    reply = office.ask(cmd.Issue("00000000-0000-0000-0000-00000000abcd", "visa", None, None))
    error: str = reply["error"]
    return error


@pytest.mark.parametrize("name", ["office.db", "office.db-wal"])
def test_a_file_that_is_taken_away_at_work_swallows_no_ticket(office: EngineRoom, tmp_path: Path, name: str) -> None:
    (tmp_path / name).rename(tmp_path / "elsewhere")
    assert _refused(office) == "storage_failed"
    office.clock.advance(5)
    assert _refused(office) == "not_ready"
    (tmp_path / "elsewhere").rename(tmp_path / name)
    office.clock.advance(5)
    office.issue("visa")


@pytest.mark.parametrize("name", ["office.db", "office.db-wal"])
def test_a_file_that_is_put_in_the_place_of_ours_at_work_is_not_written_to(
    office: EngineRoom, tmp_path: Path, name: str
) -> None:
    shutil.copy(tmp_path / name, tmp_path / "copy")
    (tmp_path / "copy").rename(tmp_path / name)
    assert _refused(office) == "storage_failed"


def test_a_file_that_is_emptied_at_work_is_noticed(office: EngineRoom, tmp_path: Path) -> None:
    with (tmp_path / "office.db").open("r+b") as file:
        content = file.read()
        file.truncate(0)
    assert _refused(office) == "storage_failed"
    (tmp_path / "office.db").write_bytes(content)


def test_a_hall_is_not_rebuilt_from_less_than_was_answered(office: EngineRoom, tmp_path: Path) -> None:
    cut(tmp_path, "DELETE FROM events WHERE seq > 12")
    with pytest.raises(StorageError, match="lines 13 to 19 are missing"):
        office.store.past()


def test_a_spoilt_page_of_the_log_is_noticed_at_work(office: EngineRoom, tmp_path: Path) -> None:
    """SQLite would go on as if nothing was, and lose at the next start all that came after the page."""
    log = tmp_path / "office.db-wal"
    with log.open("r+b") as file:
        file.seek(32 + 24 + 5 * (4096 + 24) + 200)
        file.write(b"spoilt")
    office.issue("visa")
    office.clock.advance(601)
    office.engine.step([])
    assert _refused(office) == "not_ready"
    office.clock.advance(5)
    assert _refused(office) == "not_ready"


def test_a_spoilt_page_is_noticed_within_seconds_wherever_it_is(office: EngineRoom, tmp_path: Path) -> None:
    """One that was summed up before, and one that is new since the last look."""
    assert isinstance(office.store, SqlStore)
    watch = office.store.log_watch()
    assert watch is not None
    assert not watch.is_suspect()
    office.issue("visa")
    log = tmp_path / "office.db-wal"
    whole = log.read_bytes()
    frame = 4096 + 24
    for at in (40, 32 + 24 + 5 * frame + 200, 32 + 9 * frame + 12, whole.rindex(b"issued")):
        spoilt = bytearray(whole)
        spoilt[at] ^= 0x01
        log.write_bytes(spoilt)
        assert watch.is_suspect(), at
        log.write_bytes(whole)
        assert not watch.is_suspect(), at
    log.write_bytes(bytes(spoilt))
    pauses = iter([False, True])
    watch_log(watch.is_suspect, office.engine.look_soon, office.store.settle, lambda _: next(pauses))
    office.engine.step([])
    assert _refused(office) == "not_ready"
    log.write_bytes(whole)


def test_a_log_that_is_whole_is_never_suspect_however_often_it_begins_anew(office: EngineRoom) -> None:
    assert isinstance(office.store, SqlStore)
    office.store._driver.execute("PRAGMA wal_autocheckpoint=30")
    watch, finding = office.store.log_watch(), set[bool]()
    assert watch is not None
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            finding.add(watch.is_suspect())

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(60):
        office.issue("visa")
    ended.set()
    looking.join()
    assert not watch.is_suspect()
    assert finding


def test_a_log_that_is_whole_is_believed_however_often_it_begins_anew(office: EngineRoom) -> None:
    assert isinstance(office.store, SqlStore)
    office.store._driver.execute("PRAGMA wal_autocheckpoint=30")
    for _ in range(40):
        office.issue("visa")
        office.store.look()


# -- a power cut at the very first start --------------------------------------------------------------------------

NOTHING = [b"", bytes(SLOT_BYTES), bytes(2 * SLOT_BYTES)]
"""What a file holds that was made and whose content never came to the disk."""


@pytest.mark.parametrize("nothing", NOTHING, ids=len)
@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("has_tables", [True, False])
def test_a_first_start_that_a_power_cut_ended_is_begun_again(
    tmp_path: Path, nothing: bytes, *, has_key: bool, has_tables: bool
) -> None:
    open_store(tmp_path).close()
    (tmp_path / "journal-demo.head").write_bytes(nothing)
    if not has_key:
        (tmp_path / "journal.key").unlink()
    if not has_tables:
        (tmp_path / "office.db").write_bytes(b"")
    url = f"sqlite:///{tmp_path}/office.db"
    seen = check_up(url, "demo", Head(tmp_path, "demo"))
    assert seen is None or not seen.damage
    with closing(open_store(tmp_path)) as store:
        EngineRoom(store=store).issue("visa")
    with closing(Archive(url, "demo")) as archive:
        mark = Head(tmp_path, "demo").read()
        assert mark is not None
        assert (mark.seq, mark.hash) == (1, archive.end().hash)


@pytest.mark.parametrize("nothing", NOTHING, ids=len)
def test_an_empty_head_beside_a_journal_is_not_believed(folder: Path, nothing: bytes) -> None:
    path = folder / "journal-demo.head"
    path.write_bytes(nothing)
    with pytest.raises(StorageError, match=r"is empty, but the journal has 19 lines.*antrean recover"):
        open_store(folder)
    assert path.read_bytes() == nothing
    seen = check_up(f"sqlite:///{folder}/office.db", "demo", Head(folder, "demo"))
    assert seen is not None
    assert "is empty, but the journal has 19 lines" in seen.damage


def test_beside_a_journal_that_was_emptied_no_number_is_given_out_though_the_head_is_empty_too(folder: Path) -> None:
    (folder / "journal-demo.head").write_bytes(b"")
    cut(folder, "DELETE FROM events")
    with pytest.raises(StorageError, match="no number is given out"):
        open_store(folder)


def test_a_head_of_which_only_one_place_came_to_the_disk_is_believed(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    path = tmp_path / "journal-demo.head"
    path.write_bytes(bytes(SLOT_BYTES) + path.read_bytes()[SLOT_BYTES:])
    open_store(tmp_path).close()
