"""The result of a survey as it is published: one model for paper, tables and screens, so that all say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from broker.config.feedback import SurveyDefinition, SurveySettings
from broker.domain.feedback.counting import Plan
from broker.domain.feedback.surveys import Period, Scoring, Survey, Tally, sample_size
from broker.language import Phrases
from broker.reports.statistics import LOWEST, Figures, figures_of
from broker.reports.tables import Cell, Column, Table, decimals_of

Text = Mapping[str, str]
TREND = 6
"""So many periods before are shown, where there are so many."""
_BAR_MM = Decimal("0.11")
"""How high a bar is for each point of an index: it begins at 0, so that bars compare as figures do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted of one survey in one period."""

    definition: SurveyDefinition
    period: Period
    tally: Tally
    served: Mapping[str, int]
    """How many visitors each service had."""
    closed_on: dt.date | None = None
    """None while the period runs: then all of it may still change."""
    scoring: Scoring | None = None
    """As it was when the period was closed; None: as the survey says now."""
    digest: str = ""
    plans: Mapping[str, Plan] = field(default_factory=dict)
    """By element."""
    before: tuple[tuple[str, Decimal], ...] = ()
    """Name and index of earlier periods, the oldest first."""

    @property
    def figures(self) -> Figures | None:
        """Return what the answers come to; None where there are none."""
        scoring = self.scoring or scoring_of(self.definition)
        codes = tuple(self.tally.sums) or self.definition.codes
        return figures_of(self.tally, codes, scoring, seed=self.digest)

    @property
    def visitors(self) -> int:
        """Return how many visitors the period had."""
        return sum(self.served.values())

    @property
    def wanted(self) -> int:
        """Return how many answers stand for all of them."""
        return sample_size(self.visitors)


def scoring_of(definition: SurveyDefinition) -> Scoring:
    """Return how a survey is scored, as the domain has it."""
    scoring = definition.scoring
    grades = tuple((grade.grade, grade.at_least) for grade in scoring.grades)
    return Scoring(scoring.factor, scoring.decimals, grades)


def survey_rules(settings: SurveySettings, place: int = 0) -> Survey:
    """Return the rules of a survey, as the domain has them."""
    definition = settings.definition
    return Survey(
        id=settings.id,
        version=definition.version,
        codes=definition.codes,
        profile={one.code: frozenset(choice.code for choice in one.choices) for one in definition.profile},
        period=settings.period,
        invite_every=settings.invite_every,
        place=place,
        is_open=settings.open,
        scoring=scoring_of(definition),
    )


def said(text: Text, language: str) -> str:
    """Return a text of a survey in a language, or in the first that it has."""
    return text.get(language) or next(iter(text.values()), "")


def performance_of(definition: SurveyDefinition, grade: str) -> Text:
    """Return what a grade means, in words."""
    return next((one.performance for one in definition.scoring.grades if one.grade == grade), {})


@dataclass(frozen=True, slots=True)
class ElementLine:
    """One element on the paper."""

    label: str
    nrr: str
    share: int
    """Of the whole bar, in percent."""
    is_low: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """A heading with a few lines of a name and a figure."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LowLine:
    """One of the lowest elements on the paper, with what the office does about it."""

    label: str
    nrr: str
    plan: str


