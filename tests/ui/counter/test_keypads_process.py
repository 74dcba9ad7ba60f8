"""All keypads of a line as one process, between a wire in memory and a line that is not opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from broker.config import Settings, load_settings
from broker.contract.messages import CounterMessage, HallMessage
from broker.contract.topics import ENGINE_CLIENT
from counter.keypads.app import KeypadsProcess
from counter.keypads.words import IDLE, NO_CONNECTION
from tests.fakes.bus import FakeBus, FakeServer
from tests.support.office import CONFIG

M = TypeVar("M", bound=BaseModel)
KEYPADS = """keypads: [{id: keypads-1, codec: ascii, line: {url: "pty:pads"}, pads: [
  {counter: counter-1, address: 1, officers: [siti]}, {counter: counter-2, address: 2, officers: [agus]},
  {counter: counter-3, address: 3, officers: [dewi]}]}]"""
PADS = (1, 2, 3)


class CountingBus(FakeBus):
    """Counts the hall pictures that are decoded."""

    decoded = 0

    def _decoded(self, model: type[M], payload: bytes) -> M | None:
        self.decoded += model is HallMessage
        return super()._decoded(model, payload)


def test_a_hall_is_decoded_once_for_all_pads_of_a_line(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.read_text(encoding="utf-8").replace("keypads: []", KEYPADS, 1), encoding="utf-8")
    settings = load_settings(config, {})
    server, made = FakeServer(), list[CountingBus]()

    def bus_for(kind: str, settings: Settings, name: str, post: Callable[[Callable[[], None]], None]) -> CountingBus:
        made.append(CountingBus(server=server, office=settings.office.id, client=name, kind=kind, post=post))
        return made[-1]

    def post(step: Callable[[], None]) -> None:
        step()

    process = KeypadsProcess(settings, settings.keypads[0], data_dir=tmp_path, bus_for=bus_for)
    engine = FakeBus(server=server, office=settings.office.id, client=ENGINE_CLIENT, kind="engine", post=post)
    (bus,) = made
    for one in (engine, bus):
        one.start()
    engine.announce()
    for pad in PADS:
        desk = CounterMessage(id=f"counter-{pad}", label=str(pad), state="open")
        engine.publish(engine.topics.counter(desk.id), desk.model_dump_json().encode(), retain=True)
    process._work(0)
    process._show()
    assert {process._faces[pad].text for pad in PADS} == {NO_CONNECTION}
    now = dt.datetime.now(settings.office.zone)
    hall = HallMessage(revision=1, seq=1, at=now, day=now.date())
    engine.publish(engine.topics.hall(), hall.model_dump_json().encode(), retain=True)
    process._work(0)
    process._show()
    assert {process._faces[pad].text for pad in PADS} == {IDLE}
    assert bus.decoded == 1
    for one in (bus, engine):
        one.stop()
