"""A backup is whole or it is none; what is put back gives no number twice."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from broker.bootstrap.nightly import LOOK_EVERY_S, TRY_AGAIN_S, Nightly, is_due, keep_daily
from broker.care import backup
from broker.care.backup import Backup, back_up, plan_restore, put_back_config, read_backup, restore
from broker.config import Settings, load_settings
from broker.config.logins import BOOK, Login, read_book, write_book
from broker.config.settings import BackupPlan
from broker.ports import StorageError
from broker.store.copies import MANIFEST
from broker.store.head import Head
from broker.store.sql import SqlStore
from tests.fakes.clock import MORNING
from tests.fakes.engine_room import EngineRoom
from tests.support.office import CONFIG, shipped_settings

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return shipped_settings()


class House:
    """An office with its data, and a folder for its backups."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.data, self.media = settings, folder / "var", folder / "media"
        self.data.mkdir()
        self.open()

    def open(self) -> None:
        """Let the engine begin, as at each start."""
        self.store = SqlStore(f"sqlite:///{self.data}/office.db", "demo", Head(self.data, "demo"))
        self.room = EngineRoom(store=self.store)
        self.room.ids = iter(range(len(self.room.hall.tickets) * 1000, 10**9))

    def issue(self, count: int = 1) -> str:
        """Give out numbers; return the last."""
        return [self.room.hall.tickets[self.room.issue("visa")].number for _ in range(count)][-1]

    def back_up(self, *, after: dt.timedelta = dt.timedelta(), keep: int = 14) -> Backup:
        """Make a backup, so long after the morning."""
        return back_up(self.settings, CONFIG, self.data, self.media, now=MORNING + after, keep=keep)

    def restore(
        self,
        backup: Backup,
        data: Path | None = None,
        *,
        after: dt.timedelta = dt.timedelta(),
        held: tuple[str, ...] = (),
    ) -> tuple[str, list[str]]:
        """Put one back, here or there; return what is lost by it, and what was done."""
        data = data or self.data
        plan = plan_restore(read_backup(backup.folder), self.settings, data, now=MORNING + after, held=held)
        return plan.lost, restore(plan, self.settings, data, now=MORNING + after)


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Iterator[House]:
    house = House(settings, tmp_path)
    yield house
    house.store.close()


def test_what_was_answered_before_is_in_it_however_busy_the_office_is(house: House) -> None:
    ended, answered = threading.Event(), [0]

    def work() -> None:
        house.open()  # SQLite wants its own thread
        while not ended.is_set():
            house.issue()
            answered[0] += 1
        house.store.close()

    house.store.close()
    worker = threading.Thread(target=work)
    worker.start()
    try:
        for turn in range(6):
            before = answered[0]
            made = house.back_up(after=DAY * turn)
            assert made.given.numbers.get("B", 0) >= before
            assert read_backup(made.folder) == made
    finally:
        ended.set()
        worker.join()
    assert answered[0] > 20


