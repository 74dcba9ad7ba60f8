"""The section `feedback` of config.yaml, and a survey's own file: its questions, answers and scoring as data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, StringConstraints

from broker.config.identifier import Identifier
from broker.config.section import LanguageCode, SettingsModel, Text

COUNTRY = r"^[A-Z]{2}$"
SCALE = 4
"""So many answers a question has: the first is worth 1, the last 4."""

Role = Literal["officer", "supervisor", "complaints"]
Answers = dict[LanguageCode, tuple[Annotated[str, StringConstraints(min_length=1, max_length=60)], ...]]


class Grade(SettingsModel):
    """What an index is worth from a value on."""

    grade: Annotated[str, StringConstraints(min_length=1, max_length=3)]
    at_least: float = Field(ge=0, le=100)
    performance: Text


class Scoring(SettingsModel):
    """How answers become an index: their mean times the factor, rounded once."""

    factor: float = Field(default=25, gt=0, le=25)
    decimals: int = Field(default=2, ge=0, le=4)
    grades: tuple[Grade, ...] = Field(min_length=1, max_length=10)


class Element(SettingsModel):
    """One question of a survey."""

    code: Identifier
    label: Text
    question: Text
    answers: Answers


class Choice(SettingsModel):
    """One answer about oneself."""

    code: Identifier
    label: Text


class ProfileQuestion(SettingsModel):
    """A question about oneself that nobody has to answer."""

    code: Identifier
    question: Text
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=12)


class SurveyDefinition(SettingsModel):
    """A survey as its file says it."""

    id: Identifier
    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    source: Annotated[str, StringConstraints(min_length=1)]
    name: Text
    index: Text
    intro: Text
    scoring: Scoring
    elements: tuple[Element, ...] = Field(min_length=1, max_length=20)
    profile: tuple[ProfileQuestion, ...] = Field(default=(), max_length=8)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of its elements, in their order."""
        return tuple(element.code for element in self.elements)

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that all of it is said in."""
        texts = [self.name, self.index, self.intro]
        texts += [text for grade in self.scoring.grades for text in (grade.performance,)]
        texts += [text for element in self.elements for text in (element.label, element.question)]
        texts += [text for one in self.profile for text in (one.question, *(choice.label for choice in one.choices))]
        spoken = [set(text) for text in texts] + [set(element.answers) for element in self.elements]
        return tuple(language for language in self.name if all(language in some for some in spoken))


class SurveySettings(SettingsModel):
    """One survey that the office runs, and how."""

    id: Identifier
    file: Annotated[str, StringConstraints(min_length=1)] | None = None
    """Its own file, as seen from the configuration's folder; without one, the survey of this id that ships."""
    period: Literal["month", "quarter"] = "month"
    invite_every: int | None = Field(default=5, ge=1, le=1000)
    """Every so manieth finished ticket of a service is asked; None: nobody is."""
    open: bool = True
    """Whether whoever stands at a feedback kiosk may answer without an invitation."""
    _definition: SurveyDefinition | None = PrivateAttr(default=None)

    @property
    def definition(self) -> SurveyDefinition:
        """Return what is asked; `load_settings` has read it."""
        if self._definition is None:
            message = f"the survey {self.id} was not read with its configuration"
            raise LookupError(message)
        return self._definition

    def defined_by(self, definition: SurveyDefinition) -> SurveySettings:
        """Return the same with what its file says."""
        defined = self.model_copy()
        defined._definition = definition  # noqa: SLF001 - a copy of our own
        return defined


class AnswerDays(SettingsModel):
    """Within how many working days each kind of complaint is answered."""

    information: int = Field(default=5, ge=1, le=365)
    aspiration: int = Field(default=5, ge=1, le=365)
    complaint: int = Field(default=14, ge=1, le=365)
    supervision: int = Field(default=60, ge=1, le=365)


class Complaints(SettingsModel):
    """Complaints: by when what is done, in working days, and who may read how to reach whoever complained."""

    verify_days: int = Field(default=3, ge=1, le=365)
    answer_days: AnswerDays = AnswerDays()
    close_days: int = Field(default=10, ge=1, le=365)
    purge_after_days: int = Field(default=365, ge=30, le=3650)
    """So long after a complaint is closed its text and contact are kept."""
    contacts: tuple[Role, ...] = Field(default=("complaints",), min_length=1)


class Feedback(SettingsModel):
    """What visitors may tell the office; nothing of it unless it is asked for here."""

    rating: bool = False
    suggestions: bool = False
    surveys: tuple[SurveySettings, ...] = Field(default=(), max_length=8)
    complaints: Complaints | None = None
    holidays: Annotated[str, StringConstraints(pattern=COUNTRY)] | None = "ID"
    """The country whose public holidays are no working days; None: none are."""

    def survey(self, survey: str) -> SurveySettings | None:
        """Return one of the surveys by its id."""
        return next((one for one in self.surveys if one.id == survey), None)
