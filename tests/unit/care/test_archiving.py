"""Years move out of the database whole or not at all, and what is said of them stays the same."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from broker.bootstrap.process import _require_papers
from broker.care import archiving
from broker.care.archiving import MOVED, Plan, archive_years, opened, plan_archive
from broker.care.backup import back_up
from broker.cli import main
from broker.cli.reporting import Reporting
from broker.config import Settings, load_settings
from broker.doctor import truth
from broker.domain import commands as cmd
from broker.ports import StorageError
from broker.reports.figures import FIGURES, History, Question, report
from broker.reports.tickets import Asked, Listing, listing
from broker.store.archive import Archive
from broker.store.ends import End, end_of, line_of
from broker.store.head import Head, Mark
from broker.store.lease import FileHold
from broker.store.recovery import follow_journal
from broker.store.sql import SqlStore
from hardware.files import sync
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.days import a_busy_day, a_day_of_journeys
from tests.fakes.engine_room import EngineRoom
from tests.support.office import CONFIG, shipped_settings
from tests.support.sqlite import opened as changed

DAY_S = 24 * 3600
MONDAY = MORNING.date()
DAYS = 5


class House:
    """An office that has worked for some days, and a disk for what it archives."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = shipped_settings()
        self.data, self.disk = folder / "var", folder / "disk"
        self.data.mkdir()
        self.disk.mkdir()
        self.clock = FakeClock()
        self.ids = iter(range(1, 10**6))
        for day in range(DAYS):
            with self.room() as room:
                (a_day_of_journeys if day % 2 else a_busy_day)(room)
                self.clock.advance(DAY_S)
                room.engine.step([])  # the first moment of the next day closes what is left
                self.look_around(room)
        with self.room() as room:
            a_busy_day(room)
            self.look_around(room)

    @property
    def url(self) -> str:
        """Return where its database is."""
        return f"sqlite:///{self.data}/office.db"

    def room(self) -> _Open:
        """Let the engine begin, as at each start."""
        return _Open(self)

    def look_around(self, room: EngineRoom) -> None:
        """Give the engine time to count the days that are over."""
        for _ in range(3):
            self.clock.advance(61)
            room.engine.step([])

    def plan(self, days: int, folder: Path | None = None) -> Plan:
        """Return what archiving the first of the days would mean."""
        return plan_archive(self.settings, self.data, MONDAY + dt.timedelta(days=days), folder or self.disk)

    def archive(self, days: int, folder: Path | None = None) -> Plan:
        """Do it."""
        plan = self.plan(days, folder)
        archive_years(plan, Head(self.data, "demo"), now=MORNING)
        return plan

    def verify(self, *files: Path, ends: tuple[End, ...] = ()) -> str:
        """Return what `antrean journal verify` would say."""
        mark = Head(self.data, "demo").read()
        with closing(Archive(self.url, "demo")) as archive:
            away = [opened(file, "demo", archive.years_away()) for file in files]
            broken = archive.verify(mark, ends, away)
            for one in away:
                one.close()
        return "whole" if broken is None else f"{broken.seq}: {broken.why}"

    def history(self) -> History:
        """Return what all reports are made of."""
        with closing(Archive(self.url, "demo")) as archive:
            zone = self.settings.office.zone
            return archive.history(zone, MONDAY, MONDAY + dt.timedelta(days=DAYS + 1), self.clock.now())


