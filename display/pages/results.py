"""What the office publishes of its visitors' voice: the last survey, what it does about it, complaints, ratings. Pure.

Figures come from `state/feedback`; each stands with what it was counted over and until when, so that none passes for
newer than it is.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_decimal, format_percent

from broker.contract.messages import (
    FeedbackMessage,
    OfficeMessage,
    PublishedRow,
    ResultsMessage,
    SurveyResult,
    Text,
)
from broker.language import Phrases, mark
from display.pages.sheet import reading_s

LEAST_RATINGS = 10
"""Fewer say more about who gave them than about the office."""
BEST = 4
"""What an element is worth at the most."""
_NEWS_DAYS = 14
_GLANCE_S = 2.0
_BAR_S = 1.0
_MOST_PERIODS = 6
_LOWEST, _HIGHEST = 25.0, 100.0
"""Between which an index lies."""
_RATED = (mark("Very good"), mark("Good"), mark("Not so good"), mark("Bad"))
"""The best first, as they stand below each other."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a chart; `is_now` stands out."""

    label: str
    value: str
    share: float
    """How long it is, 0 to 1."""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture that says nothing by its colours alone: each bar has its value, and a caption says what they are."""

    kind: Literal["rows", "columns"]
    caption: str
    bars: tuple[Bar, ...]


Part = str | Chart


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A figure that is read from the last seat, and what has to be known with it."""

    language: str
    title: str
    figure: str = ""
    """As large as a called number; nothing on a page that only goes on."""
    beside: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    start: tuple[int, ...] = ()

    @property
    def reading_s(self) -> float:
        """Return how long it takes to read."""
        said = (*self.beside, *(part if isinstance(part, str) else part.caption for part in self.parts))
        bars = sum(len(part.bars) for part in self.parts if isinstance(part, Chart))
        return _GLANCE_S + (1.0 if self.figure else 0.0) + sum(map(reading_s, said)) + _BAR_S * bars


Fits = Callable[[ResultPage], bool]
"""Tells whether a page fits the panel at the type size of results."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How one complains here, beside telling an officer."""

    kiosk: bool = False
    """At a kiosk that takes what visitors have to say."""
    address: str = ""
    """On the phone."""


def published_on(message: FeedbackMessage | None, day: dt.date) -> FeedbackMessage | None:
    """Return what of a message is still true on this day: a month's ratings end with it, a year's complaints too."""
    if message is None:
        return None
    said_on = message.at.date()
    is_month = (said_on.year, said_on.month) == (day.year, day.month)
    return message.model_copy(
        update={
            "ratings": message.ratings if is_month and sum(message.ratings) >= LEAST_RATINGS else (),
            "complaints": message.complaints if said_on.year == day.year else None,
        }
    )


def waits_on(message: ResultsMessage | None, day: dt.date) -> ResultsMessage | None:
    """Return what of a message is still news on this day: after two weeks without an open day it is none."""
    return message if message is not None and (day - message.day).days <= _NEWS_DAYS else None


def wait_pages(
    message: ResultsMessage | None, office: OfficeMessage, *, phrases: Callable[[str], Phrases], fits: Fits
) -> tuple[ResultPage, ...]:
    """Return how long visitors waited on the last closed day and in its month, promise against truth, by language."""
    pages: list[ResultPage] = []
    if message is None:
        return ()
    for turn, words in enumerate(map(phrases, office.languages)):
        page = _waits(message, words)
        if page is not None:
            whole = page.title, words.say("Waits")
            pages += _cut(replace(page, parts=(), start=(2, turn, 0)), whole, page.parts, fits)
            for place, (titles, rows) in enumerate(_by_lane_and_service(message, office, words), 3):
                bare = ResultPage(words.language, titles[0], start=(place, turn, 0))
                pages += _cut(bare, titles, (Chart("rows", "", rows),), fits)
    return tuple(pages)


def _waits(message: ResultsMessage, words: Phrases) -> ResultPage | None:
    told = message.total.day or message.total.month
    if told is None:
        return None
    return ResultPage(
        words.language,
        words.say("Waits on {day}", day=words.day(message.day)) if told is message.total.day else words.say("Waits"),
        format_percent(told.within / 100, locale=words.worded_in),
        (words.say("called within what we promise"),),
        (
            words.say(
                "Half waited up to {median} minutes, nine in ten up to {most}",
                median=_minutes(told.median_min, words),
                most=_minutes(told.most_min, words),
            ),
        ),
    )


