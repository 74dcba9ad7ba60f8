"""Whether lanes, stages and counters fit together, so that everybody's turn comes. Asked of plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from broker import eligible
from broker.config.faults import Fault, PathKey, did_you_mean
from broker.config.schema import child, entries, known_ids, words

Data = Mapping[str, object]


def turn_faults(data: Data) -> Iterator[Fault]:
    """Yield lanes and stages that nobody knows, turns that never come, and numbers that no counter may call."""
    yield from _dispatch(data)
    yield from _journeys(data)
    yield from _preferences(data)
    yield from _unserved(data)


def unknown_id(path: PathKey, word: str, section: str, known: Iterable[str]) -> Fault:
    """Return the fault of an id that its section lacks."""
    known = tuple(known)
    hint = did_you_mean(word, known) or (f"known: {', '.join(known)}" if known else f"there is no list of {section}")
    return Fault(path, f'"{word}" is not the id of one of the {section}', hint)


def _dispatch(data: Data) -> Iterator[Fault]:
    dispatch, lanes = child(data, "dispatch"), known_ids(data, "lanes")
    if not isinstance(dispatch, dict) or not lanes:
        return
    credit = dispatch.get("credit_min")
    named: list[tuple[PathKey, str]] = [((key,), str(key)) for key in credit] if isinstance(credit, dict) else []
    places = [(("credit_min", *path), lane) for path, lane in named]
    for key in ("pattern", "order"):
        places += [((key, index), lane) for index, lane in enumerate(words(dispatch, key))]
    for path, lane in places:
        if lane and lane not in lanes:
            yield unknown_id(("dispatch", *path), lane, "lanes", lanes)
    yield from _turns("order", words(dispatch, "order"), lanes)
    yield from _turns("pattern", words(dispatch, "pattern"), lanes)


def _turns(key: str, turns: list[str], lanes: list[str]) -> Iterator[Fault]:
    """Find lanes without a turn; in an order, also those with two."""
    for index, lane in enumerate(turns):
        if key == "order" and lane in turns[:index]:
            yield Fault(("dispatch", key, index), f'"{lane}" is listed twice: only its first place counts')
    if not turns or not set(turns) <= set(lanes):
        return
    for lane in lanes:
        if lane not in turns:
            message = f'leaves out the lane "{lane}": it is called only when nobody waits in the others'
            yield Fault(("dispatch", key), message, warning=True)


def _journeys(data: Data) -> Iterator[Fault]:
    for path, service in entries(data, "services"):
        stages = words(service, "stages")
        for index, stage in enumerate(stages):
            if stage and stage in stages[:index]:
                yield Fault((*path, "stages", index), f'"{stage}" comes twice: a number passes each stage once')


def _preferences(data: Data) -> Iterator[Fault]:
    lanes, stages = known_ids(data, "lanes"), known_ids(data, "stages")
    for path, counter in entries(data, "counters"):
        prefers = counter.get("prefers")
        if isinstance(prefers, str) and lanes:
            if prefers not in lanes:
                yield unknown_id((*path, "prefers"), prefers, "lanes", lanes)
            else:
                yield from _vain_preference((*path, "prefers"), data, _place(counter), prefers)
        for index, stage in enumerate(words(counter, "borrows")):
            if stage and stages and stage not in stages:
                yield unknown_id((*path, "borrows", index), stage, "stages", stages)
            elif stage and stage in words(counter, "stages"):
                message = f'"{stage}" is one of this counter\'s own stages already'
                yield Fault((*path, "borrows", index), message, warning=True)


def _vain_preference(path: PathKey, data: Data, place: _Place, prefers: str) -> Iterator[Fault]:
    """Find a preferred lane whose visitors this counter never calls."""
    lane = next(lane for _, lane in entries(data, "lanes") if lane.get("id") == prefers)
    whatever = replace(place, services=None)
    if not eligible.takes(whatever, "", _Way(prefers)):
        yield Fault(path, f'"{prefers}" is not among the lanes of this counter')
    elif not eligible.takes(whatever, "", _way(prefers, lane)):
        yield Fault(path, f'"{prefers}" is a step-free lane, and this counter is not marked with step_free: true')


def _unserved(data: Data) -> Iterator[Fault]:
    """Find numbers that no counter may call: they would wait for ever. What is only borrowed does not count."""
    counters = [entry for _, entry in entries(data, "counters")]
    if not counters or any("" in words(counter, "stages") or not words(counter, "stages") for counter in counters):
        return
    staffed = {stage for counter in counters for stage in words(counter, "stages")}
    for path, stage in entries(data, "stages"):
        if isinstance(stage.get("id"), str) and stage["id"] not in staffed:
            yield Fault(path, f'no counter serves the stage "{stage["id"]}"')
    for path, service in entries(data, "services"):
        for index, stage_id in enumerate(words(service, "stages")):
            if stage_id in staffed:
                yield from _lost((*path, "stages", index), data, service, stage_id)


def _lost(path: PathKey, data: Data, service: Data, stage: str) -> Iterator[Fault]:
    """Find the lanes in which no counter serves a service at a stage; a step-free lane needs a step-free counter."""
    counters = [_place(counter) for _, counter in entries(data, "counters")]
    unserved, steps = [], []
    for _, lane in entries(data, "lanes"):
        name, served = lane.get("id"), str(service.get("id"))
        if not isinstance(name, str):
            continue
        if not any(eligible.serves(place, stage, served, _Way(name)) for place in counters):
            unserved.append(name)
        elif not any(eligible.serves(place, stage, served, _way(name, lane)) for place in counters):
            steps.append(name)
    who = f'"{service.get("id")}" at the stage "{stage}" in the lane '
    if unserved:
        yield Fault(path, f"no counter serves {who}{', '.join(unserved)}: those numbers could never be called")
    if steps:
        hint = f'the lane is step-free: mark a counter that serves "{stage}" with step_free: true'
        message = f"no step-free counter serves {who}{', '.join(steps)}: those numbers could never be called"
        yield Fault(path, message, hint)


@dataclass(frozen=True, slots=True)
class _Place:
    """A counter of the file, as `eligible` asks for it."""

    stages: list[str]
    borrows: list[str]
    services: list[str] | None
    lanes: list[str] | None
    step_free: bool


@dataclass(frozen=True, slots=True)
class _Way:
    """A lane of the file, as `eligible` asks for it."""

    id: str
    step_free: bool = False


def _place(counter: Data) -> _Place:
    return _Place(
        stages=words(counter, "stages"),
        borrows=words(counter, "borrows"),
        services=None if counter.get("services") is None else words(counter, "services"),
        lanes=None if counter.get("lanes") is None else words(counter, "lanes"),
        step_free=counter.get("step_free") is True,
    )


def _way(name: str, lane: Data) -> _Way:
    return _Way(name, step_free=lane.get("step_free") is True)
