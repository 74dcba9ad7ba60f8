"""Surveys as the engine tells of them: the questions that ship, and a result from the regulation's own example."""

from __future__ import annotations

import datetime as dt

from broker.config.surveys import shipped_survey
from broker.contract import messages as ms

SUMS = (105, 101, 100, 116, 102, 105, 106, 105, 115)
"""Of 29 answers: their index is 91.48."""


def skm_message(language: str) -> ms.SurveyMessage:
    """Return the nine questions in a language."""
    asked = shipped_survey("skm")
    return ms.SurveyMessage(
        id=asked.id,
        version=asked.version,
        language=language,
        name=asked.name[language],
        intro=asked.intro[language],
        elements=tuple(
            ms.SurveyElement(
                code=one.code, label=one.label[language], question=one.question[language], answers=one.answers[language]
            )
            for one in asked.elements
        ),
        profile=tuple(
            ms.SurveyProfile(
                code=one.code,
                question=one.question[language],
                choices=tuple(
                    ms.SurveyChoice(code=choice.code, label=choice.label[language]) for choice in one.choices
                ),
            )
            for one in asked.profile
        ),
    )


def result_of(survey: str) -> ms.SurveyResult:
    """Return what a closed month came to."""
    asked = shipped_survey(survey)
    values = [total / 29 for total in SUMS[: len(asked.elements)]]
    lowest = sorted(zip(values, asked.codes, strict=True))[:3]
    plans = [ms.FollowUp(code=code) for _, code in lowest]
    plans[0] = ms.FollowUp(code=lowest[0][1], plan="Loket tambahan pada pagi hari", by=dt.date(2026, 12, 31))
    return ms.SurveyResult(
        survey=survey,
        name=asked.name,
        period="2026-10",
        begin=dt.date(2026, 10, 1),
        end=dt.date(2026, 10, 31),
        answers=29,
        wanted=80,
        index=91.48,
        grade="A",
        performance={"id": "Sangat Baik", "en": "Very good"},
        low=89.9,
        high=93.02,
        elements=tuple(
            ms.ElementResult(code=one.code, label=one.label, value=value)
            for one, value in zip(asked.elements, values, strict=True)
        ),
        lowest=tuple(plans),
        before=(84.2, 86.75, 90.1),
    )
