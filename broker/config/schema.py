"""What the settings models allow at a place of the file: asked by the hints and by the environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from broker.config.faults import PathKey

Entry = tuple[PathKey, Mapping[str, object]]
"""One section of a list, with its path."""


@dataclass(frozen=True, slots=True)
class Place:
    """The types that may stand at one place.

    What follows from types alone is worked out once: the same few are asked at thousands of places of one file.
    """

    types: tuple[Any, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys that may stand inside."""
        return tuple(dict.fromkeys(name for model in self.models for name in model.model_fields))

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        """Return the models that may stand here, more than one where `type` decides."""
        return _models(self.types)

    @property
    def is_list(self) -> bool:
        """Tell whether a list stands here."""
        return bool(_members(self.types, tuple))

    @property
    def is_open(self) -> bool:
        """Tell whether keys are free here, as languages are."""
        return bool(_members(self.types, dict))

    @property
    def is_by_language(self) -> bool:
        """Tell whether the free keys are languages: what stands there is text. All else goes by other names."""
        return _is_by_language(self.types)

    @property
    def is_text(self) -> bool:
        """Tell whether nothing but text (or nothing at all) stands here."""
        return all(kind in {str, NoneType} or _is_choice_of_texts(kind) for kind in self.types)

    @property
    def is_number(self) -> bool:
        """Tell whether nothing but a number (or nothing at all) stands here."""
        return all(kind in {int, float, NoneType} for kind in self.types)

    @property
    def choices(self) -> tuple[object, ...]:
        """Return the values to choose from, where there is such a list."""
        return tuple(value for kind in self.types if get_origin(kind) is Literal for value in get_args(kind))

    @property
    def is_optional(self) -> bool:
        """Tell whether this may be left empty."""
        return NoneType in self.types

    def tags(self) -> Mapping[str, type[BaseModel]]:
        """Return the models by their `type`, where a `type` decides."""
        return _tags(self.models)

    def inside(self, key: str | int, data: object) -> Place | None:
        """Return the place at `key`; `data` is what stands here and may decide between models."""
        if isinstance(key, int):
            return _place_in(self.types, tuple)
        return _place_in(self.types, dict) if self.is_open else _place_at(self.chosen(data), key)

    def chosen(self, data: object) -> tuple[type[BaseModel], ...]:
        """Return the models that fit the `type` that `data` names, or all of them."""
        named = data.get("type") if isinstance(data, Mapping) else None
        tags = self.tags()
        return (tags[named],) if isinstance(named, str) and named in tags else self.models


def top(model: type[BaseModel]) -> Place:
    """Return the place of the whole file."""
    return Place((model,))


def child(data: object, key: str | int) -> object:
    """Return what stands at `key` of plain data, or None."""
    match data, key:
        case dict(), str():
            return data.get(key)
        case list(), int() if 0 <= key < len(data):
            return data[key]
        case _:
            return None


def entries(data: object, section: str) -> list[Entry]:
    """Return the well-formed entries of a list, each with its path."""
    found = child(data, section)
    return [
        ((section, index), entry)
        for index, entry in enumerate(found if isinstance(found, list) else [])
        if isinstance(entry, dict)
    ]


def words(entry: Mapping[str, object], key: str) -> list[str]:
    """Return the words of a list inside an entry, empty strings where there are none."""
    found = entry.get(key)
    return [word if isinstance(word, str) else "" for word in found] if isinstance(found, list) else []


def known_ids(data: object, section: str) -> list[str]:
    """Return the ids of a list."""
    return [str(entry["id"]) for _, entry in entries(data, section) if isinstance(entry.get("id"), str)]


def place_at(model: type[BaseModel], data: object, path: PathKey) -> Place | None:
    """Return what the models allow at `path`, or None where they know no such place."""
    place: Place | None = top(model)
    for key in path:
        if place is None:
            return None
        place = place.inside(key, data)
        data = child(data, key)
    return place


def walk(data: object, place: Place, path: PathKey = ()) -> Iterator[tuple[PathKey, Place, object]]:
    """Yield everything in `data` that the models know, with its path and what may stand there."""
    yield path, place, data
    match data:
        case dict():
            keys: Iterable[str | int] = data
        case list():
            keys = range(len(data))
        case _:
            return
    for key in keys:
        inside = place.inside(key, data)
        if inside is not None:
            yield from walk(child(data, key), inside, (*path, key))


@cache
def _models(types: tuple[Any, ...]) -> tuple[type[BaseModel], ...]:
    return tuple(kind for kind in types if isinstance(kind, type) and issubclass(kind, BaseModel))


@cache
def _tags(models: tuple[type[BaseModel], ...]) -> Mapping[str, type[BaseModel]]:
    return {
        tag: model
        for model in models
        if "type" in model.model_fields
        for tag in get_args(model.model_fields["type"].annotation)
    }


@cache
def _members(types: tuple[Any, ...], container: type) -> tuple[Any, ...]:
    """Return of each list, or of each section with free keys, what may stand in it."""
    return tuple(get_args(kind)[0 if container is tuple else 1] for kind in types if get_origin(kind) is container)


@cache
def _is_by_language(types: tuple[Any, ...]) -> bool:
    inside = _place_in(types, dict)
    return inside is not None and not inside.is_number and Any not in inside.types


@cache
def _place_in(types: tuple[Any, ...], container: type) -> Place | None:
    return _place(_members(types, container))


@lru_cache(maxsize=4096)  # keys are as somebody has written them
def _place_at(models: tuple[type[BaseModel], ...], key: str) -> Place | None:
    """Return what may stand at a key of these models, none of which has free ones but for what it names."""
    fields = [model.model_fields[key].annotation for model in models if key in model.model_fields]
    return _place(fields or [_of_free_keys(model) for model in models if model.model_config.get("extra") == "allow"])


def _of_free_keys(model: type[BaseModel]) -> Any:  # noqa: ANN401 - the same
    """Return what may stand at keys that a model does not name one by one, such as dates."""
    return get_args(get_type_hints(model)["__pydantic_extra__"])[1]


def _place(annotations: Any) -> Place | None:  # noqa: ANN401 - typing's own forms have no common type
    types = tuple(kind for annotation in annotations for kind in _flat(annotation))
    return Place(types) if types else None


def _flat(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - typing's own forms have no common type
    """Return the members of a union, without what Annotated adds."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _flat(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return tuple(kind for member in get_args(annotation) for kind in _flat(member))
    return (annotation,)


def _is_choice_of_texts(kind: object) -> bool:
    return get_origin(kind) is Literal and all(isinstance(value, str) for value in get_args(kind))
