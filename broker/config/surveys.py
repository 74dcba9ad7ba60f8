"""A survey's file: read, checked on its own lines, and put beside the settings that name it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TypeGuard

from pydantic import ValidationError

from broker.config.characters import character_faults
from broker.config.document import Document, path_text, read_document
from broker.config.faults import ConfigError, Fault, PathKey, Problem
from broker.config.feedback import COUNTRY, SCALE, SurveyDefinition
from broker.config.public_holidays import known_countries
from broker.config.schema import child, entries, top, walk
from broker.config.settings import Settings
from broker.config.wording import faults_of, truths_for_numbers

_FOLDER = "broker.surveys"
MAX_SAID_BYTES = 7000
"""So long may all of it be in one language: it goes out as one message of at most 8 KiB."""
_OURS = "ID"
"""Is known without a look: that takes every process 0.1 s."""
_AROUND = 24
"""What stands around each text there, more or less."""


def shipped_surveys() -> tuple[str, ...]:
    """Return the ids of the surveys that come with antrean."""
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in _shipped() if entry.name.endswith(".yaml")))


@lru_cache(maxsize=8)
def shipped_survey(survey: str) -> SurveyDefinition:
    """Return a survey that comes with antrean; `ConfigError` where there is none of this id."""
    definition, problems = _read(_path_of(survey))
    if definition is None:
        raise ConfigError(problems)
    return definition


def survey_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield surveys that nobody knows, two of one id, and a country without a calendar."""
    feedback = child(data, "feedback")
    seen: set[str] = set()
    for path, entry in entries(feedback, "surveys"):
        name = entry.get("id")
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Fault(("feedback", *path, "id"), f'"{name}" is already the id of another of the surveys')
        seen.add(name)
        if entry.get("file") is None and name not in shipped_surveys():
            hint = f"these come with antrean: {', '.join(shipped_surveys())}; for one of your own add file"
            yield Fault(("feedback", *path, "id"), f'there is no survey "{name}"', hint)
    country = child(feedback, "holidays")
    is_code = isinstance(country, str) and re.fullmatch(COUNTRY, country)
    if is_code and country != _OURS and country not in known_countries():
        yield Fault(("feedback", "holidays"), f'the public holidays of "{country}" are not known', "null for none")


