"""A screen knows whether the broker speaks another version of the wire."""

from __future__ import annotations

import pytest

from broker.contract.link import broker_speaks
from broker.contract.messages import PROTOCOL, Presence


def presence(protocol: str, *, online: bool = True) -> Presence:
    return Presence(online=online, kind="engine", protocol=protocol)


@pytest.mark.parametrize(
    ("protocol", "speaks"),
    [
        (PROTOCOL, None),
        ("1.0", "older"),
        ("1.1", "older"),
        ("1.2", "older"),
        ("1.3", "older"),
        ("1.4", "older"),
        ("1.6", "newer"),
        ("1.10", "newer"),
        ("2.0", "newer"),
        ("1", "older"),
        ("", "older"),
        ("-1.5", "older"),
        ("9" * 5000, "older"),
        ("1.2\n", "older"),
    ],
)
def test_another_version_is_told_apart(protocol: str, speaks: str | None) -> None:
    assert broker_speaks(presence(protocol)) == speaks


def test_a_broker_that_does_not_say_is_one_of_before() -> None:
    assert broker_speaks(Presence.model_validate_json('{"online": true, "kind": "engine"}')) == "older"


def test_of_a_broker_that_is_away_nothing_is_said() -> None:
    assert broker_speaks(presence("1.0", online=False)) is None
