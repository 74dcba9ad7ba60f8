"""A database that is gone, emptied or rolled back: what is missing is said, and no number is given out again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broker.bootstrap.process import _require_papers
from broker.domain import commands as cmd
from broker.domain.events import NumbersSkipped
from broker.domain.identity import number_text
from broker.ports import Recorded, StorageError, Work
from broker.store.given import NONE_GIVEN, OUTBOX, PRINTS, Given, given_to_kiosks
from broker.store.head import Head
from broker.store.recovery import Finding, examine, recover
from broker.store.sql import SqlStore
from tests.fakes.clock import MORNING
from tests.fakes.engine_room import EngineRoom
from tests.fakes.offices import small_office
from tests.support.sqlite import opened
from tests.unit.store.frozen import thaw

DAY = MORNING.date()
JAKARTA = ZoneInfo("Asia/Jakarta")
FROZEN = Path(__file__).parents[2] / "databases"
GIVEN = Given(DAY, {"B": 12, "J": 2})
"""What the office of these tests has given out when its database is harmed; after the morning it was B 4."""


def open_store(folder: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{folder}/office.db", "demo", Head(folder, "demo"))


def look(folder: Path) -> Finding:
    return examine(f"sqlite:///{folder}/office.db", Head(folder, "demo"), "demo", data=folder, zone=JAKARTA)


def print_papers(folder: Path, *numbers: str) -> None:
    """Write down papers as a kiosk does, among them a torn line."""
    (folder / PRINTS).mkdir(exist_ok=True)
    with (folder / PRINTS / "kiosk-1.jsonl").open("a") as papers:
        for number in numbers:
            ticket = {"number": number, "issued_at": MORNING.isoformat()}
            papers.write(json.dumps({"ticket": ticket, "state": "confirmed", "at": MORNING.isoformat()}) + "\n")
        papers.write('{"ticket": {"numb')


def write_papers(folder: Path, papers: Sequence[tuple[str, str, dt.datetime]]) -> None:
    """Write down papers of these tickets, numbers and times, in this order."""
    lines = [{"ticket": {"id": one, "number": number, "issued_at": at.isoformat()}} for one, number, at in papers]
    (folder / PRINTS).mkdir()
    (folder / PRINTS / "kiosk-1.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the data of an office that is closed, with a copy of its morning."""
    with closing(open_store(tmp_path)) as store:
        room = EngineRoom(store=store)
        for _ in range(4):
            room.issue("visa")
        with opened(tmp_path / "office.db") as source, closing(sqlite3.connect(tmp_path / "morning.db")) as target:
            source.backup(target)
        shutil.copy(tmp_path / "journal-demo.head", tmp_path / "morning.head")
        for _ in range(8):
            room.issue("visa")
        for _ in range(2):
            room.issue("collection")
        assert store.given == GIVEN
    return tmp_path


def delete(folder: Path) -> None:
    (folder / "office.db").unlink()


def empty(folder: Path) -> None:
    (folder / "office.db").write_bytes(b"")


def spoil(folder: Path) -> None:
    (folder / "office.db").write_bytes(b"this is a text about queues\n" * 1000)


def put_back_an_old_copy(folder: Path) -> None:
    shutil.copy(folder / "morning.db", folder / "office.db")


def roll_back_all(folder: Path) -> None:
    """Let a disk lie, or a machine be reset: the head is as old as the database. Only paper knows."""
    put_back_an_old_copy(folder)
    shutil.copy(folder / "morning.head", folder / "journal-demo.head")
    print_papers(folder, "B-011", "B-012", "J-002", "B-003")


def lose_the_head(folder: Path) -> None:
    delete(folder)
    (folder / "journal-demo.head").unlink()
    print_papers(folder, "B-012", "J-002")


def cut_the_journal(folder: Path) -> None:
    """Its last lines are gone, and the tables beside it still know of them."""
    with opened(folder / "office.db") as connection:
        connection.execute("DELETE FROM events WHERE seq > 4")