def test_a_copy_of_the_file_alone_is_not_enough(house: House, tmp_path: Path) -> None:
    """What the README warns of: the newest tickets stand in the log beside the file."""
    house.issue(20)
    shutil.copy(house.data / "office.db", tmp_path / "office.db")
    with (
        pytest.raises(StorageError),
        closing(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo", Head(house.data, "demo"))),
    ):
        pass
    assert house.back_up().lines == 20


def test_the_newest_stay_and_nothing_else_in_the_folder_is_touched(house: House) -> None:
    house.issue()
    house.media.mkdir()
    (house.media / "photos").mkdir()
    (house.media / "antrean-demo-notes").mkdir()
    (house.media / "antrean-branch-20260101T000000Z").mkdir()
    made = [house.back_up(after=DAY * n, keep=2).folder.name for n in range(4)]
    left = {path.name for path in house.media.iterdir()}
    assert left == {"photos", "antrean-demo-notes", "antrean-branch-20260101T000000Z", *made[-2:]}


def test_an_office_whose_name_begins_alike_keeps_its_backups(house: House) -> None:
    made = house.back_up()
    other = made.folder.rename(house.media / made.folder.name.replace("demo", "demo-2"))
    for n in range(2):
        house.back_up(after=DAY * n, keep=1)
    assert other.is_dir()


def test_backups_that_a_wrong_clock_dated_ahead_take_no_place_from_those_of_today(house: House) -> None:
    ahead = [house.back_up(after=DAY * n).folder for n in (9000, 9001)]
    plan = BackupPlan(folder=str(house.media))
    nightly = Nightly(house.settings, plan, CONFIG, house.data, lambda: MORNING)
    assert nightly.is_due()
    made = house.back_up(keep=2).folder
    assert not nightly.is_due()
    assert {path for path in house.media.iterdir() if path.is_dir()} == {made, ahead[1]}


def test_a_backup_is_for_its_owner_alone(house: House) -> None:
    house.issue()
    folder = house.back_up().folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_of_a_database_that_is_damaged_there_is_no_backup_and_no_trace(house: House) -> None:
    house.issue(3)
    house.store.close()
    whole = (house.data / "office.db").read_bytes()
    (house.data / "office.db").write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    with pytest.raises(StorageError):
        house.back_up()
    assert list(house.media.iterdir()) == []
    (house.data / "office.db").write_bytes(whole)
    house.open()


def test_a_journal_that_was_changed_is_no_backup_either(house: House) -> None:
    house.issue(3)
    house.store._driver.execute("UPDATE events SET body = replace(body, 'visa', 'stay') WHERE seq = 2")
    with pytest.raises(StorageError, match="broken at line 2"):
        house.back_up()
    assert list(house.media.iterdir()) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "office.db").write_bytes(b"x"), "office.db is not what was written there"),
        (lambda folder: (folder / "journal.key").unlink(), "journal.key is not what was written there"),
        (lambda folder: (folder / MANIFEST).unlink(), "is no backup"),
        (lambda folder: (folder / MANIFEST).write_text("{"), "cannot be understood"),
        (lambda folder: change(folder, tables="0999"), "made by a later version"),
        (lambda folder: change(folder, office="branch"), "a backup of the office branch, and this is demo"),
    ],
)
def test_what_is_no_good_backup_is_refused_in_words_and_changes_nothing(house: House, harm: object, said: str) -> None:
    house.issue(3)
    made = house.back_up()
    assert callable(harm)
    harm(made.folder)
    house.store.close()
    before = {path.name: path.read_bytes() for path in house.data.iterdir() if path.is_file()}
    with pytest.raises(StorageError, match=said):
        house.restore(made)
    assert {path.name: path.read_bytes() for path in house.data.iterdir() if path.is_file()} == before
    house.open()


def change(folder: Path, **facts: str) -> None:
    said = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(said | facts))


def test_numbers_go_on_behind_the_highest_that_was_given_out(house: House) -> None:
    house.issue(5)
    made = house.back_up()
    assert house.issue(4) == "B-009"
    house.store.close()
    lost, done = house.restore(made)
    assert lost == "B-006 to B-009"
    assert done[-1] == f"numbers of {MORNING.date()} go on behind B-009"
    house.open()
    assert house.issue() == "B-010"
    assert house.store.verify() is None
    (aside,) = house.data.glob("before-restore-*")
    assert {"office.db", "journal-demo.head"} <= {path.name for path in aside.iterdir()}


def test_whoever_restores_twice_within_a_second_keeps_what_was_there_each_time(house: House) -> None:
    house.issue(5)
    made = house.back_up()
    house.store.close()
    house.restore(made)
    house.restore(made)
    assert len(list(house.data.glob("before-restore-*/office.db"))) == 2


def test_the_log_of_the_database_before_does_not_destroy_what_is_put_back(house: House, tmp_path: Path) -> None:
    """As after a kill: laid beside the log of another database, SQLite would take its pages into the copy."""
    house.issue(5)
    made = house.back_up()
    house.issue(30)
    killed = tmp_path / "killed"
    shutil.copytree(house.data, killed)
    assert (killed / "office.db-wal").stat().st_size > 0
    house.restore(made, killed)
    with closing(SqlStore(f"sqlite:///{killed}/office.db", "demo", Head(killed, "demo"))) as store:
        assert store.verify() is None
        assert store.given.numbers == {"B": 35}


def test_numbers_that_the_head_does_not_know_are_known_by_the_database_that_is_there(house: House) -> None:
    house.issue(5)
    made = house.back_up()
    house.issue(4)
    house.store.close()
    (house.data / "journal-demo.head").unlink()  # as one of an earlier version, which knew no numbers
    assert house.restore(made)[0] == "B-006 to B-009"
    house.open()
    assert house.issue() == "B-010"


