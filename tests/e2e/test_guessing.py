"""Who guesses PINs waits alone: officers sign in at once, at counters and pages, while somebody tries them all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from broker.bootstrap.trials import WRONG_PINS
from tests.support.browsing import asked_before
from tests.support.office import OfficeProcess
from tests.support.plain_http import NO_AUTHORITY
from tests.support.web_process import WebProcess

PIN, WRONG = "1234", "9876"
AT_ONCE_S = 15.0
"""On a machine that has much else to do; a lock lasts a minute."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    """Yield the demo office, where any program of this machine may ask under any name."""
    process = OfficeProcess(tmp_path)
    process.start()
    yield process
    process.stop()


def test_a_foreign_client_that_guesses_at_all_officers_locks_nobody_out(office: OfficeProcess) -> None:
    counters = [counter.id for counter in office.settings.counters][:9]
    officers = [one.id for one in office.settings.officers if one.role in {"officer", "supervisor"}][: len(counters)]
    with office.caller("foreign") as foreign:
        for number in range(WRONG_PINS + 1):
            for counter, officer in zip(counters, officers, strict=False):
                refused = foreign.ask("open", counter=counter, officer=officer, pin=WRONG)
                assert refused.error is not None
                assert refused.error.code == "wrong_pin"
                if number == WRONG_PINS:
                    assert refused.error.detail["locked_s"] > 0, "who guesses waits"
        office.kill()
        office.start()
        for counter, officer in zip(counters, officers, strict=False):
            again = foreign.ask("open", counter=counter, officer=officer, pin=PIN)
            assert again.error is not None
            assert again.error.detail["locked_s"] > 0, "also over a restart, and with the right one"
        with ExitStack() as stack:
            own = [stack.enter_context(office.caller(counter)) for counter in counters[: len(officers)]]
            began_s = time.monotonic()
            for caller, counter, officer in zip(own, counters, officers, strict=False):
                assert caller.do("open", counter=counter, officer=officer, pin=PIN)["session"]
            assert time.monotonic() - began_s < AT_ONCE_S


def test_a_browser_that_guesses_locks_nobody_out_of_the_pages(office: OfficeProcess) -> None:
    web = WebProcess(office)
    web.start()
    try:
        for address, known in (("127.0.0.2", WRONG), ("127.0.0.3", PIN)):
            # each address of this machine is another browser to the pages
            way = httpx.HTTPTransport(verify=NO_AUTHORITY, local_address=address)
            with httpx.Client(base_url=web.address, transport=way, timeout=30) as browser:
                answers = []
                for _ in range(WRONG_PINS + 1 if known == WRONG else 1):
                    sent = {**asked_before(browser), "officer": "maria", "pin": known}
                    answers.append(browser.post("/staff/in", data=sent, headers={"Origin": web.address}))
                assert (answers[-1].status_code == 303) == (known == PIN)
                if known == WRONG:
                    sent = {**asked_before(browser), "officer": "maria", "pin": PIN}
                    assert browser.post("/staff/in", data=sent, headers={"Origin": web.address}).status_code != 303
        assert "127.0.0." not in (office.data_dir / "wrong-pins.json").read_text()
    finally:
        web.stop()
