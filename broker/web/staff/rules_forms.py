"""What an office changes itself, as forms: which places stand on which page, and what was typed there.

Pure: plain data of the file and the fields of a form in, edits and faults out. Whether the office can work by them is
found out by the broker, with the sentences of `antrean check-config`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from broker.language import Phrases, bare_counter, mark, own_name
from broker.web.page import in_language
from broker.web.visitor.writing import Fields, Option, read, read_line

Data = Mapping[str, Any]
Kind = Literal["line", "text", "lines", "number", "spans", "yes", "one", "many", "date"]
GONE = object()
"""Stands for a line, or an entry, that is taken out."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEW_ROWS = 3
"""So many single dates can be added at once."""
_SPAN = re.compile(r"([0-9]{1,2})[.:]([0-9]{2})\s*-\s*([0-9]{1,2})[.:]([0-9]{2})")
_DASH = "\N{EN DASH}"
_MOST = 10**9
_FORM_DAY = "effective_from"
_MONDAY = dt.date(2024, 1, 1)

KEYS: Mapping[str, str] = {
    "name": mark("Name"),
    "short_name": mark("Short name, where there is no room"),
    "documents": mark("What to bring, one a line"),
    "steps": mark("What happens, one step a line"),
    "fee": mark("What it costs"),
    "time": mark("How long until it is done"),
    "source": mark("Regulation or notice behind these texts"),
    "effective_from": mark("These texts count from"),
    "promised_wait_min": mark("Promised wait, minutes"),
    "max_wait_min": mark("Nobody waits longer than, minutes"),
    "daily_quota": mark("Numbers a day (empty: no limit)"),
    "no_show_after_s": mark("Seconds until a called visitor may be given up"),
    "standard_min": mark("Usual minutes a visitor"),
    "rule": mark("Who may take it"),
    "label": mark("Written above the desk"),
    "stages": mark("What it does"),
    "services": mark("Only these services (none ticked: all)"),
    "lanes": mark("Only these lanes (none ticked: all)"),
    "step_free": mark("Reachable without steps"),
    "prefers": mark("A lane that is called first here"),
    "borrows": mark("Helps out with, while nobody waits for its own"),
    "role": mark("Role"),
    "text": mark("What is shown"),
    "say": mark("Also spoken by the displays"),
    "since": mark("From (empty: at once)"),
    "until": mark("Until (empty: as long as it stands here)"),
    "enforced": mark("Nobody gets a number outside these hours"),
    "media": mark("Folder of pictures and films, below the data folder"),
    "page_s": mark("Seconds that a page stays at least"),
    "procedures": mark("Shows procedures beside the calls"),
    "waiting": mark("Shows who waits"),
    "results": mark("Shows published results"),
    "calls_before_no_show": mark("Calls before a visitor may be given up"),
    "rejoin_behind": mark("Who was missed comes back behind so many"),
    "rejoin_times": mark("And may come back so often"),
    "sent_fallback_min": mark("Minutes that a number waits for one counter alone"),
    "closes_left": mark("At the end of the day, numbers that nobody serves are closed"),
    "verify_days": mark("Working days until a complaint is looked at"),
    "close_days": mark("Working days after the answer until it is closed"),
    "information": mark("Working days to answer a request for information"),
    "aspiration": mark("Working days to answer a wish"),
    "complaint": mark("Working days to answer a complaint"),
    "supervision": mark("Working days for the supervising authority"),
    "holidays": mark("Public holidays of this country are no working days"),
    "hours": mark("Hours"),
    "grounds": mark("Reasons with pictograms"),
    "icon": mark("Pictogram"),
    "group": mark("Group"),
    "dispatch": mark("Whose turn it is"),
}
"""How a key of the file is called on a page."""
SECTIONS: Mapping[str, str] = {
    "services": mark("Services"),
    "hours": mark("Hours, holidays and closures"),
    "waits": mark("Promises and numbers a day"),
    "counters": mark("Counters' work"),
    "officers": mark("Officers"),
    "announcements": mark("Announcements"),
    "texts": mark("Names of office, lanes and stages"),
    "journey": mark("Missed visitors and complaints"),
    "displays": mark("Displays and their slides"),
}
"""The pages, in their order."""
ROLES = {
    "officer": mark("officer"),
    "supervisor": mark("supervisor"),
    "complaints": mark("handles complaints"),
    "technician": mark("technician"),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """One place that can be changed: its path in the file, and what stands there."""

    path: str
    label: str
    kind: Kind
    value: Any = None
    language: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_optional: bool = False
    """Nothing in it takes the line out."""

    @property
    def name(self) -> str:
        """Return the name of its field."""
        return f"f.{self.path}"


@dataclass(frozen=True, slots=True)
class Group:
    """Places that stand together."""

    title: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One page of places."""

    name: str
    title: str
    groups: tuple[Group, ...]
    entry: str = ""
    """The path of the entry that may be taken out here."""
    adds: str = ""
    """The list to which this form adds an entry."""
    can_wait: bool = True
    """Whether all of it may also count from a later day."""
    hint: str = ""

    @property
    def spots(self) -> Iterator[Spot]:
        """Yield all places."""
        return (spot for group in self.groups for spot in group.spots)

    @property
    def day_field(self) -> str:
        """Return the name of the field for the day from which all of it counts: a service has its own; or none."""
        if not self.can_wait:
            return ""
        return f"f.{self.entry}.effective_from" if self.entry.startswith("services.") else _FORM_DAY


@dataclass(slots=True)
class Typed:
    """What a form came to: edits as path and value, and what is wrong by the names of fields."""

    edits: list[tuple[str, Any]] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    """What was typed, by the names of fields, for the page to show again."""
    is_gone: bool = False
    """Whether the whole entry is taken out, whatever else was typed."""


# -- which places ------------------------------------------------------------------------------------------------------


def form_of(  # noqa: PLR0911 - one a page
    p: Phrases, data: Data, name: str, today: dt.date, *, like: str = ""
) -> Form | None:
    """Return the form of a page, such as `services.new-passport`; None where there is none.

    A new service begins with the texts of the one that it is to be like.
    """
    section, _, entry = name.partition(".")
    whole = {"hours": _hours, "waits": _waits, "texts": _texts, "journey": _journey}.get(section)
    if whole is not None and not entry:
        return whole(p, data)
    found = next((one for one in _list(data, section) if one.get("id") == entry), None)
    match section:
        case "services" if found:
            return _service(p, data, found)
        case "services" if entry == "new":
            return _new_service(p, data, like, today)
        case "counters" if found or entry == "new":
            return _counter(p, data, found)
        case "officers" if found or entry == "new":
            return _officer(p, found)
        case "announcements" if found or entry == "new":
            return _announcement(p, data, found, today)
        case "displays" if found:
            return _display(p, found)
        case _:
            return None


def entries_of(p: Phrases, data: Data, section: str) -> list[tuple[str, str]]:
    """Return the entries of a section with pages of their own: their ids, and how they are called."""
    return [(str(one["id"]), entry_name(p, section, one)) for one in _list(data, section) if "id" in one]


def entry_name(p: Phrases, section: str, entry: Data) -> str:
    """Return how an entry of a list is called."""
    told = entry.get("text" if section == "announcements" else "name", entry.get("label", entry.get("id", "")))
    words = str(in_language(told, p.language)) if isinstance(told, Mapping) and told else str(told)
    return p.say("Counter {counter}", counter=bare_counter(words)) if section == "counters" else words


def _service(p: Phrases, data: Data, one: Data) -> Form:
    path = f"services.{one['id']}"
    since = (
        Spot(f"{path}.source", p.say(KEYS["source"]), "line", one.get("source")),
        Spot(f"{path}.effective_from", p.say(KEYS["effective_from"]), "date", one.get("effective_from")),
    )
    hint = p.say("With a later day below, the old texts stay until then, and these count from its first minute on.")
    return Form(
        path,
        entry_name(p, "services", one),
        (*_service_texts(p, data, path, one), Group(p.say("Basis"), since)),
        entry=path,
        hint=hint,
    )


def _service_texts(p: Phrases, data: Data, path: str, one: Data) -> Iterator[Group]:
    """Yield the texts of a service, language by language."""
    for language in _languages(data):
        yield Group(
            own_name(language),
            tuple(
                Spot(
                    f"{path}.{key}.{language}",
                    p.say(KEYS[key]),
                    kind,
                    _at(one, key, language),
                    language=language,
                    is_optional=key == "short_name",
                )
                for key, kind in _SERVICE_TEXTS
            ),
        )


def _new_service(p: Phrases, data: Data, like: str, today: dt.date) -> Form:
    """Return the form of a service that is to come: what it is, and its texts, those of another to begin with."""
    path, services = "services.+", _list(data, "services")
    pattern: Data = next((one for one in services if one.get("id") == like), {})
    groups = tuple((str(one["id"]), entry_name(p, "groups", one)) for one in _list(data, "groups"))
    grouped = (
        (Spot(f"{path}.group", p.say(KEYS["group"]), "one", pattern.get("group"), options=groups),) if groups else ()
    )
    free = next((chr(code) for code in range(ord("A"), ord("Z") + 1) if chr(code) not in _letters(data)), "")
    basis = (
        Spot(f"{path}.id", p.say("ID, in small letters: it stays for good"), "line"),
        Spot(f"{path}.letter", p.say("Letter before its numbers"), "line", free),
        *grouped,
        Spot(
            f"{path}.stages",
            p.say("Its way through the office"),
            "many",
            pattern.get("stages"),
            options=tuple(entries_of(p, data, "stages")),
        ),
        Spot(
            f"{path}.promised_wait_min",
            p.say(KEYS["promised_wait_min"]),
            "number",
            pattern.get("promised_wait_min", _USUAL_PROMISE_MIN),
        ),
        Spot(f"{path}.daily_quota", p.say(KEYS["daily_quota"]), "number", None, is_optional=True),
        Spot(f"{path}.source", p.say(KEYS["source"]), "line", pattern.get("source")),
        Spot(f"{path}.effective_from", p.say(KEYS["effective_from"]), "date", today.isoformat()),
    )
    hint = p.say(
        "Counters that are limited to certain services do not serve it until you tick it there. It has the office's"
        " hours."
    )
    return Form(
        "services.new",
        p.say("Another service"),
        (Group(p.say("What it is"), basis), *_service_texts(p, data, path, pattern)),
        adds="services",
        hint=hint,
    )


def _letters(data: Data) -> set[str]:
    return {str(one.get("letter")) for section in ("services", "lanes") for one in _list(data, section)}


_USUAL_PROMISE_MIN = 60
_SERVICE_TEXTS: tuple[tuple[str, Kind], ...] = (
    ("name", "line"),
    ("short_name", "line"),
    ("documents", "lines"),
    ("steps", "lines"),
    ("fee", "text"),
    ("time", "text"),
)


def _hours(p: Phrases, data: Data) -> Form:
    hours = data.get("hours", {})
    week = tuple(
        Spot(f"hours.{day}", p.weekday(_MONDAY + dt.timedelta(days=n)), "spans", hours.get(day, []))
        for n, day in enumerate(DAYS)
    )
    dates = sorted(key for key in hours if _is_date(key))
    single = tuple(
        Spot(f"hours.{day}", p.date(dt.date.fromisoformat(day)), "spans", hours[day], is_optional=True) for day in dates
    )
    enforced = Spot("hours.enforced", p.say(KEYS["enforced"]), "yes", hours.get("enforced", True))
    added = tuple(Spot(f"hours.+{n}", p.say("Times (empty: closed)"), "spans", None) for n in range(NEW_ROWS))
    return Form(
        "hours",
        p.say(SECTIONS["hours"]),
        (
            Group(p.say("Every week"), (*week, enforced)),
            Group(p.say("Single dates: holidays, closures, a Saturday that is open"), (*single, *added)),
        ),
        hint=p.say(
            "Times as 07:30-12:00, 13:00-15:00. “-” is closed. Other hours on one day alone, such as next Monday: as a "
            "single date; all other weeks stay as they are."
        ),
    )


def _waits(p: Phrases, data: Data) -> Form:
    lanes = [
        Group(
            entry_name(p, "lanes", one),
            tuple(
                Spot(f"lanes.{one['id']}.{key}", p.say(KEYS[key]), "number", one.get(key), is_optional=is_optional)
                for key, is_optional in (
                    ("promised_wait_min", False),
                    ("max_wait_min", True),
                    ("daily_quota", True),
                    ("no_show_after_s", True),
                )
            ),
        )
        for one in _list(data, "lanes")
    ]
    services = [
        Group(
            entry_name(p, "services", one),
            (
                Spot(
                    f"services.{one['id']}.promised_wait_min",
                    p.say(KEYS["promised_wait_min"]),
                    "number",
                    one.get("promised_wait_min"),
                ),
                Spot(
                    f"services.{one['id']}.daily_quota",
                    p.say(KEYS["daily_quota"]),
                    "number",
                    one.get("daily_quota"),
                    is_optional=True,
                ),
            ),
        )
        for one in _list(data, "services")
    ]
    return Form("waits", p.say(SECTIONS["waits"]), (*lanes, *services))


def _counter(p: Phrases, data: Data, found: Data | None) -> Form:
    one = found or {}
    path = f"counters.{one['id']}" if found else "counters.+"
    choices = {key: tuple(entries_of(p, data, key)) for key in ("stages", "services", "lanes")}
    spots = (
        *(() if found else (Spot(f"{path}.id", p.say("ID, in small letters: it stays for good"), "line"),)),
        Spot(f"{path}.label", p.say(KEYS["label"]), "line", one.get("label")),
        Spot(f"{path}.stages", p.say(KEYS["stages"]), "many", one.get("stages"), options=choices["stages"]),
        *(
            Spot(f"{path}.{key}", p.say(KEYS[key]), "many", one.get(key), options=choices[of], is_optional=True)
            for key, of in (("services", "services"), ("lanes", "lanes"), ("borrows", "stages"))
        ),
        Spot(
            f"{path}.prefers",
            p.say(KEYS["prefers"]),
            "one",
            one.get("prefers"),
            options=(("", p.say("none")), *choices["lanes"]),
            is_optional=True,
        ),
        Spot(f"{path}.step_free", p.say(KEYS["step_free"]), "yes", one.get("step_free", False)),
    )
    restart = p.say(
        "A counter that comes or goes counts after a restart of the whole system, and until then nothing else that is"
        " changed counts either: do it after hours."
    )
    return Form(
        path if found else "counters.new",
        entry_name(p, "counters", one) if found else p.say("Another counter"),
        (Group("", spots),),
        entry=path if found else "",
        adds="" if found else "counters",
        can_wait=False,
        hint=restart,
    )


def _officer(p: Phrases, one: Data | None) -> Form:
    roles = tuple((role, p.say(word)) for role, word in ROLES.items())
    entry, role = one or {}, "officer"
    path = f"officers.{entry['id']}" if one else "officers.+"
    spots = (
        *(() if one else (Spot(f"{path}.id", p.say("Officer ID, in small letters"), "line"),)),
        Spot(f"{path}.name", p.say(KEYS["name"]), "line", entry.get("name")),
        Spot(f"{path}.role", p.say(KEYS["role"]), "one", entry.get("role", role), options=roles),
    )
    hint = p.say(
        "A forgotten PIN, and the first of somebody new, is set by a supervisor at any counter: “Give an officer"
        " another PIN”."
    )
    title = entry_name(p, "officers", entry) if one else p.say("Another officer")
    return Form(
        path if one else "officers.new",
        title,
        (Group("", spots),),
        entry=path if one else "",
        adds="" if one else "officers",
        can_wait=False,
        hint=hint,
    )


def _announcement(p: Phrases, data: Data, one: Data | None, today: dt.date) -> Form:
    entry = one or {}
    taken = {str(found.get("id")) for found in _list(data, "announcements")}
    name = (
        str(entry.get("id"))
        if one
        else next(text for n in range(1, 1000) if (text := f"a{today:%Y%m%d}-{n}") not in taken)
    )
    path = f"announcements.{name}" if one else "announcements.+"
    texts = tuple(
        Spot(f"{path}.text.{language}", own_name(language), "text", _at(entry, "text", language), language=language)
        for language in _languages(data)
    )
    more = (
        Spot(f"{path}.say", p.say(KEYS["say"]), "yes", entry.get("say", False)),
        Spot(f"{path}.since", p.say(KEYS["since"]), "line", entry.get("since"), is_optional=True),
        Spot(f"{path}.until", p.say(KEYS["until"]), "line", entry.get("until"), is_optional=True),
    )
    title = p.say("Announcement") if one else p.say("Another announcement")
    return Form(
        f"announcements.{name}" if one else "announcements.new",
        title,
        (Group(p.say(KEYS["text"]), texts), Group("", more)),
        entry=path if one else "",
        adds="" if one else f"announcements.{name}",
        can_wait=False,
        hint=p.say("Days and times as 2026-12-24 or 2026-12-24 11:00."),
    )


def _texts(p: Phrases, data: Data) -> Form:
    groups = []
    for language in _languages(data):
        spots = [
            Spot(f"office.name.{language}", p.say("The office"), "line", _at(data.get("office", {}), "name", language))
        ]
        for section in ("lanes", "stages", "groups"):
            for one in _list(data, section):
                said = entry_name(p, section, one)
                path = f"{section}.{one['id']}"
                spots.append(Spot(f"{path}.name.{language}", said, "line", _at(one, "name", language)))
                if section == "lanes":
                    label = f"{said}: {p.say(KEYS['rule'])}"
                    spots.append(Spot(f"{path}.rule.{language}", label, "text", _at(one, "rule", language)))
        groups.append(Group(own_name(language), tuple(spots)))
    return Form("texts", p.say(SECTIONS["texts"]), tuple(groups))


def _journey(p: Phrases, data: Data) -> Form:
    written, complaints = data.get("journey", {}), (data.get("feedback") or {}).get("complaints")
    missed = tuple(
        Spot(f"journey.{key}", p.say(KEYS[key]), "number", written.get(key), is_optional=True)
        for key in ("calls_before_no_show", "rejoin_behind", "rejoin_times", "sent_fallback_min")
    )
    closes = Spot("journey.closes_left", p.say(KEYS["closes_left"]), "yes", written.get("closes_left", True))
    groups = [Group(p.say("Missed visitors"), (*missed, closes))]
    if isinstance(complaints, Mapping):
        days = complaints.get("answer_days") or {}
        spots = [
            Spot(f"feedback.complaints.{key}", p.say(KEYS[key]), "number", complaints.get(key), is_optional=True)
            for key in ("verify_days", "close_days")
        ]
        spots[1:1] = [
            Spot(f"feedback.complaints.answer_days.{key}", p.say(KEYS[key]), "number", days.get(key), is_optional=True)
            for key in ("information", "aspiration", "complaint", "supervision")
        ]
        groups.append(Group(p.say("Complaints"), tuple(spots)))
    return Form("journey", p.say(SECTIONS["journey"]), tuple(groups))


def _display(p: Phrases, one: Data) -> Form:
    path = f"displays.{one['id']}"
    spots = (
        Spot(f"{path}.media", p.say(KEYS["media"]), "line", one.get("media"), is_optional=True),
        Spot(f"{path}.page_s", p.say(KEYS["page_s"]), "number", one.get("page_s"), is_optional=True),
        *(
            Spot(f"{path}.{key}", p.say(KEYS[key]), "yes", one.get(key, True))
            for key in ("procedures", "waiting", "results")
        ),
    )
    return Form(path, str(one["id"]), (Group("", spots),), can_wait=False)


# -- what was typed ----------------------------------------------------------------------------------------------------


def typed(p: Phrases, form: Form, fields: Fields, data: Data) -> Typed:
    """Return what a form that was sent comes to, beside what stands in the file."""
    result = Typed()
    for spot in form.spots:
        if spot.path.startswith("hours.+"):
            _another_date(p, spot, fields, result)
            continue
        value, fault = _typed(p, spot, fields)
        result.words[spot.name] = fields.get(spot.name, "") if spot.kind != "many" else value
        if fault:
            result.faults[spot.name] = fault
        elif form.adds or not _same(spot, value):
            result.edits.append((spot.path, value))
    day = form.day_field
    if day == _FORM_DAY and (written := read_line(fields, day)) and not _is_date(written):
        result.faults[day] = p.say("Please write a day, such as 2027-01-01.")
    if form.entry and fields.get("gone"):
        faults = {name: fault for name, fault in result.faults.items() if name == day}
        return Typed([(form.entry, GONE)], faults, result.words, is_gone=True)
    if form.adds and not result.faults:
        result.edits = [_entry(p, form, result, data)]
    result.edits = list(_whole_texts(result.edits))
    return result


def _typed(p: Phrases, spot: Spot, fields: Fields) -> tuple[Any, str]:  # noqa: PLR0911 - one for each kind of place
    """Return what was typed at one place, and what is wrong with it."""
    text = read(fields, spot.name)
    match spot.kind:
        case "yes":
            return bool(fields.get(spot.name)), ""
        case "many":
            chosen = [value for value, _ in spot.options if fields.get(f"{spot.name}:{value}")]
            return (GONE if spot.is_optional and not chosen else chosen), ""
        case "spans":
            return _spans(p, text, is_optional=spot.is_optional)
        case _ if not text:
            return (GONE, "") if spot.is_optional else (text if spot.kind != "lines" else [], _needed(p, spot))
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()], ""
        case "number":
            number = _number(text)
            return number, "" if number is not None else p.say("Please write a number.")
        case "date":
            return text, "" if _is_date(text) else p.say("Please write a day, such as 2027-01-01.")
        case "line" | "one":
            return " ".join(text.split()), ""
        case _:
            return text, ""


def _needed(p: Phrases, spot: Spot) -> str:
    return "" if spot.kind == "lines" else p.say("Please write something here.")


def _spans(p: Phrases, text: str, *, is_optional: bool) -> tuple[Any, str]:
    if not text:
        return (GONE if is_optional else []), ""
    if text in {"-", _DASH}:
        return [], ""
    found = []
    for part in re.split(r"[,;\n]", text):
        match = _SPAN.fullmatch(part.strip().replace(_DASH, "-"))
        if match is None:
            return None, p.say("Please write times as 07:30-12:00, 13:00-15:00.")
        begin_h, begin_m, end_h, end_m = match.groups()
        found.append(f"{begin_h:0>2}:{begin_m}-{end_h:0>2}:{end_m}")
    return found, ""


def _another_date(p: Phrases, spot: Spot, fields: Fields, result: Typed) -> None:
    day, text = read_line(fields, f"{spot.name}:day"), read(fields, spot.name)
    result.words[spot.name], result.words[f"{spot.name}:day"] = text, day
    if not day and not text:
        return
    spans, fault = _spans(p, text or "-", is_optional=False)
    if not _is_date(day):
        fault = p.say("Please write a day, such as 2027-01-01.")
    if fault:
        result.faults[spot.name] = fault
    else:
        result.edits.append((f"hours.{day}", spans))


def _number(text: str) -> float | int | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    if not -_MOST < number < _MOST:
        return None
    return int(number) if number.is_integer() else number


def _same(spot: Spot, value: Any) -> bool:  # noqa: ANN401 - whatever stands in the file
    """Tell whether what was typed is what stands there."""
    if value is GONE:
        return spot.value is None
    if spot.kind == "text" and isinstance(spot.value, str):
        return bool(value == spot.value.strip())
    return bool(value == spot.value and type(value) is type(spot.value)) or (
        isinstance(value, int | float) and isinstance(spot.value, int | float) and value == spot.value
    )


def _entry(p: Phrases, form: Form, result: Typed, data: Data) -> tuple[str, Any]:
    """Return a new entry, whole."""
    section, _, name = form.adds.partition(".")
    entry: dict[str, Any] = {"id": name} if name else {}
    for path, value in result.edits:
        if value is GONE:
            continue
        holder, keys = entry, path.removeprefix(f"{section}.+.").split(".")
        for key in keys[:-1]:
            holder = holder.setdefault(key, {})
        holder[keys[-1]] = value
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", str(entry.get("id"))):
        result.faults[f"f.{section}.+.id"] = p.say("Small letters, digits, - or _, such as siti.")
    elif not name and any(one.get("id") == entry["id"] for one in _list(data, section)):
        result.faults[f"f.{section}.+.id"] = p.say("There is one with this ID already.")
    return f"{section}.{entry.get('id')}", entry


def _whole_texts(edits: Sequence[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield edits, a text that is taken out in every language as one."""
    gone = [path for path, value in edits if value is GONE]
    for path, value in edits:
        above = path.rpartition(".")[0]
        if value is not GONE or not above.endswith(".short_name"):
            yield path, value
        elif path == next(one for one in gone if one.startswith(f"{above}.")):
            yield above, GONE


# -- in words ----------------------------------------------------------------------------------------------------------


def words_at(p: Phrases, spot: Spot) -> str:
    """Return what stands at a place as it is typed."""
    return _as_typed(spot.value, spot.kind) if spot.kind != "yes" else p.say("yes") if spot.value else ""


def _as_typed(value: Any, kind: Kind) -> str:  # noqa: ANN401 - whatever stands in the file
    match value:
        case None:
            return ""
        case list() if kind == "spans":
            return ", ".join(map(str, value)) or "-"
        case list():
            return "\n".join(map(str, value))
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def options_of(spot: Spot, chosen: Any) -> tuple[Option, ...]:  # noqa: ANN401 - what is chosen: one, some or nothing
    """Return what may be chosen at a place."""
    picked = chosen if isinstance(chosen, list | tuple) else [str(chosen or "")]
    return tuple(Option(value, label, is_chosen=value in picked) for value, label in spot.options)


def value_words(p: Phrases, value: Any) -> str:  # noqa: ANN401 - whatever stands in the file; one a kind
    """Return a value in words."""
    match value:
        case None:
            return "-"
        case bool():
            return p.say("yes") if value else p.say("no")
        case Mapping():
            shown = [(p.say(KEYS[key]) if key in KEYS else key, one) for key, one in value.items() if key != "id"]
            return "\n".join(f"{key}: {value_words(p, one)}" for key, one in shown)
        case list() | tuple():
            return "\n".join(value_words(p, one) for one in value) or p.say("none")
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def value_words_at(p: Phrases, data: Data, path: str, value: Any) -> str:  # noqa: ANN401 - the same
    """Return a value in words, where it stands: a day that is closed, a date that has no hours of its own."""
    section, _, day = path.partition(".")
    if section == "hours" and (day in DAYS or _is_date(day)):
        if value == []:
            return p.say("closed all day")
        if value is None and _is_date(day):
            usual = DAYS[dt.date.fromisoformat(day).weekday()]
            times = value_words_at(p, data, f"hours.{usual}", data.get("hours", {}).get(usual, []))
            return p.say("as usual: {times}", times=times.replace("\n", ", "))
    return value_words(p, value)


def place_words(p: Phrases, data: Data, path: str) -> str:
    """Return what a path of the file is called, such as “Paspor Baru: What it costs (English)”."""
    section, *parts = path.split(".")
    told: list[str] = []
    if section == "hours" and parts:
        day = parts[0]
        if day in DAYS:
            return p.weekday(_MONDAY + dt.timedelta(days=DAYS.index(day)))
        return p.date(dt.date.fromisoformat(day)) if _is_date(day) else p.say(KEYS["enforced"])
    entry = next((one for one in _list(data, section) if parts and one.get("id") == parts[0]), None)
    if entry is not None:
        told.append(entry_name(p, section, entry))
        parts = parts[1:]
    elif section in SECTIONS or section == "planned":
        told.append(p.say(SECTIONS[section]) if section in SECTIONS else p.say("Planned"))
    languages = [part for part in parts if part in _languages(data)]
    told += [p.say(KEYS[part]) if part in KEYS else part for part in parts if part not in languages]
    text = ": ".join(told) or path
    return f"{text} ({own_name(languages[-1])})" if languages else text


def _list(data: Data, section: str) -> list[Data]:
    found = data.get(section)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _languages(data: Data) -> list[str]:
    found = (data.get("office") or {}).get("languages")
    return [str(one) for one in found] if isinstance(found, list) else []


def _at(entry: Data, key: str, language: str) -> Any:  # noqa: ANN401 - a text, a list of texts, or nothing
    texts = entry.get(key)
    return texts.get(language) if isinstance(texts, Mapping) else None


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def sent_edits(edits: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return edits as the wire has them."""
    return [{"path": path} if value is GONE else {"path": path, "value": value} for path, value in edits]