def _by_lane_and_service(
    message: ResultsMessage, office: OfficeMessage, words: Phrases
) -> Iterator[tuple[tuple[str, ...], tuple[Bar, ...]]]:
    """Yield what of each lane, and of each service, came true of the promise: this month, and on its last day."""
    month = str(format_interval(message.begin, message.day, "MMMMd", locale=words.worded_in))
    span = {"span": re.sub("[\u2009\u202f]", "", month), "end": _short(message.day, words)}
    lanes, services = ({one.id: one.name for one in some} for some in (office.lanes, office.services))
    yield (
        (
            words.say("Called in time by lane: {span} (on {end})", **span),
            words.say("By lane: {span} (on {end})", **span),
        ),
        _kept(message.lanes, lanes, words),
    )
    yield (
        (
            words.say("Called in time by service: {span} (on {end})", **span),
            words.say("By service: {span} (on {end})", **span),
        ),
        _kept(message.services, services, words),
    )


def _kept(rows: Sequence[PublishedRow], names: Mapping[str, Text], words: Phrases) -> tuple[Bar, ...]:
    """Return what share of each was called in time, with the promise where it is one: that of a lane."""
    found = []
    for row in rows:
        if row.month is None or row.id not in names:
            continue
        share = format_percent(row.month.within / 100, locale=words.worded_in)
        if row.promised_s:
            share = words.say("{share} in {n} min", share=share, n=row.promised_s // 60)
        if row.day is not None:
            share = f"{share} ({format_percent(row.day.within / 100, locale=words.worded_in)})"
        found.append(Bar(_named(names[row.id], words), share, row.month.within / 100))
    return tuple(found)


def _minutes(value: float, words: Phrases) -> str:
    """Return minutes as a hall reads them: whole, rounded up, so that none is promised too short."""
    return _whole(math.ceil(value), words)


def _short(day: dt.date, words: Phrases) -> str:
    return str(format_skeleton("MMMMd", day, locale=words.worded_in)).replace("\u202f", " ")


def survey_pages(
    message: FeedbackMessage | None, languages: Sequence[str], *, phrases: Callable[[str], Phrases], fits: Fits
) -> tuple[ResultPage, ...]:
    """Return the last closed period of each survey, and what is done about its lowest elements, language by language.

    What has no room beside the figure comes on pages of its own; where not even the figure fits, there is none.
    """
    pages: list[ResultPage] = []
    for place, result in enumerate(message.results if message else ()):
        for turn, words in enumerate(map(phrases, languages)):
            page = replace(_index_page(result, words), start=(place, 0, turn, 0))
            period = _period(result.begin, result.end, words)
            titles = (f"{page.title}, {period}", f"{result.survey.upper()} {period}")
            pages += _cut(replace(page, parts=()), titles, page.parts, fits)
        for turn, words in enumerate(map(phrases, languages)):
            bare = ResultPage(words.language, words.say("What we are making better"), start=(place, 1, turn, 0))
            pages += _cut(bare, (bare.title,), tuple(_lowest(result, words)), fits)
    return tuple(pages)


def count_pages(
    message: FeedbackMessage | None,
    languages: Sequence[str],
    *,
    phrases: Callable[[str], Phrases],
    fits: Fits,
    ways: Ways,
) -> tuple[ResultPage, ...]:
    """Return the complaints of the year with how to complain, and the ratings of the month, language by language."""
    pages: list[ResultPage] = []
    if message is None:
        return ()
    for kind in range(2):
        for turn, words in enumerate(map(phrases, languages)):
            page = _ratings(message, words) if kind else _complaints(message, words, ways)
            if page is not None:
                month = format_date(message.at, "MMMM y", locale=words.worded_in)
                titles = (page.title, words.say("Ratings in {month}", month=month)) if kind else (page.title,)
                pages += _cut(replace(page, parts=(), start=(kind, turn, 0)), titles, page.parts, fits)
    return tuple(pages)


def _cut(page_of: ResultPage, titles: Sequence[str], parts: Sequence[Part], fits: Fits) -> Iterator[ResultPage]:
    """Yield as many pages as the parts take, under the first title with which the figure fits.

    A text too long for a page goes on on the next, between two words; a chart has no more periods than have room.
    """
    titled = [replace(page_of, title=title) for title in titles]
    bare = next((page for page in titled if fits(page)), None)
    if bare is None:
        return
    page, is_begun = bare, bool(bare.figure)
    empty = replace(bare, figure="", beside=(), parts=())
    pieces = (piece for part in parts for piece in _pieces(part, empty, fits))
    for place, part in enumerate(pieces, 1):
        alone = replace(empty, start=(*bare.start[:-1], place))
        for onto in (page, alone) if is_begun else (alone,):
            fitting = next((some for some in _less(part) if fits(replace(onto, parts=(*onto.parts, some)))), None)
            if fitting is None:
                continue
            if onto is alone and is_begun:
                yield page
            page, is_begun = replace(onto, parts=(*onto.parts, fitting)), True
            break
    if is_begun:
        yield page


def _pieces(part: Part, empty: ResultPage, fits: Fits) -> Iterator[Part]:
    """Yield a part; a text in as many pieces as it needs pages, between two sentences, or two words of a long one."""

    def has_room(text: str) -> bool:
        return fits(replace(empty, parts=(text,)))

    if isinstance(part, Chart):
        yield from _by_rows(part, empty, fits)
        return
    if has_room(part):
        yield part
        return
    told = ""
    for sentence in re.split(r"(?<=[.\u3002])\s+", part):
        longer = f"{told} {sentence}".strip()
        if has_room(longer):
            told = longer
            continue
        if told:
            yield told
        *begun, told = _by_words(sentence, has_room)
        yield from begun
    if told:
        yield told


def _by_rows(chart: Chart, empty: ResultPage, fits: Fits) -> Iterator[Part]:
    """Yield a chart of rows in as many charts as it needs pages, as even as can be; in words where not a row fits."""
    bars = chart.bars
    if chart.kind == "columns":
        yield chart
        return
    for many in range(1, len(bars) + 1):
        size = -(-len(bars) // many)
        charts = [replace(chart, bars=bars[at : at + size]) for at in range(0, len(bars), size)]
        if all(fits(replace(empty, parts=(one,))) for one in charts):
            yield from charts
            return
    for bar in bars:
        yield from _pieces(f"{bar.label}: {bar.value}", empty, fits)


def _by_words(sentence: str, has_room: Callable[[str], bool]) -> Iterator[str]:
    """Yield a sentence in pieces that have room, the last of more than one word; nothing where a word has none."""
    words = sentence.split()
    while words:
        count = len(words)
        while count and not has_room(_begun(words, count)):
            count -= 1
        if not count:
            break
        count -= count > 1 and len(words) - count == 1
        yield _begun(words, count)
        words = words[count:]
    else:
        return
    yield ""


def _begun(words: Sequence[str], count: int) -> str:
    return " ".join(words[:count]) + (" \N{HORIZONTAL ELLIPSIS}" if count < len(words) else "")


def _less(part: Part) -> Iterator[Part]:
    """Yield a part, then a chart of periods with fewer of them, the latest two at least."""
    yield part
    if isinstance(part, Chart) and part.kind == "columns":
        for count in range(len(part.bars) - 1, 1, -1):
            yield replace(part, bars=part.bars[-count:])


def _index_page(result: SurveyResult, words: Phrases) -> ResultPage:
    low, high = _index(result.low, words), _index(result.high, words)
    parts: list[Part] = [
        _answers(result, words),
        words.say("95 times in 100 it lies between {low} and {high}", low=low, high=high),
    ]
    if result.before:
        parts.append(_trend(result, words))
    beside = (words.say("Grade {grade}", grade=result.grade), _named(result.performance, words))
    return ResultPage(
        words.language,
        _named(result.name, words),
        _index(result.index, words),
        tuple(text for text in dict.fromkeys(beside) if text),
        tuple(parts),
    )


def _answers(result: SurveyResult, words: Phrases) -> str:
    count = _whole(result.answers, words)
    if result.answers < result.wanted:
        return words.say(
            "{count} answers, of {wanted} that were wanted", count=count, wanted=_whole(result.wanted, words)
        )
    return words.count("From {count} answer", "From {count} answers", result.answers, count=count)


def _change(by: float, words: Phrases) -> str:
    told = format_decimal(abs(by), "0.00", locale=words.worded_in)
    if round(abs(by), 2) == 0:
        return words.say("The same as last time")
    return words.say("{points} higher than last time" if by > 0 else "{points} lower than last time", points=told)


def _trend(result: SurveyResult, words: Phrases) -> Chart:
    values = (*result.before, result.index)[-_MOST_PERIODS:]
    shares = [(value - _LOWEST) / (_HIGHEST - _LOWEST) for value in values]
    bars = tuple(
        Bar("", _rounded(value, words), share, is_now=place == len(values) - 1)
        for place, (value, share) in enumerate(zip(values, shares, strict=True))
    )
    return Chart("columns", _change(result.index - result.before[-1], words), bars)


def _lowest(result: SurveyResult, words: Phrases) -> Iterator[str]:
    """Yield each of the lowest elements, what is done about it, and until when."""
    elements = {element.code: element for element in result.elements}
    for plan in result.lowest:
        element = elements.get(plan.code)
        if element is None:
            continue
        value = format_decimal(element.value, "0.00", locale=words.worded_in)
        name = words.say("{element}: {value} of {best}", element=_named(element.label, words), value=value, best=BEST)
        if not plan.plan:
            yield f"{name}. {words.say('What is done about it is being decided.')}"
        elif plan.by is None:
            yield f"{name}. {plan.plan}"
        else:
            by = words.say("By {date}", date=format_date(plan.by, "long", locale=words.worded_in))
            yield f"{name}. {plan.plan.rstrip('. ')}. {by}."


def _complaints(message: FeedbackMessage, words: Phrases, ways: Ways) -> ResultPage | None:
    told = message.complaints
    if told is None:
        return None
    parts: list[Part] = []
    if told.received:
        answered, in_time = _whole(told.answered, words), _whole(told.in_time, words)
        parts.append(words.say("{answered} answered, {in_time} of them in time", answered=answered, in_time=in_time))
    parts.append(_how_to_complain(words, ways))
    day = format_skeleton("MMMMd", message.at, locale=words.worded_in)
    received = words.say("received up to {date}", date=day)
    title = words.say("Complaints in {year}", year=told.since.year)
    return ResultPage(words.language, title, _whole(told.received, words), (received,), tuple(parts))


def _how_to_complain(words: Phrases, ways: Ways) -> str:
    match ways.kiosk, bool(ways.address):
        case True, True:
            return words.say(
                "To complain: at the feedback kiosk, to any officer, or at {address}", address=ways.address
            )
        case True, False:
            return words.say("To complain: at the feedback kiosk, or to any officer")
        case False, True:
            return words.say("To complain: to any officer, or at {address}", address=ways.address)
        case _:
            return words.say("To complain: tell any officer")


def _ratings(message: FeedbackMessage, words: Phrases) -> ResultPage | None:
    counts, locale = message.ratings, words.worded_in
    every = sum(counts)
    if not every:
        return None
    bars = tuple(
        Bar(words.say(said), format_percent(count / every, locale=locale), count / every)
        for said, count in zip(_RATED, reversed(counts), strict=False)
    )
    count = words.count("From {count} rating", "From {count} ratings", every, count=_whole(every, words))
    return ResultPage(
        words.language,
        words.say("How visitors rated us in {month}", month=format_date(message.at, "MMMM y", locale=locale)),
        format_percent(sum(counts[len(counts) // 2 :]) / every, locale=locale),
        (words.say("said good or very good"),),
        (count, Chart("rows", "", bars)),
    )


def _period(begin: dt.date, end: dt.date, words: Phrases) -> str:
    """Return a period by its months where it has whole ones."""
    is_whole = begin.day == 1 and (end + dt.timedelta(days=1)).day == 1
    told = format_interval(begin, end, "yMMMM" if is_whole else "yMMMd", locale=words.worded_in)
    return str(told).replace("\N{THIN SPACE}", "").replace("\u202f", " ")


def _named(text: Text, words: Phrases) -> str:
    """Return a name in the language of a page, else in the first that it has."""
    return text.get(words.language) or next(iter(text.values()), "")


def _index(value: float, words: Phrases) -> str:
    return str(format_decimal(value, "0.00", locale=words.worded_in))


def _rounded(value: float, words: Phrases) -> str:
    """Return an index with one decimal, a half rounded up: 86.25 is never told as 86.2."""
    rounded = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(format_decimal(rounded, "0.0", locale=words.worded_in))


def _whole(value: int, words: Phrases) -> str:
    return str(format_decimal(value, locale=words.worded_in))
