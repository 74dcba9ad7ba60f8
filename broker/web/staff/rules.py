"""Changing the rules: the pages on which an office changes its own texts, hours, promises, counters and officers.

Pages read config.yaml and its versions on this machine; what is changed goes to the broker by `rules_change`, named by
the digest of what was read. Where these pages run on another machine, whose file is another, the broker says so.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from broker.contract.messages import Error
from broker.language import Phrases, mark
from broker.web.asking import UNAVAILABLE, UNFINISHED, AwayError
from broker.web.staff import rules_forms as forms
from broker.web.staff import rules_preview, slides
from broker.web.staff.desk import Desk, Handler, NotTheirsError, Page, Section
from broker.web.staff.frame import Entry, Frame, Link, SaidPage
from broker.web.staff.pictures import Previews
from broker.web.staff.rules_forms import GONE, Form, Spot, Typed
from broker.web.staff.rules_preview import PREVIEWS, Shown
from broker.web.staff.rules_screens import seen
from broker.web.visitor.writing import Field, Fields, Notice, Option, away, look_again, mark_of, new_mark, read_line

HOME = "/staff/rules"
OFFICE = "rules_office"
"""What it takes to see and change more than the displays."""
VERSIONS = f"{HOME}/versions"
REASON_MAX = 500
MOST_SHOWN = 200
MOST_CHANGES = 60
_BYTES = 7000
"""What the edits of one change may take: a request has to fit 8 KiB."""


@dataclass(frozen=True, slots=True)
class Known:
    """The file as it is: what it says, what counts of it today, and what tells it from others."""

    data: Mapping[str, Any]
    """With what is planned for today and before in its place."""
    digest: str
    planned: tuple[Mapping[str, Any], ...]
    today: dt.date


@dataclass(frozen=True, slots=True)
class Stood:
    """One version that was kept."""

    digest: str
    before: str
    at: dt.datetime
    by: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class RulesFiles:
    """The configuration and its versions on this machine, read only. All of it blocks: on a thread of its own."""

    config: Path
    data: Path

    def known(self) -> Known | None:
        """Return the file as it is; None where it cannot be read. Raises UnreadableError where it is laid out amiss."""
        # The models of the configuration take 20 MB, which pages without supervisors have no use for.
        from broker.config.document import read_value  # noqa: PLC0415
        from broker.config.planned import day_of, on_day  # noqa: PLC0415
        from broker.config.versions import RulesFile, digest_of  # noqa: PLC0415

        try:
            raw = RulesFile(self.config).read()
            data = read_value(raw.decode("utf-8-sig"))
        except (OSError, ValueError):
            return None
        if not isinstance(data, dict):
            return None
        today = day_of(data, dt.datetime.now(dt.UTC))
        counting, _ = on_day(data, today)
        if place := next((place for found in (data, counting) for place in _misplaced(found)), ""):
            raise UnreadableError(place)
        ahead = [one for one in data.get("planned") or () if _is_ahead(str(one.get("effective_from")), today)]
        return Known(counting, digest_of(raw), tuple(ahead), today)

    def versions(self) -> list[Stood]:
        """Return the versions that are kept, the newest first."""
        from broker.config.versions import Versions  # noqa: PLC0415 - the same

        found = Versions(self.data).listed()[:MOST_SHOWN]
        return [Stood(one.digest, one.before, one.at, one.by, one.reason) for one in found]

    def changes(self, before: str, after: str) -> list[tuple[str, Any, Any, Mapping[str, Any]]]:
        """Return what differs between two versions: paths, both values, and the data to name them by."""
        from broker.config.differences import differences  # noqa: PLC0415 - the same
        from broker.config.document import read_value  # noqa: PLC0415 - the same
        from broker.config.patching import LEAVE_OUT  # noqa: PLC0415 - the same
        from broker.config.versions import RulesFile, Versions  # noqa: PLC0415 - the same

        kept, file = Versions(self.data), RulesFile(self.config)
        texts = [
            kept.text_of(digest) or (file.read() if file.digest() == digest else None) for digest in (before, after)
        ]
        try:
            old, new = ({} if text is None else read_value(text.decode("utf-8-sig")) for text in texts)
        except ValueError:
            return []
        if not isinstance(old, dict) or not isinstance(new, dict) or not old or not new:
            return []
        named: Mapping[str, Any] = {**old, **new}

        def plain(value: object) -> Any:  # noqa: ANN401 - whatever stands in the file
            return None if value is LEAVE_OUT else value

        found = [
            (one.path, plain(one.before), plain(one.after), named)
            for one in differences(old, new)
            if not one.path.endswith("pin_hash")
        ]
        return found[:MOST_CHANGES]

    def with_edits(self, edits: Sequence[tuple[str, Any]]) -> bytes | None:
        """Return what the file would say with edits in it; None where that cannot be written."""
        from broker.config.document import read_value  # noqa: PLC0415 - the same
        from broker.config.patching import LEAVE_OUT, Edit, UnwritableError, patched  # noqa: PLC0415 - the same
        from broker.config.planned import carried_out, day_of  # noqa: PLC0415 - the same
        from broker.config.versions import RulesFile  # noqa: PLC0415 - the same

        try:
            text = RulesFile(self.config).read().decode("utf-8-sig")
            data = read_value(text)
            due = carried_out(data, day_of(data, dt.datetime.now(dt.UTC))) if isinstance(data, dict) else ()
            mine = [Edit(path, LEAVE_OUT if value is GONE else value) for path, value in edits]
            return patched(text, [*due, *mine]).encode()
        except (OSError, ValueError, UnwritableError):
            return None


def _misplaced(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the places of a file at which there is no list, section or text where pages rely on one."""
    from broker.config.document import path_text  # noqa: PLC0415 - as above
    from broker.config.schema import top, walk  # noqa: PLC0415 - as above
    from broker.config.settings import Settings  # noqa: PLC0415 - as above

    for path, place, value in walk(data, top(Settings)):
        if (path and path[0] not in _READ) or Any in place.types:
            continue
        is_section, is_list = bool(place.models) or place.is_open, place.is_list
        match value:
            case Mapping():
                fits = is_section
            case list():
                fits = is_list
            case _:
                fits = not (is_section or is_list)
        is_named = "id" not in place.keys or not isinstance(value, dict) or isinstance(value.get("id"), str)
        if not (fits or (value is None and place.is_optional)) or not is_named:
            yield path_text(path)


