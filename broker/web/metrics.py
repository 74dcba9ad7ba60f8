"""How the office is, as Prometheus reads it: what this process was told, never a visitor, never an officer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from broker.contract.messages import BoardMessage, EventMessage
from broker.parts import ONLINE, PART, tone_of
from broker.web.office import Office

_GROUP = ("stage", "service", "lane")


@dataclass(slots=True)
class OfficeMetrics(Collector):
    """Collects the figures of one office whenever it is asked. On the event loop's thread."""

    office: Office
    _events: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Count events from now on."""
        self.office.on_event.append(self._heard)

    def _heard(self, event: EventMessage) -> None:
        self._events[event.type] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield what is known. While it is old only that it is, what was counted, and which parts are connected."""
        office = self.office
        is_fresh = office.stale_since is None
        yield _one("antrean_fresh", "1 while the engine is heard, 0 while what is known is old.", float(is_fresh))
        events = CounterMetricFamily("antrean_events", "Events that this process heard of.", labels=["type"])
        for kind, count in sorted(self._events.items()):
            events.add_metric([kind], count)
        yield events
        yield from self._parts()
        if is_fresh:
            if office.hall is not None:
                said = "How long the oldest request has waited for an answer."
                yield _one("antrean_unanswered_seconds", said, office.hall.unanswered_s)
            yield from self._boards([office.boards[page] for page in sorted(office.boards)])
            yield from self._alerts()

    def _parts(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("antrean_part_up", "1 while a part of the office is connected.", labels=["part"])
        said = "1 for how a device is: good, info, warn or bad."
        device = GaugeMetricFamily("antrean_device_state", said, labels=["part", "device", "state"])
        for part, health in sorted(self.office.parts.known.items()):
            up.add_metric([part], float(health.states.get(PART) == ONLINE))
            for name in sorted(health.states.keys() - {PART}):
                device.add_metric([part, name, tone_of(part, name, health)], 1)
        yield from (up, device)

    def _boards(self, boards: Iterable[BoardMessage]) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("antrean_waiting", "Visitors who wait.", labels=_GROUP)
        longest = GaugeMetricFamily("antrean_longest_wait_seconds", "The longest wait that goes on.", labels=_GROUP)
        promised = GaugeMetricFamily("antrean_promised_wait_seconds", "What the lane promises.", labels=_GROUP)
        counters = GaugeMetricFamily("antrean_counter_state", "1 for a counter's state.", labels=["counter", "state"])
        for board in boards:
            for group in board.groups:
                place = [group.stage, group.service, group.lane]
                waiting.add_metric(place, group.waiting)
                promised.add_metric(place, group.promised_s)
                if group.longest is not None:
                    waited = self.office.clock.now() - group.longest.since
                    longest.add_metric(place, max(0.0, waited.total_seconds()))
            for counter in board.counters:
                counters.add_metric([counter.id, counter.state], 1)
        yield from (waiting, longest, promised, counters)

    def _alerts(self) -> Iterator[Metric]:
        told = self.office.alerts
        said = "Alerts that somebody is to see to; those that nobody has taken are not acknowledged."
        alerts = GaugeMetricFamily("antrean_alerts", said, labels=["kind", "acknowledged"])
        count = Counter(
            (one.kind, "no" if one.acknowledged_by is None else "yes") for one in (told.alerts if told else ())
        )
        for (kind, seen), how_many in sorted(count.items()):
            alerts.add_metric([kind, seen], how_many)
        yield alerts


def _one(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)