def test_on_a_new_disk_people_say_which_numbers_are_held_and_those_are_not_given_twice(
    house: House, tmp_path: Path
) -> None:
    house.issue(5)
    made = house.back_up()
    new = tmp_path / "new"
    new.mkdir()
    plan = plan_restore(read_backup(made.folder), house.settings, new, now=MORNING)
    assert plan.is_blind
    assert not plan_restore(read_backup(made.folder), house.settings, house.data, now=MORNING).is_blind
    with pytest.raises(StorageError, match="A57 is no number as it stands on a ticket"):
        house.restore(made, new, held=("A57",))
    lost, _done = house.restore(made, new, held=("B-057",))
    assert lost == "B-006 to B-057"
    with closing(SqlStore(f"sqlite:///{new}/office.db", "demo", Head(new, "demo"))) as store:
        room = EngineRoom(store=store)
        room.ids = iter(range(1_000, 2_000))
        assert room.hall.tickets[room.issue("visa")].number == "B-058"


def test_of_the_morning_after_a_backup_people_know_too(house: House, tmp_path: Path) -> None:
    house.issue(5)
    made = house.back_up()
    new = tmp_path / "new"
    new.mkdir()
    house.restore(made, new, after=DAY, held=("B-003",))
    with closing(SqlStore(f"sqlite:///{new}/office.db", "demo", Head(new, "demo"))) as store:
        assert (store.given.day, store.given.numbers) == ((MORNING + DAY).date(), {"B": 3})


