"""Everything that a screen says and offers, as stops in reading order: what keys walk through and what is spoken. Pure.

Read from the Screen alone, so that whoever listens meets what whoever looks meets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from kiosk.pages.page import (
    AccessPage,
    AskPage,
    Banner,
    CasePage,
    Choice,
    ConfirmPage,
    FacesPage,
    FeedbackPage,
    Figure,
    FoundPage,
    Ground,
    HelpPage,
    LanePage,
    MissingPage,
    MorePage,
    NumberPage,
    OfflinePage,
    Page,
    ProblemPage,
    ReceiptPage,
    RestPage,
    ReviewPage,
    RulePage,
    Screen,
    Section,
    ServicesPage,
    StaffPage,
    TicketPage,
    WelcomePage,
    WritePage,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words as they are shown, and the language that they are in."""

    text: str
    language: str
    is_private: bool = False
    """Whether it makes its holder: not for the ears of all around."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing to stand on: what it says, and for a control the `target` that a touch of it would have."""

    place: str
    """Its name on this screen, the same while the screen lasts; a control's is its target."""
    sentences: tuple[Sentence, ...]
    target: str = ""
    is_available: bool = True
    is_title: bool = False
    is_news: bool = False
    """Whether a change of it is told at once: what became of something, not how late it is."""
    is_chosen: bool | None = None
    """Whether this is what holds now, for what can be on or off."""
    letter: str = ""
    """A mark of one letter that is drawn beside the words."""
    is_around: bool = False
    """Whether it stands around every page, not on this one."""
    is_key: bool = False
    """Whether it is a key of a keypad: one that does not fit now is passed over."""

    @property
    def is_control(self) -> bool:
        """Tell whether something can be done here now."""
        return bool(self.target) and self.is_available


_KINDS: Mapping[type[Page], str] = {
    WelcomePage: "language",
    ServicesPage: "service",
    LanePage: "lane",
    ProblemPage: "way",
    FoundPage: "do",
    ConfirmPage: "confirm",
    AccessPage: "access",
    MissingPage: "missing",
    HelpPage: "help",
    StaffPage: "staff",
    FeedbackPage: "topic",
    FacesPage: "face",
    AskPage: "pick",
    ReviewPage: "pick",
    ReceiptPage: "pick",
    CasePage: "pick",
}
"""What the choices of a page are called, before what each of them says."""
_SINGLE: Mapping[str, str] = {
    "entry": "have_ticket",
    "go_on": "continue",
    "find": "find",
    "done": "done",
    "again": "print_again",
    "more": "rule",
    "missing": "missing",
}
"""The target of a choice that stands alone, by the name of its field."""
_OF_ITS_OWN: Mapping[tuple[type[Page], str], str] = {
    (AccessPage, "done"): "access:done",
    (RulePage, "done"): "rule:done",
    (WritePage, "find"): "written",
    (MorePage, "done"): "more:done",
}
"""And where one page calls it otherwise."""
_MARKS = frozenset({"lane"})
"""Choices that are only shown."""
_TITLES = frozenset({"title", "titles"})
_NEWS = frozenset({"title", "banner", "paper", "state", "typed", "text", "said", "on_paper", "code", "left", "echo"})
_UNSEEN = frozenset({"qr", "beat", "is_starting", "kind", "icon", "is_list", "main", "sections"})
"""Fields that are drawn as pictures, not at all, or are read line by line."""
_PRIVATE = frozenset({"secret", "echo"})
"""Fields that make their holder, or are being written: not for the ears of all around."""
_FIRST: Mapping[type[Page], tuple[str, ...]] = {
    WelcomePage: ("titles", "choices", "entry"),
    FoundPage: ("state", "caption"),
    NumberPage: ("title", "hint", "banner", "typed"),
    AskPage: ("kicker", "title", "text"),
    WritePage: ("title", "hint", "elsewhere", "echo"),
    ReceiptPage: ("title", "paper", "caption", "number", "secret", "facts", "qr_caption"),
    TicketPage: ("title", "paper", "caption", "number", "code", "service", "lane", "facts", "on_paper", "qr_caption"),
}
"""What is read first where that is not what the page names first."""
BETWEEN_LANGUAGES = re.compile(r"\s+/\s+|\n")


def stops(screen: Screen) -> tuple[Stop, ...]:
    """Return everything on the screen in reading order: the title, the page, then what stands around every page.

    While the visitor is asked whether anybody is there, that question is all there is.
    """
    reader = _Reader(screen)
    if screen.warning is not None:
        return tuple(reader.warning())
    title, *rest = reader.page()
    around = (replace(stop, is_around=True) for stop in reader.around())
    whole = (title, *reader.banner("screen", screen.banner), *rest, *around)
    return tuple(stop for stop in whole if stop.sentences or stop.target or stop.letter)