class _Open:
    def __init__(self, house: House) -> None:
        self._house = house

    def __enter__(self) -> EngineRoom:
        house = self._house
        self._store = SqlStore(house.url, "demo", Head(house.data, "demo"))
        return EngineRoom(store=self._store, clock=house.clock, ids=house.ids)

    def __exit__(self, *_: object) -> None:
        self._store.close()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with such a house, to be copied."""
    folder = tmp_path_factory.mktemp("lived")
    house = House(folder)
    assert house.verify() == "whole"
    (folder / "now").write_text(house.clock.now().isoformat())
    return folder


@pytest.fixture
def house(lived: Path, tmp_path: Path) -> House:
    house = House.__new__(House)
    house.settings = shipped_settings()
    house.data, house.disk = tmp_path / "var", tmp_path / "disk"
    shutil.copytree(lived / "var", house.data)
    house.disk.mkdir()
    house.clock = FakeClock(dt.datetime.fromisoformat((lived / "now").read_text()))
    house.ids = iter(range(10**6, 10**7))
    return house


def rows(database: Path, table: str) -> list[tuple[object, ...]]:
    with changed(f"file:{database}?mode=ro", uri=True) as connection:
        return sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)  # noqa: S608 - ours


def test_what_goes_and_what_stays_is_together_all_there_was(house: House, caplog: pytest.LogCaptureFixture) -> None:
    database = house.data / "office.db"
    with changed(database) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    before = {table: rows(database, table) for table in tables}
    plan = house.plan(3)
    caplog.clear()
    archive_years(plan, Head(house.data, "demo"), now=MORNING)
    assert not caplog.records, "nothing is out of order"
    assert plan.day == MONDAY + dt.timedelta(days=2)
    assert plan.file.name == f"antrean-demo-until-{plan.day}.db"
    for table in MOVED:
        left, gone = rows(database, table), rows(plan.file, table)
        assert len(gone) > 0 or table == "staff_sessions", table
        added = [row for row in left if table == "events" and "archived" in row]
        assert sorted([*left, *gone], key=repr) == sorted([*before[table], *added], key=repr), table
    assert len(rows(database, "closed_days")) == DAYS
    assert {row[4] for row in rows(plan.file, "closed_days")} == set(), "what reports go by stays"
    assert house.verify() == house.verify(plan.file) == "whole"
    assert plan.file.stat().st_mode & 0o777 == 0o400
    assert (house.data / f"office.db{archiving.KEPT}").stat().st_size > database.stat().st_size


def test_reports_of_those_days_are_the_same_to_the_last_digit(house: House) -> None:
    before = house.history()
    question = Question(MONDAY, MONDAY + dt.timedelta(days=DAYS))
    house.archive(4)
    days = house.history().days
    assert days[:-1] == before.days[:-1]
    assert replace(days[-1], last_seq=before.days[-1].last_seq) == before.days[-1], (
        "the day that runs has one line more"
    )
    assert report(house.history(), question, figures=FIGURES) == report(before, question, figures=FIGURES)


def test_tickets_behind_a_figure_are_told_from_the_archives_while_they_are_at_hand(house: House) -> None:
    """From each of two, and from the database; where a disk was carried away it is said how many are not told."""
    question = Question(MONDAY, MONDAY + dt.timedelta(days=DAYS))
    zone = house.settings.office.zone

    def told() -> dict[str, tuple[Listing, dict[str, str]]]:
        history, all_told = house.history(), {}
        with closing(Archive(house.url, "demo")) as archive:
            for figure in (one for one in FIGURES if one.id in {"arrivals", "wait_longest", "visits", "papers_asked"}):
                found = listing(history, Asked(figure, question), lambda days: archive.traced(zone, days), a_page=None)
                all_told[figure.id] = found, archive.numbers([row.ticket for row in found.rows])
        return all_told

    before = told()
    first, second = house.archive(2), house.archive(4)
    assert told() == before
    assert len(before["arrivals"][0].rows) > DAYS
    second.file.rename(house.disk / "carried-away")
    for figure, (found, numbers) in told().items():
        rows, known = before[figure][0].rows, before[figure][1]
        assert found.rows == tuple(row for row in rows if not first.day < row.day <= second.day), figure
        assert found.untold == len(rows) - len(found.rows), figure
        assert numbers.items() <= known.items(), figure
    assert sum(found.untold for found, _ in told().values()) > 0


def test_a_page_of_tickets_that_could_not_be_told_is_made_anew_when_the_disk_is_back(house: House) -> None:
    span = [["from", str(MONDAY)], ["to", str(MONDAY + dt.timedelta(days=1))], ["figure", "arrivals"]]
    asked = {"what": "tickets", "language": "en", "query": span}
    reporting, now = Reporting(CONFIG, house.data), house.clock.now()
    plan = house.archive(3)
    plan.file.rename(house.disk / "carried-away")
    assert b"cannot be told" in reporting.answer(asked, now).content
    (house.disk / "carried-away").rename(plan.file)
    assert b"cannot be told" not in reporting.answer(asked, now).content


def test_an_archive_that_is_another_file_tells_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    first, second = house.archive(2), house.archive(4)
    first.file.chmod(0o600)
    shutil.copy(second.file, first.file)
    with closing(Archive(house.url, "demo")) as archive:
        assert archive.traced(house.settings.office.zone, house.history().days[:1]) == []
    assert f"{first.file} is not the archive that was made of the years up to {first.day}" in caplog.text


def test_a_ticket_that_ended_behind_what_was_moved_is_told_to_its_end(house: House) -> None:
    """Somebody is served over midnight: the number goes with its day, and the end is of the next one."""
    with house.room() as room:
        desk = ("c1", room.sign_in("c1", "sari"))
        room.ask(cmd.NoShow(*desk))
        for other in tuple(room.hall.tickets):
            room.ask(cmd.Cancel(other))
        ticket = room.issue("visa")
        room.ask(cmd.Call(*desk, ticket))
        room.start("c1")
        house.clock.advance(DAY_S)
        room.finish("c1")
        room.ask(cmd.Close(*desk))
        for _ in range(2):
            house.clock.advance(DAY_S)
            room.engine.step([])
            a_busy_day(room)
            house.look_around(room)
    with closing(Archive(house.url, "demo")) as archive:
        before = archive.ticket(ticket)
    plans = [house.archive(days) for days in (DAYS, DAYS + 1)]
    with changed(house.data / "office.db") as connection:
        assert connection.execute("SELECT 1 FROM tickets WHERE id = ?", (ticket,)).fetchone() is None
    assert before[0].seq <= plans[1].last.seq < before[-1].seq
    with closing(Archive(house.url, "demo")) as archive:
        assert archive.ticket(ticket) == before


def test_a_ticket_of_those_days_is_told_from_the_archive_or_it_is_said_where_that_is(house: House) -> None:
    """Where the file is on a disk that was carried away, its name is all that can be said."""
    with changed(house.data / "office.db") as connection:
        (ticket,) = connection.execute("SELECT id FROM tickets WHERE first_seq = 3").fetchone()
    reporting = Reporting(CONFIG, house.data)
    asked = {"what": "history", "language": "en", "query": [["ticket", ticket]]}
    before = reporting.answer(asked)
    assert len(json.loads(before.content)) > 2
    plan = house.archive(3)
    assert reporting.answer(asked) == before
    nobody = reporting.answer(asked | {"query": [["ticket", "nobody"]]})
    assert json.loads(nobody.content) == {"away": [{"day": plan.day.isoformat(), "file": plan.file.name}]}
    plan.file.rename(house.disk / "carried-away")
    assert reporting.answer(asked) == nobody


def test_the_office_works_on_and_no_number_comes_twice(house: House) -> None:
    with house.room() as room:
        before = room.hall.last_sequence.copy(), room.hall.seq, set(room.hall.tickets)
    house.archive(DAYS)
    with house.room() as room:
        assert (room.hall.last_sequence, room.hall.seq, set(room.hall.tickets)) == (before[0], before[1] + 1, before[2])
        series = room.hall.tickets[room.issue("visa")]
        assert series.sequence == before[0][series.series] + 1
        assert isinstance(room.store, SqlStore)
        _require_papers(room.store, house.data, house.settings.office.zone)
        house.clock.advance(DAY_S)
        room.engine.step([])
        a_busy_day(room)
        house.look_around(room)
    assert house.verify() == "whole"
    assert len(rows(house.data / "office.db", "closed_days")) == DAYS + 1, "days are counted on"


def test_a_second_archive_goes_on_behind_the_first_and_all_join(house: House) -> None:
    first = house.archive(2)
    second = house.archive(4)
    assert second.first.seq == first.last.seq
    assert house.verify(second.file, first.file) == house.verify(second.file) == house.verify() == "whole"
    assert house.verify(first.file) != "whole", "a gap is no whole"
    with pytest.raises(StorageError, match="no office day before 2026-03-04 is left here"):
        house.plan(2)


def test_an_end_on_paper_of_years_ago_is_compared_with_the_archive(house: House) -> None:
    with closing(Archive(house.url, "demo")) as archive:
        digest = archive.hash_of(10)
        assert digest is not None
        now = end_of(line_of(archive.end(), "demo", MORNING))
    kept = End(10, digest[:16]), now
    plan = house.archive(2)
    assert house.verify(ends=kept) == house.verify(plan.file, ends=kept) == "whole"
    assert house.verify(plan.file, ends=(End(10, "0" * 16), now)).startswith("10: the journal up to here was written")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE archived SET hash = previous", "the line or one before it was altered"),
        ("DELETE FROM archived", "line 1 is missing"),
        ("UPDATE archived SET digest = 'x'", "the journal does not tell that lines 1 to"),
        ("DELETE FROM closed_days WHERE day = (SELECT max(day) FROM closed_days)", "are gone from the table of closed"),
    ],
)
def test_who_changes_what_was_archived_is_found_out(house: House, statement: str, said: str) -> None:
    house.archive(2)
    with changed(house.data / "office.db") as connection:
        assert connection.execute(statement).rowcount > 0
    assert said in house.verify()


def test_an_archive_that_was_changed_or_is_another_file_is_refused_in_words(house: House) -> None:
    plan = house.archive(2)
    plan.file.chmod(0o600)
    with changed(plan.file) as connection:
        connection.execute("UPDATE print_jobs SET state = 'failed'")
    with pytest.raises(StorageError, match="no archive of this database as it was made"):
        house.verify(plan.file)
    with pytest.raises(StorageError, match="there is no archive at"):
        house.verify(house.disk / "none.db")


def test_figures_of_archived_days_are_compared_where_the_archive_is_at_hand(house: House) -> None:
    plan = house.archive(4)
    with changed(house.data / "office.db") as connection:
        connection.execute("UPDATE closed_days SET facts = facts || ' ' WHERE day = ?", (MONDAY.isoformat(),))
    assert house.verify() == "whole"
    assert f"the figures of {MONDAY} are not those that were closed" in house.verify(plan.file)


def test_tables_that_follow_a_journal_that_was_cut_keep_what_was_archived(house: House) -> None:
    """The figures of years are not thrown away because their lines are elsewhere."""
    plan = house.archive(4)
    (house.data / "journal-demo.head").unlink()
    with changed(house.data / "office.db") as connection:
        (last,) = connection.execute("SELECT max(seq) FROM events").fetchone()
        connection.execute("DELETE FROM events WHERE seq > ?", (last - 8,))
        (told,) = connection.execute("SELECT count(*) FROM events WHERE type = 'day_closed'").fetchone()
        (closed,) = connection.execute("SELECT count(*) FROM closed_days").fetchone()
    assert "taken out" in follow_journal(house.url, "demo")
    days = [row[1] for row in rows(house.data / "office.db", "closed_days")]
    assert len(days) >= min(closed, told) > 0
    assert MONDAY.isoformat() in days
    with house.room() as room:
        room.issue("visa")
    assert plan.file.is_file()


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "no office day before 2026-03-02 is left here"), (-30, "nothing is moved"), (60, "")],
)
def test_what_cannot_be_moved_is_said_and_the_last_day_always_stays(house: House, days: int, said: str) -> None:
    if said:
        with pytest.raises(StorageError, match=said):
            house.plan(days)
        return
    assert house.plan(days).day < MONDAY + dt.timedelta(days=DAYS)


def test_lines_that_a_counter_needs_that_is_still_open_stay(house: House) -> None:
    with changed(house.data / "office.db") as connection:
        connection.execute(
            "UPDATE sessions SET closed_at = NULL WHERE opened_seq = (SELECT min(opened_seq) FROM sessions)"
        )
    with pytest.raises(StorageError, match=r"line 1 of the journal.* a ticket or a counter is still open"):
        house.plan(3)


def test_while_a_broker_works_with_it_from_whatever_folder_nothing_is_moved(house: House) -> None:
    plan = house.plan(3)
    hold = FileHold(plan.database, "demo")
    try:
        with pytest.raises(StorageError, match="another broker already works with"):
            archive_years(plan, Head(house.data, "demo"), now=MORNING)
    finally:
        hold.close()
    with closing(sqlite3.connect(plan.database)) as reader:
        reader.execute("PRAGMA journal_mode=WAL")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        with closing(sqlite3.connect(plan.database)) as writer, writer:
            writer.execute("UPDATE alembic_version SET version_num = version_num")
        with pytest.raises(StorageError, match=r"somebody reads .* just now"):
            archive_years(plan, Head(house.data, "demo"), now=MORNING)
    assert house.verify() == "whole"
    assert list(house.disk.iterdir()) == []


def test_a_journal_that_is_broken_is_not_moved(house: House) -> None:
    with changed(house.data / "office.db") as connection:
        connection.execute("UPDATE events SET client = 'nobody' WHERE seq = 5")
    with pytest.raises(StorageError, match="broken at line 5"):
        house.archive(3)
    assert list(house.disk.iterdir()) == []
    assert not list(house.data.glob(f"office.db{archiving.KEPT}"))


def test_another_database_on_a_server_is_refused_in_words(house: House) -> None:
    settings = load_settings(CONFIG, {"ANTREAN_STORE__URL": "postgresql+psycopg://u:p@localhost/x"})
    with pytest.raises(StorageError, match="on a server of its own"):
        plan_archive(settings, house.data, MONDAY, house.disk)


def test_a_backup_takes_the_place_of_the_copy_where_it_knows_what_goes(house: House, tmp_path: Path) -> None:
    plan = house.plan(3)
    with pytest.raises(StorageError, match="does not know the lines"):
        archive_years(plan, Head(house.data, "demo"), now=MORNING, backup=_of_a_morning(house, tmp_path))
    made = back_up(house.settings, CONFIG, house.data, tmp_path / "media", now=MORNING)
    archive_years(plan, Head(house.data, "demo"), now=MORNING, backup=made.folder)
    assert not (house.data / f"office.db{archiving.KEPT}").exists()
    again = back_up(house.settings, CONFIG, house.data, tmp_path / "media", now=MORNING + dt.timedelta(days=1))
    assert again.lines == made.lines + 1


def test_backups_hold_what_was_archived_once_and_a_new_disk_gets_it_back(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where its own disk is gone, too, it lies beside the database, and its tickets are told from there."""
    media, zone = tmp_path / "media", house.settings.office.zone
    first, second = house.archive(2), house.archive(4)
    made = back_up(house.settings, CONFIG, house.data, media, now=MORNING)
    assert made.unheld == ()
    held = {path: path.stat() for path in (media / "archive").iterdir()}
    assert {path.read_bytes() for path in held} == {first.file.read_bytes(), second.file.read_bytes()}
    assert {stat.st_mode & 0o777 for stat in held.values()} == {0o400}
    for day in range(1, 4):
        made = back_up(house.settings, CONFIG, house.data, media, now=MORNING + dt.timedelta(days=day), keep=2)
        assert made.unheld == ()
    assert {path: path.stat().st_ino for path in (media / "archive").iterdir()} == {
        path: stat.st_ino for path, stat in held.items()
    }, "years are not copied every night"
    with closing(Archive(house.url, "demo")) as archive:
        traced = [replace(day, origins={}) for day in archive.traced(zone, house.history().days)]
    shutil.rmtree(house.data)
    first.file.unlink()
    house.data.mkdir()
    assert said_by(house, capsys, "restore", made.folder, "--yes").count(f"put back: {first.file}\n") == 1
    assert first.file.stat().st_mode & 0o777 == 0o400
    assert house.verify(first.file, second.file) == "whole"
    shutil.rmtree(house.data)
    shutil.rmtree(house.disk)
    house.data.mkdir()
    said = said_by(house, capsys, "restore", made.folder, "--yes")
    assert f"put back: {house.data}/archive/{second.file.name}\n" in said
    assert f"--archive {house.data}/archive/{second.file.name}\n" in said_by(house, capsys, "journal", "verify")
    with closing(Archive(house.url, "demo")) as archive:
        assert [replace(day, origins={}) for day in archive.traced(zone, house.history().days)] == traced
    made = back_up(house.settings, CONFIG, house.data, tmp_path / "other", now=MORNING)
    assert (made.unheld, len(list((tmp_path / "other/archive").iterdir()))) == ((), 2), "from where it lies now"


