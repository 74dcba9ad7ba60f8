"""Surveys in the shapes of the wire: what is asked, how far it has come, and what closed periods came to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from broker.config.feedback import SurveyDefinition, SurveySettings
from broker.contract import messages as ms
from broker.domain.feedback.book import Book
from broker.domain.feedback.counting import ClosedPeriod
from broker.domain.feedback.surveys import Survey, period_of, sample_size
from broker.reports.statistics import Figures, figures_of, index_of
from broker.reports.survey import performance_of, said

BEFORE = 6
"""So many periods before the last one are told."""


def survey_messages(surveys: Iterable[SurveySettings], languages: Sequence[str]) -> Iterator[ms.SurveyMessage]:
    """Yield `state/survey` of each survey in each language of the office; what is not said in one, in another."""
    for survey in surveys:
        for language in languages:
            yield _message(survey, language, languages)


class SurveyShapes:
    """Says what the book knows of surveys, with the texts of the configuration. Used by one thread."""

    def __init__(self, surveys: Iterable[SurveySettings], languages: Sequence[str]) -> None:
        """Say it in these languages."""
        self._definitions = {survey.id: survey.definition for survey in surveys}
        self._languages = languages
        self._figures: dict[tuple[str, str, str], Figures | None] = {}
        """Of closed periods, which never change: an interval takes a tenth of a second."""

    def progress(self, book: Book, today: dt.date) -> tuple[ms.SurveyProgress, ...]:
        """Return how far each survey has come in the period that runs."""
        rules = book.office.feedback.surveys.values()
        return tuple(self._progress(book, survey, today) for survey in rules if survey.id in self._definitions)

    def results(self, book: Book) -> tuple[ms.SurveyResult, ...]:
        """Return the last closed period of each survey in which anybody answered."""
        found = []
        for survey in book.office.feedback.surveys:
            closed = [one for one in book.counting.closed.get(survey, ()) if one.tally.n]
            if closed and survey in self._definitions:
                found.append(self._result(book, closed))
        return tuple(found)

    def _progress(self, book: Book, survey: Survey, today: dt.date) -> ms.SurveyProgress:
        period = book.counting.running(survey, today)
        if period is None or period.end < today:
            period = period_of(survey.period, today)
        tally, served = book.counting.tally(survey, period), book.counting.visitors(period)
        known = [service for service in book.office.services if service in served or service in tally.services]
        return ms.SurveyProgress(
            survey=survey.id,
            name=self._texts(self._definitions[survey.id].name),
            period=period.name,
            begin=period.begin,
            end=period.end,
            answers=tally.n,
            wanted=sample_size(sum(served.values())),
            services=tuple(
                ms.ServiceProgress(
                    service=one, answers=tally.services.get(one, 0), wanted=sample_size(served.get(one, 0))
                )
                for one in known
            ),
        )

    def _result(self, book: Book, closed: Sequence[ClosedPeriod]) -> ms.SurveyResult:
        last, definition = closed[-1], self._definitions[closed[-1].survey]
        figures = self._figures_of(last)
        assert figures is not None  # noqa: S101 - whoever calls has looked whether anybody answered
        before = [index_of(one.tally, one.scoring) for one in closed[-1 - BEFORE : -1]]
        labels = {element.code: element.label for element in definition.elements}
        plans = {code: book.counting.plans.get((last.survey, last.period.name, code)) for code in figures.lowest}
        return ms.SurveyResult(
            survey=last.survey,
            name=self._texts(definition.name),
            period=last.period.name,
            begin=last.period.begin,
            end=last.period.end,
            answers=last.tally.n,
            wanted=last.wanted,
            index=float(figures.index),
            grade=figures.grade,
            performance=self._texts(performance_of(definition, figures.grade)),
            low=float(figures.low),
            high=float(figures.high),
            elements=tuple(
                ms.ElementResult(code=one.code, label=self._texts(labels.get(one.code, {})), value=float(one.nrr))
                for one in figures.elements
            ),
            lowest=tuple(
                ms.FollowUp(code=code, plan=None if plan is None else plan.text, by=None if plan is None else plan.by)
                for code, plan in plans.items()
            ),
            before=tuple(float(index) for index in before if index is not None),
            digest=last.digest,
        )

    def _figures_of(self, closed: ClosedPeriod) -> Figures | None:
        key = closed.survey, closed.period.name, closed.digest
        if key not in self._figures:
            self._figures[key] = figures_of(closed.tally, tuple(closed.tally.sums), closed.scoring, seed=closed.digest)
        return self._figures[key]

    def _texts(self, text: Mapping[str, str]) -> dict[str, str]:
        """Return a text in the languages of the office; where it has none of them, in its own."""
        return {language: text[language] for language in self._languages if language in text} or dict(text)


def fitting(picture: ms.FeedbackMessage) -> bytes:
    """Return `state/feedback`; where it is too long, services go first, then earlier periods, plans, results."""
    payload = picture.model_dump_json().encode()
    for shorter in _shorter(picture):
        if len(payload) <= ms.MAX_PAYLOAD_BYTES:
            break
        payload = shorter.model_dump_json().encode()
    return payload


def _shorter(picture: ms.FeedbackMessage) -> Iterator[ms.FeedbackMessage]:
    without = tuple(one.model_copy(update={"services": ()}) for one in picture.surveys)
    picture = picture.model_copy(update={"surveys": without})
    yield picture
    picture = picture.model_copy(
        update={"results": tuple(one.model_copy(update={"before": ()}) for one in picture.results)}
    )
    yield picture
    plain = tuple(
        one.model_copy(update={"lowest": tuple(low.model_copy(update={"plan": None}) for low in one.lowest)})
        for one in picture.results
    )
    yield picture.model_copy(update={"results": plain})
    for most in range(len(plain) - 1, -1, -1):
        yield picture.model_copy(update={"results": plain[:most]})


def _message(survey: SurveySettings, language: str, languages: Sequence[str]) -> ms.SurveyMessage:
    definition = survey.definition
    spoken = _spoken(definition, language, languages)
    return ms.SurveyMessage(
        id=definition.id,
        version=definition.version,
        language=spoken,
        name=said(definition.name, spoken),
        intro=said(definition.intro, spoken),
        elements=tuple(
            ms.SurveyElement(
                code=element.code,
                label=said(element.label, spoken),
                question=said(element.question, spoken),
                answers=element.answers.get(spoken) or next(iter(element.answers.values())),
            )
            for element in definition.elements
        ),
        profile=tuple(
            ms.SurveyProfile(
                code=question.code,
                question=said(question.question, spoken),
                choices=tuple(
                    ms.SurveyChoice(code=choice.code, label=said(choice.label, spoken)) for choice in question.choices
                ),
            )
            for question in definition.profile
        ),
        is_open=survey.open,
    )


def _spoken(definition: SurveyDefinition, language: str, languages: Sequence[str]) -> str:
    """Return in which language a survey is asked where a visitor reads `language`: all of it in one."""
    whole = definition.languages
    instead = next((one for one in languages if one in whole), next(iter(definition.name)))
    return language if language in whole else instead