_READ = frozenset(
    {"office", "hours", "announcements", "planned", "stages", "lanes", "groups", "services", "counters"}
    | {"officers", "journey", "feedback", "kiosks", "displays"}
)
"""The sections that pages read."""


def _is_ahead(day: str, today: dt.date) -> bool:
    """Tell whether a day has not come; one that is none never does, and can be taken back."""
    found = _day(day)
    return found is None or found > today


# -- what the pages say ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What counts from a later day."""

    id: str
    when: str
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """Where one changes what, and what is planned."""

    title: str
    frame: Frame
    mark: str
    base: str
    intro: str
    blocks: tuple[tuple[str, tuple[Link, ...]], ...]
    planned_label: str
    planned: tuple[PlanRow, ...]
    no_plans: str
    reason: Field
    take_back: str
    versions: Link
    file_note: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One place on a page."""

    kind: str
    field: Field
    language: str = ""
    options: tuple[Option, ...] = ()
    is_ticked: bool = False
    day: Field | None = None
    """Of a single date: which."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in words."""

    place: str
    before: str
    after: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class ShownService:
    """A service as visitors will read it in one language, in words."""

    language: str
    name: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class FormPage:
    """Places to change, and what of it changes."""

    title: str
    frame: Frame
    action: str
    mark: str
    base: str
    hint: str
    groups: tuple[tuple[str, tuple[Input, ...]], ...]
    reason: Field
    effective_from: Field | None
    look: str
    save: str
    gone: str
    """What takes the whole entry out, where there is one."""
    is_gone: bool
    """Whether that is ticked."""
    likes_label: str
    likes: tuple[Link, ...]
    """What a new entry may begin with."""
    back: Link
    problems_label: str = ""
    problems: tuple[str, ...] = ()
    changes_label: str = ""
    changes: tuple[Change, ...] = ()
    columns: tuple[str, str, str] = ("", "", "")
    shown_label: str = ""
    shown: tuple[ShownService, ...] = ()
    """As visitors will read it, where no screen can be drawn."""
    preview: Shown | None = None
    """As the screens will show it."""
    planned: tuple[str, ...] = ()
    """What counts here from a later day already."""
    slides: Link | None = None
    """Where the slides of a display stand."""
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, with what it changed."""

    digest: str
    when: str
    who: str
    reason: str
    url: str
    label: str
    is_now: bool
    now: str


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """All versions, the newest first."""

    title: str
    frame: Frame
    intro: str
    columns: tuple[str, ...]
    rows: tuple[VersionRow, ...]
    empty: str
    back: Link
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version: what it changed, and what going back to it would change."""

    title: str
    frame: Frame
    mark: str
    base: str
    digest: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, str, str]
    did_label: str
    did: tuple[Change, ...]
    back_label: str
    would: tuple[Change, ...]
    would_hint: str
    reason: Field
    go_back: str
    back: Link
    notice: Notice | None = None


