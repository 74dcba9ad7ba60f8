"""An end on paper or by mail shows a journal that was written anew by whoever has database, head and key."""

from __future__ import annotations

import datetime as dt
import re
import socketserver
from contextlib import closing
from pathlib import Path

import pytest

from broker.bootstrap.nightly import Nightly
from broker.cli import main
from broker.config import load_settings
from broker.config.settings import BackupPlan
from broker.ports import StorageError
from broker.store.archive import Archive
from broker.store.ends import KEPT_LINES, End, end_of, ends_in, last_at, line_of, mailed, remember
from broker.store.head import Head, Mark
from broker.store.journal import GENESIS, chain_text
from broker.store.sql import SqlStore
from tests.fakes.clock import MORNING
from tests.fakes.days import a_busy_day
from tests.fakes.engine_room import EngineRoom
from tests.support.office import CONFIG
from tests.support.sqlite import opened
from tests.unit.alerts.test_sending import Smtp, served
from tests.unit.config.sample import changed, problems_of

LINES = 19
"""Of a busy day."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the data of an office that had a busy day and is closed."""
    with closing(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo", Head(tmp_path, "demo"))) as store:
        a_busy_day(EngineRoom(store=store))
    return tmp_path


def end_now(folder: Path) -> End:
    with closing(Archive(f"sqlite:///{folder}/office.db", "demo")) as archive:
        return end_of(line_of(archive.end(), "demo", MORNING))


def verify(folder: Path, *ends: End) -> str:
    """Return what `antrean journal verify` would say."""
    mark = Head(folder, "demo").read()
    with closing(Archive(f"sqlite:///{folder}/office.db", "demo")) as archive:
        broken = archive.verify(mark, ends)
    return "whole" if broken is None else f"{broken.seq}: {broken.why}"


def write_anew(folder: Path, *statements: str) -> None:
    """Change the database, then make hashes and head that go with it: all that whoever runs the machine can do."""
    with opened(folder / "office.db") as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0
        digest, seq = GENESIS, 0
        for seq, *said in connection.execute("SELECT seq, type, client, body FROM events ORDER BY seq").fetchall():
            digest = chain_text(digest, seq=seq, name=said[0], client=said[1], body=said[2])
            connection.execute("UPDATE events SET hash = ? WHERE seq = ?", (digest, seq))
    head = Head(folder, "demo")
    head.prepare(Mark(seq, digest))
    head.close()


RELABEL = (
    'UPDATE events SET body = replace(body, \'"lane":"priority"\', \'"lane":"regular"\')',
    "UPDATE tickets SET lane = 'regular'",
    "UPDATE promises SET lane = 'regular'",
)
"""As if nobody had come through the priority lane."""
CUT = ("DELETE FROM events WHERE seq > 18", "DELETE FROM tickets WHERE first_seq > 18", "DELETE FROM replies")


def test_an_end_on_paper_shows_a_journal_that_was_written_anew_as_a_whole(folder: Path) -> None:
    kept = end_now(folder)
    assert verify(folder, kept) == "whole"
    write_anew(folder, *RELABEL)
    assert verify(folder) == "whole"
    assert verify(folder, kept) == (
        "19: the journal up to here was written anew: an end that was kept outside is another"
    )


def test_an_end_on_paper_shows_a_tail_that_was_cut_with_all_that_knew_of_it(folder: Path) -> None:
    kept = end_now(folder)
    write_anew(folder, *CUT, "DELETE FROM print_jobs WHERE seq > 18")
    assert verify(folder) == "whole"
    assert verify(folder, kept) == (
        "19: line 19 is missing at the end of the journal: an end that was kept outside names it"
    )


def test_ends_of_many_days_agree_with_a_journal_that_went_on_and_one_that_does_not_shows(folder: Path) -> None:
    kept = end_now(folder)
    with closing(SqlStore(f"sqlite:///{folder}/office.db", "demo", Head(folder, "demo"))) as store:
        room = EngineRoom(store=store)
        room.ids = iter(range(1_000, 2_000))
        room.issue("visa")
    assert verify(folder, kept, end_now(folder)) == "whole"
    assert verify(folder, kept, End(kept.seq, "0" * 16), end_now(folder)).startswith("19: ")


# -- the line -----------------------------------------------------------------------------------------------------

HASH = "3f2a9c01b2d4e5f60718293a" + "0" * 40


def test_the_line_names_office_line_hash_and_time() -> None:
    line = line_of(Mark(1234, HASH), "demo", MORNING)
    assert line == "demo 1234 3f2a-9c01-b2d4-e5f6-0718-293a 2026-03-02T08:00+07:00"
    assert end_of(line) == End(1234, "3f2a9c01b2d4e5f60718293a", "demo")


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("1234 3f2a-9c01-b2d4-e5f6", End(1234, "3f2a9c01b2d4e5f6")),
        ("  1234   3F2A9C01B2D4E5F6 ", End(1234, "3f2a9c01b2d4e5f6")),
        (f"1234 {HASH}", End(1234, HASH)),
        ("2026 12 3f2a-9c01-b2d4-e5f6 2026-03-02T08:00+07:00", End(12, "3f2a9c01b2d4e5f6", "2026")),
    ],
)
def test_a_line_is_understood_however_it_was_copied(line: str, end: End) -> None:
    assert end_of(line) == end


