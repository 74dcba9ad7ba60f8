"""What `antrean purge` tells, and that it erases through the engine alone."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from broker.care.purge import purge, refused, told
from broker.config import load_settings
from broker.contract.messages import Error, ErrorCode
from tests.support.office import CONFIG, OfficeProcess


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (
            {"before": "2026-11-01", "complaints": 2, "suggestions": 1},
            (
                "erased: words and contacts of 2 complaints and 1 suggestion that were to be kept until before"
                " 1 November 2026. Counts, dates and steps stay. "
                "Backups of before still hold the words: delete them, too"
            ),
        ),
        (
            {"before": "2026-11-12", "complaints": 1, "suggestions": 0},
            (
                "erased: words and contacts of 1 complaint that were to be kept until before 12 November 2026. Counts,"
                " dates and steps stay. Backups of before still hold the words: delete them, too"
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
    assert words.startswith(f"no broker works at 127.0.0.1:{port}")


def test_a_true_broker_erases_and_reports(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path / "var")
    office.start()
    try:
        is_done, words = purge(office.settings, office.data_dir)
    finally:
        office.stop()
    assert is_done, words
    assert words.startswith("nothing was left to erase")