class UnreadableError(Exception):
    """config.yaml on this machine cannot be read, or is no configuration at all: at the place that is named."""


def said_unreadable(handler: Handler) -> Handler:
    """Return a handler that says in words that the file cannot be read."""

    @functools.wraps(handler)
    async def answer(desk: Desk) -> Response:
        try:
            return await handler(desk)
        except UnreadableError as error:
            p, place = desk.p, str(error)
            why = p.say(
                "config.yaml on this machine cannot be read: it is not there, not written in UTF-8, or no YAML. Whoever"
                " keeps it is told more by: antrean check-config"
            )
            if place:
                why = p.say(
                    "config.yaml on this machine is not laid out as it should be: see {place}. Whoever keeps it is told"
                    " more by: antrean check-config",
                    place=place,
                )
            notice = Notice("error", p.say("The rules cannot be shown now. The office works on as before."), why)
            page = SaidPage(p.say("Rules of the office"), desk.frame(HOME), notice)
            return desk.show("staff/said.html", page, status=UNAVAILABLE)

    return answer


def reason_field(p: Phrases, value: str = "", fault: str = "") -> Field:
    """Return the field for why."""
    hint = p.say("It is kept with your name, such as: new tariff by PP 50/2026.")
    return Field("reason", p.say("Why"), value, hint=hint, fault=fault, limit=REASON_MAX)


def form_page(
    p: Phrases,
    around: Frame,
    known: Known,
    form: Form,
    *,
    sent: Typed | None = None,
    fields: Fields | None = None,
    form_mark: str = "",
    notice: Notice | None = None,
    problems: Sequence[str] = (),
    is_looked_at: bool = False,
    preview: Shown | None = None,
) -> FormPage:
    """Return a page of places, with what was typed."""
    given, typed = fields or {}, sent or Typed()
    needs_reason = sent is not None and not read_line(given, "reason") and not is_looked_at
    groups = tuple(
        (group.title, tuple(_input(p, spot, typed, is_sent=sent is not None) for spot in group.spots))
        for group in form.groups
    )
    later = Field(
        "effective_from",
        p.say("All of this counts from"),
        given.get("effective_from", ""),
        hint=p.say("Empty: at once. A later day: until then all stays as it is."),
        fault=typed.faults.get("effective_from", ""),
    )
    is_dated = form.name.startswith("services.") and not form.adds
    changes = _changes(p, known.data, typed.edits) if is_looked_at else ()
    return FormPage(
        title=form.title,
        frame=around,
        action=f"{HOME}/{form.name}",
        mark=form_mark or new_mark(),
        base=given.get("base", "") or known.digest,
        hint=form.hint,
        groups=groups,
        reason=reason_field(
            p, given.get("reason", ""), p.say("Please say why: it is written down.") if needs_reason else ""
        ),
        effective_from=later if form.day_field == later.name else None,
        look=p.say("Look at it first"),
        save=p.say("Let it count"),
        gone=_gone(p, form),
        is_gone=typed.is_gone,
        likes_label=p.say("Begin with the texts of:"),
        likes=tuple(
            Link(f"{HOME}/services.new?like={one}", name) for one, name in forms.entries_of(p, known.data, "services")
        )
        if form.name == "services.new"
        else (),
        back=Link(HOME, p.say("All rules")),
        problems_label=p.say("The office could not work by this:"),
        problems=tuple(problems),
        changes_label=p.say("What changes") if changes else p.say("Nothing changes.") if is_looked_at else "",
        changes=changes,
        columns=_columns(p),
        shown_label=p.say("As visitors will read it"),
        shown=_shown(form, typed) if is_looked_at and is_dated and not Previews.has_screen() else (),
        preview=preview,
        planned=_planned_here(p, known, form),
        slides=Link(f"{slides.SLIDES}/{form.name.partition('.')[2]}", p.say("Its slides"))
        if form.name.startswith("displays.")
        else None,
        notice=notice,
    )