@pytest.mark.parametrize("line", ["", "1234", "1234 3f2a-9c01", "3f2a-9c01-b2d4-e5f6", "x 3f2a-9c01-b2d4-e5f6"])
def test_what_is_no_end_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(StorageError, match=r"this is no end of a journal: .* such as 1234 3f2a"):
        end_of(line)


def test_a_file_may_hold_remarks_and_other_offices(tmp_path: Path) -> None:
    file = tmp_path / "ends.txt"
    branch, ours = "branch 5 1111-1111-1111-1111 x", "demo 6 2222-2222-2222-2222 x"
    file.write_text(f"# from the archive room\n\n{branch}\n{ours}\n")
    assert ends_in(file, "demo") == [End(6, "2" * 16, "demo")]
    with pytest.raises(StorageError, match="no end of the journal of main"):
        ends_in(file, "main")
    with pytest.raises(StorageError, match="cannot be read"):
        ends_in(tmp_path / "another.txt", "demo")
    file.write_text("{}")
    with pytest.raises(StorageError, match="no manifest"):
        ends_in(file, "demo")


def test_of_ends_that_were_mailed_the_newest_are_remembered(tmp_path: Path) -> None:
    file = mailed(tmp_path, "demo")
    assert last_at(file) is None
    file.write_text("torn\n" * KEPT_LINES)
    assert last_at(file) is None
    remember(file, line_of(Mark(6, HASH), "demo", MORNING))
    assert last_at(file) == MORNING
    assert len(file.read_text().splitlines()) == KEPT_LINES


# -- the commands -------------------------------------------------------------------------------------------------


@pytest.fixture
def antrean(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    def run(*words: object) -> tuple[object, str]:
        monkeypatch.setattr("sys.argv", ["antrean", *map(str, words)])
        try:
            code: object = main()
        except SystemExit as ended:
            code = ended.code
        told = capsys.readouterr()
        return code, (told.out + told.err).strip()

    return run


def test_what_head_says_verify_takes(antrean: object, folder: Path, tmp_path: Path) -> None:
    assert callable(antrean)
    places = ("--config", CONFIG, "--data", folder)
    code, line = antrean("journal", "head", *places)
    assert code == 0
    assert re.fullmatch(r"demo 19 ([0-9a-f]{4}-){5}[0-9a-f]{4} \S+T\S+\+07:00", line)
    (tmp_path / "ends.txt").write_text(f"{line}\n")
    assert antrean("backup", tmp_path / "media", *places)[0] == 0
    (manifest,) = tmp_path.glob("media/*/manifest.json")
    kept = ("--end", line, "--ends", tmp_path / "ends.txt", "--ends", manifest)
    assert antrean("journal", "verify", *kept, *places) == (
        0,
        "the journal is whole: 19 lines, and 3 ends kept outside agree",
    )
    write_anew(folder, *RELABEL)
    for one in (kept[:2], kept[2:4], kept[4:]):
        code, said = antrean("journal", "verify", *one, *places)
        assert (code, said) == (
            1,
            (
                "the journal is broken at line 19: "
                "the journal up to here was written anew: an end that was kept outside is another"
            ),
        )
    code, said = antrean("journal", "verify", "--end", "branch 19 1111-1111-1111-1111 x", *places)
    assert (code, said) == (1, "that is an end of the office branch, and this is demo")
    assert antrean("journal", "verify", "--end", "19", *places)[0] == 1


def test_a_journal_that_is_short_of_its_end_has_none_to_be_kept(antrean: object, folder: Path) -> None:
    assert callable(antrean)
    with opened(folder / "office.db") as connection:
        connection.execute("DELETE FROM events WHERE seq > 12")
    code, said = antrean("journal", "head", "--config", CONFIG, "--data", folder)
    assert code == 1
    assert said.startswith("the journal has no end to be kept: lines 13 to 19 are missing")


def test_the_end_is_mailed_each_day_and_what_was_mailed_is_remembered(antrean: object, folder: Path) -> None:
    assert callable(antrean)
    Smtp.letters, Smtp.refuses = [], False
    config = folder / "config.yaml"
    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)) as port:
        email = f"{{host: 127.0.0.1, port: {port}, tls: none, sender: a@kantor.id, to: [kepala@kantor.id]}}"
        mails = "backup: {folder: media, mail_end: true}"
        ways = f"demo: true\nalerts: {{email: {email}}}\n{mails}"
        config.write_text(changed(("  id: test", "  id: demo"), ("demo: true", ways)))
        settings = load_settings(config, {})
        plan = settings.backup
        assert plan is not None
        clock = [dt.datetime.now(dt.UTC)]
        nightly = Nightly(settings, plan, config, folder, lambda: clock[0])
        assert nightly.is_end_due()
        assert nightly.mail_end() == ""
        clock[0] = dt.datetime.now(dt.UTC)  # the line has the time of the process that made it
        assert not nightly.is_end_due()
        clock[0] += dt.timedelta(days=1)
        assert nightly.is_end_due()
    [letter] = Smtp.letters
    line = mailed(folder, "demo").read_text().strip()
    assert line.split()[2] in "".join(letter.split("=\n")).replace("\n ", " ")
    assert verify(folder, end_of(line)) == "whole"
    assert antrean("journal", "head", "--mail", "--config", config, "--data", folder)[1].endswith(
        f"\n127.0.0.1:{port} has not taken the mail: unreachable"
    )
    assert antrean("journal", "head", "--mail", "--config", CONFIG, "--data", folder)[0] == 1
    assert len(mailed(folder, "demo").read_text().splitlines()) == 1


