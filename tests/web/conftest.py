"""An office in memory, a visitor without a browser, and Chromium as Debian has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.fakes.web_office import WebOffice
from tests.support.browsing import CHROMIUM, HALL, Visitor, app_of, served, visitor


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield Debian's Chromium."""
    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {HALL} 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", rules])
        yield browser
        browser.close()