def of_a_later_version(house: House) -> None:
    """Let the database be one that a later program has brought up to date, which this one cannot read."""
    with closing(sqlite3.connect(house.data / "office.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def test_whoever_goes_back_to_an_older_program_puts_back_what_that_can_read(house: House) -> None:
    house.issue(5)
    made = house.back_up()
    house.issue(4)
    house.store.close()
    of_a_later_version(house)
    lost, done = house.restore(made)
    assert lost == "B-006 to B-009"
    assert done[0].startswith("what was there is put aside")
    house.open()
    assert house.issue() == "B-010"
    assert house.store.verify() is None


def test_over_a_later_database_of_which_nothing_else_tells_nothing_is_put_back(house: House) -> None:
    house.issue(5)
    made = house.back_up()
    house.store.close()
    of_a_later_version(house)
    (house.data / "journal-demo.head").unlink()
    with pytest.raises(StorageError, match="use the program that wrote it"):
        house.restore(made)


def test_wherever_a_restore_is_cut_off_no_number_is_given_twice_and_it_can_be_done_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.issue(5)
    made = house.back_up()
    house.issue(4)
    house.store.close()
    whole = house.data.with_name("whole")
    shutil.copytree(house.data, whole)
    steps, is_over = 0, False
    while not is_over:
        shutil.rmtree(house.data)
        shutil.copytree(whole, house.data)
        left = [steps]

        def cut(step: Callable[..., object], left: list[int] = left) -> Callable[..., object]:
            def stepped(*arguments: object) -> object:
                if left[0] == 0:
                    raise KeyboardInterrupt
                left[0] -= 1
                return step(*arguments)

            return stepped

        with monkeypatch.context() as patched:
            patched.setattr("broker.care.backup._copy", cut(backup._copy))
            patched.setattr(Path, "replace", cut(Path.replace))
            try:
                house.restore(made)
                is_over = True
            except KeyboardInterrupt:
                steps += 1
        if not is_over:
            with contextlib.suppress(StorageError):  # a broker that is started now begins behind all of them, or not
                house.open()
                assert house.issue() == "B-010"
                assert house.store.verify() is None
                house.store.close()
                continue
            house.restore(made, after=dt.timedelta(seconds=30))
        house.open()
        assert house.issue() == "B-010"
        house.store.close()
    assert steps > 6


def test_on_a_new_machine_devices_log_in_and_what_the_configuration_names_is_there(
    house: House, tmp_path: Path
) -> None:
    write_book(house.data, {"kiosk-1": Login(entry="a-hash", since=MORNING)})
    here, there = (tmp_path / name / "config.yaml" for name in ("here", "there"))
    (here.parent / "forms").mkdir(parents=True)
    shutil.copy(CONFIG.parent / "broker" / "surveys" / "skm.yaml", here.parent / "forms" / "survey.yaml")
    text = CONFIG.read_text(encoding="utf-8").replace("# file: survey.yaml ", "file: forms/survey.yaml ", 1)
    here.write_text(text, encoding="utf-8")
    made = back_up(load_settings(here, {}), here, house.data, house.media, now=MORNING)
    assert put_back_config(read_backup(made.folder), there) == [there, there.parent / "forms" / "survey.yaml"]
    assert load_settings(there, {}) == load_settings(here, {})
    assert put_back_config(read_backup(made.folder), there) == []
    _, done = house.restore(made, tmp_path / "new")
    assert read_book(tmp_path / "new") == read_book(house.data)
    assert any("revoke again" in line for line in done)


def test_a_device_that_was_revoked_after_the_backup_is_not_let_in_by_it(house: House) -> None:
    old, late = Login(entry="old-hash", since=MORNING), MORNING + DAY
    write_book(house.data, dict.fromkeys(("kiosk-1", "display-1", "counter-1"), old))
    made = house.back_up()
    now = {"kiosk-1": Login(since=late), "display-1": Login(entry="new-hash", since=late), "counter-1": old}
    write_book(house.data, now)
    house.store.close()
    house.restore(made)
    assert read_book(house.data) == now
    (house.data / BOOK).write_text("{")
    house.restore(made, after=DAY)
    assert read_book(house.data) == dict.fromkeys(now, old)
    assert [path.read_text() for path in house.data.glob(f"before-restore-*/{BOOK}")].count("{") == 1


def test_of_an_office_that_has_never_worked_there_is_no_backup(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no broker has worked here yet"):
        back_up(settings, CONFIG, tmp_path / "var", tmp_path / "media", now=MORNING)
    assert not (tmp_path / "media").exists()


def test_nothing_newer_nothing_lost(house: House) -> None:
    house.issue(5)
    made = house.back_up()
    house.store.close()
    assert house.restore(made)[0] == ""
    house.open()
    assert house.issue() == "B-006"


# -- every day ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-03-02 10:00", True),
        ("2026-03-01 22:00", "2026-03-02 21:59", False),
        ("2026-03-01 22:00", "2026-03-02 22:00", True),
        ("2026-03-02 22:01", "2026-03-02 23:00", False),
        ("2026-02-27 22:00", "2026-03-02 08:00", True),
        ("2062-01-01 22:00", "2026-03-02 08:00", True),
    ],
)
def test_it_is_due_when_it_was_not_done_since_its_hour(
    settings: Settings, last: str | None, now: str, *, due: bool
) -> None:
    zone = settings.office.zone
    done = None if last is None else dt.datetime.fromisoformat(last).replace(tzinfo=zone).astimezone(dt.UTC)
    assert is_due(done, dt.time(22), dt.datetime.fromisoformat(now).replace(tzinfo=zone)) is due


def test_one_that_failed_is_said_and_tried_again_an_hour_later() -> None:
    faults, told, pauses = iter(["the disk is full", "", ""]), [], []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) > 3

    keep_daily("backup", lambda: True, lambda: next(faults), lambda device, fault: told.append((device, fault)), pause)
    assert told == [("backup", "the disk is full"), ("backup", None), ("backup", None)]
    assert pauses == [LOOK_EVERY_S, TRY_AGAIN_S, LOOK_EVERY_S, LOOK_EVERY_S]


def test_one_that_somebody_made_by_hand_ends_the_fault() -> None:
    dues, told = iter([True, False, False]), list[str | None]()
    pauses = iter([False, False, False, True])
    keep_daily(
        "backup",
        lambda: next(dues),
        lambda: "the disk is full",
        lambda _, fault: told.append(fault),
        lambda _: next(pauses),
    )
    assert told == ["the disk is full", None]


def test_the_broker_makes_one_by_a_process_of_its_own(house: House) -> None:
    house.issue(3)
    plan = BackupPlan(folder=str(house.media))
    nightly = Nightly(house.settings, plan, CONFIG, house.data, lambda: dt.datetime.now(dt.UTC))
    assert nightly.is_due()
    assert nightly.make() == ""
    assert not nightly.is_due()
    missing = BackupPlan(folder=str(house.media / "not" / "mounted"))
    assert "is the disk plugged in" in Nightly(house.settings, missing, CONFIG, house.data, lambda: MORNING).make()
