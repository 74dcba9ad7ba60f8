"""Whether everything people read is there in every language of the office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from broker.config.faults import Fault, PathKey
from broker.config.schema import child, top, walk
from broker.language import has_catalogue, is_language


def text_faults(data: object, model: type[BaseModel]) -> Iterator[Fault]:
    """Yield missing and unused texts, and languages that nobody can read."""
    languages = child(child(data, "office"), "languages")
    if not isinstance(languages, list) or not all(isinstance(language, str) for language in languages):
        return
    yield from _languages(languages)
    for path, place, value in walk(data, top(model)):
        if place.is_by_language and isinstance(value, dict):
            yield from _incomplete(path, value, languages)


def _languages(languages: list[str]) -> Iterator[Fault]:
    for index, language in enumerate(languages):
        path = ("office", "languages", index)
        if not is_language(language):
            yield Fault(path, f'"{language}" is not a known language code')
        elif language in languages[:index]:
            yield Fault(path, f'"{language}" is listed twice')
        elif not has_catalogue(language):
            instead = next((other for other in languages if has_catalogue(other)), "en")
            message = f'the screens have no words in "{language}" yet: beside your texts they will be in "{instead}"'
            yield Fault(path, message, warning=True)


def _incomplete(path: PathKey, texts: Mapping[str, object], languages: list[str]) -> Iterator[Fault]:
    for language in languages:
        if language not in texts:
            yield Fault((*path, language), f'is missing: every text is needed in "{language}"')
    for language in texts:
        if language not in languages:
            message = f'is never shown: "{language}" is not among office.languages'
            yield Fault((*path, language), message, warning=True)
    counts = {language: len(lines) for language, lines in texts.items() if isinstance(lines, list)}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{count} in {language}" for language, count in counts.items())
        yield Fault(path, f"does not say the same in every language: {told}", warning=True)