def cut_the_journal_of_all_it_has(folder: Path) -> None:
    """And nothing beside the database tells how far it went."""
    with opened(folder / "office.db") as connection:
        connection.execute("DELETE FROM events")
    (folder / "journal-demo.head").unlink()


HARMS = (
    delete,
    empty,
    spoil,
    put_back_an_old_copy,
    roll_back_all,
    lose_the_head,
    cut_the_journal,
    cut_the_journal_of_all_it_has,
)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_the_office_goes_on_behind_every_number_that_was_given_out(folder: Path, harm: Callable[[Path], None]) -> None:
    harm(folder)
    with pytest.raises(StorageError), closing(open_store(folder)) as store:
        _require_papers(store, folder, JAKARTA)
    finding = look(folder)
    assert finding.why
    assert finding.given == GIVEN
    done = recover(f"sqlite:///{folder}/office.db", Head(folder, "demo"), "demo", finding, MORNING)
    assert f"numbers of {DAY} go on behind B-012, J-002" in done
    assert not look(folder).why
    with closing(open_store(folder)) as store:
        _require_papers(store, folder, JAKARTA)
        room = EngineRoom(store=store)
        room.ids = iter(range(500, 510))
        numbers = [room.hall.tickets[room.issue(service)].number for service in ("visa", "collection", "visa")]
        assert numbers == ["B-013", "J-003", "B-014"]
        assert store.verify() is None
    with closing(open_store(folder)) as store:
        assert store.given == Given(DAY, {"B": 14, "J": 3})
        assert EngineRoom(store=store).hall.last_sequence == {"B": 14, "J": 3}


def test_numbers_that_were_lent_are_not_given_out_again(folder: Path) -> None:
    """The kiosk may have printed them: of that nobody here knows. It hands in what somebody has."""
    office = small_office(kiosks=frozenset({"kiosk-1"}))
    with closing(open_store(folder)) as store:
        room = EngineRoom(store=store, office=office)
        room.ask(cmd.Lease("visa", "regular", 0, "kiosk-1", "chance"))
        lent, *_ = room.hall.lent.values()
        assert store.given == Given(DAY, {"B": 12, "J": 2}, {"B": 904})
    put_back_an_old_copy(folder)
    finding = look(folder)
    assert finding.given.in_words(finding.known) == "B-005 to B-012, J-001 to J-002, B-900 to B-904"
    done = recover(f"sqlite:///{folder}/office.db", Head(folder, "demo"), "demo", finding, MORNING)
    assert f"numbers of {DAY} go on behind B-012, J-002, B-904" in done
    with closing(open_store(folder)) as store:
        room = EngineRoom(store=store, office=office)
        room.ids = iter(range(500, 520))
        room.ask(cmd.Lease("visa", "regular", 0, "kiosk-2", "chance"))
        room.ask(cmd.Lease("visa", "regular", 0, "kiosk-1", "another chance"))
        assert [one.blank.sequence for one in room.hall.lent.values()] == [905, 906, 907, 908, 909]
        assert room.hall.tickets[room.issue("visa")].number == "B-013", "the order of the hall has no hole up to 900"
        paper = cmd.HandIn(
            *(lent.blank.ticket, DAY.isoformat(), "B-900", "visa", "regular", lent.blank.check, MORNING),
            key=lent.blank.key,
            asker="kiosk-1",
        )
        assert "error" not in room.ask(paper)
        assert room.hall.tickets[lent.blank.ticket].number == "B-900"
        of_another = replace(paper, ticket=str(uuid.uuid4()))
        assert room.ask(of_another)["error"] == "conflict"


