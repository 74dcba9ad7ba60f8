"""An office that says more of itself than the wire's messages hold is refused before it opens."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from broker.bootstrap.rules import office_message, office_rules
from broker.config import Settings, load_settings
from broker.config.sizes import size_faults
from broker.contract.messages import MAX_PAYLOAD_BYTES
from broker.domain.hall import Hall
from broker.gateway.shapes import hall_shape, hours_shape
from tests.support.office import CONFIG


def with_services(count: int, *, words: int = 3) -> Settings:
    settings = load_settings(CONFIG, {})
    first = settings.services[0]
    services = tuple(
        first.model_copy(
            update={
                "id": f"service-{n:03d}",
                "name": {"id": "Layanan " * words, "en": "Service " * words},
                "letter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % 26],
            }
        )
        for n in range(count)
    )
    return settings.model_copy(update={"services": services})


@pytest.mark.parametrize("config", [CONFIG, *sorted((CONFIG.parent / "offices").glob("*.yaml"))], ids=lambda p: p.name)
def test_what_is_shipped_fits(config: Path) -> None:
    assert list(size_faults(load_settings(config, {}))) == []


@pytest.mark.parametrize(("count", "words"), [(5, 1), (12, 3), (20, 1), (26, 3), (60, 1), (26, 12)])
def test_what_is_let_through_fits_and_nothing_else_is_refused(count: int, words: int) -> None:
    settings = with_services(count, words=words)
    office = len(office_message(settings).model_dump_json().encode())
    now = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    rules = Hall(office_rules(settings))
    hall = len(hall_shape(rules, now, 1, hours=hours_shape(rules, now)).model_dump_json().encode())
    refused = bool(list(size_faults(settings)))
    longest = max(office, hall)
    assert refused or longest <= MAX_PAYLOAD_BYTES
    assert not refused or longest > MAX_PAYLOAD_BYTES * 0.85, "refused though it would fit"


def test_a_procedure_that_fills_more_than_a_message_is_named() -> None:
    settings = load_settings(CONFIG, {})
    long = settings.services[1].model_copy(update={"documents": {"id": ("x" * 200,) * 25, "en": ("y" * 200,) * 25}})
    settings = settings.model_copy(update={"services": (settings.services[0], long)})
    (fault,) = size_faults(settings)
    assert fault.path == ("services", 1, "documents")


def test_each_procedure_of_the_demo_fits_a_small_message() -> None:
    for service in office_message(load_settings(CONFIG, {})).services:
        said = service.procedure()
        assert len(said.model_dump_json().encode()) <= 2048