@dataclass(frozen=True, slots=True)
class TrendBar:
    """One period among those before."""

    period: str
    index: str
    height_mm: float
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the paper says, in words of one language."""

    language: str
    is_rtl: bool
    office: str
    title: str
    index_name: str
    period: str
    state: str
    index: str
    grade: str
    performance: str
    interval: str
    facts: tuple[tuple[str, str], ...]
    elements_title: str
    elements: tuple[ElementLine, ...]
    lowest_title: str
    lowest: tuple[LowLine, ...]
    profile_title: str
    profile: tuple[Lines, ...]
    trend_title: str
    trend: tuple[TrendBar, ...]
    notes: tuple[str, ...]


class Wording:
    """Says an outcome in one language."""

    def __init__(self, outcome: Outcome, words: Phrases, *, office: Text, services: Mapping[str, Text]) -> None:
        """Take the names of the office and its services by language."""
        self._outcome = outcome
        self._words = words
        self._office = office
        self._services = services
        self._figures = outcome.figures

    @property
    def file_name(self) -> str:
        """Return a name for its files, without an ending."""
        return f"{self._outcome.definition.id}-{self._outcome.period.name}"

    def sheet(self) -> Sheet:
        """Return what the paper says."""
        outcome, words, figures = self._outcome, self._words, self._figures
        definition = outcome.definition
        return Sheet(
            language=words.worded_in,
            is_rtl=words.rtl,
            office=self._said(self._office),
            title=self._said(definition.name),
            index_name=self._said(definition.index),
            period=self._period(outcome.period.name),
            state=self._state(),
            index="-" if figures is None else self._number(figures.index),
            grade="-" if figures is None else figures.grade,
            performance="" if figures is None else self._said(performance_of(definition, figures.grade)),
            interval=self._interval(),
            facts=(
                (words.say("Answers"), self._number(outcome.tally.n)),
                (words.say("Visitors in the period"), self._number(outcome.visitors)),
                (words.say("Answers wanted"), self._number(outcome.wanted)),
                (words.say("Sample"), self._quota()),
            ),
            elements_title=words.say("Average of each element (1 to 4)"),
            elements=() if figures is None else self._elements(figures),
            lowest_title=words.say("The three lowest, and what we do about them"),
            lowest=() if figures is None else self._lowest(figures),
            profile_title=words.say("Who answered"),
            profile=tuple(self._profile()),
            trend_title=words.say("From period to period"),
            trend=self._trend(),
            notes=self._notes(),
        )

    def head(self) -> tuple[str, ...]:
        """Return the names of the five columns of a CSV."""
        words = self._words
        return words.say("Part"), words.say("Code"), words.say("Name"), words.say("Figure"), words.say("Value")

    def tables(self) -> tuple[Table, ...]:
        """Return the same as tables."""
        words, outcome, figures = self._words, self._outcome, self._figures
        value = (Column("value", words.say("Value")),)
        summary: list[tuple[str, str, Cell]] = [
            ("office", words.say("Office"), self._said(self._office)),
            ("survey", words.say("Survey"), self._said(outcome.definition.name)),
            ("period", words.say("Period"), outcome.period.name),
            ("begin", words.say("From"), outcome.period.begin),
            ("end", words.say("Until"), outcome.period.end),
            ("state", words.say("State"), self._state()),
            ("answers", words.say("Answers"), outcome.tally.n),
            ("visitors", words.say("Visitors in the period"), outcome.visitors),
            ("wanted", words.say("Answers wanted"), outcome.wanted),
            ("sample", words.say("Sample"), self._quota()),
        ]
        if figures is not None:
            summary += [
                ("index", self._said(outcome.definition.index), figures.index),
                ("grade", words.say("Grade"), figures.grade),
                (
                    "performance",
                    words.say("Performance"),
                    self._said(performance_of(outcome.definition, figures.grade)),
                ),
                ("low", words.say("95 % interval, from"), figures.low),
                ("high", words.say("95 % interval, to"), figures.high),
                ("certain", words.say("Certainty of the grade"), self._certainty(figures)),
            ]
        summary.append(("digest", words.say("Digest of the answers"), outcome.digest or None))
        tables = [
            Table("summary", words.say("Summary"), value, tuple((code, name, (cell,)) for code, name, cell in summary))
        ]
        if figures is not None:
            tables += [self._element_table(figures), self._plan_table(figures)]
        tables += [self._service_table(), *self._profile_tables()]
        index = (Column("index", words.say("Index")),)
        before = tuple((name, self._period(name), (figure,)) for name, figure in outcome.before)
        return (*tables, Table("before", words.say("Periods before"), index, before))

    # -- parts ----------------------------------------------------------------------------------------------------

    def _said(self, text: Text) -> str:
        return said(text, self._words.language) if self._words.language in text else said(text, self._words.worded_in)

    def _number(self, figure: Decimal | int) -> str:
        places = decimals_of(figure) if isinstance(figure, Decimal) else 0
        pattern = f"#,##0.{'0' * places}" if places else "#,##0"
        return format_decimal(figure, format=pattern, locale=self._words.worded_in)

    def _period(self, name: str, *, month: str = "MMMM") -> str:
        year, _, rest = name.partition("-")
        if rest.startswith("Q"):
            return self._words.say("Quarter {n} of {year}", n=rest[1:], year=year)
        return format_skeleton(f"y{month}", dt.date(int(year), int(rest), 1), locale=self._words.worded_in)

    def _date(self, day: dt.date) -> str:
        return format_date(day, "long", locale=self._words.worded_in)

    def _state(self) -> str:
        closed = self._outcome.closed_on
        if closed is None:
            return self._words.say("The period still runs: all of this may change.")
        return self._words.say("Closed on {date}.", date=self._date(closed))

    def _quota(self) -> str:
        reached = self._outcome.tally.n >= self._outcome.wanted
        return self._words.say("reached") if reached else self._words.say("not reached")

    def _certainty(self, figures: Figures) -> str:
        return self._words.say("grade uncertain") if figures.is_uncertain else self._words.say("grade certain")

    def _interval(self) -> str:
        figures = self._figures
        if figures is None:
            return self._words.say("Nobody has answered.")
        low, high = self._number(figures.low), self._number(figures.high)
        if figures.is_uncertain:
            return self._words.say(
                "With these answers the index lies between {low} and {high}, so the grade is uncertain.",
                low=low,
                high=high,
            )
        return self._words.say("With these answers the index lies between {low} and {high}.", low=low, high=high)

    def _label(self, code: str) -> str:
        return next((self._said(one.label) for one in self._outcome.definition.elements if one.code == code), code)

    def _elements(self, figures: Figures) -> tuple[ElementLine, ...]:
        return tuple(
            ElementLine(self._label(one.code), self._number(one.nrr), round(one.nrr * 25), one.code in figures.lowest)
            for one in figures.elements
        )

    def _lowest(self, figures: Figures) -> tuple[LowLine, ...]:
        nrr = {one.code: one.nrr for one in figures.elements}
        return tuple(LowLine(self._label(code), self._number(nrr[code]), self._plan(code)) for code in figures.lowest)

    def _trend(self) -> tuple[TrendBar, ...]:
        """Return the periods before and this one; nothing where there are none to compare with."""
        figures, before = self._figures, self._outcome.before[-TREND:]
        bars = [self._bar(name, index) for name, index in before]
        if bars and figures is not None:
            bars.append(self._bar(self._outcome.period.name, figures.index, is_now=True))
        return tuple(bars)

    def _bar(self, name: str, index: Decimal, *, is_now: bool = False) -> TrendBar:
        height_mm = round(float(index * _BAR_MM), 1)
        return TrendBar(self._period(name, month="MMM"), self._number(index), height_mm, is_now)

    def _plan(self, code: str) -> str:
        plan = self._outcome.plans.get(code)
        if plan is None:
            return self._words.say("A plan follows.")
        return self._words.say("{plan} (until {date})", plan=plan.text, date=self._date(plan.by))

    def _profile(self) -> list[Lines]:
        counts = self._outcome.tally.profile
        asked = [
            Lines(
                self._said(question.question),
                tuple(
                    (self._said(choice.label), self._number(counts[question.code].get(choice.code, 0)))
                    for choice in question.choices
                ),
            )
            for question in self._outcome.definition.profile
            if question.code in counts
        ]
        came = tuple((self._service(service), self._number(n)) for service, n in self._by_service())
        return [*asked, Lines(self._words.say("Service"), came)] if came else asked

    def _by_service(self) -> list[tuple[str, int]]:
        counts = self._outcome.tally.services
        return [(service, counts[service]) for service in (*self._services, "") if counts.get(service)]

    def _service(self, service: str) -> str:
        return self._said(self._services[service]) if service in self._services else self._words.say("not said")

    def _notes(self) -> tuple[str, ...]:
        words, outcome = self._words, self._outcome
        notes = [words.say("Survey according to {source}.", source=outcome.definition.source)]
        notes.append(words.say("Grades: {grades}.", grades=self._grades()))
        if outcome.digest:
            notes.append(words.say("Digest of the answers: {digest}", digest=outcome.digest[:16]))
        return tuple(notes)

    def _grades(self) -> str:
        scoring = self._outcome.scoring or scoring_of(self._outcome.definition)
        return ", ".join(
            self._words.say(
                "{grade} from {index}",
                grade=grade,
                index=self._number(Decimal(str(at_least)).quantize(Decimal(1).scaleb(-scoring.decimals))),
            )
            for grade, at_least in scoring.grades
        )

    def _element_table(self, figures: Figures) -> Table:
        words = self._words
        columns = Column("nrr", words.say("Average (1 to 4)")), Column("index", words.say("Index"))
        rows = tuple((one.code, self._label(one.code), (one.nrr, one.index)) for one in figures.elements)
        return Table("element", words.say("Elements"), columns, rows)

    def _plan_table(self, figures: Figures) -> Table:
        words, plans = self._words, self._outcome.plans
        columns = Column("plan", words.say("Follow-up plan")), Column("by", words.say("Until"))
        rows = tuple(
            (code, self._label(code), (plans[code].text, plans[code].by) if code in plans else (None, None))
            for code in figures.lowest[:LOWEST]
        )
        return Table("plan", words.say("The three lowest"), columns, rows)

    def _service_table(self) -> Table:
        words, tally, served = self._words, self._outcome.tally, self._outcome.served
        columns = (
            Column("answers", words.say("Answers")),
            Column("visitors", words.say("Visitors in the period")),
            Column("wanted", words.say("Answers wanted")),
        )
        known = [*self._services, *(one for one in served if one not in self._services)]
        rows: list[tuple[str, str, tuple[Cell, ...]]] = [
            (one, self._service(one), (tally.services.get(one, 0), served.get(one, 0), sample_size(served.get(one, 0))))
            for one in known
        ]
        if tally.services.get(""):
            rows.append(("", self._service(""), (tally.services[""], None, None)))
        return Table("service", words.say("Services"), columns, tuple(rows))

    def _profile_tables(self) -> list[Table]:
        answers = (Column("answers", self._words.say("Answers")),)
        counts = self._outcome.tally.profile
        return [
            Table(
                question.code,
                self._said(question.question),
                answers,
                tuple(
                    (choice.code, self._said(choice.label), (counts.get(question.code, {}).get(choice.code, 0),))
                    for choice in question.choices
                ),
            )
            for question in self._outcome.definition.profile
        ]