def _planned_here(p: Phrases, known: Known, form: Form) -> tuple[str, ...]:
    days = {
        str(plan.get("effective_from"))
        for plan in known.planned
        if not form.adds and any(_touches(known.data, form, path) for path in plan.get("change") or ())
    }
    return tuple(
        p.say(
            "From {day} on something else counts here already. It stands under “All rules”, where it can be taken"
            " back.",
            day=_in_words(p, day),
        )
        for day in sorted(days)
    )


def _touches(data: Mapping[str, Any], form: Form, path: str) -> bool:
    """Tell whether a change of what stands at a path, within it or around it, is one of a form's places."""
    changed = _by_ids(data, path.split("."))
    places = (itertools.takewhile(lambda part: not part.startswith("+"), spot.path.split(".")) for spot in form.spots)
    return any(all(one == other for one, other in zip(changed, place, strict=False)) for place in places)


def _by_ids(data: Any, parts: Sequence[str]) -> list[str]:  # noqa: ANN401 - whatever stands in the file
    """Return a path with the ids of entries that are named by their position."""
    found = []
    for part in parts:
        if isinstance(data, list) and _at(data, part) is None and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
            found.append(str(data.get("id")) if isinstance(data, Mapping) else part)
        else:
            data = _at(data, part)
            found.append(part)
    return found


def _in_words(p: Phrases, day: str) -> str:
    """Return a day of the file in words; as it is written where it is none."""
    found = _day(day)
    return day if found is None else p.date(found)


def _gone(p: Phrases, form: Form) -> str:
    if not form.entry:
        return ""
    match form.entry.partition(".")[0]:
        case "officers":
            return p.say("Has left the office: cannot sign in any more")
        case "services":
            return p.say("Take this service out for good. For today alone, close it under “Acts”.")
        case "counters":
            return p.say("Take this counter out for good")
        case _:
            return p.say("Take this announcement out")


def _columns(p: Phrases) -> tuple[str, str, str]:
    return p.say("Where"), p.say("Before"), p.say("From now on")


def _input(p: Phrases, spot: Spot, typed: Typed, *, is_sent: bool) -> Input:
    words = typed.words.get(spot.name)
    chosen = words if is_sent and spot.kind in {"one", "many"} else spot.value
    if chosen is GONE:
        chosen = []
    text = str(words) if is_sent and isinstance(words, str) else forms.words_at(p, spot)
    shown = Field(spot.name, spot.label, text, fault=typed.faults.get(spot.name, ""))
    is_new = spot.path.startswith("hours.+")
    day = Field(f"{spot.name}:day", p.say("Day"), str(typed.words.get(f"{spot.name}:day", "")))
    return Input(
        kind=spot.kind,
        field=shown,
        language=spot.language,
        options=forms.options_of(spot, chosen),
        is_ticked=bool(words) if is_sent else bool(spot.value),
        day=day if is_new else None,
    )


def _changes(p: Phrases, data: Mapping[str, Any], edits: Sequence[tuple[str, Any]]) -> tuple[Change, ...]:
    return tuple(
        Change(
            forms.place_words(p, data, path),
            forms.value_words_at(p, data, path, _at(data, path)),
            forms.value_words_at(p, data, path, None if value is GONE else value),
        )
        for path, value in edits
    )


def _at(data: Any, path: str) -> Any:  # noqa: ANN401 - whatever stands in the file
    for key in path.split("."):
        if isinstance(data, list):
            data = next((one for one in data if isinstance(one, Mapping) and one.get("id") == key), None)
        else:
            data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _shown(form: Form, typed: Typed) -> tuple[ShownService, ...]:
    """Return a service as visitors will read it."""
    changed = dict(typed.edits)
    shown = []
    for group in form.groups[:-1]:
        parts, name, language = [], "", group.spots[0].language
        for spot in group.spots:
            value = changed.get(spot.path, spot.value)
            lines = tuple(map(str, value)) if isinstance(value, list) else ()
            lines = (value,) if isinstance(value, str) else lines
            if ".name." in spot.path:
                name = " ".join(lines)
            elif ".short_name." not in spot.path:
                parts.append((spot.label.partition(",")[0], lines))
        shown.append(ShownService(language, name, tuple(parts)))
    return tuple(shown)