def test_numbers_that_a_kiosk_here_has_in_advance_are_lent_to_nobody_else(folder: Path) -> None:
    """Database and head are gone; the kiosk beside them goes on giving out what it has."""
    office = small_office(kiosks=frozenset({"kiosk-1", "kiosk-2"}))
    delete(folder)
    (folder / "journal-demo.head").unlink()
    (folder / OUTBOX).mkdir()
    held = [{"blank": {"ticket": "t", "number": f"B-{n}"}, "day": DAY.isoformat()} for n in (900, 901, 902)]
    box = {"asked": [], "held": held[1:], "given": [{"held": held[0]}]}
    (folder / OUTBOX / "kiosk-1.json").write_text(json.dumps(box))
    (folder / OUTBOX / "kiosk-2.json").write_text('{"held": [')
    finding = look(folder)
    assert (finding.why, finding.given) == (f"{folder}/office.db is not there", Given(DAY, {}, {"B": 902}))
    recover(f"sqlite:///{folder}/office.db", Head(folder, "demo"), "demo", finding, MORNING)
    with closing(open_store(folder)) as store:
        room = EngineRoom(store=store, office=office)
        room.ask(cmd.Lease("visa", "regular", 4, "kiosk-2", "chance"))
        assert [one.blank.sequence for one in room.hall.lent.values()] == [903]
        assert room.hall.tickets[room.issue("visa")].number == "B-001"


def test_what_is_missing_is_said_by_number(folder: Path) -> None:
    put_back_an_old_copy(folder)
    finding = look(folder)
    assert finding.why == "lines 5 to 14 are missing at the end of the journal: requests had been answered up to there"
    assert (finding.lines, finding.answered, finding.known) == (4, 14, Given(DAY, {"B": 4}))
    assert finding.given.in_words(finding.known) == "B-005 to B-012, J-001 to J-002"


def test_a_whole_office_has_nothing_to_recover_and_a_new_one_neither(folder: Path, tmp_path: Path) -> None:
    print_papers(folder, "B-012", "J-002")
    assert not look(folder).why
    (tmp_path / "new").mkdir()
    assert not look(tmp_path / "new").why


def test_what_was_there_is_put_aside_and_not_deleted(folder: Path) -> None:
    spoil(folder)
    spoilt = (folder / "office.db").read_bytes()
    recover(f"sqlite:///{folder}/office.db", Head(folder, "demo"), "demo", look(folder), MORNING)
    (aside,) = folder.glob("office.db.unusable-*")
    assert aside.read_bytes() == spoilt
    assert len(list(folder.glob("journal-demo.head.*"))) == 1


def test_a_recovery_that_is_cut_off_before_the_head_goes_can_be_done_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back_an_old_copy(folder)
    url = f"sqlite:///{folder}/office.db"

    def cut(_head: Head, _name: str) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Head, "put_aside", cut)
    with pytest.raises(KeyboardInterrupt):
        recover(url, Head(folder, "demo"), "demo", look(folder), MORNING)
    monkeypatch.undo()
    with pytest.raises(StorageError, match="no number is given out"):
        open_store(folder)
    recover(url, Head(folder, "demo"), "demo", look(folder), MORNING)
    with closing(open_store(folder)) as store:
        assert store.given == GIVEN
        assert EngineRoom(store=store).hall.last_sequence == GIVEN.numbers


@pytest.mark.parametrize("state", ["earlier", "locked"])
def test_a_database_that_is_older_or_in_use_is_not_taken_for_damaged(folder: Path, state: str) -> None:
    if state == "earlier":
        (folder / "office.db").unlink()
        thaw(FROZEN / "0006.sql", folder / "office.db")
    with closing(sqlite3.connect(folder / "office.db", isolation_level=None)) as other:
        if state == "locked":
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match=r"earlier version|locked"):
            look(folder)
    assert not list(folder.glob("*.unusable-*"))


def test_papers_of_another_day_hold_nobody_up(folder: Path) -> None:
    """The date of a paper is read in the office's zone, wherever this machine believes to be."""
    late = dt.datetime(2026, 3, 1, 23, 30, tzinfo=JAKARTA)
    (folder / PRINTS).mkdir()
    line = {"ticket": {"number": "B-400", "issued_at": late.astimezone(dt.UTC).isoformat()}}
    (folder / PRINTS / "kiosk-1.jsonl").write_text(json.dumps(line) + "\n")
    assert given_to_kiosks(folder, JAKARTA) == Given(dt.date(2026, 3, 1), {"B": 400})
    assert not look(folder).why


