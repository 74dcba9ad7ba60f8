"""What people read: gettext catalogues, clock, date and waits in a visitor's language.

Msgids are the English text itself, so English needs no catalogue and a missing entry still reads well. How a language
is added: docs/languages.md.
"""

from __future__ import annotations

import datetime as dt
import gettext
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from broker.contract.messages import ErrorCode

_SHARED = "broker"
_VISITORS = (_SHARED, "kiosk", "display")
"""Whose words visitors read: officers' windows stay in the office's own language."""
_HOURS_FROM_MIN = 90
"""Waits longer than this are said in hours and minutes."""
_FIVE = 5
"""Minutes to which visitors' waits are rounded."""
_LONG_HOURS = 4
"""Whoever waits longer than this needs no figure but another plan."""


def mark(message: str, /) -> str:
    """Return `message` as it is; marks a text of a table for the catalogues that is said later."""
    return message


_ERRORS: dict[ErrorCode, str] = {
    "bad_request": mark("The system did not understand this request. Please try again, or tell technical support."),
    "unknown_service": mark("This service is not offered at this office now. Please choose another service."),
    "unknown_lane": mark("This lane is not offered at this office now. Please choose another lane."),
    "unknown_ticket": mark("This number was not found. Please check the number on the ticket and try again."),
    "unknown_counter": mark("This counter is not known to the office. Please check the counter's settings."),
    "unknown_officer": mark("This officer name is not known. Please check the name and sign in again."),
    "wrong_pin": mark("The PIN is not correct. Please enter the PIN again."),
    "weak_pin": mark("This PIN is too easy to guess. Please choose another."),
    "no_session": mark("Nobody is signed in at this counter any more. Please sign in again."),
    "not_allowed": mark("This is not allowed here. Please ask the supervisor on duty."),
    "lane_closed": mark("This lane gives out no numbers now. Please choose another lane, or ask an officer."),
    "service_closed": mark(
        "This service gives out no numbers now. Please look at the opening hours, or ask an officer."
    ),
    "quota_reached": mark(
        "All numbers of this lane are taken for today. Please choose another lane, or ask an officer."
    ),
    "illegal_transition": mark("This cannot be done with the ticket now. Please check its state and choose again."),
    "counter_busy": mark("This counter still has a visitor. Please finish with that visitor first."),
    "nothing_to_undo": mark("There is nothing to undo. Please go on with the next step."),
    "storage_failed": mark(
        "This could not be saved, so nothing was changed. Please try again, or tell technical support."
    ),
    "not_ready": mark("The queue system is still starting. Please wait a moment and try again."),
    "too_late": mark("This came too late and was not done. Please look at the screen, then choose again."),
    "too_early": mark("This is not possible yet: the visitor is still on the way. Please wait a moment."),
    "too_many": mark("The queue system is very busy. Please wait a moment and try again."),
    "not_holder": mark(
        "Only whoever holds the ticket can do this. Please scan its QR code, or enter the check code on the paper."
    ),
    "already_given": mark("This was answered already. Everybody answers once. Thank you."),
    "not_invited": mark("This survey is for invited visitors, once each. Please ask an officer about other ways."),
    "unknown_survey": mark("This survey is not open at this office now. Please ask an officer."),
    "unknown_complaint": mark("Number and code do not belong together. Please compare both with your receipt."),
    "unknown_suggestion": mark("This suggestion is not there any more. Please look at the list again."),
    "unknown_session": mark("Nobody is signed in there any more. Please look at the list again."),
    "code_needed": mark("One more step is needed. Please also enter the six-digit code from your phone."),
    "wrong_code": mark("The six-digit code is not right, or was used already. Please wait for the next one."),
    "conflict": mark("Somebody else has changed the rules in the meantime. Please look at them again first."),
    "bad_rules": mark("The office cannot work by these rules. Nothing was changed."),
    "weak_password": mark("This password is too easy to guess. Please choose a longer one."),
}

_COUNTER = mark("counter")
_TRAINING = mark("TRAINING: not the real queue")

ISLAND, ISLAND_END = "\u2068", "\u2069"
"""FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE: never seen, never heard."""

_OWN_NAMES = {"id": "Bahasa Indonesia"}
"""Where Babel's own name is not what people call their language (CLDR: "Indonesia")."""


def _catalogue(package: str, language: str) -> Traversable:
    """Return where the words of a package lie, or would; `broker.web` has its own beside the broker's."""
    return resources.files(package).joinpath("locale", language, "LC_MESSAGES", f"{package.rpartition('.')[2]}.po")


