"""Keypads: what must fit to counters, officers and each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from broker.config.faults import Fault, PathKey
from broker.config.schema import entries, known_ids, words
from broker.config.turns import unknown_id


def keypad_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield each pad at a counter that has one already, at an address that is taken, or of people nobody knows."""
    counters, officers = known_ids(data, "counters"), known_ids(data, "officers")
    served: set[str] = set()
    for path, keypads in entries(data, "keypads"):
        addresses: set[int] = set()
        pads = entries(keypads, "pads")
        if keypads.get("codec") == "hid" and len(pads) > 1:
            yield Fault((*path, "pads"), "must be one: a keyboard is a line of its own, so give each its own entry")
        for inner, pad in pads:
            yield from _counter((*path, *inner, "counter"), pad.get("counter"), served, counters)
            address = pad.get("address", 1)
            if isinstance(address, int) and address in addresses:
                yield Fault((*path, *inner, "address"), f"{address} is already the address of another pad on this line")
            addresses |= {address} if isinstance(address, int) else set()
            for index, officer in enumerate(words(pad, "officers") if officers else []):
                if officer and officer not in officers:
                    yield unknown_id((*path, *inner, "officers", index), officer, "officers", officers)


def _counter(path: PathKey, counter: object, served: set[str], counters: list[str]) -> Iterator[Fault]:
    if not isinstance(counter, str):
        return
    if counters and counter not in counters:
        yield unknown_id(path, counter, "counters", counters)
    if counter in served:
        yield Fault(path, f'"{counter}" has a keypad already')
    served.add(counter)
