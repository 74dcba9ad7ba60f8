"""From a file and the environment to settings, or to everything that is wrong with them."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from broker.config.characters import character_faults
from broker.config.document import Document, path_text, read_document
from broker.config.environment import Overlay, overlay
from broker.config.faults import ConfigError, Fault, Problem
from broker.config.hours import unknown_days
from broker.config.looks import accent_faults, office_logo_faults, paper_logo_faults, with_logo_of
from broker.config.pins import demo_pin_faults, hash_faults
from broker.config.planned import SECTION, day_of, days_ahead, on_day, plans_of
from broker.config.references import reference_faults
from broker.config.scripts import script_faults
from broker.config.settings import Settings
from broker.config.sizes import size_faults
from broker.config.surveys import survey_faults, survey_file_problems, with_surveys_of
from broker.config.texts import text_faults
from broker.config.upgrading import upgraded_data, version_faults
from broker.config.wording import faults_of, truths_for_numbers


@dataclass(frozen=True, slots=True)
class _Findings:
    """What became of one file: settings where nothing is wrong."""

    settings: Settings | None
    document: Document
    overlay: Overlay
    problems: list[Problem]


def load_settings(path: Path, environ: Mapping[str, str], *, today: dt.date | None = None) -> Settings:
    """Return the settings of a file, with the environment's values over it; ConfigError holds every fault.

    What is planned counts from its day on: `today`, or the day that it is in the office now.
    """
    findings = _examine(path, environ, today)
    errors = [problem for problem in findings.problems if not problem.warning]
    if errors or findings.settings is None:
        raise ConfigError(errors)
    return with_surveys_of(with_logo_of(findings.settings, path.parent), path.parent)


def check_settings(path: Path, environ: Mapping[str, str], *, today: dt.date | None = None) -> list[Problem]:
    """Return every fault and every warning, the faults first; empty when all is well."""
    findings = _examine(path, environ, today)
    data = findings.document.data
    looked_at = [
        *demo_pin_faults(data),
        *paper_logo_faults(data, path.parent),
        *office_logo_faults(data, path.parent),
        *script_faults(data, Settings),
    ]
    warnings = _located(looked_at, findings.document, findings.overlay)
    return _ordered([*findings.problems, *warnings], findings.document.file)


def _examine(path: Path, environ: Mapping[str, str], today: dt.date | None) -> _Findings:
    """Gather all faults; a file that is no YAML mapping at all leaves nothing more to say."""
    document = read_document(path)
    if document.problems and not document.data:
        return _Findings(None, document, Overlay(), document.problems)
    if later := _located(version_faults(document.data), document, Overlay()):  # what else it says cannot be judged
        return _Findings(None, document, Overlay(), [*document.problems, *later])
    document.data = upgraded_data(document.data)
    written, day = document.data, today or day_of(document.data, dt.datetime.now(dt.UTC))
    document.data, lost = on_day(written, day)
    over = overlay(document.data, Settings, environ)
    settings, faults = _faults_of(document.data)
    faults += [*lost, *_faults_ahead(written, day, environ, faults)]
    located = _located(faults, document, over)
    problems = [*document.problems, *over.problems, *located, *survey_file_problems(document.data, path.parent)]
    return _Findings(settings, document, over, _ordered(problems, document.file))


def _faults_of(data: dict[str, object]) -> tuple[Settings | None, list[Fault]]:
    """Return the settings that data comes to, or all that is wrong with it."""
    settings, shape = _validated(data)
    plain = [*character_faults(data, Settings), *unknown_days(data)]
    explained = {fault.path for fault in plain}
    shape = [fault for fault in shape if not any(fault.path[:end] in explained for end in range(len(fault.path) + 1))]
    known = {fault.path for fault in shape}
    faults = [
        *plain,
        *shape,
        *(fault for fault in truths_for_numbers(data, Settings) if fault.path not in known),
        *reference_faults(data),
        *hash_faults(data),
        *survey_faults(data),
        *text_faults(data, Settings),
        *accent_faults(data),
        *(size_faults(settings) if settings is not None else ()),
    ]
    return settings, faults


def _faults_ahead(
    written: dict[str, object], today: dt.date, environ: Mapping[str, str], known: Iterable[Fault]
) -> Iterator[Fault]:
    """Yield what would be wrong from a later day on, because of what is planned for it."""
    said = set(known)
    for day in days_ahead(written, today):
        data, lost = on_day(copy.deepcopy(written), day)
        overlay(data, Settings, environ)
        index = next(plan.index for plan in plans_of(written) if plan.day == day)
        yield from lost
        for fault in [fault for fault in _faults_of(data)[1] if fault not in said]:
            said.add(fault)
            message = f"makes from {day} on: {path_text(fault.path)} {fault.message}"
            yield replace(fault, path=(SECTION, index, "change"), message=message)


def _validated(data: dict[str, object]) -> tuple[Settings | None, list[Fault]]:
    try:
        return Settings.model_validate(data), []
    except ValidationError as error:
        return None, list(faults_of(error, Settings, data))


def _located(faults: Iterable[Fault], document: Document, over: Overlay) -> list[Problem]:
    """Give each fault its line, or the variable that caused it."""
    return [_problem(fault, document, over) for fault in dict.fromkeys(faults)]


def _problem(fault: Fault, document: Document, over: Overlay) -> Problem:
    variable = over.variable(fault.path)
    return Problem(
        file=variable or document.file,
        line=None if variable else document.line(fault.path),
        path=path_text(fault.path),
        message=fault.message,
        hint=fault.hint,
        warning=fault.warning,
        here=fault.here,
    )


def _ordered(problems: list[Problem], file: str) -> list[Problem]:
    """Sort faults before warnings, the file from top to bottom before the environment."""
    return sorted(problems, key=lambda p: (p.warning, p.file != file, p.line or 0, p.file))