def refused_notice(p: Phrases, error: Error, zone: dt.tzinfo) -> Notice:
    """Return why a change was not made."""
    match error.code:
        case "conflict":
            by, at = error.detail.get("by"), str(error.detail.get("at") or "")
            moment = dt.datetime.fromisoformat(at).astimezone(zone) if at else None
            when = "" if moment is None else f"{p.date(moment.date())}, {p.clock(moment)}"
            who = str(by) if by else p.say("somebody who edited the file itself")
            text = p.say(
                "Changed by {who} at {when}. What you wrote is still here: open this page in another window, compare,"
                " and send it from there.",
                who=who,
                when=when,
            )
            return Notice("error", p.error(error.code), text)
        case "bad_request":
            return Notice(
                "error", p.say("This is too much at once, or the reason is missing. Please change it in parts.")
            )
        case _:
            return Notice("error", p.error(error.code))


def undone(p: Phrases, error: AwayError, button: str) -> Notice:
    """Return why nothing was done that may be done later: nobody answered, or the file cannot be written."""
    if error.error is None or error.error.code != "storage_failed":
        return away(p, button)
    why = p.say("On the broker's machine: {why}. What you typed is still here.", why=error.error.message)
    return Notice("error", p.say("The rules cannot be written now. Nothing was changed."), why)


# -- what is asked -----------------------------------------------------------------------------------------------------