def test_a_backup_says_which_years_it_does_not_hold_and_is_made_all_the_same(house: House, tmp_path: Path) -> None:
    media, day = tmp_path / "media", dt.timedelta(days=1)

    def unheld(turn: int) -> str:
        return "\n".join(back_up(house.settings, CONFIG, house.data, media, now=MORNING + turn * day).unheld)

    plan = house.archive(2)
    away = plan.file.rename(house.disk / "away")
    (said,) = truth.years(house.settings, house.data)
    assert (said.verdict, str(plan.file) in said.seen) == ("warning", True)
    assert back_up(house.settings, CONFIG, house.data, media, now=MORNING, with_years=False).unheld == ()
    assert unheld(1) == f"the years up to {plan.day} are in no backup: there is no archive at {plan.file}"
    plan.file.write_bytes(b"another file")
    assert "is not the archive as it was made, and is in no backup" in unheld(2)
    assert list((media / "archive").iterdir()) == []
    away.replace(plan.file)
    assert unheld(3) == ""
    [held] = (media / "archive").iterdir()
    held.chmod(0o600)
    with held.open("r+b") as file:
        file.write(b"rust")
    plan.file.rename(away)
    assert f"what lies at {held} is damaged" in unheld(4)
    away.rename(plan.file)
    assert list(truth.years(house.settings, house.data)) == []
    assert unheld(5) == ""
    assert held.read_bytes() == plan.file.read_bytes(), "mended from the disk of the archive"
    (media / "archive").rename(tmp_path / "gone")
    (media / "archive").write_bytes(b"")
    assert "cannot be copied" in unheld(6)


