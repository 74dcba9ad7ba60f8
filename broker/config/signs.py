"""LED signs: what must fit to counters and to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from broker.config.faults import Fault, PathKey
from broker.config.schema import entries, known_ids
from broker.config.turns import unknown_id

MOST_ADDRESS = 99


def sign_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield each sign of a counter nobody knows, of neither or both kinds, or at an address that is taken."""
    counters = known_ids(data, "counters")
    for path, bus in entries(data, "signs"):
        taken: set[int] = set()
        for inner, sign in entries(bus, "signs"):
            place: PathKey = (*path, *inner)
            yield from _kind(place, sign, counters)
            rows = _addresses(sign)
            if taken.intersection(rows):
                again = min(taken.intersection(rows))
                yield Fault((*place, "address"), f"{again} is already the address of another sign on this line")
            if rows and rows[-1] > MOST_ADDRESS:
                message = f"is too high: the rows of a board have addresses one after the other, at most {MOST_ADDRESS}"
                yield Fault((*place, "address"), message)
            taken.update(rows)


def _kind(place: PathKey, sign: Mapping[str, object], counters: list[str]) -> Iterator[Fault]:
    counter, is_board = sign.get("counter"), sign.get("board") is True
    if counter is None and not is_board:
        yield Fault(place, "needs either the counter it stands at, or board: true")
    if counter is not None and is_board:
        yield Fault((*place, "board"), "a sign is either that of a counter or the board of all calls")
    if isinstance(counter, str) and counters and counter not in counters:
        yield unknown_id((*place, "counter"), counter, "counters", counters)
    if sign.get("lines") is not None and not is_board:
        yield Fault((*place, "lines"), "only a board has several lines")


def _addresses(sign: Mapping[str, object]) -> range:
    address, lines = sign.get("address"), sign.get("lines", 1)
    if not isinstance(address, int) or not isinstance(lines, int):
        return range(0)
    return range(address, address + (lines if sign.get("board") is True else 1))