@lru_cache(maxsize=64)
def _translations(package: str, language: str) -> gettext.NullTranslations:
    """Return the catalogue of a package, or an empty one (English) where there is none.

    What it lacks is looked for in the package around it, and in the broker's.
    """
    entry = _catalogue(package, language)
    translations: gettext.NullTranslations
    if entry.is_file():
        compiled = BytesIO()
        with entry.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
    else:
        translations = gettext.NullTranslations()
    if package != _SHARED:
        translations.add_fallback(_translations(package.rpartition(".")[0] or _SHARED, language))
    return translations


@lru_cache(maxsize=256)
def has_catalogue(language: str, package: str = _SHARED) -> bool:
    """Tell whether a package has its own words in `language`; English always."""
    return language == "en" or _catalogue(package, language).is_file()


@lru_cache(maxsize=32)
def letters(language: str) -> frozenset[str]:
    """Return every letter of what visitors read in a language: screens, tickets, names of days and months."""
    said: set[str] = set()
    for package in _VISITORS if has_catalogue(language) else ():
        entry = _catalogue(package, language)
        if entry.is_file():
            with entry.open("rb") as source:
                for message in read_po(source, locale=language):
                    forms = (message.string,) if isinstance(message.string, str) else message.string or ()
                    said.update(*forms)
    if is_language(language):
        locale = Locale(language)
        said.update(*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values())
    return frozenset(said)


@lru_cache(maxsize=64)
def is_rtl(language: str) -> bool:
    """Tell whether a language is written from right to left."""
    return is_language(language) and str(Locale(language).character_order) == "right-to-left"


def is_language(code: str) -> bool:
    """Tell whether `code` names a language at all."""
    try:
        Locale(code)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def own_name(language: str) -> str:
    """Return a language's name in itself, as a chooser must show it; its code where it names none."""
    if language in _OWN_NAMES or not is_language(language):
        return _OWN_NAMES.get(language, language)
    name = Locale(language).get_display_name(language) or language
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=512)
def bare_counter(label: str) -> str:
    """Return a counter's label as it stands behind the word for a counter: "Loket 2" and "Counter 2" are "2" there.

    In the words of every catalogue, as a label is one text for all languages. What is nothing but the word stays.
    """
    bare = _counter_words().sub("", label).strip(" -.:,;#/()[]")
    return bare if any(sign.isalnum() for sign in bare) else label


@lru_cache(maxsize=1)
def _counter_words() -> re.Pattern[str]:
    """Return a pattern that finds the word for a counter in any language that we know, with what ties it to others."""
    catalogues = resources.files(_SHARED).joinpath("locale").iterdir()
    words = {_COUNTER, *(_translations(_SHARED, entry.name).gettext(_COUNTER) for entry in catalogues)}
    either = "|".join(map(re.escape, sorted(words)))
    return re.compile(rf"(?<![^\W\d_])(?:{either})(?![^\W\d_])[\s.:#-]*", re.IGNORECASE)


def words_of(package: str, languages: Sequence[str]) -> Callable[[str], Phrases]:
    """Return what gives a package's words in a language of an office that has `languages`, its own first.

    A language without words here, as Javanese, has those of the office's own: whoever chose it reads that, too.
    """
    instead = next((language for language in languages if has_catalogue(language, package)), "en")
    return lambda language: Phrases(package, language, instead)


