"""What is not the same in two configurations, place by place, and which of it may be changed from the staff's pages.

What is not in the table is changed in the file itself, by whoever may log in to the machine: commands, paths of files,
connections, secrets, hashes, and the ids that records go by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from broker.config.patching import LEAVE_OUT

OFFICE, TECHNICAL = "rules_office", "rules_technical"
"""The acts that a change may need, as `broker.permissions` names them."""

_DAYS = ("enforced", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "####-##-##")
_PLACES: Mapping[str, tuple[str, ...]] = {
    OFFICE: (
        "office.name",
        *(f"hours.{day}" for day in _DAYS),
        "announcements.*",
        *(f"stages.*.{key}" for key in ("name", "standard_min")),
        *(
            f"lanes.*.{key}"
            for key in (
                *("name", "rule", "grounds", "promised_wait_min", "daily_quota", "max_wait_min", "no_show_after_s"),
                *("step_free", "hours"),
            )
        ),
        "groups.*.name",
        *(
            f"services.*.{key}"
            for key in (
                *("name", "short_name", "group", "icon", "promised_wait_min", "daily_quota", "hours", "documents"),
                *("steps", "fee", "time", "source", "effective_from"),
            )
        ),
        *(f"counters.*.{key}" for key in ("label", "stages", "services", "lanes", "step_free", "prefers", "borrows")),
        *(f"officers.*.{key}" for key in ("name", "role")),
        "dispatch",
        *(
            f"journey.{key}"
            for key in (*("calls_before_no_show", "rejoin_behind", "rejoin_times"), "sent_fallback_min", "closes_left")
        ),
        *(f"feedback.{key}" for key in ("rating", "suggestions", "complaints", "holidays")),
        "alerts.quiet_hours",
        *(
            f"alerts.rules.*.{key}"
            for key in (
                *("roles", "quiet_hours", "for_s", "calm_s", "limit_percent", "end_percent", "within_min"),
                *("late_by_min", "after_min", "limit", "overdue_only"),
                *("stages", "lanes", "services", "counters", "clients"),
            )
        ),
        *(f"feedback.surveys.*.{key}" for key in ("period", "invite_every", "open")),
        "planned.*",
    ),
    TECHNICAL: (
        *(f"displays.*.{key}" for key in ("media", "page_s", "procedures", "waiting", "results", "dim")),
        *(f"displays.*.sound.{key}" for key in ("volume_percent", "repeat", "quiet_hours", "quiet_chime")),
        "kiosks.*.idle_s",
        "kiosks.*.sound.volume_percent",
    ),
}
_OF_NEW_OFFICER = {"id", "name", "role"}
_OF_NEW_SERVICE = {
    *("id", "letter", "name", "short_name", "group", "icon", "stages", "promised_wait_min", "daily_quota", "hours"),
    *("documents", "steps", "fee", "time", "source", "effective_from"),
}
_OF_NEW_COUNTER = {"id", "label", "stages", "services", "lanes", "step_free", "prefers", "borrows"}
_GROWING: Mapping[str, set[str] | None] = {
    "announcements": None,
    "officers": _OF_NEW_OFFICER,
    "services": _OF_NEW_SERVICE,
    "counters": _OF_NEW_COUNTER,
}
"""Lists whose entries come and go, and what a new one may bring along; None: anything."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two configurations differ; `LEAVE_OUT` where nothing stands."""

    path: str
    before: object
    after: object


def differences(before: object, after: object, path: str = "") -> Iterator[Difference]:
    """Yield what differs, the nearest to the leaves; entries of a list are known by their ids."""
    if before == after and type(before) is type(after):
        return
    if path and "." not in path:  # a section that was not there, or is empty, has the same places as any other
        before, after = _like(before, after), _like(after, before)
    match before, after:
        case dict(), dict():
            for key in [*before, *(key for key in after if key not in before)]:
                yield from differences(before.get(key, LEAVE_OUT), after.get(key, LEAVE_OUT), _under(path, key))
        case list(), list() if _have_ids(before) and _have_ids(after) and (before or after):
            old, new = _by_id(before), _by_id(after)
            common = [key for key in old if key in new]
            for key in [*old, *(key for key in new if key not in old)]:
                yield from differences(old.get(key, LEAVE_OUT), new.get(key, LEAVE_OUT), _under(path, key))
            if common != [key for key in new if key in old]:
                yield Difference(path, list(old), list(new))
        case _:
            yield Difference(path, before, after)


def _like(section: object, other: object) -> object:
    """Return a section that is missing as an empty one of the same kind as the other."""
    if section is not LEAVE_OUT and section is not None:
        return section
    if isinstance(other, list) and other and _have_ids(other):
        return []
    return {} if isinstance(other, dict) else section


def act_of(difference: Difference) -> str | None:
    """Return which act a change needs; None where it is not made from the pages."""
    section, _, rest = difference.path.partition(".")
    if section == "planned":
        return _act_of_planned(difference) if _comes_or_goes(difference) else None
    if section in _GROWING and rest and "." not in rest and _comes_or_goes(difference):
        allowed = _GROWING[section]
        keys = difference.after.keys() if isinstance(difference.after, Mapping) else set[str]()
        return OFFICE if allowed is None or keys <= allowed else None
    if section == "displays" and difference.path.endswith(".media") and not _is_below(difference.after):
        return None
    return next((act for act, places in _PLACES.items() if any(_covers(one, difference.path) for one in places)), None)


def _comes_or_goes(difference: Difference) -> bool:
    return difference.before is LEAVE_OUT or difference.after is LEAVE_OUT


def _act_of_planned(difference: Difference) -> str | None:
    """Return the act of a planned change, which can set the office's places alone.

    What it would replace on its day is not known here: whoever asks compares that day, too.
    """
    if "." in difference.path.removeprefix("planned."):
        return None
    for entry in (difference.before, difference.after):
        change = entry.get("change") if isinstance(entry, Mapping) else None
        for path, value in change.items() if isinstance(change, Mapping) else ():
            before, after = (None, LEAVE_OUT) if value is None else (LEAVE_OUT, value)
            if act_of(Difference(str(path), before, after)) != OFFICE:
                return None
    return OFFICE


def _covers(pattern: str, path: str) -> bool:
    wanted, parts = pattern.split("."), path.split(".")
    return len(parts) >= len(wanted) and all(_fits(one, part) for one, part in zip(wanted, parts, strict=False))


def _fits(pattern: str, part: str) -> bool:
    if pattern.startswith("#"):
        return len(part) == len(pattern) and part.replace("-", "").isdecimal() and part[4] == part[7] == "-"
    return pattern in {"*", part}


def _is_below(value: object) -> bool:
    """Tell whether a folder lies below the data folder."""
    if not isinstance(value, str):
        return True
    path = PurePosixPath(value)
    return not path.is_absolute() and ".." not in path.parts


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _have_ids(entries: Sequence[object]) -> bool:
    return all(isinstance(one, Mapping) and isinstance(one.get("id"), str) for one in entries)


def _by_id(entries: Sequence[object]) -> dict[str, object]:
    return {str(one["id"]): one for one in entries if isinstance(one, Mapping)}
