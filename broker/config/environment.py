"""Any key of config.yaml from the environment: `ANTREAN_MQTT__PORT=18840`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from pydantic import BaseModel

from broker.config.document import read_value
from broker.config.faults import PathKey, Problem
from broker.config.schema import Place, child, top

PREFIX = "ANTREAN_"
SEPARATOR = "__"
NOT_SETTINGS = frozenset(
    f"ANTREAN_{name}" for name in ("CONFIG", "DATA", "REGOLD", "SCREENS", "SPOKEN", "TARGETS", "WINDOW")
)
"""Variables that begin like settings but are read elsewhere: where the office lies by the command, the options of its
screens by the session of a machine, the others by `hardware.panel` and the tests (REGOLD)."""


def is_setting(name: str) -> bool:
    """Tell whether a variable sets a key of the configuration."""
    return name.startswith(PREFIX) and name not in NOT_SETTINGS


class _NoSuchKeyError(Exception):
    """A variable leads nowhere."""


@dataclass(slots=True)
class Overlay:
    """What the environment changed: which variable stands behind which place, and what was wrong."""

    variables: dict[PathKey, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def variable(self, path: PathKey) -> str | None:
        """Return the variable that decided over `path`, or None for the file."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.variables:
                return self.variables[path[:length]]
        return None


def overlay(data: dict[str, object], model: type[BaseModel], environ: Mapping[str, str]) -> Overlay:
    """Write the environment's values into `data`."""
    result = Overlay()
    names = [name for name in environ if is_setting(name)]
    for name in sorted(names, key=_natural):
        try:
            result.variables[_write(data, top(model), name, environ[name])] = name
        except _NoSuchKeyError:
            message = "there is no such key to set from the environment"
            result.problems.append(Problem(name, None, "", message, _hint(name, data, model)))
        except ValueError as error:
            result.problems.append(Problem(name, None, "", f"cannot be read as a value: {error}"))
    return result


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sort shorter and lower list positions first, so that a new entry can be added step by step."""
    parts = name.split(SEPARATOR)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def _write(data: dict[str, object], place: Place, name: str, text: str) -> PathKey:
    """Put one variable's value where its name leads; return that path."""
    parts = name.removeprefix(PREFIX).split(SEPARATOR)
    keys, target = _resolve(data, place, parts)
    value = _value(target, text)
    holder: object = data
    for key, following in pairwise(keys):
        holder = _enter(holder, key, [] if isinstance(following, int) else {})
    _put(holder, keys[-1], value)
    return keys


def _resolve(data: object, place: Place, parts: list[str]) -> tuple[PathKey, Place]:
    """Return the path that the parts of a name spell, and what may stand there."""
    keys: list[str | int] = []
    for part in parts:
        key = _key(data, place, part)
        # Without the data: a printer's path may be set before its type is.
        inside = None if key is None else place.inside(key, None)
        if key is None or inside is None:
            raise _NoSuchKeyError
        keys.append(key)
        data, place = child(data, key), inside
    return tuple(keys), place


def _key(data: object, place: Place, part: str) -> str | int | None:
    """Return the key or list position that one part of a name means."""
    if place.is_list:
        entries = data if isinstance(data, list) else []
        if part.isdecimal() and len(part) < 5:  # noqa: PLR2004 - no list of an office has ten thousand entries
            return int(part) if int(part) <= len(entries) else None
        return next((index for index, entry in enumerate(entries) if _spelled(child(entry, "id")) == part), None)
    if place.is_open:
        return part.lower() or None
    return next((key for key in place.keys if key.upper() == part), None)


def _spelled(identifier: object) -> str | None:
    """Return an id as a variable's name can carry it: kiosk-1 as KIOSK_1."""
    return identifier.upper().replace("-", "_") if isinstance(identifier, str) else None


def _value(place: Place, text: str) -> object:
    """Return a variable's text as the value its place wants: text stays as it is, the rest is YAML."""
    if not place.is_text:
        return read_value(text)
    return None if place.is_optional and not text else text


def _enter(holder: object, key: str | int, empty: object) -> object:
    """Return the section or list at `key`, making it where there is none."""
    inside = child(holder, key)
    if type(inside) is not type(empty):
        inside = empty
        _put(holder, key, inside)
    return inside


def _put(holder: object, key: str | int, value: object) -> None:
    match holder, key:
        case dict(), str():
            holder[key] = value
        case list(), int() if key < len(holder):
            holder[key] = value
        case list(), int():
            holder.append(value)


def _hint(name: str, data: dict[str, object], model: type[BaseModel]) -> str | None:
    names = [PREFIX + SEPARATOR.join(parts) for parts in _names(data, top(model))]
    near = difflib.get_close_matches(name, [*names, *NOT_SETTINGS], n=1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else None


def _names(data: object, place: Place) -> Iterator[tuple[str, ...]]:
    """Yield every name that the environment can set, as its parts."""
    if place.is_list:
        keys: list[tuple[str, str | int]] = [(str(i), i) for i in range(len(data) if isinstance(data, list) else 1)]
    elif place.is_open:
        keys = [(key.upper(), key) for key in data] if isinstance(data, dict) else []
    else:
        keys = [(key.upper(), key) for key in place.keys]
    for part, key in keys:
        yield (part,)
        inside = place.inside(key, data)
        if inside is not None:
            yield from ((part, *rest) for rest in _names(child(data, key), inside))