class RulesPages:
    """What supervisors change of the rules, and technicians of displays."""

    def __init__(self, files: RulesFiles | None, previews: Previews | None = None) -> None:
        """Read by `files`; without them the pages say that this machine has no configuration to show.

        A change is drawn by `previews` before it counts.
        """
        self._files = files
        self.previews = previews
        self._slides_turn = asyncio.Lock()

    def section(self) -> Section:
        """Return where the pages stand."""
        pages = (
            Page(HOME, self.home, "rules"),
            Page(VERSIONS, self.versions, "rules"),
            Page(f"{VERSIONS}/{{digest}}", self.version, "rules"),
            Page(f"{VERSIONS}/{{digest}}", self.gone_back, "rules_change", "POST"),
            Page(f"{PREVIEWS}/{{preview}}", self.looked_at, "rules"),
            Page(f"{PREVIEWS}/{{preview}}/cancel", self.cancelled, "rules_change", "POST"),
            Page(f"{PREVIEWS}/{{preview}}/{{name}}.png", self.picture, "rules"),
            Page(f"{PREVIEWS}/{{preview}}/{{name}}/phone", self.phone, "rules"),
            Page(f"{slides.SLIDES}/{{display}}", self.slides, "rules"),
            Page(f"{slides.SLIDES}/{{display}}", self.slides_changed, "rules_technical", "POST"),
            Page(f"{slides.SLIDES}/{{display}}/{{name}}", self.slide, "rules"),
            Page(f"{HOME}/planned/{{plan}}", self.taken_back, "rules_change", "POST"),
            Page(f"{HOME}/{{form}}", self.form, "rules"),
            Page(f"{HOME}/{{form}}", self.sent, "rules_change", "POST"),
        )
        return Section(
            tuple(replace(page, handler=said_unreadable(page.handler)) for page in pages),
            (Entry(HOME, mark("Rules"), "rules"),),
        )

    async def _known(self) -> Known:
        if self._files is None:
            raise HTTPException(404)
        found = await asyncio.to_thread(self._files.known)
        if found is None:
            raise UnreadableError
        return found

    async def _versions(self) -> tuple[RulesFiles, list[Stood]]:
        if self._files is None:
            raise HTTPException(404)
        return self._files, await asyncio.to_thread(self._files.versions)

    async def home(self, desk: Desk) -> Response:
        """Show what can be changed, and what is planned."""
        return await self._home(desk)

    async def _home(self, desk: Desk, notice: Notice | None = None, status: int = 200) -> Response:
        p, known = desk.p, await self._known()
        is_office = desk.staff.may(OFFICE)
        blocks: list[tuple[str, tuple[Link, ...]]] = []
        for section, title in forms.SECTIONS.items():
            if section != "displays" and not is_office:
                continue
            links = [Link(f"{HOME}/{section}.{one}", name) for one, name in forms.entries_of(p, known.data, section)]
            if section in {"officers", "announcements", "services", "counters"}:
                links.append(Link(f"{HOME}/{section}.new", p.say("Add one")))
            if section in {"hours", "waits", "texts", "journey"}:
                links = [Link(f"{HOME}/{section}", p.say(title))]
            blocks.append((p.say(title), tuple(links)))
        plans = tuple(_plan_row(p, known, one) for one in known.planned) if is_office else ()
        if "saved" in desk.request.query_params and notice is None:
            text = p.say("It is on all screens within two seconds.")
            restart = desk.request.query_params.get("restart", "")[:200]
            if restart:
                text = p.say("This counts after a restart of the screens concerned: {sections}.", sections=restart)
            later = _day(desk.request.query_params["saved"])
            if later is not None:
                text = p.say("It counts from {day} on. Until then all stays as it is.", day=p.date(later))
            notice = Notice("done", p.say("The rules are changed."), text)
        shown = HomePage(
            title=p.say("Rules of the office"),
            frame=desk.frame(HOME),
            mark=new_mark(),
            base=known.digest,
            intro=p.say("What you change here counts at once on all screens, and every version is kept."),
            blocks=tuple(blocks),
            planned_label=p.say("What counts from a later day"),
            planned=plans,
            no_plans=p.say("Nothing is planned."),
            reason=reason_field(p),
            take_back=p.say("Take this plan back"),
            versions=Link(VERSIONS, p.say("Who changed what, and back to an earlier version")),
            file_note=p.say(
                "Devices, connections and secrets stand in config.yaml: whoever keeps that file changes them."
            ),
            notice=notice,
        )
        return desk.show("staff/rules.html", shown, status=status)

    async def form(self, desk: Desk) -> Response:
        """Show places to change."""
        known = await self._known()
        form = self._form(desk, known)
        return desk.show("staff/rules_form.html", form_page(desk.p, desk.frame(HOME), known, form))

    def _form(self, desk: Desk, known: Known) -> Form:
        like = desk.request.query_params.get("like", "")
        form = forms.form_of(desk.p, known.data, desk.request.path_params["form"], known.today, like=like)
        if form is None:
            raise HTTPException(404)
        if not form.name.startswith("displays.") and not desk.staff.may(OFFICE):
            raise NotTheirsError(OFFICE)
        return form

    async def sent(self, desk: Desk) -> Response:
        """Look at what was typed, or let it count."""
        p, fields = desk.p, await desk.form()
        await desk.require("rules_change")
        known = await self._known()
        form = self._form(desk, known)
        typed = forms.typed(p, form, fields, known.data)
        preview: Shown | None = None

        def again(
            status: int, notice: Notice | None, problems: Sequence[str] = (), *, is_looked_at: bool = False
        ) -> Response:
            shown = form_page(
                p,
                desk.frame(HOME),
                known,
                form,
                sent=typed,
                fields=fields,
                form_mark=mark_of(fields),
                notice=notice,
                problems=problems,
                is_looked_at=is_looked_at,
                preview=preview,
            )
            answer = desk.show("staff/rules_form.html", shown, status=status, token=desk.staff.token)
            answer.headers.update(rules_preview.MAY_FRAME)
            return answer

        is_look = fields.get("do") != "save"
        if typed.faults or (not is_look and not read_line(fields, "reason")):
            return again(UNFINISHED, look_again(p))
        if is_look or not typed.edits:
            preview = await self._preview(desk, known, typed)
            return again(200, None, is_looked_at=True)
        arguments: dict[str, Any] = {
            "base": fields.get("base", "")[:64],
            "reason": read_line(fields, "reason")[:REASON_MAX],
            "edits": forms.sent_edits(typed.edits),
        }
        later = _later(form, fields, known.today)
        if later:
            arguments["effective_from"] = later
        return await self._change(desk, arguments, fields, again, p.say("Let it count"))

    async def _preview(self, desk: Desk, known: Known, typed: Typed) -> Shown | None:
        """Begin to draw what the edits are seen on; None where they are seen nowhere."""
        look = seen(known.data, typed.edits, known.today)
        if self._files is None or self.previews is None or not look.shots:
            return None
        text = await asyncio.to_thread(self._files.with_edits, typed.edits)
        if text is None:
            return None
        one = self.previews.begin(text, look)
        return rules_preview.shown(desk.p, one, known.data, has_screen=Previews.has_screen())

    async def looked_at(self, desk: Desk) -> Response:
        """Show how far a preview is."""
        return await rules_preview.looked_at(desk, self.previews, (await self._known()).data)

    async def cancelled(self, desk: Desk) -> Response:
        """End a preview."""
        return await rules_preview.cancelled(desk, self.previews)

    async def slides(self, desk: Desk) -> Response:
        """Show a display's slides."""
        display, folder = await self._slide_folder(desk)
        if display is None:
            raise HTTPException(404)
        return await slides.shown(desk, display, folder)

    async def slides_changed(self, desk: Desk) -> Response:
        """Take a slide, move it, take it out."""
        display, folder = await self._slide_folder(desk)
        return await slides.changed(desk, display or "", folder, self._slides_turn)

    async def slide(self, desk: Desk) -> Response:
        """Hand out one slide."""
        return await slides.handed_out(desk, (await self._slide_folder(desk))[1])

    async def _slide_folder(self, desk: Desk) -> tuple[str | None, Path | None]:
        """Return the display of the address, where there is one, and where its slides lie, where they do."""
        display, known = desk.request.path_params["display"], await self._known()
        found = _at(known.data, f"displays.{display}")
        if not isinstance(found, Mapping) or self._files is None:
            return None, None
        return display, None if found.get("media") is None else self._files.data / str(found["media"])

    async def picture(self, desk: Desk) -> Response:
        """Hand out a picture of a preview."""
        return await rules_preview.picture(desk, self.previews)

    async def phone(self, desk: Desk) -> Response:
        """Show a page of a preview as a phone would."""
        return await rules_preview.phone(desk, self.previews)

    async def _change(
        self, desk: Desk, arguments: Mapping[str, Any], fields: Fields, again: Callable[..., Response], button: str
    ) -> Response:
        p = desk.p
        try:
            reply = await desk.reply("rules_change", arguments, mark_of(fields))
        except AwayError as error:
            return again(UNAVAILABLE, undone(p, error, button))
        if reply.error is not None:
            problems = [str(one) for one in reply.error.detail.get("problems") or ()]
            notice = refused_notice(p, reply.error, desk.zone)
            return again(UNFINISHED, notice, problems)
        restart = ",".join(map(str, (reply.result or {}).get("restart") or ()))
        saved = f"saved={arguments['effective_from']}" if "effective_from" in arguments else "saved"
        return RedirectResponse(f"{HOME}?{saved}{f'&restart={restart}' if restart else ''}", status_code=303)

    async def taken_back(self, desk: Desk) -> Response:
        """Take a plan back before its day has come."""
        fields = await desk.form()
        await desk.require("rules_change")
        arguments = {
            "base": fields.get("base", "")[:64],
            "reason": read_line(fields, "reason")[:REASON_MAX] or desk.p.say("Take this plan back"),
            "edits": [{"path": f"planned.{desk.request.path_params['plan'][:40]}"}],
        }
        try:
            reply = await desk.reply("rules_change", arguments, mark_of(fields))
        except AwayError as error:
            return await self._home(desk, undone(desk.p, error, desk.p.say("Take this plan back")), UNAVAILABLE)
        if reply.error is not None:
            return await self._home(desk, refused_notice(desk.p, reply.error, desk.zone), UNFINISHED)
        return RedirectResponse(f"{HOME}?saved", status_code=303)

    async def versions(self, desk: Desk) -> Response:
        """List the versions."""
        p, known = desk.p, await self._known()
        _files, found = await self._versions()
        names = dict(forms.entries_of(p, known.data, "officers"))
        rows = tuple(
            VersionRow(
                digest=one.digest,
                when=f"{p.date(one.at.astimezone(desk.zone).date())}, {p.clock(one.at.astimezone(desk.zone))}",
                who=_who(p, one, names),
                reason=one.reason,
                url=f"{VERSIONS}/{one.digest}",
                label=p.say("What it changed"),
                is_now=one.digest == known.digest,
                now=p.say("this is what counts"),
            )
            for one in found
        )
        shown = VersionsPage(
            title=p.say("Versions of the rules"),
            frame=desk.frame(HOME),
            intro=p.say("The newest first. Each can stand again, also one that was changed back before."),
            columns=(p.say("When"), p.say("Who"), p.say("Why"), ""),
            rows=rows,
            empty=p.say("Nothing has been changed from these pages yet."),
            back=Link(HOME, p.say("All rules")),
        )
        return desk.show("staff/rules_versions.html", shown)

    async def version(self, desk: Desk) -> Response:
        """Show what a version changed, and what going back to it would change."""
        return await self._version(desk)

    async def _version(
        self, desk: Desk, notice: Notice | None = None, status: int = 200, fields: Fields | None = None
    ) -> Response:
        p, known = desk.p, await self._known()
        files, found = await self._versions()
        one = next((one for one in found if one.digest == desk.request.path_params["digest"]), None)
        if one is None:
            raise HTTPException(404)
        did = await asyncio.to_thread(files.changes, one.before, one.digest) if one.before else []
        would = await asyncio.to_thread(files.changes, known.digest, one.digest)
        names = dict(forms.entries_of(p, known.data, "officers"))
        at = one.at.astimezone(desk.zone)
        shown = VersionPage(
            title=p.say("Version of {when}", when=f"{p.date(at.date())}, {p.clock(at)}"),
            frame=desk.frame(HOME),
            mark=new_mark(),
            base=known.digest,
            digest=one.digest,
            facts=((p.say("Who"), _who(p, one, names)), (p.say("Why"), one.reason or "-")),
            columns=(p.say("Where"), p.say("Before"), p.say("Then")),
            did_label=p.say("What it changed"),
            did=_differences(p, did),
            back_label=p.say("Back to this version"),
            would=_differences(p, would),
            would_hint=p.say("This would change:") if would else p.say("This is what counts: nothing would change."),
            reason=reason_field(p, (fields or {}).get("reason", "")),
            go_back=p.say("Let this version count again"),
            back=Link(VERSIONS, p.say("Versions of the rules")),
            notice=notice,
        )
        return desk.show("staff/rules_version.html", shown, status=status)

    async def gone_back(self, desk: Desk) -> Response:
        """Let an earlier version count again."""
        p, fields = desk.p, await desk.form()
        await desk.require("rules_change")
        if not read_line(fields, "reason"):
            notice = Notice("error", p.say("Please say why: it is written down."))
            return await self._version(desk, notice, UNFINISHED, fields)
        arguments = {
            "base": fields.get("base", "")[:64],
            "reason": read_line(fields, "reason")[:REASON_MAX],
            "back_to": desk.request.path_params["digest"][:64],
        }
        try:
            reply = await desk.reply("rules_change", arguments, mark_of(fields))
        except AwayError as error:
            notice = undone(p, error, p.say("Let this version count again"))
            return await self._version(desk, notice, UNAVAILABLE, fields)
        if reply.error is not None:
            refused = refused_notice(p, reply.error, desk.zone)
            problems = " ".join(map(str, reply.error.detail.get("problems") or ()))
            notice = Notice("error", refused.heading, problems or refused.text)
            return await self._version(desk, notice, UNFINISHED, fields)
        restart = ",".join(map(str, (reply.result or {}).get("restart") or ()))
        return RedirectResponse(f"{HOME}?saved{f'&restart={restart}' if restart else ''}", status_code=303)


