"""What came in from outside once and went unhandled never does again; and a small share of what `make fuzz` sends."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator

import pytest

from tests.fuzz.__main__ import CORPUS, COSTLY, PLACES, run, tried


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Let a thousand warnings of a thousand bad payloads be."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_what_was_found_once_is_handled() -> None:
    for one in json.loads(CORPUS.read_text(encoding="utf-8")):
        assert tried(one["place"], one["seed"], base64.b64decode(one["payload"])) == []


def test_a_share_of_all_payloads_is_handled() -> None:
    assert run(2_000, seed=7, costly={**COSTLY, "config": 1_500}) == []


def test_what_goes_unhandled_is_found_and_can_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(_chance: object, payload: bytes) -> None:
        payload.decode("ascii")

    monkeypatch.setitem(PLACES, "code", fragile)
    (first, *_) = run(200, seed=7, costly={})
    assert first["place"] == "code"
    assert "UnicodeDecodeError" in str(first["told"])
    assert tried("code", 0, base64.b64decode(str(first["payload"]))) != []
