"""From a file and the environment to settings, or to everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from broker.config.characters import character_faults
from broker.config.document import Document, path_text, read_document
from broker.config.environment import Overlay, overlay
from broker.config.faults import ConfigError, Fault, Problem
from broker.config.hours import unknown_days
from broker.config.looks import accent_faults, office_logo_faults, paper_logo_faults, with_logo_of
from broker.config.pins import demo_pin_faults, hash_faults
from broker.config.references import reference_faults
from broker.config.scripts import script_faults
from broker.config.settings import Settings
from broker.config.sizes import size_faults
from broker.config.surveys import survey_faults, survey_file_problems, with_surveys_of
from broker.config.texts import text_faults
from broker.config.wording import faults_of, truths_for_numbers


@dataclass(frozen=True, slots=True)
class _Findings:
    """What became of one file: settings where nothing is wrong."""

    settings: Settings | None
    document: Document
    overlay: Overlay
    problems: list[Problem]


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings of a file, with the environment's values over it; ConfigError holds every fault."""
    findings = _examine(path, environ)
    errors = [problem for problem in findings.problems if not problem.warning]
    if errors or findings.settings is None:
        raise ConfigError(errors)
    return with_surveys_of(with_logo_of(findings.settings, path.parent), path.parent)


def check_settings(path: Path, environ: Mapping[str, str]) -> list[Problem]:
    """Return every fault and every warning, the faults first; empty when all is well."""
    findings = _examine(path, environ)
    data = findings.document.data
    looked_at = [
        *demo_pin_faults(data),
        *paper_logo_faults(data, path.parent),
        *office_logo_faults(data, path.parent),
        *script_faults(data, Settings),
    ]
    warnings = _located(looked_at, findings.document, findings.overlay)
    return _ordered([*findings.problems, *warnings], findings.document.file)


def _examine(path: Path, environ: Mapping[str, str]) -> _Findings:
    """Gather all faults; a file that is no YAML mapping at all leaves nothing more to say."""
    document = read_document(path)
    if document.problems and not document.data:
        return _Findings(None, document, Overlay(), document.problems)
    over = overlay(document.data, Settings, environ)
    settings, shape = _validated(document.data)
    plain = [*character_faults(document.data, Settings), *unknown_days(document.data)]
    explained = {fault.path for fault in plain}
    shape = [fault for fault in shape if not any(fault.path[:end] in explained for end in range(len(fault.path) + 1))]
    known = {fault.path for fault in shape}
    faults = (
        *plain,
        *shape,
        *(fault for fault in truths_for_numbers(document.data, Settings) if fault.path not in known),
        *reference_faults(document.data),
        *hash_faults(document.data),
        *survey_faults(document.data),
        *text_faults(document.data, Settings),
        *accent_faults(document.data),
        *(size_faults(settings) if settings is not None else ()),
    )
    located = _located(faults, document, over)
    problems = [*document.problems, *over.problems, *located, *survey_file_problems(document.data, path.parent)]
    return _Findings(settings, document, over, _ordered(problems, document.file))


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