def moved(along: Sequence[Stop], place: str, by: int, *, reads: bool) -> str:
    """Return the place of the stop that is next (`by` 1) or previous (-1); after the last comes the first.

    Whoever looks walks from control to control, whoever listens (`reads`) from one to the next of everything.
    """
    open_to = [stop for stop in along if stop.is_control or (reads and not (stop.is_key and stop.target))]
    if not open_to:
        return place
    places = [stop.place for stop in along]
    here = places.index(place) if place in places else (-1 if by > 0 else len(places))
    at = [places.index(stop.place) for stop in open_to]
    ahead = [one for one in at if (one > here if by > 0 else one < here)]
    if by > 0:
        return places[ahead[0] if ahead else at[0]]
    return places[ahead[-1] if ahead else at[-1]]


class _Reader:
    """Reads one screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._language = screen.header.language

    def warning(self) -> Iterator[Stop]:
        """Yield the question whether anybody is there."""
        asked = self._screen.warning
        if asked is None:
            return
        yield replace(self._text("warning.title", asked.title), is_title=True)
        yield self._text("warning.text", asked.text)
        if asked.stay:
            yield self._control("stay", asked.stay)
        yield self._control("leave", asked.leave)

    def page(self) -> Iterator[Stop]:
        """Yield what the page says; its first stop is its title."""
        page = self._screen.page
        names = [field.name for field in fields(page)]
        first = _FIRST.get(type(page), ())
        ordered = (*first, *(name for name in names if name not in first and name not in _UNSEEN))
        found = [stop for name in ordered for stop in self._field(page, name)]
        if isinstance(page, MorePage):
            told = [stop for at, one in enumerate(page.sections) for stop in self._section(f"sections.{at}", one)]
            found = [*found[:1], *told, *found[1:]]
        titles = [at for at, stop in enumerate(found) if stop.is_title] or [0]
        head = found.pop(titles[0])
        yield replace(head, is_title=True)
        for stop in found:
            blocked = self._screen.is_blocked and bool(stop.target)
            yield replace(stop, is_available=stop.is_available and not blocked)

    def around(self) -> Iterator[Stop]:
        """Yield what stands around every page: ways out first, then the languages, then head and foot."""
        screen = self._screen
        header, footer = screen.header, screen.footer
        for field in fields(screen.bar):
            if title := getattr(screen.bar, field.name):
                yield self._control(field.name, title)
        for pill in header.languages:
            stop = self._control(f"switch:{pill.key}", pill.title, language=pill.key)
            yield replace(stop, is_chosen=pill.key == header.language)
        yield self._text("header.office", header.office)
        yield self._text("header.date", header.date)
        yield self._text("header.clock", header.clock)
        sign = footer.staff if footer.is_connected else ""
        connection = self._text("footer.connection", sign or footer.connection)
        yield replace(connection, is_news=not footer.is_connected)

    def banner(self, place: str, banner: Banner | None) -> Iterator[Stop]:
        """Yield a remark that must not be missed."""
        if banner is not None:
            sentences = (*self._said(banner.title), *self._said(banner.text))
            yield Stop(f"{place}.banner", sentences, is_news=True)

    def _field(self, page: Page, name: str) -> Iterator[Stop]:  # noqa: C901 - one kind of field after the other
        value: object = getattr(page, name)
        match value:
            case str() if name == "code":
                yield replace(_private(self._text(name, value)), is_news=True)
            case str() if name == "typed" and isinstance(page, WritePage):
                yield _private(self._text(name, value))  # each key tells the word in hand, not all that was written
            case str() if name in _PRIVATE:
                yield replace(_private(self._text(name, value)), is_news=name == "echo")
            case str() if name == "letter":
                yield Stop(name, (), letter=value)
            case str():
                stop = self._text(name, value)
                is_news = name in _NEWS or (isinstance(page, ServicesPage) and name == "hint")
                yield replace(stop, is_title=name in _TITLES, is_news=is_news)
            case Banner():
                yield from self.banner(name, value)
            case Choice() if name in _MARKS:
                yield replace(self._text(name, value.title), letter=value.letter)
            case Choice():
                yield self._choice(_OF_ITS_OWN.get((type(page), name)) or _SINGLE[name], value)
            case tuple() if isinstance(page, OfflinePage | RestPage):
                yield from self._in_every_language(value)
            case tuple():
                yield from self._several(page, name, value)
            case _:
                pass

    def _several(self, page: Page, name: str, values: tuple[object, ...]) -> Iterator[Stop]:
        if name in _TITLES:  # one text in every language
            codes = self._codes(len(values))
            said = tuple(Sentence(str(text), code) for text, code in zip(values, codes, strict=True))
            yield Stop(name, said, is_title=True)
            return
        group = ""
        for at, value in enumerate(values):
            place = f"{name}.{at}"
            match value:
                case Choice():
                    if value.group != group:
                        group = value.group
                        yield self._text(f"{place}.group", group)
                    yield self._one_of(page, value)
                case Figure():
                    yield self._figure(place, value)
                case Ground():
                    yield self._text(place, value.text)
                case str():
                    stop = replace(self._text(place, value), is_news=name in _NEWS)
                    yield _private(stop) if name == "on_paper" and value.isdecimal() else stop
                case (str() as label, str() as text):
                    if isinstance(page, ReviewPage | CasePage):  # what people wrote, in one language whatever is in it
                        said = (*self._said(label), Sentence(text, self._language))
                        yield _private(Stop(place, tuple(one for one in said if one.text)))
                    else:
                        yield self._text(place, label, text)
                case _:
                    pass

    def _section(self, place: str, section: Section) -> Iterator[Stop]:
        yield self._text(place, section.heading)
        for at, (_, text) in enumerate(section.lines):
            yield self._text(f"{place}.{at}", text)

    def _figure(self, place: str, figure: Figure) -> Stop:
        """Return a figure and what it is: in the office's own language, and the words in the others."""
        first, *others = self._codes(1 + len(figure.others.split(" / ") if figure.others else ()))
        said = [Sentence(text, first) for text in (*figure.value.splitlines(), figure.label)]
        said += [Sentence(text, code) for text, code in zip(figure.others.split(" / "), others, strict=True) if others]
        return Stop(place, tuple(said))

    def _one_of(self, page: Page, choice: Choice) -> Stop:
        if isinstance(page, WritePage):
            return replace(self._choice(f"type:{choice.key}", choice), is_key=True)
        if isinstance(page, NumberPage):
            target = choice.key if page.kind == "key" and len(choice.key) > 1 else f"{page.kind}:{choice.key}"
            return replace(self._choice(target, choice), is_key=True)
        kind = _KINDS[type(page)]
        language = choice.key if isinstance(page, WelcomePage) else None
        return self._choice(f"{kind}:{choice.key}", choice, language=language)

    def _choice(self, target: str, choice: Choice, *, language: str | None = None) -> Stop:
        stop = self._control(target, choice.title, choice.subtitle, choice.note, choice.badge, language=language)
        return replace(stop, is_available=choice.is_available, letter=choice.letter, is_chosen=choice.is_on)

    def _control(self, target: str, *texts: str, language: str | None = None) -> Stop:
        return replace(self._text(target, *texts, language=language), target=target)

    def _text(self, place: str, *texts: str, language: str | None = None) -> Stop:
        return Stop(place, tuple(said for text in texts for said in self._said(text, language)))

    def _said(self, text: str, language: str | None = None) -> tuple[Sentence, ...]:
        """Return a text as one sentence, or as one a language where it stands there in each of the office's."""
        if language is None and len(self._screen.languages) > 1:
            parts = BETWEEN_LANGUAGES.split(text)
            if len(parts) == len(self._screen.languages):
                return self._together(parts)
        return (Sentence(text, language or self._language),) if text else ()

    def _together(self, parts: Sequence[str]) -> tuple[Sentence, ...]:
        return tuple(Sentence(text, code) for text, code in zip(parts, self._codes(len(parts)), strict=True) if text)

    def _codes(self, count: int) -> tuple[str, ...]:
        """Return the office's languages for so many texts that mean the same."""
        languages = self._screen.languages or (self._language,)
        return tuple(languages[at] if at < len(languages) else languages[0] for at in range(count))

    def _in_every_language(self, words: tuple[tuple[str, str], ...]) -> Iterator[Stop]:
        for at, ((title, text), code) in enumerate(zip(words, self._codes(len(words)), strict=True)):
            said = tuple(Sentence(part, code) for part in (title, text) if part)
            yield Stop(f"words.{at}", said, is_title=at == 0, is_news=True)


def _private(stop: Stop) -> Stop:
    return replace(stop, sentences=tuple(replace(one, is_private=True) for one in stop.sentences))
