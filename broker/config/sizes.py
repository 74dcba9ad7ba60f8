"""What an office says of itself has to fit the messages of the wire: too much is found out before it opens."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel

from broker.config.faults import Fault
from broker.config.settings import Settings
from broker.contract.messages import MAX_PAYLOAD_BYTES

_AROUND_BYTES = 200
"""What stands in each message beside the lists."""
_EACH_BYTES = {"services": 30, "lanes": 60, "counters": 60}
"""What stands in each entry beside its own texts: names of fields that the configuration has not."""
_HALL_ROW_BYTES = 126
_HALL_COUNTER_BYTES = 75
"""A row of `state/hall` without its ids."""
_HALL_SPAN_BYTES = 75
_HALL_HOURS_BYTES = 130
"""The hours of a day: each span, and what stands around them."""


def size_faults(settings: Settings) -> Iterator[Fault]:
    """Yield which message would be too long (decision 2)."""
    for index, service in enumerate(settings.services):
        size = _AROUND_BYTES + _size(service, "id", "documents", "steps", "fee", "time", "source")
        if size > MAX_PAYLOAD_BYTES:
            message = f"the procedure is too long: {size} bytes with all languages, where {MAX_PAYLOAD_BYTES} fit"
            yield Fault(("services", index, "documents"), message)
    announced = _AROUND_BYTES + sum(_size(one, "id", "text") + _AROUND_BYTES for one in settings.announcements)
    if announced > MAX_PAYLOAD_BYTES:
        message = f"are too long together: {announced} bytes with all languages, where {MAX_PAYLOAD_BYTES} fit"
        yield Fault(("announcements",), message)
    for size, what in ((_office_bytes(settings), "describe"), (_hall_bytes(settings), "show the waits of")):
        if size > MAX_PAYLOAD_BYTES:
            message = (
                f"too many, or too long names, to {what} in one message: {size} bytes of services, lanes, groups and "
                f"counters, where {MAX_PAYLOAD_BYTES} fit"
            )
            yield Fault(("services",), message)
            return


def _office_bytes(settings: Settings) -> int:
    parts = [
        *(
            _size(service, "id", "letter", "name", "stages", "group", "icon", "short_name") + _EACH_BYTES["services"]
            for service in settings.services
        ),
        *(
            _size(lane, "id", "letter", "shape", "name", "rule", "grounds") + _EACH_BYTES["lanes"]
            for lane in settings.lanes
        ),
        *(_size(entry, "id", "name") for entry in (*settings.stages, *settings.groups)),
        *(
            _size(counter, "id", "label", "stages", "services", "lanes", "borrows") + _EACH_BYTES["counters"]
            for counter in settings.counters
        ),
    ]
    return _AROUND_BYTES + _size(settings.office, "id", "name", "timezone") + sum(parts)


def _hall_bytes(settings: Settings) -> int:
    """Return how long the hall is with a row for each service in each lane, and nobody called."""
    rows = sum(
        _HALL_ROW_BYTES + len(service.stages[0]) + len(service.id) + len(lane.id)
        for service in settings.services
        for lane in settings.lanes
    )
    counters = sum(_HALL_COUNTER_BYTES + len(counter.id) + len(counter.label) for counter in settings.counters)
    spans = max(len(day) for day in (*settings.hours.weekly, *(settings.hours.model_extra or {}).values()))
    return _AROUND_BYTES + rows + counters + _HALL_HOURS_BYTES + spans * _HALL_SPAN_BYTES


def _size(entry: BaseModel, *fields: str) -> int:
    """Return how many bytes these fields take on the wire."""
    dumped = entry.model_dump(mode="json", include=set(fields))
    return len(json.dumps(dumped, ensure_ascii=False, separators=(",", ":")).encode())