def test_papers_of_a_clock_that_was_set_ahead_hold_nobody_up(folder: Path) -> None:
    """The office day goes on over such a step (decision 18), while papers have the new date: the tickets are there."""
    later = MORNING + dt.timedelta(days=3)
    office = small_office(kiosks=frozenset({"kiosk-1"}))
    with closing(open_store(folder)) as store:
        room = EngineRoom(store=store, office=office)
        room.ask(cmd.Lease("visa", "regular", 0, "kiosk-1", "chance"))
        lent, *_ = room.hall.lent.values()
        held = next(ticket for ticket in room.hall.tickets.values() if ticket.number == "B-012")
    write_papers(folder, [(held.id, "B-012", later), (lent.blank.ticket, "B-900", later)])
    assert not look(folder).why
    with closing(open_store(folder)) as store:
        _require_papers(store, folder, JAKARTA)
    put_back_an_old_copy(folder)
    shutil.copy(folder / "morning.head", folder / "journal-demo.head")
    assert look(folder).why.endswith("of which the database does not tell: B-001 to B-012, B-900")
    with closing(open_store(folder)) as store, pytest.raises(StorageError, match="B-012"):
        _require_papers(store, folder, JAKARTA)


def test_papers_of_a_clock_that_was_set_back_are_of_the_day_of_those_before_them(folder: Path) -> None:
    """The office day never goes back (decision 18), and nobody but these papers tells of its last numbers."""
    put_back_an_old_copy(folder)
    shutil.copy(folder / "morning.head", folder / "journal-demo.head")
    with opened(folder / "morning.db") as books:
        (known,) = books.execute("SELECT id FROM tickets WHERE series = 'B' AND number = 3").fetchone()
    back = MORNING - dt.timedelta(days=3)
    write_papers(folder, [("before", "B-400", back), (known, "B-003", MORNING), ("last", "B-012", back)])
    assert look(folder).given == Given(DAY, {"B": 12})


def test_papers_of_a_clock_that_was_set_ahead_hide_no_number_of_the_same_office_day(folder: Path) -> None:
    """The head says the office day, papers the date; nobody can tell whether they are one day: numbers of both go."""
    delete(folder)
    write_papers(folder, [("lost", "J-001", MORNING + dt.timedelta(days=1))])
    finding = look(folder)
    assert finding.given == Given(DAY + dt.timedelta(days=1), {"B": 12, "J": 2})
    recover(f"sqlite:///{folder}/office.db", Head(folder, "demo"), "demo", finding, MORNING + dt.timedelta(days=1))
    with closing(open_store(folder)) as store:
        assert store.given == finding.given


@pytest.mark.parametrize("days", [0, 3, -3], ids=["right", "set ahead", "set back"])
def test_a_number_in_advance_of_which_only_the_lease_is_left_is_said_too(folder: Path, days: int) -> None:
    """It is not beyond the highest that was lent; its kiosk has handed it in, was thanked, and never will again.

    The office day goes on where the clock was set (decision 18), and papers have the date of the clock.
    """
    office = small_office(kiosks=frozenset({"kiosk-1"}))
    with closing(open_store(folder)) as store:
        room = EngineRoom(store=store, office=office)
        room.ids = iter(range(500, 510))
        room.ask(cmd.Lease("visa", "regular", 0, "kiosk-1", "chance"))
        lent = [one.blank for one in room.hall.lent.values()]
        with opened(folder / "office.db") as source, closing(sqlite3.connect(folder / "morning.db")) as target:
            source.backup(target)
        for blank, number in zip(lent, ("B-900", "B-901"), strict=False):
            at = ("visa", "regular", blank.check, MORNING)
            paper = cmd.HandIn(blank.ticket, DAY.isoformat(), number, *at, key=blank.key, asker="kiosk-1")
            assert "error" not in room.ask(paper)
    held = next(ticket for ticket in room.hall.tickets.values() if ticket.number == "B-012")
    printed_at = MORNING + dt.timedelta(days=days)
    papers = [(held.id, "B-012", MORNING), (lent[0].ticket, "B-900", printed_at), (lent[1].ticket, "B-901", printed_at)]
    write_papers(folder, papers)
    assert look(folder).unqueued == ()
    put_back_an_old_copy(folder)
    finding = look(folder)
    assert finding.why
    assert finding.given.in_words(finding.known) == ""
    assert finding.unqueued == ("B-900", "B-901")


