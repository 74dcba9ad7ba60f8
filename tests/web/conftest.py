"""An office in memory, and a visitor without a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.web_office import WebOffice
from tests.support.browsing import Visitor, app_of, served, visitor


@pytest.fixture
def office() -> WebOffice:
    """Return the demo office, open."""
    return WebOffice()


@pytest.fixture
def page(office: WebOffice) -> Iterator[Visitor]:
    """Yield a visitor of that office's pages."""
    with visitor(office) as found:
        yield found


@pytest.fixture
def site(office: WebOffice) -> Iterator[str]:
    """Yield under which address that office's pages are served."""
    with served(app_of(office)) as address:
        yield address