def survey_file_problems(data: Mapping[str, object], folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with the files that the configuration names, each with its own file and line."""
    languages = child(child(data, "office"), "languages")
    spoken = [one for one in languages if isinstance(one, str)] if isinstance(languages, list) else []
    for _, entry in entries(child(data, "feedback"), "surveys"):
        file, name = entry.get("file"), entry.get("id")
        if isinstance(file, str) and file:
            yield from _read(folder / file, survey=name if isinstance(name, str) else None, languages=spoken)[1]
        elif isinstance(name, str) and name in shipped_surveys():
            yield from _read_shipped(name, tuple(spoken))[1]


def with_surveys_of(settings: Settings, folder: Path) -> Settings:
    """Return settings whose surveys hold what their files say; `ConfigError` where one cannot be used."""
    if not settings.feedback.surveys:
        return settings
    defined = []
    for survey in settings.feedback.surveys:
        if survey.file is None:
            definition, problems = _read_shipped(survey.id, settings.office.languages)
        else:
            definition, problems = _read(folder / survey.file, survey=survey.id)
        if definition is None:
            raise ConfigError([problem for problem in problems if not problem.warning])
        defined.append(survey.defined_by(definition))
    feedback = settings.feedback.model_copy(update={"surveys": tuple(defined)})
    return settings.model_copy(update={"feedback": feedback})


def _shipped() -> Iterator[Path]:
    for entry in resources.files(_FOLDER).iterdir():
        yield Path(str(entry))


def _path_of(survey: str) -> Path:
    return Path(str(resources.files(_FOLDER).joinpath(f"{survey}.yaml")))


@lru_cache(maxsize=8)
def _read_shipped(survey: str, languages: tuple[str, ...]) -> tuple[SurveyDefinition | None, list[Problem]]:
    """Return what `_read` finds in a file that comes with antrean: no process sees it change."""
    return _read(_path_of(survey), survey=survey, languages=list(languages))


def _read(
    path: Path, *, survey: str | None = None, languages: list[str] | None = None
) -> tuple[SurveyDefinition | None, list[Problem]]:
    """Return what a file says, where nothing is wrong with it, and all that is."""
    document = read_document(path)
    if document.problems and not document.data:
        return None, document.problems
    definition: SurveyDefinition | None = None
    shape: list[Fault] = []
    try:
        definition = SurveyDefinition.model_validate(document.data)
    except ValidationError as error:
        shape = list(faults_of(error, SurveyDefinition, document.data))
    known = {fault.path for fault in shape}
    faults = [
        *character_faults(document.data, SurveyDefinition),
        *shape,
        *(fault for fault in truths_for_numbers(document.data, SurveyDefinition) if fault.path not in known),
        *_own_faults(document.data, survey),
        *(_language_faults(document.data, languages) if languages else ()),
    ]
    problems = [*document.problems, *(_problem(fault, document) for fault in dict.fromkeys(faults))]
    problems.sort(key=lambda problem: (problem.warning, problem.line or 0))
    is_whole = definition is not None and not any(not problem.warning for problem in problems)
    return definition if is_whole else None, problems


def _own_faults(data: Mapping[str, object], survey: str | None) -> Iterator[Fault]:
    if survey is not None and isinstance(data.get("id"), str) and data["id"] != survey:
        yield Fault(("id",), f'is "{data["id"]}", but the configuration names this file for the survey "{survey}"')
    yield from _twice(data, "elements", ())
    yield from _twice(data, "profile", ())
    for path, question in entries(data, "profile"):
        yield from _twice(question, "choices", path)
    for path, element in entries(data, "elements"):
        answers = element.get("answers")
        for language, said in answers.items() if isinstance(answers, dict) else ():
            if isinstance(said, list) and len(said) != SCALE:
                message = f"must be {SCALE} answers, from the worst to the best, not {len(said)}"
                yield Fault((*path, "answers", str(language)), message)
    yield from _grades(data)


def _twice(data: object, section: str, within: PathKey) -> Iterator[Fault]:
    seen: set[str] = set()
    for path, entry in entries(data, section):
        code = entry.get("code")
        if isinstance(code, str) and code in seen:
            yield Fault((*within, *path, "code"), f'"{code}" is already the code of another of the {section}')
        seen.add(str(code))


def _grades(data: Mapping[str, object]) -> Iterator[Fault]:
    scoring = child(data, "scoring")
    grades = entries(scoring, "grades")
    written = [((*path, "at_least"), entry.get("at_least")) for path, entry in grades]
    limits = [(path, limit) for path, limit in written if _is_number(limit)]
    for (_, above), (path, limit) in pairwise(limits):
        if not limit < above:
            yield Fault(("scoring", *path), f"must be less than the {above:g} of the grade above it")
    factor = child(scoring, "factor")
    lowest = factor if _is_number(factor) else 25
    if limits and limits[-1][1] > lowest:
        message = f"leaves what is below it without a grade: the last one must begin at {lowest:g} or lower"
        yield Fault(("scoring", *limits[-1][0]), message)
    names = [entry.get("grade") for _, entry in grades]
    for index, name in enumerate(names):
        if isinstance(name, str) and name in names[:index]:
            yield Fault(("scoring", "grades", index, "grade"), f'"{name}" is already another grade')


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _language_faults(data: Mapping[str, object], languages: list[str]) -> Iterator[Fault]:
    """Yield texts that are missing: one language of the office must be whole, the others better are."""
    texts = [
        (path, value)
        for path, place, value in walk(data, top(SurveyDefinition))
        if place.is_by_language and isinstance(value, dict)
    ]
    for language in languages:
        size = sum(len(json.dumps(said.get(language), ensure_ascii=False).encode()) + _AROUND for _, said in texts)
        if size > MAX_SAID_BYTES:
            yield Fault((), f'says too much in "{language}": {size} bytes, of which {MAX_SAID_BYTES} fit in a message')
    missing = {language: [path for path, said in texts if language not in said] for language in languages}
    whole = [language for language in languages if not missing[language]]
    if not whole:
        for path in missing[languages[0]]:
            yield Fault((*path, languages[0]), f'is missing: every text is needed in "{languages[0]}"')
        return
    for language in languages:
        for path in missing[language][:1]:
            message = f'is not said in "{language}": in it the survey is asked in "{whole[0]}"'
            yield Fault(path, message, warning=True)


def _problem(fault: Fault, document: Document) -> Problem:
    where = path_text(fault.path)
    return Problem(document.file, document.line(fault.path), where, fault.message, fault.hint, warning=fault.warning)