def _later(form: Form, fields: Fields, today: dt.date) -> str:
    """Return the day from which a change counts, where that has not come: a service's own day, or that of the form."""
    day = read_line(fields, form.day_field) if form.day_field else ""
    return day if day > today.isoformat() else ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _who(p: Phrases, one: Stood, names: Mapping[str, str]) -> str:
    if one.by is not None:
        return names.get(one.by, one.by)
    return p.say("the office, as planned") if one.reason else p.say("in the file itself")


def _plan_row(p: Phrases, known: Known, entry: Mapping[str, Any]) -> PlanRow:
    day = str(entry.get("effective_from"))
    change = entry.get("change")
    changes = change.items() if isinstance(change, Mapping) else ()
    return PlanRow(
        id=str(entry.get("id")),
        when=_in_words(p, day),
        changes=tuple(
            (
                forms.place_words(p, known.data, path),
                p.say("is taken out") if value is None else forms.value_words(p, value),
            )
            for path, value in changes
        ),
    )


def _differences(p: Phrases, found: Sequence[tuple[str, Any, Any, Mapping[str, Any]]]) -> tuple[Change, ...]:
    changes = []
    for path, old, new, data in found:
        written = [_at(one, "change") if path.startswith("planned.") else None for one in (old, new)]
        plans: list[Mapping[str, Any]] = [one if isinstance(one, Mapping) else {} for one in written]
        for place in dict.fromkeys([*plans[0], *plans[1]]):
            day = _in_words(p, str(_at(new or old, "effective_from")))
            where = p.say("From {day} on: {place}", day=day, place=forms.place_words(p, data, place))
            was, then = (None if one is None else plan.get(place) for one, plan in zip((old, new), plans, strict=True))
            changes.append(Change(where, forms.value_words(p, was), forms.value_words(p, then)))
        if not any(plans):
            where = forms.place_words(p, data, path)
            changes.append(Change(where, forms.value_words(p, old), forms.value_words(p, new)))
    return tuple(changes)
