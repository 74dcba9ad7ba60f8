"""Which screens an edit of the rules is seen on: what of them is shown before it counts. Pure.

Only what the edits touch is shown, on one panel of each size: four kiosks alike look alike.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from broker.language import Phrases, bare_counter, own_name
from broker.web.staff.rules_forms import DAYS, GONE

Data = Mapping[str, Any]
Edits = Sequence[tuple[str, Any]]
Screen = Literal["kiosk", "display", "counter", "paper", "phone"]

MOST_PICTURES = 32
"""So many are made of one change; whoever changes more is shown the first of them."""
_SECTIONS = {"documents": "documents", "steps": "way", "fee": "fee", "time": "fee", "source": "fee"}
"""On which page of a display's procedure a text of a service stands."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, or one page of the phone."""

    screen: Screen
    part: str
    """The id of a kiosk, a display or a counter; empty for the phone."""
    page: str
    """As the layout check calls it; for the phone `lobby` or `ticket-SERVICE`."""
    language: str

    @property
    def is_drawn(self) -> bool:
        """Tell whether it takes a worker to draw it: the phone's pages are pages already."""
        return self.screen != "phone"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is to be looked at of some edits."""

    shots: tuple[Shot, ...]
    checks: tuple[str, ...]
    """Kinds of screens whose layout may come out otherwise."""
    day: dt.date | None = None
    """The day on which changed hours are looked at."""

    @property
    def needs_screen(self) -> bool:
        """Tell whether anything but paper and phone is among it."""
        return any(shot.screen in {"kiosk", "display", "counter"} for shot in self.shots)


def seen(data: Data, edits: Edits, today: dt.date) -> Seen:
    """Return where edits are seen, of the whole file as it says now."""
    places = list(dict.fromkeys(place for path, value in edits for place in _places(data, path, value)))
    languages = [str(one) for one in (data.get("office") or {}).get("languages") or ()]
    shots = [
        Shot(screen, part, page, language)
        for screen, part, page in places
        for language in languages
        if screen != "display" or page != "closed" or language == languages[0]
    ]
    kinds = dict.fromkeys(screen for screen, _, _ in places)
    checks = tuple(kind for kind in ("kiosk", "display", "counter") if kind in kinds)
    return Seen(tuple(shots[:MOST_PICTURES]), checks, _day(edits, today))


def screen_name(p: Phrases, data: Data, shot: Shot) -> str:
    """Return what a picture shows, for people."""
    language = own_name(shot.language)
    match shot.screen:
        case "kiosk" | "display":
            inches = _inches(data, shot)
            return p.say("{part}, {inches} inch: {language}", part=shot.part, inches=inches, language=language)
        case "counter":
            return p.say("Counter's window: {language}", language=language)
        case "paper":
            return p.say("Ticket from {part}: {language}", part=shot.part, language=language)
        case _:
            return p.say("On the phone: {language}", language=language)


def _inches(data: Data, shot: Shot) -> str:
    entries = _list(data, "kiosks" if shot.screen == "kiosk" else "displays")
    panel = next((one.get("panel") or {} for one in entries if one.get("id") == shot.part), {})
    inches = panel.get("diagonal_in", 0)
    return f"{inches:g}" if isinstance(inches, int | float) else str(inches)


def _places(data: Data, path: str, value: Any) -> Iterator[tuple[Screen, str, str]]:  # noqa: ANN401 - whatever stands in the file
    """Yield the screens, and which of their pages, on which a place of the file is seen."""
    section, *parts = path.split(".")
    entry, key = parts[0] if parts else "", parts[1] if len(parts) > 1 else ""
    is_gone = value is GONE
    match section:
        case "services":
            yield from _of_service(data, entry, key, is_gone=is_gone)
        case "announcements" if not is_gone:
            yield from (("display", part, f"{entry}, *beside 0 calls") for part in _panels(data, "displays"))
            yield "phone", "", "lobby"
        case "hours":
            yield from (("kiosk", part, "closed") for part in _panels(data, "kiosks"))
            yield from (("display", part, "closed") for part in _panels(data, "displays"))
            yield "phone", "", "lobby"
        case "lanes":
            yield from _of_lane(data, key)
        case "counters" if key in {"label", ""} and not is_gone:
            yield from _of_counter(data, entry, key, value)
        case "officers" if not is_gone and key in {"name", ""}:
            yield "counter", _first(data, "counters"), "sign in"
        case "displays" if key in {"procedures", "waiting", "results"}:
            yield "display", entry, f"call {bare_counter(_first(data, 'counters', 'label'))}"
        case _:
            yield from _of_names(data, section, key)


def _of_counter(data: Data, entry: str, key: str, value: Any) -> Iterator[tuple[Screen, str, str]]:  # noqa: ANN401 - a label, or a counter
    label = value.get("label", "") if isinstance(value, Mapping) else str(value)
    yield from (("display", part, f"call {bare_counter(str(label))}") for part in _panels(data, "displays"))
    if key:
        yield "counter", entry, "free"


def _of_names(data: Data, section: str, key: str) -> Iterator[tuple[Screen, str, str]]:
    service = _first(data, "services")
    match section:
        case "stages" if key == "name":
            yield "counter", _first(data, "counters"), "dialog where to, stage"
            yield "phone", "", f"ticket-{service}"
        case "groups":
            yield from (("kiosk", part, "service") for part in _panels(data, "kiosks"))
        case "office":
            yield from (("kiosk", part, "welcome") for part in _panels(data, "kiosks"))
            yield from _paper(data, service)
            yield "phone", "", "lobby"
        case _:
            pass


def _of_service(data: Data, entry: str, key: str, *, is_gone: bool) -> Iterator[tuple[Screen, str, str]]:
    names = key in {"", "name", "short_name", "group", "icon"} or is_gone
    if names:
        yield from (("kiosk", part, "service") for part in _panels(data, "kiosks"))
    if is_gone:
        yield "phone", "", "lobby"
        return
    if key in {"", "name", *_SECTIONS}:
        yield from (("kiosk", part, f"requirements-{entry}") for part in _panels(data, "kiosks"))
        section = _SECTIONS.get(key, "*")
        found = _panels(data, "displays")
        yield from (("display", part, f"{entry}, {section}, page * beside 0 calls") for part in found)
    if key in {"short_name", "daily_quota"}:
        yield from (("display", part, "overview, *beside 0 calls") for part in _panels(data, "displays"))
    if key in {"", "name", "documents"}:
        yield from _paper(data, entry)
        yield "phone", "", f"ticket-{entry}"
    if key in {"", "name"}:
        yield "counter", _first(data, "counters"), "free"


def _of_lane(data: Data, key: str) -> Iterator[tuple[Screen, str, str]]:
    if key in {"name", "promised_wait_min"}:
        yield from (("kiosk", part, "lane") for part in _panels(data, "kiosks"))
        yield from (("display", part, "promises, *beside 0 calls") for part in _panels(data, "displays"))
    if key in {"rule", "grounds"}:
        yield from (("kiosk", part, "rule") for part in _panels(data, "kiosks"))
    if key == "name":
        yield from _paper(data, _first(data, "services"))
        yield "phone", "", f"ticket-{_first(data, 'services')}"


def _panels(data: Data, section: str) -> list[str]:
    """Return one screen of each kind of panel, by its id; of kiosks those that give out numbers."""
    found: dict[str, str] = {}
    for one in _list(data, section):
        panel = {key: value for key, value in (one.get("panel") or {}).items() if key != "fullscreen"}
        if one.get("role", "tickets") == "tickets":
            found.setdefault(json.dumps(panel, sort_keys=True, default=str), str(one.get("id")))
    return list(found.values())


def _paper(data: Data, service: str) -> Iterator[tuple[Screen, str, str]]:
    """Yield a service's ticket, from the first kiosk with a printer; nothing where none has one."""
    printing = [str(one.get("id")) for one in _list(data, "kiosks") if one.get("printer")]
    yield from (("paper", part, f"paper-{service}") for part in printing[:1])


def _first(data: Data, section: str, key: str = "id") -> str:
    return next((str(one.get(key)) for one in _list(data, section)), "")


def _day(edits: Edits, today: dt.date) -> dt.date | None:
    """Return the first day on which changed hours hold: a date itself, or the next such weekday."""
    days = []
    for path, _ in edits:
        name = path.removeprefix("hours.")
        if name == path:
            continue
        if name in DAYS:
            days.append(today + dt.timedelta(days=(DAYS.index(name) - today.weekday()) % 7))
        else:
            try:
                days.append(dt.date.fromisoformat(name))
            except ValueError:
                days.append(today)
    return min((day for day in days if day >= today), default=max(days, default=None))


def _list(data: Data, section: str) -> list[Data]:
    found = data.get(section)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