def test_an_end_that_nothing_can_mail_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    text = changed(("demo: true", "demo: true\nbackup: {folder: media, mail_end: true}"))
    [problem] = problems_of(tmp_path, text)
    assert "is mailed by alerts.email, and that is not there" in str(problem)
    assert not BackupPlan(folder="media").mail_end


def test_the_end_is_mailed_without_pages_and_alerts_are_said_not_to_be(tmp_path: Path) -> None:
    email = "email: {host: 127.0.0.1, tls: none, sender: a@kantor.id, to: [kepala@kantor.id]}"
    rules = "rules: [{id: slow, type: wait}]"

    def said(alerts: str, *, mail_end: bool = True) -> list[tuple[str, bool]]:
        backup = f"backup: {{folder: media, mail_end: {str(mail_end).lower()}}}"
        text = changed(("demo: true", f"demo: true\n{backup}\nalerts: {{{alerts}}}"))
        return [(str(one), one.warning) for one in problems_of(tmp_path, text) if "no section web" in str(one)]

    assert said(email) == []
    [(alone, is_warning)] = said(f"{email}, {rules}")
    assert ("mails the journal's end alone" in alone, is_warning) == (True, True)
    assert [is_warning for _, is_warning in said(email, mail_end=False)] == [False]
    assert [is_warning for _, is_warning in said("webhook: {url: 'https://kantor.id/'}")] == [False]


# -- what else was written anew ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE events SET type = 'beamed_up' WHERE seq = 19",
            "19: a line of the journal is no event of this version: beamed_up, ",
        ),
        ("UPDATE events SET body = '[1]' WHERE seq = 5", "5: a line of the journal is no event of this version"),
        (
            "UPDATE events SET body = replace(body, ticket, 'nobody'), ticket = 'nobody' WHERE type = 'finished'",
            ": after the lines before it no finished can have happened",
        ),
        (
            'UPDATE events SET body = replace(body, \'"at":"2\', \'"at":"x\') WHERE seq = 9',
            "9: a line of the journal is no event",
        ),
    ],
)
def test_a_line_that_means_nothing_is_said_in_a_sentence_though_all_hashes_are_right(
    folder: Path, statement: str, said: str
) -> None:
    write_anew(folder, statement)
    assert said in verify(folder)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE tickets SET number = 77 WHERE series = 'A'", "says number 77, not 1"),
        ("UPDATE tickets SET day = '2026-03-01' WHERE series = 'A'", "says day 2026-03-01, not 2026-03-02"),
        ("UPDATE tickets SET day = 'yesterday' WHERE series = 'A'", "yesterday"),
        (
            (
                "INSERT INTO tickets SELECT 'x', office, day, 'Z', 9, service, lane, language, stage, state, counter, "
                "issued_at, waiting_since, called_at, started_at, times_called, copies, paper, first_seq FROM tickets "
                "LIMIT 1"
            ),
            "the journal tells of no ticket Z-9 of 2026-03-02, but the table of tickets does",
        ),
        ("UPDATE sessions SET officer = 'siti' WHERE officer = 'sari'", "the table of sessions says siti at c1"),
        ("DELETE FROM sessions WHERE officer = 'sari'", "that sari at c1 signed in is not in the table of sessions"),
        ("UPDATE promises SET high_s = 9999", "the table of promises says otherwise of what was promised there"),
        ("DELETE FROM promises WHERE seq = 4", "4: what was promised there is not in the table of promises"),
        (
            (
                "INSERT INTO promises SELECT office, 7, 'x', at, stage, lane, ahead, low_s, high_s, average_s, "
                "counters, called_at FROM promises LIMIT 1"
            ),
            "the journal tells of 4 promises, but the table has 5",
        ),
    ],
)
def test_tables_that_say_otherwise_than_the_journal_show(folder: Path, statement: str, said: str) -> None:
    with opened(folder / "office.db") as connection:
        assert connection.execute(statement).rowcount > 0
    try:
        assert said in verify(folder)
    except StorageError as error:
        assert said in str(error)  # noqa: PT017 - either is a sentence
