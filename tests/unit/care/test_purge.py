"""What `antrean purge` tells, and that it erases through the engine alone."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from broker.care.purge import purge, refused, told
from broker.config import load_settings
from broker.contract.messages import Error, ErrorCode
from tests.support.office import CONFIG, OfficeProcess
from tests.support.sqlite import opened


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (
            {"before": "2026-11-01", "complaints": 2, "suggestions": 1},
            (
                "erased: words and contacts of 2 complaints and 1 suggestion that were to be kept until before"
                " 1 November 2026. Counts, dates and steps stay"
            ),
        ),
        (
            {"before": "2026-11-12", "complaints": 1, "suggestions": 0},
            (
                "erased: words and contacts of 1 complaint that were to be kept until before 12 November 2026. Counts,"
                " dates and steps stay"
            ),
        ),
        (
            {"before": "2026-11-12", "complaints": 0, "suggestions": 0},
            "nothing was left to erase of before 12 November 2026",
        ),
        ({}, "nothing was left to erase"),
    ],
)
def test_a_report_is_told_in_words(report: dict[str, object], words: str) -> None:
    assert told(report) == words


@pytest.mark.parametrize(
    ("code", "told_why"),
    [
        ("bad_request", "same version of antrean"),
        ("storage_failed", "could not be written"),
        ("not_allowed", "antrean purge alone"),
        ("not_ready", "ask again"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(code: ErrorCode, told_why: str) -> None:
    sentence = refused(Error(code=code, message=""))
    assert sentence.startswith("nothing was erased: ")
    assert told_why in sentence


def test_without_a_broker_nothing_is_touched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    is_done, words = purge(load_settings(CONFIG, {"ANTREAN_MQTT__PORT": str(port)}), tmp_path)
    assert not is_done
    assert words[0].startswith(f"no broker works at 127.0.0.1:{port}")


def test_a_true_broker_erases_and_reports_what_is_gone_and_what_stays(tmp_path: Path) -> None:
    """Also by what somebody signed in who is no officer any more: nothing would ever read it again."""
    office = OfficeProcess(tmp_path / "var")
    office.environment["ANTREAN_BACKUP__FOLDER"] = str(tmp_path / "media")
    office.start()
    office.wait_online()
    with opened(office.database) as connection:
        connection.execute("INSERT INTO pins VALUES ('demo', 'gone', 'a hash', 'a seed', 0)")
        connection.execute("INSERT INTO passwords VALUES ('demo', 'gone', 'another hash', 'a seed', 0)")
    (office.data_dir / "office.db.version-0009").write_bytes(b"")
    try:
        with office.caller("kiosk-1") as kiosk:
            kiosk.do("issue", service="new-passport")
        is_done, report = purge(office.settings, office.data_dir)
    finally:
        office.stop()
    assert is_done, report
    text = "\n".join(report)
    assert report[0].startswith("nothing was left to erase")
    assert report[1] == "erased: PINs, passwords and second factors of 1 who are no officers any more"
    assert "- what visitors wrote, sealed: 0, until 365 days after it is settled" in text
    assert "1 tickets, 1 lines of the journal since" in text
    assert "with check codes: 2, for 48 hours" in text
    assert report[-1] == f"- {office.data_dir}/office.db.version-0009"
    with opened(office.database) as connection:
        assert connection.execute("SELECT count(*) FROM pins").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM passwords").fetchone() == (0,)
