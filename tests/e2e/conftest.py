"""An open office for each test: its own processes, port and folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.office import OfficeProcess
from tests.support.staffed_office import StaffedOffice


@pytest.fixture(params=["mosquitto", "embedded"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OfficeProcess]:
    """Yield a running broker, on each of the two MQTT servers."""
    process = OfficeProcess(tmp_path / "var", server=request.param)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def mosquitto_office(tmp_path: Path) -> Iterator[OfficeProcess]:
    """Yield a running broker on Mosquitto."""
    process = OfficeProcess(tmp_path / "var")
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffedOffice]:
    """Yield an office in the middle of its day with all its pages; who uses it leaves it as it was."""
    with StaffedOffice(tmp_path_factory.mktemp("staffed")) as office:
        yield office