def test_a_number_that_was_lost_once_and_found_again_by_its_kiosk_is_said_when_it_is_lost_anew(folder: Path) -> None:
    """By then no lease tells of it any more. The clock was set back since the first papers of the day."""
    with closing(open_store(folder)) as store:
        skipped = NumbersSkipped(at=MORNING, day=DAY, numbers={"B": 12}, in_advance={"B": 904}, why="recover")
        store.commit(Work(at=MORNING, events=[Recorded(15, skipped, "broker", None)]))
        held = next(one for one in EngineRoom(store=store).hall.tickets.values() if one.number == "B-012")
    before = MORNING - dt.timedelta(days=3)
    write_papers(folder, [(held.id, "B-012", MORNING), (str(uuid.uuid4()), "B-902", before)])
    assert look(folder).unqueued == ("B-902",)


def test_the_highest_numbers_of_many_series_fit_a_head(tmp_path: Path) -> None:
    head = Head(tmp_path, "demo")
    with closing(open_store(tmp_path)):
        mark = head.read()
    assert mark is not None
    many = Given(DAY, {f"{chr(65 + n % 26)}{chr(65 + n // 26)}": 9999 for n in range(26 * 8)})
    head.prepare(replace(mark, given=many))
    head.close()
    read = Head(tmp_path, "demo").read()
    assert read is not None
    assert read.given == many


@pytest.mark.parametrize(
    ("given", "known", "said"),
    [
        (GIVEN, GIVEN, ""),
        (NONE_GIVEN, GIVEN, ""),
        (GIVEN, NONE_GIVEN, "B-001 to B-012, J-001 to J-002"),
        (GIVEN, Given(DAY, {"B": 11, "J": 9}), "B-012"),
        (GIVEN, Given(DAY + dt.timedelta(days=1), {}), ""),
        (GIVEN, Given(DAY - dt.timedelta(days=1), {"B": 500}), "B-001 to B-012, J-001 to J-002"),
    ],
)
def test_what_goes_beyond_what_is_known(given: Given, known: Given, said: str) -> None:
    assert given.in_words(known) == said
    assert number_text("B", 12) == "B-012"


def test_where_usual_numbers_come_to_those_of_before_the_recovery_they_pass_over_them(tmp_path: Path) -> None:
    """Also those that came past 899 in the usual way: nobody can tell any more which were which."""
    office = small_office(kiosks=frozenset({"kiosk-1"}))
    with closing(open_store(tmp_path)) as store:
        skipped = NumbersSkipped(at=MORNING, day=DAY, numbers={"B": 898}, in_advance={"B": 904}, why="recover")
        store.commit(Work(at=MORNING, events=[Recorded(1, skipped, "broker", None)]))
        assert store.given == Given(DAY, {"B": 898}, {"B": 904})
    for numbers in (["B-899", "B-905"], ["B-906"]):
        with closing(open_store(tmp_path)) as store:
            room = EngineRoom(store=store, office=office)
            room.ids = iter(range(int(numbers[0][2:]), 1000))
            assert [room.hall.tickets[room.issue("visa")].number for _ in numbers] == numbers
    with closing(open_store(tmp_path)) as store:
        assert store.given == Given(DAY, {"B": 899}, {"B": 906})
        room = EngineRoom(store=store, office=office)
        room.ask(cmd.Lease("visa", "regular", 0, "kiosk-1", "chance"))
        assert min(one.blank.sequence for one in room.hall.lent.values()) == 907
