"""Pydantic's findings as sentences for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from broker.config.faults import UNKNOWN, Fault, PathKey, did_you_mean
from broker.config.schema import Place, child, place_at, top, walk
from broker.config.settings import PATTERNS

SECRET_KEYS = frozenset({"pin_hash", "secret", "password", "url"})
"""Keys whose values are never repeated in a message; a URL may carry a password."""
MISSING = "is missing"
_SHOWN_CHARACTERS = 40

_SENTENCES = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "date_type": "must be a date such as 2025-01-31",
    "dict_type": "must be a section with one entry per language",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "model_attributes_type": "must be a section with keys",
    "model_type": "must be a section with keys",
    "path_type": "must be the path of a file",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "string_type": "must be text (put it in quotes)",
    "tuple_type": "must be a list",
}


def faults_of(error: ValidationError, model: type[BaseModel], data: object) -> Iterator[Fault]:
    """Yield what pydantic found, one fault a path; a misspelt key is not also a missing one."""
    found: dict[PathKey, Fault] = {}
    meant: set[PathKey] = set()
    details = error.errors(include_url=False)
    for detail in details:
        # Entries that have faults of their own do not count for pydantic, so a list may only look too short.
        if detail["type"] == "too_short" and detail["input"]:
            continue
        for fault in _faults(detail, model, data):
            found.setdefault(fault.path, fault)
            meant |= {(*fault.path[:-1], key) for key in _meant(fault)}
    yield from (fault for fault in found.values() if not (fault.path in meant and fault.message.startswith(MISSING)))


def truths_for_numbers(data: object, model: type[BaseModel]) -> Iterator[Fault]:
    """Yield each true or false where a number belongs: pydantic would take them for 1 and 0."""
    for path, place, value in walk(data, top(model)):
        if isinstance(value, bool) and place.is_number:
            yield Fault(path, f"must be a number, not {_shown(value)}")


def _meant(fault: Fault) -> list[str]:
    """Return the key that was meant by a misspelt one, if that is clear."""
    return fault.hint.split('"')[1:2] if fault.message == UNKNOWN and fault.hint else []


def _faults(detail: ErrorDetails, model: type[BaseModel], data: object) -> Iterator[Fault]:
    path = _path(detail["loc"], model, data)
    place = place_at(model, data, path)
    match detail["type"]:
        case "extra_forbidden":
            yield _unknown(path, _keys(path, model, data))
        case "union_tag_not_found":
            known = place.keys if place else ()
            yield from (_unknown((*path, key), known) for key in detail["input"] if key not in known)
            yield Fault((*path, "type"), f"{MISSING}: one of {_choices(_tags(place))}")
        case "union_tag_invalid":
            yield _not_among((*path, "type"), _tags(place), child(detail["input"], "type"))
        case "literal_error":
            yield _not_among(path, place.choices if place else (), detail["input"])
        case _:
            yield Fault(path, _sentence(detail, path))


def _unknown(path: PathKey, known: Iterable[str]) -> Fault:
    return Fault(path, UNKNOWN, did_you_mean(path[-1], known) or f"known here: {', '.join(known)}")


def _sentence(detail: ErrorDetails, path: PathKey) -> str:
    """Return what is wrong with one value."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return MISSING
        case "dict_type" if path[-1] == "credit_min":
            sentence = "must be a section with one entry per lane"
        case "too_short":
            return "needs at least one entry"
        case "string_too_short" if context["min_length"] == 1:
            return "must not be empty"
        case "string_pattern_mismatch":
            sentence = PATTERNS.get(context["pattern"], f"must look like {context['pattern']}")
        case "host":
            sentence = detail["msg"]
        case kind:
            sentence = _SENTENCES.get(kind, f"is not right: {detail['msg']}").format_map(context)
    return sentence + _but_got(path, detail["input"])


def _path(location: tuple[str | int, ...], model: type[BaseModel], data: object) -> PathKey:
    """Return where pydantic's location lies in the file: without the names of union members."""
    path: PathKey = ()
    place: Place | None = top(model)
    inside_union = False
    for key in location:
        if place is None:
            break
        if len(place.models) > 1 and key in place.tags() and not inside_union:
            inside_union = True
            continue
        here = place.inside(key, data)
        if here is None and not place.models:
            break
        path, data, place, inside_union = (*path, key), child(data, key), here, False
    return path


def _keys(path: PathKey, model: type[BaseModel], data: object) -> list[str]:
    """Return the keys that may stand beside the last of `path`."""
    around = place_at(model, data, path[:-1])
    for key in path[:-1]:
        data = child(data, key)
    return [key for kind in around.chosen(data) for key in kind.model_fields] if around else []


def _tags(place: Place | None) -> tuple[object, ...]:
    return tuple(place.tags()) if place else ()


def _not_among(path: PathKey, choices: tuple[object, ...], got: object) -> Fault:
    words = [str(choice) for choice in choices]
    # An unquoted null is nothing at all in YAML, not the word.
    hint = 'write "null" in quotes' if got is None and "null" in words else did_you_mean(got, words)
    return Fault(path, f"must be one of {_choices(choices)}{_but_got(path, got)}", hint)


def _choices(choices: tuple[object, ...]) -> str:
    return ", ".join(str(choice) for choice in choices)


def _but_got(path: PathKey, value: object) -> str:
    """Return `, not "abc"` where the value may be shown."""
    return "" if SECRET_KEYS.intersection(path) else f", not {_shown(value)}"


def _shown(value: object) -> str:
    """Return a value as it could stand in the file, short."""
    match value:
        case Mapping():
            return "a section"
        case list() | tuple():
            return "a list"
        case None:
            return "empty"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
