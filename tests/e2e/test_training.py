"""A whole training on a real broker, played by itself to its end by a clock that runs faster."""

from __future__ import annotations

import time
from pathlib import Path

from broker.bus import Bus
from broker.config import load_settings
from broker.config.training import PIN, SUPERVISOR, Ports, make_folder, training_text
from broker.contract.messages import OfficeMessage, Reply, TrainingMessage
from broker.contract.topics import UP_CLIENT
from broker.up.trainer import ScriptedOfficer, Trainer, reviewed
from broker.up.training import Move
from tests.support.caller import Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.sqlite import opened

PACE, FASTER = 20.0, 5.0


def finished(database: Path) -> int:
    """Return how many visits were finished, by the journal itself."""
    with opened(f"file:{database}?mode=ro", uri=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM events WHERE type = 'finished'").fetchone()
    return int(count)


class AtTheCounter:
    """The hands of an officer at a counter, over the wire as its window has them."""

    def __init__(self, counter: Caller) -> None:
        self._counter = counter
        self._session = ""

    def __call__(self, move: Move) -> None:
        """Do it."""
        if move == "sign_in":
            asked = {"counter": "counter-1", "officer": SUPERVISOR, "pin": PIN}
            self._counter.bus.request("open", asked, self._opened)
        else:
            asked = {"counter": "counter-1", "session": self._session}
            self._counter.bus.request(move, asked, lambda _reply: None)

    def _opened(self, reply: Reply) -> None:
        self._session = str((reply.result or {}).get("session", ""))


def test_a_training_is_played_to_its_end_and_says_what_went_well(tmp_path: Path) -> None:
    folder = tmp_path / "training"
    make_folder(folder, keep=False)
    process = OfficeProcess(folder, config=folder / "config.yaml")
    text = training_text(CONFIG, {}, Ports(process.port, process.web_port), pace=PACE)
    process.config.write_text(text, encoding="utf-8")
    process.start()
    told: list[str] = []
    steps: list[TrainingMessage] = []
    offers: list[OfficeMessage] = []
    try:
        bus = Bus(address=process.address, office="demo", client=UP_CLIENT, kind="witness", post=lambda step: step())
        bus.listen(bus.topics.training(), TrainingMessage, steps.append)
        bus.listen(bus.topics.office_state(), OfficeMessage, offers.append)
        kiosk, counter = process.caller("kiosk-1"), process.caller("counter-1")
        words = {"paper_out": "paper_out", "ready": "ready"}
        trainer = Trainer(
            load_settings(process.config, {}),
            bus,
            lambda command: kiosk.bus.report_devices({"printer": words[command]}),
            told.append,
            pace=PACE,
            clock=lambda: time.monotonic() * FASTER,
        )
        with kiosk, counter:
            kiosk.bus.report_devices({"printer": "ready"})
            bus.start()
            officer = ScriptedOfficer(trainer, AtTheCounter(counter), rest_s=0.6)

            def is_over() -> bool:
                trainer.step()
                officer.step()
                return trainer.play.is_over

            wait_until(is_over, "the training is over")
            wait_until(lambda: any(step.step == "over" for step in steps), "the last step is told")
            bus.stop()
        found = reviewed(process.database)
    finally:
        process.stop()
    assert offers
    assert all(offer.is_training for offer in offers)
    assert [step.step for step in steps if step.step in {"nobody", "back", "paper", "complaint"}] == [
        *("nobody", "back", "paper", "complaint")
    ]
    assert told[-1].startswith("Latihan selesai")
    assert found.is_whole
    assert 10 <= found.served <= finished(process.database), "how many depends on the machine: a clock runs"
    good = {one.code for one in found.well}
    assert {"missed", "back", "complaint"} <= good, found  # alerts are looked at every 3 s, which is too slow here