def training_mark(languages: Sequence[str]) -> str:
    """Return what stands on everything that shows, prints or serves a training, in each of the office's languages."""
    words = words_of(_SHARED, languages)
    return " \N{MIDDLE DOT} ".join(dict.fromkeys(words(language).say(_TRAINING) for language in languages))


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one package in one language; what the package lacks, `broker` may have.

    `language` is what the office's own texts are taken in. Without a catalogue in it the words are of `instead`.
    """

    package: str
    language: str
    instead: str = "en"

    @property
    def worded_in(self) -> str:
        """Return the language that these words are really in."""
        return self.language if has_catalogue(self.language, self.package) else self.instead

    @property
    def rtl(self) -> bool:
        """Tell whether these words are written from right to left."""
        return is_rtl(self.worded_in)

    def say(self, message: str, /, **values: object) -> str:
        """Return `message` translated, with its named fields filled in."""
        return self._filled(_translations(self.package, self.worded_in).gettext(message), values)

    def count(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Return the form that fits `n`, which the text may show as `{n}`."""
        text = _translations(self.package, self.worded_in).ngettext(singular, plural, n)
        return self._filled(text, {"n": n, **values})

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        """Return a text with its fields; from right to left each is an island with an order of its own (UAX #9, FSI).

        Else "09.20-09.30" in an Arabic sentence would read from its end, and a full stop behind a name go astray.
        """
        if self.rtl:
            values = {
                name: f"{ISLAND}{value}{ISLAND_END}" if isinstance(value, str) else value
                for name, value in values.items()
            }
        return text.format(**values)

    def clock(self, at: dt.datetime) -> str:
        """Return the time of day in `at`'s own zone."""
        return _plain_spaces(format_time(at, "short", locale=self.worded_in))

    def exact_clock(self, at: dt.datetime) -> str:
        """Return the time of day to the second: of when something is, that may be old."""
        return _plain_spaces(format_time(at, "medium", locale=self.worded_in))

    def date(self, day: dt.date) -> str:
        """Return the date in full, with its weekday."""
        return _plain_spaces(format_date(day, "full", locale=self.worded_in))

    def day(self, day: dt.date) -> str:
        """Return weekday and date without the year: for what is near."""
        weekday = format_date(day, "EEEE", locale=self.worded_in)
        return _plain_spaces(f"{weekday}, {format_skeleton('MMMMd', day, locale=self.worded_in)}")

    def weekday(self, day: dt.date) -> str:
        """Return the weekday alone: for the next six days."""
        return _plain_spaces(format_date(day, "EEEE", locale=self.worded_in))

    def rough_wait(self, low_s: float, high_s: float) -> str:
        """Return a wait as a visitor needs it: rounded outward to five minutes, finer would pretend to know."""
        if high_s > _HOURS_FROM_MIN * 60:
            return self._hours(int(low_s // 3600), -int(-high_s // 3600))
        low, high = _outward(low_s, high_s)
        return self.count("{low}-{n} minute", "{low}-{n} minutes", high, low=low)

    def about(self, now: dt.datetime, low_s: float, high_s: float) -> str:
        """Return by the clock when a wait that begins now ends, rounded outward to full five minutes."""
        return self._by_clock(now, low_s, high_s, around=True)

    def span(self, now: dt.datetime, low_s: float, high_s: float) -> str:
        """Return the same for a list, whose title says that it is about then."""
        return self._by_clock(now, low_s, high_s, around=False)

    def _by_clock(self, now: dt.datetime, low_s: float, high_s: float, *, around: bool) -> str:
        if low_s >= _LONG_HOURS * 3600:
            return self.say("after {time}", time=self.clock(now + dt.timedelta(hours=_LONG_HOURS)))
        five = dt.timedelta(minutes=_FIVE)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        begin = midnight + (now + dt.timedelta(seconds=low_s) - midnight) // five * five
        end = midnight - (midnight - now - dt.timedelta(seconds=max(high_s, 60))) // five * five
        first, last = self.clock(max(begin, now)), self.clock(end)
        # "9:40-10:15 AM": what both have stands once.
        _, _, half = last.rpartition(" ")
        begun = first.removesuffix(f" {half}")
        return self.say("about {begin}-{end}", begin=begun, end=last) if around else f"{begun}\N{EN DASH}{last}"

    def wait(self, low_s: float, high_s: float) -> str:
        """Return a range of seconds as words, rounded outward: it never promises more than was meant."""
        if high_s > _HOURS_FROM_MIN * 60:
            return self._hours(int(low_s // 3600), -int(-high_s // 3600))
        low = max(0, int(low_s // 60))
        high = max(low, 1, -int(-high_s // 60))
        if low == 0:
            return self.say("less than {duration}", duration=self._duration(high))
        if low == high:
            return self.say("about {duration}", duration=self._duration(high))
        return self.count("about {low}-{n} minute", "about {low}-{n} minutes", high, low=low)

    def _hours(self, low: int, high: int) -> str:
        """Return a long wait in whole hours: finer would pretend to a precision nobody has."""
        if low >= _LONG_HOURS:
            return self.count("more than {n} hour", "more than {n} hours", _LONG_HOURS)
        if low == 0:
            return self.say("less than {duration}", duration=self._duration(high * 60))
        if low == high:
            return self.say("about {duration}", duration=self._duration(high * 60))
        return self.count("about {low}-{n} hour", "about {low}-{n} hours", high, low=low)

    def error(self, code: ErrorCode) -> str:
        """Return what is wrong and what to do next, in a sentence for a visitor or an officer."""
        return self.say(_ERRORS[code])

    def _duration(self, minutes: int) -> str:
        """Return whole minutes as words, full hours as hours."""
        hours, rest = divmod(minutes, 60)
        if hours and not rest:
            return self.count("{n} hour", "{n} hours", hours)
        return self.count("{n} minute", "{n} minutes", minutes)


def _outward(low_s: float, high_s: float) -> tuple[int, int]:
    """Return a wait in minutes, each end moved outward to a full five."""
    low = int(low_s // (_FIVE * 60)) * _FIVE
    high = -int(-high_s // (_FIVE * 60)) * _FIVE
    return low, max(high, low + _FIVE)


def _plain_spaces(text: str) -> str:
    """Return `text` with CLDR's narrow no-break space made plain: ticket printers and fonts lack it."""
    return text.replace("\u202f", " ")
