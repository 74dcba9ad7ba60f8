"""Whether lanes, stages and counters fit together, so that everybody's turn comes. Asked of plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from broker.config.document import PathKey
from broker.config.faults import Fault, did_you_mean
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
    hint = did_you_mean(word, known) or f"known: {', '.join(known)}"
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
            elif not _takes_lane(counter, prefers):
                yield Fault((*path, "prefers"), f'"{prefers}" is not among the lanes of this counter')
        for index, stage in enumerate(words(counter, "borrows")):
            if stage and stages and stage not in stages:
                yield unknown_id((*path, "borrows", index), stage, "stages", stages)
            elif stage and stage in words(counter, "stages"):
                message = f'"{stage}" is one of this counter\'s own stages already'
                yield Fault((*path, "borrows", index), message, warning=True)


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
    serving = [
        counter
        for _, counter in entries(data, "counters")
        if stage in words(counter, "stages") and _takes_service(counter, service)
    ]
    step_free = [counter for counter in serving if counter.get("step_free") is True]
    unserved, steps = [], []
    for _, lane in entries(data, "lanes"):
        name = lane.get("id")
        if not isinstance(name, str):
            continue
        if not any(_takes_lane(counter, name) for counter in serving):
            unserved.append(name)
        elif lane.get("step_free") is True and not any(_takes_lane(counter, name) for counter in step_free):
            steps.append(name)
    who = f'"{service.get("id")}" at the stage "{stage}" in the lane '
    if unserved:
        yield Fault(path, f"no counter serves {who}{', '.join(unserved)}: those numbers could never be called")
    if steps:
        hint = f'the lane is step-free: mark a counter that serves "{stage}" with step_free: true'
        message = f"no step-free counter serves {who}{', '.join(steps)}: those numbers could never be called"
        yield Fault(path, message, hint)


def _takes_service(counter: Data, service: Data) -> bool:
    return counter.get("services") is None or service.get("id") in words(counter, "services")


def _takes_lane(counter: Data, lane: str) -> bool:
    return counter.get("lanes") is None or lane in words(counter, "lanes")