def test_what_cannot_be_put_back_is_said_with_where_it_belongs(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = house.archive(2)
    made = back_up(house.settings, CONFIG, house.data, tmp_path / "media", now=MORNING)
    [held] = (tmp_path / "media/archive").iterdir()
    plan.file.chmod(0o600)
    plan.file.write_bytes(b"rust")
    assert f"{plan.file} is not the archive as it was made" in said_by(house, capsys, "restore", made.folder, "--yes")
    plan.file.unlink()
    held.chmod(0o600)
    held.write_bytes(b"rust")
    said = said_by(house, capsys, "restore", made.folder, "--yes")
    assert f"not put back: the tickets of the years up to {plan.day}, for {held} is damaged." in said
    assert f"lays it at {plan.file}\n" in said
    assert not list(house.disk.iterdir())


def said_by(house: House, capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Return what a command says that succeeds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["antrean", *map(str, words), "--config", str(CONFIG), "--data", str(house.data)])
        with pytest.raises(SystemExit) as ended:
            raise SystemExit(main())
    told = capsys.readouterr()
    assert not ended.value.code, told
    return told.out + told.err


def _of_a_morning(house: House, folder: Path) -> Path:
    """Return a backup of an office in which nothing had happened yet."""
    (folder / "new").mkdir()
    SqlStore(f"sqlite:///{folder}/new/office.db", "demo", Head(folder / "new", "demo")).close()
    return back_up(house.settings, CONFIG, folder / "new", folder / "media", now=MORNING - dt.timedelta(days=9)).folder


STEPS = ("replace", "unlink", "chmod", "touch")


def test_wherever_it_is_killed_there_is_the_database_of_before_or_the_one_of_after(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the disk holds before each step that changes a file is what a kill leaves there."""
    scenes = tmp_path / "scenes"
    plan = house.plan(3)
    taken: list[Path] = []

    def seen(step: Callable[..., object]) -> Callable[..., object]:
        def stepped(*arguments: object, **named: object) -> object:
            scene = scenes / str(len(taken))
            taken.append(scene)
            shutil.copytree(house.data, scene / "var")
            shutil.copytree(house.disk, scene / "disk")
            return step(*arguments, **named)

        return stepped

    with monkeypatch.context() as patched:
        for name in STEPS:
            patched.setattr(Path, name, seen(getattr(Path, name)))
        patched.setattr("os.link", seen(os.link))
        patched.setattr(archiving, "sync", seen(sync))
        patched.setattr(archiving, "_tell", seen(archiving._tell))
        patched.setattr(archiving, "_look_at", seen(archiving._look_at))
        archive_years(plan, Head(house.data, "demo"), now=MORNING)
    end = plan.end.seq
    different = {_as_it_counts(scene): scene for scene in taken}
    assert {_go_on(scene, house, end) for scene in different.values()} == {end, end + 1}
    assert len(taken) > 12
    assert len(different) > 5


def _as_it_counts(scene: Path) -> tuple[tuple[str, bytes], ...]:
    """Return what tells one scene from another: all files, those that are being made by their names alone."""
    whole = [path for path in scene.rglob("*") if path.is_file() and "/." not in str(path.relative_to(scene.parent))]
    made = [path.name for path in scene.rglob(".*")]
    return *sorted((str(path.relative_to(scene)), path.read_bytes()) for path in whole), (str(len(made)), b"")


def _go_on(scene: Path, house: House, end: int) -> int:
    """Let an office begin on what a kill has left, then archive again; return with which line it began."""
    left = House.__new__(House)
    left.settings, left.data, left.disk = house.settings, scene / "var", scene / "disk"
    left.clock, left.ids = FakeClock(house.clock.now()), iter(range(10**7, 10**8))
    assert left.verify() == "whole"
    with left.room() as room:
        begun = room.hall.seq
        room.issue("visa")
    if begun == end:
        plan = left.archive(3)
        assert left.verify(plan.file) == "whole"
    else:
        (file,) = left.disk.glob("antrean-*.db")
        with closing(Archive(left.url, "demo")) as archive:
            assert [years.last_seq for years in archive.years_away()] != []
            opened(file, "demo", archive.years_away()).close()
    assert [path.name for path in left.disk.iterdir()] == [f"antrean-demo-until-{MONDAY + dt.timedelta(days=2)}.db"]
    return begun


def test_a_head_of_before_that_was_put_back_is_behind_and_no_contradiction(house: House) -> None:
    """As with any journal that is longer than what was written down of its end."""
    head = Head(house.data, "demo")
    with closing(Archive(house.url, "demo")) as archive:
        marks = [Mark(seq, archive.hash_of(seq) or "") for seq in (10, house.plan(2).last.seq)]
    house.archive(2)
    for mark in (*marks, Mark(marks[1].seq, "another")):
        head.prepare(mark)
        head.close()
        with closing(Archive(house.url, "demo")) as archive:
            said = archive.contradiction(Head(house.data, "demo").read())
        assert ("is not the one that was written" in said) == (mark.hash == "another")


def test_the_command_says_what_goes_asks_and_does_it(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: object) -> tuple[object, str]:
        monkeypatch.setattr(
            "sys.argv", ["antrean", *map(str, words), "--config", str(CONFIG), "--data", str(house.data)]
        )
        try:
            code: object = main()
        except SystemExit as ended:
            code = ended.code
        told = capsys.readouterr()
        return code, told.out + told.err

    asked = ("archive", house.disk, "--before", MONDAY + dt.timedelta(days=2))
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, said = run(*asked)
    assert code == 1
    assert "office days up to 2026-03-03 go to" in said
    assert "nothing was changed" in said
    assert list(house.disk.iterdir()) == []
    code, said = run(*asked, "--yes")
    assert code == 0, said
    assert "lines 1 to" in said
    assert "the database as it was stays" in said
    (file,) = house.disk.iterdir()
    code, said = run("journal", "verify")
    assert code == 0
    assert f"which are archived. Name their file, too: --archive {file}" in said
    code, said = run("journal", "verify", "--archive", file)
    assert (code, "not looked at" in said) == (0, False)
    assert run("archive", house.disk, "--before", MONDAY + dt.timedelta(days=3), "--yes")[0] == 0
    code, said = run("journal", "verify", "--archive", file)
    assert code == 1
    assert said.startswith("between that archive and the database lies another one: --archive")
    assert run("journal", "verify", *(word for one in house.disk.iterdir() for word in ("--archive", one)))[0] == 0
    assert run(*asked[:2], "--before", "tomorrow") == (1, "tomorrow is no day: write it as 2025-01-01\n")
    assert "is not there: is the disk plugged in" in run("archive", house.disk / "x", "--before", "2026-03-04")[1]
